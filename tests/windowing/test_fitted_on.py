"""A split that knows no people is noticed when the other part is predicted."""

import pickle
from copy import copy, deepcopy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, clone
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import KFold, cross_val_predict, cross_val_score, cross_validate
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline

from sklearn_har.classifiers import CNNClassifier, RocketClassifier
from sklearn_har.exceptions import LeakageWarning
from sklearn_har.features import SignalStatistics
from sklearn_har.model_selection import SubjectKFold
from sklearn_har.preprocessing import ChannelScaler
from sklearn_har.windowing import SlidingWindowClassifier, Windows, sliding_windows, validate_windows
from sklearn_har.windowing._fitted_on import Plan, count_beside, first_beside
from tests.conftest import recordings

X = recordings(40, 40, 40, 40, rate=10.0, subjects=["Ann", "Ann", "Bob", "Bob"])  # recordings 0 to 3
Y = np.tile(np.repeat(["sit", "walk"], 20), 4)
RECOGNIZER = SlidingWindowClassifier(DummyClassifier(), window_length=0.5)


@pytest.fixture
def half_known():
    """Fitted on all of Ann, and on Bob's first recording and half of his second."""
    return clone(RECOGNIZER).fit(X[:140], Y[:140])


def test_a_split_of_rows_warns_and_names_the_place():
    with pytest.warns(LeakageWarning) as caught:
        cross_val_predict(RECOGNIZER, X, Y, cv=KFold(3))  # cuts after rows 54 and 107
    said = [str(one.message) for one in caught]
    assert len(said) == 3
    assert said[0].startswith("1 of 2 recordings to predict lie right beside rows of the same recording")
    assert "recording 1 of subject Ann, from 0 s on" in said[0]
    assert "recording 1 of subject Ann, from 1.4 s on" in said[1]
    assert said[1].startswith("2 of 2")
    assert "cv=SubjectKFold(5)" in said[1]
    assert "recording 2 of subject Bob, from 2.7 s on" in said[2]


@pytest.mark.parametrize("method", ["predict", "predict_proba", "predict_windows", "segments"])
def test_every_prediction_warns(half_known, method):
    with pytest.warns(LeakageWarning, match="1 of 1 recordings .* recording 3 of subject Bob, from 2 s on"):
        getattr(half_known, method)(X[140:])


def test_splits_of_people_and_training_scores_are_quiet():
    cross_validate(RECOGNIZER, X, Y, cv=SubjectKFold(2), return_train_score=True)


def test_rows_around_those_that_were_fitted_on_are_quiet(half_known):
    half_known.predict(X[100:])  # as after drop_unlabelled, when whole recordings are predicted


def test_another_session_and_another_dataset_are_quiet():
    fitted = clone(RECOGNIZER).fit(X[:40], Y[:40])
    fitted.predict(X[40:80])
    fitted.predict(recordings(90, rate=10.0, subjects=["Ann"]))


def test_time_that_lies_between_is_enough():
    fitted = clone(RECOGNIZER).fit(X[:30], Y[:30])
    with pytest.warns(LeakageWarning):
        fitted.predict(X[30:40])
    fitted.predict(X[31:40])


def test_plain_arrays_are_quiet():
    values = X.to_numpy()
    SlidingWindowClassifier(DummyClassifier(), window_length=5).fit(values[:30], Y[:30]).predict(values[30:])


def test_names_of_people_are_not_pickled(half_known):
    pickled = pickle.dumps(half_known)
    assert b"Ann" not in pickled
    pickle.loads(pickled).predict(X[140:])
    with pytest.warns(LeakageWarning):  # which nothing was taken from
        half_known.predict(X[140:])


@pytest.fixture
def windows():
    """Seven of each recording: the last step is as long as the others."""
    return sliding_windows(X, Y, window_length=1.0)


def test_windows_at_random_warn_in_every_step_that_reads_them(windows):
    W, labels = windows
    for model in make_pipeline(SignalStatistics(), GaussianNB()), RocketClassifier(84, random_state=0):
        with pytest.warns(
            LeakageWarning, match=r"of 14 windows overlap or touch windows that \w+ was fitted"
        ):
            cross_val_score(model, W, labels, cv=KFold(2, shuffle=True, random_state=0))


