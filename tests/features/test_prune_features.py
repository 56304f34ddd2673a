"""Pipelines that compute only what their selectors keep, and predict the same."""

import numpy as np
import pytest
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import make_pipeline as make_sampling_pipeline
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.feature_selection import SelectKBest, VarianceThreshold
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    RobustScaler,
    StandardScaler,
)
from sklearn.tree import DecisionTreeClassifier

from sklearn_har.datasets import make_recordings
from sklearn_har.features import RelevanceSelector, TsfreshFeatures, _calculations, prune_features
from sklearn_har.preprocessing import ChannelScaler
from sklearn_har.windowing import SlidingWindowClassifier, Windows

# of SelectKBest, for the length of windows
pytestmark = pytest.mark.filterwarnings("ignore:Features .* are constant", "ignore:invalid value encountered")

SETTINGS = {
    "mean": None,
    "maximum": None,
    "standard_deviation": None,
    "length": None,
    "quantile": [{"q": 0.1}, {"q": 0.9}],
    "sample_entropy": None,  # infinite or NaN on short windows
    "number_peaks": [{"n": 1}, {"n": 3}],
}


def some(n_windows=90, seed=0):
    rng = np.random.default_rng(seed)
    labels = np.repeat(["lying", "sitting", "walking"], n_windows // 3)
    values = rng.normal(size=(n_windows, 9, 3))
    values[labels == "sitting", :, 0] += 1
    values[labels == "walking", :, 2] *= 2
    return Windows(values, channel_names=["acc_x", "acc_y", "acc_z"]), labels


def model(*between, on_undefined="impute", classifier=None, make=make_pipeline):
    classifier = LogisticRegression() if classifier is None else classifier
    return make(TsfreshFeatures(SETTINGS, on_undefined=on_undefined), *between, classifier)


def assert_predicts_the_same(pruned, full, windows):
    np.testing.assert_array_equal(pruned.predict(windows), full.predict(windows))
    np.testing.assert_allclose(
        pruned.predict_proba(windows), full.predict_proba(windows), rtol=1e-9, atol=1e-12
    )


@pytest.mark.parametrize(
    "between",
    [
        (RelevanceSelector(),),
        (StandardScaler(), RelevanceSelector()),
        (RelevanceSelector(), StandardScaler()),
        (MinMaxScaler(), MaxAbsScaler(), RelevanceSelector(), RobustScaler(), SelectKBest(k=4)),
        (StandardScaler(with_mean=False, with_std=False), "passthrough", SelectKBest(k=3), PCA(2)),
        (VarianceThreshold(), StandardScaler(), SelectKBest(k=5)),
    ],
)
@pytest.mark.parametrize("on_undefined", ["impute", "drop"])
@pytest.mark.parametrize("output", ["default", "pandas"])
def test_predictions_are_the_same(between, on_undefined, output):
    windows, labels = some()
    others, _ = some(seed=1)
    full = clone(model(*between, on_undefined=on_undefined)).set_output(transform=output)
    full.fit(windows, labels)
    before = full[0].get_feature_names_out()
    pruned = prune_features(full)
    assert 0 < len(pruned[0].get_feature_names_out()) < len(before)
    assert_predicts_the_same(pruned, full, others)
    assert_predicts_the_same(pruned, full, others[:1])
    np.testing.assert_array_equal(full[0].get_feature_names_out(), before)


def test_medians_for_undefined_values_are_kept():
    windows, labels = some()
    full = model(SelectKBest(k=20)).fit(windows, labels)
    assert np.any(full[0].n_undefined_)
    pruned = prune_features(full)
    kept = full[1].get_support()
    np.testing.assert_array_equal(pruned[0].medians_, full[0].medians_[kept])
    np.testing.assert_array_equal(pruned[0].n_undefined_, full[0].n_undefined_[kept])
    flat = np.zeros((1, 9, 3))
    np.testing.assert_allclose(pruned[0].transform(flat), full[:2].transform(flat), rtol=1e-12)


def test_only_kept_features_are_computed(monkeypatch):
    windows, labels = some()
    pruned = prune_features(model(SelectKBest(k=2)).fit(windows, labels))
    asked = {name for settings in pruned[0].settings_.values() for name in settings}
    called = set()
    for name in SETTINGS:
        function = getattr(_calculations.calculators, name)
        monkeypatch.setattr(
            _calculations.calculators,
            name,
            lambda batch, parameters, name=name, function=function: (
                called.add(name) or function(batch, parameters)
            ),
        )
    pruned.predict(windows)
    assert called == asked
    assert 0 < len(called) <= 2


def test_a_clone_computes_the_same_columns_and_learns_anew():
    windows, labels = some()
    full = model(StandardScaler(), RelevanceSelector()).fit(windows, labels)
    pruned = prune_features(full)
    again = clone(pruned).fit(windows, labels)
    assert list(again[0].get_feature_names_out()) == list(full[:-1].get_feature_names_out())
    assert_predicts_the_same(again, full, windows)


def test_inside_cross_validation_and_search():
    windows, labels = some()
    full = model(StandardScaler(), RelevanceSelector(), classifier=DecisionTreeClassifier(random_state=0))
    found = cross_validate(full, windows, labels, cv=3, return_estimator=True, return_indices=True)
    for fitted, test in zip(found["estimator"], found["indices"]["test"], strict=True):
        assert_predicts_the_same(prune_features(fitted), fitted, windows[test])
    search = GridSearchCV(full, {"relevanceselector__fdr_level": [0.01, 0.1]}, cv=3).fit(windows, labels)
    assert_predicts_the_same(prune_features(search.best_estimator_), search, windows)


def test_steps_before_the_features_and_samplers_stay():
    windows, labels = some()
    full = make_sampling_pipeline(
        ChannelScaler(),
        TsfreshFeatures(SETTINGS),
        SMOTE(random_state=0),
        RelevanceSelector(),
        LogisticRegression(max_iter=1000),
    )
    full.fit(windows[:80], labels[:80])
    pruned = prune_features(full)
    assert list(pruned.named_steps) == list(full.named_steps)
    assert_predicts_the_same(pruned, full, windows)


def test_inside_a_recognizer():
    rows, labels = make_recordings(n_subjects=3, random_state=0, return_X_y=True)
    recognizer = SlidingWindowClassifier(
        make_pipeline(TsfreshFeatures("minimal"), SelectKBest(k=3), DecisionTreeClassifier(random_state=0)),
        window_length=2.56,
    ).fit(rows, labels)
    before = recognizer.predict(rows)
    recognizer.estimator_ = prune_features(recognizer.estimator_)
    np.testing.assert_array_equal(recognizer.predict(rows), before)


def test_what_is_undefined_stays_so_if_asked():
    windows, _ = some()
    features = TsfreshFeatures(SETTINGS, on_undefined="nan")
    table = features.fit_transform(windows)
    assert not np.isfinite(table).all()
    kept = np.arange(table.shape[1]) % 3 > 0
    np.testing.assert_allclose(features.restrict(kept).transform(windows), table[:, kept], rtol=1e-12)


def test_restrict_takes_a_mask_that_keeps_something():
    features = TsfreshFeatures("minimal").fit(some()[0])
    for support in (np.ones(29, bool), np.zeros(30, bool), np.arange(30)):
        with pytest.raises(ValueError, match="support must be a boolean mask of 30 columns"):
            features.restrict(support)
    names = features.get_feature_names_out()
    assert list(features.restrict(np.arange(30) % 7 == 0).get_feature_names_out()) == list(names[::7])


@pytest.mark.parametrize(
    ("pipeline", "message"),
    [
        (make_pipeline(StandardScaler(), LogisticRegression()), "no step TsfreshFeatures"),
        (model(StandardScaler()), "no selector after 'tsfreshfeatures'"),
        (model(PCA(4), SelectKBest(k=2)), "'pca', PCA.* cannot be cut"),
        (model(FunctionTransformer(), SelectKBest(k=2)), "'functiontransformer', .* cannot be cut"),
    ],
)
def test_other_pipelines_are_refused(pipeline, message):
    windows, labels = some()
    X = windows if "tsfreshfeatures" in pipeline.named_steps else np.asarray(windows)[:, :, 0]
    with pytest.raises(ValueError, match=message):
        prune_features(pipeline.fit(X, labels))


def test_what_is_no_pipeline_is_refused():
    with pytest.raises(TypeError, match="must be a fitted Pipeline"):
        prune_features(LogisticRegression())


def test_selectors_that_keep_nothing_are_refused():
    windows, labels = some()
    full = Pipeline([("features", TsfreshFeatures("minimal")), ("select", RelevanceSelector(0.0))])
    with pytest.raises(ValueError, match="keep no feature"):
        prune_features(full.fit(windows, labels))
