"""Which channels of windows move together, and what they measure, told by their names."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..recordings._channels import (
    AXES,
    find_accelerometer_channels,
    find_positions,
    find_triads,
    name_magnitude,
    name_part,
    place_of,
)


class Sensor(NamedTuple):
    """A triad, or a single channel.

    Attributes
    ----------
    name : str
        Of what moves: ``body_acc`` for the triad ``acc``, from which gravity is taken.
    channels : tuple of int
        Three, or one.
    gravity : str
        Name of the gravity that the channels hold, or are; "" where there is none.
    moves : bool
        Whether the channels are more than gravity.
    """

    name: str
    channels: tuple[int, ...]
    gravity: str = ""
    moves: bool = True

    @property
    def is_triad(self) -> bool:
        return len(self.channels) == len(AXES)

    @property
    def signals(self) -> list[str]:
        """Names of the channels."""
        return name_axes(self.name) if self.is_triad else [self.name]

    @property
    def place(self) -> str:
        """Where the sensor is worn."""
        return place_of(self.name)


def find_sensors(names: Sequence[str] | None, n_channels: int, triads: Mapping | None) -> list[Sensor]:
    """Sensors of windows: triads in the order given or found, then the channels that are left.

    Raises
    ------
    ValueError
        If ``triads`` is empty, has a sensor without three channels, or a channel that is not there.
    """
    found = name_triads(names, n_channels, triads)
    sensors = [_triad(name, channels, found) for name, channels in found.items()]
    taken = {channel for sensor in sensors for channel in sensor.channels}
    magnitudes = {name_magnitude(sensor.name) for sensor in sensors}
    for channel in range(n_channels):
        name = f"channel_{channel}" if names is None else names[channel]
        if channel not in taken and name not in magnitudes:
            sensors.append(Sensor(name, (channel,)))
    return sensors


def name_triads(names: Sequence[str] | None, n_channels: int, triads: Mapping | None) -> dict[str, list[int]]:
    """Channels of every triad, by its name: those given, those that names tell, or three after three.

    Raises
    ------
    ValueError
        If ``triads`` is empty, has a sensor without three channels, or a channel that is not there.
    """
    if triads is not None:
        return _given_triads(names, n_channels, triads)
    if names is not None:
        return find_triads(names)
    return {f"sensor_{first // 3}": [first, first + 1, first + 2] for first in range(0, n_channels - 2, 3)}


def gravity_of(sensor: Sensor, sensors: Sequence[Sensor]) -> Sensor | None:
    """The sensor that knows gravity where this one is worn: that of the same place, or the only one."""
    known = [other for other in sensors if other.gravity]
    near = [other for other in known if other.place == sensor.place]
    if near:
        return near[0]
    return known[0] if len(known) == 1 else None


def name_axes(name: str, part: str = "") -> list[str]:
    """Names of the axes of a triad.

    >>> name_axes("wrist_gyro", "jerk"), name_axes("")
    (['wrist_gyro_jerk_x', 'wrist_gyro_jerk_y', 'wrist_gyro_jerk_z'], ['x', 'y', 'z'])
    """
    return ["_".join(filter(None, (name, part, axis))) for axis in AXES]


def _triad(name: str, channels: Sequence[int], triads: Mapping) -> Sensor:
    words = name.split("_")
    if "gravity" in words:
        return Sensor(name, tuple(channels), gravity=name, moves=False)
    if not find_accelerometer_channels([f"{name}_x"]):
        return Sensor(name, tuple(channels))
    body, gravity = (name_part(f"{name}_", part).removesuffix("_") for part in ("body", "gravity"))
    if body in triads or gravity in triads:  # separated before, and kept as a whole too
        return Sensor(name, tuple(channels))
    return Sensor(body, tuple(channels), gravity=gravity)


def _given_triads(names: Sequence[str] | None, n_channels: int, triads: Mapping) -> dict[str, list[int]]:
    if not triads:
        raise ValueError("triads is empty; name at least one sensor, or leave it None.")
    found = {}
    for sensor, channels in triads.items():
        if not isinstance(sensor, str):
            raise TypeError(f"The names of sensors in triads must be text; got {sensor!r}.")
        if not hasattr(channels, "__len__"):
            raise TypeError(f"triads[{sensor!r}] must be a list of three channels; got {channels!r}.")
        found[sensor] = find_positions(channels, names, n_channels, f"triads[{sensor!r}]")
        if len(found[sensor]) != len(AXES):
            raise ValueError(
                f"triads[{sensor!r}] has {len(found[sensor])} channels, {list(channels)}; a triad has three, "
                "for x, y and z."
            )
    return found
