"""A classifier of rows around any classifier of windows."""

from copy import copy
from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.metrics import accuracy_score
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from .._core._labels import encode_labels
from .._core._sklearn import HasMethods, Interval, _check_sample_weight, _fit_context, _routing_enabled
from ..recordings import Rows, subjects_for_split, validate_rows
from ..recordings._labels import check_labels_belong
from ._context import fit_windows, held_out_table, smoothed_values, values_of_cover
from ._coverage import Cover, cover_rows, mean_over_spans, spans_of
from ._cutting import CUT_LIMITS, LABEL_LIMITS, Cut, cut_windows
from ._episodes import table_of_episodes, table_of_windows
from ._fitted_on import remember_rows, warn_of_rows_beside
from ._input_profile import profile_of


def _has_probabilities(recognizer) -> bool:
    name = "estimator" if recognizer.smoother is None else "smoother"
    says = getattr(recognizer, f"{name}_", None) or getattr(recognizer, name)
    return hasattr(says, "predict_proba")


class SlidingWindowClassifier(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """Recognise the activity of every row with a classifier of windows.

    Windows are cut inside, in fit and in predict, so splits are made on rows, whole people at a time, and
    nothing of a window can cross them; one that parts recordings is warned of (`LeakageWarning`). In predict
    every row gets one label: the mean of the probabilities of the windows that cover it, or their votes
    where the estimator has no probabilities. Runs shorter than a window are padded, never dropped.

    Parameters
    ----------
    estimator : estimator
        Classifier of windows: one of this library, or a pipeline of scikit-learn or
        imbalanced-learn that takes `Windows`.
    window_length : float
        In seconds.
    overlap : float, default=0.5
        Share of a window that the next one covers again, in [0, 1).
    label : {"majority", "last", "center"}, default="majority"
        How a window of labelled rows gets its label in fit; see `sliding_windows`.
    min_purity : float, default=0.0
        Windows in which a smaller share of the rows has the window's label are not learned from.
    smoother : estimator, default=None
        What corrects the windows of a run by each other before rows get their labels: `HMMSmoother` or
        `MinimumDuration` of ``sklearn_har.smoothing``, or a classifier that reads tables as they do.
        It learns from probabilities of people whom the classifier was not fitted on, see Notes.
    smoother_folds : int, default=5
        Number of folds of people, and of further fits of the estimator, that these probabilities take.

    Attributes
    ----------
    estimator_ : estimator
        The fitted classifier of windows; a constant one if the windows had one label only.
    smoother_ : estimator or None
        The fitted smoother; None without one, and if the windows had one label only.
    classes_ : ndarray of shape (n_classes,)
        Labels of the rows seen in fit, sorted. A label that no window has is never predicted.
    n_timesteps_ : int
        Rows in a window.
    step_ : int
        Rows from one window to the next.
    left_out_ : dict
        What fit could not learn from: counts of short runs, unlabelled and impure windows.
    input_profile_ : dict
        What a stream is compared with, see ``sklearn_har.deploy``: the ``largest`` absolute value of each
        channel, and for accelerometers that hold ``gravity`` its length and its direction in each activity.
    sampling_rate_in_ : float
        Rate of the recordings seen in fit, in Hz; other rates are refused afterwards.
    fitted_on_recordings_ : bool
        Whether fit saw recordings or a plain array.
    n_features_in_ : int
        Number of channels.
    feature_names_in_ : ndarray of str of shape (n_channels,)
        Names of the channels, where X has names.

    See Also
    --------
    sliding_windows : Windows and labels, for work outside of this estimator.

    Notes
    -----
    Neighbouring rows are the context of a row, so predictions for a part of a recording differ
    from those for the whole near the cut. With a smoother, the context is the whole run; with a causal one
    nothing after the last window that covers a row is read, so a row's label is known at most one
    ``window_length`` later.

    The smoother sees all windows of the recordings, also those without a label, as it does in predict:
    recordings without their unlabelled rows would tell it where activities change.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.windowing import SlidingWindowClassifier
    >>> X, y = make_recordings(n_subjects=2, random_state=0, return_X_y=True)
    >>> recognizer = SlidingWindowClassifier(DummyClassifier(), window_length=2.56).fit(X, y)
    >>> len(recognizer.predict(X)) == len(X)
    True
    """

    _parameter_constraints = {
        "estimator": [HasMethods(["fit", "predict"])],
        "window_length": CUT_LIMITS["window_length"],
        "overlap": CUT_LIMITS["overlap"],
        **LABEL_LIMITS,
        "smoother": [HasMethods(["fit", "predict"]), None],
        "smoother_folds": [Interval(Integral, 2, None, closed="left")],
    }

    def __init__(
        self,
        estimator,
        *,
        window_length,
        overlap=0.5,
        label="majority",
        min_purity=0.0,
        smoother=None,
        smoother_folds=5,
    ):
        self.estimator = estimator
        self.window_length = window_length
        self.overlap = overlap
        self.label = label
        self.min_purity = min_purity
        self.smoother = smoother
        self.smoother_folds = smoother_folds

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, **params):
        """Cut windows and fit the estimator on them.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_channels) or array-like
            Recordings.
        y : array-like of shape (n_rows,)
            Labels; windows whose label is missing are left out and counted.
        **params : dict
            ``groups``, the subject of every row, is only compared with the index of X. Everything
            else goes to the estimator, by metadata routing where that is enabled.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If every run is shorter than a window, y is not aligned with X or holds one class only,
            or ``groups`` contradict the index.
        """
        self.__dict__.pop("smoother_", None)  # if this fit fails, nothing of an earlier one predicts
        rows = validate_rows(self, X, reset=True)
        if y is None:
            raise ValueError(f"{type(self).__name__} requires y to be passed, but the target y is None.")
        check_labels_belong(X, y)
        if (groups := params.pop("groups", None)) is not None:
            subjects_for_split(X, groups)
        inner_params = self._params_for_fit(params)
        labels = encode_labels(y)
        self.classes_ = labels.classes
        if (n := len(self.classes_)) < 2:
            raise ValueError(f"y has {n} class, {self.classes_.tolist()}; a classifier needs two or more.")
        cut = Cut.of(self.window_length, self.overlap, "align", rows)
        self.n_timesteps_, self.step_ = cut.n_timesteps, cut.step
        windows, codes = cut_windows(rows, cut, self._names(), labels, self.label, self.min_purity)
        self.left_out_ = windows.left_out
        self.input_profile_ = profile_of(rows, self._names(), windows.starts, cut.n_timesteps, codes)
        self.estimator_ = fit_windows(self.estimator, windows, self.classes_[codes], inner_params)
        smoother = None
        if self.smoother is not None and len(self.estimator_.classes_) > 1:
            held_out = held_out_table(self, rows, cut, labels, windows.starts, inner_params)
            smoother = clone(self.smoother).fit(*held_out)
        self.smoother_ = smoother
        remember_rows(self, rows)
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "smoother_")

    def predict(self, X):
        """Label every row.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_channels) or array-like
            Recordings with the channels and the sampling rate seen in fit.

        Returns
        -------
        ndarray of shape (n_rows,)
        """
        _, spans, values = self._values_of_spans(X)
        return np.repeat(self.classes_[values.argmax(axis=1)], np.diff(spans.starts))

    @available_if(_has_probabilities)
    def predict_proba(self, X):
        """Probabilities of the activities for every row.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_channels) or array-like
            Recordings with the channels and the sampling rate seen in fit.

        Returns
        -------
        ndarray of shape (n_rows, n_classes)
            In the order of ``classes_``.
        """
        _, spans, values = self._values_of_spans(X)
        return np.repeat(values, np.diff(spans.starts), axis=0)

    def score(self, X, y, sample_weight=None):
        """Share of the labelled rows that get their label right.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_channels) or array-like
            Recordings with the channels and the sampling rate seen in fit.
        y : array-like of shape (n_rows,)
            True labels. Rows without one are context of the others, and are not scored.
        sample_weight : array-like of shape (n_rows,), default=None
            Weight of each row in the share.

        Returns
        -------
        float

        Raises
        ------
        ValueError
            If y is not aligned with X, or no row has a label.
        """
        check_labels_belong(X, y)
        labels = encode_labels(y)
        scored = np.flatnonzero(labels.codes >= 0)
        if not len(scored):
            raise ValueError(f"None of the {len(labels.codes)} rows has a label in y, so there is no score.")
        weights = None if sample_weight is None else _check_sample_weight(sample_weight, labels.codes)[scored]
        y_true, y_pred = labels.classes[labels.codes[scored]], self.predict(X)[scored]
        return accuracy_score(y_true, y_pred, sample_weight=weights)

    def predict_windows(self, X):
        """Label the windows that `predict` reads, in a table.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_channels) or array-like
            Recordings with the channels and the sampling rate seen in fit.

        Returns
        -------
        DataFrame of shape (n_windows, 8 + n_classes)
            For each window: subject and recording (recordings only), start and stop (seconds; the
            time of its first row, and one interval after its last), first_row and n_rows (recorded
            ones), activity, confidence (its probability, or share of votes), padded (share of the
            window that repeats the last row of a short run), and a column ``probability_<activity>``
            for each class: what the classifier says of the window by itself. With a smoother also
            activity_smoothed and confidence_smoothed, what it says in context.
        """
        rows, cover = self._rows_and_cover(X)
        alone, smoothed = self._values_of_windows(rows, cover)
        in_context = None if self.smoother_ is None else smoothed
        return table_of_windows(rows, cover, alone, self.classes_, self.n_timesteps_, in_context)

    def segments(self, X):
        """Label episodes: stretches of rows of one recording with one predicted activity.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_channels) or array-like
            Recordings with the channels and the sampling rate seen in fit.

        Returns
        -------
        DataFrame of shape (n_episodes, 8)
            For each episode: subject and recording (recordings only), start and stop (seconds),
            n_rows, activity, confidence (mean over its rows), padded (share of its rows that lie in
            runs shorter than a window) and coverage (mean number of windows that cover its rows).
        """
        rows, spans, values = self._values_of_spans(X)
        return table_of_episodes(rows, spans, values, self.classes_, self.n_timesteps_)

    def without_smoother(self) -> "SlidingWindowClassifier":
        """Return the same fitted recognizer without its smoother: windows by themselves.

        Returns
        -------
        SlidingWindowClassifier
            It shares ``estimator_``. For a score of the windows beside one in context.
        """
        check_is_fitted(self)
        alone = copy(self)
        alone.smoother = alone.smoother_ = None
        return alone

    def _values_of_spans(self, X):
        rows, cover = self._rows_and_cover(X)
        spans = spans_of(cover, len(rows.values))
        return rows, spans, mean_over_spans(self._values_of_windows(rows, cover)[1], spans)

    def _rows_and_cover(self, X) -> tuple[Rows, Cover]:
        check_is_fitted(self)
        rows = validate_rows(self, X, reset=False)
        warn_of_rows_beside(self, rows)
        return rows, cover_rows(rows, Cut(self.n_timesteps_, self.step_, aligned=True))

    def _values_of_windows(self, rows: Rows, cover: Cover) -> tuple[np.ndarray, np.ndarray]:
        """Probabilities or votes of each window by itself, and in context, (n_windows, n_classes) each."""
        size = self.n_timesteps_, self._names()
        values = values_of_cover(self.estimator_, rows, cover, *size, self.classes_)
        return values, smoothed_values(self.smoother_, rows, cover, values, self.classes_)

    def _names(self):
        return getattr(self, "feature_names_in_", None)

    def _params_for_fit(self, params: dict) -> dict:
        if "sample_weight" in params:
            raise TypeError(
                "SlidingWindowClassifier.fit takes no sample_weight: windows have none. Use the estimator's "
                "class_weight, or for a weighted score set_fit_request(sample_weight=False) on the estimator."
            )
        return process_routing(self, "fit", **params).estimator.fit if _routing_enabled() else params

    def get_metadata_routing(self):
        """Say which metadata the estimator asks for.

        Returns
        -------
        sklearn.utils.metadata_routing.MetadataRouter
        """
        to_fit = MethodMapping().add(caller="fit", callee="fit")
        router = MetadataRouter(owner=self).add_self_request(self)
        return router.add(estimator=self.estimator, method_mapping=to_fit)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True  # the checks shuffle rows, so time has no meaning there
        return tags