def test_windows_of_other_people_and_training_scores_are_quiet(windows):
    W, labels = windows
    model = make_pipeline(ChannelScaler(), SignalStatistics(), GaussianNB())
    cross_validate(model, W, labels, cv=SubjectKFold(2), return_train_score=True)
    model.fit(W[:14], labels[:14]).predict(W[10:])


def test_windows_cut_by_another_call_are_quiet(windows):
    W, _ = windows
    fitted = SignalStatistics().fit(W[::2])
    fitted.transform(sliding_windows(X, Y, window_length=1.0)[0][1::2])
    fitted.transform(np.asarray(W)[1::2])
    fitted.transform(Windows(np.asarray(W))[1::2])
    deepcopy(fitted).transform(W[1::2])
    with pytest.warns(LeakageWarning, match="14 of 14 windows overlap or touch windows that SignalStat"):
        fitted.transform(W[1::2])


def test_windows_over_the_same_rows_warn_after_they_were_copied():
    W = Windows.from_rows(
        np.zeros((100, 1)), np.arange(0, 91, 5), 10, runs=np.zeros(19), starts=np.arange(0, 91, 5)
    )
    fitted = SignalStatistics().fit(W[::2])
    for same in copy(W), W.astype(W.dtype):
        with pytest.warns(LeakageWarning, match="9 of 9 windows"):
            fitted.transform(same[1::2])


def test_windows_of_a_run_touch_where_one_ends_and_the_next_begins():
    W, _ = sliding_windows(X, Y, window_length=1.0, overlap=0.0)
    with pytest.warns(LeakageWarning, match="1 of 1 windows"):
        SignalStatistics().fit(W[:2]).transform(W[2:3])
    SignalStatistics().fit(W[:2]).transform(W[3:])
    SignalStatistics().fit(W[:4]).transform(W[4:])  # another recording, whose rows follow in the table


def test_going_on_with_windows_beside_is_no_prediction(windows):
    W, labels = windows
    model = CNNClassifier(epochs=1, early_stopping=False, random_state=0).partial_fit(W[::2], labels[::2])
    model.partial_fit(W[1::2], labels[1::2])
    with pytest.warns(LeakageWarning, match="CNNClassifier"):
        model.predict(W[::2])


def test_synthetic_windows_lie_nowhere(windows):
    W, _ = windows
    made = Windows(np.asarray(W), subjects=W.subjects, runs=np.zeros(28), starts=np.full(28, -1))
    SignalStatistics().fit(made[::2]).transform(made[1::2])


def test_estimators_that_have_no_hash_are_quiet(windows):
    class Unhashable(BaseEstimator):
        __hash__ = None

    estimator = Unhashable()
    validate_windows(estimator, windows[0][::2], reset=True)
    validate_windows(estimator, windows[0][1::2], reset=False)


def runs_of(ticks):
    """First and last of each stretch of neighbours among some whole numbers."""
    ticks = np.array(sorted(ticks))
    parts = np.split(ticks, np.flatnonzero(np.diff(ticks) > 1) + 1)
    return np.array([[part[0], part[-1]] for part in parts], dtype=float)


@given(st.sets(st.integers(0, 40), min_size=1), st.sets(st.integers(0, 40), min_size=1), st.floats(-0.2, 0.2))
def test_runs_tell_what_rows_tell(known, asked, jitter):
    expected = None
    if not known & asked:
        beside = [
            first
            for first, last in runs_of(asked).astype(int).tolist()
            if first - 1 in known or last + 1 in known
        ]
        expected = beside[0] + jitter if beside else None
    found = first_beside(runs_of(known), runs_of(asked) + jitter, 1.0)
    assert found == (None if expected is None else pytest.approx(expected))


@given(st.sets(st.integers(0, 60), min_size=1), st.sets(st.integers(0, 60), min_size=1), st.integers(1, 8))
def test_windows_beside_are_counted(known, asked, n_timesteps):
    known, asked = np.array(sorted(known)), np.array(list(asked))
    plan = Plan(None, known, known // 20)
    distance = np.abs(asked[:, np.newaxis] - known)
    beside = (distance <= n_timesteps) & (asked[:, np.newaxis] // 20 == known // 20)
    expected = 0 if (distance == 0).any() else beside.any(axis=1).sum()
    assert count_beside(plan, asked, asked // 20, n_timesteps) == expected
