"""Where in a window something is: its extremes, its mass, its energy."""

import numpy as np
import torch
from torch import Tensor

from ._series import Series, one_column, unless


def first_location_of_maximum(series: Series, parameters: list[dict]) -> Tensor:
    return _first(series, series.maximum)


def last_location_of_maximum(series: Series, parameters: list[dict]) -> Tensor:
    return _last(series, series.maximum)


def first_location_of_minimum(series: Series, parameters: list[dict]) -> Tensor:
    return _first(series, series.minimum)


def last_location_of_minimum(series: Series, parameters: list[dict]) -> Tensor:
    return _last(series, series.minimum)


def index_mass_quantile(series: Series, parameters: list[dict]) -> Tensor:
    """Share of the window after which a share ``q`` of the sum of its absolute values is reached."""
    sizes = series.values.abs()
    mass = sizes.sum(-1, keepdim=True)
    reached = (sizes.cumsum(-1) / mass).unsqueeze(-2)
    shares = series.constants.keep("index_mass_quantile", [[one["q"]] for one in parameters])
    before = (reached < shares).to(sizes.dtype).sum(-1)  # what is reached never falls
    before = unless(before == series.n_timesteps, before, 0.0)
    return unless(mass == 0, (before + 1) / series.n_timesteps)


def energy_ratio_by_chunks(series: Series, parameters: list[dict]) -> Tensor:
    squares = series.values**2
    whole = series.energy
    columns = []
    for one in parameters:
        n_longer = series.n_timesteps % int(one["num_segments"])
        length = series.n_timesteps // int(one["num_segments"])
        chunk = int(one["segment_focus"])
        start = chunk * length + min(chunk, n_longer)
        columns.append(squares[..., start : start + length + (chunk < n_longer)].sum(-1) / whole)
    return torch.stack(columns, -1)


def _first(series: Series, extreme: Tensor) -> Tensor:
    n = series.n_timesteps
    places = series.constants.keep("places", np.arange(n))
    later = n * (series.values != one_column(extreme)).to(places.dtype)
    return one_column((places + later).amin(-1) / n)


def _last(series: Series, extreme: Tensor) -> Tensor:
    n = series.n_timesteps
    places = series.constants.keep("places", np.arange(n))
    earlier = n * (series.values != one_column(extreme)).to(places.dtype)
    return one_column(1 - (n - 1 - (places - earlier).amax(-1)) / n)
