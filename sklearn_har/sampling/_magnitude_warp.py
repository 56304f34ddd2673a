"""Motion that grows and fades."""

import functools
from numbers import Integral

import torch

from .._core._sklearn import Interval
from ._augmentation import NOT_NEGATIVE, PROBABILITY, TRIADS, Augmentation, Change, Channels
from ._sensors import sensor_codes
from ._smooth_curves import smooth_factors


class MagnitudeWarp(Augmentation):
    """Make the motion in a window grow and fade along a smooth curve, one curve for each sensor.

    What is scaled is the deviation from the window's mean, so that gravity stays what it is. A curve
    that scaled gravity would make a sitting person heave up and down.

    Parameters
    ----------
    sigma : float, default=0.2
        Standard deviation, at the knots, of the natural logarithm of the factor.
    n_knots : int, default=4
        Knots of the curve, a cubic spline, between those at both ends of the window.
    triads : list, dict or None, default=None
        Channels of sensors, as for `Scale`.
    probability : float, default=1.0
        Of each window to be changed.

    See Also
    --------
    Scale : With one factor for the whole window.

    References
    ----------
    T. T. Um et al., Data augmentation of wearable sensor data for Parkinson's disease monitoring
    using convolutional neural networks, ICMI 2017, arXiv:1706.00527. There every axis has a curve
    of its own, normal around 1, and it is a factor of gravity, too.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.sampling import MagnitudeWarp, WindowAugmenter
    >>> windows = 9.81 + np.sin(np.arange(128) / 5)[None, :, None] * np.ones((4, 1, 3))
    >>> augmenter = WindowAugmenter(MagnitudeWarp(), n_copies=1, random_state=0)
    >>> more, _ = augmenter.fit_resample(windows, list("aabb"))
    >>> more.shape
    (8, 128, 3)
    """

    _parameter_constraints = {
        "sigma": NOT_NEGATIVE,
        "n_knots": [Interval(Integral, 0, None, closed="left")],
        "triads": TRIADS,
        "probability": PROBABILITY,
    }

    def __init__(self, sigma=0.2, *, n_knots=4, triads=None, probability=1.0):
        self.sigma = sigma
        self.n_knots = n_knots
        self.triads = triads
        self.probability = probability

    def _change_for(self, channels: Channels) -> Change:
        sensors = sensor_codes(channels.names, channels.n_channels, self.triads)
        return functools.partial(warp_magnitude, sigma=self.sigma, n_knots=self.n_knots, sensors=sensors)


def warp_magnitude(
    values: torch.Tensor, generator: torch.Generator, *, sigma: float, n_knots: int, sensors: torch.Tensor
) -> torch.Tensor:
    """Windows whose deviations from their mean are scaled along smooth curves, one for each sensor."""
    n_windows, n_timesteps, _ = values.shape
    shape = (n_windows, n_timesteps, int(sensors.max()) + 1)
    factors = smooth_factors(shape, n_knots, sigma, values, generator)
    return torch.lerp(values.mean(dim=1, keepdim=True), values, factors[..., sensors])
