"""Motion that hurries and lingers."""

import functools
from numbers import Integral

import torch

from .._core._sklearn import Interval
from ._augmentation import NOT_NEGATIVE, PROBABILITY, Augmentation, Change, Channels
from ._smooth_curves import read_between, smooth_factors


class TimeWarp(Augmentation):
    """Let time in a window run faster and slower along a smooth curve, for all channels together.

    The window begins and ends as it did, and time never runs backwards. Readings between the
    timesteps are read off straight lines.

    Parameters
    ----------
    sigma : float, default=0.2
        Standard deviation, at the knots, of the natural logarithm of the speed.
    n_knots : int, default=4
        Knots of the curve, a cubic spline, between those at both ends of the window.
    probability : float, default=1.0
        Of each window to be changed.

    See Also
    --------
    Crop : One speed for the whole window.

    Notes
    -----
    The pace of a motion changes, the size of its readings does not; a body that truly moved faster would
    also turn and accelerate more.

    References
    ----------
    T. T. Um et al., Data augmentation of wearable sensor data for Parkinson's disease monitoring
    using convolutional neural networks, ICMI 2017, arXiv:1706.00527. There every axis has a time of
    its own, and the speed is normal around 1, so that time may run backwards.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.sampling import TimeWarp, WindowAugmenter
    >>> windows = np.tile(np.arange(128.0)[:, None], (4, 1, 3))
    >>> more, _ = WindowAugmenter(TimeWarp(), n_copies=1, random_state=0).fit_resample(windows, list("aabb"))
    >>> bool((more[:, 0] == 0).all() and (more[:, -1] == 127).all() and (np.diff(more, axis=1) > 0).all())
    True
    """

    _parameter_constraints = {
        "sigma": NOT_NEGATIVE,
        "n_knots": [Interval(Integral, 0, None, closed="left")],
        "probability": PROBABILITY,
    }

    def __init__(self, sigma=0.2, *, n_knots=4, probability=1.0):
        self.sigma = sigma
        self.n_knots = n_knots
        self.probability = probability

    def _change_for(self, channels: Channels) -> Change:
        return functools.partial(warp_time, sigma=self.sigma, n_knots=self.n_knots)


def warp_time(
    values: torch.Tensor, generator: torch.Generator, *, sigma: float, n_knots: int
) -> torch.Tensor:
    """Windows read at the times that smooth speeds lead to."""
    n_windows, n_timesteps, _ = values.shape
    if n_timesteps == 1:
        return values
    speeds = smooth_factors((n_windows, n_timesteps, 1), n_knots, sigma, values, generator).squeeze(2)
    return read_between(values, times(speeds))


def times(speeds: torch.Tensor) -> torch.Tensor:
    """Positions from the first to the last timestep that are reached at these speeds.

    >>> times(torch.tensor([[1.0, 1.0, 3.0]]))
    tensor([[0.0000, 0.5000, 2.0000]])
    """
    way = speeds.cumsum(dim=1) - speeds[:, :1]
    return way / way[:, -1:] * (speeds.shape[1] - 1)
