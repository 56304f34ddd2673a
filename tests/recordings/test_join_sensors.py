"""Two sensors with clocks and rates of their own, on one grid."""

import numpy as np
import pandas as pd
import pytest

from sklearn_har.exceptions import TimeLostWarning
from sklearn_har.recordings import check_recordings, join_sensors


def sensor(name, times, subject=1, recording=1):
    times = np.asarray(times, dtype=float)
    index = pd.MultiIndex.from_arrays(
        [[subject] * len(times), [recording] * len(times), times], names=["subject", "recording", "time"]
    )
    return pd.DataFrame({f"{name}_x": times}, index=index)


def times_of(X):
    return X.index.get_level_values("time").to_numpy()


ACC, GYRO = sensor("acc", np.arange(500) / 50), sensor("gyro", 2.003 + np.arange(500) / 60)


def test_both_are_on_one_grid_where_both_recorded():
    X, report = join_sensors(ACC, GYRO, return_report=True)
    assert check_recordings(X).sampling_rate == 50  # of the slower one
    np.testing.assert_allclose(times_of(X), 2.003 + np.arange(399 + 1) / 50)
    inside = times_of(X) <= 9.98
    np.testing.assert_allclose(X["acc_x"][inside], times_of(X)[inside])
    np.testing.assert_allclose(X["gyro_x"], times_of(X), atol=1e-9)
    facts = report.loc[(1, 1)]
    assert (facts["sensors"], facts["rows_out"], facts["label_disagreements"]) == ("both", 400, 0)
    assert facts["acc_seconds_alone"] == pytest.approx(2.0)
    assert facts["gyro_seconds_alone"] == pytest.approx(500 / 60 - 8)


def test_within_the_tolerance_the_last_value_holds():
    acc, gyro = sensor("acc", np.arange(101) / 50), sensor("gyro", np.arange(96) / 50)
    assert len(join_sensors(acc, gyro, tolerance=0)) == 96
    held = join_sensors(acc, gyro, tolerance=0.04)
    assert len(held) == 98
    assert held["gyro_x"].iloc[-2:].tolist() == [1.9, 1.9]


def test_gaps_of_either_sensor_part_runs():
    X = join_sensors(ACC.drop(ACC.index[200:230]), GYRO.drop(GYRO.index[360:400]), tolerance=0)
    assert len(check_recordings(X).run_lengths) == 3


def test_the_order_of_recordings_may_differ():
    acc = pd.concat([sensor("acc", np.arange(50) / 50, s) for s in (1, 2)])
    gyro = pd.concat([sensor("gyro", np.arange(40) / 40, s) * s for s in (2, 1)])
    X = join_sensors(acc, gyro)
    assert X.index.get_level_values("subject").unique().tolist() == [1, 2]
    np.testing.assert_allclose(X.loc[1, "gyro_x"] * 2, X.loc[2, "gyro_x"])


def test_the_report_has_all_recordings_and_the_rows_those_of_both():
    acc = pd.concat([sensor("acc", np.arange(50) / 50, s) for s in (3, 1)])
    gyro = pd.concat([sensor("gyro", np.arange(50) / 50, s) for s in (1, 2, 3)])
    X, report = join_sensors(acc, gyro, tolerance=0, return_report=True)
    assert X.index.get_level_values("subject").unique().tolist() == [3, 1]  # in the order of the first sensor
    assert report["rows_out"].to_dict() == {(1, 1): 50, (2, 1): 0, (3, 1): 50}
    assert report["seconds_out"].to_dict() == {(1, 1): 1.0, (2, 1): 0.0, (3, 1): 1.0}
    assert report["gyro_seconds_alone"].to_dict() == pytest.approx({(1, 1): 0.0, (2, 1): 1.0, (3, 1): 0.0})
    leading = ["sensors", "rows_out", "seconds_out", "acc_seconds_alone", "gyro_seconds_alone"]
    assert report.columns[:6].tolist() == [*leading, "label_disagreements"]


