"""Random kernels, plain statistics and a ridge: the classifier to begin with."""

from numbers import Integral, Real

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.metrics import get_scorer_names
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from .._core._compiling import announce_compiling
from .._core._progress import progress_bar
from .._core._sklearn import Interval, StrOptions, _fit_context
from ..features import RocketFeatures, SignalStatistics
from ..features._tables import write_in_blocks
from ..windowing import Windows, validate_windows
from ..windowing._windows import RECORDED
from ._folds import fold_of_each_row
from ._held_out import people_of
from ._held_out_scores import codes_of
from ._ridge_classifier_group_cv import RidgeClassifierGroupCV
from ._ridge_rows import checked_alphas
from ._rocket_table import RocketTable, TrainingWindows
from ._targets import check_classes, class_weights, labels_of, row_weights_of
from ._temperature import probabilities

TABLE_BYTES = 2**30  # a larger table of features is made and fitted in parts,
ROWS_PER_COLUMN = 8  # unless it is no larger than the sums that parts are added up to
LEARNING = 10_000  # windows at most from which, in parts, scales and the use of ramps are learned


class RocketClassifier(ClassifierMixin, BaseEstimator):
    """Classify windows by thousands of random kernels, plain statistics and a ridge: the one to begin with.

    Fitted in seconds on a laptop, and for people who were not trained on more accurate than the networks here
    (``benchmarks/arena.md``). It joins `RocketFeatures` and `SignalStatistics`, and fits a
    `RidgeClassifierGroupCV`, which chooses its penalty and calibrates its probabilities by leaving each
    person out.

    Parameters
    ----------
    n_kernels : int, default=2000
        Number of kernels, of `RocketFeatures`. More gain little beside the statistics, and cost time.
    channels_per_kernel : int, default=2
        Of how many channels, and differences of them, a kernel sees the sum at most.
    n_ramps : int, default=15
        Into how many steps each level, the mean of a channel or of a triad's magnitude over the window, is
        divided for the ridge, if that raises the score of people left out, see Notes. 0 tries none.
    alphas : float or array-like of float, default=(0.03, 0.1, 0.3, 1.0)
        Strengths of the penalty to choose from, relative to the features' variance.
    class_weight : dict, "balanced", "balanced_sqrt" or None, default="balanced_sqrt"
        Weights of the classes: "balanced" gives all classes the same weight in sum, "balanced_sqrt" goes half
        the way, None leaves windows equal.
    scoring : str, callable or None, default=None
        What the choices maximise over all windows, each held out with its person. None is accuracy.
    random_state : int, RandomState instance or None, default=None
        Draws the kernels, and the windows that scales are learned from.
    n_jobs : int, default=None
        How many threads compute features and decisions. None is 1, or what ``joblib.parallel_config`` says.
    verbose : bool, default=None
        Whether progress bars are shown. None shows one on a terminal if it takes more than two seconds.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted; without those whose windows all have weight 0.
    kernels_ : RocketFeatures
        The fitted kernels.
    statistics_ : SignalStatistics
        The fitted statistics.
    ramped_ : bool
        Whether ramps of levels are used.
    ridge_ : RidgeClassifierGroupCV
        The fitted ridge on the table of both, with what it chose: ``alpha_``, ``temperature_``, and
        ``best_score_``, the score on people left out.
    held_out_decisions_ : ndarray of float32 of shape (n_windows, n_classes) or (n_windows,)
        Decisions for each window given to `fit`, in their order, by the ridge of all other people; NaN for
        windows without a label or of weight 0. Not there after a fit in parts, see Notes.
    n_timesteps_in_, n_channels_in_ : int
        Size of a window; others are refused.
    channel_names_in_ : tuple of str or None
        Names of the channels, where the windows have any.
    sampling_rate_in_ : float or None
        In Hz.
    n_features_in_ : int
        Number of timesteps, for 2-D input.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        For frames of windows of one channel.

    See Also
    --------
    RidgeClassifierGroupCV : The ridge, for tables of features of your own.

    Notes
    -----
    Columns are centred. Kernels keep their spreads beside each other, and their variances add up to one;
    so do those of ramps. All statistics have one spread, and their variances add up to one too.

    A ridge is linear, so an activity whose level lies between those of two others, walking straight on
    between turning left and turning right, is masked by them. Ramps rise from 0 to 1 between two
    neighbouring quantiles of a level, so that the ridge may rise and fall with it. They help on such data
    and harm a little elsewhere, so the ridge is fitted without and with them, and what is better for people
    left out stays.

    Biases of kernels and scales of columns are learned from the training windows, whatever their weight: a
    weight of 2 is two windows for the ridge, and one here. Where nobody says who was recorded, or all
    windows are of one person, five parts of each label's windows are left out in turn, and a
    `SubjectsUnknownWarning` says so. Copies and synthetic windows are left out with their person, and
    nothing is chosen on them.

    A table of features of more than 1 GiB, and eight windows for each column, is made and fitted in parts, by
    ``RidgeClassifierGroupCV.partial_fit``: memory does not grow with the number of windows then. Scales, and
    whether ramps help, are learned from 10,000 of the windows.

    References
    ----------
    A. Dempster, D. F. Schmidt, G. I. Webb: MiniRocket: a very fast (almost) deterministic transform for
    time series classification. KDD 2021.

    Examples
    --------
    >>> from sklearn_har.classifiers import RocketClassifier
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.windowing import sliding_windows
    >>> X, y = make_recordings(n_subjects=4, random_state=0, return_X_y=True)
    >>> windows, labels = sliding_windows(X, y, window_length=2.56)
    >>> known = windows.subjects < 4
    >>> model = RocketClassifier(n_kernels=500, random_state=0).fit(windows[known], labels[known])
    >>> float(model.score(windows[~known], labels[~known])) > 0.7
    True
    """

    # groups may always be passed, as a search passes them, and are only used if asked for
    __metadata_request__fit = {"groups": False}

    _parameter_constraints = {
        "n_kernels": [Interval(Integral, 84, None, closed="left")],
        "channels_per_kernel": [Interval(Integral, 1, None, closed="left")],
        "n_ramps": [Interval(Integral, 0, None, closed="left")],
        "alphas": ["array-like", Interval(Real, 0, None, closed="neither")],
        "class_weight": [dict, StrOptions({"balanced", "balanced_sqrt"}), None],
        "scoring": [StrOptions(set(get_scorer_names())), callable, None],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
        "verbose": ["boolean", None],
    }

    def __init__(
        self,
        n_kernels=2000,
        *,
        channels_per_kernel=2,
        n_ramps=15,
        alphas=(0.03, 0.1, 0.3, 1.0),
        class_weight="balanced_sqrt",
        scoring=None,
        random_state=None,
        n_jobs=None,
        verbose=None,
    ):
        self.n_kernels = n_kernels
        self.channels_per_kernel = channels_per_kernel
        self.n_ramps = n_ramps
        self.alphas = alphas
        self.class_weight = class_weight
        self.scoring = scoring
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None, groups=None):
        """Draw kernels, learn scales, and fit the ridge.

        Parameters
        ----------
        X : Windows, or array-like of shape (n_windows, n_timesteps, n_channels) or (n_windows, n_timesteps)
            A 2-D array holds windows of one channel.
        y : array-like of shape (n_windows,)
            Labels. Windows whose label is missing are left out, with an `UnlabelledWarning` that
            counts them.
        sample_weight : array-like of shape (n_windows,), default=None
            Weight of each window in the ridge. Windows of weight 0 are left out.
        groups : array-like of shape (n_windows,), default=None
            Who was recorded, where X does not say so itself.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If X, y, weights and groups differ in length, y holds one class only, or groups and the
            subjects of X are not the same people.
        """
        checked_alphas(self.alphas)
        self.__dict__.pop("ridge_", None)  # if this fit fails, nothing of an earlier one predicts
        windows = validate_windows(self, X, reset=True)
        labels = labels_of(self, y, windows)
        self.classes_, codes = labels.classes, labels.codes
        weights = row_weights_of(windows, codes, sample_weight)
        known = weights > 0
        of_class = class_weights(self.class_weight, self.classes_, codes[known], weights[known])
        kept = np.flatnonzero(weights * of_class[codes] > 0)
        check_classes(self, codes[kept])
        learned, codes = np.unique(codes[kept], return_inverse=True)
        self.classes_ = labels.classes[learned]
        people = people_of(windows, groups)
        people = None if people is None else people[kept]
        recorded = windows.origin[kept] == RECORDED
        folds = fold_of_each_row(codes, recorded, X, y, people, None)
        some_weights = None if sample_weight is None else weights[kept]
        rows = TrainingWindows(windows[kept], codes, some_weights, folds, recorded)
        self._fit_rows(rows, dict(zip(self.classes_.tolist(), of_class[learned].tolist(), strict=True)))
        self._keep_held_out_decisions(len(windows), kept)
        return self

    def decision_function(self, X):
        """Decision for each class: near 1 if a window is of it, near -1 if not.

        Parameters
        ----------
        X : Windows or array-like
            As in `fit`, of the same size, channels and sampling rate.

        Returns
        -------
        ndarray of float32 of shape (n_windows, n_classes) or (n_windows,)
            In the order of ``classes_``; for two classes that of the second.
        """
        check_is_fitted(self, "ridge_")
        windows = validate_windows(self, X, reset=False)
        n_windows, n_classes = len(windows), len(self.classes_)
        decisions = np.empty((n_windows, n_classes) if n_classes > 2 else n_windows, np.float32)
        how = self.n_jobs, "Classifying", self.verbose
        write_in_blocks(self._write_decisions, windows, self._table.slices(windows), decisions, *how)
        return decisions

    def predict_proba(self, X):
        """Probabilities of the classes for each window.

        Parameters
        ----------
        X : Windows or array-like
            As in `fit`.

        Returns
        -------
        ndarray of shape (n_windows, n_classes)
            In the order of ``classes_``.
        """
        return probabilities(self.decision_function(X), self.ridge_.temperature_)

    def predict(self, X):
        """Most probable class of each window.

        Parameters
        ----------
        X : Windows or array-like
            As in `fit`.

        Returns
        -------
        ndarray of shape (n_windows,)
        """
        codes = codes_of(self.decision_function(X))
        return self.classes_[codes]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags

    def _write_decisions(self, windows: Windows, decisions: np.ndarray) -> int:
        table = self._table.make(windows)
        # in float32, sums of thousands of products depend on how many rows are asked about
        decisions[:] = self.ridge_.decision_function(table.astype(np.float64))
        return len(windows)

    def _fit_rows(self, rows: TrainingWindows, class_weight: dict) -> None:
        random_state = check_random_state(self.random_state)
        self._fit_features(rows.windows, random_state.randint(np.iinfo(np.int32).max))
        ridge = RidgeClassifierGroupCV(
            self.alphas, scoring=self.scoring, class_weight=class_weight, verbose=self.verbose
        )
        n_columns = self._table.n_plain + self.n_ramps * len(self._table.levels)
        if len(rows.codes) <= max(TABLE_BYTES // (4 * n_columns), ROWS_PER_COLUMN * n_columns):
            self.ridge_ = self._better_ridge(ridge, rows)
        else:
            some = np.sort(
                random_state.choice(len(rows.codes), min(LEARNING, len(rows.codes)), replace=False)
            )
            self._better_ridge(ridge, rows.at(some))
            self.ridge_ = self._ridge_in_parts(ridge, rows)

    def _fit_features(self, windows: Windows, seed: int) -> None:
        quiet = {"n_jobs": self.n_jobs, "verbose": False}
        self.kernels_ = RocketFeatures(
            self.n_kernels, channels_per_kernel=self.channels_per_kernel, random_state=seed, **quiet
        )
        self.statistics_ = SignalStatistics(**quiet)
        with announce_compiling(self.verbose):
            for features in (self.kernels_, self.statistics_):
                features.set_output(transform="default").fit(windows)
        self._table = RocketTable(self.kernels_, self.statistics_)

    def _better_ridge(self, ridge, rows: TrainingWindows) -> RidgeClassifierGroupCV:
        """Learn the columns, and return the ridge without or with ramps, whichever is better."""
        table = self._table.learn(rows.windows, self.n_ramps, self.verbose)
        n_plain = self._table.n_plain
        known = self.classes_[rows.codes], rows.weights, rows.folds, rows.recorded
        best = clone(ridge).fit(table[:, :n_plain], *known)
        self.ramped_ = False
        if table.shape[1] > n_plain:  # one alpha tells, at a fraction of the time
            ramped = clone(ridge).set_params(alphas=best.alpha_).fit(table, *known)
            self.ramped_ = bool(ramped.best_score_ > best.best_score_)
        if self.ramped_:
            return clone(ridge).fit(table, *known)
        self._table.forget_ramps()
        return best

    def _ridge_in_parts(self, ridge, rows: TrainingWindows) -> RidgeClassifierGroupCV:
        parts = self._table.parts(len(rows.codes))
        with progress_bar(len(rows.codes), "Fitting", self.verbose) as bar:
            for part in parts:
                of_part = rows.at(part)
                ridge.partial_fit(
                    self._table.make(of_part.windows),
                    self.classes_[of_part.codes],
                    classes=self.classes_,
                    sample_weight=of_part.weights,
                    groups=of_part.folds,
                    solve=part is parts[-1],
                    chosen_on=of_part.recorded,
                )
                bar.update(len(of_part.codes))
        del ridge.parts_  # sums, and rows of the table: more than all the rest
        return ridge

    def _keep_held_out_decisions(self, n_windows: int, kept: np.ndarray) -> None:
        self.__dict__.pop("held_out_decisions_", None)
        decisions = getattr(self.ridge_, "held_out_decisions_", None)
        if decisions is not None:
            of_all = np.full((n_windows, *decisions.shape[1:]), np.nan, decisions.dtype)
            of_all[kept] = decisions
            self.held_out_decisions_ = of_all
