"""HAPT in miniature, served on this machine, and the published files where they are."""

import hashlib
import os
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sklearn_har.datasets import _hapt, fetch_hapt
from sklearn_har.exceptions import DatasetIntegrityError
from sklearn_har.recordings import check_recordings, drop_unlabelled

NAMES = [
    "WALKING",
    "WALKING_UPSTAIRS",
    "WALKING_DOWNSTAIRS",
    "SITTING",
    "STANDING",
    "LAYING",
    "STAND_TO_SIT",
    "SIT_TO_STAND",
    "SIT_TO_LIE",
    "LIE_TO_SIT",
    "STAND_TO_LIE",
    "LIE_TO_STAND",
]
CHANNELS = ["acc_x", "acc_y", "acc_z", "gyro_x", "gyro_y", "gyro_z"]


@pytest.fixture
def miniature(tmp_path, monkeypatch):
    """Two experiments of users 7 and 3, of 6 and 4 rows, in the published layout."""
    folder = tmp_path / "hapt"
    (folder / "RawData").mkdir(parents=True)
    (folder / "README.txt").write_text("About.\n")
    (folder / "activity_labels.txt").write_text(
        "".join(f"{number} {name:<18}\n" for number, name in enumerate(NAMES, start=1))
    )
    (folder / "RawData/labels.txt").write_text("1 7 5 1 2\n1 7 7 3 3\n1 7 4 5 6\n2 3 12 2 3\n")
    rng = np.random.default_rng(0)
    published = {}
    for experiment, user, n_rows in [(1, 7, 6), (2, 3, 4)]:
        for sensor in ("acc", "gyro"):
            path = f"RawData/{sensor}_exp{experiment:02}_user{user:02}.txt"
            published[sensor, experiment] = rng.standard_normal((n_rows, 3))
            np.savetxt(folder / path, published[sensor, experiment], fmt="%.17g")
    checksums = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*.txt")
    }
    monkeypatch.setattr(_hapt, "published_checksums", {"hapt": checksums}.__getitem__)
    return tmp_path, published


def test_rows_are_the_published_ones_in_si_units(miniature):
    home, published = miniature
    X, _ = fetch_hapt(data_home=home, download_if_missing=False, return_X_y=True)
    expected = np.vstack(
        [np.hstack([published["acc", number] * 9.80665, published["gyro", number]]) for number in (1, 2)]
    )
    np.testing.assert_array_equal(X.to_numpy(), expected)
    assert list(X.columns) == CHANNELS
    assert X.index.names == ["subject", "recording", "time"]
    times = [0.0, 0.02, 0.04, 0.06, 0.08, 0.1]
    assert X.index.tolist() == [(7, 1, t) for t in times] + [(3, 2, t) for t in times[:4]]
    assert check_recordings(X).sampling_rate == 50.0


def test_the_archive_is_downloaded_and_read(miniature, http_server, monkeypatch, tmp_path):
    home, _ = miniature
    shutil.make_archive(str(home / "published"), "zip", home / "hapt")
    http_server.served["/hapt.zip"] = (home / "published.zip").read_bytes()
    monkeypatch.setattr(_hapt, "ARCHIVES", {"hapt.zip": f"{http_server.address}/hapt.zip"})
    fetched = fetch_hapt(data_home=tmp_path / "fresh")
    pd.testing.assert_frame_equal(fetched.data, fetch_hapt(data_home=home).data)
    fetch_hapt(data_home=tmp_path / "fresh")
    assert http_server.answers == 1
    (tmp_path / "fresh/hapt/RawData/labels.txt").write_text("1 7 5 1 6\n")
    with pytest.raises(DatasetIntegrityError, match=r"1 of the 7 files differ .*: RawData/labels\.txt\."):
        fetch_hapt(data_home=tmp_path / "fresh")


def test_intervals_count_from_one_and_include_both_ends(miniature):
    _, y = fetch_hapt(data_home=str(miniature[0]), return_X_y=True)
    labels = [None if pd.isna(label) else label for label in y]
    first = ["standing", "standing", "stand_to_sit", None, "sitting", "sitting"]
    assert labels == [*first, None, "lie_to_stand", "lie_to_stand", None]
    assert list(y.cat.categories) == [name.lower() for name in NAMES]


def test_basic_activities_leave_transitions_unlabelled(miniature, monkeypatch):
    monkeypatch.setenv("SKLEARN_HAR_DATA", str(miniature[0]))
    X, y = fetch_hapt(activities="basic", return_X_y=True)
    assert len(X) == len(y) == 10
    assert list(y.cat.categories) == [name.lower() for name in NAMES[:6]]
    assert drop_unlabelled(X, y)[1].tolist() == ["standing", "standing", "sitting", "sitting"]


def test_shared_words_replace_own_ones_and_transitions_without_one_are_counted(miniature):
    bunch = fetch_hapt(data_home=miniature[0], harmonize=True)
    labels = [None if pd.isna(label) else label for label in bunch.target]
    first = ["standing", "standing", "sitting_down", None, "sitting", "sitting"]
    assert labels == [*first, None, None, None, None]
    assert bunch.report["rows_without_shared_activity"] == {"lie_to_stand": 2}
    assert "lying" in bunch.target_names
    assert "laying" not in bunch.target_names


