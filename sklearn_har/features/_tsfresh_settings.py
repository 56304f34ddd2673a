"""The sets of tsfresh as data, what a user may pass for them, and how tsfresh spells columns.

tsfresh itself is not imported here: that takes seconds.
"""

import inspect
from collections.abc import Callable, Hashable, Mapping, Sequence
from difflib import get_close_matches
from itertools import product

from ..windowing import Windows

Calculator = str | Callable
Settings = dict[Calculator, list[dict]]  # a calculator without parameters has [{}]

COMPREHENSIVE: Settings = {
    "variance_larger_than_standard_deviation": [{}],
    "has_duplicate_max": [{}],
    "has_duplicate_min": [{}],
    "has_duplicate": [{}],
    "sum_values": [{}],
    "abs_energy": [{}],
    "mean_abs_change": [{}],
    "mean_change": [{}],
    "mean_second_derivative_central": [{}],
    "median": [{}],
    "mean": [{}],
    "length": [{}],
    "standard_deviation": [{}],
    "variation_coefficient": [{}],
    "variance": [{}],
    "skewness": [{}],
    "kurtosis": [{}],
    "root_mean_square": [{}],
    "absolute_sum_of_changes": [{}],
    "longest_strike_below_mean": [{}],
    "longest_strike_above_mean": [{}],
    "count_above_mean": [{}],
    "count_below_mean": [{}],
    "last_location_of_maximum": [{}],
    "first_location_of_maximum": [{}],
    "last_location_of_minimum": [{}],
    "first_location_of_minimum": [{}],
    "percentage_of_reoccurring_values_to_all_values": [{}],
    "percentage_of_reoccurring_datapoints_to_all_datapoints": [{}],
    "sum_of_reoccurring_values": [{}],
    "sum_of_reoccurring_data_points": [{}],
    "ratio_value_number_to_time_series_length": [{}],
    "sample_entropy": [{}],
    "maximum": [{}],
    "absolute_maximum": [{}],
    "minimum": [{}],
    "benford_correlation": [{}],
    "time_reversal_asymmetry_statistic": [{"lag": lag} for lag in range(1, 4)],
    "c3": [{"lag": lag} for lag in range(1, 4)],
    "cid_ce": [{"normalize": True}, {"normalize": False}],
    # products, not decimals: 3 * 0.05 is 0.15000000000000002, and columns are named so
    "symmetry_looking": [{"r": i * 0.05} for i in range(20)],
    "large_standard_deviation": [{"r": i * 0.05} for i in range(1, 20)],
    "quantile": [{"q": q} for q in (0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9)],
    "autocorrelation": [{"lag": lag} for lag in range(10)],
    "agg_autocorrelation": [{"f_agg": f_agg, "maxlag": 40} for f_agg in ("mean", "median", "var")],
    "partial_autocorrelation": [{"lag": lag} for lag in range(10)],
    "number_cwt_peaks": [{"n": n} for n in (1, 5)],
    "number_peaks": [{"n": n} for n in (1, 3, 5, 10, 50)],
    "binned_entropy": [{"max_bins": 10}],
    "index_mass_quantile": [{"q": q} for q in (0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9)],
    "cwt_coefficients": [
        {"widths": (2, 5, 10, 20), "coeff": coeff, "w": w} for coeff in range(15) for w in (2, 5, 10, 20)
    ],
    "spkt_welch_density": [{"coeff": coeff} for coeff in (2, 5, 8)],
    "ar_coefficient": [{"coeff": coeff, "k": 10} for coeff in range(11)],
    "change_quantiles": [
        {"ql": ql, "qh": qh, "isabs": isabs, "f_agg": f_agg}
        for ql, qh, isabs, f_agg in product(
            (0.0, 0.2, 0.4, 0.6, 0.8), (0.2, 0.4, 0.6, 0.8, 1.0), (False, True), ("mean", "var")
        )
        if ql < qh
    ],
    "fft_coefficient": [
        {"coeff": coeff, "attr": attr}
        for attr, coeff in product(("real", "imag", "abs", "angle"), range(100))
    ],
    "fft_aggregated": [{"aggtype": aggtype} for aggtype in ("centroid", "variance", "skew", "kurtosis")],
    "value_count": [{"value": value} for value in (0, 1, -1)],
    "range_count": [{"min": -1, "max": 1}, {"min": -1e12, "max": 0}, {"min": 0, "max": 1e12}],
    "approximate_entropy": [{"m": 2, "r": r} for r in (0.1, 0.3, 0.5, 0.7, 0.9)],
    "friedrich_coefficients": [{"coeff": coeff, "m": 3, "r": 30} for coeff in range(4)],
    "max_langevin_fixed_point": [{"m": 3, "r": 30}],
    "linear_trend": [{"attr": attr} for attr in ("pvalue", "rvalue", "intercept", "slope", "stderr")],
    "agg_linear_trend": [
        {"attr": attr, "chunk_len": chunk_len, "f_agg": f_agg}
        for attr, chunk_len, f_agg in product(
            ("rvalue", "intercept", "slope", "stderr"), (5, 10, 50), ("max", "min", "mean", "var")
        )
    ],
    "augmented_dickey_fuller": [{"attr": attr} for attr in ("teststat", "pvalue", "usedlag")],
    "number_crossing_m": [{"m": m} for m in (0, -1, 1)],
    "energy_ratio_by_chunks": [{"num_segments": 10, "segment_focus": focus} for focus in range(10)],
    "ratio_beyond_r_sigma": [{"r": r} for r in (0.5, 1, 1.5, 2, 2.5, 3, 5, 6, 7, 10)],
    "count_above": [{"t": 0}],
    "count_below": [{"t": 0}],
    "lempel_ziv_complexity": [{"bins": bins} for bins in (2, 3, 5, 10, 100)],
    "fourier_entropy": [{"bins": bins} for bins in (2, 3, 5, 10, 100)],
    "permutation_entropy": [{"tau": 1, "dimension": dimension} for dimension in (3, 4, 5, 6, 7)],
    "query_similarity_count": [{"query": None, "threshold": 0.0}],
    "mean_n_absolute_max": [{"number_of_maxima": 7}],
}
COSTLY = ("sample_entropy", "approximate_entropy")  # in tsfresh, where they are not compiled
MINIMAL = (
    "sum_values",
    "median",
    "mean",
    "length",
    "standard_deviation",
    "variance",
    "root_mean_square",
    "maximum",
    "absolute_maximum",
    "minimum",
)
SETS: dict[str, Settings] = {
    "comprehensive": COMPREHENSIVE,
    "efficient": {name: of_it for name, of_it in COMPREHENSIVE.items() if name not in COSTLY},
    "minimal": {name: COMPREHENSIVE[name] for name in MINIMAL},
}
OPTIONAL = {  # parameters that may be left out
    "augmented_dickey_fuller": {"autolag"},
    "query_similarity_count": {"query", "threshold", "normalize"},
}
NEEDS_TIMES = (
    "linear_trend_timewise"  # of a DatetimeIndex, which windows do not have: no columns, as in tsfresh
)


