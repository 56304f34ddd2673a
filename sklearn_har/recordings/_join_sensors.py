"""Sensors with clocks and rates of their own, as one recording."""

from typing import Any

import numpy as np
import pandas as pd

from .._core._warnings import warn_user
from ..exceptions import TimeLostWarning
from ._clock import longest_step
from ._interpolation import ROUNDING, Ticks
from ._labels import check_labels_belong, take_labels
from ._regular_index import index_of_ticks
from ._resample import onto_grid
from ._timeline import Timeline, check_options, check_rate, timeline_of


def join_sensors(
    acc,
    gyro,
    acc_y=None,
    gyro_y=None,
    *,
    sampling_rate=None,
    tolerance=None,
    max_gap=None,
    timing="auto",
    no_overlap="raise",
    return_report=False,
):
    """Join two sensors of the same recordings on one regular grid of time.

    Both are brought onto one grid as `resample` does, and the rows at which both were recording
    stay. The clocks must tell the same time: they are not shifted.

    Parameters
    ----------
    acc, gyro : DataFrame of shape (n_rows, n_channels)
        Recordings of one sensor each, with rates and rows of their own; channels must differ.
    acc_y, gyro_y : array-like of shape (n_rows,), default=None
        Labels of their rows. With both, a row whose two labels agree, or of which only one is
        known, gets that; where they disagree the label is missing, and the report counts it.
    sampling_rate : float, default=None
        Rate of the grid, in Hz; that of the slower sensor, to three digits, when None.
    tolerance : float, default=None
        Seconds by which a sensor may begin later or end earlier than the other and still have a
        row there: its first or last value holds. At most half of ``max_gap`` or, where that is
        None, of the shortest gap that ends a run. None means one step of the slower sensor, or
        that half if it is less.
    max_gap : float, default=None
        As in `resample`, for each sensor.
    timing : {"auto", "recorded", "even"}, default="auto"
        As in `resample`, for each sensor.
    no_overlap : {"raise", "drop"}, default="raise"
        What happens to a recording that both sensors have, but at no common time: an error, or it
        is left out and reported.
    return_report : bool, default=False
        Whether to return what had a partner.

    Returns
    -------
    X : DataFrame of shape (n_new_rows, n_channels)
        The channels of both, float64, with the index levels of recordings.
    y : Series of shape (n_new_rows,)
        Only if labels are given.
    report : DataFrame of shape (n_recordings, n_facts)
        Only if ``return_report``. Its index is subject and recording, its columns: ``sensors``
        ("both", "acc" or "gyro"), ``rows_out``, ``seconds_out``, ``acc_seconds_alone`` and
        ``gyro_seconds_alone`` (time without partner), ``label_disagreements`` (rows), and with the
        prefixes ``acc_`` and ``gyro_`` what `resample` reports of the rows that came in.

    Warns
    -----
    TimeLostWarning
        Without ``return_report``, if a recording is of one sensor only or has no common time.

    Raises
    ------
    ValueError
        If no recording is of both sensors, the two share a channel's name or, in a recording, no
        time, a rate or tolerance is impossible, no rate is given and none can be told (no recording
        has two times), or a sensor is not what `resample` accepts.

    Examples
    --------
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.recordings import join_sensors, resample
    >>> X, y = make_recordings(n_subjects=2, sampling_rate=50, random_state=0, return_X_y=True)
    >>> acc, gyro = X.filter(like="acc"), resample(X.filter(like="gyro"), sampling_rate=40)
    >>> joined, report = join_sensors(acc, gyro, sampling_rate=50, return_report=True)
    >>> joined.shape[1], report["sensors"].unique().tolist()
    (6, ['both'])
    """
    check_options(sampling_rate, max_gap, timing)
    if no_overlap not in ("raise", "drop"):
        raise ValueError(f"no_overlap is {no_overlap!r}; it must be 'raise' or 'drop'.")
    _check_names(acc, gyro)
    for sensor, labels in ((acc, acc_y), (gyro, gyro_y)):
        if labels is not None:
            check_labels_belong(sensor, labels)
    sensors = {"acc": acc, "gyro": gyro}
    lines = [timeline_of(X, max_gap=max_gap, timing=timing, name=name) for name, X in sensors.items()]
    sampling_rate, step = _rate_and_step(lines, sampling_rate)
    tolerance = _tolerance(tolerance, step, lines, max_gap)
    people, places = _pair(lines)
    origins = np.maximum(*(line.firsts[place] for line, place in zip(lines, places, strict=True)))
    found, values, owners, held = zip(
        *(
            _ticks_of(line, place, origins, sampling_rate, tolerance)
            for line, place in zip(lines, places, strict=True)
        ),
        strict=True,
    )
    both = _common(found, owners, held)
    counts = np.bincount(owners[0][both[0]], minlength=len(people))
    _check_overlap(lines, places, people, counts, no_overlap)
    index = index_of_ticks(people, counts, origins, found[0].ticks[both[0]], sampling_rate)
    data = np.hstack([part[rows] for part, rows in zip(values, both, strict=True)])
    X = pd.DataFrame(data, index=index, columns=[*acc.columns, *gyro.columns])
    report = _report(lines, people, places, counts, sampling_rate)
    out = [X]
    if acc_y is not None or gyro_y is not None:
        rows = [line.source[t.nearest[k]] for line, t, k in zip(lines, found, both, strict=True)]
        y, disagree = _joint_labels((acc_y, gyro_y), rows, index)
        per_recording = np.bincount(owners[0][both[0]], disagree, minlength=len(people)).astype(int)
        report.loc[people, "label_disagreements"] = per_recording
        out.append(y)
    if return_report:
        out.append(report)
    else:
        _warn_of_lost(report)
    return out[0] if len(out) == 1 else tuple(out)