def test_another_rate_resamples(miniature):
    bunch = fetch_hapt(data_home=miniature[0], sampling_rate=25)
    assert check_recordings(bunch.data).sampling_rate == bunch.sampling_rate == 25.0
    assert len(bunch.data) == 5
    as_recorded = fetch_hapt(data_home=miniature[0], sampling_rate=None)
    pd.testing.assert_frame_equal(as_recorded.data, fetch_hapt(data_home=miniature[0]).data)


def test_the_bunch_describes_the_data(miniature):
    bunch = fetch_hapt(data_home=miniature[0])
    assert bunch.data.shape == (10, 6)
    assert bunch.target.index.equals(bunch.data.index)
    assert bunch.sampling_rate == 50.0
    assert bunch.channel_names == CHANNELS
    assert set(bunch.channel_units.values()) == {"m/s²", "rad/s"}
    assert bunch.target_names == [name.lower() for name in NAMES]
    assert bunch.test_subjects == (2, 4, 9, 10, 12, 13, 18, 20, 24)
    assert "50 Hz" in bunch.DESCR
    assert "commercial" in bunch.licence
    assert "Reyes-Ortiz" in bunch.citation


@pytest.mark.parametrize(
    ("path", "old", "message"),
    [
        ("RawData/gyro_exp02_user03.txt", " ", r"line 1, has 4 numbers; every line has 3"),
        ("RawData/labels.txt", "1 7 7", r"labels\.txt, line 2, has 'x' where a number belongs"),
    ],
)
def test_a_malformed_file_is_named_with_the_line(miniature, path, old, message):
    changed = miniature[0] / "hapt" / path
    changed.write_text(changed.read_text().replace(old, " 5 " if old == " " else "1 7 x", 1))
    with pytest.raises(DatasetIntegrityError, match=rf"differ from the published ones .*{message}"):
        fetch_hapt(data_home=miniature[0])


def test_parameters_are_checked(miniature):
    with pytest.raises(ValueError, match="'activities' parameter of fetch_hapt must be a str among"):
        fetch_hapt(data_home=miniature[0], activities="six")
    with pytest.raises(OSError, match="download_if_missing is False"):
        fetch_hapt(data_home=miniature[0] / "elsewhere", download_if_missing=False)


@pytest.fixture(scope="module")
def real():
    home = os.environ.get("SKLEARN_HAR_DATA")
    if not home or not Path(home, "hapt").is_dir():
        pytest.skip("SKLEARN_HAR_DATA names no folder with hapt in it")
    return fetch_hapt(data_home=home, download_if_missing=False), Path(home, "hapt")


@pytest.mark.real
def test_counts_of_the_published_files(real):
    bunch, _ = real
    assert bunch.data.shape == (1_122_772, 6)
    assert bunch.target.notna().sum() == 815_614
    assert len(bunch.target_names) == 12
    index = bunch.data.index
    assert index.get_level_values("subject").unique().tolist() == sorted(range(1, 31))
    assert index.get_level_values("recording").unique().tolist() == list(range(1, 62))
    assert set(bunch.test_subjects) < set(range(1, 31))


@pytest.mark.real
def test_values_and_labels_are_those_of_a_slow_reading(real):
    bunch, folder = real
    names = dict(line.split() for line in (folder / "activity_labels.txt").read_text().splitlines())
    intervals = np.loadtxt(folder / "RawData/labels.txt", dtype=int)
    rows_of = dict.fromkeys(bunch.target_names, 0)
    for _, _, activity, first, last in intervals:
        rows_of[names[str(activity)].lower()] += last - first + 1
    assert bunch.target.value_counts().to_dict() == rows_of

    values, labels = bunch.data.to_numpy(), np.asarray(bunch.target.astype(object))
    recording = np.asarray(bunch.data.index.get_level_values("recording"))
    for path in sorted((folder / "RawData").glob("acc_*.txt"))[::12]:  # six, with the first and the last
        experiment, user = map(int, re.findall(r"\d+", path.name))
        rows = recording == experiment
        acc, gyro = np.loadtxt(path), np.loadtxt(path.with_name(path.name.replace("acc", "gyro")))
        np.testing.assert_array_equal(values[rows], np.hstack([acc * 9.80665, gyro]))
        expected = np.full(len(acc), None, dtype=object)
        for _, _, activity, first, last in intervals[intervals[:, 0] == experiment]:
            expected[first - 1 : last] = names[str(activity)].lower()
        missing = pd.isna(labels[rows])
        np.testing.assert_array_equal(missing, expected == None)  # noqa: E711
        np.testing.assert_array_equal(labels[rows][~missing], expected[~missing])
        times = bunch.data.index[rows]
        assert set(times.get_level_values("subject")) == {user}
        np.testing.assert_array_equal(times.get_level_values("time"), np.arange(len(acc)) / 50)


@pytest.mark.real
def test_basic_activities_of_the_published_files(real):
    bunch, folder = real
    y = fetch_hapt(data_home=folder.parent, activities="basic", return_X_y=True)[1]
    basic = bunch.target.isin(y.cat.categories)
    assert len(y.cat.categories) == 6
    np.testing.assert_array_equal(y.notna(), basic)
    assert (y[basic].astype(str) == bunch.target[basic].astype(str)).all()
