"""Statistics that know nothing of the order of samples."""

import numpy as np
import torch
from torch import Tensor

from ._series import Series, once, one_column, undefined, unless


def sum_values(series: Series, parameters: list[dict]) -> Tensor:
    return one_column(series.values.sum(-1))


def mean(series: Series, parameters: list[dict]) -> Tensor:
    return one_column(series.mean)


def median(series: Series, parameters: list[dict]) -> Tensor:
    return one_column(series.median)


def length(series: Series, parameters: list[dict]) -> Tensor:
    return torch.zeros_like(series.values[..., :1]) + series.n_timesteps


def standard_deviation(series: Series, parameters: list[dict]) -> Tensor:
    return one_column(series.std)


def variance(series: Series, parameters: list[dict]) -> Tensor:
    return one_column(series.var)


def maximum(series: Series, parameters: list[dict]) -> Tensor:
    return one_column(series.maximum)


def minimum(series: Series, parameters: list[dict]) -> Tensor:
    return one_column(series.minimum)


def absolute_maximum(series: Series, parameters: list[dict]) -> Tensor:
    return one_column(torch.maximum(series.maximum.abs(), series.minimum.abs()))


def abs_energy(series: Series, parameters: list[dict]) -> Tensor:
    return one_column(series.energy)


def root_mean_square(series: Series, parameters: list[dict]) -> Tensor:
    return one_column((series.energy / series.n_timesteps).sqrt())


def skewness(series: Series, parameters: list[dict]) -> Tensor:
    """G1, as pandas has it."""
    n = series.n_timesteps
    if n < 3:
        return undefined(series)
    squares, cubes, _ = _power_sums(series)
    return one_column(cubes / (squares * squares.sqrt()) * (n * (n - 1) ** 0.5 / (n - 2)))


def kurtosis(series: Series, parameters: list[dict]) -> Tensor:
    """Excess kurtosis G2, as pandas has it."""
    n = series.n_timesteps
    if n < 4:
        return undefined(series)
    squares, _, fourths = _power_sums(series)
    unbiased = n * (n + 1) * (fourths / squares**2) - 3 * (n - 1)
    return one_column((n - 1) / ((n - 2) * (n - 3)) * unbiased)


def variation_coefficient(series: Series, parameters: list[dict]) -> Tensor:
    return one_column(unless(series.mean == 0, series.std / series.mean))


def variance_larger_than_standard_deviation(series: Series, parameters: list[dict]) -> Tensor:
    return one_column((series.var > series.std).to(series.values.dtype))


def large_standard_deviation(series: Series, parameters: list[dict]) -> Tensor:
    parts = _parts_of_range(series, "large_standard_deviation", parameters)
    return (one_column(series.std) > parts).to(parts.dtype)


def symmetry_looking(series: Series, parameters: list[dict]) -> Tensor:
    parts = _parts_of_range(series, "symmetry_looking", parameters)
    apart = (series.median - series.values[..., 0] - series.mean_from_first[..., 0]).abs()
    return (one_column(apart) < parts).to(parts.dtype)


def mean_n_absolute_max(series: Series, parameters: list[dict]) -> Tensor:
    descending = torch.sort(series.values.abs(), dim=-1, descending=True)[0]
    numbers = [int(one["number_of_maxima"]) for one in parameters]
    columns = [
        descending[..., :number].sum(-1, keepdim=True) / number
        if number < series.n_timesteps
        else undefined(series)
        for number in numbers
    ]
    return torch.cat(columns, -1)


def quantile(series: Series, parameters: list[dict]) -> Tensor:
    return quantiles(series, "quantile", [one["q"] for one in parameters])


def quantiles(series: Series, name: str, shares) -> Tensor:
    """Between two samples by linear interpolation, from the nearer side as NumPy has it."""
    places = (series.n_timesteps - 1) * np.array(shares, np.float64)
    before = np.floor(places).astype(np.int64)
    keep, keep_places = series.constants.keep, series.constants.keep_places
    way = keep(f"{name}_way", places - before)
    low = series.sorted.index_select(-1, keep_places(f"{name}_before", before))
    after = np.minimum(before + 1, series.n_timesteps - 1)
    high = series.sorted.index_select(-1, keep_places(f"{name}_after", after))
    return torch.where(way >= 0.5, high - (high - low) * (1 - way), low + (high - low) * way)


@once
def _power_sums(series: Series) -> tuple[Tensor, Tensor, Tensor]:
    squares = series.deviations**2
    return squares.sum(-1), (squares * series.deviations).sum(-1), (squares**2).sum(-1)


def _parts_of_range(series: Series, name: str, parameters: list[dict]) -> Tensor:
    parts = series.constants.keep(name, [one["r"] for one in parameters])
    return one_column(series.maximum - series.minimum) * parts


def query_similarity_count(series: Series, parameters: list[dict]) -> Tensor:
    """NaN, as tsfresh has it without a query."""
    return undefined(series, len(parameters))
