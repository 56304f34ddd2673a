"""Test windows: what a model says of a few of them goes with it, so that a loaded one can be asked again."""

from collections import deque
from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.sparse import issparse

from ..windowing import Windows

N_WINDOWS = 8
N_STRETCHES = 4  # of rows, each of two windows
UNKNOWN_STRETCH = 64  # rows, where the model has no windows
SIZES = 0.05, 0.5, 1.0, 2.0  # of motion, beside what a channel's values spread in training
METHODS = "predict_proba", "decision_function", "predict", "transform"
PLAIN = bool, int, float, str, np.ndarray, type(None)  # kinds that hold no estimators
CARRIED = "subjects", "recordings", "runs", "starts", "origin"


def parts_of(estimator) -> Iterator:
    """Yield a fitted estimator and all estimators that it holds, outermost first, each once."""
    to_see, seen = deque([estimator]), {}
    while to_see:
        part = to_see.popleft()
        if isinstance(part, PLAIN) or id(part) in seen:
            continue
        seen[id(part)] = part
        if hasattr(part, "get_params"):
            yield part
        if isinstance(part, dict):
            to_see += part.values()
        elif isinstance(part, (list, tuple)):
            to_see += part
        elif type(part).__module__.split(".")[0] in ("sklearn", "imblearn", "sklearn_har"):
            to_see += getattr(part, "__dict__", {}).values()


def first_with(estimator, name: str):
    """Value of an attribute of the outermost part that has it; None if none has."""
    return next((vars(part)[name] for part in parts_of(estimator) if name in vars(part)), None)


def some_of(estimator, X):
    """Take a few windows, or stretches of rows, evenly from all over X."""
    n = len(X)
    n_timesteps = first_with(estimator, "n_timesteps_")
    is_rows = n_timesteps is not None or (isinstance(X, pd.DataFrame) and X.index.nlevels > 1)
    if not is_rows:
        places = np.unique(np.linspace(0, n - 1, min(N_WINDOWS, n)).astype(np.intp))
    else:
        length = min(2 * (n_timesteps or UNKNOWN_STRETCH), n)
        begins = np.linspace(0, n - length, N_STRETCHES).astype(np.intp)
        places = np.unique(begins[:, np.newaxis] + np.arange(length))
    return X.iloc[places] if isinstance(X, pd.DataFrame) else (X if _has_shape(X) else np.asarray(X))[places]


def made_up(estimator):
    """Draw windows, or rows, of the model's size and about the model's scale, always the same.

    Each channel is a slow wave and noise around its mean in training, at rest first, then moving more and
    more. Where no part of the model remembers how channels spread, means are 0 and spreads 1.

    Raises
    ------
    ValueError
        If the model does not say what it reads.
    """
    n_rows = first_with(estimator, "n_timesteps_")
    if n_rows is None and first_with(estimator, "sampling_rate_in_") is not None:
        n_rows = UNKNOWN_STRETCH if first_with(estimator, "fitted_on_recordings_") else None
    n_timesteps = n_rows or first_with(estimator, "n_timesteps_in_")
    n_features = getattr(estimator, "n_features_in_", None)
    n_channels = first_with(estimator, "n_channels_in_") if n_rows is None else n_features
    rng = np.random.default_rng(0)
    if n_timesteps is None or n_channels is None:
        if n_features is None:
            raise ValueError(f"{type(estimator).__name__} does not say what it reads.")
        table = rng.normal(size=(N_WINDOWS, n_features))
        names = getattr(estimator, "feature_names_in_", None)
        return table if names is None else pd.DataFrame(table, columns=names)
    mean, spread = _scale_of_channels(estimator, n_channels)
    length = n_timesteps if n_rows is None else 2 * n_timesteps
    n_pieces = N_WINDOWS if n_rows is None else N_STRETCHES
    phase = np.linspace(0, 4 * np.pi, length)[:, np.newaxis] + np.arange(n_channels)
    sizes = np.resize(SIZES, n_pieces)[:, np.newaxis, np.newaxis]
    waves = np.sin(phase * np.arange(1, n_pieces + 1)[:, np.newaxis, np.newaxis])
    values = mean + spread * sizes * (waves + rng.normal(size=(n_pieces, length, n_channels)))
    if n_rows is not None:
        return _as_rows(estimator, values)
    if first_with(estimator, "channel_names_in_") is None:
        is_flat = n_channels == 1 and n_features is not None
        return values[:, :, 0] if is_flat else values
    names, rate = (first_with(estimator, name) for name in ("channel_names_in_", "sampling_rate_in_"))
    return Windows(values, channel_names=names, sampling_rate=rate)


