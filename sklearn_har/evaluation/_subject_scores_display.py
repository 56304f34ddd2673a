"""How well each person is recognised, by one model or several."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from .._core._sklearn import validate_params
from ..recordings import subjects as subjects_of
from ._over_people import LEVEL_LIMITS, interval_over_people
from ._plotting import MARKERS, MODEL_COLORS, import_pyplot, name_score
from ._scorers import METRIC_LIMITS, name_of_metric
from ._scores_over_people import scores_of_people
from ._unwrap import inside_out

ROW_INCHES, LEGEND_INCHES = 0.21, 0.2  # of a person, of a model
MARKER_SIZES = (6.5, 5.0)  # of the first model, which stays visible behind the others, and of these
MEAN_ROWS = 0.8  # from the mean of one model to that of the next, in rows
LEAST_RANGE = 0.1  # of scores that the axis shows, so that small differences look small


class SubjectScoresDisplay:
    """The score of every person, and the mean over people with its interval.

    One row a person, whoever is recognised least at the top (by the first model); several models
    are drawn on the same people. Below is the mean of the people's scores, in which everyone counts
    the same, with the interval in which it lies when other people like these are recorded (people
    drawn with replacement).

    Use `from_estimator` or `from_predictions` to make one.

    Parameters
    ----------
    scores : DataFrame of shape (n_people, n_models)
        NaN for a person who has no labelled rows.
    metric : str
        Name of the score.
    level : float, default=0.95
        Of the interval.

    Attributes
    ----------
    means : DataFrame of shape (n_models, 3)
        The columns mean, low and high; low and high are NaN for a single person.
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure

    Examples
    --------
    >>> from sklearn_har.evaluation import SubjectScoresDisplay
    >>> display = SubjectScoresDisplay.from_predictions(
    ...     ["sit", "walk", "sit", "walk"],
    ...     ["sit", "walk", "sit", "sit"],
    ...     subjects=["ann", "ann", "bob", "bob"],
    ...     metric="accuracy",
    ... )
    >>> display.scores["model"].to_dict()
    {'ann': 1.0, 'bob': 0.5}
    """

    def __init__(self, scores, *, metric, level=0.95):
        self.scores = scores
        self.metric = metric
        self.level = level
        self.means = mean_over_people(scores, level)

    @classmethod
    def from_estimator(
        cls, estimator, X, y, *, subjects=None, metric="f1_macro", level=0.95, ax=None
    ) -> "SubjectScoresDisplay":
        """Predict, score every person, and draw.

        Parameters
        ----------
        estimator : estimator or dict of estimators
            Fitted; label rows or windows. The keys of a dict name the models.
        X : DataFrame of shape (n_rows, n_channels), Windows or array-like
            Of people whom no model was fitted on.
        y : array-like of shape (n_rows,) or (n_windows,)
            True activities; missing ones are left out.
        subjects : array-like of shape (n_rows,) or (n_windows,), default=None
            The person of every row; None asks ``X``.
        metric : str or callable, default="f1_macro"
            A score of scikit-learn that reads predicted labels, or a function ``metric(y_true, y_pred)``.
        level : float, default=0.95
            Of the interval of the mean.
        ax : matplotlib Axes, default=None
            None makes a figure.

        Returns
        -------
        SubjectScoresDisplay
        """
        models = estimator if isinstance(estimator, Mapping) else {_name_of(estimator): estimator}
        people = subjects_of(X) if subjects is None else subjects
        predictions = {name: model.predict(X) for name, model in models.items()}
        return cls.from_predictions(y, predictions, subjects=people, metric=metric, level=level, ax=ax)

    @classmethod
    @validate_params(METRIC_LIMITS | LEVEL_LIMITS, prefer_skip_nested_validation=True)
    def from_predictions(
        cls, y_true, y_pred, *, subjects, metric="f1_macro", level=0.95, ax=None
    ) -> "SubjectScoresDisplay":
        """Score every person, and draw.

        Parameters
        ----------
        y_true : array-like of shape (n,)
            True activities of rows or windows; missing ones are left out.
        y_pred : array-like of shape (n,), or dict of array-likes
            Predicted activities; the keys of a dict name the models.
        subjects : array-like of shape (n,)
            The person of every row.
        metric : str or callable, default="f1_macro"
            A score of scikit-learn that reads predicted labels, or a function ``metric(y_true, y_pred)``.
        level : float, default=0.95
            Of the interval of the mean.
        ax : matplotlib Axes, default=None
            None makes a figure.

        Returns
        -------
        SubjectScoresDisplay

        Raises
        ------
        ValueError
            As `score_interval`, and if there is no model.
        """
        predictions = y_pred if isinstance(y_pred, Mapping) else {"model": y_pred}
        if not predictions:
            raise ValueError("There is no model: give at least one, as {'name': predictions}.")
        scores = {name: scores_of_people(y_true, one, subjects, metric) for name, one in predictions.items()}
        return cls(pd.DataFrame(scores), metric=name_of_metric(metric), level=level).plot(ax=ax)

    def plot(self, ax=None) -> "SubjectScoresDisplay":
        """Draw; people without a score have an empty row.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            None makes a figure.

        Returns
        -------
        self

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        pyplot = import_pyplot(type(self).__name__)
        people = self.scores.sort_values(self.scores.columns[0], kind="stable", na_position="last")
        n_people, n_models = people.shape
        if ax is None:
            size = (6.5, 1.5 + ROW_INCHES * (n_people + MEAN_ROWS * n_models) + LEGEND_INCHES * n_models)
            _, ax = pyplot.subplots(figsize=size, layout="constrained")
        self.ax_, self.figure_ = ax, ax.figure
        rows = np.arange(n_people)
        if n_models > 1:
            ax.hlines(rows, people.min(axis=1), people.max(axis=1), color="0.8", linewidth=1, zorder=0)
        mean_rows = n_people + 0.4 + MEAN_ROWS * np.arange(n_models)
        for i, name in enumerate(people):
            self._draw_model(i, people[name], rows, mean_rows[i])
        ax.axhline(n_people - 0.3, color="0.6", linewidth=0.8)
        n_scored = int(people.notna().all(axis=1).sum())
        names = [*map(str, people.index), f"mean of {n_scored}"]
        ax.set_yticks([*rows, mean_rows.mean()], names, fontsize="small")
        ax.tick_params(axis="y", length=0)
        ax.set_ylim(mean_rows[-1] + MEAN_ROWS, -0.7)
        low, high = ax.get_xlim()
        lacking = max(0.0, LEAST_RANGE - (high - low)) / 2
        ax.set_xlim(low - lacking, high + lacking)
        ax.set_ylabel("subject")
        ax.set_xlabel(f"{name_score(self.metric)} of a person")
        ax.grid(axis="x", color="0.92", zorder=-1)
        ax.set_axisbelow(True)
        ax.spines[["top", "right"]].set_visible(False)
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), frameon=False, fontsize="small", borderaxespad=0.2)
        return self

    def _draw_model(self, i: int, values, rows: np.ndarray, mean_row: float) -> None:
        mean, low, high = self.means.iloc[i]
        interval = "" if np.isnan(low) else f", {self.level:.0%} interval {low:.3f} to {high:.3f}"
        style = {"color": MODEL_COLORS[i % len(MODEL_COLORS)], "marker": MARKERS[i % len(MARKERS)]}
        self.ax_.plot(
            values,
            rows,
            linestyle="",
            markersize=MARKER_SIZES[min(i, 1)],
            label=f"{values.name}: mean {mean:.3f}{interval}",
            **style,
        )
        if not np.isnan(low):
            self.ax_.hlines(mean_row, low, high, color=style["color"], linewidth=2)
        self.ax_.plot(mean, mean_row, markersize=6, **style)


def _name_of(estimator) -> str:
    """Name of what is innermost, which says more than that of a pipeline around it."""
    check_is_fitted(estimator)
    return [type(part).__name__ for part in inside_out(estimator)][-1]


def mean_over_people(scores: pd.DataFrame, level: float) -> pd.DataFrame:
    """Mean of each model over the people who have a score, with its interval.

    Returns
    -------
    DataFrame of shape (n_models, 3)
        The columns mean, low and high; an interval of fewer than two people is NaN.
    """
    rows = {}
    for name, values in scores.items():
        known = values.dropna().to_numpy()
        sums = np.stack([known, np.ones(len(known))], axis=1)
        interval = interval_over_people(sums, lambda drawn: drawn[:, 0] / drawn[:, 1], level=level)
        rows[name] = (known.mean(), *interval)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["mean", "low", "high"])
