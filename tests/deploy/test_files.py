import errno
import json
import os
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC, LinearSVC
from torch import nn

from sklearn_har.classifiers import (
    CNNClassifier,
    LSTMClassifier,
    NetworkClassifier,
    RocketClassifier,
    TransformerClassifier,
)
from sklearn_har.deploy import _files, load, save
from sklearn_har.deploy._files_archive import packed, unpacked
from sklearn_har.exceptions import ModelFileError, PredictionsChangedWarning
from sklearn_har.features import MotionFeatures, RelevanceSelector, TsfreshFeatures
from sklearn_har.networks import LSTM
from sklearn_har.preprocessing import ButterworthFilter, ChannelScaler
from sklearn_har.sampling import Jitter, WindowSampler
from sklearn_har.smoothing import HMMSmoother, MinimumDuration
from sklearn_har.windowing import SlidingWindowClassifier

FILES = sorted((Path(__file__).parent / "files").glob("*.harmodel"))
SHORT = {"epochs": 1, "random_state": 0}


class Flat(nn.Module):
    def __init__(self, n_timesteps, n_channels, n_classes):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(n_timesteps * n_channels, n_classes))

    def forward(self, windows):
        return self.layers(windows)


class Stranger(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.classes_, self.n_features_in_ = np.unique(y), 3
        return self

    def predict(self, X):
        return np.repeat(self.classes_[:1], len(X))


def table_models() -> list:
    logistic = LogisticRegression()
    return [
        RandomForestClassifier(3, random_state=np.random.RandomState(3)),
        GradientBoostingClassifier(n_estimators=2, random_state=0),
        HistGradientBoostingClassifier(max_iter=2),
        SVC(),
        KNeighborsClassifier(algorithm="kd_tree"),
        CalibratedClassifierCV(LinearSVC(), method="isotonic", cv=2),
        SGDClassifier(),
        GridSearchCV(logistic, {"C": [1.0, 2.0]}, scoring="f1_macro", cv=2),
        MLPClassifier((4,), max_iter=2),
    ]


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    labels = np.repeat(["sit", "stand", "walk"], 20)
    return pd.DataFrame(
        rng.normal(size=(60, 4)) + np.repeat(np.eye(3, 4), 20, axis=0), columns=list("abcd")
    ), labels


def assert_same(loaded, model, X):
    assert type(loaded) is type(model)
    assert set(loaded.get_params()) == set(model.get_params())
    for method in ("predict", "predict_proba", "decision_function"):
        assert hasattr(loaded, method) == hasattr(model, method)
        if hasattr(model, method):
            np.testing.assert_array_equal(getattr(loaded, method)(X), getattr(model, method)(X))


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
@pytest.mark.parametrize("model", table_models(), ids=lambda model: type(model).__name__)
@pytest.mark.parametrize("is_given", [True, False])
def test_models_of_scikit_learn_predict_the_same_bits(model, is_given, table, tmp_path):
    X, y = table
    model = clone(model).fit(X, y)
    save(model, tmp_path / "model", X=X if is_given else None)
    assert_same(load(tmp_path / "model"), model, X)


def recognizers() -> dict:
    def of(estimator, **more):
        return SlidingWindowClassifier(estimator, window_length=2.5, **more)

    lstm = LSTMClassifier(lstm_units=4, augmentation=Jitter(), **SHORT)
    sampled = make_pipeline(
        ChannelScaler(), WindowSampler(RandomOverSampler(random_state=0)), TransformerClassifier(**SHORT)
    )
    filtered = make_pipeline(
        ButterworthFilter(high=5.0, zero_phase=False),
        of(make_pipeline(MotionFeatures(), StandardScaler(), LinearSVC())),
    )
    return {
        "cnn": of(CNNClassifier(filters=(4,), kernel_sizes=(3,), **SHORT)),
        "smoothed": of(lstm, smoother=HMMSmoother(causal=True), smoother_folds=2),
        "minimum duration": of(
            RocketClassifier(84, n_ramps=2), smoother=MinimumDuration(4.0), smoother_folds=3
        ),
        "sampled": of(sampled),
        "filtered": filtered,
        "tsfresh": of(make_pipeline(TsfreshFeatures("minimal"), RelevanceSelector(), LogisticRegression())),
    }


@pytest.mark.filterwarnings("ignore:lbfgs failed")
@pytest.mark.parametrize("name", recognizers())
def test_recognizers_predict_the_same_bits(name, recordings, tmp_path):
    X, y = recordings
    model = recognizers()[name].fit(X, y)
    for given in (None, X):
        save(model, tmp_path / "model", X=given)
        assert_same(load(tmp_path / "model"), model, X)


def test_filters_of_rows_alone_are_kept(recordings, tmp_path):
    model = ButterworthFilter(high=5.0).fit(recordings[0])
    save(model, tmp_path / "model")
    pd.testing.assert_frame_equal(
        load(tmp_path / "model").transform(recordings[0]), model.transform(recordings[0])
    )


def test_a_loaded_network_goes_on_learning(windows, tmp_path):
    X, y = windows
    model = NetworkClassifier(LSTM, module_params={"lstm_units": 4}, **SHORT).fit(X, y)
    save(model, tmp_path / "model")
    loaded = load(tmp_path / "model")
    assert loaded.history_ == model.history_
    assert type(loaded.net_) is type(model.net_)
    for one in (model, loaded):
        one.partial_fit(X, y)
    np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))
    loaded.set_params(warm_start=True).fit(X, y)
    assert len(loaded.history_["epoch"]) == 3


