"""A part of a window, stretched to the whole of it."""

import functools
from numbers import Real

import torch

from .._core._sklearn import Interval
from ._augmentation import PROBABILITY, Augmentation, Change, Channels
from ._random import uniform
from ._smooth_curves import read_between


class Crop(Augmentation):
    """Stretch a part of a window, drawn at random, to the whole of it: motion becomes slower.

    Parameters
    ----------
    min_share : float, default=0.9
        Least share of the window that is kept; the share is drawn evenly from there to 1.
    probability : float, default=1.0
        Of each window to be changed.

    See Also
    --------
    TimeShift : Keeps the pace.
    TimeWarp : Faster here, slower there.

    References
    ----------
    A. Le Guennec, S. Malinowski and R. Tavenard, Data augmentation for time series classification using
    convolutional neural networks, ECML/PKDD workshop on advanced analytics and learning on temporal
    data, 2016, which takes slices of 90 %.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.sampling import Crop, WindowAugmenter
    >>> windows = np.tile(np.arange(5.0)[:, None], (2, 1, 1))
    >>> augmenter = WindowAugmenter(Crop(0.5), n_copies=1, random_state=0)
    >>> augmenter.fit_resample(windows, ["a", "b"])[0][2:, :, 0].round(1)
    array([[0.4, 1.2, 2. , 2.8, 3.5],
           [0.4, 1.2, 2.1, 2.9, 3.7]])
    """

    _parameter_constraints = {
        "min_share": [Interval(Real, 0, 1, closed="right")],
        "probability": PROBABILITY,
    }

    def __init__(self, min_share=0.9, *, probability=1.0):
        self.min_share = min_share
        self.probability = probability

    def _change_for(self, channels: Channels) -> Change:
        return functools.partial(crop, min_share=self.min_share)


def crop(values: torch.Tensor, generator: torch.Generator, *, min_share: float) -> torch.Tensor:
    """Windows of which a part, of a random share of at least this, fills the whole."""
    n_windows, n_timesteps, _ = values.shape
    drawn = uniform((2, n_windows, 1), values, generator)
    shares = 1 - (1 - min_share) * drawn[0]
    begins = drawn[1] * (1 - shares) * (n_timesteps - 1)
    steps = torch.arange(n_timesteps, device=values.device, dtype=values.dtype)
    return read_between(values, (begins + shares * steps).clamp_(max=n_timesteps - 1))
