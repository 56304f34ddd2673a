"""Plain statistics of series, compiled: what `SERIES` names of each, and correlations between them.

Series are arrays of float64 of shape (n_windows, n_series, n_timesteps), what is said of them is float32.
Values a distance apart are read from two slices: for all the compiler knows, a position that is a sum might
be negative and count from the end, and then it uses no vectors.
"""

import math

import numpy as np

from ._motion import ROUNDING
from ._series import compiled_with_vectors

FINE = 1e-6  # of the largest magnitude of a level: what counts ask for is more, or rounding would decide
FLOOR = 1e-6  # added to what a logarithm is taken of, in the square of the unit
SHARES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
LAGS = (2, 3, 6, 9, 12, 19, 25, 31, 38, 50)  # percent of the window
N_BANDS = 8
N_PARTS = 3

MOMENTS = ("mean", "std", "rms", "log_variance", "skewness", "log_kurtosis")
QUANTILES = ("min", "q05", "q10", "q25", "median", "q75", "q90", "q95", "max", "iqr", "mad")
COURSE = (
    *(f"{part}_{what}" for part in ("first", "middle", "last") for what in ("mean", "log_variance")),
    "slope",
    "mean_abs_change",
    "zero_crossings",
    "mean_crossings",
    "turning_points",
    "longest_above_mean",
)
AUTOCORRELATION = tuple(f"autocorrelation_{lag}" for lag in LAGS)
SPECTRUM = (
    *(f"log_power_{band + 1}" for band in range(N_BANDS)),
    "spectral_entropy",
    "spectral_centroid",
    "spectral_spread",
    "peak_frequency",
    "peak_share",
)
TRIAD = tuple(f"log_principal_variance_{axis + 1}" for axis in range(3))
SERIES = (*MOMENTS, *QUANTILES, *COURSE, *AUTOCORRELATION, *SPECTRUM)

_AFTER_MOMENTS = len(MOMENTS)
_AFTER_QUANTILES = _AFTER_MOMENTS + len(QUANTILES)
_AFTER_COURSE = _AFTER_QUANTILES + len(COURSE)
_AFTER_AUTOCORRELATION = _AFTER_COURSE + len(AUTOCORRELATION)
_N_STATISTICS = len(SERIES)


@compiled_with_vectors
def describe(series, ordered, moving, means, spectra, triads, bands, lags, sampling_rate, table):
    """Write what is said of each series, each triad and each two series into the rows of ``table``."""
    n_windows, n_series, _ = series.shape
    n_levels = n_series // 2
    power = np.empty(spectra.shape[2])
    for window in range(n_windows):
        for place in range(n_series):
            start = place * _N_STATISTICS
            row = table[window, start : start + _N_STATISTICS]
            values, own = series[window, place], moving[window, place]
            level = ordered[window, place % n_levels]
            fine = FINE * max(abs(level[0]), abs(level[-1])) * (1.0 if place < n_levels else sampling_rate)
            squares = _moments(own, means[window, place], row)
            _quantiles(ordered[window, place], row[_AFTER_MOMENTS:])
            _thirds(own, means[window, place], row[_AFTER_QUANTILES:])
            _changes(values, own, fine, sampling_rate, row[_AFTER_QUANTILES + 2 * N_PARTS :])
            _autocorrelations(own, squares, lags, row[_AFTER_COURSE:])
            _powers(spectra[window, place], len(values), power)
            _spectrum(power, bands, sampling_rate / len(values), row[_AFTER_AUTOCORRELATION:])
        row = table[window, n_series * _N_STATISTICS :]
        for place in range(len(triads)):
            _principal_variances(moving[window], triads[place], row[3 * place :])
        _correlations(moving[window], row[3 * len(triads) :])


@compiled_with_vectors
def _moments(moving, mean, row):
    """Write `MOMENTS`; returns the sum of squares."""
    n_timesteps = len(moving)
    squares = cubes = fourths = 0.0
    for value in moving:
        square = value * value
        squares += square
        cubes += square * value
        fourths += square * square
    variance = squares / n_timesteps
    row[0] = mean
    row[1] = math.sqrt(variance)
    row[2] = math.sqrt(variance + mean * mean)
    row[3] = _log_of(variance)
    row[4] = row[5] = 0.0
    if variance > 0.0:
        row[4] = cubes / n_timesteps / (variance * math.sqrt(variance))
        row[5] = math.log(fourths / n_timesteps / (variance * variance))
    return squares


