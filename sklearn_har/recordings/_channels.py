"""Which channels belong together, told by their names: ``wrist_acc_x``, ``wrist_acc_y``, ``wrist_acc_z``."""

import re
from collections.abc import Sequence
from numbers import Integral

AXES = ("x", "y", "z")
AXIS = re.compile(r"(?:(?P<sensor>.+)_)?(?P<axis>[xyz])")
ACCELEROMETER = re.compile(r"(?<![^_])acc[a-z]*(?=_)")  # a word of the name, such as acc or accelerometer
SEPARATED = {"body", "gravity", "linear"}  # words of accelerations from which gravity was taken already
INSTRUMENT = re.compile(r"(acc|gyr|mag)[a-z]*")


def find_triads(names: Sequence[str]) -> dict[str, list[int]]:
    """Positions of the x, y and z channel of every sensor that has all three, by its name.

    >>> find_triads(["acc_x", "acc_y", "acc_z", "heart_rate", "gyro_x"])
    {'acc': [0, 1, 2]}
    """
    sensors: dict[str, dict[str, int]] = {}
    for position, name in enumerate(names):
        match = AXIS.fullmatch(name)
        if match:
            sensors.setdefault(match["sensor"] or "", {})[match["axis"]] = position
    return {
        sensor: [axes[axis] for axis in AXES] for sensor, axes in sensors.items() if len(axes) == len(AXES)
    }


def find_devices(names: Sequence[str]) -> dict[str, list[list[int]]]:
    """Triads of the sensors of every device, by its place; sensors of one device turn together.

    >>> find_devices(["acc_x", "acc_y", "acc_z", "gyro_x", "gyro_y", "gyro_z"])
    {'': [[0, 1, 2], [3, 4, 5]]}
    """
    devices: dict[str, list[list[int]]] = {}
    for sensor, triad in find_triads(names).items():
        devices.setdefault(place_of(sensor), []).append(triad)
    return devices


def place_of(sensor: str) -> str:
    """Where a sensor is worn: what its name says beside the instrument.

    >>> place_of("left_wrist_body_acc"), place_of("gyro")
    ('left_wrist', '')
    """
    words = sensor.split("_")
    return "_".join(word for word in words if word not in SEPARATED and not INSTRUMENT.fullmatch(word))


def sensor_of(channel: str) -> str:
    """Sensor whose readings a channel holds, whole or in part.

    >>> sensor_of("wrist_body_acc_x"), sensor_of("wrist_acc_magnitude"), sensor_of("heart_rate")
    ('wrist_acc', 'wrist_acc', 'heart_rate')
    """
    match = AXIS.fullmatch(channel)
    words = ((match["sensor"] or "") if match else channel).split("_")
    return "_".join(word for word in words if word not in SEPARATED and word != "magnitude")


def find_accelerometer_channels(names: Sequence[str]) -> list[int]:
    """Positions of the axes of accelerometers that still hold gravity.

    >>> find_accelerometer_channels(["gyro_x", "wrist_acc_x", "body_acc_x", "acc_magnitude"])
    [1]
    """
    return [
        position
        for position, name in enumerate(names)
        if AXIS.fullmatch(name) and ACCELEROMETER.search(name) and SEPARATED.isdisjoint(name.split("_"))
    ]


def name_part(name: str, part: str) -> str:
    """Name of a part of a channel: before the word of the accelerometer, so that the place stays first.

    >>> name_part("wrist_acc_x", "body"), name_part("ax", "body")
    ('wrist_body_acc_x', 'body_ax')
    """
    match = ACCELEROMETER.search(name)
    at = match.start() if match else 0
    return f"{name[:at]}{part}_{name[at:]}"


def name_magnitude(sensor: str) -> str:
    """Name of the magnitude of a sensor.

    >>> name_magnitude("wrist_acc"), name_magnitude("")
    ('wrist_acc_magnitude', 'magnitude')
    """
    return f"{sensor}_magnitude" if sensor else "magnitude"


def find_positions(
    channels: Sequence, names: Sequence[str] | None, n_channels: int, parameter: str
) -> list[int]:
    """Positions of channels that are given by name or by position.

    Raises
    ------
    ValueError
        If a channel is not there or is given twice, or none is given; the message names ``parameter``.
    TypeError
        If ``channels`` is a single name.
    """
    if isinstance(channels, str):
        raise TypeError(f"{parameter} is the one name {channels!r}; give a list of channels: [{channels!r}].")
    if not len(channels):
        raise ValueError(f"{parameter} is empty; name at least one channel.")
    place = {} if names is None else {name: position for position, name in enumerate(names)}
    positions = []
    for channel in channels:
        position = int(channel) if isinstance(channel, Integral) else place.get(channel, -1)
        if not 0 <= position < n_channels:
            there = f"numbered 0 to {n_channels - 1}" if names is None else f"{list(names)}"
            raise ValueError(f"{parameter} has the channel {channel!r}, but the channels of X are {there}.")
        positions.append(position)
    if len(set(positions)) < len(positions):
        raise ValueError(f"{parameter} is {list(channels)}, which has a channel twice.")
    return positions


def check_distinct(names: Sequence[str]) -> None:
    """Refuse output channels of which two have one name."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(
                f"Two channels of the result would be called {name!r}. Rename or leave out the channel of X "
                "that has this name already."
            )
        seen.add(name)
