"""When a new activity takes over, without what lies ahead."""


def confirmed(best, elapsed, current, candidate, held, seconds):
    """One row on: a new class takes over when it was the best for ``seconds`` without a break.

    Returns the current class, the candidate (-1 if there is none) and for how long it was the best.
    """
    if current < 0 or best == current:
        return best, -1, 0.0
    if best != candidate:
        return current, best, 0.0
    held += elapsed
    if held >= seconds:
        return best, -1, 0.0
    return current, best, held
