"""How the learning rate goes, optimizers, decay, clipping, smoothing, augmentation."""

import functools

import numpy as np
import pytest
import torch
from skorch.callbacks import Callback

from sklearn_har.classifiers import DenseClassifier, NetworkClassifier
from sklearn_har.classifiers._net import Batches, LabelledWindows, n_steps
from sklearn_har.classifiers._schedules import SCHEDULES
from sklearn_har.windowing import Windows

from .examples import Recorder, small, still_and_moving, weights_of


class Rates(Callback):
    """Writes down the learning rate of every step, and how long gradients were before it."""

    def on_train_begin(self, net, **kwargs):
        self.rates_, self.norms_ = [], []

    def on_batch_end(self, net, training=None, **kwargs):
        if training:
            self.rates_.append({group["lr"] for group in net.optimizer_.param_groups})
            gradients = [weights.grad.flatten() for weights in net.module_.parameters()]
            self.norms_.append(float(torch.cat(gradients).norm()))


def rates_of(schedule, n_windows=40, epochs=1, **params):
    windows, labels = still_and_moving(n_windows)
    rates = Rates()
    params = {"learning_rate": 2.0, "epochs": epochs, "optimizer": "sgd", "max_gradient_norm": 1e-6} | params
    small(DenseClassifier, learning_rate_schedule=schedule, callbacks=[rates], **params).fit(windows, labels)
    assert all(len(rate) == 1 for rate in rates.rates_)
    return [rate.pop() for rate in rates.rates_]


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("constant", [2.0, 2.0, 2.0, 2.0, 2.0]),
        # 2 (1 + cos(pi p)) / 2 at p = 0, 1/4, 1/2, 3/4, 1
        ("cosine", [2.0, 1.7071068, 1.0, 0.2928932, 0.0]),
        # 2/25 at the start, the peak at a quarter, then half a cosine wave over thirds
        ("one_cycle", [0.08, 2.0, 1.5, 0.5, 0.0]),
        (lambda progress: 1 - progress / 2, [2.0, 1.75, 1.5, 1.25, 1.0]),
    ],
)
def test_learning_rates_by_hand(schedule, expected):
    np.testing.assert_allclose(rates_of(schedule), expected, atol=3e-5)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_schedule_goes_over_all_epochs(schedule):
    one, three = rates_of(schedule, n_windows=96), rates_of(schedule, n_windows=32, epochs=3)
    assert len(one) == len(three) == 12
    np.testing.assert_allclose(one, three)


def test_one_step_is_a_first_step():
    assert rates_of(lambda progress: 1 - progress, n_windows=8) == [2.0]


def test_a_part_trains_at_the_learning_rate():
    windows, labels = still_and_moving(40)
    rates = Rates()
    model = small(DenseClassifier, callbacks=[rates], learning_rate=0.25, max_gradient_norm=1e-3)
    model.partial_fit(windows, labels)
    assert rates.rates_ == [{0.25}] * 5