def _as_rows(estimator, values: np.ndarray):
    n_pieces, length, n_channels = values.shape
    rows = values.reshape(-1, n_channels)
    names = getattr(estimator, "feature_names_in_", None)
    if not first_with(estimator, "fitted_on_recordings_"):
        return rows if names is None else pd.DataFrame(rows, columns=names)
    recordings = np.repeat(np.arange(n_pieces), length)
    times = np.tile(np.arange(length) / first_with(estimator, "sampling_rate_in_"), n_pieces)
    index = pd.MultiIndex.from_arrays(
        [np.zeros(len(rows), np.int64), recordings, times], names=["subject", "recording", "time"]
    )
    return pd.DataFrame(rows, index=index, columns=names)


def _scale_of_channels(estimator, n_channels: int) -> tuple[np.ndarray, np.ndarray]:
    for part in parts_of(estimator):
        found = vars(part)
        if found.get("n_channels_in_") != n_channels:
            continue
        if "net_" in found:
            channels = part.module_.get_submodule("channels")
            return channels.mean.cpu().double().numpy(), channels.scale.cpu().double().numpy()
        mean, scale = (np.asarray(found.get(name, ())) for name in ("mean_", "scale_"))
        if mean.ndim == scale.ndim == 1 and min(len(mean), len(scale)) >= n_channels:
            return mean[:n_channels].astype(float), scale[:n_channels].astype(float)
    return np.zeros(n_channels), np.ones(n_channels)


def method_of(estimator) -> str | None:
    """Method by which a model says something of windows; None of a sampler, say."""
    return next((name for name in METHODS if hasattr(estimator, name)), None)


def outcome(estimator, X) -> tuple[str | None, np.ndarray]:
    """Method by which a model says something of windows, and what it says; nothing without a method."""
    method = method_of(estimator)
    if method is None:
        return None, np.empty(0)
    said = getattr(estimator, method)(X)
    return method, said.toarray() if issparse(said) else np.asarray(said)


def as_plain(X) -> dict:
    """Windows, a frame or an array as a dict of arrays and lists."""
    if isinstance(X, Windows):
        carried = {name: getattr(X, name) for name in CARRIED}
        named = {"channel_names": X.channel_names, "sampling_rate": X.sampling_rate}
        return {"kind": "windows", "values": np.asarray(X)} | carried | named
    if not isinstance(X, pd.DataFrame):
        return {"kind": "array", "values": np.asarray(X)}
    levels = [X.index.get_level_values(i).to_numpy() for i in range(X.index.nlevels)]
    return {
        "kind": "frame",
        "columns": list(X.columns),
        "values": [X.iloc[:, i].to_numpy() for i in range(X.shape[1])],
        "index": levels,
        "names": list(X.index.names),
    }


def from_plain(plain: dict):
    """Windows, a frame or an array of `as_plain`."""
    plain = dict(plain)
    kind, values = plain.pop("kind"), plain.pop("values")
    if kind == "windows":
        return Windows(values, **plain)
    if kind == "array":
        return values
    levels, names = plain["index"], plain["names"]
    if len(levels) == 1:
        index = pd.Index(levels[0], name=names[0])
    else:
        index = pd.MultiIndex.from_arrays(levels, names=names)
    frame = pd.DataFrame(dict(enumerate(values)), index=index)
    frame.columns = pd.Index(plain["columns"])
    return frame


def _has_shape(X) -> bool:
    return hasattr(X, "shape")
