"""How the training of a network went."""

import pandas as pd

from ._plotting import import_pyplot, panels
from ._unwrap import find_with_attribute

NEEDED = ("epoch", "train_loss", "train_accuracy")
TRAIN_COLOR, VALID_COLOR = "#222222", "#D55E00"


class TrainingHistoryDisplay:
    """Learning curves: loss and accuracy by epoch, in training and in validation.

    Use `from_estimator` or `from_history` to make one.

    Parameters
    ----------
    history : DataFrame of shape (n_epochs, n_columns)
        The columns epoch, train_loss and train_accuracy, and valid_loss and valid_accuracy where people
        were held out.

    Attributes
    ----------
    axes_ : ndarray of shape (2,)
        The panels of loss and of accuracy, once drawn.
    figure_ : matplotlib Figure

    Examples
    --------
    >>> from sklearn_har.evaluation import TrainingHistoryDisplay
    >>> display = TrainingHistoryDisplay.from_history(
    ...     {"epoch": [1, 2], "train_loss": [1.1, 0.7], "train_accuracy": [0.5, 0.8]}
    ... )
    >>> [ax.get_ylabel() for ax in display.axes_]
    ['loss', 'accuracy']
    """

    def __init__(self, history):
        self.history = history

    @classmethod
    def from_estimator(cls, estimator, *, ax=None) -> "TrainingHistoryDisplay":
        """Draw how a fitted network was trained.

        Parameters
        ----------
        estimator : estimator
            A fitted classifier with ``history_``, or a pipeline, recognizer or search around one.
        ax : array-like of two matplotlib axes, default=None
            For loss and accuracy; None makes a figure.

        Returns
        -------
        TrainingHistoryDisplay

        Raises
        ------
        ValueError
            If nothing inside has a ``history_``.
        """
        return cls.from_history(find_with_attribute(estimator, "history_").history_, ax=ax)

    @classmethod
    def from_history(cls, history, *, ax=None) -> "TrainingHistoryDisplay":
        """Draw a history.

        Parameters
        ----------
        history : DataFrame, dict of lists or list of dicts
            As for the class; one entry per epoch.
        ax : array-like of two matplotlib axes, default=None
            For loss and accuracy; None makes a figure.

        Returns
        -------
        TrainingHistoryDisplay

        Raises
        ------
        ValueError
            If a column is not there.
        """
        history = pd.DataFrame(history)
        missing = [name for name in NEEDED if name not in history]
        if missing:
            raise ValueError(f"The history has no {missing}; it has {list(history.columns)}.")
        return cls(history).plot(ax=ax)

    def plot(self, ax=None) -> "TrainingHistoryDisplay":
        """Draw; a dotted line marks the epoch of the lowest validation loss.

        Parameters
        ----------
        ax : array-like of two matplotlib axes, default=None
            For loss and accuracy; None makes a figure.

        Returns
        -------
        self

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        pyplot = import_pyplot(type(self).__name__)
        self.axes_ = panels(pyplot, ax, 1, 2, figsize=(9, 3.5))
        self.figure_ = self.axes_[0].figure
        for axis, score in zip(self.axes_, ("loss", "accuracy"), strict=True):
            self._draw_curves(axis, score)
        self.axes_[0].legend(frameon=False)
        return self

    def _draw_curves(self, ax, score: str) -> None:
        from matplotlib.ticker import MaxNLocator

        epoch = self.history["epoch"]
        marker = "o" if len(epoch) <= 30 else None
        ax.plot(
            epoch, self.history[f"train_{score}"], color=TRAIN_COLOR, marker=marker, ms=3, label="training"
        )
        if f"valid_{score}" in self.history:
            valid = self.history[f"valid_{score}"]
            ax.plot(epoch, valid, "--", color=VALID_COLOR, marker=marker, ms=3, label="validation")
        if "valid_loss" in self.history:
            best = epoch.iloc[int(self.history["valid_loss"].argmin())]
            ax.axvline(best, color="0.6", linestyle=":", zorder=0, label=f"lowest validation loss ({best})")
        ax.set_xlabel("epoch")
        ax.set_ylabel(score)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.grid(axis="y", color="0.92")
