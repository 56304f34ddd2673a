"""The forward filter and the smoother of a hidden Markov model, compiled.

Rows of one sequence follow each other. ``likelihoods`` has a column for each class, the chain ``stages``
states for each. Everything is scaled to add up to 1 as it goes, so nothing underflows.
"""

import numpy as np

from .._core._compiling import compiled


@compiled
def step_forward(state, matrix, likelihood, stages, out):
    """One row on: move by ``matrix``, see ``likelihood``; the new state is written to ``out``."""
    out[:] = 0.0
    for i in range(len(state)):
        if state[i] > 0.0:
            for j in range(len(state)):
                out[j] += state[i] * matrix[i, j]
    see(out, likelihood, stages)


@compiled
def see(state, likelihood, stages):
    """Weigh a state by the likelihood of a row, in place."""
    total = 0.0
    for i in range(len(state)):
        state[i] *= likelihood[i // stages]
        total += state[i]
    for i in range(len(state)):
        state[i] /= total


@compiled
def filter_sequence(likelihoods, first, matrices, which, stages, states):
    """States of every row given the rows until then, shape (n_rows, n_states)."""
    states[0] = first
    see(states[0], likelihoods[0], stages)
    for t in range(1, len(likelihoods)):
        step_forward(states[t - 1], matrices[which[t]], likelihoods[t], stages, states[t])


@compiled
def smooth_sequence(likelihoods, matrices, which, stages, states):
    """Turn the filtered states of every row into those given all rows, in place."""
    n_states = states.shape[1]
    later = np.ones(n_states)
    seen = np.empty(n_states)
    for t in range(len(states) - 2, -1, -1):
        for j in range(n_states):
            seen[j] = later[j] * likelihoods[t + 1, j // stages]
        matrix = matrices[which[t + 1]]
        total = 0.0
        for i in range(n_states):
            later[i] = 0.0
            for j in range(n_states):
                later[i] += matrix[i, j] * seen[j]
            total += later[i]
        both = 0.0
        for i in range(n_states):
            later[i] /= total
            states[t, i] *= later[i]
            both += states[t, i]
        for i in range(n_states):
            states[t, i] /= both


@compiled
def smooth_sequences(likelihoods, starts, first, matrices, which, stages, causal):
    """Probabilities of the classes for every row, shape (n_rows, n_classes).

    Memory beyond that is the states of the longest sequence.
    """
    n_classes = likelihoods.shape[1]
    found = np.zeros(likelihoods.shape)
    longest = 0
    for s in range(len(starts) - 1):
        longest = max(longest, starts[s + 1] - starts[s])
    buffer = np.empty((longest, len(first)))
    for s in range(len(starts) - 1):
        low, high = starts[s], starts[s + 1]
        states = buffer[: high - low]
        filter_sequence(likelihoods[low:high], first, matrices, which[low:high], stages, states)
        if not causal:
            smooth_sequence(likelihoods[low:high], matrices, which[low:high], stages, states)
        for t in range(high - low):
            for i in range(n_classes * stages):
                found[low + t, i // stages] += states[t, i]
    return found
