"""Short gaps are bridged by straight lines, and counted."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_har.recordings import check_recordings, fill_gaps

NAN = np.nan
COUNTS = ["rows", "rows_put_in", "values_filled", "values_missing", "gaps_left", "longest_gap_left"]


def recordings(values, *, rows=None, rate=10.0, recording=None):
    values = np.atleast_2d(np.asarray(values, dtype=float).T).T
    rows = np.arange(len(values)) if rows is None else np.asarray(rows)
    recording = np.zeros(len(values), int) if recording is None else recording
    index = pd.MultiIndex.from_arrays(
        [["ann"] * len(values), recording, rows / rate], names=["subject", "recording", "time"]
    )
    return pd.DataFrame(values, index=index, columns=[f"c{k}" for k in range(values.shape[1])])


def test_missing_values_between_measured_ones():
    X = recordings([[1, 5], [NAN, 6], [NAN, NAN], [4, 8], [NAN, 9]])
    filled, report = fill_gaps(X, max_gap=0.3, return_report=True)
    assert filled["c0"].tolist()[:4] == pytest.approx([1, 2, 3, 4])
    assert np.isnan(filled["c0"].iloc[4])
    assert filled["c1"].tolist() == pytest.approx([5, 6, 7, 8, 9])
    assert report.iloc[0].to_dict() == dict(zip(COUNTS, [5, 0, 3, 1, 0, 0], strict=True))
    assert report.index.to_list() == [("ann", 0)]


def test_longer_gaps_stay():
    filled, report = fill_gaps(recordings([1, NAN, NAN, 4]), max_gap=0.2, return_report=True)
    assert filled["c0"].isna().sum() == 2
    assert report["values_missing"].tolist() == [2]


def test_missing_rows_come_back_with_the_label_of_the_nearest():
    X = recordings([0, 1, 5, 6, 7, 20], rows=[0, 1, 5, 6, 7, 20])
    y = pd.Series(list("aabbbc"), index=X.index, name="activity", dtype="category")
    filled, labels, report = fill_gaps(X, y, max_gap=0.4, return_report=True)
    assert filled["c0"].tolist() == pytest.approx([0, 1, 2, 3, 4, 5, 6, 7, 20])
    times = filled.index.get_level_values("time").to_numpy()
    assert times == pytest.approx([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 2])
    assert "".join(labels) == "aaaabbbbc"
    assert labels.index.equals(filled.index)
    assert labels.dtype == y.dtype
    assert report.iloc[0].to_dict() == dict(zip(COUNTS, [9, 3, 0, 0, 1, 1.3], strict=True))
    assert check_recordings(filled).run_lengths.tolist() == [8, 1]
    pd.testing.assert_frame_equal(fill_gaps(X, max_gap=0.4), filled)
    assert fill_gaps(X, list("aabbbc"), max_gap=0.4)[1].tolist() == list("aaaabbbbc")
    pd.testing.assert_frame_equal(fill_gaps(X, y.to_frame(), max_gap=0.4)[1], labels.to_frame())


def test_a_row_is_put_in_only_if_all_of_it_can_be_filled():
    X = recordings([[0, 0], [1, NAN], [3, 3], [4, 4], [5, 5]], rows=[0, 1, 3, 4, 5])
    filled, report = fill_gaps(X, max_gap=0.2, return_report=True)  # c1 has a gap of 0.3 s
    assert len(filled) == 5
    assert report[["rows_put_in", "gaps_left", "values_missing"]].to_numpy().tolist() == [[0, 1, 1]]
    filled, report = fill_gaps(X, max_gap=0.3, return_report=True)
    assert filled["c1"].tolist() == pytest.approx([0, 1, 2, 3, 4, 5])
    assert report[["rows_put_in", "values_filled"]].to_numpy().tolist() == [[1, 1]]


def test_nothing_is_carried_from_one_recording_to_the_next():
    X = recordings([1, 2, NAN, NAN, 5, 6], rows=[0, 1, 2, 0, 1, 2], recording=[0, 0, 0, 1, 1, 1])
    filled, report = fill_gaps(X, max_gap=9, return_report=True)
    assert filled["c0"].isna().tolist() == [False, False, True, True, False, False]
    assert report["values_missing"].tolist() == [1, 1]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_straight_line_with_holes_is_whole_again(data):
    n = data.draw(st.integers(30, 60))
    lost = data.draw(st.sets(st.integers(1, n - 2), max_size=8))
    rows = np.setdiff1d(np.arange(n), sorted(lost))
    X = recordings(np.column_stack([rows, -2.0 * rows]), rows=rows)
    before = X.copy()
    filled, report = fill_gaps(X, max_gap=1.0, return_report=True)
    assert filled.to_numpy() == pytest.approx(np.column_stack([np.arange(n), -2.0 * np.arange(n)]))
    assert report["rows_put_in"].sum() == len(lost)
    pd.testing.assert_frame_equal(X, before)


def test_clean_recordings_come_back_as_they_are():
    X = recordings([1, 2, 3])
    filled, report = fill_gaps(X, max_gap=1, return_report=True)
    pd.testing.assert_frame_equal(filled, X)
    assert filled.index is X.index
    assert report[["rows_put_in", "values_filled"]].to_numpy().sum() == 0


def test_what_is_wrong_is_named():
    X = recordings([1, 2, 3])
    for max_gap in (0, -1, "1"):
        with pytest.raises(ValueError, match=r"max_gap is .*; it must be a positive number of seconds"):
            fill_gaps(X, max_gap=max_gap)
    with pytest.raises(ValueError, match="X has no index"):
        fill_gaps(np.zeros((3, 1)), max_gap=1)
    with pytest.raises(ValueError, match="Channel 'c0' is infinite in row 1"):
        fill_gaps(recordings([1, np.inf, 3]), max_gap=1)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        fill_gaps(X, ["a"], max_gap=1)
    with pytest.raises(ValueError, match="irregular"):
        fill_gaps(recordings(np.arange(9), rows=[0, 1, 2.6, 3, 4.6, 5, 6.6, 7, 8]), max_gap=1)
