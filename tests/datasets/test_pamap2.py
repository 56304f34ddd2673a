"""PAMAP2 in miniature, in the published layout with its quirks."""

import io
import zipfile

import numpy as np
import pytest

from sklearn_har.datasets import _pamap2, fetch_pamap2
from sklearn_har.exceptions import DatasetIntegrityError
from sklearn_har.recordings import check_recordings

PLACES = {"hand": 3, "chest": 20, "ankle": 37}


def session(n_rows, activities, seed):
    """Rows of 54 columns at 100 Hz; heart rate at 9 Hz, the orientation invalid, rare losses by radio."""
    rng = np.random.default_rng(seed)
    rows = rng.uniform(-10, 10, (n_rows, 54)).round(5)
    rows[:, 0] = np.round(8.38 + 0.01 * np.arange(n_rows), 2)
    rows[:, 1] = np.repeat(activities, -(-n_rows // len(activities)))[:n_rows]
    rows[:, 2] = np.where(np.arange(n_rows) % 11 == 0, 104, np.nan)
    for first in PLACES.values():
        rows[:, first + 13 : first + 17] = [1, 0, 0, 0]
    rows[20, 3:20] = np.nan  # the hand, one row
    rows[50, 37:54] = np.nan  # the ankle, one row
    return rows


def text_of(rows):
    def shown(value):
        return "NaN" if np.isnan(value) else f"{value:.6g}"

    return "".join(" ".join(map(shown, row)) + "\n" for row in rows)


@pytest.fixture
def sessions():
    long_loss = session(400, [0, 4, 24], 2)
    long_loss[150:350, 20:37] = np.nan  # the chest, for two seconds
    return {
        "Protocol/subject101.dat": session(300, [0, 1, 0], 0),
        "Protocol/subject109.dat": long_loss,
        "Optional/subject101.dat": session(200, [9, 0], 1),
    }


@pytest.fixture
def home(tmp_path, sessions):
    for path, rows in sessions.items():
        target = tmp_path / "pamap2/PAMAP2_Dataset" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text_of(rows))
    return tmp_path


def archive_of(sessions):
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as opened:
        for path, rows in sessions.items():
            opened.writestr(f"PAMAP2_Dataset/{path}", text_of(rows))
    with zipfile.ZipFile(outer, "w") as opened:
        opened.writestr("readme.pdf", "About.")
        opened.writestr("PAMAP2_Dataset.zip", inner.getvalue())
    return outer.getvalue()


SENSORS = [first + offset for first in PLACES.values() for offset in (1, 2, 3, 7, 8, 9)]


def test_rows_are_the_published_ones(home, sessions):
    X, y = fetch_pamap2(data_home=home, sampling_rate=None, return_X_y=True)
    assert X.columns[:7].tolist() == [
        "hand_acc_x", "hand_acc_y", "hand_acc_z", "hand_gyro_x", "hand_gyro_y", "hand_gyro_z", "chest_acc_x",
    ]  # fmt: skip
    kept = np.delete(np.arange(300), [20, 50])
    found = X.loc[(101, "protocol")]
    np.testing.assert_allclose(found, sessions["Protocol/subject101.dat"][kept][:, SENSORS], rtol=1e-5)
    np.testing.assert_allclose(found.index, kept * 0.01, atol=1e-9)
    labels = y.loc[(101, "protocol")].astype(object)
    assert labels.isna().sum() == 200 - 2  # transient, published as 0
    assert set(labels.dropna()) == {"lying"}
    assert X.index.droplevel("time").unique().tolist() == [
        (101, "optional"), (101, "protocol"), (109, "protocol"),
    ]  # fmt: skip


def test_the_default_is_a_regular_grid_without_the_long_loss(home):
    bunch = fetch_pamap2(data_home=home)
    assert bunch.sampling_rate == check_recordings(bunch.data).sampling_rate == 100.0
    lengths = bunch.data.groupby(level=["subject", "recording"]).size().to_dict()
    assert lengths == {(101, "protocol"): 300, (101, "optional"): 200, (109, "protocol"): 200}
    assert np.isfinite(bunch.data.to_numpy()).all()
    assert set(bunch.target.loc[(109, "protocol")].dropna()) == {"walking", "rope_jumping"}


def test_lost_values_are_counted_for_the_sensors_that_are_loaded(home):
    report = fetch_pamap2(data_home=home).report
    assert (report["rows_recorded"], report["rows_with_lost_values"]) == (900, 3 * 2 + 200)
    assert report["subjects_missing"] == [102, 103, 104, 105, 106, 107, 108]
    hand = fetch_pamap2(data_home=home, position="hand", sampling_rate=None)
    assert hand.report["rows_with_lost_values"] == 3
    assert hand.data.shape == (897, 6)
    assert hand.channel_names == [
        "hand_acc_x", "hand_acc_y", "hand_acc_z", "hand_gyro_x", "hand_gyro_y", "hand_gyro_z",
    ]  # fmt: skip


def test_the_heart_rate_keeps_its_own_rate_and_the_clock(home, sessions):
    sessions["Protocol/subject109.dat"][:5, 3:20] = np.nan  # rows begin later
    path = home / "pamap2/PAMAP2_Dataset/Protocol/subject109.dat"
    path.write_text(text_of(sessions["Protocol/subject109.dat"]))
    rates = fetch_pamap2(data_home=home).heart_rate
    assert set(rates) == {104.0}
    np.testing.assert_allclose(rates.loc[(101, "optional")].index, np.arange(0, 200, 11) * 0.01, atol=1e-9)
    np.testing.assert_allclose(rates.loc[(109, "protocol")].index[:2], [-0.05, 0.06], atol=1e-9)


def test_recordings_without_a_whole_row_are_named(home, sessions):
    for number, (path, rows) in enumerate(sessions.items()):
        rows[:, 20:37] = np.nan  # the chest, always
        (home / "pamap2/PAMAP2_Dataset" / path).write_text(text_of(rows))
        if number == 0:
            bunch = fetch_pamap2(data_home=home, position="chest")
            assert bunch.report["recordings_without_a_whole_row"] == ["101 protocol"]
            assert (101, "protocol") not in bunch.data.index.droplevel("time")
            (home / "pamap2.files.json").unlink()
    with pytest.raises(ValueError, match=r"no row of PAMAP2 has all values of the sensors at the chest"):
        fetch_pamap2(data_home=home, position="chest")
    assert len(fetch_pamap2(data_home=home, position="hand").data) == 900


def test_shared_names(home):
    bunch = fetch_pamap2(data_home=home, harmonize=True)
    assert set(bunch.target.dropna()) == {"lying", "walking", "jumping"}
    assert bunch.report["rows_without_shared_activity"] == {"watching_tv": 100}


def test_a_zip_archive_in_a_zip_archive_is_downloaded(home, sessions, http_server, monkeypatch, tmp_path):
    http_server.served["/pamap2.zip"] = archive_of(sessions)
    monkeypatch.setattr(_pamap2, "ARCHIVES", {"pamap2.zip": f"{http_server.address}/pamap2.zip"})
    for _ in range(2):
        found = fetch_pamap2(data_home=tmp_path / "fresh")
        np.testing.assert_array_equal(found.data, fetch_pamap2(data_home=home).data)
    assert http_server.answers == 1
    assert (tmp_path / "fresh/pamap2/PAMAP2_Dataset/Optional/subject101.dat").is_file()


@pytest.mark.parametrize(
    ("row", "column", "text", "message"),
    [
        (2, 1, "8", r"subject101\.dat, line 3, has the activity 8; the activities are 0, 1, 2"),
        (4, 9, "?", r"subject101\.dat, line 5, has '\?' where a number belongs"),
        (199, 9, "1 2", r"subject101\.dat, line 200, has 55 numbers; every line has 54"),
        (50, 50, "", r"subject101\.dat, line 51, has 53 numbers; every line has 54"),
        (199, 53, "", r"subject101\.dat, line 200, has 53 numbers; every line has 54"),
    ],
)
def test_malformed_files_are_named_with_the_line(home, row, column, text, message):
    path = home / "pamap2/PAMAP2_Dataset/Optional/subject101.dat"
    lines = path.read_text().splitlines()
    fields = lines[row].split()
    lines[row] = " ".join([*fields[:column], text, *fields[column + 1 :]])
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(DatasetIntegrityError, match=message):
        fetch_pamap2(data_home=home)
