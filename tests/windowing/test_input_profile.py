"""What a recognizer remembers of the rows it was fitted on."""

import numpy as np
import pytest

from sklearn_har.recordings import Rows
from sklearn_har.windowing._input_profile import angle_to_nearest, profile_of

NAMES = ["acc_x", "acc_y", "acc_z", "gyro_x"]


def rows_of(*vectors):
    """Two rows of each acceleration, a window each, and a fourth channel of zeros."""
    values = np.zeros((2 * len(vectors), 4))
    values[:, :3] = np.repeat(vectors, 2, axis=0)
    return Rows(values, 50.0, np.array([0, len(values)]), None)


def profile(rows, codes, names=NAMES):
    return profile_of(rows, names, np.arange(0, len(rows.values), 2), 2, np.array(codes))


def leaning(degrees):
    return 10 * np.array([np.sin(np.deg2rad(degrees)), 0, np.cos(np.deg2rad(degrees))])


def test_the_largest_values_are_of_either_sign():
    rows = rows_of([1, -7, 3], [2, 5, -4])
    rows.values[2, 3] = 0.5
    assert profile(rows, [0, 0])["largest"].tolist() == [2, 7, 4, 0.5]


def test_gravity_points_somewhere_in_each_activity():
    found = profile(rows_of([0, 0, 10], [0, 0, 12], [8, 0, 0]), [0, 0, 1])["gravity"]
    assert list(found) == ["acc"]
    assert found["acc"]["channels"] == [0, 1, 2]
    assert found["acc"]["length"] == 10.0  # the median of 10, 12 and 8
    np.testing.assert_allclose(found["acc"]["directions"], [[0, 0, 1], [1, 0, 0]], atol=1e-12)
    assert found["acc"]["widest"] == pytest.approx(0, abs=1e-6)


def test_windows_lean_from_the_direction_of_their_activity():
    found = profile(rows_of(leaning(-10), leaning(10), leaning(80), leaning(90)), [0, 0, 1, 1])
    np.testing.assert_allclose(found["gravity"]["acc"]["directions"][0], [0, 0, 1], atol=1e-12)
    # 10, 10, 5 and 5 degrees: 99 % of the windows are within the widest two
    assert found["gravity"]["acc"]["widest"] == pytest.approx(10)


def test_a_window_counts_by_the_mean_of_its_rows():
    rows = rows_of([0, 0, 10], [0, 0, 10])
    rows.values[0, :3], rows.values[1, :3] = [6, 0, 8], [-6, 0, 8]
    np.testing.assert_allclose(profile(rows, [0, 0])["gravity"]["acc"]["directions"], [[0, 0, 1]], atol=1e-12)


@pytest.mark.parametrize(("shortest", "holds"), [(6.9, False), (7.2, True)])
def test_nearly_all_windows_must_hold_seven_tenths_of_gravity(shortest, holds):
    rows = rows_of(*[[0, 0, 10]] * 2, [0, 0, shortest])
    assert ("acc" in profile(rows, [0, 0, 0])["gravity"]) == holds


def test_acceleration_without_gravity_points_nowhere():
    rows = rows_of([0, 0, 0], [0, 0, 0])
    assert profile(rows, [0, 0])["gravity"] == {}
    rows.values[::2, 2], rows.values[1::2, 2] = 5, -5
    assert profile(rows, [0, 0])["gravity"] == {}


def test_the_length_of_gravity_is_that_of_a_hundred_thousand_rows():
    rows = rows_of(*[[0, 0, 10]] * 100_001)
    rows.values[1::2, 2] = 8  # every second row is read
    assert profile(rows, np.zeros(100_001, dtype=int))["gravity"]["acc"]["length"] == 10.0


def test_channels_without_names_are_no_accelerometer():
    assert profile(rows_of([0, 0, 10]), [0], names=None)["gravity"] == {}


def test_the_nearest_direction_counts():
    vectors, directions = np.array([[0, 0, 1.0], [0, 0.6, 0.8]]), np.array([[1.0, 0, 0], [0, 1, 0]])
    assert angle_to_nearest(vectors, directions) == pytest.approx([90, np.degrees(np.arccos(0.6))])
    assert angle_to_nearest(vectors[:1] * (1 + 1e-15), vectors[:1]).tolist() == [0]
