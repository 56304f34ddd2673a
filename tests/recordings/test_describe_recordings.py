"""The table to read first."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sklearn_har.exceptions import SuspectRecordingsWarning
from sklearn_har.recordings import describe_recordings
from tests.conftest import recordings

SIX = [f"{sensor}_{axis}" for sensor in ("acc", "gyro") for axis in "xyz"]


def plausible(*lengths, **options):
    X = recordings(*lengths, channels=SIX, **options)
    X["acc_z"] += 9.80665
    return X


def at(X, times):
    levels = [X.index.get_level_values(name) for name in ("subject", "recording")]
    return X.set_axis(pd.MultiIndex.from_arrays([*levels, times], names=X.index.names))


def findings(X, message):
    with pytest.warns(SuspectRecordingsWarning, match=message):
        return describe_recordings(X)


def test_nothing_is_found_where_nothing_is_wrong():
    X = plausible(500, 250)
    y = np.array(["sit"] * 300 + ["walk"] * 300 + [None] * 150, dtype=object)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = describe_recordings(X, y)
    assert table["findings"].tolist() == ["", ""]
    assert table["seconds"].tolist() == pytest.approx([10.0, 5.0])
    assert table[["rows", "rate", "gaps"]].to_numpy().tolist() == [[500, 50, 0], [250, 50, 0]]
    assert table["jitter"].max() < 1e-6
    assert table["acc_length"].between(9, 11).all()
    assert table["unlabelled"].tolist() == [0, 0.6]
    assert table["sit_seconds"].tolist() == pytest.approx([6, 0])
    assert table["walk_seconds"].tolist() == pytest.approx([4, 2])


@pytest.mark.parametrize(
    ("scale", "message"),
    [
        (1 / 9.80665, r"looks like g, not m/s²: multiply by 9.80665"),
        (1000 / 9.80665, "looks like thousandths of g"),
        (0.01, "gravity was taken out"),
    ],
)
def test_units_of_acceleration(scale, message):
    X = plausible(500)
    X.iloc[:, :3] *= scale
    assert "acc" in findings(X, message)["findings"].iloc[0]


@pytest.mark.parametrize(
    ("per_second", "unit"), [(1e3, "milli.*'ms'"), (1e6, "micro.*'us'"), (1e9, "nano.*'ns'")]
)
@pytest.mark.parametrize("rate", [20, 200])
def test_times_that_are_not_seconds(per_second, unit, rate):
    X = plausible(500)
    X += np.random.default_rng(0).normal(0, 0.1, X.shape)
    table = findings(at(X, np.arange(500) / rate * per_second), f"times look like {unit}")
    assert table["stuck"].tolist() == [""]  # a row is far from the next, but no value is there twice
    assert "look like" not in describe_recordings(at(X, np.arange(500) / rate))["findings"].iloc[0]


def test_degrees_per_second():
    X = plausible(500)
    X.iloc[:, 3:] *= 57.3
    findings(X, "looks like degrees per second")


def test_gaps_and_jitter():
    X = plausible(500)
    X = X.drop(X.index[100:200])
    table = describe_recordings(X)
    assert table["gaps"].tolist() == [1]
    assert table["longest_gap"].tolist() == pytest.approx([2.02])
    rng = np.random.default_rng(0)
    jittered = at(plausible(500), np.cumsum(rng.uniform(0.004, 0.036, 500)))
    assert findings(jittered, "steps are irregular: sklearn_har.recordings.resample")["jitter"].iloc[0] > 1


def test_times_that_repeat_burst_or_run_backwards():
    times = np.arange(500) / 50
    repeated = times.copy()
    repeated[3] = repeated[2]
    assert findings(at(plausible(500), repeated), "times repeat")["repeated_times"].tolist() == [1]
    findings(at(plausible(500), times[np.arange(500) // 5 * 5]), "stamped in bursts")
    swapped = times.copy()
    swapped[[7, 8]] = swapped[[8, 7]]
    assert findings(at(plausible(500), swapped), r"X.sort_index\(\)")["backward_times"].tolist() == [1]


def test_stuck_clipped_and_missing():
    X = plausible(1000)
    X.iloc[200:750, 4] = 0.5
    X["acc_x"] = (X["acc_x"] * 20).clip(-19.6, 19.6)
    X["acc_z"] += 12
    X.iloc[3, [0, 5]] = np.nan
    table = findings(X, "a channel is stuck")
    assert (table["stuck"].item(), table["clipped"].item()) == ("gyro_y", "acc_x")
    assert table["missing_values"].item() == 2


@pytest.mark.parametrize(("rows", "clipped"), [([100, 400, 401, 700], ""), ([400, 401, 402], "acc_x")])
def test_peaks_at_the_end_of_the_range_are_clipped_if_they_are_flat(rows, clipped):
    X = plausible(1000)
    X.iloc[rows, 0] = 19.6
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SuspectRecordingsWarning)
        assert describe_recordings(X)["clipped"].item() == clipped


@pytest.mark.real
def test_one_recording_of_hapt_is_clipped(data_home):
    from sklearn_har.datasets import fetch_hapt

    if not (Path(data_home) / "hapt").is_dir():
        pytest.skip("SKLEARN_HAR_DATA holds no hapt")
    X, _ = fetch_hapt(data_home=data_home, return_X_y=True)
    with pytest.warns(SuspectRecordingsWarning):
        table = describe_recordings(X)
    # its y axis stays at -19.7087 m/s² (2 g) for 4, 4 and 3 rows in succession
    assert table["clipped"][table["clipped"] != ""].to_dict() == {(6, 12): "acc_y"}


def test_infinite_times():
    with pytest.raises(ValueError, match=r"The time of row 2 .* is not finite. Leave such rows out"):
        describe_recordings(at(plausible(3), [0, 1, np.inf]))


def test_rates_that_differ_and_rates_that_are_unknown():
    X = pd.concat([plausible(500, 500), plausible(300, rate=25.0, subjects=[3])])
    assert findings(X, "(?i)in 1 of 3 recordings the rate is not that")["findings"].tolist()[:2] == ["", ""]
    findings(plausible(1), "the rate is unknown")


def test_rows_without_times():
    with pytest.raises(ValueError, match="X has no times"):
        describe_recordings(np.zeros((3, 1)))


@pytest.mark.parametrize("dtype", ["Float64", "double[pyarrow]"])
def test_missing_values_of_nullable_and_arrow_columns_are_counted(dtype):
    X = plausible(500)
    X.iloc[3, 0] = np.nan
    table = findings(X.astype({"acc_x": dtype}), "In 1 of 1 recordings values are missing")
    pd.testing.assert_frame_equal(table, findings(X, "values are missing"))
