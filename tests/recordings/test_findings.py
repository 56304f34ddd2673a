"""What looks wrong in the rows of one recording, at the limits."""

import numpy as np
import pytest

from sklearn_har.recordings._findings import (
    acceleration_finding,
    clipped,
    longest_constant,
    median_length,
    triads_of,
    turning_finding,
)


def test_triads_are_told_by_their_names():
    channels = ["time_ms", 3, "wrist_ACC_x", "wrist_ACC_z", "wrist_ACC_y", "accx", "accy", "gyro_x"]
    assert triads_of(channels, "acc") == {"wrist_ACC": [2, 4, 3]}
    assert triads_of([*channels, "accz"], "acc") == {"wrist_ACC": [2, 4, 3], "acc": [5, 6, 8]}


def test_the_median_length_is_of_the_rows_that_are_whole():
    values = np.array([[3.0, 4, 0], [np.nan, 1, 1], [0, 0, 7], [2, 3, 6], [np.inf, 0, 0], [0, 0, 100]])
    assert median_length(values) == 7.0  # of 5, 7, 7, 100
    assert np.isnan(median_length(values[[1, 4]]))


@pytest.mark.parametrize(
    ("length", "says"),
    [
        (7.0, None),
        (14.0, None),
        (np.nan, None),
        (0.7, "looks like g, not m/s²: multiply by 9.80665"),
        (1.4, "looks like g, not m/s²: multiply by 9.80665"),
        (700.0, "looks like thousandths of g, not m/s²: multiply by 0.00980665"),
        (1400.0, "looks like thousandths of g, not m/s²: multiply by 0.00980665"),
    ],
)
def test_the_length_of_an_acceleration_tells_its_unit(length, says):
    assert acceleration_finding(length) == says


@pytest.mark.parametrize("length", [0.69, 1.41, 6.99, 14.01, 699.0, 1401.0])
def test_a_length_that_tells_no_unit(length):
    assert acceleration_finding(length).startswith("is neither near 9.81 m/s² nor near 1 g")


def test_turns_faster_than_gyroscopes_go_are_in_degrees():
    # the 99th percentile of the sizes 1 and s is 1 + 0.99 (s - 1): 40.6, then 39.907
    assert turning_finding(np.array([[1.0], [np.nan], [-41.0]])) == (
        "looks like degrees per second, not rad/s: multiply by 0.0174533"
    )
    assert turning_finding(np.array([[1.0], [-40.3]])) is None
    assert turning_finding(np.full((3, 1), np.nan)) is None


def test_the_longest_stretch_of_one_value():
    values = np.array([[1, 1, 5], [1, 2, 5], [2, 2, 5], [2, 2, 5], [2, 1, 5], [1, 1, 5]], dtype=float)
    assert longest_constant(values).tolist() == [3, 3, 6]
    assert longest_constant(values[:1]).tolist() == [1, 1, 1]


def test_three_rows_at_the_end_of_a_range_are_clipped():
    values = np.zeros((9, 5))
    values[2:5] = [2.0, -2.04, 2.06, 3.0, 2.0]
    values[3, 4] = 1.9  # two single rows are peaks that just fit
    assert clipped(values, np.array([2.0, 4.0])).tolist() == [True, True, False, False, False]
    values[0, 0] = np.nan
    assert clipped(values, np.array([2.0, 4.0]))[0]
    assert not clipped(values[:4], np.array([2.0, 4.0])).any()
