"""WISDM 2019 in miniature, served on this machine, and the published files where they are."""

import hashlib
import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sklearn_har.datasets import _wisdm2019, fetch_wisdm2019
from sklearn_har.exceptions import DatasetIntegrityError, IncompleteDatasetWarning
from sklearn_har.recordings import check_recordings

KEY = """walking = A
jogging = B
stairs = C
sitting = D
standing = E
typing = F
teeth = G
soup = H
chips = I
pasta = J
drinking = K
sandwich = L
kicking = M
catch = O
dribbling = P
writing = Q
clapping = R
folding = S
"""
CHANNELS = ["acc_x", "acc_y", "acc_z", "gyro_x", "gyro_y", "gyro_z"]
STEP = 50_000_000  # ns


def text_of(person, recordings):
    """Published text of ``{letter: (times, values)}``."""
    return "".join(
        f"{person},{letter},{time},{x!r},{y!r},{z!r};\n"
        for letter, (times, values) in recordings.items()
        for time, (x, y, z) in zip(times, values.tolist(), strict=True)
    )


@pytest.fixture
def published():
    """Person 1600: B before A in the file and after it in time, on both devices; 1601: a watch only."""
    rng, members, values = np.random.default_rng(0), {"wisdm-dataset/activity_key.txt": KEY}, {}
    for person, device in ((1600, "watch"), (1600, "phone"), (1601, "watch")):
        origin = 90_000_000_000 if device == "watch" else 700_000_000_000
        for sensor, late in (("accel", 0), ("gyro", 2)):
            recordings = {}
            for letter, start in (("B", 200), ("A", 0)):
                times = origin + (start + np.arange(late, 100)) * STEP
                values[person, device, sensor, letter] = rng.standard_normal((100 - late, 3))
                recordings[letter] = (times, values[person, device, sensor, letter])
            path = f"wisdm-dataset/raw/{device}/{sensor}/data_{person}_{sensor}_{device}.txt"
            members[path] = text_of(person, recordings)
    return members, values


@pytest.fixture
def home(published, http_server, monkeypatch, tmp_path):
    """Nothing yet; the archive, in an archive, waits on the server."""
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        for path, text in published[0].items():
            archive.writestr(path, text)
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("wisdm-dataset.zip", inner.getvalue())
    http_server.served["/wisdm.zip"] = outer.getvalue()
    monkeypatch.setattr(_wisdm2019, "ARCHIVES", {"wisdm.zip": f"{http_server.address}/wisdm.zip"})
    checksums = {path: hashlib.sha256(text.encode()).hexdigest() for path, text in published[0].items()}
    monkeypatch.setattr(_wisdm2019, "published_checksums", {"wisdm2019": checksums}.__getitem__)
    return tmp_path


def test_recorded_rows_get_the_nearest_row_of_the_gyroscope(home, published):
    bunch = fetch_wisdm2019(data_home=home, sampling_rate=None)
    assert bunch.data.index.droplevel("time").unique().tolist() == [
        (1600, "A"), (1600, "B"), (1601, "A"), (1601, "B"),
    ]  # fmt: skip
    for (person, letter), rows in bunch.data.groupby(level=[0, 1]):
        acc, gyro = (published[1][person, "watch", sensor, letter] for sensor in ("accel", "gyro"))
        np.testing.assert_array_equal(rows.to_numpy(), np.hstack([acc[2:], gyro]))
    assert bunch.report["watch"]["rows_without_partner"] == 4 * 2
    assert bunch.target.loc[1600, "B"].unique().tolist() == ["jogging"]
    assert list(bunch.data.columns) == CHANNELS


def test_sensors_are_joined_on_a_regular_grid_from_zero(home):
    bunch = fetch_wisdm2019(data_home=home)
    rows = check_recordings(bunch.data)
    assert rows.sampling_rate == bunch.sampling_rate == 20.0
    assert len(rows.run_lengths) == 4
    starts = bunch.data.index.get_level_values("time").to_numpy()[rows.run_starts[:-1]]
    assert starts.tolist() == [0.0] * 4
    recorded = fetch_wisdm2019(data_home=home, sampling_rate=None).data
    np.testing.assert_allclose(bunch.data.loc[1600, "A"], recorded.loc[1600, "A"], atol=1e-6)


@pytest.mark.parametrize("device", ["watch", "both"])
@pytest.mark.filterwarnings("ignore::sklearn_har.exceptions.IncompleteDatasetWarning")
def test_the_second_time_nothing_is_joined(home, monkeypatch, device):
    first = fetch_wisdm2019(data_home=home, device=device)
    monkeypatch.setattr(_wisdm2019, "join_sensors", None)
    second = fetch_wisdm2019(data_home=home, device=device)
    pd.testing.assert_frame_equal(first.data, second.data)
    pd.testing.assert_series_equal(first.target, second.target)
    assert first.report == second.report


def test_both_devices_need_all_files_of_a_person(home):
    with pytest.warns(IncompleteDatasetWarning, match=r"1 of 2 people are not loaded.*: 1601\."):
        bunch = fetch_wisdm2019(data_home=home, device="both")
    assert list(bunch.data.columns) == [f"{d}_{name}" for d in ("phone", "watch") for name in CHANNELS]
    assert bunch.data.index.levels[0].tolist() == bunch.report["people"] == [1600]
    assert list(bunch.report["missing"]) == [1601]
    assert check_recordings(bunch.data).sampling_rate == 20.0
    watch = fetch_wisdm2019(data_home=home).data.loc[[1600]]
    np.testing.assert_allclose(bunch.data.filter(like="watch"), watch, atol=1e-6)
    with pytest.raises(ValueError, match="clock and the watch's tell different times"):
        fetch_wisdm2019(data_home=home, device="both", sampling_rate=None)


