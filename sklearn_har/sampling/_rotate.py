"""Sensors worn at another angle."""

import functools
from numbers import Real

import torch

from .._core._sklearn import Interval
from ..networks._random_rotation import DEGREE, rotations
from ._augmentation import PROBABILITY, TRIADS, Augmentation, Change, Channels
from ._random import normal, uniform
from ._sensors import devices_to_turn

NEWTON_STEPS = 6  # from the cube root of 6c, which is near, to the last bit even for half a turn


class Rotate(Augmentation):
    """Turn a device, as if it were worn at another angle: one rotation for all its sensors.

    Accelerometer, gyroscope, magnetometer and what was separated from them (``body_acc``, ``gravity``)
    turn by the same matrix, a true rotation. So gravity turns with the device and keeps its magnitude,
    and what one sensor says still agrees with what the others say. Devices at several places turn each
    by themselves.

    Parameters
    ----------
    max_angle : float, default=15.0
        Largest angle, in degrees. With 180 all orientations are equally likely.
    axis : array-like of shape (3,) or None, default=None
        Axis of the device to turn about, by an angle that is drawn evenly from ``-max_angle`` to
        ``max_angle``: the arm, for a watch that slides around it. None draws evenly from all rotations
        by at most ``max_angle``, so large angles are more frequent than small ones.
    triads : list, dict or None, default=None
        The x, y and z channels of every sensor, by position or name. A list, as ``[[0, 1, 2], [3, 4, 5]]``,
        is one device; of a dict of sensors, as ``{"wrist_acc": [0, 1, 2], "hip_acc": [3, 4, 5]}``, names
        tell the places. None takes them from the channels' names; other channels stay as they are.
    probability : float, default=1.0
        Of each window to be turned.

    See Also
    --------
    sklearn_har.networks.RandomRotation : The small rotation that every network trains with unless it is
        told ``rotation=0``.

    Notes
    -----
    Must see raw readings: after a scaling of each channel by itself no rotation is one. Magnitudes
    do not change. Where the posture is told by the tilt of the sensor, as sitting is from lying, a
    rotation by more than the tilts differ takes away what is to be learned.

    References
    ----------
    T. T. Um et al., Data augmentation of wearable sensor data for Parkinson's disease monitoring
    using convolutional neural networks, ICMI 2017, arXiv:1706.00527.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.sampling import Rotate, WindowAugmenter
    >>> windows = np.zeros((2, 128, 6)) + [0, 0, 9.81, 0, 0, 1]  # gravity along z, turning about z
    >>> rotate = Rotate(30, triads=[[0, 1, 2], [3, 4, 5]])
    >>> more, _ = WindowAugmenter(rotate, n_copies=1, random_state=0).fit_resample(windows, ["a", "b"])
    >>> bool(np.allclose(more[:, :, :3], 9.81 * more[:, :, 3:]))
    True
    """

    _parameter_constraints = {
        "max_angle": [Interval(Real, 0, 180, closed="both")],
        "axis": ["array-like", None],
        "triads": TRIADS,
        "probability": PROBABILITY,
    }

    def __init__(self, max_angle=15.0, *, axis=None, triads=None, probability=1.0):
        self.max_angle = max_angle
        self.axis = axis
        self.triads = triads
        self.probability = probability

    def _change_for(self, channels: Channels) -> Change:
        devices = devices_to_turn(channels.names, channels.n_channels, self.triads)
        device_of = torch.as_tensor([number for number, triads in enumerate(devices) for _ in triads])
        triads = torch.as_tensor([triad for device in devices for triad in device])
        largest = self.max_angle * DEGREE
        return functools.partial(turn, triads=triads, device_of=device_of, largest=largest, axis=self._axis())

    def _axis(self) -> torch.Tensor | None:
        if self.axis is None:
            return None
        axis = torch.as_tensor(self.axis, dtype=torch.float64)
        if axis.shape != (3,) or not axis.isfinite().all() or not axis.any():
            raise ValueError(
                f"axis must be three numbers that are not all 0, such as [0, 0, 1]; got {self.axis!r}."
            )
        return axis


def turn(
    values: torch.Tensor,
    generator: torch.Generator,
    *,
    triads: torch.Tensor,
    device_of: torch.Tensor,
    largest: float,
    axis: torch.Tensor | None,
) -> torch.Tensor:
    """Windows turned by random rotations, one for each window and device.

    Parameters
    ----------
    values : torch.Tensor of shape (n_windows, n_timesteps, n_channels)
    generator : torch.Generator
    triads : torch.Tensor of int of shape (n_triads, 3)
    device_of : torch.Tensor of int of shape (n_triads,)
    largest : float
        Angle in radians.
    axis : torch.Tensor of shape (3,), or None
    """
    n_windows, n_devices = len(values), int(device_of[-1]) + 1
    drawn = random_rotations(n_windows * n_devices, largest, axis, generator)
    matrices = drawn.reshape(n_windows, n_devices, 3, 3)[:, device_of]
    return values @ among_channels(matrices, triads, values.shape[2]).to(values)


def random_rotations(
    n: int, largest: float, axis: torch.Tensor | None, generator: torch.Generator
) -> torch.Tensor:
    """Rotation matrices (n, 3, 3), spread evenly over the rotations by at most an angle in radians."""
    like = torch.empty(0, dtype=torch.float64)
    if axis is None:
        return rotations(
            normal((n, 3), like, generator), even_angles(uniform((n,), like, generator), largest)
        )
    return rotations(axis.expand(n, 3), largest * (2 * uniform((n,), like, generator) - 1))


def even_angles(shares: torch.Tensor, largest: float) -> torch.Tensor:
    """Angles below which there are these shares of all rotations by at most ``largest``, in radians.

    The rotations by at most an angle a fill a volume of the rotation group that grows as a - sin a;
    that is solved for a by Newton's method.

    >>> even_angles(torch.tensor([0.0, 0.5, 1.0], dtype=torch.float64), torch.pi).round(decimals=4)
    tensor([0.0000, 2.3099, 3.1416], dtype=torch.float64)
    """
    full = torch.tensor(largest, dtype=torch.float64)
    volume = shares * (full - full.sin())
    angles = (6 * volume) ** (1 / 3)
    for _ in range(NEWTON_STEPS):
        angles = angles - (angles - angles.sin() - volume) / (1 - angles.cos()).clamp_min(1e-300)
    return angles.clamp(max=largest)


def among_channels(matrices: torch.Tensor, triads: torch.Tensor, n_channels: int) -> torch.Tensor:
    """Matrices that turn triads of channels and leave the others, to multiply rows by from the right.

    Parameters
    ----------
    matrices : torch.Tensor of shape (n_windows, n_triads, 3, 3)
    triads : torch.Tensor of int of shape (n_triads, 3)
    n_channels : int

    Returns
    -------
    torch.Tensor of shape (n_windows, n_channels, n_channels)
    """
    whole = torch.eye(n_channels, dtype=matrices.dtype).repeat(len(matrices), 1, 1)
    whole[:, triads[:, :, None], triads[:, None, :]] = matrices.transpose(2, 3)
    return whole
