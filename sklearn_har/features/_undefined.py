"""Values that are undefined on a window, NaN or infinity, and what stands in for them."""

from typing import NamedTuple

import numpy as np
from joblib import Parallel, delayed

from .._core._blocks import block_slices


class DefinedValues(NamedTuple):
    """Of every column, shape (n_columns,): the finite values, 0 where a column has none.

    Attributes
    ----------
    median, lowest, highest : ndarray of float64
    n_undefined : ndarray of int
        How many values are NaN or infinite.
    """

    median: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray
    n_undefined: np.ndarray


def defined_values(table: np.ndarray, n_jobs: int | None = None) -> DefinedValues:
    """Summarize the finite values of every column, blocks of columns side by side in threads."""
    n_rows, n_columns = table.shape
    blocks = block_slices(n_columns, 8 * n_rows)
    jobs = Parallel(n_jobs=n_jobs, require="sharedmem")
    found = jobs(delayed(_defined_values)(table[:, block]) for block in blocks)
    return DefinedValues(*(np.concatenate(of_blocks) for of_blocks in zip(*found, strict=True)))


def fill_undefined(table: np.ndarray, defined: DefinedValues, n_jobs: int | None = None) -> None:
    """Put the median for NaN, the highest and the lowest value for infinity; in place, as tsfresh imputes."""
    blocks = list(block_slices(len(table), 8 * table.shape[1]))
    if len(blocks) == 1:
        _fill(table, defined)
    else:
        jobs = Parallel(n_jobs=n_jobs, require="sharedmem")
        jobs(delayed(_fill)(table[block], defined) for block in blocks)


def _defined_values(table: np.ndarray) -> DefinedValues:
    columns = np.ascontiguousarray(table.T)
    undefined = ~np.isfinite(columns)
    n_undefined = undefined.sum(axis=1)
    n_defined = len(table) - n_undefined
    columns[undefined] = -np.inf
    highest = columns.max(axis=1)
    columns[undefined] = np.inf
    lowest = columns.min(axis=1)
    median = np.zeros(len(columns))
    for number in np.unique(n_defined[n_defined > 0]):
        alike = n_defined == number
        median[alike] = _medians(columns[alike], number)
    lowest[n_defined == 0] = highest[n_defined == 0] = 0.0
    return DefinedValues(median, lowest, highest, n_undefined)


def _medians(columns: np.ndarray, number: int) -> np.ndarray:
    """Medians of the ``number`` lowest values of every column; a column is a row here."""
    middle = number // 2
    columns = np.partition(columns, middle, axis=1)
    above = columns[:, middle]
    below = above if number % 2 else columns[:, :middle].max(axis=1)
    return below / 2 + above / 2  # the sum could overflow


def _fill(rows: np.ndarray, defined: DefinedValues) -> None:
    at_row, columns = np.nonzero(~np.isfinite(rows))
    found = rows[at_row, columns]
    infinite = np.where(found > 0, defined.highest[columns], defined.lowest[columns])
    rows[at_row, columns] = np.where(np.isnan(found), defined.median[columns], infinite)
