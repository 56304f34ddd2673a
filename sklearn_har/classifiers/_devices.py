"""Where torch computes, and what it draws its random numbers from."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

DEVICES = {"auto", "cpu", "cuda", "mps"}
LOWER = "Lower batch_size (it is {}), the layers or filters of the network, or the length of the windows."

_FIT_LOCK = threading.Lock()


def is_available(device: str) -> bool:
    """Whether this machine has the device."""
    if device == "cuda":
        return torch.cuda.is_available()
    if device == "mps":
        return torch.backends.mps.is_available()
    return device == "cpu"


def training_device(device: str) -> torch.device:
    """Device to train on: the one asked for, or with "auto" the fastest that is there."""
    if device == "auto":
        device = next(name for name in ("cuda", "mps", "cpu") if is_available(name))
    if not is_available(device):
        raise ValueError(
            f"device={device!r}, but torch finds no such device here. Set device='auto' or 'cpu', or install "
            "a torch that is built for it."
        )
    return torch.device(device)


def prediction_device(device: str) -> torch.device:
    """Device to predict on: a model that was trained on a device predicts where there is none, too."""
    return training_device(device if device == "auto" or is_available(device) else "cpu")


def on_device(module: nn.Module, device: torch.device) -> nn.Module:
    """Move a module to the device, in place; at once where it is there: `torch.nn.Module.to` is slow."""
    found = next(module.parameters(), None)
    return module if found is not None and found.device.type == device.type else module.to(device)


@contextmanager
def own_randomness(device: torch.device) -> Iterator[None]:
    """Let torch's generators be seeded at will, and leave them as they were found.

    They belong to the process, so one thread at a time may do this.
    """
    on_cuda = [torch.cuda.current_device()] if device.type == "cuda" else []
    with _FIT_LOCK, torch.random.fork_rng(devices=on_cuda):
        if device.type != "mps":
            yield
            return
        found = torch.mps.get_rng_state()
        try:
            yield
        finally:
            torch.mps.set_rng_state(found)


@contextmanager
def memory_advice(advice: str) -> Iterator[None]:
    """Say what to lower where memory does not suffice."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:  # torch.OutOfMemoryError is a RuntimeError
        if isinstance(error, RuntimeError) and not _tells_of_memory(error):
            raise
        raise MemoryError(f"Memory does not suffice for the network. {advice}") from error


def _tells_of_memory(error: RuntimeError) -> bool:
    """Whether memory was short; on a CPU and on MPS only the message says so."""
    words = "out of memory", "allocate memory"
    return isinstance(error, torch.OutOfMemoryError) or any(word in str(error) for word in words)
