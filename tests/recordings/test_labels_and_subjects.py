"""Labels that belong to rows, and who was recorded."""

import warnings

import numpy as np
import pandas as pd
import pytest

from sklearn_har.exceptions import SuspectRecordingsWarning
from sklearn_har.model_selection import LeaveSubjectsOut
from sklearn_har.recordings import (
    drop_unlabelled,
    label_intervals,
    recordings_from_table,
    subjects,
    subjects_for_split,
)
from sklearn_har.recordings._index import INDEX_LEVELS
from sklearn_har.windowing import Windows, sliding_windows
from tests.conftest import recordings

MISSING = [np.nan, None, pd.NA]


@pytest.mark.parametrize("missing", MISSING)
def test_drop_unlabelled_leaves_a_gap(missing):
    X = recordings(6)
    y = pd.Series(["sit", "sit", missing, missing, "walk", "walk"], index=X.index, dtype=object)
    kept, labels = drop_unlabelled(X, y)
    assert labels.tolist() == ["sit", "sit", "walk", "walk"]
    assert kept.index.equals(X.index[[0, 1, 4, 5]])
    assert labels.index.equals(kept.index)


def test_drop_unlabelled_forgets_categories_that_are_gone():
    y = pd.Series(pd.Categorical(["sit", None, "sit"], categories=["run", "sit"]))
    _, labels = drop_unlabelled(np.zeros((3, 1)), y)
    assert labels.cat.categories.tolist() == ["sit"]


def test_drop_unlabelled_of_windows_gives_windows():
    X, _ = drop_unlabelled(Windows(np.zeros((3, 2, 1)), subjects=[1, 2, 3]), ["sit", None, "walk"])
    assert isinstance(X, Windows)
    assert X.subjects.tolist() == [1, 3]


def test_drop_unlabelled_without_any_label():
    with pytest.raises(ValueError, match="No row of y has a label"):
        drop_unlabelled(np.zeros((2, 1)), [None, None])


def test_labels_of_another_length():
    with pytest.raises(ValueError, match=r"\[4, 3\]. y must hold one label for every row"):
        drop_unlabelled(recordings(4), ["sit"] * 3)


@pytest.mark.parametrize(("labels", "kind"), [([0, 1], "i"), (["sit", "walk"], "U"), ([True, False], "b")])
def test_labels_of_a_list_are_what_an_array_would_hold(labels, kind):
    X, y = drop_unlabelled([[1.0], [2.0], [3.0]], [labels[0], None, labels[1]])
    assert X.tolist() == [[1.0], [3.0]]
    assert (y.tolist(), y.dtype.kind) == (labels, kind)


@pytest.mark.parametrize("kind", ["frame", "column"])
def test_labels_in_one_column(kind):
    X = recordings(4)
    y = pd.DataFrame({"activity": ["sit", None, "walk", "walk"]}, index=X.index, dtype=object)
    kept, labels = drop_unlabelled(X, y if kind == "frame" else y.to_numpy())
    assert kept.index.equals(X.index[[0, 2, 3]])
    assert type(labels) is (pd.DataFrame if kind == "frame" else np.ndarray)
    assert np.asarray(labels).tolist() == [["sit"], ["walk"], ["walk"]]


def test_labels_in_several_columns():
    X = recordings(3)
    y = pd.DataFrame({"activity": ["sit", None, "walk"], "place": ["a", "b", None]}, index=X.index)
    with pytest.raises(ValueError, match=r"y has the shape \(3, 2\); it must hold one label for every row"):
        drop_unlabelled(X, y)


def test_labels_with_another_index():
    X = recordings(4)
    y = pd.Series(["a", "b", "c", "d"], index=X.index[::-1])
    with pytest.raises(ValueError, match="another index than X"):
        drop_unlabelled(X, y)
    assert drop_unlabelled(X, y.reset_index(drop=True))[1].tolist() == ["a", "b", "c", "d"]


def test_subjects_of_rows_and_windows():
    X = recordings(2, 3, subjects=["ann", "bob"])
    assert subjects(X).tolist() == ["ann", "ann", "bob", "bob", "bob"]
    assert subjects(Windows(np.zeros((2, 1, 1)), subjects=[7, 8])).tolist() == [7, 8]


