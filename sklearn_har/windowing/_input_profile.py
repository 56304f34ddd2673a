"""What rows look like that a recognizer is fitted on, in a few numbers, to know others by."""

import numpy as np

from ..recordings import Rows
from ..recordings._findings import median_length, triads_of

MOST_ROWS = 100_000  # in a median
HOLDS_GRAVITY = 0.7  # of the median length; without gravity, the mean acceleration of a window is near 0
NEARLY_ALL = 0.99  # of the windows


def profile_of(rows: Rows, names, firsts: np.ndarray, n_timesteps: int, codes: np.ndarray) -> dict:
    """Largest values of the channels, and gravity in accelerometers that hold it.

    Parameters
    ----------
    rows : Rows
    names : array-like of str or None
        Of the channels.
    firsts, codes : ndarray of int of shape (n_windows,)
        First row and code of the label of each window learned from.
    n_timesteps : int

    Returns
    -------
    dict
        ``largest``, ndarray of shape (n_channels,), and ``gravity``: for each such accelerometer its
        ``channels`` (positions), ``length`` (median), ``directions`` (unit vectors, one for each activity,
        shape (n_activities, 3)) and ``widest``, the angle in degrees within which 99 % of the windows
        point from the nearest of these.
    """
    values = rows.values
    largest = np.maximum(values.max(axis=0), -values.min(axis=0)).astype(np.float64)
    sensors = {} if names is None else triads_of(list(names), "acc")
    found = {
        sensor: _gravity_of(values[:, xyz], firsts, n_timesteps, codes) for sensor, xyz in sensors.items()
    }
    gravity = {
        sensor: {"channels": sensors[sensor], **facts} for sensor, facts in found.items() if facts is not None
    }
    return {"largest": largest, "gravity": gravity}


def _gravity_of(values: np.ndarray, firsts: np.ndarray, n_timesteps: int, codes: np.ndarray) -> dict | None:
    length = median_length(values[:: max(1, len(values) // MOST_ROWS)])
    sums = np.concatenate([np.zeros((1, 3)), np.cumsum(values, axis=0, dtype=np.float64)])
    means = (sums[firsts + n_timesteps] - sums[firsts]) / n_timesteps
    lengths = np.linalg.norm(means, axis=1)
    if np.quantile(lengths, 1 - NEARLY_ALL) < HOLDS_GRAVITY * length or length == 0:
        return None
    means /= lengths[:, np.newaxis]
    directions = np.array([means[codes == code].sum(axis=0) for code in np.unique(codes)])
    directions /= np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), np.finfo(float).tiny)
    widest = np.quantile(angle_to_nearest(means, directions), NEARLY_ALL)
    return {"length": length, "directions": directions, "widest": float(widest)}


def angle_to_nearest(vectors: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Degrees from each unit vector to the nearest of some directions, shape (n_vectors,)."""
    return np.degrees(np.arccos(np.clip((vectors @ directions.T).max(axis=1), -1, 1)))
