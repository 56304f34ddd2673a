"""Which rows are held out together."""

import numpy as np
import pandas as pd
from sklearn.model_selection import check_cv

from .._core._sklearn import _num_samples
from .._core._warnings import warn_user
from ..exceptions import SubjectsUnknownWarning

N_BLOCKS = 5  # of each label's rows, where people are unknown


def fold_of_each_row(codes: np.ndarray, kept: np.ndarray, X, y, groups, cv) -> np.ndarray:
    """Number of the fold that each row is held out in.

    Parameters
    ----------
    codes : ndarray of int of shape (n,)
        Classes of the rows.
    kept : ndarray of bool of shape (n,)
        Rows that are fitted on; the others belong to no fold of label blocks, and count as nobody.
    X, y, groups, cv
        As in fit.

    Raises
    ------
    ValueError
        If ``groups`` differs from X in length or lacks an entry, or if ``cv`` does not hold out every
        row once and train on all others.
    """
    if cv is not None:
        # splitters refuse labels of which one is NaN; in whose fold such a row falls does not matter
        labels = y if (codes >= 0).all() else np.maximum(codes, 0)
        return folds_of_splits(check_cv(cv, labels, classifier=True).split(X, labels, groups), len(codes))
    if groups is not None:
        found = group_codes(groups, len(codes))
        if len(np.unique(found[kept])) > 1:
            return found
    why = "There are no groups" if groups is None else "All rows are of one group"
    warn_user(
        f"{why}, so alpha and the temperature are chosen on {N_BLOCKS} blocks of each label's rows in order, "
        "which may be of people who are fitted on: best_score_ will be too high. Pass groups of two people "
        "or more.",
        SubjectsUnknownWarning,
    )
    return blocks_of_each_label(np.where(kept, codes, -1), N_BLOCKS)


def group_codes(groups, n_rows: int) -> np.ndarray:
    """Groups as integers; a missing one is refused.

    >>> group_codes(["b", "a", "b"], 3)
    array([0, 1, 0])
    """
    if _num_samples(groups) != n_rows:
        raise ValueError(f"groups has {_num_samples(groups)} entries, but there are {n_rows} rows.")
    groups = np.asarray(groups)
    if groups.ndim != 1:
        raise ValueError(f"groups must have one axis; its shape is {groups.shape}.")
    codes = pd.factorize(groups)[0]
    if (codes < 0).any():
        raise ValueError(
            f"The group of {(codes < 0).sum()} rows is missing, so they cannot be kept apart from others. "
            "Give every row a group."
        )
    return codes


def named_groups(codes, kept, X, y, groups) -> tuple[np.ndarray, list]:
    """Group of each row as an integer, and names by which a group is known again in later calls."""
    if groups is None:
        fold = fold_of_each_row(codes, kept, X, y, None, None)
        return fold, [("block", number) for number in range(fold.max() + 1)]
    return group_codes(groups, len(codes)), list(pd.unique(np.asarray(groups)))


def blocks_of_each_label(labels: np.ndarray, n_blocks: int) -> np.ndarray:
    """Which part of its label's rows each row is in, in their order; those of label -1 are a label too.

    >>> blocks_of_each_label(np.array([0, 1, 0, 0, 1, 0]), 2)
    array([0, 0, 0, 1, 1, 1])
    """
    place, count = places_in_labels(labels)
    return place * n_blocks // count


def places_in_labels(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Place of each row among the rows of its label, in their order, and how many there are of them.

    >>> places_in_labels(np.array([7, 5, 7]))
    (array([0, 0, 1]), array([2, 1, 2]))
    """
    _, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    place = np.empty(len(labels), dtype=np.intp)
    begins = np.repeat(np.cumsum(counts) - counts, counts)
    place[np.argsort(codes, kind="stable")] = np.arange(len(labels)) - begins
    return place, counts[codes]


def folds_of_splits(splits, n_rows: int) -> np.ndarray:
    """Number of the split that holds each row out, if every row is held out once and trains else."""
    fold = np.full(n_rows, -1)
    for number, (train, test) in enumerate(splits):
        rest = np.ones(n_rows, dtype=bool)
        rest[test] = False
        trained_on = np.sort(np.arange(n_rows)[train])
        if (fold[test] >= 0).any() or not np.array_equal(trained_on, np.flatnonzero(rest)):
            raise ValueError(
                f"Split {number} of cv holds out rows of an earlier split, or does not train on all rows "
                "that it does not hold out. Decisions without refitting need folds that part the rows, as "
                "those of GroupKFold or LeaveOneGroupOut."
            )
        fold[test] = number
    if (fold < 0).any():
        raise ValueError(
            f"cv never holds out {(fold < 0).sum()} of {n_rows} rows; it must hold out each once."
        )
    return fold


def positions_of_folds(fold: np.ndarray) -> list[np.ndarray]:
    """Positions of the rows of every fold, of at least two.

    >>> positions_of_folds(np.array([0, 3, 0]))
    [array([0, 2]), array([1])]
    """
    order = np.argsort(fold, kind="stable")
    found = np.split(order, np.flatnonzero(np.diff(fold[order])) + 1)
    if len(found) < 2:
        raise ValueError(
            f"All {len(fold)} rows to fit on are held out together, so none is left to fit. Fit rows of two "
            "groups, or at least two rows of one class."
        )
    return found
