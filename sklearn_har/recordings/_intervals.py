"""Labels of rows, from a table of when each activity began and ended."""

from numbers import Real
from typing import NamedTuple

import numpy as np
import pandas as pd

from .._core._warnings import warn_user
from ..exceptions import LabelsOutsideWarning
from ._index import PUT_IN_ORDER, describe_row, recording_starts, recordings_index, times_of
from ._labels import warn_of_spellings
from ._tables import _columns, _seconds

COLUMNS = ("subject", "recording", "start", "stop", "activity")
SAME_TIME = 1e-6  # s; below it, times differ by their rounding only (seconds since 1970 by 2e-7)
NAMED = 5  # how many of many are named in a message
SINCE_1970 = (1e8, 1e11)  # s; such times are dates from 1973 on, and are said as dates
QUARTERS = sorted(range(-56, 57), key=lambda n: (n % 4 > 0, abs(n)))  # of hours that zones differ by


class _Intervals(NamedTuple):
    """Intervals in the order of recordings and starts."""

    recordings: np.ndarray  # which recording of X each is of
    starts: np.ndarray
    stops: np.ndarray
    codes: np.ndarray
    rows: np.ndarray  # where each stands in the user's table


def label_intervals(X, intervals, *, tolerance: float = 1.0):
    """Label the rows of recordings by a table of intervals.

    A row belongs to the interval with ``start <= time < stop``; rows in none are unlabelled.

    Parameters
    ----------
    X : DataFrame of shape (n_rows, n_channels)
        Recordings; any rate, regular or not.
    intervals : pandas.DataFrame or polars.DataFrame of shape (n_intervals, >= 5)
        With the columns subject, recording, start, stop and activity, in any order. Other columns are not
        read. Starts and stops are seconds on the clock of ``X``; dates, where that counts from 1970 (UTC,
        as are dates without a time zone); or timedeltas since what it counts from, such as midnight.
    tolerance : float, default=1.0
        By how many seconds an interval may reach beyond its recording without a warning.

    Returns
    -------
    Series of shape (n_rows,)
        Activity of every row with the index of ``X``, as a categorical; missing where there is none.

    Raises
    ------
    ValueError
        If a column or a value is missing, an interval does not end after it starts, intervals of one
        recording overlap, a subject or recording is not in ``X``, no row is in any interval, or
        ``tolerance`` is no number of seconds.
    TypeError
        If starts and stops are neither numbers nor dates, but text.

    Warns
    -----
    LabelsOutsideWarning
        If intervals reach beyond their recordings by more than ``tolerance``, or hold no row; with what
        they are off by, if it is a time zone.
    SuspectRecordingsWarning
        If activities differ in nothing but case, spaces, hyphens and underscores.

    See Also
    --------
    drop_unlabelled : Leaves out the rows in no interval.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.recordings import label_intervals
    >>> X, _ = make_recordings(n_subjects=1, random_state=0, return_X_y=True)
    >>> diary = pd.DataFrame(
    ...     {"subject": 1, "recording": 1, "start": [0, 2], "stop": [2, 3], "activity": ["sit", "walk"]}
    ... )
    >>> label_intervals(X, diary).value_counts().to_dict()
    {'sit': 100, 'walk': 50}
    """
    index = recordings_index(X)
    if index is None:
        raise ValueError(
            "X has no index of subject, recording and time, so nothing can be joined to it. "
            "recordings_from_table makes one."
        )
    if not (isinstance(tolerance, Real) and tolerance >= 0):
        raise ValueError(f"tolerance is {tolerance!r}; it must be a number of seconds, 0 or more.")
    starts, times = recording_starts(index), times_of(index)
    _check_order(times, starts, index)
    table = _columns(intervals, list(COLUMNS))
    _check_missing(table)
    table = table.assign(**{name: _numeric(table[name]) for name in ("start", "stop")})
    _check_lengths(table)
    activities = pd.Categorical(table["activity"])
    warn_of_spellings(activities.unique())
    ordered = _by_recording(table, activities, _recordings_of(table, index, starts))
    _check_no_overlap(ordered, table)
    first, last = _rows_of(ordered, times, starts)
    _check_inside(ordered, table, first, last, times, starts, tolerance)
    painted = np.zeros(len(times) + 1, dtype=np.intp)
    np.add.at(painted, first, ordered.codes + 1)
    np.add.at(painted, last, -(ordered.codes + 1))
    codes = np.cumsum(painted[:-1]) - 1
    return pd.Series(pd.Categorical.from_codes(codes, activities.categories), index=index, name="activity")


