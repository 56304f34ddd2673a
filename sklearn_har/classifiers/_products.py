"""Symmetric products of a matrix with its transpose, in tiles that threads of ours share out.

Of a symmetric matrix the tiles on and below the diagonal hold, the rest is not used; rows are contiguous.
"""

from collections.abc import Callable, Iterable, Iterator
from threading import BoundedSemaphore

import numpy as np
from scipy.linalg import get_lapack_funcs

TILE = 512  # rows at a time: large enough for a product at full speed, small enough for the cache
BYTES_AT_ONCE = 2**29  # for factors of several penalties


def tiles(n: int) -> Iterator[slice]:
    """Rows in tiles; counted from the end, so that they are the same for every trailing part.

    >>> list(tiles(600))
    [slice(0, 88, None), slice(88, 600, None)]
    """
    for stop in range((n - 1) % TILE + 1, n + 1, TILE):
        yield slice(max(stop - TILE, 0), stop)


def few_at_once(spread: Callable, bytes_each: int) -> Callable:
    """Map like ``spread``, but only as many at once as fit in `BYTES_AT_ONCE`, or one."""
    slots = BoundedSemaphore(max(1, BYTES_AT_ONCE // max(1, bytes_each)))

    def spread_few(call: Callable, values: Iterable) -> Iterator:
        def call_in_slot(value):
            with slots:
                return call(value)

        return spread(call_in_slot, values)

    return spread_few


def add_products(lower: np.ndarray, left: np.ndarray, spread: Callable) -> None:
    """Add ``left left'`` to a symmetric matrix in place; the product is in the precision of ``left``."""

    def add(rows: slice) -> None:
        with np.errstate(over="ignore", invalid="ignore"):  # a variance that is not finite is refused
            lower[rows, : rows.stop] += left[rows] @ left[: rows.stop].T

    list(spread(add, tiles(len(lower))))


def cholesky(lower: np.ndarray, penalty: float) -> np.ndarray:
    """Lower Cholesky factor of ``lower + penalty I``, zero above the diagonal; ``lower`` is overwritten."""
    np.fill_diagonal(lower, np.diagonal(lower) + lower.dtype.type(penalty))
    (potrf,) = get_lapack_funcs(("potrf",), (lower,))
    upper, failed = potrf(lower.T, lower=0, clean=1, overwrite_a=1)  # LAPACK has columns contiguous
    if failed:
        raise np.linalg.LinAlgError(f"A penalty of {penalty:.3g} is too small for {lower.dtype}.")
    return upper.T