def test_people_whose_files_are_not_there_are_named(home, http_server):
    fetch_wisdm2019(data_home=home)
    raw = home / "wisdm2019/wisdm-dataset/raw/watch"
    (raw / "gyro/data_1600_gyro_watch.txt").unlink()
    with pytest.warns(IncompleteDatasetWarning, match=r"1 of 2 people .*: 1600\. report"):
        bunch = fetch_wisdm2019(data_home=home)
    assert bunch.report["people"] == [1601]
    assert bunch.report["missing"] == {1600: ["wisdm-dataset/raw/watch/gyro/data_1600_gyro_watch.txt"]}
    (raw / "accel/data_1601_accel_watch.txt").unlink()
    with pytest.raises(ValueError, match="nobody has all files of the watch"):
        fetch_wisdm2019(data_home=home)
    assert http_server.answers == 1


def test_a_malformed_number_is_named_with_file_and_line(home):
    fetch_wisdm2019(data_home=home)
    path = home / "wisdm2019/wisdm-dataset/raw/watch/gyro/data_1601_gyro_watch.txt"
    lines = path.read_text().splitlines()
    lines[8] = lines[8].rsplit(",", 1)[0] + ",;"
    path.write_text("\n".join(lines) + "\n")
    message = r"1 of the 3 files differ .*data_1601_gyro_watch\.txt, line 9, has '' where a number belongs"
    with pytest.raises(DatasetIntegrityError, match=message):
        fetch_wisdm2019(data_home=home)


def test_the_names_of_the_activities_are_needed(home):
    fetch_wisdm2019(data_home=home)
    (home / "wisdm2019/wisdm-dataset/activity_key.txt").unlink()
    with pytest.raises(
        DatasetIntegrityError, match=r"lacks wisdm-dataset/activity_key\.txt, which names the"
    ):
        fetch_wisdm2019(data_home=home)


def test_shared_words(home):
    y = fetch_wisdm2019(data_home=home, harmonize=True, return_X_y=True)[1]
    assert set(y) == {"walking", "running"}


def test_an_unknown_activity_is_named_with_file_and_line(tmp_path):
    path = tmp_path / "data_1600_accel_watch.txt"
    path.write_text("1600,A,1,0.5,5.1E-4,1;\n1600,N,2,0,0,1;\n")
    with pytest.raises(ValueError, match=r"watch\.txt, line 2: there is no activity 'N'"):
        _wisdm2019._read_person(path)


@pytest.fixture(scope="module")
def real():
    home = os.environ.get("SKLEARN_HAR_DATA")
    if not home or not Path(home, "wisdm2019").is_dir():
        pytest.skip("SKLEARN_HAR_DATA names no folder with wisdm2019 in it")
    return Path(home)


def slow_reading(home, person, sensor, device):
    path = home / f"wisdm2019/wisdm-dataset/raw/{device}/{sensor}/data_{person}_{sensor}_{device}.txt"
    found = {}
    for line in path.read_text().splitlines():
        _, letter, time, *values = line.rstrip(";").split(",")
        found.setdefault(letter, []).append((int(time), *map(float, values)))
    return found


@pytest.mark.real
@pytest.mark.filterwarnings("ignore::sklearn_har.exceptions.IncompleteDatasetWarning")
@pytest.mark.parametrize(("device", "n_people"), [("phone", 21), ("watch", 46)])
def test_recorded_rows_are_those_of_a_slow_reading(real, device, n_people):
    bunch = fetch_wisdm2019(data_home=real, device=device, sampling_rate=None)
    people = bunch.report["people"]
    assert len(people) == n_people
    assert len(bunch.report["missing"]) == 51 - n_people
    for person in people[:: n_people // 3]:
        acc, gyro = (slow_reading(real, person, sensor, device) for sensor in ("accel", "gyro"))
        rows = bunch.data.loc[person]
        assert list(rows.index.levels[0][np.unique(rows.index.codes[0])]) == sorted(acc)
        for letter, published in acc.items():
            mine, there = rows.loc[letter], np.array(published)
            partners = {row[1:] for row in gyro[letter]}
            assert 0 <= len(there) - len(mine) < 60
            start = next(row[0] for row in published if row[1:] == tuple(mine.iloc[0, :3]))
            for k in (0, len(mine) // 2, -1):
                row = mine.iloc[k].to_numpy()
                time = round(mine.index[k] * 1e9) + start
                near = there[np.argmin(np.abs(there[:, 0] - time))]
                assert abs(near[0] - time) < 1000
                assert tuple(near[1:]) == tuple(row[:3])
                assert tuple(row[3:]) in partners


@pytest.mark.real
@pytest.mark.filterwarnings("ignore::sklearn_har.exceptions.IncompleteDatasetWarning")
@pytest.mark.parametrize("device", ["phone", "watch", "both"])
def test_nearly_all_recorded_time_can_be_cut_into_windows(real, device):
    bunch = fetch_wisdm2019(data_home=real, device=device)
    lengths = check_recordings(bunch.data).run_lengths
    seconds = lengths[lengths >= 51].sum() / 20
    clock = "phone" if device == "phone" else "watch"
    recorded = fetch_wisdm2019(data_home=real, device=clock, sampling_rate=None).data
    recorded = recorded.loc[bunch.report["people"]].index.to_frame()["time"]
    ends = recorded.groupby(level=[0, 1]).last()
    ends = ends.loc[bunch.data.index.droplevel("time").unique()]
    assert seconds / ends.sum() >= 0.97
    by_activity = bunch.target.value_counts(normalize=True)
    assert len(by_activity) == 18
    expected = ends.groupby(level=1).sum() / ends.sum()
    np.testing.assert_allclose(np.sort(by_activity), np.sort(expected), atol=0.002)
