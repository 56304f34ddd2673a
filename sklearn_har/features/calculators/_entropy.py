"""Entropies and complexity: how hard it is to say what a window's next sample will be."""

from math import factorial

import numpy as np

from ..._core._compiling import compiled
from ..._core._warnings import warn_user
from ...exceptions import CalculatorFailedWarning
from ._batch import Batch, NotCompiled
from ._parameters import parameters_named, whole_number, whole_numbers
from ._templates import template_matches

_LONGEST_PATTERN = 8  # the table of patterns has dimension! cells


def approximate_entropy(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """How often runs of two samples that are alike stay alike for a third: one column for each ``r``.

    Known for templates of ``m=2`` samples; alike means within ``r`` standard deviations.
    """
    for parameter in parameters:
        if parameter["m"] != 2 or not parameter["r"] >= 0:
            raise NotCompiled(f"approximate_entropy with m={parameter['m']!r} and r={parameter['r']!r}")
    if batch.n_timesteps <= 3:
        return np.zeros((len(batch), len(parameters)))
    tolerances = batch.std[:, np.newaxis] * np.array([float(parameter["r"]) for parameter in parameters])
    matches = _matches(batch, tolerances)
    return np.abs(matches[:, :, 0] - matches[:, :, 1])


def sample_entropy(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Minus the logarithm of the share of pairs of two samples that still match with the third."""
    if batch.n_timesteps < 3:
        return np.full((len(batch), len(parameters)), np.nan)
    matches = _matches(batch, 0.2 * batch.std[:, np.newaxis])
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = -np.log(matches[:, :, 3] / matches[:, :, 2])
    return np.repeat(entropy, len(parameters), axis=1)


def _matches(batch: Batch, tolerances: np.ndarray) -> np.ndarray:
    """What `template_matches` gives; within a tolerance of NaN is nothing, not even the template itself."""
    matches = template_matches(batch.values, batch.order, np.fmax(tolerances, 0.0))
    unknown = np.isnan(tolerances)
    if unknown.any():
        matches[unknown] = np.nan, np.nan, 1 - batch.n_timesteps, 2 - batch.n_timesteps
    return matches


def permutation_entropy(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Entropy of the orders in which ``dimension`` consecutive samples stand; patterns start every ``tau``.

    Of equal samples the earlier one counts as the smaller.
    """
    pairs = parameters_named(parameters, "dimension", "tau")
    dimensions = np.array([whole_number("dimension", dimension, least=2) for dimension, _ in pairs])
    steps = np.array([whole_number("tau", tau, least=1) for _, tau in pairs])
    if dimensions.max() > _LONGEST_PATTERN:
        raise NotCompiled(f"permutation_entropy with more than {_LONGEST_PATTERN} samples in a pattern")
    return _permutation_entropies(batch.values, dimensions, steps, factorial(dimensions.max()))


def binned_entropy(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Entropy of the histogram of the values in ``max_bins`` bins.

    NaN, with a warning, where the values are too close together for so many bins; tsfresh raises there.
    """
    n_bins = whole_numbers(parameters, "max_bins", least=1)
    entropies = _histogram_entropies(batch.values, n_bins)
    n_failed = np.isnan(entropies).any(axis=1).sum()
    if n_failed:
        warn_user(
            f"binned_entropy is NaN on {n_failed} of {len(batch)} windows: their samples are too close "
            "together for so many bins, where tsfresh would stop the whole run.",
            CalculatorFailedWarning,
        )
    return entropies


def fourier_entropy(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Entropy of the histogram, in ``bins`` bins, of the power spectral density by Welch's method."""
    n_bins = whole_numbers(parameters, "bins", least=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        density = batch.welch / batch.welch.max(axis=1, keepdims=True)
    return _histogram_entropies(density, n_bins)


def lempel_ziv_complexity(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Words in the dictionary of a Lempel-Ziv code (LZ78) of the values in ``bins`` bins, per sample."""
    n_bins = whole_numbers(parameters, "bins", least=1)
    return _lempel_ziv_complexities(batch.values, batch.minimum, batch.maximum, n_bins)


# Permutation entropy -------------------------------------------------------------------------------------


@compiled
def _permutation_entropies(values, dimensions, steps, n_patterns):
    """Number every pattern by its Lehmer code, whose digits all lengths share, and count the numbers.

    The digit of the sample ``ahead`` of a position is the number of samples from the position up to it
    that are larger than it; it follows from the digit at the next position by one comparison.
    """
    n_windows, n = values.shape
    logarithms = np.zeros(n + 1)
    for count in range(1, n + 1):
        logarithms[count] = np.log(count)
    digits = np.empty(n + 1, np.int32)
    codes = np.empty(n, np.int32)
    counts = np.zeros(n_patterns, np.int32)
    longest = 0
    for dimension in dimensions:
        longest = max(longest, dimension)
    entropies = np.full((n_windows, dimensions.size), np.nan)
    for window in range(n_windows):
        row = values[window]
        digits[:] = 0
        codes[:] = 0
        weight = 1
        for ahead in range(1, min(longest, n)):
            weight *= ahead
            later = row[ahead:]
            digits_after = digits[1:]
            for position in range(n - ahead):
                digit = digits_after[position] + np.int32(row[position] > later[position])
                digits[position] = digit
                codes[position] += np.int32(weight) * digit
            for k in range(dimensions.size):
                if dimensions[k] == ahead + 1:
                    starts = codes[: n - ahead : steps[k]]
                    entropies[window, k] = _entropy_of_codes(starts, counts, logarithms)
    return entropies


@compiled
def _entropy_of_codes(codes, counts, logarithms):
    """Entropy of the frequencies of the codes; ``counts`` is zero before and after."""
    for code in codes:
        counts[np.uint32(code)] += 1
    of_all = logarithms[codes.size]
    entropy = 0.0
    for code in codes:
        count = counts[np.uint32(code)]
        if count:
            entropy -= count * (logarithms[np.uint32(count)] - of_all)
            counts[np.uint32(code)] = 0
    return entropy / codes.size


# Histograms ----------------------------------------------------------------------------------------------


@compiled
def _edges(first, last, n_bins, edges):
    """Write the edges of equal bins as `numpy.linspace` rounds them."""
    step = (last - first) / n_bins
    for edge in range(n_bins):
        if step == 0:  # the bins are narrower than the smallest number
            edges[edge] = edge / n_bins * (last - first) + first
        else:
            edges[edge] = edge * step + first
    edges[n_bins] = last


@compiled
def _histogram_entropies(values, numbers_of_bins):
    """Entropy of the histogram that `numpy.histogram` makes of every window, for every number of bins."""
    n_windows, n = values.shape
    most = 1
    for n_bins in numbers_of_bins:
        most = max(most, n_bins)
    parts = np.zeros(n + 1)  # of the entropy, by the number of values in a bin
    for count in range(1, n + 1):
        parts[count] = count / n * np.log(count / n)
    edges = np.empty(most + 1)
    counts = np.empty(most, np.int64)
    shares = np.empty(n)
    entropies = np.empty((n_windows, numbers_of_bins.size))
    for window in range(n_windows):
        row = values[window]
        first = row[0]
        last = row[0]
        known = True
        for value in row:
            known &= value == value
            first = min(first, value)
            last = max(last, value)
        if first == last:
            first -= 0.5
            last += 0.5
        width = last - first
        if not (known and 0 < width < np.inf):
            entropies[window] = np.nan
            continue
        for position in range(n):
            shares[position] = (row[position] - first) / width
        for k in range(numbers_of_bins.size):
            n_bins = numbers_of_bins[k]
            _edges(first, last, n_bins, edges)
            entropies[window, k] = _histogram_entropy(row, shares, edges[: n_bins + 1], counts, parts)
    return entropies


@compiled
def _histogram_entropy(row, shares, edges, counts, parts):
    n_bins = edges.size - 1
    for k in range(n_bins):
        if not edges[k] < edges[k + 1]:
            return np.nan
        counts[k] = 0
    for position in range(row.size):
        k = min(np.int64(shares[position] * n_bins), n_bins - 1)
        if row[position] < edges[k]:
            k -= 1
        elif k < n_bins - 1 and row[position] >= edges[k + 1]:
            k += 1
        counts[k] += 1
    entropy = 0.0
    for k in range(n_bins):
        entropy -= parts[counts[k]]
    return entropy


# Lempel-Ziv complexity -----------------------------------------------------------------------------------


@compiled
def _lempel_ziv_complexities(values, minimum, maximum, numbers_of_bins):
    """Number of words of the LZ78 code of every window, for every number of bins, per sample."""
    n_windows, n = values.shape
    most = 1
    for n_bins in numbers_of_bins:
        most = max(most, n_bins)
    edges = np.empty(most + 1)
    digits = np.empty(n, np.int32)
    longer_words = np.zeros((n + 1) * most, np.int64)
    written = np.empty(n + 1, np.int64)
    complexities = np.empty((n_windows, numbers_of_bins.size))
    for window in range(n_windows):
        for k in range(numbers_of_bins.size):
            n_bins = numbers_of_bins[k]
            _edges(minimum[window], maximum[window], n_bins, edges)
            _digits(values[window], edges[: n_bins + 1], digits)
            complexities[window, k] = _n_words(digits, n_bins, longer_words, written) / n
    return complexities


@compiled
def _digits(row, edges, digits):
    """Number of upper edges strictly below every value: guessed, then set right by the edges themselves."""
    n_bins = edges.size - 1
    first = edges[0]
    width = edges[n_bins] - first
    scale = n_bins / width if width > 0 else 0.0
    last = n_bins - 1
    for position in range(row.size):
        value = row[position]
        guess = (value - first) * scale
        digit = np.int64(guess) if guess < last else last
        while digit > 0 and edges[digit] >= value:
            digit -= 1
        while digit < last and edges[digit + 1] < value:
            digit += 1
        digits[position] = digit


@compiled
def _n_words(digits, n_bins, longer_words, written):
    """Words of the dictionary, a tree: the cell of a word and a digit leads to the cells of the longer word.

    Cells are zero before and after. A step has no branch: a word that is new goes back to the root, whose
    first cell is zero, which is what the cell of the new word held.
    """
    n_words = 0
    free = np.int64(n_bins)
    word = np.int64(0)
    for digit in digits:
        cell = np.uint64(word + digit)
        word = longer_words[cell]
        is_new = word == 0
        longer_words[cell] = free if is_new else word
        written[n_words] = cell  # kept if it is counted
        n_words += is_new
        free += n_bins if is_new else 0
    for k in range(n_words):
        longer_words[written[k]] = 0
    return n_words
