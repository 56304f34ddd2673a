"""What estimators were fitted on, to notice when they are asked about what lies right beside it.

A split that knows no people tears recordings apart, and a model is then asked about their other part. What it
was fitted on is kept outside of it: whoever is given a model need not know who was recorded.
"""

import weakref
from collections.abc import Hashable
from typing import NamedTuple

import numpy as np
import pandas as pd

from .._core._warnings import warn_user
from ..exceptions import LeakageWarning
from ..recordings import Rows
from ._windows import Windows

ADVICE = (
    "The same people are on both sides, so a score is too high: split whole people, by cv=SubjectKFold(5) or "
    "subject_train_test_split."
)


class Plan(NamedTuple):
    """Where windows lie in the recordings, and the array that windows cut together read."""

    rows: weakref.ref
    starts: np.ndarray  # sorted
    runs: np.ndarray


_runs_of: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()  # of recordings, by estimator
_plan_of: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()


def remember_rows(estimator, rows: Rows) -> None:
    """Remember the rows that an estimator is fitted on."""
    _runs_of[estimator] = runs_by_recording(rows)


def warn_of_rows_beside(estimator, rows: Rows) -> None:
    """Warn if rows to predict begin where rows end that the estimator was fitted on, or the other way round.

    Recordings of which any row was fitted on are passed over, as in a training score: those of another
    dataset may have the same names, and begin at the same time.
    """
    known = _runs_of.get(estimator, {})
    asked = runs_by_recording(rows) if known else {}
    begins = {
        recording: first_beside(known[recording], runs, 1 / rows.sampling_rate)
        for recording, runs in asked.items()
        if recording in known
    }
    found = {recording: begin for recording, begin in begins.items() if begin is not None}
    if found:
        (subject, recording), begin = next(iter(found.items()))
        warn_user(
            f"{len(found)} of {len(asked)} recordings to predict lie right beside rows of the same recording "
            f"that the model was fitted on; the first is recording {recording} of subject {subject}, from "
            f"{begin:g} s on. {ADVICE}",
            LeakageWarning,
        )


def remember_windows(estimator, windows) -> None:
    """Remember the windows that an estimator is fitted on, if they are `Windows` that were recorded."""
    if isinstance(estimator, Hashable):
        _plan_of.pop(estimator, None)
        if (places := places_of(windows)) is not None:
            order = np.argsort(places[0], kind="stable")
            _plan_of[estimator] = Plan(weakref.ref(windows._rows), *(part[order] for part in places))


def warn_of_windows_beside(estimator, windows) -> None:
    """Warn if windows to predict overlap or touch windows that the estimator was fitted on.

    That is only said of windows that were cut together, which read the same array: where others lie is no
    evidence, since another dataset may have the same positions.
    """
    known = _plan_of.get(estimator) if isinstance(estimator, Hashable) else None
    places = None if known is None else places_of(windows)
    if known is None or places is None or known.rows() is not windows._rows:
        return
    n_beside = count_beside(known, *places, windows.shape[1])
    if n_beside:
        warn_user(
            f"{n_beside} of {len(windows)} windows overlap or touch windows that {type(estimator).__name__} "
            f"was fitted on. {ADVICE}",
            LeakageWarning,
        )


def places_of(windows) -> tuple[np.ndarray, np.ndarray] | None:
    """Starts and runs of the windows that have them: synthetic ones were never recorded."""
    if not isinstance(windows, Windows) or windows.starts is None or windows.runs is None:
        return None
    recorded = windows.starts >= 0
    return (windows.starts[recorded], windows.runs[recorded]) if recorded.any() else None


def runs_by_recording(rows: Rows) -> dict[tuple, np.ndarray]:
    """First and last times of runs, shape (n_runs, 2), by subject and recording; plain arrays have none."""
    if rows.index is None:
        return {}
    ends = rows.index[rows.run_starts[:-1]], rows.index[rows.run_starts[1:] - 1]
    times = np.column_stack([end.get_level_values(2) for end in ends]).astype(float)
    codes, recordings = pd.factorize(ends[0].droplevel(2))
    begins = np.flatnonzero(np.diff(codes))  # the rows of one recording are together
    return dict(zip(recordings, np.split(times, begins + 1), strict=True))


def first_beside(known: np.ndarray, asked: np.ndarray, interval: float) -> float | None:
    """Where the first run begins that lies one interval beside a known one; None if any lies in one.

    Parameters
    ----------
    known, asked : ndarray of shape (n_runs, 2)
        First and last times of runs of one recording, in order.
    interval : float
        Between rows, in the unit of the times.
    """
    place = np.searchsorted(known[:, 0], asked[:, 1] + interval / 2)
    since_known = asked[:, 0] - np.append(-np.inf, known[:, 1])[place]
    until_known = np.append(known[:, 0], np.inf)[place] - asked[:, 1]
    if (since_known < interval / 2).any():
        return None
    beside = np.minimum(since_known, until_known) < 1.5 * interval
    return float(asked[beside.argmax(), 0]) if beside.any() else None


def count_beside(known: Plan, starts: np.ndarray, runs: np.ndarray, n_timesteps: int) -> int:
    """How many windows overlap or touch known ones of the same run; 0 if any of them is known itself."""
    place = np.searchsorted(known.starts, starts)
    beside = np.zeros(len(starts), bool)
    for near in np.maximum(place - 1, 0), np.minimum(place, len(known.starts) - 1):
        distance = np.abs(known.starts[near] - starts)
        if (distance == 0).any():
            return 0
        beside |= (distance <= n_timesteps) & (known.runs[near] == runs)
    return int(beside.sum())
