"""Short gaps bridged by straight lines, and long ones left as they are."""

from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from ._checks import channel_values
from ._grid import measure_grid
from ._index import INDEX_LEVELS, recording_starts, recordings_index, refuse_bad_channels, times_of
from ._labels import check_labels_belong, take_labels

SAME_TIME = 1e-6  # s; times differ by this much through rounding


def fill_gaps(X, y=None, *, max_gap: float, return_report: bool = False):
    """Fill short gaps of recordings by straight lines: missing values and missing rows.

    A gap is bridged if the measured values before and after it are at most ``max_gap`` apart. Longer
    gaps, and those at the beginning and end of a recording, stay as they are.

    Parameters
    ----------
    X : DataFrame of shape (n_rows, n_channels)
        Recordings on a regular grid, with rows left out or values that are NaN. Of irregular times,
        `resample` makes a grid, and bridges short gaps itself; rows with NaN must go first
        (``X.dropna()``).
    y : array-like of shape (n_rows,), default=None
        Labels. A row that is put in gets the label of the nearest row there was, the earlier of two.
    max_gap : float
        Longest gap to bridge, in seconds, from the last value before to the first after it. At 50 Hz,
        one missing row makes a gap of 0.04 s.
    return_report : bool, default=False
        Whether to return what was filled, and what is left.

    Returns
    -------
    X : DataFrame of shape (n_rows + n_rows_put_in, n_channels)
        A copy, without the gaps that could be bridged.
    y : Series or ndarray of shape (n_rows + n_rows_put_in,)
        Only if labels are given.
    report : DataFrame of shape (n_recordings, 6)
        Only if ``return_report``. By subject and recording: rows, rows_put_in, values_filled (in
        rows there were), values_missing (NaN that stay), gaps_left (steps longer than 1.5 intervals
        that stay) and longest_gap_left (seconds; 0 where there is none).

    Raises
    ------
    ValueError
        If ``X`` has no index of recordings, is on no regular grid, or holds infinite values; if
        ``max_gap`` is not positive, or ``y`` does not belong to ``X``.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.recordings import fill_gaps
    >>> X, y = make_recordings(n_subjects=1, sampling_rate=50, random_state=0, return_X_y=True)
    >>> lossy = np.delete(np.arange(len(X)), [100, 200, 201, 202])
    >>> filled, labels, report = fill_gaps(
    ...     X.iloc[lossy], y.iloc[lossy], max_gap=0.05, return_report=True
    ... )
    >>> len(X) - len(filled)
    3
    >>> report[["rows_put_in", "gaps_left", "longest_gap_left"]].head(1).to_dict("records")
    [{'rows_put_in': 1, 'gaps_left': 1, 'longest_gap_left': 0.08}]
    """
    if not isinstance(max_gap, Real) or not max_gap > 0:
        raise ValueError(f"max_gap is {max_gap!r}; it must be a positive number of seconds.")
    index = recordings_index(X)
    if index is None:
        raise ValueError("X has no index of subject, recording and time. recordings_from_table makes one.")
    refuse_bad_channels(X)
    if y is not None:
        check_labels_belong(X, y)
    values = np.asarray(channel_values(X), dtype=np.float64)
    if np.isinf(values).any():
        row, column = np.argwhere(np.isinf(values))[0]
        raise ValueError(
            f"Channel {X.columns[column]!r} is infinite in row {row}; make it NaN to have it filled."
        )
    starts = recording_starts(index)
    grid = measure_grid(index, starts)
    source, times, new = _with_rows_put_in(times_of(index), grid, max_gap)
    owner = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    filled = np.where(new[:, None], np.nan, values[source])
    filled = _interpolate(filled, times, owner[source], max_gap)
    keep = ~(new & np.isnan(filled).any(axis=1))
    source, times, new, filled = source[keep], times[keep], new[keep], filled[keep]
    frame = pd.DataFrame(filled, index=_index_of(index, source, times, new), columns=X.columns)
    out = [frame]
    if y is not None:
        out.append(take_labels(y, source, frame.index))
    if return_report:
        heads = index[starts[:-1]]
        out.append(_report(heads, owner[source], times, new, values[source], filled, grid.interval))
    return out[0] if len(out) == 1 else tuple(out)


