"""Who was recorded: the groups of every split."""

import numpy as np
import pandas as pd

from ._index import recordings_index


def subjects(X):
    """Return the subject of every row of recordings, or of every window.

    Parameters
    ----------
    X : DataFrame of recordings, or Windows

    Returns
    -------
    ndarray of shape (n_rows,) or (n_windows,)
        Ready to be passed as ``groups`` to scikit-learn's splitters and searches.

    Raises
    ------
    ValueError
        If ``X`` does not say who was recorded.

    Examples
    --------
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.recordings import subjects
    >>> X, y = make_recordings(n_subjects=3, random_state=0, return_X_y=True)
    >>> sorted(set(subjects(X).tolist()))
    [1, 2, 3]
    """
    found = find_subjects(X)
    if found is None:
        raise ValueError(
            f"This {type(X).__name__} does not say who was recorded. Recordings carry the people in "
            "the index level 'subject' (recordings_from_table makes it of a column), Windows in "
            ".subjects; a plain array has lost them."
        )
    return found


def find_subjects(X) -> np.ndarray | None:
    """Like `subjects`, but None where people are unknown."""
    index = recordings_index(X)
    if index is not None:
        level = index.levels[0]
        values = level.to_numpy() if isinstance(level, pd.Index) else np.asarray(level)
        return np.asarray(values)[np.asarray(index.codes[0])]
    if hasattr(X, "subjects") and hasattr(X, "sampling_rate"):  # Windows, which live a floor above
        return X.subjects
    return None


def check_groups_agree(index: pd.MultiIndex | None, groups, n_rows: int) -> None:
    """Refuse groups that tear a subject of the index apart, or join two of them."""
    if groups is None:
        return
    groups = np.asarray(groups)
    if groups.shape != (n_rows,):
        raise ValueError(f"groups has the shape {groups.shape}; there are {n_rows} rows.")
    if index is None:
        return
    subject, group = np.asarray(index.codes[0]), pd.factorize(groups)[0]
    pairs = np.unique(subject.astype(np.int64) * (group.max(initial=0) + 1) + group)
    if not len(pairs) == len(np.unique(subject)) == len(np.unique(group)):
        raise ValueError(
            f"groups names {len(np.unique(group))} groups, but the index of X names "
            f"{len(np.unique(subject))} subjects, and they are not the same people. Pass "
            "groups=subjects(X), or put what you want to keep apart into the index level 'subject'."
        )
