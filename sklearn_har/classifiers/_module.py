"""The whole module of a classifier: from raw windows to scores of the classes."""

from collections import OrderedDict

import numpy as np
from torch import nn

from ..networks import InputChannels, RandomRotation
from ..recordings._channels import find_devices


def new_module(classifier, means: np.ndarray, variances: np.ndarray) -> nn.Module:
    """Rotation while training, channels on their scales, network.

    Parameters
    ----------
    classifier : NetworkClassifierBase
        Knows the size of its windows and its classes.
    means, variances : ndarray of shape (n_windows, n_channels)
        Of each channel in each window that trains.
    """
    n_channels = classifier.n_channels_in_
    if classifier.channel_names_in_ is not None:
        devices = list(find_devices(classifier.channel_names_in_).values())
    else:
        devices = triads_in_order(n_channels)
    rotation = RandomRotation(devices, degrees=classifier.rotation)
    channels = InputChannels(n_channels, instance=classifier.instance_channels)
    channels.learn(means, variances)
    network = classifier._build_network(
        classifier.n_timesteps_in_, channels.n_outputs, len(classifier.classes_)
    )
    return nn.Sequential(OrderedDict(rotation=rotation, channels=channels, network=network))


def triads_in_order(n_channels: int) -> list[list[list[int]]]:
    """One device, of which three channels after the other are one sensor's; none if they are not threes.

    >>> triads_in_order(6), triads_in_order(4)
    ([[[0, 1, 2], [3, 4, 5]]], [])
    """
    if n_channels % 3:
        return []
    return [np.arange(n_channels).reshape(-1, 3).tolist()]
