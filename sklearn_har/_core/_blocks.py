"""Work through long arrays in blocks of bounded size."""

from collections.abc import Iterator

import numpy as np

BLOCK_BYTES = 16 * 2**20  # large enough to hide the cost of a call, small beside a recording


def as_block(array, dtype) -> np.ndarray:
    """Return ``array`` C-contiguous, in native byte order and writable, copied only if it must be.

    pandas 3 and memory maps hand out read-only arrays: torch warns of them and numba
    compiles once more for them.
    """
    block = np.ascontiguousarray(array, dtype=np.dtype(dtype).newbyteorder("="))
    return block if block.flags.writeable else block.copy()


def block_slices(n_items: int, bytes_per_item: int, block_bytes: int = BLOCK_BYTES) -> Iterator[slice]:
    """Slices that cover ``range(n_items)`` in blocks of about ``block_bytes``."""
    size = max(1, block_bytes // max(1, bytes_per_item))
    for start in range(0, n_items, size):
        yield slice(start, min(start + size, n_items))
