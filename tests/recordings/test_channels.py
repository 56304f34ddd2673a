import re

import pytest

from sklearn_har.recordings._channels import (
    check_distinct,
    find_accelerometer_channels,
    find_devices,
    find_positions,
    find_triads,
    name_magnitude,
    name_part,
    place_of,
    sensor_of,
)


def test_triads_have_all_three_axes():
    names = ["acc_y", "acc_x", "gyro_x", "gyro_y", "acc_z", "x", "y", "z", "index", "mag_x_raw"]
    assert find_triads(names) == {"acc": [1, 0, 4], "": [5, 6, 7]}


@pytest.mark.parametrize(
    "name", ["acc_x", "wrist_acc_y", "accelerometer_z", "left_wrist_accel_x", "acc_left_x"]
)
def test_is_an_accelerometer(name):
    assert find_accelerometer_channels([name]) == [0]


@pytest.mark.parametrize(
    "name",
    ["gyro_x", "acc_magnitude", "body_acc_x", "wrist_gravity_acc_x", "linear_acc_x", "vacc_x", "acc", "accx"],
)
def test_is_no_accelerometer_with_gravity(name):
    assert find_accelerometer_channels([name]) == []


def test_the_place_stays_before_the_part():
    assert name_part("left_wrist_accel_x", "gravity") == "left_wrist_gravity_accel_x"
    assert name_part("heart_rate", "body") == "body_heart_rate"


def test_sensors_of_one_place_are_one_device():
    names = [f"{sensor}_{axis}" for sensor in ("wrist_acc", "acc", "wrist_gyro") for axis in "xyz"]
    assert find_devices(names) == {"wrist": [[0, 1, 2], [6, 7, 8]], "": [[3, 4, 5]]}


@pytest.mark.parametrize(
    ("sensor", "place"),
    [
        ("left_wrist_body_acc", "left_wrist"),
        ("gravity_acc_hip", "hip"),
        ("magnetometer", ""),
        ("heart", "heart"),
    ],
)
def test_the_place_is_what_does_not_name_the_instrument(sensor, place):
    assert place_of(sensor) == place


@pytest.mark.parametrize(
    ("channel", "sensor"),
    [
        ("wrist_body_acc_x", "wrist_acc"),
        ("wrist_acc_magnitude", "wrist_acc"),
        ("heart_rate", "heart_rate"),
        ("z", ""),
        ("magnitude", ""),
    ],
)
def test_parts_and_lengths_are_of_the_sensor_they_come_from(channel, sensor):
    assert sensor_of(channel) == sensor


def test_the_magnitude_is_named_after_its_sensor():
    assert (name_magnitude("wrist_acc"), name_magnitude("")) == ("wrist_acc_magnitude", "magnitude")


def test_channels_are_found_by_name_and_by_position():
    assert find_positions(["z", "x"], ["x", "y", "z"], 3, "channels") == [2, 0]
    assert find_positions([1, 0], None, 2, "channels") == [1, 0]
    assert find_positions(["z", 0], ["x", "y", "z"], 3, "channels") == [2, 0]


@pytest.mark.parametrize(
    ("channels", "names", "message"),
    [
        ([], ["x", "y"], "axes is empty; name at least one channel."),
        (["w"], ["x", "y"], "axes has the channel 'w', but the channels of X are ['x', 'y']."),
        ([2], ["x", "y"], "axes has the channel 2, but the channels of X are ['x', 'y']."),
        ([-1], None, "axes has the channel -1, but the channels of X are numbered 0 to 1."),
        (["x"], None, "axes has the channel 'x', but the channels of X are numbered 0 to 1."),
        (["x", 0], ["x", "y"], "axes is ['x', 0], which has a channel twice."),
    ],
)
def test_channels_that_are_not_there(channels, names, message):
    with pytest.raises(ValueError, match=rf"^{re.escape(message)}$"):
        find_positions(channels, names, 2, "axes")


def test_one_name_is_no_list_of_channels():
    with pytest.raises(TypeError, match=r"^axes is the one name 'x'; give a list of channels: \['x'\]\.$"):
        find_positions("x", ["x", "y"], 2, "axes")


def test_two_channels_of_one_name():
    check_distinct(["a", "b", "c"])
    with pytest.raises(ValueError, match="Two channels of the result would be called 'b'"):
        check_distinct(["a", "b", "b"])
