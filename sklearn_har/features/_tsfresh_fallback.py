"""Calculators that are not compiled: tsfresh's own functions, and those of users, window by window."""

import threading
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd

from .._core._warnings import warn_user
from ..exceptions import CalculatorFailedWarning
from ._tsfresh_settings import Calculator

# Filters of warnings belong to the process; and these functions hold the interpreter's lock anyway.
_ONE_AT_A_TIME = threading.Lock()


def values_of_windows(calculator: Calculator, values, parameters: list[dict], keys: list[str]) -> np.ndarray:
    """Compute columns of windows of one channel, one window after the other.

    Parameters
    ----------
    calculator : str or callable
        Of tsfresh, or made as tsfresh's are.
    values : ndarray of shape (n_windows, n_timesteps)
    parameters : list of dict
    keys : list of str
        The columns to return, of those that `keyed_values` gives.

    Returns
    -------
    ndarray of float64 of shape (n_windows, n_keys)
        NaN for windows on which the calculator raises, where tsfresh would stop the whole run; a
        `CalculatorFailedWarning` says so.
    """
    found = np.full((len(values), len(keys)), np.nan)
    n_failed, error = 0, None
    for i, window in enumerate(values):
        try:
            of_window = keyed_values(calculator, window, parameters)
        except Exception as raised:
            n_failed, error = n_failed + 1, raised
            continue
        found[i] = [of_window.get(key, np.nan) for key in keys]
    if n_failed:
        warn_user(
            f"{name_of(calculator)} raised {error!r} on {n_failed} of {len(values)} windows: its values "
            "are NaN there.",
            CalculatorFailedWarning,
        )
    return found


def keyed_values(calculator: Calculator, window: np.ndarray, parameters: list[dict]) -> dict[str, float]:
    """Values of one window, by the part of their column's name that follows the channel."""
    function = function_of(calculator)
    x = pd.Series(window) if getattr(function, "input", None) == "pd.Series" else window.copy()
    with _ONE_AT_A_TIME, warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        if getattr(function, "fctype", None) == "combiner":
            pairs = list(function(x, param=[dict(one) for one in parameters]))
        else:
            pairs = [(_spelt(one), function(x, **one)) for one in parameters]
    name = name_of(calculator)
    return {f"{name}__{key}" if key else name: float(value) for key, value in pairs}


def needs_times(calculator: Calculator) -> bool:
    """Whether a calculator asks for an index of times, so that tsfresh leaves it out for plain samples."""
    return getattr(function_of(calculator), "index_type", None) is not None


def name_of(calculator: Calculator) -> str:
    """Name of a calculator, as it stands in columns."""
    return calculator if isinstance(calculator, str) else calculator.__name__


def is_of_tsfresh(calculator: Calculator) -> bool:
    """Whether it is tsfresh's own: functions of users can be put among them, and are known by name then."""
    return not callable(calculator) and function_of(calculator).__module__.startswith("tsfresh.")


def function_of(calculator: Calculator) -> Callable:
    """Return the function that computes it, window by window."""
    if callable(calculator):
        return calculator
    from tsfresh.feature_extraction import feature_calculators

    return getattr(feature_calculators, calculator)


def _spelt(parameter: dict) -> str:
    from tsfresh.utilities.string_manipulation import convert_to_output_format

    return convert_to_output_format(parameter)
