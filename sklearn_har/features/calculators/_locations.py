"""Where in a window something is: its extremes, its mass, its energy."""

from numbers import Integral

import numpy as np

from ..._core._compiling import compiled
from ._batch import Batch, NotCompiled, once
from ._parameters import one_column, parameters_named, real_numbers


def first_location_of_maximum(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, _extremes(batch)[:, 0] / batch.n_timesteps)


def last_location_of_maximum(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, 1.0 - _extremes(batch)[:, 1] / batch.n_timesteps)


def first_location_of_minimum(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, _extremes(batch)[:, 2] / batch.n_timesteps)


def last_location_of_minimum(batch: Batch, parameters: list[dict]) -> np.ndarray:
    return one_column(parameters, 1.0 - _extremes(batch)[:, 3] / batch.n_timesteps)


def index_mass_quantile(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Share of the window after which a share ``q`` of the sum of its absolute values is reached."""
    sizes = np.abs(batch.values)
    with np.errstate(over="ignore"):
        masses = np.add.reduce(sizes, axis=1)
    return _locations_of_mass(sizes, masses, real_numbers(parameters, "q"))


def energy_ratio_by_chunks(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Share of energy in chunk ``segment_focus`` of ``num_segments``, the first of which may be longer."""
    edges = np.empty((len(parameters), 2), dtype=np.int64)
    for column, (n_chunks, chunk) in enumerate(parameters_named(parameters, "num_segments", "segment_focus")):
        if not (
            isinstance(n_chunks, Integral) and isinstance(chunk, Integral) and 0 <= int(chunk) < int(n_chunks)
        ):
            raise NotCompiled(f"There is no chunk {chunk!r} among {n_chunks!r}.")
        length, n_longer = divmod(batch.n_timesteps, int(n_chunks))
        start = int(chunk) * length + min(int(chunk), n_longer)
        edges[column] = start, start + length + (chunk < n_longer)
    return _shares_of_energy(batch.values, edges)


@once
def _extremes(batch: Batch) -> np.ndarray:
    """How far the outermost maxima, then minima, are from the first and from the last sample."""
    return _places_of_extremes(batch.values, batch.maximum, batch.minimum)


@compiled
def _places_of_extremes(values, maxima, minima):
    n_windows, n_timesteps = values.shape
    places = np.empty((n_windows, 4))
    for window in range(n_windows):
        x = values[window]
        for pair in range(2):
            extreme = minima[window] if pair else maxima[window]
            first, last = 0, n_timesteps - 1
            while x[first] != extreme:
                first += 1
            while x[last] != extreme:
                last -= 1
            places[window, 2 * pair] = first
            places[window, 2 * pair + 1] = n_timesteps - 1 - last
    return places


@compiled
def _locations_of_mass(sizes, masses, shares):
    n_windows, n_timesteps = sizes.shape
    locations = np.full((n_windows, len(shares)), np.nan)
    reached = np.empty(n_timesteps)
    for window in range(n_windows):
        if masses[window] == 0.0:
            continue
        total = 0.0
        for i in range(n_timesteps):
            total += sizes[window, i]
            reached[i] = total / masses[window]
        for column in range(len(shares)):
            share = shares[column]
            place = 0  # where rounding keeps the share from being reached, too
            for i in range(n_timesteps):
                if reached[i] >= share:
                    place = i
                    break
            locations[window, column] = (place + 1) / n_timesteps
    return locations


@compiled(fastmath={"reassoc", "contract"})
def _shares_of_energy(values, edges):
    n_windows = len(values)
    shares = np.empty((n_windows, len(edges)))
    for window in range(n_windows):
        whole = _energy(values[window])
        for column in range(len(edges)):
            part = _energy(values[window, edges[column, 0] : edges[column, 1]])
            shares[window, column] = part / whole if whole != 0.0 else np.nan
    return shares


@compiled(fastmath={"reassoc", "contract"})
def _energy(samples):
    total = 0.0
    for i in range(len(samples)):
        total += samples[i] * samples[i]
    return total
