"""A convolutional network over time."""

import torch
from torch import nn

from ._steps import mean_and_max


class CNN(nn.Module):
    """Convolutions over time, and the mean and maximum over the window of what they find.

    Each layer is a convolution, batch normalisation and rectification; between two of them every
    second timestep is left, the larger one of each pair. Mean and maximum over the whole window make
    the scores the same size for windows of any length.

    Parameters
    ----------
    n_timesteps, n_channels, n_classes : int
        Size of the windows, and of the output.
    filters : tuple of int, default=(32, 64, 64)
        Of each convolution.
    kernel_sizes : tuple of int, default=(7, 5, 3)
        Timesteps that a filter of each convolution sees; as many as ``filters``.
    dropout : float, default=0.3
        Before the last layer.

    Raises
    ------
    ValueError
        If ``filters`` and ``kernel_sizes`` are not equally many.

    References
    ----------
    Z. Wang, W. Yan and T. Oates, Time series classification from scratch with deep neural networks: A
    strong baseline, IJCNN 2017, arXiv:1611.06455, of which this is a small form with pooling between
    the layers; J. B. Yang et al., Deep convolutional neural networks on multichannel time series for
    human activity recognition, IJCAI 2015.

    Examples
    --------
    >>> import torch
    >>> from sklearn_har.networks import CNN
    >>> CNN(n_timesteps=128, n_channels=6, n_classes=5)(torch.zeros(2, 128, 6)).shape
    torch.Size([2, 5])
    """

    def __init__(
        self,
        n_timesteps: int,
        n_channels: int,
        n_classes: int,
        *,
        filters: tuple[int, ...] = (32, 64, 64),
        kernel_sizes: tuple[int, ...] = (7, 5, 3),
        dropout: float = 0.3,
    ):
        super().__init__()
        if len(filters) != len(kernel_sizes):
            raise ValueError(
                f"filters={filters!r} and kernel_sizes={kernel_sizes!r} differ in length: "
                "give one of each for every convolution."
            )
        layers: list[nn.Module] = []
        n_inputs = n_channels
        for n_filters, kernel_size in zip(filters, kernel_sizes, strict=True):
            if layers:
                layers.append(nn.MaxPool1d(2, ceil_mode=True))
            # The batch normalisation has the offset. An even kernel gives one timestep more.
            layers.append(nn.Conv1d(n_inputs, n_filters, kernel_size, padding=kernel_size // 2, bias=False))
            layers += [nn.BatchNorm1d(n_filters), nn.ReLU()]
            n_inputs = n_filters
        self.cnn = nn.Sequential(*layers)
        self.head = nn.Sequential(nn.Dropout(dropout), nn.Linear(2 * n_inputs, n_classes))

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """Map (n_windows, n_timesteps, n_channels) to scores (n_windows, n_classes)."""
        features = self.cnn(windows.transpose(1, 2))
        return self.head(mean_and_max(features.transpose(1, 2)))
