"""The twin of a RocketClassifier, and of the ridge alone, give its probabilities."""

import numpy as np
import pytest
import torch

from sklearn_har.classifiers import RidgeClassifierGroupCV, RocketClassifier
from sklearn_har.deploy._onnx._twins import twin
from sklearn_har.evaluation import get_protocol
from sklearn_har.recordings import drop_unlabelled
from sklearn_har.windowing import sliding_windows

from .twins import ExportedTwin

BASIC = ("walking", "walking_upstairs", "walking_downstairs", "sitting", "standing", "laying")
TESTED = (2, 4, 9, 10, 12, 13, 18, 20, 24)


@pytest.fixture(scope="module")
def windows_and_labels(simulated):
    return sliding_windows(*simulated, window_length=1.28)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_ridge(n_classes):
    rng = np.random.default_rng(0)
    table, y, people = rng.normal(size=(60, 5)), np.arange(60) % n_classes, np.arange(60) % 4
    ridge = RidgeClassifierGroupCV().fit(table, y, groups=people)
    found = twin(ridge)(torch.as_tensor(table, dtype=torch.float32)).numpy()
    np.testing.assert_allclose(found, ridge.predict_proba(table), atol=2e-6)


@pytest.mark.parametrize("ramped", [False, True])
def test_rocket_classifier(windows_and_labels, ramped, tmp_path, monkeypatch):
    windows, labels = windows_and_labels
    if ramped:
        monkeypatch.setattr(
            "sklearn_har.classifiers._rocket_table.RocketTable.forget_ramps", lambda table: None
        )
    model = RocketClassifier(n_kernels=168, random_state=0).fit(windows, labels)
    if ramped:  # whatever is better on these windows
        table = model._table.make(windows)
        people = windows.subjects
        model.ridge_ = RidgeClassifierGroupCV().fit(table, labels, groups=people)
    assert ramped == (model._table.n_plain < model.ridge_.n_features_in_)
    exported = ExportedTwin(twin(model), windows, tmp_path)
    np.testing.assert_allclose(exported(windows), model.predict_proba(windows), atol=3e-5)


@pytest.mark.real
@pytest.mark.slow
def test_rocket_classifier_on_hapt(hapt, tmp_path):
    X, y = drop_unlabelled(*hapt)
    windows, labels = get_protocol("uci-har-official").cut(X, y)
    basic = np.isin(labels, BASIC)
    windows, labels = windows[basic], labels[basic]
    tested = np.isin(windows.subjects.astype(int), TESTED)
    assert tested.sum() == 2996
    some = np.flatnonzero(~tested)[::12]
    model = RocketClassifier(random_state=0).fit(windows[some], labels[some])
    expected = model.predict_proba(windows[tested])
    found = ExportedTwin(twin(model), windows, tmp_path)(windows[tested])
    np.testing.assert_array_equal(found.argmax(axis=1), expected.argmax(axis=1))
    assert np.abs(found - expected).max() < 1e-4
