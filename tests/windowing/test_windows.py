"""Windows are an array that knows where it comes from, whoever handles it."""

import pickle
import tracemalloc

import joblib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_predict, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import resample, shuffle

from sklearn_har.testing._flatten import flatten
from sklearn_har.windowing import Windows, sliding_windows
from tests.conftest import recordings


def planned(n_rows=400, length=0.5):
    return sliding_windows(recordings(n_rows, n_rows, n_rows), window_length=length)


def copied(windows):
    """The same windows, materialised."""
    return windows.with_data(np.asarray(windows))


@pytest.fixture(params=[planned, lambda: copied(planned())], ids=["plan", "copied"])
def windows(request):
    return request.param()


def test_it_is_an_array_of_windows(windows):
    assert (windows.shape, windows.ndim, windows.dtype) == ((90, 25, 3), 3, np.float64)
    assert len(windows) == len(list(windows)) == 90
    assert np.asarray(windows, dtype=np.float32).dtype == np.float32
    assert repr(windows) == "<Windows (90, 25, 3), float64, 50 Hz, 3 subjects>"


def test_windows_are_the_rows_they_were_cut_from(windows):
    X = recordings(400, 400, 400).to_numpy()
    for values, start in zip(np.asarray(windows), windows.starts, strict=True):
        np.testing.assert_array_equal(values, X[start : start + 25])


@pytest.mark.parametrize(
    "index",
    [
        [3, 1, 89],
        np.array([5, 5]),
        slice(4, 30, 3),
        slice(None, None, -1),
        np.arange(90) % 2 == 0,
        [],
        [True] * 90,
    ],
)
def test_a_part_carries_its_part(windows, index):
    part = windows[index]
    positions = np.arange(90)[index if len(np.shape(index)) == 0 or len(index) else np.array([], int)]
    np.testing.assert_array_equal(part, np.asarray(windows)[positions])
    for name in ("subjects", "recordings", "runs", "starts", "origin"):
        np.testing.assert_array_equal(getattr(part, name), getattr(windows, name)[positions])
    assert (part.channel_names, part.sampling_rate) == (("acc_x", "acc_y", "acc_z"), 50.0)
    np.testing.assert_array_equal(windows[index, ...], part)


def test_windows_that_follow_each_other_are_read_without_a_copy():
    values = np.arange(60.0).reshape(5, 4, 3)
    windows = Windows(values)
    for part in (slice(None), slice(1, 4), slice(2, 3), slice(2, 2), [1, 2]):
        np.testing.assert_array_equal(windows[part], values[part])
        assert np.shares_memory(np.asarray(windows[part]), values) == (len(values[part]) > 0)
    for part in ([2, 1], [1, 3], slice(None, None, -1)):
        np.testing.assert_array_equal(windows[part], values[part])
        assert not np.shares_memory(np.asarray(windows[part]), values)


def test_one_window_is_an_array_of_its_own(windows):
    one = windows[-1]
    assert type(one) is np.ndarray
    one[:] = 0
    assert np.asarray(windows)[-1].any()


def test_timesteps_are_not_indexed(windows):
    for index in ((slice(None), 0), (..., 0), (0, 0, ...), (0,)):
        with pytest.raises(
            IndexError,
            match=r"^Windows are indexed along their first axis; take np.asarray\(windows\) to index "
            r"timesteps and channels.$",
        ):
            windows[index]
    with pytest.raises(IndexError):
        windows[90]


def test_a_pickled_part_holds_only_its_rows(windows):
    part = windows[[40, 41, 7]]
    restored = pickle.loads(pickle.dumps(part))
    np.testing.assert_array_equal(restored, part)
    np.testing.assert_array_equal(restored.subjects, part.subjects)
    assert len(pickle.dumps(part)) < len(pickle.dumps(windows)) / 8


@given(st.lists(st.integers(0, 89), max_size=20))
def test_any_part_survives_pickling(positions):
    part = planned()[positions]
    restored = pickle.loads(pickle.dumps(part))
    np.testing.assert_array_equal(restored, part)
    np.testing.assert_array_equal(restored.starts, part.starts)


def test_the_same_windows_have_the_same_hash():
    assert joblib.hash(planned()) == joblib.hash(planned())
    assert joblib.hash(planned()) != joblib.hash(planned()[1:])


def test_what_is_not_given_is_not_there():
    windows = Windows(np.zeros((2, 3, 1)))
    assert [getattr(windows, name) for name in ("subjects", "recordings", "runs", "starts")] == [None] * 4
    assert (windows.channel_names, windows.sampling_rate, windows.left_out) == (None, None, None)
    assert (windows.origin.tolist(), windows.origin.dtype) == ([0, 0], np.int8)
    assert repr(windows) == "<Windows (2, 3, 1), float64>"


def test_all_that_is_given_is_carried():
    carried = {"subjects": [1, 2], "recordings": [3, 4], "runs": [5, 6], "starts": [7, 8], "origin": [0, 2]}
    of_rows = Windows.from_rows(np.zeros((4, 1)), [0, 1], 3, channel_names="a", sampling_rate=9, **carried)
    for windows in (Windows(np.zeros((2, 3, 1)), channel_names="a", sampling_rate=9, **carried), of_rows):
        for other in (windows, windows[[0, 1]], windows.astype(np.float32), windows.with_data(windows)):
            assert {name: getattr(other, name).tolist() for name in carried} == carried
            assert (other.channel_names, other.sampling_rate, other.origin.dtype) == (("a",), 9.0, np.int8)


