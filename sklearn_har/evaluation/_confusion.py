"""Counts of true against predicted activities, person by person, and the scores they hold."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from .._core._labels import encode_labels


class SubjectConfusion(NamedTuple):
    """Counts of rows by person, true and predicted activity.

    Attributes
    ----------
    people : ndarray of shape (n_people,)
        Sorted.
    classes : ndarray of shape (n_classes,)
        Activities, sorted or in the order that was asked for.
    counts : ndarray of int of shape (n_people, n_classes, n_classes)
        Rows of each person (first axis) and true activity (second) by predicted activity (third).
    n_unlabelled : ndarray of int of shape (n_people,)
        Rows of each person whose true label is missing; they are in no count.
    """

    people: np.ndarray
    classes: np.ndarray
    counts: np.ndarray
    n_unlabelled: np.ndarray


def count_by_subject(y_true, y_pred, subjects, labels=None) -> SubjectConfusion:
    """Count true against predicted activities for every person, in one pass over the rows.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n,)
        Rows whose true label is missing are left out and counted.
    subjects : array-like of shape (n,)
    labels : array-like of shape (n_classes,), default=None
        Activities in the order wanted, all that occur among them. None: those that occur, sorted.

    Raises
    ------
    ValueError
        If lengths differ, a subject or a predicted label is missing, no row is labelled, the labels
        of truth and prediction have no common order, or one that occurs is not in ``labels``.
    """
    true_labels, predicted_labels = encode_labels(y_true), encode_labels(y_pred)
    true, predicted = true_labels.codes, predicted_labels.codes
    person, people = pd.factorize(np.asarray(subjects), sort=True)
    _check_rows(true, predicted, person)
    classes = _common_classes(true_labels.classes, predicted_labels.classes)
    labelled = true >= 0
    n_classes, n_people = len(classes), len(people)
    n_unlabelled = np.bincount(person[~labelled], minlength=n_people)
    cells = person[labelled] * n_classes
    cells += np.searchsorted(classes, true_labels.classes)[true[labelled]]
    cells *= n_classes
    cells += np.searchsorted(classes, predicted_labels.classes)[predicted[labelled]]
    counts = np.bincount(cells, minlength=n_people * n_classes**2)
    counts = counts.reshape(n_people, n_classes, n_classes)
    return SubjectConfusion(people, *_in_order(classes, counts, labels), n_unlabelled)


def _check_rows(true: np.ndarray, predicted: np.ndarray, person: np.ndarray) -> None:
    if not len(true) == len(predicted) == len(person):
        raise ValueError(
            f"y_true has {len(true)} rows, y_pred {len(predicted)} and subjects {len(person)}; each must "
            "hold one entry for every row."
        )
    for name, codes in (("y_pred", predicted), ("subjects", person)):
        if (codes < 0).any():
            raise ValueError(
                f"{name} is missing in {(codes < 0).sum()} places, the first at row {np.argmax(codes < 0)}; "
                "only y_true may have missing values."
            )
    if not (true >= 0).any():
        raise ValueError(f"None of the {len(true)} rows of y_true has a label, so there is nothing to count.")


def _common_classes(true: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    try:  # as objects, for NumPy would make texts of numbers
        classes = np.unique(np.concatenate([true.astype(object), predicted.astype(object)]))
    except TypeError:
        raise ValueError(
            f"The labels of y_true, such as {true[0]!r}, and of y_pred, such as {predicted[0]!r}, are of "
            "kinds that have no common order. Make them of one kind, for example with astype(str)."
        ) from None
    return classes.astype(np.result_type(true, predicted))


def _in_order(classes: np.ndarray, counts: np.ndarray, labels) -> tuple[np.ndarray, np.ndarray]:
    """Activities and counts in the order of ``labels``, or of the activities that occur."""
    occurs = counts.sum(axis=(0, 1)) + counts.sum(axis=(0, 2)) > 0
    if labels is None:
        return classes[occurs], counts[:, occurs][:, :, occurs]
    wanted = pd.Index(labels)
    if not wanted.is_unique:
        raise ValueError(f"labels names an activity twice: {wanted.tolist()}.")
    place = wanted.get_indexer(pd.Index(classes[occurs]))
    if (place < 0).any():
        raise ValueError(
            f"labels is {wanted.tolist()}, but the activities {classes[occurs][place < 0].tolist()} occur "
            "too. Name every activity that occurs, in the order you want."
        )
    ordered = np.zeros((len(counts), len(wanted), len(wanted)), dtype=counts.dtype)
    ordered[:, place[:, np.newaxis], place] = counts[:, occurs][:, :, occurs]
    return wanted.to_numpy(), ordered


class ClassScores(NamedTuple):
    """Scores of activities, each an array of shape (..., n_classes)."""

    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    support: np.ndarray
    occurs: np.ndarray


def scores_of_classes(counts: np.ndarray) -> ClassScores:
    """Scores of every activity; a ratio that would divide by zero is 0.

    Parameters
    ----------
    counts : ndarray of int of shape (..., n_classes, n_classes)
        True activities by predicted activities.
    """
    hits = np.diagonal(counts, axis1=-2, axis2=-1)
    support, n_predicted = counts.sum(axis=-1), counts.sum(axis=-2)
    return ClassScores(
        precision=_ratio(hits, n_predicted),
        recall=_ratio(hits, support),
        f1=_ratio(2 * hits, support + n_predicted),
        support=support,
        occurs=support + n_predicted > 0,
    )


def mean_scores(counts: np.ndarray) -> dict[str, np.ndarray]:
    """Accuracy and averages over activities, each of shape (...); NaN where there are no rows.

    Balanced accuracy is the mean recall of the activities in the truth; the macro averages count the
    activities in the truth or the prediction.
    """
    scores = scores_of_classes(counts)
    n_rows = scores.support.sum(axis=-1)
    hits = np.trace(counts, axis1=-2, axis2=-1)
    return {
        "accuracy": _ratio(hits, n_rows, empty=np.nan),
        "balanced_accuracy": _mean_where(scores.recall, scores.support > 0),
        "precision_macro": _mean_where(scores.precision, scores.occurs),
        "recall_macro": _mean_where(scores.recall, scores.occurs),
        "f1_macro": _mean_where(scores.f1, scores.occurs),
    }


def _ratio(part: np.ndarray, whole: np.ndarray, empty: float = 0.0) -> np.ndarray:
    return np.divide(part, whole, out=np.full(np.shape(whole), empty), where=np.asarray(whole) > 0)


def _mean_where(values: np.ndarray, counted: np.ndarray) -> np.ndarray:
    return _ratio(np.where(counted, values, 0.0).sum(axis=-1), counted.sum(axis=-1), empty=np.nan)


def mean_and_std_over_people(values: np.ndarray, counted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and sample standard deviation along the first axis, over the people who are counted.

    NaN where nobody is counted, the standard deviation also where only one is.
    """
    n_people = counted.sum(axis=0)
    mean = _ratio(np.where(counted, values, 0.0).sum(axis=0), n_people, empty=np.nan)
    squares = np.where(counted, values - mean, 0.0) ** 2
    return mean, np.sqrt(_ratio(squares.sum(axis=0), n_people - 1, empty=np.nan))
