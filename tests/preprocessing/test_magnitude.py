import numpy as np
import pandas as pd
import pytest
from scipy.spatial.transform import Rotation

from sklearn_har.preprocessing import Magnitude
from sklearn_har.preprocessing._magnitude import euclidean_norm


def test_appends_the_norm_of_every_triad(walkers):
    out = Magnitude().fit_transform(walkers)
    assert list(out.columns) == [*walkers.columns, "acc_magnitude", "gyro_magnitude"]
    pd.testing.assert_frame_equal(out[walkers.columns], walkers)
    np.testing.assert_allclose(out["gyro_magnitude"], np.linalg.norm(walkers.iloc[:, 3:], axis=1))


@pytest.mark.parametrize("n_channels", [3, 9])
def test_bits_do_not_depend_on_how_many_rows_lie_how_in_memory(n_channels):
    rows = np.random.default_rng(0).normal(size=(20, n_channels))
    expected = np.concatenate([euclidean_norm(row[np.newaxis]) for row in rows])
    for layout in "C", "F":
        np.testing.assert_array_equal(euclidean_norm(np.asarray(rows, order=layout)), expected)


def test_order_and_place_of_the_channels_are_free():
    X = pd.DataFrame(
        [[12.0, 1.0, 3.0, 2.0, 4.0, 2.0, 70.0]],
        columns=[
            "wrist_acc_z",
            "hip_acc_x",
            "wrist_acc_x",
            "hip_acc_y",
            "wrist_acc_y",
            "hip_acc_z",
            "heart_rate",
        ],
    )
    out = Magnitude(keep_axes=False).fit_transform(X)
    expected = pd.DataFrame(
        [[70.0, 13.0, 3.0]], columns=["heart_rate", "wrist_acc_magnitude", "hip_acc_magnitude"]
    )
    pd.testing.assert_frame_equal(out, expected)


def test_without_axes_nothing_depends_on_how_the_device_is_turned(walkers):
    turn = Rotation.from_rotvec([0.5, -1.2, 2.0])
    turned = walkers.copy()
    turned.iloc[:, :3] = turn.apply(walkers.iloc[:, :3].to_numpy(copy=True))
    turned.iloc[:, 3:] = turn.apply(walkers.iloc[:, 3:].to_numpy(copy=True))
    assert not np.allclose(walkers, turned)
    magnitude = Magnitude(keep_axes=False).fit(walkers)
    pd.testing.assert_frame_equal(magnitude.transform(turned), magnitude.transform(walkers))


def test_unnamed_channels_are_one_sensor():
    magnitude = Magnitude()
    out = magnitude.fit_transform(np.array([[2.0, 3.0, 6.0]]))
    np.testing.assert_array_equal(out, [[2.0, 3.0, 6.0, 7.0]])
    assert magnitude.get_feature_names_out().tolist() == ["x0", "x1", "x2", "magnitude"]


def test_sensors_can_be_named():
    X = pd.DataFrame([[3.0, 4.0, 5.0]], columns=["ax", "ay", "gz"])
    out = Magnitude(sensors={"acc": ["ax", "ay"], "gyro": [2]}).fit_transform(X)
    assert out.to_dict("records") == [{"ax": 3, "ay": 4, "gz": 5, "acc_magnitude": 5, "gyro_magnitude": 5}]


def test_float32_stays_and_is_not_squared_in_float32():
    rows = np.array([[3e30, 4e30]], dtype=np.float32)
    out = Magnitude().fit_transform(rows)
    assert out.dtype == np.float32
    assert out[0, 2] == np.float32(5e30)


@pytest.mark.parametrize(
    ("sensors", "error", "message"),
    [
        ({}, ValueError, "sensors is empty"),
        ({"acc": ["acc_x", "mag_x"]}, ValueError, r"sensors\['acc'\] has the channel 'mag_x'"),
        ({"acc": "acc_x"}, TypeError, r"sensors\['acc'\] is the one name 'acc_x'"),
    ],
)
def test_refuses_sensors(walkers, sensors, error, message):
    with pytest.raises(error, match=message):
        Magnitude(sensors=sensors).fit(walkers)


def test_refuses_names_without_a_triad(walkers):
    with pytest.raises(
        ValueError, match=r"No three of the channels \['acc_x', 'acc_y'\] are called like a triad"
    ):
        Magnitude().fit(walkers[["acc_x", "acc_y"]])


def test_refuses_to_be_used_twice(walkers):
    with pytest.raises(ValueError, match="Two channels of the result would be called 'acc_magnitude'"):
        Magnitude().fit(Magnitude().fit_transform(walkers))
