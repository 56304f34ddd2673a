"""The classifier of random kernels and statistics: its choices, parts, people and bad input."""

import copy
import pickle
import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
import sklearn
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from sklearn_har.classifiers import (
    RidgeClassifierGroupCV,
    RocketClassifier,
    _rocket_classifier,
    _rocket_table,
)
from sklearn_har.datasets import make_recordings
from sklearn_har.exceptions import SubjectsUnknownWarning, UnlabelledWarning, UnlearnedLabelsWarning
from sklearn_har.features import _tables
from sklearn_har.model_selection import SubjectKFold
from sklearn_har.recordings import drop_unlabelled, subjects
from sklearn_har.sampling import WindowSampler
from sklearn_har.windowing import SlidingWindowClassifier, Windows, sliding_windows

SPREADS = {"sit": 0.1, "stand": 1.0, "walk": 3.0}


def make_windows(n_windows=60, n_timesteps=20, n_channels=2, labels=("sit", "stand", "walk"), seed=0):
    """Windows of four people that differ in how much moves, and somewhat from person to person."""
    rng = np.random.default_rng(seed)
    y = np.array(labels)[np.arange(n_windows) % len(labels)]
    people = np.arange(n_windows) * 4 // n_windows
    values = rng.normal(size=(n_windows, n_timesteps, n_channels))
    values *= np.array([SPREADS[label] for label in y])[:, np.newaxis, np.newaxis]
    return Windows(values + 0.3 * people[:, np.newaxis, np.newaxis], subjects=people, sampling_rate=10.0), y


def small(**parameters):
    return RocketClassifier(**{"n_kernels": 84, "random_state": 0, "verbose": False} | parameters)


def turns(n_people=5):
    """Windows of walking on, between turning left and turning right."""
    X, y = make_recordings(
        n_people,
        ("walking", "turning_left", "turning_right"),
        label_transitions=False,
        random_state=0,
        return_X_y=True,
    )
    windows, labels = sliding_windows(*drop_unlabelled(X, y), window_length=2.56)
    return windows, np.asarray(labels)


@pytest.fixture(scope="module")
def fitted():
    windows, y = make_windows()
    return small().fit(windows, y), windows, y


def test_the_ridge_of_the_table_is_what_decides(fitted):
    model, windows, y = fitted
    table = model._table.make(windows)
    assert table.dtype == np.float32
    ridge = RidgeClassifierGroupCV(class_weight="balanced_sqrt").fit(table, y, groups=windows.subjects)
    assert ridge.alpha_ == model.ridge_.alpha_
    np.testing.assert_allclose(model.decision_function(windows), ridge.decision_function(table), atol=1e-5)
    np.testing.assert_allclose(model.predict_proba(windows), ridge.predict_proba(table), atol=1e-4)
    assert (model.predict(windows) == y).all()


def test_ramps_stay_where_they_help_people_left_out():
    windows, y = turns()
    with_ramps, without = small().fit(windows, y), small(n_ramps=0).fit(windows, y)
    assert with_ramps.ramped_
    assert not without.ramped_
    assert with_ramps.ridge_.best_score_ > without.ridge_.best_score_
    n_ramps = with_ramps.ridge_.n_features_in_ - without.ridge_.n_features_in_
    assert 0 < n_ramps <= 15 * 8  # six channels and two magnitudes


def test_ramps_that_do_not_help_are_left_out():
    windows, y = make_windows()
    model, without = small().fit(windows, y), small(n_ramps=0).fit(windows, y)
    assert not model.ramped_
    np.testing.assert_array_equal(model.predict_proba(windows), without.predict_proba(windows))


def test_held_out_decisions_are_those_of_the_windows_given():
    windows, y = make_windows()
    y = y.astype(object)
    y[[3, 17]] = None
    weights = np.ones(len(y))
    weights[5] = 0.0
    left_out = [3, 5, 17]
    with pytest.warns(UnlabelledWarning, match="2 of 60"):
        model = small().fit(windows, y, sample_weight=weights)
    decisions = model.held_out_decisions_
    assert decisions.shape == (60, 3)
    assert np.isnan(decisions[left_out]).all()
    kept = np.setdiff1d(np.arange(60), left_out)
    assert np.isfinite(decisions[kept]).all()
    predicted = model.classes_[decisions[kept].argmax(axis=1)]
    assert np.mean(predicted == y[kept].astype(str)) == pytest.approx(model.ridge_.best_score_)


