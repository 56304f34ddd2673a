"""Windows as a few longer steps."""

import torch


def split_into_steps(windows: torch.Tensor, step_length: int) -> torch.Tensor:
    """Cut windows into steps of ``step_length`` timesteps.

    The last timestep is repeated where the last step is not full.

    Parameters
    ----------
    windows : torch.Tensor of shape (n_windows, n_timesteps, n_channels)

    Returns
    -------
    torch.Tensor of shape (n_windows, n_steps, step_length, n_channels)
    """
    n_windows, n_timesteps, n_channels = windows.shape
    n_missing = -n_timesteps % step_length
    if n_missing:
        windows = torch.cat([windows, windows[:, -1:].expand(-1, n_missing, -1)], dim=1)
    return windows.reshape(n_windows, -1, step_length, n_channels)


def mean_and_max(sequences: torch.Tensor) -> torch.Tensor:
    """Mean and maximum over time, (n, n_timesteps, n_features) to (n, 2 * n_features)."""
    return torch.cat([sequences.mean(dim=1), sequences.amax(dim=1)], dim=1)
