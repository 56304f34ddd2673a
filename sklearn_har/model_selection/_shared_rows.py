"""Rows that windows share, found by what they hold: where the windows came from need not be known."""

from typing import NamedTuple

import numpy as np

from .._core._blocks import block_slices

LEAST_SHARE = 0.1  # of a window; shorter overlaps are not looked for
LEAST_CHANGES = 12  # values that differ from the ones before; less of a change may agree by chance
LEAST_CHANGES_OF_COLUMNS = 8  # of a row of a table, whose columns are of many kinds
STRETCH = 64  # rows of recordings that are compared together
LEAST_CHANGES_OF_STRETCH = 32  # there are many more pairs of stretches than of windows
RADIX = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2**64
MIXER = np.uint64(0xBF58476D1CE4E5B9)


class HashedWindows(NamedTuple):
    """Hashes of any number of first or last rows of windows.

    Attributes
    ----------
    beginnings : ndarray of uint64 of shape (n_windows, n_timesteps + 1)
        Hash of the first 0, 1, 2, … rows.
    changes : ndarray of int of shape (n_windows, n_timesteps + 1)
        How many values of those rows differ from the one before them.
    """

    beginnings: np.ndarray
    changes: np.ndarray

    def first(self, n_rows: int) -> np.ndarray:
        """Hash of the first rows of each window; 0 where too few values change."""
        return np.where(self.changes[:, n_rows] >= LEAST_CHANGES, self.beginnings[:, n_rows], 0)

    def last(self, n_rows: int) -> np.ndarray:
        """Hash of the last rows of each window: for the same rows what `first` gives."""
        before = self.beginnings.shape[1] - 1 - n_rows
        inverse = np.uint64(pow(RADIX, -before, 2**64))
        hashes = (self.beginnings[:, -1] - self.beginnings[:, before]) * inverse
        n_changes = self.changes[:, -1] - self.changes[:, before + 1]
        return np.where(n_changes >= LEAST_CHANGES, hashes, 0)


def hash_windows(windows, dtype) -> HashedWindows:
    """Hash windows of shape (n_windows, n_timesteps, n_channels), rounded to ``dtype``, block by block."""
    n_windows, n_timesteps, n_channels = windows.shape
    beginnings = np.zeros((n_windows, n_timesteps + 1), dtype=np.uint64)
    changes = np.zeros((n_windows, n_timesteps + 1), dtype=np.int32)
    powers = _powers(RADIX, n_timesteps)
    for block in block_slices(n_windows, n_timesteps * n_channels * 8):
        values = _comparable(windows[block], dtype)
        np.cumsum(_hash_rows(values) * powers, axis=1, out=beginnings[block, 1:])
        np.cumsum((values[:, 1:] != values[:, :-1]).sum(axis=2), axis=1, out=changes[block, 2:])
    return HashedWindows(beginnings, changes)


def precision_of(train, test) -> np.dtype:
    """Float32, or what is coarser: one side may have been rounded, wholly or in part, and the other not."""
    dtypes = [np.dtype(np.float32), *(np.asarray(side[:0]).dtype for side in (train, test))]
    return min((dtype for dtype in dtypes if dtype.kind == "f"), key=lambda dtype: dtype.itemsize)


def _comparable(values, dtype) -> np.ndarray:
    """A copy in which what is equal has the same bits, and a stretch of NaN is one that does not change."""
    with np.errstate(over="ignore"):
        copied = np.array(values, dtype=dtype, order="C").astype(np.float64) + 0.0  # makes 0.0 of -0.0
    copied[np.isnan(copied)] = 0.0
    return copied


def _powers(base: int, n_powers: int) -> np.ndarray:
    """Powers 0, 1, 2, … of a number, modulo 2**64."""
    factors = np.full(n_powers, base, dtype=np.uint64)
    factors[:1] = 1
    return np.cumprod(factors)


