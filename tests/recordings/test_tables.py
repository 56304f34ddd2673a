"""A user's own table becomes recordings."""

import numpy as np
import pandas as pd
import polars
import pytest

from sklearn_har.recordings import check_recordings, recordings_from_table


def table(**columns):
    return pd.DataFrame(
        {"who": ["b", "b", "a", "a"], "t": [0, 20, 0, 20], "ax": [1.0, 2.0, 3.0, 4.0], "ay": [5, 6, 7, 8]}
        | columns
    )


def convert(frame, **options):
    options = {"channels": ["ax", "ay"], "time": "t", "subject": "who", "time_unit": "ms"} | options
    return recordings_from_table(frame, **options)


def test_values_people_and_seconds():
    X, y = convert(table())
    assert y is None
    assert X.columns.tolist() == ["ax", "ay"]
    assert X.index.to_list() == [("b", 0, 0.0), ("b", 0, 0.02), ("a", 0, 0.0), ("a", 0, 0.02)]
    assert X["ay"].tolist() == [5.0, 6.0, 7.0, 8.0]


@pytest.mark.parametrize(
    ("times", "unit"),
    [
        ([10.0, 10.5, 11.0, 11.5], "s"),
        ([10_000, 10_500, 11_000, 11_500], "ms"),
        ([10_000_000, 10_500_000, 11_000_000, 11_500_000], "us"),
        ([10_000_000_000, 10_500_000_000, 11_000_000_000, 11_500_000_000], "ns"),
        (pd.to_timedelta([10.0, 10.5, 11.0, 11.5], unit="s"), "s"),
        (pd.array([10_000, 10_500, 11_000, 11_500], dtype="duration[ms][pyarrow]"), "s"),
    ],
)
def test_units_of_time(times, unit):
    X, _ = convert(table(t=times), subject=None, time_unit=unit)
    assert X.index.get_level_values("time").tolist() == pytest.approx([10.0, 10.5, 11.0, 11.5])


@pytest.mark.parametrize("zone", [None, "Europe/Madrid"])
def test_dates_become_seconds_since_1970(zone):
    times = pd.date_range("2026-07-01 12:00", periods=4, freq="20ms", tz=zone)
    X, _ = convert(table(t=times), subject=None)
    seconds = X.index.get_level_values("time")
    assert seconds[0] == pd.Timestamp("2026-07-01 12:00", tz=zone or "UTC").timestamp()
    assert check_recordings(X).sampling_rate == 50.0


def test_rows_are_put_in_order_and_labels_move_with_them():
    frame = table(label=["p", "q", "r", "s"], row=[0, 1, 2, 3]).iloc[[1, 2, 0, 3]]
    X, y = convert(frame, label="label", channels=["row"])
    assert X["row"].tolist() == [0, 1, 2, 3]
    assert y.tolist() == ["p", "q", "r", "s"]
    assert y.index.equals(X.index)


def test_recordings_of_one_person_that_are_interleaved():
    frame = table(who="a", session=[1, 2, 1, 2], t=[0, 0, 20, 20])
    X, _ = convert(frame, recording="session")
    assert X["ax"].tolist() == [1.0, 3.0, 2.0, 4.0]
    assert X.index.get_level_values("recording").tolist() == [1, 1, 2, 2]


def test_channels_can_be_renamed():
    X, _ = convert(table(), channels={"ay": "acc_y", "ax": "acc_x"})
    assert X.columns.tolist() == ["acc_y", "acc_x"]
    assert X["acc_x"].tolist() == [1.0, 2.0, 3.0, 4.0]


def test_polars_gives_what_pandas_gives():
    frame = table(label=["sit", None, "walk", "walk"])
    X, y = convert(frame, label="label")
    X_polars, y_polars = convert(polars.from_pandas(frame), label="label")
    pd.testing.assert_frame_equal(X, X_polars)
    assert y.isna().tolist() == y_polars.isna().tolist() == [False, True, False, False]


def test_missing_numbers_of_nullable_columns_become_nan():
    X, _ = convert(table(ax=pd.array([1, None, 3, 4], dtype="Int64")))
    assert np.isnan(X["ax"].iloc[1])


def test_equal_times_keep_their_order():
    X, _ = convert(table(t=0, who="a"))
    assert X["ax"].tolist() == [1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize(
    ("frame", "options", "says"),
    [
        (table(), {"channels": ["axx"]}, "no column 'axx'.*Did you mean 'ax'"),
        (table(), {"time": "stamp"}, r"There is no column 'stamp'; there are \['who', 't', 'ax', 'ay'\]\.$"),
        (table(), {"time_unit": "min"}, "time_unit is 'min'"),
        (table(ax=["1,5", "2", "3", "4"]), {}, "decimal=','"),
        (table(t=["a", "b", "c", "d"]), {}, "pandas.to_datetime"),
        (table(t=[0.0, np.nan, 1.0, 2.0]), {}, "no time at row 1"),
        (table(t=[0.0, np.inf, 1.0, 2.0]), {}, "infinite time at row 1"),
        (table(who=["a", "a", None, "b"]), {}, "no subject at row 2"),
        (table().iloc[:0], {}, "no rows"),
        (table(), {"channels": []}, "channels names no column"),
        (table(), {"channels": {"ax": "acc_x", "t": "acc_x"}}, "the name 'acc_x' to several columns"),
        (pd.concat([table(), table()[["ax"]]], axis=1), {}, "Several columns are called 'ax'"),
        (pd.concat([table(), table()[["t"]]], axis=1), {}, "Several columns are called 't'"),
    ],
)
def test_what_is_wrong_is_named(frame, options, says):
    with pytest.raises(ValueError, match=says):
        convert(frame, **options)


def test_people_that_have_no_order_in_common_are_refused():
    people = pd.Series([1, 1, "3a", "3a"], dtype=object)
    with pytest.raises(ValueError, match=r"'who' holds numbers and text, \[1, '3a'\] .*astype\(str\)"):
        convert(table(who=people))
    X, _ = convert(table(who=people.astype(str)))
    assert X.index.unique("subject").tolist() == ["1", "3a"]


def test_one_name_is_no_list():
    with pytest.raises(TypeError, match=r"give a list of columns: \['ax'\]"):
        convert(table(), channels="ax")


def test_the_table_is_not_modified():
    frame = table(label="sit")
    before = frame.copy()
    convert(frame, label="label")
    pd.testing.assert_frame_equal(frame, before)
