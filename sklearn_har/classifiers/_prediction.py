"""From windows to probabilities, block by block."""

import numpy as np
import torch
from torch import nn

from .._core._blocks import as_block, block_slices
from ..windowing import Windows
from ._memory import keep_freed_memory

PREDICT_BYTES = 2**20  # of input a block: what a network makes of it is many times larger
PREDICT_WINDOWS = 1024  # at most: however small a window is, its features are not


def class_probabilities(
    module: nn.Module, windows: Windows, n_classes: int, device: torch.device
) -> np.ndarray:
    """Probabilities of the classes of each window, shape (n_windows, n_classes)."""
    keep_freed_memory()
    n_windows, n_timesteps, n_channels = windows.shape
    probabilities = np.empty((n_windows, n_classes))
    window_bytes = max(4 * n_timesteps * n_channels, PREDICT_BYTES // PREDICT_WINDOWS)
    with torch.inference_mode():
        for block in block_slices(n_windows, window_bytes, PREDICT_BYTES):
            part = windows[block] if n_windows > 1 else windows  # one alone is asked for in a hurry
            with np.errstate(over="ignore"):  # what float32 cannot hold is refused
                values = torch.from_numpy(as_block(part, np.float32))
            scores = module(values.to(device)).cpu()
            probabilities[block] = scores.double().softmax(dim=1).numpy()
    return probabilities
