"""Scorers of windows and of rows, for searches and cross-validation."""

from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real

import numpy as np

from .._core._labels import encode_labels
from .._core._sklearn import Interval, ScorerParts, scorer_parts, validate_params
from ..recordings import check_recordings
from ..recordings._labels import check_labels_belong
from ..windowing._cutting import Cut, window_firsts
from ..windowing._label_rules import window_labels
from ._unwrap import find_recognizer

METRIC_LIMITS = {"metric": [str, callable]}
AVERAGES_OF_CLASSES = ("macro", "micro", "weighted")


@validate_params(
    METRIC_LIMITS
    | {"window_length": [None, Interval(Real, 0, None, closed="neither")], "smoothed": ["boolean"]},
    prefer_skip_nested_validation=True,
)
def make_window_scorer(metric, *, window_length=None, smoothed=False):
    """Make a scorer of windows, which is how most published results are counted.

    The scorer takes a fitted `SlidingWindowClassifier`, or a pipeline (of scikit-learn or
    imbalanced-learn) or search around one, recordings and the labels of their rows. It cuts windows as
    the literature does: within runs, none padded, with the recognizer's overlap; rows left over at the
    end of a run are in no window. The truth of a window is the most frequent label of its rows (of
    equally frequent ones the first in sorted order); windows that are mostly unlabelled are not scored.

    Parameters
    ----------
    metric : str or callable
        A score of scikit-learn that reads predicted labels (``"f1_macro"``, ``"accuracy"``), or a
        function ``metric(y_true, y_pred)`` of which more is better.
    window_length : float, default=None
        In seconds. None scores the recognizer's own windows, and its own prediction for each. A length
        scores windows of that length, and the most frequent prediction of their rows: needed to compare
        candidates whose own windows differ, which would otherwise each be scored on other windows.
    smoothed : bool, default=False
        Whether a recognizer with a ``smoother`` is scored with it, which is another protocol: the windows
        then know those around them. False scores windows by themselves, as published results are.

    Returns
    -------
    callable
        ``scorer(estimator, X, y) -> float``, more is better; fit for ``scoring=``, alone or in a dict.

    Raises
    ------
    ValueError
        If ``metric`` is the name of no score, or of one that reads probabilities. The scorer itself
        raises it if there is no SlidingWindowClassifier inside, or no window to score.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn.model_selection import GridSearchCV, GroupKFold
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.evaluation import make_window_scorer
    >>> from sklearn_har.recordings import subjects
    >>> from sklearn_har.windowing import SlidingWindowClassifier
    >>> X, y = make_recordings(n_subjects=4, random_state=0, return_X_y=True)
    >>> search = GridSearchCV(
    ...     SlidingWindowClassifier(DummyClassifier(), window_length=2.56),
    ...     {"window_length": [1.28, 2.56]},
    ...     cv=GroupKFold(2),
    ...     scoring=make_window_scorer("f1_macro", window_length=2.56),
    ... )
    >>> bool(0 < search.fit(X, y, groups=subjects(X)).best_score_ < 1)
    True
    """
    return _WindowScorer(metric, label_metric(metric), window_length, smoothed)


@validate_params(
    METRIC_LIMITS | {"null_label": "no_validation"},
    prefer_skip_nested_validation=True,
)
def make_row_scorer(metric, *, null_label=None):
    """Make a scorer of rows that leaves out the rows of which nothing is to be known.

    Rows whose true label is missing are never scored, nor are those whose true label is ``null_label``.
    Whether a row is scored depends on its true label only: a row of walking for which ``null_label`` is
    predicted is scored, as an error; a row of ``null_label`` for which walking is predicted is not, so
    false alarms do not lower this score.

    Parameters
    ----------
    metric : str or callable
        A score of scikit-learn that reads predicted labels (``"f1_macro"``, ``"accuracy"``), or a
        function ``metric(y_true, y_pred)`` of which more is better.
    null_label : object, default=None
        The label of "nothing of interest", where there is one; it need not occur in every part of the
        data. In the averages over classes of a named score (``"f1_macro"``, ``"recall_micro"``, ...)
        it is not a class of its own; a function is given the predictions as they are.

    Returns
    -------
    callable
        ``scorer(estimator, X, y) -> float``, more is better; fit for ``scoring=``, alone or in a dict.

    Raises
    ------
    ValueError
        If ``metric`` is the name of no score, or of one that reads probabilities. The scorer itself
        raises it if no row is left to score.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn_har.evaluation import make_row_scorer
    >>> X = np.zeros((5, 1))
    >>> model = DummyClassifier().fit(X, ["walk", "walk", "walk", "sit", "other"])
    >>> scorer = make_row_scorer("accuracy", null_label="other")
    >>> scorer(model, X, ["walk", "sit", "other", "other", None])
    0.5
    """
    return _RowScorer(metric, label_metric(metric), null_label)


