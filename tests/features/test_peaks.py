import numpy as np
import pytest
from hypothesis import given, settings
from scipy.signal import find_peaks_cwt

from sklearn_har.features import calculators
from sklearn_har.features.calculators._batch import Batch, NotCompiled

from .parity import LENGTHS, assert_parity, comprehensive, some_windows, windows

CALCULATORS = ["number_peaks", "number_cwt_peaks", "query_similarity_count"]


def of(name, values, *parameters):
    return getattr(calculators, name)(Batch(np.ascontiguousarray(values, dtype=float)), list(parameters))


@pytest.mark.parametrize("n_timesteps", [n for n in LENGTHS if n < 1000])
@pytest.mark.parametrize("name", CALCULATORS)
def test_parity(name, n_timesteps):
    for values in windows(n_timesteps).values():
        assert_parity(name, values)


@pytest.mark.parametrize("n_timesteps", [1000, 1500])
@pytest.mark.parametrize("name", CALCULATORS)
def test_parity_of_long_windows(name, n_timesteps):
    for kind in ("walk", "noise", "integers", "spike"):
        assert_parity(name, windows(n_timesteps)[kind][:1])


@pytest.mark.slow
@pytest.mark.parametrize("n_timesteps", [1000, 1500])
@pytest.mark.parametrize("name", CALCULATORS)
def test_parity_of_all_long_windows(name, n_timesteps):
    for values in windows(n_timesteps).values():
        assert_parity(name, values)


@pytest.mark.parametrize("name", CALCULATORS)
def test_parity_on_any_windows(name):
    @settings(max_examples=30, deadline=None)
    @given(some_windows())
    def check(values):
        assert_parity(name, values)

    check()


@pytest.mark.parametrize("name", CALCULATORS)
def test_a_window_does_not_depend_on_the_others(name):
    values = np.concatenate(list(windows(128).values()))
    parameters = comprehensive()[name]
    together = of(name, values, *parameters)
    alone = [of(name, row[np.newaxis], *parameters)[0] for row in values]
    np.testing.assert_array_equal(together, alone)


@pytest.mark.parametrize("n_timesteps", [16, 128, 300])
@pytest.mark.parametrize("widest", [1, 3, 4, 8, 20])
def test_ridge_lines_of_other_widths(widest, n_timesteps):
    rng = np.random.default_rng(widest)
    values = np.concatenate([rng.normal(size=(5, n_timesteps)), rng.normal(size=(5, n_timesteps)).cumsum(1)])
    expected = [len(find_peaks_cwt(row, np.arange(1, widest + 1))) for row in values]
    np.testing.assert_array_equal(of("number_cwt_peaks", values, {"n": widest})[:, 0], expected)


def test_peaks_by_hand():
    values = [[3, 0, 0, 4, 0, 0, 13]]
    numbers = of("number_peaks", values, *({"n": n} for n in (1, 2, 3)))
    np.testing.assert_array_equal(numbers, [[1, 1, 0]])


def test_a_plateau_is_no_peak():
    assert of("number_peaks", [[0, 1, 1, 0, 2, 0]], {"n": 1})[0, 0] == 1


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("number_peaks", {"n": 0}),
        ("number_cwt_peaks", {"n": 2.5}),
        ("query_similarity_count", {"query": [1.0, 2.0, 3.0], "threshold": 0.0}),
    ],
)
def test_unknown_parameters_are_left_to_tsfresh(name, parameter):
    with pytest.raises(NotCompiled):
        of(name, np.arange(20.0)[np.newaxis], parameter)
