"""Which activities are taken for which, and how much people differ in it."""

import numpy as np

from ..recordings import subjects as subjects_of
from ._confusion import count_by_subject, mean_and_std_over_people
from ._plotting import import_pyplot

CELL_INCHES = 0.68
DARK_FROM = 0.5  # share from which text is white


class SubjectConfusionDisplay:
    """A confusion matrix in which every person counts the same.

    Each cell is the share of a true activity's rows that were given some activity: the share of each
    person, averaged over the people who do that activity, with the standard deviation over them below
    it. `sklearn.metrics.ConfusionMatrixDisplay` counts rows instead, so whoever was recorded longest
    counts most.

    Use `from_estimator` or `from_predictions` to make one.

    Parameters
    ----------
    mean, std : ndarray of shape (n_classes, n_classes)
        Mean and sample standard deviation of the share over people, true by predicted activities. NaN
        for an activity that nobody does, the standard deviation also for one that one person does.
    classes : ndarray of shape (n_classes,)
    n_subjects : ndarray of int of shape (n_classes,)
        People who do each activity.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure

    Examples
    --------
    >>> from sklearn_har.evaluation import SubjectConfusionDisplay
    >>> display = SubjectConfusionDisplay.from_predictions(
    ...     ["sit", "sit", "walk", "walk"],
    ...     ["sit", "sit", "walk", "sit"],
    ...     subjects=["ann", "bob", "ann", "bob"],
    ... )
    >>> display.mean
    array([[1. , 0. ],
           [0.5, 0.5]])
    """

    def __init__(self, mean, std, *, classes, n_subjects):
        self.mean = mean
        self.std = std
        self.classes = classes
        self.n_subjects = n_subjects

    @classmethod
    def from_estimator(
        cls, estimator, X, y, *, subjects=None, labels=None, cmap="Blues", ax=None
    ) -> "SubjectConfusionDisplay":
        """Predict, compare with the truth person by person, and draw.

        Parameters
        ----------
        estimator : estimator
            Fitted; labels rows or windows.
        X : DataFrame of shape (n_rows, n_channels), Windows or array-like
        y : array-like of shape (n_rows,) or (n_windows,)
            True activities; missing ones are left out.
        subjects : array-like of shape (n_rows,) or (n_windows,), default=None
            The person of every row; None asks ``X``.
        labels : array-like of shape (n_classes,), default=None
            Activities in the order wanted, all that occur among them. None sorts those that occur.
        cmap : str or matplotlib Colormap, default="Blues"
        ax : matplotlib Axes, default=None
            None makes a figure.

        Returns
        -------
        SubjectConfusionDisplay
        """
        people = subjects_of(X) if subjects is None else subjects
        return cls.from_predictions(y, estimator.predict(X), subjects=people, labels=labels, cmap=cmap, ax=ax)

    @classmethod
    def from_predictions(
        cls, y_true, y_pred, *, subjects, labels=None, cmap="Blues", ax=None
    ) -> "SubjectConfusionDisplay":
        """Compare predictions with the truth person by person, and draw.

        Parameters
        ----------
        y_true, y_pred : array-like of shape (n,)
            Activities of rows or windows; those whose true activity is missing are left out.
        subjects : array-like of shape (n,)
            The person of every row.
        labels : array-like of shape (n_classes,), default=None
            Activities in the order wanted, all that occur among them. None sorts those that occur.
        cmap : str or matplotlib Colormap, default="Blues"
        ax : matplotlib Axes, default=None
            None makes a figure.

        Returns
        -------
        SubjectConfusionDisplay

        Raises
        ------
        ValueError
            As `classification_report_by_subject`.
        """
        confusion = count_by_subject(y_true, y_pred, subjects, labels)
        support = confusion.counts.sum(axis=2, keepdims=True)
        shares = confusion.counts / np.maximum(support, 1)
        mean, std = mean_and_std_over_people(shares, np.broadcast_to(support > 0, shares.shape))
        n_subjects = (support[:, :, 0] > 0).sum(axis=0)
        return cls(mean, std, classes=confusion.classes, n_subjects=n_subjects).plot(cmap=cmap, ax=ax)

    def plot(self, ax=None, *, cmap="Blues") -> "SubjectConfusionDisplay":
        """Draw; cells that are 0 for everyone stay blank.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            None makes a figure.
        cmap : str or matplotlib Colormap, default="Blues"

        Returns
        -------
        self

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        pyplot = import_pyplot(type(self).__name__)
        n_classes = len(self.classes)
        if ax is None:
            size = max(4.5, 2.5 + CELL_INCHES * n_classes)
            _, ax = pyplot.subplots(figsize=(size, size), layout="constrained")
        self.ax_, self.figure_ = ax, ax.figure
        ax.imshow(self.mean, cmap=cmap, vmin=0, vmax=1)
        for true, predicted in np.argwhere(self.mean > 0):
            self._write_cell(true, predicted)
        people = [f"{name} ({n})" for name, n in zip(self.classes, self.n_subjects, strict=True)]
        ax.set_yticks(range(n_classes), people)
        slanted = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"}
        ax.set_xticks(range(n_classes), [str(name) for name in self.classes], **slanted)
        ax.set_ylabel("true activity (number of people)")
        ax.set_xlabel("predicted activity")
        ax.set_title("share of a person's rows, mean ± std over people", fontsize="medium")
        return self

    def _write_cell(self, true: int, predicted: int) -> None:
        mean, std = self.mean[true, predicted], self.std[true, predicted]
        style = {"ha": "center", "color": "white" if mean > DARK_FROM else "0.15"}
        self.ax_.text(predicted, true, f"{mean:.2f}", fontsize=9.5, va="bottom", **style)
        if not np.isnan(std):
            self.ax_.text(predicted, true, f"±{std:.2f}", fontsize=7.5, va="top", **style)
