"""Clocks as they are: how often rows come, where the recording broke off, when late rows were measured."""

from itertools import pairwise

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.interpolate import make_lsq_spline
from scipy.ndimage import minimum_filter1d

STEPS_FOR_MEDIAN = 10_000
BLOCK_ROWS = 128  # a line through so many rows evens bursts out; gaps touch few such blocks
NO_STEP = 0.1  # of an interval; no sensor measures twice so soon, two rows were only delivered together
BURSTING = 0.01  # share of such steps from which on a clock tells when rows came, not when they were
FEWEST_BURSTS = 5
NEAR_MEDIAN = 0.5  # share of the median step within which a step is regular
GAP_INTERVALS = 5
SHORTEST_GAP = 0.1  # seconds; people hardly move faster than a line over so short a time shows
CATCH_UP = 1.0  # seconds in which a clock that was late is right again, or else rows are missing
KNOT_SPACING = 10.0  # seconds


def typical_interval(times: np.ndarray) -> float:
    """Seconds from row to row of one recording, the same with bursts and gaps; NaN if unknown.

    The mean of the steps near the median one or, where many rows come together, the mean slope of
    the middle half of all blocks of 128 steps.
    """
    n_steps = len(times) - 1
    if n_steps < 1 or times[-1] == times[0]:
        return np.nan
    steps = times[1:] - times[:-1]
    shortest = steps.min()
    if shortest > 0 and steps.max() <= shortest * (1 + NEAR_MEDIAN):  # as is each step to the median one
        return float(times[-1] - times[0]) / n_steps
    some = np.sort(steps[:: max(1, n_steps // STEPS_FOR_MEDIAN)])
    median = some[len(some) // 2]
    if np.count_nonzero(steps < NO_STEP * median) <= BURSTING * n_steps and median > 0:
        return float(steps[np.abs(steps - median) <= NEAR_MEDIAN * median].mean())
    slopes = np.sort(_slopes(steps, min(BLOCK_ROWS, max(1, n_steps // 8))))
    middle = float(slopes[len(slopes) // 4 : len(slopes) - len(slopes) // 4].mean())
    return middle if middle > 0 else float(times[-1] - times[0]) / n_steps


def _slopes(steps: np.ndarray, n_steps: int) -> np.ndarray:
    """Seconds per row on the line of least squares through each block of rows, from the steps in it.

    From the first to the last row of a block would tell more or less than there were, by up to a burst.
    """
    rows = np.arange(n_steps + 1) - n_steps / 2
    weights = -np.cumsum(rows)[:-1] / (rows @ rows)  # of steps, all positive, what rows have of times
    blocks = sliding_window_view(steps, n_steps)
    return blocks[:: max(1, len(blocks) // STEPS_FOR_MEDIAN)] @ weights


def clock_bursts(times: np.ndarray, values: np.ndarray, interval: float) -> bool:
    """Whether rows of one recording were stamped when a batch of them was delivered.

    Rows that repeat time and values are copies, and say nothing about the clock.
    """
    together = np.flatnonzero(times[1:] - times[:-1] < NO_STEP * interval)
    fewest = max(FEWEST_BURSTS, BURSTING * len(times))
    if len(together) < fewest:
        return False
    different = (values[together + 1] != values[together]).any(axis=1)
    return bool(different.sum() >= fewest)


def longest_step(interval: float, max_gap: float | None) -> float:
    """Seconds between two rows above which a run ends."""
    if max_gap is not None:
        return max_gap
    return max(SHORTEST_GAP, GAP_INTERVALS * interval)


def gaps_of_late_clock(times: np.ndarray, interval: float, longest: float) -> np.ndarray:
    """Positions of the last rows before gaps, where times may be late but are never early.

    A row that is late is followed by rows that catch up; after missing rows nothing does. So the
    lateness of a row is the least one of the next second, and a gap is a lasting jump of it.
    """
    late = times - np.arange(len(times)) * interval
    n_rows = max(2, round(CATCH_UP / interval))
    half = n_rows // 2
    lasting = minimum_filter1d(late, n_rows, mode="nearest", origin=-half)  # this row and later ones
    before = minimum_filter1d(late, n_rows, mode="nearest", origin=n_rows - 1 - half)  # and earlier ones
    jumped = lasting[1:] - before[:-1] > longest - interval  # true for a second after a gap
    again = np.diff(lasting) > longest - interval
    again[1:] |= ~jumped[:-1]
    again[:1] = True
    return np.flatnonzero(jumped & again)


def even_times(times: np.ndarray, interval: float) -> np.ndarray:
    """When the rows of one run were measured, if they were at a steady rate.

    Least squares of the times on the number of the row: one straight line for less than 20 s, joined
    lines of about 10 s each for more, so that a rate that drifts is followed. Where times tell no
    rate, as those of a run that was delivered at once, the line has that of the recording.
    """
    n = len(times)
    n_lines = max(1, int(n * interval / KNOT_SPACING)) if n > BLOCK_ROWS else 1
    if times[0] == times[-1]:
        return _steady_times(times, interval)
    if n < 3:
        return times
    rows, start = np.arange(n, dtype=np.float64), times[0]
    bounds = np.linspace(0, n - 1, n_lines + 1)
    knots = np.r_[0.0, bounds, n - 1.0]
    even = make_lsq_spline(rows, times - start, knots, k=1)(rows) + start
    rising = np.diff(even[np.rint(bounds).astype(np.intp)]) > 0
    return even if rising.all() else _steady_times(times, interval)


def _steady_times(times: np.ndarray, interval: float) -> np.ndarray:
    rows = np.arange(len(times))
    return times.mean() + (rows - rows.mean()) * interval


def late_runs(times: np.ndarray, interval: float, longest: float) -> tuple[np.ndarray, np.ndarray]:
    """Even times of the rows of one recording whose clock bursts, and where its runs start.

    The line of a short run may begin before that of the run before it ends; then it is pressed
    together, or comes later if there is no room.
    """
    starts = np.r_[0, gaps_of_late_clock(times, interval, longest) + 1]
    even = np.empty_like(times)
    earliest = -np.inf
    for first, stop in pairwise([*starts.tolist(), len(times)]):
        run = even_times(times[first:stop], interval)
        if run[0] < earliest < run[-1]:
            run = np.interp(run, run[[0, -1]], [earliest, run[-1]])
        even[first:stop] = run + max(0.0, earliest - run[0])
        earliest = even[stop - 1] + interval
    return even, starts
