"""People stay together, and activities are on both sides."""

import itertools
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import config_context
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import GridSearchCV, StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier

from sklearn_har.exceptions import UnlearnedLabelsWarning, UntestedLabelsWarning
from sklearn_har.model_selection import StratifiedSubjectKFold, subject_train_test_split
from sklearn_har.model_selection._deal import deal_people, labels_of, people_of
from sklearn_har.model_selection._lacking_labels import warn_of_lacking_labels
from sklearn_har.recordings import subjects
from sklearn_har.testing._flatten import flatten
from sklearn_har.windowing import SlidingWindowClassifier, Windows, sliding_windows
from tests.conftest import recordings


def arrays(**done):
    """Two-channel rows, labels and people; each person is given as text, a letter a row."""
    people = np.concatenate([[name] * len(labels) for name, labels in done.items()])
    return np.zeros((len(people), 2)), np.array(list("".join(done.values()))), people


def people_of_folds(splitter, X, y, groups):
    return [set(groups[test].tolist()) for _, test in splitter.split(X, y, groups)]


ROUND = arrays(ann="wwws", bob="wss", cat="wwwr", dan="wr")  # two sit, two run


def test_each_fold_has_every_activity_if_that_can_be():
    for seed in range(10):
        folds = people_of_folds(StratifiedSubjectKFold(2, shuffle=True, random_state=seed), *ROUND)
        assert {"ann", "bob"} not in folds
        assert sorted(map(len, folds)) == [2, 2]


def test_each_side_has_every_activity_if_that_can_be():
    X, y, people = ROUND
    for seed in range(10):
        *_, y_train, y_test, _, tested = subject_train_test_split(
            X, y, people, groups=people, test_size=2, random_state=seed
        )
        assert set(y_train) == set(y_test) == {"w", "s", "r"}
        assert len(set(tested)) == 2


def test_shares_are_as_near_as_can_be():
    X, y, people = arrays(ann="wwwwss", bob="wwss", cat="wwwwwwss", dan="wwssss")
    # of 16 w and 10 s: ann with cat 10 and 4; ann with bob 6 and 4; ann with dan 6 and 6
    folds = people_of_folds(StratifiedSubjectKFold(2), X, y, people)
    assert {"ann", "dan"} in folds
    assert {"bob", "cat"} in folds


def least_cost(shares, sizes):
    """Of all deals, in plain arithmetic."""
    best = np.inf
    for order in itertools.permutations(range(len(shares))):
        begins = np.cumsum([0, *sizes])
        parts = [list(order[low:high]) for low, high in itertools.pairwise(begins)]
        held = np.array([shares[part].sum(axis=0) for part in parts])
        wanted = np.array(sizes)[:, None] / len(shares)
        best = min(best, ((held - wanted) ** 2).sum() + 2 * shares.shape[1] * (held < 1e-12).sum())
    return best


@given(
    counts=st.lists(st.lists(st.integers(0, 6), min_size=3, max_size=3), min_size=4, max_size=6),
    n_test=st.integers(1, 3),
)
def test_no_deal_is_better_for_few_people(counts, n_test):
    counts = np.array(counts)
    counts[:, 0] += 1
    people = np.repeat(np.arange(len(counts)), counts.sum(axis=1))
    y = np.concatenate([np.repeat(np.arange(3), own) for own in counts])
    sizes = [len(counts) - n_test, n_test]
    wanted = np.array(sizes) / len(counts)
    part = deal_people(people, labels_of(people, y), sizes, wanted, np.random.RandomState(0))
    assert np.bincount(part).tolist() == sizes
    columns = counts[:, counts.sum(axis=0) > 0]
    shares = np.column_stack([columns / columns.sum(axis=0), counts.sum(axis=1) / counts.sum()])
    held = np.array([shares[part == number].sum(axis=0) for number in (0, 1)])
    cost = ((held - wanted[:, None]) ** 2).sum() + 2 * shares.shape[1] * (held < 1e-12).sum()
    assert cost == pytest.approx(least_cost(shares, sizes), abs=1e-8)


@pytest.mark.parametrize("n_people", [5, 6, 7])
def test_folds_have_the_same_number_of_people_or_one_more(n_people):
    people = np.repeat(np.arange(n_people), np.arange(1, n_people + 1))
    sizes = [len(fold) for fold in people_of_folds(StratifiedSubjectKFold(3), people, people * 0, people)]
    assert sum(sizes) == n_people
    assert max(sizes) - min(sizes) <= 1


