"""How often predictions are right that a model is so sure of: checks and arithmetic of calibration."""

from numbers import Integral
from typing import NamedTuple

import numpy as np
import pandas as pd

from .._core._labels import encode_labels
from .._core._sklearn import Interval, StrOptions, _num_samples
from ._label_pair import check_lengths, encode_people

SUMS_TO_ONE = 1e-3  # probabilities in float16, the coarsest that models give, are as far off
N_BINS = 15  # as in the paper of Guo et al.
OTHER_SCORES = (
    "Scores of another kind, such as those of decision_function, must be calibrated first "
    "(sklearn.calibration.CalibratedClassifierCV)."
)
LIMITS = {
    "y_true": ["array-like"],
    "y_proba": ["array-like"],
    "subjects": ["array-like", None],
    "labels": ["array-like", None],
    "n_bins": [Interval(Integral, 1, None, closed="left")],
    "strategy": [StrOptions({"uniform", "quantile"})],
}


class BinnedPredictions(NamedTuple):
    """Predictions of every person in bins of confidence.

    Attributes
    ----------
    people : ndarray of shape (n_people,)
        Sorted, those without labelled rows too.
    edges : ndarray of shape (n_bins + 1,)
    sums : ndarray of shape (n_people, n_bins, 3)
        Number of predictions, sum of their confidences, number of right ones.
    """

    people: np.ndarray
    edges: np.ndarray
    sums: np.ndarray


def bin_predictions(y_true, y_proba, subjects, labels, n_bins: int, strategy: str) -> BinnedPredictions:
    """Put the labelled rows into bins by the probability of the most probable activity.

    Parameters
    ----------
    y_true : array-like of shape (n,)
    y_proba : array-like of shape (n, n_classes) or (n,)
    subjects : array-like of shape (n,) or None
        None: all of one person.
    labels : array-like of shape (n_classes,) or None
        Activities of the columns; None: those of ``y_true``, sorted.
    n_bins : int
    strategy : {"uniform", "quantile"}

    Raises
    ------
    ValueError
        If lengths or the number of columns differ, a subject is missing, an activity has two columns, or
        probabilities are none, no row has a label, or no true activity has a column.
    """
    named = {} if subjects is None else {"subjects": subjects}
    check_lengths(y_true=y_true, y_proba=y_proba, **named)
    person, people = encode_people(np.zeros(_num_samples(y_true)) if subjects is None else subjects)
    truth = encode_labels(y_true)
    labelled = truth.codes >= 0
    if not labelled.any():
        raise ValueError(
            f"None of the {len(labelled)} rows of y_true has a label, so there is nothing to score."
        )
    proba = _check_proba(y_proba)[labelled]
    true = _columns_of(truth.classes, labels, proba.shape[1])[truth.codes[labelled]]
    confidence, correct = proba.max(axis=1), proba.argmax(axis=1) == true
    edges = bin_edges(confidence, n_bins, strategy)
    sums = reliability_sums(confidence, correct, edges, person[labelled], len(people))
    return BinnedPredictions(people, edges, sums)


def _check_proba(y_proba) -> np.ndarray:
    proba = np.asarray(y_proba, dtype=np.float64)
    if proba.ndim == 1:
        proba = np.column_stack([1 - proba, proba])
    if proba.ndim != 2:
        raise ValueError(f"y_proba has the shape {proba.shape}; it must hold one column for every class.")
    outside = ~((proba >= 0) & (proba <= 1 + SUMS_TO_ONE)).all(axis=1)  # also NaN
    if outside.any():
        row = int(np.argmax(outside))
        raise ValueError(
            f"y_proba holds what is no probability, first at row {row}: {proba[row].tolist()}. {OTHER_SCORES}"
        )
    sums = proba.sum(axis=1)
    off = np.abs(sums - 1) > SUMS_TO_ONE
    if off.any():
        raise ValueError(
            f"The probabilities of {off.sum()} rows do not add up to 1, the first those of row "
            f"{np.argmax(off)}: {sums[np.argmax(off)]:.4g}. {OTHER_SCORES}"
        )
    return np.minimum(proba, 1)  # which rounding may exceed


