import numpy as np
import pytest
from scipy import signal

from sklearn_har.preprocessing import ButterworthFilter, GravitySeparator

ACC, GYRO = ["acc_x", "acc_y", "acc_z"], ["gyro_x", "gyro_y", "gyro_z"]
BODY, GRAVITY = [f"body_{name}" for name in ACC], [f"gravity_{name}" for name in ACC]


def test_the_parts_make_the_whole(walkers):
    out = GravitySeparator().fit_transform(walkers)
    assert list(out.columns) == BODY + GYRO + GRAVITY
    total, gravity = walkers[ACC].to_numpy(), out[GRAVITY].to_numpy()
    np.testing.assert_array_equal(out[BODY].to_numpy(), total - gravity)
    np.testing.assert_allclose(out[BODY].to_numpy() + gravity, total, rtol=0, atol=1e-14)
    np.testing.assert_array_equal(out[GYRO], walkers[GYRO])


@pytest.mark.parametrize("zero_phase", [True, False])
def test_gravity_is_a_low_pass_filter(walkers, zero_phase):
    out = GravitySeparator(0.5, order=2, zero_phase=zero_phase).fit_transform(walkers)
    low_pass = ButterworthFilter(high=0.5, order=2, zero_phase=zero_phase).fit_transform(walkers[ACC])
    np.testing.assert_array_equal(out[GRAVITY], low_pass)


def test_coefficients_are_those_of_uci_har(walkers):
    separator = GravitySeparator().fit(walkers)
    np.testing.assert_array_equal(separator.sos_, signal.butter(3, 0.3, fs=50.0, output="sos"))


def test_finds_the_turn_of_gravity_under_steps(recordings_of):
    time = np.arange(3000) / 50
    gravity, steps = 9.81 * np.cos(2 * np.pi * 0.02 * time), 3 * np.sin(2 * np.pi * 2 * time)
    out = GravitySeparator().fit_transform(
        recordings_of((1, 1, 0.0, (gravity + steps)[:, np.newaxis]), columns=["acc_z"])
    )
    middle = slice(500, 2500)
    np.testing.assert_allclose(out["gravity_acc_z"].to_numpy()[middle], gravity[middle], atol=0.05)
    np.testing.assert_allclose(out["body_acc_z"].to_numpy()[middle], steps[middle], atol=0.05)


def test_a_place_stays_first(recordings_of):
    X = recordings_of((1, 1, 0.0, np.ones((30, 3))), columns=["hip_gyro_z", "hip_acc_z", "left_wrist_acc_z"])
    out = GravitySeparator().fit_transform(X)
    assert list(out.columns) == [
        "hip_gyro_z",
        "hip_body_acc_z",
        "left_wrist_body_acc_z",
        "hip_gravity_acc_z",
        "left_wrist_gravity_acc_z",
    ]


def test_channels_can_be_named_or_numbered(walkers):
    X = walkers.set_axis(["ax", "ay", "az", "gx", "gy", "gz"], axis=1)
    by_name = GravitySeparator(channels=["ax", "az"]).fit_transform(X)
    assert list(by_name.columns) == ["body_ax", "ay", "body_az", "gx", "gy", "gz", "gravity_ax", "gravity_az"]
    by_number = GravitySeparator(channels=np.array([0, 2])).fit_transform(X)
    assert by_number.equals(by_name)
    np.testing.assert_array_equal(by_name["ay"], X["ay"])


def test_unnamed_channels_are_all_accelerometer():
    separator = GravitySeparator(0.1).fit(np.ones((10, 2)))
    assert separator.get_feature_names_out().tolist() == ["body_x0", "body_x1", "gravity_x0", "gravity_x1"]
    names = separator.get_feature_names_out(["acc_x", "acc_y"]).tolist()
    assert names == ["body_acc_x", "body_acc_y", "gravity_acc_x", "gravity_acc_y"]


def test_what_was_separated_is_not_separated_again(walkers):
    with pytest.raises(ValueError, match=r"None of the channels \['body_acc_x'"):
        GravitySeparator().fit(GravitySeparator().fit_transform(walkers))


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        (
            {"channels": ["acc_x", "acc_q"]},
            ValueError,
            "channels has the channel 'acc_q', but the channels of X are",
        ),
        ({"channels": [6]}, ValueError, "channels has the channel 6"),
        ({"channels": [0, "acc_x"]}, ValueError, "has a channel twice"),
        ({"channels": []}, ValueError, "channels is empty"),
        ({"channels": "acc_x"}, ValueError, "must be None or an array-like. Got 'acc_x'"),
        ({"cutoff": 25.0}, ValueError, r"cutoff is 25 Hz, but rows at 50 Hz .* \(the Nyquist frequency\)"),
        ({"cutoff": 0.0}, ValueError, "'cutoff' parameter"),
    ],
)
def test_refuses(walkers, parameters, error, message):
    with pytest.raises(error, match=message):
        GravitySeparator(**parameters).fit(walkers)


def test_refuses_two_channels_of_one_name(walkers):
    X = walkers.rename(columns={"gyro_x": "gravity_acc_x"})
    with pytest.raises(ValueError, match="Two channels of the result would be called 'gravity_acc_x'"):
        GravitySeparator().fit(X)
