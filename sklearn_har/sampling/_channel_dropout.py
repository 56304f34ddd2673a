"""Sensors that fall silent."""

import functools

import torch

from ._augmentation import PROBABILITY, TRIADS, Augmentation, Change, Channels
from ._random import whole
from ._sensors import sensor_codes


class ChannelDropout(Augmentation):
    """Silence one whole sensor of a window, so that a network does not rely on one alone.

    Its channels are set to their means over the windows that train. That is what a network, which sees
    standardised channels, takes for no information; zeros would say that the sensor is in free fall.

    Parameters
    ----------
    probability : float, default=0.2
        Of each window to lose a sensor, drawn evenly.
    triads : list, dict or None, default=None
        Channels of sensors, as for `Scale`. Where names tell the sensors, ``acc_x``, ``body_acc_x`` and
        ``acc_magnitude`` fall silent together.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.sampling import ChannelDropout, WindowAugmenter
    >>> windows = np.random.default_rng(0).normal(size=(4, 128, 6))
    >>> dropout = ChannelDropout(1.0, triads={"acc": [0, 1, 2], "gyro": [3, 4, 5]})
    >>> augmenter = WindowAugmenter(dropout, n_copies=1, random_state=0)
    >>> more, _ = augmenter.fit_resample(windows, list("aabb"))
    >>> (more[4:].std(axis=1) < 1e-9).sum(axis=1)
    array([3, 3, 3, 3])
    """

    _parameter_constraints = {"probability": PROBABILITY, "triads": TRIADS}

    def __init__(self, probability=0.2, *, triads=None):
        self.probability = probability
        self.triads = triads

    def _change_for(self, channels: Channels) -> Change:
        sensors = sensor_codes(channels.names, channels.n_channels, self.triads)
        if not sensors.any():
            raise ValueError(
                "ChannelDropout silences one sensor, and the windows are of one only: nothing would be left. "
                "Leave it out, or tell the sensors apart by names or triads."
            )
        return functools.partial(silence_a_sensor, sensors=sensors, means=channels.means)


def silence_a_sensor(
    values: torch.Tensor, generator: torch.Generator, *, sensors: torch.Tensor, means: torch.Tensor
) -> torch.Tensor:
    """Windows in which the channels of one sensor are at their means."""
    silent = whole(int(sensors.max()) + 1, len(values), values, generator)
    is_silent = sensors.to(values.device) == silent[:, None, None]
    return torch.where(is_silent, means.to(values), values)
