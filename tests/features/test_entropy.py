import numpy as np
import pytest
from hypothesis import given, settings
from tsfresh.feature_extraction import feature_calculators

from sklearn_har.exceptions import CalculatorFailedWarning
from sklearn_har.features import calculators
from sklearn_har.features._tsfresh_settings import COMPREHENSIVE
from sklearn_har.features.calculators._batch import Batch, NotCompiled

from .exceptions import stable_permutation_entropy
from .parity import LENGTHS, assert_parity, comprehensive, some_windows, windows

QUADRATIC = ["approximate_entropy", "sample_entropy"]
OTHERS = ["permutation_entropy", "binned_entropy", "fourier_entropy", "lempel_ziv_complexity"]


def of(name, values, *parameters):
    return getattr(calculators, name)(Batch(np.ascontiguousarray(values, dtype=float)), list(parameters))


@pytest.mark.parametrize("n_timesteps", LENGTHS)
@pytest.mark.parametrize("name", OTHERS)
def test_parity(name, n_timesteps):
    for values in windows(n_timesteps).values():
        assert_parity(name, values)


@pytest.mark.parametrize("n_timesteps", [1, 2, 3, 4, 5, 16, 63, 64, 65, 100])
@pytest.mark.parametrize("name", QUADRATIC)
def test_parity_of_pairs_of_templates(name, n_timesteps):
    for values in windows(n_timesteps).values():
        assert_parity(name, values)


@pytest.mark.parametrize("n_timesteps", [127, 128, 129, 200, 300])
@pytest.mark.parametrize("name", QUADRATIC)
def test_parity_of_pairs_of_templates_in_longer_windows(name, n_timesteps):
    for kind in ("walk", "integers", "constant"):
        assert_parity(name, windows(n_timesteps)[kind][:1])


@pytest.mark.slow
@pytest.mark.parametrize("n_timesteps", [128, 200, 300, 1000, 1500])
@pytest.mark.parametrize("name", QUADRATIC)
def test_parity_of_pairs_of_templates_everywhere(name, n_timesteps):
    for values in windows(n_timesteps).values():
        assert_parity(name, values if n_timesteps < 1000 else values[:1])


@pytest.mark.parametrize("name", QUADRATIC + OTHERS)
def test_parity_on_any_windows(name):
    @settings(max_examples=30, deadline=None)
    @given(some_windows())
    def check(values):
        assert_parity(name, values)

    check()


@pytest.mark.parametrize("n_timesteps", [64, 128, 200])
@pytest.mark.parametrize("name", QUADRATIC + OTHERS)
def test_a_window_does_not_depend_on_the_others(name, n_timesteps):
    values = np.concatenate(list(windows(n_timesteps).values()))
    parameters = comprehensive()[name]
    together = of(name, values, *parameters)
    alone = [of(name, row[np.newaxis], *parameters)[0] for row in values]
    np.testing.assert_array_equal(together, alone)


@pytest.mark.parametrize("n_timesteps", [2000, 4100])  # one strip of prefix sets, and several
def test_sample_entropy_of_long_windows_counts_pairs(n_timesteps):
    rng = np.random.default_rng(0)
    row = rng.normal(size=n_timesteps).cumsum().round(1)
    within = np.abs(row[:, np.newaxis] - row) <= 0.2 * np.std(row)
    two = within[:-1, :-1] & within[1:, 1:]
    three = two[:-1, :-1] & within[2:, 2:]
    expected = -np.log((three.sum() - len(three)) / (two.sum() - len(two)))
    assert of("sample_entropy", [row], {})[0, 0] == pytest.approx(expected, rel=1e-14)

    shares = [np.log(matches.mean(axis=0)).mean() for matches in (two, three)]
    # r that gives the very same tolerance, 0.2 standard deviations
    actual = of("approximate_entropy", [row], {"m": 2, "r": 0.2})[0, 0]
    assert actual == pytest.approx(abs(shares[0] - shares[1]), rel=1e-10)


@pytest.mark.parametrize("tau", [1, 2, 5])
@pytest.mark.parametrize("n_timesteps", [1, 2, 7, 8, 64, 300])
def test_permutation_entropy_takes_ties_in_order(n_timesteps, tau):
    rng = np.random.default_rng(n_timesteps)
    values = rng.integers(0, 3, size=(10, n_timesteps))
    dimensions = range(2, 9)
    actual = of("permutation_entropy", values, *({"dimension": d, "tau": tau} for d in dimensions))
    for row, of_row in zip(values, actual, strict=True):
        for dimension, entropy in zip(dimensions, of_row, strict=True):
            expected = stable_permutation_entropy(row, dimension, tau)
            assert entropy == pytest.approx(expected, rel=1e-12, abs=1e-15, nan_ok=True)


def test_histogram_too_narrow_for_its_bins_is_undefined():
    values = np.ones((3, 20))
    values[1, 5] = np.nextafter(1, 2)
    values[2] = 1e16
    assert_parity("binned_entropy", values)
    with pytest.warns(CalculatorFailedWarning, match="binned_entropy is NaN on 2 of 3 windows"):
        entropies = of("binned_entropy", values, {"max_bins": 10})
    np.testing.assert_array_equal(np.isnan(entropies[:, 0]), [0, 1, 1])


def test_lempel_ziv_words_by_hand():
    words = [1, 0, 0, 1, 1, 1]  # 1, 0, 01, 11
    assert of("lempel_ziv_complexity", [words], {"bins": 2})[0, 0] == pytest.approx(4 / 6)


@pytest.mark.parametrize("n_timesteps", [1, 2, 7, 128, 255, 256, 257, 383, 384, 1000])
def test_welch_is_that_of_scipy(n_timesteps):
    from scipy.signal import welch

    values = windows(n_timesteps)["noisy sine"]
    _, expected = welch(values, nperseg=min(n_timesteps, 256))
    np.testing.assert_allclose(Batch(values).welch, expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("approximate_entropy", {"m": 3, "r": 0.1}),
        ("approximate_entropy", {"m": 2, "r": -0.1}),
        ("permutation_entropy", {"dimension": 9, "tau": 1}),
        ("permutation_entropy", {"dimension": 1, "tau": 1}),
        ("permutation_entropy", {"dimension": 3, "tau": 0}),
        ("binned_entropy", {"max_bins": "auto"}),
        ("binned_entropy", {"max_bins": 0}),
        ("fourier_entropy", {"bins": [0.0, 1.0]}),
        ("lempel_ziv_complexity", {"bins": 2.5}),
    ],
)
def test_unknown_parameters_are_left_to_tsfresh(name, parameter):
    with pytest.raises(NotCompiled):
        of(name, np.arange(20.0)[np.newaxis], parameter)


@pytest.mark.parametrize("n_timesteps", [5, 64, 200])
@pytest.mark.parametrize("name", QUADRATIC)
@pytest.mark.parametrize("scale", [1e154, 1e300, 1.7e308])
def test_where_the_standard_deviation_overflows_values_are_tsfreshs(name, scale, n_timesteps):
    values = np.random.default_rng(0).normal(size=(3, n_timesteps)).clip(-1, 1) * scale
    parameters = COMPREHENSIVE[name]
    tsfreshs = getattr(feature_calculators, name)
    with np.errstate(all="ignore"):
        expected = [[tsfreshs(row, **one) for one in parameters] for row in values]
    np.testing.assert_allclose(of(name, values, *parameters), expected, rtol=1e-9)


def test_any_templates_are_within_an_infinite_tolerance():
    values = np.random.default_rng(0).normal(size=(3, 40))
    assert (of("approximate_entropy", values, {"m": 2, "r": np.inf}) == 0).all()