def names_of_channels(windows: Windows, names: Sequence[str] | None) -> list[str]:
    """Names for columns: those given, else those of the windows, else numbers.

    Raises
    ------
    ValueError
        If they are not one for each channel, or cannot be split from the names of features.
    """
    n_channels = windows.shape[2]
    names = windows.channel_names if names is None else names
    if names is None:
        names = [f"channel_{channel}" for channel in range(n_channels)]
    names = [str(name) for name in names]
    if len(names) != n_channels or len(set(names)) != n_channels:
        raise ValueError(f"channel_names must be {n_channels} different names; got {names!r}.")
    for name in names:
        if "__" in name or name.endswith("_"):
            raise ValueError(
                f"The channel {name!r} has '__' in its name, or '_' at its end, where names of features "
                "are split. Pass other names as channel_names."
            )
    return names


def settings_of_channels(settings, channel_names: Sequence[str]) -> dict[str, Settings]:
    """Say what is computed of each channel.

    Parameters
    ----------
    settings : str or mapping
        The name of a set, tsfresh's settings (calculators to parameters), or a mapping from channels
        to such settings, as ``tsfresh.feature_extraction.settings.from_columns`` makes it.
    channel_names : sequence of str

    Returns
    -------
    dict of str to dict
        Checked settings of every channel, ``[{}]`` for calculators without parameters; a channel that is
        not in a mapping of channels has none.

    Raises
    ------
    ValueError
        If a channel, a calculator or a parameter is unknown, or nothing is asked for.
    TypeError
        If something stands where channels, calculators or parameters should.
    """
    if isinstance(settings, str):
        return dict.fromkeys(channel_names, SETS[settings])
    if not settings:
        raise ValueError("settings is empty: there is no feature to compute.")
    if not all(isinstance(of_it, Mapping) for of_it in settings.values()):
        _check_is_not_of_channels(settings, channel_names)
        checked = _checked(settings)
        return dict.fromkeys(channel_names, checked)
    for name, of_it in settings.items():
        if name not in channel_names:
            if name in COMPREHENSIVE:
                _check_is_list(name, of_it)
            raise ValueError(
                f"settings has the channel {name!r}, but the channels are {_list(channel_names)}"
                f"{_nearest(name, channel_names)}"
            )
    return {name: _checked(settings.get(name, {})) for name in channel_names}


