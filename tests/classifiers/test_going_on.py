"""Fits that go on with what a model has learned: partial_fit and warm_start."""

import copy
import pickle

import numpy as np
import pytest

from sklearn_har.classifiers import CNNClassifier, DenseClassifier, LSTMClassifier
from sklearn_har.exceptions import UnlabelledWarning

from .examples import SMALL, all_values, small, still_and_moving, weights_of

every_classifier = pytest.mark.parametrize("classifier", SMALL)


@every_classifier
def test_parts_learn(classifier):
    windows, labels = still_and_moving()
    model = small(classifier)
    for _ in range(10):
        model.partial_fit(windows, labels)
    assert model.history_["epoch"] == list(range(1, 11))
    assert set(map(len, model.history_.values())) == {10}
    assert model.score(windows, labels) > 0.9


def test_classes_are_named_first():
    windows, labels = still_and_moving()
    only_sit = labels == "sit"
    with pytest.raises(ValueError, match=r"have 1 class\(es\), \['sit'\]"):
        small(DenseClassifier).partial_fit(windows[only_sit], labels[only_sit])
    model = small(DenseClassifier).partial_fit(windows[only_sit], labels[only_sit], classes=["walk", "sit"])
    assert model.classes_.tolist() == ["sit", "walk"]
    assert model.predict_proba(windows).shape == (64, 2)
    model.partial_fit(windows, labels, classes=["sit", "walk"])  # the same again is nothing new
    with pytest.raises(ValueError, match=r"\['run'\], which are not among the classes \['sit', 'walk'\]"):
        model.partial_fit(windows, np.where(only_sit, "sit", "run"))
    with pytest.raises(ValueError, match=r"classes=\['a', 'b'\] in this call .* has the classes \['sit'"):
        model.partial_fit(windows, labels, classes=["a", "b"])


def test_a_label_outside_the_classes_named_leaves_nothing_behind():
    windows, labels = still_and_moving()
    model = small(DenseClassifier)
    with pytest.raises(ValueError, match="not among the classes"):
        model.partial_fit(windows, labels, classes=["sit", "run"])
    assert model.partial_fit(windows, labels).classes_.tolist() == ["sit", "walk"]


@every_classifier
def test_a_part_may_have_one_class_but_not_one_window(classifier):
    windows, labels = still_and_moving()
    model = small(classifier).fit(windows, labels)
    sitting = np.flatnonzero(labels == "sit")
    model.partial_fit(windows[sitting[:2]], labels[sitting[:2]])
    with pytest.raises(ValueError, match="1 of 1 windows have a label and a weight above 0"):
        model.partial_fit(windows[:1], labels[:1])
    with (
        pytest.raises(ValueError, match="0 of 3 windows have a label and a weight above 0"),
        pytest.warns(UnlabelledWarning),
    ):
        model.partial_fit(windows[:3], ["sit", None, None], sample_weight=[0, 1, 1])


def test_a_model_learns_a_new_person():
    """Who sits and walks the other way round than everybody else."""
    windows, labels = still_and_moving(seed=0)
    strange, usual = still_and_moving(32, n_people=1, seed=1)
    swapped = np.where(usual == "sit", "walk", "sit")
    model = small(CNNClassifier, epochs=10).fit(windows, labels)
    assert model.score(strange, swapped) < 0.2
    model.set_params(learning_rate=0.02)
    for _ in range(20):
        model.partial_fit(strange[:16], swapped[:16])
    assert model.score(strange[16:], swapped[16:]) > 0.8


def test_every_call_draws_anew_and_all_can_be_repeated():
    windows, labels = still_and_moving()
    seen = []

    def remember(batch, generator):
        seen.append(batch[:, 0, 0].tolist())
        return batch

    runs = []
    for _ in range(2):
        model = small(DenseClassifier, augmentation=remember)
        for _ in range(2):
            model.partial_fit(windows, labels)
        runs.append(weights_of(model))
    n_batches = len(seen) // 4
    assert seen[:n_batches] != seen[n_batches : 2 * n_batches]
    assert seen[: 2 * n_batches] == seen[2 * n_batches :]
    np.testing.assert_array_equal(*runs)


@every_classifier
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_pickle_with_its_optimizer_goes_on_exactly(classifier, copied):
    windows, labels = still_and_moving(24)
    model = small(classifier, keep_optimizer=True, epochs=2).fit(windows, labels)
    others = copied(model).partial_fit(windows, labels)
    np.testing.assert_array_equal(weights_of(model.partial_fit(windows, labels)), weights_of(others))
    assert others.history_ == model.history_


