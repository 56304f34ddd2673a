"""An LSTM whose state is a sequence, and whose weights are convolutions."""

import torch
from torch import nn

from ._steps import mean_and_max, split_into_steps


class ConvLSTM(nn.Module):
    """Convolutional LSTM over the sub-sequences of a window.

    A window is cut into sub-sequences of equal length, which are the steps of an LSTM. Its state has
    values for every timestep of a sub-sequence; where an LSTM multiplies input and state with a
    matrix, this one convolves them along those timesteps. Mean and maximum over time of the last
    state are classified.

    Parameters
    ----------
    n_timesteps, n_channels, n_classes : int
        Size of the windows, and of the output.
    n_subsequences : int, default=4
        At most. Parts have ``ceil(n_timesteps / n_subsequences)`` timesteps, and there are as many
        as it takes: 9 timesteps make 3 parts of 3. Where the last part is not full, the last timestep
        of the window is repeated.
    filters : int, default=32
        Of the state.
    kernel_size : int, default=5
        Timesteps that a filter sees, of the input and of the state.
    dropout : float, default=0.3
        Before the last layer.

    Notes
    -----
    The peephole weights of the paper, one for each place of the state, are left out, as in most
    implementations: they would tie the weights to places in the sub-sequence.

    References
    ----------
    X. Shi et al., Convolutional LSTM network: A machine learning approach for precipitation
    nowcasting, NeurIPS 2015, arXiv:1506.04214, here in one dimension, time.

    Examples
    --------
    >>> import torch
    >>> from sklearn_har.networks import ConvLSTM
    >>> ConvLSTM(n_timesteps=128, n_channels=6, n_classes=5)(torch.zeros(2, 128, 6)).shape
    torch.Size([2, 5])
    """

    def __init__(
        self,
        n_timesteps: int,
        n_channels: int,
        n_classes: int,
        *,
        n_subsequences: int = 4,
        filters: int = 32,
        kernel_size: int = 5,
        dropout: float = 0.3,
    ):
        super().__init__()
        self.step_length = -(-n_timesteps // n_subsequences)
        self.from_input = nn.Conv1d(n_channels, 4 * filters, kernel_size, padding=kernel_size // 2)
        self.from_state = nn.Conv1d(filters, 4 * filters, kernel_size, padding=kernel_size // 2, bias=False)
        self.head = nn.Sequential(nn.Dropout(dropout), nn.Linear(2 * filters, n_classes))

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """Map (n_windows, n_timesteps, n_channels) to scores (n_windows, n_classes)."""
        parts = split_into_steps(windows, self.step_length)
        inputs = self.from_input(parts.flatten(end_dim=1).transpose(1, 2))
        # An even kernel gives one timestep more.
        first, *others = inputs[..., : self.step_length].unflatten(0, parts.shape[:2]).unbind(dim=1)
        # The first step finds nothing in the state.
        state, cell = updated(first, None)
        for step in others:
            state, cell = updated(step + self.from_state(state)[..., : self.step_length], cell)
        return self.head(mean_and_max(state.transpose(1, 2)))


def updated(gates: torch.Tensor, cell: torch.Tensor | None) -> tuple[torch.Tensor, torch.Tensor]:
    """State and cell of a step, from what comes in through its gates and the cell before.

    ``gates`` has the input, forget and output gates and the candidates side by side in its second
    dimension, before their squashing; no cell is a cell of zeros.
    """
    let_in, keep, show, candidates = gates.chunk(4, dim=1)
    written = let_in.sigmoid() * candidates.tanh()
    cell = written if cell is None else keep.sigmoid() * cell + written
    return show.sigmoid() * cell.tanh(), cell
