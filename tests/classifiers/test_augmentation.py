"""Augmentations inside a network classifier: channels told, labels mixed, searched over."""

import copy
import pickle

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.pipeline import make_pipeline

from sklearn_har.classifiers import DenseClassifier, NetworkClassifier
from sklearn_har.classifiers._net import pairs_of
from sklearn_har.preprocessing import ChannelScaler
from sklearn_har.sampling import Jitter, MagnitudeWarp, MixUp, Rotate, Scale, TimeWarp

from .examples import Recorder, small, still_and_moving, weights_of
from .test_checkpoint import N_STEPS, interrupted

AXES = ["acc_x", "acc_y", "acc_z"]
AUGMENTATIONS = [
    Jitter(),
    [Jitter(), Rotate(30), Scale(), TimeWarp(), MagnitudeWarp()],
    (MixUp(0.5, probability=0.5), Jitter()),
    [lambda batch, generator: batch + torch.randn(batch.shape, generator=generator), Jitter()],
]


class Asked:
    """An augmentation of somebody else's, which keeps what it was told."""

    def __init__(self):
        self.told = []

    def for_channels(self, names, means, scales):
        self.told.append((names, np.asarray(means), np.asarray(scales)))
        return lambda batch, generator: batch

    def __deepcopy__(self, memo):  # scikit-learn's clone copies what is no estimator
        return self


@pytest.mark.parametrize("augmentation", AUGMENTATIONS, ids=str)
def test_a_fit_can_be_repeated_and_differs_from_one_without(augmentation):
    windows, labels = still_and_moving(32, channel_names=AXES)
    model = small(DenseClassifier, augmentation=augmentation)
    before, numpy_before = torch.get_rng_state(), np.random.get_state()[1].copy()
    one, again = (weights_of(clone(model).fit(windows, labels)) for _ in range(2))
    np.testing.assert_array_equal(one, again)
    assert torch.equal(torch.get_rng_state(), before)
    np.testing.assert_array_equal(np.random.get_state()[1], numpy_before)
    assert not np.array_equal(one, weights_of(small(DenseClassifier).fit(windows, labels)))


def test_none_and_an_empty_list_change_nothing():
    windows, labels = still_and_moving(32)
    expected = weights_of(small(DenseClassifier).fit(windows, labels))
    for nothing in (None, [], [None]):
        found = weights_of(small(DenseClassifier, augmentation=nothing).fit(windows, labels))
        np.testing.assert_array_equal(found, expected)


def test_channels_are_told_once_as_the_windows_that_train_have_them():
    windows, labels = still_and_moving(48, channel_names=AXES)
    asked = Asked()
    model = small(DenseClassifier, augmentation=asked, validation_fraction=0.25).fit(windows, labels)
    ((names, means, scales),) = asked.told
    assert names == tuple(AXES)
    values = np.asarray(windows)[~np.isin(windows.subjects, model.held_out_people_)]
    np.testing.assert_allclose(means, values.mean(axis=(0, 1)), atol=1e-5)
    np.testing.assert_allclose(scales, values.std(axis=(0, 1)), rtol=1e-5)
    model.partial_fit(windows[:8], labels[:8])  # on the scales that the network has
    np.testing.assert_array_equal(asked.told[1][2], scales)


def test_all_that_trains_is_turned_and_nothing_else():
    windows, labels = still_and_moving(32, channel_names=AXES)
    model = NetworkClassifier(
        Recorder, augmentation=Rotate(180), rotation=0, instance_channels=False, epochs=1, random_state=0
    ).fit(windows, labels)
    channels = model.module_.channels
    shown = torch.cat(model.module_.network.shown) * channels.scale + channels.mean
    lengths = np.linalg.norm(np.asarray(windows), axis=2)
    found = shown.norm(dim=2).numpy()
    np.testing.assert_allclose(np.sort(found, axis=0), np.sort(lengths, axis=0), rtol=1e-4)
    whole = {tuple(row.round(3)) for row in np.asarray(windows)[:, 0]}
    assert not whole & {tuple(row.round(3)) for row in shown[:, 0].numpy()}


def test_unknown_roles_are_refused_before_training():
    windows, labels = still_and_moving(32)
    with pytest.raises(ValueError, match=r"no names.*triads=\[\[0, 1, 2\]"):
        small(DenseClassifier, augmentation=[Jitter(), Rotate()]).fit(windows, labels)
    with pytest.raises(ValueError, match="'sigma' parameter of Jitter"):
        small(DenseClassifier, augmentation=Jitter(-1)).fit(windows, labels)
    with pytest.raises(ValueError, match="'augmentation' parameter of DenseClassifier"):
        small(DenseClassifier, augmentation="jitter").fit(windows, labels)
    small(DenseClassifier, augmentation=Rotate(triads=[[0, 1, 2]])).fit(windows, labels)


def mixed_by_hand(model, windows, labels, weights, order, shares):
    """Loss of windows that are mixed with the next in order, by the formula."""
    surprise = -np.log(model.predict_proba(windows))[order]
    codes, weights = np.searchsorted(model.classes_, labels)[order], weights[order]
    at = np.arange(len(order))
    own = shares * weights
    other = (1 - shares) * np.roll(weights, -1)
    losses = own * surprise[at, codes] + other * surprise[at, np.roll(codes, -1)]
    return losses.sum() / (own + other).sum()


