"""Ridge on many rows of few features: by sums over the rows, which can be taken in parts."""

from collections.abc import Callable
from itertools import product
from typing import NamedTuple

import numpy as np
from scipy.linalg import get_blas_funcs, get_lapack_funcs

from .._core._blocks import block_slices
from ._products import BYTES_AT_ONCE, add_products, cholesky, few_at_once, tiles
from ._ridge_rows import RidgePath, Rows, held_out_residuals, indicators, penalties_of

N_ROWS = 4096  # summed at a time, or as many as there are features if those are more
# r rows per feature, above which a Cholesky factor without the fold, d^3 / 3 operations, costs less than the
# fold's block of the hat matrix, (r + r^2 + r^3 / 3) d^3
LARGE_FOLD = 0.26


class Sums(NamedTuple):
    """Sums over rows, less an origin that is common to all, in float64.

    Attributes
    ----------
    class_weights : ndarray of shape (n_classes,)
        Of the weights.
    class_sums : ndarray of shape (n_classes, d)
        Of the weighted rows.
    products : ndarray of shape (d, d)
        Of the weighted products of the features with each other; the tiles of `add_products` hold.
    """

    class_weights: np.ndarray
    class_sums: np.ndarray
    products: np.ndarray

    def without(self, other: "Sums") -> "Sums":
        """Sums over the other rows."""
        return Sums(*(mine - theirs for mine, theirs in zip(self, other, strict=True)))

    def copied(self) -> "Sums":
        """The same, which may be overwritten."""
        return Sums(*(part.copy() for part in self))


class Solutions(NamedTuple):
    """Ridge on rows less their origin, for one penalty or for several."""

    coef: np.ndarray
    intercept: np.ndarray


class Centred(NamedTuple):
    """Sums about the mean of the rows: what ridge with a free intercept solves."""

    weight: float
    mean: np.ndarray
    shares: np.ndarray
    products: np.ndarray
    cross: np.ndarray

    @property
    def total_variance(self) -> float:
        return float(np.trace(self.products) / self.weight)

    def copied(self) -> "Centred":
        """The same, with products that may be overwritten."""
        return self._replace(products=self.products.copy())


def no_sums(n_classes: int, n_features: int) -> Sums:
    """Sums over no rows."""
    return Sums(np.zeros(n_classes), np.zeros((n_classes, n_features)), np.zeros((n_features, n_features)))


def add_rows(sums: Sums, X, codes, weights, origin, spread: Callable) -> None:
    """Add rows to sums, in place. The products of a block are in the precision of X."""
    step = max(N_ROWS, X.shape[1])
    for start in range(0, len(X), step):
        part = slice(start, start + step)
        block = X[part] - origin
        of_class = indicators(codes[part], len(sums.class_weights)) * weights[part, None]
        sums.class_weights[:] += of_class.sum(axis=0)
        sums.class_sums[:] += of_class.T.astype(X.dtype) @ block
        block *= np.sqrt(weights[part, None]).astype(X.dtype)
        add_products(sums.products, block.T, spread)


def centred(sums: Sums) -> Centred:
    """Move sums to the mean of their rows; overwrites the products."""
    weight = float(sums.class_weights.sum())
    mean = sums.class_sums.sum(axis=0) / weight
    for rows in tiles(len(mean)):
        sums.products[rows, : rows.stop] -= weight * mean[rows, None] * mean[: rows.stop]
    cross = (sums.class_sums - np.outer(sums.class_weights, mean)).T
    return Centred(weight, mean, sums.class_weights / weight, sums.products, cross)


def solve(factor: np.ndarray, system: Centred) -> Solutions:
    """Coefficients and intercept of the ridge of which this is the Cholesky factor."""
    (potrs,) = get_lapack_funcs(("potrs",), (factor,))
    coef = potrs(factor.T, system.cross, lower=0)[0]
    return Solutions(coef, system.shares - system.mean @ coef)


