"""Statistics of a window that know nothing of the order of its samples.

Mean, variance, extremes and the sorted samples come from the batch. The sums of squares (`_energies`) and
skewness with kurtosis (`_shapes`) are each found once, for all the calculators that need them.
"""

import numpy as np

from ..._core._compiling import compiled
from ._batch import Batch, once
from ._parameters import one_column, real_numbers, whole_numbers


def sum_values(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, batch.sum)


def mean(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, batch.mean)


def median(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, batch.median)


def length(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, np.full(len(batch), float(batch.n_timesteps)))


def standard_deviation(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, batch.std)


def variance(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, batch.var)


def maximum(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, batch.maximum)


def minimum(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, batch.minimum)


def absolute_maximum(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, np.maximum(np.abs(batch.maximum), np.abs(batch.minimum)))


def abs_energy(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, _energies(batch))


def root_mean_square(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, np.sqrt(_energies(batch) / batch.n_timesteps))


def skewness(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, _shapes(batch)[:, 0])


def kurtosis(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, _shapes(batch)[:, 1])


def variation_coefficient(batch: Batch, parameters: list[dict]) -> np.ndarray:
    coefficient = np.full(len(batch), np.nan)
    with np.errstate(over="ignore", invalid="ignore"):
        np.divide(batch.std, batch.mean, out=coefficient, where=batch.mean != 0)
    return one_column(parameters, coefficient)


def variance_larger_than_standard_deviation(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, batch.var > batch.std)


def large_standard_deviation(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Whether the standard deviation is more than ``r`` of the range."""
    parts = _parts_of_range(batch, real_numbers(parameters, "r"))
    return (batch.std[:, np.newaxis] > parts).astype(np.float64)


def symmetry_looking(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Whether mean and median are closer than ``r`` of the range."""
    parts = _parts_of_range(batch, real_numbers(parameters, "r"))
    with np.errstate(over="ignore", invalid="ignore"):
        apart = np.abs(batch.mean - batch.median)
    return (apart[:, np.newaxis] < parts).astype(np.float64)


def mean_n_absolute_max(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Mean of the ``number_of_maxima`` largest absolute values; NaN where there are no more samples."""
    numbers = whole_numbers(parameters, "number_of_maxima", least=1)
    return _means_of_largest(batch.sorted, numbers)


@once
def _energies(batch: Batch) -> np.ndarray:
    with np.errstate(over="ignore"):
        return np.vecdot(batch.values, batch.values)


@once
def _shapes(batch: Batch) -> np.ndarray:
    return _skewness_and_kurtosis(batch.values, batch.mean)


def _parts_of_range(batch: Batch, parts: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore", invalid="ignore"):
        return (batch.maximum - batch.minimum)[:, np.newaxis] * parts


@compiled
def _skewness_and_kurtosis(values, means):
    """Skewness G1 and excess kurtosis G2 as pandas has them: NaN where all samples are equal.

    The power sums about a mean that is rounded are moved to the exact mean (Pébay et al. 2016,
    Computational Statistics 31), so that the second moment of equal samples is exactly 0, whatever their
    mean is rounded to.
    """
    n_windows, n_timesteps = values.shape
    n = float(n_timesteps)
    shapes = np.full((n_windows, 2), np.nan)
    for window in range(n_windows):
        s1, s2, s3, s4 = _power_sums(values[window], means[window])
        off = s1 / n
        m2 = max(s2 - s1 * off, 0.0)
        if n_timesteps >= 3:
            m3 = s3 - 3.0 * s2 * off + 2.0 * off * (s1 * off)
            shapes[window, 0] = m3 / (m2 * np.sqrt(m2)) * (n * np.sqrt(n - 1.0) / (n - 2.0))
        if n_timesteps >= 4:
            m4 = s4 - 4.0 * s3 * off + 6.0 * s2 * (off * off) - 3.0 * (s1 * off) * (off * off)
            ratio = max(m4, 0.0) / (m2 * m2)
            unbiased = n * (n + 1.0) * ratio - 3.0 * (n - 1.0)
            shapes[window, 1] = (n - 1.0) / ((n - 2.0) * (n - 3.0)) * unbiased
    return shapes


@compiled(fastmath={"reassoc", "contract"})
def _power_sums(row, center):
    s1, s2, s3, s4 = 0.0, 0.0, 0.0, 0.0
    for i in range(len(row)):
        apart = row[i] - center
        square = apart * apart
        s1 += apart
        s2 += square
        s3 += square * apart
        s4 += square * square
    return s1, s2, s3, s4


@compiled
def _means_of_largest(ordered, numbers):
    n_windows, n_timesteps = ordered.shape
    means = np.full((n_windows, len(numbers)), np.nan)
    for window in range(n_windows):
        for column in range(len(numbers)):
            number = numbers[column]
            if n_timesteps <= number:
                continue
            low, high, total = 0, n_timesteps - 1, 0.0
            for _ in range(number):
                if -ordered[window, low] > ordered[window, high]:
                    total -= ordered[window, low]
                    low += 1
                else:
                    total += abs(ordered[window, high])
                    high -= 1
            means[window, column] = total / number
    return means
