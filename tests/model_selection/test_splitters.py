"""People stay together."""

import numpy as np
import pytest
from imblearn.over_sampling import RandomOverSampler
from sklearn import config_context
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import StackingClassifier
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier

from sklearn_har.exceptions import SampledBeforeSplitWarning
from sklearn_har.model_selection import (
    LeaveSubjectsOut,
    StratifiedSubjectKFold,
    SubjectKFold,
    subject_train_test_split,
)
from sklearn_har.recordings import subjects
from sklearn_har.sampling import WindowSampler
from sklearn_har.testing._flatten import flatten
from sklearn_har.windowing import SlidingWindowClassifier, sliding_windows
from tests.conftest import recordings

X = recordings(50, 80, 30, 60, 40, subjects=["eve", "ann", "dan", "bob", "cat"])
WINDOWS = sliding_windows(X, window_length=0.2)


def table():
    return make_pipeline(FunctionTransformer(flatten), DecisionTreeClassifier(random_state=0))


def test_folds_of_people_are_those_of_group_k_fold():
    expected = list(GroupKFold(3).split(X, groups=subjects(X)))
    for (train, test), (train_expected, test_expected) in zip(
        SubjectKFold(3).split(X), expected, strict=True
    ):
        np.testing.assert_array_equal(train, train_expected)
        np.testing.assert_array_equal(test, test_expected)


def test_shuffled_folds_follow_the_seed():
    splitters = [SubjectKFold(2, shuffle=True, random_state=seed) for seed in (0, 0, 1)]
    first, same, other = (next(iter(splitter.split(X)))[1].tolist() for splitter in splitters)
    assert first == same != other


def test_a_list_of_people_is_one_split():
    splitter = LeaveSubjectsOut(["bob", "eve"])
    assert splitter.get_n_splits() == 1
    ((train, test),) = splitter.split(WINDOWS)
    assert set(WINDOWS.subjects[test]) == {"bob", "eve"}
    assert set(WINDOWS.subjects[train]) == {"ann", "cat", "dan"}


@pytest.mark.parametrize(("at_a_time", "n_splits"), [(1, 5), (2, 3), (4, 2)])
def test_a_number_of_people_leaves_everyone_out_once(at_a_time, n_splits):
    splitter = LeaveSubjectsOut(at_a_time, random_state=0)
    assert splitter.get_n_splits(X) == n_splits
    tested = [set(subjects(X)[test]) for _, test in splitter.split(X)]
    assert max(map(len, tested)) == at_a_time
    assert sorted(person for people in tested for person in people) == ["ann", "bob", "cat", "dan", "eve"]


def test_a_person_listed_twice_is_left_out_once():
    ((train, test),) = LeaveSubjectsOut(["eve", "bob", "eve", "bob", "bob"]).split(X)
    assert set(subjects(X)[test]) == {"bob", "eve"}
    assert set(subjects(X)[train]) == {"ann", "cat", "dan"}


def test_the_number_of_splits_needs_people_only_to_count_them():
    assert LeaveSubjectsOut(["ann"]).get_n_splits() == 1
    with pytest.raises(ValueError, match="X is needed"):
        LeaveSubjectsOut(1).get_n_splits()


def test_seeded_groups():
    def groups(seed):
        return [sorted(set(subjects(X)[test])) for _, test in LeaveSubjectsOut(2, random_state=seed).split(X)]

    assert groups(0) == groups(0) != groups(3)


@pytest.mark.parametrize(
    ("splitter", "says"),
    [
        (LeaveSubjectsOut(["bob", "zoe"]), r"X has no subject \['zoe'\]; there are \['ann'"),
        (LeaveSubjectsOut([]), "must list people"),
        (LeaveSubjectsOut("bob"), "must list people"),
        (LeaveSubjectsOut({"bob"}), "must list people"),
        (LeaveSubjectsOut(2.0), r"subjects is 2.0; it must list people, or be a number"),
        (LeaveSubjectsOut(["ann", "bob", "cat", "dan", "eve", "eve"]), "nobody is left to train on"),
        (LeaveSubjectsOut(0), "at least 1 person"),
        (LeaveSubjectsOut(5), "nobody is left to train on"),
        (LeaveSubjectsOut(["ann", "bob", "cat", "dan", "eve"]), "nobody is left to train on"),
        (SubjectKFold(6), "n_splits=6 greater than the number of groups: 5"),
    ],
)
def test_splits_that_cannot_be_made(splitter, says):
    with pytest.raises(ValueError, match=says):
        list(splitter.split(X))


@pytest.mark.parametrize("splitter", [SubjectKFold(2), LeaveSubjectsOut(1)])
def test_people_of_a_plain_array_come_from_groups(splitter):
    values = np.zeros((6, 2))
    for _, test in splitter.split(values, groups=[3, 3, 1, 1, 2, 2]):
        assert len(test) % 2 == 0
    with pytest.raises(
        ValueError, match=r"does not say who was recorded.* Pass groups=, the person of each row"
    ):
        list(splitter.split(values))
    with pytest.raises(ValueError, match="not the same"):
        list(splitter.split(WINDOWS, groups=np.arange(len(WINDOWS)) % 2))


@pytest.mark.parametrize("routing", [False, True])
@pytest.mark.parametrize("splitter", [SubjectKFold(2), LeaveSubjectsOut(2, random_state=0)])
def test_they_work_wherever_something_is_held_out(simulated, splitter, routing):
    rows, y = simulated
    windows, labels = sliding_windows(rows, y, window_length=2.56)
    holds_out = [
        GridSearchCV(table(), {"decisiontreeclassifier__max_depth": [2, 4]}, cv=splitter),
        CalibratedClassifierCV(table(), cv=splitter),
    ]
    if isinstance(splitter, SubjectKFold):  # stacking asks for the number of splits without X
        holds_out.append(StackingClassifier([("table", table())], DecisionTreeClassifier(), cv=splitter))
    with config_context(enable_metadata_routing=routing):
        for estimator in holds_out:
            assert estimator.fit(windows, labels).predict(windows).shape == labels.shape
        recognizer = SlidingWindowClassifier(holds_out[1], window_length=2.56)
        assert cross_val_predict(recognizer, rows, y, cv=splitter).shape == y.shape


def test_their_representation_is_code():
    assert repr(LeaveSubjectsOut([1, 2])) == "LeaveSubjectsOut(random_state=None, subjects=[1, 2])"
    assert repr(SubjectKFold(3)) == "SubjectKFold(n_splits=3, random_state=None, shuffle=False)"


@pytest.mark.parametrize(
    "split",
    [
        lambda X, y: SubjectKFold(2).split(X),
        lambda X, y: LeaveSubjectsOut(1).split(X),
        lambda X, y: StratifiedSubjectKFold(2).split(X, y),
        lambda X, y: subject_train_test_split(X, y),
    ],
    ids=["folds", "left out", "stratified", "once"],
)
def test_windows_that_were_sampled_before_the_split(split):
    labels = np.where(np.arange(len(WINDOWS)) % 4, "sit", "walk")
    sampled, new = WindowSampler(RandomOverSampler(random_state=0)).fit_resample(WINDOWS, labels)
    n_copies = len(sampled) - len(WINDOWS)
    with pytest.warns(SampledBeforeSplitWarning, match=f"^{n_copies} of {len(sampled)} windows are copies"):
        list(split(sampled, new))
    list(split(sampled[sampled.origin == 0], new[sampled.origin == 0]))  # warnings are errors
