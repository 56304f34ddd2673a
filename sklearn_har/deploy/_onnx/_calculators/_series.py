"""Windows as tensors, and what several calculators ask of them, computed once."""

from collections.abc import Callable
from functools import wraps

import numpy as np
import torch
from torch import Tensor


class Constants:
    """Arrays that a module needs beside its input: made when they are first asked for, and kept.

    They are no buffers, which ``module.float()`` would round.
    """

    def __init__(self, dtype: torch.dtype):
        self.dtype = dtype
        self.kept: dict[str, Tensor] = {}

    def keep(self, name: str, array) -> Tensor:
        """Return the numbers as a tensor of the module's type."""
        if name not in self.kept:
            self.kept[name] = torch.tensor(np.asarray(array, np.float64)).to(self.dtype)
        return self.kept[name]

    def keep_places(self, name: str, places) -> Tensor:
        """Return the indices as a tensor."""
        if name not in self.kept:
            self.kept[name] = torch.tensor(np.asarray(places, np.int64))
        return self.kept[name]


def once(shared: Callable) -> Callable:
    """Let ``shared(series, *arguments)`` be computed once, for all calculators that ask for it."""

    @wraps(shared)
    def kept(series: "Series", *arguments):
        key = (shared, *arguments)
        if key not in series.kept:
            series.kept[key] = shared(series, *arguments)
        return series.kept[key]

    return kept


class Series:
    """Samples of every window and channel, shape (n_windows, n_channels, n_timesteps).

    Everything is reckoned from the first sample and then about the mean of what is left, so that equal
    samples give a variance of exactly 0, and gravity beside a small movement costs no digits.
    """

    def __init__(self, values: Tensor, n_channels: int, n_timesteps: int, constants: Constants):
        self.values = values
        self.n_channels = n_channels
        self.n_timesteps = n_timesteps
        self.constants = constants
        self.kept: dict[tuple, Tensor] = {}

    @property
    @once
    def from_first(self) -> Tensor:
        return self.values - self.values[..., :1]

    @property
    @once
    def mean_from_first(self) -> Tensor:
        return self.from_first.sum(-1, keepdim=True) / self.n_timesteps

    @property
    @once
    def mean(self) -> Tensor:
        return (self.values[..., :1] + self.mean_from_first)[..., 0]

    @property
    @once
    def deviations(self) -> Tensor:
        """Samples less their mean."""
        return self.from_first - self.mean_from_first

    @property
    @once
    def var(self) -> Tensor:
        """Variance with ddof 0."""
        return (self.deviations**2).sum(-1) / self.n_timesteps

    @property
    @once
    def std(self) -> Tensor:
        """Standard deviation with ddof 0."""
        return self.var.sqrt()

    @property
    @once
    def sorted(self) -> Tensor:
        return torch.sort(self.values, dim=-1)[0]

    @property
    @once
    def minimum(self) -> Tensor:
        return self.values.amin(-1)

    @property
    @once
    def maximum(self) -> Tensor:
        return self.values.amax(-1)

    @property
    @once
    def changes(self) -> Tensor:
        return self.values[..., 1:] - self.values[..., :-1]

    @property
    @once
    def energy(self) -> Tensor:
        return (self.values**2).sum(-1)

    @property
    @once
    def median(self) -> Tensor:
        middle = self.n_timesteps // 2
        if self.n_timesteps % 2:
            return self.sorted[..., middle]
        return (self.sorted[..., middle - 1] + self.sorted[..., middle]) / 2


def one_column(values: Tensor) -> Tensor:
    """The result of a calculator without parameters."""
    return values.unsqueeze(-1)


def undefined(series: Series, n_columns: int = 1) -> Tensor:
    """Columns of NaN."""
    return (series.values[..., :1] * float("nan")).repeat(1, 1, n_columns)


def unless(condition: Tensor, values: Tensor, other: float = float("nan")) -> Tensor:
    """Values, but ``other`` where the condition holds."""
    return values.masked_fill(condition, other)


def not_zero(values: Tensor) -> Tensor:
    """Values, but 1 where they are 0."""
    return values + (values == 0).to(values.dtype)


def split(series: Series, values: Tensor, *sizes: int) -> Tensor:
    """The last axis as two, for any number of windows: shapes of a graph say -1 once."""
    return values.reshape(-1, series.n_channels, *sizes)


def select(values: Tensor, series: Series, name: str, places) -> Tensor:
    """Values at fixed places of the last axis."""
    return values.index_select(-1, series.constants.keep_places(name, places))


def run_lengths(holds: Tensor, n_timesteps: int) -> Tensor:
    """Up to each place, how often in a row a condition (1 or 0) has held.

    Runs inside blocks of the samples before double in length with each step.
    """
    runs, reach = holds, 1
    while reach < n_timesteps:
        before = torch.nn.functional.pad(runs, (reach, 0))[..., : holds.shape[-1]]
        runs = runs + before * (runs == reach).to(runs.dtype)
        reach *= 2
    return runs
