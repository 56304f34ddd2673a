"""Who was recorded: the groups of every split."""

import numpy as np
import pandas as pd

from ._index import recordings_index, refuse_missing_levels


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
        If ``X`` does not say who was recorded, or not of every row.

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
        raise ValueError(_unknown(X))
    return found


def _unknown(X) -> str:
    return (
        f"This {type(X).__name__} does not say who was recorded. Recordings carry the people in the index "
        "level 'subject' (recordings_from_table makes it of a column), Windows in .subjects; a plain array "
        "has lost them."
    )


def find_subjects(X) -> np.ndarray | None:
    """Like `subjects`, but None where people are unknown."""
    index = recordings_index(X)
    if index is not None:
        refuse_missing_levels(index)
        return index.levels[0].to_numpy()[np.asarray(index.codes[0])]
    if hasattr(X, "subjects") and hasattr(X, "sampling_rate"):  # Windows, which live a floor above
        return X.subjects
    return None


def subjects_for_split(X, groups=None):
    """Return who each row or window is of, from X or, where X does not know, from ``groups``.

    Parameters
    ----------
    X : DataFrame of recordings, Windows, or array-like
    groups : array-like of shape (n,), default=None
        Compared with the people of X where X knows them.

    Returns
    -------
    ndarray of shape (n,)

    Raises
    ------
    ValueError
        If neither says who was recorded, or both do and disagree.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.recordings import subjects_for_split
    >>> subjects_for_split(np.zeros((3, 2)), groups=["ann", "ann", "bob"]).tolist()
    ['ann', 'ann', 'bob']
    """
    found = find_subjects(X)
    if groups is None and found is None:
        raise ValueError(
            f"{_unknown(X)} Pass groups=, the person of each row or window: cross_validate, searches and "
            "splitters take them."
        )
    if groups is None:
        return found
    groups = np.asarray(groups)
    if found is None:
        return groups
    check_groups_agree(found, groups)
    return found


def check_groups_agree(people: np.ndarray, groups: np.ndarray) -> None:
    """Refuse groups that tear a person apart, or join two of them."""
    if groups.shape != people.shape:
        raise ValueError(f"groups has the shape {groups.shape}; X has {len(people)} rows or windows.")
    person, group = pd.factorize(people)[0].astype(np.int64), pd.factorize(groups)[0]
    n_people, n_groups = person.max(initial=-1) + 1, group.max(initial=-1) + 1
    if not len(pd.unique(person * n_groups + group)) == n_people == n_groups:
        raise ValueError(
            f"groups names {n_groups} groups, but X knows {n_people} people, and they are not the same. "
            "Pass groups=subjects(X), or put what you want to keep apart into the index level 'subject'."
        )
