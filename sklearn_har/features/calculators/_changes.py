"""Statistics of the changes from sample to sample, and of products of samples some steps apart."""

import numpy as np

from ..._core._compiling import compiled
from ._batch import Batch, NotCompiled, once
from ._parameters import one_column, parameters_named, whole_numbers


def absolute_sum_of_changes(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, _change_sums(batch)[:, 0])


def mean_abs_change(batch: Batch, parameters: list[dict]) -> np.ndarray:
    n_changes = batch.n_timesteps - 1
    return one_column(parameters, _change_sums(batch)[:, 0] / (n_changes if n_changes else np.nan))


def mean_change(batch: Batch, parameters: list[dict]) -> np.ndarray:
    x, n = batch.values, batch.n_timesteps
    with np.errstate(over="ignore"):
        return one_column(parameters, (x[:, -1] - x[:, 0]) / (n - 1 if n > 1 else np.nan))


def mean_second_derivative_central(batch: Batch, parameters: list[dict]) -> np.ndarray:
    x, n = batch.values, batch.n_timesteps
    if n <= 2:
        return one_column(parameters, np.full(len(batch), np.nan))
    with np.errstate(over="ignore", invalid="ignore"):
        return one_column(parameters, (x[:, -1] - x[:, -2] - x[:, 1] + x[:, 0]) / (2 * (n - 2)))


def cid_ce(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Root of the sum of squared changes, of the samples or (``normalize``) of their standard scores."""
    estimates = np.empty((len(batch), len(parameters)))
    for column, (normalize,) in enumerate(parameters_named(parameters, "normalize")):
        if not isinstance(normalize, bool | np.bool):
            raise NotCompiled(f"normalize is {normalize!r}, and only True and False are compiled.")
        if normalize:
            estimates[:, column] = _complexities_of_scores(batch.values, batch.mean, batch.std)
        else:
            estimates[:, column] = np.sqrt(_change_sums(batch)[:, 1])
    return estimates


def c3(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Mean product of three samples, each ``lag`` after the last; 0 where the window is too short for one."""
    return _mean_triple_products(batch.values, whole_numbers(parameters, "lag", least=0))


def time_reversal_asymmetry_statistic(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Mean of c²b - ba² for samples a, b, c, each ``lag`` after the last; 0 where the window is too short."""
    return _mean_asymmetries(batch.values, whole_numbers(parameters, "lag", least=0))


@once
def _change_sums(batch: Batch) -> np.ndarray:
    """Sums of the absolute and of the squared changes."""
    return _sums_of_changes(batch.values)


@compiled(fastmath={"reassoc", "contract"})
def _sums_of_changes(values):
    n_windows, n_timesteps = values.shape
    sums = np.empty((n_windows, 2))
    for window in range(n_windows):
        x, after = values[window, : n_timesteps - 1], values[window, 1:]
        absolute, square = 0.0, 0.0
        for i in range(len(x)):
            change = after[i] - x[i]
            absolute += abs(change)
            square += change * change
        sums[window, 0] = absolute
        sums[window, 1] = square
    return sums


@compiled(fastmath={"reassoc", "contract"})
def _complexities_of_scores(values, means, stds):
    n_windows, n_timesteps = values.shape
    complexities = np.zeros(n_windows)
    scores = np.empty(n_timesteps)
    earlier, later = scores[: n_timesteps - 1], scores[1:]
    for window in range(n_windows):
        x, center, std = values[window], means[window], stds[window]
        if std != 0.0:
            for i in range(n_timesteps):
                scores[i] = (x[i] - center) / std
            total = 0.0
            for i in range(len(earlier)):
                change = later[i] - earlier[i]
                total += change * change
            complexities[window] = np.sqrt(total)
    return complexities


@compiled(fastmath={"reassoc", "contract"})
def _mean_triple_products(values, lags):
    n_windows, n_timesteps = values.shape
    means = np.zeros((n_windows, len(lags)))
    for column in range(len(lags)):
        lag = lags[column]
        n_products = n_timesteps - 2 * lag
        for window in range(n_windows if n_products > 0 else 0):
            a = values[window, :n_products]
            b = values[window, lag : lag + n_products]
            c = values[window, 2 * lag :]
            total = 0.0
            for i in range(len(a)):
                total += c[i] * b[i] * a[i]
            means[window, column] = total / n_products
    return means


@compiled(fastmath={"reassoc"})
def _mean_asymmetries(values, lags):
    n_windows, n_timesteps = values.shape
    means = np.zeros((n_windows, len(lags)))
    for column in range(len(lags)):
        lag = lags[column]
        n_products = n_timesteps - 2 * lag
        for window in range(n_windows if n_products > 0 else 0):
            a = values[window, :n_products]
            b = values[window, lag : lag + n_products]
            c = values[window, 2 * lag :]
            total = 0.0
            for i in range(len(a)):
                total += b[i] * (c[i] * c[i] - a[i] * a[i])
            means[window, column] = total / n_products
    return means
