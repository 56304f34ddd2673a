"""Recordings with clocks of any kind: checked, cut at gaps, late rows put where they were measured."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_array

from ._checks import channel_values, finite_values
from ._clock import clock_bursts, late_runs, longest_step, typical_interval
from ._index import (
    INDEX_LEVELS,
    PUT_IN_ORDER,
    describe_row,
    describe_time,
    finite_times,
    recording_starts,
    recordings_index,
    refuse_bad_channels,
)

MOST_UPSAMPLING = 100
MOST_THINNING = 10_000


@dataclass(frozen=True, slots=True)
class Timeline:
    """Rows in order, of recordings whose grid may be irregular.

    Attributes
    ----------
    values : ndarray of shape (n_rows, n_channels)
    times : ndarray of shape (n_rows,)
        Seconds, increasing strictly within runs.
    source : ndarray of int of shape (n_rows,)
        Position in X of every row, the first one of those that were merged.
    bounds : ndarray of int of shape (n_recordings + 1,)
        Position of the first row of every recording, then the number of rows.
    run_starts : ndarray of int of shape (n_runs + 1,)
    firsts : ndarray of shape (n_recordings,)
        Recorded time of the first row of every recording.
    intervals : ndarray of shape (n_recordings,)
        Seconds from row to row; NaN where unknown.
    report : DataFrame of shape (n_recordings, n_facts)
    """

    values: np.ndarray
    times: np.ndarray
    source: np.ndarray
    bounds: np.ndarray
    run_starts: np.ndarray
    firsts: np.ndarray
    intervals: np.ndarray
    report: pd.DataFrame

    def positions(self, origins: np.ndarray, sampling_rate: float) -> np.ndarray:
        """Times in ticks of the grid that begins at the origin of each recording."""
        return (self.times - np.repeat(origins, np.diff(self.bounds))) * sampling_rate


def irregular_rows(X, name: str = "X") -> tuple[np.ndarray, pd.MultiIndex, np.ndarray, np.ndarray]:
    """Values, index, times and starts of recordings that must be in order and finite, not regular.

    Raises
    ------
    ValueError
        If time runs backwards, or a value or time is missing or infinite.
    """
    refuse_bad_channels(X)
    index = recordings_index(X)
    if index is None:
        raise ValueError(
            f"{name} has no times. Recordings have the index levels {list(INDEX_LEVELS)}; "
            "sklearn_har.recordings.recordings_from_table makes them of a table."
        )
    values = check_array(channel_values(X), dtype=np.float64, ensure_all_finite=False, input_name=name)
    with finite_values(X, values):
        starts, times = recording_starts(index), finite_times(index)
    backwards = np.diff(times) < 0
    backwards[starts[1:-1] - 1] = False
    if backwards.any():
        row = int(np.argmax(backwards)) + 1
        raise ValueError(
            f"Time runs backwards at {describe_row(index, row)}: the row before it is at "
            f"{describe_time(index[row - 1][2])}. {PUT_IN_ORDER}"
        )
    return values, index, times, starts


def timeline_of(X, *, max_gap: float | None, timing: str, name: str = "X") -> Timeline:
    """Check recordings and find when their rows were measured and which of them form runs."""
    values, index, times, starts = irregular_rows(X, name)
    whole = [slice(a, b) for a, b in pairwise(starts.tolist())]
    intervals = np.array([typical_interval(times[rows]) for rows in whole])
    even = [
        _is_late(times[rows], values[rows], interval, timing)
        for rows, interval in zip(whole, intervals.tolist(), strict=True)
    ]
    repeats = np.diff(times, prepend=np.nan) == 0
    repeats[starts[:-1]] = False
    merged = repeats & ~np.repeat(even, np.diff(starts))
    source = np.flatnonzero(~merged)
    if len(source) < len(times):
        values = np.add.reduceat(values, source, axis=0) / np.diff(source, append=len(times))[:, None]
    bounds = np.searchsorted(source, starts)
    recorded = times[source]
    used = recorded.copy()
    facts: list[dict[str, Any]] = []
    runs = []
    for number, (a, b) in enumerate(pairwise(bounds.tolist())):
        mine, rows = recorded[a:b], whole[number]
        if b - a < rows.stop - rows.start:  # some were merged
            intervals[number] = typical_interval(mine)
        interval = float(intervals[number])
        _check_max_gap(max_gap, interval, index, rows.start)
        used[a:b], heads = _runs_of(mine, interval, longest_step(interval, max_gap), even[number])
        runs.append(heads + a)
        counts = {"repeated_times": int(repeats[rows].sum()), "merged_rows": int(merged[rows].sum())}
        facts.append(_facts_of(mine, used[a:b], heads, interval, even[number], counts))
    report = pd.DataFrame(facts, index=index[starts[:-1]].droplevel("time"))
    run_starts = np.concatenate([*runs, [len(used)]]).astype(np.intp)
    return Timeline(values, used, source, bounds, run_starts, times[starts[:-1]], intervals, report)


def _runs_of(times: np.ndarray, interval: float, longest: float, even: bool) -> tuple[np.ndarray, np.ndarray]:
    """When the rows of one recording were measured, and where its runs start."""
    if even:
        return late_runs(times, interval, longest)
    return times, np.r_[0, np.flatnonzero(np.diff(times) > longest * (1 + 1e-9)) + 1]


def _facts_of(
    recorded: np.ndarray, used: np.ndarray, heads: np.ndarray, interval: float, even: bool, counts: dict
) -> dict[str, Any]:
    """What the report says of one recording."""
    gaps = recorded[heads[1:]] - recorded[heads[1:] - 1]
    return {
        "rows_in": len(recorded) + counts["merged_rows"],
        "rate_in": 1 / interval,
        "timing": "even" if even else "recorded",
        **counts,
        "largest_shift": float(np.abs(used - recorded).max()),
        "gaps": len(gaps),
        "longest_gap": float(gaps.max(initial=0.0)),
        "seconds_in": float(recorded[-1] - recorded[0]) + (0.0 if np.isnan(interval) else interval),
    }


def _is_late(times: np.ndarray, values: np.ndarray, interval: float, timing: str) -> bool:
    if timing == "recorded" or np.isnan(interval):
        return False
    return timing == "even" or clock_bursts(times, values, interval)


def _check_max_gap(max_gap: float | None, interval: float, index: pd.MultiIndex, row: int) -> None:
    if max_gap is not None and max_gap < interval * (1 - 1e-6):
        subject, recording, _ = index[row]
        raise ValueError(
            f"max_gap is {max_gap:g} s, but the rows of recording {recording} of subject {subject} are "
            f"{interval:.4g} s apart: every step would be a gap. Give at least that, in seconds."
        )


def check_options(sampling_rate, max_gap, timing: str) -> None:
    """Refuse options of resampling that mean nothing."""
    for option, value, unit in (("sampling_rate", sampling_rate, "Hz"), ("max_gap", max_gap, "seconds")):
        if value is None:
            continue
        number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
        if not (number and np.isfinite(value) and value > 0):
            raise ValueError(f"{option} is {value!r}; it must be a positive number, in {unit}.")
    if timing not in ("auto", "recorded", "even"):
        raise ValueError(f"timing is {timing!r}; it must be 'auto', 'recorded' or 'even'.")


def check_rate(sampling_rate: float, line: Timeline) -> None:
    """Refuse a rate that is far above that of the rows, or so low that hardly one of them would stay."""
    slowest = 1 / np.nanmax(line.intervals, initial=0.0) if np.isfinite(line.intervals).any() else np.inf
    if sampling_rate > MOST_UPSAMPLING * slowest:
        which = int(np.nanargmax(line.intervals))
        subject, recording = line.report.index[which]
        raise ValueError(
            f"sampling_rate is {sampling_rate:g} Hz, but recording {recording} of subject {subject} has "
            f"{slowest:.4g} rows per second: more than {MOST_UPSAMPLING} times as many would be made up. "
            "Times must be in seconds (recordings_from_table converts other units), rates in Hz."
        )
    fastest = 1 / np.nanmin(line.intervals) if np.isfinite(slowest) else 0.0
    if fastest > MOST_THINNING * sampling_rate:
        subject, recording = line.report.index[int(np.nanargmin(line.intervals))]
        raise ValueError(
            f"sampling_rate is {sampling_rate:g} Hz, one row in {1 / sampling_rate:.4g} s, but recording "
            f"{recording} of subject {subject} has {fastest:.4g} rows per second: more than {MOST_THINNING} "
            "of them would become one. Times must be in seconds, rates in Hz."
        )
