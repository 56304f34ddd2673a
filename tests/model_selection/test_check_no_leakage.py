"""What is on both sides is found, and nothing else."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imblearn.over_sampling import RandomOverSampler
from sklearn.model_selection import train_test_split

from sklearn_har.exceptions import LeakageError, SampledBeforeSplitWarning, SubjectsUnknownWarning
from sklearn_har.model_selection import (
    LeakageReport,
    SubjectKFold,
    check_no_leakage,
    subject_train_test_split,
)
from sklearn_har.sampling import WindowSampler
from sklearn_har.windowing import Windows, sliding_windows
from tests.conftest import recordings

NOTHING = "Nothing of the test side was found on the training side"
ROWS = recordings(200, 200, 200, 200, subjects=["ann", "bob", "cat", "dan"])
WINDOWS = sliding_windows(ROWS, window_length=0.4)  # of 20 rows, a new one every 10
VALUES = np.asarray(WINDOWS)


def report(train, test, **kwargs):
    return check_no_leakage(train, test, raise_error=False, **kwargs)


@pytest.fixture
def people_unknown():
    with pytest.warns(SubjectsUnknownWarning, match="People may still be on both sides"):
        yield


@pytest.mark.parametrize("whole", [ROWS, WINDOWS], ids=["rows", "windows"])
def test_whole_people_are_no_leak(whole):
    train, test = subject_train_test_split(whole, random_state=0)
    found = check_no_leakage(train, test)
    assert not found.found
    assert found.subjects == ()
    assert str(found) == NOTHING + "."


def test_people_and_recordings_on_both_sides():
    of = ROWS.index.get_level_values("subject")
    train, test = ROWS[of != "dan"], ROWS[(of == "dan") | (of == "bob")]
    found = report(train, test)
    assert found.subjects == ("bob",)
    assert found.recordings == (("bob", 1),)
    assert found.shared.sum() == 200
    with pytest.raises(LeakageError, match=r"1 person is on both sides: bob.\n.*\('bob', 1\)") as error:
        check_no_leakage(train, test)
    assert "200 of 400 test rows are trained on as they are; the first is 0" in str(error.value)
    assert isinstance(error.value, ValueError)


def test_another_recording_of_the_same_person_is_a_leak_of_the_person_only():
    again = recordings(100, subjects=["ann"], seed=1).set_index(
        pd.MultiIndex.from_product([["ann"], [9], np.arange(100) / 50], names=ROWS.index.names)
    )
    found = report(ROWS, again)
    assert found.subjects == ("ann",)
    assert found.recordings == ()
    assert not found.shared.any()


def test_recordings_are_told_apart_by_person_and_number():
    keys = [(person, number) for person in "abc" for number in (1, 2)]
    rows = recordings(*[40] * 6)
    people, numbers = (np.repeat(part, 40) for part in zip(*keys, strict=True))
    rows.index = pd.MultiIndex.from_arrays(
        [people, numbers, np.tile(np.arange(40) / 50, 6)], names=ROWS.index.names
    )
    found = report(rows[::2], rows[1::2])
    assert found.recordings == tuple(keys)
    assert (found.not_recorded.dtype, found.not_recorded.any()) == (bool, False)


def test_rows_dealt_at_random_share_people_and_recordings_but_no_row():
    train, test = train_test_split(ROWS, random_state=0)
    found = report(train, test)
    assert len(found.recordings) == 4
    assert not found.shared.any()


@pytest.mark.parametrize("test_first", [False, True])
@pytest.mark.parametrize("form", [np.asarray, np.float32, np.asfortranarray, Windows, list])
@pytest.mark.usefixtures("people_unknown")
def test_windows_without_shared_rows(form, test_first):
    sides = [form(VALUES[:19]), form(VALUES[19:])]
    assert not check_no_leakage(*sides[:: -1 if test_first else 1]).shared.any()


@pytest.mark.parametrize("form", [np.asarray, np.float32, np.asfortranarray, Windows, list])
def test_windows_that_overlap_are_found_without_knowing_people(form):
    found = report(form(VALUES[[0, 1, 4]]), form(VALUES[[2, 5, 8, 4]]))
    assert found.shared.tolist() == [10, 10, 0, 20]
    assert found.subjects is None
    with pytest.raises(
        LeakageError, match="2 of 4 test windows share rows with training windows; test window 0"
    ):
        check_no_leakage(form(VALUES[[0, 1]]), form(VALUES[[2, 0, 8, 2]]))


@given(begin=st.integers(0, 60), length=st.integers(10, 40), channels=st.integers(1, 3))
def test_the_number_of_shared_rows_is_that_of_the_overlap(begin, length, channels):
    rows = np.asarray(ROWS)[:100, :channels]
    train, test = rows[np.newaxis, 30 : 30 + length], rows[np.newaxis, begin : begin + length]
    overlap = max(0, length - abs(begin - 30))
    least = 1 + 12 // channels  # rows in which twelve values change
    expected = overlap if overlap >= max(least, length // 10) else 0
    assert report(train, test, groups=([1], [2])).shared.tolist() == [expected]


def test_the_longest_overlap_counts():
    rows = np.asarray(ROWS)
    train = np.stack([rows[0:20], rows[15:35], rows[8:28]])
    assert report(train, rows[np.newaxis, 10:30]).shared.tolist() == [18]


@pytest.mark.parametrize("narrow", [np.float32, np.float16])
def test_the_same_recording_in_another_precision(narrow):
    found = report(VALUES[:19].astype(narrow), VALUES[[0, 40]], groups=(["a"] * 19, ["b", "c"]))
    assert found.shared.tolist() == [20, 0]
    assert report(VALUES[:19], VALUES[[0, 40]].astype(narrow)).shared.tolist() == [20, 0]


@pytest.mark.usefixtures("people_unknown")
def test_the_noise_of_the_last_bit_at_rest_is_no_evidence():
    rng = np.random.default_rng(0)
    rows = np.where(rng.random((2, 30000, 3)) < 0.05, 1, 0) + np.array([0, 0, 100])
    windows = rows.reshape(2, 600, 50, 3)
    assert not check_no_leakage(windows[0], windows[1]).found


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_recording_under_two_names(dtype):
    people = ROWS.index.get_level_values("subject")
    renamed = ROWS[people == "ann"].iloc[30:170].rename({"ann": "eve"}, level="subject").astype(dtype)
    found = report(ROWS, renamed[reversed(ROWS.columns)])
    assert found.subjects == found.recordings == ()
    assert found.shared.sum() == 140
    with pytest.raises(LeakageError, match="Nobody is on both sides by name, so one recording may be there"):
        check_no_leakage(ROWS, renamed)
    whole = report(ROWS[people != "dan"], pd.concat([ROWS[people == "dan"], renamed]))
    np.testing.assert_array_equal(whole.shared, np.repeat([0, 1], [200, 140]))


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_people_whose_sensors_lay_still_are_no_leak(value):
    still = ROWS.copy()
    still.loc[:, :] = value
    train, test = subject_train_test_split(still, random_state=0)
    assert not check_no_leakage(train, test).found
    assert not check_no_leakage(train[:10], test[:10]).found


def test_zero_has_one_sign():
    changed = VALUES[:1].copy()
    changed[0, 3] = 0.0
    assert report(changed, np.where(changed == 0, -0.0, changed)).shared.tolist() == [20]


@pytest.mark.usefixtures("people_unknown")
def test_a_channel_that_hangs_is_no_evidence():
    still = np.ones((3, 20, 2))
    still[:, :5] = np.arange(3)[:, None, None]
    assert not report(still[:1], still[1:]).shared.any()
    still[:, 5:] = np.nan
    assert not report(still[:1], still[1:]).shared.any()
    assert not report(still[:1], still[:1]).shared.any()


def test_copies_are_found_under_another_name():
    found = report(WINDOWS[:19], WINDOWS[:2], groups=None)
    assert found.shared.tolist() == [20, 20]
    renamed = Windows(VALUES[:2], subjects=["eve", "eve"], sampling_rate=50.0)
    found = report(WINDOWS[:19], renamed)
    assert found.subjects == ()
    assert found.shared.tolist() == [20, 20]
    with pytest.raises(LeakageError, match="2 of 2 test windows are trained on as they are; the first is 0"):
        check_no_leakage(WINDOWS[:19], renamed)


def test_what_nobody_recorded_should_not_be_tested_on():
    labels = np.where(np.arange(len(WINDOWS)) % 4, "sit", "walk")
    sampled, _ = WindowSampler(RandomOverSampler(random_state=0)).fit_resample(WINDOWS, labels)
    with pytest.warns(SampledBeforeSplitWarning):
        train, test = subject_train_test_split(sampled, random_state=0)
    found = report(train, test)
    assert found.subjects == ()
    assert found.not_recorded.sum() == (test.origin != 0).sum() > 0
    with pytest.raises(
        LeakageError, match=r"test windows are copies or synthetic. .*test\[test.origin == 0\]"
    ):
        check_no_leakage(train, test)
    assert not check_no_leakage(train, test[test.origin == 0]).found


def test_people_of_plain_arrays_come_from_groups():
    groups = WINDOWS.subjects
    train, test = np.arange(19), np.arange(19, 76)
    assert check_no_leakage(VALUES[train], VALUES[test], groups=(groups[train], groups[test])).subjects == ()
    assert report(VALUES[:20], VALUES[30:], groups=(groups[:20], groups[30:])).subjects == ("bob",)


def test_tables_are_compared_row_by_row():
    table = np.random.default_rng(0).normal(size=(30, 12))
    groups = ([1] * 10, [2] * 21)
    found = report(table[:10], np.r_[table[10:], table[3:4]], groups=groups)
    assert found.shared.tolist() == [0] * 20 + [1]
    assert found.shared.dtype == np.intp
    rounded = report(table[:10].astype(np.float32), np.r_[table[10:], table[3:4]], groups=groups)
    assert rounded.shared.tolist() == [0] * 20 + [1]
    frame = pd.DataFrame(table).assign(origin=1, recordings=2, subjects=3)
    assert not report(frame[:10], frame[10:], groups=(groups[0], groups[1][1:])).found
    as_polars = pl.DataFrame(table)
    assert report(as_polars[:10], as_polars[5:], groups=([1] * 10, [2] * 25)).shared.sum() == 5
    with_missing = pd.DataFrame(table).mask(table > 2).convert_dtypes()
    assert report(with_missing[:10], with_missing[5:], groups=([1] * 10, [2] * 25)).shared.sum() == 5


@pytest.mark.parametrize(
    ("whole", "says"),
    [
        (ROWS.reset_index(drop=True), "Rows of 3 columns agree by chance, so their values were not compared"),
        (VALUES.reshape(len(VALUES), -1), "overlap of windows cannot be seen in their features"),
        (VALUES.transpose(0, 2, 1), r"read as 3 timesteps of 20 channels.*pass X.transpose\(0, 2, 1\)"),
    ],
    ids=["rows without index", "flat", "channels first"],
)
def test_what_cannot_be_compared_is_said(whole, says):
    train, test = whole[::2], whole[1::2]  # windows that all overlap
    with pytest.warns(SubjectsUnknownWarning, match=says):
        found = check_no_leakage(train, test)
    assert found.caveat
    assert str(found) == f"{NOTHING}; who was recorded is not known. {found.caveat}"
    names = np.repeat([1, 2], [len(train), len(test)])
    apart = check_no_leakage(train, test, groups=(names[: len(train)], names[len(train) :]))
    assert str(apart) == f"{NOTHING}. {found.caveat}"


def test_a_column_of_people_is_pointed_at():
    features = pd.DataFrame(np.random.default_rng(0).normal(size=(8, 12))).assign(subject=[1, 2] * 4)
    with pytest.warns(SubjectsUnknownWarning, match=r"groups=\(train\['subject'\], test\['subject'\]\)"):
        check_no_leakage(features[:4], features[4:])


def test_a_recording_that_was_cut_in_two_tables():
    early, late = ROWS.iloc[:120], ROWS.iloc[100:200]
    train, test = (sliding_windows(part, window_length=0.4) for part in (early, late))
    # both tables count rows from 0; windows at 100 and 110 of the recording are in both or overlap
    assert report(train, test).shared.tolist() == [20, 10] + [0] * 7


def leak(subjects=(), recordings=(), shared=(0, 0, 0), length=20, not_recorded=(0, 0, 0)):
    shared, not_recorded = np.array(shared), np.array(not_recorded, dtype=bool)
    return LeakageReport(subjects, recordings, shared, length, not_recorded, caveat="")


def test_all_that_was_found_is_said():
    found = leak(
        tuple(range(6)),
        tuple((k, 1) for k in range(5)),
        shared=[20, 3, 7, 0, 20],
        not_recorded=[0, 1, 0, 0, 1],
    )
    assert str(found) == (
        "What is tested on was trained on, so scores will be too high:\n"
        "- 6 people are on both sides: 0, 1, 2, 3, 4, ….\n"
        "- 5 recordings are on both sides: (0, 1), (1, 1), (2, 1), (3, 1), (4, 1).\n"
        "- 2 of 5 test windows share rows with training windows; test window 2, for example, 7 of its 20.\n"
        "- 2 of 5 test windows are trained on as they are; the first is 0.\n"
        "- 2 of 5 test windows are copies or synthetic. Score what was recorded: test[test.origin == 0].\n"
        "Split whole people, before windows are balanced or augmented: subject_train_test_split, "
        "SubjectKFold, StratifiedSubjectKFold."
    )
    assert repr(found) == (
        "<LeakageReport: subjects on both sides 6, recordings 5, test windows with rows of training 4 of 5>"
    )


def test_rows_of_known_people_under_two_names_are_said():
    lines = str(leak(shared=[0, 1, 1], length=1)).splitlines()
    assert lines[1] == "- 2 of 3 test rows are trained on as they are; the first is 1."
    assert lines[2].startswith(
        "Nobody is on both sides by name, so one recording may be there under two names"
    )
    for found in (
        leak(None, shared=[0, 0, 9]),
        leak(("ann",), shared=[0, 0, 9]),
        leak(not_recorded=[0, 1, 0]),
    ):
        assert str(found).splitlines()[-1].startswith("Split whole people")


def test_nothing_found_is_said_of_people_who_are_known_or_not():
    assert str(leak()) == NOTHING + "."
    assert str(leak(None)) == NOTHING + "; who was recorded is not known."
    assert repr(leak(None)).startswith("<LeakageReport: subjects on both sides unknown, recordings 0, ")
    assert [leak().found, leak(("ann",)).found, leak((), (("ann", 1),)).found] == [False, True, True]
    assert leak(shared=[0, 1, 0]).found
    assert leak(not_recorded=[0, 1, 0]).found


def test_input_is_not_modified():
    values = VALUES.copy()
    values.setflags(write=False)
    before = values.copy()
    report(values[:5], values[5:])
    np.testing.assert_array_equal(values, before)


@pytest.mark.parametrize(
    ("train", "test", "groups", "says"),
    [
        (VALUES[:2], VALUES[2:, :10], None, "must be of the same form"),
        (
            ROWS,
            VALUES,
            None,
            r"^train is a DataFrame of shape \(800, 3\), test a ndarray of shape \(76, 20, 3\); they must be",
        ),
        (VALUES[:2], VALUES[0], None, "must be of the same form"),
        (
            np.arange(3),
            np.arange(3, 6),
            None,
            r"train has the shape \(3,\).* X\[train\] and X\[test\], not its",
        ),
        (VALUES[:2], "test.npy", None, r"test has the shape \(\).* not its positions, mask or file"),
        (
            (VALUES, ["sit"] * len(VALUES)),
            VALUES,
            None,
            "train is a tuple that makes no array.*without labels",
        ),
        (VALUES[:2], VALUES[2:4], [1, 2, 3], "groups must be two"),
        (VALUES[:2], VALUES[2:4], ([1, 1], [2]), "groups has 1 entries, but X has 2"),
        (VALUES[:2], VALUES[2:4], ([1, None], [2, 2]), "not known whose 1 rows or windows are"),
        (VALUES[:2], VALUES[2:4], ([1, 1], ["1", "2"]), "named as 1, those of test as '1': numbers on one"),
        (
            Windows(VALUES[:2], channel_names=["x", "y", "z"]),
            Windows(VALUES[:2], channel_names=["y", "x", "z"]),
            None,
            "the same are needed, in one order",
        ),
        (pd.DataFrame({"a": ["x"]}), pd.DataFrame({"a": ["y"]}), ([1], [2]), "cannot be compared"),
        (WINDOWS[:19], WINDOWS[19:38], (["a"] * 10 + ["b"] * 9, ["c"] * 19), "are not the same"),
    ],
)
def test_sides_that_cannot_be_compared(train, test, groups, says):
    with pytest.raises(ValueError, match=says):
        check_no_leakage(train, test, groups=groups)


@pytest.mark.real
def test_real_windows(hapt):
    rows, y = hapt
    windows, _ = sliding_windows(rows, y, window_length=2.56)
    train, test = next(SubjectKFold(3).split(windows))
    assert not check_no_leakage(windows[train], windows[test]).found
    at_random = report(*train_test_split(np.asarray(windows), random_state=0))
    assert np.mean(at_random.shared > 0) > 0.8
