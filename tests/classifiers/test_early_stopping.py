import numpy as np
import pytest
from sklearn.metrics import log_loss

from sklearn_har.classifiers import DenseClassifier
from sklearn_har.exceptions import SubjectsUnknownWarning, UnlearnedLabelsWarning
from sklearn_har.windowing import Windows

from .examples import SMALL, small, still_and_moving, weights_of

every_classifier = pytest.mark.parametrize("classifier", SMALL)


def hard(n_windows=64, seed=0):
    """Windows of noise, on which a network can only get worse for strangers."""
    labels = np.array(["a", "b"])[np.random.default_rng(seed).integers(0, 2, n_windows)]
    return still_and_moving(n_windows, seed=seed)[0].astype(np.float32), labels


def stopping(classifier=DenseClassifier, **params):
    defaults = {"early_stopping": True, "patience": 3, "epochs": 30, "learning_rate_schedule": "constant"}
    return small(classifier, **defaults | params)


@every_classifier
def test_stops_after_patience_with_the_best_weights(classifier):
    windows, labels = hard()
    model = stopping(classifier, learning_rate=0.01).fit(windows, labels)
    losses = model.history_["valid_loss"]
    best = int(np.argmin(losses))
    assert len(losses) == best + 1 + 3 < 30
    strangers = np.isin(windows.subjects, model.held_out_people_)
    found = log_loss(labels[strangers], model.predict_proba(windows[strangers]))
    assert found == pytest.approx(losses[best], rel=1e-4)
    assert found < losses[-1] - 1e-4  # so the last weights would not do


def test_best_weights_are_those_of_a_shorter_fit():
    windows, labels = hard()
    model = stopping(learning_rate=0.01).fit(windows, labels)
    best = int(np.argmin(model.history_["valid_loss"])) + 1
    shorter = stopping(learning_rate=0.01, epochs=best).fit(windows, labels)
    np.testing.assert_array_equal(weights_of(model), weights_of(shorter))


def test_patience_that_lasts_does_not_stop():
    windows, labels = still_and_moving()
    model = stopping(epochs=5, patience=5).fit(windows, labels)
    assert len(model.history_["epoch"]) == 5


def test_whole_people_are_held_out_and_their_copies_and_synthetic_windows_too():
    windows, labels = still_and_moving(48, n_people=3)
    origin = np.arange(48) % 3  # recorded, copied, synthetic
    values = np.asarray(windows).copy()
    seen = []

    def remember(batch, generator):
        seen.append(batch[:, 0, 0].numpy().copy())
        return batch

    values[:, 0, 0] = np.arange(48)
    given = Windows(values, subjects=windows.subjects, origin=origin, sampling_rate=10.0)
    model = stopping(validation_fraction=0.34, epochs=1, augmentation=remember).fit(given, labels)
    (held_out,) = model.held_out_people_
    trained = np.sort(np.concatenate(seen).astype(int))
    np.testing.assert_array_equal(trained, np.flatnonzero(windows.subjects != held_out))
    validating = (windows.subjects == held_out) & (origin == 0)
    expected = log_loss(labels[validating], model.predict_proba(given[validating]))
    assert model.history_["valid_loss"][0] == pytest.approx(expected, rel=1e-4)


def test_a_synthetic_window_of_nobody_is_refused():
    windows, labels = still_and_moving(32)
    people = windows.subjects.astype(object)
    people[5] = None
    origin = np.zeros(32, int)
    origin[5] = 2
    given = Windows(np.asarray(windows), subjects=people, origin=origin)
    with pytest.raises(ValueError, match="subject of 1 windows is missing"):
        stopping().fit(given, labels)


def test_unknown_people_are_warned_of():
    windows, labels = still_and_moving()
    with pytest.warns(SubjectsUnknownWarning, match="scores will be too high"):
        model = stopping().fit(np.asarray(windows), labels)
    assert model.held_out_people_ is None
    assert len(model.history_["valid_loss"]) == len(model.history_["epoch"])


def test_what_only_people_held_out_do_is_said_not_to_be_learned():
    windows, labels = still_and_moving(48, n_people=3)
    (held_out,) = stopping(epochs=1).fit(windows, labels).held_out_people_
    labels = np.where((windows.subjects == held_out) & (np.arange(48) % 2 == 0), "rowing", labels)
    with pytest.warns(UnlearnedLabelsWarning, match=r"\['rowing'\] will not be learned"):
        model = stopping(epochs=1).fit(windows, labels)
    assert "rowing" in model.classes_


def test_early_stopping_needs_somebody():
    windows, labels = still_and_moving()
    with pytest.raises(ValueError, match=r"early_stopping=True .* but validation_fraction=0"):
        stopping(validation_fraction=0.0).fit(windows, labels)
    with pytest.raises(ValueError, match="at least two; there are 1"):
        stopping().fit(still_and_moving(n_people=1)[0], labels)


def test_validation_alone_watches_and_changes_nothing_else():
    """Without early stopping the last weights stay, however bad they are for strangers."""
    windows, labels = hard()
    model = stopping(early_stopping=False, validation_fraction=0.2, epochs=10, learning_rate=0.01)
    losses = model.fit(windows, labels).history_["valid_loss"]
    assert len(losses) == 10
    strangers = np.isin(windows.subjects, model.held_out_people_)
    found = log_loss(labels[strangers], model.predict_proba(windows[strangers]))
    assert found == pytest.approx(losses[-1], rel=1e-4)


@pytest.mark.parametrize("random_state", [None, 0])
def test_who_was_held_out_is_held_out_again_when_a_fit_goes_on(random_state):
    windows, labels = still_and_moving(n_people=8)
    model = stopping(warm_start=True, epochs=1, random_state=random_state).fit(windows, labels)
    first = set(model.held_out_people_)
    for _ in range(5):
        assert set(model.fit(windows, labels).held_out_people_) == first


def test_who_was_held_out_is_chosen_anew_in_a_new_fit_and_among_new_people():
    windows, labels = still_and_moving(n_people=16)
    random_state = np.random.RandomState(0)
    model = stopping(epochs=1, random_state=random_state)
    chosen = {tuple(model.fit(windows, labels).held_out_people_) for _ in range(5)}
    assert len(chosen) > 1
    strangers = Windows(np.asarray(windows), subjects=windows.subjects + 100, sampling_rate=10.0)
    assert min(model.set_params(warm_start=True).fit(strangers, labels).held_out_people_) >= 100
