"""Rows are labelled by tables of intervals."""

from contextlib import nullcontext

import numpy as np
import pandas as pd
import polars
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_har.exceptions import LabelsOutsideWarning
from sklearn_har.recordings import label_intervals


def recordings(*lengths, rate=10.0, begin=0.0):
    """Recording k of subject k // 2, both as text."""
    keys = [
        (f"s{k // 2}", f"r{k % 2}", begin + row / rate) for k, n in enumerate(lengths) for row in range(n)
    ]
    index = pd.MultiIndex.from_tuples(keys, names=["subject", "recording", "time"])
    return pd.DataFrame({"acc_x": np.arange(len(keys), dtype=float)}, index=index)


def diary(*rows):
    return pd.DataFrame(rows, columns=["subject", "recording", "start", "stop", "activity"])


def test_a_row_belongs_to_the_interval_it_begins_in():
    X = recordings(5, 5)
    table = diary(("s0", "r1", 0.1, 0.3, "walk"), ("s0", "r0", 0.2, 0.5, "sit"), ("s0", "r0", 0, 0.2, "walk"))
    y = label_intervals(X, table)
    assert y.index.equals(X.index)
    assert y.name == "activity"
    assert y.cat.categories.tolist() == ["sit", "walk"]
    assert y.astype(object).where(y.notna(), "-").tolist() == (
        ["walk", "walk", "sit", "sit", "sit", "-", "walk", "walk", "-", "-"]
    )


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_a_search_row_by_row_finds(data):
    lengths = data.draw(st.lists(st.integers(1, 12), min_size=1, max_size=4))
    X = recordings(*lengths)
    rows = []
    for k, n in enumerate(lengths):
        cuts = data.draw(st.lists(st.integers(0, 2 * n), min_size=0, max_size=8, unique=True).map(sorted))
        for start, stop in zip(cuts[::2], cuts[1::2], strict=False):
            rows.append((f"s{k // 2}", f"r{k % 2}", start / 20, stop / 20, data.draw(st.sampled_from("abc"))))
    expected = [
        next((row[4] for row in rows if row[:2] == (subject, recording) and row[2] <= time < row[3]), None)
        for subject, recording, time in X.index
    ]
    if not any(expected):
        return
    labelled = [any(row[:2] == key[:2] and row[2] <= key[2] < row[3] for key in X.index) for row in rows]
    table = diary(*data.draw(st.permutations(rows)))
    with nullcontext() if all(labelled) else pytest.warns(LabelsOutsideWarning, match="hold no row"):
        y = label_intervals(X, table, tolerance=9)
    assert [None if pd.isna(label) else label for label in y] == expected


def test_polars_and_other_columns():
    table = polars.from_pandas(diary(("s0", "r0", 0, 1, "sit"))).with_columns(polars.lit("x").alias("note"))
    assert label_intervals(recordings(3), table).tolist() == ["sit"] * 3


def test_times_since_1970_that_touch_by_rounding():
    begin = 1_782_907_200.1
    X = recordings(20, begin=begin)
    table = diary(("s0", "r0", begin, begin + 1 + 3e-7, "sit"), ("s0", "r0", begin + 1, begin + 2, "walk"))
    assert label_intervals(X, table).value_counts().to_dict() == {"sit": 11, "walk": 9}


def test_equal_and_irregular_times_are_no_obstacle():
    X = recordings(4)
    X.index = X.index.set_levels([0.0, 0.1], level="time", verify_integrity=False).set_codes(
        [0, 0, 1, 1], level="time", verify_integrity=False
    )
    assert label_intervals(X, diary(("s0", "r0", 0.1, 9, "sit")), tolerance=9).isna().tolist() == [1, 1, 0, 0]


def test_what_lies_outside_is_said_with_numbers():
    X = recordings(11, 11)  # 1 s each
    table = diary(("s0", "r0", -2, 1, "sit"), ("s0", "r1", 0, 1.5, "sit"), ("s0", "r1", 5, 8, "walk"))
    with pytest.warns(LabelsOutsideWarning) as caught:
        y = label_intervals(X, table)
    message = str(caught[0].message)
    assert "2 of 3 intervals reach beyond their recording by more than 1 s (5 s in all)" in message
    assert "1 hold no row" in message
    assert "row 0 (subject s0, recording r0, -2 to 1 s, sit); its recording lasts from 0 to 1 s" in message
    assert y.notna().sum() == 21
    assert y.cat.categories.tolist() == ["sit", "walk"]


