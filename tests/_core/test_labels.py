"""Labels of every kind become codes of sorted classes."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.exceptions import DataConversionWarning

from sklearn_har._core._labels import encode_labels


@pytest.mark.parametrize(
    ("y", "classes", "dtype"),
    [
        (["walk", "sit", "walk"], ["sit", "walk"], object),
        (np.array(["walk", "sit", "walk"]), ["sit", "walk"], "<U4"),
        (pd.Series(["walk", "sit", "walk"], dtype="string"), ["sit", "walk"], object),
        (pd.Categorical(["walk", "sit", "walk"], ["walk", "run", "sit"]), ["sit", "walk"], object),
        (pd.Series(pd.Categorical([7, 3, 7])), [3, 7], np.int64),
        ([7, 3, 7], [3, 7], np.int64),
        (np.array([7, 3, 7], dtype=object), [3, 7], np.int64),
        ([7.0, 3.0, 7.0], [3.0, 7.0], np.float64),
        (pd.array([7, 3, 7], dtype="Int64"), [3, 7], np.int64),
        ([True, False, True], [False, True], bool),
        (pd.array([True, False, True], dtype="boolean"), [False, True], bool),
        (pd.Index(["walk", "sit", "walk"]), ["sit", "walk"], object),
    ],
)
def test_kinds_of_labels(y, classes, dtype):
    labels = encode_labels(pd.Series(y) if isinstance(y, pd.api.extensions.ExtensionArray) else y)
    assert labels.classes.tolist() == classes
    assert labels.codes.tolist() == [1, 0, 1]
    assert labels.classes.dtype.kind in ("O", "U") if dtype is object else labels.classes.dtype == dtype


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT])
@pytest.mark.parametrize("kind", [list, tuple, pd.Series])
@pytest.mark.parametrize("values", [["walk", "sit"], [7, 3], [True, False]])
def test_missing_labels_of_any_kind_are_no_class(missing, kind, values):
    labels = encode_labels(kind([values[0], missing, missing, values[1]]))
    assert labels.codes.tolist() == [1, -1, -1, 0]
    assert labels.classes.tolist() == values[::-1]


@given(st.lists(st.sampled_from([3, 1, 2, None]), max_size=30))
def test_stretches_give_the_labels_back(y):
    labels = encode_labels(np.array(y, dtype=object))
    assert [None if code < 0 else labels.classes[code] for code in labels.codes] == y
    assert labels.classes.tolist() == sorted(set(y) - {None})
    assert labels.starts[-1] == len(y)


def test_a_column_is_taken_with_scikit_learns_warning():
    y = pd.DataFrame({"activity": ["walk", "sit"]})
    with pytest.warns(DataConversionWarning, match="column-vector"):
        assert encode_labels(y).codes.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("y", "says"),
    [
        (np.array(["walk", 3], dtype=object), "no common order: int, str.*Make them all of one kind"),
        (["walk", 3, None], "no common order"),
        ([0.5, 1.25, None], "continuous"),
        ([0.5, 1.25], "continuous"),
        ([0.0, np.inf], "infinity, which is no label"),
        ([["a", "b"], ["c", "d"]], "should be a 1d array"),
    ],
)
def test_what_is_no_label(y, says):
    with pytest.raises(ValueError, match=says):
        encode_labels(y)