@pytest.mark.parametrize(
    ("given", "kind", "settings"),
    [
        ("sgd", torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
        ("adamw", torch.optim.AdamW, {}),
        (torch.optim.NAdam, torch.optim.NAdam, {}),
        (functools.partial(torch.optim.SGD, momentum=0.5), torch.optim.SGD, {"momentum": 0.5}),
    ],
    ids=str,
)
def test_optimizers(given, kind, settings):
    windows, labels = still_and_moving()
    model = small(DenseClassifier, optimizer=given, learning_rate=0.02, epochs=8).fit(windows, labels)
    assert type(model.net_.optimizer_) is kind
    for group in model.net_.optimizer_.param_groups:
        assert settings.items() <= group.items()
    assert model.score(windows, labels) > 0.9


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd", "adagrad", "rmsprop", torch.optim.NAdam])
def test_weights_decay_and_offsets_and_scales_do_not(optimizer):
    windows, labels = still_and_moving()
    model = small(DenseClassifier, optimizer=optimizer, weight_decay=0.125).fit(windows, labels)
    decays = {
        id(weights): group["weight_decay"]
        for group in model.net_.optimizer_.param_groups
        for weights in group["params"]
    }
    for name, weights in model.module_.named_parameters():
        assert decays[id(weights)] == (0.125 if weights.ndim > 1 else 0.0), name


def test_an_optimizer_without_decay_is_told_apart():
    windows, labels = still_and_moving()
    with pytest.raises(ValueError, match=r"weight_decay=0\.01, but the optimizer .*Rprop.* has no such"):
        small(DenseClassifier, optimizer=torch.optim.Rprop).fit(windows, labels)
    model = small(DenseClassifier, optimizer=torch.optim.Rprop, weight_decay=0.0).fit(windows, labels)
    assert isinstance(model.net_.optimizer_, torch.optim.Rprop)


@pytest.mark.parametrize("limit", [1e-3, 0.1])
def test_long_gradients_are_cut(limit):
    windows, labels = still_and_moving()
    norms = {}
    for max_norm in (limit, None):
        rates = Rates()
        small(DenseClassifier, max_gradient_norm=max_norm, callbacks=[rates]).fit(windows, labels)
        norms[max_norm] = np.array(rates.norms_)
    assert norms[None][0] > limit
    assert norms[limit][0] == pytest.approx(limit, rel=1e-2)
    assert norms[limit].max() <= limit * (1 + 1e-6)


def test_smoothed_labels_by_the_formula():
    """Loss = (1 - s) cross entropy + s times the mean of -log p over all classes."""
    windows, labels = still_and_moving(48)
    labels = np.array(["a", "b", "c"])[np.arange(48) % 3]
    share = 0.3
    model = small(DenseClassifier, label_smoothing=share, validation_fraction=0.25).fit(windows, labels)
    strangers = np.isin(windows.subjects, model.held_out_people_)
    surprise = -np.log(model.predict_proba(windows[strangers]))
    right = surprise[np.arange(len(surprise)), np.searchsorted(model.classes_, labels[strangers])]
    expected = ((1 - share) * right + share * surprise.mean(axis=1)).mean()
    assert model.history_["valid_loss"][-1] == pytest.approx(expected, rel=1e-4)
    assert abs(right.mean() - expected) > 0.005


def seen_by_augmentation(X, labels, epochs=2, change=lambda batch: batch, **params):
    seen, drawn = [], []

    def augmentation(batch, generator):
        seen.append(batch.clone())
        drawn.append(torch.randn(batch.shape[0], 3, generator=generator))
        return change(batch)

    params = {"module": Recorder, "instance_channels": False, "epochs": epochs} | params
    model = small(NetworkClassifier, augmentation=augmentation, **params).fit(X, labels)
    return seen, drawn, model


def test_augmentation_gets_raw_batches_and_what_it_returns_trains():
    windows, labels = still_and_moving(32)
    X = np.asarray(windows) * 100 + 7
    seen, _, model = seen_by_augmentation(X, labels, change=lambda batch: batch * 0 + 7, rotation=0.0)
    assert len(seen) == 8
    assert {(batch.dtype, batch.shape) for batch in seen} == {(torch.float32, (8, 20, 3))}
    first_epoch = torch.cat(seen[:4])[:, 0, 0].sort().values
    np.testing.assert_allclose(first_epoch, np.sort(X[:, 0, 0]), rtol=1e-6)
    shown = torch.cat(model.module_.network.shown)
    expected = (7 - model.module_.channels.mean) / model.module_.channels.scale
    torch.testing.assert_close(shown, expected.expand_as(shown))


def test_augmentation_can_be_repeated_and_differs_from_batch_to_batch():
    windows, labels = still_and_moving(32)
    runs = [seen_by_augmentation(windows, labels) for _ in range(2)]
    assert torch.equal(torch.cat(runs[0][1]), torch.cat(runs[1][1]))
    assert len(torch.cat(runs[0][1]).unique(dim=0)) == 64
    np.testing.assert_array_equal(weights_of(runs[0][2]), weights_of(runs[1][2]))


def test_augmentation_does_not_draw_what_rotation_draws():
    windows, labels = still_and_moving(32)
    axes = []
    true_randn = torch.randn

    def spied(*size, **kwargs):
        values = true_randn(*size, **kwargs)
        if "generator" not in kwargs and size[1:] == (3,):
            axes.append(values)
        return values

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch, "randn", spied)
        _, drawn, _ = seen_by_augmentation(windows, labels)
    assert len(axes) == len(drawn) == 8
    assert not any(torch.equal(*pair) for pair in zip(axes, drawn, strict=True))


def test_augmentation_is_for_training_only():
    windows, labels = still_and_moving(32)
    seen, _, model = seen_by_augmentation(windows, labels, epochs=1, validation_fraction=0.25)
    assert sum(map(len, seen)) == 24
    model.predict(windows)
    assert sum(map(len, seen)) == 24


@pytest.mark.parametrize("seed", range(4))
def test_augmentation_in_place_does_not_change_the_input(seed):
    def darken(batch, generator):
        return batch.mul_(0.5)

    X = np.array(still_and_moving(2)[0], dtype=np.float32)
    kept = X.copy()
    small(DenseClassifier, augmentation=darken, random_state=seed).fit(X, [0, 1])
    np.testing.assert_array_equal(X, kept)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda b: b[:, :-1], r"\(8, 19, 3\)"),
        (lambda b: b.numpy(), r"\(8, 20, 3\)"),
        (lambda b: None, "NoneType"),
    ],
)
def test_augmentation_must_keep_the_shape(change, found):
    windows, labels = still_and_moving(32)
    with pytest.raises(ValueError, match=rf"of the shape that it was given, \(8, 20, 3\); got {found}"):
        seen_by_augmentation(windows, labels, change=change)


def test_augmentation_may_change_the_precision():
    windows, labels = still_and_moving(32)
    model = seen_by_augmentation(windows, labels, change=lambda batch: batch.double())[2]
    assert {shown.dtype for shown in model.module_.network.shown} == {torch.float32}


@pytest.mark.parametrize(("n_windows", "sizes"), [(2, [2]), (15, [15]), (16, [8, 8]), (19, [10, 9])])
def test_no_batch_is_tiny(n_windows, sizes):
    data = LabelledWindows(Windows(np.zeros((n_windows, 2, 1))), np.zeros(n_windows, int), np.ones(n_windows))
    batches = [values for values, _ in Batches(data, 8, seed=0)]
    assert list(map(len, batches)) == sizes
    assert n_steps(n_windows, 8) == len(sizes)
