"""Compare compiled calculators with tsfresh's own functions, window by window.

The rule: a value is tsfresh's to a relative 1e-6 or to 1e-9 of the feature's scale, NaN and infinity in the
same places. What is not, is accepted in two cases only: noise of one unit in the last place on the window
moves tsfresh's own value as far, or the difference is listed in exceptions.py, within the bound given there.
"""

import warnings
from collections import Counter
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tsfresh import extract_features
from tsfresh.feature_extraction import ComprehensiveFCParameters, feature_calculators
from tsfresh.utilities.string_manipulation import convert_to_output_format

from sklearn_har import datasets
from sklearn_har.exceptions import CalculatorFailedWarning
from sklearn_har.features import calculators
from sklearn_har.features.calculators._batch import Batch
from sklearn_har.windowing import sliding_windows

from .exceptions import EXCEPTIONS

LENGTHS = [1, 2, 5, 16, 64, 100, 128, 200, 300, 1000, 1500]
RELATIVE = 1e-6
OF_SCALE = 1e-9  # absolute, as a part of the feature's scale
# Skewness of equal samples, and which bin a sample on an edge falls in, depend on pandas: ours are as in 3.1.
OF_PANDAS = {"skewness", "kurtosis", "friedrich_coefficients", "max_langevin_fixed_point"}
COMPARES_OF_PANDAS = tuple(map(int, pd.__version__.split(".")[:2])) >= (3, 1)
NOISY_TRIALS = 100  # at most: as soon as they cover the difference, there are no more


def _size(row: np.ndarray) -> float:
    return np.abs(row).max()


def _scale_of_line(row: np.ndarray, parameter: dict) -> float:
    if parameter["attr"] in ("rvalue", "pvalue"):
        return 1.0
    return np.var(row) if parameter.get("f_agg") == "var" else _size(row)


# Scales of features that can be far below it. The scale of all others is the largest value, on the same
# window, of the calculator's columns whose text parameters (`attr`, `f_agg`, ...) are the same.
SCALES = {
    "agg_autocorrelation": lambda row, parameter: 1.0,
    "agg_linear_trend": _scale_of_line,
    "ar_coefficient": lambda row, parameter: 1.0 if parameter["coeff"] else 1.0 + _size(row),
    "augmented_dickey_fuller": lambda row, parameter: 1.0,
    "autocorrelation": lambda row, parameter: 1.0,
    "c3": lambda row, parameter: np.mean(np.abs(row) ** 3),
    "linear_trend": _scale_of_line,
    "partial_autocorrelation": lambda row, parameter: 1.0,
    "time_reversal_asymmetry_statistic": lambda row, parameter: np.mean(np.abs(row) ** 3),
}


