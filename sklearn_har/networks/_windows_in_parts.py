"""An LSTM's batch in parts that are small enough for their memory to be used again."""

import torch
from torch import nn

PART_BYTES = 2**24
# oneDNN keeps some 62 bytes (seen for 64 to 256 units) for backpropagation, all in one block.
BYTES_PER_UNIT = 64
# With fewer at once, a window takes longer.
FEWEST_WINDOWS = 16


def run_lstm(recurrent: nn.LSTM | nn.GRU, sequences: torch.Tensor) -> tuple:
    """Call a recurrent layer with ``batch_first``; in training on a CPU, with some windows at a time.

    While it trains, torch's LSTM asks oneDNN's memory for the whole batch in one block. From 32 MiB on
    (64 windows of 128 timesteps and 64 units), glibc takes such a block from the system for each batch
    and gives it back: clearing its pages took a third of the time for 100 units. Windows do not
    meet in an LSTM, so parts of a batch give the same but for rounding, and take no longer.

    Parameters
    ----------
    sequences : torch.Tensor of shape (n_windows, n_steps, n_features)

    Returns
    -------
    tuple
        Outputs and states, as of the layer itself.
    """
    n_parts = 1
    if recurrent.training and isinstance(recurrent, nn.LSTM) and runs_on_onednn(sequences):
        n_parts = number_of_parts(len(sequences), sequences.shape[1], recurrent.hidden_size)
    if n_parts < 2:
        return recurrent(sequences)
    parts = [recurrent(part) for part in sequences.tensor_split(n_parts)]
    outputs = torch.cat([part for part, _ in parts])
    hidden, cells = (torch.cat(states, dim=1) for states in zip(*(part for _, part in parts), strict=True))
    return outputs, (hidden, cells)


def runs_on_onednn(sequences: torch.Tensor) -> bool:
    """Whether torch leaves them to oneDNN; its own loop over time has no such block of memory."""
    return sequences.device.type == "cpu" and torch.backends.mkldnn.is_available()


def number_of_parts(n_windows: int, n_steps: int, n_units: int) -> int:
    """How many parts a batch has, of nearly equal size.

    >>> [number_of_parts(n_windows, n_steps=128, n_units=100) for n_windows in (16, 55, 64)]
    [1, 3, 4]
    >>> number_of_parts(64, n_steps=32, n_units=64)
    1
    """
    fitting = PART_BYTES // (BYTES_PER_UNIT * n_units * n_steps)
    return -(-n_windows // max(fitting, FEWEST_WINDOWS))
