"""Daily and Sports Activities in miniature, in the published layout, served on this machine."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from sklearn_har.datasets import _daily_sports, fetch_daily_sports
from sklearn_har.exceptions import DatasetIntegrityError
from sklearn_har.recordings import check_recordings

N_SEGMENTS = 3


@pytest.fixture
def miniature(tmp_path, http_server, monkeypatch):
    """Activities 1, 2, 5 and 13 of persons 1 and 8, of three segments of five seconds each."""
    monkeypatch.setattr(_daily_sports, "N_SEGMENTS", N_SEGMENTS)
    rng, tables = np.random.default_rng(0), {}
    for activity in (1, 2, 5, 13):
        for subject in (1, 8):
            folder = tmp_path / f"archive/data/a{activity:02}/p{subject}"
            folder.mkdir(parents=True)
            tables[subject, activity] = rng.standard_normal((N_SEGMENTS * 125, 45)).round(5)
            for segment, rows in enumerate(np.split(tables[subject, activity], N_SEGMENTS), start=1):
                lines = (",".join(map(repr, row)) for row in rows.tolist())
                (folder / f"s{segment:02}.txt").write_text("\n".join(lines) + "\n")
    archive = shutil.make_archive(str(tmp_path / "published"), "zip", tmp_path / "archive")
    http_server.served["/daily.zip"] = Path(archive).read_bytes()
    monkeypatch.setattr(_daily_sports, "ARCHIVES", {"d.zip": f"{http_server.address}/daily.zip"})
    return tmp_path / "home", tables, http_server


def test_rows_are_the_published_ones_without_magnetometers(miniature):
    home, tables, server = miniature
    bunch = fetch_daily_sports(data_home=home)
    X, y = bunch.data, bunch.target
    assert X.shape == (8 * N_SEGMENTS * 125, 30)
    for first, position in enumerate(["torso", "right_arm", "left_arm", "right_leg", "left_leg"]):
        columns = [f"{position}_{sensor}_{axis}" for sensor in ("acc", "gyro") for axis in "xyz"]
        for key, table in tables.items():
            np.testing.assert_array_equal(X.loc[key, columns], table[:, 9 * first : 9 * first + 6])
    assert X.index.unique("subject").tolist() == [1, 8]
    assert check_recordings(X).sampling_rate == 25.0
    np.testing.assert_array_equal(X.loc[(8, 5)].index, np.arange(375) / 25)
    assert y.loc[(1, 5)].unique().tolist() == ["ascending_stairs"]
    assert y.loc[(8, 13)].unique().tolist() == ["exercising_on_a_stepper"]
    assert len(bunch.target_names) == 19
    assert len(bunch.report["recordings_missing"]) == 19 * 8 - 8
    assert bunch.report["recordings_missing"][0] == "a01/p2"
    assert (home / "daily_sports/data/a13/p8/s03.txt").is_file()
    assert fetch_daily_sports(data_home=home, sampling_rate=None).data.equals(X)
    assert server.answers == 1


def test_harmonized_words(miniature):
    bunch = fetch_daily_sports(data_home=miniature[0], harmonize=True)
    assert set(bunch.target.dropna()) == {"sitting", "standing", "walking_upstairs"}
    assert bunch.report["rows_without_shared_activity"] == {"exercising_on_a_stepper": 750}


def test_another_rate_resamples(miniature):
    X, y = fetch_daily_sports(data_home=miniature[0], sampling_rate=10, return_X_y=True)
    assert check_recordings(X).sampling_rate == 10.0
    assert X.index.equals(y.index)


def test_a_missing_segment_leaves_a_gap_and_is_reported(miniature):
    home, tables, _ = miniature
    fetch_daily_sports(data_home=home)
    (home / "daily_sports/data/a01/p8/s02.txt").unlink()
    bunch = fetch_daily_sports(data_home=home)
    assert bunch.report["segments_missing"] == {"a01/p8": 1}
    times = bunch.data.loc[(8, 1)].index
    assert not ((times > 5) & (times < 9.99)).any()
    np.testing.assert_allclose(bunch.data.loc[(8, 1)].iloc[-125:, 0], tables[8, 1][250:, 0], atol=1e-9)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda lines: [*lines[:4], lines[4].replace(",", ",x", 1), *lines[5:]], r"s02\.txt, line 5, has 'x"),
        (lambda lines: [*lines[:4], lines[4] + ",1", *lines[5:]], r"s02\.txt, line 5, has 46 numbers"),
        (lambda lines: lines[:-1], r"s02\.txt has 124 lines; a segment has 125"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(miniature, tmp_path, change, message):
    folder = tmp_path / "archive/data/a01/p1"
    lines = (folder / "s02.txt").read_text().splitlines()
    (folder / "s02.txt").write_text("\n".join(change(lines)) + "\n")
    with pytest.raises(DatasetIntegrityError, match=message):
        _daily_sports._read_segments(sorted(folder.iterdir()))


def test_a_line_in_the_segment_before_its_own_is_no_whole_segment(miniature, tmp_path):
    folder = tmp_path / "archive/data/a01/p1"
    first, second = ((folder / name).read_text().splitlines() for name in ("s01.txt", "s02.txt"))
    (folder / "s01.txt").write_text("\n".join([*first, second[0]]) + "\n")
    (folder / "s02.txt").write_text("\n".join(second[1:]) + "\n")
    with pytest.raises(DatasetIntegrityError, match=r"s01\.txt has 126 lines; a segment has 125"):
        _daily_sports._read_segments(sorted(folder.iterdir()))


def test_other_folders_are_refused(miniature):
    with pytest.raises(DatasetIntegrityError, match=r"a20/p1/s01\.txt is not a file of activity 1 to 19"):
        _daily_sports._numbers("a20/p1/s01.txt")
