"""The time grid of recordings: its rate, its regularity and the runs that gaps leave.

A grid is described by its interval and by its odd steps, the few from one row to the next of the
same recording that are not regular. Where the recordings share one grid, as those of a dataset do,
the steps are read from the integer codes of the index, without a look at the time of every row.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ._findings import CLOCK_UNITS, clock_unit
from ._index import LEAVE_OUT_REPEATED, PUT_IN_ORDER, describe_row, describe_time, times_of

RATE_TOLERANCE = 0.05  # devices of one make differ by 1 or 2 %; the next common rate is 20 % away
MOST_OFF_GRID = 0.05  # share of steps that may be neither regular nor a gap of whole intervals
HALF_STEP = 0.5  # a step within half an interval of the regular one continues a run
LONGEST_SHORT_GAP = 10  # intervals; after a longer gap a clock may start anywhere on the grid
SAME_STEP = 1e-3  # relative; below it, steps differ by the rounding of times only
STEPS_FOR_MEDIAN = 10_000


class Grid(NamedTuple):
    """How rows follow each other in time.

    Attributes
    ----------
    interval : float
        Mean regular step, in seconds; NaN where no recording has two rows.
    odd : ndarray of int of shape (n_odd,)
        Positions of the rows that a step within one recording, but not a regular one, follows.
    odd_steps : ndarray of shape (n_odd,)
        Lengths of these steps, in seconds.
    """

    interval: float
    odd: np.ndarray
    odd_steps: np.ndarray


def measure_grid(index: pd.MultiIndex, starts: np.ndarray, expected_rate: float | None = None) -> Grid:
    """Find the interval of recordings, and the steps that are not regular.

    Raises
    ------
    ValueError
        If time stands still or runs backwards, the grid is irregular, a recording has a rate of its
        own, or the rate is another than the expected one.
    """
    if len(index) == len(starts) - 1:
        return Grid(np.nan, np.empty(0, np.intp), np.empty(0))
    grid = _shared_grid(index, starts) or _any_grid(index, starts, expected_rate)
    _check_on_grid(grid, len(index) - len(starts) + 1, index)
    if expected_rate is not None:
        _check_rate(grid.interval, expected_rate)
    return grid


def rate_of(grid: Grid) -> float:
    """Rows per second, in Hz, to six digits: 50 Hz is 50.0, whatever the rounding of times.

    The rate of data without two rows of one recording is unknown; 1 Hz stands for it.
    """
    return 1.0 if np.isnan(grid.interval) else float(f"{1 / grid.interval:.6g}")


def is_regular(steps: Any, interval: float) -> Any:
    """Whether steps, an array or one number, continue a run."""
    return abs(steps / interval - 1) <= HALF_STEP


def run_starts(grid: Grid, starts: np.ndarray) -> np.ndarray:
    """Positions of the first row of every run, then the number of rows."""
    return np.union1d(starts, grid.odd + 1).astype(np.intp)


def _shared_grid(index: pd.MultiIndex, starts: np.ndarray) -> Grid | None:
    """Grid of recordings whose times all lie on one, or None."""
    times, codes = np.asarray(index.levels[2], dtype=np.float64), np.asarray(index.codes[2])
    gaps = np.diff(times)
    if not len(gaps) or gaps.min() <= 0 or gaps.max() > gaps.min() * (1 + SAME_STEP):
        return None
    code_steps = np.diff(codes)
    code_steps[starts[1:-1] - 1] = 1  # from one recording to the next there is no step
    if np.median(code_steps[:: max(1, len(code_steps) // STEPS_FOR_MEDIAN)]) != 1:
        return None
    odd = np.flatnonzero(code_steps != 1)
    odd_steps = times[codes[odd + 1]] - times[codes[odd]]
    _check_increasing(odd, odd_steps, index)
    n_regular = np.diff(starts) - 1 - _count_by_recording(odd, starts)
    _check_recordings_agree(np.where(n_regular > 0, gaps[0], np.nan), gaps[0], starts, index)
    return Grid((times[-1] - times[0]) / len(gaps), odd, odd_steps)


def _any_grid(index: pd.MultiIndex, starts: np.ndarray, expected_rate: float | None) -> Grid:
    """Grid of recordings, from the times of all rows.

    The expected rate or else the median step tells which steps are regular; their mean is the
    interval.
    """
    times = times_of(index)
    steps = np.diff(times)
    inside = np.ones(len(steps), dtype=bool)
    inside[starts[1:-1] - 1] = False
    backwards = np.flatnonzero(inside & ~(steps > 0))
    _check_increasing(backwards, steps[backwards], index)
    inner = steps[inside]
    typical = float(np.median(inner[:: max(1, len(inner) // STEPS_FOR_MEDIAN)]))
    if expected_rate is not None:
        if len(inner) > LONGEST_SHORT_GAP:  # a few rows may well have more gaps than regular steps
            _check_rate(typical, expected_rate)
        typical = 1 / expected_rate
    regular = inside & is_regular(steps, typical)
    odd = np.flatnonzero(inside & ~regular)
    if not regular.any():
        return Grid(typical, odd, steps[odd])
    owner = np.repeat(np.arange(len(starts) - 1), np.diff(starts))[:-1]
    counts = np.bincount(owner, regular, minlength=len(starts) - 1)
    sums = np.bincount(owner, np.where(regular, steps, 0.0), minlength=len(starts) - 1)
    means = np.divide(sums, counts, out=np.full(len(counts), np.nan), where=counts > 0)
    interval = float(sums.sum() / counts.sum())
    # the checks of the grid come first: on an irregular one, the rates of recordings mean nothing
    _check_on_grid(Grid(interval, odd, steps[odd]), len(inner), index)
    _check_recordings_agree(means, interval, starts, index)
    return Grid(interval, odd, steps[odd])


def _count_by_recording(steps: np.ndarray, starts: np.ndarray) -> np.ndarray:
    return np.diff(np.searchsorted(steps, starts))


def _check_increasing(steps: np.ndarray, seconds: np.ndarray, index: pd.MultiIndex) -> None:
    wrong = np.flatnonzero(~(seconds > 0))
    if not len(wrong):
        return
    row = int(steps[wrong[0]]) + 1
    repeats = seconds[wrong[0]] == 0
    happens, remedy = ("repeats", LEAVE_OUT_REPEATED) if repeats else ("runs backwards", PUT_IN_ORDER)
    raise ValueError(
        f"Time {happens} at {describe_row(index, row)}: the row before it is at "
        f"{describe_time(index[row - 1][2])}. Time must increase within a recording. {remedy}"
    )


def _check_rate(interval: float, expected_rate: float) -> None:
    if abs(1 / interval / expected_rate - 1) > RATE_TOLERANCE:
        remedy = "Resample them to that rate first (sklearn_har.recordings.resample)."
        if (unit := clock_unit(1 / interval, expected_rate)) is not None:
            remedy = (
                f"The times look like {unit}, not seconds: recordings_from_table converts them with "
                f"time_unit={CLOCK_UNITS[unit][0]!r}."
            )
        raise ValueError(
            f"These recordings have {1 / interval:.6g} rows per second; {expected_rate:.6g} Hz is expected, "
            f"the rate of the recordings seen in fit. {remedy}"
        )


def _check_on_grid(grid: Grid, n_steps: int, index: pd.MultiIndex) -> None:
    """Refuse a grid on which many steps are neither regular nor gaps of whole intervals."""
    ratios = grid.odd_steps / grid.interval
    off_grid = (ratios < 1) | (np.abs(ratios - np.rint(ratios)) > HALF_STEP / 2)
    off_grid &= ratios <= LONGEST_SHORT_GAP
    share = off_grid.sum() / n_steps
    if share > MOST_OFF_GRID:
        row = int(grid.odd[np.argmax(off_grid)])
        raise ValueError(
            f"The time grid is irregular: a regular step takes {grid.interval:.6g} s, but {share:.0%} of "
            "the steps are neither near it nor gaps of whole steps. The first such step follows "
            f"{describe_row(index, row)}. Resample the recordings onto a regular grid first "
            "(sklearn_har.recordings.resample)."
        )


def _check_recordings_agree(means: np.ndarray, interval: float, starts: np.ndarray, index) -> None:
    """Refuse a recording whose regular steps have another mean, or that is long and has none (NaN)."""
    different = np.abs(means / interval - 1) > RATE_TOLERANCE
    different |= np.isnan(means) & (np.diff(starts) > LONGEST_SHORT_GAP)
    if different.any():
        which = int(np.argmax(different))
        first, last = int(starts[which]), int(starts[which + 1]) - 1
        subject, recording, start = index[first]
        own_rate = (last - first) / (index[last][2] - start)
        raise ValueError(
            f"Recording {recording} of subject {subject} has {own_rate:.4g} rows per second, the "
            f"recordings together {1 / interval:.4g}. All must have one sampling rate: resample them "
            "first (sklearn_har.recordings.resample)."
        )
