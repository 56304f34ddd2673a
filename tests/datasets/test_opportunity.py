"""Opportunity in miniature, in the published layout, served on this machine."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sklearn_har.datasets import _opportunity, fetch_opportunity
from sklearn_har.exceptions import DatasetIntegrityError
from sklearn_har.recordings import check_recordings

N_ROWS = 40
IMU_FIRST = {
    "back": 38,
    "right_upper_arm": 51,
    "right_lower_arm": 64,
    "left_upper_arm": 77,
    "left_lower_arm": 90,
}
LOCOMOTION, GESTURE = 244, 250  # columns count from 1 in column_names.txt


def write_file(path, rng, gap=()):
    """250 whole numbers a line, ms first, labels last; NaN in the unit at the back in a gap."""
    table = rng.integers(-2000, 2000, (N_ROWS, 250)).astype(float)
    table[:, 0] = np.round(np.arange(N_ROWS) * 1000 / 30)
    table[:, LOCOMOTION - 1 :] = 0
    table[5:20, LOCOMOTION - 1] = 4
    table[20:30, LOCOMOTION - 1] = 1
    table[30:, LOCOMOTION - 1] = 2
    table[10:20, GESTURE - 1] = 406516
    table[25:30, GESTURE - 1] = 407521
    table[:, 150] = np.nan  # an object's sensor that was off
    table[list(gap), 38] = np.nan
    table[:, 1] = np.nan  # a wireless accelerometer that was off
    lines = [" ".join("NaN" if np.isnan(v) else str(int(v)) for v in row) for row in table]
    path.write_text("\n".join(lines) + "\n")
    return table


@pytest.fixture
def home(tmp_path, http_server, monkeypatch):
    folder = tmp_path / "archive/OpportunityUCIDataset/dataset"
    folder.mkdir(parents=True)
    (folder / "column_names.txt").write_text("not wanted")
    rng, tables = np.random.default_rng(0), {}
    for subject in range(1, 5):
        for name in ("ADL1", "ADL2", "ADL3", "ADL4", "ADL5", "Drill"):
            gap = range(12, 26) if (subject, name) == (1, "ADL2") else ()
            tables[subject, name] = write_file(folder / f"S{subject}-{name}.dat", rng, gap)
    archive = shutil.make_archive(str(tmp_path / "published"), "zip", tmp_path / "archive")
    http_server.served["/opportunity.zip"] = Path(archive).read_bytes()
    monkeypatch.setattr(_opportunity, "ARCHIVES", {"o.zip": f"{http_server.address}/opportunity.zip"})
    return tmp_path / "home", tables, http_server


def test_rows_are_the_published_ones_in_si_units(home):
    folder, tables, server = home
    bunch = fetch_opportunity(data_home=folder, sampling_rate=None)
    X, y = bunch.data, bunch.target
    assert X.shape == (24 * N_ROWS - 14, 30)
    assert X.index.unique("subject").tolist() == [1, 2, 3, 4]
    assert X.index.unique("recording").tolist() == ["ADL1", "ADL2", "ADL3", "ADL4", "ADL5", "Drill"]
    table = tables[3, "Drill"]
    for position, first in IMU_FIRST.items():
        columns = [f"{position}_{sensor}_{axis}" for sensor in ("acc", "gyro") for axis in "xyz"]
        published = table[:, first - 1 : first + 5]
        expected = np.hstack([published[:, :3] / 1000 * 9.8, published[:, 3:] / 1000])
        np.testing.assert_allclose(X.loc[(3, "Drill"), columns].to_numpy(), expected, rtol=1e-14)
    np.testing.assert_array_equal(X.loc[(3, "Drill")].index, table[:, 0] / 1000)
    labels = y.loc[(3, "Drill")].astype(object).where(lambda s: s.notna(), None).tolist()
    assert labels == [None] * 5 + ["sit"] * 15 + ["stand"] * 10 + ["walk"] * 10
    assert bunch.target_names == ["stand", "walk", "sit", "lie"]
    assert set(bunch.channel_units.values()) == {"m/s²", "rad/s"}
    assert bunch.test_recordings == ((2, "ADL4"), (2, "ADL5"), (3, "ADL4"), (3, "ADL5"))
    fetch_opportunity(data_home=folder)
    assert server.answers == 1


def test_rows_without_a_value_are_left_out_and_counted(home):
    folder, tables, _ = home
    bunch = fetch_opportunity(data_home=folder, sampling_rate=None)
    left_out = bunch.report["rows_with_missing_values_left_out"]
    assert left_out.pop("S1-ADL2.dat") == 14
    assert len(left_out) == 23
    assert set(left_out.values()) == {0}
    kept = np.r_[0:12, 26:N_ROWS]
    np.testing.assert_array_equal(bunch.data.loc[(1, "ADL2")].index, tables[1, "ADL2"][kept, 0] / 1000)
    others = fetch_opportunity(data_home=folder, sampling_rate=None, positions=["left_lower_arm"])
    assert len(others.data) == 24 * N_ROWS


def test_the_default_is_a_grid_of_30_hz_with_gaps(home):
    X, y = fetch_opportunity(data_home=home[0], return_X_y=True)
    assert check_recordings(X).sampling_rate == 30.0
    times = X.loc[(1, "ADL2")].index.to_numpy()
    assert not ((times > 11.5 / 30) & (times < 25.5 / 30)).any()
    assert X.index.equals(y.index)


def test_gestures_and_wireless_accelerometers(home):
    folder, tables, _ = home
    options = {"data_home": folder, "sampling_rate": None, "task": "gestures", "sensors": "accelerometers"}
    bunch = fetch_opportunity(**options, positions=["right_hand", "hip"])
    assert bunch.channel_names == [f"{p}_acc_{axis}" for p in ("right_hand", "hip") for axis in "xyz"]
    published = tables[2, "ADL5"][:, [34, 35, 36, 4, 5, 6]]
    np.testing.assert_allclose(bunch.data.loc[(2, "ADL5")].to_numpy(), published * 0.00980665, rtol=1e-14)
    counts = bunch.target.loc[(2, "ADL5")].value_counts()
    assert counts[counts > 0].to_dict() == {"open_door_1": 10, "drink_from_cup": 5}
    assert len(bunch.target_names) == 17
    with pytest.raises(
        ValueError, match="No row of Opportunity has a value in all channels of right_knee_hi"
    ):
        fetch_opportunity(**options)


def test_harmonized_words(home):
    y = fetch_opportunity(data_home=home[0], harmonize=True, return_X_y=True)[1]
    assert y.cat.categories.tolist() == ["walking", "sitting", "standing", "lying"]
    bunch = fetch_opportunity(data_home=home[0], harmonize=True, task="gestures", sampling_rate=None)
    assert bunch.target_names == ["drinking"]
    assert bunch.report["rows_without_shared_activity"] == {"open_door_1": 240 - 8}


def test_people_whose_files_are_missing_are_named(home, recwarn):
    folder = home[0]
    fetch_opportunity(data_home=folder)
    for path in (folder / "opportunity").rglob("S4-*.dat"):
        path.unlink()
    with pytest.warns(UserWarning, match=r"6 of 24 files .* not loaded: S4-ADL1\.dat"):
        bunch = fetch_opportunity(data_home=folder)
    assert bunch.data.index.unique("subject").tolist() == [1, 2, 3]
    assert bunch.report["missing_files"][0] == "S4-ADL1.dat"


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        (100, "x7", r"S1-ADL1\.dat, line 7, has 'x7'"),
        (LOCOMOTION - 1, "3", r"S1-ADL1\.dat, line 7, has the activity 3"),
        (0, "1", r"S1-ADL1\.dat, line 7, has the time 1 ms, which is before"),
        (249, "0 0", r"S1-ADL1\.dat, line 7, has 251 numbers"),
        (248, "", r"S1-ADL1\.dat, line 7, has 249 numbers"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(tmp_path, column, value, message):
    folder = tmp_path / "opportunity"
    folder.mkdir()
    write_file(folder / "S1-ADL1.dat", np.random.default_rng(0))
    lines = (folder / "S1-ADL1.dat").read_text().splitlines()
    fields = lines[6].split(" ")
    fields[column] = value
    lines[6] = " ".join(field for field in fields if field)
    (folder / "S1-ADL1.dat").write_text("\n".join(lines))
    columns = np.r_[37:43]
    with pytest.raises(DatasetIntegrityError, match=message):
        _opportunity._read_file(folder / "S1-ADL1.dat", columns, 243, [1, 2, 4, 5])


def test_parameters_are_checked(home):
    with pytest.raises(ValueError, match=r"positions must name some of back, .* got \['hip'\]"):
        fetch_opportunity(data_home=home[0], positions=["hip"])
    with pytest.raises(OSError, match="download_if_missing is False"):
        fetch_opportunity(data_home=home[0] / "none", download_if_missing=False)


def test_rows_of_a_frame_are_whole(home):
    assert not pd.isna(fetch_opportunity(data_home=home[0], sampling_rate=None).data).any(axis=None)