@compiled_with_vectors
def _quantiles(ordered, row):
    """Write `QUANTILES`."""
    last = len(ordered) - 1
    row[0], row[8] = ordered[0], ordered[last]
    for place in range(len(SHARES)):
        row[1 + place] = _of_sorted(ordered, SHARES[place])
    row[9] = _of_sorted(ordered, 0.75) - _of_sorted(ordered, 0.25)
    row[10] = _median_distance(ordered, _of_sorted(ordered, 0.5))


@compiled_with_vectors
def _of_sorted(ordered, share):
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


@compiled_with_vectors
def _median_distance(ordered, center):
    """Median of the distances of sorted values from one of them, walking away from it on both sides."""
    n_values = len(ordered)
    high = n_values // 2
    low = high - 1
    nearer = distance = 0.0
    for _ in range(n_values // 2 + 1):
        nearer = distance
        below = center - ordered[low] if low >= 0 else math.inf
        above = ordered[high] - center if high < n_values else math.inf
        if below < above:
            distance = below
            low -= 1
        else:
            distance = above
            high += 1
    return distance if n_values % 2 else (nearer + distance) / 2


@compiled_with_vectors
def _thirds(moving, mean, row):
    """Mean and logarithm of the variance of each third of the window, of one timestep at least."""
    n_timesteps = len(moving)
    for part in range(N_PARTS):
        start = min(part * n_timesteps // N_PARTS, n_timesteps - 1)
        stop = max((part + 1) * n_timesteps // N_PARTS, start + 1)
        total = squares = 0.0
        for value in moving[start:stop]:
            total += value
        own = total / (stop - start)
        for value in moving[start:stop]:
            squares += (value - own) ** 2
        row[2 * part] = mean + own
        row[2 * part + 1] = _log_of(squares / (stop - start))


@compiled_with_vectors
def _changes(values, moving, fine, sampling_rate, row):
    """Write what `COURSE` names after the thirds; what is above is so by more than ``fine``."""
    n_timesteps = len(values)
    slope = change = 0.0
    through_zero = through_mean = turns = run = longest = 0
    for t in range(n_timesteps):
        slope += moving[t] * (t - (n_timesteps - 1) / 2)
    next_value, next_but_one, next_moving = values[1:], values[2:], moving[1:]
    for t in range(n_timesteps - 1):
        change += abs(next_value[t] - values[t])
        through_zero += (next_value[t] > fine) != (values[t] > fine)
        through_mean += (next_moving[t] > fine) != (moving[t] > fine)
    for t in range(n_timesteps - 2):
        turns += (next_but_one[t] - next_value[t] > fine) != (next_value[t] - values[t] > fine)
    for t in range(n_timesteps):
        run = run + 1 if moving[t] > fine else 0
        longest = max(longest, run)
    per_second = sampling_rate / max(n_timesteps - 1, 1)
    times = n_timesteps * (n_timesteps * n_timesteps - 1.0) / 12
    row[0] = slope / times * sampling_rate if n_timesteps > 1 else 0.0
    row[1] = change * per_second
    row[2] = through_zero * per_second
    row[3] = through_mean * per_second
    row[4] = turns * per_second
    row[5] = longest / n_timesteps


@compiled_with_vectors
def _autocorrelations(moving, squares, lags, row):
    for place in range(len(lags)):
        later = moving[lags[place] :]
        products = 0.0
        for t in range(len(later)):
            products += moving[t] * later[t]
        row[place] = products / squares if squares > 0.0 else 0.0


@compiled_with_vectors
def _powers(spectrum, n_timesteps, power):
    """Power of each frequency; those above 0 add up to the variance."""
    scale = 2.0 / (n_timesteps * n_timesteps)
    for k in range(len(power)):
        power[k] = scale * (spectrum[k].real ** 2 + spectrum[k].imag ** 2)
    if n_timesteps % 2 == 0:
        power[-1] /= 2


@compiled_with_vectors
def _spectrum(power, bands, step, row):
    """Write `SPECTRUM`; ``bands`` has the first frequency of each band, and the one after the last."""
    n_frequencies = len(power) - 1
    for band in range(N_BANDS):
        within = 0.0
        for k in range(bands[band], bands[band + 1]):
            within += power[k]
        row[band] = _log_of(within)
    row[N_BANDS:] = 0.0
    total = first = second = 0.0
    peak = 1
    for k in range(1, len(power)):
        total += power[k]
        first += power[k] * k
        second += power[k] * k * k
    if total == 0.0:
        return
    entropy = 0.0
    for k in range(1, len(power)):
        if power[k] > power[peak]:
            peak = k
        share = power[k] / total
        if share > 0.0:
            entropy -= share * math.log(share)
    centroid = first / total
    row[N_BANDS] = entropy / math.log(n_frequencies) if n_frequencies > 1 else 0.0
    row[N_BANDS + 1] = centroid * step
    row[N_BANDS + 2] = math.sqrt(max(second / total - centroid * centroid, 0.0)) * step
    row[N_BANDS + 3] = peak * step
    row[N_BANDS + 4] = power[peak] / total


@compiled_with_vectors
def _principal_variances(moving, triad, row):
    """Write `TRIAD`: of the eigenvalues of the covariance of three series, from the largest."""
    x, y, z = moving[triad[0]], moving[triad[1]], moving[triad[2]]
    xx, yy, zz = _covariance(x, x), _covariance(y, y), _covariance(z, z)
    xy, xz, yz = _covariance(x, y), _covariance(x, z), _covariance(y, z)
    middle = (xx + yy + zz) / 3
    a, b, c = xx - middle, yy - middle, zz - middle
    size = math.sqrt((a * a + b * b + c * c + 2 * (xy * xy + xz * xz + yz * yz)) / 6)
    angle = 0.0
    if size > 0.0:
        a, b, c, xy, xz, yz = a / size, b / size, c / size, xy / size, xz / size, yz / size
        determinant = a * (b * c - yz * yz) - xy * (xy * c - yz * xz) + xz * (xy * yz - b * xz)
        angle = math.acos(min(max(determinant / 2, -1.0), 1.0)) / 3
    row[0] = _log_of(middle + 2 * size * math.cos(angle))
    row[1] = _log_of(middle + 2 * size * math.cos(angle - 2 * math.pi / 3))
    row[2] = _log_of(middle + 2 * size * math.cos(angle + 2 * math.pi / 3))


@compiled_with_vectors
def _covariance(one, other):
    products = 0.0
    for t in range(len(one)):
        products += one[t] * other[t]
    return products / len(one)


@compiled_with_vectors
def _log_of(variance):
    return math.log(max(variance, 0.0) + FLOOR)


@compiled_with_vectors
def _correlations(moving, row):
    """Write the correlations of each series with those that come after it."""
    n_series = len(moving)
    lengths = np.empty(n_series)
    for one in range(n_series):
        lengths[one] = math.sqrt(_covariance(moving[one], moving[one]))
    column = 0
    for one in range(n_series):
        for other in range(one + 1, n_series):
            length = lengths[one] * lengths[other]
            correlation = _covariance(moving[one], moving[other]) / length if length > 0.0 else 0.0
            row[column] = min(max(correlation, -1.0), 1.0)
            column += 1


def lags_of(n_timesteps: int) -> np.ndarray:
    """`LAGS` in timesteps, rounded, of one at least."""
    return np.maximum(np.rint(np.array(LAGS) * n_timesteps / 100), 1).astype(np.intp)


def bands_of(n_timesteps: int) -> np.ndarray:
    """First frequency of each of `N_BANDS` bands of equal ratio, and the one after the last.

    Frequencies are counted in steps of one per window. A band has its upper end, and may have nothing else.
    """
    n_frequencies = n_timesteps // 2
    ends = np.geomspace(1, max(n_frequencies, 1), N_BANDS + 1)
    bands = np.floor(ends * (1 + ROUNDING)).astype(np.intp) + 1
    bands[0] = 1
    return np.minimum(bands, n_frequencies + 1)
