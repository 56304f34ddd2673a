"""GeoTec in miniature, served on this machine, and the published files where they are."""

import csv
import hashlib
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from sklearn_har.datasets import _geotec, fetch_geotec
from sklearn_har.exceptions import DatasetIntegrityError
from sklearn_har.recordings import check_recordings

HEADER = "x_acc,y_acc,z_acc,x_gyro,y_gyro,z_gyro,timestamp,label\n"
CHANNELS = ["acc_x", "acc_y", "acc_z", "gyro_x", "gyro_y", "gyro_z"]


def sequence(rng, start, steps, labels):
    """Published text of a sequence, and its values."""
    values, times = rng.standard_normal((len(labels), 6)), start + np.cumsum([0, *steps])
    rows = zip(values.tolist(), times, labels, strict=True)
    return HEADER + "".join(f"{','.join(map(repr, v))},{t},{name}\n" for v, t, name in rows), values


@pytest.fixture
def miniature(tmp_path, monkeypatch):
    """Two people; the phone's rows come in bursts of four, the watch's every 10 ms."""
    folder, rng, values = tmp_path / "archive/sp-sw-har-dataset-1408d85/DATA", np.random.default_rng(0), {}
    labels = ["SEATED"] * 150 + ["WALKING"] * 150
    for number in (1, 2):
        (folder / f"s{number:02}").mkdir(parents=True)
        for code, steps in {"sp": ([0, 0, 0, 40] * 75)[:299], "sw": [10] * 299}.items():
            text, values[number, code] = sequence(rng, 1_657_533_977_810, steps, labels)
            (folder / f"s{number:02}/s{number:02}_03_{code}.csv").write_text(text)
    checksums = {
        path.relative_to(folder.parent).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*.csv")
    }
    (folder.parent / "README.md").write_text("not wanted")
    monkeypatch.setattr(_geotec, "published_checksums", {"geotec": checksums}.__getitem__)
    return tmp_path, values


@pytest.fixture
def home(miniature, http_server, monkeypatch):
    root, _ = miniature
    archive = shutil.make_archive(str(root / "published"), "zip", root / "archive")
    http_server.served["/geotec.zip"] = Path(archive).read_bytes()
    monkeypatch.setattr(_geotec, "ARCHIVES", {"published.zip": f"{http_server.address}/geotec.zip"})
    return root / "home"


def test_rows_as_recorded_are_those_of_the_files(home, miniature):
    bunch = fetch_geotec(data_home=home, sampling_rate=None, device="phone")
    expected = np.vstack([miniature[1][1, "sp"], miniature[1][2, "sp"]])
    np.testing.assert_array_equal(bunch.data.to_numpy(), expected)
    assert list(bunch.data.columns) == CHANNELS
    times = bunch.data.loc[(1, 3)].index.to_numpy()
    np.testing.assert_allclose(times[:6], [0, 0, 0, 0, 0.04, 0.04], atol=1e-6)
    assert (home / "geotec/sp-sw-har-dataset-1408d85/DATA/s01/s01_03_sp.csv").is_file()
    assert not list(home.rglob("README.md"))


@pytest.mark.parametrize("device", ["phone", "watch"])
def test_by_default_rows_are_on_a_regular_grid_without_gaps(home, device):
    bunch = fetch_geotec(data_home=home, device=device)
    rows = check_recordings(bunch.data)
    assert rows.sampling_rate == bunch.sampling_rate == 100.0
    assert len(rows.run_lengths) == 2
    assert rows.run_lengths.min() >= 295
    assert bunch.target_names == ["seated", "standing_up", "walking", "turning", "sitting_down"]


def test_shared_words(home):
    y = fetch_geotec(data_home=home, harmonize=True, return_X_y=True)[1]
    assert list(y.cat.categories) == ["walking", "sitting", "standing_up", "sitting_down", "turning"]
    assert set(y) == {"sitting", "walking"}


def test_another_label_is_named_with_file_and_line(home, miniature, monkeypatch):
    fetch_geotec(data_home=home)
    path = home / "geotec/sp-sw-har-dataset-1408d85/DATA/s02/s02_03_sp.csv"
    path.write_text(path.read_text().replace("WALKING", "FLYING", 1))
    with pytest.raises(DatasetIntegrityError, match=r"1 of the 4 files differ .*s02_03_sp\.csv"):
        fetch_geotec(data_home=home)
    with pytest.raises(ValueError, match=r"s02_03_sp\.csv, line 152: the label 'FLYING' is none of"):
        _geotec._read_sequence(path)


def test_a_malformed_number_is_named_with_file_and_line(home):
    fetch_geotec(data_home=home)
    path = home / "geotec/sp-sw-har-dataset-1408d85/DATA/s02/s02_03_sp.csv"
    lines = path.read_text().splitlines()
    lines[8] = lines[8].replace(",", ",x", 1)
    path.write_text("\n".join(lines) + "\n")
    message = r"1 of the 4 files differ .*s02_03_sp\.csv, line 9, has 'x-?\d.*' where a number belongs"
    with pytest.raises(DatasetIntegrityError, match=message):
        fetch_geotec(data_home=home)


@pytest.fixture(scope="module")
def real():
    home = os.environ.get("SKLEARN_HAR_DATA")
    if not home or not Path(home, "geotec").is_dir():
        pytest.skip("SKLEARN_HAR_DATA names no folder with geotec in it")
    return Path(home)


@pytest.mark.real
@pytest.mark.parametrize(("device", "code", "n_rows"), [("phone", "sp", 259_213), ("watch", "sw", 262_553)])
def test_recorded_rows_are_those_of_a_slow_reading(real, device, code, n_rows):
    X, y = fetch_geotec(data_home=real, device=device, sampling_rate=None, return_X_y=True)
    assert X.shape == (n_rows, 6)
    paths = sorted((real / "geotec/DATA").glob(f"s*/*_{code}.csv"))
    assert len(paths) == 223
    counts, first = dict.fromkeys(y.cat.categories, 0), 0
    values, times = X.to_numpy(), X.index.get_level_values("time").to_numpy()
    for path in paths:
        with open(path, newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            counts[row["label"].lower()] += 1
        last, start = first + len(rows) - 1, int(rows[0]["timestamp"])
        for place, row in ((first, rows[0]), (last, rows[-1])):
            assert values[place].tolist() == [
                float(row[f"{axis}_{kind}"]) for kind in ("acc", "gyro") for axis in "xyz"
            ]
            assert y.iloc[place] == row["label"].lower()
            assert times[place] == pytest.approx((int(row["timestamp"]) - start) / 1000, abs=1e-6)
        assert X.index[first][:2] == (int(path.stem[1:3]), int(path.stem[4:6]))
        first = last + 1
    assert first == n_rows
    assert y.value_counts().to_dict() == counts


@pytest.mark.real
@pytest.mark.parametrize("device", ["phone", "watch"])
def test_nearly_all_recorded_time_can_be_cut_into_windows(real, device):
    recorded, labels = fetch_geotec(data_home=real, device=device, sampling_rate=None, return_X_y=True)
    ends = recorded.index.get_level_values("time").to_series().groupby(
        [recorded.index.get_level_values(k) for k in (0, 1)]
    ).last()  # fmt: skip
    X, y = fetch_geotec(data_home=real, device=device, return_X_y=True)
    lengths = check_recordings(X).run_lengths
    assert len(ends) == len(lengths) == 223
    assert lengths[lengths >= 256].sum() / 100 / ends.sum() >= 0.97
    shares, regular = (part.value_counts(normalize=True).sort_index() for part in (labels, y))
    np.testing.assert_allclose(regular, shares, atol=0.003)
