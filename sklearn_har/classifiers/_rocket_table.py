"""The table of a RocketClassifier: kernels, statistics and ramps of levels, each on its scale."""

from typing import NamedTuple

import numpy as np

from .._core._blocks import as_block, block_slices
from .._core._moments import moments_of_rows
from ..features import RocketFeatures, SignalStatistics
from ..features._tables import blocks_of, write_in_blocks
from ..windowing import Windows

PART_BYTES = 128 * 2**20  # of a table, made at a time
FLAT = 1e-6  # of a column's largest magnitude: a spread that is rounding


class TrainingWindows(NamedTuple):
    """Windows to fit, and what is known of each.

    Attributes
    ----------
    windows : Windows
    codes : ndarray of int of shape (n,)
        Positions of their classes.
    weights : ndarray of shape (n,) or None
    folds : ndarray of int of shape (n,)
        Equal for those that are held out together.
    recorded : ndarray of bool of shape (n,)
        False for copies and synthetic windows, which nothing is chosen on.
    """

    windows: Windows
    codes: np.ndarray
    weights: np.ndarray | None
    folds: np.ndarray
    recorded: np.ndarray

    def at(self, positions) -> "TrainingWindows":
        """Some of them."""
        windows, codes, weights, folds, recorded = self
        weights = None if weights is None else weights[positions]
        return TrainingWindows(
            windows[positions], codes[positions], weights, folds[positions], recorded[positions]
        )


