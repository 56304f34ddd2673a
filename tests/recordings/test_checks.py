"""What recordings are, and every way in which they can be wrong."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sklearn_har.preprocessing import MedianFilter
from sklearn_har.recordings import check_recordings
from tests.conftest import recordings


def runs_of(X, **options):
    return check_recordings(X, **options).run_starts.tolist()


def moved(X, positions, seconds):
    """The same rows with the time of some moved."""
    time = X.index.get_level_values("time").to_numpy().copy()
    time[positions] += seconds
    levels = [X.index.get_level_values(name) for name in ("subject", "recording")]
    return X.set_axis(pd.MultiIndex.from_arrays([*levels, time], names=X.index.names))


def test_rows_keep_their_values_without_a_copy():
    X = recordings(5, 5)
    rows = check_recordings(X)
    np.testing.assert_array_equal(rows.values, X)
    assert np.shares_memory(rows.values, X.to_numpy())
    assert rows.sampling_rate == 50.0


@pytest.mark.parametrize("rate", [1.0, 12.5, 20.0, 33.3, 50.0, 104.3, 1000.0])
@pytest.mark.parametrize("start", [0.0, 1.7e9])
def test_the_rate_is_exact_to_six_digits(rate, start):
    X = moved(recordings(5000, rate=rate), slice(None), start)
    assert check_recordings(X).sampling_rate == pytest.approx(rate, rel=2e-6)


def test_recordings_and_gaps_part_runs():
    X = recordings(100, 50, 30)
    assert runs_of(X) == [0, 100, 150, 180]
    assert runs_of(X.drop(X.index[[10, 11, 120]])) == [0, 10, 98, 118, 147, 177]


def test_the_same_recording_number_of_two_people_is_two_recordings():
    X = recordings(20, 20)
    levels = [X.index.get_level_values("subject"), [0] * 40, np.arange(40) / 50]
    X.index = pd.MultiIndex.from_arrays(levels, names=X.index.names)
    assert runs_of(X) == [0, 20, 40]


def test_any_two_of_subject_and_recording_are_a_recording_of_their_own():
    X = recordings(10, 10, 10)
    levels = [np.repeat(["a", "b", "c"], 10), np.repeat([1, 0, 0], 10), np.tile(np.arange(10) / 50, 3)]
    X.index = pd.MultiIndex.from_arrays(levels, names=X.index.names)
    assert runs_of(X) == [0, 10, 20, 30]


def test_an_estimator_that_knows_recordings_wants_their_index():
    X = recordings(20)
    without = X.reset_index(drop=True)
    with pytest.raises(ValueError, match="was fitted on recordings; this X has lost their index"):
        MedianFilter().fit(X).transform(without)
    with pytest.raises(ValueError, match="was fitted on rows without the index of recordings"):
        MedianFilter().fit(without).transform(X)


def test_steps_within_half_an_interval_continue_a_run():
    X = recordings(100)
    assert runs_of(moved(X, slice(50, None), 0.009)) == [0, 100]
    assert runs_of(moved(X, slice(50, None), 0.011)) == [0, 50, 100]


@pytest.mark.parametrize("shift", [0.0, 0.0037], ids=["shared grid", "own grids"])
@given(st.lists(st.booleans(), min_size=300, max_size=300).filter(any))
def test_runs_are_the_stretches_of_neighbours(shift, keep):
    keep = np.array(keep)
    X = moved(recordings(300, 300), slice(300, None), shift)
    keep = np.repeat(keep, 2)  # so that most steps are regular and the rate is known
    bounds = runs_of(X[keep], sampling_rate=50.0)
    position = np.flatnonzero(keep)
    parted = (np.diff(position) > 1) | ((position[1:] >= 300) & (position[:-1] < 300))
    expected = [0, *(np.flatnonzero(parted) + 1), len(position)]
    assert bounds == expected


def test_a_plain_array_is_one_recording_at_1_hz():
    rows = check_recordings(np.zeros((7, 2)))
    assert (rows.sampling_rate, rows.run_starts.tolist(), rows.index) == (1.0, [0, 7], None)
    assert check_recordings(pd.DataFrame({"acc_x": [1.0, 2.0]})).index is None


def test_float32_stays_and_integers_become_float64():
    assert check_recordings(np.zeros((3, 1), np.float32)).values.dtype == np.float32
    assert check_recordings(np.zeros((3, 1), np.int16)).values.dtype == np.float64


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_no_number_is_named_with_its_place(value):
    X = recordings(10, 10)
    X.iloc[13, 1] = value
    with pytest.raises(ValueError, match=r"channel 'acc_y' at row 13 \(subject 2, recording 1, 0.06 s\)"):
        check_recordings(X)


def test_a_value_among_very_many_is_named_too():
    X = recordings(400_000)
    X.iloc[399_999, 2] = np.inf
    with pytest.raises(ValueError, match=r"infinity in channel 'acc_z' at row 399999"):
        check_recordings(X)
    assert check_recordings(X[:-1]).values.shape == (399_999, 3)


def test_huge_finite_values_are_no_infinity():
    assert check_recordings(np.full((4, 1), 1e308)).values.max() == 1e308


def test_time_that_runs_backwards():
    X = recordings(10, 10)
    with pytest.raises(ValueError, match=r"Time runs backwards at row 14 \(subject 2"):
        check_recordings(moved(X, slice(14, None), -0.05))


def test_time_that_repeats():
    with pytest.raises(ValueError, match="Time repeats at row 4"):
        check_recordings(moved(recordings(10), slice(4, None), -0.02))


def test_shuffled_rows():
    X = recordings(100, 100)
    with pytest.raises(ValueError, match="must not shuffle"):
        check_recordings(X.sample(frac=1, random_state=0))


def test_rows_of_a_recording_that_lie_apart():
    X = recordings(10, 10)
    with pytest.raises(ValueError, match=r"must be together: row 15 \(subject 1"):
        check_recordings(pd.concat([X[:5], X[10:], X[5:10]]))


def test_an_irregular_grid():
    X = recordings(500)
    times = np.cumsum(np.random.default_rng(0).exponential(0.02, 500))
    X.index = X.index.set_levels(times, level="time")
    with pytest.raises(ValueError, match=r"grid is irregular.*Resample"):
        check_recordings(X)


def test_a_recording_with_a_rate_of_its_own():
    X = pd.concat([recordings(200, 200), recordings(50, rate=25.0, subjects=[9])])
    with pytest.raises(
        ValueError, match=r"Recording 0 of subject 9 has 25 rows per second, the recordings together 50\. "
    ):
        check_recordings(X)


def test_a_recording_with_a_slightly_different_rate():
    X = pd.concat([recordings(200, 200), recordings(200, rate=44.0, subjects=[9])])
    with pytest.raises(ValueError, match="of subject 9 has 44"):
        check_recordings(X)


def test_another_rate_than_expected():
    with pytest.raises(ValueError, match="have 25 rows per second; 50 Hz is expected"):
        check_recordings(recordings(100, rate=25.0), sampling_rate=50.0)


def test_another_rate_than_expected_because_of_milliseconds():
    X = recordings(100)
    X.index = X.index.set_levels(X.index.levels[2] * 1000, level="time")
    with pytest.raises(ValueError, match=r"milliseconds, not seconds: .* time_unit='ms'\."):
        check_recordings(X, sampling_rate=100.0)


def test_one_row_has_the_expected_rate():
    assert check_recordings(recordings(1), sampling_rate=50.0).sampling_rate == 50.0


def test_a_few_rows_with_a_gap_have_the_expected_rate():
    X = recordings(400)
    assert runs_of(X.iloc[[0, 1, 300]], sampling_rate=50.0) == [0, 2, 3]
    assert runs_of(moved(X, 300, 0.001).iloc[[0, 300]], sampling_rate=50.0) == [0, 1, 2]


def test_recordings_with_grids_of_their_own():
    X = recordings(100, 60, 80)
    shifted = moved(X, slice(100, 160), 0.0037)
    assert runs_of(shifted) == runs_of(X)
    assert runs_of(shifted[np.arange(240) != 130]) == [0, 100, 130, 159, 239]
    assert check_recordings(shifted).sampling_rate == 50.0


def test_every_second_row_is_half_the_rate():
    rows = check_recordings(recordings(100, 80)[::2])
    assert (rows.sampling_rate, rows.run_starts.tolist()) == (25.0, [0, 50, 90])


def test_an_index_of_other_levels():
    X = recordings(5).rename_axis(["who", "recording", "time"])
    with pytest.raises(ValueError, match=r"index levels of X are \['who', 'recording', 'time'\]"):
        check_recordings(X)


def test_times_that_are_dates():
    X = recordings(5)
    X.index = X.index.set_levels(pd.date_range("2026-01-01", periods=5), level="time")
    with pytest.raises(TypeError, match="recordings_from_table"):
        check_recordings(X)


def test_a_missing_subject():
    X = recordings(5)
    levels = [[1, 1, None, 1, 1], [0] * 5, np.arange(5) / 50]
    X.index = pd.MultiIndex.from_arrays(levels, names=X.index.names)
    with pytest.raises(ValueError, match="'subject' has a missing value at row 2"):
        check_recordings(X)


def test_people_and_times_are_no_channels():
    X = recordings(3, 3).reset_index()
    with pytest.raises(ValueError, match=r"as columns, which would be taken for channels.*X.set_index"):
        check_recordings(X)
    with pytest.raises(ValueError, match="as columns"):
        MedianFilter().fit(X)


@pytest.mark.parametrize("check", [check_recordings, MedianFilter().fit])
def test_channels_need_names_of_their_own(check):
    X = recordings(3).set_axis(["acc_x", "acc_y", "acc_x"], axis=1)
    with pytest.raises(ValueError, match=r"share a name: \['acc_x'\]"):
        check(X)
    with pytest.raises(ValueError, match="X has no column"):
        check(X.iloc[:, :0])


def test_a_table_as_it_was_read_from_a_file():
    table = pd.DataFrame({"acc_x": [0.1, 0.2], "doing": ["sit", "walk"]})
    with pytest.raises(ValueError, match=r"columns \['doing'\] of X hold text.*recordings_from_table"):
        check_recordings(table.astype({"doing": "string"}))


def test_text_is_no_channel():
    with pytest.raises(ValueError, match="could not convert string to float"):
        check_recordings(recordings(3).assign(acc_x="high").astype({"acc_x": object}))


@pytest.mark.real
def test_hapt_has_61_runs(hapt):
    rows = check_recordings(hapt[0])
    assert (rows.sampling_rate, len(rows.run_lengths)) == (50.0, 61)


def test_times_since_1970_are_told_to_the_millisecond():
    X = recordings(10)
    late = moved(X, slice(None), 1_700_000_000.0)
    with pytest.raises(ValueError, match=r"row 4 .*before it is at 1700000000\.06 s.*duplicated\(\)"):
        check_recordings(moved(late, slice(4, None), -0.02))
