"""TinyHAR: convolutions on each channel, attention between channels, then time."""

import torch
from torch import nn


class TinyHAR(nn.Module):
    """TinyHAR: each channel by itself, then channels together, then time.

    The same small convolutional network describes every channel. At each step of time, the channels
    attend to each other, and a dense layer joins them to one vector. An LSTM reads these vectors, and
    its last state together with an average of all states, weighted by what attention over time finds
    important, is classified.

    Parameters
    ----------
    n_timesteps, n_channels, n_classes : int
        Size of the windows, and of the output.
    filters : int, default=16
        Of each convolution, and size of a channel's description.
    kernel_size : int, default=5
        Timesteps that a filter sees.
    n_conv_layers : int, default=4
        The first two leave every second timestep.
    lstm_units : int, default=32
        And size of the joined vector.
    dropout : float, default=0.3
        Before the LSTM and before the last layer.

    Notes
    -----
    Departures from the published network: convolutions are padded, so that windows may be short; the
    first and second, not the second and fourth halve the rate, which is as many steps for the LSTM at
    half the cost; what attention adds enters with a learned weight that starts at one, not at zero; and
    the weights of attention between channels sum to one over the channels attended to. The published
    network has twice as many ``lstm_units`` as ``filters``, as the default does.

    References
    ----------
    Y. Zhou et al., TinyHAR: a lightweight deep learning model designed for human activity recognition,
    ISWC 2022, doi:10.1145/3544794.3558467.

    Examples
    --------
    >>> import torch
    >>> from sklearn_har.networks import TinyHAR
    >>> TinyHAR(n_timesteps=128, n_channels=6, n_classes=5)(torch.zeros(2, 128, 6)).shape
    torch.Size([2, 5])
    """

    def __init__(
        self,
        n_timesteps: int,
        n_channels: int,
        n_classes: int,
        *,
        filters: int = 16,
        kernel_size: int = 5,
        n_conv_layers: int = 4,
        lstm_units: int = 32,
        dropout: float = 0.3,
    ):
        super().__init__()
        layers: list[nn.Module] = []
        for i in range(n_conv_layers):
            stride = 2 if i < 2 else 1
            # The batch normalisation has the offset. An even kernel gives one step more.
            layers.append(
                nn.Conv2d(
                    filters if i else 1,
                    filters,
                    (kernel_size, 1),
                    stride=(stride, 1),
                    padding=(kernel_size // 2, 0),
                    bias=False,
                )
            )
            layers += [nn.BatchNorm2d(filters), nn.ReLU()]
        self.cnn = nn.Sequential(*layers)
        self.channel_attention = ChannelAttention(filters)
        self.join = nn.Sequential(nn.Linear(n_channels * filters, lstm_units), nn.ReLU())
        self.lstm = nn.LSTM(lstm_units, lstm_units, batch_first=True)
        self.time_attention = TimeAttention(lstm_units)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(lstm_units, n_classes)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """Map (n_windows, n_timesteps, n_channels) to scores (n_windows, n_classes)."""
        # Features stand side by side in memory, which is faster, and how attention wants them.
        features = self.cnn(windows.unsqueeze(3).permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        joined = self.join(self.channel_attention(features).flatten(start_dim=2))
        states, _ = self.lstm(self.dropout(joined))
        return self.head(self.dropout(self.time_attention(states)))


class ChannelAttention(nn.Module):
    """Each channel, and beside it what it finds in the others.

    Maps (n_windows, n_steps, n_channels, n_features) to the same shape.
    """

    def __init__(self, n_features: int):
        super().__init__()
        self.project = nn.Linear(n_features, 3 * n_features, bias=False)
        self.gain = nn.Parameter(torch.ones(()))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        # Steps stand where heads do: windows and steps in one dimension are soon too many for CUDA.
        query, key, value = self.project(features).chunk(3, dim=-1)
        return features + self.gain * nn.functional.scaled_dot_product_attention(query, key, value)


class TimeAttention(nn.Module):
    """The last state, and added to it an average of all states by their importance.

    Maps (n_windows, n_steps, n_features) to (n_windows, n_features).
    """

    def __init__(self, n_features: int):
        super().__init__()
        self.importance = nn.Sequential(
            nn.Linear(n_features, n_features), nn.Tanh(), nn.Linear(n_features, 1, bias=False)
        )
        self.gain = nn.Parameter(torch.ones(()))

    def weights(self, states: torch.Tensor) -> torch.Tensor:
        """Importance of each step, (n_windows, n_steps, 1), which sums to one over the steps."""
        return self.importance(states).softmax(dim=1)

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        return states[:, -1] + self.gain * (self.weights(states) * states).sum(dim=1)
