"""Fitted estimators in files that load next year, and that run nothing when they are loaded."""

import importlib.metadata
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from .. import __version__
from .._core._warnings import warn_user
from ..exceptions import ModelFileError, PredictionsChangedWarning
from ._files_archive import FORMAT, Parts, packed, unpacked, write_at_once
from ._files_decode import Decoder
from ._files_encode import Encoder
from ._files_windows import as_plain, first_with, from_plain, made_up, method_of, outcome, some_of

TOLERANCE = 1e-5  # of what is said of a test window, beside the largest that is said of any
PACKAGES = "scikit-learn", "numpy", "torch", "imbalanced-learn"


def save(estimator, path, *, X=None, trusted=()) -> None:
    """Write a fitted estimator to a file, from which `load` makes it again.

    Parameters
    ----------
    estimator : estimator
        Fitted: any of this library, of scikit-learn or of imbalanced-learn, and any pipeline, search or
        `SlidingWindowClassifier` of them.
    path : str or path-like
        The file; one that is there is replaced, and only when the new one is whole. Any name will do:
        ``.harmodel`` says what it is.
    X : recordings, Windows or array-like, default=None
        What ``estimator.predict`` reads. A few windows of it, and what the model says of them, go into
        the file, so that `load` can compare; whoever has the file has them. None draws windows of the
        model's size around the means of its channels, which hold nothing of anybody.
    trusted : sequence of str, default=()
        Full names, such as ``"mypackage.layers.MyNetwork"``, of classes and functions of your own that the
        estimator holds. Whoever loads the file needs them, and names them too.

    Raises
    ------
    ModelFileError
        If the estimator holds what no file can: a function without a name, an object of a class that is
        not trusted. The message names it and its place.
    NotFittedError
        If the estimator is not fitted.
    ValueError
        If the model cannot predict on X, or X is None and the model does not say what it reads.
    OSError
        If the file cannot be written, as on a full disk. What was there before is left as it was.

    See Also
    --------
    load : The way back.

    Notes
    -----
    The file is a zip of three entries. ``manifest.json`` says what is in it: the format, versions, channels,
    sampling rate, length of the windows, activities. ``model.json`` holds the names of classes and what
    their instances remember; ``arrays.safetensors`` arrays and the weights of networks. There is no pickle
    and no code in it. Every entry has its sha256 in the manifest, and the file one of its own at its end.

    Before the file is written, the model is made again from what is about to be written and asked about
    the test windows: it must say the same, bit for bit.

    Not kept are the optimizer of a network, so that ``partial_fit`` begins with a new one, and the
    parameters ``memory`` and ``checkpoint``, which are None afterwards: no file names places on a disk.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn.ensemble import ExtraTreesClassifier
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.deploy import load, save
    >>> from sklearn_har.features import MotionFeatures
    >>> from sklearn_har.windowing import SlidingWindowClassifier
    >>> X, y = make_recordings(n_subjects=2, random_state=0, return_X_y=True)
    >>> trees = ExtraTreesClassifier(n_estimators=10, random_state=0)
    >>> recognizer = SlidingWindowClassifier(make_pipeline(MotionFeatures(), trees), window_length=2.56)
    >>> path = Path(tempfile.mkdtemp()) / "walking.harmodel"
    >>> save(recognizer.fit(X, y), path, X=X)
    >>> bool((load(path).predict(X) == recognizer.predict(X)).all())
    True
    """
    check_is_fitted(estimator)
    path, trusted = Path(path), _names(trusted)
    encoder = Encoder(trusted)
    name = type(estimator).__name__
    code = encoder.encode(estimator, name)
    asked, method, said = _test_windows(estimator, X)
    root = {
        "estimator": code,
        "asked": encoder.encode(as_plain(asked), "X"),
        "method": method,
        "said": encoder.encode(said, f"what {name} predicts"),
    }
    model = {"root": root, "objects": encoder.objects}
    parts = Parts(_manifest(estimator), model, _safetensors().save(encoder.arrays))
    content = packed(parts)
    again = _made(unpacked(content), trusted)
    if not _is_same(outcome(again.estimator, from_plain(again.test["asked"]))[1], said):
        raise ModelFileError(
            f"The model cannot be saved: a {name} made again from what would be in the file says something "
            "else of the test windows. Parameters that were set after the fit are a cause, so fit it again; "
            "so is a model that says something else each time."
        )
    write_at_once(path, content)


