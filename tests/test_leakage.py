"""Nothing of a person, no row, no copy of a row and no overlapping window, is on both sides of a split."""

import numpy as np
import pytest
from imblearn.combine import SMOTETomek
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.model_selection import GroupKFold, LeaveOneGroupOut, StratifiedKFold, cross_val_score

from sklearn_har.classifiers._held_out import hold_out
from sklearn_har.exceptions import LeakageError
from sklearn_har.model_selection import (
    LeaveSubjectsOut,
    StratifiedSubjectKFold,
    SubjectKFold,
    check_no_leakage,
    subject_train_test_split,
)
from sklearn_har.recordings import subjects
from sklearn_har.sampling import WindowSampler, WindowSMOTE
from sklearn_har.windowing import SlidingWindowClassifier, sliding_windows
from tests.conftest import recordings

SPLITTERS = [
    SubjectKFold(3),
    SubjectKFold(3, shuffle=True, random_state=1),
    StratifiedSubjectKFold(3),
    StratifiedSubjectKFold(2, shuffle=True, random_state=1),
    LeaveSubjectsOut(1),
    LeaveSubjectsOut(2, random_state=0),
    LeaveSubjectsOut([2, 5]),
    GroupKFold(3),
    LeaveOneGroupOut(),
]
SAMPLERS = [
    WindowSampler(RandomOverSampler(random_state=0)),
    WindowSampler(RandomUnderSampler(random_state=0)),
    WindowSampler(SMOTE(random_state=0, k_neighbors=2)),
    WindowSampler(SMOTETomek(smote=SMOTE(k_neighbors=2), random_state=0)),
    WindowSMOTE(random_state=0),
]
# every value of every row is of its own, so that whatever travels can be recognised
X = recordings(*[200] * 6)
X[:] = np.arange(X.size, dtype=float).reshape(X.shape)
Y = np.where(np.arange(len(X)) % 100 < 70, "sit", "walk")


def rows_of(windows) -> set:
    """Which rows some recorded windows are made of."""
    return set(np.asarray(windows)[:, :, 0].ravel().astype(int).tolist())


@pytest.mark.parametrize("splitter", SPLITTERS, ids=repr)
@pytest.mark.parametrize("overlap", [0.0, 0.5, 0.9])
def test_windows_of_the_two_sides_share_no_row(splitter, overlap):
    windows, labels = sliding_windows(X, Y, window_length=0.5, overlap=overlap)
    for train, test in splitter.split(windows, labels, windows.subjects):
        assert not rows_of(windows[train]) & rows_of(windows[test])
        assert not set(windows[train].subjects) & set(windows[test].subjects)


@pytest.mark.parametrize("splitter", SPLITTERS, ids=repr)
def test_the_check_finds_nothing_in_splits_by_people(splitter):
    windows, labels = sliding_windows(X, Y, window_length=0.5)
    for train, test in splitter.split(windows, labels, windows.subjects):
        assert not check_no_leakage(windows[train], windows[test]).found
    for train, test in splitter.split(X, Y, subjects(X)):
        assert not check_no_leakage(X.iloc[train], X.iloc[test]).found


@pytest.mark.parametrize("seed", range(5))
def test_nor_in_one_split_of_people(seed):
    windows, labels = sliding_windows(X, Y, window_length=0.5)
    train, test, *_ = subject_train_test_split(windows, labels, random_state=seed)
    assert not check_no_leakage(train, test).found
    assert not rows_of(train) & rows_of(test)


@pytest.mark.parametrize("overlap", [0.2, 0.5, 0.9])
def test_the_check_counts_the_windows_that_share_rows(overlap):
    windows, labels = sliding_windows(X, Y, window_length=0.5, overlap=overlap, tail="drop")
    train, test = next(StratifiedKFold(3, shuffle=True, random_state=0).split(windows, labels))
    trained = rows_of(windows[train])
    sharing = [bool(rows_of(windows[[i]]) & trained) for i in test]
    report = check_no_leakage(np.asarray(windows)[train], np.asarray(windows)[test], raise_error=False)
    assert (report.shared > 0).tolist() == sharing
    with pytest.raises(LeakageError, match=r"\d people are on both sides"):
        check_no_leakage(windows[train], windows[test])


