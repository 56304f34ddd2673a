"""Synthetic windows between windows of one person."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import make_pipeline
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import FunctionTransformer

from sklearn_har.exceptions import PeopleNotSampledWarning, SubjectsUnknownWarning
from sklearn_har.model_selection import SubjectKFold
from sklearn_har.sampling import WindowSMOTE
from sklearn_har.sampling._people import shares
from sklearn_har.testing._flatten import flatten
from sklearn_har.windowing import Windows


def some_windows(people, labels, dtype=np.float64, seed=0):
    """Windows of noise, of these people and labels."""
    values = np.random.default_rng(seed).normal(size=(len(people), 5, 3)).astype(dtype)
    people = np.asarray(people)
    windows = Windows(
        values,
        subjects=people,
        recordings=np.arange(len(people)) // 2,
        runs=people,
        starts=np.arange(len(people)) * 5,
        channel_names=["acc_x", "acc_y", "gyro_x"],
        sampling_rate=50,
    )
    return windows, np.asarray(labels)


def steps_between(sampled, windows, parents):
    """How far each synthetic window is on the way between its parents; all its values must agree."""
    new = np.asarray(sampled)[sampled.origin == 2]
    first, second = (np.asarray(windows)[of] for of in parents.T)
    steps = ((new - first) * (second - first)).sum(axis=(1, 2)) / ((second - first) ** 2).sum(axis=(1, 2))
    np.testing.assert_allclose(new, first + steps[:, None, None] * (second - first), atol=1e-6)
    return steps


@st.composite
def people_and_labels(draw):
    n = draw(st.integers(6, 30))
    people = draw(st.lists(st.integers(1, 4), min_size=n, max_size=n))
    labels = draw(st.lists(st.sampled_from(["run", "sit", "walk"]), min_size=n, max_size=n))
    # two of every label for somebody, so that nothing is refused
    return [*people, *[1] * 6], [*labels, "run", "run", "sit", "sit", "walk", "walk"]


@pytest.mark.filterwarnings("ignore::sklearn_har.exceptions.PeopleNotSampledWarning")
@given(people_and_labels(), st.integers(1, 6), st.integers(0, 3))
def test_every_synthetic_window_lies_between_two_of_one_person_and_label(drawn, k_neighbors, seed):
    windows, labels = some_windows(*drawn)
    step = WindowSMOTE(k_neighbors=k_neighbors, random_state=seed)
    sampled, new_labels = step.fit_resample(windows, labels)
    np.testing.assert_array_equal(np.asarray(sampled)[: len(windows)], windows)
    for name in ("subjects", "recordings", "runs", "starts"):
        np.testing.assert_array_equal(getattr(sampled, name)[: len(windows)], getattr(windows, name))
    assert sampled.origin.tolist() == [0] * len(windows) + [2] * len(step.parents_)
    assert len(set(np.unique(new_labels, return_counts=True)[1])) == 1
    first, second = step.parents_.T
    assert (first != second).all()
    for values, given_values in ((labels, new_labels), (windows.subjects, sampled.subjects)):
        np.testing.assert_array_equal(values[first], values[second])
        np.testing.assert_array_equal(values[first], given_values[len(windows) :])
    np.testing.assert_array_equal(windows.recordings[first], sampled.recordings[len(windows) :])
    assert (sampled.starts[len(windows) :] == -1).all()
    assert (sampled.runs[len(windows) :] == -1).all()
    steps = steps_between(sampled, windows, step.parents_)
    assert ((steps >= -1e-9) & (steps < 1)).all()


@given(st.integers(0, 1000), st.lists(st.integers(1, 50), min_size=1, max_size=9))
def test_shares_add_up_and_are_in_proportion(total, counts):
    found = shares(total, np.array(counts))
    assert found.sum() == total
    assert (np.abs(found - total * np.array(counts) / sum(counts)) < 1).all()


def test_shares_by_hand():
    assert shares(7, np.array([1, 1, 2])).tolist() == [2, 2, 3]
    assert shares(0, np.array([3, 4])).tolist() == [0, 0]


def test_neighbours_are_looked_for_on_channels_of_one_size():
    values = np.zeros((9, 2, 2))
    values[:3, :, 0] = np.array([0.0, 500.0, 0.0])[:, None]  # large numbers that mean little
    values[:3, :, 1] = np.array([0.0, 0.0, 1.0])[:, None]
    values[3:, :, 0] = np.array([-2000.0, 2000.0] * 3)[:, None]
    windows = Windows(values, subjects=[1] * 9)
    step = WindowSMOTE(k_neighbors=1, random_state=0)
    step.fit_resample(windows, ["sit"] * 3 + ["walk"] * 6)
    nearest = dict(step.parents_.tolist())
    assert nearest == {0: 1, 1: 0, 2: 0}  # by the raw numbers 0 and 2 would be the nearest two


def test_every_window_is_a_first_parent_as_often_as_any_other():
    windows, labels = some_windows([1] * 30, ["run"] * 7 + ["sit"] * 23)
    step = WindowSMOTE(random_state=0)
    step.fit_resample(windows, labels)
    assert sorted(np.bincount(step.parents_[:, 0])) == [2] * 5 + [3] * 2


@pytest.mark.parametrize(
    ("strategy", "run", "walk"), [({"run": 15}, 15, 18), (0.5, 9, 18), ("all", 18, 18), ("minority", 18, 18)]
)
def test_numbers_asked_for_mean_all_people_together(strategy, run, walk):
    windows, labels = some_windows(
        [1] * 12 + [2] * 12, (["run"] * 2 + ["walk"] * 10 + ["run"] * 4 + ["walk"] * 8)
    )
    step = WindowSMOTE(sampling_strategy=strategy, random_state=0)
    sampled, new_labels = step.fit_resample(windows, labels)
    assert (new_labels.tolist().count("run"), new_labels.tolist().count("walk")) == (run, walk)
    added = np.bincount(sampled.subjects[sampled.origin == 2], minlength=3)[1:]
    assert added.tolist() == [(run - 6) // 3, (run - 6) // 3 * 2]
    assert step.sampling_strategy_["run"] == run - 6


def test_who_has_one_window_lends_none():
    windows, labels = some_windows([1] * 10 + [2] * 10, ["run"] + ["sit"] * 9 + ["run"] * 3 + ["sit"] * 7)
    with pytest.warns(
        PeopleNotSampledWarning, match=r"run of 1 of 2 people \(1\).*subject 1: there is 1 window"
    ):
        sampled, labels = WindowSMOTE(random_state=0).fit_resample(windows, labels)
    assert set(sampled.subjects[sampled.origin == 2]) == {2}
    assert labels.tolist().count("run") == 16


def test_a_label_of_which_everybody_has_one_window_is_refused():
    windows, labels = some_windows([1] * 10 + [2] * 10, (["run"] + ["sit"] * 9) * 2)
    with pytest.raises(
        ValueError, match=r"run \(2 there are\) from those of any of 2 people.*there is 1 window"
    ):
        WindowSMOTE().fit_resample(windows, labels)


def test_who_did_one_activity_lends_windows_of_it():
    windows, labels = some_windows([1] * 10 + [2] * 4, ["sit"] * 10 + ["run"] * 4)
    sampled, _ = WindowSMOTE(random_state=0).fit_resample(windows, labels)
    assert sampled.subjects[14:].tolist() == [2] * 6


def test_unknown_people_are_sampled_together_with_a_warning():
    windows, labels = some_windows([1] * 20, ["run"] * 4 + ["sit"] * 16)
    with pytest.warns(SubjectsUnknownWarning, match="may join windows of two people"):
        sampled, _ = WindowSMOTE(random_state=0).fit_resample(np.asarray(windows), labels)
    assert type(sampled) is np.ndarray
    known, _ = WindowSMOTE(random_state=0).fit_resample(windows, labels)
    np.testing.assert_array_equal(sampled, known)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_dtype_stays_and_large_numbers_are_told_apart(dtype):
    windows, labels = some_windows([1] * 20, ["run"] * 4 + ["sit"] * 16, dtype)
    windows = windows.with_data(np.asarray(windows) + dtype(1000))
    sampled, _ = WindowSMOTE(random_state=0).fit_resample(windows, labels)
    assert sampled.dtype == dtype


def test_the_seed_decides_alone():
    windows, labels = some_windows([1, 2] * 20, ["run"] * 8 + ["sit"] * 32)
    before = np.random.get_state()[1].copy()
    first, again, other = (
        WindowSMOTE(random_state=seed).fit_resample(windows, labels)[0] for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert (np.asarray(first) != np.asarray(other)).any()
    np.testing.assert_array_equal(np.random.get_state()[1], before)


def test_nothing_that_is_balanced_changes():
    windows, labels = some_windows([1] * 4, ["run", "sit"] * 2)
    step = WindowSMOTE()
    sampled, new_labels = step.fit_resample(windows, labels)
    np.testing.assert_array_equal(sampled, windows)
    np.testing.assert_array_equal(new_labels, labels)
    assert step.parents_.shape == (0, 2)


def test_a_table_is_left_to_imbalanced_learn():
    X = np.random.default_rng(0).normal(size=(30, 4))
    y = ["run"] * 8 + ["sit"] * 22
    for found, expected in zip(
        WindowSMOTE(k_neighbors=3, random_state=0).fit_resample(X, y),
        SMOTE(k_neighbors=3, random_state=0).fit_resample(X, y),
        strict=True,
    ):
        np.testing.assert_array_equal(found, expected)


def test_it_works_in_a_search_over_its_neighbours():
    windows, labels = some_windows(np.repeat([1, 2, 3, 4], 20), (["run"] * 5 + ["sit"] * 15) * 4)
    model = make_pipeline(WindowSMOTE(random_state=0), FunctionTransformer(flatten), LogisticRegression())
    search = GridSearchCV(
        model, {"windowsmote__k_neighbors": [1, 3]}, cv=SubjectKFold(2), error_score="raise"
    )
    assert len(search.fit(windows, labels).predict(windows)) == 80


@pytest.mark.parametrize("k_neighbors", [0, 1.5, "all"])
def test_neighbours_are_a_positive_number(k_neighbors):
    windows, labels = some_windows([1] * 4, ["run", "sit"] * 2)
    with pytest.raises(ValueError, match="The 'k_neighbors' parameter of WindowSMOTE must be an int"):
        WindowSMOTE(k_neighbors=k_neighbors).fit_resample(windows, labels)
