"""Mean and variance of windows: the scales of channels, and whether float32 can hold them."""

import numpy as np

from .._core._blocks import block_slices
from .._core._moments import LARGEST
from ..windowing import Windows


def window_moments(windows: Windows) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of each channel in each window, two arrays of shape (n_windows, n_channels)."""
    n_windows, n_timesteps, n_channels = windows.shape
    means, variances = np.empty((2, n_windows, n_channels))
    with np.errstate(invalid="ignore"):  # of infinities, which make NaN
        for block in block_slices(n_windows, 8 * n_timesteps * n_channels):
            values = np.asarray(windows[block], dtype=np.float64)
            means[block], variances[block] = values.mean(axis=1), values.var(axis=1)
    return means, variances


def refuse_too_large(means: np.ndarray, variances: np.ndarray) -> None:
    """Refuse windows whose squares float32 cannot hold."""
    too_large = np.flatnonzero(~(np.hypot(means, np.sqrt(variances)) < LARGEST).all(axis=1))
    if len(too_large):
        raise ValueError(
            f"Values in {len(too_large)} windows, the first of them window {too_large[0]}, are larger than "
            f"{LARGEST:g}, which a network cannot reckon with. They may stand for missing readings: fill "
            "or drop those rows."
        )
