"""Windows cut a little earlier or later."""

import functools
from numbers import Real

import torch

from .._core._sklearn import Interval
from ._augmentation import PROBABILITY, Augmentation, Change, Channels
from ._random import uniform


class TimeShift(Augmentation):
    """Move the content of a window to and fro by whole timesteps, as if it were cut earlier or later.

    Where nothing is known, beyond the window's end, its last readings are repeated in reverse, so that no
    jump is made.

    Parameters
    ----------
    max_shift : float, default=0.1
        Largest shift, as a share of the window.
    probability : float, default=1.0
        Of each window to be changed.

    See Also
    --------
    Crop : Stretches a part of the window to the whole of it.

    Notes
    -----
    Windows that overlap are such shifts of one another already, without anything made up. It helps
    where windows do not overlap.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.sampling import TimeShift, WindowAugmenter
    >>> windows = np.tile(np.arange(5.0)[:, None], (2, 1, 1))
    >>> augmenter = WindowAugmenter(TimeShift(0.4), n_copies=1, random_state=3)
    >>> augmenter.fit_resample(windows, ["a", "b"])[0][2:, :, 0]
    array([[2., 1., 0., 1., 2.],
           [1., 2., 3., 4., 3.]])
    """

    _parameter_constraints = {
        "max_shift": [Interval(Real, 0, 0.5, closed="both")],
        "probability": PROBABILITY,
    }

    def __init__(self, max_shift=0.1, *, probability=1.0):
        self.max_shift = max_shift
        self.probability = probability

    def _change_for(self, channels: Channels) -> Change:
        return functools.partial(shift, max_shift=self.max_shift)


def shift(values: torch.Tensor, generator: torch.Generator, *, max_shift: float) -> torch.Tensor:
    """Windows moved by up to this share of themselves, mirrored at their ends."""
    n_windows, n_timesteps, n_channels = values.shape
    farthest = round(max_shift * n_timesteps)
    by = ((2 * farthest + 1) * uniform((n_windows, 1), values, generator)).long() - farthest
    last = n_timesteps - 1
    at = (torch.arange(n_timesteps, device=values.device) + by).abs()
    at = last - (last - at).abs()
    firsts = torch.arange(n_windows, device=values.device)[:, None] * n_timesteps
    return values.reshape(-1, n_channels)[(at + firsts).flatten()].reshape(values.shape)