def parameters_of(calculator: str) -> set[str]:
    """Names of the parameters that a calculator of the comprehensive set must or may have."""
    return set(COMPREHENSIVE[calculator][0]) | OPTIONAL.get(calculator, set())


def column_key(calculator: str, parameter: dict) -> str:
    """Spell the part of a column's name that follows the channel, as tsfresh does."""
    if calculator == "augmented_dickey_fuller":  # always written, and always as text
        parameter = {**parameter, "autolag": str(parameter.get("autolag", "AIC"))}
    elif calculator == "cwt_coefficients":
        parameter = {**parameter, "widths": tuple(parameter["widths"])}
    parts = [f"{name}_{_quoted(parameter[name])}" for name in sorted(parameter)]
    return "__".join([calculator, *parts])


def _quoted(value) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _checked(settings: Mapping) -> Settings:
    checked: Settings = {}
    for calculator, parameters in settings.items():
        if not (callable(calculator) or isinstance(calculator, str)):
            raise TypeError(
                f"settings has the key {calculator!r}: not the name of a calculator, nor a function."
            )
        if isinstance(calculator, str):
            _check_calculator(calculator)
        _check_is_list(calculator, parameters)
        asked = [dict(one) for one in parameters or ()] or [{}]
        checked[calculator] = _without_repeats(calculator, asked) if isinstance(calculator, str) else asked
    return checked


def _check_is_list(calculator, parameters) -> None:
    is_list = isinstance(parameters, Sequence) and all(isinstance(one, Mapping) for one in parameters)
    if not (parameters is None or is_list):
        raise TypeError(
            f"The parameters of {calculator!r} in settings must be None or a list of dicts; "
            f"got {parameters!r}."
        )


def _check_is_not_of_channels(settings: Mapping, channel_names: Sequence[str]) -> None:
    """Refuse settings where only some of the values are calculators of a channel."""
    for name in settings:
        if name in channel_names and name not in COMPREHENSIVE:
            other = next(key for key, of_it in settings.items() if not isinstance(of_it, Mapping))
            raise TypeError(
                f"settings has the channel {name!r}, so that all keys must be channels with a dict of "
                f"calculators each; got {settings[other]!r} for {other!r}."
            )


def _without_repeats(calculator: str, parameters: list[dict]) -> list[dict]:
    """The first of each that gives a column of its own name."""
    first: dict[Hashable, dict] = {}
    for one in parameters:
        _check_parameters(calculator, one)
        if one.get("autolag") == "None":  # from_columns of tsfresh reads None as text
            one["autolag"] = None
        first.setdefault(column_key(calculator, one), one)
    return list(first.values())


def _check_calculator(name: str) -> None:
    """Refuse what neither we nor the installed tsfresh know; only for an unknown name is tsfresh asked."""
    if name not in COMPREHENSIVE and name != NEEDS_TIMES and _function_of_tsfresh(name) is None:
        raise ValueError(
            f"settings has the calculator {name!r}, which tsfresh does not know"
            f"{_nearest(name, COMPREHENSIVE)}"
        )


def _check_parameters(calculator: str, parameter: dict) -> None:
    if calculator not in COMPREHENSIVE:
        return
    known = parameters_of(calculator)
    needed = sorted(known - OPTIONAL.get(calculator, set()))
    missing = [name for name in needed if name not in parameter]
    if missing:
        raise ValueError(f"settings gives {calculator} no {missing[0]!r}: it needs {_list(needed)}.")
    for name in parameter:
        if name not in known and not _takes(calculator, name):
            raise ValueError(
                f"settings gives {calculator} {name!r}, which it does not take{_nearest(name, known)}"
            )


def _takes(calculator: str, parameter: str) -> bool:
    """Whether the installed tsfresh, perhaps a newer one, takes a parameter that we do not know."""
    function = _function_of_tsfresh(calculator)
    return function is not None and parameter in inspect.signature(function).parameters


def _function_of_tsfresh(name: str) -> Callable | None:
    from tsfresh.feature_extraction import feature_calculators

    function = getattr(feature_calculators, name, None)
    return function if hasattr(function, "fctype") else None


def _nearest(name, known) -> str:
    found = get_close_matches(str(name), list(known), n=1, cutoff=0.0)
    return f". The nearest is {found[0]!r}." if found else "."


def _list(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names))
