"""Memory that stays at hand from one batch to the next."""

from functools import cache

import torch

# malloc never raises its threshold further, and takes some bytes of the block for itself.
LARGEST_KEPT = 2**25 - 2**13


@cache
def keep_freed_memory() -> None:
    """Let malloc keep up to 64 MiB that are freed, where it is glibc's.

    A network frees tens of megabytes with every batch and asks for as many at once again. At first glibc
    gives them back to the system each time, which then has to clear every page anew: that took a third of
    the time of an LSTM's training (``benchmarks/network_speed.py``). Once a large block was freed, glibc
    expects more of that size and keeps them, unless ``MALLOC_*`` in the environment forbids it (see
    M_MMAP_THRESHOLD in ``man mallopt``). So one is freed here, once in a process; it is never written to and
    takes no memory.
    """
    torch.empty(LARGEST_KEPT, dtype=torch.uint8)
