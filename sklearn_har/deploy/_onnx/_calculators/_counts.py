"""Counts of samples: above, below and around a level, equal to each other, in a range, peaks."""

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import max_pool1d

from ._series import Series, once, one_column, run_lengths, unless

_FIRST_POWER = -38  # of ten; smaller numbers, which have fewer digits in single precision, count as it
_BENFORD = np.log10(1 + 1 / np.arange(1, 10)) - 1 / 9
_BENFORD /= np.linalg.norm(_BENFORD)


def has_duplicate(series: Series, parameters: list[dict]) -> Tensor:
    return one_column((_ties(series)[0] != series.n_timesteps).to(series.values.dtype))


def has_duplicate_max(series: Series, parameters: list[dict]) -> Tensor:
    return _is_twice(series, series.maximum)


def has_duplicate_min(series: Series, parameters: list[dict]) -> Tensor:
    return _is_twice(series, series.minimum)


def ratio_value_number_to_time_series_length(series: Series, parameters: list[dict]) -> Tensor:
    return one_column(_ties(series)[0] / series.n_timesteps)


def percentage_of_reoccurring_values_to_all_values(series: Series, parameters: list[dict]) -> Tensor:
    return one_column(_ties(series)[1] / _ties(series)[0])


def percentage_of_reoccurring_datapoints_to_all_datapoints(series: Series, parameters: list[dict]) -> Tensor:
    return one_column(_ties(series)[2] / series.n_timesteps)


def sum_of_reoccurring_values(series: Series, parameters: list[dict]) -> Tensor:
    return one_column(_ties(series)[3])


def sum_of_reoccurring_data_points(series: Series, parameters: list[dict]) -> Tensor:
    return one_column(_ties(series)[4])


def count_above_mean(series: Series, parameters: list[dict]) -> Tensor:
    return one_column((series.deviations > 0).to(series.values.dtype).sum(-1))


def count_below_mean(series: Series, parameters: list[dict]) -> Tensor:
    return one_column((series.deviations < 0).to(series.values.dtype).sum(-1))


def longest_strike_above_mean(series: Series, parameters: list[dict]) -> Tensor:
    return _longest_run(series, series.deviations > 0)


def longest_strike_below_mean(series: Series, parameters: list[dict]) -> Tensor:
    return _longest_run(series, series.deviations < 0)


def ratio_beyond_r_sigma(series: Series, parameters: list[dict]) -> Tensor:
    factors = series.constants.keep("ratio_beyond_r_sigma", [[one["r"]] for one in parameters])
    limits = factors * series.std[..., None, None]
    return _share(series, series.deviations.abs().unsqueeze(-2) > limits)


def count_above(series: Series, parameters: list[dict]) -> Tensor:
    levels = series.constants.keep("count_above", [[one["t"]] for one in parameters])
    return _share(series, series.values.unsqueeze(-2) >= levels)


def count_below(series: Series, parameters: list[dict]) -> Tensor:
    levels = series.constants.keep("count_below", [[one["t"]] for one in parameters])
    return _share(series, series.values.unsqueeze(-2) <= levels)


def value_count(series: Series, parameters: list[dict]) -> Tensor:
    values = series.constants.keep("value_count", [[one["value"]] for one in parameters])
    return (series.values.unsqueeze(-2) == values).to(series.values.dtype).sum(-1)


def range_count(series: Series, parameters: list[dict]) -> Tensor:
    low = series.constants.keep("range_count_min", [[one["min"]] for one in parameters])
    high = series.constants.keep("range_count_max", [[one["max"]] for one in parameters])
    values = series.values.unsqueeze(-2)
    return ((values >= low) & (values < high)).to(values.dtype).sum(-1)


def number_crossing_m(series: Series, parameters: list[dict]) -> Tensor:
    levels = series.constants.keep("number_crossing_m", [[one["m"]] for one in parameters])
    above = (series.values.unsqueeze(-2) > levels).to(series.values.dtype)
    return (above[..., 1:] - above[..., :-1]).abs().sum(-1)


def number_peaks(series: Series, parameters: list[dict]) -> Tensor:
    columns = []
    for one in parameters:
        n = int(one["n"])
        stop = series.n_timesteps - n
        if stop <= n:
            columns.append(torch.zeros_like(series.mean))
            continue
        largest = max_pool1d(series.values, n, 1)  # of n samples from each place on
        middle = series.values[..., n:stop]
        is_peak = (middle > largest[..., : stop - n]) & (middle > largest[..., n + 1 :])
        columns.append(is_peak.to(middle.dtype).sum(-1))
    return torch.stack(columns, -1)


def benford_correlation(series: Series, parameters: list[dict]) -> Tensor:
    """First digits are those of the shortest text that reads back as the number: of 0.3 it is 3."""
    powers = range(_FIRST_POWER, 309 if series.values.dtype == torch.float64 else 37)
    starts = [
        [float(f"{digit}e{power}") for digit in range(1, 10)] + [float(f"1e{power + 1}")] for power in powers
    ]
    table = series.constants.keep("benford_starts", starts)
    sizes = series.values.abs().clamp(min=10.0**_FIRST_POWER)
    power = (sizes.log() / np.log(10)).floor() - _FIRST_POWER
    begun = table[power.clamp(0, len(starts) - 1).to(torch.int64)] <= sizes.unsqueeze(-1)
    digits = begun.to(sizes.dtype).sum(-1)  # 0 where rounding took the power too high, 10 where too low
    digits = unless(digits == 10, unless(digits == 0, digits, 9.0), 1.0)
    digits = digits * (series.values != 0).to(sizes.dtype)
    each = series.constants.keep("benford_digits", np.arange(1, 10)[:, None])
    shares = _share(series, digits.unsqueeze(-2) == each)
    return one_column(_correlation_with_law([shares[..., digit] for digit in range(9)]))


def _correlation_with_law(shares: list[Tensor]) -> Tensor:
    """In the order of the compiled calculator: few values are possible, and trees split at each of them."""
    four = (shares[0] + shares[1]) + (shares[2] + shares[3])
    eight = four + ((shares[4] + shares[5]) + (shares[6] + shares[7]))
    center = (eight + shares[8]) / 9
    apart = [share - center for share in shares]
    products, squares = torch.zeros_like(center), torch.zeros_like(center)
    for one, law in zip(apart, _BENFORD.tolist(), strict=True):
        products, squares = products + one * law, squares + one * one
    return products / squares.sqrt()


@once
def _ties(series: Series) -> tuple[Tensor, ...]:
    """Different values, those that reoccur, the samples of these, the sum of these and of their samples."""
    x = series.sorted
    same = (x[..., 1:] == x[..., :-1]).to(x.dtype)
    as_before = torch.nn.functional.pad(same, (1, 0))
    as_after = torch.nn.functional.pad(same, (0, 1))
    begins = as_after * (1 - as_before)
    among = torch.maximum(as_before, as_after)
    different = series.n_timesteps - same.sum(-1)
    return different, begins.sum(-1), among.sum(-1), (begins * x).sum(-1), (among * x).sum(-1)


def _is_twice(series: Series, extreme: Tensor) -> Tensor:
    number = (series.values == one_column(extreme)).to(extreme.dtype).sum(-1)
    return one_column((number > 1).to(extreme.dtype))


def _longest_run(series: Series, holds: Tensor) -> Tensor:
    return one_column(run_lengths(holds.to(series.values.dtype), series.n_timesteps).amax(-1))


def _share(series: Series, holds: Tensor) -> Tensor:
    return holds.to(series.values.dtype).sum(-1) / series.n_timesteps
