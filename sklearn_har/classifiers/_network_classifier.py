"""What all classifiers around a network have in common."""

import warnings
from collections import OrderedDict
from numbers import Integral, Real

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.validation import check_consistent_length, check_is_fitted
from torch import nn

from .._core._blocks import as_block, block_slices
from .._core._labels import EncodedLabels, encode_labels
from .._core._sklearn import Interval, StrOptions, _check_sample_weight, _fit_context, _num_samples
from .._core._threads import torch_threads
from ..exceptions import UnlabelledWarning
from ..networks import InputChannels
from ..recordings import subjects_for_split
from ..recordings._subjects import find_subjects
from ..windowing import Windows, validate_windows
from ._held_out import hold_out
from ._training import OPTIMIZERS, LabelledWindows, torch_seed, train_network

PREDICT_BYTES = 2**20  # of input a block: what a network makes of it is many times larger
TOO_LARGE = 1e15  # squares of the deviations must stay far from the largest float32, 3e38
PREDICT_WINDOWS = 1024  # at most: however small a window is, its features are not


class NetworkClassifierBase(ClassifierMixin, BaseEstimator):
    """A network as a classifier of windows.

    A subclass has a constructor with all parameters by name, its ``_parameter_constraints`` and
    ``_build_network``; everything else is here.
    """

    # groups may always be passed, as a search passes them, and are only used if asked for
    __metadata_request__fit = {"groups": False}

    _parameter_constraints = {
        "instance_channels": ["boolean"],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "epochs": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 2, None, closed="left")],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "optimizer": [StrOptions(set(OPTIMIZERS))],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "validation_fraction": [Interval(Real, 0, 1, closed="left")],
        "verbose": ["verbose", None],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        *,
        instance_channels,
        dropout,
        epochs,
        batch_size,
        learning_rate,
        optimizer,
        weight_decay,
        class_weight,
        validation_fraction,
        verbose,
        n_jobs,
        random_state,
    ):
        self.instance_channels = instance_channels
        self.dropout = dropout
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.optimizer = optimizer
        self.weight_decay = weight_decay
        self.class_weight = class_weight
        self.validation_fraction = validation_fraction
        self.verbose = verbose
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _build_network(self, n_timesteps: int, n_channels: int, n_classes: int) -> nn.Module:
        """Return the module that maps (n_windows, n_timesteps, n_channels) to (n_windows, n_classes)."""
        raise NotImplementedError

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
            Who was recorded, where X does not say so itself; used for ``validation_fraction``.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If X, y, weights and groups differ in length, y holds one class only, groups and the
            subjects of X are not the same people, or values are too large for float32.
        FloatingPointError
            If the loss becomes infinite or NaN.
        """
        vars(self).pop("net_", None)  # if this fit is interrupted, nothing of an earlier one predicts
        windows = validate_windows(self, X, reset=True)
        labels = self._encode(y, windows)
        self.classes_, codes = labels.classes, labels.codes
        weights = self._weights(codes, sample_weight, windows)
        people = self._people(windows, groups)
        random_state = check_random_state(self.random_state)

        kept = np.flatnonzero(weights > 0)
        train, valid = kept, kept[:0]
        if self.validation_fraction:
            origin = windows.origin[kept]
            known = None if people is None else people[kept]
            train, valid = (
                kept[part]
                for part in hold_out(known, codes[kept], origin, self.validation_fraction, random_state)
            )
        self._check_classes(codes[train])
        if self.class_weight == "balanced":  # among those who train: nothing of those held out counts
            weights *= balancing_weights(codes[train], weights[train], len(self.classes_))[codes]
        weights = weights / weights[train].mean()
        with np.errstate(over="ignore"):  # what float32 cannot hold is refused
            training, validation = (
                LabelledWindows(windows[part].astype(np.float32), codes[part], weights[part])
                for part in (train, valid)
            )
        self._train(training, validation if len(valid) else None, random_state)
        return self

    def _encode(self, y, windows: Windows) -> EncodedLabels:
        if y is None:
            raise ValueError(f"{type(self).__name__} requires y to be passed, but the target y is None.")
        check_consistent_length(windows, y)
        labels = encode_labels(y)
        n_missing = int((labels.codes < 0).sum())
        if n_missing == len(windows):
            raise ValueError(
                f"None of the {n_missing} windows has a label in y, so there is no class to learn."
            )
        if n_missing:
            warnings.warn(
                f"{n_missing} of {len(windows)} windows have no label and are left out.",
                UnlabelledWarning,
                stacklevel=4,
            )
        return labels

    def _weights(self, codes: np.ndarray, sample_weight, windows: Windows) -> np.ndarray:
        """Weight of each window by itself and by what its class was given; 0 where the label is missing."""
        weights = _check_sample_weight(
            sample_weight, windows, dtype=np.float64, ensure_non_negative=True, copy=True
        )
        weights[codes < 0] = 0.0
        if isinstance(self.class_weight, dict):
            labelled = codes >= 0
            of_class = compute_class_weight(
                self.class_weight, classes=self.classes_, y=self.classes_[codes[labelled]]
            )
            weights[labelled] *= of_class[codes[labelled]]
        return weights

    def _people(self, windows: Windows, groups) -> np.ndarray | None:
        if groups is None:
            return find_subjects(windows)
        if _num_samples(groups) != len(windows):
            raise ValueError(
                f"groups has {_num_samples(groups)} entries, but there are {len(windows)} windows."
            )
        return subjects_for_split(windows, groups)

    def _check_classes(self, codes: np.ndarray) -> None:
        found = self.classes_[np.unique(codes)]
        if len(found) < 2:
            raise ValueError(
                f"The windows to train on have {len(found)} class(es), {found.tolist()}; "
                f"{type(self).__name__} needs at least two."
            )

    def _train(self, training: LabelledWindows, validation: LabelledWindows | None, random_state) -> None:
        means, variances = window_moments(training.windows)
        refuse_too_large(means, variances)
        seed = random_state.randint(np.iinfo(np.int32).max)
        with torch_seed(seed), torch_threads(self.n_jobs):
            channels = InputChannels(self.n_channels_in_, instance=self.instance_channels)
            channels.learn(means, variances)
            network = self._build_network(self.n_timesteps_in_, channels.n_outputs, len(self.classes_))
            self.net_, self.history_ = train_network(
                nn.Sequential(OrderedDict(channels=channels, network=network)),
                training,
                validation,
                epochs=self.epochs,
                batch_size=self.batch_size,
                learning_rate=self.learning_rate,
                optimizer=self.optimizer,
                weight_decay=self.weight_decay,
                random_state=np.random.RandomState(seed),
                verbose=None if self.verbose is None else bool(self.verbose),
            )

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
        probabilities = np.empty((len(windows), len(self.classes_)))
        module = self.module_
        window_bytes = max(4 * self.n_timesteps_in_ * self.n_channels_in_, PREDICT_BYTES // PREDICT_WINDOWS)
        with torch.inference_mode(), torch_threads(self.n_jobs):
            for block in block_slices(len(windows), window_bytes, PREDICT_BYTES):
                with np.errstate(over="ignore"):  # what float32 cannot hold is refused
                    values = torch.from_numpy(as_block(windows[block], np.float32))
                probabilities[block] = module(values).double().softmax(dim=1).numpy()
        unknown = np.flatnonzero(np.isnan(probabilities).any(axis=1))
        if len(unknown):
            refuse_too_large(*window_moments(windows))
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


def balancing_weights(codes: np.ndarray, weights: np.ndarray, n_classes: int) -> np.ndarray:
    """Weight of each class that makes the sums of the windows' weights equal; 1 for a class without any.

    >>> balancing_weights(np.array([0, 0, 0, 1]), np.ones(4), 3).round(2)
    array([0.67, 2.  , 1.  ])
    """
    totals = np.bincount(codes, weights, minlength=n_classes)
    found = totals > 0
    return np.divide(totals.sum() / found.sum(), totals, out=np.ones(n_classes), where=found)


def refuse_too_large(means: np.ndarray, variances: np.ndarray) -> None:
    """Refuse windows whose squares float32 cannot hold."""
    too_large = np.flatnonzero(~(np.hypot(means, np.sqrt(variances)) < TOO_LARGE).all(axis=1))
    if len(too_large):
        raise ValueError(
            f"Values in {len(too_large)} windows, the first of them window {too_large[0]}, are larger than "
            f"{TOO_LARGE:g}, which a network cannot reckon with. They may stand for missing readings: fill "
            "or drop those rows."
        )


def window_moments(windows: Windows) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of each channel in each window, two arrays of shape (n_windows, n_channels)."""
    n_windows, n_timesteps, n_channels = windows.shape
    means, variances = np.empty((2, n_windows, n_channels))
    with np.errstate(invalid="ignore"):  # of infinities, which make NaN
        for block in block_slices(n_windows, 8 * n_timesteps * n_channels):
            values = np.asarray(windows[block], dtype=np.float64)
            means[block], variances[block] = values.mean(axis=1), values.var(axis=1)
    return means, variances
