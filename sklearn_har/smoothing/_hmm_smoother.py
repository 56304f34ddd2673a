"""A hidden Markov model over what a classifier says of windows."""

from itertools import product
from numbers import Integral, Real

import numpy as np

from .._core._compiling import announce_compiling
from .._core._sklearn import Interval, StrOptions, _fit_context
from ._base import SmootherBase
from ._chain import Chain, Changes, count_changes, floored, learn_rates, likelihoods_of
from ._forward_backward import see, smooth_sequences, step_forward
from ._sequences import Sequences

STAGES = (1, 2, 4, 8)
WEIGHTS = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.7, 1.0)
N_FOLDS = 5  # of people, to choose among them


class HMMSmoother(SmootherBase):
    """Smooth the probabilities of windows by how long activities last, and what follows what.

    A hidden Markov model. How long each activity lasts, and on request which follows it, is counted in the
    labels it is fitted on; how far the probabilities of a window are to be trusted beside that is chosen on
    people held out. Fit it on probabilities of windows that the classifier was not trained on, as
    ``smoother=`` of `SlidingWindowClassifier` does: those of its own training windows are surer than any to
    come.

    Parameters
    ----------
    causal : bool, default=False
        Whether a window is smoothed by those before it only (the forward filter, for live use; `step` goes
        window by window) or by all of its recording (the forward-backward smoother).
    order : {"uniform", "learned"}, default="uniform"
        "uniform" learns how long activities last, but takes every change between them, and every first
        activity, for equally likely. "learned" counts those too: for recordings of life. Those that follow
        a script, as most published ones do, teach their script, which nobody follows in life.
    stages : int, default=None
        Of how many stages in a row an activity consists. With 1, it is as likely to end now as later; the
        more, the less its length varies. None chooses among 1, 2, 4 and 8, as for the weight.
    emission_weight : float, default=None
        Exponent of the likelihood of a window, above 0 and at most 1. Windows that overlap, or are of one
        posture, err together, so each counts less than one observation. None chooses what is right most often
        on people whose changes were not counted.
    prior : float, default=1.0
        Number of changes out of each activity that are imagined beside those counted, to every other alike.
    calibrator : estimator, default=None
        Classifier that turns the columns of X into probabilities, and is fitted with the smoother. None if
        they are probabilities.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The activities, sorted.
    mean_durations_ : ndarray of shape (n_classes,)
        How long each lasts, in seconds.
    follows_ : ndarray of shape (n_classes, n_classes)
        Probability that the activity of the column follows that of the row, when that ends.
    first_ : ndarray of shape (n_classes,)
        Probability that a recording begins with it.
    frequencies_ : ndarray of shape (n_classes,)
        Mean probability of each in fit, by which those of a window are divided.
    stages_ : int
        The number of stages.
    emission_weight_ : float
        The exponent.
    step_ : float
        Median time from one window to the next, in seconds. Of windows that follow sooner, the likelihood
        counts as much less.
    calibrator_ : estimator
        The fitted calibrator, if there is one.
    fitted_on_recordings_ : bool
        Whether fit saw the index of recordings.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        Names of the columns, where all are text.

    See Also
    --------
    MinimumDuration : Learns nothing, and only forbids short episodes.
    sklearn_har.windowing.SlidingWindowClassifier : Takes it as ``smoother=``.

    Notes
    -----
    Time is continuous: transition probabilities are those of the seconds that passed, so gaps, another
    overlap and a last window that is aligned with the end of its run are what they are. Nothing is read
    across two recordings. Labels may be missing in fit; such windows still tell of their neighbours.

    Durations and order are those of the recordings it was fitted on. Say so beside a score that it raises:
    people who follow a script are easier to foresee than in life.

    References
    ----------
    L. R. Rabiner: A tutorial on hidden Markov models and selected applications in speech recognition.
    Proceedings of the IEEE 77(2), 1989.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.smoothing import HMMSmoother
    >>> truth = np.repeat(["sit", "walk", "sit", "walk"], 50)
    >>> rng = np.random.default_rng(0)
    >>> walk = np.where(truth == "walk", rng.beta(3, 2, 200), rng.beta(2, 3, 200))
    >>> probabilities = np.column_stack([1 - walk, walk])
    >>> alone = np.where(walk > 0.5, "walk", "sit")
    >>> smoother = HMMSmoother().fit(probabilities, truth)
    >>> float(np.mean(alone == truth)), float(smoother.score(probabilities, truth))
    (0.68, 0.98)
    """

    _parameter_constraints = {
        **SmootherBase._parameter_constraints,
        "order": [StrOptions({"uniform", "learned"})],
        "stages": [Interval(Integral, 1, None, closed="left"), None],
        "emission_weight": [Interval(Real, 0, 1, closed="right"), None],
        "prior": [Interval(Real, 0, None, closed="neither")],
    }

    def __init__(
        self,
        *,
        causal=False,
        order="uniform",
        stages=None,
        emission_weight=None,
        prior=1.0,
        calibrator=None,
    ):
        self.causal = causal
        self.order = order
        self.stages = stages
        self.emission_weight = emission_weight
        self.prior = prior
        self.calibrator = calibrator

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y):
        """Count what follows what, and choose how far windows are trusted.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_windows, n_classes)
            Probabilities of each window, out of fold. A frame with the index of recordings (subject,
            recording, time in seconds, in order) has one sequence for each recording; anything else is one
            sequence with one second from window to window. Columns of a frame are named for their classes,
            those of an array in the sorted order of the labels. With a calibrator they may be anything.
        y : array-like of shape (n_windows,)
            True labels. Missing ones are allowed.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If rows are out of order, hold no probabilities, a label has no column, or y holds one class only.
        """
        sequences, probabilities, codes = self._learn_input(X, y)
        known = codes >= 0
        self.frequencies_ = floored(probabilities[known]).mean(axis=0)
        changes = count_changes(codes, sequences, len(self.classes_))
        everyone = np.ones(len(sequences.people), dtype=bool)
        rates, self.follows_, self.first_ = learn_rates(_sum(changes, everyone), self.prior, self.order)
        self.mean_durations_ = 1 / rates
        self.stages_, self.emission_weight_ = self._choose(probabilities, sequences, codes, changes)
        self._chain = Chain.of(rates, self.follows_, self.first_, self.stages_)
        return self

    def predict_proba(self, X):
        """Probabilities of the classes, smoothed.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_windows, n_classes)
            As in `fit`.

        Returns
        -------
        ndarray of shape (n_windows, n_classes)
            In the order of ``classes_``.
        """
        sequences, probabilities = self._check_input(X)
        return self._smooth(probabilities, sequences, self._chain, self.emission_weight_)

    def predict(self, X):
        """Most probable class of each window, given those around it.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_windows, n_classes)
            As in `fit`.

        Returns
        -------
        ndarray of shape (n_windows,)
        """
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]

    def step(self, probabilities, elapsed=0.0, state=None):
        """Go on by one window, as a stream does; needs ``causal=True``.

        Window by window, the result is that of `predict_proba` for all of them.

        Parameters
        ----------
        probabilities : array-like of shape (n_classes,)
            Those of the window, in the order of the columns in `fit`.
        elapsed : float, default=0.0
            Seconds since the window before; not used for the first one.
        state : ndarray, default=None
            What the step before returned; None begins a recording.

        Returns
        -------
        smoothed : ndarray of shape (n_classes,)
            Probabilities in the order of ``classes_``.
        state : ndarray
            For the next step. What was passed is left as it is.
        """
        values = self._step_input(probabilities)[np.newaxis]
        if state is None:
            new = self._chain.first.copy()
            see(
                new, self._likelihoods(values, np.array([self.step_]), self.emission_weight_)[0], self.stages_
            )
        else:
            passed = np.array([float(elapsed)])
            likelihood = self._likelihoods(values, passed, self.emission_weight_)[0]
            new = np.empty_like(state)
            step_forward(state, self._chain.transitions(passed)[0][0], likelihood, self.stages_, new)
        return new.reshape(-1, self.stages_).sum(axis=1), new

    def _smooth(self, probabilities, sequences: Sequences, chain: Chain, weight: float) -> np.ndarray:
        elapsed = sequences.elapsed.copy()
        elapsed[sequences.starts[:-1]] = self.step_
        matrices, which = chain.transitions(elapsed)
        with announce_compiling(None):
            return smooth_sequences(
                self._likelihoods(probabilities, elapsed, weight),
                sequences.starts,
                chain.first,
                matrices,
                which,
                chain.stages,
                self.causal,
            )

    def _likelihoods(self, probabilities, elapsed: np.ndarray, weight: float) -> np.ndarray:
        """Likelihood of each class for every row, the largest 1, shape (n_rows, n_classes)."""
        return likelihoods_of(probabilities, elapsed, self.frequencies_, self.step_, weight)

    def _choose(self, probabilities, sequences: Sequences, codes: np.ndarray, changes: Changes):
        """Stages and weight with the fewest errors on people whose changes were not counted."""
        candidates = list(
            product(
                STAGES if self.stages is None else [self.stages],
                WEIGHTS if self.emission_weight is None else [self.emission_weight],
            )
        )
        if len(candidates) == 1:
            return candidates[0]
        errors = np.zeros(len(candidates), dtype=np.intp)
        fold = np.unique(sequences.people, return_inverse=True)[1] % N_FOLDS
        for held_out in np.unique(fold):
            counted = fold != held_out if fold.any() else fold == held_out  # one person: on their own
            learned = learn_rates(_sum(changes, counted), self.prior, self.order)
            rows, part = _part_of(sequences, np.flatnonzero(fold == held_out))
            known = np.flatnonzero(codes[rows] >= 0)
            for i, (stages, weight) in enumerate(candidates):
                smoothed = self._smooth(probabilities[rows], part, Chain.of(*learned, stages), weight)
                errors[i] += (smoothed[known].argmax(axis=1) != codes[rows][known]).sum()
        return candidates[int(np.argmin(errors))]


def _sum(changes: Changes, kept: np.ndarray) -> Changes:
    """Changes of some sequences together."""
    return Changes(*(part[kept].sum(axis=0) for part in changes))


def _part_of(sequences: Sequences, kept: np.ndarray) -> tuple[np.ndarray, Sequences]:
    """Rows of some sequences, and what they are then."""
    lengths = np.diff(sequences.starts)
    rows = np.flatnonzero(np.isin(np.repeat(np.arange(len(lengths)), lengths), kept))
    starts = np.concatenate([[0], np.cumsum(lengths[kept])])
    return rows, Sequences(starts, sequences.elapsed[rows], sequences.people[kept])
