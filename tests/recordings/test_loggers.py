"""What the logging apps of phones write becomes recordings."""

from contextlib import nullcontext

import numpy as np
import pytest

from sklearn_har.exceptions import SuspectRecordingsWarning
from sklearn_har.recordings import check_recordings, read_recordings

G = 9.80665
EPOCH = 1_782_907_200_000_000_000


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def sensor_logger(folder, *, metadata=None, offset=0.0, **sensors):
    """Files of Sensor Logger; each sensor is (z, y, x) of every row, at 50 Hz."""
    for name, rows in sensors.items():
        lines = [
            f"{EPOCH + int(k * 2e7)},{0.02 * k + offset:.6f},{z},{y},{x}" for k, (z, y, x) in enumerate(rows)
        ]
        write(folder / f"{name}.csv", "time,seconds_elapsed,z,y,x\n" + "\n".join(lines) + "\n")
    if metadata:
        write(
            folder / "Metadata.csv",
            "version,device name,recording epoch time,platform,standardisation\n3,phone,1782907200000,"
            + metadata,
        )


def test_sensor_logger_of_android_takes_the_acceleration_with_gravity(tmp_path):
    sensor_logger(
        tmp_path / "ann" / "monday",
        metadata="android,false",
        Accelerometer=[(0.1, 0.2, 0.3)] * 3,
        TotalAcceleration=[(9.9, 0.2, 0.3 + k) for k in range(3)],
        Gravity=[(9.8, 0, 0)] * 3,
        Gyroscope=[(3, 2, 1)] * 3,
    )
    write(tmp_path / "ann" / "monday" / "Location.csv", "time,seconds_elapsed\n")
    X, y = read_recordings(tmp_path / "{subject}" / "{recording}", logger="sensor_logger")
    assert y is None
    assert X.columns.tolist() == ["acc_x", "acc_y", "acc_z", "gyro_x", "gyro_y", "gyro_z"]
    assert X.index.to_list() == [("ann", "monday", 0.0), ("ann", "monday", 0.02), ("ann", "monday", 0.04)]
    assert X.to_numpy()[2] == pytest.approx([2.3, 0.2, 9.9, 1, 2, 3])


@pytest.mark.parametrize(
    ("metadata", "sign"), [("ios,false", -1), ("iOS,true", 1), ("android,", 1), (None, 1)]
)
def test_sensor_logger_of_iphones_adds_gravity_and_turns_the_sign(tmp_path, metadata, sign):
    sensor_logger(
        tmp_path / "r", metadata=metadata, Accelerometer=[(0.1, 0.2, 0.3)] * 2, Gravity=[(-9.8, 0, 0)] * 2
    )
    X, _ = read_recordings(tmp_path / "{recording}", logger="sensor_logger")
    assert X.columns.tolist() == ["acc_x", "acc_y", "acc_z"]
    assert X.to_numpy()[1] == pytest.approx(np.multiply(sign, [0.3, 0.2, -9.7]))


def test_sensor_logger_without_gravity_says_so_in_the_names(tmp_path):
    sensor_logger(tmp_path / "r", Accelerometer=[(0.1, 0.2, 0.3)] * 2)
    X, _ = read_recordings(tmp_path / "*", logger="sensor_logger")
    assert X.columns.tolist() == ["linear_acc_x", "linear_acc_y", "linear_acc_z"]
    assert X.index.get_level_values("recording").unique().tolist() == ["r"]


def test_gravity_of_other_rows_cannot_be_added(tmp_path):
    sensor_logger(tmp_path / "r", Accelerometer=[(0, 0, 0)] * 3, Gravity=[(9.8, 0, 0)] * 2)
    with pytest.raises(ValueError, match=r"Accelerometer.csv has 3 rows and Gravity.csv beside it 2"):
        read_recordings(tmp_path / "*", logger="sensor_logger")


@pytest.mark.parametrize(("seconds", "is_said"), [(0.0009, False), (0.0011, True)])
def test_gravity_may_be_logged_up_to_a_millisecond_apart(tmp_path, seconds, is_said):
    sensor_logger(tmp_path / "r", Accelerometer=[(0, 0, 0)] * 3)
    sensor_logger(tmp_path / "r", Gravity=[(9.8, 0, 0)] * 3, offset=seconds)
    with pytest.raises(ValueError, match="more than 1 ms") if is_said else nullcontext():
        X, _ = read_recordings(tmp_path / "*", logger="sensor_logger")
        assert X["acc_z"].tolist() == [9.8] * 3


def test_folders_of_a_logger_can_be_left_out(tmp_path):
    for name in ("a", "b", "broken"):
        sensor_logger(tmp_path / name, TotalAcceleration=[(9.8, 0, 0)] * 3)
    X, _ = read_recordings(tmp_path / "{recording}", logger="sensor_logger", exclude="broken")
    assert X.index.unique("recording").tolist() == ["a", "b"]


