"""Long signals and labels with as few points as a picture can show."""

import numpy as np


def envelope(
    times: np.ndarray, values: np.ndarray, run_starts: np.ndarray, n_columns: int
) -> tuple[np.ndarray, np.ndarray]:
    """Points of a line that looks like the signal in a picture ``n_columns`` pixels wide.

    Short signals are returned as they are. Of long ones each column of pixels keeps the lowest and the
    highest value, so no peak is lost. Lines are broken between runs by a point at NaN.

    Parameters
    ----------
    times : ndarray of shape (n_rows,)
    values : ndarray of shape (n_rows, n_channels)
    run_starts : ndarray of int of shape (n_runs + 1,)
        Position of the first row of every run, then the number of rows.
    n_columns : int

    Returns
    -------
    x : ndarray of shape (n_points,)
    y : ndarray of shape (n_points, n_channels)
    """
    x, y, breaks = times, values, run_starts[1:-1]
    if len(times) > 2 * n_columns:
        heads = _column_heads(times, run_starts, n_columns)
        low = np.minimum.reduceat(values, heads, axis=0)
        high = np.maximum.reduceat(values, heads, axis=0)
        x = np.repeat(times[heads], 2)
        y = np.stack([low, high], axis=1).reshape(-1, values.shape[1])
        breaks = 2 * np.searchsorted(heads, breaks)
    return np.insert(x, breaks, np.nan), np.insert(y.astype(np.float64), breaks, np.nan, axis=0)


def _column_heads(times: np.ndarray, run_starts: np.ndarray, n_columns: int) -> np.ndarray:
    """Positions of the first row of every column of pixels; a run begins a column of its own."""
    column = np.floor((times - times[0]) * (n_columns / (times[-1] - times[0])))
    return np.union1d(np.flatnonzero(column[1:] != column[:-1]) + 1, run_starts[:-1])


def stretches(codes: np.ndarray, run_starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the first and the last row of every stretch of one code within one run."""
    heads = np.union1d(np.flatnonzero(codes[1:] != codes[:-1]) + 1, run_starts[:-1])
    return heads, np.append(heads[1:], len(codes)) - 1


def steps(
    times: np.ndarray, values: np.ndarray, run_starts: np.ndarray, interval: float
) -> tuple[np.ndarray, np.ndarray]:
    """Points of a line of horizontal steps, one for every stretch of equal values within one run.

    Parameters
    ----------
    times, values : ndarray of shape (n_rows,)
        Values may be NaN; the line is broken there.
    run_starts : ndarray of int of shape (n_runs + 1,)
        Position of the first row of every run, then the number of rows.
    interval : float
        From one row to the next, by which the last row of a run lasts.

    Returns
    -------
    x, y : ndarray of shape (3 * n_stretches,)
        Beginning and end of every step, and a point at NaN that is the break where a run or the
        values end, or the beginning of the next step.
    """
    same = (values[1:] == values[:-1]) | (np.isnan(values[1:]) & np.isnan(values[:-1]))
    heads = np.union1d(np.flatnonzero(~same) + 1, run_starts[:-1])
    lasts = np.append(heads[1:], len(values)) - 1
    ends = times[lasts] + interval
    follows = np.append(~np.isin(heads[1:], run_starts), False)
    after = np.append(np.where(follows[:-1], values[heads[1:]], np.nan), np.nan)
    x = np.stack([times[heads], ends, ends], axis=1).ravel()
    return x, np.stack([values[heads], values[heads], after], axis=1).ravel()
