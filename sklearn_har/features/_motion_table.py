"""From windows to columns: the signals of all sensors, and what is said of them, each with its name."""

from collections.abc import Iterator, Sequence

import numpy as np

from ..recordings._channels import AXES, name_magnitude
from ._motion import (
    PERIODIC,
    SPECTRAL,
    TIME,
    angles,
    autocorrelations,
    correlations,
    correlations_between,
    deviations,
    jerk,
    magnitudes,
    signal_magnitude_area,
    spectral_features,
    time_features,
)
from ._motion_sensors import Sensor, gravity_of, name_axes

PAIRS = ("xy", "xz", "yz")
Piece = tuple[list[str], np.ndarray]  # names of columns, and the columns


def motion_columns(
    values: np.ndarray, sensors: Sequence[Sensor], sampling_rate: float, n_bands: int
) -> Iterator[Piece]:
    """Columns that describe windows of shape (n_windows, n_timesteps, n_channels)."""
    channels = np.ascontiguousarray(values.transpose(0, 2, 1))
    triads = [sensor for sensor in sensors if sensor.moves and sensor.is_triad]
    still = [sensor for sensor in sensors if not sensor.moves]
    singles = [sensor for sensor in sensors if not sensor.is_triad]
    axes, held, single = (_of_sensors(channels, group) for group in (triads, still, singles))
    from_inside = [place for place, sensor in enumerate(triads) if sensor.gravity]
    axes[:, from_inside] = deviations(axes[:, from_inside])
    axes_jerk, single_jerk = jerk(axes, sampling_rate), jerk(single, sampling_rate)

    moving = [*_names(triads, singles), *_names(triads, singles, "jerk")]
    without_mean = {name for place in from_inside for name in triads[place].signals}  # it is 0
    moving_signals = [
        (moving[: len(moving) // 2], _signals(axes, single)),
        (moving[len(moving) // 2 :], _signals(axes_jerk, single_jerk)),
    ]
    for names, signals in moving_signals:
        yield _described(names, TIME, time_features(signals), {f"{name}__mean" for name in without_mean})
        bands = [f"band_power_{band + 1}" for band in range(n_bands)]
        yield _described(names, (*SPECTRAL, *bands), spectral_features(signals, sampling_rate, n_bands))
    yield _described(moving_signals[0][0], PERIODIC, autocorrelations(moving_signals[0][1]))
    yield _described(_names(still, []), TIME, time_features(_signals(held, single[:, :0])))
    for group, of_group, part in (
        (triads, axes, ""),
        (triads, axes_jerk, "jerk"),
        (still, held, ""),
    ):
        yield from _between_axes(group, of_group, part)
    yield from _between_sensors(triads, axes)
    yield from _directions(channels, sensors, axes)


def _between_axes(sensors: Sequence[Sensor], axes: np.ndarray, part: str) -> Iterator[Piece]:
    names = [_joined(sensor.name, part) for sensor in sensors]
    yield _described(names, ("sma",), signal_magnitude_area(axes)[..., np.newaxis])
    yield _described(names, [f"correlation_{pair}" for pair in PAIRS], correlations(axes))


def _between_sensors(triads: Sequence[Sensor], axes: np.ndarray) -> Iterator[Piece]:
    """How the axes and the magnitude of a triad change with those of another at the same place."""
    signals = np.concatenate([axes, magnitudes(axes)[:, :, np.newaxis]], axis=2)
    for place, sensor in enumerate(triads):
        for other in range(place + 1, len(triads)):
            if triads[other].place != sensor.place:
                continue
            features = [f"correlation_{signal}" for signal in _names([triads[other]], [])]
            found = correlations_between(signals[:, place], signals[:, other])
            yield _described(_names([sensor], []), features, found)


def _directions(channels: np.ndarray, sensors: Sequence[Sensor], axes: np.ndarray) -> Iterator[Piece]:
    """Where gravity points, and how what moves lies to it."""
    gravities = {sensor: channels[:, sensor.channels].mean(axis=-1) for sensor in sensors if sensor.gravity}
    for sensor, gravity in gravities.items():
        if sensor.moves:
            size = np.linalg.norm(gravity, axis=-1, keepdims=True)
            names = [*name_axes(sensor.gravity), name_magnitude(sensor.gravity)]
            yield [f"{name}__mean" for name in names], np.concatenate([gravity, size], axis=1)
        tilt = angles(gravity[:, np.newaxis], np.eye(len(AXES)))
        yield [f"{signal}__tilt" for signal in name_axes(sensor.gravity)], tilt
    triads = [sensor for sensor in sensors if sensor.moves and sensor.is_triad]
    for place, sensor in enumerate(triads):
        known = gravity_of(sensor, sensors)
        if known is None:
            continue
        # changes add up to that from the first timestep to the last, but for rounding
        of_sensor = axes[:, place]
        for part, vectors in (
            ("", of_sensor.mean(axis=-1)),
            ("jerk", of_sensor[..., -1] - of_sensor[..., 0]),
        ):
            if part or not sensor.gravity:
                angle = angles(vectors, gravities[known])
                yield [f"{_joined(sensor.name, part)}__angle_to_gravity"], angle[:, np.newaxis]


def _of_sensors(channels: np.ndarray, sensors: Sequence[Sensor]) -> np.ndarray:
    """Signals of sensors of one kind, shape (n_windows, n_sensors, 3 or 1, n_timesteps)."""
    positions = np.array([sensor.channels for sensor in sensors], dtype=np.intp)
    if not len(sensors):
        positions = positions.reshape(0, len(AXES))
    return channels[:, positions]


def _signals(axes: np.ndarray, single: np.ndarray) -> np.ndarray:
    """All axes, the magnitudes of triads, and single channels: shape (n_windows, n_signals, n_timesteps)."""
    n_windows, *_, n_timesteps = axes.shape
    rows = (
        axes.reshape(n_windows, axes.shape[1] * axes.shape[2], n_timesteps),
        magnitudes(axes),
        single.reshape(n_windows, single.shape[1] * single.shape[2], n_timesteps),
    )
    return np.concatenate(rows, axis=1)


def _names(triads: Sequence[Sensor], singles: Sequence[Sensor], part: str = "") -> list[str]:
    """Names of what `_signals` gives."""
    return [
        *(name for sensor in triads for name in name_axes(sensor.name, part)),
        *(name_magnitude(_joined(sensor.name, part)) for sensor in triads),
        *(_joined(sensor.name, part) for sensor in singles),
    ]


def _joined(name: str, part: str) -> str:
    return "_".join(filter(None, (name, part)))


def _described(signals: Sequence[str], features: Sequence[str], values: np.ndarray, without=()) -> Piece:
    """Columns of features of signals; values of shape (n_windows, n_signals, n_features)."""
    names = [f"{signal or 'motion'}__{feature}" for signal in signals for feature in features]
    columns = values.reshape(len(values), len(names))
    kept = [place for place, name in enumerate(names) if name not in without]
    return [names[place] for place in kept], columns[:, kept]
