"""How much a signal is like itself some samples later: autocorrelations and an autoregression."""

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad

from ._series import Series, not_zero, once, one_column, select, split, undefined, unless

SMALLEST_VARIANCE = 1e-8, 1e-10  # of autocorrelation, and of its aggregates
RIDGE = 1e-13  # of a column's squares: leaves the shortest of the solutions where there are several


def autocorrelation(series: Series, parameters: list[dict]) -> Tensor:
    """Mean product of deviations ``lag`` samples apart, in variances."""
    n = series.n_timesteps
    lags = [int(one["lag"]) for one in parameters]
    there = [lag for lag in lags if lag < n]
    products = select(_products(series, max(there)), series, "autocorrelation", there)
    divisor = series.constants.keep("autocorrelation_divisor", [float(n - lag) for lag in there])
    var = one_column(series.var)
    features = unless(var <= SMALLEST_VARIANCE[0], products / (divisor * var))
    at_0 = series.constants.keep("autocorrelation_at_0", [float(lag == 0) for lag in there])
    features = features / (at_0 * features + (1 - at_0))  # of a signal with itself, 1
    features = torch.cat([features, undefined(series)], -1)
    places = [there.index(lag) if lag in there else len(there) for lag in lags]
    return select(features, series, "autocorrelation_places", places)


def agg_autocorrelation(series: Series, parameters: list[dict]) -> Tensor:
    """Aggregate ``f_agg`` of the autocorrelations at lags 1 to ``maxlag``; those of a constant count as 0."""
    n = series.n_timesteps
    columns = []
    for one in parameters:
        last = min(int(one["maxlag"]), n - 1)
        if last == 0:
            columns.append(torch.zeros_like(series.mean))
            continue
        divisor = series.constants.keep(f"lags_{last}", (n - np.arange(1.0, last + 1)) / n)
        products = _products(series, last)
        columns.append(_aggregate(products[..., 1:] / (divisor * products[..., :1]), one["f_agg"], last))
    table = torch.stack(columns, -1)
    return unless(one_column(series.var < SMALLEST_VARIANCE[1]), table, 0.0)


def partial_autocorrelation(series: Series, parameters: list[dict]) -> Tensor:
    """Correlation of samples ``lag`` apart, given those between them, after Levinson and Durbin."""
    lags = [int(one["lag"]) for one in parameters]
    last = min(max(lags), series.n_timesteps // 2 - 1)
    if last < 1:
        return undefined(series, len(lags))
    partial = _levinson_durbin(series, last)
    table = torch.cat([*partial, undefined(series)], -1)
    places = [lag if lag <= last else last + 1 for lag in lags]
    return select(table, series, "partial_autocorrelation", places)


def ar_coefficient(series: Series, parameters: list[dict]) -> Tensor:
    """Coefficient ``coeff`` of the autoregression on ``k`` lags by least squares; 0 is the constant."""
    columns = []
    for one in parameters:
        k, coefficient = int(one["k"]), int(one["coeff"])
        if series.n_timesteps < 2 * k + 1:
            columns.append(
                torch.zeros_like(series.values[..., :1]) if coefficient == k else undefined(series)
            )
        elif coefficient <= k:
            columns.append(_autoregression(series, k)[..., coefficient : coefficient + 1])
        else:
            columns.append(undefined(series))
    return torch.cat(columns, -1)


@once
def _products(series: Series, last: int) -> Tensor:
    """Sums of products of deviations, for the lags 0 to ``last``."""
    n = series.n_timesteps
    later = np.arange(n)[:, np.newaxis] + np.arange(last + 1)
    places = series.constants.keep_places(f"later_{last}", later.ravel())
    padded = pad(series.deviations, (0, last))
    later_samples = split(series, padded.index_select(-1, places), n, last + 1)
    return (series.deviations.unsqueeze(-2) @ later_samples).squeeze(-2)


def _aggregate(values: Tensor, name: str, n: int) -> Tensor:
    if name == "median":
        ordered = torch.sort(values, dim=-1)[0]
        return (ordered[..., (n - 1) // 2] + ordered[..., n // 2]) / 2
    if name in ("min", "max"):
        return values.amin(-1) if name == "min" else values.amax(-1)
    mean = values.sum(-1) / n
    if name == "mean":
        return mean
    var = ((values - mean.unsqueeze(-1)) ** 2).sum(-1) / n
    return var if name == "var" else var.sqrt()


def _levinson_durbin(series: Series, last: int) -> list[Tensor]:
    n = series.n_timesteps
    divisor = series.constants.keep(f"partial_{last}", n - np.arange(last + 1.0))
    covariances = _products(series, last) / divisor
    first = covariances[..., 1:2] / covariances[..., :1]
    partial = [torch.ones_like(first), first]
    phi = first
    sigma = covariances[..., :1] - first * covariances[..., 1:2]
    for k in range(2, last + 1):
        before = select(covariances, series, f"lags_before_{k}", np.arange(k - 1, 0, -1))
        explained = (phi * before).sum(-1, keepdim=True)
        now = (covariances[..., k : k + 1] - explained) / sigma
        backwards = select(phi, series, f"backwards_{k}", np.arange(k - 2, -1, -1))
        phi = torch.cat([phi - now * backwards, now], -1)
        sigma = sigma * (1 - now**2)
        partial.append(now)
    return partial


@once
def _autoregression(series: Series, k: int) -> Tensor:
    """Constant and coefficients of the lags, shape (n_windows, n_channels, k + 1).

    Normal equations of the lagged samples about their means, each column brought to length 1, and solved by
    elimination.
    """
    n_rows = series.n_timesteps - k
    places = (k + np.arange(n_rows)[np.newaxis]) - np.arange(k + 1)[:, np.newaxis]
    kept = series.constants.keep_places(f"ar_{k}", places.ravel())
    lagged = split(series, series.deviations.index_select(-1, kept), k + 1, n_rows)
    means = lagged.sum(-1, keepdim=True) / n_rows
    centred = lagged - means
    sizes = (centred**2).sum(-1, keepdim=True).sqrt()
    scaled = centred / not_zero(sizes)
    now, before = scaled[..., :1, :], scaled[..., 1:, :]
    system = before @ scaled[..., 1:, :].transpose(-1, -2)
    unit = series.constants.keep(f"unit_{k}", np.eye(k))
    system = torch.cat([system + RIDGE * unit, before @ now.transpose(-1, -2)], -1)
    for j in range(k):
        pivot = system[..., j : j + 1, :] / system[..., j : j + 1, j : j + 1]
        system = system - (system[..., :, j : j + 1] - unit[:, j : j + 1]) * pivot
    slopes = system[..., -1:] * sizes[..., :1, :] / not_zero(sizes[..., 1:, :])
    all_means = means + series.mean[..., None, None]
    constant = all_means[..., :1, :] - (slopes * all_means[..., 1:, :]).sum(-2, keepdim=True)
    coefficients = torch.cat([constant, slopes], -2)[..., 0]
    level = series.values[..., :1]  # of equal samples, the shortest of all solutions
    shortest = torch.cat([level, (level**2).repeat(1, 1, k)], -1) / (1 + k * level**2)
    return torch.where(one_column(series.var == 0), shortest, coefficients)
