"""What stands around a network: its parameters, one of the user's own, rotation before it."""

import inspect

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, GroupKFold

from sklearn_har.classifiers import DenseClassifier, LSTMClassifier, NetworkClassifier
from sklearn_har.networks import LSTM

from .examples import SMALL, Recorder, small, still_and_moving, weights_of

NETWORKS = [classifier for classifier in SMALL if classifier is not NetworkClassifier]


@pytest.mark.parametrize("classifier", NETWORKS)
def test_parameters_and_defaults_are_those_of_the_network(classifier):
    of_network = {
        name: parameter.default
        for name, parameter in inspect.signature(classifier._network).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY
    }
    of_classifier = classifier().get_params()
    assert of_network
    assert {name: of_classifier.get(name, "missing") for name in of_network} == of_network
    assert all(name in classifier._parameter_constraints for name in of_network)


@pytest.mark.parametrize("classifier", NETWORKS)
def test_parameters_reach_the_network(classifier):
    windows, labels = still_and_moving(16)
    trained = small(classifier, epochs=1, dropout=0.875).fit(windows, labels)
    shares = {layer.p for layer in trained.module_.modules() if isinstance(layer, torch.nn.Dropout)}
    shares |= {getattr(layer, "dropout", None) for layer in trained.module_.modules()}
    assert 0.875 in shares


class TwoLayers(torch.nn.Module):
    def __init__(self, n_timesteps, n_channels, n_classes, *, units=4):
        super().__init__()
        self.layers = torch.nn.Sequential(
            torch.nn.Flatten(),
            torch.nn.Linear(n_timesteps * n_channels, units),
            torch.nn.BatchNorm1d(units),
            torch.nn.Linear(units, n_classes),
        )

    def forward(self, windows):
        return self.layers(windows)


def test_a_network_of_ones_own_learns_and_is_searched():
    windows, labels = still_and_moving(32)
    model = small(NetworkClassifier, module=TwoLayers, epochs=8)
    assert clone(model).fit(windows, labels).score(windows, labels) > 0.9
    grid = {"module_params": [{"units": 2}, {"units": 8}], "module": [TwoLayers]}
    search = GridSearchCV(model, grid, cv=GroupKFold(2)).fit(windows, labels, groups=windows.subjects)
    units = search.best_params_["module_params"]["units"]
    assert search.best_estimator_.module_.network.layers[1].out_features == units
    assert model.module_params is None


def test_a_trial_of_the_network_changes_nothing():
    network = small(NetworkClassifier, module=TwoLayers)._build_network(20, 9, 2)
    assert network.training
    assert not network.layers[2].running_mean.any()
    assert network.layers[2].num_batches_tracked == 0


class WrongShape(Recorder):
    def forward(self, windows):
        return super().forward(windows)[:, :1]


class Several(Recorder):
    def forward(self, windows):
        return super().forward(windows), windows


@pytest.mark.parametrize(
    ("module", "error", "message"),
    [
        (WrongShape, ValueError, r"maps 2 windows to \(2, 1\); with 2 classes it must be \(2, 2\)"),
        (Several, ValueError, r"maps 2 windows to tuple; with 2 classes it must be \(2, 2\)"),
        (lambda *size: "network", TypeError, r"must make a torch\.nn\.Module; it made a str"),
        (Recorder(20, 9, 2), TypeError, "a Recorder that is made already"),
        ("lstm", ValueError, "The 'module' parameter of NetworkClassifier must be"),
    ],
)
def test_what_is_no_network_is_refused(module, error, message):
    windows, labels = still_and_moving(16)
    with pytest.raises(error, match=message):
        small(NetworkClassifier, module=module).fit(windows, labels)


def test_its_network_sees_three_channels_for_one():
    windows, labels = still_and_moving(16)
    for instance_channels, n_channels in [(True, 9), (False, 3)]:
        model = small(NetworkClassifier, module=Recorder, instance_channels=instance_channels)
        assert model.fit(windows, labels).module_.network.shown[0].shape == (8, 20, n_channels)


def rotation_of(n_channels, names=None, **params):
    kept = {} if names is None else {"channel_names": names}
    windows, labels = still_and_moving(16, n_channels=n_channels, **kept)
    return small(DenseClassifier, epochs=1, **params).fit(windows, labels).module_.rotation


def test_names_say_which_channels_turn_together():
    sensors = ["wrist_acc_{}", "wrist_gyro_{}", "hip_acc_{}"]
    names = ["hr", *(sensor.format(axis) for sensor in sensors for axis in "xyz")]
    names[1], names[3] = names[3], names[1]
    found = rotation_of(10, names)
    assert found.devices == [[[3, 2, 1], [4, 5, 6]], [[7, 8, 9]]]
    assert rotation_of(3, ["a", "b", "c"]).devices == []


def test_channels_without_names_turn_in_threes_or_not_at_all():
    assert rotation_of(6).devices == [[[0, 1, 2], [3, 4, 5]]]
    assert rotation_of(4).devices == []


@pytest.mark.parametrize(
    ("rotation", "n_channels", "turns"), [(8.0, 3, True), (0.0, 3, False), (8.0, 4, False)]
)
def test_windows_are_turned_while_training_only(rotation, n_channels, turns):
    windows, labels = still_and_moving(16, n_channels=n_channels)
    params = {"module": Recorder, "instance_channels": False, "rotation": rotation, "epochs": 1}
    model = small(NetworkClassifier, **params).fit(windows, labels)
    channels = model.module_.channels
    readings = torch.cat(model.module_.network.shown) * channels.scale + channels.mean
    given = np.asarray(windows)
    lengths = np.linalg.norm(given, axis=2)
    order = [np.abs(lengths - one).sum(axis=1).argmin() for one in readings.norm(dim=2).numpy()]
    assert sorted(order) == list(range(16))  # lengths are kept
    assert np.allclose(readings, given[order], atol=1e-4) != turns
    assert model.module_.rotation.degrees == rotation
    proba = model.predict_proba(windows)
    np.testing.assert_array_equal(proba, model.predict_proba(windows))


def test_lstm_within_is_the_lstm_classifier():
    windows, labels = still_and_moving(16)
    own = small(NetworkClassifier, module=LSTM, module_params={"lstm_units": 16}).fit(windows, labels)
    np.testing.assert_array_equal(weights_of(own), weights_of(small(LSTMClassifier).fit(windows, labels)))
