"""A stacked LSTM or GRU over short frames."""

import torch
from torch import nn

from ._steps import mean_and_max, split_into_steps
from ._windows_in_parts import run_lstm


class LSTM(nn.Module):
    """LSTM that reads a window as a sequence of short frames.

    Each frame of a few timesteps is mapped linearly to a vector; the LSTM reads these vectors, and
    the mean and maximum of its outputs over time, or its last state, are classified. Frames make the
    sequence shorter, which is faster, and spare the LSTM to learn what one filter says.

    Parameters
    ----------
    n_timesteps, n_channels, n_classes : int
        Size of the windows, and of the output.
    cell : {"lstm", "gru"}, default="lstm"
        What remembers: an LSTM, or a gated recurrent unit, which has three quarters of the weights
        but is no faster on a CPU.
    lstm_units : int, default=64
        Units of each layer and direction, of either cell.
    n_layers : int, default=1
    bidirectional : bool, default=False
    timesteps_per_step : int, default=4
        Length of a frame; 1 reads the timesteps as they are.
    pooling : {"mean_max", "last"}, default="mean_max"
        What is classified: mean and maximum of the outputs, or the last state of each direction.
    dense_units : int, default=0
        Units of a layer with rectified outputs before the last one; 0 leaves it out.
    dropout : float, default=0.2
        Before every layer after the LSTM, and between the layers of the LSTM.

    References
    ----------
    S. Hochreiter and J. Schmidhuber, Long short-term memory, Neural Computation 9 (1997).
    N. Y. Hammerla, S. Halloran and T. Plötz, Deep, convolutional, and recurrent models for human
    activity recognition using wearables, IJCAI 2016, arXiv:1604.08880.
    K. Cho et al., Learning phrase representations using RNN encoder-decoder for statistical machine
    translation, EMNLP 2014, arXiv:1406.1078, for the gated recurrent unit.

    Examples
    --------
    >>> import torch
    >>> from sklearn_har.networks import LSTM
    >>> LSTM(n_timesteps=128, n_channels=6, n_classes=5)(torch.zeros(2, 128, 6)).shape
    torch.Size([2, 5])
    """

    def __init__(
        self,
        n_timesteps: int,
        n_channels: int,
        n_classes: int,
        *,
        cell: str = "lstm",
        lstm_units: int = 64,
        n_layers: int = 1,
        bidirectional: bool = False,
        timesteps_per_step: int = 4,
        pooling: str = "mean_max",
        dense_units: int = 0,
        dropout: float = 0.2,
    ):
        super().__init__()
        self.step_length = min(timesteps_per_step, n_timesteps)
        self.pooling = pooling
        frame_size = self.step_length * n_channels
        self.embed = nn.Linear(frame_size, lstm_units // 2 or 1) if self.step_length > 1 else nn.Identity()
        self.recurrent = (nn.GRU if cell == "gru" else nn.LSTM)(
            input_size=self.embed.out_features if self.step_length > 1 else n_channels,
            hidden_size=lstm_units,
            num_layers=n_layers,
            bidirectional=bidirectional,
            dropout=dropout if n_layers > 1 else 0.0,
            batch_first=True,
        )
        n_features = lstm_units * (1 + bidirectional) * (2 if pooling == "mean_max" else 1)
        hidden = [nn.Dropout(dropout), nn.Linear(n_features, dense_units), nn.ReLU()] if dense_units else []
        self.head = nn.Sequential(
            *hidden, nn.Dropout(dropout), nn.Linear(dense_units or n_features, n_classes)
        )

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """Map (n_windows, n_timesteps, n_channels) to scores (n_windows, n_classes)."""
        frames = split_into_steps(windows, self.step_length).flatten(start_dim=2)
        outputs, states = run_lstm(self.recurrent, self.embed(frames))
        if self.pooling == "mean_max":
            return self.head(mean_and_max(outputs))
        if isinstance(states, tuple):  # an LSTM has cells beside its states
            states = states[0]
        n_directions = 2 if self.recurrent.bidirectional else 1
        return self.head(states[-n_directions:].transpose(0, 1).flatten(start_dim=1))
