"""One score of one or several predictions: of each person, of all, and of people drawn at random."""

from collections.abc import Callable
from numbers import Integral
from typing import NamedTuple

import numpy as np
import pandas as pd

from .._core._sklearn import Interval
from .._core._warnings import warn_user
from ..exceptions import FewSubjectsWarning
from ._confusion import MEAN_SCORES, count_by_subject, mean_scores
from ._label_pair import encode_pair, encode_people
from ._over_people import LEVEL_LIMITS, draw_people
from ._scorers import METRIC_LIMITS, label_metric

LIMITS = {
    **METRIC_LIMITS,
    **LEVEL_LIMITS,
    "n_draws": [Interval(Integral, 1, None, closed="left")],
    "random_state": ["random_state"],
}


class PeopleScores(NamedTuple):
    """Scores of several predictions of the same rows.

    Attributes
    ----------
    people : ndarray of shape (n_people,)
        Those with labelled rows, sorted.
    own : ndarray of shape (n_people, n_predictions)
        Scores over the rows of each person.
    pooled : ndarray of shape (n_predictions,)
        Scores over the rows of all people.
    drawn : ndarray of shape (n_draws, n_predictions)
        Scores over the rows of people drawn with replacement, the same people for every prediction.
    """

    people: np.ndarray
    own: np.ndarray
    pooled: np.ndarray
    drawn: np.ndarray


class _Scored(NamedTuple):
    """One prediction: people, and a score for each row of how often to count each person."""

    people: np.ndarray
    score: Callable[[np.ndarray], np.ndarray]


def scores_over_people(
    y_true, predictions: list, subjects, metric: str | Callable, n_draws: int, random_state
) -> PeopleScores:
    """Score predictions, from counts of true by predicted activities where the score needs no more."""
    scored = [_scored(y_true, prediction, subjects, metric) for prediction in predictions]
    people = scored[0].people
    times_drawn = draw_people(len(people), n_draws, random_state)
    each, all_of_them = np.eye(len(people), dtype=np.intp), np.ones((1, len(people)), dtype=np.intp)
    own, pooled, drawn = (
        np.stack([one.score(times) for one in scored], axis=-1) for times in (each, all_of_them, times_drawn)
    )
    return PeopleScores(people, own, pooled[0], drawn)


def scores_of_people(y_true, y_pred, subjects, metric: str | Callable) -> pd.Series:
    """Score of each person, sorted; NaN for one without labelled rows."""
    scored = _scored(y_true, y_pred, subjects, metric)
    own = pd.Series(scored.score(np.eye(len(scored.people), dtype=np.intp)), index=scored.people)
    return own.reindex(pd.Index(encode_people(subjects)[1], name="subject"))


def warn_of_few_people(people: np.ndarray, enough: int, consequence: str) -> None:
    """Say what cannot be known, where there are fewer people than it takes."""
    if len(people) < enough:
        who = f"{len(people)} people have" if len(people) > 1 else "One person has"
        warn_user(f"{who} labelled rows: {consequence}", FewSubjectsWarning)


def _scored(y_true, y_pred, subjects, metric: str | Callable) -> _Scored:
    if isinstance(metric, str) and metric in MEAN_SCORES:
        return _by_counts(y_true, y_pred, subjects, metric)
    return _by_rows(y_true, y_pred, subjects, metric)


def _by_counts(y_true, y_pred, subjects, name: str) -> _Scored:
    confusion = count_by_subject(y_true, y_pred, subjects)
    labelled = confusion.counts.any(axis=(1, 2))
    counts = confusion.counts[labelled].astype(np.float64)

    def score(times: np.ndarray) -> np.ndarray:
        return mean_scores(np.tensordot(times.astype(np.float64), counts, axes=1))[name]

    return _Scored(confusion.people[labelled], score)


def _by_rows(y_true, y_pred, subjects, metric: str | Callable) -> _Scored:
    parts = label_metric(metric)
    classes, true_labels, predicted_labels = encode_pair(y_true, y_pred, subjects=subjects)
    labelled = np.flatnonzero(true_labels.codes >= 0)
    true, predicted = (classes[labels.codes[labelled]] for labels in (true_labels, predicted_labels))
    everybody, people = encode_people(subjects)
    seen, person = np.unique(everybody[labelled], return_inverse=True)

    def score(times: np.ndarray) -> np.ndarray:
        rows = (np.repeat(np.arange(len(person)), own[person]) for own in times)
        values = [parts.function(true[drawn], predicted[drawn], **parts.kwargs) for drawn in rows]
        return parts.sign * np.array(values, dtype=np.float64)

    return _Scored(people[seen], score)
