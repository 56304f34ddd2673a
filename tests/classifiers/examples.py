"""Windows that are easy to tell apart, and classifiers that are quick to fit."""

import functools

import numpy as np
import torch

from sklearn_har.classifiers import (
    CNNClassifier,
    CNNLSTMClassifier,
    ConvLSTMClassifier,
    DeepConvLSTMClassifier,
    DenseClassifier,
    InceptionTimeClassifier,
    LSTMClassifier,
    NetworkClassifier,
    TinyHARClassifier,
    TransformerClassifier,
)
from sklearn_har.networks import LSTM
from sklearn_har.windowing import Windows

SMALL = {
    CNNClassifier: {"filters": (8, 8), "kernel_sizes": (5, 3)},
    CNNLSTMClassifier: {"filters": 8, "lstm_units": 16},
    ConvLSTMClassifier: {"filters": 8},
    DeepConvLSTMClassifier: {"filters": 4, "lstm_units": 16},
    DenseClassifier: {"hidden_units": (16,)},
    InceptionTimeClassifier: {"filters": 4, "stem_filters": 8},
    LSTMClassifier: {"lstm_units": 16},
    NetworkClassifier: {"module": functools.partial(LSTM, lstm_units=16)},
    TinyHARClassifier: {"filters": 8, "lstm_units": 16},
    TransformerClassifier: {"d_model": 16, "n_layers": 1, "feedforward_units": 32},
}


def still_and_moving(n_windows=64, n_timesteps=20, n_channels=3, n_people=4, seed=0, **kept):
    """Windows of two activities, easy to tell apart, of several people."""
    rng = np.random.default_rng(seed)
    labels = np.array(["sit", "walk"])[np.arange(n_windows) % 2]
    values = rng.normal(size=(n_windows, n_timesteps, n_channels))
    values *= np.where(labels == "walk", 3.0, 0.1)[:, np.newaxis, np.newaxis]
    people = np.arange(n_windows) * n_people // n_windows
    return Windows(values, **{"subjects": people, "sampling_rate": 10.0} | kept), labels


def small(classifier, **params):
    """A classifier that is fitted in a moment."""
    return classifier(**{"epochs": 4, "batch_size": 8, "random_state": 0} | SMALL[classifier] | params)


def weights_of(model):
    """Everything that a model has learned, in one array."""
    return all_values(model.module_.state_dict())


def all_values(state):
    """The values of a state in one array."""
    return np.concatenate([values.detach().double().cpu().numpy().ravel() for values in state.values()])


class Recorder(torch.nn.Module):
    """A network of one layer that keeps what it was shown while training."""

    shown: list

    def __init__(self, n_timesteps, n_channels, n_classes):
        super().__init__()
        self.layer = torch.nn.Linear(n_timesteps * n_channels, n_classes)
        self.shown = []

    def forward(self, windows):
        if self.training:
            self.shown.append(windows.detach().clone())
        return self.layer(windows.flatten(1))