def test_arrays_have_no_times():
    with pytest.raises(ValueError, match="acc has no times"):
        join_sensors(np.zeros((3, 1)), GYRO)
    with pytest.raises(ValueError, match="gyro has no times"):
        join_sensors(ACC, np.zeros((3, 1)))


def test_what_is_in_one_sensor_only_is_reported():
    acc = pd.concat([ACC, sensor("acc", np.arange(50) / 50, 2)])
    gyro = pd.concat([GYRO, sensor("gyro", np.arange(50) / 50, 3)])
    X, report = join_sensors(acc, gyro, return_report=True)
    assert report["sensors"].to_dict() == {(1, 1): "both", (2, 1): "acc", (3, 1): "gyro"}
    assert report.loc[(2, 1), "acc_seconds_alone"] == pytest.approx(1.0)
    assert X.index.get_level_values("subject").unique().tolist() == [1]
    with pytest.warns(TimeLostWarning, match="2 of 3 recordings are left out: 2 are of one sensor only"):
        join_sensors(acc, gyro)


def test_no_time_in_common():
    late = sensor("gyro", 1000 + np.arange(50) / 50)
    message = r"Recording 1 of subject 1: acc from 0 to 9.98 s, gyro from 1000 to 1000.98 s"
    with pytest.raises(ValueError, match=message):
        join_sensors(ACC, late)
    with pytest.raises(ValueError, match=message):  # nothing would be left
        join_sensors(ACC, late, no_overlap="drop")
    acc = pd.concat([ACC, *(sensor("acc", np.arange(50) / 50, subject) for subject in (2, 3))])
    gyro = pd.concat([late, *(sensor("gyro", np.arange(50) / 50, subject) for subject in (2, 3))])
    with pytest.raises(ValueError, match="In 1 of 3 recordings the two sensors have no time in common"):
        join_sensors(acc, gyro)
    X, report = join_sensors(acc, gyro, tolerance=0, no_overlap="drop", return_report=True)
    assert report["rows_out"].tolist() == [0, 50, 50]
    assert len(X) == 100


def test_no_recording_in_common():
    with pytest.raises(
        ValueError, match=r"No recording is of both sensors. acc has 1, the first: recording 1 of subject 1"
    ):
        join_sensors(ACC, sensor("gyro", [0, 1], 2))


def test_labels_that_agree_disagree_or_are_missing():
    acc, gyro = sensor("acc", np.arange(4)), sensor("gyro", np.arange(4))
    first = pd.Series(pd.Categorical(["sit", "sit", None, None]), index=acc.index, name="activity")
    second = pd.Series(pd.Categorical(["sit", "walk", "walk", None]), index=gyro.index)
    _, y, report = join_sensors(acc, gyro, first, second, return_report=True)
    assert y.iloc[[0, 2]].tolist() == ["sit", "walk"]
    assert y.iloc[[1, 3]].isna().all()
    assert y.name == "activity"
    assert y.cat.categories.tolist() == ["sit", "walk"]
    assert report["label_disagreements"].tolist() == [1]
    assert join_sensors(acc, gyro, None, second)[1].tolist()[:3] == ["sit", "walk", "walk"]


def test_disagreements_are_counted_in_the_recording_where_they_are():
    acc = pd.concat([sensor("acc", np.arange(4), recording=k) for k in (1, 2)])
    gyro = pd.concat([sensor("gyro", np.arange(9)), sensor("gyro", np.arange(4), recording=2)])
    says = pd.Series("sit", index=acc.index), pd.Series("sit", index=gyro.index)
    says[1].iloc[[0, 9, 10]] = "walk"
    *_, report = join_sensors(acc, gyro, *says, tolerance=0, return_report=True)
    assert report["label_disagreements"].tolist() == [1, 2]


