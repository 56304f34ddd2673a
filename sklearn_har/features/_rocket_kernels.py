"""Convolutions of windows with kernels of weights -1 and 2, and what is pooled of them.

Short windows are convolved side by side, up to `LANES` at a time: a timestep of all of them, then the next
one. So they are one long series, and margins and dilations are as many times longer: whole vectors of the
processor. A long window fills those, and the cache, alone.
"""

import numpy as np

from .._core._compiling import compiled

LENGTH = 9  # of a kernel
REACH = LENGTH // 2  # of a kernel to each side, in steps of its dilation
LARGEST = 1e30  # of a standardised value, so that no sum of them leaves float32
LANES = 16  # windows side by side: so many float32 fill the widest vectors
LONG = 512  # timesteps, above which a window is alone
COUNTABLE = np.iinfo(np.uint8).max  # timesteps of which those above a bias can be counted in bytes


@compiled
def standardise(window, mean, scale, margin, series):
    """Write a window's channels, and their differences, standardised; the zeros around them stay.

    Values are rounded to float32 first, so that windows of either precision are counted alike.

    Parameters
    ----------
    window : ndarray of float64 of shape (n_timesteps, n_channels)
        Fewer than nine timesteps are made nine by repeating the first and the last.
    mean, scale : ndarray of float64 of shape (n_series,)
        Of the channels, then, if there are so many, of their differences.
    margin : int
        Number of zeros that stand before and after a series.
    series : ndarray of float32 of shape (n_series, margin + n + margin)
        Written but for the zeros.
    """
    n_timesteps, n_channels = window.shape
    n_series, width = series.shape
    n = width - 2 * margin
    before = (n - n_timesteps) // 2
    first = margin + before
    for i in range(n_series):
        of_it = series[i]
        channel = i % n_channels
        is_difference = i >= n_channels
        previous = np.float64(np.float32(window[0, channel]))
        for t in range(n_timesteps):
            now = np.float64(np.float32(window[t, channel]))
            value = (now - previous if is_difference else now) - mean[i]
            previous = now
            of_it[first + t] = min(max(value / scale[i], -LARGEST), LARGEST)
        of_it[margin:first] = of_it[first]
        # nothing changes after the end, as before the beginning
        after = of_it[first] if is_difference else of_it[first + n_timesteps - 1]
        of_it[first + n_timesteps : margin + n] = after


@compiled
def sum_series(series, chosen, low, high, total):
    """Return the sum of the chosen series, -1 for none, between ``low`` and ``high``.

    It is written into ``total``; a series that is alone is returned as it is.
    """
    if len(chosen) == 1 or chosen[1] < 0:
        return series[chosen[0]]
    part = total[low:high]
    first, second = series[chosen[0], low:high], series[chosen[1], low:high]
    for t in range(len(part)):
        part[t] = first[t] + second[t]
    for i in chosen[2:]:
        if i >= 0:
            added = series[i, low:high]
            for t in range(len(part)):
                part[t] += added[t]
    return total


@compiled
def add_taps(total, margin, dilation, sums):
    """Write the sum of nine values, ``dilation`` apart, around every timestep."""
    x0 = total[margin - REACH * dilation :]
    x1, x2, x3, x4 = x0[dilation:], x0[2 * dilation :], x0[3 * dilation :], x0[4 * dilation :]
    x5, x6, x7, x8 = x4[dilation:], x4[2 * dilation :], x4[3 * dilation :], x4[4 * dilation :]
    for t in range(len(sums)):
        sums[t] = ((x0[t] + x1[t]) + (x2[t] + x3[t])) + ((x5[t] + x6[t]) + (x7[t] + x8[t])) + x4[t]


@compiled
def convolve(total, margin, dilation, taps, sums, start, out):
    """Write the convolution from ``start`` on.

    Three weights are 2 and six are -1: three times the sum of three values less the sum of nine.
    """
    first = margin - REACH * dilation + start
    a = total[first + taps[0] * dilation :]
    b = total[first + taps[1] * dilation :]
    c = total[first + taps[2] * dilation :]
    of_all = sums[start:]
    for t in range(len(out)):
        out[t] = np.float32(3.0) * ((a[t] + b[t]) + c[t]) - of_all[t]


@compiled
def share_above(values, bias):
    """Which share of the values lies above a bias."""
    count = 0
    for t in range(len(values)):
        count += values[t] > bias
    return count / len(values)


@compiled
def mark_above(values, bias, above):
    """Write 1 where a value lies above a bias, 0 elsewhere."""
    for t in range(len(values)):
        above[t] = values[t] > bias


@compiled
def add_halves(above, n, n_lanes):
    """Add up ``n`` timesteps, the second half to the first until there is one."""
    while n > 1:
        half = (n + 1) // 2
        second = above[half * n_lanes :]
        for t in range((n - half) * n_lanes):
            above[t] += second[t]
        n = half


@compiled
def shares_above(values, n_lanes, bias, above, shares):
    """Write which share of the values of each lane lies above a bias; ``above`` is room to count in."""
    n = len(values) // n_lanes
    shares[:] = 0.0
    for start in range(0, n, COUNTABLE):
        stop = min(start + COUNTABLE, n)
        mark_above(values[start * n_lanes : stop * n_lanes], bias, above)
        add_halves(above, stop - start, n_lanes)
        for lane in range(len(shares)):
            shares[lane] += above[lane]
    for lane in range(len(shares)):
        shares[lane] /= n


