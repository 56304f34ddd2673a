"""Windows of one channel, and what several calculators ask of them, computed once."""

from collections.abc import Callable
from functools import cached_property, lru_cache, wraps
from typing import Any

import numpy as np


class NotCompiled(Exception):
    """A calculator was asked for a parameter that its compiled form does not know."""


class Batch:
    """Windows of one channel, one row a window.

    Sums along the rows of a C-contiguous array are NumPy's pairwise sums of every single row, so that
    mean, variance and standard deviation equal ``np.mean(row)`` and so on bit for bit. Features that
    compare samples with them depend on it: ``np.mean`` of 128 times 0.1 is not 0.1.

    Parameters
    ----------
    values : ndarray of float64 of shape (n_windows, n_timesteps)
        C-contiguous.
    """

    def __init__(self, values: np.ndarray):
        if not (values.ndim == 2 and values.dtype == np.float64 and values.flags.c_contiguous):
            raise ValueError("A batch is a C-contiguous array of float64, one row a window.")
        self.values = values
        self.kept: dict[tuple, Any] = {}

    def __len__(self) -> int:
        return len(self.values)

    @property
    def n_timesteps(self) -> int:
        return self.values.shape[1]

    @cached_property
    def sum(self) -> np.ndarray:
        with np.errstate(over="ignore", invalid="ignore"):
            return self.values.sum(axis=1)

    @cached_property
    def mean(self) -> np.ndarray:
        return self.sum / self.n_timesteps

    @cached_property
    def var(self) -> np.ndarray:
        """Variance with ddof 0."""
        with np.errstate(over="ignore", invalid="ignore"):
            deviations = self.values - self.mean[:, np.newaxis]
            np.multiply(deviations, deviations, out=deviations)
            return deviations.sum(axis=1) / self.n_timesteps

    @cached_property
    def std(self) -> np.ndarray:
        """Standard deviation with ddof 0."""
        return np.sqrt(self.var)

    @cached_property
    def minimum(self) -> np.ndarray:
        return self.sorted[:, 0].copy()

    @cached_property
    def maximum(self) -> np.ndarray:
        return self.sorted[:, -1].copy()

    @cached_property
    def sorted(self) -> np.ndarray:
        """The values of every row in ascending order."""
        return np.sort(self.values, axis=1)

    @cached_property
    def order(self) -> np.ndarray:
        """Positions (intp) that sort every row; equal values keep their order."""
        order = np.argsort(self.values, axis=1)  # several times as fast as the stable one
        tied = (self.sorted[:, 1:] == self.sorted[:, :-1]).any(axis=1)
        order[tied] = np.argsort(self.values[tied], axis=1, kind="stable")
        return order

    @cached_property
    def median(self) -> np.ndarray:
        middle = self.n_timesteps // 2
        if self.n_timesteps % 2:
            return self.sorted[:, middle].copy()
        with np.errstate(over="ignore"):
            return (self.sorted[:, middle - 1] + self.sorted[:, middle]) / 2

    @cached_property
    def spectrum(self) -> np.ndarray:
        """Complex coefficients of the discrete Fourier transform, shape (n_windows, n_timesteps // 2 + 1)."""
        with np.errstate(over="ignore", invalid="ignore"):
            return np.fft.rfft(self.values, axis=1)

    @cached_property
    def welch(self) -> np.ndarray:
        """Power spectral density by Welch's method at one sample a second, shape (n_windows, m // 2 + 1).

        What `scipy.signal.welch` gives by default: segments of m = min(n_timesteps, 256) samples, every
        other half overlapping, less their mean, tapered by a periodic Hann window, one-sided; the mean
        over the segments.
        """
        length = min(self.n_timesteps, 256)
        starts = range(0, self.n_timesteps - length + 1, length - length // 2)
        taper = _taper(length)
        total = np.zeros((len(self), length // 2 + 1))
        with np.errstate(over="ignore", invalid="ignore"):
            for start in starts:
                segments = np.ascontiguousarray(self.values[:, start : start + length])
                mean = self.mean if length == self.n_timesteps else segments.mean(axis=1)
                spectrum = np.fft.rfft((segments - mean[:, np.newaxis]) * taper, axis=1)
                total += spectrum.real**2 + spectrum.imag**2
            total[:, 1 : (length + 1) // 2] *= 2
            return total / len(starts)


@lru_cache(maxsize=8)
def _taper(length: int) -> np.ndarray:
    """Periodic Hann window whose squares add up to 1."""
    taper = 0.5 + 0.5 * np.cos(np.linspace(-np.pi, np.pi, length + 1)[:-1]) if length > 1 else np.ones(1)
    return taper * (1 / np.sqrt(sum(taper**2)))  # in SciPy's order: constants leave but rounding


def once(shared: Callable) -> Callable:
    """Let ``shared(batch, *arguments)`` be computed once a batch, for all calculators that ask for it."""

    @wraps(shared)
    def kept(batch: Batch, *arguments):
        key = (shared, *arguments)
        if key not in batch.kept:
            batch.kept[key] = shared(batch, *arguments)
        return batch.kept[key]

    return kept