def test_recordings_must_have_the_same_sensors(tmp_path):
    sensor_logger(tmp_path / "a", TotalAcceleration=[(0, 0, 0)] * 3, Gyroscope=[(1, 1, 1)] * 3)
    sensor_logger(tmp_path / "b", TotalAcceleration=[(0, 0, 0)] * 3)
    with pytest.raises(ValueError, match="1 of 2 recordings have a gyroscope"):
        read_recordings(tmp_path / "{recording}", logger="sensor_logger")
    sensor_logger(tmp_path / "c", Accelerometer=[(0, 0, 0)] * 3)
    with pytest.raises(ValueError, match=r"c has linear_acc_x, .*a has acc_x"):
        read_recordings(tmp_path / "{recording}", logger="sensor_logger")


def test_phyphox_with_all_in_one_file_and_a_decimal_comma(tmp_path):
    write(
        tmp_path / "ann" / "Raw Data.csv",
        '"Time (s)";"Acceleration x (m/s^2)";"Acceleration y (m/s^2)";"Acceleration z (m/s^2)";'
        '"Absolute acceleration (m/s^2)"\n'
        "0,0E0;1,5E0;2,0E0;9,81E0;1,0E1\n1,0E-2;-1,5E-1;2,0E0;9,81E0;1,0E1\n",
    )
    X, _ = read_recordings(tmp_path / "{recording}", logger="phyphox")
    assert X.columns.tolist() == ["acc_x", "acc_y", "acc_z"]
    assert X["acc_x"].to_dict() == {(0, "ann", 0.0): 1.5, (0, "ann", 0.01): -0.15}
    from_file, _ = read_recordings(tmp_path / "*" / "Raw Data.csv", logger="phyphox")
    assert from_file.to_numpy().tolist() == X.to_numpy().tolist()


def test_phyphox_with_a_file_for_each_sensor(tmp_path):
    write(tmp_path / "r" / "Accelerometer.csv", '"Time (s)","X (m/s^2)","Y (m/s^2)","Z (m/s^2)"\n0,1,2,9.8\n')
    write(tmp_path / "r" / "Gyroscope.csv", '"Time (s)","X (rad/s)","Y (rad/s)","Z (rad/s)"\n0,4,5,6\n')
    write(tmp_path / "r" / "meta" / "time.csv", '"event","experiment time"\n')
    X, _ = read_recordings(tmp_path / "{recording}", logger="phyphox")
    assert X.loc[(0, "r", 0.0)].to_dict() == {
        "acc_x": 1, "acc_y": 2, "acc_z": 9.8, "gyro_x": 4, "gyro_y": 5, "gyro_z": 6,
    }  # fmt: skip


def test_physics_toolbox_in_g_with_commas_and_the_minus_that_is_no_hyphen(tmp_path):
    write(tmp_path / "bo_1.csv", "\ntime;gFx;gFy;gFz;TgF\n0,10;0,5;\u22121,0;0,0;1,1\n0,12;0,5;1,0;0,0;1,1\n")
    X, _ = read_recordings(tmp_path / "{subject}_{recording}.csv", logger="physics_toolbox")
    assert X.columns.tolist() == ["acc_x", "acc_y", "acc_z"]
    assert X.loc[("bo", "1", 0.1)].tolist() == pytest.approx([0.5 * G, -G, 0])


def test_physics_toolbox_without_gravity_and_with_units_and_a_clock(tmp_path):
    write(
        tmp_path / "r.csv",
        "# sensor:linear_accelerometer\n# Requested Sample Rate: 50 Hz; inertial\n"
        "time,ax (m/s^2),ay (m/s^2),az (m/s^2),aT (m/s^2)\n13:05:10:000,1,2,3,4\n13:05:10:020,1,2,3,4\n",
    )
    X, _ = read_recordings(tmp_path / "{recording}.csv", logger="physics_toolbox")
    assert X.columns.tolist() == ["linear_acc_x", "linear_acc_y", "linear_acc_z"]
    assert X.to_numpy()[0].tolist() == [1, 2, 3]
    assert X.index.get_level_values("time").tolist() == pytest.approx([47110.0, 47110.02])


def test_a_unit_in_the_header_is_believed(tmp_path):
    write(
        tmp_path / "r.csv",
        "time (ms),gFx (m/s^2),gFy (m/s^2),gFz (m/s^2),wx (deg/s),wy,wz\n20,1,2,3,180,0,1\n",
    )
    X, _ = read_recordings(tmp_path / "r.csv", logger="physics_toolbox")
    assert X.loc[(0, "r", 0.02)].tolist() == pytest.approx([1, 2, 3, np.pi, 0, 1])
    write(tmp_path / "r.csv", "time,gFx (ft/s^2),gFy,gFz\n0,1,2,3\n")
    with pytest.raises(ValueError, match=r"'gFx \(ft/s\^2\)' is in 'ft/s\^2'; known units"):
        read_recordings(tmp_path / "r.csv", logger="physics_toolbox")


