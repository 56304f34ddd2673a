"""What an estimator of windows must hold: the checks on 3-D input that scikit-learn lacks.

Each check takes a fresh clone and raises an AssertionError that says what does not hold.
"""

import copy
import inspect
import pickle
import re
import tempfile
from collections.abc import Callable
from contextlib import contextmanager

import joblib
import numpy as np
import pandas as pd
from sklearn.base import clone, is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from ..windowing import Windows
from ..windowing._windows import PER_WINDOW

CHANNELS = ("acc_x", "acc_y", "acc_z")


def check_window_estimator(estimator) -> None:
    """Run every check of `window_checks` on an estimator.

    Parameters
    ----------
    estimator : estimator
        A classifier of windows, or a transformer from windows to windows or to a table.

    Raises
    ------
    AssertionError
        If a check fails.

    Examples
    --------
    >>> from sklearn_har.preprocessing import ChannelScaler
    >>> from sklearn_har.testing import check_window_estimator
    >>> check_window_estimator(ChannelScaler())
    """
    for check in window_checks():
        check(clone(estimator))


def window_checks() -> list[Callable]:
    """Return the checks that an estimator of windows must pass.

    Returns
    -------
    list of callables
        Each takes one unfitted estimator.

    Examples
    --------
    >>> from sklearn_har.preprocessing import ChannelScaler
    >>> from sklearn_har.testing import window_checks
    >>> first = window_checks()[0]
    >>> first.__name__
    'check_constructor_stores'
    >>> first(ChannelScaler())
    """
    return [
        check_constructor_stores,
        check_documented_defaults,
        check_channels_are_counted_and_named,
        check_timesteps_and_rate_are_compared,
        check_recordings_are_refused,
        check_bad_values_are_refused,
        check_one_window_equals_one_of_many,
        check_kinds_of_array,
        check_windows_come_back_as_windows,
        check_state_is_made_in_fit,
        check_copies_predict_the_same,
        check_global_randomness_is_untouched,
    ]


def parametrize_with_window_checks(estimators):
    """Return a pytest decorator that runs every window check on every estimator.

    Parameters
    ----------
    estimators : list of estimators

    Returns
    -------
    pytest.MarkDecorator
        For a test function with the arguments ``estimator`` and ``check``.

    Examples
    --------
    >>> from sklearn_har.preprocessing import ChannelScaler
    >>> from sklearn_har.testing import parametrize_with_window_checks
    >>> @parametrize_with_window_checks([ChannelScaler()])
    ... def test_windows(estimator, check):
    ...     check(estimator)
    """
    import pytest

    cases = [
        pytest.param(clone(estimator), check, id=f"{type(estimator).__name__}-{check.__name__}")
        for estimator in estimators
        for check in window_checks()
    ]
    return pytest.mark.parametrize(("estimator", "check"), cases)


def check_constructor_stores(estimator) -> None:
    """``__init__`` stores what it was given, and nothing else."""
    given = {name: object() for name in estimator.get_params(deep=False)}  # nothing to compute with
    try:
        made = type(estimator)(**given)
    except Exception as error:
        raise AssertionError(f"__init__ does more than store its parameters: {error}") from error
    for name, value in given.items():
        assert getattr(made, name) is value, f"__init__ changed {name}"
    extra = set(vars(made)) - set(given)
    assert not extra, f"__init__ made {sorted(extra)}"


def check_documented_defaults(estimator) -> None:
    """The defaults that the docstring names are those of the signature."""
    documented = documented_defaults(estimator)
    for name, parameter in inspect.signature(type(estimator)).parameters.items():
        said = documented.get(name, repr(parameter.default))
        assert said == repr(parameter.default), f"the docstring says {name}={said}, not {parameter.default!r}"


def documented_defaults(estimator) -> dict[str, str]:
    """What the docstring says, in numpydoc's form, of the default of each parameter, as `repr` would."""
    docstring = inspect.getdoc(estimator) or ""
    found = re.findall(r"^\s*(\w+) : .*default=(.+)$", docstring, re.MULTILINE)
    return {name: said.strip().replace('"', "'") for name, said in found}