def _columns_of(classes: np.ndarray, labels, n_columns: int) -> np.ndarray:
    """The column of each true class; -1 for one that has none, because the model never learned it."""
    named = pd.Index(classes if labels is None else labels)
    if len(named) != n_columns:
        whose = "y_true has" if labels is None else "labels names"
        raise ValueError(
            f"y_proba has {n_columns} columns, but {whose} {len(named)} activities: {named.tolist()}. Pass "
            "labels=classifier.classes_, which says whose the columns are."
        )
    if not named.is_unique:
        raise ValueError(f"labels names an activity twice: {named.tolist()}.")
    columns = named.get_indexer(pd.Index(classes))
    if (columns < 0).all():
        raise ValueError(
            f"labels is {named.tolist()}, but the true activities are {classes.tolist()}: none of them has a "
            "column in y_proba."
        )
    return columns


class ReliabilityBins(NamedTuple):
    """What is known of every bin of confidence.

    Attributes
    ----------
    counts : ndarray of shape (..., n_bins)
        Predictions.
    confidence, accuracy : ndarray of shape (..., n_bins)
        Mean confidence, and share of right predictions; NaN in an empty bin.
    """

    counts: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray


def bin_edges(confidence: np.ndarray, n_bins: int, strategy: str = "uniform") -> np.ndarray:
    """Edges of bins from 0 to 1, shape (n_bins + 1,): in equal steps, or ("quantile") of equal counts.

    Where many values are equal, bins of equal counts are fewer; none of them is empty.
    """
    edges = np.linspace(0.0, 1.0, n_bins + 1)
    if strategy == "uniform":
        return edges
    inner = np.quantile(confidence, edges[1:-1], method="inverted_cdf")  # values that occur
    return np.unique(np.concatenate([[0.0], inner[inner < confidence.max()], [1.0]]))


def reliability_sums(
    confidence: np.ndarray, correct: np.ndarray, edges: np.ndarray, person: np.ndarray, n_people: int
) -> np.ndarray:
    """Sums of every person and bin, which add up over people and parts of the data.

    Parameters
    ----------
    confidence : ndarray of shape (n,)
        From 0 to 1; a value on an edge is in the bin below it.
    correct : ndarray of bool of shape (n,)
    edges : ndarray of shape (n_bins + 1,)
    person : ndarray of int of shape (n,)
    n_people : int

    Returns
    -------
    ndarray of shape (n_people, n_bins, 3)
        Number of predictions, sum of their confidences, number of right ones.
    """
    n_bins = len(edges) - 1
    cells = person * n_bins + np.searchsorted(edges[1:-1], confidence, side="left")
    weights = (None, confidence, correct)
    sums = [np.bincount(cells, weights=w, minlength=n_people * n_bins) for w in weights]
    return np.stack(sums, axis=1).reshape(n_people, n_bins, 3)


def reliability_bins(sums: np.ndarray) -> ReliabilityBins:
    """Counts, mean confidence and accuracy of bins, given sums of shape (..., n_bins, 3)."""
    counts = sums[..., 0]
    safe = np.where(counts > 0, counts, np.nan)
    return ReliabilityBins(counts, sums[..., 1] / safe, sums[..., 2] / safe)


def expected_calibration_error(sums: np.ndarray) -> np.ndarray:
    """Mean distance of confidence and accuracy over the predictions, given sums of shape (..., n_bins, 3).

    NaN where there are none.
    """
    counts = sums[..., 0].sum(axis=-1)
    gaps = np.abs(sums[..., 1] - sums[..., 2]).sum(axis=-1)
    return gaps / np.where(counts > 0, counts, np.nan)
