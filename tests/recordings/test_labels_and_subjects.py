"""Labels that belong to rows, and who was recorded."""

import numpy as np
import pandas as pd
import pytest

from sklearn_har.recordings import drop_unlabelled, subjects, subjects_for_split
from sklearn_har.windowing import Windows
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


def test_drop_unlabelled_without_any_label():
    with pytest.raises(ValueError, match="No row of y has a label"):
        drop_unlabelled(np.zeros((2, 1)), [None, None])


def test_labels_of_another_length():
    with pytest.raises(ValueError, match=r"\[4, 3\]. y must hold one label for every row"):
        drop_unlabelled(recordings(4), ["sit"] * 3)


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
