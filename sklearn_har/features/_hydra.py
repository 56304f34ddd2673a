"""Convolution kernels that compete at every timestep: Hydra."""

import numpy as np

from .._core._compiling import compiled
from ._rocket_kernels import LENGTH, REACH, standardise, sum_series


@compiled
def convolve_and_compare(total, first, dilation, weights, k, highest, winners, lowest, losers):
    """Convolve with kernel ``k``, and note where it is higher or lower than all before it."""
    w0, w1, w2 = weights[0], weights[1], weights[2]
    w3, w4, w5 = weights[3], weights[4], weights[5]
    w6, w7, w8 = weights[6], weights[7], weights[8]
    x0 = total[first:]
    x1, x2, x3, x4 = x0[dilation:], x0[2 * dilation :], x0[3 * dilation :], x0[4 * dilation :]
    x5, x6, x7, x8 = x4[dilation:], x4[2 * dilation :], x4[3 * dilation :], x4[4 * dilation :]
    for t in range(len(highest)):
        value = ((w0 * x0[t] + w1 * x1[t]) + (w2 * x2[t] + w3 * x3[t])) + (
            (w4 * x4[t] + w5 * x5[t]) + (w6 * x6[t] + w7 * x7[t])
        )
        value += w8 * x8[t]
        winners[t] = k if value > highest[t] else winners[t]
        highest[t] = max(highest[t], value)
        losers[t] = k if value < lowest[t] else losers[t]
        lowest[t] = min(lowest[t], value)


@compiled(fastmath={"reassoc", "nsz"})
def tally(highest, winners, losers, k):
    """Sum of what kernel ``k`` won with, and how often it lost."""
    won, lost = np.float32(0.0), np.float32(0.0)
    for t in range(len(highest)):
        won += highest[t] if winners[t] == k else np.float32(0.0)
        lost += np.float32(1.0) if losers[t] == k else np.float32(0.0)
    return won, lost


@compiled
def compete_in_windows(windows, mean, scale, dilations, chosen, weights, table):
    """Write how kernels fare in every window against the others of their group.

    Parameters
    ----------
    windows : ndarray of float64 of shape (n_windows, n_timesteps, n_channels)
    mean, scale : ndarray of float64 of shape (n_series,)
    dilations : ndarray of int of shape (n_groups,)
    chosen : ndarray of int of shape (n_groups, channels_per_kernel)
        Series that are added, -1 for none.
    weights : ndarray of float32 of shape (n_groups, n_kernels, 9)
    table : ndarray of float32 of shape (n_windows, n_columns)
        Its last ``n_groups * n_kernels * 2`` columns are written. Of each group, for each kernel: the root
        of the sum of its values, over n, where it is the highest, or 0 if that is negative; then the root of
        the share where it is the lowest.
    """
    n_windows, n_timesteps, _ = windows.shape
    n_kernels, n = weights.shape[1], max(n_timesteps, LENGTH)
    begin = table.shape[1] - 2 * n_kernels * len(dilations)
    margin = REACH * dilations.max()
    series = np.zeros((len(mean), n + 2 * margin), np.float32)
    own = np.empty(n + 2 * margin, np.float32)
    highest, lowest = np.empty(n, np.float32), np.empty(n, np.float32)
    winners, losers = np.empty(n, np.int32), np.empty(n, np.int32)
    for w in range(n_windows):
        standardise(windows[w], mean, scale, margin, series)
        for i in range(len(dilations)):
            first = margin - REACH * dilations[i]
            total = sum_series(series, chosen[i], first, len(own) - first, own)
            highest[:], lowest[:] = -np.inf, np.inf
            for k in range(n_kernels):
                convolve_and_compare(
                    total, first, dilations[i], weights[i, k], np.int32(k), highest, winners, lowest, losers
                )
            of_group = table[w, begin + 2 * n_kernels * i : begin + 2 * n_kernels * (i + 1)]
            for k in range(n_kernels):
                won, lost = tally(highest, winners, losers, np.int32(k))
                of_group[k] = np.sqrt(max(won, np.float32(0.0)) / n)
                of_group[n_kernels + k] = np.sqrt(lost / n)