def test_channels_with_one_name():
    with pytest.raises(ValueError, match=r"Both sensors have channels called \['acc_x'\]"):
        join_sensors(ACC, ACC)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sampling_rate": -1}, "sampling_rate is -1"),
        ({"sampling_rate": 1e5}, "more than 100 times"),
        ({"max_gap": -1}, "max_gap is -1"),
        ({"tolerance": -1}, "tolerance is -1"),
        ({"tolerance": 0.3, "max_gap": 0.5}, "more than half of max_gap"),
        ({"no_overlap": "ignore"}, "no_overlap is 'ignore'"),
    ],
)
def test_impossible_options(options, message):
    with pytest.raises(ValueError, match=message):
        join_sensors(ACC, GYRO, **options)


def test_no_row_comes_after_both_sensors_have_ended():
    acc, gyro = sensor("acc", np.arange(100) / 20), sensor("gyro", np.arange(100) / 20)
    np.testing.assert_allclose(times_of(join_sensors(acc, gyro)), np.arange(100) / 20)


def test_without_tolerance_rows_before_the_common_time_do_not_move_those_after():
    X = join_sensors(sensor("acc", np.arange(200) / 50), sensor("gyro", 1 + np.arange(200) / 50), tolerance=0)
    np.testing.assert_allclose(times_of(X), 1 + np.arange(150) / 50)
    np.testing.assert_allclose(X["acc_x"], times_of(X))
    np.testing.assert_allclose(X["gyro_x"], times_of(X))


def test_held_values_do_not_fill_gaps():
    acc, gyro = sensor("acc", np.r_[:50, 75:125] / 50), sensor("gyro", np.arange(125) / 50)
    with pytest.raises(ValueError, match=r"tolerance is 1 s, more than half of max_gap \(0.1 s by default\)"):
        join_sensors(acc, gyro, tolerance=1)
    slow = sensor("gyro", np.arange(4) / 2)  # one step of it is longer than the gap
    X = join_sensors(acc, slow, sampling_rate=50)
    assert (np.diff(times_of(X)) > 0).all()
    assert not ((times_of(X) > 1.04) & (times_of(X) < 1.44)).any()


def test_a_short_max_gap_shortens_the_tolerance():
    X = join_sensors(sensor("acc", np.arange(9) / 50), sensor("gyro", np.arange(9) / 50), max_gap=0.03)
    assert len(X) == 9


def test_a_rate_that_cannot_be_told():
    acc, gyro = sensor("acc", [0.0]), sensor("gyro", [0.0])
    with pytest.raises(ValueError, match=r"No recording has two different times.* Give sampling_rate"):
        join_sensors(acc, gyro)
    assert join_sensors(acc, gyro, sampling_rate=50).to_numpy().tolist() == [[0, 0]]


def test_labels_of_which_only_the_first_are_categories():
    acc, gyro = sensor("acc", np.arange(3)), sensor("gyro", np.arange(3))
    first = pd.Series(pd.Categorical(["sit", None, None]), index=acc.index)
    y = join_sensors(acc, gyro, first, np.array([None, "walk", "sit"], dtype=object))[1]
    assert y.iloc[:3].tolist() == ["sit", "walk", "sit"]
    assert y.cat.categories.tolist() == ["sit", "walk"]


@pytest.mark.parametrize("dtype", [int, float, "str", object])
def test_labels_keep_their_type(dtype):
    acc, gyro = sensor("acc", np.arange(3)), sensor("gyro", np.arange(3))
    first, second = (pd.Series([1, 2, 3], index=X.index).astype(dtype) for X in (acc, gyro))
    y = join_sensors(acc, gyro, first, second, tolerance=0)[1]
    pd.testing.assert_series_equal(y.reset_index(drop=True), first.reset_index(drop=True))
    second.iloc[1] = second.iloc[0]
    y = join_sensors(acc, gyro, first, second, tolerance=0)[1]
    assert y.isna().tolist() == [False, True, False]
    assert y.dtype == (float if dtype is int else first.dtype)
