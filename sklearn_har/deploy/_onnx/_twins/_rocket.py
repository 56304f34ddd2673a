"""Twins of random kernels, and of the classifier that puts them beside statistics before a ridge.

Sums are taken in the order in which the compiled kernels take them, so that a convolution that equals a
bias but for rounding is counted as there.
"""

import numpy as np
import torch
from torch import nn

from ....classifiers import RocketClassifier
from ....features import RocketFeatures
from ....features._rocket_kernels import LARGEST, LENGTH, REACH
from ....features._rocket_plan import COMPETITORS, TAPS
from ._series import longest_run
from ._statistics import SignalStatisticsTwin
from ._twin import twin

SPLITTER = 4097.0  # a float32 times this, less what that adds, is its upper twelve bits


@twin.register
def _(features: RocketFeatures) -> nn.Module:
    return RocketFeaturesTwin(features).float()


@twin.register
def _(classifier: RocketClassifier) -> nn.Module:
    return RocketClassifierTwin(classifier).float()


class RocketClassifierTwin(nn.Module):
    """Windows to the probabilities of a fitted `RocketClassifier`."""

    column: torch.Tensor
    foot: torch.Tensor
    width: torch.Tensor
    offset: torch.Tensor
    factor: torch.Tensor

    def __init__(self, classifier: RocketClassifier):
        super().__init__()
        table = classifier._table
        self.kernels = RocketFeaturesTwin(table.kernels)
        self.statistics = SignalStatisticsTwin(table.statistics)
        self.ridge = twin(classifier.ridge_)
        self.has_ramps = len(table.ramps.foot) > 0
        for name, values in (*table.ramps._asdict().items(), *table.scales._asdict().items()):
            self.register_buffer(name, torch.as_tensor(values))

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        kernels, statistics = self.kernels(windows), self.statistics(windows)
        blocks = [kernels, statistics]
        if self.has_ramps:
            blocks.append(((statistics[:, self.column] - self.foot) / self.width).clamp(0.0, 1.0))
        return self.ridge((torch.cat(blocks, dim=1) - self.offset) * self.factor)


class RocketFeaturesTwin(nn.Module):
    """Windows to the table of fitted `RocketFeatures`."""

    order: torch.Tensor

    def __init__(self, features: RocketFeatures):
        super().__init__()
        convolutions = features._convolutions
        margin = REACH * int(max([*convolutions.dilations, *features.hydra_dilations_]))
        self.series = StandardSeries(features, margin)
        kernels = [Kernels(features, dilation, margin) for dilation in np.unique(convolutions.dilations)]
        groups = [Groups(features, dilation, margin) for dilation in np.unique(features.hydra_dilations_)]
        self.kernels, self.groups = nn.ModuleList(kernels), nn.ModuleList(groups)
        self.n_columns = len(features._poolings) * len(features.biases_)
        if kernels:
            columns = np.concatenate([of_dilation.columns for of_dilation in kernels])
            self.register_buffer("order", torch.as_tensor(np.argsort(columns)))

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        series = self.series(windows)
        parts = [of_dilation(series) for of_dilation in self.groups]
        if len(self.kernels):
            pooled = torch.cat([of_dilation(series) for of_dilation in self.kernels], dim=-1)
            parts = [pooled[..., self.order].reshape(-1, self.n_columns), *parts]
        return torch.cat(parts, dim=1)