@pytest.mark.parametrize("class_weight", [None, {"sit": 1.0, "walk": 3.0, "stand": 0.5}, "balanced_sqrt"])
def test_weight_zero_is_removal(class_weight):
    windows, y = make_windows()
    weights = np.where(np.arange(len(y)) % 7 == 0, 0.0, 1.5)
    kept = np.flatnonzero(weights)
    model = small(class_weight=class_weight).fit(windows, y, sample_weight=weights)
    other = small(class_weight=class_weight).fit(windows[kept], y[kept], sample_weight=weights[kept])
    np.testing.assert_array_equal(model.predict_proba(windows), other.predict_proba(windows))


def test_a_weight_is_so_many_windows_for_the_ridge():
    windows, y = make_windows()
    weights = 1 + np.arange(len(y)) % 3
    model = small(class_weight=None, alphas=0.1).fit(windows, y, sample_weight=weights)
    repeated = np.repeat(np.arange(len(y)), weights)
    ridge = RidgeClassifierGroupCV(0.1).fit(
        model._table.make(windows[repeated]), y[repeated], groups=windows.subjects[repeated]
    )
    np.testing.assert_allclose(model.ridge_.coef_, ridge.coef_, atol=1e-4)
    assert model.ridge_.temperature_ == pytest.approx(ridge.temperature_, rel=1e-3)


def test_a_class_without_weight_is_no_class():
    windows, y = make_windows()
    with pytest.warns(UnlearnedLabelsWarning, match="stand"):
        model = small().fit(windows, y, sample_weight=(y != "stand").astype(float))
    with pytest.warns(UnlearnedLabelsWarning, match="stand"):
        other = small(class_weight={"stand": 0}).fit(windows, y)
    for fitted in (model, other):
        assert fitted.classes_.tolist() == ["sit", "walk"]
        assert fitted.predict_proba(windows).shape == (60, 2)
        assert set(fitted.predict(windows)) == {"sit", "walk"}


@pytest.mark.parametrize("class_weight", [None, "balanced", "balanced_sqrt", {"walk": 5.0}])
def test_class_weights_are_those_of_the_ridge(class_weight):
    windows, y = make_windows()
    few = np.flatnonzero((y != "walk") | (np.arange(len(y)) % 2 == 0))
    windows, y = windows[few], y[few]
    model = small(class_weight=class_weight).fit(windows, y)
    expected = {} if class_weight is None else class_weight
    if isinstance(expected, str):
        shares = {label: len(y) / 3 / np.sum(y == label) for label in SPREADS}
        expected = shares if class_weight == "balanced" else {k: v**0.5 for k, v in shares.items()}
    expected = {label: expected.get(label, 1.0) for label in SPREADS}
    assert model.ridge_.class_weight == pytest.approx(expected)


def test_in_parts_decisions_are_those_of_one_go(monkeypatch):
    windows, y = make_windows(400)
    weights = 1.0 + np.arange(len(y)) % 2
    whole = small(alphas=[0.1, 1.0]).fit(windows, y, sample_weight=weights)
    monkeypatch.setattr(_rocket_classifier, "TABLE_BYTES", 2**10)
    monkeypatch.setattr(_rocket_classifier, "ROWS_PER_COLUMN", 0)
    monkeypatch.setattr(_rocket_table, "PART_BYTES", 2**17)
    parts = small(alphas=[0.1, 1.0]).fit(windows, y, sample_weight=weights)
    assert len(parts._table.parts(len(y))) > 3
    assert parts.ridge_.alpha_ == whole.ridge_.alpha_
    assert not hasattr(parts, "held_out_decisions_")
    np.testing.assert_allclose(parts.decision_function(windows), whole.decision_function(windows), atol=1e-3)
    np.testing.assert_allclose(parts.predict_proba(windows), whole.predict_proba(windows), atol=1e-2)
    assert len(pickle.dumps(parts)) < 2 * len(pickle.dumps(whole))


def test_in_parts_scales_come_from_some_windows(monkeypatch):
    windows, y = make_windows(400)
    monkeypatch.setattr(_rocket_classifier, "TABLE_BYTES", 2**10)
    monkeypatch.setattr(_rocket_classifier, "ROWS_PER_COLUMN", 0)
    monkeypatch.setattr(_rocket_classifier, "LEARNING", 100)
    model = small().fit(windows, y)
    again = small().fit(windows, y)
    np.testing.assert_array_equal(model.predict_proba(windows), again.predict_proba(windows))
    assert model.score(windows, y) == 1.0


