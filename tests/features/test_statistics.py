"""Statistics, changes, counts, locations and quantiles are tsfresh's."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings

from sklearn_har.features import calculators
from sklearn_har.features.calculators._batch import Batch, NotCompiled

from .parity import LENGTHS, assert_parity, comprehensive, some_windows, windows

WITHOUT_PARAMETERS = [
    "sum_values",
    "mean",
    "median",
    "length",
    "standard_deviation",
    "variance",
    "root_mean_square",
    "maximum",
    "absolute_maximum",
    "minimum",
    "abs_energy",
    "mean_abs_change",
    "mean_change",
    "mean_second_derivative_central",
    "absolute_sum_of_changes",
    "skewness",
    "kurtosis",
    "variation_coefficient",
    "variance_larger_than_standard_deviation",
    "has_duplicate",
    "has_duplicate_max",
    "has_duplicate_min",
    "count_above_mean",
    "count_below_mean",
    "longest_strike_above_mean",
    "longest_strike_below_mean",
    "first_location_of_maximum",
    "last_location_of_maximum",
    "first_location_of_minimum",
    "last_location_of_minimum",
    "percentage_of_reoccurring_values_to_all_values",
    "percentage_of_reoccurring_datapoints_to_all_datapoints",
    "sum_of_reoccurring_values",
    "sum_of_reoccurring_data_points",
    "ratio_value_number_to_time_series_length",
    "benford_correlation",
]
# beside the parameters of the comprehensive set, which all are compared, some that users may choose
WITH_PARAMETERS = {
    "large_standard_deviation": [{"r": 0}, {"r": 0.29}, {"r": -0.5}],
    "symmetry_looking": [{"r": 0.001}, {"r": 1}],
    "ratio_beyond_r_sigma": [{"r": 0}, {"r": 0.25}, {"r": 1.0}],
    "mean_n_absolute_max": [{"number_of_maxima": number} for number in (1, 2, 4, 5, 63)],
    "cid_ce": [{"normalize": False}],
    "c3": [{"lag": lag} for lag in (0, 7, 40)],
    "time_reversal_asymmetry_statistic": [{"lag": lag} for lag in (0, 7, 40)],
    "value_count": [{"value": value} for value in (0.1, 1e300, np.nan, -3)],
    "range_count": [{"min": 0.1, "max": 1}, {"min": 1, "max": 1}, {"min": -np.inf, "max": np.inf}],
    "count_above": [{"t": 0.1}, {"t": -np.inf}, {"t": np.nan}],
    "count_below": [{"t": 0.1}, {"t": 1}, {"t": np.inf}],
    "number_crossing_m": [{"m": 0.1}, {"m": 0.5}, {"m": 9.81}],
    "quantile": [{"q": q} for q in (0, 0.05, 0.5, 1 / 3, 0.999, 1)],
    "index_mass_quantile": [{"q": q} for q in (0, 0.05, 0.5, 1, 2, -1)],
    "energy_ratio_by_chunks": [
        {"num_segments": number, "segment_focus": chunk}
        for number, chunk in ((1, 0), (3, 2), (7, 6), (200, 150))
    ],
}


def _parameters(name: str) -> list[dict]:
    return comprehensive()[name] + WITH_PARAMETERS.get(name, [])


@pytest.mark.parametrize("name", [*WITHOUT_PARAMETERS, *WITH_PARAMETERS])
def test_values_are_those_of_tsfresh(name):
    for n_timesteps in LENGTHS:
        for values in windows(n_timesteps).values():
            assert_parity(name, values, _parameters(name))


@pytest.mark.parametrize("name", [*WITHOUT_PARAMETERS, *WITH_PARAMETERS])
@settings(max_examples=30, deadline=None)
@given(values=some_windows())
def test_values_are_those_of_tsfresh_for_any_window(name, values):
    assert_parity(name, values, _parameters(name))


@pytest.mark.parametrize("n_timesteps", LENGTHS)
def test_changes_in_corridors_are_those_of_tsfresh(n_timesteps):
    for values in windows(n_timesteps).values():
        assert_parity("change_quantiles", values[:1])


CORRIDORS = [
    {"ql": 0.2, "qh": 0.8, "isabs": True, "f_agg": "mean"},
    {"ql": 0.0, "qh": 1.0, "isabs": False, "f_agg": "var"},
    {"ql": 0.4, "qh": 0.6, "isabs": False, "f_agg": "mean"},
    {"ql": 0.35, "qh": 0.7, "isabs": True, "f_agg": "var"},
    {"ql": 0.0, "qh": 0.0, "isabs": True, "f_agg": "mean"},
    {"ql": 0.8, "qh": 0.2, "isabs": False, "f_agg": "mean"},
]


@pytest.mark.parametrize("n_timesteps", LENGTHS)
def test_changes_in_some_corridors_are_those_of_tsfresh(n_timesteps):
    for values in windows(n_timesteps, seed=1).values():
        assert_parity("change_quantiles", values[:1], CORRIDORS)


@settings(max_examples=50, deadline=None)
@given(values=some_windows())
def test_changes_in_corridors_are_those_of_tsfresh_for_any_window(values):
    assert_parity("change_quantiles", values, CORRIDORS)


def test_changes_in_a_corridor_by_hand():
    # quartiles of 0, 1, 2, 3, 10 are 1 and 3: changes 1 → 2 → 3 are inside, those from 0 and to 10 are not
    values = np.array([[0.0, 1.0, 2.0, 3.0, 10.0], [3.0, 0.0, 1.0, 10.0, 2.0]])
    columns = [
        {"ql": 0.25, "qh": 0.75, "isabs": False, "f_agg": statistic} for statistic in ("mean", "var")
    ] + [{"ql": 0.0, "qh": 0.75, "isabs": isabs, "f_agg": "mean"} for isabs in (False, True)]
    np.testing.assert_allclose(
        calculators.change_quantiles(Batch(values), columns), [[1, 0, 1, 1], [0, 0, -1, 2]]
    )


def test_changes_in_a_corridor_do_not_depend_on_the_corridors_beside_it():
    batch = Batch(np.concatenate(list(windows(128).values())))
    parameters = comprehensive()["change_quantiles"]
    together = calculators.change_quantiles(batch, parameters)
    alone = [calculators.change_quantiles(batch, [one])[:, 0] for one in parameters]
    np.testing.assert_array_equal(together, np.stack(alone, axis=1))


def test_what_does_not_depend_on_rounding_is_equal_to_the_last_bit():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(50, 137)).cumsum(axis=1)
    shares = [{"q": q} for q in np.linspace(0, 1, 101)]
    expected = np.quantile(values, np.linspace(0, 1, 101), axis=1).T
    np.testing.assert_array_equal(calculators.quantile(Batch(values), shares), expected)
    np.testing.assert_array_equal(
        calculators.sum_values(Batch(values), [{}])[:, 0], [row.sum() for row in values]
    )


@pytest.mark.parametrize("constant", [0.0, 0.1, 1.0, 1 / 3, -7e5, 1e12, 1e-12, 9.80665])
def test_skewness_and_kurtosis_of_equal_samples_are_undefined(constant):
    for n_timesteps in (3, 4, 10, 127, 128, 1000):
        batch = Batch(np.full((1, n_timesteps), constant))
        assert np.isnan(calculators.skewness(batch, [{}])).all()
        assert np.isnan(calculators.kurtosis(batch, [{}])).all()


def test_mean_of_equal_samples_is_rounded_as_numpy_rounds_it():
    # the mean of 128 times 0.1 is a little more than 0.1
    batch = Batch(np.full((1, 128), 0.1))
    assert calculators.count_below_mean(batch, [{}]) == 128
    assert calculators.longest_strike_below_mean(batch, [{}]) == 128
    assert calculators.large_standard_deviation(batch, [{"r": 0.5}]) == 1
    assert calculators.ratio_beyond_r_sigma(batch, [{"r": 0.5}]) == 1


def test_first_digits_are_those_of_the_shortest_text():
    rng = np.random.default_rng(0)
    powers = np.array([float(f"{digit}e{power}") for power in range(-322, 309) for digit in range(1, 10)])
    powers = powers[powers > 0]
    values = np.concatenate(
        [
            powers,
            np.nextafter(powers, 0),
            np.nextafter(powers, np.inf)[:-1],
            rng.integers(1, 2**63 - 2**53, size=2000).view(np.float64) % 1e300,
            [0.0, -0.0, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, -0.3],
        ]
    )
    values = values[np.isfinite(values)]
    windows_of_one = np.ascontiguousarray(values[:, np.newaxis])
    law = np.log10(1 + 1 / np.arange(1, 10))
    ours = calculators.benford_correlation(Batch(windows_of_one), [{}])[:, 0]
    for x, correlation in zip(values, ours, strict=True):
        digit = int(np.format_float_scientific(abs(x))[0])
        if digit == 0:
            assert np.isnan(correlation)
        else:
            expected = np.corrcoef(law, np.arange(1, 10) == digit)[0, 1]
            assert correlation == pytest.approx(expected, abs=1e-12), x


@pytest.mark.parametrize("name", [*WITHOUT_PARAMETERS, *WITH_PARAMETERS, "change_quantiles"])
def test_a_window_does_not_depend_on_the_others(name):
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.normal(size=(6, 45)), np.round(rng.normal(size=(6, 45))), np.zeros((1, 45))])
    parameters = comprehensive()[name]
    together = getattr(calculators, name)(Batch(values), parameters)
    apart = [getattr(calculators, name)(Batch(values[i : i + 1]), parameters)[0] for i in range(len(values))]
    np.testing.assert_array_equal(together, apart)


@pytest.mark.parametrize("name", [*WITHOUT_PARAMETERS, *WITH_PARAMETERS, "change_quantiles"])
def test_one_feature_alone_is_what_it_is_among_others(name):
    values = np.random.default_rng(0).normal(size=(3, 45))
    parameters = comprehensive()[name]
    together = getattr(calculators, name)(Batch(values), parameters)
    for column in {0, len(parameters) // 2, len(parameters) - 1}:
        alone = getattr(calculators, name)(Batch(values), [parameters[column]])
        # quantiles between others fall into other cells, which moves sums by their rounding
        np.testing.assert_allclose(alone[:, 0], together[:, column], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", [*WITHOUT_PARAMETERS, *WITH_PARAMETERS, "change_quantiles"])
def test_no_window_makes_numpy_warn(name):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for n_timesteps in (1, 2, 3, 8):
            extreme = np.array([[0.0], [1e-320], [1e308], [-1e308], [1e200]]) * np.ones(n_timesteps)
            extreme[2:, ::2] *= -1
            getattr(calculators, name)(Batch(extreme), comprehensive()[name])


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("mean", {"x": 1}),
        ("quantile", {"q": 1.5}),
        ("quantile", {"q": "0.5"}),
        ("quantile", {}),
        ("c3", {"lag": 1.5}),
        ("c3", {"lag": -1}),
        ("cid_ce", {"normalize": "yes"}),
        ("mean_n_absolute_max", {"number_of_maxima": 0}),
        ("change_quantiles", {"ql": 0.0, "qh": 0.5, "isabs": True, "f_agg": "median"}),
        ("change_quantiles", {"ql": 0.0, "qh": 1.5, "isabs": True, "f_agg": "mean"}),
        ("energy_ratio_by_chunks", {"num_segments": 10, "segment_focus": 10}),
        ("energy_ratio_by_chunks", {"num_segments": 10, "segment_focus": -1}),
        ("range_count", {"min": None, "max": 1}),
    ],
)
def test_a_parameter_that_is_not_compiled_is_left_to_tsfresh(name, parameter):
    with pytest.raises(NotCompiled):
        getattr(calculators, name)(Batch(np.ones((2, 10))), [parameter])
