"""Labels as integer codes; missing labels are found before anything sorts."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d


class EncodedLabels(NamedTuple):
    """``classes[codes]`` gives the labels back; a code of -1 is a missing label."""

    classes: np.ndarray
    codes: np.ndarray


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
    if isinstance(y, (pd.Series, pd.Categorical, pd.Index)):
        values = y
    else:
        values = column_or_1d(y, warn=True)
        if values.dtype.kind == "U" and not hasattr(y, "dtype"):  # NumPy turns NaN among texts into "nan"
            as_given = np.asarray(y, dtype=object).ravel()
            values = as_given if has_missing(as_given) else values
    codes, uniques = pd.factorize(values)
    uniques = _as_plain_array(uniques, values)
    if len(uniques):
        check_classification_targets(uniques)
    try:
        order = np.argsort(uniques, kind="stable")
    except TypeError:
        kinds = sorted({type(value).__name__ for value in uniques})
        raise ValueError(
            f"The labels in y are of kinds that have no common order: {', '.join(kinds)}. "
            "Make them all of one kind, for example y.astype(str)."
        ) from None
    rank = np.empty(len(order) + 1, dtype=np.intp)
    rank[order] = np.arange(len(order))
    rank[-1] = -1  # the code -1 of a missing label stays -1
    return EncodedLabels(uniques[order], rank[codes])


def _as_plain_array(uniques, values) -> np.ndarray:
    """Distinct labels as the array that ``classes_`` will be."""
    dtype = getattr(values, "dtype", None)
    if isinstance(dtype, np.dtype) and dtype.kind != "O":
        return np.asarray(uniques).astype(dtype, copy=False)
    if hasattr(uniques, "categories"):  # a Categorical: its categories decide the kind
        uniques = uniques.categories.take(uniques.codes)
    if pd.api.types.is_string_dtype(getattr(uniques, "dtype", None)):
        return np.asarray(uniques, dtype=object)
    plain = uniques.to_numpy() if hasattr(uniques, "to_numpy") else np.asarray(uniques)
    if plain.dtype == object and pd.api.types.is_bool_dtype(getattr(uniques, "dtype", None)):
        return plain.astype(bool)
    return plain


def has_missing(y) -> bool:
    """Whether any label in ``y`` is missing."""
    return bool(np.any(pd.isna(y)))