def test_the_manifest_says_what_is_in_the_file(recognizer, tmp_path):
    save(recognizer, tmp_path / "model")
    with zipfile.ZipFile(tmp_path / "model") as archive:
        assert set(archive.namelist()) == {"manifest.json", "model.json", "arrays.safetensors"}
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["channels"] == ["acc_x", "acc_y", "acc_z", "gyro_x", "gyro_y", "gyro_z"]
    assert (manifest["sampling_rate"], manifest["n_timesteps"], manifest["window_length"]) == (20.0, 50, 2.5)
    assert manifest["classes"] == recognizer.classes_.tolist()
    assert manifest["format"] == 1
    assert set(manifest["versions"]) == {"sklearn-har", "scikit-learn", "numpy", "torch", "imbalanced-learn"}


def test_the_same_model_makes_the_same_file(recognizer, tmp_path):
    for name in "ab":
        save(recognizer, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_files_of_every_release_load_and_predict_what_they_predicted(path):
    loaded = load(path)  # a PredictionsChangedWarning would be an error here
    assert loaded.predict(_rows(loaded)).shape == (100,)


def _rows(model):
    from sklearn_har.deploy._files_windows import made_up

    return made_up(model).iloc[:100]


def test_every_kind_of_file_is_there():
    names = {path.stem.rsplit("-", 1)[0] for path in FILES}
    assert names >= {"cnn", "lstm_smoothed", "rocket", "motion_svm", "tsfresh_boosting"}
    assert all(path.stat().st_size < 200_000 for path in FILES)


def test_a_model_that_predicts_something_else_says_so_with_numbers(table, tmp_path):
    X, y = table
    save(LogisticRegression().fit(X, y), tmp_path / "model", X=X)
    parts = unpacked((tmp_path / "model").read_bytes())
    arrays = _files._safetensors().load(parts.arrays)
    (coefficients,) = [values for values in arrays.values() if set(values.shape) == {3, 4}]
    coefficients *= -1
    changed = packed(parts._replace(arrays=_files._safetensors().save(arrays)))
    (tmp_path / "changed").write_bytes(changed)
    with pytest.warns(PredictionsChangedWarning, match=r"differ by up to 0\.\d+.* in \d of 8 test windows"):
        load(tmp_path / "changed")


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        (
            {"format": 2},
            r"cannot be loaded\. It is of format 2, and this release reads up to 1: install a later",
        ),
        (
            {"versions": {"scikit-learn": "9.9"}},
            r"no_such_class is not there.* saved with \{'scikit-learn': '9",
        ),
    ],
)
def test_other_versions_are_named(manifest, message, table, tmp_path):
    save(LogisticRegression().fit(*table), tmp_path / "model")
    parts = unpacked((tmp_path / "model").read_bytes())
    parts.model["objects"][0]["class"][1] = "no_such_class"
    (tmp_path / "model").write_bytes(packed(parts._replace(manifest=parts.manifest | manifest)))
    with pytest.raises(ModelFileError, match=message):
        load(tmp_path / "model")


