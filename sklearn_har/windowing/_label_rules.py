"""One label for a window of labelled rows."""

import numpy as np

LABEL_RULES = ("majority", "last", "center")


def window_labels(
    codes: np.ndarray, firsts: np.ndarray, n_timesteps: int, rule: str
) -> tuple[np.ndarray, np.ndarray]:
    """Label windows of coded rows.

    Parameters
    ----------
    codes : ndarray of int of shape (n_rows,)
        Label of every row; -1 is missing.
    firsts : ndarray of int of shape (n_windows,)
        Position of each window's first row.
    n_timesteps : int
    rule : {"majority", "last", "center"}
        The most frequent label (of equally frequent ones the first in the order of classes, a
        missing label last), that of the last row, or that of the row in the middle.

    Returns
    -------
    labels : ndarray of int of shape (n_windows,)
        -1 where the rule finds a missing label.
    purity : ndarray of float of shape (n_windows,)
        Share of each window's rows that have its label.
    """
    stretch = np.concatenate([[0], np.cumsum(codes[1:] != codes[:-1])]) if len(codes) else codes
    lasts = firsts + n_timesteps - 1
    labels = codes[firsts].astype(np.intp)
    purity = np.ones(len(firsts))
    mixed = np.flatnonzero(stretch[firsts] != stretch[lasts])  # most windows lie in one activity
    if len(mixed):
        counts = _count_codes(codes, firsts[mixed], n_timesteps)
        if rule == "majority":
            labels[mixed] = _unshift(counts.argmax(axis=1), counts.shape[1])
        else:
            at = lasts[mixed] if rule == "last" else firsts[mixed] + n_timesteps // 2
            labels[mixed] = codes[at]
        purity[mixed] = counts[np.arange(len(mixed)), labels[mixed]] / n_timesteps  # -1: last column
    return labels, purity


def _count_codes(codes: np.ndarray, firsts: np.ndarray, n_timesteps: int) -> np.ndarray:
    """Count each code in each window, shape (n_windows, n_codes + 1); missing is the last column."""
    n_columns = int(codes.max()) + 2
    column = np.where(codes < 0, n_columns - 1, codes)
    counts = np.empty((len(firsts), n_columns), dtype=np.intp)
    size = max(1, 4_000_000 // n_timesteps)
    for start in range(0, len(firsts), size):
        part = firsts[start : start + size]
        cells = column[part[:, np.newaxis] + np.arange(n_timesteps)]
        cells += np.arange(len(part))[:, np.newaxis] * n_columns
        counts[start : start + size] = np.bincount(cells.ravel(), minlength=len(part) * n_columns).reshape(
            len(part), n_columns
        )
    return counts


def _unshift(column: np.ndarray, n_columns: int) -> np.ndarray:
    """The code that a column of counts stands for."""
    return np.where(column == n_columns - 1, -1, column)
