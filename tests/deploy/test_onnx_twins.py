"""Twins of tables, linear classifiers and networks beside what they are twins of."""

import numpy as np
import onnxruntime
import pytest
import torch
from sklearn.calibration import CalibratedClassifierCV
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_selection import SelectKBest, VarianceThreshold
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    RobustScaler,
    StandardScaler,
)
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier
from torch import nn

from sklearn_har import classifiers
from sklearn_har.classifiers import NetworkClassifier, RidgeClassifierGroupCV
from sklearn_har.deploy._onnx._graph import graph_of, made_of
from sklearn_har.deploy._onnx._trees import has_tree_graph, tree_graph
from sklearn_har.deploy._onnx._twins import twin
from sklearn_har.features import RelevanceSelector
from sklearn_har.preprocessing import ChannelScaler

RNG = np.random.default_rng(0)
TABLE = RNG.normal(size=(120, 6)) * [1, 2, 30, 1, 0.1, 5] + [0, 1, 400, -3, 0, 20]
CODES = (TABLE[:, 0] > 0).astype(int) + (TABLE[:, 1] > 2)
LABELS = {2: np.array(["sit", "walk"])[(CODES > 0).astype(int)], 3: np.array(["lie", "sit", "walk"])[CODES]}
WINDOWS = RNG.normal(size=(24, 30, 3)) * np.repeat([1.0, 3.0], 12)[:, None, None] + [0.0, 9.81, 0.0]
OF_WINDOWS = np.repeat(["sit", "walk"], 12)
NETWORKS = [
    name
    for name in classifiers.__all__
    if hasattr(getattr(classifiers, name), "module_") and name != "NetworkClassifier"
]

TRANSFORMERS = [
    StandardScaler(),
    StandardScaler(with_mean=False),
    RobustScaler(with_scaling=False),
    MinMaxScaler((-1, 2), clip=True),
    MaxAbsScaler(),
    FunctionTransformer(np.arcsinh),
    FunctionTransformer(),
    PCA(3),
    PCA(2, whiten=True),
    VarianceThreshold(2.0),
    SelectKBest(k=3),
    RelevanceSelector(),
    SimpleImputer(),
    make_union(PCA(2), make_pipeline(StandardScaler(), VarianceThreshold()), "passthrough"),
]
CLASSIFIERS = [
    LogisticRegression(),
    LinearSVC(),
    RidgeClassifier(),
    LinearDiscriminantAnalysis(),
    RidgeClassifierGroupCV(),
    CalibratedClassifierCV(LinearSVC(), cv=2),
    CalibratedClassifierCV(make_pipeline(PCA(3), LinearDiscriminantAnalysis()), cv=2, ensemble=False),
    DummyClassifier(),
    DummyClassifier(strategy="most_frequent"),
    DummyClassifier(strategy="constant", constant="walk"),
    GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2),
]
TREES = [
    RandomForestClassifier(5, random_state=0),
    ExtraTreesClassifier(5, random_state=0),
    GradientBoostingClassifier(n_estimators=3, random_state=0),
]


def named(estimator):
    return type(estimator).__name__


def both(module, values):
    """What a twin gives in float64, and in float32."""
    with torch.no_grad():
        return [
            module.to(dtype)(torch.tensor(values, dtype=dtype)).numpy()
            for dtype in (torch.float64, torch.float32)
        ]


@pytest.mark.parametrize("transformer", TRANSFORMERS, ids=named)
def test_transformer_of_a_table_has_an_equal_twin(transformer):
    expected = transformer.fit(TABLE, LABELS[3]).transform(TABLE)
    for found in both(twin(transformer), TABLE):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("classifier", CLASSIFIERS, ids=named)
@pytest.mark.filterwarnings("ignore::sklearn_har.exceptions.SubjectsUnknownWarning")
def test_linear_classifier_has_an_equal_twin(classifier, n_classes):
    model = make_pipeline(StandardScaler(), classifier).fit(TABLE, LABELS[n_classes])
    says = model.predict_proba if hasattr(model, "predict_proba") else model.decision_function
    expected = says(TABLE)
    if expected.ndim == 1:
        expected = np.column_stack([-expected, expected])
    for found in both(twin(model), TABLE):
        np.testing.assert_allclose(found, expected, atol=2e-5)
        assert (model.classes_[found.argmax(axis=1)] == model.predict(TABLE)).all()


def test_discriminant_of_far_values_is_exact_in_float32():
    far = TABLE + 1e4
    model = LinearDiscriminantAnalysis().fit(far, LABELS[3])
    found = both(twin(model), far)[1]
    values = far.astype(np.float32).astype(np.float64)  # what is left of the table in float32
    np.testing.assert_allclose(found, model.predict_proba(values), atol=1e-4)


def test_calibration_of_far_decisions_is_still_of_one():
    model = CalibratedClassifierCV(LinearSVC(), cv=2).fit(TABLE, LABELS[3])
    far = 1e4 * TABLE
    np.testing.assert_allclose(both(twin(model), far)[1].sum(axis=1), 1, rtol=1e-6)


