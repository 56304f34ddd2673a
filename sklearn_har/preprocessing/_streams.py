"""How a run goes through a transformer of rows as it comes, in parts of any size."""

from collections.abc import Callable

import numpy as np


class RunStream:
    """One run on its way through one transformer.

    Attributes
    ----------
    delay : int
        Rows that must follow a row before it comes out.
    state : ndarray or None
        All that is remembered of the rows so far; None before the first. It may be set, to go on.
    """

    delay = 0
    state: np.ndarray | None = None

    def push(self, rows: np.ndarray) -> np.ndarray:
        """Take the next rows, at least one, and give those that are ready."""
        raise NotImplementedError

    def finish(self) -> np.ndarray:
        """Give the rows held back, when no more come; only where there is a delay."""
        raise NotImplementedError


class EachRow(RunStream):
    """Rows that are transformed each by itself."""

    def __init__(self, arithmetic: Callable[[np.ndarray], np.ndarray]):
        self._arithmetic = arithmetic

    def push(self, rows: np.ndarray) -> np.ndarray:
        return self._arithmetic(rows)