def test_a_count_of_what_was_left_out_survives_pickling():
    windows = sliding_windows(recordings(100, 5), window_length=0.5)
    assert pickle.loads(pickle.dumps(windows)).left_out == windows.left_out == {"short_runs": 1}


def test_other_values_of_the_same_windows_as_another_type():
    windows = planned()[[3, 40]]
    halves = windows.astype(np.float16)
    assert halves.dtype == np.float16
    np.testing.assert_array_equal(halves, np.asarray(windows).astype(np.float16))
    assert halves.starts.tolist() == windows.starts.tolist()


def test_a_few_windows_of_a_long_plan_cost_little():
    windows = Windows.from_rows(np.zeros((3_000_000, 1), np.float32), np.arange(0, 2_999_000, 100), 128)
    tracemalloc.start()
    try:
        windows[100:110].astype(np.float64)
        pickle.dumps(windows[200:210])
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


def test_windows_that_need_all_rows_keep_the_array():
    windows = Windows.from_rows(np.zeros((900, 1), np.float32), np.arange(0, 801, 50), 100)
    rows = windows.__reduce__()[1][0]  # joblib knows by the object what it has in a file for workers already
    assert rows is windows.__reduce__()[1][0]
    assert windows.astype(np.float32).__reduce__()[1][0] is rows


def test_with_data_keeps_all_but_the_values(windows):
    other = windows.with_data(np.asarray(windows) * 2)
    np.testing.assert_array_equal(other, np.asarray(windows) * 2)
    np.testing.assert_array_equal(other.subjects, windows.subjects)
    assert other.channel_names == windows.channel_names
    assert windows.with_data(np.zeros((90, 25, 5))).channel_names is None


def test_fortran_ordered_and_strided_rows_are_gathered_alike():
    rows = np.random.default_rng(0).normal(size=(300, 4))
    firsts = np.array([250, 3, 3, 120])
    expected = np.stack([rows[first : first + 9] for first in firsts])
    for kind in (rows, np.asfortranarray(rows), np.repeat(rows, 2, axis=0)[::2]):
        np.testing.assert_array_equal(Windows.from_rows(kind, firsts, 9), expected)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Windows(np.zeros((2, 3))), r"shape \(n_windows, n_timesteps, n_channels\)"),
        (lambda: Windows(np.zeros((2, 3, 1)), subjects=[1]), r"subjects has the shape \(1,\); there are 2"),
        (lambda: Windows(np.zeros((2, 3, 1)), channel_names=["a", "b"]), "1 channels, but the names"),
        (lambda: Windows(np.zeros((2, 3, 2)), channel_names="a"), r"2 channels, but the names \('a',\)\.$"),
        (lambda: Windows.from_rows(np.zeros((5, 1)), [3], 3), "A window reaches outside the 5 rows"),
        (lambda: Windows.from_rows(np.zeros((5, 1)), [-1], 3), "outside the 5 rows"),
    ],
)
def test_what_does_not_fit_is_refused(make, says):
    with pytest.raises(ValueError, match=says):
        make()


def test_something_else_that_is_carried_is_refused():
    with pytest.raises(TypeError, match=r"Windows know nothing of \['people'\]"):
        Windows.from_rows(np.zeros((5, 1)), [0], 3, people=[1])


def test_without_a_copy_is_impossible_for_a_plan():
    with pytest.raises(
        ValueError, match=r"^Windows are copied out of the rows .*: copy=False is impossible\.$"
    ):
        np.array(planned(), copy=False)


class TestThroughScikitLearn:
    labels = np.arange(90) % 2

    def assert_aligned(self, part, whole):
        """A part still knows whose windows it has."""
        assert isinstance(part, Windows)
        lookup = dict(zip(whole.starts, whole.subjects, strict=True))
        assert [lookup[start] for start in part.starts] == part.subjects.tolist()

    def test_splitting_and_shuffling(self, windows):
        for part in train_test_split(windows, random_state=0):
            self.assert_aligned(part, windows)
        self.assert_aligned(shuffle(windows, random_state=0), windows)
        self.assert_aligned(resample(windows, random_state=0), windows)

    def test_searching_by_subject(self, windows):
        model = make_pipeline(FunctionTransformer(flatten), DecisionTreeClassifier(random_state=0))
        search = GridSearchCV(model, {"decisiontreeclassifier__max_depth": [1, 2]}, cv=GroupKFold(3))
        search.fit(windows, self.labels, groups=windows.subjects)
        assert len(search.predict(windows)) == 90

    def test_predicting_across_folds(self, windows):
        model = make_pipeline(FunctionTransformer(flatten), DecisionTreeClassifier(random_state=0))
        options = {"cv": GroupKFold(3), "groups": windows.subjects}
        predicted = cross_val_predict(model, windows, self.labels, **options)
        np.testing.assert_array_equal(
            predicted, cross_val_predict(model, np.asarray(windows), self.labels, **options)
        )
