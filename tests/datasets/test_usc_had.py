"""USC-HAD in miniature, in the published layout."""

import io
import zipfile

import numpy as np
import pytest
from scipy.io import savemat

from sklearn_har.datasets import _usc_had, fetch_usc_had
from sklearn_har.exceptions import DatasetIntegrityError


def mat_file(readings, subject, activity, trial):
    """All fields but the readings are text; some people's files misspell the activity's number."""
    buffer = io.BytesIO()
    number = "activity_numbr" if subject == 13 else "activity_number"
    fields = {
        "title": "USC Human Motion Database",
        "version": "1.0",
        "subject": str(subject),
        number: str(activity),
        "trial": str(trial),
        "sensor_location": "front_right_hip",
        "sensor_readings": readings,
    }
    savemat(buffer, fields)
    return buffer.getvalue()


@pytest.fixture
def trials():
    """All activities of the people 2 and 13, trials 1 and 5."""
    rng = np.random.default_rng(0)
    return {
        (subject, activity, trial): rng.uniform(-3, 3, (10 + activity, 6))
        for subject in (2, 13)
        for activity in range(1, 13)
        for trial in (1, 5)
    }


def path_of(subject, activity, trial):
    return f"USC-HAD/Subject{subject}/a{activity}t{trial}.mat"


@pytest.fixture
def home(tmp_path, trials):
    for key, readings in trials.items():
        target = tmp_path / "usc_had" / path_of(*key)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(mat_file(readings, *key))
    return tmp_path


NAMES = [
    "walking_forward", "walking_left", "walking_right", "walking_upstairs", "walking_downstairs",
    "running_forward",
    "jumping_up", "sitting", "standing", "sleeping", "elevator_up", "elevator_down",
]  # fmt: skip


def test_rows_are_the_published_ones_in_si_units(home, trials):
    X, y = fetch_usc_had(data_home=home, return_X_y=True)
    assert list(X.columns) == ["acc_x", "acc_y", "acc_z", "gyro_x", "gyro_y", "gyro_z"]
    assert len(X) == sum(map(len, trials.values()))
    for (subject, activity, trial), readings in trials.items():
        found = X.loc[(subject, f"a{activity}t{trial}")]
        np.testing.assert_allclose(found.iloc[:, :3], readings[:, :3] * 9.80665)
        np.testing.assert_allclose(found.iloc[:, 3:], readings[:, 3:] * np.pi / 180)
        np.testing.assert_allclose(found.index, np.arange(len(readings)) * 0.01, atol=1e-9)
        assert set(y.loc[(subject, f"a{activity}t{trial}")]) == {NAMES[activity - 1]}
    assert X.index.get_level_values("recording").unique()[:3].tolist() == ["a10t1", "a10t5", "a11t1"]


def test_the_bunch_says_who_is_missing(home):
    bunch = fetch_usc_had(data_home=home, harmonize=True)
    assert bunch.sampling_rate == 100.0
    assert bunch.target_names == [
        "walking", "walking_upstairs", "walking_downstairs", "running", "jumping", "sitting", "standing",
        "lying", "elevator",
    ]  # fmt: skip
    assert bunch.report["subjects_missing"] == [1, *range(3, 13), 14]
    assert "degrees" in bunch.DESCR


def test_the_archive_is_downloaded_once(home, trials, http_server, monkeypatch, tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("USC-HAD/Readme.txt", "About.")
        for key, readings in trials.items():
            opened.writestr(path_of(*key), mat_file(readings, *key))
    http_server.served["/usc.zip"] = buffer.getvalue()
    monkeypatch.setattr(_usc_had, "ARCHIVES", {"usc.zip": f"{http_server.address}/usc.zip"})
    for _ in range(2):
        found = fetch_usc_had(data_home=tmp_path / "fresh")
        np.testing.assert_array_equal(found.data, fetch_usc_had(data_home=home).data)
    assert http_server.answers == 1
    assert (tmp_path / "fresh/usc_had/USC-HAD/Subject2/a1t1.mat").is_file()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a1t1.mat", b"no MATLAB file", r"a1t1\.mat is no MATLAB file with sensor_readings"),
        ("a1t1.mat", mat_file(np.ones((4, 5)), 2, 1, 1), r"a1t1\.mat have the shape \(4, 5\); they must be"),
        ("a1t1.mat", mat_file(np.full((4, 6), np.nan), 2, 1, 1), r"a1t1\.mat hold .* that are no numbers"),
        ("a13t1.mat", mat_file(np.ones((4, 6)), 2, 13, 1), r"a13t1\.mat is not named Subject1/a1t1\.mat"),
    ],
)
def test_malformed_files_are_named(home, name, content, message):
    (home / "usc_had/USC-HAD/Subject2" / name).write_bytes(content)
    with pytest.raises(DatasetIntegrityError, match=message):
        fetch_usc_had(data_home=home)
