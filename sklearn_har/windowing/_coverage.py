"""From windows back to rows: which windows cover a row, and what they say of it together."""

from typing import NamedTuple

import numpy as np

from ..recordings import Rows
from ._cutting import Cut, window_firsts


class Cover(NamedTuple):
    """Windows that together cover every row at least once, in the order of rows.

    Attributes
    ----------
    firsts, runs : ndarrays of int of shape (n_windows,)
        Position of each window's first row, and its run.
    n_recorded : ndarray of int of shape (n_windows,)
        Rows of the window that were recorded; the rest repeats the last row of a short run.
    """

    firsts: np.ndarray
    runs: np.ndarray
    n_recorded: np.ndarray


def cover_rows(rows: Rows, cut: Cut) -> Cover:
    """Cut the windows of `window_firsts`, and one padded window for each run that is too short."""
    firsts, runs = window_firsts(rows.run_starts, cut._replace(aligned=True))
    short = np.flatnonzero(rows.run_lengths < cut.n_timesteps)
    n_recorded = np.full(len(firsts), cut.n_timesteps)
    if len(short):
        firsts = np.concatenate([firsts, rows.run_starts[short]])
        runs = np.concatenate([runs, short])
        n_recorded = np.concatenate([n_recorded, rows.run_lengths[short]])
        order = np.argsort(firsts, kind="stable")
        firsts, runs, n_recorded = firsts[order], runs[order], n_recorded[order]
    return Cover(firsts, runs, n_recorded)


class Spans(NamedTuple):
    """Stretches of rows that the same windows cover.

    Attributes
    ----------
    starts : ndarray of int of shape (n_spans + 1,)
        Position of the first row of every span, then the number of rows.
    low, high : ndarrays of int of shape (n_spans,)
        The windows ``low`` to ``high - 1`` cover the span.
    """

    starts: np.ndarray
    low: np.ndarray
    high: np.ndarray


def spans_of(cover: Cover, n_rows: int) -> Spans:
    """Find the stretches of rows between the beginnings and ends of windows."""
    stops = cover.firsts + cover.n_recorded
    starts = np.unique(np.concatenate([cover.firsts, stops, [0, n_rows]]))
    low = np.searchsorted(stops, starts[:-1], side="right")
    high = np.searchsorted(cover.firsts, starts[:-1], side="right")
    return Spans(starts, low, high)


def mean_over_spans(values: np.ndarray, spans: Spans) -> np.ndarray:
    """Mean of the windows' values for every span, shape (n_spans, n_columns).

    Every span is summed by itself, so a row that one window covers has exactly its values.
    """
    ranges = np.stack([spans.low, spans.high], axis=1).ravel()
    padded = np.concatenate([values, np.zeros_like(values[:1])])  # reduceat takes no end past the last
    sums = np.add.reduceat(padded, ranges, axis=0)[::2]
    return sums / (spans.high - spans.low)[:, np.newaxis]


def padded_windows(values: np.ndarray, cover: Cover, n_timesteps: int) -> np.ndarray:
    """Copy windows out of rows, repeating the last recorded row where a run is too short."""
    steps = np.minimum(np.arange(n_timesteps), cover.n_recorded[:, np.newaxis] - 1)
    return values[cover.firsts[:, np.newaxis] + steps]