def test_folds_follow_the_seed(simulated):
    X, y = simulated
    people = subjects(X)

    def folds(*args, **kwargs):
        return people_of_folds(StratifiedSubjectKFold(3, *args, **kwargs), X, y, people)

    assert folds() == folds()
    assert folds(shuffle=True, random_state=1) == folds(shuffle=True, random_state=1)
    dealt = {tuple(map(frozenset, folds(shuffle=True, random_state=seed))) for seed in range(8)}
    assert len(dealt) > 1


def test_a_split_does_not_depend_on_the_order_of_people():
    X, y, people = ROUND
    back = np.arange(len(y))[::-1]
    orders = ((X, y, people), (X[back], y[back], people[back]))
    tested = [
        subject_train_test_split(*three, groups=three[2], test_size=2, random_state=0)[5] for three in orders
    ]
    assert set(tested[0]) == set(tested[1])


def test_people_are_numbered_in_sorted_order():
    codes, people = people_of(np.zeros((4, 1)), ["cat", "ann", "cat", "bob"])
    assert (codes.tolist(), people.tolist()) == ([2, 0, 2, 1], ["ann", "bob", "cat"])


@pytest.mark.parametrize("missing", [np.nan, None, pd.NA])
def test_labels_may_be_missing(simulated, missing):
    X, y = simulated
    y = pd.Series(y.to_numpy(dtype=object, copy=True), index=y.index)
    y.iloc[::3] = missing
    for _, test in StratifiedSubjectKFold(3).split(X, y):
        assert set(y.iloc[test].dropna()) == set(y.dropna())
    parts = subject_train_test_split(X, y, random_state=0)
    assert sum(part.isna().sum() for part in parts[2:]) == y.isna().sum()


def test_parts_are_of_the_kind_that_came_in(simulated):
    X, y = simulated
    before = X.copy()
    weights = list(range(len(X)))
    X_train, X_test, y_train, y_test, w_train, w_test = subject_train_test_split(X, y, weights, test_size=0.4)
    pd.testing.assert_frame_equal(X, before)
    for rows, labels, own in ((X_train, y_train, w_train), (X_test, y_test, w_test)):
        assert rows.index.equals(labels.index)
        pd.testing.assert_frame_equal(rows, X.iloc[own])
        assert isinstance(own, list)
    assert set(w_train) | set(w_test) == set(weights)
    assert len(set(subjects(X_test))) == 2
    windows, labels = sliding_windows(X, y, window_length=2.56)
    parts = subject_train_test_split(windows, labels)
    assert isinstance(parts[1], Windows)
    assert len(parts[1]) == len(parts[3])


def test_without_labels_sides_are_of_the_right_size():
    people = np.repeat(list("abcd"), [10, 10, 19, 1])
    train, test = subject_train_test_split(people, groups=people, test_size=2, random_state=0)
    assert {len(train), len(test)} == {20}


def table():
    return make_pipeline(FunctionTransformer(flatten), DecisionTreeClassifier(random_state=0))


@pytest.mark.parametrize("routing", [False, True])
def test_folds_work_wherever_something_is_held_out(simulated, routing):
    X, y = simulated
    windows, labels = sliding_windows(X, y, window_length=2.56)
    splitter = StratifiedSubjectKFold(2)
    with config_context(enable_metadata_routing=routing):
        search = GridSearchCV(table(), {"decisiontreeclassifier__max_depth": [2, 4]}, cv=splitter)
        assert search.fit(windows, labels).predict(windows).shape == labels.shape
        assert search.fit(np.asarray(windows), labels, groups=windows.subjects).best_score_ > 0
        calibrated = CalibratedClassifierCV(table(), cv=splitter)
        recognizer = SlidingWindowClassifier(calibrated, window_length=2.56)
        assert cross_val_predict(recognizer, X, y, cv=splitter).shape == y.shape


def test_an_activity_of_one_person_is_learned_and_not_tested():
    X, y, people = arrays(ann="wws", bob="wws", cat="wws", dan="wwsr")
    with pytest.warns(
        UntestedLabelsWarning, match="Nobody who is tested does 'r'. The score says nothing of it"
    ):
        *_, y_train, y_test = subject_train_test_split(X, y, groups=people, random_state=0)
    assert "r" in y_train
    assert "r" not in y_test


