"""Twin of the features of movement."""

import numpy as np
import torch
from torch import nn

from ....features import MotionFeatures
from ....features._motion import AR_ORDER, N_LAGS, NOISE, TIME, band_powers
from ....features._motion_sensors import Sensor, gravity_of
from ._series import (
    Lags,
    MedianDistance,
    Quantiles,
    SpectralSizes,
    entropy,
    largest,
    quotient,
    refuse_short,
    rounding,
    sorted_values,
    steps_of,
)
from ._twin import twin
from ._vectors import angles, growth, length


@twin.register
def _(features: MotionFeatures) -> nn.Module:
    return MotionFeaturesTwin(features).float()


class MotionFeaturesTwin(nn.Module):
    """Windows to the table of fitted `MotionFeatures`, in the order of `motion_columns`."""

    of_triads: torch.Tensor
    of_singles: torch.Tensor
    of_still: torch.Tensor
    from_inside: torch.Tensor
    kept: torch.Tensor

    def __init__(self, features: MotionFeatures):
        super().__init__()
        self.sensors = list(features._sensors)
        self.rate, self.n_timesteps = features._rate, features.n_timesteps_in_
        refuse_short(features)
        self.triads = [sensor for sensor in self.sensors if sensor.moves and sensor.is_triad]
        still = [sensor for sensor in self.sensors if not sensor.moves]
        singles = [sensor for sensor in self.sensors if not sensor.is_triad]
        self.n_triads, self.n_still = len(self.triads), len(still)
        n_moving = 4 * self.n_triads + len(singles)
        for name, group in (("of_triads", self.triads), ("of_singles", singles), ("of_still", still)):
            positions = [channel for sensor in group for channel in sensor.channels]
            self.register_buffer(name, torch.as_tensor(np.array(positions, np.int64)))
        from_inside = np.array([bool(sensor.gravity) for sensor in self.triads for _ in range(3)], bool)
        self.register_buffer("from_inside", torch.as_tensor(from_inside[:, np.newaxis]))
        kept = np.ones((n_moving, len(TIME)), bool)
        kept[: len(from_inside), 0] = ~from_inside  # the mean of what gravity was taken from is 0
        self.register_buffer("kept", torch.as_tensor(np.flatnonzero(kept)))
        self.n_of_jerk = self.n_timesteps - 1
        spectra = (Spectrum(n, self.rate, features.bands) for n in (self.n_timesteps, self.n_of_jerk))
        self.spectrum, self.spectrum_of_jerk = spectra
        self.over_time = TimeFeatures(self.n_timesteps)
        self.over_time_of_jerk = TimeFeatures(self.n_of_jerk)
        lags = [-(-step * self.n_timesteps // (2 * N_LAGS)) for step in range(1, N_LAGS + 1)]
        self.lags = Lags(lags, self.n_timesteps)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        channels = windows.transpose(1, 2)
        axes, single = channels[:, self.of_triads], channels[:, self.of_singles]
        gravities = self.gravities(channels)
        axes = torch.where(self.from_inside, deviations(axes, axes), axes) if self.n_triads else axes
        axes_jerk, single_jerk = steps_of(axes) * self.rate, steps_of(single) * self.rate
        level, moving = self.signals(axes, single, self.n_triads)
        jerk, moving_jerk = self.signals(axes_jerk, single_jerk, self.n_triads)
        squares = (moving**2).sum(dim=-1, keepdim=True)
        pieces = [
            self.over_time(level, moving).flatten(1)[:, self.kept],
            self.spectrum(moving),
            self.over_time_of_jerk(jerk, moving_jerk),
            self.spectrum_of_jerk(moving_jerk),
            quotient(self.lags(moving), squares),
        ]
        between = []
        if self.n_still:
            held, held_moving = self.signals(channels[:, self.of_still], single[:, :0], self.n_still)
            pieces.append(self.over_time(held, held_moving))
            between = self.between_axes(held, held_moving, self.n_still)
        if self.n_triads:
            pieces += self.between_axes(level, moving, self.n_triads)
            pieces += self.between_axes(jerk, moving_jerk, self.n_triads)
        pieces += between
        pieces += self.between_sensors(moving)
        pieces += self.directions(gravities, axes)
        return torch.cat([piece.flatten(1) for piece in pieces], dim=1)

    def signals(
        self, axes: torch.Tensor, single: torch.Tensor, n_triads: int
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Axes, magnitudes of triads and single channels; then what of them is left without their means."""
        if not n_triads:
            return single, deviations(single, single)
        triads = axes.unflatten(1, (n_triads, 3))
        magnitudes = length(triads)
        values = torch.cat([axes, magnitudes, single], dim=1)
        grown = growth(triads[..., :1], triads)
        return values, deviations(torch.cat([axes, grown, single], dim=1), values)

    def between_axes(self, signals: torch.Tensor, moving: torch.Tensor, n_triads: int) -> list[torch.Tensor]:
        """Signal magnitude areas of triads, then the correlations of their axes."""
        areas = signals[:, : 3 * n_triads].abs().mean(dim=-1).unflatten(1, (n_triads, 3)).sum(dim=-1)
        unit = unit_deviations(moving[:, : 3 * n_triads]).unflatten(1, (n_triads, 3))
        pairs = [(unit[:, :, one] * unit[:, :, other]).sum(dim=-1) for one, other in ((0, 1), (0, 2), (1, 2))]
        return [areas, torch.stack(pairs, dim=-1)]

    def between_sensors(self, moving: torch.Tensor) -> list[torch.Tensor]:
        """Correlations of the axes and the magnitude of a triad with those of another at the same place."""
        n_axes = 3 * self.n_triads
        unit = unit_deviations(moving)
        found = []
        for place, sensor in enumerate(self.triads):
            for other in range(place + 1, self.n_triads):
                if self.triads[other].place == sensor.place:
                    one, two = (unit[:, [3 * i, 3 * i + 1, 3 * i + 2, n_axes + i]] for i in (place, other))
                    found.append(one @ two.transpose(1, 2))
        return found

    def gravities(self, channels: torch.Tensor) -> dict[Sensor, torch.Tensor]:
        """Mean vectors of the sensors that know gravity."""
        known = [sensor for sensor in self.sensors if sensor.gravity]
        return {sensor: means(channels[:, list(sensor.channels)]) for sensor in known}

    def directions(self, gravities: dict[Sensor, torch.Tensor], axes: torch.Tensor) -> list[torch.Tensor]:
        """Where gravity points, and how what moves lies to it."""
        found = []
        for sensor, gravity in gravities.items():
            if sensor.moves:
                found += [gravity, torch.linalg.vector_norm(gravity, dim=-1, keepdim=True)]
            found.append(angles(gravity[:, None], torch.eye(3, dtype=gravity.dtype)))
        for place, sensor in enumerate(self.triads):
            known = gravity_of(sensor, self.sensors)
            if known is not None:
                of_sensor = axes[:, 3 * place : 3 * place + 3]
                if not sensor.gravity:
                    found.append(angles(means(of_sensor), gravities[known])[:, None])
                changed = of_sensor[..., -1] - of_sensor[..., 0]
                found.append(angles(changed, gravities[known])[:, None])
        return found


class TimeFeatures(nn.Module):
    """What `TIME` names, of signals and what is left of them without their means, (n, n_signals, 12)."""

    def __init__(self, n_timesteps: int):
        super().__init__()
        self.n_timesteps = n_timesteps
        self.spreads = Spreads(n_timesteps)

    def forward(self, signals: torch.Tensor, moving: torch.Tensor) -> torch.Tensor:
        mad, iqr = self.spreads(moving)
        squares = signals**2
        found = [
            means(signals)[..., None],
            mean(moving**2).sqrt(),
            mad,
            signals.amax(dim=-1, keepdim=True),
            signals.amin(dim=-1, keepdim=True),
            mean(squares),
            iqr,
            evenness(squares, self.n_timesteps),
            burg(moving, min(AR_ORDER, self.n_timesteps - 1), NOISE * largest(signals)),
        ]
        return torch.cat(found, dim=-1)


class Spreads(nn.Module):
    """Median absolute deviation from the median, and range between the quartiles."""

    def __init__(self, n_values: int):
        super().__init__()
        self.n_values = n_values
        self.quartiles = Quantiles((0.25, 0.5, 0.75), n_values)
        self.median_distance = MedianDistance(n_values)

    def forward(self, values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        found = self.quartiles(sorted_values(values, self.n_values))
        return self.median_distance(values, found[..., 1:2]), found[..., 2:] - found[..., :1]


class Spectrum(nn.Module):
    """What `SPECTRAL` names, and the power in bands, of signals less their means."""

    of_amplitude: torch.Tensor
    of_power: torch.Tensor
    frequencies: torch.Tensor
    membership: torch.Tensor

    def __init__(self, n_timesteps: int, rate: float, n_bands: int):
        super().__init__()
        self.n_bins = n_timesteps // 2
        self.sizes = SpectralSizes(n_timesteps)
        self.spreads = Spreads(self.n_bins)
        places = np.arange(1, self.n_bins + 1)
        both_sides = np.full(self.n_bins, 2.0)
        if n_timesteps % 2 == 0:
            both_sides[-1] = 1.0
        membership = band_powers(np.eye(self.n_bins), n_timesteps, n_bands)
        self.register_buffer("of_amplitude", torch.as_tensor(both_sides / n_timesteps))
        self.register_buffer("of_power", torch.as_tensor(both_sides / n_timesteps**2))
        self.register_buffer("frequencies", torch.as_tensor(places * (rate / n_timesteps)))
        self.register_buffer("membership", torch.as_tensor(membership))

    def forward(self, moving: torch.Tensor) -> torch.Tensor:
        """From shape (n, n_signals, n_timesteps) to (n, n_signals, n_columns)."""
        sizes = self.sizes(moving)
        amplitude, power = sizes.sqrt() * self.of_amplitude, sizes * self.of_power
        rest = deviations(amplitude, amplitude)
        std = mean(rest**2).sqrt()
        unit = quotient(rest, std)
        mad, iqr = self.spreads(amplitude)
        highest = amplitude.amax(dim=-1, keepdim=True)
        peak = self.frequencies[amplitude.argmax(dim=-1, keepdim=True)]
        found = [
            mean(amplitude),
            std,
            mad,
            highest,
            amplitude.amin(dim=-1, keepdim=True),
            mean(amplitude**2),
            iqr,
            evenness(power, self.n_bins),
            mean(unit**2 * unit),
            mean((unit**2) ** 2),
            torch.where(highest > 0, peak, 0.0),
            quotient(mean(amplitude * self.frequencies), mean(amplitude)),
            power @ self.membership,
        ]
        return torch.cat(found, dim=-1)


def mean(values: torch.Tensor) -> torch.Tensor:
    """Means of values of one size, shape (..., 1)."""
    return values.mean(dim=-1, keepdim=True)


def means(signals: torch.Tensor) -> torch.Tensor:
    """Means of signals that may be far from 0, shape (...)."""
    first = signals[..., :1]
    return (first + mean(signals - first))[..., 0]


def deviations(signals: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """Signals less their means; zero where all that is left, for the size of ``values``, is rounding."""
    distances = signals - signals[..., :1]
    moving = distances - mean(distances)
    return torch.where(largest(moving) <= rounding(values) * largest(values), 0.0, moving)


def unit_deviations(moving: torch.Tensor) -> torch.Tensor:
    """Deviations, scaled to length 1."""
    return quotient(moving, torch.linalg.vector_norm(moving, dim=-1, keepdim=True))


def evenness(parts: torch.Tensor, n_parts: int) -> torch.Tensor:
    """Entropy of the shares of parts, 1 where all are equal, shape (..., 1)."""
    shares = quotient(parts, parts.sum(dim=-1, keepdim=True))
    return entropy(shares) / np.log(max(n_parts, 2))


def burg(moving: torch.Tensor, order: int, noise: torch.Tensor) -> torch.Tensor:
    """Coefficients of an autoregression by Burg's method, zeros behind ``order``, shape (..., 4)."""
    forward = backward = moving
    coefficients: list[torch.Tensor] = []
    for _ in range(order):
        forward, backward = forward[..., 1:], backward[..., :-1]
        left = mean(forward**2 + backward**2) + 2 * noise**2
        reflection = quotient(2 * mean(forward * backward), left)
        earlier = zip(coefficients, reversed(coefficients), strict=True)
        coefficients = [*(one - reflection * other for one, other in earlier), reflection]
        forward, backward = forward - reflection * backward, backward - reflection * forward
    return nn.functional.pad(torch.cat(coefficients, dim=-1), (0, AR_ORDER - order))
