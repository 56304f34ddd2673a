"""RealWorld in miniature: archives in archives in an archive, served on this machine."""

import io
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from sklearn_har.datasets import _realworld, fetch_realworld
from sklearn_har.exceptions import DatasetIntegrityError, IncompleteDatasetWarning
from sklearn_har.recordings import check_recordings

START = 1435997129000  # ms
N_ROWS = 100


def table(rng, shift=0, n_rows=N_ROWS):
    """Published text of a sensor at 50 Hz with steps of 19 to 21 ms, its seconds and values."""
    times = START + shift + np.arange(n_rows) * 20 + rng.integers(0, 2, n_rows)
    values = rng.standard_normal((n_rows, 3))
    rows = zip(times.tolist(), values.tolist(), strict=True)
    lines = [f"{i},{t},{','.join(map(repr, v))}\n" for i, (t, v) in enumerate(rows, start=1)]
    return "id,attr_time,attr_x,attr_y,attr_z\n" + "".join(lines), times / 1000, values


def zipped(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def home(tmp_path, http_server, monkeypatch):
    """All 15 people walk; 4 climbs in parts (archives inside); 2 has no waist; 13's file is walking_2."""
    rng, tables = np.random.default_rng(0), {}
    for subject in range(1, 16):
        folder = tmp_path / f"archive/realworld2016_dataset/proband{subject}/data"
        folder.mkdir(parents=True)
        (folder.parent / "videos").mkdir()
        for kind, prefix, shift in (("acc", "acc", 0), ("gyr", "Gyroscope", 200)):
            name = "walking_2" if subject == 13 else "walking"
            text, *tables[subject, kind, name] = table(rng, shift)
            members = {"readMe": "Frequency: 50 Hz", f"{prefix}_{name}_thigh.csv": text}
            if subject != 2:
                members[f"{prefix}_{name}_waist.csv"] = text
            (folder / f"{kind}_walking_csv.zip").write_bytes(zipped(members))
        if subject == 4:
            for kind, prefix, first in (
                ("acc", "acc", "acc_climbingup_1"),
                ("gyr", "Gyroscope", "gyr_climbingup"),
            ):
                inner = {}
                for part, file in ((1, "climbingup"), (2, "climbingup_2")):
                    text, *tables[4, kind, file] = table(rng, 5000 * part)
                    outer_name = first if part == 1 else f"{kind}_climbingup_2"
                    inner[f"{outer_name}_csv.zip"] = zipped({f"{prefix}_{file}_waist.csv": text})
                (folder / f"{kind}_climbingup_csv.zip").write_bytes(zipped(inner))
    archive = shutil.make_archive(str(tmp_path / "published"), "zip", tmp_path / "archive")
    http_server.served["/realworld.zip"] = Path(archive).read_bytes()
    monkeypatch.setattr(_realworld, "ARCHIVES", {"r.zip": f"{http_server.address}/realworld.zip"})
    return tmp_path / "home", tables, http_server


def test_rows_of_one_sensor_are_the_published_ones(home):
    folder, tables, server = home
    bunch = fetch_realworld(data_home=folder, sensors="acc", sampling_rate=None)
    assert len(bunch.data) == 16 * N_ROWS
    for key in [(1, "walking"), (13, "walking_2"), (4, "climbingup"), (4, "climbingup_2")]:
        times, values = tables[key[0], "acc", key[1]]
        np.testing.assert_array_equal(bunch.data.loc[key].to_numpy(), values)
        np.testing.assert_allclose(bunch.data.loc[key].index, times - times[0], atol=1e-6)
    assert bunch.target.loc[(4, "climbingup_2")].unique().tolist() == ["climbingup"]
    assert bunch.report["files_without_position"] == ["proband2/data/acc_walking_csv.zip"]
    assert (2, "walking") in map(tuple, bunch.report["missing_activities"])
    fetch_realworld(data_home=folder, position="thigh", sensors="acc")
    assert server.answers == 1


def test_the_folder_keeps_the_published_archives(home):
    fetch_realworld(data_home=home[0])
    found = {path.name for path in (home[0] / "realworld").rglob("proband4/data/*")}
    assert found == {
        f"{kind}_{name}_csv.zip" for kind in ("acc", "gyr") for name in ("walking", "climbingup")
    }


def test_both_sensors_are_joined_where_both_recorded(home):
    bunch = fetch_realworld(data_home=home[0])
    assert check_recordings(bunch.data).sampling_rate == 50.0
    assert bunch.channel_names == ["acc_x", "acc_y", "acc_z", "gyro_x", "gyro_y", "gyro_z"]
    assert len(bunch.data.loc[(1, "walking")]) == pytest.approx(N_ROWS - 10, abs=3)  # the gyroscope is late
    assert bunch.data.index.droplevel("time").nunique() == 16
    assert set(fetch_realworld(data_home=home[0], harmonize=True).target.dropna()) == {
        "walking", "walking_upstairs",
    }  # fmt: skip


def test_people_whose_files_are_missing_are_named(home):
    folder = home[0]
    fetch_realworld(data_home=folder)
    for path in (folder / "realworld").rglob("proband15/data/*.zip"):
        path.unlink()
    with pytest.warns(
        IncompleteDatasetWarning, match=r"has nothing of proband15/data/acc_\*_csv\.zip, proband15"
    ):
        X = fetch_realworld(data_home=folder, return_X_y=True)[0]
    assert 15 not in X.index.unique("subject")


def test_times_that_run_backwards_are_put_in_order_and_counted(home, tmp_path):
    folder = home[0]
    fetch_realworld(data_home=folder, sensors="acc")
    text, _, values = table(np.random.default_rng(5))
    lines = text.splitlines()
    lines[3], lines[4] = lines[4], lines[3]
    (path,) = (folder / "realworld").rglob("proband1/data/acc_walking_csv.zip")
    (folder / "realworld.files.json").unlink()
    path.write_bytes(zipped({"acc_walking_waist.csv": "\n".join(lines)}))
    bunch = fetch_realworld(data_home=folder, sensors="acc", sampling_rate=None)
    np.testing.assert_array_equal(bunch.data.loc[(1, "walking")].to_numpy(), values)
    assert bunch.report["rows_out_of_order"] == {"proband1/data/acc_walking_csv.zip: walking": 1}


def test_what_is_wrong_is_said_with_file_and_line(tmp_path):
    text = table(np.random.default_rng(0))[0].splitlines()
    text[5] = "5,soon,1,2,3"
    path = tmp_path / "acc_walking_csv.zip"
    path.write_bytes(zipped({"acc_walking_waist.csv": "\n".join(text)}))
    with pytest.raises(
        DatasetIntegrityError, match=r"acc_walking_csv\.zip .*acc_walking_waist\.csv, line 6, has 'soon'"
    ):
        _realworld._read_archive(path, "acc", "waist")
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(
        DatasetIntegrityError, match=r"acc_walking_csv\.zip cannot be read: it is not a whole arch"
    ):
        _realworld._read_archive(path, "acc", "waist")


@pytest.mark.parametrize("first", ["_1", ""])
def test_parts_may_have_files_of_one_name(tmp_path, first):
    texts = [table(np.random.default_rng(k), n_rows=5 + k)[0] for k in range(2)]
    inner = {
        f"acc_climbingup{part}_csv.zip": zipped({"acc_climbingup_waist.csv": text})
        for part, text in zip((first, "_2"), texts, strict=True)
    }
    path = tmp_path / "acc_climbingup_csv.zip"
    path.write_bytes(zipped(inner))
    parts = _realworld._read_archive(path, "acc", "waist")
    assert {name: len(rows) for name, rows in parts.items()} == {"climbingup": 5, "climbingup_2": 6}


def test_nobody_with_the_position_is_an_error(home):
    with pytest.raises(ValueError, match="'position' parameter of fetch_realworld must be a str among"):
        fetch_realworld(data_home=home[0], position="nose")
    with pytest.raises(DatasetIntegrityError, match="is of the acc at the head"):
        fetch_realworld(data_home=home[0], position="head")