def test_folds_without_some_activity_are_named():
    X, y, people = arrays(ann="wws", bob="wws", cat="wws", dan="wwsr")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        splits = list(StratifiedSubjectKFold(4).split(X, y, people))
    (alone,) = [number for number, (_, test) in enumerate(splits) if "dan" in people[test]]
    others = ", ".join(str(number) for number in range(4) if number != alone)
    assert [warning.category for warning in caught] == [UnlearnedLabelsWarning, UntestedLabelsWarning]
    assert f"'r' in 1 of 4 splits ({alone})" in str(caught[0].message)
    assert f"'r' in 3 of 4 splits ({others})" in str(caught[1].message)


def test_of_many_splits_five_are_named():
    labels = labels_of(np.zeros(4), ["r", "s", "w", None])
    every, but_r = np.arange(4), np.arange(1, 4)
    with pytest.warns(
        UntestedLabelsWarning, match=r"tested does 'r' in 6 of 7 splits \(1, 2, 3, 4, 5, …\)\. The"
    ):
        warn_of_lacking_labels(labels, [(every, every)] + [(every, but_r)] * 6)
    with pytest.warns(
        UnlearnedLabelsWarning,
        match=r"tested do 'r', 's' in 2 of 2 splits \(0, 1\)\. A model .* errors\. Leave it out, or",
    ):
        warn_of_lacking_labels(labels, [(but_r, every), (every != 1, every)])


def test_a_person_with_one_activity_takes_part():
    X, y, people = arrays(ann="wwss", bob="wwss", cat="ww", dan="wwss")
    folds = people_of_folds(StratifiedSubjectKFold(2), X, y, people)
    assert set.union(*folds) == {"ann", "bob", "cat", "dan"}


X, Y, PEOPLE = ROUND


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (
            lambda: StratifiedSubjectKFold(5).split(X, Y, PEOPLE),
            "n_splits=5 is greater than the number of people",
        ),
        (lambda: StratifiedSubjectKFold(2).split(X, None, PEOPLE), "y is missing"),
        (lambda: StratifiedSubjectKFold(2).split(X, Y), "does not say who was recorded"),
        (lambda: StratifiedSubjectKFold(2).split(X, Y, PEOPLE[:-1]), "groups has 12 entries, but X has 13"),
        (
            lambda: list(StratifiedSubjectKFold(2).split(X, Y[:-1], PEOPLE)),
            r"inconsistent numbers of samples",
        ),
        (
            lambda: StratifiedSubjectKFold(2).split(X, Y, np.where(PEOPLE == "ann", None, PEOPLE)),
            r"not known whose 4 rows or windows are, so they cannot be kept apart from the other side\. Gi",
        ),
        (lambda: subject_train_test_split(), "nothing to split"),
        (lambda: subject_train_test_split(X, Y), "does not say who was recorded"),
        (lambda: subject_train_test_split(X, Y, groups=PEOPLE[1:]), "groups has 12 entries, but X has 13"),
        (lambda: subject_train_test_split(X, Y[1:], groups=PEOPLE), "inconsistent numbers of samples"),
        (
            lambda: subject_train_test_split(X, Y, groups=PEOPLE, test_size=4),
            "tests 4 of 4 people, so nobody",
        ),
        (
            lambda: subject_train_test_split(X, Y, groups=PEOPLE, test_size=0.9),
            "tests 4 of 4 people, so nobody",
        ),
        (lambda: subject_train_test_split(X, Y, groups=PEOPLE, test_size=1.0), "'test_size' parameter"),
        (lambda: subject_train_test_split(X, np.linspace(0, 1, 13), groups=PEOPLE), "continuous"),
    ],
)
def test_splits_that_cannot_be_made(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_labels_of_other_rows_are_refused():
    X = recordings(10, 10, 10)
    y = pd.Series(np.tile(["w", "s"], 15), index=X.index[::-1])
    with pytest.raises(ValueError, match="another index than X"):
        subject_train_test_split(X, y)


@pytest.mark.real
@pytest.mark.parametrize("n_splits", [3, 5, 10])
def test_folds_of_real_people_are_more_even_than_those_of_scikit_learn(hapt, n_splits):
    X, y = hapt
    windows, labels = sliding_windows(X, y, window_length=2.56)

    def unevenness(splitter):
        tests = [test for _, test in splitter.split(windows, labels, windows.subjects)]
        counts = np.array([[(labels[test] == one).sum() for one in np.unique(labels)] for test in tests])
        return np.square(counts / counts.sum(axis=0) - 1 / n_splits).sum()

    assert unevenness(StratifiedSubjectKFold(n_splits)) < unevenness(StratifiedGroupKFold(n_splits)) / 1.5