def solutions(own_system: Callable[[], Centred], penalties, few: Callable) -> Solutions:
    """Coefficients, shape (n_penalties, d, n_classes), and intercepts of the ridge of every penalty.

    ``own_system`` is called for each, and what it returns is overwritten.
    """

    def solution(penalty: float) -> Solutions:
        system = own_system()
        return solve(cholesky(system.products, penalty), system)

    found = few(solution, penalties)
    return Solutions(*map(np.stack, zip(*found, strict=True)))


def is_large(fold: np.ndarray, n_features: int) -> bool:
    """Whether it is cheaper to solve without a fold than to take it out of what was solved."""
    return len(fold) > LARGE_FOLD * n_features


def primal_ridge(
    rows: Rows, alphas: np.ndarray, relative: bool, advance: Callable[[], object], spread: Callable
) -> RidgePath:
    """Fit a ridge with free intercept for every alpha, with exact decisions for the rows of each fold.

    A small fold is taken out by its block of the hat matrix; without a large one all is solved again, from
    the sums less its rows. ``advance`` is called for each alpha and for each large fold.
    """
    X, n_features = rows.X, rows.X.shape[1]
    origin = ((rows.weights / rows.weights.sum()).astype(X.dtype) @ X).astype(X.dtype)
    sums = sums_of(rows, slice(None), origin, spread)
    large = [fold for fold in rows.folds if is_large(fold, n_features)]
    small = [fold for fold in rows.folds if not is_large(fold, n_features)]
    system = centred(sums.copied() if large else sums)
    penalties = penalties_of(alphas, relative, system.total_variance)
    decisions = np.empty((len(alphas), len(X), rows.n_classes), X.dtype)
    coef = np.empty((len(alphas), n_features, rows.n_classes))
    intercept = np.empty((len(alphas), rows.n_classes))

    def solve_for(i: int) -> np.ndarray:
        factor = cholesky(system.products.copy(), penalties[i])
        coef[i], intercept[i] = solve(factor, system)
        return factor.astype(X.dtype, copy=False)

    def leave_out(case: tuple[tuple[int, np.ndarray], np.ndarray]) -> None:
        (i, factor), fold = case
        decisions[i, fold] = without_small_fold(rows, fold, origin, system, factor, coef[i])

    def leave_small_folds_out(places: range) -> None:
        solved = zip(places, spread(solve_for, places), strict=True)
        list(spread(leave_out, product(solved, small)))  # folds too, so that one alpha keeps all threads busy
        for _ in places:
            advance()

    at_once = 0 if spread is map else BYTES_AT_ONCE  # one thread gains nothing by several factors
    for some in block_slices(len(alphas), system.products.nbytes, at_once):
        leave_small_folds_out(range(len(alphas))[some])
    for fold in large:
        rest = centred(sums.without(sums_of(rows, fold, origin, spread)))
        found = solutions(rest.copied, penalties, few_at_once(spread, rest.products.nbytes))
        decisions[:, fold] = (X[fold] - origin) @ found.coef.astype(X.dtype) + found.intercept[:, None]
        advance()
    return RidgePath(penalties, coef.astype(X.dtype), intercept - origin @ coef, decisions)


def sums_of(rows: Rows, chosen, origin, spread: Callable) -> Sums:
    """Sums over some of the rows."""
    sums = no_sums(rows.n_classes, rows.X.shape[1])
    add_rows(sums, rows.X[chosen], rows.codes[chosen], rows.weights[chosen], origin, spread)
    return sums


def without_small_fold(rows: Rows, fold, origin, system: Centred, factor, coef) -> np.ndarray:
    """Decisions for the rows of a fold by the ridge of all others, from that of all."""
    block = (rows.X[fold] - origin) - system.mean.astype(rows.X.dtype)
    targets = indicators(rows.codes[fold], rows.n_classes)
    root = np.sqrt(rows.weights[fold])[:, None]
    residuals = root * (targets - system.shares - block @ coef.astype(block.dtype))
    block *= root.astype(block.dtype)
    (trsm,) = get_blas_funcs(("trsm",), (block,))
    part = trsm(1.0, factor.T, block.T, lower=0, trans_a=1, overwrite_b=1)
    kept = np.eye(len(fold)) - (part.T @ part).astype(np.float64) - root * root.T / system.weight
    return targets - held_out_residuals(kept, residuals) / root
