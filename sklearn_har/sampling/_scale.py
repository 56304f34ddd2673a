"""Stronger or weaker motion."""

import functools

import torch

from ._augmentation import NOT_NEGATIVE, PROBABILITY, TRIADS, Augmentation, Change, Channels
from ._random import normal
from ._sensors import sensor_codes


class Scale(Augmentation):
    """Make the motion in a window stronger or weaker, all axes of a sensor by one factor.

    What is scaled is the deviation from the window's mean. The mean stays, and with it gravity: a
    sensor at rest still reads 9.81 m/s², and reads it along the same axes.

    Parameters
    ----------
    sigma : float, default=0.1
        Standard deviation of the factor's natural logarithm: about two thirds of the factors lie within
        10 % of 1.
    triads : list, dict or None, default=None
        Channels of sensors, by position or name, as ``[[0, 1, 2], [3, 4, 5]]`` or with the
        sensors' names as ``{"acc": [0, 1, 2]}``. None takes them from the channels' names: ``acc_x``,
        ``body_acc_x`` and ``acc_magnitude`` are of one sensor. A channel of which nothing is known is
        a sensor by itself.
    probability : float, default=1.0
        Of each window to be changed.

    See Also
    --------
    MagnitudeWarp : With a factor that changes within the window.

    References
    ----------
    T. T. Um et al., Data augmentation of wearable sensor data for Parkinson's disease monitoring
    using convolutional neural networks, ICMI 2017, arXiv:1706.00527. There every axis has a factor
    of its own, and it is a factor of gravity, too.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.sampling import Scale, WindowAugmenter
    >>> windows = 9.81 + np.random.default_rng(0).normal(size=(4, 128, 3))
    >>> more, _ = WindowAugmenter(Scale(0.3), n_copies=1, random_state=0).fit_resample(windows, list("aabb"))
    >>> bool(np.allclose(more[4:].mean(axis=1), windows.mean(axis=1)))
    True
    """

    _parameter_constraints = {"sigma": NOT_NEGATIVE, "triads": TRIADS, "probability": PROBABILITY}

    def __init__(self, sigma=0.1, *, triads=None, probability=1.0):
        self.sigma = sigma
        self.triads = triads
        self.probability = probability

    def _change_for(self, channels: Channels) -> Change:
        sensors = sensor_codes(channels.names, channels.n_channels, self.triads)
        return functools.partial(scale_motion, sigma=self.sigma, sensors=sensors)


def scale_motion(
    values: torch.Tensor, generator: torch.Generator, *, sigma: float, sensors: torch.Tensor
) -> torch.Tensor:
    """Windows whose deviations from their mean are scaled, by one factor for each sensor."""
    n_sensors = int(sensors.max()) + 1
    factors = (sigma * normal((len(values), 1, n_sensors), values, generator)).exp()
    return torch.lerp(values.mean(dim=1, keepdim=True), values, factors[..., sensors])
