"""A convolutional network over the parts of a window, and an LSTM over the parts."""

import torch
from torch import nn

from ._steps import mean_and_max, split_into_steps


class CNNLSTM(nn.Module):
    """CNN on each sub-sequence of a window, LSTM over the sub-sequences.

    A window is cut into sub-sequences of equal length. The same small convolutional network
    describes each by the mean and maximum of its features, and an LSTM reads the descriptions in
    order; its last state is classified.

    Parameters
    ----------
    n_timesteps, n_channels, n_classes : int
        Size of the windows, and of the output.
    n_subsequences : int, default=4
        At most. Parts have ``ceil(n_timesteps / n_subsequences)`` timesteps, and there are as many
        as it takes: 9 timesteps make 3 parts of 3. Where the last part is not full, the last timestep
        of the window is repeated.
    filters : int, default=48
        Of each convolution.
    kernel_size : int, default=5
        Timesteps that a filter sees.
    n_conv_layers : int, default=2
        Between two convolutions every second timestep is left, the larger one of each pair.
    lstm_units : int, default=64
    dropout : float, default=0.3
        Before the LSTM and before the last layer.

    References
    ----------
    J. Donahue et al., Long-term recurrent convolutional networks for visual recognition and
    description, CVPR 2015, arXiv:1411.4389, of which this is the form in time;
    R. Mutegeki and D. S. Han, A CNN-LSTM approach to human activity recognition, ICAIIC 2020.

    Examples
    --------
    >>> import torch
    >>> from sklearn_har.networks import CNNLSTM
    >>> CNNLSTM(n_timesteps=128, n_channels=6, n_classes=5)(torch.zeros(2, 128, 6)).shape
    torch.Size([2, 5])
    """

    def __init__(
        self,
        n_timesteps: int,
        n_channels: int,
        n_classes: int,
        *,
        n_subsequences: int = 4,
        filters: int = 48,
        kernel_size: int = 5,
        n_conv_layers: int = 2,
        lstm_units: int = 64,
        dropout: float = 0.3,
    ):
        super().__init__()
        self.step_length = -(-n_timesteps // n_subsequences)
        layers: list[nn.Module] = []
        for n_inputs in [n_channels] + [filters] * (n_conv_layers - 1):
            if layers:
                layers.append(nn.MaxPool1d(2, ceil_mode=True))
            # The batch normalisation has the offset. An even kernel gives one timestep more.
            layers.append(nn.Conv1d(n_inputs, filters, kernel_size, padding=kernel_size // 2, bias=False))
            layers += [nn.BatchNorm1d(filters), nn.ReLU()]
        self.cnn = nn.Sequential(*layers)
        self.lstm = nn.LSTM(2 * filters, lstm_units, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(lstm_units, n_classes)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """Map (n_windows, n_timesteps, n_channels) to scores (n_windows, n_classes)."""
        parts = split_into_steps(windows, self.step_length)
        features = self.cnn(parts.flatten(end_dim=1).transpose(1, 2)).transpose(1, 2)
        # not unflatten: in a traced graph, as for ONNX, it would fix the number of windows
        descriptions = mean_and_max(features).reshape(*parts.shape[:2], -1)
        _, (states, _) = self.lstm(self.dropout(descriptions))
        return self.head(self.dropout(states[-1]))