def test_a_warning_points_at_this_file():
    with pytest.warns(LabelsOutsideWarning) as caught:
        label_intervals(recordings(3), diary(("s0", "r0", 0, 9, "sit")))
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    ("table", "error", "says"),
    [
        (diary(), ValueError, "intervals has no rows"),
        (
            diary(("s0", "r0", 0, 1, "sit")).rename(columns={"stop": "stopp"}),
            ValueError,
            "Did you mean 'stopp'",
        ),
        (diary(("s0", "r0", 0, 1, None)), ValueError, "no activity in 1 of 1 rows, the first: row 0"),
        (
            diary(("s0", "r0", "0", "1", "sit")),
            TypeError,
            r"start must be seconds .*, or dates; .*dayfirst=True",
        ),
        (diary(("s0", "r0", 1, 1, "sit")), ValueError, "1 of 1 intervals do not end after they start"),
        (
            diary(("s0", "r0", 0, 1, "sit"), ("s0", "r0", 0.5, 2, "sit")),
            ValueError,
            r"1 pairs of intervals overlap, by up to 0.5 s; the first: row 0 .*0 to 1 s, sit\), and row 1",
        ),
        (
            diary(("s9", "r0", 0, 1, "sit")),
            ValueError,
            "1 of 1 intervals are of a subject.*'s9'. X has 's0', 's1'",
        ),
        (diary(("s1", "r7", 0, 1, "sit")), ValueError, "of a recording that X does not have: 'r7'"),
        (
            diary(("s0", "r0", 0, 1, "sit"), ("s1", "r1", 0, 1, "sit")),
            ValueError,
            r"1 of 2 intervals are of a \(subject, recording\) that X does not have: \('s1', 'r1'\)\. X has "
            r"\('s0', 'r0'\), \('s0', 'r1'\), \('s1', 'r0'\)\.$",
        ),
        (
            diary(("s0", "r0", 50, 60, "sit")),
            ValueError,
            "None of the 1 intervals holds a row.*from 0 to 0.4 s",
        ),
    ],
)
def test_what_is_wrong_is_named(table, error, says):
    with pytest.raises(error, match=says):
        label_intervals(recordings(5, 5, 5), table)


def test_numbers_that_are_text_in_one_table_are_told():
    X = recordings(5).reset_index()
    X["subject"] = "1"
    X = X.set_index(["subject", "recording", "time"])
    with pytest.raises(ValueError, match="They are int in intervals and str in X; convert one of them"):
        label_intervals(X, diary((1, "r0", 0, 1, "sit")))


def test_of_many_unknown_people_five_are_named():
    table = diary(*[(f"p{k}", "r0", 0, 1, "sit") for k in range(6)], ("s0", "r0", 0, 1, "sit"))
    with pytest.raises(
        ValueError, match=r"6 of 7 intervals are of a subject that X does not have: "
    ) as error:
        label_intervals(recordings(5, 5, 5), table)
    assert "have: 'p0', 'p1', 'p2', 'p3', 'p4', … (6 in all). X has 's0', 's1'." in str(error.value)
    X = recordings(5).reset_index()
    X[["subject", "recording"]] = 1
    with pytest.raises(ValueError, match=r"does not have: 2, 3, 4, 5, 6\. X has 1\.$"):
        label_intervals(
            X.set_index(["subject", "recording", "time"]), diary(*[(k, 1, 0, 1, "sit") for k in range(2, 7)])
        )


def test_plain_arrays_and_disorder_are_refused():
    with pytest.raises(ValueError, match="X has no index of subject"):
        label_intervals(np.zeros((3, 1)), diary(("s0", "r0", 0, 1, "sit")))
    with pytest.raises(ValueError, match="Time runs backwards at row 1"):
        label_intervals(recordings(3).iloc[::-1], diary(("s0", "r0", 0, 1, "sit")))