@dataclass(frozen=True, repr=False)
class _WindowScorer:
    metric: str | Callable
    parts: ScorerParts
    window_length: float | None
    smoothed: bool

    def __call__(self, estimator, X, y) -> float:
        recognizer, X = find_recognizer(estimator, X)
        if not self.smoothed:
            recognizer = recognizer.without_smoother()
        check_labels_belong(X, y)
        rows = check_recordings(X, sampling_rate=recognizer.sampling_rate_in_)
        length = recognizer.window_length if self.window_length is None else self.window_length
        cut = Cut.of(length, recognizer.overlap, "drop", rows)
        firsts, _ = window_firsts(rows.run_starts, cut)
        classes, codes = _labels_of_windows(y, firsts, cut)
        scored = codes >= 0
        if not scored.any():
            raise ValueError(
                f"There is no window to score: of {len(rows.values)} rows, {len(firsts)} windows of "
                f"{length:g} s can be cut, all of them unlabelled."
            )
        if self.window_length is None:
            predicted = _own_predictions(recognizer, X, firsts)
        else:
            named, votes = _labels_of_windows(recognizer.predict(X), firsts, cut)
            predicted = named[votes]
        return _score(self.parts, classes[codes[scored]], predicted[scored])

    def __repr__(self) -> str:
        smoothed = ", smoothed=True" if self.smoothed else ""
        return f"make_window_scorer({_quoted(self.metric)}, window_length={self.window_length!r}{smoothed})"


@dataclass(frozen=True, repr=False)
class _RowScorer:
    metric: str | Callable
    parts: ScorerParts
    null_label: object

    def __call__(self, estimator, X, y) -> float:
        check_labels_belong(X, y)
        labels = encode_labels(y)
        classes, codes = labels.classes, labels.codes
        scored = codes >= 0
        if self.null_label is not None:
            scored &= np.append(classes != self.null_label, False)[codes]  # -1, missing, is the last
        if not scored.any():
            raise ValueError(
                f"There is no row to score: all {len(codes)} are unlabelled or have the null_label "
                f"{self.null_label!r}."
            )
        predicted = np.asarray(estimator.predict(X))[scored]
        return _score(self.parts, classes[codes[scored]], predicted, without=self.null_label)

    def __repr__(self) -> str:
        return f"make_row_scorer({_quoted(self.metric)}, null_label={self.null_label!r})"


def label_metric(metric) -> ScorerParts:
    """Take a metric apart, and refuse one that reads anything but labels."""
    parts = scorer_parts(metric)
    if parts.response_method != "predict":
        raise ValueError(
            f"The metric {metric!r} reads probabilities or decision values ({parts.response_method}), but "
            "labels are scored here. Take one that reads labels, such as 'f1_macro' or "
            "'balanced_accuracy'."
        )
    return parts


def name_of_metric(metric: str | Callable) -> str:
    """Name of a score of scikit-learn, or of a function."""
    return metric if isinstance(metric, str) else getattr(metric, "__name__", repr(metric))


def _quoted(metric: str | Callable) -> str:
    return repr(metric) if isinstance(metric, str) else name_of_metric(metric)


def _score(parts: ScorerParts, y_true: np.ndarray, y_pred: np.ndarray, without=None) -> float:
    kwargs = parts.kwargs
    if without is not None and kwargs.get("average") in AVERAGES_OF_CLASSES:
        classes = np.unique(np.concatenate([y_true, y_pred]))
        kwargs = kwargs | {"labels": classes[classes != without]}
    return float(parts.sign * parts.function(y_true, y_pred, **kwargs))


def _labels_of_windows(y, firsts: np.ndarray, cut: Cut) -> tuple[np.ndarray, np.ndarray]:
    """Find the most frequent label of each window's rows: classes, and a code for each window."""
    labels = encode_labels(y)
    return labels.classes, window_labels(labels, firsts, cut.n_timesteps, "majority")[0]


def _own_predictions(recognizer, X, firsts: np.ndarray) -> np.ndarray:
    """Look up what the recognizer says of windows that begin at some rows, all among its own."""
    table = recognizer.predict_windows(X)
    place = np.searchsorted(table["first_row"].to_numpy(), firsts)
    said = table["activity" if recognizer.smoother_ is None else "activity_smoothed"]
    return said.to_numpy()[place]
