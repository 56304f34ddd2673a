"""Counts of samples: above, below and around a level, equal to each other, in a range.

What equal samples have to say (`_ties`) is read off the sorted samples in one pass, and what mean and samples
have to say (`_around_mean`) in another.
"""

from itertools import pairwise

import numpy as np

from ..._core._compiling import compiled
from ._batch import Batch, once
from ._parameters import one_column, parameters_named, real_numbers


def has_duplicate(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, _ties(batch)[:, 0] != batch.n_timesteps)


def has_duplicate_max(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, _are_equal(batch.sorted, -1, -2))


def has_duplicate_min(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, _are_equal(batch.sorted, 0, 1))


def ratio_value_number_to_time_series_length(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, _ties(batch)[:, 0] / batch.n_timesteps)


def percentage_of_reoccurring_values_to_all_values(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, _ties(batch)[:, 1] / _ties(batch)[:, 0])


def percentage_of_reoccurring_datapoints_to_all_datapoints(
    batch: Batch, parameters: list[dict]
) -> np.ndarray:
    return one_column(parameters, _ties(batch)[:, 2] / batch.n_timesteps)


def sum_of_reoccurring_values(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, _ties(batch)[:, 3])


def sum_of_reoccurring_data_points(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, _ties(batch)[:, 4])


def count_above_mean(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, _around_mean(batch)[:, 0])


def count_below_mean(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, _around_mean(batch)[:, 1])


def longest_strike_above_mean(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, _around_mean(batch)[:, 2])


def longest_strike_below_mean(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, _around_mean(batch)[:, 3])