def test_fitting_again_forgets_the_held_out_decisions(monkeypatch):
    windows, y = make_windows()
    model = small().fit(windows, y)
    monkeypatch.setattr(_rocket_classifier, "TABLE_BYTES", 2**10)
    monkeypatch.setattr(_rocket_classifier, "ROWS_PER_COLUMN", 0)
    assert not hasattr(model.fit(windows, y), "held_out_decisions_")


def test_a_small_table_beside_its_columns_is_made_in_one_go(monkeypatch):
    windows, y = make_windows()
    monkeypatch.setattr(_rocket_classifier, "TABLE_BYTES", 2**10)
    assert hasattr(small().fit(windows, y), "held_out_decisions_")


@pytest.mark.parametrize("in_parts", [False, True])
@pytest.mark.parametrize("known", ["nobody", "one person"])
def test_one_warning_where_people_are_unknown(monkeypatch, known, in_parts):
    windows, y = make_windows()
    if in_parts:
        monkeypatch.setattr(_rocket_classifier, "TABLE_BYTES", 2**10)
        monkeypatch.setattr(_rocket_classifier, "ROWS_PER_COLUMN", 0)
        monkeypatch.setattr(_rocket_table, "PART_BYTES", 2**15)
    groups = None if known == "nobody" else np.zeros(len(y))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = small().fit(np.asarray(windows), y, groups=groups)
    assert [warning.category for warning in caught] == [SubjectsUnknownWarning]
    assert caught[0].filename == __file__
    assert model.score(np.asarray(windows), y) == 1.0


def test_groups_are_the_people_of_plain_arrays(fitted):
    model, windows, y = fitted
    other = small().fit(np.asarray(windows), y, groups=windows.subjects.astype(str))
    np.testing.assert_allclose(other.held_out_decisions_, model.held_out_decisions_, atol=1e-1)
    with pytest.raises(ValueError, match="not the same"):
        small().fit(windows, y, groups=np.arange(len(y)))
    with pytest.raises(ValueError, match="59 entries"):
        small().fit(windows, y, groups=windows.subjects[1:])
    with pytest.raises(ValueError, match="group of 1 rows is missing"):
        small().fit(np.asarray(windows), y, groups=[None, *windows.subjects[1:]])


def test_a_person_may_be_missing_where_the_label_is():
    windows, y = make_windows()
    y = y.astype(object)
    y[0] = None
    with pytest.warns(UnlabelledWarning):
        small().fit(np.asarray(windows), y, groups=[None, *windows.subjects[1:]])


def test_one_class_is_refused():
    windows, _ = make_windows()
    with pytest.raises(ValueError, match=r"1 class\(es\), \['sit'\]"):
        small().fit(windows, np.full(len(windows), "sit"))


@pytest.mark.parametrize("labels", [["sit", "walk"], [False, True], [3, 1]])
def test_two_classes_of_any_type(labels):
    windows, y = make_windows(labels=("sit", "walk"))
    y = np.array(labels)[(y == "walk").astype(int)]
    model = small().fit(windows, y)
    assert model.decision_function(windows).shape == model.held_out_decisions_.shape == (60,)
    assert model.predict_proba(windows).shape == (60, 2)
    assert (model.predict(windows) == y).all()


def test_windows_of_one_channel_may_be_rows_of_a_table():
    windows, y = make_windows(n_channels=1)
    table = np.asarray(windows)[:, :, 0]
    model = small().fit(table, y, groups=windows.subjects)
    assert (model.n_channels_in_, model.n_features_in_) == (1, 20)
    expected = small().fit(np.asarray(windows), y, groups=windows.subjects).predict_proba(np.asarray(windows))
    np.testing.assert_array_equal(model.predict_proba(table), expected)


@pytest.mark.parametrize("n_timesteps", [*range(1, 10)])
def test_short_windows(n_timesteps):
    windows, y = make_windows(n_timesteps=n_timesteps)
    probabilities = small().fit(windows, y).predict_proba(windows)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)


def test_what_never_changes_tells_nothing():
    windows, y = make_windows()
    values = np.array(windows)
    values[:, :, 1] = 9.81
    model = small().fit(windows.with_data(values), y)
    assert model.score(windows.with_data(values), y) == 1.0
    values[:] = 9.81
    flat = small().fit(windows.with_data(values), y).predict_proba(windows.with_data(values))
    np.testing.assert_allclose(flat, 1 / 3, atol=1e-3)