class StandardSeries(nn.Module):
    """Windows to series, standardised and rounded as from float64, between zeros, and one series of zeros."""

    mean: torch.Tensor
    mean_rest: torch.Tensor
    scale: torch.Tensor
    scale_rest: torch.Tensor
    repeated: torch.Tensor
    unchanged: torch.Tensor

    def __init__(self, features: RocketFeatures, margin: int):
        super().__init__()
        self.margin = margin
        self.differences = len(features.mean_) > features.n_channels_in_
        for name, values in (("mean", features.mean_), ("scale", features.scale_)):
            high = values.astype(np.float32).astype(np.float64)
            self.register_buffer(name, torch.as_tensor(high[:, None]))
            self.register_buffer(f"{name}_rest", torch.as_tensor((values - high)[:, None]))
        n_timesteps = features.n_timesteps_in_
        n = max(n_timesteps, LENGTH)
        self.is_short = n > n_timesteps
        if self.is_short:
            place = np.arange(n) - (n - n_timesteps) // 2
            inside = (place >= 0) & (place < n_timesteps)
            self.register_buffer("repeated", torch.as_tensor(np.clip(place, 0, n_timesteps - 1)))
            # before the beginning and after the end nothing changes, as at the first timestep
            self.register_buffer("unchanged", torch.as_tensor(np.where(inside, place, 0)))

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """From shape (n, n_timesteps, n_channels) to (n, n_series + 1, margin + n_timesteps + margin)."""
        now = windows.transpose(1, 2)
        earlier = torch.zeros_like(now)
        if self.differences:
            previous = torch.cat([now[..., :1], now[..., :-1]], dim=-1)
            earlier = torch.cat([earlier, previous], dim=1)
            now = torch.cat([now, now], dim=1)
        values = self.standardised(now, earlier)
        if self.is_short:
            n_channels = windows.shape[2]
            levels, changes = values[:, :n_channels], values[:, n_channels:]
            values = torch.cat([levels[..., self.repeated], changes[..., self.unchanged]], dim=1)
        return nn.functional.pad(values, (self.margin, self.margin, 0, 1))

    def standardised(self, now: torch.Tensor, earlier: torch.Tensor) -> torch.Tensor:
        """Less what was earlier and the mean, over the scale: rounded once, by sums of two floats."""
        change, lost = less(now, earlier)
        moved, lost_too = less(change, self.mean)
        rest = lost + lost_too - self.mean_rest
        distance = moved + rest
        rest = rest - (distance - moved)
        found = (distance / self.scale).clamp(-LARGEST, LARGEST)
        missing = ((distance - found * self.scale) - lost_of_product(found, self.scale)) + rest
        refined = found + (missing - found * self.scale_rest) / self.scale
        return torch.where(found.abs() < LARGEST, refined, found)