def test_a_row_of_nobody_is_not_given_to_somebody():
    index = pd.MultiIndex.from_arrays([["ann", None, "bob"], [0, 0, 0], [0.0, 0.1, 0.2]])
    X = pd.DataFrame({"acc_x": [1.0, 2.0, 3.0]}, index.set_names(["subject", "recording", "time"]))
    for find in (subjects, subjects_for_split, LeaveSubjectsOut(1).get_n_splits):
        with pytest.raises(ValueError, match="'subject' has a missing value at row 1"):
            find(X)


@pytest.mark.parametrize(
    "people",
    [
        ["p10", "p9"],
        np.array(["p10", "p9"], dtype=object),
        pd.array(["p10", "p9"], dtype="string"),
        pd.Categorical(["p10", "p9"], categories=["p9", "p10", "p11"]),
        pd.Categorical([10, 9]),
        pd.array([10, 9], dtype="Int64"),
        [1.5, 0.5],
        [("a", 1), ("a", 0)],
        pd.to_datetime(["2020-01-02", "2020-01-01"]),
        ["p10", 9],
    ],
    ids=lambda people: type(people).__name__,
)
def test_people_of_every_kind(people):
    levels = [pd.Index(people, tupleize_cols=False).repeat(4), [0] * 8, np.tile(np.arange(4) / 4, 2)]
    X = pd.DataFrame({"acc_x": np.arange(8.0)}, pd.MultiIndex.from_arrays(levels, names=INDEX_LEVELS))
    windows = sliding_windows(X, window_length=0.5)
    assert repr(windows) == "<Windows (6, 2, 1), float64, 4 Hz, 2 subjects>"
    for found in (subjects(X)[::4], windows.subjects[::3]):
        assert [str(person) for person in pd.Series(found)] == [
            str(person) for person in pd.Series(list(people))
        ]


@pytest.mark.parametrize("X", [np.zeros((3, 1)), Windows(np.zeros((3, 2, 1)))])
def test_people_that_are_unknown(X):
    with pytest.raises(ValueError, match="does not say who was recorded"):
        subjects(X)


def test_groups_must_be_the_people_of_the_index():
    X = recordings(2, 2)
    assert subjects_for_split(X, ["p", "p", "q", "q"]).tolist() == [1, 1, 2, 2]
    for groups in (["p", "q", "q", "q"], ["p"] * 4, [1, 2, 3, 4]):
        with pytest.raises(ValueError, match="not the same"):
            subjects_for_split(X, groups)
    with pytest.raises(ValueError, match="has the shape"):
        subjects_for_split(X, ["p"])
    assert subjects_for_split(np.zeros((2, 1)), [5, 6]).tolist() == [5, 6]


def read_with(activities):
    table = pd.DataFrame({"t": range(len(activities)), "ax": 0.0, "doing": activities})
    return recordings_from_table(table, channels=["ax"], time="t", label="doing")[1]


def diary_with(activities):
    rows = pd.DataFrame({"t": range(len(activities)), "ax": 0.0})
    X, _ = recordings_from_table(rows, channels=["ax"], time="t")
    starts = {"start": range(len(rows)), "stop": range(1, len(rows) + 1)}
    return label_intervals(X, pd.DataFrame({"subject": 0, "recording": 0, "activity": activities} | starts))


@pytest.mark.parametrize("label", [read_with, diary_with])
def test_spellings_of_one_activity_are_told(label):
    activities = ["walk", "Walk", "walk ", "sit", "brush teeth", "brush_teeth", "2 up", "2-up"]
    said = r"of its own: 'Walk', 'walk', 'walk '; 'brush teeth', 'brush_teeth'; '2 up', '2-up'\. Give"
    with pytest.warns(SuspectRecordingsWarning, match=said) as caught:
        y = label(activities)
    assert y.tolist() == activities
    assert caught[0].filename == __file__


@pytest.mark.parametrize("label", [read_with, diary_with])
@pytest.mark.parametrize(
    "activities",
    [
        ["sit", "sitting", "sit 2", "sit"],
        ["-1", "1", "11", "1-1", "step 1_2", "step 12"],
        [1, 2, 12],
        [0.5, 5.0],
        pd.Categorical(["sit", "walk"], categories=["sit", "walk", "Walk"]),
    ],
)
def test_other_activities_are_not_taken_for_spellings(label, activities):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        label(activities)