@pytest.mark.parametrize("tolerance", [-1, np.nan, "1"])
def test_a_tolerance_that_is_none(tolerance):
    with pytest.raises(ValueError, match=r"tolerance is .*; it must be a number of seconds, 0 or more"):
        label_intervals(recordings(3), diary(("s0", "r0", 0, 1, "sit")), tolerance=tolerance)


MORNING = 1_678_781_700.0  # 2023-03-14 08:15 UTC


@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Berlin"])
@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_dates_are_seconds_since_1970(zone, unit):
    X = recordings(30, begin=MORNING)
    table = diary(("s0", "r0", "14.03.2023 08:15:01", "14.03.2023 08:15:02", "sit"))
    for name in ("start", "stop"):
        dates = pd.to_datetime(table[name], dayfirst=True).dt.as_unit(unit).dt.tz_localize("UTC")
        table[name] = dates.dt.tz_convert(zone)  # to None: UTC without saying so
    assert np.flatnonzero(label_intervals(X, table).notna()).tolist() == list(range(10, 20))


def test_timedeltas_are_seconds_too():
    table = diary(("s0", "r0", "00:00:01", "00:00:02", "sit"))
    table[["start", "stop"]] = table[["start", "stop"]].apply(pd.to_timedelta)
    assert np.flatnonzero(label_intervals(recordings(30), table).notna()).tolist() == list(range(10, 20))


@pytest.mark.parametrize(("hours", "said"), [(1, "1 h earlier"), (-5.75, "5.75 h later"), (0.3, None)])
def test_a_time_zone_is_told_from_intervals_that_hold_no_row(hours, said):
    X = recordings(100, 100, begin=MORNING)
    off = MORNING + 3600 * hours
    table = diary(("s0", "r0", off + 1, off + 4, "sit"), ("s0", "r0", off + 4, off + 8, "walk"))
    with pytest.raises(ValueError, match="None of the 2 intervals") as caught:
        label_intervals(X, table)
    assert ("Is that a time zone?" in str(caught.value)) == (said is not None)
    assert (said or "") in str(caught.value)
    since_midnight = table.assign(start=table["start"] - MORNING, stop=table["stop"] - MORNING)
    with pytest.raises(ValueError, match="None of the 2 intervals") as caught:
        label_intervals(recordings(100), since_midnight)
    assert "time zone" not in str(caught.value)
    table = pd.concat([table, diary(("s0", "r1", MORNING + 1, MORNING + 2, "sit"))], ignore_index=True)
    with pytest.warns(LabelsOutsideWarning, match=said or "2 hold no row"):
        label_intervals(X, table)


def test_a_time_zone_of_whole_hours_is_likelier():
    X = recordings(36_001, begin=MORNING)  # an hour
    with pytest.raises(ValueError, match="if they were 1 h later"):
        label_intervals(X, diary(("s0", "r0", MORNING - 900, MORNING - 600, "sit")))


def test_times_since_1970_are_said_as_dates():
    X = recordings(30, begin=MORNING)
    table = diary(("s0", "r0", MORNING - 9.5, MORNING + 1, "sit"))
    with pytest.warns(LabelsOutsideWarning) as caught:
        label_intervals(X, table)
    assert "r0, 2023-03-14T08:14:50.500 to 2023-03-14T08:15:01.000 UTC, sit)" in str(caught[0].message)
    assert "lasts from 2023-03-14T08:15:00.000 to 2023-03-14T08:15:02.900 UTC." in str(caught[0].message)
    assert "time zone" not in str(caught[0].message)


def test_an_interval_in_a_gap_is_of_no_other_time_zone():
    X = recordings(72_001, begin=MORNING)
    table = diary(("s0", "r0", MORNING, MORNING + 1, "sit"), ("s0", "r0", MORNING + 10, MORNING + 11, "walk"))
    with pytest.warns(LabelsOutsideWarning, match="1 hold no row") as caught:
        label_intervals(X.drop(X.index[50:200]), table)
    assert "time zone" not in str(caught[0].message)
