"""Rows of runs onto the ticks of a regular grid."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy import signal

from .._core._blocks import block_slices

CACHED_BYTES = 2**18  # of values at a time: they stay in a processor's cache
ROUNDING = 1e-3  # ticks; rows this near to a tick are on it
CUTOFF = 0.45  # of the new rate
TRANSITION = 0.2  # of the new rate: untouched below 0.35, gone above 0.55 of it
STOP_BAND = 60.0  # dB
SAME_RATE = 0.05  # as everywhere in the library


class Ticks(NamedTuple):
    """Which ticks the rows of runs cover.

    Attributes
    ----------
    ticks : ndarray of int of shape (n_ticks,)
        Numbers of the ticks, increasing within a recording.
    left : ndarray of int of shape (n_ticks,)
        Position of the last row at or before the tick.
    weight : ndarray of shape (n_ticks,)
        Share in [0, 1] of the row after it.
    """

    ticks: np.ndarray
    left: np.ndarray
    weight: np.ndarray

    @property
    def nearest(self) -> np.ndarray:
        """Position of the row nearest in time; of two equally near ones the earlier."""
        return self.left + (self.weight > 0.5)


def cover(positions: np.ndarray, run_starts: np.ndarray, reach: float = 0.0) -> Ticks:
    """Find the ticks between the first and the last row of every run.

    Parameters
    ----------
    positions : ndarray of shape (n_rows,)
        Times of rows in ticks, increasing strictly within runs.
    run_starts : ndarray of int of shape (n_runs + 1,)
        Position of the first row of every run, then the number of rows.
    reach : float
        Ticks by which a run may be lengthened at both ends; the first or last row holds there.
    """
    whole = np.rint(positions)
    positions = np.where(np.abs(positions - whole) < ROUNDING, whole, positions)
    first_tick = np.ceil(positions)
    heads, tails = run_starts[:-1], run_starts[1:] - 1
    stop_tick = np.empty_like(first_tick)
    stop_tick[:-1] = first_tick[1:]
    stop_tick[tails] = np.floor(positions[tails] + reach + ROUNDING) + 1
    first_tick[heads] = np.ceil(positions[heads] - reach - ROUNDING)
    counts = (stop_tick - first_tick).astype(np.intp)
    left = np.repeat(np.arange(len(positions)), counts)
    offset = first_tick.astype(np.int64) - (np.cumsum(counts) - counts)
    ticks = np.arange(len(left)) + offset[left]
    step = np.ones(len(positions))
    step[:-1] = positions[1:] - positions[:-1]
    step[tails] = np.inf  # the last row has none after it
    weight = np.clip((ticks - positions[left]) / step[left], 0.0, 1.0)
    return Ticks(ticks, left, weight)


def interpolate(values: np.ndarray, found: Ticks) -> np.ndarray:
    """Values at ticks, on the line between the rows around them, shape (n_ticks, n_channels)."""
    at = np.empty((len(found.left), values.shape[1]), dtype=values.dtype)
    for block in block_slices(len(at), at.itemsize * max(1, at.shape[1]), CACHED_BYTES):
        left, weight = found.left[block], found.weight[block, np.newaxis]
        start = values[left]
        stop = values[np.minimum(left + 1, len(values) - 1)]  # the weight after the last row is 0
        stop -= start
        stop *= weight
        np.add(start, stop, out=at[block])
    return at


def whole_factor(positions: np.ndarray, run_starts: np.ndarray) -> int | None:
    """Ticks from row to row where every row is on a tick from 0 on and all steps are equal, or None."""
    whole = np.rint(positions)
    steps = np.diff(whole)
    steps[run_starts[1:-1] - 1] = -1.0
    factor = steps.max(initial=-1.0)
    if factor < 1 or np.abs(positions - whole).max() >= ROUNDING or ((steps != factor) & (steps != -1)).any():
        return None
    return None if whole[run_starts[:-1]].min() < 0 else int(factor)


def even_bounds(run_starts: np.ndarray, factor: int) -> np.ndarray:
    """Position of the first tick of every run, then the number of ticks, with ``factor`` ticks to a row."""
    return np.r_[0, np.cumsum((np.diff(run_starts) - 1) * factor + 1)]


def interpolate_evenly(values: np.ndarray, run_starts: np.ndarray, factor: int) -> np.ndarray:
    """Like `interpolate`, several times as fast, where `whole_factor` is not None."""
    bounds = even_bounds(run_starts, factor)
    out = np.empty((values.shape[1], bounds[-1]))
    share = np.arange(factor) / factor
    weights = np.array([1 - share, share])
    for (first, stop), (begin, end) in zip(
        pairwise(run_starts.tolist()), pairwise(bounds.tolist()), strict=True
    ):
        run = values[first:stop].T
        between = out[:, begin : end - 1].reshape(len(out), -1, factor)  # a view
        np.matmul(np.stack([run[:, :-1], run[:, 1:]], axis=2), weights, out=between)
        out[:, end - 1] = run[:, -1]
    return out.T


def ticks_evenly(positions: np.ndarray, run_starts: np.ndarray, factor: int) -> np.ndarray:
    """Numbers of the ticks that `interpolate_evenly` gives values for."""
    first = np.rint(positions[run_starts[:-1]]).astype(np.intp)
    lengths = np.diff(even_bounds(run_starts, factor))
    return np.concatenate(
        [np.arange(a, a + n) for a, n in zip(first.tolist(), lengths.tolist(), strict=True)]
    )


def nearest_evenly(run_starts: np.ndarray, factor: int) -> np.ndarray:
    """Position of the row nearest to each of these ticks; of two equally near ones the earlier."""
    ahead = (factor - 1) // 2
    runs = pairwise(run_starts.tolist())
    return np.concatenate(
        [np.repeat(np.arange(a, b), factor)[ahead : ahead + (b - a - 1) * factor + 1] for a, b in runs]
    )


def thinning(old_rate: float, new_rate: float) -> int:
    """Number of fine ticks per tick of the new grid, about as many as there are rows; 1 to interpolate."""
    return max(1, int(np.ceil(old_rate / new_rate - SAME_RATE)))


def thin(
    values: np.ndarray,
    positions: np.ndarray,
    run_starts: np.ndarray,
    wanted: Ticks,
    factor: int,
) -> np.ndarray:
    """Values at wanted ticks after a zero-phase low-pass, shape (n_ticks, n_channels).

    Every run is interpolated onto a grid that is ``factor`` times as fine and goes through a
    symmetric Kaiser-windowed FIR filter of which only every ``factor``-th value is computed. At its ends it
    is lengthened by its mirror image, turned about the end point.
    """
    fine = cover(positions * factor, run_starts)
    dense = interpolate(values, fine)
    taps = low_pass(factor)
    half = len(taps) // 2
    out = np.empty((len(wanted.ticks), values.shape[1]))
    fine_bounds = np.searchsorted(fine.left, run_starts)
    bounds = np.searchsorted(wanted.left, run_starts)
    for run in range(len(run_starts) - 1):
        here = slice(bounds[run], bounds[run + 1])
        mine = dense[fine_bounds[run] : fine_bounds[run + 1]]
        if here.start == here.stop:
            continue
        # where a run reaches beyond its rows, its first or last value holds
        at = wanted.ticks[here] * factor - (fine.ticks[fine_bounds[run]] if len(mine) else 0)
        inside = np.flatnonzero((at >= 0) & (at < len(mine)))
        if not len(inside):
            out[here] = values[wanted.left[here]]
            continue
        filtered = _filter_run(mine, at[inside[0]], len(inside), taps, half, factor)
        here = slice(here.start + inside[0], here.start + inside[0] + len(inside))
        out[here] = filtered
        out[bounds[run] : here.start] = filtered[0]
        out[here.stop : bounds[run + 1]] = filtered[-1]
    return out


def low_pass(factor: int) -> np.ndarray:
    """Taps of the filter of a grid ``factor`` times as fine; their sum is 1."""
    n_taps, beta = signal.kaiserord(STOP_BAND, 2 * TRANSITION / factor)
    half = int(np.ceil(n_taps / 2 / factor)) * factor
    return signal.firwin(2 * half + 1, 2 * CUTOFF / factor, window=("kaiser", beta))


def _filter_run(
    dense: np.ndarray, begin: int, n_out: int, taps: np.ndarray, half: int, factor: int
) -> np.ndarray:
    padding = ((half, half), (0, 0))
    if len(dense) == 1:
        padded = np.pad(dense, padding, mode="edge")
    else:
        padded = np.pad(dense, padding, mode="reflect", reflect_type="odd")
    return filter_down(padded[begin:], n_out, taps, half, factor)


def filter_down(padded: np.ndarray, n_out: int, taps: np.ndarray, half: int, factor: int) -> np.ndarray:
    """Filtered values of the rows ``half + k * factor``, shape (n_out, n_channels)."""
    filtered = signal.upfirdn(taps, np.ascontiguousarray(padded.T), up=1, down=factor, axis=1)
    delay = 2 * half // factor
    return filtered[:, delay : delay + n_out].T
