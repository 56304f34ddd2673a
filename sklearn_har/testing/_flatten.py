"""The simplest features of a window: its values."""

import numpy as np


def flatten(windows) -> np.ndarray:
    """Windows as a table: one row each, of n_timesteps * n_channels values."""
    return np.asarray(windows).reshape(len(windows), -1)
