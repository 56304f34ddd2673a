"""Rows as they are given, person by person and recording by recording."""

import numpy as np
import pandas as pd

from ..recordings._index import times_of

ONE = (1, 1)  # subject and recording of arrays


def by_recording(values: np.ndarray, index):
    """Stretches of rows of one recording, person by person: subject, recording, rows, times."""
    if index is None or isinstance(index, np.ndarray):
        yield *ONE, values, index
        return
    people, sessions, moments = (np.asarray(codes) for codes in index.codes)
    if len(index.levels[2]):
        times = times_of(index)
        times[moments < 0] = np.nan
    else:
        times = np.full(len(index), np.nan)
    if (people == people[0]).all() and (sessions == sessions[0]).all():
        yield _name(index, 0, people[0]), _name(index, 1, sessions[0]), values, times
        return
    for person in pd.unique(people):
        rows = np.flatnonzero(people == person)
        borders = np.flatnonzero(np.diff(sessions[rows])) + 1
        for part in np.split(rows, borders):
            yield _name(index, 0, person), _name(index, 1, sessions[part[0]]), values[part], times[part]


def array_of(rows, names) -> np.ndarray:
    """Rows that are no frame, as an array with an axis of rows and one of channels."""
    values = np.asarray(rows)
    if values.ndim != 2:
        got = type(rows).__name__ if values.dtype == object else values.shape
        order = "" if names is None else f", with its values in the order {list(names)}"
        raise ValueError(
            f"Rows have the shape (n_rows, n_channels); got {got}. A single row is "
            f"update([row], [time]){order}."
        )
    return values


def seconds_of(times, n_rows: int) -> np.ndarray:
    """Times of the rows of an array, as floats."""
    times = np.asarray(times)
    if times.dtype.kind in "mM":
        raise TypeError(f"Times must be seconds (numbers); got {times.dtype}.")
    times = times.astype(np.float64, copy=False)
    if times.shape != (n_rows,):
        raise ValueError(f"times have the shape {times.shape}; there are {n_rows} rows.")
    return times


def _name(index: pd.MultiIndex, level: int, code: int):
    """A subject or recording, as a plain value."""
    name = index.levels[level][code]
    return name.item() if isinstance(name, np.generic) else name