def check_channels_are_counted_and_named(estimator) -> None:
    """Channels are remembered; others, or another order, are refused by name."""
    windows, labels = _windows()
    estimator.fit(windows, labels)
    assert estimator.n_channels_in_ == 3
    assert tuple(estimator.channel_names_in_) == CHANNELS
    _assert_refused(estimator, Windows(np.asarray(windows)[:, :, :2]), "2 channels")
    swapped = Windows(np.asarray(windows), channel_names=("acc_y", "acc_x", "acc_z"))
    _assert_refused(estimator, swapped, "acc_y")


def check_timesteps_and_rate_are_compared(estimator) -> None:
    """Windows of another length or sampling rate are refused, with both numbers."""
    windows, labels = _windows()
    estimator.fit(windows, labels)
    assert (estimator.n_timesteps_in_, estimator.sampling_rate_in_) == (16, 50.0)
    _assert_refused(estimator, np.asarray(windows)[:, :8], "8 timesteps")
    _assert_refused(estimator, Windows(np.asarray(windows), sampling_rate=25.0), "25 Hz")


def check_recordings_are_refused(estimator) -> None:
    """A table of recordings, which looks like windows of one channel, is refused by name."""
    if hasattr(estimator, "transform"):
        return  # in preprocessing a table is rows
    windows, labels = _windows()
    index = pd.MultiIndex.from_arrays(
        [np.zeros(len(labels), int), np.zeros(len(labels), int), np.arange(len(labels)) / 50],
        names=["subject", "recording", "time"],
    )
    rows = pd.DataFrame(np.asarray(windows)[:, 0], index=index, columns=list(CHANNELS))
    with _refusal("recordings"):
        estimator.fit(rows, labels)


def check_bad_values_are_refused(estimator) -> None:
    """NaN and infinity are refused in fit and afterwards, with their channel."""
    windows, labels = _windows()
    estimator.fit(windows, labels)
    for value in (np.nan, np.inf):
        values = np.array(windows)
        values[3, 5, 1] = value
        bad = Windows(values, channel_names=CHANNELS, sampling_rate=50.0)
        _assert_refused(estimator, bad, "acc_y")
        with _refusal("acc_y"):
            clone(estimator).fit(bad, labels)


def check_one_window_equals_one_of_many(estimator) -> None:
    """What is said of a window does not depend on the others of the call."""
    windows, labels = _windows()
    estimator.fit(windows, labels)
    many = _output(estimator, windows)
    one = np.concatenate([_output(estimator, windows[i : i + 1]) for i in range(5)])
    np.testing.assert_allclose(one, many[:5], atol=1e-5)


def check_kinds_of_array(estimator) -> None:
    """Any dtype, order and storage of the same numbers gives the same."""
    windows, labels = _windows()
    estimator.fit(windows, labels)
    values = np.asarray(windows)
    expected = _output(estimator, values)
    read_only = values.copy()
    read_only.flags.writeable = False
    kinds = {
        "float32": values.astype(np.float32),
        "float16": values.astype(np.float16),
        "big-endian": values.astype(">f8"),
        "Fortran order": np.asfortranarray(values),
        "read-only": read_only,
        "negative strides": values[::-1][::-1],
        "list": values.tolist(),
    }
    for kind, given in kinds.items():
        near = 2e-2 if kind == "float16" else 1e-4
        np.testing.assert_allclose(_output(estimator, given), expected, rtol=near, atol=near, err_msg=kind)
    clone(estimator).fit(read_only, labels)
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/windows.npy"
        np.save(path, values)
        mapped = np.load(path, mmap_mode="r")
        np.testing.assert_allclose(_output(estimator, mapped), expected, atol=1e-6, err_msg="memory map")
        clone(estimator).fit(mapped, labels)
        del mapped


