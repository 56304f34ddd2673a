"""How a network is trained: epoch after epoch, with a way back to the last good one."""

import numpy as np
import torch
from skorch.callbacks import Callback, GradientNormClipping
from skorch.helper import predefined_split
from torch import nn

from .._core._augmenting import prepare_augmentation
from .._core._progress import progress_bar
from .._core._warnings import warn_user
from ..exceptions import DivergedWarning, InterruptedFitWarning
from ._checkpoint import Checkpoint
from ._memory import keep_freed_memory
from ._net import Batches, LabelledWindows, WeightedNet, copied_state, n_steps, optimizer_arguments, pairs_of
from ._schedules import SCHEDULES, LearningRate


class LearningCurve(Callback):
    """Weighted mean loss and accuracy of every epoch, with a bar to watch; stops where the loss is lost."""

    def __init__(self, history: dict, n_epochs: int, verbose: bool | None):
        self.history = history
        self.n_epochs = n_epochs
        self.verbose = verbose

    def on_train_begin(self, net, **kwargs):
        """Open the bar."""
        self.bar_ = progress_bar(self.n_epochs, "fit", self.verbose)

    def on_epoch_begin(self, net, **kwargs):
        """Begin new sums: of weights, weighted losses and weighted hits."""
        self.sums_ = {True: np.zeros(3), False: np.zeros(3)}

    def on_batch_end(self, net, batch=None, training=None, y_pred=None, loss=None, **kwargs):
        """Add a batch to the sums."""
        _, targets = batch
        found = y_pred.detach().argmax(dim=1).cpu()
        pairs = pairs_of(targets)
        total = sum(float(weights.sum()) for _, weights in pairs)
        hits = sum(float((weights * (found == codes)).sum()) for codes, weights in pairs)
        loss = float(loss.detach()) * len(found)
        if not np.isfinite(loss):
            raise FloatingPointError(f"became {loss}")
        self.sums_[training] += [total, loss, hits]

    def on_epoch_end(self, net, dataset_valid=None, **kwargs):
        """Write the epoch down, if the weights are numbers still."""
        if not all(bool(values.isfinite().all()) for values in net.module_.state_dict().values()):
            raise FloatingPointError("made a weight infinite")
        epoch = {"learning_rate": float(net.optimizer_.param_groups[0]["lr"])}
        for name, training in [("train", True)] + [("valid", False)] * (dataset_valid is not None):
            total, loss, hits = self.sums_[training]
            epoch |= {f"{name}_loss": float(loss / total), f"{name}_accuracy": float(hits / total)}
        net.history.record("train_accuracy", epoch["train_accuracy"])
        net.history.record("valid_accuracy", epoch.get("valid_accuracy"))
        self.bar_.set_postfix({name: f"{value:.3g}" for name, value in epoch.items()}, refresh=False)
        self.bar_.update()
        add_epoch(self.history, epoch)

    def close(self) -> None:
        """Take the bar away; it cannot be pickled."""
        if hasattr(self, "bar_"):
            self.bar_.close()
            del self.bar_


def add_epoch(history: dict, epoch: dict) -> None:
    """Append an epoch's figures to a history; NaN where an epoch has no such figure.

    >>> history = {}
    >>> add_epoch(history, {"train_loss": 0.5})
    >>> add_epoch(history, {"train_loss": 0.25, "valid_loss": 1.0})
    >>> history
    {'epoch': [1, 2], 'train_loss': [0.5, 0.25], 'valid_loss': [nan, 1.0]}
    """
    n_before = len(history.setdefault("epoch", []))
    history["epoch"].append(n_before + 1)
    for name in dict.fromkeys([*history, *epoch]):
        if name != "epoch":
            history.setdefault(name, [np.nan] * n_before).append(epoch.get(name, np.nan))


def make_net(classifier, module: nn.Module, device: torch.device, **options) -> WeightedNet:
    """Make a net around a module, with the optimizer that a classifier's parameters name."""
    options = {"train_split": None, "callbacks": []} | options
    net = WeightedNet(
        module,
        nn.CrossEntropyLoss,
        criterion__reduction="none",
        criterion__label_smoothing=classifier.label_smoothing,
        **optimizer_arguments(classifier.optimizer, module, classifier.weight_decay),
        lr=classifier.learning_rate,
        batch_size=classifier.batch_size,
        iterator_train=Batches,
        iterator_valid=Batches,
        device=device.type,
        verbose=0,
        **options,
    )
    net.mixed_precision = classifier.mixed_precision and device.type == "cuda"
    net.keep_optimizer = classifier.keep_optimizer
    return net.initialize()


