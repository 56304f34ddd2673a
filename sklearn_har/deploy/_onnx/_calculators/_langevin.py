"""Drift of a Langevin equation: how the change to the next sample depends on where the signal is."""

import numpy as np
import torch
from torch import Tensor

from ....features.calculators._langevin import places_of_edges
from ._series import Series, not_zero, once, undefined, unless

N_STEPS = 4  # of Newton's, after the formula: they double the digits


def friedrich_coefficients(series: Series, parameters: list[dict]) -> Tensor:
    """Coefficient ``coeff`` of the polynomial of degree ``m`` through the means of ``r`` bins."""
    columns = []
    for one in parameters:
        degree, coefficient = int(one["m"]), int(one["coeff"])
        if coefficient > degree:
            columns.append(undefined(series))
        else:
            columns.append(_drift(series, degree, int(one["r"]))[..., coefficient : coefficient + 1])
    return torch.cat(columns, -1)


def max_langevin_fixed_point(series: Series, parameters: list[dict]) -> Tensor:
    """Largest real part of the roots of the cubic drift: where nothing drifts."""
    return torch.stack([_largest_root(_drift(series, 3, int(one["r"]))) for one in parameters], -1)


@once
def _drift(series: Series, degree: int, n_bins: int) -> Tensor:
    """Coefficients of the drift, highest power first."""
    if series.n_timesteps < 3:
        return undefined(series, degree + 1)
    x, y, is_used, known = _mean_changes(series, n_bins)
    columns = [is_used * x**power for power in range(degree, -1, -1)]
    drift = _least_squares(columns, is_used * y)
    return unless(~known, drift)


def _mean_changes(series: Series, n_bins: int) -> tuple[Tensor, ...]:
    """Mean position and change of every bin, whether samples are in it, and whether the bins differ."""
    n = series.n_timesteps - 1  # the last sample has no change
    x = series.values[..., :-1]
    ordered = torch.sort(x, dim=-1)[0]
    below, share = places_of_edges(n, n_bins)
    keep, keep_places = series.constants.keep, series.constants.keep_places
    way = keep(f"drift_way_{n_bins}", share)
    low = ordered.index_select(-1, keep_places(f"drift_low_{n_bins}", np.minimum(below, n - 1)))
    high = ordered.index_select(-1, keep_places(f"drift_high_{n_bins}", np.minimum(below + 1, n - 1)))
    edges = torch.where(way >= 0.5, high - (high - low) * (1 - way), low + (high - low) * way)
    known = (edges[..., 1:] > edges[..., :-1]).to(x.dtype).amin(-1, keepdim=True) > 0
    beyond = (x.unsqueeze(-2) > edges[..., 1:-1].unsqueeze(-1)).to(x.dtype)
    none = torch.zeros_like(beyond[..., :1, :])
    inside = torch.cat([1 + none, beyond], -2) - torch.cat([beyond, none], -2)
    counts = inside.sum(-1)
    divisor = counts.clamp(min=1)
    means = (inside @ x.unsqueeze(-1))[..., 0] / divisor
    changes = (inside @ series.changes.unsqueeze(-1))[..., 0] / divisor
    return means, changes, (counts > 0).to(x.dtype), known


def _least_squares(columns: list[Tensor], target: Tensor) -> Tensor:
    """Coefficients by modified Gram-Schmidt of columns made of length 1."""
    scales = [(column**2).sum(-1, keepdim=True).sqrt() for column in columns]
    rest = [column / scale for column, scale in zip(columns, scales, strict=True)]
    units, rows = [], []
    for j in range(len(columns)):
        size = (rest[j] ** 2).sum(-1, keepdim=True).sqrt()
        unit = rest[j] / size
        row = [(unit * other).sum(-1, keepdim=True) for other in rest[j + 1 :]]
        rest[j + 1 :] = [other - unit * part for other, part in zip(rest[j + 1 :], row, strict=True)]
        part = (unit * target).sum(-1, keepdim=True)
        target = target - unit * part
        units.append(size)
        rows.append((row, part))
    found: list[Tensor] = []
    for size, (row, part) in zip(reversed(units), reversed(rows), strict=True):
        explained = sum(r * c for r, c in zip(row, found, strict=True)) if found else 0
        found.insert(0, (part - explained) / size)
    return torch.cat([c / scale for c, scale in zip(found, scales, strict=True)], -1)


def _largest_root(cubics: Tensor) -> Tensor:
    """Largest real part of the roots of cubics, whose highest power comes first, by Cardano and Viète."""
    a, b, c, d = (cubics[..., i] for i in range(4))
    b, c, d = b / a, c / a, d / a
    center = -b / 3
    p, q = c - b**2 / 3, 2 * (b / 3) ** 3 - b * c / 3 + d
    discriminant = (q / 2) ** 2 + (p / 3) ** 3
    is_single = discriminant > 0
    root = discriminant.clamp(min=0).sqrt()
    larger = _cube_root(-torch.where(q > 0, q / 2 + root, q / 2 - root))
    single = larger - p / (3 * not_zero(larger))
    size = (-p / 3).clamp(min=0).sqrt()
    # of three roots the largest is at a third of the angle of -q/2 + i·√-discriminant
    angle = _angle(-q / 2, (-discriminant).clamp(min=0).sqrt())
    found = center + torch.where(is_single, single, 2 * size * (angle / 3).cos())
    for _ in range(N_STEPS):
        value, slope = ((found + b) * found + c) * found + d, (3 * found + 2 * b) * found + c
        step = value / not_zero(slope)
        better = found - step
        known = (((better + b) * better + c) * better + d).abs() < value.abs()
        found = torch.where(known, better, found)
    of_pair = (-b - found) / 2
    return torch.where(is_single, torch.maximum(found, of_pair), found)


def _cube_root(values: Tensor) -> Tensor:
    return values.sign() * values.abs() ** (1 / 3)


def _angle(cosine: Tensor, sine: Tensor) -> Tensor:
    """The angle, from 0 to a half turn, of a vector; the arctangent is known in single precision only."""
    size = (cosine**2 + sine**2).sqrt()
    half = sine / (not_zero(size) + cosine.abs())
    angle = 2 * torch.atan(half.to(torch.float32)).to(cosine.dtype)
    return torch.where(cosine < 0, np.pi - angle, angle)
