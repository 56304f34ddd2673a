"""Samplers of imbalanced-learn on windows."""

import numpy as np
import pandas as pd
import pytest
from imblearn import FunctionSampler
from imblearn.combine import SMOTEENN, SMOTETomek
from imblearn.over_sampling import ADASYN, SMOTE, SMOTEN, SMOTENC, KMeansSMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline
from imblearn.under_sampling import (
    ClusterCentroids,
    EditedNearestNeighbours,
    InstanceHardnessThreshold,
    NearMiss,
    RandomUnderSampler,
    TomekLinks,
)
from imblearn.utils.testing import all_estimators
from sklearn.base import BaseEstimator, clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier

from sklearn_har.exceptions import PeopleNotSampledWarning, SubjectsUnknownWarning
from sklearn_har.sampling import Jitter, WindowAugmenter, WindowSampler, WindowSMOTE
from sklearn_har.testing._flatten import flatten
from sklearn_har.windowing import Windows
from tests.conftest import recordings

LABELS = np.where(np.arange(60) % 20 < 14, "sit", "walk")


def count(labels, label):
    return labels.tolist().count(label)


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


PARAMETERS = {
    "KMeansSMOTE": {"kmeans_estimator": 2, "cluster_balance_threshold": 0.2},
    "InstanceHardnessThreshold": {"estimator": DecisionTreeClassifier(max_depth=2, random_state=0)},
}
ALL_SAMPLERS = {
    name: sampler for name, sampler in all_estimators("sampler") if "SMOTEN" not in (name, name[:-1])
}