def _check_names(acc, gyro) -> None:
    shared = [name for name in getattr(acc, "columns", []) if name in getattr(gyro, "columns", [])]
    if shared:
        raise ValueError(
            f"Both sensors have channels called {shared}. Rename them, so that each has its own: "
            'gyro.add_prefix("gyro_").'
        )


def _rate_and_step(lines: list[Timeline], sampling_rate: float | None) -> tuple[float, float]:
    """The rate of the grid, and the step of the slower sensor in seconds."""
    known = [line.intervals[np.isfinite(line.intervals)] for line in lines]
    steps = [float(np.median(intervals)) for intervals in known if len(intervals)]
    if sampling_rate is None and not steps:
        raise ValueError("No recording has two different times, so no rate can be told. Give sampling_rate.")
    rate = float(f"{1 / max(steps):.3g}") if sampling_rate is None else sampling_rate
    for line in lines:
        check_rate(rate, line)
    return rate, max(steps, default=1 / rate)


def _tolerance(tolerance: float | None, step: float, lines: list[Timeline], max_gap: float | None) -> float:
    """Seconds for which a value holds: so few that the two ends of a gap do not meet."""
    gaps = [longest_step(interval, max_gap) for line in lines for interval in line.intervals]
    longest = min(gaps) / 2
    if tolerance is None:
        return min(step, longest)
    if not (isinstance(tolerance, (int, float, np.number)) and np.isfinite(tolerance) and tolerance >= 0):
        raise ValueError(f"tolerance is {tolerance!r}; it must be a number of seconds, 0 or more.")
    if tolerance > longest:
        raise ValueError(
            f"tolerance is {tolerance:g} s, more than half of max_gap ({min(gaps):g} s"
            f"{' by default' if max_gap is None else ''}): the two ends of a gap would meet. Give a smaller "
            "tolerance or a longer max_gap."
        )
    return float(tolerance)


def _pair(lines: list[Timeline]) -> tuple[Any, list[np.ndarray]]:
    """Recordings of both sensors in the order of the first, and where they are in each."""
    first, second = (line.report.index for line in lines)
    where = second.get_indexer(first)
    if not (where >= 0).any():
        told = [f"{len(of)}, the first: recording {of[0][1]} of subject {of[0][0]}" for of in (first, second)]
        raise ValueError(f"No recording is of both sensors. acc has {told[0]}; gyro has {told[1]}.")
    return first[where >= 0], [np.flatnonzero(where >= 0), where[where >= 0]]


def _ticks_of(
    line: Timeline, place: np.ndarray, origins: np.ndarray, sampling_rate: float, tolerance: float
) -> tuple[Ticks, np.ndarray, np.ndarray, np.ndarray]:
    """Ticks of one sensor, the values there, the number of their pair (-1 without) and which are held.

    A tick is held where the tolerance reaches: before the first row of a run or after its last.
    """
    all_origins = line.firsts.copy()
    all_origins[place] = origins
    positions = line.positions(all_origins, sampling_rate)
    found, values = onto_grid(line, positions, sampling_rate, tolerance)
    pair = np.full(len(line.firsts), -1)
    pair[place] = np.arange(len(place))
    is_last = np.zeros(len(positions), dtype=bool)
    is_last[line.run_starts[1:] - 1] = True
    late = found.ticks - positions[found.left]
    held = (late < -ROUNDING) | (is_last[found.left] & (late > ROUNDING))
    return found, values, np.repeat(pair, np.diff(np.searchsorted(found.left, line.bounds))), held


