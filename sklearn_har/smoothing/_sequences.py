"""Windows in their time order: which follow each other, and after how many seconds."""

from typing import NamedTuple

import numpy as np

from ..recordings._index import (
    PUT_IN_ORDER,
    describe_row,
    describe_time,
    finite_times,
    recording_starts,
    recordings_index,
)


class Sequences(NamedTuple):
    """Rows that belong together, in the order of time.

    Attributes
    ----------
    starts : ndarray of int of shape (n_sequences + 1,)
        Position of the first row of every sequence, then the number of rows.
    elapsed : ndarray of float of shape (n_rows,)
        Seconds since the row before; 0 for the first of a sequence.
    people : ndarray of int of shape (n_sequences,)
        Who each sequence is of; where nobody says so, each is of somebody else.
    """

    starts: np.ndarray
    elapsed: np.ndarray
    people: np.ndarray

    @property
    def typical_step(self) -> float:
        """Median of the seconds from one row to the next; 1 where no row follows another."""
        inside = np.ones(len(self.elapsed), dtype=bool)
        inside[self.starts[:-1]] = False
        return float(np.median(self.elapsed[inside])) if inside.any() else 1.0


def sequences_of(X, n_rows: int) -> Sequences:
    """Find the sequences of a table; one without the index of recordings is one, a second a row.

    Raises
    ------
    ValueError
        If the rows of a recording lie apart, or time does not increase within one.
    """
    index = recordings_index(X)
    if index is None:
        elapsed = np.ones(n_rows)
        elapsed[:1] = 0.0
        return Sequences(np.array([0, n_rows]), elapsed, np.zeros(1, dtype=np.intp))
    starts = recording_starts(index)
    times = finite_times(index)
    elapsed = np.diff(times, prepend=times[:1])
    elapsed[starts[:-1]] = 0.0
    wrong = elapsed <= 0
    wrong[starts[:-1]] = False
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(
            f"Time does not increase at {describe_row(index, row)}: the row before it is at "
            f"{describe_time(times[row - 1])}. A smoother reads rows in their order. {PUT_IN_ORDER}"
        )
    subjects = np.asarray(index.codes[0])[starts[:-1]]
    n_people = len(np.unique(subjects))
    return Sequences(starts, elapsed, subjects if n_people > 1 else np.arange(len(starts) - 1))
