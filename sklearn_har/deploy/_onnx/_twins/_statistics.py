"""Twin of plain statistics of signals."""

import numpy as np
import torch
from torch import nn

from ....features import SignalStatistics
from ....features._series import SMALLEST
from ....features._series_statistics import FINE, FLOOR, N_PARTS, SHARES
from ._series import (
    Lags,
    MedianDistance,
    Quantiles,
    SpectralSizes,
    entropy,
    largest,
    longest_run,
    quotient,
    refuse_short,
    rounding,
    sorted_values,
    steps_of,
)
from ._twin import twin
from ._vectors import growth, length, principal_variances


@twin.register
def _(features: SignalStatistics) -> nn.Module:
    return SignalStatisticsTwin(features).float()


class SignalStatisticsTwin(nn.Module):
    """Windows to the table of fitted `SignalStatistics`; tensors of one statistic are (n, n_series, 1)."""

    channels: torch.Tensor
    triads: torch.Tensor
    slope: torch.Tensor
    pairs: torch.Tensor

    def __init__(self, features: SignalStatistics):
        super().__init__()
        refuse_short(features)
        self.rate = features._rate
        self.n_timesteps = features.n_timesteps_in_
        n_series = len(features.series_)
        self.n_levels = n_series // 2
        self.register_buffer("channels", torch.as_tensor(features._channels))
        self.n_triads = len(features._triads)
        self.register_buffer("triads", torch.as_tensor(features._triads.reshape(-1)))
        self.shares = Quantiles((0.0, *SHARES, 1.0), self.n_timesteps)
        self.median_distance = MedianDistance(self.n_timesteps)
        self.lags = Lags(features._lags, self.n_timesteps)
        self.spectrum = Spectrum(features._bands, self.n_timesteps, self.rate)
        from_middle = np.arange(self.n_timesteps) - (self.n_timesteps - 1) / 2
        self.register_buffer("slope", torch.as_tensor(from_middle / (from_middle**2).sum() * self.rate))
        one, other = np.triu_indices(n_series, 1)
        self.register_buffer("pairs", torch.as_tensor(one * n_series + other))
        self.n_products = n_series**2
        self.low_middle_high = 0, self.n_timesteps // 2, self.n_timesteps - 1
        self.n_columns = len(features._names) - 3 * self.n_triads - len(self.pairs)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        levels, offsets, values = self.series(windows.transpose(1, 2)[:, self.channels])
        ordered = sorted_values(values, self.n_timesteps)
        moving, means = self.deviations(values, ordered, offsets)
        variance = (moving**2).mean(dim=-1, keepdim=True)
        of_series = [
            *self.moments(moving, means, variance),
            *self.quantiles(values, ordered, offsets),
            *self.thirds(moving, means),
            *self.course(levels, values, moving),
            quotient(self.lags(moving), variance * self.n_timesteps),
            *self.spectrum(moving),
        ]
        table = torch.cat(of_series, dim=-1).reshape(-1, self.n_columns)
        parts = [table, self.correlations(moving, variance)]
        if self.n_triads:
            triads = moving[:, self.triads].reshape(-1, self.n_triads, 3, self.n_timesteps)
            logarithms = log_of(principal_variances(triads))
            parts.insert(1, logarithms.reshape(-1, 3 * self.n_triads))
        return torch.cat(parts, dim=1)

    def series(self, channels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Levels; then of levels and their changes what is taken from them, and what is left."""
        levels, distances, steps = channels, channels - channels[..., :1], steps_of(channels)
        if self.n_triads:
            triads = channels[:, self.triads].reshape(-1, self.n_triads, 3, self.n_timesteps)
            levels = torch.cat([levels, length(triads)], dim=1)
            distances = torch.cat([distances, growth(triads[..., :1], triads)], dim=1)
            steps = torch.cat([steps, growth(triads[..., :-1], triads[..., 1:])], dim=1)
        changes = torch.cat([steps[..., :1], steps], dim=-1) * self.rate
        offsets = torch.cat([levels[..., :1], torch.zeros_like(levels[..., :1])], dim=1)
        return levels, offsets, torch.cat([distances, changes], dim=1)

    def deviations(
        self, values: torch.Tensor, ordered: torch.Tensor, offsets: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Values less their means, zeros where only rounding is left, and the means."""
        distances = values[:, : self.n_levels]
        # changes add up to that from the first timestep to the last; that of the second is there twice
        of_changes = (distances[..., -1:] + distances[..., 1:2]) * (self.rate / self.n_timesteps)
        means = torch.cat([distances.mean(dim=-1, keepdim=True), of_changes], dim=1)
        low, middle, high = (ordered[..., place : place + 1] for place in self.low_middle_high)
        size = torch.maximum((offsets + low).abs(), (offsets + high).abs())
        smallest = max(SMALLEST, torch.finfo(values.dtype).tiny)
        is_still = high - low <= (rounding(values) * size).clamp(min=smallest)
        moving = torch.where(is_still, 0.0, values - means)
        return moving, offsets + torch.where(is_still, middle, means)

    def moments(
        self, moving: torch.Tensor, means: torch.Tensor, variance: torch.Tensor
    ) -> list[torch.Tensor]:
        """`MOMENTS`."""
        std = variance.sqrt()
        squares = quotient(moving, std) ** 2
        skewness = (squares * quotient(moving, std)).mean(dim=-1, keepdim=True)
        fourths = (squares**2).mean(dim=-1, keepdim=True)
        log_kurtosis = torch.where(variance > 0, fourths, 1.0).log()
        return [means, std, (variance + means**2).sqrt(), log_of(variance), skewness, log_kurtosis]

    def quantiles(
        self, values: torch.Tensor, ordered: torch.Tensor, offsets: torch.Tensor
    ) -> list[torch.Tensor]:
        """`QUANTILES`."""
        found = self.shares(ordered)
        middle = 1 + SHARES.index(0.5)
        low, high = 1 + SHARES.index(0.25), 1 + SHARES.index(0.75)
        range_of_half = found[..., high : high + 1] - found[..., low : low + 1]
        distance = self.median_distance(values, found[..., middle : middle + 1])
        return [offsets + found, range_of_half, distance]

    def thirds(self, moving: torch.Tensor, means: torch.Tensor) -> list[torch.Tensor]:
        """Mean and logarithm of the variance of each third of the window, of one timestep at least."""
        n_timesteps = self.n_timesteps
        found = []
        for part in range(N_PARTS):
            start = min(part * n_timesteps // N_PARTS, n_timesteps - 1)
            stop = max((part + 1) * n_timesteps // N_PARTS, start + 1)
            values = moving[..., start:stop]
            own = values.mean(dim=-1, keepdim=True)
            found += [means + own, log_of(((values - own) ** 2).mean(dim=-1, keepdim=True))]
        return found

    def course(self, levels: torch.Tensor, values: torch.Tensor, moving: torch.Tensor) -> list[torch.Tensor]:
        """What `COURSE` names after the thirds."""
        per_second = self.rate / (self.n_timesteps - 1)
        changes = values[:, self.n_levels :]
        fine = FINE * largest(levels)
        fine = torch.cat([fine, fine * self.rate], dim=1)
        steps = torch.cat([changes[..., 1:] / self.rate, steps_of(changes)], dim=1)
        above_zero = as_numbers(torch.cat([levels, changes], dim=1) > fine, values)
        above_mean = as_numbers(moving > fine, values)
        counts = [
            steps.abs().sum(dim=-1),
            *(steps_of(holds).abs().sum(dim=-1) for holds in (above_zero, above_mean)),
            steps_of(as_numbers(steps > fine, values)).abs().sum(dim=-1),
        ]
        longest = longest_run(above_mean, self.n_timesteps) / self.n_timesteps
        found = [(moving * self.slope).sum(dim=-1), *(count * per_second for count in counts), longest]
        return [torch.stack(found, dim=-1)]

    def correlations(self, moving: torch.Tensor, variance: torch.Tensor) -> torch.Tensor:
        """Correlations of each series with those that come after it."""
        unit = quotient(moving, (variance * self.n_timesteps).sqrt())
        found = (unit @ unit.transpose(1, 2)).reshape(-1, self.n_products)
        return found[:, self.pairs].clamp(-1.0, 1.0)


class Spectrum(nn.Module):
    """What `SPECTRUM` names, of series less their means."""

    weights: torch.Tensor
    places: torch.Tensor
    within: torch.Tensor

    def __init__(self, bands: np.ndarray, n_timesteps: int, rate: float):
        super().__init__()
        self.sizes = SpectralSizes(n_timesteps)
        self.step, self.n_frequencies = rate / n_timesteps, n_timesteps // 2
        places = np.arange(1, n_timesteps // 2 + 1)
        weights = np.full(len(places), 2.0)
        if n_timesteps % 2 == 0:
            weights[-1] = 1.0
        self.register_buffer("weights", torch.as_tensor(weights / n_timesteps**2))
        self.register_buffer("places", torch.as_tensor(places.astype(np.float64)))
        within = (places[:, np.newaxis] >= bands[:-1]) & (places[:, np.newaxis] < bands[1:])
        self.register_buffer("within", torch.as_tensor(within.astype(np.float64)))

    def forward(self, moving: torch.Tensor) -> list[torch.Tensor]:
        power = self.sizes(moving) * self.weights
        shares = quotient(power, power.sum(dim=-1, keepdim=True))
        centroid = (shares * self.places).sum(dim=-1, keepdim=True)
        spread = (shares * (self.places - centroid) ** 2).sum(dim=-1, keepdim=True).sqrt()
        share = shares.amax(dim=-1, keepdim=True)
        peak = torch.where(share > 0, shares.argmax(dim=-1, keepdim=True) + 1, 0)
        evenness = entropy(shares) / np.log(max(self.n_frequencies, 2))
        found = [evenness, centroid * self.step, spread * self.step, peak * self.step, share]
        return [log_of(power @ self.within), *found]


def log_of(variance: torch.Tensor) -> torch.Tensor:
    """Logarithm of a variance that may be 0."""
    return (variance.clamp(min=0) + FLOOR).log()


def as_numbers(holds: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """Ones where something holds."""
    return holds.to(like.dtype)
