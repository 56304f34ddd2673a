import pytest

from sklearn_har.recordings._channels import find_accelerometer_channels, find_triads, name_part


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
