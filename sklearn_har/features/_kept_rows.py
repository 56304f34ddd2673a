"""Rows of tables, kept in files and found again by the content of the windows they are of.

A folder holds rows of one kind, in pairs of NumPy's own files that are never changed: ``<name>.rows.npy``,
and ``<name>.keys.npy`` with a digest of each row's window and a sum of the row's bits. The keys appear last,
so whoever sees them sees whole rows; rows without their sum are computed again. Nothing is unpickled.
"""

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .._core._blocks import block_slices
from .._core._warnings import warn_user
from ..exceptions import NotKeptWarning
from ..windowing import Windows

try:
    import fcntl
except ImportError:  # Windows: two processes may then compute the same rows, and both be right
    fcntl = None  # type: ignore[assignment]

PART = 2048  # windows that are computed before their rows are kept: what an interrupt can lose
BLOCK_BYTES = 2**20  # of windows that are digested, or rows that are copied, inside a processor's cache
KEY_BYTES = 16
KEYS = np.dtype([("window", f"S{KEY_BYTES}"), ("sum", np.uint64)])


class Kept(NamedTuple):
    """A pair of files: keys, and rows mapped into memory."""

    path: Path
    keys: np.ndarray
    rows: np.ndarray


class KeptRows:
    """Rows of one kind in a folder.

    Parameters
    ----------
    folder : Path
        Made where there is none.
    n_columns : int
    dtype : dtype
        Of the rows.
    """

    def __init__(self, folder: Path, n_columns: int, dtype):
        self.folder = folder
        self.n_columns = n_columns
        self.dtype = np.dtype(dtype)

    def table(self, windows: Windows, compute: Callable[[Windows], np.ndarray], advance) -> np.ndarray:
        """Rows of windows: those that are kept, and those that ``compute`` makes, which then are kept too.

        Of processes that share the folder one computes at a time, and the others wait for what they would
        have computed themselves. Windows that are equal are computed once.

        Parameters
        ----------
        windows : Windows
        compute : callable
            Windows to rows.
        advance : callable
            Told of how many windows there are rows.

        Returns
        -------
        ndarray of shape (n_windows, n_columns)
        """
        keys = digests_of(windows)
        table = np.empty((len(keys), self.n_columns), self.dtype)
        missing = self._read(keys, table, np.arange(len(keys)))
        if len(missing):
            with self._alone():
                missing = self._read(keys, table, missing)  # others may have been here meanwhile
                advance(len(keys) - len(missing))
                self._compute(windows, keys, table, missing, compute, advance)
        return table

    def _compute(self, windows, keys, table, missing, compute, advance) -> None:
        _, first, same = np.unique(keys[missing], return_index=True, return_inverse=True)
        different = missing[np.sort(first)]
        is_kept = True
        for part in block_slices(len(different), 1, PART):
            places = different[part]
            rows = compute(windows[places])
            table[places] = rows
            is_kept = is_kept and self._write(keys[places], rows)
            advance(len(places))
        copies = np.setdiff1d(np.arange(len(missing)), first, assume_unique=True)
        table[missing[copies]] = table[missing[first[same[copies]]]]

    def _read(self, keys: np.ndarray, table: np.ndarray, wanted: np.ndarray) -> np.ndarray:
        """Copy kept rows into the table, at the places ``wanted``; returns the places without one."""
        files = [kept for path in sorted(self.folder.glob("*.keys.npy")) if (kept := self._open(path))]
        if not files:
            return wanted
        known = np.concatenate([kept.keys["window"] for kept in files])
        order = np.argsort(known)
        at = np.searchsorted(known, keys[wanted], sorter=order)
        at = order[np.minimum(at, len(known) - 1)]
        found = known[at] == keys[wanted]
        starts = np.cumsum([0, *(len(kept.keys) for kept in files)])
        bad = [wanted[~found]]
        for kept, start, stop in zip(files, starts, starts[1:], strict=False):
            here = found & (at >= start) & (at < stop)
            if here.any():
                bad.append(self._copy(kept, at[here] - start, table, wanted[here]))
        return np.sort(np.concatenate(bad))

    def _open(self, path: Path) -> Kept | None:
        """Open a pair of files; None where they are damaged, or have just been cleared."""
        try:
            keys = np.load(path, allow_pickle=False)
            rows = np.lib.format.open_memmap(_rows_of(path), mode="r")
            if keys.dtype == KEYS and (rows.shape, rows.dtype) == ((len(keys), self.n_columns), self.dtype):
                return Kept(path, keys, rows)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, EOFError):
            pass
        _discard(path)
        return None

    def _copy(self, kept: Kept, positions: np.ndarray, table: np.ndarray, places: np.ndarray) -> np.ndarray:
        """Copy rows of a file into places of the table; returns the places whose rows are damaged."""
        damaged = []
        for block in block_slices(len(places), self.n_columns * self.dtype.itemsize, BLOCK_BYTES):
            rows = kept.rows[positions[block]]
            table[places[block]] = rows
            damaged.append(places[block][sums_of(rows) != kept.keys["sum"][positions[block]]])
        bad = np.concatenate(damaged)
        if len(bad):
            _discard(kept.path)
        return bad

    def _write(self, keys: np.ndarray, rows: np.ndarray) -> bool:
        """Keep rows; says whether there was room for them."""
        name = hashlib.sha256(keys.tobytes()).hexdigest()[: 2 * KEY_BYTES]
        path = self.folder / f"{name}.keys.npy"
        described = np.empty(len(keys), KEYS)
        described["window"], described["sum"] = keys, sums_of(rows)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            _save(_rows_of(path), rows)
            _save(path, described)
        except OSError as error:
            warn_user(
                f"What was computed is right, but could not be kept in {str(self.folder)!r}, so that it will "
                f"be computed again: {error}",
                NotKeptWarning,
            )
            return False
        return True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Wait until no other process computes rows for this folder; the system ends a killed one's turn."""
        with ExitStack() as stack:
            with suppress(
                OSError
            ):  # nothing can be written, which is said when it is tried; or no locks here
                self.folder.mkdir(parents=True, exist_ok=True)
                file = stack.enter_context(open(self.folder / "lock", "ab"))
                if fcntl is not None:
                    fcntl.flock(file, fcntl.LOCK_EX)
                    # closing is not enough: a process that was forked meanwhile has the file open too
                    stack.callback(_unlock, file)
            yield


