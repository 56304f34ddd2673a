"""Rows that wait for later ones, to go on together: a call costs more than a row."""

from typing import Any

import numpy as np


class HeldRows:
    """Rows with their times, in the order in which they came.

    Attributes
    ----------
    state : list of ndarray or None
        Rows and times; None without any.
    """

    def __init__(self) -> None:
        self._parts: list[tuple[np.ndarray, np.ndarray]] = []

    def __bool__(self) -> bool:
        return bool(self._parts)

    @property
    def last_time(self) -> float:
        """Time of the last of them."""
        return float(self._parts[-1][1][-1])

    def add(self, values: np.ndarray, times: np.ndarray) -> None:
        """Keep a copy of rows: the caller may use an array again."""
        self._parts.append((values.copy(), times.copy()))

    def take(self) -> tuple[np.ndarray, np.ndarray]:
        """Give all of them, and hold nothing any longer."""
        values, times = self.state
        self._parts = []
        return values, times

    def take_with(self, values: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give all of them and the next rows, and hold nothing any longer."""
        if not self._parts:
            return values, times
        self._parts.append((values, times))
        return self.take()

    @property
    def state(self) -> Any:
        """All of them, to be kept."""
        if not self._parts:
            return None
        values, times = zip(*self._parts, strict=True)
        return [np.concatenate(values), np.concatenate(times)]

    @state.setter
    def state(self, state: Any) -> None:
        self._parts = [] if state is None else [(state[0], state[1])]
