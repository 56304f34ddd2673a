"""Entropies: of histograms, of orders in which samples stand, of templates that match."""

import math

import numpy as np
import torch
from torch import Tensor

from ._series import Series, once, one_column, run_lengths, undefined, unless
from ._spectrum import welch


def binned_entropy(series: Series, parameters: list[dict]) -> Tensor:
    """Entropy of the histogram of the values in ``max_bins`` bins."""
    numbers = [int(one["max_bins"]) for one in parameters]
    return torch.stack([_histogram_entropy(series, series.values, n) for n in numbers], -1)


def fourier_entropy(series: Series, parameters: list[dict]) -> Tensor:
    """Entropy of the histogram, in ``bins`` bins, of the power spectral density."""
    density = welch(series)
    density = density / density.amax(-1, keepdim=True)
    return torch.stack([_histogram_entropy(series, density, int(one["bins"])) for one in parameters], -1)


def permutation_entropy(series: Series, parameters: list[dict]) -> Tensor:
    """Entropy of the orders in which ``dimension`` consecutive samples stand."""
    columns = []
    for one in parameters:
        dimension, tau = int(one["dimension"]), int(one["tau"])
        if dimension > series.n_timesteps:
            columns.append(undefined(series)[..., 0])
        else:
            codes = _codes_of_orders(series, dimension)[..., ::tau]
            columns.append(_entropy_of_codes(series, codes, -(-(series.n_timesteps - dimension + 1) // tau)))
    return torch.stack(columns, -1)


def sample_entropy(series: Series, parameters: list[dict]) -> Tensor:
    """Minus the logarithm of the share of pairs of two samples that still match with the third."""
    n = series.n_timesteps
    if n < 3:
        return undefined(series)
    of_two, of_three = _numbers_of_matches(series, 0.2)
    pairs_of_two, pairs_of_three = of_two.sum(-1) - (n - 1), of_three.sum(-1) - (n - 2)
    return one_column(-(pairs_of_three / pairs_of_two).log())


def approximate_entropy(series: Series, parameters: list[dict]) -> Tensor:
    """How often runs of two samples that are alike stay alike for a third."""
    n = series.n_timesteps
    columns = []
    for one in parameters:
        if n <= 3:
            columns.append(torch.zeros_like(series.mean))
            continue
        of_two, of_three = _numbers_of_matches(series, float(one["r"]))
        columns.append(
            ((of_two / (n - 1)).log().sum(-1) / (n - 1) - (of_three / (n - 2)).log().sum(-1) / (n - 2)).abs()
        )
    return torch.stack(columns, -1)


def _histogram_entropy(series: Series, values: Tensor, n_bins: int) -> Tensor:
    """Of the histogram that `numpy.histogram` makes; NaN where bins are narrower than the next number."""
    n = values.shape[-1]
    first, last = values.amin(-1, keepdim=True), values.amax(-1, keepdim=True)
    half = (first == last).to(values.dtype) / 2
    first, last = first - half, last + half
    numbers = series.constants.keep(f"bins_{n_bins}", np.arange(n_bins))
    edges = numbers * ((last - first) / n_bins) + first
    at_least = (values.unsqueeze(-2) >= edges[..., 1:].unsqueeze(-1)).to(values.dtype).sum(-1)
    all_of_them = torch.zeros_like(first) + n
    cumulated = torch.cat([all_of_them, at_least, torch.zeros_like(first)], -1)
    counts = cumulated[..., :-1] - cumulated[..., 1:]
    parts = [0.0, *(count / n * math.log(count / n) for count in range(1, n + 1))]
    entropy = _sum_in_order(-_look_up(series, f"entropy_parts_{n}", parts, counts))
    edges = torch.cat([edges, last], -1)
    apart = (edges[..., 1:] > edges[..., :-1]).to(values.dtype).amin(-1) > 0
    return unless(~apart, entropy)


@once
def _codes_of_orders(series: Series, dimension: int) -> Tensor:
    """A number for each order: digits say how many of the samples before are larger than each."""
    x, n = series.values, series.n_timesteps
    digits = torch.zeros_like(x)
    codes = torch.zeros_like(x)
    for ahead in range(1, dimension):
        n_left = n - ahead
        digits = digits[..., 1:] + (x[..., :n_left] > x[..., ahead:]).to(x.dtype)
        codes = codes[..., :n_left] + math.factorial(ahead) * digits
    return codes


def _entropy_of_codes(series: Series, codes: Tensor, n: int) -> Tensor:
    """Every code counts once, where it comes first, as in the compiled calculator."""
    times = series.constants.keep(f"times_{n}", np.arange(n))
    both = torch.sort(n * codes + times, dim=-1)[0]
    codes = (both / n).floor()
    times = both - n * codes
    same = (codes[..., 1:] == codes[..., :-1]).to(codes.dtype)
    backwards = series.constants.keep_places(f"backwards_{n}", np.arange(n - 1, -1, -1))
    same_as_next = torch.nn.functional.pad(same, (0, 1))
    counts = 1 + run_lengths(same_as_next.index_select(-1, backwards), n).index_select(-1, backwards)
    counts = counts * (1 - torch.nn.functional.pad(same, (1, 0)))
    parts = [0.0, *(-(count * (math.log(count) - math.log(n))) for count in range(1, n + 1))]
    parts_in_order = _look_up(series, f"pattern_parts_{n}", parts, counts)
    in_time = torch.sort(times, dim=-1)[1]
    return _sum_in_order(parts_in_order.gather(-1, in_time)) / n


def _look_up(series: Series, name: str, table: list[float], counts: Tensor) -> Tensor:
    """What a table has for counts."""
    return series.constants.keep(name, table)[counts.to(torch.int64)]


def _sum_in_order(values: Tensor) -> Tensor:
    """One after the other, as in the compiled calculators: few sums are possible, and trees split at each."""
    return values.cumsum(-1)[..., -1]


@once
def _apart(series: Series) -> Tensor:
    return (series.values.unsqueeze(-1) - series.values.unsqueeze(-2)).abs()


@once
def _numbers_of_matches(series: Series, factor: float) -> tuple[Tensor, Tensor]:
    """How many templates of two and of three samples match each, itself among them."""
    near = (_apart(series) <= factor * series.std[..., None, None]).to(series.values.dtype)
    of_two = near[..., :-1, :-1] * near[..., 1:, 1:]
    of_three = of_two[..., :-1, :-1] * near[..., 2:, 2:]
    return of_two.sum(-1), of_three.sum(-1)