def windows(n_timesteps: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Windows of all kinds, shape (n_windows, n_timesteps) each."""
    rng = np.random.default_rng([seed, n_timesteps])
    t = np.arange(n_timesteps)
    normal = rng.normal(size=(2, n_timesteps))
    spike = np.zeros((2, n_timesteps))
    spike[[0, 1], [n_timesteps // 3, n_timesteps - 1]] = 1.0, -5.0
    return {
        "walk": normal.cumsum(axis=1),
        "noisy sine": np.sin(2 * np.pi * t / 20.3) + 0.3 * normal,
        "noise": normal[::-1],
        "offset": 9.81 + normal,
        "integers": rng.integers(-3, 4, size=(2, n_timesteps)).astype(float),
        "two values": rng.choice([0.0, 1.0], size=(2, n_timesteps)),
        "ties": normal.cumsum(axis=1).round(),
        "spike": spike,
        "constant": np.repeat([[0.0], [1.0], [0.1]], n_timesteps, axis=1),
        "linear": np.stack([t * 1.0, 3.0 - 0.1 * t]),
        "tiny": 1e-12 * normal.cumsum(axis=1),
        "huge": 1e12 * normal.cumsum(axis=1),
    }


def some_windows(max_size: int = 40):
    """Windows that hypothesis makes: any numbers of a sane size, and few different ones."""
    sizes = st.floats(1e-150, 1e6)
    numbers = sizes | sizes.map(lambda size: -size) | st.integers(-3, 3).map(float)
    few = st.sampled_from([-1.0, 0.0, 0.1, 1.0, 2.5])
    return st.integers(1, max_size).flatmap(
        lambda n: arrays(np.float64, (1, n), elements=numbers) | arrays(np.float64, (1, n), elements=few)
    )


def recorded(folder: str, home: str, n_windows: int, seed: int = 0, length: float = 2.56) -> np.ndarray:
    """Windows of one channel from a published dataset, no person twice in an activity if there are enough.

    Channels take turns. ``length`` is in seconds.
    """
    rows, labels = getattr(datasets, f"fetch_{folder}")(data_home=home, return_X_y=True)
    windows, activities = sliding_windows(rows, labels, window_length=length)
    rng = np.random.default_rng(seed)
    mixed = rng.permutation(len(windows))
    pairs = pd.Series(zip(windows.subjects[mixed], np.asarray(activities)[mixed], strict=True))
    turns = pairs.groupby(pairs).cumcount().to_numpy()  # how many windows of the pair come before
    chosen = mixed[np.argsort(turns, kind="stable")[:n_windows]]
    some = np.asarray(windows[chosen], dtype=np.float64)
    return some[np.arange(len(some)), :, np.arange(len(some)) % some.shape[2]]


@cache
def comprehensive() -> dict:
    """Parameters of every calculator in tsfresh's comprehensive set."""
    return {name: parameters or [{}] for name, parameters in ComprehensiveFCParameters().items()}


class Difference(NamedTuple):
    """One value that is not tsfresh's, and why it may be so: "noise", "listed", or "" where it may not."""

    calculator: str
    parameter: dict
    ours: float
    theirs: float | None
    window: np.ndarray
    accepted: str

    def __str__(self) -> str:
        window = np.array2string(self.window, threshold=8)
        return (
            f"  {self.calculator} {self.parameter}: {self.ours!r}, tsfresh {self.theirs!r}; "
            f"n={len(self.window)}, {window}"
        )


def assert_parity(name: str, values: np.ndarray, parameters: list[dict] | None = None) -> None:
    """Assert that a compiled calculator gives what tsfresh's function gives, for each window and parameter.

    Parameters
    ----------
    name : str
        Of the calculator.
    values : array of shape (n_windows, n_timesteps)
    parameters : list of dict, default=None
        None takes those of the comprehensive set.
    """
    values = np.ascontiguousarray(values, dtype=np.float64)
    parameters = comprehensive()[name] if parameters is None else parameters
    given = values.copy()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CalculatorFailedWarning)
        ours = getattr(calculators, name)(Batch(values), [dict(one) for one in parameters])
    np.testing.assert_array_equal(values, given, err_msg=f"{name} changed its input")
    assert ours.dtype == np.float64
    assert ours.shape == (len(values), len(parameters)), f"{name} gives the shape {ours.shape}"
    theirs = [tsfresh_values(name, row, parameters) for row in values]
    assert_accepted(differences(name, values, parameters, ours, theirs))


def assert_accepted(found: list[Difference]) -> None:
    wrong = [one for one in found if not one.accepted]
    if wrong:
        names = dict(Counter(one.calculator for one in wrong))
        raise AssertionError("\n".join([f"values differ: {names}", *map(str, wrong[:8])]))


def set_differences(settings: dict, values: np.ndarray, table: np.ndarray) -> list[Difference]:
    """Where a table of windows of one channel differs from that of `tsfresh.extract_features` itself."""
    theirs = tsfresh_tables(settings, values)
    settings = {name: parameters or [{}] for name, parameters in settings.items()}
    stops = np.cumsum([len(parameters) for parameters in settings.values()])[:-1]
    found = []
    for (name, parameters), ours in zip(settings.items(), np.split(table, stops, axis=1), strict=True):
        found += differences(name, values, parameters, ours, theirs[name])
    return found


def differences(name, values, parameters, ours, theirs) -> list[Difference]:
    """Where ``ours``, of shape (n_windows, n_parameters), are not ``theirs``; None where tsfresh raises."""
    found = []
    if name in OF_PANDAS and not COMPARES_OF_PANDAS:
        return found
    for row, of_row, expected in zip(values, ours, theirs, strict=True):
        if expected is None:  # it would have aborted the run
            close = np.isnan(of_row)
            expected = [None] * len(parameters)
        else:
            close = _close(of_row, expected, _floors(name, row, expected, parameters))
        if close.all():
            continue
        places = np.flatnonzero(~close)
        listed = [i for i in places if _listed(name, row, parameters[i], of_row[i], expected[i])]
        noise = _within_noise(name, row, parameters, of_row, expected, set(places) - set(listed))
        for i in places:
            accepted = "listed" if i in listed else "noise" if i in noise else ""
            found.append(Difference(name, parameters[i], of_row[i], expected[i], row, accepted))
    return found


def tsfresh_tables(settings: dict, values: np.ndarray) -> dict[str, list]:
    """What `tsfresh.extract_features` gives: of each calculator, an array for each window.

    Where it aborts the run, each calculator is called on each window, and None stands where it raises.
    """
    try:
        table = extracted(settings, values)
    except Exception:
        return {
            name: [tsfresh_values(name, row, one or [{}]) for row in values] for name, one in settings.items()
        }
    stops = np.cumsum([len(parameters or [{}]) for parameters in settings.values()])[:-1]
    return dict(zip(settings, map(list, np.split(table, stops, axis=1)), strict=True))


