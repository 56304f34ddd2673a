"""True and predicted labels of the same rows, as codes of one set of activities."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from .._core._labels import EncodedLabels, encode_labels
from .._core._sklearn import _num_samples


class LabelPair(NamedTuple):
    """Truth and prediction; the codes of both are positions in the classes of both.

    Attributes
    ----------
    classes : ndarray of shape (n_classes,)
        Labels of either, sorted.
    true, predicted : EncodedLabels
        A code of -1 is a missing label; only true ones are missing.
    """

    classes: np.ndarray
    true: EncodedLabels
    predicted: EncodedLabels


def encode_pair(y_true, y_pred, **others) -> LabelPair:
    """Encode true and predicted labels together.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n,)
    **others : array-like of shape (n,)
        What else must have the length of ``y_true``, by the name of its parameter.

    Raises
    ------
    ValueError
        If lengths differ, a predicted label is missing, no row is labelled, or the labels of truth and
        prediction have no common order.
    """
    check_lengths(y_true=y_true, y_pred=y_pred, **others)
    true, predicted = encode_labels(y_true), encode_labels(y_pred)
    refuse_missing(predicted.codes, "y_pred")
    if not (true.stretch_codes >= 0).any():
        raise ValueError(
            f"None of the {true.starts[-1]} rows of y_true has a label, so there is nothing to count."
        )
    classes = common_classes(true.classes, predicted.classes)
    return LabelPair(classes, _recoded(true, classes), _recoded(predicted, classes))


def check_lengths(**named) -> None:
    """Refuse arrays of which one is longer than another."""
    lengths = {name: _num_samples(values) for name, values in named.items()}
    if len(set(lengths.values())) > 1:
        (first, n_rows), *rest = lengths.items()
        *middle, last = [f"{name} {length}" for name, length in rest]
        listed = f"{', '.join(middle)} and {last}" if middle else f"and {last}"
        raise ValueError(f"{first} has {n_rows} rows, {listed}; each must hold one entry for every row.")


def refuse_missing(codes: np.ndarray, name: str) -> None:
    """Refuse codes of which one says that a value is missing."""
    if (codes < 0).any():
        raise ValueError(
            f"{name} is missing in {(codes < 0).sum()} places, the first at row {np.argmax(codes < 0)}; "
            "only y_true may have missing values."
        )


def encode_people(subjects) -> tuple[np.ndarray, np.ndarray]:
    """Code of each row's person, and people, sorted.

    Raises
    ------
    ValueError
        If a subject is missing, or there is not one for each row.
    """
    if isinstance(subjects, (list, tuple)):  # NumPy would make texts of NaN and of numbers beside texts
        subjects = pd.Series(subjects, dtype=object).infer_objects()
    subjects = np.asarray(subjects)
    if subjects.ndim != 1:
        raise ValueError(
            f"subjects has the shape {subjects.shape}; it must hold one person for every row. Of recordings "
            "and windows, sklearn_har.recordings.subjects(X) gives them."
        )
    person, people = pd.factorize(subjects, sort=True)
    refuse_missing(person, "subjects")
    return person, people


def common_classes(true: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    try:  # as objects, for NumPy would make texts of numbers
        classes = np.unique(np.concatenate([true.astype(object), predicted.astype(object)]))
    except TypeError:
        raise ValueError(
            f"The labels of y_true, such as {true[0]!r}, and of y_pred, such as {predicted[0]!r}, are of "
            "kinds that have no common order. Make them of one kind, for example with astype(str)."
        ) from None
    return classes.astype(np.result_type(true, predicted))


def _recoded(labels: EncodedLabels, classes: np.ndarray) -> EncodedLabels:
    places = np.append(np.searchsorted(classes, labels.classes), -1)  # -1, missing, is the last
    return EncodedLabels(classes, labels.starts, places[labels.stretch_codes])