def test_what_is_not_there_is_said(tmp_path):
    write(tmp_path / "r" / "Other.csv", "time,ax\n0,1\n")
    with pytest.raises(ValueError, match="logger is 'phyfox'; it must be one of"):
        read_recordings(tmp_path / "r", logger="phyfox")
    with pytest.raises(
        FileNotFoundError,
        match=r"r has no acceleration as sensor_logger writes it: looked for TotalAcceleration.csv \(x, …\), "
        r"Accelerometer.csv \(x, …\), .*'Other.csv': \['time', 'ax'\]",
    ):
        read_recordings(tmp_path / "r", logger="sensor_logger")
    sensor_logger(tmp_path / "s", TotalAcceleration=[(0, 0, "wet")])
    with pytest.raises(ValueError, match=r"TotalAcceleration.csv, line 2: column 'x' holds 'wet'"):
        read_recordings(tmp_path / "s", logger="sensor_logger")
    write(tmp_path / "s" / "TotalAcceleration.csv", "when,x,y,z\n0,1,2,3\n")
    with pytest.raises(ValueError, match="no column 'seconds_elapsed'"):
        read_recordings(tmp_path / "s", logger="sensor_logger")


def interleaved(n):
    """Rows of accelerometer and gyroscope by turns, as Physics Toolbox writes several sensors."""
    rows = [f"{0.02 * k:.4f},0,{k},1,,,\n{0.02 * k + 0.002:.4f},,,,{k},0,1" for k in range(n)]
    return "time,gFx,gFy,gFz,wx,wy,wz\n" + "\n".join(rows) + "\n"


def test_rows_of_two_sensors_by_turns_are_joined(tmp_path):
    write(tmp_path / "ann_1.csv", interleaved(200))
    write(tmp_path / "ann_2.csv", interleaved(100))
    X, _, report = read_recordings(
        tmp_path / "{subject}_{recording}.csv", logger="physics_toolbox", return_report=True
    )
    assert X.columns.tolist() == ["acc_x", "acc_y", "acc_z", "gyro_x", "gyro_y", "gyro_z"]
    assert not X.isna().any().any()
    assert check_recordings(X).sampling_rate == pytest.approx(50, rel=1e-3)
    ramp = X.loc[("ann", "1")]
    inner = ramp.iloc[5:-5]
    assert inner["gyro_x"].to_numpy() == pytest.approx((inner.index.to_numpy() - 0.002) * 50, abs=1e-3)
    assert inner["acc_y"].to_numpy() == pytest.approx(inner.index.to_numpy() * 50 * G, rel=1e-3)
    assert report["rows"].tolist() == X.groupby(level="recording").size().tolist()
    assert report["rows"].between([198, 98], [200, 100]).all()
    assert report["rows_left_out"].tolist() == [0, 0]


def test_rows_are_counted_for_recordings_of_nobody_too(tmp_path):
    for name, n_rows in (("b", 200), ("a", 100)):
        write(tmp_path / f"{name}.csv", interleaved(n_rows))
    X, _, report = read_recordings(tmp_path / "{recording}.csv", logger="physics_toolbox", return_report=True)
    assert report["recording"].tolist() == ["a", "b"]
    assert report["rows"].tolist() == X.groupby(level="recording").size().tolist()
    assert report["subject"].isna().all()


def test_the_separator_and_decimal_mark_of_a_logger_can_be_set(tmp_path):
    write(tmp_path / "r.csv", "time|gFx|gFy|gFz|note (a,b,c,d,e,f)\n0,5|1|2|3|none\n")
    X, _ = read_recordings(tmp_path / "r.csv", logger="physics_toolbox", separator="|", decimal=",")
    assert X.columns.tolist() == ["acc_x", "acc_y", "acc_z"]
    assert X.index.get_level_values("time").tolist() == [0.5]


def test_files_with_clocks_of_their_own_are_joined(tmp_path):
    n = 200
    sensor_logger(tmp_path / "r", TotalAcceleration=[(k, 0, 0) for k in range(n)])
    sensor_logger(tmp_path / "r", offset=0.007, Gyroscope=[(k, 0, 0) for k in range(n)])
    X, _ = read_recordings(tmp_path / "{recording}", logger="sensor_logger")
    inner = X.iloc[5:-5]
    time = inner.index.get_level_values("time").to_numpy()
    assert inner["acc_z"].to_numpy() == pytest.approx(time * 50, abs=1e-3)
    assert inner["gyro_z"].to_numpy() == pytest.approx((time - 0.007) * 50, abs=1e-3)


def test_time_that_restarts_is_said_once_for_each_file(tmp_path):
    rows = [f"{time:.2f},0,0,1,0,0,0" for time in np.tile(np.arange(0, 3, 0.02), 2)]
    write(tmp_path / "r.csv", "time,gFx,gFy,gFz,wx,wy,wz\n" + "\n".join(rows) + "\n")
    with pytest.warns(SuspectRecordingsWarning) as caught:
        read_recordings(tmp_path / "r.csv", logger="physics_toolbox")
    (warning,) = caught
    assert f"{tmp_path / 'r.csv'}, line 152: time runs backwards, from 2.98 s to 0 s" in str(warning.message)
