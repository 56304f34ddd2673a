"""MHEALTH in miniature, in the published layout."""

import io
import zipfile

import numpy as np
import pytest

from sklearn_har.datasets import _mhealth, fetch_mhealth
from sklearn_har.exceptions import DatasetIntegrityError

CHANNELS = [f"{triad}_{axis}" for triad in ("chest_acc", "ankle_acc", "ankle_gyro", "arm_acc", "arm_gyro")
            for axis in "xyz"]  # fmt: skip


def log(n_rows, labels, seed):
    """24 columns: chest (3), electrocardiogram (2), ankle (9), arm (9), label."""
    rows = np.random.default_rng(seed).uniform(-10, 10, (n_rows, 24)).round(5)
    rows[:, 23] = np.repeat(labels, -(-n_rows // len(labels)))[:n_rows]
    return rows


def text_of(rows):
    return "".join("\t".join([*map(str, row[:-1]), str(int(row[-1]))]) + "\n" for row in rows.tolist())


@pytest.fixture
def logs():
    return {1: log(60, [0, 1, 0], 0), 2: log(48, [12, 0, 4, 5], 1), 10: log(40, [11], 2)}


@pytest.fixture
def home(tmp_path, logs):
    folder = tmp_path / "mhealth/MHEALTHDATASET"
    folder.mkdir(parents=True)
    for subject, rows in logs.items():
        (folder / f"mHealth_subject{subject}.log").write_text(text_of(rows))
    return tmp_path


def test_rows_are_the_published_ones_in_si_units(home, logs):
    X, y = fetch_mhealth(data_home=home, return_X_y=True)
    assert list(X.columns) == CHANNELS
    assert X.index.droplevel("time").unique().tolist() == [(1, 1), (2, 1), (10, 1)]
    for subject, rows in logs.items():
        found = X.loc[(subject, 1)]
        accelerations = [name for name in CHANNELS if "acc" in name]
        np.testing.assert_array_equal(found[accelerations], rows[:, [0, 1, 2, 5, 6, 7, 14, 15, 16]])
        rates = [name for name in CHANNELS if "gyro" in name]
        np.testing.assert_allclose(np.rad2deg(found[rates]), rows[:, [8, 9, 10, 17, 18, 19]])
        np.testing.assert_allclose(found.index, np.arange(len(rows)) * 0.02, atol=1e-9)
    assert y.loc[(1, 1)].isna().sum() == 40
    assert set(y.dropna()) == {
        "standing_still", "jump_front_and_back", "walking", "climbing_stairs", "running",
    }  # fmt: skip
    assert set(y.loc[(10, 1)]) == {"running"}


def test_the_bunch_says_who_is_missing_and_doubts_the_gyroscopes(home):
    bunch = fetch_mhealth(data_home=home, harmonize=True)
    assert bunch.sampling_rate == 50.0
    assert bunch.report["subjects_missing"] == [3, 4, 5, 6, 7, 8, 9]
    assert "degrees per second" in bunch.DESCR
    assert set(bunch.target.dropna()) == {"standing", "jumping", "walking", "stairs", "running"}
    assert bunch.channel_units["arm_gyro_z"] == "rad/s"


def test_the_archive_is_downloaded_once(home, logs, http_server, monkeypatch, tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("MHEALTHDATASET/README.txt", "About.")
        for subject, rows in logs.items():
            opened.writestr(f"MHEALTHDATASET/mHealth_subject{subject}.log", text_of(rows))
    http_server.served["/mhealth.zip"] = buffer.getvalue()
    monkeypatch.setattr(_mhealth, "ARCHIVES", {"mhealth.zip": f"{http_server.address}/mhealth.zip"})
    for _ in range(2):
        found = fetch_mhealth(data_home=tmp_path / "fresh")
        np.testing.assert_array_equal(found.data, fetch_mhealth(data_home=home).data)
    assert http_server.answers == 1
    assert (tmp_path / "fresh/mhealth/MHEALTHDATASET/mHealth_subject10.log").is_file()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("\t1\n", "\t13\n", r"subject1\.log, line 21, has the activity 13; the activities are 0, 1"),
        ("\t1\n", "\n", r"subject1\.log, line 21, has 23 numbers; every line has 24"),
        ("\t1\n", "\tone\n", r"subject1\.log, line 21, has 'one' where a number belongs"),
        ("\t1\n", "\t1\t1\n", r"subject1\.log, line 21, has 25 numbers; every line has 24"),
    ],
)
def test_malformed_files_are_named_with_the_line(home, old, new, message):
    path = home / "mhealth/MHEALTHDATASET/mHealth_subject1.log"
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(DatasetIntegrityError, match=message):
        fetch_mhealth(data_home=home)
