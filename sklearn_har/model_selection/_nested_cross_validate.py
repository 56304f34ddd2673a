"""Choose settings and score the choice, each on people of its own."""

import warnings
from dataclasses import dataclass
from numbers import Integral

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.model_selection import check_cv, cross_validate
from sklearn.utils import indexable

from .._core._labels import without_lost_nan
from .._core._sklearn import _num_samples, _safe_indexing
from ..exceptions import LeakageError
from ._check_no_leakage import check_no_leakage
from ._deal import labels_of, people_of
from ._lacking_labels import warn_of_lacking_labels
from ._stratified_subject_k_fold import StratifiedSubjectKFold


@dataclass(frozen=True, eq=False, repr=False)
class NestedScores:
    """What `nested_cross_validate` found; printing it gives the table of folds.

    Attributes
    ----------
    folds : DataFrame of shape (n_folds, n_columns)
        One row per outer fold: test_subjects, n_train and n_test (rows or windows), test_score (or
        test_<name> for each of several), inner_score of the best candidate, its settings as param_<name>,
        fit_time and score_time in seconds.
    predictions : DataFrame
        One row per row or window that was tested, with its position in X as the index: fold, subject, y_true
        and y_pred. Ready for `classification_report_by_subject`.
    estimators : list
        The fitted search of each fold.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn.model_selection import GridSearchCV
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.model_selection import SubjectKFold, nested_cross_validate
    >>> X, y = make_recordings(n_subjects=4, bout_duration=5.0, random_state=0, return_X_y=True)
    >>> settings = {"strategy": ["most_frequent", "stratified"]}
    >>> search = GridSearchCV(DummyClassifier(random_state=0), settings, cv=SubjectKFold(2))
    >>> scores = nested_cross_validate(search, X, y, cv=2)
    >>> scores
    <NestedScores: 2 folds, 4 people tested>
    >>> len(scores.predictions) == len(X)
    True
    """

    folds: pd.DataFrame
    predictions: pd.DataFrame
    estimators: list

    def __str__(self) -> str:
        scores = self.folds.filter(regex="^test_(?!subjects$)")
        table = self.folds.drop(columns="test_subjects").to_string(float_format="{:.3f}".format)
        if len(self.folds) == 1:
            return table
        means = [f"{name} {own.mean():.3f} ± {own.std():.3f}" for name, own in scores.items()]
        return f"{table}\n{', '.join(means)} (mean and standard deviation of {len(self.folds)} folds)"

    def __repr__(self) -> str:
        n_people = self.predictions["subject"].nunique()
        return f"<NestedScores: {len(self.folds)} folds, {n_people} people tested>"


def nested_cross_validate(
    search, X, y, *, cv=5, groups=None, scoring=None, params=None, n_jobs=None, verbose=0
):
    """Cross-validate a search by people: settings are chosen on some, and scored on others.

    ``best_score_`` of a search is the highest of many, so it is too high. Here the whole search is
    fitted on the training people of each outer fold, where its own ``cv`` holds out people again, and
    its best estimator, fitted on all of these, is scored on the test people.

    Parameters
    ----------
    search : GridSearchCV, RandomizedSearchCV, HalvingGridSearchCV or the like
        Its ``cv`` must hold out people: `SubjectKFold`, `StratifiedSubjectKFold`, `LeaveSubjectsOut`,
        ``GroupKFold``, … ``refit`` must not be False.
    X : DataFrame of recordings, Windows, or array-like
        An array-like does not know its people and needs ``groups``.
    y : array-like of shape (n,)
        Activities.
    cv : int, splitter or iterable of (train, test), default=5
        The outer folds. An int makes that many folds of `StratifiedSubjectKFold`.
    groups : array-like of shape (n,), default=None
        Who each row or window is of. If X knows its people, these must be the same. They reach the
        outer and inner splitters, whether metadata routing is enabled or not.
    scoring : str, callable, list, dict or None, default=None
        Scores on the test people, as in :func:`sklearn.model_selection.cross_validate`; None is the
        search's own.
    params : dict, default=None
        Further parameters of the search's ``fit``, such as sample weights.
    n_jobs : int, default=None
        Outer folds that run at the same time.
    verbose : int, default=0
        Whether joblib reports on the outer folds.

    Returns
    -------
    NestedScores

    Raises
    ------
    LeakageError
        If an inner split has a person on both sides, or an outer one has anything that `check_no_leakage`
        finds.
    ValueError
        If people are unknown or fewer than the folds, or the search does not refit.
    TypeError
        If ``search`` is no search.

    Warns
    -----
    UnlearnedLabelsWarning, UntestedLabelsWarning
        If some activity is on one side only of an outer split.

    Notes
    -----
    Groups reach splitters, not the classifiers inside; those read people from `Windows`. On a table,
    with metadata routing, ``RidgeClassifierGroupCV().set_fit_request(groups=True)`` gets them too.

    A halving search of recordings needs a parameter as its ``resource``, since rows cannot be sampled;
    windows can.

    The rows that a search is fitted on may have missing labels where its scoring allows that, as
    `sklearn_har.evaluation.make_row_scorer` does.

    Examples
    --------
    >>> from sklearn.model_selection import GridSearchCV
    >>> from sklearn_har.classifiers import RocketClassifier
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.model_selection import SubjectKFold, nested_cross_validate
    >>> from sklearn_har.windowing import sliding_windows
    >>> X, y = make_recordings(n_subjects=6, bout_duration=10.0, random_state=0, return_X_y=True)
    >>> windows, labels = sliding_windows(X, y, window_length=2.56)
    >>> model = RocketClassifier(random_state=0)
    >>> search = GridSearchCV(model, {"n_kernels": [84, 168]}, cv=SubjectKFold(3))
    >>> scores = nested_cross_validate(search, windows, labels, cv=2, scoring="f1_macro")
    >>> scores.folds[["n_test", "test_score", "param_n_kernels"]].shape
    (2, 3)
    >>> len(scores.predictions) == len(windows)
    True
    """
    _refuse_no_search(search)
    codes, names = people_of(X, groups)
    people = names[codes]
    X, y = indexable(X, y)
    splits = _outer_splits(cv, X, y, people)
    for train, _ in splits:
        _refuse_shared_people(search.cv, _safe_indexing(X, train), _safe_indexing(y, train), people[train])
    found = cross_validate(
        search,
        X,
        y,
        scoring=scoring,
        cv=splits,
        n_jobs=n_jobs,
        verbose=verbose,
        params={"groups": people, **(params or {})},
        return_estimator=True,
        error_score="raise",
    )
    predicted = Parallel(n_jobs=n_jobs)(
        delayed(_predicted)(fitted, X, test)
        for fitted, (_, test) in zip(found["estimator"], splits, strict=True)
    )
    return NestedScores(
        _table_of_folds(found, splits, people),
        _table_of_predictions(y, people, splits, predicted),
        found["estimator"],
    )


