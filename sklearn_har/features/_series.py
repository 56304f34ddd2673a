"""From windows to the series that are described: channels, magnitudes and their changes, compiled.

Sums may be taken in any order, which lets the compiler add several samples at once; the order depends
on the length of the series alone.
"""

import math

import numpy as np

from .._core._compiling import compiled
from ._motion import ROUNDING

compiled_with_vectors = compiled(fastmath={"reassoc", "contract", "nsz"})  # which sum in another order
SMALLEST = 1e-40  # of a range: what changes less does not change, and no power of it is rounded to 0


@compiled_with_vectors
def make_series(windows, channels, triads, sampling_rate):
    """Channels, magnitudes of triads of these, and how much each of them changes in a second.

    The first timestep, before which there is none, has the change of the second.
    """
    n_windows, n_timesteps, _ = windows.shape
    n_levels = len(channels) + len(triads)
    series = np.zeros((n_windows, 2 * n_levels, n_timesteps))
    for window in range(n_windows):
        samples, levels, changes = windows[window], series[window, :n_levels], series[window, n_levels:]
        for place in range(len(channels)):
            for t in range(n_timesteps):
                levels[place, t] = samples[t, channels[place]]
        for place in range(len(triads)):
            x, y, z = triads[place]
            for t in range(n_timesteps):
                square = levels[x, t] ** 2 + levels[y, t] ** 2 + levels[z, t] ** 2
                levels[len(channels) + place, t] = math.sqrt(square)
        if n_timesteps > 1:
            for place in range(n_levels):
                for t in range(1, n_timesteps):
                    changes[place, t] = (levels[place, t] - levels[place, t - 1]) * sampling_rate
                changes[place, 0] = changes[place, 1]
    return series


@compiled_with_vectors
def take_means(series, ordered):
    """Series less their means, zeros where only rounding is left, and the means."""
    n_windows, n_series, n_timesteps = series.shape
    moving = np.zeros(series.shape)
    means = np.empty((n_windows, n_series))
    for window in range(n_windows):
        for place in range(n_series):
            low, high = ordered[window, place, 0], ordered[window, place, n_timesteps - 1]
            if high - low <= max(ROUNDING * max(abs(low), abs(high)), SMALLEST):
                means[window, place] = ordered[window, place, n_timesteps // 2]
                continue
            values = series[window, place]
            total = 0.0
            for t in range(n_timesteps):
                total += values[t]
            mean = total / n_timesteps
            means[window, place] = mean
            for t in range(n_timesteps):
                moving[window, place, t] = values[t] - mean
    return moving, means
