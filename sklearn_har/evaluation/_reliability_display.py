"""Whether a model is as often right as it says."""

import numpy as np
import pandas as pd

from .._core._sklearn import validate_params
from ..recordings import subjects as subjects_of
from ._calibration import LIMITS, N_BINS, bin_predictions, expected_calibration_error, reliability_bins
from ._over_people import LEVEL_LIMITS, interval_over_people
from ._plotting import import_pyplot, panels

COLOR, COUNT_COLOR = "#332288", "0.75"


class ReliabilityDisplay:
    """Accuracy against confidence: of what a model is 80 % sure, it should get 80 % right.

    The confidence is the probability of the most probable activity, whichever it is. Predictions are
    put into bins by their confidence; below the diagonal a model promises too much. Bars show between
    which limits the accuracy of a bin lies when other people like these are recorded (people drawn
    with replacement). The expected calibration error, as `calibration_error` gives it, is the mean
    distance from the diagonal over all predictions. `sklearn.calibration.CalibrationDisplay` is for two
    classes.

    Use `from_estimator` or `from_predictions` to make one.

    Parameters
    ----------
    sums : ndarray of shape (n_people, n_bins, 3)
        Of each person and bin: number of predictions, sum of confidences, number of right ones.
    edges : ndarray of shape (n_bins + 1,)
        Limits of the bins.
    level : float, default=0.95
        Of the intervals over people.

    Attributes
    ----------
    bins : DataFrame of shape (n_bins, 5)
        The columns count, confidence, accuracy, low and high, over all people.
    calibration_error : float
    calibration_error_interval : tuple of float
        Low and high; NaN for fewer than two people.
    axes_ : ndarray of shape (2,)
        The panels of accuracy and of counts, once drawn.
    figure_ : matplotlib Figure

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.evaluation import ReliabilityDisplay
    >>> display = ReliabilityDisplay.from_predictions(
    ...     ["sit", "sit", "walk", "walk"],
    ...     np.array([[0.9, 0.1], [0.9, 0.1], [0.3, 0.7], [0.7, 0.3]]),
    ...     subjects=["ann", "bob", "ann", "bob"],
    ...     n_bins=5,
    ... )
    >>> display.bins.dropna()[["count", "confidence", "accuracy"]].round(2).to_numpy().tolist()
    [[2.0, 0.7, 0.5], [2.0, 0.9, 1.0]]
    >>> round(display.calibration_error, 2)
    0.15
    """

    def __init__(self, sums, *, edges, level=0.95):
        self.sums = sums
        self.edges = edges
        self.level = level
        pooled = sums.sum(axis=0)
        limits = [_interval_of_bin(sums[:, place], level) for place in range(len(edges) - 1)]
        self.bins = pd.DataFrame(reliability_bins(pooled)._asdict()).rename(columns={"counts": "count"})
        self.bins["low"], self.bins["high"] = np.transpose(limits)
        self.calibration_error = float(expected_calibration_error(pooled))
        self.calibration_error_interval = interval_over_people(sums, expected_calibration_error, level=level)

    @classmethod
    def from_estimator(
        cls, estimator, X, y, *, subjects=None, n_bins=N_BINS, strategy="uniform", level=0.95, ax=None
    ) -> "ReliabilityDisplay":
        """Predict probabilities, compare them with the truth, and draw.

        Parameters
        ----------
        estimator : estimator
            Fitted, with ``predict_proba``; labels rows or windows.
        X : DataFrame of shape (n_rows, n_channels), Windows or array-like
            Of people whom the model was not fitted on.
        y : array-like of shape (n_rows,) or (n_windows,)
            True activities; missing ones are left out.
        subjects : array-like of shape (n_rows,) or (n_windows,), default=None
            The person of every row; None asks ``X``.
        n_bins : int, default=15
        strategy : {"uniform", "quantile"}, default="uniform"
            Bins of equal width, or of equal counts.
        level : float, default=0.95
            Of the intervals over people.
        ax : array-like of two matplotlib axes, default=None
            For accuracy and for counts; None makes a figure.

        Returns
        -------
        ReliabilityDisplay

        Raises
        ------
        ValueError
            If the estimator has no probabilities, and as `from_predictions`.
        """
        if not hasattr(estimator, "predict_proba"):
            raise ValueError(
                f"{type(estimator).__name__} has no predict_proba, so it does not say how sure it is. Take a "
                "classifier that has it, or put a CalibratedClassifierCV around this one."
            )
        people = subjects_of(X) if subjects is None else subjects
        return cls.from_predictions(
            y,
            estimator.predict_proba(X),
            labels=estimator.classes_,
            subjects=people,
            n_bins=n_bins,
            strategy=strategy,
            level=level,
            ax=ax,
        )

    @classmethod
    @validate_params(LIMITS | LEVEL_LIMITS | {"subjects": ["array-like"]}, prefer_skip_nested_validation=True)
    def from_predictions(
        cls, y_true, y_proba, *, subjects, labels=None, n_bins=N_BINS, strategy="uniform", level=0.95, ax=None
    ) -> "ReliabilityDisplay":
        """Compare probabilities with the truth, and draw.

        Parameters
        ----------
        y_true : array-like of shape (n,)
            True activities of rows or windows; missing ones are left out.
        y_proba : array-like of shape (n, n_classes) or (n,)
            Probabilities of the activities; of two that of the second is enough.
        subjects : array-like of shape (n,)
            The person of every row.
        labels : array-like of shape (n_classes,), default=None
            The activities of the columns, as for `calibration_error`. None takes those of ``y_true``, sorted.
        n_bins : int, default=15
        strategy : {"uniform", "quantile"}, default="uniform"
            Bins of equal width, or of equal counts.
        level : float, default=0.95
            Of the intervals over people.
        ax : array-like of two matplotlib axes, default=None
            For accuracy and for counts; None makes a figure.

        Returns
        -------
        ReliabilityDisplay

        Raises
        ------
        ValueError
            As `calibration_error`.
        """
        binned = bin_predictions(y_true, y_proba, subjects, labels, n_bins, strategy)
        labelled = binned.sums[..., 0].any(axis=1)
        return cls(binned.sums[labelled], edges=binned.edges, level=level).plot(ax=ax)

    def plot(self, ax=None) -> "ReliabilityDisplay":
        """Draw.

        Parameters
        ----------
        ax : array-like of two matplotlib axes, default=None
            For accuracy and for counts; None makes a figure.

        Returns
        -------
        self

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        pyplot = import_pyplot(type(self).__name__)
        options = {"figsize": (5, 5.5), "sharex": True, "height_ratios": (4, 1)}
        self.axes_ = panels(pyplot, ax, 2, 1, **options)
        self.figure_ = self.axes_[0].figure
        self._draw_accuracy(self.axes_[0])
        counts = self.axes_[1]
        counts.bar(
            self.edges[:-1],
            self.bins["count"],
            np.diff(self.edges),
            align="edge",
            color=COUNT_COLOR,
            edgecolor="white",
        )
        counts.set_ylabel("predictions")
        counts.set_xlabel("confidence (probability of the predicted activity)")
        for axis in self.axes_:
            axis.spines[["top", "right"]].set_visible(False)
        return self

    def _draw_accuracy(self, ax) -> None:
        low, high = self.calibration_error_interval
        interval = "" if np.isnan(low) else f"\n{self.level:.0%} interval over people {low:.3f} to {high:.3f}"
        bins = self.bins[self.bins["count"] > 0]
        ax.plot([0, 1], [0, 1], color="0.6", linestyle="--", linewidth=1, label="as sure as right")
        label = f"calibration error {self.calibration_error:.3f}{interval}"
        ax.vlines(bins["confidence"], bins["low"], bins["high"], color=COLOR, linewidth=1.5, alpha=0.6)
        ax.plot(bins["confidence"], bins["accuracy"], "o-", color=COLOR, markersize=5, label=label)
        ax.set_xlim(0, 1)
        ax.set_ylim(0, 1.02)
        ax.set_ylabel("accuracy (share that is right)")
        ax.grid(color="0.92")
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), frameon=False, fontsize="small", borderaxespad=0.2)


def _interval_of_bin(sums: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Limits of the accuracy of one bin, of the people who have predictions in it."""
    own = sums[sums[:, 0] > 0]
    return interval_over_people(own, lambda drawn: reliability_bins(drawn).accuracy, level=level)
