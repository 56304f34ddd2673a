"""MotionSense in miniature, in the published layout."""

import io
import zipfile

import numpy as np
import pytest

from sklearn_har.datasets import _motion_sense, fetch_motion_sense
from sklearn_har.exceptions import DatasetIntegrityError

HEADER = (
    ",attitude.roll,attitude.pitch,attitude.yaw,gravity.x,gravity.y,gravity.z,rotationRate.x,rotationRate.y,"
    "rotationRate.z,userAcceleration.x,userAcceleration.y,userAcceleration.z\n"
)
FOLDERS = {
    "dws": (1, 2, 11), "ups": (3, 4, 12), "wlk": (7, 8, 15), "jog": (9, 16), "std": (6, 14), "sit": (5, 13),
}  # fmt: skip
NAMES = {
    "dws": "downstairs", "ups": "upstairs", "wlk": "walking", "jog": "jogging", "std": "standing",
    "sit": "sitting",
}  # fmt: skip


@pytest.fixture
def trials():
    """Twelve columns of every trial of the people 3 and 12; the phone of trial 5 lies on its back."""
    rng = np.random.default_rng(0)
    found = {}
    for activity, numbers in FOLDERS.items():
        for number in numbers:
            for subject in (3, 12):
                found[f"{activity}_{number}", subject] = rng.uniform(-1, 1, (8 + number, 12)).round(6)
    found["sit_5", 3][:, 3:6], found["sit_5", 3][:, 9:] = [0, 0, -1], 0
    return found


def text_of(rows):
    lines = [",".join([str(number), *map(str, row)]) + "\n" for number, row in enumerate(rows.tolist())]
    return HEADER + "".join(lines)


@pytest.fixture
def home(tmp_path, trials):
    for (folder, subject), rows in trials.items():
        target = tmp_path / "motion_sense/A_DeviceMotion_data" / folder / f"sub_{subject}.csv"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text_of(rows))
    return tmp_path


def test_rows_are_the_published_ones_in_si_units(home, trials):
    X, y = fetch_motion_sense(data_home=home, return_X_y=True)
    assert list(X.columns) == ["acc_x", "acc_y", "acc_z", "gyro_x", "gyro_y", "gyro_z"]
    assert len(X) == sum(map(len, trials.values()))
    for (folder, subject), rows in trials.items():
        found = X.loc[(subject, folder)]
        np.testing.assert_allclose(found.iloc[:, :3], -9.80665 * (rows[:, 3:6] + rows[:, 9:]), atol=1e-12)
        np.testing.assert_array_equal(found.iloc[:, 3:], rows[:, 6:9])
        np.testing.assert_allclose(found.index, np.arange(len(rows)) * 0.02, atol=1e-9)
        assert set(y.loc[(subject, folder)]) == {NAMES[folder[:3]]}


def test_gravity_points_as_in_other_datasets(home):
    X, _ = fetch_motion_sense(data_home=home, return_X_y=True)
    np.testing.assert_allclose(X.loc[(3, "sit_5"), "acc_z"], 9.80665)


def test_the_bunch_says_who_is_missing_and_what_the_data_are(home):
    bunch = fetch_motion_sense(data_home=home, harmonize=True)
    assert bunch.sampling_rate == 50.0
    assert bunch.report["subjects_missing"] == sorted(set(range(1, 25)) - {3, 12})
    assert "negative" in bunch.DESCR
    assert set(bunch.target) == {
        "walking", "walking_upstairs", "walking_downstairs", "running", "sitting", "standing",
    }  # fmt: skip


def test_another_rate(home):
    bunch = fetch_motion_sense(data_home=home, sampling_rate=25)
    assert bunch.sampling_rate == 25.0
    np.testing.assert_allclose(bunch.data.loc[(3, "jog_16")].index, np.arange(12) * 0.04, atol=1e-9)


def test_the_archive_is_downloaded_once(home, trials, http_server, monkeypatch, tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        for (folder, subject), rows in trials.items():
            path = f"A_DeviceMotion_data/{folder}/sub_{subject}.csv"
            opened.writestr(path, text_of(rows))
            opened.writestr(f"__MACOSX/{path}", b"\0")
    http_server.served["/motion.zip"] = buffer.getvalue()
    monkeypatch.setattr(_motion_sense, "ARCHIVES", {"motion.zip": f"{http_server.address}/motion.zip"})
    for _ in range(2):
        found = fetch_motion_sense(data_home=tmp_path / "fresh")
        np.testing.assert_array_equal(found.data, fetch_motion_sense(data_home=home).data)
    assert http_server.answers == 1
    assert (tmp_path / "fresh/motion_sense/A_DeviceMotion_data/dws_1/sub_3.csv").is_file()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER.replace("gravity.x", "g.x"), r"sub_3\.csv, line 1, names the columns .*'g\.x'"),
        (HEADER + "0" + ",0.5" * 12 + "\n1,0.5,,0.5\n", r"sub_3\.csv, line 3, has 4 numbers; every .* 13"),
        (HEADER + "0,none" + ",0.5" * 11 + "\n", r"sub_3\.csv, line 2, has 'none' where a number belongs"),
        (HEADER + "0," + ",0.5" * 11 + "\n", r"sub_3\.csv, line 2, has '' where a number belongs"),
    ],
)
def test_malformed_files_are_named_with_the_line(home, text, message):
    (home / "motion_sense/A_DeviceMotion_data/wlk_7/sub_3.csv").write_text(text)
    with pytest.raises(DatasetIntegrityError, match=message):
        fetch_motion_sense(data_home=home)
