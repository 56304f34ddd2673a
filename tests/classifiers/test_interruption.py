"""Fits that do not come to their end: interrupts, divergence, memory, callbacks that stop."""

import pickle

import numpy as np
import pytest
import torch
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, GroupKFold
from skorch.callbacks import Callback, EarlyStopping

from sklearn_har.classifiers import DenseClassifier, NetworkClassifier
from sklearn_har.exceptions import DivergedWarning, InterruptedFitWarning
from sklearn_har.networks import Dense
from sklearn_har.windowing import SlidingWindowClassifier

from ..conftest import recordings
from .examples import SMALL, small, still_and_moving, weights_of

every_classifier = pytest.mark.parametrize("classifier", SMALL)


class Raiser:
    """Augments nothing, and raises an error in one batch."""

    def __init__(self, error, batch):
        self.error = error
        self.batch = batch
        self.n_calls = 0

    def __call__(self, batch, generator):
        self.n_calls += 1
        if self.n_calls == self.batch + 1:
            raise self.error
        return batch


@every_classifier
def test_after_an_interrupt_the_last_whole_epoch_can_be_used(classifier):
    windows, labels = still_and_moving(32)
    model = small(
        classifier, learning_rate_schedule="constant", augmentation=Raiser(KeyboardInterrupt(), 2 * 4 + 2)
    )
    with (
        pytest.raises(KeyboardInterrupt),
        pytest.warns(InterruptedFitWarning, match="after 2 of 4 epochs.*weights that it had after epoch 2"),
    ):
        model.fit(windows, labels)
    expected = small(classifier, learning_rate_schedule="constant", epochs=2).fit(windows, labels)
    np.testing.assert_array_equal(weights_of(model), weights_of(expected))
    assert model.history_ == expected.history_
    np.testing.assert_array_equal(model.predict_proba(windows), expected.predict_proba(windows))
    assert len(pickle.dumps(model)) < 100_000


def test_with_early_stopping_an_interrupt_keeps_the_best_epoch():
    windows, _ = still_and_moving()
    labels = np.random.default_rng(0).integers(0, 2, 64)
    params = {
        "early_stopping": True,
        "patience": 9,
        "learning_rate": 0.03,
        "learning_rate_schedule": "constant",
    }
    whole = small(DenseClassifier, epochs=8, **params).fit(windows, labels)
    best = int(np.argmin(whole.history_["valid_loss"])) + 1
    assert best < 8
    n_steps = 48 // 8
    model = small(DenseClassifier, epochs=20, augmentation=Raiser(KeyboardInterrupt(), 8 * n_steps), **params)
    with (
        pytest.raises(KeyboardInterrupt),
        pytest.warns(InterruptedFitWarning, match=f"after 8 of 20 epochs.*after epoch {best}"),
    ):
        model.fit(windows, labels)
    np.testing.assert_array_equal(weights_of(model), weights_of(whole))


def test_before_the_first_epoch_nothing_predicts():
    windows, labels = still_and_moving()
    model = small(DenseClassifier).fit(windows, labels)
    model.set_params(augmentation=Raiser(KeyboardInterrupt(), 3))
    with pytest.raises(KeyboardInterrupt):
        model.fit(windows, labels)
    with pytest.raises(NotFittedError):
        model.predict(windows)
    assert not hasattr(model, "history_")
    small(DenseClassifier).fit(windows, labels)  # the lock is free again


def test_an_interrupted_part_leaves_the_model_as_it_was():
    windows, labels = still_and_moving()
    model = small(DenseClassifier).fit(windows, labels)
    before = weights_of(model)
    model.set_params(augmentation=Raiser(KeyboardInterrupt(), 3))
    with pytest.raises(KeyboardInterrupt):
        model.partial_fit(windows, labels)
    np.testing.assert_array_equal(weights_of(model), before)
    assert len(model.history_["epoch"]) == 4


def interrupt(batch, generator):
    raise KeyboardInterrupt


def test_an_interrupt_ends_a_search_too():
    windows, labels = still_and_moving()
    search = GridSearchCV(
        small(DenseClassifier, augmentation=interrupt), {"epochs": [1, 2]}, cv=GroupKFold(2)
    )
    with pytest.raises(KeyboardInterrupt):
        search.fit(windows, labels, groups=windows.subjects)


def test_an_interrupt_ends_a_fit_on_rows_too():
    rows = recordings(100, 100)
    labels = np.repeat(["sit", "walk", "sit", "walk"], 50)
    recognizer = SlidingWindowClassifier(small(DenseClassifier, augmentation=interrupt), window_length=0.2)
    with pytest.raises(KeyboardInterrupt):
        recognizer.fit(rows, labels)


@pytest.mark.parametrize(
    "callback", [EarlyStopping(patience=2), ("mine", EarlyStopping(patience=2)), EarlyStopping], ids=str
)
def test_a_callback_of_the_user_ends_the_fit(callback):
    windows, labels = still_and_moving()
    model = small(
        DenseClassifier, validation_fraction=0.25, epochs=30, learning_rate=1e-12, callbacks=[callback]
    ).fit(windows, labels)
    patience = 5 if isinstance(callback, type) else 2
    assert len(model.history_["epoch"]) <= patience + 1
    assert model.predict(windows).shape == (64,)