class Training:
    """The epochs of one fit.

    Parameters
    ----------
    classifier : NetworkClassifierBase
        Its parameters say how to train.
    module : torch.nn.Module
        Trained in place.
    training, validation : LabelledWindows
        ``validation`` may be None.
    device : torch.device
    seed : int
        All that is random in an epoch follows from it and the number of the epoch.
    history : dict
        Of the epochs before, if there were any; epochs are added to it.
    n_epochs : int
    schedule : str or callable
    checkpoint : Checkpoint or None
    optimizer : torch.optim.Optimizer or None
        Of the steps before, to go on with.
    """

    def __init__(
        self,
        classifier,
        module: nn.Module,
        training: LabelledWindows,
        validation: LabelledWindows | None,
        *,
        device: torch.device,
        seed: int,
        history: dict,
        n_epochs: int,
        schedule,
        checkpoint: Checkpoint | None = None,
        optimizer: torch.optim.Optimizer | None = None,
    ):
        self.classifier = classifier
        self.training = training
        self.n_epochs = n_epochs
        self.seed = seed
        self.checkpoint = checkpoint
        self.n_before = len(history.get("epoch", []))
        self.curve = LearningCurve(
            history, n_epochs, None if classifier.verbose is None else bool(classifier.verbose)
        )
        self.n_steps = n_steps(len(training), classifier.batch_size)
        self.learning_rate = LearningRate(
            classifier.learning_rate, SCHEDULES.get(schedule, schedule), n_epochs * self.n_steps
        )
        self.net = self._make_net(module, device, validation)
        if optimizer is not None:
            self.net.optimizer_.state.update(copied_state(optimizer, self.net.optimizer_))
        self.good_ = self.best_ = self._weights()
        self.best_loss_, self.best_epoch_ = np.inf, 0

    def _make_net(self, module: nn.Module, device: torch.device, validation) -> WeightedNet:
        settings = self.classifier
        channels = module.get_submodule("channels")
        callbacks = [self.learning_rate, self.curve]
        if settings.max_gradient_norm is not None:
            callbacks.append(GradientNormClipping(settings.max_gradient_norm))
        return make_net(
            settings,
            module,
            device,
            max_epochs=self.n_epochs,
            iterator_train__augmentation=prepare_augmentation(
                settings.augmentation, settings.channel_names_in_, channels.mean.cpu(), channels.scale.cpu()
            ),
            train_split=None if validation is None else predefined_split(validation),
            callbacks=callbacks + list(settings.callbacks or []),
        )

    @property
    def epoch(self) -> int:
        """Number of epochs that this fit has finished."""
        return len(self.curve.history.get("epoch", [])) - self.n_before

    def run(self) -> WeightedNet:
        """Train to the end; return the net, without the windows."""
        keep_freed_memory()
        self._go_on_from_checkpoint()
        net = self.net
        # net.fit would swallow a KeyboardInterrupt and leave a net that is half trained
        try:
            net.notify("on_train_begin", X=self.training, y=None)
            while self.epoch < self.n_epochs and not self._stands_still():
                self._run_epoch()
        except FloatingPointError as error:
            self._end_with_what_is_good(error)
        except KeyboardInterrupt as error:
            if not self._was_raised_by_a_callback(error):
                self._say_that_it_was_interrupted()
                raise
        finally:
            self.curve.close()
            net.set_params(train_split=None)  # which holds the windows that validated
            net.module_.load_state_dict(self.best_ if self.classifier.early_stopping else self.good_)
            net.module_.eval()
        net.notify("on_train_end", X=self.training, y=None)
        if self.checkpoint:
            self.checkpoint.remove()
        return net

    def _run_epoch(self) -> None:
        number = self.n_before + self.epoch
        seed = int(np.random.SeedSequence([self.seed, number]).generate_state(1)[0])
        torch.manual_seed(seed)
        self.net.iterator_train__seed = seed
        self.learning_rate.step = self.epoch * self.n_steps
        finished = self.epoch + 1
        try:
            self.net.fit_loop(self.training, epochs=1)
        finally:  # a callback that ends the training does so in an epoch that is finished
            if self.epoch == finished:
                self._remember_epoch()

    def _remember_epoch(self) -> None:
        self.good_ = self._weights()
        loss = self.curve.history.get("valid_loss", [np.inf])[-1]
        if loss < self.best_loss_:
            self.best_, self.best_loss_, self.best_epoch_ = self.good_, loss, self.epoch
        if self.checkpoint:
            self.checkpoint.write(
                {
                    "weights": self.good_,
                    "optimizer": self.net.optimizer_.state_dict(),
                    "best": (self.best_, self.best_loss_, self.best_epoch_),
                    "history": self.curve.history,
                    "n_before": self.n_before,
                }
            )

    def _weights(self) -> dict:
        return {name: values.detach().clone() for name, values in self.net.module_.state_dict().items()}

    def _stands_still(self) -> bool:
        return self.classifier.early_stopping and self.epoch - self.best_epoch_ >= self.classifier.patience

    def _go_on_from_checkpoint(self) -> None:
        state = self.checkpoint.read() if self.checkpoint else None
        if state is None:
            return
        self.net.module_.load_state_dict(state["weights"])
        self.net.optimizer_.load_state_dict(state["optimizer"])
        self.good_ = state["weights"]
        self.best_, self.best_loss_, self.best_epoch_ = state["best"]
        self.curve.history.update(state["history"])
        self.n_before = state["n_before"]

    def _end_with_what_is_good(self, error: FloatingPointError) -> None:
        where = f"The loss {error} in epoch {self.epoch + 1}"
        advice = f"lower learning_rate (it is {self.classifier.learning_rate:g})."
        if not self.epoch:
            raise FloatingPointError(f"{where}: {advice}") from None
        self.net.optimizer_.state.clear()  # which is lost as the weights are
        warn_user(
            f"{where}. Training ended there, with the weights after epoch {self.epoch}; {advice}",
            DivergedWarning,
        )

    def _was_raised_by_a_callback(self, error: KeyboardInterrupt) -> bool:
        """Whether the user's callback ended the training: skorch's callbacks do so by a KeyboardInterrupt."""
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        user = [one for _, one in self.net.callbacks_ if one not in (self.learning_rate, self.curve)]
        return place is not None and any(place.tb_frame.f_locals.get("self") is one for one in user)

    def _say_that_it_was_interrupted(self) -> None:
        if self.epoch:
            kept = self.best_epoch_ if self.classifier.early_stopping else self.epoch
            warn_user(
                f"The fit was interrupted after {self.epoch} of {self.n_epochs} epochs. The model can be "
                f"used, with the weights that it had after epoch {kept}, unless it was a copy that a search "
                "or a recognizer of rows had made.",
                InterruptedFitWarning,
            )
