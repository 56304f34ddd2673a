"""Every estimator of this library, and the company it keeps, is saved and loaded as it was."""

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import make_pipeline as make_sampling_pipeline
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier, StackingClassifier
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC

from sklearn_har.deploy import StreamingRecognizer, load, save
from sklearn_har.testing import estimator_instances
from sklearn_har.windowing import SlidingWindowClassifier

METHODS = "predict", "predict_proba", "decision_function", "transform"
READ_TABLES = "HMMSmoother", "MinimumDuration", "RelevanceSelector", "RidgeClassifierGroupCV"
READ_ROWS = "ButterworthFilter", "GravitySeparator", "Magnitude", "MedianFilter", "SlidingWindow"


@pytest.fixture(scope="module")
def table():
    """Probabilities of three classes, as smoothers want them too, and a column of categories."""
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.ones(3), 60) + np.repeat(np.eye(3), 20, axis=0)
    frame = pd.DataFrame(probabilities / 2, columns=list("abc"))
    return frame.assign(place=pd.Categorical(rng.choice(["hip", "wrist"], 60))), np.repeat(
        ["s", "t", "w"], 20
    )


def assert_same(model, X, path):
    """Saved and loaded, a model says the same bits, of the same kind, and can be cloned."""
    save(model, path, X=X)
    loaded = load(path)
    for method in METHODS:
        assert hasattr(loaded, method) == hasattr(model, method)
        if hasattr(model, method):
            said, found = getattr(model, method)(X), getattr(loaded, method)(X)
            assert type(found) is type(said)
            np.testing.assert_array_equal(np.asarray(found), np.asarray(said))
    assert repr(clone(loaded)) == repr(clone(model))
    return loaded


def instances() -> list:
    """One quick instance of every estimator but SlidingWindowClassifier, which has tests of its own."""
    found = {}
    for one in estimator_instances():
        params = one.get_params()
        if "epochs" in params:
            one.set_params(epochs=1)
        if type(one) is not SlidingWindowClassifier:
            found.setdefault((type(one).__name__, params.get("causal", params.get("cell"))), one)
    return list(found.values())


@pytest.mark.filterwarnings("ignore:There are no groups")
@pytest.mark.parametrize("estimator", instances(), ids=lambda one: type(one).__name__)
def test_every_estimator(estimator, windows, recordings, table, tmp_path):
    X, y = windows
    if type(estimator).__name__ in READ_ROWS:
        X, y = recordings
    if type(estimator).__name__ in READ_TABLES:
        X, y = table[0][list("abc")].to_numpy(), table[1]
    assert_same(estimator.fit(X, y), X, tmp_path / "model")


@pytest.mark.filterwarnings("ignore:lbfgs failed")
@pytest.mark.parametrize(
    "model",
    [
        make_pipeline(
            make_column_transformer((OneHotEncoder(), ["place"]), remainder="passthrough"), StandardScaler()
        ),
        make_column_transformer((OneHotEncoder(sparse_output=True), ["place"]), sparse_threshold=1.0),
        HistGradientBoostingClassifier(max_iter=2),  # of a categorical column
    ],
    ids=["encoded", "sparse", "categories"],
)
def test_columns_of_categories(model, table, tmp_path):
    X, y = table
    save(model.fit(X, y), tmp_path / "model", X=X)
    loaded = load(tmp_path / "model")
    method = "predict_proba" if hasattr(model, "predict_proba") else "transform"
    said, found = (getattr(one, method)(X) for one in (model, loaded))
    assert (said != found).sum() == 0


@pytest.mark.parametrize(
    "model",
    [
        make_sampling_pipeline(StandardScaler(), SMOTE(random_state=0), SVC()),
        make_pipeline(SelectKBest(k=2), StandardScaler().set_output(transform="pandas")),
        GridSearchCV(make_pipeline(StandardScaler(), SVC()), {"svc__C": [1, 2]}, cv=2),
        StackingClassifier([("logistic", LogisticRegression()), ("svc", SVC())], cv=2),
    ],
    ids=lambda model: type(model).__name__,
)
def test_the_company_of_a_table(model, table, tmp_path):
    X, y = table[0][list("abc")], table[1]
    loaded = assert_same(model.fit(X, y), X, tmp_path / "model")
    assert_same(loaded.fit(X, y), X, tmp_path / "model")
    if isinstance(model, GridSearchCV):
        assert_same(model.best_estimator_, X, tmp_path / "model")


@pytest.mark.parametrize(
    "labels",
    [
        np.repeat([3, 5, 9], 20),
        np.repeat([True, False, True], 20),
        np.repeat(np.array(["a", "b", "c"], object), 20),
        pd.Series(pd.Categorical(np.repeat(["a", "b", "c"], 20))),
    ],
    ids=["int", "bool", "object", "categorical"],
)
def test_labels_of_any_kind(labels, table, tmp_path):
    X = table[0][list("abc")].to_numpy(np.float32)
    model = RandomForestClassifier(2, random_state=0).fit(X, labels)
    loaded = assert_same(model, X, tmp_path / "model")
    assert loaded.classes_.dtype == model.classes_.dtype
    assert type(loaded.classes_[0]) is type(model.classes_[0])


def test_a_loaded_recognizer_streams(recognizer, recordings, tmp_path):
    save(recognizer, tmp_path / "model")
    rows = recordings[0].iloc[:200]
    said, found = (
        pd.concat([stream.update(rows), stream.finish()])
        for stream in map(StreamingRecognizer, (recognizer, load(tmp_path / "model")))
    )
    assert len(said) > 2
    pd.testing.assert_frame_equal(found, said)