def _check_order(times: np.ndarray, starts: np.ndarray, index: pd.MultiIndex) -> None:
    backwards = np.flatnonzero(np.diff(times) < 0) + 1
    backwards = np.setdiff1d(backwards, starts)
    if len(backwards):
        raise ValueError(f"Time runs backwards at {describe_row(index, int(backwards[0]))}. {PUT_IN_ORDER}")


def _check_missing(table: pd.DataFrame) -> None:
    if not len(table):
        raise ValueError("intervals has no rows.")
    for name in COLUMNS:
        missing = np.asarray(table[name].isna())
        if missing.any():
            raise ValueError(
                f"intervals has no {name} in {missing.sum()} of {len(table)} rows, the first: row "
                f"{np.argmax(missing)}."
            )


def _numeric(times: pd.Series) -> pd.Series:
    """Times as numbers: dates as seconds since 1970, timedeltas as seconds."""
    if pd.api.types.is_numeric_dtype(times.dtype):
        return times
    if times.dtype.kind not in "mM":
        raise TypeError(
            f"{times.name} must be seconds on the clock of X, or dates; it holds {times.dtype}, such as "
            f"{times.iloc[0]!r}. Convert it first: pandas.to_datetime(intervals[{times.name!r}]), with "
            "dayfirst=True for dates like 31.12.2026, pandas.to_timedelta for text like 13:05:10, or "
            "pandas.to_numeric."
        )
    return pd.Series(_seconds(times, 1.0), index=times.index)


def _check_lengths(table: pd.DataFrame) -> None:
    reversed_ = ~(table["stop"].to_numpy(np.float64) > table["start"].to_numpy(np.float64))
    if reversed_.any():
        row = int(np.argmax(reversed_))
        raise ValueError(
            f"{reversed_.sum()} of {len(table)} intervals do not end after they start, the first: "
            f"{_describe(table, row)}."
        )


def _recordings_of(table: pd.DataFrame, index: pd.MultiIndex, starts: np.ndarray) -> np.ndarray:
    """Which recording of X, counted from 0, each interval is of."""
    heads = index[starts[:-1]].droplevel(2)
    wanted = pd.MultiIndex.from_frame(table[["subject", "recording"]])
    which = heads.get_indexer(wanted)
    if (which >= 0).all():
        return which
    for level in ("subject", "recording"):
        known, given = heads.unique(level), wanted.unique(level)
        unknown = [value for value in given if value not in known]
        if unknown:
            affected = int(wanted.get_level_values(level).isin(unknown).sum())
            raise ValueError(
                f"{affected} of {len(table)} intervals are of a {level} that X does not have: "
                f"{_some(unknown)}. X has {_some(list(known))}.{_type_hint(unknown, list(known))}"
            )
    unknown = list(wanted[which < 0].unique())
    raise ValueError(
        f"{(which < 0).sum()} of {len(table)} intervals are of a (subject, recording) that X does not have: "
        f"{_some(unknown)}. X has {_some(list(heads))}."
    )


def _some(values: list) -> str:
    more = f", … ({len(values)} in all)" if len(values) > NAMED else ""
    return (
        ", ".join(map(repr, (getattr(value, "item", lambda v=value: v)() for value in values[:NAMED]))) + more
    )


def _type_hint(unknown: list, known: list) -> str:
    if not {str(value) for value in unknown} <= {str(value) for value in known}:
        return ""
    return (
        f" They are {type(unknown[0]).__name__} in intervals and {type(known[0]).__name__} in X; "
        "convert one of them with astype."
    )


def _by_recording(table: pd.DataFrame, activities: pd.Categorical, which: np.ndarray) -> _Intervals:
    starts, stops = table["start"].to_numpy(np.float64), table["stop"].to_numpy(np.float64)
    order = np.lexsort((starts, which))
    codes = np.asarray(activities.codes, dtype=np.intp)
    return _Intervals(which[order], starts[order], stops[order], codes[order], order)


