"""A symmetric matrix as a band between orthogonal factors, so that many shifts of it are cheap to solve.

``S = Q B Q'`` with B of ``WIDTH`` diagonals on each side. It is made once, by Householder reflections
of whole blocks of columns, so nearly all of the work is products of matrices; then ``S + shift I``
is solved for any shift in a time that grows with the square of its size.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.linalg import get_blas_funcs, get_lapack_funcs

from ._products import tiles

WIDTH = 128


class BlockBand(NamedTuple):
    """A block-tridiagonal matrix, and the orthogonal matrix around it.

    Attributes
    ----------
    diagonal : list of ndarray of shape (WIDTH, WIDTH)
    below : list of ndarray
        Block below each diagonal block but the last.
    transposed : ndarray of shape (n, n)
        Q', rows contiguous.
    """

    diagonal: list[np.ndarray]
    below: list[np.ndarray]
    transposed: np.ndarray


class Reflection(NamedTuple):
    """``I - vectors triangle vectors'``, of the rows from ``start`` on."""

    start: int
    vectors: np.ndarray
    triangle: np.ndarray


def reflection_of(start: int, panel: np.ndarray) -> tuple[Reflection, np.ndarray]:
    """The reflection that leaves only an upper triangle of a panel, and that triangle."""
    geqrf, trtri = get_lapack_funcs(("geqrf", "trtri"), (panel,))
    packed, tau = geqrf(panel)[:2]
    vectors = np.tril(packed[:, : len(tau)], -1)
    np.fill_diagonal(vectors, 1)
    vectors[:, tau == 0] = 0  # LAPACK reflects nothing there
    inverse = np.triu(vectors.T @ vectors, 1)
    np.einsum("ii->i", inverse)[:] = 1 / np.where(tau == 0, 1, tau)
    triangle = trtri(np.asfortranarray(inverse))[0]
    return Reflection(start, np.ascontiguousarray(vectors), triangle), np.triu(packed)[: panel.shape[1]]


def times(lower: np.ndarray, right: np.ndarray, spread: Callable) -> np.ndarray:
    """Product of a symmetric matrix, of which the tiles on and below the diagonal hold, with some columns."""

    def part(rows: slice) -> tuple[slice, np.ndarray, np.ndarray]:
        left = lower[rows, : rows.stop] @ right[: rows.stop]
        return rows, left, lower[rows, : rows.start].T @ right[rows]

    product = np.zeros_like(right)
    for rows, at, above in spread(part, tiles(len(lower))):
        product[rows] += at
        product[: rows.start] += above
    return product


def reflect_both_sides(lower: np.ndarray, reflection: Reflection, spread: Callable) -> None:
    """Reflect the rows and the columns of a symmetric matrix, of which the tiles as in `times` hold."""
    vectors, triangle = reflection.vectors, reflection.triangle
    moved = times(lower, vectors @ triangle, spread)
    moved -= vectors @ (triangle.T @ (vectors.T @ moved)) / 2
    left, right = np.hstack([vectors, moved]), np.hstack([moved, vectors])

    def update(rows: slice) -> None:
        lower[rows, : rows.stop] -= left[rows] @ right[: rows.stop].T

    list(spread(update, tiles(len(lower))))


def block_band(lower: np.ndarray, spread: Callable) -> BlockBand:
    """Reduce a symmetric matrix, of which the tiles as in `times` hold; it is overwritten.

    ``spread`` is a map, be it over threads.
    """
    n = len(lower)
    reflections, below = [], []
    for stop in range(WIDTH, n, WIDTH):
        reflection, corner = reflection_of(stop, np.asfortranarray(lower[stop:, stop - WIDTH : stop]))
        reflect_both_sides(lower[stop:, stop:], reflection, spread)
        reflections.append(reflection)
        below.append(corner)
    diagonal = [lower[i : i + WIDTH, i : i + WIDTH].copy() for i in range(0, n, WIDTH)]
    return BlockBand(diagonal, below, transposed_product(reflections, n, lower.dtype, spread))


def transposed_product(reflections: list[Reflection], n: int, dtype, spread: Callable) -> np.ndarray:
    """Transpose of the product of all reflections."""
    product = np.eye(n, dtype=dtype)
    for start, vectors, triangle in reversed(reflections):
        trailing = product[start:, start:]

        def update(rows: slice, trailing=trailing, vectors=vectors, triangle=triangle) -> None:
            trailing[rows] -= ((trailing[rows] @ vectors) @ triangle.T) @ vectors.T

        list(spread(update, tiles(len(trailing))))
    return product


def band_root(band: BlockBand, shift: float) -> np.ndarray:
    """Z with ``Z' Z = (S + shift I)^-1``, of shape (n, n)."""
    root = band.transposed.copy()
    n = len(root)
    potrf, trtrs = get_lapack_funcs(("potrf", "trtrs"), (root,))
    (trsm,) = get_blas_funcs(("trsm",), (root,))
    carried = None
    for number, start in enumerate(range(0, n, WIDTH)):
        block, rows = band.diagonal[number].copy(order="F"), root[start : start + WIDTH]
        np.einsum("ii->i", block)[:] += block.dtype.type(shift)
        if carried is not None:
            block -= carried @ carried.T
            rows -= carried @ root[start - WIDTH : start]
        factor, failed = potrf(block, lower=1)
        if failed:
            raise np.linalg.LinAlgError(f"A penalty of {shift:.3g} is too small for {root.dtype}.")
        trsm(1.0, factor, rows.T, side=1, lower=1, trans_a=1, overwrite_b=1)
        if start + WIDTH < n:
            carried = trtrs(factor, np.asfortranarray(band.below[number].T), lower=1)[0].T
    return root
