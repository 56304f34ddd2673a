"""All of tsfresh's comprehensive set through the estimator, against `tsfresh.extract_features` itself."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from sklearn_har.exceptions import CalculatorFailedWarning
from sklearn_har.features import TsfreshFeatures, calculators
from sklearn_har.features._tsfresh_settings import COMPREHENSIVE

from . import parity
from .exceptions import EXCEPTIONS

TABLE = Path(__file__).parents[2] / "docs" / "tsfresh_values.md"


def assert_parity_of_the_set(values: np.ndarray) -> None:
    """Assert that every column of the estimator's table is tsfresh's, for windows of one channel."""
    table = TsfreshFeatures(on_undefined="nan").fit_transform(values)
    parity.assert_accepted(parity.set_differences(COMPREHENSIVE, values, table))


@pytest.mark.parametrize("n_timesteps", parity.LENGTHS)
def test_the_set_on_windows_of_all_kinds(n_timesteps):
    kinds = parity.windows(n_timesteps, seed=1)
    if n_timesteps > 1000:  # tsfresh takes seconds for each
        kinds = {kind: kinds[kind] for kind in ("walk", "noise", "two values", "ties", "linear", "huge")}
    values = [rows if kind in ("constant", "linear") else rows[:1] for kind, rows in kinds.items()]
    assert_parity_of_the_set(np.concatenate(values))


@settings(max_examples=15, deadline=None)
@given(parity.some_windows())
@pytest.mark.filterwarnings("ignore::sklearn_har.exceptions.CalculatorFailedWarning")
def test_the_set_on_windows_that_hypothesis_makes(window):
    assert_parity_of_the_set(window)


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sklearn_har.exceptions.IncompleteDatasetWarning")
@pytest.mark.parametrize("folder", ["hapt", "wisdm2019", "geotec"])
def test_the_set_on_recorded_windows(folder, data_home):
    if not Path(data_home, folder).is_dir():
        pytest.skip(f"SKLEARN_HAR_DATA names no folder with {folder} in it")
    assert_parity_of_the_set(parity.recorded(folder, data_home, n_windows=24))


def test_what_would_abort_tsfresh_is_nan_and_is_said():
    values = np.random.default_rng(0).normal(size=(3, 64))
    values[1] = 1.0
    values[1, 5] = np.nextafter(1, 2)  # too close together for ten bins
    features = TsfreshFeatures({"mean": None, "binned_entropy": [{"max_bins": 10}]}, on_undefined="nan")
    with pytest.raises(ValueError, match="Too many bins"):
        parity.extracted(features.settings, values)
    with pytest.warns(CalculatorFailedWarning, match="binned_entropy is NaN on 1 of 3 windows"):
        table = features.fit_transform(values)
    np.testing.assert_array_equal(np.isnan(table), [[False, False], [False, True], [False, False]])
    parity.assert_accepted(parity.set_differences(features.settings, values, table))


def test_noise_of_one_unit_in_the_last_place_excuses_no_more_than_it_moves():
    row = np.random.default_rng(0).normal(size=64)
    for factor, n_wrong in ((1.0, 0), (1 + 1e-7, 0), (1 + 1e-5, 1), (np.nan, 1), (np.inf, 1)):
        ours = np.array([[row.std() * factor]])
        found = parity.differences("standard_deviation", row[np.newaxis], [{}], ours, [np.array([row.std()])])
        assert len([one for one in found if not one.accepted]) == n_wrong, factor
    sine = np.sin(np.pi * np.arange(64) / 8)  # its mean is rounding alone
    found = parity.differences("mean", sine[np.newaxis], [{}], np.zeros((1, 1)), [np.array([sine.mean()])])
    assert [one.accepted for one in found] == ["noise"]


def test_exceptions_are_told_to_users():
    text = " ".join(TABLE.read_text().split())
    for listed in EXCEPTIONS:
        assert f"`{listed.calculator}`" in text
        assert listed.reason in text


@pytest.mark.parametrize("name", COMPREHENSIVE)
def test_every_calculator_has_a_parity_test_of_its_own(name):
    assert hasattr(calculators, name)
    tests = [path.read_text() for path in Path(__file__).parent.glob("test_*.py") if path != Path(__file__)]
    assert any(f'"{name}"' in text and "assert_parity" in text for text in tests)
