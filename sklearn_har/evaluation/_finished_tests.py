"""What a benchmark has finished, in files: one for every model, seed and fold."""

import contextlib
import hashlib
import json
import os
import pickle
import re
from pathlib import Path
from typing import NamedTuple

import joblib
import numpy as np
from sklearn.base import clone

from .. import __version__
from .._core._blocks import block_slices
from ..windowing import Windows

TIMES = ("fit_time", "predict_time", "fit_cpu_time", "predict_cpu_time")
NOT_OF_THE_RESULT = {"n_jobs", "verbose", "memory"}  # parameters that change no prediction


class Outcome(NamedTuple):
    """What came of one test: predictions and seconds, or an error.

    Attributes
    ----------
    predicted : ndarray of int of shape (n_windows,), or None
        Positions in the sorted labels of the dataset, of the test windows.
    times : dict of float
        Seconds, by the names of `TIMES`.
    error : str
        Empty if there was none.
    """

    predicted: np.ndarray | None
    times: dict[str, float]
    error: str = ""


def read_outcome(path: Path, n_windows: int, n_classes: int) -> Outcome | None:
    """Outcome in a file, or None if there is none, or not a whole one."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        predicted = np.asarray(kept["predicted"], dtype=np.int64)
        times = {name: float(kept[name]) for name in TIMES}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    whole = predicted.shape == (n_windows,) and predicted.min() >= 0 and predicted.max() < n_classes
    return Outcome(predicted, times) if whole else None


def write_outcome(path: Path, outcome: Outcome) -> None:
    """Keep an outcome; whoever reads sees all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half_written = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        predicted = np.asarray(outcome.predicted).tolist()
        half_written.write_text(json.dumps({**outcome.times, "predicted": predicted}), encoding="utf-8")
        os.replace(half_written, path)
    finally:  # an interrupt may come while the file is written
        with contextlib.suppress(FileNotFoundError):
            half_written.unlink()


def path_of(folder, dataset: str, model: str, random_state: int, fold: int, key: str) -> Path:
    """Place of a test's file; the names are for people, the key says what the outcome depends on."""
    names = (re.sub(r"[^\w.+-]+", "_", str(name)) for name in (dataset, model))
    return Path(folder).joinpath(*names, f"seed_{random_state}_fold_{fold}_{key}.json")


def key_of(*parts: str | np.ndarray) -> str:
    """Digest of what an outcome depends on."""
    digest = hashlib.blake2b(__version__.encode(), digest_size=10)
    for part in parts:
        values = np.frombuffer(part.encode(), dtype=np.uint8) if isinstance(part, str) else part
        digest.update(f"{values.dtype.str}{values.shape}".encode())
        digest.update(np.ascontiguousarray(values).data)
    return digest.hexdigest()


def key_of_model(name: str, model) -> str:
    """Digest of a model's class, its parameters and, of scikit-learn's models, the version they are of."""
    model = clone(model)
    ignored = [one for one in model.get_params() if one.split("__")[-1] in NOT_OF_THE_RESULT]
    for one in ignored:
        model.set_params(**{one: None})
    try:
        return joblib.hash(model)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise ValueError(
            f"The model {name!r} cannot be kept in a folder, because its parameters cannot be told from "
            f"others ({error}). Give it functions of a module instead of lambdas, or folder=None."
        ) from error


def key_of_data(windows: Windows, labels: np.ndarray, people: np.ndarray) -> str:
    """Digest of the values, labels and people of windows."""
    values = hashlib.blake2b(digest_size=20)
    n_timesteps, n_channels = windows.shape[1:]
    for block in block_slices(len(windows), n_timesteps * n_channels * windows.dtype.itemsize):
        values.update(np.ascontiguousarray(windows[block]).data)
    others = [windows.shape, windows.dtype.str, windows.channel_names, windows.sampling_rate]
    return key_of(values.hexdigest(), repr(others), repr(labels.tolist()), repr(people.tolist()))