def extracted(settings: dict, values: np.ndarray) -> np.ndarray:
    """The table of `tsfresh.extract_features` for windows of one channel."""
    n_windows, n_timesteps = values.shape
    rows = pd.DataFrame({"id": np.repeat(np.arange(n_windows), n_timesteps), "x": values.ravel()})
    settings = {name: None if one == [{}] else one for name, one in settings.items()}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return extract_features(
            rows, column_id="id", default_fc_parameters=settings, n_jobs=0, disable_progressbar=True
        ).to_numpy()


def tsfresh_values(name: str, row: np.ndarray, parameters: list[dict]) -> np.ndarray | None:
    """tsfresh's own values on one window, or None where it raises."""
    function = getattr(feature_calculators, name)
    x = pd.Series(row) if getattr(function, "input", None) == "pd.Series" else row.copy()
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            if function.fctype == "combiner":
                result = dict(function(x, param=[dict(one) for one in parameters]))
            else:
                result = [function(x, **one) for one in parameters]
        except Exception:
            return None
    if isinstance(result, dict):
        result = [_of_combiner(result, name, one) for one in parameters]
    return np.array(result, dtype=np.float64)


def _of_combiner(result: dict, name: str, parameter: dict):
    if name == "augmented_dickey_fuller":
        parameter = {"autolag": "AIC", **parameter}
    return result[convert_to_output_format(parameter)]


def _floors(name, row, theirs, parameters) -> np.ndarray:
    if name in SCALES:
        return OF_SCALE * np.array([SCALES[name](row, one) for one in parameters])
    groups = [tuple(sorted((k, v) for k, v in one.items() if isinstance(v, str))) for one in parameters]
    sizes = np.where(np.isfinite(theirs), np.abs(theirs), 0.0)
    largest: dict = {}
    for group, size in zip(groups, sizes, strict=True):
        largest[group] = max(size, largest.get(group, 0.0))
    return OF_SCALE * np.array([largest[group] for group in groups])


def _close(ours, theirs, floors) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        near = np.abs(ours - theirs) <= np.maximum(RELATIVE * np.abs(theirs), floors)
    both = np.isfinite(ours) & np.isfinite(theirs)
    return np.where(both, near, (ours == theirs) | (np.isnan(ours) & np.isnan(theirs)))


def _listed(name, row, parameter, mine, theirs) -> bool:
    if theirs is None:
        return False
    for listed in EXCEPTIONS:
        if listed.calculator == name and listed.applies(row, parameter):
            value, bound = listed.expected(row, parameter, theirs)
            assert np.isfinite(bound)
            return abs(mine - value) <= bound or (np.isnan(mine) and np.isnan(value))
    return False


def _within_noise(name, row, parameters, ours, theirs, places) -> set[int]:
    """The places at which noise of one unit in the last place moves tsfresh's own value as far as ours is.

    Calculators that take all parameters at once get all, because some look at their number.
    """
    at_once = getattr(feature_calculators, name).fctype == "combiner"
    moved: dict[int, list[float]] = {i: [] if theirs[i] is None else [theirs[i]] for i in places}
    covered: set[int] = set()
    rng = np.random.default_rng(0)
    for _ in range(NOISY_TRIALS):
        left = sorted(set(places) - covered)
        if not left:
            break
        steps = rng.integers(-1, 2, size=len(row))
        noisy = np.where(steps == 0, row, np.nextafter(row, np.where(steps > 0, np.inf, -np.inf)))
        asked = range(len(parameters)) if at_once else left
        values = tsfresh_values(name, noisy, [parameters[i] for i in asked])
        for i, value in zip(asked, [None] * len(asked) if values is None else values, strict=True):
            if i in left and value is not None:
                moved[i].append(value)
                if _covers(np.array(moved[i]), ours[i], theirs[i], parameters[i]):
                    covered.add(i)
    return covered


def _covers(moved, mine, theirs, parameter) -> bool:
    if theirs is None or not (np.isfinite(mine) and np.isfinite(theirs)):  # the same kind of number is enough
        if np.isnan(mine):
            return bool(np.isnan(moved).any())
        return bool((moved == mine).any() if np.isinf(mine) else np.isfinite(moved).any())
    finite = moved[np.isfinite(moved)]
    distance = _turn if parameter.get("attr") == "angle" else np.abs
    return bool(distance(mine - theirs) <= distance(finite[:, np.newaxis] - finite).max())


def _turn(degrees):
    """How far apart two angles are."""
    return np.abs((degrees + 180) % 360 - 180)
