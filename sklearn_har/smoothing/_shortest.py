"""Labels of which none lasts too short a time, compiled."""

import numpy as np

from .._core._compiling import compiled
from ._confirmed import confirmed


@compiled
def best_episodes(probabilities, times, end, seconds, labels):
    """Label the rows of one sequence, in place, by the path of most probability without a short episode.

    An episode lasts from its first row to the first row of the next, the last one to ``end``. Where the
    whole sequence is shorter than ``seconds``, it is one episode.
    """
    n_rows, n_classes = probabilities.shape
    best = np.full(n_rows + 1, -np.inf)  # sum of the best labelling of the rows before
    best[0] = 0.0
    came_from = np.zeros(n_rows + 1, dtype=np.intp)
    has_label = np.zeros(n_rows + 1, dtype=np.intp)
    sums = np.zeros(n_classes)  # of the rows before
    sums_of_begin = np.zeros((n_rows + 1, n_classes))
    lead = np.full(n_classes, -np.inf)  # of an episode of each class that may end here, at its best begin
    lead_begin = np.zeros(n_classes, dtype=np.intp)
    n_begins = 0
    for j in range(1, n_rows + 1):
        for c in range(n_classes):
            sums[c] += probabilities[j - 1, c]
            sums_of_begin[j, c] = sums[c]
        now = end if j == n_rows else times[j]
        while n_begins < j and (now - times[n_begins] >= seconds or (j == n_rows and n_begins == 0)):
            for c in range(n_classes):
                value = best[n_begins] - sums_of_begin[n_begins, c]
                if value > lead[c]:
                    lead[c], lead_begin[c] = value, n_begins
            n_begins += 1
        for c in range(n_classes):
            if lead[c] + sums[c] > best[j]:
                best[j], came_from[j], has_label[j] = lead[c] + sums[c], lead_begin[c], c
    j = n_rows
    while j > 0:
        labels[came_from[j] : j] = has_label[j]
        j = came_from[j]


@compiled
def label_sequences(probabilities, starts, elapsed, step, seconds):
    """Class of every row, sequence by sequence."""
    labels = np.empty(len(probabilities), dtype=np.intp)
    for s in range(len(starts) - 1):
        low, high = starts[s], starts[s + 1]
        times = np.cumsum(elapsed[low:high])
        best_episodes(probabilities[low:high], times, times[-1] + step, seconds, labels[low:high])
    return labels


confirm = compiled(confirmed)


@compiled
def confirm_sequences(best, starts, elapsed, seconds):
    """Class of every row, given those until then."""
    labels = np.empty(len(best), dtype=np.intp)
    for s in range(len(starts) - 1):
        current, candidate, held = -1, -1, 0.0
        for t in range(starts[s], starts[s + 1]):
            current, candidate, held = confirm(best[t], elapsed[t], current, candidate, held, seconds)
            labels[t] = current
    return labels
