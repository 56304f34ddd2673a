"""A real folder of one CSV file per recording: GeoTec's, as its authors published it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sklearn_har.recordings import label_intervals, read_recordings

CHANNELS = {f"{axis}_{sensor}": f"{sensor}_{axis}" for sensor in ("acc", "gyro") for axis in "xyz"}

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def folder(data_home):
    folder = Path(data_home) / "geotec" / "DATA"
    if not folder.is_dir():
        pytest.skip("SKLEARN_HAR_DATA holds no geotec/DATA")
    return folder


@pytest.mark.parametrize("device", ["sp", "sw"])
def test_geotec_value_for_value(folder, device):
    X, y, report = read_recordings(
        folder / "*" / f"{{subject}}_{{recording}}_{device}.csv",
        channels=CHANNELS,
        time="timestamp",
        time_unit="ms",
        label="label",
        return_report=True,
    )
    files = sorted(folder.glob(f"*/*_{device}.csv"))
    assert report["file"].tolist() == [str(path) for path in files]
    assert report["rows_left_out"].sum() == 0
    tables = [pd.read_csv(path).sort_values("timestamp", kind="stable") for path in files]
    whole = pd.concat(tables)
    np.testing.assert_array_equal(X.to_numpy(), whole[list(CHANNELS)].to_numpy())
    np.testing.assert_allclose(X.index.get_level_values("time"), whole["timestamp"] / 1000, rtol=0, atol=1e-6)
    assert y.tolist() == whole["label"].tolist()
    names = [tuple(path.stem.split("_")[:2]) for path in files]
    assert X.index.droplevel("time").unique().to_list() == names
    assert report["rows"].tolist() == [len(table) for table in tables]


def test_a_diary_made_of_the_labels_gives_them_back(folder):
    X, y = read_recordings(
        folder / "*" / "{subject}_{recording}_sw.csv",
        channels=CHANNELS,
        time="timestamp",
        time_unit="ms",
        label="label",
    )
    rows = y.rename("activity").reset_index()
    keys = rows[["subject", "recording", "activity"]]
    episode = (keys != keys.shift()).any(axis=1).cumsum()
    diary = rows.groupby(episode).agg(
        {"subject": "first", "recording": "first", "time": "first", "activity": "first"}
    )
    diary = diary.rename(columns={"time": "start"})
    later = diary.groupby(["subject", "recording"], sort=False)["start"].shift(-1)
    diary["stop"] = later.fillna(rows.groupby(episode)["time"].last() + 0.5)
    assert label_intervals(X, diary.sample(frac=1, random_state=0)).tolist() == y.tolist()
