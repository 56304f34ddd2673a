"""The one door by which windows enter an estimator."""

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator

from sklearn_har.preprocessing import ChannelScaler
from sklearn_har.windowing import Windows, check_windows, sliding_windows
from sklearn_har.windowing._check_windows import n_axes, validate_windows
from tests.conftest import recordings


@pytest.mark.parametrize("dtype", [np.int16, np.uint8, bool, ">f8", np.longdouble])
def test_other_numbers_become_float64_and_nothing_else_changes(dtype):
    values = np.random.default_rng(0).integers(0, 2, (4, 5, 3)).astype(dtype)
    windows = Windows(values, subjects=[1, 1, 2, 2], starts=[0, 5, 0, 5], channel_names="xyz")
    checked = check_windows(windows)
    assert checked.dtype == np.float64
    assert (checked.subjects.tolist(), checked.starts.tolist()) == ([1, 1, 2, 2], [0, 5, 0, 5])
    assert checked.channel_names == ("x", "y", "z")
    np.testing.assert_array_equal(checked, values.astype(np.float64))
    assert windows.dtype == np.dtype(dtype)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_floats_are_taken_as_they_are(dtype):
    windows = Windows(np.ones((2, 3, 1), dtype=dtype))
    assert check_windows(windows) is windows
    assert check_windows(np.asarray(windows)).dtype == dtype


def test_raw_counts_are_scaled_as_numbers_with_a_fraction():
    counts = Windows(np.arange(24, dtype=np.int16).reshape(4, 3, 2))
    scaled = ChannelScaler().fit_transform(counts)
    np.testing.assert_array_equal(scaled, ChannelScaler().fit_transform(np.asarray(counts, dtype=float)))
    assert np.asarray(scaled).std(axis=(0, 1)) == pytest.approx([1, 1])


def test_two_axes_are_windows_of_one_channel():
    values = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(check_windows(values), values[:, :, np.newaxis])


@pytest.mark.parametrize(
    ("X", "says"),
    [
        (np.zeros((2, 3, 1, 1)), "dim 4; windows have the shape"),
        (np.zeros((2, 0, 1)), r"2 window\(s\) of 0 timestep\(s\)"),
        (Windows(np.zeros((0, 3, 1))), r"0 window\(s\) of 3 timestep\(s\) and 1 channel\(s\)"),
        (Windows(np.full((1, 2, 1), "walk")), r"Windows must be of numbers; X holds <U4"),
        (Windows(np.full((1, 2, 1), 1j)), r"Windows must be of numbers; X holds complex128"),
        (recordings(9), "X is a table of recordings"),
        (recordings(9).reset_index(), "which would be taken for channels"),
        (
            np.array([[[0.0], [1.0]], [[2.0], [np.inf]]]),
            "in 1 windows, the first: window 1, timestep 1, channel 0",
        ),
    ],
)
def test_what_is_no_window_is_refused(X, says):
    with pytest.raises(ValueError, match=says):
        check_windows(X)


def test_rows_between_windows_may_be_missing():
    rows = np.ones((7, 2))
    rows[3] = np.nan
    windows = Windows.from_rows(rows, [0, 4], 3)
    assert check_windows(windows) is windows
    with pytest.raises(ValueError, match="window 0, timestep 2, channel 0"):
        check_windows(Windows.from_rows(rows, [1, 4], 3))


def test_channels_named_by_numbers_are_named_in_errors():
    X = recordings(9, 9).set_axis(range(3), axis=1)
    windows = sliding_windows(X, window_length=0.06)
    scaler = ChannelScaler().fit(windows)
    with pytest.raises(
        ValueError, match=r"X has 2 channels, but ChannelScaler was fitted with 3 \(0, 1, 2\)"
    ):
        scaler.transform(windows.with_data(np.asarray(windows)[:, :, :2]))
    with pytest.raises(
        ValueError, match="Channel 0 of X is '2', but ChannelScaler was fitted with '0' there"
    ):
        scaler.transform(sliding_windows(X.iloc[:, ::-1], window_length=0.06))


def test_a_table_of_one_channel_is_compared_by_its_columns():
    table = pd.DataFrame(np.random.default_rng(0).normal(size=(6, 4)), columns=list("abcd"))
    scaler = ChannelScaler().fit(table)
    with pytest.raises(ValueError, match="feature names should match"):
        scaler.transform(table.rename(columns={"a": "z"}))


def test_windows_that_are_not_those_of_fit():
    fitted = sliding_windows(recordings(50), window_length=0.1)
    scaler = ChannelScaler().fit(fitted)
    assert (scaler.n_timesteps_in_, scaler.n_channels_in_, scaler.sampling_rate_in_) == (5, 3, 50.0)
    assert scaler.channel_names_in_ == ("acc_x", "acc_y", "acc_z")
    with pytest.raises(
        ValueError,
        match=r"^X has windows of 6 timesteps, but ChannelScaler was fitted with 5. Cut windows of the same",
    ):
        scaler.transform(sliding_windows(recordings(50), window_length=0.12))
    with pytest.raises(
        ValueError, match=r"^X was sampled at 25 Hz, but ChannelScaler was fitted at 50 Hz. Resample the rec"
    ):
        scaler.transform(sliding_windows(recordings(50, rate=25.0), window_length=0.2))
    scaler.transform(sliding_windows(recordings(50, rate=51.0), window_length=0.1))  # devices differ so much
    scaler.transform(np.asarray(fitted))  # an array tells neither names nor a rate
    assert ChannelScaler().fit(np.asarray(fitted)).transform(fitted).shape == fitted.shape


def test_sparse_windows_are_refused_by_name():
    with pytest.raises(TypeError, match="Sparse data was passed for X, but dense data is required"):
        check_windows(csr_array(np.eye(3)))


class TellsItsAxes:
    ndim = 3

    def __array__(self, dtype=None, copy=None):
        raise AssertionError("it said how many axes it has")


def test_a_list_of_numbers_is_windows_of_one_channel():
    assert n_axes([[1.0, 2.0]]) == 2
    assert n_axes(TellsItsAxes()) == 3
    learner = BaseEstimator()
    assert validate_windows(learner, [[1, 2, 3], [3, 2, 1]], reset=True).dtype == np.float64
    assert (learner.n_timesteps_in_, learner.n_channels_in_, learner.n_features_in_) == (3, 1, 3)
    with pytest.raises(ValueError, match="X has 2 features, but BaseEstimator is expecting 3"):
        validate_windows(learner, [[1, 2]], reset=False)
    with pytest.raises(ValueError, match="X is a table of recordings"):
        validate_windows(learner, recordings(9), reset=True)


def test_what_is_too_big_to_be_summed_is_no_infinity():
    assert check_windows(np.full((3, 4, 1), 1e308)).shape == (3, 4, 1)
    rows = np.ones((6, 2))
    rows[2:5, 1] = np.nan
    with pytest.raises(ValueError, match="in 2 windows, the first: window 1, timestep 0, channel 'b'"):
        check_windows(Windows.from_rows(rows, [0, 2, 3], 2, channel_names="ab"))
