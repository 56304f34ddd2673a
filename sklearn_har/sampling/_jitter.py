"""Noise on every reading."""

import functools

import torch

from ._augmentation import NOT_NEGATIVE, PROBABILITY, Augmentation, Change, Channels
from ._random import normal


class Jitter(Augmentation):
    """Add noise to every reading of every channel.

    Parameters
    ----------
    sigma : float, default=0.05
        Standard deviation of the noise, in standard deviations of each channel over the windows that
        train: so m/s² and rad/s are disturbed alike.
    probability : float, default=1.0
        Of each window to be changed.

    See Also
    --------
    sklearn_har.sampling.WindowAugmenter : Adds windows so changed, for classifiers of any kind.

    Notes
    -----
    The channel's standard deviation holds what differs between activities and postures, so a small
    ``sigma`` is still much to a window of someone who stands: of 4 m/s², 0.05 is 0.2 m/s², where the body
    sways by a few hundredths.

    References
    ----------
    T. T. Um et al., Data augmentation of wearable sensor data for Parkinson's disease monitoring
    using convolutional neural networks, ICMI 2017, arXiv:1706.00527. The authors' code has 0.05 too, but in
    the unit of the readings.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.classifiers import CNNClassifier
    >>> from sklearn_har.sampling import Jitter
    >>> windows = np.random.default_rng(0).normal(size=(40, 32, 3)) + np.tile([0, 9], 20)[:, None, None]
    >>> model = CNNClassifier(augmentation=Jitter(0.03), epochs=5, batch_size=8, random_state=0)
    >>> model.fit(windows, np.tile(["sit", "lie"], 20)).score(windows, np.tile(["sit", "lie"], 20))
    1.0
    """

    _parameter_constraints = {"sigma": NOT_NEGATIVE, "probability": PROBABILITY}

    def __init__(self, sigma=0.05, *, probability=1.0):
        self.sigma = sigma
        self.probability = probability

    def _change_for(self, channels: Channels) -> Change:
        return functools.partial(add_noise, spread=self.sigma * channels.scales)


def add_noise(values: torch.Tensor, generator: torch.Generator, *, spread: torch.Tensor) -> torch.Tensor:
    """Readings with noise of a spread of each channel, shape (n_channels,)."""
    return torch.addcmul(values, normal(values.shape, values, generator), spread.to(values))
