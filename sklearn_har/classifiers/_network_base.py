"""What all classifiers around a network have in common."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Integral
from os import PathLike
from typing import ClassVar

import numpy as np
import pandas as pd
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted
from skorch import NeuralNet
from torch import nn

from .._core._sklearn import HasMethods, Interval, StrOptions, _fit_context
from .._core._threads import torch_threads
from ..windowing import Windows, validate_windows
from ..windowing._fitted_on import remember_windows
from ._checkpoint import checkpoint_of
from ._devices import (
    DEVICES,
    LOWER,
    memory_advice,
    on_device,
    own_randomness,
    prediction_device,
    training_device,
)
from ._held_out import fraction_held_out, hold_out, people_of
from ._limits import COUNT, NOT_NEGATIVE, POSITIVE, SHARE
from ._module import new_module
from ._moments import refuse_too_large, window_moments
from ._net import OPTIMIZERS, LabelledWindows
from ._prediction import class_probabilities
from ._schedules import SCHEDULES
from ._targets import (
    check_classes,
    class_weights,
    classes_to_come,
    codes_among,
    enough_of_some_weight,
    labels_of,
    weights_of,
)
from ._training import Training


@dataclass(kw_only=True, eq=False, repr=False)
class NetworkClassifierBase(ClassifierMixin, BaseEstimator):
    """A network as a classifier of windows.

    A subclass names its network, the parameters that it has of it and their limits; everything
    else is here.
    """

    # groups may always be passed, as a search passes them, and are only used if asked for
    __metadata_request__fit = {"groups": False}
    __metadata_request__partial_fit = {"groups": False, "classes": True}

    _network: ClassVar[Callable[..., nn.Module]]

    instance_channels: bool = True
    rotation: float = 8.0
    augmentation: object = None
    epochs: int = 10
    batch_size: int = 64
    optimizer: str | Callable = "adamw"
    learning_rate: float = 0.003
    learning_rate_schedule: str | Callable[[float], float] = "one_cycle"
    weight_decay: float = 0.01
    max_gradient_norm: float | None = 1.0
    label_smoothing: float = 0.0
    class_weight: dict | str | None = None
    early_stopping: bool = False
    patience: int = 5
    validation_fraction: float | None = None
    warm_start: bool = False
    checkpoint: str | PathLike | None = None
    keep_optimizer: bool = False
    callbacks: Sequence | None = None
    device: str = "auto"
    mixed_precision: bool = True
    verbose: bool | int | None = None
    n_jobs: int | None = None
    random_state: int | np.random.RandomState | None = None

    _parameter_constraints = {
        "instance_channels": ["boolean"],
        "rotation": [NOT_NEGATIVE],
        "augmentation": [HasMethods("for_channels"), callable, list, tuple, None],
        "epochs": COUNT,
        "batch_size": [Interval(Integral, 2, None, closed="left")],
        "optimizer": [StrOptions(set(OPTIMIZERS)), callable],
        "learning_rate": [POSITIVE],
        "learning_rate_schedule": [StrOptions(set(SCHEDULES)), callable],
        "weight_decay": [NOT_NEGATIVE],
        "max_gradient_norm": [POSITIVE, None],
        "label_smoothing": SHARE,
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "early_stopping": ["boolean"],
        "patience": COUNT,
        "validation_fraction": [*SHARE, None],
        "warm_start": ["boolean"],
        "checkpoint": [str, PathLike, None],
        "keep_optimizer": ["boolean"],
        "callbacks": [list, tuple, None],
        "device": [StrOptions(DEVICES)],
        "mixed_precision": ["boolean"],
        "verbose": ["verbose", None],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    }

    def _build_network(self, n_timesteps: int, n_channels: int, n_classes: int) -> nn.Module:
        """Return the module that maps (n_windows, n_timesteps, n_channels) to (n_windows, n_classes)."""
        mine = inspect.signature(self._network).parameters.keys() & self.get_params(deep=False).keys()
        options = {name: getattr(self, name) for name in mine}
        return type(self)._network(n_timesteps, n_channels, n_classes, **options)

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None, groups=None):
        """Train the network on windows.

        Parameters
        ----------
        X : Windows, or array-like of shape (n_windows, n_timesteps, n_channels) or (n_windows, n_timesteps)
            A 2-D array holds windows of one channel.
        y : array-like of shape (n_windows,)
            Labels. Windows whose label is missing are left out, with an `UnlabelledWarning` that
            counts them.
        sample_weight : array-like of shape (n_windows,), default=None
            Weight of each window in the loss. Windows of weight 0 are left out.
        groups : array-like of shape (n_windows,), default=None
            Who was recorded, where X does not say so itself; used to hold people out.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If X, y, weights and groups differ in length, y holds one class only, groups and the
            subjects of X are not the same people, values are too large for float32, or the file
            ``checkpoint`` is of another fit.
        FloatingPointError
            If the loss becomes infinite or NaN in the first epoch. Later, training ends with the
            weights of the epoch before and a `DivergedWarning`.
        MemoryError
            If memory does not suffice; the message says what to lower.
        KeyboardInterrupt
            If the fit is interrupted. After the first epoch the model can be used nevertheless, with
            the weights of the last whole epoch, as an `InterruptedFitWarning` says.
        """
        goes_on = self.warm_start and hasattr(self, "net_")
        if not goes_on:  # if this fit is interrupted, nothing of an earlier one predicts
            self._forget()
        remember_windows(self, X)  # before it is checked: going on with it is no prediction
        windows = validate_windows(self, X, reset=not goes_on)
        labels = labels_of(self, y, windows)
        if not goes_on:
            self.classes_ = labels.classes
        codes = codes_among(self.classes_, labels)
        weights = weights_of(self, windows, codes, sample_weight)
        random_state = check_random_state(self.random_state)
        train, valid = self._hold_out(windows, codes, weights, groups, random_state)
        if not goes_on:
            check_classes(self, codes[train])
        if self.class_weight == "balanced":  # among those who train: nothing of those held out counts
            weights *= class_weights("balanced", self.classes_, codes[train], weights[train])[codes]
        weights = weights / weights[train].mean()
        training, validation = (
            LabelledWindows(windows[part], codes[part], weights[part]) for part in (train, valid)
        )
        self._train(training, validation if len(valid) else None, random_state)
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, classes=None, sample_weight=None, groups=None):
        """Train the network for one more epoch, on these windows alone.

        With a fitted model this adapts it, to a new person for instance: a few epochs over a few
        labelled minutes. The learning rate is ``learning_rate`` throughout, and nobody is held out.
        The channels' scales stay those of the first call.

        Parameters
        ----------
        X : Windows or array-like
            As in `fit`.
        y : array-like of shape (n_windows,)
            Labels; not every class need be among them.
        classes : array-like of shape (n_classes,), default=None
            All classes that there will ever be; needed if the model is not fitted yet and y lacks
            some of them.
        sample_weight : array-like of shape (n_windows,), default=None
            As in `fit`.
        groups : array-like of shape (n_windows,), default=None
            Not used; here so that all fits take the same.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If y has a label that is not among the classes, ``classes`` differs from the first call, fewer
            than two windows have a label and a weight, or X differs from what was seen before.
        """
        begins = not hasattr(self, "net_")
        if begins:
            self._forget()
        remember_windows(self, X)  # before it is checked: going on with it is no prediction
        windows = validate_windows(self, X, reset=begins)
        labels = labels_of(self, y, windows)
        self.classes_ = classes_to_come(self, classes, labels)
        check_classes(self, np.arange(len(self.classes_)))
        codes = codes_among(self.classes_, labels)
        weights = weights_of(self, windows, codes, sample_weight)
        kept = enough_of_some_weight(weights)
        if self.class_weight == "balanced":
            weights *= class_weights("balanced", self.classes_, codes[kept], weights[kept])[codes]
        training = LabelledWindows(windows[kept], codes[kept], weights[kept] / weights[kept].mean())
        self._train(training, None, check_random_state(self.random_state), in_part=True)
        return self

    def _forget(self) -> None:
        for name in ("net_", "history_"):
            self.__dict__.pop(name, None)
        self.held_out_people_ = None

    def _hold_out(self, windows: Windows, codes, weights, groups, random_state) -> tuple:
        """Positions of the windows that train and that validate, among those of some weight."""
        people = people_of(windows, groups)
        kept = np.flatnonzero(weights > 0)
        fraction = fraction_held_out(self.early_stopping, self.validation_fraction)
        if not fraction:
            return kept, kept[:0]
        people = None if people is None else people[kept]
        before = self.held_out_people_
        train, valid = hold_out(people, codes[kept], windows.origin[kept], fraction, random_state, before)
        if people is not None:
            self.held_out_people_ = pd.unique(people[valid])
        return kept[train], kept[valid]

    def _train(
        self,
        training: LabelledWindows,
        validation: LabelledWindows | None,
        random_state: np.random.RandomState,
        in_part: bool = False,
    ) -> None:
        """Train a new network, or the one that is there, and keep it with its history."""
        device = training_device(self.device)
        means, variances = window_moments(training.windows)
        refuse_too_large(means, variances)
        seed = random_state.randint(np.iinfo(np.int32).max)
        checkpoint = None
        if self.checkpoint is not None and not in_part:
            arrays = means, variances, training.codes.numpy(), training.weights.numpy()
            checkpoint = checkpoint_of(self, seed, *arrays)
        advice = memory_advice(LOWER.format(self.batch_size))
        with own_randomness(device), torch_threads(self.n_jobs), advice:
            torch.manual_seed(seed)
            before: NeuralNet | None = getattr(self, "net_", None)
            run = Training(
                self,
                before.module_ if before else new_module(self, means, variances),
                training,
                validation,
                device=device,
                seed=seed,
                history={name: list(values) for name, values in getattr(self, "history_", {}).items()},
                n_epochs=1 if in_part else self.epochs,
                schedule="constant" if in_part else self.learning_rate_schedule,
                checkpoint=checkpoint,
                optimizer=before.optimizer_ if before else None,
            )
            try:
                run.run()
            finally:
                if run.epoch:  # be it that the rest was interrupted
                    self.net_, self.history_ = run.net, run.curve.history
            if not (in_part or self.keep_optimizer):
                run.net.optimizer_.state.clear()  # of no use after the end of a schedule, and large

    @property
    def module_(self) -> nn.Module:
        """The trained torch module, from raw windows to scores of the classes."""
        check_is_fitted(self)
        return self.net_.module_

    def predict_proba(self, X):
        """Probabilities of the classes for each window.

        Parameters
        ----------
        X : Windows or array-like
            Windows with the timesteps and channels seen in fit.

        Returns
        -------
        ndarray of shape (n_windows, n_classes)
            In the order of ``classes_``.

        Raises
        ------
        ValueError
            If X differs from what was seen in fit, or values are too large for float32.
        """
        check_is_fitted(self)
        windows = validate_windows(self, X, reset=False)
        device = prediction_device(self.device)
        with torch_threads(self.n_jobs), memory_advice("Train a smaller network, or on shorter windows."):
            module = on_device(self.net_.module_, device)
            probabilities = class_probabilities(module, windows, len(self.classes_), device)
        if np.isnan(probabilities).any():
            refuse_too_large(*window_moments(windows))
            unknown = np.flatnonzero(np.isnan(probabilities).any(axis=1))
            raise ValueError(
                f"The network gives NaN for {len(unknown)} windows, the first of them window {unknown[0]}."
            )
        return probabilities

    def predict(self, X):
        """Most probable class of each window.

        Parameters
        ----------
        X : Windows or array-like
            Windows with the timesteps and channels seen in fit.

        Returns
        -------
        ndarray of shape (n_windows,)
        """
        winners = self.predict_proba(X).argmax(axis=1)
        return self.classes_[winners]

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "net_")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags
