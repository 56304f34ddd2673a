"""The drift polynomial and its fixed points, against tsfresh's own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_har.features import calculators
from sklearn_har.features.calculators import _langevin
from sklearn_har.features.calculators._batch import Batch, NotCompiled

from .parity import LENGTHS, assert_parity, some_windows, windows

NAMES = ["friedrich_coefficients", "max_langevin_fixed_point"]


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


def test_quantiles_that_fall_on_samples():
    # 126 steps make 30 bins, so that the edges 5, 10, 15... are samples but for the last bit of a quantile
    rng = np.random.default_rng(3)
    for n_timesteps in (31, 61, 62, 91, 127, 128, 129):
        assert_parity("friedrich_coefficients", rng.normal(size=(6, n_timesteps)).cumsum(axis=1))


@pytest.mark.parametrize("offset", [10.0, 100.0, 1e3, 1e4])
def test_a_drift_far_from_zero_is_rounded_as_tsfresh_rounds_it(offset):
    rows = offset + np.random.default_rng(4).normal(size=(4, 128))
    assert_parity("friedrich_coefficients", rows)


def test_polynomials_of_other_degrees_through_other_bins():
    parameters = [
        {"coeff": c, "m": m, "r": r} for m, r in ((1, 30), (2, 5), (5, 12), (3, 2)) for c in (0, 1, m, m + 1)
    ]
    for rows in windows(100).values():
        assert_parity("friedrich_coefficients", rows, parameters)


def test_one_value_too_often_leaves_no_bins():
    values = np.random.default_rng(0).normal(size=(1, 128))
    values[0, :20] = 0.0
    assert np.isnan(calculators.max_langevin_fixed_point(Batch(values), [{"m": 3, "r": 30}])).all()


@given(
    st.lists(st.integers(-50, 50), min_size=3, max_size=3, unique=True), st.sampled_from([1e-6, -2.0, 1e6])
)
def test_the_largest_of_three_real_roots(roots, leading):
    found = _langevin._largest_roots(leading * np.poly(roots)[np.newaxis])
    np.testing.assert_allclose(found, [max(roots)], rtol=1e-9, atol=1e-9)


@given(st.integers(-50, 50), st.integers(-50, 50), st.integers(1, 20))
def test_the_real_part_of_a_pair_counts(real, of_pair, imaginary):
    cubic = np.poly([real, complex(of_pair, imaginary), complex(of_pair, -imaginary)]).real
    np.testing.assert_allclose(
        _langevin._largest_roots(cubic[np.newaxis]), [max(real, of_pair)], rtol=1e-9, atol=1e-9
    )


@pytest.mark.parametrize(
    ("cubic", "root"),
    [
        ([0, 1, -3, 2], 2.0),
        ([0, 0, 2, -3], 1.5),
        ([0, 0, 0, 1], np.nan),
        ([0, 0, 0, 0], np.nan),
        ([2, 0, 0, 0], 0.0),
        ([1, 2, 0, 0], 0.0),
        ([1, 0, 0, -8], 2.0),
        ([1, -3, 3, -1], 1.0),
        ([np.nan, 1, 1, 1], np.nan),
        ([1e-300, 1e300, 1, 1], np.nan),
    ],
)
def test_roots_of_cubics_that_lack_something(cubic, root):
    np.testing.assert_allclose(_langevin._largest_roots(np.array([cubic], float)), [root], rtol=1e-5)


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("friedrich_coefficients", {"coeff": -1, "m": 3, "r": 30}),
        ("friedrich_coefficients", {"coeff": 0, "m": 0, "r": 30}),
        ("friedrich_coefficients", {"coeff": 0, "m": 3, "r": 30.0}),
        ("friedrich_coefficients", {"coeff": 0, "m": 3, "r": 1}),
        ("max_langevin_fixed_point", {"m": 2, "r": 30}),
    ],
)
def test_what_is_not_compiled_says_so(name, parameter):
    with pytest.raises(NotCompiled):
        getattr(calculators, name)(Batch(np.zeros((1, 9))), [parameter])
