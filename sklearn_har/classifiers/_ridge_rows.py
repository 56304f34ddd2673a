"""Rows to fit a ridge on, and what comes out for each of several penalties."""

from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from .._core._progress import progress_bar
from .._core._threads import map_in_threads


class Rows(NamedTuple):
    """Rows of a table, their classes, and who is held out with whom.

    Attributes
    ----------
    X : ndarray of shape (n, d), float32 or float64
    codes : ndarray of int of shape (n,)
    weights : ndarray of float64 of shape (n,)
        All above 0.
    folds : list of ndarray of int
        Positions of the rows that are held out together; each row is in one fold.
    n_classes : int
    """

    X: np.ndarray
    codes: np.ndarray
    weights: np.ndarray
    folds: list[np.ndarray]
    n_classes: int


class RidgePath(NamedTuple):
    """Ridge on indicators (0 or 1) of the classes, for every penalty.

    Attributes
    ----------
    penalties : ndarray of shape (n_penalties,)
    coef : ndarray of shape (n_penalties, d, n_classes)
    intercept : ndarray of shape (n_penalties, n_classes)
    decisions : ndarray of shape (n_penalties, n, n_classes)
        Of each row by the ridge of all other folds.
    """

    penalties: np.ndarray
    coef: np.ndarray
    intercept: np.ndarray
    decisions: np.ndarray


def checked_alphas(alphas) -> np.ndarray:
    """Alphas as an array: positive, finite, each once."""
    alphas = np.atleast_1d(np.asarray(alphas, dtype=np.float64))
    if alphas.ndim > 1 or not len(alphas) or not (np.isfinite(alphas) & (alphas > 0)).all():
        raise ValueError(f"alphas must be positive numbers, at least one; they are {alphas.tolist()}.")
    if len(np.unique(alphas)) < len(alphas):
        raise ValueError(f"alphas holds a number twice: {alphas.tolist()}.")
    return alphas


def rows_chosen_on(chosen_on, kept: np.ndarray) -> np.ndarray:
    """Of the rows that are kept, whether alpha and the temperature are chosen on them."""
    chosen = np.ones(len(kept), bool) if chosen_on is None else np.asarray(chosen_on)
    if chosen.shape != kept.shape or chosen.dtype != bool:
        raise ValueError(
            f"chosen_on must be {len(kept)} times True or False, once for each row; it has the shape "
            f"{chosen.shape} and dtype {chosen.dtype}."
        )
    return chosen[kept]


def refuse_too_large(X: np.ndarray) -> None:
    """Refuse values whose squares, summed over rows or features, may leave the precision of X."""
    largest = max(float(X.max()), -float(X.min()))
    if 4 * largest * largest * X.size > float(np.finfo(X.dtype).max):
        raise ValueError(
            f"X has a value of size {largest:.3g}, too large for sums of squares in {X.dtype}: scale the "
            "features" + (", or pass float64." if X.dtype == np.float32 else ".")
        )


def penalties_of(alphas: np.ndarray, relative: bool, total_variance: float) -> np.ndarray:
    """What is added to the diagonal: ``alphas``, times the features' variance if they are relative to it.

    Features that are all constant have no variance; then any penalty does.

    >>> penalties_of(np.array([0.1, 1.0]), True, 50.0)
    array([ 5., 50.])
    """
    if not np.isfinite(total_variance):
        raise ValueError(
            "The variance of the features in X is not finite: scale them, or weight rows and classes less."
        )
    return alphas * (total_variance if relative and total_variance > 0 else 1.0)


def indicators(codes: np.ndarray, n_classes: int) -> np.ndarray:
    """1 where a row is of a class, else 0, shape (n, n_classes).

    >>> indicators(np.array([1, 0]), 3)
    array([[0., 1., 0.],
           [1., 0., 0.]])
    """
    return np.eye(n_classes)[codes]


def held_out_residuals(kept: np.ndarray, residuals: np.ndarray) -> np.ndarray:
    """Residuals of rows by the ridge of all others, from those of the ridge that knew them.

    ``kept`` is the block of the identity less the hat matrix for these rows, intercept included, or any
    multiple of it if the residuals are multiplied likewise.
    It is solved in float64, which costs little beside what it is made from.
    """
    return np.linalg.solve(kept.astype(np.float64, copy=False), residuals)


@contextmanager
def solving(ridge, dtype, n_steps: int):
    """A bar, threads as there are cores, and the advice to whom a penalty is too small."""
    with progress_bar(n_steps, "ridge", ridge.verbose) as bar, map_in_threads() as spread:
        try:
            yield bar.update, spread
        except np.linalg.LinAlgError as error:
            raise ValueError(
                f"alphas={ridge.alphas!r}: {error} Leave out the smallest alphas"
                + (", or pass X as float64." if dtype == np.float32 else ".")
            ) from None