def _refuse_no_search(search) -> None:
    if not (hasattr(search, "cv") and hasattr(search, "refit")):
        raise TypeError(
            f"search is a {type(search).__name__}, which searches nothing; pass a GridSearchCV or the like. "
            "For a model without settings to choose, sklearn.model_selection.cross_validate does."
        )
    if search.refit is False:
        raise ValueError("refit=False leaves the search without a model to score; set it to True.")
    if search.cv is None or isinstance(search.cv, Integral):
        raise LeakageError(
            f"cv={search.cv} of the search deals rows or windows to its folds, not people, so settings would "
            f"be chosen for how well they recognise known people. Use cv=SubjectKFold({search.cv or 5})."
        )
    if not hasattr(search.cv, "split"):
        raise ValueError(
            f"cv of the search is a {type(search.cv).__name__} of given positions, but each outer fold "
            "trains on other rows. Use a splitter, such as SubjectKFold(5)."
        )


def _outer_splits(cv, X, y, people) -> list[tuple[np.ndarray, np.ndarray]]:
    """Positions of the outer splits, all of them checked."""
    splitter = StratifiedSubjectKFold(cv) if isinstance(cv, Integral) else check_cv(cv)
    every = np.arange(_num_samples(X))
    splits = [(every[train], every[test]) for train, test in splitter.split(X, y, people)]
    for number, sides in enumerate(splits):
        try:
            check_no_leakage(
                *(_safe_indexing(X, side) for side in sides), groups=tuple(people[side] for side in sides)
            )
        except LeakageError as error:
            raise LeakageError(f"Split {number} of cv: {error}") from None
    if not isinstance(splitter, StratifiedSubjectKFold):  # which has warned itself
        warn_of_lacking_labels(labels_of(X, y), splits)
    return splits


def _refuse_shared_people(inner_cv, X, y, people) -> None:
    """Refuse a splitter that has a person on both sides; it is tried on the rows of one outer fold."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the search splits again, and warns then
        splits = list(inner_cv.split(X, y, people))
    for train, test in splits:
        both = pd.Index(people[train]).unique().intersection(people[test])
        if len(both):
            raise LeakageError(
                f"cv={inner_cv!r} of the search has {len(both)} people on both sides of a split, subject "
                f"{both[0]} among them, so settings would be chosen for how well they recognise known "
                "people. Use SubjectKFold, StratifiedSubjectKFold or GroupKFold."
            )


def _predicted(fitted, X, test) -> np.ndarray:
    return np.asarray(fitted.predict(_safe_indexing(X, test)))


def _table_of_folds(found: dict, splits, people: np.ndarray) -> pd.DataFrame:
    searches = found["estimator"]
    columns = {
        "test_subjects": [tuple(pd.unique(people[test]).tolist()) for _, test in splits],
        "n_train": [len(train) for train, _ in splits],
        "n_test": [len(test) for _, test in splits],
        **{name: values for name, values in found.items() if name.startswith("test_")},
        "inner_score": [getattr(search, "best_score_", np.nan) for search in searches],
    }
    settings = pd.DataFrame([search.best_params_ for search in searches]).add_prefix("param_")
    times = pd.DataFrame({name: found[name] for name in ("fit_time", "score_time")})
    return pd.concat([pd.DataFrame(columns), settings, times], axis=1).rename_axis("fold")


def _table_of_predictions(y, people: np.ndarray, splits, predicted: list) -> pd.DataFrame:
    test = np.concatenate([test for _, test in splits])
    return pd.DataFrame(
        {
            "fold": np.repeat(np.arange(len(splits)), [len(test) for _, test in splits]),
            "subject": people[test],
            "y_true": np.asarray(without_lost_nan(y))[test],
            "y_pred": np.concatenate(predicted),
        },
        index=pd.Index(test, name="position"),
    ).sort_index(kind="stable")