def _common(found, owners, held) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the ticks that both sensors cover, at least one by rows of its own, by pair and time."""
    span = 1 + max(int(ticks.ticks.max(initial=0)) for ticks in found)
    keys, places = [], []
    for ticks, owner in zip(found, owners, strict=True):
        place = np.flatnonzero(owner >= 0)
        places.append(place)
        keys.append(owner[place] * span + ticks.ticks[place])
    # a tick that two runs reach, by holding values, is that of the first
    _, first, second = np.intersect1d(keys[0], keys[1], return_indices=True)
    first, second = places[0][first], places[1][second]
    measured = ~(held[0][first] & held[1][second])
    return first[measured], second[measured]


def _check_overlap(lines, places, people: pd.MultiIndex, counts: np.ndarray, no_overlap: str) -> None:
    if (no_overlap == "drop" and counts.any()) or counts.all():
        return
    which = int(np.argmin(counts))
    (a, b), (c, d) = (
        (line.firsts[place[which]], line.times[line.bounds[place[which] + 1] - 1])
        for line, place in zip(lines, places, strict=True)
    )
    subject, recording = people[which]
    raise ValueError(
        f"In {(counts == 0).sum()} of {len(people)} recordings the two sensors have no time in common. "
        f"Recording {recording} of subject {subject}: acc from {a:.6g} to {b:.6g} s, gyro from {c:.6g} to "
        f'{d:.6g} s. Their clocks must tell the same time, in seconds; no_overlap="drop" leaves such '
        "recordings out."
    )


def _joint_labels(labels, rows, index: pd.MultiIndex) -> tuple[pd.Series, np.ndarray]:
    """One label for every row, and where two known ones disagree."""
    given = [None if y is None else take_labels(y, at, index) for y, at in zip(labels, rows, strict=True)]
    series = [pd.Series(y, index=index) for y in given if y is not None]
    if len(series) == 1:
        return series[0], np.zeros(len(index), dtype=bool)
    first, second = (labels.astype(object) for labels in series)
    disagree = (first.notna() & second.notna() & (first != second)).to_numpy()
    joint = first.where(first.notna(), second).mask(disagree, None)
    if isinstance(series[0].dtype, pd.CategoricalDtype):
        names = series[0].cat.categories
        of_second = pd.Categorical(series[1]).categories
        joint = joint.astype(pd.CategoricalDtype([*names, *of_second.difference(names, sort=False)]))
    elif all(pd.api.types.is_numeric_dtype(labels.dtype) for labels in series):
        joint = pd.to_numeric(joint)  # as objects, scikit-learn would refuse numbers
    elif series[0].dtype == series[1].dtype:
        joint = joint.astype(series[0].dtype)
    joint.name = series[0].name
    return joint, disagree


def _report(lines, people: pd.MultiIndex, places, counts: np.ndarray, sampling_rate: float) -> pd.DataFrame:
    parts = [line.report.add_prefix(f"{name}_") for name, line in zip(("acc", "gyro"), lines, strict=True)]
    report = parts[0].join(parts[1], how="outer")
    sensors = np.where(report["gyro_rows_in"].isna(), "acc", "both")
    report.insert(0, "sensors", np.where(report["acc_rows_in"].isna(), "gyro", sensors))
    report.insert(1, "rows_out", pd.Series(counts, index=people).reindex(report.index, fill_value=0))
    report.insert(2, "seconds_out", report["rows_out"] / sampling_rate)
    for place, name in ((3, "acc"), (4, "gyro")):
        alone = (report[f"{name}_seconds_in"] - report["seconds_out"]).clip(lower=0.0)
        report.insert(place, f"{name}_seconds_alone", alone.fillna(0.0))
    report.insert(5, "label_disagreements", 0)
    return report


def _warn_of_lost(report: pd.DataFrame) -> None:
    lost = report[report["rows_out"] == 0]
    if len(lost):
        subject, recording = lost.index[0]
        single = int((lost["sensors"] != "both").sum())
        warn_user(
            f"{len(lost)} of {len(report)} recordings are left out: {single} are of one sensor only, "
            f"{len(lost) - single} have no common time. The first is recording {recording} of "
            f"subject {subject}; return_report=True lists them.",
            TimeLostWarning,
        )
