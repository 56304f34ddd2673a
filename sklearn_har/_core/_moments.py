"""Mean and standard deviation of channels, exact for long and badly centred data."""

from collections.abc import Hashable, Iterable
from typing import NamedTuple

import numpy as np

from ._blocks import block_slices

LARGEST = 1e15  # of a value, so that its powers and changes stay far from the largest float32, 3e38


class Moments(NamedTuple):
    """What is known of some rows: their number, mean and sum of squared deviations from it."""

    n_rows: int
    mean: np.ndarray
    squares: np.ndarray

    def merge(self, other: "Moments") -> "Moments":
        """Moments of the rows of both.

        Chan, Golub & LeVeque (1983), "Algorithms for computing the sample variance".
        """
        n_rows = self.n_rows + other.n_rows
        step = other.mean - self.mean
        mean = self.mean + step * (other.n_rows / n_rows)
        squares = self.squares + other.squares + step**2 * (self.n_rows * other.n_rows / n_rows)
        return Moments(n_rows, mean, squares)

    def scale(self) -> np.ndarray:
        """Return the standard deviation of every channel, 1 where the channel is constant.

        Constant is what scikit-learn's StandardScaler takes for it: a variance within the rounding
        error of its own computation.
        """
        eps = np.finfo(np.float64).eps
        variance = self.squares / self.n_rows
        constant = variance <= self.n_rows * eps * variance + (self.n_rows * self.mean * eps) ** 2
        return np.where(constant, 1.0, np.sqrt(variance))


def merge_all(moments: Iterable[Moments]) -> Moments:
    """Moments of the rows of all."""
    merged, *others = moments
    for other in others:
        merged = merged.merge(other)
    return merged


def moments_of_block(values: np.ndarray) -> Moments:
    """Moments of rows, shape (n_rows, n_channels), in two passes."""
    n_rows = len(values)
    mean = values.mean(axis=0, dtype=np.float64)
    deviations = values - mean
    error = deviations.mean(axis=0)  # of the mean, by rounding
    squares = np.einsum("ij,ij->j", deviations, deviations) - n_rows * error**2
    return Moments(n_rows, mean + error, np.maximum(squares, 0.0))


def moments_of_rows(values: np.ndarray) -> Moments:
    """Moments of any number of rows, shape (n_rows, n_channels), block by block."""
    blocks = block_slices(len(values), 8 * values.shape[1])
    return merge_all(moments_of_block(values[block]) for block in blocks)


def moments_by_group(values: np.ndarray, stretches: Iterable[tuple[Hashable, slice]]) -> dict:
    """Moments of every group of rows; ``stretches`` says which group has which rows."""
    parts: dict[Hashable, list[Moments]] = {}
    for group, stretch in stretches:
        parts.setdefault(group, []).append(moments_of_rows(values[stretch]))
    return {group: merge_all(of_group) for group, of_group in parts.items()}


def moments_of_windows(windows) -> Moments:
    """Moments of all timesteps of windows, block by block; what overlaps counts as often as it is there."""
    n_windows, n_timesteps, n_channels = windows.shape
    blocks = block_slices(n_windows, 8 * n_timesteps * n_channels)
    return merge_all(moments_of_block(np.asarray(windows[block]).reshape(-1, n_channels)) for block in blocks)
