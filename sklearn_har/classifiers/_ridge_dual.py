"""Ridge on few rows of many features: by the products of the rows with each other."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise

import numpy as np
from scipy.linalg import get_lapack_funcs

from ._block_band import band_root, block_band
from ._products import add_products, cholesky, few_at_once
from ._ridge_rows import RidgePath, Rows, held_out_residuals, indicators, penalties_of

MANY_ALPHAS = 8  # from here on a band is faster than a Cholesky factor for each
N_COLUMNS = 1024  # centred at a time: enough for a matrix product to run at full speed


def dual_ridge(
    rows: Rows, alphas: np.ndarray, relative: bool, advance: Callable[[], object], spread: Callable
) -> RidgePath:
    """Fit a ridge with free intercept for every alpha, with exact decisions for the rows of each fold.

    With ``r`` the root of the weights, ``K`` the products of the centred rows times ``r``, and
    ``M = (K + penalty I)^-1``, the identity less the hat matrix is ``penalty N`` for
    ``N = M - M r r' M / (r' M r)``. In exact arithmetic ``M r`` is ``r / penalty``; taken as computed, the
    rounding errors of M along ``r`` fall out, which makes float32 a hundred times as exact.
    """
    order = np.concatenate(rows.folds)
    bounds = np.cumsum([0, *map(len, rows.folds)])
    weights, targets = rows.weights[order], indicators(rows.codes[order], rows.n_classes)
    total, root = weights.sum(), np.sqrt(weights)[:, None]
    shares = weights @ targets / total
    columns = np.hstack([root * (targets - shares), root]).astype(rows.X.dtype)
    products, mean = products_of_rows(rows.X, order, weights, spread)
    penalties = penalties_of(alphas, relative, float(np.trace(products, dtype=np.float64) / total))
    decisions = np.empty((len(alphas), *targets.shape), rows.X.dtype)
    dual = np.empty((len(alphas), *targets.shape), rows.X.dtype)
    many = len(alphas) >= MANY_ALPHAS
    if many:
        inverse_root = partial(band_root, block_band(products, spread))
    else:
        inverse_root = partial(inverse_cholesky, products)

    def solve(i: int) -> None:
        inverse = inverse_root(penalties[i])
        solved = (inverse.T @ (inverse @ columns)).astype(np.float64)
        constant = solved[:, -1:] / np.sqrt(root.T @ solved[:, -1:])
        solved = solved[:, :-1] - constant * (constant.T @ (root * (targets - shares)))
        dual[i] = solved
        for start, stop in pairwise(bounds):
            part = inverse[0 if many else start :, start:stop]  # a triangle is zero above
            kept = (part.T @ part).astype(np.float64) - constant[start:stop] * constant[start:stop].T
            residuals = held_out_residuals(kept, solved[start:stop])
            decisions[i, order[start:stop]] = targets[start:stop] - residuals / root[start:stop]
        advance()

    list(few_at_once(spread, products.nbytes)(solve, range(len(alphas))))
    coef = coefficients(rows.X, order, weights, dual)
    return RidgePath(penalties, coef, shares - mean @ coef, decisions)


def centred_columns(X, order, weights) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
    """Some columns at a time, in this order of rows, less their means, times the root of the weights.

    Gives also which columns they are, and the means. The mean is taken twice, so that a large one
    leaves no rounding error behind.
    """
    share = (weights / weights.sum()).astype(X.dtype)
    root = np.sqrt(weights).astype(X.dtype)[:, None]
    for start in range(0, X.shape[1], N_COLUMNS):
        columns = slice(start, min(start + N_COLUMNS, X.shape[1]))
        block = np.ascontiguousarray(X[order, columns])
        mean = np.zeros(block.shape[1])
        for _ in range(2):
            offset = share @ block
            block -= offset
            mean += offset
        block *= root
        yield columns, block, mean


def products_of_rows(X, order, weights, spread: Callable) -> tuple[np.ndarray, np.ndarray]:
    """Products of the centred and weighted rows with each other, and the means."""
    products = np.zeros((len(order), len(order)), X.dtype)
    mean = np.empty(X.shape[1])
    for columns, block, offset in centred_columns(X, order, weights):
        add_products(products, block, spread)
        mean[columns] = offset
    return products, mean


def inverse_cholesky(products: np.ndarray, penalty: float) -> np.ndarray:
    """Lower triangular Z with ``Z' Z = (products + penalty I)^-1``."""
    factor = cholesky(products.copy(), penalty)
    (trtri,) = get_lapack_funcs(("trtri",), (factor,))
    return trtri(factor.T, lower=0, overwrite_c=1)[0].T


def coefficients(X, order, weights, dual: np.ndarray) -> np.ndarray:
    """Coefficients of the features, shape (n_penalties, d, n_classes), from those of the rows."""
    n_penalties, n_rows, n_classes = dual.shape
    flat = dual.transpose(1, 0, 2).reshape(n_rows, -1)
    coef = np.empty((n_penalties, X.shape[1], n_classes), X.dtype)
    for columns, block, _ in centred_columns(X, order, weights):
        coef[:, columns] = (block.T @ flat).reshape(-1, n_penalties, n_classes).transpose(1, 0, 2)
    return coef
