"""Samplers of imbalanced-learn on windows."""

import numpy as np
import pytest
from imblearn.combine import SMOTEENN
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline
from imblearn.under_sampling import EditedNearestNeighbours, NearMiss, RandomUnderSampler
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier

from sklearn_har.sampling import WindowSampler
from sklearn_har.testing._flatten import flatten
from sklearn_har.windowing import Windows
from tests.conftest import recordings

LABELS = np.where(np.arange(60) % 20 < 14, "sit", "walk")


def windows_of_three(dtype=np.float64):
    values = np.random.default_rng(0).normal(size=(60, 8, 2)).astype(dtype)
    values += (np.repeat([1, 2, 3], 20) * 100)[:, np.newaxis, np.newaxis]  # people are far apart
    return Windows(
        values,
        subjects=np.repeat([1, 2, 3], 20),
        recordings=np.repeat([7, 8, 9], 20),
        runs=np.repeat([0, 1, 2], 20),
        starts=np.arange(60) * 8,
        channel_names=["acc_x", "acc_y"],
        sampling_rate=50.0,
    )


def same_windows(sampled, windows):
    """Whether each window is, to the bit, the one that its start names."""
    at = np.searchsorted(windows.starts, sampled.starts)
    return [np.array_equal(new, windows[int(i)]) for new, i in zip(sampled, at, strict=True)]


