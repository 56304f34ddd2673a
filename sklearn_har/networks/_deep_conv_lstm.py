"""Convolutions along each channel, and a stacked LSTM over what they find."""

import torch
from torch import nn

from ._steps import mean_and_max
from ._windows_in_parts import run_lstm


class DeepConvLSTM(nn.Module):
    """Convolutions that all channels share, LSTM layers over the features of all channels.

    The same filters, of the same depth, run along every channel by itself; the LSTM is the first to
    see the channels together. The default is smaller than the published network, which takes many
    times as long: convolutions skip every second timestep and are normalised, there are fewer
    filters and one LSTM layer, and its outputs are pooled over time.

    Parameters
    ----------
    n_timesteps, n_channels, n_classes : int
        Size of the windows, and of the output.
    n_conv_layers : int, default=3
    filters : int, default=16
        Of each convolution, for each channel.
    kernel_size : int, default=5
        Timesteps that a filter sees.
    stride : int, default=2
        Timesteps from one place of a filter to the next, in every convolution: with 3 convolutions
        and a stride of 2 the LSTM has an eighth of the window's timesteps to read.
    lstm_units : int, default=64
        Units of each layer.
    n_lstm_layers : int, default=1
    pooling : {"mean_max", "last"}, default="mean_max"
        What is classified: mean and maximum of the LSTM's outputs, or the last one.
    dropout : float, default=0.3
        Before every layer after the convolutions, and between the layers of the LSTM.

    Notes
    -----
    The published network is ``n_conv_layers=4, filters=64, stride=1, lstm_units=128,
    n_lstm_layers=2, pooling="last", dropout=0.5``, but for two things that stay: the batch
    normalisation, and the zeros around a window, which keep short windows possible.

    References
    ----------
    F. J. Ordóñez and D. Roggen, Deep convolutional and LSTM recurrent neural networks for multimodal
    wearable activity recognition, Sensors 16 (2016) 115.

    Examples
    --------
    >>> import torch
    >>> from sklearn_har.networks import DeepConvLSTM
    >>> DeepConvLSTM(n_timesteps=128, n_channels=6, n_classes=5)(torch.zeros(2, 128, 6)).shape
    torch.Size([2, 5])
    """

    def __init__(
        self,
        n_timesteps: int,
        n_channels: int,
        n_classes: int,
        *,
        n_conv_layers: int = 3,
        filters: int = 16,
        kernel_size: int = 5,
        stride: int = 2,
        lstm_units: int = 64,
        n_lstm_layers: int = 1,
        pooling: str = "mean_max",
        dropout: float = 0.3,
    ):
        super().__init__()
        self.pooling = pooling
        layers: list[nn.Module] = []
        for n_inputs in [1] + [filters] * (n_conv_layers - 1):
            # The batch normalisation has the offset. An even kernel gives one timestep more.
            padding = (kernel_size // 2, 0)
            layers.append(nn.Conv2d(n_inputs, filters, (kernel_size, 1), (stride, 1), padding, bias=False))
            layers += [nn.BatchNorm2d(filters), nn.ReLU()]
        self.cnn = nn.Sequential(*layers)
        # With the features of a place side by side in memory, a step takes two thirds of the time.
        self.cnn.to(memory_format=torch.channels_last)  # type: ignore[call-overload] # unknown to its stubs
        self.lstm = nn.LSTM(
            input_size=filters * n_channels,
            hidden_size=lstm_units,
            num_layers=n_lstm_layers,
            dropout=dropout if n_lstm_layers > 1 else 0.0,
            batch_first=True,
        )
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(lstm_units * (2 if pooling == "mean_max" else 1), n_classes)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """Map (n_windows, n_timesteps, n_channels) to scores (n_windows, n_classes)."""
        features = self.features(windows).flatten(start_dim=2)
        outputs, _ = run_lstm(self.lstm, self.dropout(features))
        pooled = mean_and_max(outputs) if self.pooling == "mean_max" else outputs[:, -1]
        return self.head(self.dropout(pooled))

    def features(self, windows: torch.Tensor) -> torch.Tensor:
        """What the convolutions find, (n_windows, n_steps, n_channels, filters)."""
        return self.cnn(windows.unsqueeze(1)).permute(0, 2, 3, 1)
