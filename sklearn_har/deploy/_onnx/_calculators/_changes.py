"""Changes from sample to sample, products of samples some steps apart, changes inside a corridor."""

from collections.abc import Callable

import torch
from torch import Tensor

from ._series import Series, once, one_column, select, undefined, unless
from ._statistics import quantiles


def absolute_sum_of_changes(series: Series, parameters: list[dict]) -> Tensor:
    return one_column(series.changes.abs().sum(-1))


def mean_abs_change(series: Series, parameters: list[dict]) -> Tensor:
    n_changes = series.n_timesteps - 1
    if n_changes == 0:
        return undefined(series)
    return one_column(series.changes.abs().sum(-1) / n_changes)


def mean_change(series: Series, parameters: list[dict]) -> Tensor:
    n_changes = series.n_timesteps - 1
    if n_changes == 0:
        return undefined(series)
    return one_column(series.from_first[..., -1] / n_changes)


def mean_second_derivative_central(series: Series, parameters: list[dict]) -> Tensor:
    if series.n_timesteps <= 2:
        return undefined(series)
    difference = series.changes[..., -1] - series.changes[..., 0]
    return one_column(difference / (2 * (series.n_timesteps - 2)))


def cid_ce(series: Series, parameters: list[dict]) -> Tensor:
    size = (series.changes**2).sum(-1).sqrt()
    scores = series.deviations / one_column(series.std)
    of_scores = ((scores[..., 1:] - scores[..., :-1]) ** 2).sum(-1).sqrt()
    of_scores = unless(series.std == 0, of_scores, 0.0)
    return torch.stack([of_scores if one["normalize"] else size for one in parameters], -1)


def c3(series: Series, parameters: list[dict]) -> Tensor:
    return _means_of_triples(series, parameters, lambda a, b, c: c * b * a)


def time_reversal_asymmetry_statistic(series: Series, parameters: list[dict]) -> Tensor:
    return _means_of_triples(series, parameters, lambda a, b, c: b * ((c - a) * (c + a)))


def _means_of_triples(series: Series, parameters: list[dict], value_of: Callable) -> Tensor:
    """Means of what three samples give that are a lag apart; 0 where there are none."""
    columns = []
    for one in parameters:
        triple = _three_apart(series, int(one["lag"]))
        columns.append(torch.zeros_like(series.mean) if triple is None else value_of(*triple).mean(-1))
    return torch.stack(columns, -1)


def change_quantiles(series: Series, parameters: list[dict]) -> Tensor:
    """Mean or variance of the changes that begin and end in a corridor between two quantiles."""
    corridors = tuple(dict.fromkeys((float(one["ql"]), float(one["qh"])) for one in parameters))
    places = [
        4 * corridors.index((float(one["ql"]), float(one["qh"])))
        + 2 * bool(one["isabs"])
        + (one["f_agg"] == "var")
        for one in parameters
    ]
    return select(_moments_in(series, corridors), series, "change_quantiles", places)


@once
def _moments_in(series: Series, corridors: tuple) -> Tensor:
    """Mean and variance of changes, then of absolute ones, one corridor after the other."""
    low = quantiles(series, "corridors_low", [low for low, _ in corridors]).unsqueeze(-1)
    high = quantiles(series, "corridors_high", [high for _, high in corridors]).unsqueeze(-1)
    bottom = torch.minimum(series.values[..., 1:], series.values[..., :-1]).unsqueeze(-2)
    top = torch.maximum(series.values[..., 1:], series.values[..., :-1]).unsqueeze(-2)
    inside = ((bottom >= low) & (top <= high)).to(series.values.dtype)
    ordered = series.constants.keep("corridors_ordered", [[float(low < high)] for low, high in corridors])
    inside = inside * ordered
    count = inside.sum(-1)
    divisor = count.clamp(min=1)
    moments = []
    for changes in (series.changes.unsqueeze(-2), series.changes.abs().unsqueeze(-2)):
        center = (inside * changes).sum(-1) / divisor
        moments += [center, (inside * (changes - center.unsqueeze(-1)) ** 2).sum(-1) / divisor]
    return torch.stack(moments, -1).flatten(-2)


def _three_apart(series: Series, lag: int):
    """Samples, those ``lag`` later and those again later; None where the window is too short for one."""
    n = series.n_timesteps - 2 * lag
    if n <= 0:
        return None
    x = series.values
    return x[..., :n], x[..., lag : lag + n], x[..., 2 * lag : 2 * lag + n]
