"""The index of recordings that lie on exact grids of time."""

from typing import Any

import numpy as np
import pandas as pd

from ._index import INDEX_LEVELS

LONGEST_GRIDS = 4  # ticks per row, over all grids


def index_of_ticks(
    people: pd.MultiIndex, counts: np.ndarray, origins: np.ndarray, ticks: np.ndarray, sampling_rate: float
) -> pd.MultiIndex:
    """Index of rows at ``origin + tick / sampling_rate`` of their recording.

    The times are made of the grids, not of the rows, which is what makes this fast, unless the grids
    are far longer than their rows: a clock that was set within a recording jumps by years.

    Parameters
    ----------
    people : MultiIndex of shape (n_recordings,)
        Subject and recording.
    counts : ndarray of int of shape (n_recordings,)
        Rows of each.
    origins : ndarray of shape (n_recordings,)
        Seconds at tick 0 of each.
    ticks : ndarray of int of shape (n_rows,)
        Increasing within a recording.
    sampling_rate : float
        In Hz.
    """
    shared, which = np.unique(origins, return_inverse=True)
    first = np.zeros(len(shared), dtype=np.int64)
    last = np.full(len(shared), -1, dtype=np.int64)
    filled, stops = np.flatnonzero(counts), np.cumsum(counts)
    np.minimum.at(first, which[filled], ticks[(stops - counts)[filled]])
    np.maximum.at(last, which[filled], ticks[stops[filled] - 1])
    n_ticks = last - first + 1
    if n_ticks.sum() > LONGEST_GRIDS * len(ticks):
        times = np.repeat(origins, counts) + ticks / sampling_rate
        codes = np.arange(len(ticks))
    else:
        begins = np.cumsum(n_ticks) - n_ticks
        numbers = np.arange(n_ticks.sum()) + np.repeat(first - begins, n_ticks)
        times = np.repeat(shared, n_ticks) + numbers / sampling_rate
        shifts = (begins - first)[which]
        codes = ticks + np.repeat(shifts, counts) if shifts.any() else ticks
    if (np.diff(times) <= 0).any():  # grids of several recordings overlap
        times, inverse = np.unique(times, return_inverse=True)
        codes = inverse[codes]
    levels: list[Any] = [*people.levels, pd.Index(times)]
    all_codes: list[Any] = [*(np.repeat(np.asarray(part), counts) for part in people.codes), codes]
    return pd.MultiIndex(levels, all_codes, names=list(INDEX_LEVELS), verify_integrity=False)
