"""KU-HAR in miniature, in the published layout, served on this machine."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sklearn_har.datasets import _joined, _ku_har, fetch_ku_har
from sklearn_har.datasets._files import Files
from sklearn_har.exceptions import DatasetIntegrityError, IncompleteDatasetWarning
from sklearn_har.recordings import check_recordings

N_ROWS = 200
FOLDERS = [
    "0.Stand", "1.Sit", "2.Talk-sit", "3.Talk-stand", "4.Stand-sit", "5.Lay", "6.Lay-stand", "7.Pick",
    "8.Jump", "9.Push-up", "10.Sit-up", "11.Walk", "12.Walk-backwards", "13.Walk-circle", "14.Run",
    "15.Stair-up", "16.Stair-down", "17.Table-tennis",
]  # fmt: skip


def write_file(path, rng, padding=0, unit=1):
    """Time, x, y and z of the accelerometer, then of the gyroscope, whose end may be filled with zeros."""
    table = np.zeros((N_ROWS, 8))
    for first, late in ((0, 4), (4, 9)):
        table[:, first] = (late + np.arange(N_ROWS) * 10 + rng.integers(0, 3, N_ROWS)) / unit
        table[:, first + 1 : first + 4] = rng.standard_normal((N_ROWS, 3))
    if padding:
        table[-padding:, 4:] = 0
    path.write_text("".join(",".join(map(repr, row)) + "\n" for row in table.tolist()))
    return table


@pytest.fixture
def miniature(tmp_path, http_server, monkeypatch):
    rng, tables = np.random.default_rng(0), {}
    for number, name in enumerate(FOLDERS):
        folder = tmp_path / f"archive/1.Raw_time_domian_data/{name}"
        folder.mkdir(parents=True)
        file = f"{1001 + number % 2}_{chr(65 + number)}_1"
        tables[number] = write_file(folder / f"{file}.csv", rng, padding=20 if number == 11 else 0)
    walk = tmp_path / "archive/1.Raw_time_domian_data/11.Walk"
    tables["seconds"] = write_file(walk / "1090_L_2.csv", rng, unit=1000)
    archive = shutil.make_archive(str(tmp_path / "published"), "zip", tmp_path / "archive")
    http_server.served["/raw.zip"] = Path(archive).read_bytes()
    monkeypatch.setattr(_ku_har, "ARCHIVES", {"raw.zip": f"{http_server.address}/raw.zip"})
    return tmp_path / "home", tables, http_server


def test_rows_of_one_sensor_are_the_published_ones(miniature):
    home, tables, server = miniature
    for sensor, first in (("acc", 0), ("gyro", 4)):
        bunch = fetch_ku_har(data_home=home, sensors=sensor, sampling_rate=None)
        for key, table, divisor in [
            ((1001, "stand_1001_A_1"), tables[0], 1000),
            ((1002, "stair_up_1002_P_1"), tables[15], 1000),
            ((1090, "walk_1090_L_2"), tables["seconds"], 1),
        ]:
            rows = bunch.data.xs(key, level=["subject", "recording"])
            np.testing.assert_array_equal(rows.to_numpy(), table[:, first + 1 : first + 4])
            times = (table[:, first] - table[0, first]) / divisor
            np.testing.assert_allclose(rows.index, times, atol=1e-9)
        assert bunch.report["files_in_seconds"] == 1
        assert bunch.report["padding_rows"] == (20 if sensor == "gyro" else 0)
    assert len(bunch.target_names) == 18
    assert server.answers == 1


def test_both_sensors_are_joined(miniature):
    bunch = fetch_ku_har(data_home=miniature[0])
    assert check_recordings(bunch.data).sampling_rate == 100.0
    assert bunch.data.shape[1] == 6
    lengths = bunch.data.groupby(level="recording").size()
    assert lengths["walk_1002_L_1"] == pytest.approx(N_ROWS - 20, abs=2)
    assert lengths["run_1001_O_1"] == pytest.approx(N_ROWS, abs=2)
    assert bunch.report["gyro"]["padding_rows"] == 20
    assert bunch.report["recordings_of_one_sensor"] == []


def test_the_second_time_nothing_is_joined(miniature, monkeypatch):
    first = fetch_ku_har(data_home=miniature[0])
    monkeypatch.setattr(_joined, "join_sensors", None)
    second = fetch_ku_har(data_home=miniature[0])
    pd.testing.assert_frame_equal(first.data, second.data)
    pd.testing.assert_series_equal(first.target, second.target)
    assert first.report == second.report
    with pytest.raises(TypeError):
        fetch_ku_har(data_home=miniature[0], sampling_rate=50)


def test_sensors_without_common_time_are_an_error(miniature):
    home = miniature[0]
    fetch_ku_har(data_home=home)
    for path in (home / "ku_har").rglob("*.csv"):
        lines = [line.split(",") for line in path.read_text().splitlines()]
        lines = [[*line[:4], str(float(line[4]) + 1e6), *line[5:]] for line in lines]
        path.write_text("".join(",".join(line) + "\n" for line in lines))
    (home / "ku_har.files.json").unlink()
    for rate in ("nominal", None):
        with pytest.raises(ValueError, match=r"no time in common|no time at which both .*sensors='acc'"):
            fetch_ku_har(data_home=home, sampling_rate=rate)


def test_harmonized_words(miniature):
    bunch = fetch_ku_har(data_home=miniature[0], harmonize=True, sensors="acc", sampling_rate=None)
    assert bunch.target_names == [
        "walking", "walking_upstairs", "walking_downstairs", "running", "jumping", "sitting", "standing",
        "lying",
    ]  # fmt: skip
    assert bunch.report["rows_without_shared_activity"]["table_tennis"] == N_ROWS
    assert (bunch.target == "walking").sum() == 3 * N_ROWS


def test_missing_activities_are_named(miniature):
    home = miniature[0]
    fetch_ku_har(data_home=home)
    shutil.rmtree(home / "ku_har/1.Raw_time_domian_data/17.Table-tennis")
    with pytest.warns(IncompleteDatasetWarning, match=r"has nothing of 17\.\*/\*\.csv: these are not loaded"):
        bunch = fetch_ku_har(data_home=home, sensors="acc")
    assert bunch.report["missing_activities"] == ["17.Table-tennis"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda line: line.replace(",", ",x", 1), r"1001_A_1\.csv, line 9, has 'x"),
        (lambda line: line + ",5", r"1001_A_1\.csv, line 9, has 9 numbers"),
        (lambda line: line.rsplit(",", 1)[0], r"1001_A_1\.csv, line 9, has 7 numbers"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(tmp_path, change, message):
    path = tmp_path / "1001_A_1.csv"
    write_file(path, np.random.default_rng(0))
    lines = path.read_text().splitlines()
    lines[8] = change(lines[8])
    path.write_text("\n".join(lines) + "\n")
    for sensor in ("acc", "gyro"):
        with pytest.raises(DatasetIntegrityError, match=message):
            _ku_har._read_sensor(path, sensor)


def test_a_sensor_of_zeros_has_no_rows(tmp_path):
    path = tmp_path / "1001_A_1.csv"
    write_file(path, np.random.default_rng(0), padding=N_ROWS)
    times, values, facts = _ku_har._read_sensor(path, "gyro")
    assert len(times) == len(values) == 0
    assert facts["padding_rows"] == N_ROWS


def test_files_without_rows_are_named_unless_all_are(tmp_path):
    rng, paths = np.random.default_rng(0), ("0.Stand/1001_A_1.csv", "0.Stand/1002_A_1.csv")
    (tmp_path / "0.Stand").mkdir()
    for path, padding in zip(paths, (N_ROWS, 0), strict=True):
        write_file(tmp_path / path, rng, padding=padding)
    parsed = _ku_har._parse(Files("ku_har", tmp_path, paths, (), {}, tmp_path), "gyro")
    assert [recording.subject for recording in parsed.recordings] == [1002]
    assert parsed.report["files_without_rows"] == ["0.Stand/1001_A_1.csv"]
    with pytest.raises(DatasetIntegrityError, match=r"No file of .* has a row of the gyro"):
        _ku_har._parse(Files("ku_har", tmp_path, paths[:1], (), {}, tmp_path), "gyro")


def test_rows_without_a_value_are_left_out_and_counted(tmp_path):
    path = tmp_path / "1001_A_1.csv"
    table = write_file(path, np.random.default_rng(0))
    lines = path.read_text().splitlines()
    lines[3] = ",".join([*lines[3].split(",")[:5], "", "NaN", "1"])
    path.write_text("\n".join(lines))
    assert len(_ku_har._read_sensor(path, "acc")[1]) == N_ROWS
    _, values, facts = _ku_har._read_sensor(path, "gyro")
    np.testing.assert_array_equal(values, np.delete(table[:, 5:], 3, axis=0))
    assert facts["rows_with_missing_values"] == 1


@pytest.mark.parametrize("written", [",,,", "NaN,NaN,NaN,NaN"])
def test_a_sensor_that_stops_may_be_blank_at_the_end(tmp_path, written):
    path = tmp_path / "1001_A_1.csv"
    table = write_file(path, np.random.default_rng(0))
    lines = path.read_text().splitlines()
    lines[-3:] = [",".join([*line.split(",")[:4], written]) for line in lines[-3:]]
    path.write_text("\n".join(lines) + "\n")
    assert len(_ku_har._read_sensor(path, "acc")[1]) == N_ROWS
    _, values, facts = _ku_har._read_sensor(path, "gyro")
    np.testing.assert_array_equal(values, table[:-3, 5:])
    assert facts["rows_with_missing_values"] == 3


def test_names_of_files_are_checked():
    with pytest.raises(DatasetIntegrityError, match="does not name an activity from 0 to 17 and a person"):
        _ku_har._numbers("18.Swim/1001_A_1.csv")