def ratio_beyond_r_sigma(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Share of the samples that are more than ``r`` standard deviations from the mean."""
    return _shares_beyond(batch.values, batch.mean, batch.std, real_numbers(parameters, "r"))


def count_above(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Share of the samples that are ``t`` or more."""
    lows = real_numbers(parameters, "t")
    return _counts_between(batch.values, lows, np.full(len(lows), np.inf)) / batch.n_timesteps


def count_below(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Share of the samples that are ``t`` or less."""
    highs = real_numbers(parameters, "t")
    return _counts_between(batch.values, np.full(len(highs), -np.inf), highs) / batch.n_timesteps


def value_count(batch: Batch, parameters: list[dict]) -> np.ndarray:
    values = real_numbers(parameters, "value")
    return _counts_between(batch.values, values, values)


def range_count(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Number of samples from ``min`` on and below ``max``."""
    ranges = parameters_named(parameters, "min", "max")
    lows = real_numbers([{"min": low} for low, _ in ranges], "min")
    highs = real_numbers([{"max": high} for _, high in ranges], "max")
    # below a number is up to the one before it
    return _counts_between(batch.values, lows, np.nextafter(highs, -np.inf))


def number_crossing_m(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Number of steps from ``m`` or below to above ``m``, or back."""
    return _crossings(batch.values, real_numbers(parameters, "m"))


def benford_correlation(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Correlation of the frequencies of first digits with those of Benford's law."""
    counts = _counts_of_first_digits(batch.values.view(np.int64), _FIRST_DIGITS, _NEXT_DIGITS)
    for window in np.flatnonzero(counts[:, _SUBNORMAL]):
        # of numbers below 2.3e-308 only their text knows the first digit
        digits = [int(np.format_float_scientific(abs(x))[0]) for x in batch.values[window]]
        counts[window, :_SUBNORMAL] = np.bincount(digits, minlength=_SUBNORMAL)
    return one_column(parameters, _correlations(counts, batch.n_timesteps, _BENFORD))


def _are_equal(ordered: np.ndarray, one: int, other: int) -> np.ndarray:
    if ordered.shape[1] < 2:
        return np.zeros(len(ordered))
    return ordered[:, one] == ordered[:, other]


@once
def _ties(batch: Batch) -> np.ndarray:
    """Different values, those that reoccur, the samples of these, the sum of these and of their samples."""
    return _ties_of(batch.sorted)


@once
def _around_mean(batch: Batch) -> np.ndarray:
    """Samples above and below the mean, and the most of them in a row."""
    return _counts_around(batch.values, batch.mean)


@compiled
def _ties_of(ordered):
    n_windows, n_timesteps = ordered.shape
    ties = np.zeros((n_windows, 5))
    for window in range(n_windows):
        x = ordered[window]
        different, reoccurring, samples, sum_once, sum_of_all = 0, 0, 0, 0.0, 0.0
        start = 0
        for i in range(1, n_timesteps + 1):
            if i == n_timesteps or x[i] != x[start]:
                different += 1
                if i - start > 1:
                    reoccurring += 1
                    samples += i - start
                    sum_once += x[start]
                    sum_of_all += (i - start) * x[start]
                start = i
        ties[window, 0] = different
        ties[window, 1] = reoccurring
        ties[window, 2] = samples
        ties[window, 3] = sum_once
        ties[window, 4] = sum_of_all
    return ties


@compiled
def _counts_around(values, means):
    n_windows = len(values)
    counts = np.empty((n_windows, 4))
    for window in range(n_windows):
        center = means[window]
        above, below, run_above, run_below, most_above, most_below = 0, 0, 0, 0, 0, 0
        for x in values[window]:
            is_above, is_below = int(x > center), int(x < center)
            above += is_above
            below += is_below
            run_above = (run_above + 1) * is_above
            run_below = (run_below + 1) * is_below
            most_above = max(most_above, run_above)
            most_below = max(most_below, run_below)
        counts[window, 0] = above
        counts[window, 1] = below
        counts[window, 2] = most_above
        counts[window, 3] = most_below
    return counts


@compiled
def _shares_beyond(values, means, stds, factors):
    n_windows, n_timesteps = values.shape
    shares = np.empty((n_windows, len(factors)))
    apart = np.empty(n_timesteps)
    for window in range(n_windows):
        x, center = values[window], means[window]
        for i in range(n_timesteps):
            apart[i] = abs(x[i] - center)
        for column in range(len(factors)):
            limit = factors[column] * stds[window]
            beyond = 0
            for i in range(n_timesteps):
                beyond += int(apart[i] > limit)
            shares[window, column] = beyond / n_timesteps
    return shares


@compiled
def _counts_between(values, lows, highs):
    """Samples from low to high, both ends included, for each pair."""
    n_windows = len(values)
    counts = np.empty((n_windows, len(lows)))
    for window in range(n_windows):
        x = values[window]
        for column in range(len(lows)):
            low, high = lows[column], highs[column]
            count = 0
            for i in range(len(x)):
                count += int(x[i] >= low) & int(x[i] <= high)
            counts[window, column] = count
    return counts


@compiled
def _crossings(values, levels):
    n_windows, n_timesteps = values.shape
    counts = np.empty((n_windows, len(levels)))
    for window in range(n_windows):
        x, after = values[window, : n_timesteps - 1], values[window, 1:]
        for column in range(len(levels)):
            level = levels[column]
            count = 0
            for i in range(len(x)):
                count += int(x[i] > level) ^ int(after[i] > level)
            counts[window, column] = count
    return counts


_BENFORD = np.log10(1 + 1 / np.arange(1, 10)) - 1 / 9  # the mean of the nine frequencies is a ninth
_BENFORD /= np.linalg.norm(_BENFORD)
_SUBNORMAL = 10  # column of the counts after those of the digits 0 to 9


def _tables_of_first_digits() -> tuple[np.ndarray, np.ndarray]:
    """For each exponent of a double: the first digit of its smallest number, and where the next digits begin.

    The first digit of the shortest text that reads back as x is that of the largest d·10ᵉ, rounded to a
    double, that is not above x: 0.3 has the digit 3, although the double is a little less than 0.3. From 2ᵏ
    to 2ᵏ⁺¹ at most five digits begin. Doubles that are not negative compare as their bits do.
    """
    starts = np.array([float(f"{digit}e{power}") for power in range(-308, 309) for digit in range(1, 10)])
    starts = starts[np.isfinite(starts)]
    powers_of_2 = np.arange(1, 2048) << 52
    places = np.searchsorted(starts.view(np.int64), powers_of_2, side="right")
    first = np.zeros(2048, dtype=np.int64)
    first[1:] = (places - 1) % 9 + 1
    following = np.full((2048, 5), np.iinfo(np.int64).max)
    for exponent, (place, end) in enumerate(pairwise(places), start=1):
        following[exponent, : end - place] = starts[place:end].view(np.int64)
    return first, following


_FIRST_DIGITS, _NEXT_DIGITS = _tables_of_first_digits()


@compiled
def _counts_of_first_digits(bits, first, following):
    """Samples that begin with 0 (zeros alone), 1, ..., 9, and samples too small to be found in the tables."""
    n_windows = len(bits)
    counts = np.zeros((n_windows, 11), dtype=np.int64)
    tally = np.empty(16, dtype=np.int64)
    for window in range(n_windows):
        tally[:] = 0
        for b in bits[window]:
            x = b & np.int64(0x7FFFFFFFFFFFFFFF)
            exponent = x >> 52
            next_digits = following[exponent]
            digit = first[exponent]
            for j in range(5):
                digit += int(x >= next_digits[j])
            tally[digit] += 1
            if exponent == 0 and x != 0:
                counts[window, 10] += 1
        for digit in range(10):  # after 9 comes 1, counted as 10
            counts[window, digit] = tally[digit]
        for digit in range(10, 16):
            counts[window, digit - 9] += tally[digit]
    return counts


@compiled
def _correlations(counts, n_timesteps, law):
    correlations = np.empty(len(counts))
    shares = np.empty(9)
    for window in range(len(counts)):
        for digit in range(9):
            shares[digit] = counts[window, digit + 1] / n_timesteps
        # in NumPy's order: whether equal shares differ from their mean depends on how it is rounded
        four = (shares[0] + shares[1]) + (shares[2] + shares[3])
        eight = four + ((shares[4] + shares[5]) + (shares[6] + shares[7]))
        center = (eight + shares[8]) / 9.0
        products, squares = 0.0, 0.0
        for digit in range(9):
            apart = shares[digit] - center
            products += apart * law[digit]
            squares += apart * apart
        correlations[window] = products / np.sqrt(squares)
    return correlations