@compiled
def describe_above(values, bias):
    """Mean distance of values above a bias from it; mean position, longest stretch of them, over n."""
    n = len(values)
    count, position, stretch, longest, distance = 0, 0, 0, 0, 0.0
    for t in range(n):
        is_above = values[t] > bias
        count += is_above
        position += t if is_above else 0
        distance += values[t] - bias if is_above else np.float32(0.0)
        stretch = stretch + 1 if is_above else 0
        longest = max(longest, stretch)
    if count == 0:
        return 0.0, -1.0 / n, 0.0
    return distance / count, position / count / n, longest / n


@compiled
def pool(values, n_lanes, bias, above, pooled):
    """Write what is pooled of each lane's values into its row: its share and, if there is room, the rest."""
    if n_lanes == 1:  # as in a stream, where this takes half the time
        pooled[0, 0] = share_above(values, bias)
    else:
        shares_above(values, n_lanes, bias, above, pooled[:, 0])
    if pooled.shape[1] > 1:
        for lane in range(len(pooled)):
            pooled[lane, 1], pooled[lane, 2], pooled[lane, 3] = describe_above(values[lane::n_lanes], bias)


@compiled
def begins_of_sums(dilations, chosen):
    """Whether a convolution's dilation or series are not those of the one before."""
    begins = np.ones(len(dilations), np.bool_)
    for i in range(1, len(dilations)):
        begins[i] = dilations[i] != dilations[i - 1]
        for j in range(chosen.shape[1]):
            begins[i] |= chosen[i, j] != chosen[i - 1, j]
    return begins


@compiled
def count_lanes(n_windows, n):
    """How many windows of ``n`` timesteps are convolved at a time: about equally many each time."""
    if n > LONG or n_windows == 0:
        return 1
    n_chunks = -(-n_windows // LANES)
    return -(-n_windows // n_chunks)


@compiled
def pool_windows(windows, mean, scale, dilations, chosen, taps, padded, firsts, biases, n_poolings, table):
    """Write what is pooled of all convolutions of every window.

    Parameters
    ----------
    windows : ndarray of float64 of shape (n_windows, n_timesteps, n_channels)
    mean, scale : ndarray of float64 of shape (n_series,)
    dilations : ndarray of int of shape (n_convolutions,)
    chosen : ndarray of int of shape (n_convolutions, channels_per_kernel)
        Series that are added, -1 for none. Convolutions of the same series and dilation stand together.
    taps : ndarray of int of shape (n_convolutions, 3)
        Where the kernel's weights are 2.
    padded : ndarray of bool of shape (n_convolutions,)
    firsts : ndarray of int of shape (n_convolutions + 1,)
        Where a convolution's biases begin.
    biases : ndarray of float32 of shape (n_biases,)
    n_poolings : int
        1 for the shares above the biases; 4 for distances, positions and stretches too, one after the other.
    table : ndarray of float32 of shape (n_windows, n_columns)
        Its first ``n_poolings * n_biases`` columns are written.
    """
    n_windows, n_timesteps, _ = windows.shape
    n, n_biases = max(n_timesteps, LENGTH), len(biases)
    n_lanes = count_lanes(n_windows, n)
    margin = REACH * dilations.max()
    side_by_side = np.zeros((len(mean), n + 2 * margin, n_lanes), np.float32)
    series = side_by_side.reshape(len(mean), (n + 2 * margin) * n_lanes)
    margin, dilations = margin * n_lanes, dilations * n_lanes
    own = np.empty(series.shape[1], np.float32)
    sums, values = np.empty(n * n_lanes, np.float32), np.empty(n * n_lanes, np.float32)
    above = np.empty(COUNTABLE * n_lanes, np.uint8)
    begins = begins_of_sums(dilations, chosen)
    total = own
    for start in range(0, n_windows, n_lanes):
        rows = table[start : start + n_lanes]
        for lane in range(len(rows)):
            standardise(windows[start + lane], mean, scale, margin // n_lanes, side_by_side[:, :, lane])
        for i in range(len(dilations)):
            reach = REACH * dilations[i]
            if begins[i]:
                total = sum_series(series, chosen[i], margin - reach, len(own) - margin + reach, own)
                add_taps(total, margin, dilations[i], sums)
            skip = 0 if padded[i] else reach
            some = values[: len(values) - 2 * skip]
            convolve(total, margin, dilations[i], taps[i], sums, skip, some)
            for j in range(firsts[i], firsts[i + 1]):
                pool(some, n_lanes, biases[j], above, rows[:, j : n_poolings * n_biases : n_biases])


@compiled
def convolve_windows(windows, mean, scale, dilations, chosen, taps, values):
    """Write one convolution of each window, ``values`` of shape (n_windows, n), with zeros around it."""
    n_windows, n = values.shape
    margin = REACH * dilations.max()
    series = np.zeros((len(mean), n + 2 * margin), np.float32)
    own = np.empty(n + 2 * margin, np.float32)
    sums = np.empty(n, np.float32)
    for w in range(n_windows):
        reach = REACH * dilations[w]
        standardise(windows[w], mean, scale, margin, series)
        total = sum_series(series, chosen[w], margin - reach, margin + n + reach, own)
        add_taps(total, margin, dilations[w], sums)
        convolve(total, margin, dilations[w], taps[w], sums, 0, values[w])
