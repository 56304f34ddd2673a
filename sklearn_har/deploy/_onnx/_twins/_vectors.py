"""What twins of features compute of vectors in space: their angles, and how much lies along which axis."""

import math

import torch

from ._series import quotient


def growth(before: torch.Tensor, after: torch.Tensor) -> torch.Tensor:
    """How much longer vectors are after than before, shape (..., 3, n_timesteps) to (..., n_timesteps).

    The difference of the lengths would lose what is small beside gravity.
    """
    lengths = length(before) + length(after)
    return quotient(((after - before) * (after + before)).sum(dim=-2), lengths)


def length(vectors: torch.Tensor) -> torch.Tensor:
    """Euclidean length of vectors along the last axis but one."""
    return (vectors**2).sum(dim=-2).sqrt()


def angles(vectors: torch.Tensor, others: torch.Tensor) -> torch.Tensor:
    """Angles between vectors along the last axis, in radians; a right angle to a vector of length 0.

    The angle's half has the sides' difference and sum for its legs; a cosine hardly tells small angles.
    """
    one, other = (quotient(v, torch.linalg.vector_norm(v, dim=-1, keepdim=True)) for v in (vectors, others))
    opposite = torch.linalg.vector_norm(one - other, dim=-1)
    adjacent = torch.linalg.vector_norm(one + other, dim=-1)
    is_undefined = (opposite == 0) & (adjacent == 0)
    tangent = torch.where(is_undefined, 1.0, opposite) / torch.where(is_undefined, 1.0, adjacent)
    return 2 * torch.atan(tangent)


def principal_variances(moving: torch.Tensor) -> torch.Tensor:
    """Eigenvalues of the covariance of three series, (..., 3, n_timesteps) to (..., 3), the largest first.

    The axis that lies farthest from the other two is found first, and the series are turned to it: what
    is small beside it is then a variance of its own, and no difference of large numbers.
    """
    covariance = moving @ moving.transpose(-1, -2) / moving.shape[-1]
    axis, is_largest = farthest_axis(covariance)
    first, second = across(axis)
    turned = torch.stack([axis, first, second], dim=-2) @ moving
    variances = (turned**2).mean(dim=-1)
    common = (turned[..., 1, :] * turned[..., 2, :]).mean(dim=-1)
    far, one, other = variances.unbind(dim=-1)
    spread = torch.sqrt(((one - other) / 2) ** 2 + common**2)
    high, low = (one + other) / 2 + spread, (one + other) / 2 - spread
    ordered = (
        torch.where(is_largest, far, high),
        torch.where(is_largest, high, low),
        torch.where(is_largest, low, far),
    )
    return torch.stack(ordered, dim=-1)


def farthest_axis(covariance: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Principal axis whose eigenvalue is farthest from the others, and whether it is the largest."""
    unit = torch.eye(3, dtype=covariance.dtype)
    middle = (covariance * unit).sum(dim=(-2, -1), keepdim=True) / 3
    rest = covariance - middle * unit
    size = ((rest**2).sum(dim=(-2, -1), keepdim=True) / 6).sqrt()
    rest = quotient(rest, size)
    x, y, z = rest.unbind(dim=-2)
    determinant = (x * torch.linalg.cross(y, z)).sum(dim=-1)
    angle = torch.acos((determinant / 2).clamp(-1.0, 1.0)) / 3
    is_largest = determinant >= 0
    value = 2 * torch.cos(torch.where(is_largest, angle, angle + 2 * math.pi / 3))
    x, y, z = (rest - value[..., None, None] * unit).unbind(dim=-2)
    normal = longest(longest(torch.linalg.cross(x, y), torch.linalg.cross(x, z)), torch.linalg.cross(y, z))
    return normal / torch.linalg.vector_norm(normal, dim=-1, keepdim=True), is_largest


def longest(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """The longer of two vectors."""
    is_longer = (one**2).sum(dim=-1, keepdim=True) >= (other**2).sum(dim=-1, keepdim=True)
    return torch.where(is_longer, one, other)


def across(axis: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Two unit vectors at right angles to a unit vector and to each other."""
    x, y, z = axis.unbind(dim=-1)
    nothing = torch.zeros_like(x)
    away_from_y = torch.stack([-z, nothing, x], dim=-1)
    away_from_x = torch.stack([nothing, z, -y], dim=-1)
    first = longest(away_from_y, away_from_x)
    first = first / torch.linalg.vector_norm(first, dim=-1, keepdim=True)
    return first, torch.linalg.cross(axis, first)