def _unlock(file) -> None:
    with suppress(OSError):
        fcntl.flock(file, fcntl.LOCK_UN)


def digests_of(windows: Windows) -> np.ndarray:
    """Digest of the values of each window, shape (n_windows,)."""
    digests = []
    n_windows, n_timesteps, n_channels = windows.shape
    for block in block_slices(n_windows, n_timesteps * n_channels * windows.dtype.itemsize, BLOCK_BYTES):
        values = np.ascontiguousarray(windows[block])
        # a call for each window is what hashlib has; hashing takes a fiftieth of the time of the features
        digests += [hashlib.sha256(window).digest()[:KEY_BYTES] for window in values]
    return np.array(digests, f"S{KEY_BYTES}")


def sums_of(rows: np.ndarray) -> np.ndarray:
    """Sum of the bits of each row, as whole numbers of the size of its values, modulo 2**64."""
    return np.ascontiguousarray(rows).view(f"u{rows.itemsize}").sum(axis=1, dtype=np.uint64)


def _rows_of(path: Path) -> Path:
    return path.with_name(path.name.replace(".keys.", ".rows."))


def _discard(path: Path) -> None:
    """Take a pair of files away; where that is refused, they are found damaged each time, to no harm."""
    for half in (path, _rows_of(path)):
        with suppress(OSError):
            half.unlink()


def _save(path: Path, array: np.ndarray) -> None:
    """Write a file that appears at once."""
    part = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        with open(part, "wb") as file:
            np.save(file, array, allow_pickle=False)
        os.replace(part, path)
    finally:  # also where an interrupt comes while it is written
        with suppress(FileNotFoundError):
            part.unlink()
