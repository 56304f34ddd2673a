"""What a recognizer's smoother reads: probabilities of windows, in the order of time."""

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import KFold

from .._core._blocks import BLOCK_BYTES, block_slices
from .._core._labels import EncodedLabels
from .._core._warnings import warn_user
from ..exceptions import SingleLabelWarning, SubjectsUnknownWarning
from ..recordings import Rows
from ..recordings._index import times_of
from ._coverage import Cover, padded_windows
from ._cutting import Cut, carried_at, level_values, window_firsts, windows_at
from ._label_rules import window_labels
from ._windows import Windows


def fit_windows(estimator, windows: Windows, labels: np.ndarray, params: dict):
    """Fit a clone of a classifier of windows, or a constant one where there is one label only."""
    if (labels == labels[0]).all():
        warn_user(
            f"All {len(windows)} windows have the label {labels.tolist()[0]!r}, so it is predicted "
            "everywhere. A shorter window_length or another label rule may keep the other activities.",
            SingleLabelWarning,
        )
        return DummyClassifier().fit(windows, labels)
    return clone(estimator).fit(windows, labels, **params)


def values_of_cover(
    estimator, rows: Rows, cover: Cover, n_timesteps: int, names, classes: np.ndarray
) -> np.ndarray:
    """Probabilities, or one vote, of each window of a cover, shape (n_windows, n_classes)."""
    values = np.zeros((len(cover.firsts), len(classes)))
    window_bytes = n_timesteps * rows.values.shape[1] * rows.values.itemsize
    for block in block_slices(len(cover.firsts), window_bytes, BLOCK_BYTES):
        windows = windows_of_cover(rows, Cover(*(part[block] for part in cover)), n_timesteps, names)
        values[block] = _values(estimator, windows, classes)
    return values


def windows_of_cover(rows: Rows, cover: Cover, n_timesteps: int, names) -> Windows:
    """The windows of a part of a cover, cut from no more rows than it covers."""
    carried = carried_at(rows, cover.firsts, cover.runs, names)
    if (cover.n_recorded == n_timesteps).all():
        low, high = cover.firsts[0], cover.firsts[-1] + n_timesteps
        return Windows.from_rows(rows.values[low:high], cover.firsts - low, n_timesteps, **carried)
    return Windows(padded_windows(rows.values, cover, n_timesteps), **carried)


def _values(estimator, windows: Windows | pd.DataFrame, classes: np.ndarray) -> np.ndarray:
    """Probabilities, or one vote, of each window, shape (n_windows, n_classes)."""
    values = np.zeros((len(windows), len(classes)))
    if hasattr(estimator, "predict_proba"):
        values[:, np.searchsorted(classes, estimator.classes_)] = estimator.predict_proba(windows)
    else:
        votes = np.searchsorted(classes, estimator.predict(windows))
        values[np.arange(len(windows)), votes] = 1.0
    return values


def _table_for_smoother(rows: Rows, cover: Cover, values: np.ndarray, classes: np.ndarray) -> pd.DataFrame:
    """Values of the windows of a cover, each run a recording of its own, at the time when a window ends."""
    lasts = cover.firsts + cover.n_recorded - 1
    if rows.index is None:
        people, times = np.zeros(len(lasts), dtype=np.intp), lasts.astype(float)
    else:
        people, times = level_values(rows.index, 0, lasts), times_of(rows.index)[lasts]
    index = pd.MultiIndex.from_arrays([people, cover.runs, times], names=["subject", "recording", "time"])
    return pd.DataFrame(values, index=index, columns=classes)


def smoothed_values(
    smoother, rows: Rows, cover: Cover, values: np.ndarray, classes: np.ndarray
) -> np.ndarray:
    """Values of windows in their context; as they are where there is no smoother."""
    if smoother is None:
        return values
    known = np.isin(classes, smoother.classes_)
    table = _table_for_smoother(rows, cover, values[:, known], classes[known])
    return _values(smoother, table, classes)


def held_out_table(
    recognizer, rows: Rows, cut: Cut, labels: EncodedLabels, learned: np.ndarray, params: dict
):
    """What classifiers that were not fitted on a window's person say of it, for all windows, in order.

    Parameters
    ----------
    recognizer : SlidingWindowClassifier
    rows, cut, labels : Rows, Cut, EncodedLabels
        As in its fit.
    learned : ndarray of int
        First rows of the windows that it learns from. The others are in the table too, as in predict.
    params : dict
        For the fit of its estimator.

    Returns
    -------
    table : DataFrame of shape (n_windows, n_classes)
    labels : ndarray of shape (n_windows,)
        None where the label is missing, or none that is learned.
    """
    firsts, runs = window_firsts(rows.run_starts, cut)
    codes, _ = window_labels(labels, firsts, cut.n_timesteps, recognizer.label)
    windows = windows_at(rows, firsts, runs, cut.n_timesteps, recognizer._names())
    known = np.isin(firsts, learned)
    classes = labels.classes[np.unique(codes[known])]
    values = np.zeros((len(windows), len(classes)))
    fold = _folds_of_windows(windows, recognizer.smoother_folds)
    for held_out in np.unique(fold):
        train, test = np.flatnonzero((fold != held_out) & known), np.flatnonzero(fold == held_out)
        if not len(train):
            raise ValueError(
                "Only one person, or one part of the recordings, has labelled windows, so it cannot be "
                "learned how the classifier does on others. Label more people, or set smoother=None."
            )
        fitted = fit_windows(recognizer.estimator, windows[train], labels.classes[codes[train]], params)
        values[test] = _values(fitted, windows[test], classes)
    cover = Cover(firsts, runs, np.full(len(firsts), cut.n_timesteps))
    has_label = (codes >= 0) & np.isin(labels.classes, classes)[codes]
    truth = np.where(has_label, labels.classes[codes], None)
    return _table_for_smoother(rows, cover, values, classes), truth


def _folds_of_windows(windows: Windows, n_folds: int) -> np.ndarray:
    """Number of the fold of each window: those of people, or parts of the time where people are unknown."""
    people = None if windows.subjects is None else np.unique(windows.subjects, return_inverse=True)[1]
    if people is not None and people.any():
        return people % min(n_folds, people.max() + 1)
    warn_user(
        "The recordings are of one person or of unknown ones, so the smoother learns from what classifiers "
        f"of the rest of the recordings say of {n_folds} parts of them, which may be of people who were "
        "trained on: it trusts windows too much. Fit more people, with the index (subject, recording, time).",
        SubjectsUnknownWarning,
    )
    fold = np.empty(len(windows), dtype=np.intp)
    for number, (_, part) in enumerate(KFold(min(n_folds, len(windows))).split(windows.starts)):
        fold[part] = number
    return fold