class InterruptedInside(Callback):
    """As if the user pressed Ctrl-C while the callback calls something."""

    def on_epoch_end(self, net, **kwargs):
        interrupt(None, None)


def test_an_interrupt_below_a_callback_is_one():
    windows, labels = still_and_moving()
    model = small(DenseClassifier, callbacks=[InterruptedInside()])
    with pytest.raises(KeyboardInterrupt), pytest.warns(InterruptedFitWarning, match="after 1 of 4"):
        model.fit(windows, labels)


class Watcher(Callback):
    """Writes down what a user's callback sees."""

    def on_train_begin(self, net, **kwargs):
        self.seen_ = []

    def on_epoch_end(self, net, **kwargs):
        self.seen_.append({name: net.history[-1].get(name) for name in self.names})

    names = ("train_loss", "train_accuracy", "valid_loss", "valid_accuracy")


def test_callbacks_see_losses_and_accuracies():
    windows, labels = still_and_moving()
    watcher = Watcher()
    history = (
        small(DenseClassifier, validation_fraction=0.25, callbacks=[watcher]).fit(windows, labels).history_
    )
    assert len(watcher.seen_) == 4
    for name in Watcher.names:
        np.testing.assert_allclose([seen[name] for seen in watcher.seen_], history[name], rtol=1e-5)


class Explosive(Dense):
    """Gives NaN from its nth training batch on."""

    def __init__(self, *size, good_batches):
        super().__init__(*size, hidden_units=(8,))
        self.good_batches = good_batches
        self.n_calls = 0

    def forward(self, windows):
        self.n_calls += self.training
        return super().forward(windows) * (float("nan") if self.n_calls > self.good_batches else 1.0)


def explosive(good_batches, **params):
    return small(NetworkClassifier, module=Explosive, module_params={"good_batches": good_batches}, **params)


def test_divergence_in_a_later_epoch_keeps_the_last_good_weights():
    windows, labels = still_and_moving()
    with pytest.warns(
        DivergedWarning, match="became nan in epoch 3.*weights after epoch 2; lower learning_rate"
    ):
        model = explosive(2 * 8 + 3, learning_rate_schedule="constant").fit(windows, labels)
    expected = explosive(10**6, learning_rate_schedule="constant", epochs=2).fit(windows, labels)
    np.testing.assert_array_equal(weights_of(model), weights_of(expected))
    assert model.history_["epoch"] == [1, 2]
    model.module_.network.n_calls = 0
    assert np.isfinite(model.predict_proba(windows)).all()


def test_divergence_in_the_first_epoch_is_an_error():
    windows, labels = still_and_moving()
    model = explosive(3)
    with pytest.raises(
        FloatingPointError, match=r"became nan in epoch 1: lower learning_rate \(it is 0\.003\)"
    ):
        model.fit(windows, labels)
    with pytest.raises(NotFittedError):
        model.predict(windows)


def test_a_fit_that_diverged_can_go_on():
    windows, labels = still_and_moving()
    with pytest.warns(DivergedWarning):
        model = explosive(2 * 8 + 3, keep_optimizer=True).fit(windows, labels)
    model.module_.network.good_batches = 10**6
    model.partial_fit(windows, labels)
    assert model.history_["epoch"] == [1, 2, 3]


class Greedy(Dense):
    """Needs more memory than there is, with the message that one of torch's allocators gives."""

    def __init__(self, *size, error, only_in_training=True):
        super().__init__(*size, hidden_units=(8,))
        self.error = error
        self.only_in_training = only_in_training

    def forward(self, windows):
        if self.training or (len(windows) > 2 and not self.only_in_training):
            raise self.error
        return super().forward(windows)


MEMORY_ERRORS = [
    RuntimeError("[enforce fail at alloc_cpu.cpp:121] DefaultCPUAllocator: can't allocate memory: you tried"),
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB"),
    RuntimeError("MPS backend out of memory (MPS allocated: 9.0 GB)"),
    MemoryError("Unable to allocate 3 GiB for an array"),
]


@pytest.mark.parametrize("error", MEMORY_ERRORS, ids=str)
def test_too_little_memory_says_what_to_lower(error):
    windows, labels = still_and_moving()
    model = small(NetworkClassifier, module=Greedy, module_params={"error": error})
    with pytest.raises(MemoryError, match=r"Lower batch_size \(it is 8\)"):
        model.fit(windows, labels)


def test_torch_itself_raises_what_is_understood():
    def greedy(batch, generator):
        return torch.empty(2**60)

    windows, labels = still_and_moving()
    with pytest.raises(MemoryError, match=r"Lower batch_size \(it is 8\)"):
        small(DenseClassifier, augmentation=greedy).fit(windows, labels)


def test_too_little_memory_while_predicting():
    windows, labels = still_and_moving()
    model = small(DenseClassifier).fit(windows, labels)
    model.module_.network = Greedy(20, 9, 2, error=MEMORY_ERRORS[0], only_in_training=False).eval()
    with pytest.raises(MemoryError, match="Train a smaller network"):
        model.predict(windows)


def test_other_errors_stay_what_they_are():
    windows, labels = still_and_moving()
    model = small(NetworkClassifier, module=Greedy, module_params={"error": RuntimeError("shapes differ")})
    with pytest.raises(RuntimeError, match="shapes differ"):
        model.fit(windows, labels)
