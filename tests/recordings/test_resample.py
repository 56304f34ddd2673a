"""Irregular recordings onto a regular grid: clocks, gaps, filters, labels, what is said of it."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sklearn_har.exceptions import TimeLostWarning
from sklearn_har.recordings import check_recordings, recordings_from_table, resample
from tests.conftest import recordings


def at_times(times, values=None, subject=1):
    """One recording of one channel at the given times; its values are the times unless given."""
    times = np.asarray(times, dtype=float)
    index = pd.MultiIndex.from_arrays(
        [[subject] * len(times), [1] * len(times), times], names=["subject", "recording", "time"]
    )
    return pd.DataFrame({"acc_x": times if values is None else values}, index=index)


def seconds(X):
    return X.index.get_level_values("time").to_numpy()


def tone(frequency, rate, n_seconds=20):
    times = np.arange(n_seconds * rate) / rate
    return at_times(times, np.sin(2 * np.pi * frequency * times))


def test_recordings_of_other_rates_are_resampled_as_each_alone():
    rng = np.random.default_rng(0)
    rates = [100, 100, 20, 50, 12.5]
    each = [
        at_times(np.arange(8 * rate) / rate, rng.normal(size=int(8 * rate)), subject)
        for subject, rate in enumerate(rates)
    ]
    together = resample(pd.concat(each), sampling_rate=25)
    alone = pd.concat([resample(X, sampling_rate=25) for X in each])
    pd.testing.assert_frame_equal(together, alone)


def burst_clock(n=2000, rate=100.0, batch=7, seed=0):
    """True times of rows, and when the batches of them were delivered: late, together."""
    true = np.arange(n) / rate
    delivered = true[np.minimum(np.arange(n) // batch * batch + batch - 1, n - 1)]
    return true, delivered + np.random.default_rng(seed).uniform(0, 0.001)


def test_rows_of_the_grid_keep_their_values_to_the_bit():
    X = recordings(50, 30)
    pd.testing.assert_frame_equal(resample(X, sampling_rate=50), X, check_index_type=False)


def test_nan_among_labels_in_a_list_stays_missing():
    _, labels = resample(recordings(10, rate=10.0), ["sit"] * 6 + [float("nan")] * 4, sampling_rate=5)
    assert labels[:3].tolist() == ["sit"] * 3
    assert pd.isna(labels[3:]).all()


def test_hand_computed_lines():
    X = resample(at_times([0, 1, 2, 3], [0.0, 2.0, 2.0, -2.0]), sampling_rate=2)
    np.testing.assert_array_equal(seconds(X), [0, 0.5, 1, 1.5, 2, 2.5, 3])
    np.testing.assert_allclose(X["acc_x"], [0, 1, 2, 2, 2, 0, -2])
    assert X["acc_x"].dtype == np.float64


@given(st.lists(st.floats(0.004, 0.03), min_size=2, max_size=80), st.sampled_from([250.0, 333.3, 1000.0]))
def test_upsampling_is_linear_interpolation(steps, rate):
    times = 3.0 + np.cumsum(steps)
    values = np.sin(40 * times)
    X = at_times(times, values)
    new = resample(X, sampling_rate=rate, timing="recorded", max_gap=1)
    np.testing.assert_allclose(seconds(new), times[0] + np.arange(len(new)) / rate, atol=1e-12)
    assert times[-1] - 1 / rate - 1e-3 <= seconds(new)[-1] <= times[-1] + 1e-4
    np.testing.assert_allclose(new["acc_x"], np.interp(seconds(new), times, values), atol=0.002)


def test_the_same_as_pandas():
    X = recordings(200, rate=20.0)
    alone = X.droplevel(["subject", "recording"])
    alone.index = pd.to_timedelta(alone.index, unit="s").round("ms")
    expected = alone.resample("10ms").interpolate()
    np.testing.assert_allclose(resample(X, sampling_rate=100), expected, atol=1e-12)


def test_a_tone_above_the_new_rate_is_gone_and_one_below_stays():
    new = resample(tone(15, 100), sampling_rate=20)["acc_x"]
    assert np.abs(new[20:-20]).max() < 1e-3
    aliased = tone(15, 100)["acc_x"][::5]
    assert np.abs(aliased).max() > 0.9  # what it would be without the low-pass
    slow = resample(tone(3, 100), sampling_rate=20)
    np.testing.assert_allclose(slow["acc_x"][20:-20], np.sin(6 * np.pi * seconds(slow))[20:-20], atol=2e-3)


def test_the_low_pass_has_no_phase_and_keeps_lines():
    X = at_times(np.arange(300) / 50)
    new = resample(X, sampling_rate=10)
    np.testing.assert_allclose(new["acc_x"], seconds(new), atol=1e-9)


def test_a_tone_at_a_rate_that_is_no_multiple():
    new = resample(tone(15, 102), sampling_rate=20)["acc_x"]
    assert np.abs(new[20:-20]).max() < 0.03


def test_nothing_is_made_up_across_a_gap():
    X = recordings(100).drop(recordings(100).index[40:60])
    new, report = resample(X, sampling_rate=100, return_report=True)
    assert not ((seconds(new) > 0.785) & (seconds(new) < 1.195)).any()
    assert check_recordings(new).run_lengths.tolist() == [79, 79]
    facts = report.loc[(1, 0)]
    assert (facts["gaps"], facts["rows_in"], facts["rows_out"]) == (1, 80, 158)
    assert facts["longest_gap"] == pytest.approx(0.42)
    assert facts["seconds_lost"] == pytest.approx(2.0 - 1.58)


def test_no_time_is_lost_where_the_last_row_stands_for_more():
    report = resample(recordings(51), sampling_rate=20, return_report=True)[1]
    assert report[["rows_out", "seconds_in", "seconds_out"]].to_numpy()[0] == pytest.approx([21, 1.02, 1.05])
    assert report["seconds_lost"].tolist() == [0.0]


def test_a_short_gap_is_bridged_and_max_gap_is_kept():
    X = recordings(100).drop(recordings(100).index[40:43])
    assert len(resample(X, sampling_rate=50)) == 100
    assert len(resample(X, sampling_rate=50, max_gap=0.05)) == 97
    assert len(resample(X, sampling_rate=50, max_gap=0.08)) == 100


def test_the_filter_does_not_read_across_a_gap():
    X = recordings(200, rate=100.0)
    far = X.copy()
    far.iloc[120:] += 1000
    keep = np.r_[:90, 120:200]
    first, second = (resample(Z.iloc[keep], sampling_rate=20) for Z in (X, far))
    np.testing.assert_array_equal(first[seconds(first) < 0.9], second[seconds(second) < 0.9])


def test_repeated_times_become_their_mean():
    X = at_times([0, 0.02, 0.02, 0.04, 0.06], [1.0, 2.0, 4.0, 5.0, 6.0])
    new, y, report = resample(
        X, ["a", "b", "c", "d", "e"], sampling_rate=50, timing="recorded", return_report=True
    )
    np.testing.assert_allclose(new["acc_x"], [1, 3, 5, 6])
    assert y.tolist() == ["a", "b", "d", "e"]
    assert report[["repeated_times", "merged_rows"]].to_numpy().tolist() == [[1, 1]]


def test_copies_of_rows_are_no_burst():
    X = at_times(np.repeat(np.arange(100) / 50, 2))
    new, report = resample(X, sampling_rate=50, return_report=True)
    assert report["timing"].tolist() == ["recorded"]
    np.testing.assert_allclose(new["acc_x"], np.arange(100) / 50)


def test_rows_that_came_in_bursts_are_put_where_they_were_measured():
    true, stamped = burst_clock()
    X = at_times(stamped, np.sin(2 * np.pi * true))
    new, report = resample(X, sampling_rate=100, return_report=True)
    assert report["timing"].tolist() == ["even"]
    assert len(new) > 1980
    lateness = np.mean(stamped - true)
    np.testing.assert_allclose(new["acc_x"], np.sin(2 * np.pi * (seconds(new) - lateness)), atol=0.01)
    trusted = resample(X, sampling_rate=100, timing="recorded")
    assert np.abs(trusted["acc_x"] - np.sin(2 * np.pi * (seconds(trusted) - lateness))).max() > 0.03


def test_a_gap_of_a_clock_that_bursts_is_found():
    _, stamped = burst_clock()
    X = at_times(stamped, np.arange(2000.0))
    X = X.iloc[np.r_[:1000, 1100:1140, 1180:2000]]
    new, report = resample(X, sampling_rate=100, return_report=True)
    assert report["gaps"].tolist() == [2]
    assert len(check_recordings(new).run_lengths) == 3
    before = new[seconds(new) < 9.9]["acc_x"].to_numpy()
    np.testing.assert_allclose(np.diff(before), 1.0, atol=0.05)


def test_a_rate_that_drifts_is_followed():
    n = 20_000
    steps = np.where(np.arange(n) < n // 2, 0.01, 0.0104)
    true = np.cumsum(steps)
    stamped = true[np.minimum(np.arange(n) // 8 * 8 + 7, n - 1)]
    new = resample(at_times(stamped, true), sampling_rate=100)
    lateness = np.mean(stamped - true)
    assert np.abs(new["acc_x"] - (seconds(new) - lateness)).max() < 0.05


def test_labels_are_those_of_the_nearest_row():
    X = at_times([0, 1, 2])
    y = pd.Series(pd.Categorical(["sit", None, "walk"]), index=X.index, name="activity")
    _, new = resample(X, y, sampling_rate=4)
    assert new.tolist()[:3] == ["sit"] * 3  # of two equally near rows the earlier
    assert new[3:7].isna().all()
    assert new.tolist()[7:] == ["walk"] * 2
    assert new.name == "activity"
    assert isinstance(new.dtype, pd.CategoricalDtype)
    assert resample(X, np.array([5, 6, 7]), sampling_rate=1)[1].tolist() == [5, 6, 7]


def test_every_recording_has_its_own_grid():
    X = pd.concat([at_times(10.003 + np.arange(50) / 50), at_times(np.arange(60) / 40, subject=2)])
    new = resample(X, sampling_rate=20)
    first, second = new.loc[1], new.loc[2]
    np.testing.assert_allclose(seconds(first), 10.003 + np.arange(len(first)) / 20)
    np.testing.assert_allclose(seconds(second), np.arange(len(second)) / 20)
    assert check_recordings(new).sampling_rate == 20


def test_grids_that_overlap_share_their_times():
    X = pd.concat([at_times(k * 0.1 + np.arange(100) / 50, subject=k) for k in range(4)])
    new = resample(X, sampling_rate=10)
    assert new.index.levels[2].is_unique
    for k in range(4):
        np.testing.assert_allclose(seconds(new.loc[[k]]), k * 0.1 + np.arange(20) / 10)


def test_times_since_1970():
    X = at_times(1.7e9 + np.arange(500) / 50, np.arange(500.0))
    new = resample(X, sampling_rate=100)
    assert len(new) == 999
    np.testing.assert_allclose(new["acc_x"], np.arange(999) / 2, atol=1e-3)


def test_the_input_stays_as_it_was():
    X = recordings(100)
    before = X.copy()
    resample(X, sampling_rate=20)
    pd.testing.assert_frame_equal(X, before)


def test_a_recording_of_one_row_keeps_it():
    X = pd.concat([at_times(np.r_[-10.0, np.arange(50) / 50]), at_times([0.0], subject=2)])
    report = resample(X, sampling_rate=20, return_report=True)[1]
    assert report["rows_out"].tolist() == [1 + 20, 1]


def test_what_is_left_of_a_recording_without_a_tick_is_said():
    X = at_times([0.0, 0.05, 0.06, 0.07])  # on the line, the first row was measured after 0
    with pytest.warns(TimeLostWarning, match="of 1 recordings, the first: recording 1 of subject 1"):
        assert len(resample(X, sampling_rate=5, timing="even")) == 0


@pytest.mark.parametrize("rate", [0, -20, np.nan, np.inf, "20", True])
def test_an_impossible_rate(rate):
    with pytest.raises(ValueError, match=r"sampling_rate is .* positive number, in Hz"):
        resample(recordings(10), sampling_rate=rate)


def test_times_in_milliseconds():
    X = at_times(np.arange(100) * 20.0)
    with pytest.raises(ValueError, match=r"has 0.05 rows per second: .* seconds"):
        resample(X, sampling_rate=50)


def test_a_rate_at_which_hardly_a_row_would_stay():
    with pytest.raises(
        ValueError, match=r"sampling_rate is 1e-09 Hz, one row in 1e\+09 s, .* has 50 rows per"
    ):
        resample(at_times(np.arange(100) / 50), sampling_rate=1e-9)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_gap": 0}, "max_gap is 0; it must be a positive number, in seconds"),
        ({"max_gap": 0.01}, r"max_gap is 0.01 s, but the rows of recording 0 of subject 1 are 0.02 s apart"),
        ({"timing": "late"}, "timing is 'late'"),
    ],
)
def test_impossible_options(options, message):
    with pytest.raises(ValueError, match=message):
        resample(recordings(100), sampling_rate=20, **options)


def test_time_that_runs_backwards():
    with pytest.raises(ValueError, match=r"Time runs backwards at row 2 \(subject 1, recording 1, 0.5 s\)"):
        resample(at_times([0, 1, 0.5]), sampling_rate=1)


def test_values_times_and_labels_that_are_missing():
    X = recordings(10)
    with pytest.raises(ValueError, match=r"y must hold one label"):
        resample(X, ["a"], sampling_rate=20)
    X.iloc[3, 1] = np.nan
    with pytest.raises(ValueError, match="channel 'acc_y' at row 3"):
        resample(X, sampling_rate=20)
    with pytest.raises(ValueError, match="is not finite"):
        resample(at_times([0, 1, np.inf], [0.0, 1, 2]), sampling_rate=1)
    with pytest.raises(ValueError, match="X has no times"):
        resample(np.zeros((3, 1)), sampling_rate=1)


@given(st.integers(0, 10_000), st.sampled_from([0.5, 0.73, 1.0, 2.0]))
def test_however_a_clock_bursts_time_goes_on(seed, factor):
    rng = np.random.default_rng(seed)
    n, batch, rate = int(rng.integers(20, 1000)), int(rng.integers(2, 80)), float(rng.choice([20, 50, 100]))
    true, stamped = burst_clock(n, rate, batch, seed)
    keep = np.ones(n, dtype=bool)
    for start in rng.integers(0, n, size=rng.integers(0, 5)):
        keep[start : start + rng.integers(1, 100)] = False
    X = at_times(np.maximum.accumulate(stamped)[keep], true[keep])
    if len(X) > 4:
        assert (np.diff(seconds(resample(X, sampling_rate=rate * factor))) > 0).all()


@pytest.mark.parametrize(
    ("n", "batch", "gaps"),
    [(715, 77, [(145, 178), (524, 579), (700, 715)]), (951, 71, [(500, 537), (925, 955)])],
)
def test_runs_of_late_rows_stay_apart(n, batch, gaps):
    true, stamped = burst_clock(n, 100.0, batch)
    lost = np.concatenate([np.arange(start, min(stop, n)) for start, stop in gaps])
    X = at_times(np.delete(stamped, lost), np.delete(true, lost))  # its last run is a part of a batch
    new = resample(X, sampling_rate=50 if n == 715 else 100)
    assert (np.diff(seconds(new)) > 0).all()


@pytest.mark.parametrize("batch", [5, 10, 25])
def test_the_rate_of_a_clock_that_bursts(batch):
    stamped = (np.arange(5000) // batch * batch + batch - 1) / 50
    report = resample(at_times(stamped, np.arange(5000.0)), sampling_rate=50, return_report=True)[1]
    assert report["rate_in"].item() == pytest.approx(50, rel=0.003)


def test_rows_that_were_delivered_at_once_are_spread():
    times = (np.arange(3000) // 60 * 60 + 59) / 50  # batches of 1.2 s: too long to tell late from missing
    new, report = resample(at_times(times, np.arange(3000.0)), sampling_rate=50, return_report=True)
    assert report["timing"].tolist() == ["even"]
    assert len(new) > 0.95 * 3000
    lateness = np.mean(times - np.arange(3000) / 50)
    np.testing.assert_allclose(new["acc_x"] / 50, seconds(new) - lateness, atol=0.15)


def test_even_times_on_ticks_before_the_first_recorded_time():
    X = at_times(np.array([1, 1, 1, 2, 4, 6]) / 50, np.arange(6.0))  # on the line: 0, 1, 2, 3, 4, 5
    new, y = resample(X, np.arange(6), sampling_rate=50, timing="even")
    np.testing.assert_allclose(seconds(new), np.arange(1, 6) / 50)
    np.testing.assert_allclose(new["acc_x"], np.arange(1, 6))
    assert y.tolist() == [1, 2, 3, 4, 5]


@given(st.lists(st.integers(4, 9), min_size=1, max_size=5), st.integers(1, 7))
def test_whole_factors_and_others_agree(lengths, factor):
    rows = np.concatenate([20 * k + np.arange(n) for k, n in enumerate(lengths)])
    X = at_times(rows / 10, np.cos(rows))
    slightly_off = at_times((rows + 0.002 * (rows == rows[-1])) / 10, np.cos(rows))
    options = {"sampling_rate": 10 * factor, "max_gap": 0.15, "timing": "recorded"}
    new, y = resample(X, rows, **options)
    other, labels = resample(slightly_off, rows, **options)
    np.testing.assert_allclose(new, other, atol=0.02)
    np.testing.assert_allclose(seconds(new), seconds(other))
    assert y.tolist() == labels.tolist()


def test_a_clock_that_was_set_within_a_recording():
    times = np.r_[np.arange(50) / 50, 1.7e9 + np.arange(50) / 50]
    new, report = resample(at_times(times), sampling_rate=50, return_report=True)
    np.testing.assert_allclose(seconds(new), times)
    assert report["gaps"].tolist() == [1]


@pytest.mark.real
@pytest.mark.parametrize("device", ["sp", "sw"])
def test_at_least_97_percent_of_geotec_is_in_windows(device):
    folder = Path(os.environ.get("SKLEARN_HAR_DATA", "")) / "geotec" / "DATA"
    if not folder.is_dir():
        pytest.skip("set SKLEARN_HAR_DATA to a folder that holds geotec/ to run this on real recordings")
    tables = []
    for path in sorted(folder.glob(f"*/*_{device}.csv")):
        subject, recording = path.stem.split("_")[:2]
        tables.append(pd.read_csv(path).assign(subject=subject, recording=recording))
    channels = list(tables[0].columns[:6])
    X, y = recordings_from_table(
        pd.concat(tables),
        channels=channels,
        time="timestamp",
        time_unit="ms",
        subject="subject",
        recording="recording",
        label="label",
    )
    new, labels, report = resample(X, y, sampling_rate=100, return_report=True)
    lengths = check_recordings(new, sampling_rate=100).run_lengths
    assert len(report) == 223
    assert lengths[lengths >= 256].sum() / 100 > 0.99 * report["seconds_in"].sum()
    assert set(report["timing"]) == {"even" if device == "sp" else "recorded"}
    shares = pd.Series(labels.to_numpy()).value_counts(normalize=True)
    np.testing.assert_allclose(shares, y.value_counts(normalize=True)[shares.index], atol=0.003)


@pytest.mark.parametrize("dtype", ["Float64", "double[pyarrow]"])
def test_nullable_and_arrow_columns_are_resampled_unless_a_value_is_missing(dtype):
    X = at_times([0, 1, 2, 3]).assign(acc_y=1.0)
    pd.testing.assert_frame_equal(resample(X.astype(dtype), sampling_rate=2), resample(X, sampling_rate=2))
    X.iloc[2, 0] = np.nan
    with pytest.raises(ValueError, match=r"NaN in channel 'acc_x' at row 2 \(subject 1"):
        resample(X.astype(dtype), sampling_rate=2)
