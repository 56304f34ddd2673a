"""How much a signal is like itself some samples later: autocorrelations."""

from collections.abc import Callable

import numpy as np

from ..._core._compiling import compiled
from ._batch import Batch, NotCompiled, once
from ._parameters import whole_number

_SHARED_LAGS = 40  # the longest lag of tsfresh's own sets, so that their calculators share one pass
_AGGREGATES: dict[str, Callable] = {
    "mean": np.mean,
    "var": np.var,
    "std": np.std,
    "median": np.median,
    "min": np.min,
    "max": np.max,
}


def autocorrelation(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Mean product of deviations ``lag`` samples apart, in variances; NaN where these are 1e-8 at most."""
    lags = np.array([whole_number("lag", parameter["lag"], least=0) for parameter in parameters])
    n = batch.n_timesteps
    features = np.full((len(batch), len(lags)), np.nan)
    there = np.flatnonzero(lags < n)
    if len(there):
        products = _products(batch, lags[there].max())[:, lags[there]]
        var = np.where(batch.var > 1e-8, batch.var, np.nan)
        with np.errstate(invalid="ignore"):  # both are infinite where squares overflow
            features[:, there] = products / ((n - lags[there]) * var[:, np.newaxis])
            features[:, lags == 0] /= features[:, lags == 0]  # 1, and no rounding that trees would split
    return features


def agg_autocorrelation(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Aggregate ``f_agg`` of the autocorrelations at lags 1 to ``maxlag``; those of a constant count as 0."""
    features = np.zeros((len(batch), len(parameters)))
    n = batch.n_timesteps
    constant = batch.var < 1e-10
    for i, parameter in enumerate(parameters):
        last = min(whole_number("maxlag", parameter["maxlag"], least=1), n - 1)
        if parameter["f_agg"] not in _AGGREGATES:
            raise NotCompiled(f"f_agg={parameter['f_agg']!r}")
        if n > 1:
            products = _products(batch, last)[:, : last + 1]
            with np.errstate(all="ignore"):
                correlations = products[:, 1:] / (n - np.arange(1, last + 1)) / (products[:, :1] / n)
                features[:, i] = _AGGREGATES[parameter["f_agg"]](correlations, axis=1)
            features[constant, i] = 0.0
    return features


def partial_autocorrelation(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Correlation of samples ``lag`` apart, given those between them, after Levinson and Durbin."""
    lags = np.array([whole_number("lag", parameter["lag"], least=0) for parameter in parameters])
    last = min(lags.max(), batch.n_timesteps // 2 - 1)
    features = np.full((len(batch), len(lags)), np.nan)
    if last > 0:
        partial = _levinson_durbin(_products(batch, last), batch.n_timesteps, last)
        features[:, lags <= last] = partial[:, lags[lags <= last]]
    return features


def _products(batch: Batch, last: int) -> np.ndarray:
    """Sums of products of deviations from the mean, for the lags 0 to ``last`` and more."""
    return _lagged_products_of(batch, max(int(last), _SHARED_LAGS))


@once
def _lagged_products_of(batch: Batch, last: int) -> np.ndarray:
    return _lagged_products(batch.values, batch.mean, last)


@compiled(fastmath={"reassoc", "contract"})
def _lagged_products(values, mean, last):
    n_windows, n = values.shape
    n_lags = last + 1
    products = np.zeros((n_windows, n_lags))
    deviations = np.zeros(n + last)
    for window in range(n_windows):
        for t in range(n):
            deviations[t] = values[window, t] - mean[window]
        sums = products[window]
        for t in range(n):
            now = deviations[t]
            following = deviations[t : t + n_lags]
            for lag in range(n_lags):
                sums[lag] += now * following[lag]
    return products


@compiled
def _levinson_durbin(products, n, last):
    """Partial autocorrelations at the lags 0 to ``last``, which is 1 or more."""
    n_windows = len(products)
    partial = np.ones((n_windows, last + 1))
    covariances = np.empty(last + 1)
    phi = np.empty(last + 1)
    before = np.empty(last + 1)
    for window in range(n_windows):
        for lag in range(last + 1):
            covariances[lag] = products[window, lag] / (n - lag)
        phi[1] = covariances[1] / covariances[0]
        sigma = covariances[0] - phi[1] * covariances[1]
        partial[window, 1] = phi[1]
        for k in range(2, last + 1):
            explained = 0.0
            for j in range(1, k):
                explained += phi[j] * covariances[k - j]
                before[j] = phi[j]
            phi[k] = (covariances[k] - explained) / sigma
            for j in range(1, k):
                phi[j] = before[j] - phi[k] * before[k - j]
            sigma *= 1 - phi[k] ** 2
            partial[window, k] = phi[k]
    return partial
