"""What more people to train on would bring."""

from numbers import Integral

import numpy as np
from sklearn.model_selection import check_cv, cross_validate
from sklearn.utils import check_random_state

from .._core._sklearn import _num_samples
from ..model_selection import SubjectKFold
from ..recordings import subjects_for_split
from ._plotting import import_pyplot, name_score
from ._scorers import name_of_metric

TRAIN_COLOR, TEST_COLOR = "#222222", "#D55E00"
N_SIZES = 5


class SubjectLearningCurveDisplay:
    """Score against the number of people trained on, with bands over folds.

    Rows or windows of one person are alike, so more of them bring little where more people bring much.
    `sklearn.model_selection.LearningCurveDisplay` counts rows; here whole people are added: within a
    fold, the people of a smaller training set are among those of every larger one.

    Use `from_estimator` to make one.

    Parameters
    ----------
    n_subjects : ndarray of int of shape (n_sizes,)
        People trained on.
    test_scores : ndarray of shape (n_sizes, n_folds)
        On the people of each fold who are held out.
    train_scores : ndarray of shape (n_sizes, n_folds), default=None
        On the people trained on.
    score_name : str, default="score"

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure

    Examples
    --------
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.evaluation import SubjectLearningCurveDisplay
    >>> from sklearn_har.features import SignalStatistics
    >>> from sklearn_har.model_selection import SubjectKFold
    >>> from sklearn_har.windowing import sliding_windows
    >>> from sklearn.linear_model import RidgeClassifier
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> X, y = make_recordings(n_subjects=6, random_state=0, return_X_y=True)
    >>> windows, labels = sliding_windows(X, y, window_length=2.56)
    >>> display = SubjectLearningCurveDisplay.from_estimator(
    ...     make_pipeline(SignalStatistics(), StandardScaler(), RidgeClassifier()),
    ...     windows, labels, n_subjects=[1, 2, 4], cv=SubjectKFold(3),
    ... )
    >>> display.test_scores.shape
    (3, 3)
    """

    def __init__(self, n_subjects, test_scores, train_scores=None, *, score_name="score"):
        self.n_subjects = n_subjects
        self.test_scores = test_scores
        self.train_scores = train_scores
        self.score_name = score_name

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        y,
        *,
        groups=None,
        n_subjects=None,
        cv=None,
        scoring=None,
        score_name=None,
        return_train_score=True,
        n_jobs=None,
        random_state=0,
        ax=None,
    ) -> "SubjectLearningCurveDisplay":
        """Fit on more and more people, score on others, and draw.

        Parameters
        ----------
        estimator : estimator
            Learns from rows or windows; a clone of it is fitted for every size and fold.
        X : DataFrame of shape (n_rows, n_channels), Windows or array-like
        y : array-like of shape (n_rows,) or (n_windows,)
        groups : array-like of shape (n_rows,) or (n_windows,), default=None
            The person of every row, where ``X`` does not know.
        n_subjects : array-like of int, default=None
            How many people to train on. None takes five numbers, from two to all that every fold has.
        cv : int, splitter or iterable of splits, default=None
            That keeps people together. None is five folds of people, an int that many.
        scoring : str or callable, default=None
            As in `sklearn.model_selection.cross_validate`; None is the estimator's ``score``.
        score_name : str, default=None
            For the axis; None is the name of ``scoring``.
        return_train_score : bool, default=True
            Whether to score the people trained on, too.
        n_jobs : int, default=None
            Fits at the same time.
        random_state : int, RandomState instance or None, default=0
            Of the order in which people are added.
        ax : matplotlib Axes, default=None
            None makes a figure.

        Returns
        -------
        SubjectLearningCurveDisplay

        Raises
        ------
        ValueError
            If a fold has a person on both sides, fewer people to train on than ``n_subjects`` asks for,
            or people are unknown.
        """
        import_pyplot(cls.__name__)  # before the fits, which may take hours
        people = subjects_for_split(X, groups)
        if len(people) != _num_samples(y):
            raise ValueError(f"There are {len(people)} rows or windows, but y has {_num_samples(y)} labels.")
        if cv is None or isinstance(cv, Integral):
            cv = SubjectKFold(5 if cv is None else cv)
        folds = list(check_cv(cv).split(X, y, people))
        orders = training_people(people, folds, check_random_state(random_state))
        sizes = checked_sizes(n_subjects, min(map(len, orders)))
        splits = [
            (train[np.isin(people[train], order[:size])], test)
            for size in sizes
            for (train, test), order in zip(folds, orders, strict=True)
        ]
        results = cross_validate(
            estimator,
            X,
            y,
            cv=splits,
            scoring=scoring,
            n_jobs=n_jobs,
            return_train_score=return_train_score,
            error_score="raise",
        )
        shape = (len(sizes), len(folds))
        return cls(
            sizes,
            results["test_score"].reshape(shape),
            results["train_score"].reshape(shape) if return_train_score else None,
            score_name=_name_of(scoring) if score_name is None else score_name,
        ).plot(ax=ax)

    def plot(self, ax=None) -> "SubjectLearningCurveDisplay":
        """Draw the mean over folds, a band of one standard deviation, and faint points for the folds.

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
        if ax is None:
            _, ax = pyplot.subplots(figsize=(6, 4), layout="constrained")
        self.ax_, self.figure_ = ax, ax.figure
        if self.train_scores is not None:
            self._draw_scores(self.train_scores, "o--", TRAIN_COLOR, "people trained on")
        self._draw_scores(self.test_scores, "o-", TEST_COLOR, "people held out")
        ax.set_xticks(*_ticks(self.n_subjects))
        ax.set_xlabel("number of people trained on")
        ax.set_ylabel(self.score_name)
        ax.grid(axis="y", color="0.92")
        ax.spines[["top", "right"]].set_visible(False)
        spread = (
            f"mean ± std over {self.test_scores.shape[1]} folds"
            if self.test_scores.shape[1] > 1
            else "one fold"
        )
        ax.legend(frameon=False, title=spread, fontsize="small", title_fontsize="small")
        return self

    def _draw_scores(self, scores: np.ndarray, line: str, color: str, label: str) -> None:
        mean, n_folds = scores.mean(axis=1), scores.shape[1]
        if n_folds > 1:
            std = scores.std(axis=1, ddof=1)
            self.ax_.fill_between(
                self.n_subjects, mean - std, mean + std, color=color, alpha=0.15, linewidth=0
            )
            x = np.repeat(self.n_subjects, n_folds)
            self.ax_.plot(x, scores.ravel(), ".", color=color, alpha=0.35, markersize=4)
        self.ax_.plot(self.n_subjects, mean, line, color=color, markersize=5, label=label)


def training_people(people: np.ndarray, folds: list, generator: np.random.RandomState) -> list[np.ndarray]:
    """The people each fold trains on, in the order in which they are added.

    Raises
    ------
    ValueError
        If somebody is on both sides of a fold.
    """
    orders = []
    for number, (train, test) in enumerate(folds):
        trained, tested = np.unique(people[train]), np.unique(people[test])
        both = np.intersect1d(trained, tested)
        if len(both):
            raise ValueError(
                f"cv puts {len(both)} people on both sides of fold {number}, subject {both[0]} among them. "
                "Take one that keeps people together, such as SubjectKFold."
            )
        orders.append(generator.permutation(trained))
    return orders


def checked_sizes(n_subjects, most: int) -> np.ndarray:
    """Numbers of people to train on, sorted; by default five up to as many as every fold has.

    >>> checked_sizes(None, 24), checked_sizes(None, 3)
    (array([ 2,  8, 13, 18, 24]), array([2, 3]))
    """
    if n_subjects is None:
        return np.unique(np.linspace(min(2, most), most, N_SIZES).round().astype(int))
    sizes = np.unique(n_subjects)
    if sizes.dtype.kind not in "iu" or not len(sizes) or sizes[0] < 1 or sizes[-1] > most:
        raise ValueError(
            f"n_subjects is {np.asarray(n_subjects).tolist()}; it must hold whole numbers from 1 to {most}, "
            "the people whom the smallest fold has to train on."
        )
    return sizes


def _ticks(sizes: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Positions of ticks with their texts; none where it would touch the one before it."""
    positions = [sizes[0]]
    for size in sizes[1:]:
        if size - positions[-1] >= (sizes[-1] - sizes[0]) / 20:
            positions.append(size)
    return np.array(positions), [str(position) for position in positions]


def _name_of(scoring) -> str:
    if scoring is None:
        return "score"
    return name_score(name_of_metric(scoring))
