import warnings

import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn
import torch
from sklearn.base import clone
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_predict

from sklearn_har._core._threads import torch_threads
from sklearn_har.classifiers import LSTMClassifier
from sklearn_har.classifiers._moments import window_moments
from sklearn_har.exceptions import SubjectsUnknownWarning, UnlabelledWarning
from sklearn_har.windowing import Windows

from .examples import SMALL, small, still_and_moving, weights_of

every_classifier = pytest.mark.parametrize("classifier", SMALL)


@every_classifier
def test_learns_what_is_easy(classifier):
    windows, labels = still_and_moving()
    assert small(classifier, epochs=8).fit(windows, labels).score(windows, labels) == 1.0


@every_classifier
@pytest.mark.parametrize("shape", [(12, 1, 1), (12, 1, 4), (12, 7, 1), (12, 3)])
def test_smallest_windows(classifier, shape):
    windows = np.random.default_rng(0).normal(size=shape)
    model = small(classifier).fit(windows, np.arange(12) % 3)
    assert model.predict_proba(windows).shape == (12, 3)


@every_classifier
@pytest.mark.parametrize(
    "labels", [[False, True], ["a", "b"], [0, 2], [2.0, -1.0], pd.Categorical(["x", "y"], ["y", "x"])]
)
def test_labels_of_every_kind_come_back(classifier, labels):
    windows, _ = still_and_moving(16)
    y = pd.Series(labels).take(np.arange(16) % 2).reset_index(drop=True)
    model = small(classifier).fit(windows, y)
    assert model.classes_.tolist() == sorted(labels)
    assert set(model.predict(windows)) <= set(labels)


@every_classifier
def test_windows_without_label_are_left_out_and_counted(classifier):
    windows, labels = still_and_moving(40)
    missing = labels.astype(object)
    missing[[3, 8, 21]] = [None, np.nan, pd.NA]
    labelled = np.setdiff1d(np.arange(40), [3, 8, 21])
    with pytest.warns(UnlabelledWarning, match="3 of 40 windows have no label"):
        model = small(classifier).fit(windows, missing)
    expected = small(classifier).fit(windows[labelled], labels[labelled])
    np.testing.assert_array_equal(weights_of(model), weights_of(expected))


@every_classifier
def test_windows_of_no_weight_are_left_out(classifier):
    windows, labels = still_and_moving(40)
    weights = np.ones(40)
    weights[5:9] = 0
    model = small(classifier).fit(windows, labels, sample_weight=weights)
    expected = small(classifier).fit(windows[weights > 0], labels[weights > 0])
    np.testing.assert_array_equal(weights_of(model), weights_of(expected))


@every_classifier
def test_only_proportions_of_weights_count(classifier):
    windows, labels = still_and_moving(40)
    weights = np.where(labels == "sit", 1.0, 4.0)
    model = small(classifier).fit(windows, labels, sample_weight=weights)
    by_class = small(classifier, class_weight={"sit": 2.0, "walk": 8.0}).fit(windows, labels)
    unweighted = small(classifier).fit(windows, labels)
    np.testing.assert_array_equal(weights_of(model), weights_of(by_class))
    assert np.abs(weights_of(model) - weights_of(unweighted)).max() > 1e-3


@every_classifier
@pytest.mark.parametrize(
    ("y", "message"),
    [
        (["a"] * 8, r"have 1 class\(es\), \['a'\]; \w+ needs at least two"),
        ([None] * 8, "None of the 8 windows has a label"),
        (["a", "b"], "inconsistent numbers of samples"),
        (None, "requires y to be passed"),
    ],
)
def test_labels_that_teach_nothing_are_refused(classifier, y, message):
    windows, _ = still_and_moving(8)
    with pytest.raises(ValueError, match=message):
        small(classifier).fit(windows, y)


@every_classifier
def test_same_seed_gives_same_bits(classifier):
    windows, labels = still_and_moving()
    models = [small(classifier, random_state=seed).fit(windows, labels) for seed in (0, 0, 1)]
    np.testing.assert_array_equal(weights_of(models[0]), weights_of(models[1]))
    assert not np.array_equal(weights_of(models[0]), weights_of(models[2]))


@pytest.mark.parametrize("allowed", [1, 3])
def test_threads_of_torch_are_ours_to_say(allowed):
    """One by default, so that the machine does not change the bits; and never more than allowed."""
    found = torch.get_num_threads()
    try:
        torch.set_num_threads(allowed)
        with torch_threads(None):
            assert torch.get_num_threads() == 1
        with torch_threads(2):
            assert torch.get_num_threads() == min(2, allowed)
        assert torch.get_num_threads() == allowed
    finally:
        torch.set_num_threads(found)


