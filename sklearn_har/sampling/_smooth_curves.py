"""Random curves without corners, and readings between the timesteps."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import torch
from scipy.interpolate import CubicSpline

from ._random import normal


def smooth_factors(
    shape: Sequence[int], n_knots: int, sigma: float, like: torch.Tensor, generator: torch.Generator
) -> torch.Tensor:
    """Positive curves around 1, of shape (n_windows, n_timesteps, n_curves).

    Their logarithms are cubic splines through normal values of the spread ``sigma`` at both ends and
    at ``n_knots`` evenly spaced points between.
    """
    n_windows, n_timesteps, n_curves = shape
    heights = sigma * normal((n_windows, n_knots + 2, n_curves), like, generator)
    return (spline_basis(n_timesteps, n_knots + 2).to(like) @ heights).exp_()


@lru_cache(maxsize=32)
def spline_basis(n_timesteps: int, n_knots: int) -> torch.Tensor:
    """What each knot, from end to end, adds to each timestep, shape (n_timesteps, n_knots)."""
    through = CubicSpline(np.linspace(0, 1, n_knots), np.eye(n_knots))
    return torch.as_tensor(through(np.linspace(0, 1, n_timesteps)))


def read_between(values: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
    """Readings at positions (n_windows, n_timesteps) between the timesteps, on straight lines.

    >>> read_between(torch.tensor([[[0.0], [10.0], [30.0]]]), torch.tensor([[0.0, 0.5, 1.5]])).flatten()
    tensor([ 0.,  5., 20.])
    """
    n_windows, n_timesteps, n_channels = values.shape
    if n_timesteps == 1:
        return values
    before = positions.floor().clamp_(0, n_timesteps - 2)
    firsts = torch.arange(n_windows, device=values.device)[:, None] * n_timesteps
    rows, at = values.reshape(-1, n_channels), (before.long() + firsts).flatten()
    shares = (positions - before).reshape(-1, 1)
    return torch.lerp(rows[at], rows[at + 1], shares).reshape(values.shape)