@pytest.mark.parametrize("class_weight", [None, {"sit": 1.0, "walk": 5.0}, "balanced"])
def test_the_loss_of_mixed_labels_by_the_formula(class_weight):
    windows, labels = still_and_moving(24)
    labels[:8] = "sit"
    sample_weight = np.linspace(0.5, 2.0, 24)
    shares = np.linspace(0, 1, 24)
    orders = []

    def mix_with_the_next(batch, generator):
        values = torch.from_numpy(np.array(windows, dtype=np.float32))
        orders.append((batch[:, None, 0] == values[None, :, 0]).all(dim=2).int().argmax(dim=1).numpy())
        return batch, torch.arange(24).roll(-1), torch.as_tensor(shares)

    model = NetworkClassifier(
        Recorder,
        augmentation=mix_with_the_next,
        rotation=0,
        batch_size=24,
        epochs=1,
        learning_rate=1e-9,
        class_weight=class_weight,
        random_state=0,
    ).fit(windows, labels, sample_weight=sample_weight)
    weights = sample_weight.copy()
    if class_weight == "balanced":
        weights /= np.where(labels == "sit", weights[labels == "sit"].sum(), weights[labels == "walk"].sum())
    elif class_weight:
        weights *= np.where(labels == "walk", 5.0, 1.0)
    (order,) = orders
    expected = mixed_by_hand(model, windows, labels, weights, order, shares)
    assert model.history_["train_loss"][0] == pytest.approx(expected, rel=1e-4)
    hard = mixed_by_hand(model, windows, labels, weights, order, np.ones(24))
    assert abs(hard - expected) > 1e-3


def test_windows_that_are_mixed_with_themselves_train_as_without():
    windows, labels = still_and_moving(32)
    plain = small(DenseClassifier).fit(windows, labels)
    for augmentation in (
        MixUp(probability=0.0),
        lambda batch, generator: (batch, torch.arange(len(batch)), torch.full((len(batch),), 0.5)),
    ):
        same = small(DenseClassifier, augmentation=augmentation).fit(windows, labels)
        np.testing.assert_allclose(weights_of(same), weights_of(plain), atol=1e-4)
        np.testing.assert_allclose(same.history_["train_loss"], plain.history_["train_loss"], atol=1e-5)
        np.testing.assert_allclose(same.history_["train_accuracy"], plain.history_["train_accuracy"])


def test_targets_that_are_not_mixed_are_one_pair():
    codes, weights = torch.zeros(2), torch.ones(2)
    ((same_codes, same_weights),) = pairs_of((codes, weights))
    assert same_codes is codes
    assert same_weights is weights


def test_people_held_out_are_not_mixed():
    windows, labels = still_and_moving(32)
    model = small(DenseClassifier, augmentation=MixUp(1.0), validation_fraction=0.25).fit(windows, labels)
    strangers = np.isin(windows.subjects, model.held_out_people_)
    surprise = -np.log(model.predict_proba(windows[strangers]))
    right = surprise[np.arange(len(surprise)), np.searchsorted(model.classes_, labels[strangers])]
    assert model.history_["valid_loss"][-1] == pytest.approx(right.mean(), rel=1e-4)


@pytest.mark.parametrize("augmentation", AUGMENTATIONS[:3], ids=str)
def test_a_fitted_model_is_copied_with_its_augmentation(augmentation):
    windows, labels = still_and_moving(32, channel_names=AXES)
    model = small(DenseClassifier, augmentation=augmentation).fit(windows, labels)
    expected = model.predict_proba(windows)
    for same in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        np.testing.assert_array_equal(same.predict_proba(windows), expected)
        assert repr(same) == repr(model)
        same.partial_fit(windows, labels)


@pytest.mark.parametrize("augmentation", AUGMENTATIONS[:3], ids=str)
def test_an_interrupted_fit_goes_on_with_the_same_bits(tmp_path, augmentation):
    windows, labels = still_and_moving(channel_names=AXES)
    model = small(DenseClassifier, augmentation=augmentation, checkpoint=tmp_path / "fit.pt")
    interrupted(clone(model), windows, labels, 2 * N_STEPS + 3)
    with pytest.raises(ValueError, match="other parameters"):
        clone(model).set_params(augmentation=Jitter(0.5)).fit(windows, labels)
    whole = clone(model).set_params(checkpoint=None).fit(windows, labels)
    np.testing.assert_array_equal(weights_of(model.fit(windows, labels)), weights_of(whole))


def test_a_search_over_augmentations():
    windows, labels = still_and_moving(32, channel_names=AXES)
    pipeline = make_pipeline(ChannelScaler(), small(DenseClassifier, epochs=1))
    candidates = [None, Jitter(), [Jitter(), Rotate(30)], MixUp()]
    grid = {"denseclassifier__augmentation": candidates}
    search = GridSearchCV(pipeline, grid, cv=GroupKFold(2), error_score="raise")
    search.fit(windows, labels, groups=windows.subjects)
    assert list(search.cv_results_["param_denseclassifier__augmentation"]) == candidates
    inside = make_pipeline(small(DenseClassifier, epochs=1, augmentation=Jitter()))
    grid = {"denseclassifier__augmentation__sigma": [0.0, 0.1, 0.2]}
    search = GridSearchCV(inside, grid, cv=GroupKFold(2), error_score="raise")
    search.fit(windows, labels, groups=windows.subjects)
    found = search.best_estimator_[-1].augmentation.sigma
    assert found == search.best_params_["denseclassifier__augmentation__sigma"]
    assert inside[-1].augmentation.sigma == 0.05
