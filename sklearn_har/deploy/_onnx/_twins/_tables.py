"""Scalers, selections and projections of tables, and of windows, as torch modules."""

import math
from collections.abc import Callable

import numpy as np
import torch
from sklearn.decomposition import PCA
from sklearn.feature_selection import SelectorMixin
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    RobustScaler,
    StandardScaler,
)
from torch import nn

from ....preprocessing import ChannelScaler
from ._twin import twin

FAR = 1e4  # from here on, 1 beside a square is nothing in float32


def _log1p(values: torch.Tensor) -> torch.Tensor:
    """Logarithm of 1 + values; in ONNX, torch's own has lost the digits of values near 0."""
    more = 1 + values
    return torch.where(more == 1, values, more.log() * (values / (more - 1)))


def _arcsinh(values: torch.Tensor) -> torch.Tensor:
    """Inverse hyperbolic sine; torch's own is none that torch's exporter knows."""
    size = values.abs()
    near = _log1p(size + size * size / (1 + (size * size + 1).sqrt()))
    return values.sign() * torch.where(size < FAR, near, size.log() + math.log(2))


FUNCTIONS: dict[Callable | None, Callable[[torch.Tensor], torch.Tensor]] = {
    np.abs: torch.abs,
    np.arcsinh: _arcsinh,
    np.arctan: torch.atan,
    np.exp: torch.exp,
    np.log: torch.log,
    np.log1p: _log1p,
    np.sign: torch.sign,
    np.sqrt: torch.sqrt,
    np.square: torch.square,
    np.tanh: torch.tanh,
    np.asarray: torch.clone,
    None: torch.clone,
}


def buffer_of(values) -> torch.Tensor:
    """Values as float32, of their own."""
    return torch.tensor(np.asarray(values), dtype=torch.float32)


class Scaled(nn.Module):
    """Values less a centre, in units of a scale, plus an offset; the last axis is that of columns."""

    center: torch.Tensor
    scale: torch.Tensor

    def __init__(self, center, scale, offset: float = 0.0, limits: tuple[float, float] | None = None):
        super().__init__()
        self.register_buffer("center", buffer_of(center))
        self.register_buffer("scale", buffer_of(scale))
        self.offset = offset
        self.limits = limits

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        scaled = (values - self.center) / self.scale
        if self.offset:
            scaled = scaled + self.offset
        return scaled if self.limits is None else scaled.clamp(*self.limits)


@twin.register(StandardScaler)
def twin_of_standard_scaler(estimator) -> nn.Module:
    centered = estimator.mean_ if estimator.with_mean else 0.0
    return Scaled(centered, estimator.scale_ if estimator.with_std else 1.0)


@twin.register(RobustScaler)
def twin_of_robust_scaler(estimator) -> nn.Module:
    centered = estimator.center_ if estimator.with_centering else 0.0
    return Scaled(centered, estimator.scale_ if estimator.with_scaling else 1.0)


@twin.register(MinMaxScaler)
def twin_of_min_max_scaler(estimator) -> nn.Module:
    low, high = map(float, estimator.feature_range)
    limits = (low, high) if estimator.clip else None
    return Scaled(estimator.data_min_, 1 / estimator.scale_, low, limits)


@twin.register(MaxAbsScaler)
def twin_of_max_abs_scaler(estimator) -> nn.Module:
    return Scaled(0.0, estimator.scale_, 0.0, (-1.0, 1.0) if estimator.clip else None)


@twin.register(ChannelScaler)
def twin_of_channel_scaler(estimator) -> nn.Module:
    if estimator.per != "all":
        raise TypeError(
            f'ChannelScaler(per="{estimator.per}") scales people by who they are, which a file cannot know: '
            'set per="all", and fit again.'
        )
    return Scaled(estimator.mean_, estimator.scale_)


class Applied(nn.Module):
    """A function of every value."""

    def __init__(self, function: Callable[[torch.Tensor], torch.Tensor]):
        super().__init__()
        self.function = function

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return self.function(values)


@twin.register(FunctionTransformer)
def twin_of_function(estimator) -> nn.Module:
    function, further = estimator.func, estimator.kw_args or {}
    is_known = isinstance(function, (np.ufunc, type(None))) or function is np.asarray
    if not is_known or function not in FUNCTIONS or (further and function is not np.asarray):
        known = ", ".join(sorted(f"numpy.{one.__name__}" for one in FUNCTIONS if one is not None))
        name = getattr(function, "__name__", repr(function))
        raise TypeError(
            f"FunctionTransformer of {name} has no counterpart in ONNX here; those of {known}, without "
            "further arguments, have one."
        )
    return Applied(FUNCTIONS[function])


class Columns(nn.Module):
    """Some columns of a table."""

    positions: torch.Tensor

    def __init__(self, positions):
        super().__init__()
        self.register_buffer("positions", torch.tensor(np.asarray(positions), dtype=torch.int64))

    def forward(self, table: torch.Tensor) -> torch.Tensor:
        return table.index_select(1, self.positions)


@twin.register(SelectorMixin)
def twin_of_selector(estimator) -> nn.Module:
    return Columns(estimator.get_support(indices=True))


class Projected(nn.Module):
    """Tables less a centre, times a matrix."""

    center: torch.Tensor
    matrix: torch.Tensor

    def __init__(self, center, matrix):
        super().__init__()
        self.register_buffer("center", buffer_of(center))
        self.register_buffer("matrix", buffer_of(matrix))

    def forward(self, table: torch.Tensor) -> torch.Tensor:
        return (table - self.center) @ self.matrix


@twin.register(PCA)
def twin_of_pca(estimator) -> nn.Module:
    scale = np.sqrt(estimator.explained_variance_) if estimator.whiten else 1.0
    return Projected(estimator.mean_, estimator.components_.T / scale)


class Imputed(nn.Module):
    """Tables with a value for each column where none is."""

    filled: torch.Tensor

    def __init__(self, values):
        super().__init__()
        self.register_buffer("filled", buffer_of(values))

    def forward(self, table: torch.Tensor) -> torch.Tensor:
        return torch.where(torch.isnan(table), self.filled, table)


@twin.register(SimpleImputer)
def twin_of_imputer(estimator) -> nn.Module:
    values = np.asarray(estimator.statistics_, dtype=np.float64)
    if estimator.add_indicator or not np.isnan(estimator.missing_values) or np.isnan(values).any():
        raise TypeError(
            "SimpleImputer is exported only where missing values are NaN, add_indicator=False, and every "
            "column had a value in fit."
        )
    return Imputed(values)
