"""How the training of a network went."""

import pandas as pd

from ._plotting import import_pyplot, panels
from ._unwrap import find_with_attribute

NEEDED = ("epoch", "train_loss", "train_accuracy")
TRAIN_COLOR, VALID_COLOR = "#222222", "#D55E00"
STYLES = {
    "train": {"color": TRAIN_COLOR, "label": "training"},
    "valid": {"color": VALID_COLOR, "label": "validation", "linestyle": "--"},
}
MOST_MARKED = 30  # epochs for which each has a point


class TrainingHistoryDisplay:
    """Learning curves: loss and accuracy by epoch, in training and in validation.

    Of several folds the mean is drawn, with a band of one standard deviation, as far as all of them
    trained; a faint line for each goes on to its end.

    Use `from_estimator`, `from_estimators` or `from_history` to make one.

    Parameters
    ----------
    history : DataFrame of shape (n_epochs, n_columns)
        The columns epoch, train_loss and train_accuracy, and valid_loss and valid_accuracy where people
        were held out. A column fold tells several trainings apart.

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
    def from_estimators(cls, estimators, *, ax=None) -> "TrainingHistoryDisplay":
        """Draw how several networks were trained, with bands over them.

        Parameters
        ----------
        estimators : sequence of estimators
            Fitted, each as for `from_estimator`, such as
            ``cross_validate(..., return_estimator=True)["estimator"]``.
        ax : array-like of two matplotlib axes, default=None
            For loss and accuracy; None makes a figure.

        Returns
        -------
        TrainingHistoryDisplay

        Raises
        ------
        ValueError
            If there is none, or nothing inside one of them has a ``history_``.
        """
        histories = [find_with_attribute(estimator, "history_").history_ for estimator in estimators]
        if not histories:
            raise ValueError("estimators is empty; give at least one fitted network.")
        folds = pd.concat(
            [pd.DataFrame(h) for h in histories], keys=range(1, len(histories) + 1), names=["fold"]
        )
        return cls.from_history(folds.reset_index("fold"), ax=ax)

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
        return cls(history.reset_index(drop=True)).plot(ax=ax)

    def plot(self, ax=None) -> "TrainingHistoryDisplay":
        """Draw; a dotted line, or a point on each fold, marks the epoch of the lowest validation loss.

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
        self.axes_ = panels(pyplot, ax, 1, 2, figsize=(9, 3.5), sharex=True)
        self.figure_ = self.axes_[0].figure
        draw = self._draw_folds if "fold" in self.history else self._draw_curves
        for axis, score in zip(self.axes_, ("loss", "accuracy"), strict=True):
            draw(axis, score)
            _finish(axis, score)
        self.axes_[0].legend(frameon=False)
        return self

    def _draw_curves(self, ax, score: str) -> None:
        epoch = self.history["epoch"]
        marker = "o" if len(epoch) <= MOST_MARKED else None
        for kind, style in STYLES.items():
            if f"{kind}_{score}" in self.history:
                ax.plot(epoch, self.history[f"{kind}_{score}"], marker=marker, ms=3, **style)
        known = self._validated()
        if len(known):
            best = known["epoch"].iloc[int(known["valid_loss"].argmin())]
            ax.axvline(best, color="0.6", linestyle=":", zorder=0, label=f"lowest validation loss ({best})")

    def _validated(self) -> pd.DataFrame:
        """Epochs with a validation loss, which one that diverged lacks."""
        if "valid_loss" not in self.history:
            return self.history.iloc[:0]
        return self.history.dropna(subset="valid_loss")

    def _draw_folds(self, ax, score: str) -> None:
        for kind, style in STYLES.items():
            if f"{kind}_{score}" not in self.history:
                continue
            curves = self.history.pivot(index="epoch", columns="fold", values=f"{kind}_{score}")
            ax.plot(curves.index, curves, color=style["color"], linewidth=0.7, alpha=0.35)
            shared = curves.dropna()
            n_folds = curves.shape[1]
            label = f"{style['label']}, mean of {n_folds} folds" + (" ± std" if n_folds > 1 else "")
            mean = shared.mean(axis=1)
            if n_folds > 1:
                std = shared.std(axis=1)
                ax.fill_between(
                    shared.index, mean - std, mean + std, color=style["color"], alpha=0.15, linewidth=0
                )
            ax.plot(shared.index, mean, **(style | {"label": label, "linewidth": 2}))
        known = self._validated()
        if len(known):
            best = known.loc[known.groupby("fold")["valid_loss"].idxmin()]
            marks = {"color": VALID_COLOR, "ms": 5, "label": "lowest validation loss of a fold"}
            ax.plot(best["epoch"], best[f"valid_{score}"], "v", **marks)


def _finish(ax, score: str) -> None:
    from matplotlib.ticker import MaxNLocator

    ax.set_xlabel("epoch")
    ax.set_ylabel(score)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.grid(axis="y", color="0.92")
    ax.spines[["top", "right"]].set_visible(False)