@pytest.mark.parametrize("function", [np.log1p, np.arcsinh])
def test_functions_keep_the_digits_of_small_and_large_values(function):
    sizes = np.geomspace(1e-12, 1e30, 200)[:, np.newaxis]
    values = np.concatenate([sizes, [[0.0]]] if function is np.log1p else [sizes, [[0.0]], -sizes])
    found = both(twin(FunctionTransformer(function).fit(values)), values)[1]
    np.testing.assert_allclose(found, function(values), rtol=1e-6)


def test_calibration_of_a_frozen_classifier():
    fitted = LinearSVC().fit(StandardScaler().fit_transform(TABLE), LABELS[3])
    model = CalibratedClassifierCV(FrozenEstimator(fitted)).fit(TABLE, LABELS[3])
    np.testing.assert_allclose(both(twin(model), TABLE)[0], model.predict_proba(TABLE), atol=1e-5)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("classifier", TREES, ids=named)
def test_trees_have_an_equal_graph(classifier, n_classes):
    values = TABLE.astype(np.float32)
    classifier.fit(values, LABELS[n_classes])
    assert has_tree_graph(classifier)
    graph = tree_graph(classifier)
    found = onnxruntime.InferenceSession(graph.SerializeToString()).run(None, {"table": values})[0]
    np.testing.assert_allclose(found, classifier.predict_proba(values), atol=1e-6)


@pytest.mark.parametrize("classifier", [DecisionTreeClassifier(random_state=0), *TREES[:2]], ids=named)
@pytest.mark.parametrize("in_fit", [True, False])
def test_trees_send_missing_values_where_they_learned_to(classifier, in_fit):
    values = TABLE.astype(np.float32)
    holed = np.where(RNG.random(values.shape) < 0.2, np.float32(np.nan), values)
    classifier.fit(holed if in_fit else values, LABELS[3])
    session = onnxruntime.InferenceSession(tree_graph(classifier).SerializeToString())
    (found,) = session.run(None, {"table": holed})
    np.testing.assert_allclose(found, classifier.predict_proba(holed), atol=1e-6)


def test_boosting_behind_another_classifier_has_no_graph():
    model = GradientBoostingClassifier(n_estimators=2, init=LogisticRegression())
    with pytest.raises(TypeError, match=r"skl2onnx does not convert .*init"):
        tree_graph(model.fit(StandardScaler().fit_transform(TABLE), LABELS[2]))


@pytest.mark.parametrize(
    ("estimator", "words"),
    [
        (FunctionTransformer(np.sin), "FunctionTransformer of sin .* numpy.arcsinh"),
        (SimpleImputer(add_indicator=True), "add_indicator"),
        (DummyClassifier(strategy="uniform"), "draws lots"),
        (CalibratedClassifierCV(LinearSVC(), method="isotonic", cv=2), 'method="sigmoid"'),
        (CalibratedClassifierCV(DummyClassifier(), cv=2), "DummyClassifier is no linear classifier"),
    ],
    ids=lambda value: named(value) if hasattr(value, "fit") else "",
)
def test_what_has_no_twin_says_why(estimator, words):
    with pytest.raises(TypeError, match=words):
        twin(estimator.fit(TABLE, LABELS[3]))


def test_scaler_of_channels_has_a_twin_for_windows():
    scaler = ChannelScaler().fit(WINDOWS)
    for found in both(twin(scaler), WINDOWS):
        np.testing.assert_allclose(found, scaler.transform(WINDOWS), atol=1e-5)


@pytest.mark.parametrize("name", NETWORKS)
def test_network_gives_the_same_for_any_number_of_windows(name):
    model = getattr(classifiers, name)(epochs=1, batch_size=8, random_state=0).fit(WINDOWS, OF_WINDOWS)
    session = onnxruntime.InferenceSession(graph_of(model, made_of(model, []), 30, 3).SerializeToString())
    expected = model.predict_proba(WINDOWS)
    for n_windows in (1, 5, 24):
        found = session.run(None, {"windows": WINDOWS[:n_windows].astype(np.float32)})[0]
        np.testing.assert_allclose(found, expected[:n_windows], atol=1e-5)


class Means(nn.Module):
    """A network of a user's, which looks at means alone."""

    def __init__(self, n_timesteps, n_channels, n_classes):
        super().__init__()
        self.head = nn.Linear(n_channels, n_classes)

    def forward(self, windows):
        return self.head(windows.mean(dim=1))


def test_network_of_a_user():
    model = NetworkClassifier(Means, epochs=1, batch_size=8, random_state=0).fit(WINDOWS, OF_WINDOWS)
    session = onnxruntime.InferenceSession(graph_of(model, made_of(model, []), 30, 3).SerializeToString())
    found = session.run(None, {"windows": WINDOWS.astype(np.float32)})[0]
    np.testing.assert_allclose(found, model.predict_proba(WINDOWS), atol=1e-5)


class Frequencies(Means):
    """A network with an operator of complex numbers."""

    def forward(self, windows):
        return self.head(torch.fft.rfft(windows, dim=1).abs().mean(dim=1))


def test_network_with_an_operator_that_cannot_be_exported():
    model = NetworkClassifier(Frequencies, epochs=1, batch_size=8, random_state=0).fit(WINDOWS, OF_WINDOWS)
    with pytest.raises(TypeError, match=r"fft.*Write it with others"):
        graph_of(model, made_of(model, []), 30, 3)
