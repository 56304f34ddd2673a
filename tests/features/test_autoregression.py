"""Autocorrelations, autoregressions and the unit root test, against tsfresh's own."""

import numpy as np
import pytest
from hypothesis import given, settings

from sklearn_har.features import calculators
from sklearn_har.features.calculators import _autoregression
from sklearn_har.features.calculators._batch import Batch, NotCompiled

from .parity import LENGTHS, assert_parity, comprehensive, some_windows, windows

NAMES = [
    "autocorrelation",
    "agg_autocorrelation",
    "partial_autocorrelation",
    "ar_coefficient",
    "augmented_dickey_fuller",
]


@pytest.mark.parametrize("n_timesteps", LENGTHS)
@pytest.mark.parametrize("name", NAMES)
def test_values_are_tsfreshs(name, n_timesteps):
    for rows in windows(n_timesteps).values():
        assert_parity(name, rows)


@pytest.mark.parametrize("name", NAMES)
def test_values_of_any_window_are_tsfreshs(name):
    @settings(max_examples=20, deadline=None)
    @given(some_windows())
    def check(rows):
        assert_parity(name, rows)

    check()


@pytest.mark.parametrize("scale", [1e-9, 1e-6, 1e6])
@pytest.mark.parametrize("offset", [0.0, 1e3, 1e5])
@pytest.mark.parametrize("name", ["ar_coefficient", "augmented_dickey_fuller"])
def test_regressions_do_as_tsfresh_with_columns_of_very_different_size(name, offset, scale):
    rows = scale * (offset + windows(128, seed=1)["walk"])
    assert_parity(name, rows)


def test_other_lags_than_those_of_the_sets():
    for rows in windows(100).values():
        assert_parity("autocorrelation", rows, [{"lag": lag} for lag in (0, 45, 99, 100, 101)])
        assert_parity("partial_autocorrelation", rows, [{"lag": lag} for lag in (0, 12)])
        assert_parity("partial_autocorrelation", rows, [{"lag": lag} for lag in (3, 60)])
        assert_parity("partial_autocorrelation", rows, [{"lag": 0}])
        ks = [{"coeff": coeff, "k": k} for k in (1, 2, 49, 50, 120) for coeff in (0, 1, 2, k, k + 1)]
        assert_parity("ar_coefficient", rows, ks)
    aggregates = [
        {"f_agg": f_agg, "maxlag": maxlag}
        for f_agg in ("mean", "var", "std", "median", "min", "max")
        for maxlag in (1, 7, 500)
    ]
    for rows in windows(64).values():
        assert_parity("agg_autocorrelation", rows, aggregates)


def test_an_autoregression_by_hand():
    # x_t = 1 - x_{t-1} / 2, without noise, but for the last sample
    row = [0.0, 1.0, 0.5, 0.75, 0.625]
    coefficients = calculators.ar_coefficient(
        Batch(np.array([row])), [{"coeff": c, "k": 1} for c in (0, 1, 2)]
    )
    np.testing.assert_allclose(coefficients, [[1.0, -0.5, np.nan]], rtol=1e-12)


def test_lags_of_a_constant_share_its_weight():
    constant = 0.5
    parameters = comprehensive()["ar_coefficient"]
    coefficients = calculators.ar_coefficient(Batch(np.full((1, 64), constant)), parameters)[0]
    expected = [constant / (1 + 10 * constant**2)] + [constant**2 / (1 + 10 * constant**2)] * 10
    np.testing.assert_allclose(coefficients, expected, rtol=1e-9)


def test_ordinary_windows_need_no_singular_values():
    for kind in ("walk", "noisy sine", "noise", "offset", "integers", "two values"):
        values = np.ascontiguousarray(windows(128)[kind])
        batch = Batch(values)
        assert not _autoregression._solve_autoregressions(values, batch.mean, 10)[1].any(), kind
        assert not _autoregression._test_unit_roots(values, batch.mean, 13)[2].any(), kind


def test_a_window_does_not_depend_on_the_others():
    rows = np.concatenate([windows(100)[kind] for kind in ("walk", "tiny", "constant", "linear")])
    for name in NAMES:
        parameters = comprehensive()[name]
        together = getattr(calculators, name)(Batch(rows), parameters)
        alone = [getattr(calculators, name)(Batch(row[np.newaxis].copy()), parameters)[0] for row in rows]
        np.testing.assert_array_equal(together, alone)


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("autocorrelation", {"lag": -1}),
        ("autocorrelation", {"lag": 1.5}),
        ("agg_autocorrelation", {"f_agg": "ptp", "maxlag": 4}),
        ("agg_autocorrelation", {"f_agg": "mean", "maxlag": 0}),
        ("partial_autocorrelation", {"lag": -1}),
        ("ar_coefficient", {"coeff": -1, "k": 10}),
        ("ar_coefficient", {"coeff": 0, "k": 0}),
        ("augmented_dickey_fuller", {"attr": "teststat", "autolag": "BIC"}),
    ],
)
def test_what_is_not_compiled_says_so(name, parameter):
    with pytest.raises(NotCompiled):
        getattr(calculators, name)(Batch(np.arange(18.0).reshape(2, 9)), [parameter])