@pytest.mark.parametrize(
    "sampler", [RandomOverSampler(random_state=0), RandomUnderSampler(random_state=0), NearMiss()]
)
def test_selected_windows_keep_all_they_carry(sampler):
    windows = windows_of_three()
    sampled, labels = WindowSampler(sampler).fit_resample(windows, LABELS)
    assert len(set(np.unique(labels, return_counts=True)[1])) == 1
    assert all(same_windows(sampled, windows))
    np.testing.assert_array_equal(labels, LABELS[sampled.starts // 8])
    np.testing.assert_array_equal(sampled.subjects, sampled.starts // 160 + 1)
    np.testing.assert_array_equal(sampled.recordings, sampled.subjects + 6)
    assert (sampled.channel_names, sampled.sampling_rate) == (("acc_x", "acc_y"), 50.0)


def test_copies_are_told_from_the_windows_they_copy():
    step = WindowSampler(RandomOverSampler(random_state=0))
    sampled, labels = step.fit_resample(windows_of_three(), LABELS)
    assert labels.tolist().count("sit") == labels.tolist().count("walk") == 42
    assert sampled.origin.tolist() == [0] * 60 + [1] * 24
    assert step.sample_indices_[:60].tolist() == list(range(60))


@pytest.mark.parametrize(
    "sampler",
    [
        SMOTE(random_state=0, k_neighbors=3),
        SMOTEENN(smote=SMOTE(k_neighbors=3), enn=EditedNearestNeighbours(n_neighbors=2), random_state=0),
        RandomOverSampler(random_state=0, shrinkage=0.5),
    ],
)
def test_new_windows_have_parents_of_one_person(sampler):
    sampled, _ = WindowSampler(sampler).fit_resample(windows_of_three(), LABELS)
    new = sampled.origin == 2
    assert new.any()
    level = np.asarray(sampled).mean(axis=(1, 2)) / 100
    np.testing.assert_array_equal(np.rint(level), sampled.subjects)
    assert (np.abs(level - sampled.subjects) < 0.02).all()  # between two people it would be half a step off
    assert all(same_windows(sampled[~new], windows_of_three()))
    assert (sampled.starts[new] == -1).all()
    assert (sampled.runs[new] == -1).all()


def test_nothing_of_an_earlier_sampler_is_left():
    step = WindowSampler(RandomOverSampler(random_state=0))
    step.fit_resample(windows_of_three(), LABELS)
    step.set_params(sampler=SMOTE(random_state=0, k_neighbors=3)).fit_resample(windows_of_three(), LABELS)
    assert not hasattr(step, "sample_indices_")


def test_every_person_is_balanced_by_themselves():
    sampled, labels = WindowSampler(SMOTE(random_state=0, k_neighbors=3)).fit_resample(
        windows_of_three(), LABELS
    )
    for person in (1, 2, 3):
        own = labels[sampled.subjects == person].tolist()
        assert own.count("sit") == own.count("walk") == 14


def test_a_person_of_one_activity_is_left_as_they_are():
    windows = windows_of_three()
    labels = np.where(windows.subjects == 2, "sit", LABELS)
    sampled, _ = WindowSampler(SMOTE(random_state=0, k_neighbors=3)).fit_resample(windows, labels)
    assert (sampled.subjects == 2).sum() == 20


def test_too_few_neighbours_name_the_person():
    labels = np.where(np.arange(60) == 25, "run", "sit")
    labels[40:43] = "run"
    with pytest.raises(ValueError, match=r"failed for subject 2.*Give it fewer neighbours"):
        WindowSampler(SMOTE(k_neighbors=1)).fit_resample(windows_of_three(), labels)


def test_unknown_people_are_sampled_together():
    values = np.asarray(windows_of_three())
    sampled, labels = WindowSampler(SMOTE(random_state=0)).fit_resample(values, LABELS)
    assert type(sampled) is np.ndarray
    assert sampled.shape == (84, 8, 2)
    assert len(labels) == 84


@pytest.mark.parametrize("sampler", [RandomOverSampler(random_state=0), SMOTE(random_state=0, k_neighbors=3)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_stays(sampler, dtype):
    sampled, _ = WindowSampler(sampler).fit_resample(windows_of_three(dtype), LABELS)
    assert sampled.dtype == dtype


def test_nothing_is_sampled_in_predict():
    windows = windows_of_three()
    model = make_pipeline(
        WindowSampler(RandomOverSampler(random_state=0)),
        FunctionTransformer(flatten),
        DecisionTreeClassifier(),
    ).fit(windows, LABELS)
    assert len(model.predict(windows)) == 60
    assert model[-1].tree_.n_node_samples[0] == 84


@pytest.mark.parametrize("sampler", [RandomOverSampler(), SMOTE()])
def test_rows_are_not_windows(sampler):
    X = recordings(60)
    for method in ("fit", "fit_resample"):
        with pytest.raises(ValueError, match=r"recordings \(rows\)"):
            getattr(WindowSampler(sampler), method)(X, LABELS)


def test_fit_remembers_what_windows_are():
    step = WindowSampler(SMOTE()).fit(windows_of_three(), LABELS)
    assert (step.n_timesteps_in_, step.n_channels_in_, step.sampling_rate_in_) == (8, 2, 50.0)


def test_windows_of_one_person_are_sampled_as_if_nobody_were_known():
    windows = windows_of_three()[:20]
    step = WindowSampler(SMOTE(k_neighbors=2, random_state=0))
    sampled, labels = step.fit_resample(windows, LABELS[:20])
    values, expected = step.fit_resample(np.asarray(windows), LABELS[:20])
    np.testing.assert_array_equal(sampled, values)
    np.testing.assert_array_equal(labels, expected)
    assert sampled.subjects.tolist() == [1] * 28


def test_windows_that_are_equal_stay_two():
    windows = windows_of_three()
    values = np.array(windows)
    values[[3, 4, 25, 26]] = 0.0  # a sensor that was off
    sampled, _ = WindowSampler(SMOTE(k_neighbors=2, random_state=0)).fit_resample(
        windows.with_data(values), LABELS
    )
    recorded = np.flatnonzero(sampled.origin == 0)
    np.testing.assert_array_equal(np.sort(sampled.starts[recorded]), windows.starts)
    assert set(sampled.origin) == {0, 2}
    np.testing.assert_array_equal(sampled.subjects[recorded], sampled.starts[recorded] // 160 + 1)


@pytest.mark.parametrize("people", [["p", 2, ("q", 3)], [("a", 1), ("a", 2), ("b", 1)]])
def test_people_without_a_common_order_are_told_apart(people):
    windows = windows_of_three()
    names = np.empty(60, dtype=object)
    for number, person in enumerate(people):
        names[number * 20 : number * 20 + 20] = [person] * 20
    windows.subjects = names
    sampled, labels = WindowSampler(SMOTE(k_neighbors=2, random_state=0)).fit_resample(windows, LABELS)
    assert labels.tolist().count("walk") == 42
    people_of_values = np.asarray(sampled).mean(axis=(1, 2)).round(-2) / 100 - 1
    assert [people[int(number)] for number in people_of_values] == sampled.subjects.tolist()


@pytest.mark.parametrize("make", [lambda: RandomOverSampler(random_state=0), lambda: SMOTE(random_state=0)])
def test_a_table_goes_to_the_sampler_as_it_is(make):
    X = np.asarray(windows_of_three())[:, :, 0]
    step = WindowSampler(make())
    for given, expected in zip(step.fit_resample(X, LABELS), make().fit_resample(X, LABELS), strict=True):
        np.testing.assert_array_equal(given, expected)
    assert step.n_features_in_ == 8


@pytest.mark.parametrize(
    ("labels", "says"),
    [(LABELS[:-1], "y has 59 labels; there are 60"), ([None, *LABELS[1:]], "y has 1 missing labels")],
)
def test_labels_that_do_not_fit(labels, says):
    with pytest.raises(ValueError, match=says):
        WindowSampler(RandomOverSampler()).fit_resample(windows_of_three(), labels)