@pytest.mark.parametrize("splitter", SPLITTERS, ids=repr)
@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda sampler: type(sampler).__name__)
def test_what_a_sampler_makes_of_training_has_nothing_of_testing(splitter, sampler):
    windows, labels = sliding_windows(X, Y, window_length=0.5)
    for train, test in splitter.split(windows, labels, windows.subjects):
        sampled, _ = clone(sampler).fit_resample(windows[train], labels[train])
        assert not rows_of(sampled[sampled.origin < 2]) & rows_of(windows[test])
        assert not set(sampled.subjects) & set(windows[test].subjects)


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
@pytest.mark.parametrize("seed", range(5))
def test_what_is_held_out_behind_a_sampler_has_nothing_of_what_trains(sampler, seed):
    windows, labels = sliding_windows(X, Y, window_length=0.5)
    sampled, new_labels = clone(sampler).fit_resample(windows, labels)
    codes = np.unique(new_labels, return_inverse=True)[1]
    train, valid = hold_out(sampled.subjects, codes, sampled.origin, 0.4, np.random.RandomState(seed))
    assert (sampled.origin[valid] == 0).all()
    assert not set(sampled.subjects[train]) & set(sampled.subjects[valid])
    low, high = (np.asarray(sampled[part]).min(axis=(1, 2)) // (200 * 3) for part in (train, valid))
    assert not set(low.astype(int)) & set(high.astype(int))  # also the values are of other people


class Spy(ClassifierMixin, BaseEstimator):
    """Remembers the rows it learned from, and cries if it meets one again."""

    def fit(self, windows, y):
        self.classes_ = np.unique(y)
        self.rows_, self.people_ = rows_of(windows), set(windows.subjects)
        return self

    def predict(self, windows):
        assert not rows_of(windows) & self.rows_
        assert not set(windows.subjects) & self.people_
        return np.full(len(windows), self.classes_[0])


@pytest.mark.parametrize("splitter", SPLITTERS, ids=repr)
def test_a_recognizer_is_scored_on_rows_it_never_saw(splitter):
    recognizer = SlidingWindowClassifier(Spy(), window_length=0.5)
    scores = cross_val_score(recognizer, X, Y, cv=splitter, groups=subjects(X), error_score="raise")
    assert len(scores) == splitter.get_n_splits(X, Y, subjects(X))


@pytest.mark.real
@pytest.mark.parametrize("sampler", [SMOTE(random_state=0, k_neighbors=3)])
def test_synthetic_windows_of_real_people_lie_between_windows_of_one_person(hapt, sampler):
    rows, y = hapt
    few = np.isin(subjects(rows), [1, 2, 3])
    windows, labels = sliding_windows(rows[few], y[few], window_length=2.56, min_purity=1.0)
    basic = np.isin(labels, ["walking", "sitting", "standing"])
    sampled, new_labels = WindowSampler(sampler).fit_resample(windows[basic], labels[basic])
    for i in np.flatnonzero(sampled.origin == 2)[::10]:
        own = (windows.subjects == sampled.subjects[i]) & (labels == new_labels[i])
        parents = np.asarray(windows[own]).reshape(own.sum(), -1)
        new = np.asarray(sampled)[i].ravel()
        # on the line between two windows of this person: distances to both ends add up
        distances = np.linalg.norm(parents - new, axis=1)
        a = int(distances.argmin())
        between = distances + distances[a] - np.linalg.norm(parents - parents[a], axis=1)
        between[a] = np.inf
        assert between.min() < 1e-6 * np.linalg.norm(new)
