"""Random numbers of a given generator, on the device and of the dtype of the windows that they change."""

from collections.abc import Sequence

import torch


def normal(shape: Sequence[int], like: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Numbers of mean 0 and standard deviation 1."""
    drawn = torch.randn(tuple(shape), generator=generator, device=generator.device, dtype=like.dtype)
    return drawn.to(like.device)


def uniform(shape: Sequence[int], like: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Numbers spread evenly over [0, 1)."""
    drawn = torch.rand(tuple(shape), generator=generator, device=generator.device, dtype=like.dtype)
    return drawn.to(like.device)


def whole(below: int, n: int, like: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Whole numbers from 0, spread evenly."""
    return torch.randint(below, (n,), generator=generator, device=generator.device).to(like.device)