def _check_no_overlap(intervals: _Intervals, table: pd.DataFrame) -> None:
    same = intervals.recordings[1:] == intervals.recordings[:-1]
    overlap = np.where(same, intervals.stops[:-1] - intervals.starts[1:], 0.0)
    wrong = overlap > SAME_TIME
    if wrong.any():
        k = int(np.argmax(wrong))
        raise ValueError(
            f"{wrong.sum()} pairs of intervals overlap, by up to {overlap.max():.6g} s; the first: "
            f"{_describe(table, intervals.rows[k])}, and {_describe(table, intervals.rows[k + 1])}. "
            "A row can have one label."
        )


def _rows_of(intervals: _Intervals, times: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First row of every interval, and the row after its last."""
    first, last = np.empty(len(intervals.rows), np.intp), np.empty(len(intervals.rows), np.intp)
    bounds = np.searchsorted(intervals.recordings, np.arange(len(starts)))
    for recording in np.unique(intervals.recordings):
        own = slice(bounds[recording], bounds[recording + 1])
        begin, clock = starts[recording], times[starts[recording] : starts[recording + 1]]
        first[own] = begin + np.searchsorted(clock, intervals.starts[own])
        last[own] = begin + np.searchsorted(clock, intervals.stops[own])
    first[1:] = np.maximum(first[1:], last[:-1])  # where intervals overlap by the rounding of times
    return first, np.maximum(first, last)


def _check_inside(
    intervals: _Intervals, table, first, last, times: np.ndarray, starts: np.ndarray, tolerance: float
) -> None:
    """Say which intervals reach beyond what was recorded, or refuse them if all do."""
    begins, ends = times[starts[:-1]][intervals.recordings], times[starts[1:] - 1][intervals.recordings]
    before = np.minimum(begins, intervals.stops) - np.minimum(begins, intervals.starts)
    after = np.maximum(ends, intervals.stops) - np.maximum(ends, intervals.starts)
    outside, empty = before + after, last == first
    if empty.all():
        raise ValueError(
            f"None of the {len(table)} intervals holds a row of X. The first is {_describe(table, 0)}; "
            f"{_span(0, intervals, begins, ends)}. Start and stop must be on the "
            "clock of X, in seconds or as dates."
            f"{_zone_hint(intervals, empty, begins, ends)}"
        )
    told = (outside > tolerance) | empty
    if told.any():
        k = int(np.argmax(told))
        beyond = outside[outside > tolerance]
        warn_user(
            f"{len(beyond)} of {len(table)} intervals reach beyond their recording by more than "
            f"{tolerance:g} s ({beyond.sum():.6g} s in all), and {empty.sum()} hold no row. The first: "
            f"{_describe(table, intervals.rows[k])}; {_span(intervals.rows[k], intervals, begins, ends)}."
            f"{_zone_hint(intervals, empty, begins, ends)}",
            LabelsOutsideWarning,
        )


def _zone_hint(intervals: _Intervals, empty: np.ndarray, begins: np.ndarray, ends: np.ndarray) -> str:
    """Say by how many hours the intervals without rows are off, if all are off by as many."""
    are_dates = begins.min() >= SINCE_1970[0]
    for quarters in QUARTERS if are_dates and empty.any() else ():
        shift = quarters * 900
        inside = (intervals.starts + shift >= begins) & (intervals.stops + shift <= ends)
        if inside[empty].all():
            if not shift:  # they lie between two rows
                return ""
            which = "earlier" if shift < 0 else "later"
            return (
                f" They would lie in their recordings if they were {abs(shift) / 3600:g} h {which}. Is that "
                "a time zone? Dates without one are read as UTC, in files too; intervals get theirs with "
                "intervals['start'].dt.tz_localize('Europe/Berlin')."
            )
    return ""


def _span(row: int, intervals: _Intervals, begins: np.ndarray, ends: np.ndarray) -> str:
    k = int(np.flatnonzero(intervals.rows == row)[0])
    return f"its recording lasts from {_from_to(begins[k], ends[k])}"


def _describe(table: pd.DataFrame, row: int) -> str:
    each = table.iloc[row]
    return (
        f"row {row} (subject {each['subject']}, recording {each['recording']}, "
        f"{_from_to(each['start'], each['stop'])}, {each['activity']})"
    )


def _from_to(start: float, stop: float) -> str:
    if not SINCE_1970[0] <= min(start, stop) <= max(start, stop) < SINCE_1970[1]:
        return f"{start:.9g} to {stop:.9g} s"
    first, last = (str(np.datetime64(round(time * 1000), "ms")) for time in (start, stop))
    return f"{first} to {last} UTC"
