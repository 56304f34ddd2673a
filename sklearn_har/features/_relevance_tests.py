"""Tests for many columns at once, whether a column is distributed alike inside and outside of a class.

They are those of FRESH: Fisher's exact test for columns of two values, that of Mann, Whitney and Wilcoxon for
columns of more. Columns are ranked once for all classes.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import gammaln, ndtr
from scipy.stats import mannwhitneyu

SMALL = 8  # classes of so few rows get the exact distribution of ranks, as SciPy has it
RELATIVE_ERROR = 1e-9  # tables as likely as the one found, but for rounding, are as extreme as it is


class Relevance(NamedTuple):
    """Of columns.

    Attributes
    ----------
    pvalues : ndarray of float64 of shape (n_classes, n_columns)
        Of each class against all others; NaN for constant columns.
    n_distinct : ndarray of int of shape (n_columns,)
        How many different values a column has.
    """

    pvalues: np.ndarray
    n_distinct: np.ndarray


def relevance_of_columns(columns: np.ndarray, in_class: np.ndarray) -> Relevance:
    """Test every column against every class.

    Parameters
    ----------
    columns : ndarray of shape (n_columns, n_rows)
        Finite.
    in_class : ndarray of bool of shape (n_classes, n_rows)
        No class has all rows, or none.
    """
    ranks, n_distinct = rank_columns(columns)
    n_rows, sizes = columns.shape[1], in_class.sum(axis=1)
    rank_sums = in_class.astype(np.float64) @ ranks.T
    pvalues = np.full(rank_sums.shape, np.nan)
    real = n_distinct > 2
    deviations = ranks[real] - (n_rows + 1) / 2
    variances = np.einsum("cr,cr->c", deviations, deviations) / (n_rows - 1)
    pvalues[:, real] = mann_whitney_pvalues(rank_sums[:, real], variances, sizes[:, None], n_rows)
    binary = n_distinct == 2
    is_high = ranks[binary] == ranks[binary].max(axis=1, keepdims=True, initial=0)
    n_both = in_class.astype(np.float64) @ is_high.T.astype(np.float64)
    for of_class, both, size in zip(pvalues, n_both.astype(np.intp), sizes, strict=True):
        of_class[binary] = fisher_pvalues(both, is_high.sum(axis=1), int(size), n_rows)
    return Relevance(pvalues, n_distinct)


def rank_columns(columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rank the values of every column from 1, equal ones at the middle of their places.

    Parameters
    ----------
    columns : ndarray of shape (n_columns, n_rows)

    Returns
    -------
    ranks : ndarray of float64 of shape (n_columns, n_rows)
    n_distinct : ndarray of int of shape (n_columns,)
        How many different values a column has.
    """
    order = columns.argsort(axis=1)
    ordered = np.take_along_axis(columns, order, axis=1)
    differs = ordered[:, 1:] != ordered[:, :-1]
    places = np.arange(columns.shape[1])
    first = np.zeros(columns.shape, dtype=np.intp)
    np.maximum.accumulate(np.where(differs, places[1:], 0), axis=1, out=first[:, 1:])
    last = np.full(columns.shape, places[-1])
    until = np.where(differs, places[:-1], places[-1])[:, ::-1]
    np.minimum.accumulate(until, axis=1, out=last[:, -2::-1])
    ranks = np.empty(columns.shape)
    np.put_along_axis(ranks, order, (first + last) / 2 + 1, axis=1)
    return ranks, differs.sum(axis=1) + 1


def mann_whitney_pvalues(rank_sums, variances, size, n_rows: int) -> np.ndarray:
    """Two-sided, by the normal distribution, corrected for continuity and for ties.

    Parameters
    ----------
    rank_sums : ndarray of float64
        Sum of the ranks inside.
    variances : ndarray of float64
        Of the ranks of all rows, unbiased; ties make it smaller.
    size : int or ndarray of int
        How many rows are inside.
    n_rows : int
        Inside and outside.
    """
    n_pairs = size * (n_rows - size)
    statistic = rank_sums - size * (size + 1) / 2
    excess = np.maximum(statistic, n_pairs - statistic) - n_pairs / 2 - 0.5
    spread = np.sqrt(n_pairs * variances / n_rows)
    return np.minimum(2 * ndtr(-excess / spread), 1)


def exact_mann_whitney_pvalues(columns: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Two-sided, by the exact distribution, for columns without ties, shape (n_columns, n_rows)."""
    return mannwhitneyu(columns[:, inside], columns[:, ~inside], axis=1, method="exact").pvalue


def fisher_pvalues(n_both, n_high, size: int, n_rows: int) -> np.ndarray:
    """Two-sided: the probability of all tables with the same sums that are no likelier than the one found.

    Parameters
    ----------
    n_both : ndarray of int of shape (n_tables,)
        Rows inside with the higher value.
    n_high : ndarray of int of shape (n_tables,)
        Rows with the higher value.
    size : int
        Rows inside.
    n_rows : int
    """
    log_factorials = gammaln(np.arange(n_rows + 1) + 1.0)
    both, high = np.arange(size + 1), n_high[:, None]
    cells = np.stack(np.broadcast_arrays(both, high - both, size - both, n_rows - high - size + both))
    possible = (cells >= 0).all(axis=0)
    logs = -log_factorials[np.where(possible, cells, 0)].sum(axis=0)
    logs[~possible] = -np.inf
    found = np.take_along_axis(logs, n_both[:, None], axis=1)
    weights = np.exp(logs - logs.max(axis=1, keepdims=True, initial=-np.inf))
    is_extreme = logs <= found + RELATIVE_ERROR
    return np.where(is_extreme, weights, 0).sum(axis=1) / weights.sum(axis=1)
