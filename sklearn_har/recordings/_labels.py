"""Labels of rows: aligned with the rows, some of them missing."""

import re
from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import pandas as pd

from .._core._labels import without_lost_nan
from .._core._sklearn import _num_samples
from .._core._warnings import warn_user
from ..exceptions import SuspectRecordingsWarning
from ._index import INDEX_LEVELS, KEEP_THE_INDEX

BETWEEN_WORDS = re.compile(r"(?<=[^\d\s_-])[\s_-]+|[\s_-]+(?![\d\s_-])")  # not a sign, or between digits


def drop_unlabelled(X, y):
    """Leave out the rows that have no label.

    The times of the rows that stay are untouched, so the gaps that this leaves are seen by every
    estimator: no filter and no window reads across them. Filter before you drop.

    Parameters
    ----------
    X : DataFrame of shape (n_rows, n_channels) or array-like
        Recordings.
    y : array-like of shape (n_rows,)
        Labels; NaN, None and ``pandas.NA`` are missing.

    Returns
    -------
    X, y
        Of the kinds that came in (arrays for lists), without the rows whose label is missing.

    Raises
    ------
    ValueError
        If ``y`` has another length or another index than ``X``, several columns, or no label.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.recordings import drop_unlabelled
    >>> X, y = drop_unlabelled(np.array([[1.0], [2.0], [3.0]]), ["sit", None, "walk"])
    >>> y.tolist()
    ['sit', 'walk']
    """
    check_labels_belong(X, y)
    labels = y if hasattr(y, "dtype") or isinstance(y, pd.DataFrame) else np.asarray(y, dtype=object)
    if np.ndim(labels) > 1 and np.shape(labels)[1:] != (1,):
        raise ValueError(f"y has the shape {np.shape(labels)}; it must hold one label for every row of X.")
    keep = np.asarray(pd.notna(labels)).ravel()
    if not keep.any():
        raise ValueError("No row of y has a label, so there is nothing to learn from.")
    if isinstance(labels, pd.Series):
        labels = labels[keep]
        if isinstance(labels.dtype, pd.CategoricalDtype):
            labels = labels.cat.remove_unused_categories()
    else:
        labels = labels[keep]
    if isinstance(y, (list, tuple)):
        labels = np.asarray(labels.tolist())  # as objects, scikit-learn would refuse numbers
    return (X[keep] if hasattr(X, "dtype") or isinstance(X, pd.DataFrame) else np.asarray(X)[keep]), labels


def check_labels_belong(X, y) -> None:
    """Refuse labels that are not those of the rows: another length, another index."""
    n_rows, n_labels = _num_samples(X), _num_samples(y)
    if n_rows != n_labels:
        raise ValueError(
            f"Found input variables with inconsistent numbers of samples: [{n_rows}, {n_labels}]. "
            "y must hold one label for every row of X."
        )
    if not isinstance(y, (pd.Series, pd.DataFrame)):
        return
    if tuple(y.index.names) == INDEX_LEVELS and not isinstance(getattr(X, "index", None), pd.MultiIndex):
        raise ValueError(f"X has lost the index that y has (subject, recording, time). {KEEP_THE_INDEX}")
    if not isinstance(X, pd.DataFrame):
        return
    unindexed = isinstance(y.index, pd.RangeIndex) and y.index.equals(pd.RangeIndex(n_rows))
    if unindexed or y.index is X.index or y.index.equals(X.index):
        return
    raise ValueError(
        "y has another index than X, so its labels may belong to other rows. Give it X's index "
        "(y.reindex(X.index)) or, if it is in the order of X's rows, none (y.to_numpy())."
    )


def take_labels(y, rows: np.ndarray, index: pd.MultiIndex):
    """Labels at the given rows, with the new index where they have one."""
    if isinstance(y, (pd.Series, pd.DataFrame)):
        return y.take(rows).set_axis(index)
    return np.asarray(without_lost_nan(y))[rows]


def warn_of_spellings(activities: Iterable) -> None:
    """Warn of activities that differ in nothing but case, spaces, hyphens and underscores."""
    alike = defaultdict(list)
    for name in activities:
        if isinstance(name, str):
            alike[BETWEEN_WORDS.sub("", name.strip()).casefold()].append(name)
    several = [sorted(names) for names in alike.values() if len(names) > 1]
    if several:
        groups = "; ".join(", ".join(map(repr, names)) for names in several)
        warn_user(
            f"Activities are spelled in several ways, each of which is an activity of its own: {groups}. "
            "Give them one name first: labels.str.strip().str.lower(), labels.replace({'old': 'new'}).",
            SuspectRecordingsWarning,
        )
