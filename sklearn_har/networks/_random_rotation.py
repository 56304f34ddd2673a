"""A small random rotation of sensors while a network trains."""

from collections.abc import Sequence

import torch
from torch import nn

DEGREE = torch.pi / 180


class RandomRotation(nn.Module):
    """Turn the sensors of a window a little, as if they had been worn a little differently.

    No two people wear a sensor at the same angle, and one person does not twice. While the module
    is in training mode each window is turned about an axis of its own, drawn evenly, by an angle drawn
    from a normal distribution: one rotation for all sensors of a device, so that they stay consistent.
    In evaluation mode windows pass untouched. Must see raw channels, in one unit along all axes.

    Parameters
    ----------
    devices : sequence of sequences of triads
        Of every device the triads of its sensors: positions of the x, y and z channel.
    degrees : float, default=8.0
        Standard deviation of the angle.

    References
    ----------
    T. T. Um et al., Data augmentation of wearable sensor data for Parkinson's disease monitoring
    using convolutional neural networks, ICMI 2017, arXiv:1706.00527.

    Examples
    --------
    >>> import torch
    >>> from sklearn_har.networks import RandomRotation
    >>> turn = RandomRotation([[(0, 1, 2), (3, 4, 5)]], degrees=10.0)
    >>> turn(torch.ones(4, 128, 6)).shape
    torch.Size([4, 128, 6])
    """

    def __init__(self, devices: Sequence[Sequence[Sequence[int]]], *, degrees: float = 8.0):
        super().__init__()
        self.devices = [[list(triad) for triad in triads] for triads in devices]
        self.degrees = degrees

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """Map (n_windows, n_timesteps, n_channels) to the same shape."""
        if not (self.training and self.degrees and self.devices):
            return windows
        with torch.autocast(windows.device.type, enabled=False):  # gravity needs more than eight bits
            return self._turn(windows)

    def _turn(self, windows: torch.Tensor) -> torch.Tensor:
        turned = windows.clone()
        for triads in self.devices:
            axes = torch.randn(len(windows), 3, device=windows.device, dtype=windows.dtype)
            angles = torch.randn(len(windows), device=windows.device, dtype=windows.dtype)
            turn = rotations(axes, angles * self.degrees * DEGREE).transpose(1, 2)
            for triad in triads:
                turned[:, :, triad] = windows[:, :, triad] @ turn
        return turned


def rotations(axes: torch.Tensor, angles: torch.Tensor) -> torch.Tensor:
    """Matrices that turn by angles (n,) in radians about axes (n, 3), by Rodrigues' formula; (n, 3, 3).

    >>> quarter = rotations(torch.tensor([[0.0, 0.0, 2.0]]), torch.tensor([torch.pi / 2]))
    >>> (quarter[0] @ torch.tensor([1.0, 0.0, 0.0])).round().tolist()
    [0.0, 1.0, 0.0]
    """
    x, y, z = nn.functional.normalize(axes, dim=1).unbind(dim=1)
    zero = torch.zeros_like(x)
    cross = torch.stack([zero, -z, y, z, zero, -x, -y, x, zero], dim=1).unflatten(1, (3, 3))
    sine, cosine = angles.sin()[:, None, None], angles.cos()[:, None, None]
    return torch.eye(3, device=axes.device, dtype=axes.dtype) + sine * cross + (1 - cosine) * cross @ cross
