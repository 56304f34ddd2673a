"""Labels as integer codes; missing labels are found before anything sorts."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d


class EncodedLabels(NamedTuple):
    """Labels as stretches of one label each: activities last, so there are few of them.

    Attributes
    ----------
    classes : ndarray of shape (n_classes,)
        Distinct labels, sorted.
    starts : ndarray of int of shape (n_stretches + 1,)
        Position of the first label of every stretch, then the number of labels.
    stretch_codes : ndarray of int of shape (n_stretches,)
        Position in ``classes`` of the label of every stretch; -1 is a missing label.
    """

    classes: np.ndarray
    starts: np.ndarray
    stretch_codes: np.ndarray

    @property
    def codes(self) -> np.ndarray:
        """Position in ``classes`` of every label, shape (n,); -1 is a missing label."""
        return np.repeat(self.stretch_codes, np.diff(self.starts))


def encode_labels(y) -> EncodedLabels:
    """Encode labels of any kind that scikit-learn accepts as positions in their sorted classes.

    Parameters
    ----------
    y : array-like of shape (n,)
        Labels; NaN, None and ``pandas.NA`` are missing.

    Raises
    ------
    ValueError
        If ``y`` holds continuous values, or labels of kinds that have no common order.
    """
    is_plain = isinstance(y, np.ndarray) and y.ndim == 1
    if not (is_plain or isinstance(y, (pd.Series, pd.Categorical, pd.Index))):
        y = column_or_1d(without_lost_nan(y), warn=True)
    heads = np.concatenate([[0], np.flatnonzero(_changes(y)) + 1]) if len(y) else np.empty(0, np.intp)
    head_labels = y.iloc[heads] if isinstance(y, pd.Series) else y[heads]
    codes, uniques = pd.factorize(head_labels)
    classes = _as_plain_array(uniques, y.dtype)
    order = _sorted_order(classes)
    _check_are_labels(classes)
    rank = np.full(len(classes) + 1, -1, dtype=np.intp)  # the code -1 of a missing label stays -1
    rank[order] = np.arange(len(order))
    return EncodedLabels(classes[order], np.append(heads, len(y)).astype(np.intp), rank[codes])


def without_lost_nan(y):
    """A list with missing labels as objects: NumPy would turn a NaN among texts into the text 'nan'."""
    if not isinstance(y, (list, tuple)):
        return y
    as_given = np.asarray(y, dtype=object)
    return as_given if as_given.ndim == 1 and pd.isna(as_given).any() else y


def _changes(y) -> np.ndarray:
    """Whether each label but the first differs from the one before it."""
    if isinstance(y.dtype, pd.CategoricalDtype):
        comparable = np.asarray(y.cat.codes if isinstance(y, pd.Series) else y.codes)
    elif isinstance(y.dtype, np.dtype) and y.dtype.kind in "biufUS":
        comparable = np.asarray(y)
    else:  # objects and nullable types: a missing label equals nothing, or cannot be compared
        comparable = pd.factorize(y)[0]
    return comparable[1:] != comparable[:-1]


def _as_plain_array(uniques, dtype) -> np.ndarray:
    """Distinct labels as the array that ``classes_`` will be."""
    if isinstance(dtype, np.dtype) and dtype.kind != "O":
        return np.asarray(uniques).astype(dtype, copy=False)
    if isinstance(dtype, pd.CategoricalDtype):
        uniques, dtype = uniques.categories.take(uniques.codes), uniques.categories.dtype
    if pd.api.types.is_object_dtype(dtype):  # numbers beside a missing label come as objects
        uniques = pd.Series(uniques, dtype=object).infer_objects()
        dtype = uniques.dtype
    if pd.api.types.is_string_dtype(dtype):
        return np.asarray(uniques, dtype=object)
    if pd.api.types.is_bool_dtype(dtype):
        return np.asarray(uniques, dtype=bool)
    return np.asarray(uniques) if isinstance(uniques, np.ndarray) else uniques.to_numpy()


def _check_are_labels(classes: np.ndarray) -> None:
    if classes.dtype.kind == "f" and np.isinf(classes).any():
        raise ValueError("Input y contains infinity, which is no label.")
    if len(classes) and classes.dtype.kind in "fcO":
        check_classification_targets(classes)


def _sorted_order(classes: np.ndarray) -> np.ndarray:
    try:
        return np.argsort(classes, kind="stable")
    except TypeError:
        kinds = sorted({type(label).__name__ for label in classes})
        raise ValueError(
            f"The labels in y are of kinds that have no common order: {', '.join(kinds)}. "
            "Make them all of one kind, for example y.astype(str)."
        ) from None