def less(one: torch.Tensor, other: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Difference, and what rounding took from it."""
    found = one - other
    back = found - one
    return found, (one - (found - back)) - (other + back)


def lost_of_product(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """Return what rounding took from a product of float32."""
    (one_high, one_low), (other_high, other_low) = halves(one), halves(other)
    return ((one_high * other_high - one * other) + one_high * other_low + one_low * other_high) + (
        one_low * other_low
    )


def halves(values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Upper and lower bits, whose products are exact."""
    spread = SPLITTER * values
    high = spread - (spread - values)
    return high, values - high


class Sums(nn.Module):
    """Sums of series as the nine weights of a kernel see them: nine tensors (n, n_sets, n_timesteps)."""

    def __init__(self, features: RocketFeatures, sets: np.ndarray, dilation: int, margin: int):
        super().__init__()
        self.n_timesteps = max(features.n_timesteps_in_, LENGTH)
        self.first = margin - REACH * int(dilation)
        self.stop = 2 * margin + self.n_timesteps - self.first
        self.starts = range(0, LENGTH * int(dilation), int(dilation))
        for place, of_place in enumerate(sets.T):
            of_place = np.where(of_place < 0, len(features.mean_), of_place)  # the series of zeros
            self.register_buffer(f"added_{place}", torch.as_tensor(of_place))

    def forward(self, series: torch.Tensor) -> list[torch.Tensor]:
        series = series[..., self.first : self.stop]
        total, *others = (series[:, chosen] for chosen in self.buffers())
        for other in others:
            total = total + other
        return [total[..., start : start + self.n_timesteps] for start in self.starts]


class Kernels(nn.Module):
    """What is pooled of the convolutions of one dilation, shape (n, n_poolings, n_biases)."""

    of_set: torch.Tensor
    tap_0: torch.Tensor
    tap_1: torch.Tensor
    tap_2: torch.Tensor
    biases_of_whole: torch.Tensor
    biases_of_inner: torch.Tensor

    def __init__(self, features: RocketFeatures, dilation: int, margin: int):
        super().__init__()
        dilations, series, kernels, padded, firsts = features._convolutions
        chosen = np.flatnonzero(dilations == dilation)
        chosen = chosen[np.argsort(~padded[chosen], kind="stable")]
        sets, of_set = np.unique(series[chosen], axis=0, return_inverse=True)
        self.sums = Sums(features, sets, dilation, margin)
        self.reach, self.n_timesteps = REACH * int(dilation), self.sums.n_timesteps
        self.n_whole = int(padded[chosen].sum())
        self.pools_all = len(features._poolings) > 1
        self.register_buffer("of_set", torch.as_tensor(of_set))
        for place, taps in enumerate(TAPS[kernels[chosen]].T):
            self.register_buffer(f"tap_{place}", torch.as_tensor(taps * len(sets) + of_set))
        columns = firsts[chosen][:, np.newaxis] + np.arange(np.diff(firsts)[chosen[0]])
        self.columns = columns.reshape(-1)
        biases = torch.as_tensor(features.biases_[columns].astype(np.float64))[..., None]
        self.register_buffer("biases_of_whole", biases[: self.n_whole])
        self.register_buffer("biases_of_inner", biases[self.n_whole :])

    def forward(self, series: torch.Tensor) -> torch.Tensor:
        seen = self.sums(series)
        x0, x1, x2, x3, x4, x5, x6, x7, x8 = seen
        of_nine = ((x0 + x1) + (x2 + x3)) + ((x5 + x6) + (x7 + x8)) + x4
        rows = torch.cat(seen, dim=1)
        a, b, c = rows[:, self.tap_0], rows[:, self.tap_1], rows[:, self.tap_2]
        values = (3 * ((a + b) + c) - of_nine[:, self.of_set])[:, :, None]
        inner = values[:, self.n_whole :, :, self.reach : self.n_timesteps - self.reach]
        parts = [
            self.pooled(values[:, : self.n_whole], self.biases_of_whole, self.n_timesteps),
            self.pooled(inner, self.biases_of_inner, self.n_timesteps - 2 * self.reach),
        ]
        return torch.cat(parts, dim=-1)

    def pooled(self, values: torch.Tensor, biases: torch.Tensor, n: int) -> torch.Tensor:
        """Pool values of shape (n, n_convolutions, 1, n) to (n, n_poolings, n_convolutions * n_biases)."""
        above = (values > biases).to(biases.dtype)
        count = above.sum(dim=-1)
        found = [count / n]
        if self.pools_all:
            some = count.clamp(min=1)
            distance = (values - biases).clamp(min=0).sum(dim=-1)
            position = (above * torch.arange(n, dtype=biases.dtype)).sum(dim=-1) / some / n
            found += [distance / some, torch.where(count > 0, position, -1 / n), longest_run(above, n) / n]
        return torch.stack(found, dim=1).reshape(-1, len(found), biases.numel())


class Groups(nn.Module):
    """How Hydra's kernels of one dilation fare against each other, shape (n, n_columns)."""

    def __init__(self, features: RocketFeatures, dilation: int, margin: int):
        super().__init__()
        chosen = features.hydra_dilations_ == dilation
        self.sums = Sums(features, features.hydra_series_[chosen], dilation, margin)
        weights = torch.as_tensor(features.hydra_weights_[chosen].astype(np.float64))
        self.n_columns = 2 * weights.shape[0] * COMPETITORS
        for place, weight in enumerate(weights.unbind(dim=-1)):
            self.register_buffer(f"weight_{place}", weight[..., None])
        self.register_buffer("competitors", torch.arange(COMPETITORS)[:, None])

    def forward(self, series: torch.Tensor) -> torch.Tensor:
        *weights, competitors = self.buffers(recurse=False)
        seen = self.sums(series)
        x0, x1, x2, x3, x4, x5, x6, x7, x8 = (x[:, :, None] * w for x, w in zip(seen, weights, strict=True))
        values = (((x0 + x1) + (x2 + x3)) + ((x4 + x5) + (x6 + x7))) + x8
        wins = values.argmax(dim=2, keepdim=True) == competitors
        loses = values.argmin(dim=2, keepdim=True) == competitors
        won = torch.where(wins, values, 0.0).sum(dim=-1).clamp(min=0)
        lost = loses.to(values.dtype).sum(dim=-1)
        found = torch.sqrt(torch.stack([won, lost], dim=2) / self.sums.n_timesteps)
        return found.reshape(-1, self.n_columns)