def _hash_rows(values: np.ndarray) -> np.ndarray:
    """One hash for the values of all channels at an instant, shape (n_windows, n_timesteps)."""
    of_channel = MIXER * np.arange(1, 2 * values.shape[2], 2, dtype=np.uint64)
    mixed = values.view(np.uint64) * of_channel
    mixed ^= mixed >> np.uint64(32)
    mixed *= MIXER
    mixed ^= mixed >> np.uint64(29)
    return mixed.sum(axis=2)


def rows_of_windows_shared(train, test) -> np.ndarray:
    """Count the rows at the beginning or end of each test window that a training window has too.

    Two windows cut from one recording share rows where one ends and the other begins, at any step.

    Parameters
    ----------
    train, test : array-like of shape (n_windows, n_timesteps, n_channels)

    Returns
    -------
    ndarray of int of shape (n_test_windows,)
        0 where there are none, the length of a window where the whole of it is in both.
    """
    n_timesteps = test.shape[1]
    dtype = precision_of(train, test)
    trained, tested = hash_windows(train, dtype), hash_windows(test, dtype)
    shared = np.zeros(len(test), dtype=np.intp)
    for n_rows in range(n_timesteps, max(1, int(LEAST_SHARE * n_timesteps)) - 1, -1):
        begins, ends = tested.first(n_rows), tested.last(n_rows)
        found = np.isin(begins, trained.last(n_rows)) & (begins != 0)
        found |= np.isin(ends, trained.first(n_rows)) & (ends != 0)
        shared[found & (shared == 0)] = n_rows
    return shared


def rows_of_recordings_shared(train: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Say 1 for each row of test in a stretch of `STRETCH` rows that training rows have too, else 0.

    Parameters
    ----------
    train, test : ndarray of shape (n_rows, n_channels)
        The same channels.
    """
    dtype = precision_of(train, test)
    trained, tested = (hash_stretches(rows, dtype) for rows in (train, test))
    begins = np.isin(tested, trained) & (tested != 0)
    change = np.zeros(len(test) + 1, dtype=np.intp)
    change[: len(begins)] += begins
    change[len(change) - len(begins) :] -= begins  # each stretch ends so many rows after it begins
    return (np.cumsum(change[:-1]) > 0).astype(np.intp)


def hash_stretches(rows: np.ndarray, dtype) -> np.ndarray:
    """Hash of every stretch of `STRETCH` rows, (n_rows - STRETCH + 1,); 0 where too few values change."""
    n_rows, n_channels = rows.shape
    if n_rows < STRETCH:
        return np.empty(0, dtype=np.uint64)
    hashes = np.empty(n_rows, dtype=np.uint64)
    changes = np.zeros(n_rows, dtype=np.int64)
    for block in block_slices(n_rows, n_channels * 8):
        first = max(0, block.start - 1)  # with the row before, to see what changes
        values = _comparable(rows[first : block.stop], dtype)
        hashes[block] = _hash_rows(values[np.newaxis, block.start - first :])[0]
        changes[first + 1 : block.stop] = (values[1:] != values[:-1]).sum(axis=1)
    beginnings = np.cumsum(np.append(np.uint64(0), hashes * _powers(RADIX, n_rows)))
    found = beginnings[STRETCH:] - beginnings[:-STRETCH]
    found *= _powers(pow(RADIX, -1, 2**64), len(found))
    n_changes = np.cumsum(changes)
    n_changes = n_changes[STRETCH - 1 :] - n_changes[: len(found)]
    return np.where(n_changes >= LEAST_CHANGES_OF_STRETCH, found, 0)


def rows_of_tables_shared(train: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Say 1 for each row of a test table of shape (n, n_features) that is in the training table, else 0."""
    dtype = precision_of(train, test)
    trained, tested = (hash_table(table, dtype) for table in (train, test))
    return (np.isin(tested, trained) & (tested != 0)).astype(np.intp)


def hash_table(table: np.ndarray, dtype) -> np.ndarray:
    """Hash of each row; 0 where too few values differ from the one before."""
    values = _comparable(table, dtype)
    n_changes = (values[:, 1:] != values[:, :-1]).sum(axis=1)
    return np.where(n_changes >= LEAST_CHANGES_OF_COLUMNS, _hash_rows(values[:, np.newaxis])[:, 0], 0)
