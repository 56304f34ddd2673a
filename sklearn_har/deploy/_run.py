"""One run on its way through steps, windows, classifier and smoother."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ..recordings import Rows
from ..recordings._index import INDEX_LEVELS
from ..windowing._context import values_of_cover
from ..windowing._coverage import Cover
from ..windowing._episodes import columns_of_windows
from ._held_rows import HeldRows
from ._plan import Plan, TransformedRows

Check = Callable[[np.ndarray], None]


class End(NamedTuple):
    """How a run ended: after so many further rows, at a time."""

    latency: int
    time: float


class Run:
    """A stretch of rows without a gap, as it comes.

    Parameters
    ----------
    plan : Plan
    who : tuple
        Subject and recording.
    offset : int
        Rows of the person before this run.

    Attributes
    ----------
    offset : int
    n_rows : int
        Rows that came.
    last_time : float
        Time of the last of them.
    """

    def __init__(self, plan: Plan, who: tuple, offset: int):
        self.offset = offset
        self.n_rows = 0
        self.last_time = np.nan
        self._plan = plan
        self._who = who
        self._delay = plan.delay
        self._streams = plan.streams(who[0])
        self._steps_delay = sum(stream.delay for stream in self._streams)
        self._held = HeldRows()  # they complete no window yet
        self._waiting: list = [None] * len(self._streams)  # times of rows that a step holds back
        self._values: Any = None  # the last rows that are ready, no more than a window has
        self._times = np.empty(0)
        self._n_ready = 0  # rows that went through all steps
        self._next = 0  # first row of the next window
        self._smoothed: dict = {"state": None, "time": None}

    @property
    def state(self) -> dict:
        """All that is remembered."""
        return {
            "offset": self.offset,
            "n_rows": self.n_rows,
            "last_time": self.last_time,
            "held": self._held.state,
            "streams": [stream.state for stream in self._streams],
            "waiting": self._waiting,
            "values": self._values,
            "times": self._times,
            "n_ready": self._n_ready,
            "next": self._next,
            "smoothed": self._smoothed,
        }

    @state.setter
    def state(self, state: dict) -> None:
        self.offset, self.n_rows, self.last_time = state["offset"], state["n_rows"], state["last_time"]
        for stream, remembered in zip(self._streams, state["streams"], strict=True):
            if remembered is not None:
                stream.state = remembered
        self._held.state = state["held"]
        self._waiting, self._values, self._times = list(state["waiting"]), state["values"], state["times"]
        self._n_ready, self._next, self._smoothed = state["n_ready"], state["next"], dict(state["smoothed"])

    def push(self, values: np.ndarray, times: np.ndarray, check: Check) -> pd.DataFrame | None:
        """Take rows; decide the windows that became due, after ``check`` has looked at them."""
        self.n_rows += len(times)
        self.last_time = float(times[-1])
        if self.rows_to_decision > 0:
            self._held.add(values, times)
            return None
        self._through_steps(*self._held.take_with(values, times), 0)
        return self._decide(check, None)

    def finish(self, end: End, check: Check) -> pd.DataFrame | None:
        """Decide the windows that are left, of which the last ends with the run or is padded."""
        if self._held:
            self._through_steps(*self._held.take(), 0)
        for number, stream in enumerate(self._streams):
            if stream.delay:
                self._through_step(number, stream.finish(), np.empty(0))
        return self._decide(check, end)

    @property
    def rows_to_decision(self) -> int:
        """Rows that must come until a window is complete; 0 at first: a run's first rows are looked at."""
        if not self._n_ready:
            return 0
        return self._next + self._plan.recognizer.n_timesteps_ + self._steps_delay - self.n_rows

    def _through_steps(self, values: np.ndarray, times: np.ndarray, begin: int) -> None:
        """Rows through the steps from one on, into the rows of windows."""
        for number in range(begin, len(self._streams)):
            stream = self._streams[number]
            if isinstance(stream, TransformedRows):
                values = stream.push_at(values, times, self._who)
            else:
                values = stream.push(values)
            values, times = self._with_times(number, values, times)
            if not len(values):
                return
        self._n_ready += len(values)
        # a copy in any case: the caller may use an array again
        self._values = values.copy() if self._values is None else np.concatenate([self._values, values])
        self._times = np.concatenate([self._times, times])

    def _through_step(self, number: int, values: np.ndarray, times: np.ndarray) -> None:
        """Rows that a step gave, through those after it."""
        values, times = self._with_times(number, values, times)
        if len(values):
            self._through_steps(values, times, number + 1)

    def _with_times(self, number: int, values: np.ndarray, times: np.ndarray):
        """Rows that a step gave, with their times, which may be those of rows that it held back."""
        if not self._streams[number].delay:
            return values, times
        if self._waiting[number] is not None:
            times = np.concatenate([self._waiting[number], times])
        self._waiting[number] = times[len(values) :].copy()
        return values, times[: len(values)]

    def _decide(self, check: Check, end: End | None) -> pd.DataFrame | None:
        """Decide all windows whose rows are there, and at the end of the run the last one."""
        n, step = self._plan.recognizer.n_timesteps_, self._plan.recognizer.step_
        last = self._n_ready - n
        firsts = np.arange(self._next, last + 1, step)
        if len(firsts):
            self._next = int(firsts[-1]) + step
        if end is not None and (last < 0 or self._next - step < last):
            firsts = np.append(firsts, max(last, 0))
        if not len(firsts) or self._values is None:
            return None
        table = self._decide_at(firsts, end, check)
        if len(self._values) > n:
            self._values, self._times = self._values[-n:].copy(), self._times[-n:].copy()
        return table

    def _decide_at(self, firsts: np.ndarray, end: End | None, check: Check) -> pd.DataFrame:
        """Table of the windows that begin at some rows of the run."""
        recognizer, n = self._plan.recognizer, self._plan.recognizer.n_timesteps_
        stops = np.minimum(firsts + n, self._n_ready)
        before = self._n_ready - len(self._values)  # rows of the run that are gone
        cover = Cover(firsts - before, np.zeros(len(firsts), dtype=np.intp), stops - firsts)
        for first in cover.firsts.tolist():
            check(self._values[first : first + n])
        whole = np.array([0, len(self._values)], dtype=np.intp)
        rows = Rows(self._values, self._plan.rate, whole, self._index())
        names, classes = self._plan.columns[-1], recognizer.classes_
        asked = cover
        if len(firsts) == 1:  # torch sums one window in another order than several, as a whole recording has
            asked = Cover(*(np.repeat(part, 2) for part in cover))
        alone = values_of_cover(recognizer.estimator_, rows, asked, n, names, classes)[: len(firsts)]
        ends = self._times[stops - before - 1]
        in_context = None if recognizer.smoother_ is None else self._smooth(alone, ends)
        columns = columns_of_windows(rows, cover, alone, classes, n, in_context)
        if rows.index is None:
            columns |= {name: columns[name] + self._times[0] for name in ("start", "stop")}
        columns["first_row"] = firsts + self.offset
        latency = np.full(len(firsts), self._delay) if end is None else self._n_ready - stops + end.latency
        time = ends + latency / self._plan.rate if end is None else np.full(len(firsts), end.time)
        return pd.DataFrame({**columns, "time": time, "latency": latency})

    def _index(self) -> pd.MultiIndex | None:
        return _index_of(self._who, self._times) if self._plan.has_times else None

    def _smooth(self, alone: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """What is said of windows in the context of those before."""
        recognizer = self._plan.recognizer
        classes, smoother = recognizer.classes_, recognizer.smoother_
        read, given = np.isin(classes, smoother.classes_), np.searchsorted(classes, smoother.classes_)
        state, before = self._smoothed["state"], self._smoothed["time"]
        out = np.zeros_like(alone)
        for values, smoothed, end in zip(alone, out, ends.tolist(), strict=True):
            elapsed = 0.0 if before is None else end - before
            smoothed[given], state = smoother.step(values[read], elapsed, state)
            before = end
        self._smoothed = {"state": state, "time": before}
        return out


def _index_of(who: tuple, times: np.ndarray) -> pd.MultiIndex:
    """Index of rows of one recording, whose times increase."""
    zeros = np.zeros(len(times), dtype=np.intp)
    levels: list[Any] = [[who[0]], [who[1]], times]
    codes: list[Any] = [zeros, zeros, np.arange(len(times))]
    return pd.MultiIndex(levels, codes, names=INDEX_LEVELS, verify_integrity=False)


def empty_table(plan: Plan, who: tuple) -> pd.DataFrame:
    """A table of decisions without any, for a subject and a recording of some type."""
    recognizer = plan.recognizer
    one, zero = np.zeros((1, len(recognizer.classes_))), np.zeros(1, dtype=np.intp)
    rows = Rows(one, plan.rate, np.array([0, 1]), _index_of(who, np.zeros(1)) if plan.has_times else None)
    in_context = None if recognizer.smoother_ is None else one
    columns = columns_of_windows(
        rows, Cover(zero, zero, zero + 1), one, recognizer.classes_, recognizer.n_timesteps_, in_context
    )
    return pd.DataFrame({**columns, "time": np.zeros(1), "latency": zero}).iloc[:0]
