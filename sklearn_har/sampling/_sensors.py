"""Which channels of windows are one sensor's, and which sensors turn together."""

from collections.abc import Sequence

import pandas as pd
import torch

from ..features._motion_sensors import name_triads
from ..recordings._channels import AXIS, find_devices, place_of, sensor_of


def sensor_codes(names: Sequence[str] | None, n_channels: int, triads) -> torch.Tensor:
    """Number of the sensor that each channel is of, shape (n_channels,).

    As ``triads`` say, or names; a channel of which neither tells anything is a sensor by itself.
    """
    if triads is not None:
        codes = torch.arange(n_channels)
        for channels in _named(triads, names, n_channels).values():
            codes[channels] = channels[0]
        return codes.unique(return_inverse=True)[1]
    if names is None:
        return torch.arange(n_channels)
    return torch.as_tensor(pd.factorize(pd.Index([sensor_of(name) for name in names]))[0])


def devices_to_turn(names: Sequence[str] | None, n_channels: int, triads) -> list[list[list[int]]]:
    """Of every device the triads of its sensors: a list of triads is one device, names tell of several.

    Raises
    ------
    ValueError
        If nothing tells which channels are the x, y and z axes of a sensor, or an axis lacks the others.
    """
    if triads is not None:
        named = _named(triads, names, n_channels)
        if not isinstance(triads, dict):
            return [list(named.values())]
        places: dict[str, list[list[int]]] = {}
        for sensor, triad in named.items():
            places.setdefault(place_of(sensor), []).append(triad)
        return list(places.values())
    if names is None:
        raise ValueError(
            "A rotation must know which channels are the x, y and z axes of a sensor, and the channels have "
            "no names. Pass Windows with channel_names such as 'wrist_acc_x', or to Rotate "
            "triads=[[0, 1, 2], [3, 4, 5]]."
        )
    devices = list(find_devices(names).values())
    turned = {channel for device in devices for triad in device for channel in triad}
    alone = [name for at, name in enumerate(names) if AXIS.fullmatch(name) and at not in turned]
    if alone or not devices:
        found = f"{alone} lack another axis of their sensor" if alone else f"none of {list(names)} is an axis"
        raise ValueError(
            f"A rotation turns the x, y and z axes of a sensor together, but {found}. Pass to Rotate the "
            "channels that it may turn: triads=[['acc_x', 'acc_y', 'acc_z']]."
        )
    return devices


def _named(triads, names: Sequence[str] | None, n_channels: int) -> dict[str, list[int]]:
    if not isinstance(triads, dict):
        triads = {str(number): channels for number, channels in enumerate(triads)}
    named = name_triads(names, n_channels, triads)
    taken = [channel for channels in named.values() for channel in channels]
    if len(set(taken)) < len(taken):
        raise ValueError(f"triads={triads} has a channel in two sensors; each channel is of one.")
    return named
