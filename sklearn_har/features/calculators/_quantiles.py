"""Quantiles of the samples, and the changes inside the corridor between two of them."""

from functools import lru_cache
from numbers import Real

import numpy as np

from ..._core._compiling import compiled
from ._batch import Batch, NotCompiled
from ._parameters import parameters_named, real_numbers

_MOMENTS = {("mean", False): 0, ("var", False): 1, ("mean", True): 2, ("var", True): 3}


def quantile(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Quantile ``q``, between two samples by linear interpolation."""
    return _quantiles(batch.sorted, *_places_of(real_numbers(parameters, "q"), batch.n_timesteps))


def change_quantiles(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Mean or variance (``f_agg``) of the (``isabs``: absolute) changes that begin and end in a corridor.

    The corridor reaches from quantile ``ql`` to ``qh``, both included. Without any change inside it is 0.
    """
    columns = tuple(parameters_named(parameters, "ql", "qh", "isabs", "f_agg"))
    edges, corridors, corridor_of, moment_of = _corridors_of(columns)
    quantiles = _quantiles(batch.sorted, *_places_of(edges, batch.n_timesteps))
    return _moments_in_corridors(batch.values, quantiles, corridors)[:, corridor_of, moment_of]


@lru_cache(maxsize=64)  # for one window, this takes longer than the window
def _corridors_of(columns: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Shares at all edges, the two edges of each corridor, and of each column the corridor and the moment."""
    for low, high, is_absolute, statistic in columns:
        are_shares = all(isinstance(share, Real) and 0 <= float(share) <= 1 for share in (low, high))
        if not (are_shares and (statistic, bool(is_absolute)) in _MOMENTS):
            raise NotCompiled(f"Of changes from {low!r} to {high!r}, {statistic!r} is not compiled.")
    pairs = [(float(low), float(high)) for low, high, _, _ in columns]
    edges, corners = np.unique(pairs, return_inverse=True)
    corridors, corridor_of = np.unique(corners.reshape(-1, 2), axis=0, return_inverse=True)
    moment_of = [_MOMENTS[statistic, bool(is_absolute)] for _, _, is_absolute, statistic in columns]
    return edges, corridors, corridor_of.ravel(), np.array(moment_of)


def _places_of(shares: np.ndarray, n_timesteps: int) -> tuple[np.ndarray, np.ndarray]:
    """Which sorted sample comes before each quantile, and how far it is on the way to the next sample."""
    if not ((shares >= 0) & (shares <= 1)).all():
        raise NotCompiled("Only quantiles from 0 to 1 are compiled.")
    places = (n_timesteps - 1) * shares
    before = np.floor(places)
    return before.astype(np.int64), places - before


@compiled
def _quantiles(ordered, befores, ways):
    n_windows, n_timesteps = ordered.shape
    quantiles = np.empty((n_windows, len(befores)))
    for column in range(len(befores)):
        before, way = befores[column], ways[column]
        after = min(before + 1, n_timesteps - 1)
        for window in range(n_windows):
            low, high = ordered[window, before], ordered[window, after]
            # from the nearer side, as NumPy does, so that they compare with samples as NumPy's do
            if way >= 0.5:
                quantiles[window, column] = high - (high - low) * (1.0 - way)
            else:
                quantiles[window, column] = low + (high - low) * way
    return quantiles


@compiled
def _moments_in_corridors(values, edges, corridors):
    """Mean and variance of changes, then of absolute changes, in each corridor between two of the edges."""
    n_windows, n_timesteps = values.shape
    moments = np.zeros((n_windows, len(corridors), 4))
    bottom, top = np.empty(n_timesteps - 1), np.empty(n_timesteps - 1)
    changes = np.empty(n_timesteps - 1)
    for window in range(n_windows):
        now, after = values[window, : n_timesteps - 1], values[window, 1:]
        for i in range(len(now)):
            bottom[i] = min(now[i], after[i])
            top[i] = max(now[i], after[i])
            changes[i] = after[i] - now[i]
        for corridor in range(len(corridors)):
            low, high = corridors[corridor]
            if low < high:
                _moments_inside(
                    bottom, top, changes, edges[window, low], edges[window, high], moments[window, corridor]
                )
    return moments


@compiled(fastmath={"reassoc", "contract"})
def _moments_inside(bottom, top, changes, low, high, moments):
    count, total, total_absolute = 0.0, 0.0, 0.0
    for i in range(len(changes)):
        inside = (bottom[i] >= low) & (top[i] <= high)
        count += 1.0 if inside else 0.0
        total += changes[i] if inside else 0.0
        total_absolute += abs(changes[i]) if inside else 0.0
    if count == 0.0:
        return
    center, center_absolute = total / count, total_absolute / count
    spread, spread_absolute = 0.0, 0.0
    for i in range(len(changes)):
        inside = (bottom[i] >= low) & (top[i] <= high)
        apart = changes[i] - center if inside else 0.0
        apart_absolute = abs(changes[i]) - center_absolute if inside else 0.0
        spread += apart * apart
        spread_absolute += apart_absolute * apart_absolute
    moments[0] = center
    moments[1] = spread / count
    moments[2] = center_absolute
    moments[3] = spread_absolute / count