class RocketTable:
    """Makes the table of windows, by fitted features; ramps and scales are to be learned first."""

    ramps: "Ramps"
    scales: "Scales"

    def __init__(self, kernels: RocketFeatures, statistics: SignalStatistics):
        self.kernels, self.statistics = kernels, statistics
        names = statistics.get_feature_names_out()
        levels = statistics.series_[: len(statistics.series_) // 2]  # after them come their changes
        self.levels = np.flatnonzero(np.isin(names, [f"{level}__mean" for level in levels]))
        self.n_kernels = len(kernels.biases_)
        self.n_plain = self.n_kernels + len(names)

    def learn(self, windows: Windows, n_ramps: int, verbose: bool | None) -> np.ndarray:
        """Learn ramps and scales, and return the table of these windows; ramps are its last columns."""
        table = self.plain(windows, n_ramps * len(self.levels), verbose)
        _, statistics, _ = self.blocks(table)
        self.ramps = ramps_between_quantiles(statistics, self.levels, n_ramps)
        table = table[:, : self.n_plain + len(self.ramps.foot)]
        table[:, self.n_plain :] = heights_on_ramps(statistics, self.ramps)
        self.scales = scales_of_blocks(*self.blocks(table))
        rescale(table, self.scales)
        return table

    def forget_ramps(self) -> None:
        """Make tables without ramps from now on."""
        self.ramps = Ramps(*(part[:0] for part in self.ramps))
        self.scales = Scales(*(part[: self.n_plain] for part in self.scales))

    def make(self, windows: Windows) -> np.ndarray:
        """Return the table of windows, float32."""
        table = self.plain(windows, len(self.ramps.foot), verbose=False)
        _, statistics, heights = self.blocks(table)
        heights[:] = heights_on_ramps(statistics, self.ramps)
        rescale(table, self.scales)
        return table

    def plain(self, windows: Windows, n_free: int, verbose: bool | None) -> np.ndarray:
        """Kernels and statistics as they are, and ``n_free`` columns that are to be filled."""
        table = np.empty((len(windows), self.n_plain + n_free), np.float32)
        how = self.kernels.n_jobs, "Computing features", verbose
        write_in_blocks(self._write_plain, windows, self.slices(windows), table, *how)
        return table

    def _write_plain(self, windows: Windows, table: np.ndarray) -> int:
        some = as_block(windows, np.float32)  # as streams and files have them
        table[:, : self.n_kernels] = self.kernels.transform(some)
        table[:, self.n_kernels : self.n_plain] = self.statistics.transform(some)
        return len(some)

    def slices(self, windows: Windows) -> list[slice]:
        """Blocks of windows, each of which one thread makes the table of."""
        return blocks_of(windows, self.n_plain)

    def blocks(self, table: np.ndarray) -> list[np.ndarray]:
        """Views of kernels, statistics and ramps."""
        return np.split(table, [self.n_kernels, self.n_plain], axis=1)

    def parts(self, n_windows: int) -> list[slice]:
        """Slices of windows whose table takes `PART_BYTES`."""
        return list(block_slices(n_windows, 4 * self.n_plain, PART_BYTES))


class Ramps(NamedTuple):
    """Where columns rise from 0 to 1: over ``width`` from ``foot`` on, in a column of the statistics."""

    column: np.ndarray
    foot: np.ndarray
    width: np.ndarray


class Scales(NamedTuple):
    """What is taken from each column, and what it is then multiplied by; float32 of shape (n_columns,)."""

    offset: np.ndarray
    factor: np.ndarray


def ramps_between_quantiles(statistics: np.ndarray, levels: np.ndarray, n_ramps: int) -> Ramps:
    """Ramps between neighbours of ``n_ramps + 1`` quantiles of each column in ``levels``.

    Where two quantiles are equal but for rounding there is none between them.

    >>> statistics = np.array([[0.0, 7.0, 1.0], [1.0, 8.0, 1.0], [5.0, 9.0, 1.0]])
    >>> ramps = ramps_between_quantiles(statistics, np.array([0, 2]), 2)
    >>> ramps.column, ramps.foot, ramps.width
    (array([0, 0]), array([0., 1.]), array([1., 4.]))
    """
    at = np.quantile(statistics[:, levels], np.linspace(0.0, 1.0, n_ramps + 1), axis=0).T
    widths = np.diff(at, axis=1)
    place, step = np.nonzero(widths > FLAT * np.abs(at).max(axis=1, keepdims=True))
    return Ramps(levels[place], at[place, step], widths[place, step])


def heights_on_ramps(statistics: np.ndarray, ramps: Ramps) -> np.ndarray:
    """How far up each ramp a window is, shape (n_windows, n_ramps).

    A ridge on the ramps of a level is a piecewise linear function of it.

    >>> ramps = Ramps(np.array([1, 1]), np.array([0.0, 1.0]), np.array([1.0, 4.0]))
    >>> heights_on_ramps(np.array([[9.0, -1.0], [9.0, 0.5], [9.0, 2.0]]), ramps)
    array([[0.  , 0.  ],
           [0.5 , 0.  ],
           [1.  , 0.25]])
    """
    return np.clip((statistics[:, ramps.column] - ramps.foot) / ramps.width, 0.0, 1.0)


def scales_of_blocks(kernels: np.ndarray, statistics: np.ndarray, heights: np.ndarray) -> Scales:
    """Scales by which the variances of each block's columns add up to 1.

    Kernels keep their spreads beside each other, and so do ramps: what rarely differs says little. Statistics
    are in many units, so each gets the same spread; 0 if it does not vary.
    """
    moments = [moments_of_rows(block) for block in (kernels, statistics, heights)]
    variances = [of_block.squares / of_block.n_rows for of_block in moments]
    largest = np.maximum(statistics.max(axis=0), -statistics.min(axis=0))
    varies = np.sqrt(variances[1]) > FLAT * largest
    factors = [
        np.full(len(variances[0]), _one_over_root(variances[0].sum())),
        np.where(varies, _one_over_root(varies.sum() * variances[1]), 0.0),
        np.full(len(variances[2]), _one_over_root(variances[2].sum())),
    ]
    offset = np.concatenate([of_block.mean for of_block in moments])
    return Scales(offset.astype(np.float32), np.concatenate(factors).astype(np.float32))


def rescale(table: np.ndarray, scales: Scales) -> None:
    """Bring the columns of a table on their scales, in place."""
    table -= scales.offset
    table *= scales.factor


def _one_over_root(variance):
    """0 for what does not vary."""
    with np.errstate(divide="ignore"):
        return np.where(variance > 0, 1.0 / np.sqrt(variance), 0.0)