def overlapping_windows(dtype=np.float32):
    """Two activities near each other, people far apart; the last channel says which activity it is."""
    rng = np.random.default_rng(0)
    people = np.repeat([1, 2, 3], 40)
    labels = np.where(rng.random(120) < 0.3, "sit", "walk")
    values = rng.normal(size=(120, 4, 3)).astype(dtype) + (people * 100).astype(dtype)[:, None, None]
    values[:, :, :2] += (labels == "sit")[:, None, None] * 0.5
    values[:, :, 2] = np.where(labels == "sit", 0.25, 0.125)[:, None]
    carried = {"subjects": people, "recordings": people + 6, "runs": people, "starts": np.arange(120) * 8}
    return Windows(values, **carried, channel_names=["acc_x", "acc_y", "gyro_x"], sampling_rate=50), labels


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("name", ALL_SAMPLERS)
def test_every_sampler_keeps_windows_whole(name, dtype):
    sampler = ALL_SAMPLERS[name](**PARAMETERS.get(name, {}))
    if "random_state" in sampler.get_params():
        sampler.set_params(random_state=0)
    windows, labels = overlapping_windows(dtype)
    sampled, new_labels = WindowSampler(sampler).fit_resample(windows, labels)
    assert sampled.shape == (len(new_labels), 4, 3)
    assert (sampled.dtype, new_labels.dtype) == (dtype, labels.dtype)
    assert (sampled.channel_names, sampled.sampling_rate) == (windows.channel_names, 50.0)
    values = np.asarray(sampled).astype(float)
    np.testing.assert_array_equal(np.rint(values[:, :, :2].mean(axis=(1, 2)) / 100), sampled.subjects)
    code = np.where(new_labels == "sit", 0.25, 0.125)
    np.testing.assert_allclose(values[:, :, 2], np.broadcast_to(code[:, None], (len(code), 4)), rtol=1e-3)
    np.testing.assert_array_equal(sampled.recordings, sampled.subjects + 6)
    new = sampled.origin == 2
    assert all(same_windows(sampled[~new], windows))
    np.testing.assert_array_equal(new_labels[~new], labels[sampled.starts[~new] // 8])
    assert (sampled.starts[new] == -1).all()
    assert (sampled.runs[new] == -1).all()
    if name != "SMOTEENN":  # which orders windows by label
        assert not new[: (~new).sum()].any()


@pytest.mark.parametrize("sampler", [SMOTEN(), SMOTENC([0])])
def test_samplers_of_categories_are_refused(sampler):
    with pytest.raises(ValueError, match="is for categories, and the values of windows are measurements"):
        WindowSampler(sampler).fit_resample(*overlapping_windows())


@pytest.mark.parametrize(
    "sampler",
    [
        SMOTEENN(random_state=0),
        SMOTETomek(random_state=0, sampling_strategy={"sit": 20}),
        SMOTETomek(smote=SMOTE(random_state=1), tomek=TomekLinks(sampling_strategy=["walk"])),
        ADASYN(random_state=0),
        KMeansSMOTE(random_state=0, kmeans_estimator=2, cluster_balance_threshold=0.2),
        ClusterCentroids(random_state=0),
    ],
    ids=lambda sampler: type(sampler).__name__,
)
def test_windows_of_one_person_become_what_imbalanced_learn_makes_of_their_rows(sampler):
    windows, labels = overlapping_windows()
    windows, labels = windows[:40], labels[:40]
    sampled, new_labels = WindowSampler(sampler).fit_resample(windows, labels)
    rows, expected = sampler.fit_resample(np.asarray(windows).reshape(40, -1), labels)

    def in_order(rows, labels):
        keys = np.column_stack([np.asarray(rows).reshape(len(rows), -1), labels == "sit"])
        return keys[np.lexsort(keys.T)]

    np.testing.assert_array_equal(in_order(sampled, new_labels), in_order(rows, expected))


@pytest.mark.parametrize("sampler", [SMOTEENN, SMOTETomek])
def test_combinations_make_windows_person_by_person_and_clean_all_together(sampler):
    windows, labels = overlapping_windows()
    over = SMOTE(random_state=0)
    clean = (
        EditedNearestNeighbours(sampling_strategy="all")
        if sampler is SMOTEENN
        else TomekLinks(sampling_strategy="all")
    )
    expected, expected_labels = WindowSampler(clean).fit_resample(
        *WindowSampler(over).fit_resample(windows, labels)
    )
    sampled, new_labels = WindowSampler(sampler(random_state=0)).fit_resample(windows, labels)
    np.testing.assert_array_equal(sampled, expected)
    np.testing.assert_array_equal(new_labels, expected_labels)
    np.testing.assert_array_equal(sampled.origin, expected.origin)


@pytest.mark.parametrize(
    "strategy", [{"walk": 60}, lambda y: {"walk": int(0.75 * (y == "walk").sum())}], ids=["dict", "callable"]
)
def test_labels_of_a_strategy_reach_samplers_that_need_numbers(strategy):
    windows, labels = overlapping_windows()
    forest = RandomForestClassifier(10, random_state=0)
    sampler = InstanceHardnessThreshold(sampling_strategy=strategy, estimator=forest, random_state=0)
    step = WindowSampler(sampler)
    sampled, new_labels = step.fit_resample(windows, labels)
    assert all(same_windows(sampled, windows))
    assert count(new_labels, "sit") == count(labels, "sit")
    assert count(new_labels, "walk") < count(labels, "walk")
    np.testing.assert_array_equal(new_labels, labels[step.sample_indices_])
    assert sampler.sampling_strategy is strategy


def test_a_label_that_is_not_there_is_named():
    sampler = RandomUnderSampler(sampling_strategy={"run": 3})
    with pytest.raises(ValueError, match=r"'run'.* not present"):
        WindowSampler(sampler).fit_resample(windows_of_three(), LABELS)


@pytest.mark.parametrize("strategy", [{1: 5}, [1], lambda y: {1: 5}])
def test_a_label_that_is_not_there_is_not_taken_for_the_code_of_another(strategy):
    sampler = RandomUnderSampler(sampling_strategy=strategy)
    with pytest.raises(ValueError, match=r"\[1\], which are not present in y: \[10, 20\]"):
        WindowSampler(sampler).fit_resample(windows_of_three(), np.where(LABELS == "sit", 10, 20))


@pytest.mark.parametrize("sampler", [WindowSMOTE(), WindowAugmenter(Jitter()), WindowSampler(SMOTE())])
def test_samplers_of_windows_need_no_other_around_them(sampler):
    with pytest.raises(ValueError, match=rf"{type(sampler).__name__} takes windows itself"):
        WindowSampler(sampler).fit_resample(windows_of_three(), LABELS)


class Halve(BaseEstimator):
    """A sampler of another library, which has none of imbalanced-learn's tags."""

    def fit(self, X, y):
        return self

    def fit_resample(self, X, y):
        return X[::2], y[::2]


@pytest.mark.parametrize("sampler", [Halve(), make_pipeline(FunctionSampler(), Halve())], ids=str)
def test_samplers_without_tags_get_one_person_at_a_time(sampler):
    sampled, labels = WindowSampler(sampler).fit_resample(windows_of_three(), LABELS)
    assert sampled.starts.tolist() == list(range(0, 480, 16))
    np.testing.assert_array_equal(labels, LABELS[::2])


def test_a_sampler_of_ones_own_gets_one_person_at_a_time():
    seen = []

    def halve(rows, labels):
        seen.append(np.rint(rows.mean() / 100))
        return rows[::2], labels[::2]

    sampled, labels = WindowSampler(FunctionSampler(func=halve)).fit_resample(windows_of_three(), LABELS)
    assert seen == [1, 2, 3]
    assert sampled.starts.tolist() == list(range(0, 480, 16))
    np.testing.assert_array_equal(labels, LABELS[::2])


def test_a_sampler_of_ones_own_that_fails_for_somebody_leaves_them_as_they_are():
    windows = windows_of_three()
    labels = np.where(windows.subjects == 2, "sit", LABELS)
    with pytest.warns(PeopleNotSampledWarning, match=r"any activity of 1 of 3 people \(2\)"):
        sampled, _ = WindowSampler(FunctionSampler(func=lambda X, y: (X[:5], y[:5]))).fit_resample(
            windows, labels
        )
    assert np.bincount(sampled.subjects)[1:].tolist() == [5, 20, 5]


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


@pytest.mark.parametrize(
    "step", [WindowSMOTE(random_state=0), WindowAugmenter(Jitter()), WindowSampler(SMOTE())], ids=str
)
def test_windows_after_a_table_and_a_table_after_windows(step):
    windows = windows_of_three()
    table = pd.DataFrame(np.asarray(windows)[:, :, 0]).add_prefix("t")
    for method in ("fit_resample", "fit"):
        for X in (windows, table, windows):
            fresh = clone(step)
            for one in (step, fresh):
                getattr(one, method)(X, LABELS)
            assert set(vars(step)) == set(vars(fresh))


@pytest.mark.parametrize(
    ("strategy", "sit", "walk"),
    [
        ("auto", 42, 42),
        ({"walk": 31}, 42, 31),  # of all people: nobody has 31 windows
        (0.75, 42, 31),
        (lambda y: {"sit": 50, "walk": 20}, 50, 20),
    ],
)
def test_numbers_asked_for_mean_all_people_together(strategy, sit, walk):
    sampler = SMOTE(random_state=0, k_neighbors=3, sampling_strategy=strategy)
    sampled, labels = WindowSampler(sampler).fit_resample(windows_of_three(), LABELS)
    assert (count(labels, "sit"), count(labels, "walk")) == (sit, walk)
    for person in (1, 2, 3):  # who have equally many
        own = labels[sampled.subjects == person]
        assert abs(count(own, "sit") - sit / 3) < 1
        assert abs(count(own, "walk") - walk / 3) < 1


def test_fewer_windows_are_shared_out_too():
    sampler = ClusterCentroids(sampling_strategy={"sit": 10}, random_state=0)
    sampled, labels = WindowSampler(sampler).fit_resample(windows_of_three(), LABELS)
    assert (count(labels, "sit"), count(labels, "walk")) == (10, 18)
    assert np.bincount(sampled.subjects[labels == "sit"])[1:].tolist() == [4, 3, 3]
    level = np.asarray(sampled).mean(axis=(1, 2)) / 100
    np.testing.assert_array_equal(np.rint(level), sampled.subjects)


def test_nobody_loses_all_windows_to_those_who_keep_theirs():
    windows = windows_of_three()
    labels = np.where(windows.subjects == 2, "walk", LABELS)  # 6, 20 and 6 walk
    sampler = ClusterCentroids(sampling_strategy={"walk": 16}, random_state=0)
    with pytest.warns(PeopleNotSampledWarning, match=r"walk of 1 of 3 people \(2\)"):
        sampled, new_labels = WindowSampler(sampler).fit_resample(windows, labels)
    assert np.bincount(sampled.subjects[new_labels == "walk"])[1:].tolist() == [3, 20, 3]


def test_who_did_one_activity_is_kept_and_others_make_up_for_it():
    windows = windows_of_three()
    labels = np.where(windows.subjects == 2, "walk", LABELS)  # 28 sit, 32 walk
    sampler = SMOTE(random_state=0, k_neighbors=3, sampling_strategy={"walk": 40})
    with pytest.warns(PeopleNotSampledWarning, match=r"walk of 1 of 3 people \(2\).*more than 1 class"):
        sampled, new_labels = WindowSampler(sampler).fit_resample(windows, labels)
    assert count(new_labels, "walk") == 40
    assert np.bincount(sampled.subjects[sampled.origin == 2]).tolist() == [0, 4, 0, 4]
    np.testing.assert_array_equal(sampled.starts[:60], windows.starts)


def test_who_has_too_few_windows_is_kept_and_others_make_up_for_it():
    labels = np.where(np.arange(60) == 25, "run", "sit")
    labels[40:43] = "run"
    sampler = SMOTE(k_neighbors=1, random_state=0)
    with pytest.warns(PeopleNotSampledWarning, match=r"run of 1 of 3 people \(2\).*n_samples_fit = 1"):
        sampled, new_labels = WindowSampler(sampler).fit_resample(windows_of_three(), labels)
    assert count(new_labels, "run") == count(new_labels, "sit") == 56
    assert set(sampled.subjects[sampled.origin == 2]) == {3}


@pytest.mark.parametrize(
    ("people", "says"),
    [
        (
            [1, 2, 3],
            r"make windows of run \(3 there are\) from those of any of 3 people, .* Subject 1: Exp.*",
        ),
        ([1, 1, 1], r"make windows of run \(3 there are\) from those of any of 1 people"),
        (None, r"make windows of run \(3 there are\): Expected n_neighbors"),
    ],
)
@pytest.mark.filterwarnings("ignore::sklearn_har.exceptions.SubjectsUnknownWarning")
def test_windows_that_nobody_has_enough_of_are_refused(people, says):
    labels = np.where(np.isin(np.arange(60), [5, 25, 45]), "run", "sit")
    windows = windows_of_three()
    windows.subjects = None if people is None else np.repeat(people, 20)
    with pytest.raises(ValueError, match=says + r".*Give it fewer neighbours, leave the activity out"):
        WindowSampler(SMOTE()).fit_resample(windows, labels)


def test_windows_of_nobody_known_are_refused_where_new_ones_are_made():
    windows = windows_of_three()
    windows.subjects = np.where(np.arange(60) < 2, np.nan, windows.subjects)
    with pytest.raises(ValueError, match="subject of 2 windows is missing"):
        WindowSampler(SMOTE()).fit_resample(windows, LABELS)
    assert len(WindowSampler(RandomOverSampler()).fit_resample(windows, LABELS)[1]) == 84


def test_unknown_people_are_sampled_together_with_a_warning():
    values = np.asarray(windows_of_three())
    with pytest.warns(SubjectsUnknownWarning, match="SMOTE may join windows of two people"):
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


def test_weights_of_windows_are_not_taken_for_those_of_others():
    model = make_pipeline(
        WindowSampler(RandomOverSampler(random_state=0)),
        FunctionTransformer(flatten),
        DecisionTreeClassifier(),
    )
    with pytest.raises(ValueError, match="sample_weight"):
        model.fit(windows_of_three(), LABELS, decisiontreeclassifier__sample_weight=np.ones(60))


@pytest.mark.parametrize("sampler", [RandomOverSampler(), SMOTE()])
def test_rows_are_not_windows(sampler):
    X = recordings(60)
    for method in ("fit", "fit_resample"):
        with pytest.raises(ValueError, match=r"recordings \(rows\)"):
            getattr(WindowSampler(sampler), method)(X, LABELS)


def test_fit_remembers_what_windows_are():
    step = WindowSampler(SMOTE()).fit(windows_of_three(), LABELS)
    assert (step.n_timesteps_in_, step.n_channels_in_, step.sampling_rate_in_) == (8, 2, 50.0)


def test_windows_of_one_person_are_what_the_sampler_makes_of_them_alone():
    windows = windows_of_three()[:20]
    step = WindowSampler(SMOTE(k_neighbors=2, random_state=0))
    sampled, labels = step.fit_resample(windows, LABELS[:20])
    rows, expected = step.sampler.fit_resample(np.asarray(windows).reshape(20, -1), LABELS[:20])
    np.testing.assert_array_equal(np.asarray(sampled).reshape(28, -1), rows)
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
