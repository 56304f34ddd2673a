"""Counts of true against predicted activities, person by person, and the scores they hold."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from .._core._sklearn import _check_sample_weight
from ._label_pair import encode_pair, encode_people

MEAN_SCORES = ("accuracy", "balanced_accuracy", "precision_macro", "recall_macro", "f1_macro")


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


def count_by_subject(y_true, y_pred, subjects, labels=None, sample_weight=None) -> SubjectConfusion:
    """Count true against predicted activities for every person, in one pass over the rows.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n,)
        Rows whose true label is missing are left out and counted.
    subjects : array-like of shape (n,)
    labels : array-like of shape (n_classes,), default=None
        Activities in the order wanted, all that occur among them. None: those that occur, sorted.
    sample_weight : array-like of shape (n,), default=None
        Added up in place of rows.

    Raises
    ------
    ValueError
        If lengths differ, a subject or a predicted label is missing, no row is labelled, the labels
        of truth and prediction have no common order, or one that occurs is not in ``labels``.
    """
    classes, true_labels, predicted_labels = encode_pair(y_true, y_pred, subjects=subjects)
    true, predicted = true_labels.codes, predicted_labels.codes
    person, people = encode_people(subjects)
    labelled = true >= 0
    n_unlabelled = np.bincount(person[~labelled], minlength=len(people))
    if sample_weight is not None:
        sample_weight = _check_sample_weight(sample_weight, true)[labelled]
    shape = (len(people), len(classes), len(classes))
    counts = count_codes((person[labelled], true[labelled], predicted[labelled]), shape, sample_weight)
    return SubjectConfusion(people, *_in_order(classes, counts, labels), n_unlabelled)


def count_codes(codes: tuple[np.ndarray, ...], shape: tuple[int, ...], weights=None) -> np.ndarray:
    """How often each combination of codes occurs, as an array of a shape."""
    return np.bincount(np.ravel_multi_index(codes, shape), weights, minlength=np.prod(shape)).reshape(shape)


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
    """Accuracy and averages over activities (`MEAN_SCORES`), of shape (...); NaN where there are no rows.

    Balanced accuracy is the mean recall of the activities in the truth; the macro averages count the
    activities in the truth or the prediction.
    """
    scores = scores_of_classes(counts)
    n_rows = scores.support.sum(axis=-1)
    hits = np.trace(counts, axis1=-2, axis2=-1)
    values = (
        _ratio(hits, n_rows, empty=np.nan),
        _mean_where(scores.recall, scores.support > 0),
        _mean_where(scores.precision, scores.occurs),
        _mean_where(scores.recall, scores.occurs),
        macro_f1(counts),
    )
    return dict(zip(MEAN_SCORES, values, strict=True))


def macro_f1(counts: np.ndarray, *, absent: str = "leave_out", among: np.ndarray | None = None) -> np.ndarray:
    """Mean F1 of activities, of shape (...).

    Parameters
    ----------
    counts : ndarray of shape (..., n_classes, n_classes)
        True activities by predicted activities.
    absent : {"leave_out", "zero"}
        Whether an activity that is neither true nor predicted is left out of the mean, as in
        scikit-learn, or counts as 0.
    among : ndarray of bool of shape (n_classes,), default=None
        The activities of the mean. None: all.
    """
    scores = scores_of_classes(counts)
    counted = np.ones(counts.shape[-1], dtype=bool) if among is None else among
    if absent == "leave_out":
        counted = scores.occurs & counted
    return _mean_where(scores.f1, np.broadcast_to(counted, scores.f1.shape))


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
