"""How a network is trained: batches, loss, learning rate, randomness."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from skorch import NeuralNet
from skorch.callbacks import Callback, GradientNormClipping
from skorch.helper import predefined_split
from torch import nn

from .._core._progress import progress_bar
from ..windowing import Windows

OPTIMIZERS = {
    "adam": (torch.optim.Adam, {}),
    "adamw": (torch.optim.AdamW, {}),
    "sgd": (torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
    "adagrad": (torch.optim.Adagrad, {}),
    "rmsprop": (torch.optim.RMSprop, {}),
}
WARM_UP = 0.25  # share of the steps in which the learning rate rises
GRADIENT_NORM = 1.0  # recurrent networks leap where the loss is steep; longer gradients are cut to this

_FIT_LOCK = threading.Lock()


@contextmanager
def torch_seed(seed: int) -> Iterator[None]:
    """Draw from torch's generator as seeded, and leave it as it was found.

    The generator belongs to the process, so one thread at a time may do this.
    """
    with _FIT_LOCK, torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        yield


class LabelledWindows(torch.utils.data.Dataset):
    """Windows, label codes and weights; several at once are a slice of arrays."""

    def __init__(self, windows: Windows, codes: np.ndarray, weights: np.ndarray):
        self.windows = windows
        self.codes = torch.as_tensor(codes)
        self.weights = torch.as_tensor(weights, dtype=torch.float32)

    def __len__(self) -> int:
        return len(self.codes)

    def __getitems__(self, positions: np.ndarray):
        values = torch.from_numpy(np.array(self.windows[positions]))
        return values, (self.codes[positions], self.weights[positions])


class Batches:
    """Goes through a dataset in batches of ``batch_size`` or a few more, so that no batch is tiny.

    Batch normalisation cannot learn from a batch of one. In a new random order each time where there
    is a ``random_state``. A DataLoader would draw from torch's generator and put single windows together.
    """

    def __init__(self, dataset: LabelledWindows, batch_size: int, random_state=None):
        self.dataset = dataset
        self.batch_size = batch_size
        self.random_state = random_state

    def __iter__(self):
        n_windows = len(self.dataset)
        shuffled = self.random_state is not None
        order = self.random_state.permutation(n_windows) if shuffled else np.arange(n_windows)
        for positions in np.array_split(order, max(1, n_windows // self.batch_size)):
            yield self.dataset.__getitems__(positions)


class WeightedNet(NeuralNet):
    """A skorch net whose targets are pairs of label codes and weights."""

    def get_loss(self, y_pred, y_true, *args, **kwargs):
        """Mean of the weighted losses."""
        codes, weights = y_true
        return (self.criterion_(y_pred, codes) * weights).mean()

    def __getstate__(self):
        return super().__getstate__() | {"module": None}  # it is module_, which a pickle holds already

    def __setstate__(self, state):
        super().__setstate__(state)
        self.module = self.module_


class OneCycle(Callback):
    """Learning rate up to its peak and down to nothing, in one cycle.

    L. N. Smith and N. Topin, Super-convergence, 2019, arXiv:1708.07120.
    """

    def __init__(self, peak: float, n_steps: int):
        self.peak = peak
        self.n_steps = n_steps

    def initialize(self):
        """Begin a cycle."""
        self.step_ = 0
        return self

    def on_batch_begin(self, net, training=None, **kwargs):
        """Set the learning rate of the step to come."""
        if training:
            for group in net.optimizer_.param_groups:
                group["lr"] = self.peak * one_cycle(self.step_, self.n_steps)
            self.step_ += 1


def one_cycle(step: int, n_steps: int) -> float:
    """Share of the peak at a step: from 1/25 up to 1 and down to nothing, on half cosine waves.

    >>> [round(float(one_cycle(step, 9)), 3) for step in (0, 2, 5, 8)]
    [0.04, 1.0, 0.5, 0.0]
    """
    position, peak = step / max(1, n_steps - 1), WARM_UP
    if position < peak:
        return 1 / 25 + (1 - 1 / 25) * (1 - np.cos(np.pi * position / peak)) / 2
    return 1e-5 + (1 - 1e-5) * (1 + np.cos(np.pi * (position - peak) / (1 - peak))) / 2


class LearningCurve(Callback):
    """Weighted mean loss and accuracy of every epoch, with a bar to watch; stops where the loss is lost."""

    def __init__(self, n_epochs: int, verbose: bool | None, remedy: str):
        self.n_epochs = n_epochs
        self.verbose = verbose
        self.remedy = remedy

    def on_train_begin(self, net, **kwargs):
        """Open the bar."""
        self.history_ = {"epoch": [], "learning_rate": [], "train_loss": [], "train_accuracy": []}
        self.bar_ = progress_bar(self.n_epochs, "fit", self.verbose)

    def on_epoch_begin(self, net, dataset_valid=None, **kwargs):
        """Begin new sums: of weights, weighted losses and weighted hits."""
        self.sums_ = {True: np.zeros(3), False: np.zeros(3)}

    def on_batch_end(self, net, batch=None, training=None, y_pred=None, loss=None, **kwargs):
        """Add a batch to the sums."""
        _, (codes, weights) = batch
        total = float(weights.sum())
        hits = float((weights * (y_pred.detach().argmax(dim=1) == codes)).sum())
        loss = float(loss.detach()) * len(weights)
        if not np.isfinite(loss):
            epoch = len(self.history_["epoch"]) + 1
            raise FloatingPointError(f"The loss became {loss} in epoch {epoch}: {self.remedy}")
        self.sums_[training] += [total, loss, hits]

    def on_epoch_end(self, net, dataset_valid=None, **kwargs):
        """Write the epoch down."""
        history = self.history_
        history["epoch"].append(len(history["epoch"]) + 1)
        history["learning_rate"].append(float(net.optimizer_.param_groups[0]["lr"]))
        for name, training in [("train", True)] + [("valid", False)] * (dataset_valid is not None):
            total, loss, hits = self.sums_[training]
            history.setdefault(f"{name}_loss", []).append(float(loss / total))
            history.setdefault(f"{name}_accuracy", []).append(float(hits / total))
        self.bar_.set_postfix({name: f"{values[-1]:.3g}" for name, values in history.items()}, refresh=False)
        self.bar_.update()

    def close(self) -> None:
        """Take the bar away; it cannot be pickled."""
        if hasattr(self, "bar_"):
            self.bar_.close()
            del self.bar_


def train_network(
    module: nn.Module,
    training: LabelledWindows,
    validation: LabelledWindows | None,
    *,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    optimizer: str,
    weight_decay: float,
    random_state: np.random.RandomState,
    verbose: bool | None,
) -> tuple[NeuralNet, dict]:
    """Train a module in place; return the skorch net, without the windows, and the learning curve."""
    optimizer_class, options = OPTIMIZERS[optimizer]
    n_steps = epochs * max(1, len(training) // batch_size)
    curve = LearningCurve(epochs, verbose, f"lower learning_rate (it is {learning_rate:g}).")
    net = WeightedNet(
        module,
        nn.CrossEntropyLoss,
        criterion__reduction="none",
        optimizer=optimizer_class,
        lr=learning_rate,
        optimizer__weight_decay=weight_decay,
        optimizer__param_groups=_parameters_without_decay(module),
        **{f"optimizer__{name}": value for name, value in options.items()},
        max_epochs=epochs,
        batch_size=batch_size,
        iterator_train=Batches,
        iterator_train__random_state=random_state,
        iterator_valid=Batches,
        train_split=None if validation is None else predefined_split(validation),
        callbacks=[OneCycle(learning_rate, n_steps), GradientNormClipping(GRADIENT_NORM), curve],
        verbose=0,
    )
    net.initialize()
    try:
        # net.fit would swallow a KeyboardInterrupt and leave a net that is half trained
        net.notify("on_train_begin", X=training, y=None)
        net.fit_loop(training)
        net.notify("on_train_end", X=training, y=None)
    finally:
        curve.close()
    net.set_params(train_split=None)  # which holds the windows that validated
    net.optimizer_.state.clear()  # of no use after the end of the cycle, and larger than the module
    module.eval()
    return net, curve.history_


def _parameters_without_decay(module: nn.Module) -> list[tuple[str, dict]]:
    """Offsets and scales: to shrink them is no simpler model."""
    return [(name, {"weight_decay": 0.0}) for name, values in module.named_parameters() if values.ndim < 2]
