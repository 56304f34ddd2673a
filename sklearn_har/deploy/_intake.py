"""Which of the rows that come can be used: those in order, with all their values."""

from typing import NamedTuple

import numpy as np

from .._core._moments import LARGEST
from .._core._warnings import warn_user
from ..exceptions import RowsLeftOutWarning
from ..recordings._index import describe_time

SET_BACK = 1.0  # seconds; when so much of earlier time has come in order, the clock was set back
COUNTS = ("rows", "missing", "late", "repeated", "gaps", "clock_set_back")
LEFT_OUT = {
    "missing": f"holds a value that is missing, infinite or beyond {LARGEST:g}",
    "late": "is earlier than a row that came before it",
    "repeated": "has the time of the row before it",
}


class Admitted(NamedTuple):
    """Rows in order; ``anew`` if time does not go on from the rows before."""

    values: np.ndarray
    times: np.ndarray
    anew: bool


class Intake:
    """The rows of one person on their way in.

    Attributes
    ----------
    state : dict
        Time of the last row that was used (``last``), first and last time of late rows in order
        (``late``), and ``counts`` of what happened.
    """

    def __init__(self, who: str, *, merges: bool):
        self.who = who
        self._merges = merges  # rows of one time are wanted: something else makes one of them
        self.state: dict = {"last": None, "late": None, "counts": dict.fromkeys(COUNTS, 0)}

    def begin(self) -> None:
        """Another recording: any time may come."""
        self.state["last"] = self.state["late"] = None

    def admit(self, values: np.ndarray, times: np.ndarray) -> list[Admitted]:
        """Take rows as they come; give those that can be used, in stretches between jumps of the clock."""
        counts = self.state["counts"]
        counts["rows"] += len(times)
        readings = np.abs(values) < LARGEST
        if not (readings.all() and np.isfinite(times).all()):
            whole = readings.all(axis=1) & np.isfinite(times)
            self._leave_out("missing", ~whole, times)
            values, times = values[whole], times[whole]
        if len(times) and self._follow(times):
            self.state["last"], self.state["late"] = float(times[-1]), None
            return [Admitted(values, times, False)]
        out, anew = [], False
        while len(times):
            stop, kept = self._until_clock_is_set_back(times)
            if kept.any():
                out.append(Admitted(values[:stop][kept], times[:stop][kept], anew))
            anew = stop < len(times)
            if anew:
                counts["clock_set_back"] += 1
                self.begin()
            values, times = values[stop:], times[stop:]
        return out

    def _follow(self, times: np.ndarray) -> bool:
        """Whether rows come in order after those before, as nearly always."""
        last = self.state["last"]
        return bool((last is None or times[0] > last) and (times[1:] > times[:-1]).all())

    def _until_clock_is_set_back(self, times: np.ndarray) -> tuple[int, np.ndarray]:
        """How many rows are of one course of time, and which of them can be used."""
        last = -np.inf if self.state["last"] is None else self.state["last"]
        latest = np.maximum.accumulate(np.r_[last, times])
        ahead = times - latest[:-1]
        late = ahead < 0
        began = self._began(times, late)
        back = np.flatnonzero(late & (times - began >= SET_BACK))
        stop = int(back[0]) if len(back) else len(times)
        late, repeated = late[:stop], ahead[:stop] == 0
        self._leave_out("late", late, times)
        self._leave_out("repeated", repeated, times)
        if stop:
            self.state["last"] = float(latest[stop])
            self.state["late"] = [float(began[stop - 1]), float(times[stop - 1])] if late[-1] else None
        return stop, ~late if self._merges else ~(late | repeated)

    def _began(self, times: np.ndarray, late: np.ndarray) -> np.ndarray:
        """Time of the first of the late rows that come in order up to each row."""
        before = np.r_[np.nan if self.state["late"] is None else self.state["late"][1], times[:-1]]
        follows = late & np.r_[self.state["late"] is not None, late[:-1]] & (times > before)
        heads = np.maximum.accumulate(np.where(follows, -1, np.arange(len(times))))
        carried = np.nan if self.state["late"] is None else self.state["late"][0]
        return np.where(heads < 0, carried, times[heads])

    def _leave_out(self, why: str, rows: np.ndarray, times: np.ndarray) -> None:
        if not rows.any():
            return
        counts = self.state["counts"]
        if not counts[why] and not (why == "repeated" and self._merges):
            when = describe_time(float(times[np.argmax(rows)]))
            warn_user(
                f"The row of {self.who} at {when} {LEFT_OUT[why]}, and is left out. Further ones are only "
                "counted, in report().",
                RowsLeftOutWarning,
            )
        counts[why] += int(rows.sum())
