"""How sure a score is, as far as who was recorded is concerned."""

from collections.abc import Callable

import numpy as np

N_DRAWS = 1000


def interval_over_people(
    counts: np.ndarray,
    statistic: Callable[[np.ndarray], np.ndarray],
    *,
    level: float = 0.95,
    n_draws: int = N_DRAWS,
    random_state: int = 0,
) -> tuple[float, float]:
    """Percentile interval of a statistic of all people's counts, when people are drawn with replacement.

    Windows and rows of one person are alike, so people are drawn, not rows (the cluster bootstrap;
    Field and Welsh, "Bootstrapping clustered data", Journal of the Royal Statistical Society B 69,
    2007).

    Parameters
    ----------
    counts : ndarray of shape (n_people, ...)
        What adds up over people, such as confusion matrices.
    statistic : callable
        From summed counts of shape (n_draws, ...) to values of shape (n_draws,).
    level : float
        Share of the draws inside the interval.
    n_draws : int
    random_state : int

    Returns
    -------
    low, high : float
        NaN where fewer than two people are counted: nothing is known then of how people differ.
    """
    n_people = len(counts)
    if n_people < 2:
        return np.nan, np.nan
    generator = np.random.default_rng(random_state)
    times_drawn = generator.multinomial(n_people, np.full(n_people, 1 / n_people), size=n_draws)
    values = statistic(np.tensordot(times_drawn, counts, axes=1))
    low, high = np.nanquantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