def test_threads_are_not_multiplied_by_joblib():
    with joblib.parallel_config("threading"):
        counts = joblib.Parallel(n_jobs=2)(joblib.delayed(threads_used)(-1) for _ in range(4))
    assert counts == [1, 1, 1, 1]


def threads_used(n_jobs):
    with torch_threads(n_jobs):
        return torch.get_num_threads()


@every_classifier
def test_fits_side_by_side_in_threads_give_the_same_bits(classifier):
    windows, labels = still_and_moving()
    expected = weights_of(small(classifier).fit(windows, labels))
    torch.manual_seed(1)
    torch_state = torch.get_rng_state()
    with joblib.parallel_config("threading"):
        models = joblib.Parallel(n_jobs=4)(
            joblib.delayed(small(classifier).fit)(windows, labels) for _ in range(4)
        )
        joblib.Parallel(n_jobs=4)(joblib.delayed(model.predict)(windows) for model in models)
    assert torch.equal(torch.get_rng_state(), torch_state)
    for model in models:
        np.testing.assert_array_equal(weights_of(model), expected)


@every_classifier
def test_exported_module_needs_nothing_else(classifier):
    windows, labels = still_and_moving()
    model = small(classifier).fit(windows, labels)
    scores = model.module_(torch.as_tensor(np.asarray(windows), dtype=torch.float32))
    np.testing.assert_allclose(scores.softmax(dim=1).detach(), model.predict_proba(windows), atol=1e-6)


@every_classifier
@pytest.mark.parametrize("kind", ["float16", "float32", "fortran", "read-only", "memory map", "plan"])
def test_kinds_of_windows(classifier, kind, tmp_path):
    windows, labels = still_and_moving()
    values = np.asarray(windows)
    expected = small(classifier).fit(windows, labels).predict_proba(windows)
    if kind == "memory map":
        np.save(tmp_path / "windows.npy", values)
        given = np.load(tmp_path / "windows.npy", mmap_mode="r")
    elif kind == "fortran":
        given = np.asfortranarray(values)
    elif kind == "read-only":
        given = values.copy()
        given.flags.writeable = False
    elif kind == "plan":
        rows = np.asfortranarray(values[::-1].reshape(-1, 3))
        given = Windows.from_rows(rows, (len(values) - 1 - np.arange(len(values))) * 20, 20)
    else:
        given = values.astype(kind)
    kept = np.array(given)
    proba = small(classifier).fit(given, labels).predict_proba(given)
    np.testing.assert_allclose(proba, expected, atol=0.05 if kind == "float16" else 1e-4)
    np.testing.assert_array_equal(given, kept)


@every_classifier
def test_blocks_of_predict_join(classifier, monkeypatch):
    windows, labels = still_and_moving()
    model = small(classifier).fit(windows, labels)
    expected = model.predict_proba(windows)
    monkeypatch.setattr("sklearn_har.classifiers._prediction.PREDICT_BYTES", 5 * 4 * 20 * 3)
    np.testing.assert_allclose(model.predict_proba(windows), expected, atol=1e-6)


@every_classifier
def test_history_counts_epochs(classifier):
    windows, labels = still_and_moving()
    history = small(classifier).fit(windows, labels).history_
    assert list(history) == ["epoch", "learning_rate", "train_loss", "train_accuracy"]
    assert history["epoch"] == [1, 2, 3, 4]
    assert max(history["learning_rate"]) <= 0.003
    assert history["learning_rate"][-1] < 1e-6
    assert history["train_loss"][-1] < history["train_loss"][0]


@every_classifier
def test_held_out_people_are_scored_and_teach_nothing(classifier):
    windows, labels = still_and_moving(n_people=4)
    model = small(classifier, validation_fraction=0.25, random_state=1).fit(windows, labels)
    held_out = [p for p in range(4) if _moments_without(windows, p, model)]
    assert len(held_out) == 1
    strangers = windows.subjects == held_out[0]
    assert len(model.history_["valid_loss"]) == 4
    assert model.history_["valid_accuracy"][-1] == model.score(windows[strangers], labels[strangers])
    expected = log_loss(labels[strangers], model.predict_proba(windows[strangers]))
    assert model.history_["valid_loss"][-1] == pytest.approx(expected, rel=1e-4)


def _moments_without(windows, person, model):
    """Whether the channel scales are those of everybody but one person."""
    mean = window_moments(windows[windows.subjects != person])[0].mean(axis=0)
    return np.allclose(mean, model.module_.channels.mean, atol=1e-7)