def load(path, *, trusted=()):
    """Make a fitted estimator again from a file of `save`.

    Nothing in the file is run. It names classes, and only those of this library, scikit-learn and
    imbalanced-learn are known, and those that you name; instances are made without their constructors.

    Parameters
    ----------
    path : str or path-like
    trusted : sequence of str, default=()
        Full names of further classes and functions to know, as for `save`. Name none that you do not
        know, and none because a message asks for it.

    Returns
    -------
    estimator
        Fitted, with all parameters.

    Raises
    ------
    ModelFileError
        If the file is damaged, cut short, made by a later release, names what is not trusted, or holds a
        model that cannot be made or cannot predict with the versions that are installed.
    OSError
        If the file cannot be read.

    Warns
    -----
    PredictionsChangedWarning
        If the model does not say of the test windows in the file what it said when it was saved. Other
        versions of scikit-learn, torch or numpy are a cause, and the message names them.

    See Also
    --------
    save : The way there.

    Notes
    -----
    What is compared may differ by a hundred thousandth of the largest value, as another processor adds
    in another order.

    A file of somebody else may still hold a model that was made to mislead, or one that takes much time.
    What compiled code follows without looking, as the nodes of trees and the channels of random kernels,
    is checked; a sandbox this is not.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from sklearn_har.classifiers import RidgeClassifierGroupCV
    >>> from sklearn_har.deploy import load, save
    >>> table = np.random.default_rng(0).normal(size=(60, 3))
    >>> model = RidgeClassifierGroupCV().fit(table, table[:, 0] > 0, groups=np.arange(60) % 3)
    >>> path = Path(tempfile.mkdtemp()) / "ridge.harmodel"
    >>> save(model, path)
    >>> load(path)
    RidgeClassifierGroupCV()
    """
    path, trusted = Path(path), _names(trusted)
    content = path.read_bytes()
    versions = None
    try:
        parts = unpacked(content)
        versions = parts.manifest.get("versions")
        made = _made(parts, trusted)
    except Exception as error:
        what = error if isinstance(error, ModelFileError) else f"Making its model again raises {error!r}."
        raise ModelFileError(f"{path.name} cannot be loaded. {what}{_other(versions)}") from error
    _compare(path.name, made)
    return made.estimator


def _names(trusted) -> frozenset[str]:
    if isinstance(trusted, str) or not all(isinstance(name, str) for name in trusted):
        raise TypeError(f"trusted must be a sequence of full names of classes; got {trusted!r}.")
    return frozenset(trusted)


def _test_windows(estimator, X) -> tuple:
    """Windows, the method that says something of them, and what it says."""
    given = X is not None
    if method_of(estimator) is None:
        return np.empty(0), None, np.empty(0)
    try:
        asked = from_plain(as_plain(some_of(estimator, X) if given else made_up(estimator)))
        return asked, *outcome(estimator, asked)
    except Exception as error:
        advice = (
            "Pass what it predicts on" if given else "Pass X, a few windows or rows that it can predict on"
        )
        raise ValueError(
            f"{type(estimator).__name__} cannot be asked about the test windows that go into the file: "
            f"{error} {advice}."
        ) from error


def _manifest(estimator) -> dict:
    return {
        "format": FORMAT,
        "versions": _versions(),
        "estimator": type(estimator).__name__,
        **_summary(estimator),
    }


def _versions() -> dict[str, str]:
    return {"sklearn-har": __version__} | {name: importlib.metadata.version(name) for name in PACKAGES}


def _summary(estimator) -> dict:
    """What a user wants to know of a model before it is loaded."""
    n_timesteps = first_with(estimator, "n_timesteps_") or first_with(estimator, "n_timesteps_in_")
    rate = first_with(estimator, "sampling_rate_in_")
    channels = first_with(estimator, "channel_names_in_")
    if channels is None:
        channels = getattr(estimator, "feature_names_in_", None)
    classes = getattr(estimator, "classes_", None)
    return {
        "channels": None if channels is None else [str(name) for name in channels],
        "sampling_rate": None if rate is None else float(rate),
        "n_timesteps": None if n_timesteps is None else int(n_timesteps),
        "window_length": float(n_timesteps / rate) if n_timesteps and rate else None,
        "classes": None if classes is None else [str(name) for name in np.ravel(np.asarray(classes, object))],
    }


