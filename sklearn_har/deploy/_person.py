"""All that comes from one person: recordings, their runs, and what had to be left out."""

from itertools import pairwise

import numpy as np
import pandas as pd

from ..recordings._grid import is_regular
from ..recordings._grid_stream import GridStream
from ._held_rows import HeldRows
from ._input_checks import STEPS_FOR_RATE, check_rate, check_window, warn_of_size
from ._intake import Intake
from ._plain import from_plain, plain
from ._plan import Plan
from ._run import End, Run


class Person:
    """One person's rows as they come.

    Attributes
    ----------
    recording : object
        Name of the recording that is going on; None before the first row and after the end of one.
    intake : Intake
    """

    def __init__(self, plan: Plan, subject):
        self.subject = subject
        self.recording = None
        self.intake = Intake(f"subject {subject}", merges=plan.rate_in is not None)
        self._plan = plan
        self._offset = 0  # rows that went into runs before this one
        self._row = 0  # rows that came
        self._begin()

    def _begin(self) -> None:
        """Forget the recording before."""
        self._grid = self._plan.grid()
        self._held = HeldRows()  # of an unknown rate, or on their way onto the grid
        self._after_gap = -np.inf  # time of the first row after the last gap
        self._run: Run | None = None
        self._first_times: list[float] = []
        self._known = {"rate": not self._plan.has_times, "window": False}  # what was looked at
        self._warned = False  # of values beyond those of fit

    @property
    def state(self) -> dict:
        """All that is remembered, as plain values."""
        state = {
            "subject": self.subject,
            "recording": self.recording,
            "intake": self.intake.state,
            "grid": None if self._grid is None else self._grid.state,
            "held": self._held.state,
            "after_gap": self._after_gap,
            "run": None if self._run is None else self._run.state,
            "offset": self._offset,
            "row": self._row,
            "first_times": self._first_times,
            "known": self._known,
            "warned": self._warned,
        }
        return plain(state)

    @state.setter
    def state(self, state: dict) -> None:
        state = from_plain(state)
        self.recording, self.intake.state = state["recording"], state["intake"]
        self._begin()
        if self._grid is not None:
            self._grid.state = state["grid"]
        self._held.state, self._after_gap = state["held"], state["after_gap"]
        if state["run"] is not None:
            self._run = Run(self._plan, (self.subject, self.recording), 0)
            self._run.state = state["run"]
        self._offset, self._row = state["offset"], state["row"]
        self._first_times, self._known = state["first_times"], state["known"]
        self._warned = state["warned"]

    def only_keeps(self, recording, times: np.ndarray | None) -> bool:
        """Whether it is certain that the next row is held for later ones, or left out."""
        run = self._run
        if run is None or recording != self.recording or not all(self._known.values()):
            return False
        time = float(self._row if times is None else times[0])
        if self._grid is None:
            return run.rows_to_decision > 1 and is_regular(time - run.last_time, 1 / self._plan.rate)
        step = time - (self._held.last_time if self._held else self._grid.last_time)
        in_run = 0 <= step <= self._grid.longest_step and run.last_time >= self._after_gap
        return in_run and time < self._complete(run, self._grid)

    def numbers(self, n_rows: int) -> np.ndarray:
        """What stands for the times of the next rows, where they have none."""
        return np.arange(self._row, self._row + n_rows, dtype=np.float64)

    def push(self, recording, values: np.ndarray, times: np.ndarray) -> list[pd.DataFrame]:
        """Take rows of one recording; another one than before ends that. Tables of decisions come out."""
        tables = []
        if self.recording is not None and recording != self.recording:
            tables += self.finish()
        self.recording = recording
        self._row += len(times)
        for admitted in self.intake.admit(values, times):
            if admitted.anew:
                self._first_times = []
                tables += self._end_of_time(float(admitted.times[0]))
            self._look_at_rate(admitted.times)
            if self._may_wait(admitted.times):
                self._held.add(admitted.values, admitted.times)
            else:
                tables += self._push_in_time(*self._held.take_with(admitted.values, admitted.times))
        return tables

    def _may_wait(self, times: np.ndarray) -> bool:
        """Whether rows are held for later ones: of an unknown rate, or on their way onto a grid."""
        if not self._known["rate"]:
            return self._plan.recognizer.n_timesteps_ > STEPS_FOR_RATE  # else windows would be late
        return self._grid is not None and self._grid_may_wait(self._grid, times)

    def _grid_may_wait(self, grid: GridStream, times: np.ndarray) -> bool:
        """Whether the grid need not know rows yet: they complete no window, and end no run by a gap."""
        run = self._run
        if run is None:
            return False
        before = self._held.last_time if self._held else grid.last_time
        steps = times - np.concatenate([[before], times[:-1]])
        if steps.max() > grid.longest_step:
            self._after_gap = float(times[steps > grid.longest_step][-1])
        if run.last_time < self._after_gap:  # the grid needs rows to say that it has ended
            return False
        return times[-1] < self._complete(run, grid)

    def _complete(self, run: Run, grid: GridStream) -> float:
        """Time from which on rows may complete a window."""
        return run.last_time + (run.rows_to_decision - 1) / self._plan.rate + grid.seconds_behind

    def finish(self) -> list[pd.DataFrame]:
        """End the recording; its last windows come out."""
        tables = self._end_of_time(None)
        self.recording = None
        self.intake.begin()
        self._begin()
        return tables

    def _end_of_time(self, next_time: float | None) -> list[pd.DataFrame]:
        """What comes next does not go on in time: empty the grid, and end the run."""
        tables = self._push_in_time(*self._held.take()) if self._held else []
        if self._grid is not None:
            rest = self._grid.finish()
            if rest is not None:
                tables += self._push_regular(*rest)
            self._grid, self._after_gap = self._plan.grid(), -np.inf
        return tables + self._end_run(next_time)

    def _end_run(self, next_time: float | None) -> list[pd.DataFrame]:
        if self._run is None:
            return []
        ended, self._run = self._run, None
        self._offset = ended.offset + ended.n_rows
        end = End(0, ended.last_time) if next_time is None else End(1, next_time)
        return _some(ended.finish(end, self._look_at_window))

    def _push_in_time(self, values: np.ndarray, times: np.ndarray) -> list[pd.DataFrame]:
        """Rows of one course of time onto the grid, if there is one, and into runs."""
        if self._grid is not None:
            values, times = self._grid.push(values, times)
        return self._push_regular(values, times)

    def _push_regular(self, values: np.ndarray, times: np.ndarray) -> list[pd.DataFrame]:
        """Rows of one course of time into runs."""
        tables: list[pd.DataFrame] = []
        if not len(times):
            return tables
        last = np.nan if self._run is None else self._run.last_time
        steps = np.concatenate([times[:1] - last, times[1:] - times[:-1]])
        breaks = np.flatnonzero(~is_regular(steps, 1 / self._plan.rate))
        bounds = [0, *breaks[breaks > 0].tolist(), len(times)]
        for number, (first, stop) in enumerate(pairwise(bounds)):
            if number or (len(breaks) and breaks[0] == 0):
                if self._run is not None:
                    self.intake.state["counts"]["gaps"] += 1
                tables += self._end_run(float(times[first]))
            if self._run is None:
                self._run = Run(self._plan, (self.subject, self.recording), self._offset)
            tables += _some(self._run.push(values[first:stop], times[first:stop], self._look_at_window))
        return tables

    def _look_at_rate(self, times: np.ndarray) -> None:
        """Compare the first steps of a recording with the rate of fit."""
        if self._known["rate"]:
            return
        new = times[np.diff(times, prepend=self._first_times[-1:] or -np.inf) > 0]
        self._first_times += new[: STEPS_FOR_RATE + 1 - len(self._first_times)].tolist()
        if len(self._first_times) > STEPS_FOR_RATE:
            expected = self._plan.rate_in or self._plan.rate
            check_rate(np.diff(self._first_times), expected, self._plan.rate_in is not None)
            self._known["rate"], self._first_times = True, []

    def _look_at_window(self, window: np.ndarray) -> None:
        """Compare the first window of a recording with the rows of fit, and the size of values later on."""
        if 2 * len(window) < self._plan.recognizer.n_timesteps_:
            return  # so few rows may well be of one strong movement
        profile, names = self._plan.recognizer.input_profile_, self._plan.columns[-1]
        who = f"{self.intake.who}, recording {self.recording}"
        if not self._known["window"]:
            check_window(window, profile, names, f"the first window of {who}")
            self._known["window"] = True
        elif not self._warned:
            self._warned = warn_of_size(window, profile, names, f"a window of {who}")


def _some(table: pd.DataFrame | None) -> list[pd.DataFrame]:
    return [] if table is None else [table]