def check_windows_come_back_as_windows(estimator) -> None:
    """A transformer that keeps the shape gives Windows for Windows, with all they carry."""
    if not hasattr(estimator, "transform"):
        return
    windows, labels = _windows()
    result = estimator.fit(windows, labels).transform(windows)
    if getattr(result, "ndim", 2) != 3:
        return
    assert isinstance(result, Windows), f"Windows went in, {type(result).__name__} came out"
    for name in PER_WINDOW:
        np.testing.assert_array_equal(getattr(result, name), getattr(windows, name), err_msg=name)
    assert (result.channel_names, result.sampling_rate) == (windows.channel_names, windows.sampling_rate)
    assert isinstance(estimator.transform(np.asarray(windows)), np.ndarray)


def check_state_is_made_in_fit(estimator) -> None:
    """Predicting or transforming changes nothing; an unfitted estimator says so."""
    windows, labels = _windows()
    with _refusal("not fitted", NotFittedError):
        _output(estimator, windows)
    estimator.fit(windows, labels)
    check_is_fitted(estimator)
    before = joblib.hash(estimator.__dict__)
    _output(estimator, windows)
    assert joblib.hash(estimator.__dict__) == before, "predicting changed the estimator"


def check_copies_predict_the_same(estimator) -> None:
    """Pickled, deep-copied and refitted clones answer alike; a pickle holds no training data."""
    windows, labels = _windows()
    estimator.fit(windows, labels)
    expected = _output(estimator, windows)
    pickled = pickle.dumps(estimator)
    np.testing.assert_array_equal(_output(pickle.loads(pickled), windows), expected)
    np.testing.assert_array_equal(_output(copy.deepcopy(estimator), windows), expected)
    np.testing.assert_array_equal(_output(clone(estimator).fit(windows, labels), windows), expected)
    assert np.asarray(windows)[7].tobytes() not in pickled, "the pickle holds training data"


def check_global_randomness_is_untouched(estimator) -> None:
    """NumPy's and torch's global generators are left as they were found."""
    import torch

    windows, labels = _windows()
    before, torch_before = _numpy_state(), torch.get_rng_state()
    _output(estimator.fit(windows, labels), windows)
    assert _numpy_state() == before, "NumPy's global generator was moved"
    assert torch.equal(torch.get_rng_state(), torch_before), "torch's global generator was moved"


def _numpy_state() -> tuple:
    """State of NumPy's global generator: its position too, for a draw may move nothing else."""
    name, keys, *rest = np.random.get_state()
    return name, np.asarray(keys).tobytes(), *rest


def _windows() -> tuple[Windows, np.ndarray]:
    """Windows of two activities of four people, easy to tell apart."""
    rng = np.random.default_rng(0)
    n_windows = 32
    labels = np.array(["sit", "walk"])[np.arange(n_windows) % 2]
    values = rng.normal(size=(n_windows, 16, 3)) + (labels == "walk")[:, np.newaxis, np.newaxis]
    # numbers that float16 holds too, so that features that count find the same
    values = np.round(256 * values) / 256
    windows = Windows(
        values,
        subjects=np.repeat([1, 2, 3, 4], n_windows // 4),
        recordings=np.zeros(n_windows, int),
        runs=np.repeat([0, 1, 2, 3], n_windows // 4),
        starts=np.arange(n_windows) * 16,
        channel_names=CHANNELS,
        sampling_rate=50.0,
    )
    return windows, labels


def _output(estimator, windows) -> np.ndarray:
    if is_classifier(estimator):
        return estimator.predict_proba(windows)
    return np.asarray(estimator.transform(windows))


def _assert_refused(estimator, windows, says: str) -> None:
    with _refusal(says):
        _output(estimator, windows)


@contextmanager
def _refusal(says: str, kind: type[Exception] = ValueError):
    """Demand an error of a kind that says something."""
    try:
        yield
    except kind as error:
        if says not in str(error):
            raise AssertionError(f"the error does not say {says!r}: {error}") from error
    else:
        raise AssertionError(f"no {kind.__name__} that says {says!r} was raised")