def _other(versions) -> str:
    """Sentence about the versions that a file was saved with, where they are not those installed."""
    installed = _versions()
    if not versions or versions == installed:
        return ""
    return f" It was saved with {str(versions)[:200]}; installed are {installed}."


class Made(NamedTuple):
    """What is made of a file: the estimator, its test windows and what it said of them, and the versions."""

    estimator: BaseEstimator
    test: dict
    versions: dict


def _made(parts: Parts, trusted) -> Made:
    arrays = _safetensors().load(parts.arrays)
    decoder = Decoder(parts.model.get("objects"), arrays, trusted)
    root = {name: decoder.decode(code) for name, code in parts.model["root"].items()}
    estimator = root.pop("estimator")
    check_is_fitted(estimator)
    summary = _summary(estimator)
    if {name: parts.manifest.get(name) for name in summary} != summary:
        raise ModelFileError("Its manifest describes another model than the one that it holds.")
    return Made(estimator, root, parts.manifest["versions"])


def _compare(name: str, made: Made) -> None:
    """Ask about the test windows again, and warn of an answer that differs."""
    estimator, root, versions = made
    try:
        asked = from_plain(root["asked"])
        _check_length(estimator, asked)
        method, found = outcome(estimator, asked)
        said, expected_method = np.asarray(root["said"]), root["method"]
        if method != expected_method or found.shape != said.shape:
            raise ModelFileError(
                f"it answers with {method} {found.shape}, not {expected_method} {said.shape}"
            )
        difference = _difference(found, said)
    except Exception as error:
        raise ModelFileError(
            f"{name} cannot be loaded. Its model cannot predict on its own test windows: {error}"
            f"{_other(versions)}"
        ) from error
    if difference:
        warn_user(
            f"The model of {name} does not say what it said when it was saved: {difference}."
            f"{_other(versions)}",
            PredictionsChangedWarning,
        )


def _check_length(estimator, asked) -> None:
    """Refuse a recognizer whose windows are longer than all test rows: it would make rows up."""
    n_timesteps = first_with(estimator, "n_timesteps_")
    if n_timesteps is not None and n_timesteps > len(asked):
        raise ModelFileError(f"its windows have {n_timesteps} rows, of {len(asked)} test rows.")


def _difference(found: np.ndarray, said: np.ndarray) -> str | None:
    """What differs, with numbers; None if it is rounding."""
    n = len(said)
    if said.dtype.kind != "f":
        n_others = int(np.sum(np.asarray(found != said).reshape(n, -1).any(axis=1)))
        return f"{n_others} of {n} test windows or rows have another label" if n_others else None
    if found.dtype.kind != "f":
        return f"it answers with {found.dtype}, not {said.dtype}"
    largest = np.max(np.abs(said), initial=0.0, where=np.isfinite(said))
    with np.errstate(invalid="ignore"):
        gap = np.abs(found.astype(float) - said)
    gap[(found == said) | (np.isnan(found) & np.isnan(said))] = 0.0
    gap[np.isnan(gap)] = np.inf
    if not gap.size or gap.max() <= TOLERANCE * max(largest, np.finfo(float).tiny):
        return None
    others = f"values differ by up to {gap.max():.3g}, and the largest is {largest:.3g}"
    if said.ndim == 2:
        n_others = int(np.sum(found.argmax(axis=1) != said.argmax(axis=1)))
        others += f"; in {n_others} of {n} test windows or rows another column is the highest"
    return others


def _is_same(found: np.ndarray, said: np.ndarray) -> bool:
    """Whether all bits are the same."""
    if found.dtype == object:
        return bool(np.array_equal(found, said))
    return found.dtype == said.dtype and found.tobytes() == said.tobytes()


def _safetensors():
    """safetensors, which comes with the extra ``deploy``."""
    try:
        from safetensors import numpy as safetensors
    except ImportError as error:
        raise ImportError("Model files need safetensors: pip install 'sklearn-har[deploy]'.") from error
    return safetensors
