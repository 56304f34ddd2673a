"""What twins of features compute of series, shape (..., n_timesteps), so that float32 is accurate enough.

Of an acceleration most is gravity, so whatever is computed of how a series moves begins by taking its first
value from it, which is exact for values of one size.
"""

import numpy as np
import torch
from torch import nn

SHORTEST = 3  # timesteps: two changes, which have a frequency


def refuse_short(features) -> None:
    """Refuse features of windows so short that they have nothing to sort, or no frequency."""
    if features.n_timesteps_in_ < SHORTEST:
        raise ValueError(
            f"{type(features).__name__} was fitted on windows of {features.n_timesteps_in_} timesteps, and "
            f"can be exported for windows of {SHORTEST} or more. Cut longer windows."
        )


def rounding(values: torch.Tensor) -> float:
    """Return what changes by no more, for its size, does not change."""
    return 8 * torch.finfo(values.dtype).eps


def quotient(numerator: torch.Tensor, denominator: torch.Tensor) -> torch.Tensor:
    """Quotient; 0 where the denominator is."""
    is_zero = denominator == 0
    return torch.where(is_zero, 0.0, numerator / torch.where(is_zero, 1.0, denominator))


def largest(values: torch.Tensor) -> torch.Tensor:
    """Largest magnitude of each series, shape (..., 1)."""
    return values.abs().amax(dim=-1, keepdim=True)


def steps_of(values: torch.Tensor) -> torch.Tensor:
    """Changes from each timestep to the next."""
    return values[..., 1:] - values[..., :-1]


def sorted_values(values: torch.Tensor, n_least: int) -> torch.Tensor:
    """The ``n_least`` least values, in increasing order."""
    return values.topk(n_least, dim=-1, largest=False, sorted=True).values


def entropy(shares: torch.Tensor) -> torch.Tensor:
    """Entropy of shares that add up to one, shape (..., 1)."""
    logarithms = shares.clamp(min=torch.finfo(shares.dtype).tiny).log()
    return -(shares * logarithms).sum(dim=-1, keepdim=True)


def longest_run(holds: torch.Tensor, n_timesteps: int) -> torch.Tensor:
    """Number of timesteps of the longest stretch of ones in series of zeros and ones, shape (...)."""
    times = torch.arange(1, n_timesteps + 1, dtype=holds.dtype)
    ended = times * (1 - holds)  # the last timestep so far that is zero, once the largest so far is taken
    step = 1
    while step < n_timesteps:
        ended = torch.cat([ended[..., :step], torch.maximum(ended[..., step:], ended[..., :-step])], dim=-1)
        step *= 2
    return (times - ended).amax(dim=-1)


class Quantiles(nn.Module):
    """Quantiles of ``n_values`` sorted values, of which the first may be enough, shape (..., n_shares)."""

    below: torch.Tensor
    above: torch.Tensor
    part: torch.Tensor

    def __init__(self, shares, n_values: int):
        super().__init__()
        place = np.asarray(shares) * (n_values - 1)
        self.register_buffer("below", torch.as_tensor(np.floor(place).astype(np.int64)))
        self.register_buffer("above", torch.as_tensor(np.ceil(place).astype(np.int64)))
        self.register_buffer("part", torch.as_tensor(place % 1))

    def forward(self, ordered: torch.Tensor) -> torch.Tensor:
        below = ordered[..., self.below]
        return below + self.part * (ordered[..., self.above] - below)


class MedianDistance(nn.Module):
    """Median of the distances of values from their median, shape (..., 1)."""

    def __init__(self, n_values: int):
        super().__init__()
        self.n_least = n_values // 2 + 1
        self.middle = Quantiles([0.5], n_values)

    def forward(self, values: torch.Tensor, median: torch.Tensor) -> torch.Tensor:
        return self.middle(sorted_values((values - median).abs(), self.n_least))


class Lags(nn.Module):
    """Sums of products of a series with itself, so many timesteps later."""

    steps: torch.Tensor

    def __init__(self, lags, n_timesteps: int):
        super().__init__()
        self.last = int(max(lags))
        steps = torch.as_tensor(np.asarray(lags))[:, None] + torch.arange(n_timesteps)
        self.register_buffer("steps", steps)

    def forward(self, moving: torch.Tensor) -> torch.Tensor:
        """From shape (..., n_timesteps) to (..., n_lags)."""
        later = nn.functional.pad(moving, (0, self.last))[..., self.steps]
        return torch.matmul(later, moving[..., None])[..., 0]


class SpectralSizes(nn.Module):
    """Squared magnitudes of the Fourier transform at the frequencies above 0.

    A cosine is the same from both ends of a window, and a sine its negative, so sums and differences of
    values from both ends are transformed, with half as many constants.
    """

    cosines: torch.Tensor
    sines: torch.Tensor
    from_the_end: torch.Tensor

    def __init__(self, n_timesteps: int):
        super().__init__()
        n_pairs = (n_timesteps - 1) // 2
        self.n_ends = n_timesteps // 2 + 1
        # of whole turns only the rest is kept: cosines of large angles are not exact
        turns = np.outer(np.arange(self.n_ends), np.arange(1, self.n_ends)) % n_timesteps
        angles = turns * (2 * np.pi / n_timesteps)
        self.n_pairs = n_pairs
        self.register_buffer("cosines", torch.as_tensor(np.cos(angles)))
        self.register_buffer("sines", torch.as_tensor(np.sin(angles[1 : n_pairs + 1])))
        self.register_buffer("from_the_end", torch.arange(n_timesteps - 1, n_timesteps - 1 - n_pairs, -1))

    def forward(self, moving: torch.Tensor) -> torch.Tensor:
        """From shape (..., n_timesteps) to (..., n_timesteps // 2)."""
        n_pairs = self.n_pairs
        after, before = moving[..., 1 : n_pairs + 1], moving[..., self.from_the_end]
        middle = moving[..., n_pairs + 1 : self.n_ends]
        even = torch.cat([moving[..., :1], after + before, middle], dim=-1)
        return (even @ self.cosines) ** 2 + ((after - before) @ self.sines) ** 2