def _with_rows_put_in(times: np.ndarray, grid, max_gap: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows with the missing ones among them: which row each is nearest to, its time, whether it is new."""
    n_new = np.zeros(len(times), dtype=np.intp)
    short = grid.odd_steps <= max_gap + SAME_TIME
    n_new[grid.odd[short]] = np.maximum(np.rint(grid.odd_steps[short] / grid.interval).astype(np.intp) - 1, 0)
    before = np.repeat(np.arange(len(times)), n_new + 1)
    heads = np.r_[0, np.cumsum(n_new + 1)[:-1]] if len(times) else np.empty(0, np.intp)
    place = np.arange(len(before)) - heads[before]  # 0 in a row there was, then 1, 2, … behind it
    after = np.minimum(before + 1, len(times) - 1)
    share = place / (n_new[before] + 1)
    new = place > 0
    moved = np.where(new, times[before] + share * (times[after] - times[before]), times[before])
    return np.where(share > 0.5, after, before), moved, new


def _interpolate(values: np.ndarray, times: np.ndarray, owner: np.ndarray, max_gap: float) -> np.ndarray:
    """Replace NaN between values of one recording that are at most ``max_gap`` apart."""
    missing = np.isnan(values)
    if not missing.any():
        return values
    rows = np.arange(len(values))[:, None]
    before = np.maximum.accumulate(np.where(missing, -1, rows), axis=0)
    after = np.minimum.accumulate(np.where(missing, len(values), rows)[::-1], axis=0)[::-1]
    row, column = np.nonzero(missing & (before >= 0) & (after < len(values)))
    first, last = before[row, column], after[row, column]
    bridged = (owner[first] == owner[last]) & (times[last] - times[first] <= max_gap + SAME_TIME)
    row, column, first, last = row[bridged], column[bridged], first[bridged], last[bridged]
    share = (times[row] - times[first]) / (times[last] - times[first])
    low, high = values[first, column], values[last, column]
    values[row, column] = low + share * (high - low)
    return values


def _report(heads, owner, times, new, values, filled, interval: float) -> pd.DataFrame:
    """What was filled and what is left, by recording."""
    n = len(heads)
    still = np.isnan(filled)
    steps = np.diff(times)
    left = np.flatnonzero((owner[1:] == owner[:-1]) & (steps > 1.5 * interval))
    longest = np.zeros(n)
    np.maximum.at(longest, owner[left], np.round(steps[left], 6))
    filled_here = (np.isnan(values) & ~still).sum(axis=1) * ~new
    return pd.DataFrame(
        {
            "rows": np.bincount(owner, minlength=n),
            "rows_put_in": np.bincount(owner, new, minlength=n).astype(np.intp),
            "values_filled": np.bincount(owner, filled_here, minlength=n).astype(np.intp),
            "values_missing": np.bincount(owner, still.sum(axis=1), minlength=n).astype(np.intp),
            "gaps_left": np.bincount(owner[left], minlength=n),
            "longest_gap_left": longest,
        },
        index=heads.droplevel(2),
    )


def _index_of(index: pd.MultiIndex, source: np.ndarray, times: np.ndarray, new: np.ndarray) -> pd.MultiIndex:
    if not new.any():
        return index
    codes, seconds = pd.factorize(times, sort=True)
    levels: list[Any] = [index.levels[0], index.levels[1], seconds]
    all_codes: list[Any] = [index.codes[0][source], index.codes[1][source], codes]
    return pd.MultiIndex(levels, all_codes, names=INDEX_LEVELS, verify_integrity=False)
