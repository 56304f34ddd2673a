"""No episode shorter than some seconds."""

from numbers import Real

import numpy as np

from .._core._compiling import announce_compiling
from .._core._sklearn import Interval, _fit_context
from ._base import SmootherBase
from ._shortest import confirm, confirm_sequences, label_sequences


class MinimumDuration(SmootherBase):
    """Label windows so that no activity lasts shorter than some seconds.

    Of all labellings without a shorter episode, that with the largest sum of probabilities. Nothing but the
    classes is learned, so no script either.

    Parameters
    ----------
    seconds : float
        What an episode lasts at least, from its first window to the first of the next. A recording that is
        shorter is one episode.
    causal : bool, default=False
        If True, only windows before are read, for live use: a new activity is reported when it was the most
        probable one for ``seconds`` without a break, so it comes with that delay, and until then the one
        before goes on. An episode may then be shorter, if what followed was confirmed.
    calibrator : estimator, default=None
        Classifier that turns the columns of X into probabilities, and is fitted with the smoother. None if
        they are probabilities, or votes.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The activities, sorted.
    step_ : float
        Median time from one window to the next, in seconds: what the last window of a recording lasts.
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
    HMMSmoother : Learns how long activities last and what follows what, and gives probabilities.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.smoothing import MinimumDuration
    >>> sit = np.array([0.9, 0.8, 0.3, 0.9, 0.2, 0.1, 0.1])  # a window a second
    >>> probabilities = np.column_stack([sit, 1 - sit])
    >>> labels = ["sit", "sit", "sit", "sit", "walk", "walk", "walk"]
    >>> MinimumDuration(2.0).fit(probabilities, labels).predict(probabilities).tolist()
    ['sit', 'sit', 'sit', 'sit', 'walk', 'walk', 'walk']
    """

    _parameter_constraints = {
        "seconds": [Interval(Real, 0, None, closed="neither")],
        **SmootherBase._parameter_constraints,
    }

    def __init__(self, seconds, *, causal=False, calibrator=None):
        self.seconds = seconds
        self.causal = causal
        self.calibrator = calibrator

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y):
        """Learn the classes.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_windows, n_classes)
            Probabilities or votes of each window. A frame with the index of recordings (subject, recording,
            time in seconds, in order) has one sequence for each recording; anything else is one sequence
            with one second from window to window. Columns of a frame are named for their classes, those of
            an array in the sorted order of the labels. With a calibrator they may be anything.
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
        self._learn_input(X, y)
        return self

    def predict(self, X):
        """Label each window, given those around it.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_windows, n_classes)
            As in `fit`.

        Returns
        -------
        ndarray of shape (n_windows,)
        """
        (starts, elapsed, _), probabilities = self._check_input(X)
        with announce_compiling(None):
            if self.causal:
                codes = confirm_sequences(probabilities.argmax(axis=1), starts, elapsed, self.seconds)
            else:
                codes = label_sequences(probabilities, starts, elapsed, self.step_, self.seconds)
        return self.classes_[codes]

    def step(self, probabilities, elapsed=0.0, state=None):
        """Go on by one window, as a stream does; needs ``causal=True``.

        Window by window, the result is that of `predict` for all of them.

        Parameters
        ----------
        probabilities : array-like of shape (n_classes,)
            Those of the window, in the order of the columns in `fit`.
        elapsed : float, default=0.0
            Seconds since the window before; not used for the first one.
        state : tuple, default=None
            What the step before returned; None begins a recording.

        Returns
        -------
        smoothed : ndarray of shape (n_classes,)
            1 for the label, in the order of ``classes_``.
        state : tuple
            For the next step.
        """
        best = int(self._step_input(probabilities).argmax())
        state = confirm(best, float(elapsed), *(state or (-1, -1, 0.0)), self.seconds)
        return np.eye(len(self.classes_))[state[0]], state
