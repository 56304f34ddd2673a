"""Compile functions once on a machine, and say so while the user waits."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from numba import njit
from numba.core import event
from tqdm.auto import tqdm

from ._progress import inside_worker

PATIENCE = 1.0  # seconds
_NOT_KEPT: list[str] = []  # functions that are compiled in each process anew


def compiled(function: Callable | None = None, **options):
    """Decorate a function that numba compiles when it is first called, and keeps on disk.

    Where no folder can be written, as in many containers, it is compiled in each process; numba would
    refuse at import. ``options`` are further ones of `numba.njit`.
    """
    if function is None:
        return lambda function: compiled(function, **options)
    options = {"nogil": True, "error_model": "numpy", **options}
    try:
        return njit(cache=True, **options)(function)
    except RuntimeError:
        _NOT_KEPT.append(function.__qualname__)
        return njit(**options)(function)


class _Announcement(event.Listener):
    """Told by numba when it begins and ends to compile a function; not of what it finds on disk."""

    def __init__(self):
        self.started: float | None = None
        self.said = False

    def on_start(self, event):
        if self.started is None:
            self.started = time.perf_counter()
        self._say_if_slow()

    def on_end(self, event):
        self._say_if_slow()

    def _say_if_slow(self):
        if not self.said and self.started is not None and time.perf_counter() - self.started > PATIENCE:
            self.said = True
            keeps = (
                "in this process, which takes up to a minute. No folder to keep it can be written: let the "
                "environment variable NUMBA_CACHE_DIR name one that can."
                if _NOT_KEPT
                else "and keeps it on disk: this takes up to a minute, once."
            )
            tqdm.write(f"sklearn_har compiles what is used for the first time {keeps}", file=sys.stderr)


@contextmanager
def announce_compiling(verbose: bool | None) -> Iterator[None]:
    """Print one line to stderr if compiling takes more than a second inside, unless ``verbose`` is False."""
    if verbose is False or inside_worker():
        yield
        return
    with event.install_listener("numba:compile", _Announcement()):
        yield