def test_parameters_set_after_the_fit_are_found_out(windows, tmp_path):
    model = CNNClassifier(filters=(4,), kernel_sizes=(3,), **SHORT).fit(*windows)
    with pytest.raises(ModelFileError, match="ask for other weights than there are"):
        save(model.set_params(filters=(5,)), tmp_path / "model")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda X: X, r"FunctionTransformer\.func is or holds the function .*<lambda>"),
        (json.dumps, r"json\.dumps.* pass trusted=\['json\.dumps'\]"),
        (np.load, r"numpy\.load"),
    ],
)
def test_functions_are_refused_by_their_place(function, message, tmp_path):
    with pytest.raises(ModelFileError, match=message):
        save(FunctionTransformer(function).fit(np.ones((3, 2))), tmp_path / "model", X=np.ones((3, 2)))


def test_functions_that_only_compute_are_kept(tmp_path):
    model = FunctionTransformer(np.log1p).fit(np.ones((3, 2)))
    save(model, tmp_path / "model", X=np.ones((3, 2)))
    assert load(tmp_path / "model").func is np.log1p


def test_own_classes_need_trust_here_and_there(table, tmp_path, monkeypatch):
    X, y = table
    name = f"{Stranger.__module__}.Stranger"
    module = type(os)(Stranger.__module__)
    module.Stranger = Stranger
    monkeypatch.setitem(__import__("sys").modules, Stranger.__module__, module)
    model = Stranger().fit(X[["a", "b", "c"]], y)
    with pytest.raises(ModelFileError, match=r"holds an instance of .*Stranger.*pass trusted=\["):
        save(model, tmp_path / "model")
    save(model, tmp_path / "model", trusted=[name])
    with pytest.raises(ModelFileError, match=r"It holds .*Stranger, which is not of this library"):
        load(tmp_path / "model")
    assert isinstance(load(tmp_path / "model", trusted=[name]), Stranger)
    with pytest.raises(TypeError, match="trusted must be a sequence"):
        load(tmp_path / "model", trusted=name)


def test_own_networks_need_trust_too(windows, tmp_path, monkeypatch):
    module = type(os)(Flat.__module__)
    module.Flat = Flat
    monkeypatch.setitem(__import__("sys").modules, Flat.__module__, module)
    model = NetworkClassifier(Flat, **SHORT).fit(*windows)
    with pytest.raises(ModelFileError, match=r"NetworkClassifier\.module is or holds"):
        save(model, tmp_path / "model")
    name = f"{Flat.__module__}.Flat"
    save(model, tmp_path / "model", trusted=[name])
    loaded = load(tmp_path / "model", trusted=[name])
    np.testing.assert_array_equal(loaded.predict_proba(windows[0]), model.predict_proba(windows[0]))


@pytest.mark.filterwarnings("ignore:lbfgs failed")
def test_no_place_on_a_disk_is_kept(windows, tmp_path):
    X, y = windows
    features = TsfreshFeatures("minimal", memory=str(tmp_path / "cache"))
    model = make_pipeline(features, LogisticRegression(), memory=str(tmp_path / "steps")).fit(X, y)
    save(model, tmp_path / "model")
    loaded = load(tmp_path / "model")
    assert loaded.memory is None
    assert loaded[0].memory is None
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))


def test_what_is_not_fitted_is_refused(tmp_path):
    with pytest.raises(NotFittedError):
        save(LogisticRegression(), tmp_path / "model")


def test_X_is_asked_for_where_nothing_can_be_made_up(tmp_path):
    model = FunctionTransformer(np.log1p)
    with pytest.raises(ValueError, match=r"does not say what it reads\. Pass X"):
        save(model, tmp_path / "model")


def test_a_full_disk_leaves_the_old_file(table, tmp_path, monkeypatch):
    path = tmp_path / "model"
    path.write_bytes(b"old")

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        save(LogisticRegression().fit(*table), path)
    assert [one.name for one in tmp_path.iterdir()] == ["model"]
    assert path.read_bytes() == b"old"


def test_a_file_that_is_not_there_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "model")