def test_threads_and_configured_output_change_nothing(fitted):
    model, windows, y = fitted
    expected = model.predict_proba(windows)
    for parameters in ({"n_jobs": 2}, {"random_state": np.random.RandomState(0)}):
        again = small(**parameters).fit(windows, y)
        np.testing.assert_array_equal(again.predict_proba(windows), expected)
    with sklearn.config_context(transform_output="pandas"):
        np.testing.assert_array_equal(small().fit(windows, y).predict_proba(windows), expected)
        np.testing.assert_array_equal(model.predict_proba(windows), expected)
    assert (small(random_state=1).fit(windows, y).kernels_.biases_ != model.kernels_.biases_).any()


def test_parts_of_a_prediction_are_joined(monkeypatch, fitted):
    model, windows, _ = fitted
    expected = model.predict_proba(windows)
    monkeypatch.setattr(_tables, "BLOCK_BYTES", 2**13)
    assert len(model._table.slices(windows)) > 3
    np.testing.assert_allclose(model.predict_proba(windows), expected, atol=1e-5)


def test_other_windows_are_refused(fitted):
    model, windows, _ = fitted
    values = np.asarray(windows)
    for other, says in [
        (values[:, :10], "10 timesteps"),
        (values[:, :, :1], "1 channels"),
        (Windows(values, sampling_rate=25.0), "25 Hz"),
    ]:
        with pytest.raises(ValueError, match=says):
            model.predict(other)


def test_alphas_are_looked_at_before_anything_is_computed():
    windows, y = make_windows()
    with pytest.raises(ValueError, match="alphas must be positive"):
        small(alphas=[0.1, -1.0]).fit(windows, y)
    with pytest.raises(ValueError, match="number twice"):
        small(alphas=[0.1, 0.1]).fit(windows, y)


def test_copies_answer_alike(fitted):
    model, windows, y = fitted
    expected = model.predict_proba(windows)
    for other in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model), clone(model).fit(windows, y)):
        np.testing.assert_array_equal(other.predict_proba(windows), expected)


def test_a_search_over_people(fitted):
    _, windows, y = fitted
    search = GridSearchCV(small(), {"channels_per_kernel": [1, 2]}, cv=SubjectKFold(2)).fit(windows, y)
    assert search.best_score_ > 0.9
    search.fit(windows, y, groups=windows.subjects)
    assert search.best_estimator_.held_out_decisions_.shape == (60, 3)


def test_behind_a_sampler():
    windows, y = make_windows()
    few = np.flatnonzero((y != "walk") | (np.arange(len(y)) % 4 == 0))
    model = make_pipeline(WindowSampler(RandomOverSampler(random_state=0)), small())
    model.fit(windows[few], y[few])
    assert len(model[-1].held_out_decisions_) > len(few)
    assert model.score(windows, y) > 0.9


@pytest.mark.parametrize("in_parts", [False, True])
def test_nothing_is_chosen_on_copies(monkeypatch, in_parts):
    windows, y = make_windows()
    rng = np.random.default_rng(1)
    origin = np.where(rng.random(60) < 0.5, 0, 2)
    values = np.array(windows)
    values[origin == 2] = rng.normal(size=values[origin == 2].shape)  # which nobody could tell apart
    made = Windows(values, subjects=windows.subjects, origin=origin)
    taken = Windows(values, subjects=windows.subjects)
    if in_parts:
        monkeypatch.setattr(_rocket_classifier, "TABLE_BYTES", 2**10)
        monkeypatch.setattr(_rocket_classifier, "ROWS_PER_COLUMN", 0)
        monkeypatch.setattr(_rocket_table, "PART_BYTES", 2**14)
    of_made = small(alphas=0.1).fit(made, y).ridge_.best_score_
    of_taken = small(alphas=0.1).fit(taken, y).ridge_.best_score_
    assert of_made > of_taken + 0.1


def test_from_rows_to_rows(simulated):
    X, y = simulated
    known = subjects(X) < 5
    recognizer = SlidingWindowClassifier(small(), window_length=2.56).fit(X[known], y[known])
    predicted = recognizer.predict(X[~known])
    labelled = pd.notna(y[~known])
    assert np.mean(predicted[labelled] == y[~known][labelled]) > 0.6


def test_no_torch_is_needed():
    code = (
        "import sys; from sklearn_har.classifiers import RocketClassifier; import numpy as np; "
        "X, y, people = np.random.normal(size=(8, 9, 1)), [0, 1] * 4, [0] * 4 + [1] * 4; "
        "RocketClassifier(84, verbose=False).fit(X, y, groups=people); "
        "print('torch' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
