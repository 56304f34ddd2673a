"""The ``memory`` of transformers of windows: where rows are kept, and what they depend on."""

import hashlib
import os
import pickle
import uuid
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
from joblib import Memory
from sklearn.utils.validation import check_memory

from .. import __version__
from .._core._progress import progress_bar
from .._core._warnings import warn_user
from ..exceptions import NotKeptWarning
from ..windowing import Windows
from ._kept_rows import KeptRows

MEMORY_LIMITS = [str, os.PathLike, Memory, None]
FEW = 8  # windows: a model at work, where computing is as fast as looking, and a file for each no help
COMPUTING = ("numpy", "scipy", "numba", "tsfresh")  # packages on which the last bits of values may depend


def check_memory_serves(memory, *depends_on) -> None:
    """Refuse, in fit, a memory that could not serve.

    Raises
    ------
    ValueError
        If ``memory`` is a folder that cannot be made or written, or the rows depend on a function of a user.
    """
    if memory is None:
        return
    canonical_text(depends_on)
    try:
        folder = _location_of(memory)
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)  # a Memory made its own, which may be gone
            probe = folder / f"{uuid.uuid4().hex}.part"
            probe.touch()
            probe.unlink()
    except OSError as error:
        raise ValueError(
            f"memory={memory!r} is no folder in which files can be kept: {error}. Name one that can be "
            "written, or None."
        ) from error


def table_from_memory(
    estimator,
    windows: Windows,
    compute: Callable[[Windows, bool | None], np.ndarray],
    depends_on: tuple,
    n_columns: int,
    dtype,
) -> np.ndarray:
    """Rows of windows, each computed if it was not before.

    Parameters
    ----------
    estimator : estimator
        With ``memory``.
    windows : Windows
    compute : callable
        Windows, and whether a progress bar is shown, to rows, each from its window alone.
    depends_on : tuple
        All else that the values of a row depend on.
    n_columns : int
    dtype : dtype
        Of the rows.

    Returns
    -------
    ndarray of shape (n_windows, n_columns)
    """
    verbose = getattr(estimator, "verbose", None)
    if estimator.memory is None or len(windows) <= FEW:
        return compute(windows, verbose)
    try:
        location = _location_of(estimator.memory)
    except OSError as error:  # a fitted model may have come to another machine
        warn_user(f"memory={estimator.memory!r} cannot be used, so all is computed: {error}", NotKeptWarning)
        location = None
    if location is None:
        return compute(windows, verbose)
    kept = KeptRows(location / "sklearn_har" / kind_of(estimator, windows, depends_on), n_columns, dtype)
    with progress_bar(len(windows), "Computing features", verbose) as bar:
        return kept.table(windows, lambda missing: compute(missing, False), bar.update)


def kind_of(estimator, windows: Windows, depends_on: tuple) -> str:
    """Name what the values of rows depend on: ``<class>/<digest>``.

    joblib takes the digest for an item of its own, so that ``Memory.reduce_size`` counts and removes it.
    """
    name = type(estimator).__name__
    parts = [_code(), type(estimator).__module__, name, windows.shape[1:], windows.dtype.str, depends_on]
    return f"{name}/{hashlib.sha256(canonical_text(parts).encode()).hexdigest()[:32]}"


def canonical_text(value) -> str:
    """Text that differs where values do, and is the same for equal ones in another process."""
    if isinstance(value, Mapping):
        items = sorted(f"{canonical_text(key)}:{canonical_text(value[key])}" for key in value)
        return f"{{{','.join(items)}}}"
    if isinstance(value, (list, tuple)):
        return f"[{','.join(map(canonical_text, value))}]"
    if isinstance(value, np.generic):
        return canonical_text(value.item())
    if value is None or isinstance(value, (str, bytes, bool, int, float)):
        return repr(value)
    if isinstance(value, np.ndarray) and value.dtype != object:
        return f"{value.dtype.str}{value.shape}{np.ascontiguousarray(value).tobytes().hex()}"
    if callable(value):
        raise ValueError(
            f"What the function {value.__name__} computes cannot be told by its name, so memory cannot keep "
            "it. Put functions of yours into a transformer of their own, without memory, and both into a "
            "FeatureUnion."
        )
    return pickle.dumps(value, protocol=4).hex()  # written only, never read


@cache
def _code() -> list[str]:
    """Say which code computes: versions, and the text of this room, which may be a developer's."""
    text = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        text.update(path.read_bytes())
    return [__version__, text.hexdigest(), *map(version, COMPUTING)]


_code()  # now: files may be edited while what was imported still runs


def _location_of(memory) -> Path | None:
    """Where joblib keeps what belongs to a memory; None where there is none."""
    store = check_memory(os.fspath(memory) if isinstance(memory, os.PathLike) else memory).store_backend
    return None if store is None else Path(store.location)
