"""From windows to the rows of a table, block by block, in threads."""

from collections.abc import Callable

import numpy as np
from joblib import Parallel, delayed

from .._core._blocks import block_slices
from .._core._progress import progress_bar
from ..windowing import Windows

BLOCK_BYTES = 8 * 2**20  # of a block's windows and of their part of the table


def write_in_blocks(
    write: Callable[[Windows, np.ndarray], int],
    windows: Windows,
    table: np.ndarray,
    n_jobs: int | None,
    description: str,
    verbose: bool | None,
) -> None:
    """Call ``write`` with blocks of windows and their rows of the table; it returns the number of windows."""
    n_windows, n_timesteps, n_channels = windows.shape
    bytes_per_window = 8 * n_timesteps * n_channels + 4 * table.shape[1]
    blocks = list(block_slices(n_windows, bytes_per_window, BLOCK_BYTES))
    if len(blocks) == 1:  # a single window is ready before threads or a bar would be
        write(windows, table)
        return
    jobs = Parallel(n_jobs=n_jobs, require="sharedmem", return_as="generator")
    written = jobs(delayed(write)(windows[block], table[block]) for block in blocks)
    with progress_bar(n_windows, description, verbose) as bar:
        for n_written in written:
            bar.update(n_written)
