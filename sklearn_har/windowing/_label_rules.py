"""One label for a window of labelled rows."""

import numpy as np

from .._core._labels import EncodedLabels

LABEL_RULES = ("majority", "last", "center")
ROWS_AT_A_TIME = 4_000_000  # of mixed windows; bounds the memory where labels change with every row


def window_labels(
    labels: EncodedLabels, firsts: np.ndarray, n_timesteps: int, rule: str
) -> tuple[np.ndarray, np.ndarray]:
    """Label windows of labelled rows.

    Parameters
    ----------
    labels : EncodedLabels
        Of the rows.
    firsts : ndarray of int of shape (n_windows,)
        Position of each window's first row, ascending.
    n_timesteps : int
    rule : {"majority", "last", "center"}
        The most frequent label (of equally frequent ones the first in the order of classes, a
        missing label last), that of the last row, or that of the row in the middle.

    Returns
    -------
    codes : ndarray of int of shape (n_windows,)
        Positions in the classes; -1 where the rule finds a missing label.
    purity : ndarray of float of shape (n_windows,)
        Share of each window's rows that have its label.
    """
    low = _stretch_of(firsts, labels)
    high = _stretch_of(firsts + n_timesteps - 1, labels)
    if rule == "center":
        codes = labels.stretch_codes[_stretch_of(firsts + n_timesteps // 2, labels)]
    else:
        codes = labels.stretch_codes[high if rule == "last" else low]
    purity = np.ones(len(firsts))
    mixed = np.flatnonzero(low != high)  # most windows lie in one activity
    size = max(1, ROWS_AT_A_TIME // n_timesteps)
    for start in range(0, len(mixed), size):
        part = mixed[start : start + size]
        counts = _count_labels(labels, firsts[part], n_timesteps, low[part], high[part])
        if rule == "majority":
            best = counts.argmax(axis=1)
            codes[part] = np.where(best == len(labels.classes), -1, best)
        purity[part] = counts[np.arange(len(part)), codes[part]] / n_timesteps  # -1 is the last column
    return codes, purity


def _stretch_of(rows: np.ndarray, labels: EncodedLabels) -> np.ndarray:
    """The stretch that each of some ascending rows lies in."""
    begins_before = np.searchsorted(rows, labels.starts[:-1])  # stretches are far fewer than rows
    return np.cumsum(np.bincount(begins_before, minlength=len(rows) + 1)[: len(rows)]) - 1


def _count_labels(labels: EncodedLabels, firsts, n_timesteps: int, low, high) -> np.ndarray:
    """Rows of each label in each window, shape (n_windows, n_classes + 1); missing is the last column.

    ``low`` and ``high`` are the stretches of each window's first and last row.
    """
    n_columns = len(labels.classes) + 1
    n_stretches = high - low + 1
    window = np.repeat(np.arange(len(firsts)), n_stretches)
    stretch = np.arange(len(window)) - np.repeat(np.cumsum(n_stretches) - n_stretches - low, n_stretches)
    begin = np.maximum(labels.starts[stretch], firsts[window])
    end = np.minimum(labels.starts[stretch + 1], firsts[window] + n_timesteps)
    column = labels.stretch_codes[stretch] % n_columns
    counts = np.bincount(window * n_columns + column, weights=end - begin, minlength=len(firsts) * n_columns)
    return counts.reshape(len(firsts), n_columns)
