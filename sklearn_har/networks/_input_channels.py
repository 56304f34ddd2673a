"""The first layer of every network: channels on a common scale, seen in two ways."""

import numpy as np
import torch
from torch import nn

REST_SHARE = 0.2  # of the spread at rest, below which a window's own spread no longer counts
NEGLIGIBLE = 1e-6  # of a channel's size: what float32 cannot tell from nothing


class InputChannels(nn.Module):
    """Scale the channels of windows and, beside them, show each window on its own scale.

    People who stand still differ from people who sit in the tilt of the sensor and in a sway of a
    few hundredths of a m/s², which disappears beside a scale made for running. So each channel can
    enter three times: z-scored over the training windows; as the deviation from the window's mean,
    divided by the window's own spread; and that spread, in logarithms, as a constant.

    What is learned are buffers of the module: to save or export the module is enough.

    Parameters
    ----------
    n_channels : int
    instance : bool, default=True
        Whether to add the two views of each window on its own scale.

    Attributes
    ----------
    mean, scale, rest : torch.Tensor of shape (n_channels,)
        Mean and standard deviation over training windows, and the spread of a window at rest: the
        lower quartile of the windows' standard deviations.

    Notes
    -----
    The spread of a window with standard deviation s is ``sqrt(s² + (0.2 rest)²)``, so that a sensor
    that stands still, or is dead, is not blown up. Normalising each window by itself follows
    instance normalisation (Ulyanov, Vedaldi and Lempitsky 2016, arXiv:1607.08022).

    Examples
    --------
    >>> import numpy as np
    >>> import torch
    >>> from sklearn_har.networks import InputChannels
    >>> windows = np.random.default_rng(0).normal(size=(50, 128, 6))
    >>> layer = InputChannels(6)
    >>> layer.learn(windows.mean(axis=1), windows.var(axis=1))
    >>> layer(torch.as_tensor(windows, dtype=torch.float32)).shape
    torch.Size([50, 128, 18])
    """

    mean: torch.Tensor
    scale: torch.Tensor
    rest: torch.Tensor

    def __init__(self, n_channels: int, *, instance: bool = True):
        super().__init__()
        self.instance = instance
        self.n_outputs = 3 * n_channels if instance else n_channels
        self.register_buffer("mean", torch.zeros(n_channels))
        self.register_buffer("scale", torch.ones(n_channels))
        self.register_buffer("rest", torch.ones(n_channels))

    def learn(self, means: np.ndarray, variances: np.ndarray) -> None:
        """Set the scales from the mean and variance of each channel in each training window.

        Parameters
        ----------
        means, variances : ndarray of shape (n_windows, n_channels)
        """
        mean, scale, rest = channel_scales(means, variances)
        for buffer, values in [(self.mean, mean), (self.scale, scale), (self.rest, rest)]:
            buffer.copy_(torch.as_tensor(values))

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """Map (n_windows, n_timesteps, n_channels) to (n_windows, n_timesteps, n_outputs)."""
        scaled = (windows - self.mean) / self.scale
        if not self.instance:
            return scaled
        deviation = windows - windows.mean(dim=1, keepdim=True)
        spread = (deviation.square().mean(dim=1, keepdim=True) + (REST_SHARE * self.rest).square()).sqrt()
        level = (spread / self.rest).log() / 2
        return torch.cat([scaled, deviation / spread, level.expand_as(windows)], dim=2)


def channel_scales(means: np.ndarray, variances: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, standard deviation and spread at rest of each channel.

    Windows in which a channel is constant say nothing of its spread at rest and are passed over. A
    channel that is constant everywhere has the scale 1.
    """
    mean = means.mean(axis=0)
    scale = np.sqrt(variances.mean(axis=0) + means.var(axis=0))
    negligible = NEGLIGIBLE * np.hypot(mean, scale)
    scale = np.where(scale > negligible, scale, 1.0)
    spreads = np.sort(np.sqrt(variances), axis=0)
    n_constant = (spreads <= negligible).sum(axis=0)
    quartile = n_constant + (len(spreads) - n_constant) // 4
    rest = spreads[np.minimum(quartile, len(spreads) - 1), np.arange(spreads.shape[1])]
    return mean, scale, np.where(rest > negligible, rest, scale)