@every_classifier
def test_people_come_from_groups_where_windows_do_not_know(classifier):
    windows, labels = still_and_moving()
    model = small(classifier, validation_fraction=0.25)
    by_groups = clone(model).fit(np.asarray(windows), labels, groups=windows.subjects)
    np.testing.assert_array_equal(weights_of(by_groups), weights_of(clone(model).fit(windows, labels)))
    with pytest.warns(SubjectsUnknownWarning):
        clone(model).fit(np.asarray(windows), labels)
    with pytest.raises(ValueError, match="groups has 3 entries, but there are 64 windows"):
        clone(model).fit(windows, labels, groups=[1, 2, 3])
    with pytest.raises(ValueError, match="they are not the same"):
        clone(model).fit(windows, labels, groups=np.arange(64))


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd", "rmsprop", "adagrad"])
def test_every_optimizer_learns(optimizer):
    windows, labels = still_and_moving()
    model = small(LSTMClassifier, optimizer=optimizer, epochs=10, learning_rate=0.02).fit(windows, labels)
    assert model.score(windows, labels) > 0.9


@every_classifier
def test_lost_loss_says_what_to_lower(classifier):
    windows, labels = still_and_moving()
    with pytest.raises(FloatingPointError, match=r"in epoch .* lower learning_rate"):
        small(classifier, learning_rate=1e30, optimizer="sgd").fit(windows, labels)


@every_classifier
def test_bar_is_shown_when_asked(classifier, capsys):
    windows, labels = still_and_moving(16)
    small(classifier).fit(windows, labels)
    assert capsys.readouterr().err == ""
    small(classifier, verbose=1).fit(windows, labels)
    assert "4/4" in capsys.readouterr().err


@pytest.mark.parametrize("routing", [False, True])
def test_search_on_windows_by_people(routing):
    windows, labels = still_and_moving(32, n_timesteps=8)
    search = GridSearchCV(small(LSTMClassifier), {"lstm_units": [2, 8]}, cv=GroupKFold(2))
    with sklearn.config_context(enable_metadata_routing=routing):
        search.fit(windows, labels, groups=windows.subjects)
    assert search.best_params_["lstm_units"] in (2, 8)
    assert search.predict(windows).shape == (32,)


def test_search_in_two_processes_gives_the_scores_of_one():
    windows, labels = still_and_moving(32, n_timesteps=8)
    grid, cv = {"lstm_units": [2, 8]}, GroupKFold(2)
    model = small(LSTMClassifier, validation_fraction=0.5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of joblib, where a worker is slow to start
        searches = [
            GridSearchCV(model, grid, cv=cv, n_jobs=n_jobs).fit(windows, labels, groups=windows.subjects)
            for n_jobs in (None, 2)
        ]
    scores = [search.cv_results_["mean_test_score"] for search in searches]
    np.testing.assert_allclose(scores[0], scores[1], atol=0.1)


@every_classifier
def test_probabilities_through_cross_validation(classifier):
    windows, labels = still_and_moving(32)
    proba = cross_val_predict(
        small(classifier), windows, labels, groups=windows.subjects, cv=GroupKFold(2), method="predict_proba"
    )
    np.testing.assert_allclose(proba.sum(axis=1), 1)


def test_moments_by_hand():
    means, variances = window_moments(Windows([[[1.0], [3.0]], [[5.0], [5.0]]]))
    assert means.tolist() == [[2.0], [5.0]]
    assert variances.tolist() == [[1.0], [0.0]]


@every_classifier
def test_people_held_out_do_not_weigh_the_classes(classifier):
    windows, labels = still_and_moving(48)
    people = np.tile(["ann", "bob", "cid"], 16)
    weights = []
    for held_out_label in ["sit", "walk"]:
        changed = labels.copy()
        changed[people == "cid"] = held_out_label
        model = small(classifier, class_weight="balanced", validation_fraction=0.3)
        weights.append(weights_of(model.fit(np.asarray(windows), changed, groups=people)))
        assert len(model.history_["valid_loss"]) == len(model.history_["epoch"])
    np.testing.assert_array_equal(*weights)


@every_classifier
@pytest.mark.parametrize("value", [1e20, 1e39])
def test_values_that_float32_cannot_hold_are_refused(classifier, value):
    windows, labels = still_and_moving(16)
    model = small(classifier).fit(windows, labels)
    spoilt = np.array(windows, dtype=np.float64)
    spoilt[3, 0, 0] = value
    with pytest.raises(ValueError, match="in 1 windows, the first of them window 3, are larger than 1e"):
        model.predict(spoilt)
    with pytest.raises(ValueError, match="missing readings"):
        small(classifier).fit(spoilt, labels)
