"""Rows of one recording onto a regular grid of time as they come, with the values of `resample`."""

from itertools import pairwise
from typing import Any

import numpy as np

from ._clock import longest_step
from ._interpolation import ROUNDING, Ticks, cover, filter_down, interpolate, low_pass, thinning


class GridStream:
    """One recording on its way onto the grid ``first time + k / sampling_rate``.

    What comes out is what `resample` makes of all of it, with ``timing="recorded"``.

    Parameters
    ----------
    rate_in : float
        Rate of the rows that come, in Hz.
    sampling_rate : float
        The new rate, in Hz.
    max_gap : float or None
        As in `resample`.

    Attributes
    ----------
    longest_step : float
        Seconds between two rows above which a run ends.
    state : dict
        All that is remembered of the rows so far: numbers and arrays. It may be set, to go on.
    """

    def __init__(self, rate_in: float, sampling_rate: float, max_gap: float | None):
        self.state: dict = {"origin": None, "held": None, "last": None, "thinned": None}
        self._rate = sampling_rate
        self.longest_step = longest_step(1 / rate_in, max_gap)
        self._factor = thinning(rate_in, sampling_rate)
        self._taps: Any = low_pass(self._factor) if self._factor > 1 else None

    @property
    def seconds_behind(self) -> float:
        """Time after a row of the grid in which the rows come that it needs, without gaps.

        Rows of one time are known when the next one comes; a low-pass reads half its length ahead.
        """
        return 0.0 if self._taps is None else len(self._taps) // 2 / self._factor / self._rate

    @property
    def last_time(self) -> float:
        """Time of the last row that came."""
        return self.state["held"][0]

    def push(self, values: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Take rows whose times do not decrease, and give rows of the grid and their times."""
        if self.state["origin"] is None:
            self.state["origin"] = float(times[0])
        return self._onto_grid(*self._merge(values, times), ended=False)

    def finish(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Give the rest of the rows of the grid; None if nothing came."""
        if self.state["held"] is None:
            return None
        time, total, count = self.state["held"]
        return self._onto_grid(total[np.newaxis] / count, np.array([time]), ended=True)

    def _merge(self, values: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rows of one time as one, their mean; the last is held back, for there may be more of its time."""
        heads = np.flatnonzero(np.diff(times, prepend=-np.inf) > 0)
        sums = np.add.reduceat(values.astype(np.float64, copy=False), heads, axis=0)
        counts, times = np.diff(heads, append=len(times)), times[heads]
        if (held := self.state["held"]) is not None:
            if held[0] == times[0]:
                sums[0] += held[1]
                counts[0] += held[2]
            else:
                times = np.r_[held[0], times]
                sums, counts = np.vstack([held[1], sums]), np.r_[held[2], counts]
        self.state["held"] = [float(times[-1]), sums[-1].copy(), int(counts[-1])]
        return sums[:-1] / counts[:-1, np.newaxis], times[:-1]

    def _onto_grid(self, values: np.ndarray, times: np.ndarray, *, ended: bool):
        if (last := self.state["last"]) is not None:
            times, values = np.r_[last[0], times], np.vstack([last[1], values])
        if not len(times):
            return values, times
        starts = np.r_[0, np.flatnonzero(np.diff(times) > self.longest_step * (1 + 1e-9)) + 1, len(times)]
        positions = (times - self.state["origin"]) * self._rate
        if self._taps is None:
            found = _before_last(cover(positions, starts), len(times), ended)
            ticks, values_out = found.ticks, interpolate(values, found)
        else:
            ticks, values_out = self._thin(values, positions, starts, ended)
        self.state["last"] = [float(times[-1]), values[-1].copy()]
        return values_out, self.state["origin"] + ticks / self._rate

    def _thin(self, values: np.ndarray, positions: np.ndarray, starts: np.ndarray, ended: bool):
        fine = _before_last(cover(positions * self._factor, starts), len(values), ended)
        dense = interpolate(values, fine)
        bounds = np.searchsorted(fine.left, starts)
        ticks, out = [], []
        for run, (first, stop) in enumerate(pairwise(starts.tolist())):
            here = slice(bounds[run], bounds[run + 1])
            if run or self.state["thinned"] is None:
                self.state["thinned"] = _begin(positions[first], self._factor)
            thinned = self.state["thinned"]
            parts = [_go_on(thinned, dense[here], fine.ticks[here], self._taps, self._factor)]
            if ended or run < len(starts) - 2:
                parts.append(_end(thinned, positions[stop - 1], values[stop - 1], self._taps, self._factor))
            for some_ticks, some in parts:
                ticks.append(some_ticks)
                out.append(some)
        return np.concatenate(ticks), np.vstack([values[:0], *out])


def _before_last(found: Ticks, n_rows: int, ended: bool) -> Ticks:
    """Ticks whose values are known: those after the last row are not, unless it is the end."""
    kept = len(found.left) if ended else np.searchsorted(found.left, n_rows - 1)
    return Ticks(*(part[:kept] for part in found))


def _begin(position: float, factor: int) -> dict:
    """State of a run that begins at a position, in ticks, on its way through the low-pass."""
    wanted = int(np.ceil(_rounded(position) - ROUNDING))
    return {"wanted": wanted, "first": None, "rows": None, "offset": None, "value": None}


def _rounded(position: float) -> float:
    whole = np.rint(position)
    return float(whole if abs(position - whole) < ROUNDING else position)


def _go_on(state: dict, dense: np.ndarray, fine_ticks: np.ndarray, taps: np.ndarray, factor: int):
    """Take rows of the fine grid; give the wanted ticks that can be filtered, and their values."""
    half = len(taps) // 2
    if state["rows"] is None:
        if not len(dense):
            return np.empty(0, dtype=np.int64), dense
        state["first"], state["rows"] = int(fine_ticks[0]), dense[:0]
    state["rows"] = np.concatenate([state["rows"], dense])
    if state["offset"] is None and len(state["rows"]) > half:
        state["rows"], state["offset"] = _mirrored(state["rows"], half, 0), 0
    return _filtered(state, taps, factor)


def _end(state: dict, position: float, value: np.ndarray, taps: np.ndarray, factor: int):
    """The last ticks of a run that ends at a position, in ticks, with a value."""
    half = len(taps) // 2
    ticks, values = np.empty(0, dtype=np.int64), np.empty((0, len(value)))
    if state["rows"] is not None:
        before = half if state["offset"] is None else 0
        state["rows"], state["offset"] = _mirrored(state["rows"], before, half), state["offset"] or 0
        ticks, values = _filtered(state, taps, factor)
    held = np.arange(state["wanted"], int(np.floor(_rounded(position) + ROUNDING)) + 1)
    value = value if state["value"] is None else state["value"]
    return np.r_[ticks, held], np.vstack([values, np.repeat(value[np.newaxis], len(held), axis=0)])


def _mirrored(rows: np.ndarray, before: int, after: int) -> np.ndarray:
    """Rows lengthened by their mirror image, turned about the end point."""
    padding = ((before, after), (0, 0))
    if len(rows) == 1:
        return np.pad(rows, padding, mode="edge")
    return np.pad(rows, padding, mode="reflect", reflect_type="odd")


def _filtered(state: dict, taps: np.ndarray, factor: int) -> tuple[np.ndarray, np.ndarray]:
    """Wanted ticks all of whose rows are there, and their values; rows that no later one needs go."""
    rows, first = state["rows"], state["wanted"] * factor - state["first"]
    lead = 1 if first < 0 else 0  # a tick that rounding has put before the fine grid has its first value
    first += lead * factor
    n_out = 0
    if state["offset"] is not None:
        n_out = max(0, (state["offset"] + len(rows) - first - len(taps)) // factor + 1)
    if not n_out:
        return np.empty(0, dtype=np.int64), rows[:0]
    begin = first - state["offset"]
    values = filter_down(rows[begin:], n_out, taps, len(taps) // 2, factor)
    values = np.concatenate([np.repeat(values[:1], lead, axis=0), values])
    ticks = state["wanted"] + np.arange(len(values))
    state["wanted"] += len(values)
    state["offset"] = first + n_out * factor
    state["rows"] = rows[begin + n_out * factor :].copy()
    state["value"] = values[-1].copy()
    return ticks, values
