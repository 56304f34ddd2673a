"""Recordings onto a regular grid of time."""

from itertools import pairwise

import numpy as np
import pandas as pd

from .._core._warnings import warn_user
from ..exceptions import TimeLostWarning
from ._interpolation import (
    Ticks,
    cover,
    even_bounds,
    interpolate,
    interpolate_evenly,
    nearest_evenly,
    thin,
    thinning,
    ticks_evenly,
    whole_factor,
)
from ._labels import check_labels_belong, take_labels
from ._regular_index import index_of_ticks
from ._timeline import Timeline, check_options, check_rate, timeline_of


def resample(X, y=None, *, sampling_rate, max_gap=None, timing="auto", return_report=False):
    """Bring recordings onto a regular grid of time, run by run.

    This is the remedy for irregular grids, repeated times and recordings of different rates. Every
    recording gets the grid ``first time + k / sampling_rate``, k = 0, 1, …. Nothing is made up across
    a gap, and nothing outside of a run.

    Values lie on the line between the rows before and after. Where rows become fewer by more than
    5 %, they go through a zero-phase low-pass at 0.45 of the new rate first (a symmetric FIR filter:
    untouched below 0.35, less than a thousandth left above 0.55 of the new rate).

    Parameters
    ----------
    X : DataFrame of shape (n_rows, n_channels)
        Recordings, with the index levels subject, recording and time (seconds). Time must not run
        backwards within a recording; it may repeat and be irregular.
    y : array-like of shape (n_rows,), default=None
        Labels; each new row gets that of the row nearest in time in its run (of two equally near
        ones the earlier), be it missing or not.
    sampling_rate : float
        The new rate, in Hz.
    max_gap : float, default=None
        Seconds between two rows above which a run ends. None means 5 times the typical step of the
        recording, at least 0.1 s.
    timing : {"auto", "recorded", "even"}, default="auto"
        What the times say. ``"recorded"``: when the rows were measured; rows of one time become
        one, their mean, with the label of the first. ``"even"``: when the rows came, which may be
        late but never early, while they were measured at a steady rate; the rows of a run are
        spread evenly, on the line of least squares through their times (in runs of 20 s and more,
        joined lines of about 10 s), and a gap is a delay that is not made up for within a second.
        ``"auto"``: even for recordings in which at least 1 % of the steps, and 5, take less than a
        tenth of the typical step although the values differ, as they do where rows are delivered
        in bursts; recorded for all others.
    return_report : bool, default=False
        Whether to return what was done to each recording.

    Returns
    -------
    X : DataFrame of shape (n_new_rows, n_channels)
        float64, with the index levels of recordings.
    y : Series or ndarray of shape (n_new_rows,)
        Only if ``y`` is given.
    report : DataFrame of shape (n_recordings, n_facts)
        Only if ``return_report``. Its index is subject and recording, its columns: ``rows_in``,
        ``rate_in`` (Hz), ``timing``, ``repeated_times`` (rows at the time of the row before),
        ``merged_rows``, ``largest_shift`` (seconds between a row's recorded and its even time),
        ``gaps``, ``longest_gap`` (seconds), ``seconds_in``, ``rows_out``, ``seconds_out`` and
        ``seconds_lost`` (time of the recording that no new row stands for).

    Warns
    -----
    TimeLostWarning
        If nothing is left of a recording, because no run of it reaches a tick of the grid.

    Raises
    ------
    ValueError
        If a rate or gap is impossible, time runs backwards, a value is NaN or infinite, or ``y``
        does not belong to ``X``.

    Examples
    --------
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.recordings import check_recordings, resample
    >>> X, y = make_recordings(n_subjects=2, sampling_rate=50, random_state=0, return_X_y=True)
    >>> X, y = resample(X, y, sampling_rate=20)
    >>> check_recordings(X).sampling_rate
    20.0
    """
    check_options(sampling_rate, max_gap, timing)
    if y is not None:
        check_labels_belong(X, y)
    line = timeline_of(X, max_gap=max_gap, timing=timing)
    check_rate(sampling_rate, line)
    positions, runs = line.positions(line.firsts, sampling_rate), line.run_starts
    factor = whole_factor(positions, runs)
    if factor is None:
        found, values = onto_grid(line, positions, sampling_rate)
        ticks, nearest = found.ticks, found.nearest
        counts = np.diff(np.searchsorted(found.left, line.bounds))
    else:
        values, ticks = interpolate_evenly(line.values, runs, factor), ticks_evenly(positions, runs, factor)
        nearest = None if y is None else nearest_evenly(runs, factor)
        counts = np.diff(even_bounds(runs, factor)[np.searchsorted(runs, line.bounds)])
    index = index_of_ticks(line.report.index, counts, line.firsts, ticks, sampling_rate)
    report = complete_report(line.report, counts, sampling_rate)
    _warn_of_lost_recordings(report)
    out = [pd.DataFrame(values, index=index, columns=X.columns, copy=False)]
    if y is not None:
        out.append(take_labels(y, line.source[nearest], index))
    if return_report:
        out.append(report)
    return out[0] if len(out) == 1 else tuple(out)


def onto_grid(
    line: Timeline, positions: np.ndarray, sampling_rate: float, tolerance: float = 0.0
) -> tuple[Ticks, np.ndarray]:
    """Ticks from 0 on that the runs cover, with rows at the given positions, and the values there.

    Recordings that become slower by the same factor are filtered together; where recordings have
    rates of their own, some may need a filter and others none.
    """
    found = cover(positions, line.run_starts, tolerance * sampling_rate)
    if (found.ticks < 0).any():
        found = Ticks(*(part[found.ticks >= 0] for part in found))
    rates = np.nan_to_num(1 / line.intervals, nan=sampling_rate)
    factors = np.array([thinning(rate, sampling_rate) for rate in rates])
    if (factors == 1).all():
        return found, interpolate(line.values, found)
    values = np.empty((len(found.ticks), line.values.shape[1]))
    borders = np.flatnonzero(np.r_[True, factors[1:] != factors[:-1], True])
    for a, b in pairwise(borders):
        first, stop = line.bounds[a], line.bounds[b]
        here = slice(*np.searchsorted(found.left, [first, stop]))
        runs = line.run_starts[(line.run_starts >= first) & (line.run_starts <= stop)] - first
        mine = Ticks(found.ticks[here], found.left[here] - first, found.weight[here])
        rows = line.values[first:stop]
        if factors[a] == 1:
            values[here] = interpolate(rows, mine)
        else:
            values[here] = thin(rows, positions[first:stop], runs, mine, int(factors[a]))
    return found, values


def complete_report(report: pd.DataFrame, counts: np.ndarray, sampling_rate: float) -> pd.DataFrame:
    """The report with what came out."""
    report = report.assign(rows_out=counts, seconds_out=counts / sampling_rate)
    report["seconds_lost"] = (report["seconds_in"] - report["seconds_out"]).clip(lower=0.0)
    return report


def _warn_of_lost_recordings(report: pd.DataFrame) -> None:
    lost = report.index[report["rows_out"] == 0]
    if len(lost):
        subject, recording = lost[0]
        warn_user(
            f"Nothing is left of {len(lost)} of {len(report)} recordings, the first: recording "
            f"{recording} of subject {subject}. Their runs are shorter than a step of the new grid; "
            "return_report=True says more.",
            TimeLostWarning,
        )
