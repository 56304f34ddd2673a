"""A recognizer in one ONNX file says what the recognizer says, and nothing heavy is imported for it."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pandas as pd
import pytest
import torch
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline as make_sampling_pipeline
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import LinearSVC
from torch import nn

from sklearn_har.classifiers import CNNClassifier, CNNLSTMClassifier, NetworkClassifier
from sklearn_har.deploy import OnnxRecognizer, StreamingRecognizer, export_onnx, save
from sklearn_har.deploy._onnx._facts import KEY
from sklearn_har.deploy._onnx._twins import twin
from sklearn_har.exceptions import ModelFileError, PredictionsChangedWarning
from sklearn_har.model_selection import SubjectKFold
from sklearn_har.preprocessing import (
    ButterworthFilter,
    ChannelScaler,
    GravitySeparator,
    Magnitude,
    MedianFilter,
)
from sklearn_har.sampling import WindowSampler
from sklearn_har.smoothing import HMMSmoother, MinimumDuration
from sklearn_har.windowing import SlidingWindowClassifier, Windows, validate_windows

ROOT = Path(__file__).parents[2]
NETWORK = {"epochs": 1, "random_state": 0}


class Spreads(TransformerMixin, BaseEstimator):
    """Standard deviations of channels: features of windows, in few lines."""

    def fit(self, X, y=None):
        validate_windows(self, X, reset=True)
        return self

    def transform(self, X):
        return np.asarray(validate_windows(self, X, reset=False)).std(axis=1)


class SpreadsTwin(nn.Module):
    def forward(self, windows):
        return (windows - windows.mean(dim=1, keepdim=True)).square().mean(dim=1).sqrt()


@pytest.fixture(autouse=True, scope="module")
def registered():
    twin.register(Spreads)(lambda estimator: SpreadsTwin())


def of_rows(estimator, **params):
    return SlidingWindowClassifier(estimator, window_length=2.5, **params)


MODELS = {
    "filters, smoother": lambda: make_pipeline(
        MedianFilter(3),
        ButterworthFilter(high=8.0, zero_phase=False),
        GravitySeparator(zero_phase=False),
        Magnitude(),
        ChannelScaler(),
        of_rows(
            CNNClassifier(**NETWORK), smoother=HMMSmoother(causal=True, emission_weight=0.5), smoother_folds=2
        ),
    ),
    "duration": lambda: of_rows(
        make_sampling_pipeline(
            ChannelScaler(), WindowSampler(RandomOverSampler(random_state=0)), CNNLSTMClassifier(**NETWORK)
        ),
        smoother=MinimumDuration(3.0, causal=True),
        smoother_folds=2,
    ),
    "zero phase, search": lambda: make_pipeline(
        ButterworthFilter(high=8.0),
        GridSearchCV(
            of_rows(make_pipeline(Spreads(), "passthrough", StandardScaler(), LinearSVC())),
            {"estimator__linearsvc__C": [0.1, 1.0]},
            cv=SubjectKFold(2),
        ),
    ),
    "trees": lambda: of_rows(
        make_pipeline(Spreads(), FunctionTransformer(np.arcsinh), ExtraTreesClassifier(20, random_state=0))
    ),
}


@pytest.fixture(scope="module", params=MODELS)
def exported(request, recordings, tmp_path_factory):
    """A fitted recognizer, its file, and the report."""
    X, y = recordings
    fitted = MODELS[request.param]().fit(X, y)
    path = tmp_path_factory.mktemp("onnx") / "recognizer.onnx"
    return fitted, path, export_onnx(fitted, path, X=X)


@pytest.fixture(scope="module")
def cnn(windows):
    return CNNClassifier(**NETWORK).fit(*windows)


@pytest.fixture(scope="module")
def cnn_file(cnn, windows, tmp_path_factory):
    path = tmp_path_factory.mktemp("onnx") / "cnn.onnx"
    export_onnx(cnn, path, X=windows[0])
    return path


def in_rows(fitted, X):
    """The recognizer of windows at the end, and the rows that come to it."""
    if hasattr(fitted, "steps"):
        X, fitted = fitted[:-1].transform(X), fitted[-1]
    return getattr(fitted, "best_estimator_", fitted), X


def test_file_says_of_rows_what_the_recognizer_says(exported, recordings):
    fitted, path, report = exported
    X = recordings[0]
    from_file = OnnxRecognizer(path)
    assert (from_file.predict(X) == fitted.predict(X)).all()
    assert hasattr(from_file, "predict_proba") == hasattr(fitted, "predict_proba")
    recognizer, rows = in_rows(fitted, X)
    pd.testing.assert_frame_equal(
        from_file.predict_windows(X), recognizer.predict_windows(rows), check_exact=False, atol=1e-5
    )
    pd.testing.assert_frame_equal(
        from_file.segments(X), recognizer.segments(rows), check_exact=False, atol=1e-5
    )
    assert (report.path, report.agreement) == (path, 1.0)
    assert report.largest_difference < 1e-4
    assert report.n_bytes == path.stat().st_size
    assert onnx.checker.check_model(onnx.load(path), full_check=True) is None


@pytest.mark.filterwarnings("ignore::sklearn_har.exceptions.SuspectRecordingsWarning")
def test_stream_of_a_file_says_what_the_file_says(exported, recordings):
    fitted, path, _ = exported
    if "zero_phase=True" in str(fitted) or isinstance(
        fitted[0] if hasattr(fitted, "steps") else None, ButterworthFilter
    ):
        with pytest.raises(ValueError, match="zero_phase"):
            StreamingRecognizer(OnnxRecognizer(path))
        return
    rows = recordings[0].loc[[1]]
    from_file = OnnxRecognizer(path)
    batch, stream = from_file.predict_windows(rows), StreamingRecognizer(from_file)
    parts = [stream.update(rows.iloc[first : first + 333]) for first in range(0, len(rows), 333)]
    state = json.loads(json.dumps(stream.state()))
    parts.append(StreamingRecognizer(from_file).restore(state).finish())
    said = pd.concat([part for part in parts if len(part)], ignore_index=True)
    pd.testing.assert_frame_equal(said[batch.columns], batch, check_exact=False, atol=1e-6)


def test_classifier_of_windows_goes_on_windows_and_on_rows(cnn, cnn_file, recordings, windows):
    from_file = OnnxRecognizer(cnn_file)
    values = windows[0]
    np.testing.assert_allclose(from_file.predict_proba(values), cnn.predict_proba(values), atol=1e-5)
    assert (from_file.predict(np.asarray(values)) == cnn.predict(values)).all()
    assert from_file.predict(recordings[0]).shape == recordings[1].shape
    windows_facts = from_file.facts_["windows"]
    assert (windows_facts["n_timesteps"], windows_facts["step"], windows_facts["sampling_rate"]) == (
        50,
        25,
        20.0,
    )
    assert windows_facts["units"] == ["m/s²"] * 3 + ["rad/s"] * 3
    with pytest.raises(ValueError, match="channels"):
        from_file.predict(np.asarray(values)[:, :, :2])
    named = Windows(
        np.asarray(values), channel_names=["gyro_x", *values.channel_names[1:]], sampling_rate=20.0
    )
    with pytest.raises(ValueError, match="'gyro_x'"):
        from_file.predict(named)


@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
def test_other_rows_are_refused(cnn_file, recordings):
    from_file = OnnxRecognizer(cnn_file)
    X = recordings[0]
    with pytest.raises(ValueError, match="feature names"):
        from_file.predict(X[X.columns[::-1]])
    with pytest.raises(ValueError, match="has lost their index"):
        from_file.predict(X.to_numpy())


@pytest.mark.parametrize("labels", [[3, 7], [False, True], [1.0, 2.0], ["a", "b"]])
def test_labels_of_any_kind(windows, tmp_path, labels):
    values, activities = windows
    labels = np.array(labels)[(activities == activities[0]).astype(int)]
    model = CNNClassifier(**NETWORK).fit(values, labels)
    export_onnx(model, tmp_path / "model.onnx", X=values)
    found = OnnxRecognizer(tmp_path / "model.onnx").predict(values)
    assert found.dtype == labels.dtype
    assert (found == model.predict(values)).all()


def test_half_precision_is_smaller_and_agrees(cnn, cnn_file, windows, tmp_path):
    report = export_onnx(cnn, tmp_path / "half.onnx", X=windows[0], precision="float16")
    assert report.n_bytes < 0.75 * cnn_file.stat().st_size
    assert report.agreement > 0.95
    assert 0 < report.largest_difference < 1e-2


def test_whole_numbers_are_smaller_and_say_what_is_left(windows, tmp_path):
    model = CNNLSTMClassifier(**NETWORK).fit(*windows)
    plain = export_onnx(model, tmp_path / "plain.onnx", X=windows[0])
    report = export_onnx(model, tmp_path / "whole.onnx", X=windows[0], precision="int8")
    assert report.n_bytes < plain.n_bytes
    assert report.not_quantized == {"LSTM": 1}
    assert report.agreement > 0.9
    found = OnnxRecognizer(tmp_path / "whole.onnx").predict_proba(windows[0])
    assert np.abs(found - model.predict_proba(windows[0])).max() == pytest.approx(report.largest_difference)


def test_whole_numbers_need_windows_and_a_network(cnn, windows, tmp_path):
    with pytest.raises(ValueError, match="calibrated on windows of training"):
        export_onnx(cnn, tmp_path / "model.onnx", precision="int8")
    trees = make_pipeline(Spreads(), ExtraTreesClassifier(5)).fit(*windows)
    with pytest.raises(ValueError, match="is for networks, and 'extratreesclassifier' is a"):
        export_onnx(trees, tmp_path / "model.onnx", X=windows[0], precision="int8")
    with pytest.raises(ValueError, match="precision must be one of float32, float16, int8; got 'int4'"):
        export_onnx(cnn, tmp_path / "model.onnx", precision="int4")


class Unknown(Spreads):
    """A transformer that nobody registered."""


@pytest.fixture
def forgotten():
    """Make a twin unknown although its base class has one."""

    def refuse(estimator):
        raise TypeError("Unknown has no counterpart in ONNX here.")

    twin.register(Unknown)(refuse)


@pytest.mark.usefixtures("forgotten")
def test_all_steps_that_cannot_be_exported_are_named(windows, tmp_path):
    sine = FunctionTransformer(np.sin)
    model = make_pipeline(Unknown(), StandardScaler(), sine, LinearSVC()).fit(*windows)
    with pytest.raises(TypeError, match=r"2 of 4 steps.*'unknown': .*'functiontransformer': .*numpy.arcsinh"):
        export_onnx(model, tmp_path / "model.onnx", X=windows[0])
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("forgotten")
def test_rows_smoother_and_steps_are_named_together(recordings, tmp_path):
    inner = make_pipeline(Unknown(), StandardScaler(), LinearSVC())
    scaler = StandardScaler().set_output(transform="pandas")
    model = make_pipeline(scaler, of_rows(inner, smoother=MinimumDuration(3.0), smoother_folds=2))
    with pytest.raises(TypeError, match=r"3 of 5 steps.*standardscaler.*smoother__causal.*'unknown': "):
        export_onnx(model.fit(*recordings), tmp_path / "model.onnx", X=recordings[0])


def test_only_classifiers_are_written(windows, tmp_path):
    with pytest.raises(TypeError, match="Spreads is no classifier"):
        export_onnx(Spreads().fit(windows[0]), tmp_path / "model.onnx", X=windows[0])


def test_windows_of_another_size_are_refused_by_the_classifier(cnn, windows, tmp_path):
    with pytest.raises(ValueError, match="X has windows of 49 timesteps, but CNNClassifier"):
        export_onnx(cnn, tmp_path / "model.onnx", X=np.asarray(windows[0])[:, 1:])


def test_without_onnxruntime_it_says_what_to_install(cnn_file, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ImportError, match=r"sklearn-har\[onnx\]"):
        OnnxRecognizer(cnn_file)


def test_values_that_make_nan_are_refused(cnn_file, windows):
    values = np.asarray(windows[0][:3]).astype(np.float64)
    values[1, ::2] = 3e38
    with pytest.raises(ValueError, match="NaN for 1 windows, the first of them window 1"):
        OnnxRecognizer(cnn_file).predict(values)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (
            lambda: of_rows(CNNClassifier(**NETWORK), smoother=HMMSmoother(), smoother_folds=2),
            "smoother__causal",
        ),
        (
            lambda: make_pipeline(
                StandardScaler().set_output(transform="pandas"), of_rows(CNNClassifier(**NETWORK))
            ),
            r"standardscaler \(StandardScaler\)",
        ),
        (
            lambda: make_pipeline(
                ChannelScaler(per="subject", unknown="pooled"), of_rows(CNNClassifier(**NETWORK))
            ),
            'per="subject"',
        ),
    ],
)
def test_what_is_beside_the_graph_and_cannot_be_is_named(model, words, recordings, tmp_path):
    with pytest.raises(TypeError, match=words):
        export_onnx(model().fit(*recordings), tmp_path / "model.onnx", X=recordings[0])


class Stuck(nn.Module):
    """A network that takes the number of windows from the batch that it is traced with."""

    def __init__(self, n_timesteps, n_channels, n_classes):
        super().__init__()
        self.head = nn.Linear(n_channels, n_classes)

    def forward(self, windows):
        return self.head(windows.mean(dim=1).view(int(windows.shape[0]), -1)) + torch.zeros(len(windows), 1)


def test_network_for_a_fixed_number_of_windows_is_refused(windows, tmp_path):
    model = NetworkClassifier(Stuck, **NETWORK).fit(*windows)
    with pytest.raises(TypeError, match="forward of a network fixes their number"):
        export_onnx(model, tmp_path / "model.onnx", X=windows[0])


def test_without_data_windows_are_made_up(cnn, tmp_path):
    assert export_onnx(cnn, tmp_path / "model.onnx").agreement == 1.0
    OnnxRecognizer(tmp_path / "model.onnx")


def test_full_disk_leaves_what_was_there(cnn, windows, tmp_path, monkeypatch):
    path = tmp_path / "model.onnx"
    path.write_bytes(b"before")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        export_onnx(cnn, path, X=windows[0])
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [b"before"]


def test_damaged_and_foreign_files_are_refused(cnn_file, tmp_path):
    content = cnn_file.read_bytes()
    cases = {"cut.onnx": content[:-3000], "text.onnx": b"no model", "empty.onnx": b""}
    for name, damaged in cases.items():
        (tmp_path / name).write_bytes(damaged)
        with pytest.raises(ModelFileError, match=f"{name} cannot be loaded"):
            OnnxRecognizer(tmp_path / name)
    with pytest.raises(FileNotFoundError):
        OnnxRecognizer(tmp_path / "nowhere.onnx")


def test_a_file_of_save_is_refused_with_what_reads_it(cnn, tmp_path):
    save(cnn, tmp_path / "cnn.harmodel")
    with pytest.raises(ModelFileError, match="files of save are: load reads those"):
        OnnxRecognizer(tmp_path / "cnn.harmodel")


def test_the_graph_says_what_it_reads_and_gives(exported):
    fitted, path, _ = exported
    graph = onnx.load(path)
    (windows,) = graph.graph.input
    facts = json.loads(graph.metadata_props[0].value)["windows"]
    shape = f"{facts['n_timesteps']} rows of {facts['n_channels']} channels, at {facts['sampling_rate']:g} Hz"
    assert windows.doc_string.startswith(f"Windows of {shape}. Channels, in this order: ")
    assert windows.doc_string.endswith(f"{facts['channels'][-1]} ({facts['units'][-1]}).")
    assert graph.doc_string.startswith(windows.doc_string)
    _, values = graph.graph.output
    assert values.doc_string.endswith(f": {', '.join(map(str, fitted.classes_))}.")


def with_facts(path, target, change):
    """A copy of a file in which what it says of itself is changed."""
    model = onnx.load(path)
    facts = json.loads(model.metadata_props[0].value)
    change(facts)
    del model.metadata_props[:]
    if facts:
        model.metadata_props.add(key=KEY, value=json.dumps(facts))
    onnx.save(model, target)
    return target


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (dict.clear, "not one of export_onnx"),
        (lambda facts: facts.update(format=99), "install a later sklearn-har"),
        (lambda facts: facts.pop("windows"), "making its recognizer again raises"),
        (lambda facts: facts["windows"].update(n_timesteps=7), "making its recognizer again raises"),
        (
            lambda facts: facts["steps"].append(
                {"name": "a", "class": "Popen", "parameters": {}, "fitted": {}}
            ),
            "of a class that no file names",
        ),
    ],
)
def test_wrong_facts_are_refused(cnn_file, tmp_path, change, words):
    with pytest.raises(ModelFileError, match=words):
        OnnxRecognizer(with_facts(cnn_file, tmp_path / "changed.onnx", change))


def test_changed_graph_is_warned_of(cnn_file, tmp_path):
    model = onnx.load(cnn_file)
    weights = next(tensor for tensor in model.graph.initializer if len(tensor.dims) == 2)
    values = -onnx.numpy_helper.to_array(weights)
    weights.CopyFrom(onnx.numpy_helper.from_array(values, weights.name))
    onnx.save(model, tmp_path / "changed.onnx")
    with pytest.warns(PredictionsChangedWarning, match="does not say what it said"):
        OnnxRecognizer(tmp_path / "changed.onnx")


RUN = """
import pickle, sys
HEAVY = "torch", "numba", "tsfresh", "skorch", "imblearn", "onnx", "skl2onnx", "safetensors"
class NotInstalled:
    def find_spec(name, path=None, target=None):
        if name in HEAVY:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, NotInstalled)
def refuse(*args, **kwargs):
    raise AssertionError("something was unpickled")
import pandas as pd
import sklearn_har.deploy
pickle.load = pickle.loads = pickle.Unpickler = refuse
from sklearn_har.deploy import OnnxRecognizer, StreamingRecognizer
X = pd.read_csv(sys.argv[2], index_col=[0, 1, 2])
recognizer = OnnxRecognizer(sys.argv[1])
said = recognizer.predict(X)
recognizer.predict_windows(X)
stream = StreamingRecognizer(recognizer)
stream.update(X.iloc[:200])
print(" ".join(said))
"""


@pytest.mark.parametrize("exported", ["filters, smoother"], indirect=True)
def test_nothing_heavy_is_imported(exported, recordings, tmp_path):
    fitted, path, _ = exported
    X = recordings[0]
    rows = X.loc[[2]]
    rows.to_csv(tmp_path / "rows.csv")
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(path), str(tmp_path / "rows.csv")],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == fitted.predict(rows).tolist()