def test_without_its_optimizer_it_goes_on_differently():
    windows, labels = still_and_moving(24)
    models = [small(DenseClassifier, keep_optimizer=keep).fit(windows, labels) for keep in (False, True)]
    np.testing.assert_array_equal(*map(weights_of, models))
    assert not models[0].net_.optimizer_.state
    after = [weights_of(model.partial_fit(windows, labels)) for model in models]
    assert not np.array_equal(*after)


@pytest.mark.parametrize(("first", "second"), [("sgd", "adam"), ("adam", "sgd"), ("rmsprop", "adagrad")])
def test_another_optimizer_begins_anew(first, second):
    windows, labels = still_and_moving(24)
    model = small(DenseClassifier, optimizer=first, keep_optimizer=True).fit(windows, labels)
    bare = small(DenseClassifier, optimizer=first).fit(windows, labels)
    after = [weights_of(m.set_params(optimizer=second).partial_fit(windows, labels)) for m in (model, bare)]
    np.testing.assert_array_equal(*after)


def test_steps_that_fail_leave_model_and_optimizer_as_they_were():
    windows, labels = still_and_moving(24)
    model = small(DenseClassifier, keep_optimizer=True).fit(windows, labels)
    expected = copy.deepcopy(model).partial_fit(windows, labels)
    kept = weights_of(model), copy.deepcopy(model.history_)
    with pytest.raises(FloatingPointError, match=r"lower learning_rate \(it is 1e\+30\)"):
        model.set_params(learning_rate=1e30).partial_fit(windows, labels)
    np.testing.assert_array_equal(weights_of(model), kept[0])
    assert model.history_ == kept[1]
    model.set_params(learning_rate=0.003).partial_fit(windows, labels)
    np.testing.assert_array_equal(weights_of(model), weights_of(expected))


def trained_values(model):
    """The weights that an optimizer changes, in one array."""
    return all_values(dict(model.module_.named_parameters()))


@every_classifier
def test_warm_start_goes_on_with_weights_scales_and_classes(classifier):
    windows, labels = still_and_moving(32)
    others = windows.with_data(np.asarray(windows) * 5 + 1)
    model = small(classifier, epochs=2).fit(windows, labels)
    scales, before = model.module_.channels.mean.clone(), trained_values(model)
    model.set_params(warm_start=True, learning_rate=1e-9).fit(
        others[labels == "sit"], labels[labels == "sit"]
    )
    assert (model.module_.channels.mean == scales).all()
    assert model.classes_.tolist() == ["sit", "walk"]
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(
            weights_of(small(classifier, epochs=2).fit(others, labels)), before, atol=1e-4
        )
    trained = np.concatenate([p.detach().numpy().ravel() for p in model.module_.parameters()])
    reference = small(classifier, epochs=2).fit(windows, labels)
    expected = np.concatenate([p.detach().numpy().ravel() for p in reference.module_.parameters()])
    np.testing.assert_allclose(trained, expected, atol=1e-5)


def test_history_counts_on_over_fits_and_parts():
    windows, labels = still_and_moving()
    model = small(LSTMClassifier, warm_start=True, epochs=2).fit(windows, labels)
    model.set_params(validation_fraction=0.25).fit(windows, labels)
    model.partial_fit(windows, labels)
    assert model.history_["epoch"] == [1, 2, 3, 4, 5]
    assert np.isnan(model.history_["valid_loss"]).tolist() == [True, True, False, False, True]
    assert set(map(len, model.history_.values())) == {5}
    assert small(LSTMClassifier).fit(windows, labels).fit(windows, labels).history_["epoch"] == [1, 2, 3, 4]


def test_a_fit_without_warm_start_begins_anew():
    windows, labels = still_and_moving()
    model = small(DenseClassifier).fit(windows, labels)
    first = weights_of(model)
    np.testing.assert_array_equal(first, weights_of(model.fit(windows, labels)))
    assert not np.array_equal(first, weights_of(model.set_params(warm_start=True).fit(windows, labels)))


def test_a_further_fit_refuses_other_windows_and_labels():
    windows, labels = still_and_moving()
    model = small(DenseClassifier, warm_start=True).fit(windows, labels)
    with pytest.raises(ValueError, match="fit a new model"):
        model.fit(windows, np.where(labels == "sit", "run", "walk"))
    with pytest.raises(ValueError, match="timesteps"):
        model.partial_fit(np.zeros((4, 7, 3)), labels[:4])
