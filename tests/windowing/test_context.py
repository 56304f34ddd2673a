"""Windows in context: who is held out, what reaches the smoother, what comes back."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import LinearSVC

from sklearn_har.evaluation import make_window_scorer
from sklearn_har.exceptions import SingleLabelWarning, SubjectsUnknownWarning
from sklearn_har.smoothing import HMMSmoother, MinimumDuration
from sklearn_har.windowing import SlidingWindowClassifier

from ..conftest import recordings


def means(windows):
    return np.asarray(windows).mean(axis=1)


def recognizer(smoother=None, estimator=None, **params):
    estimator = LogisticRegression() if estimator is None else estimator
    settings = {"window_length": 2.0, "smoother": smoother, "smoother_folds": 2} | params
    return SlidingWindowClassifier(make_pipeline(FunctionTransformer(means), estimator), **settings)


def bouts(*lengths, subjects=None, noise=6.0):
    """Recordings at 10 Hz of which the first channel tells the activity, badly, every 10 s another."""
    X = recordings(*lengths, rate=10.0, subjects=subjects) * noise
    codes = np.concatenate([(np.arange(length) // 100) % 2 for length in lengths])
    X["acc_x"] += 2 * codes
    return X, np.array(["sit", "walk"])[codes]


class Witness(ClassifierMixin, BaseEstimator):
    """A smoother that changes nothing and keeps what it is given."""

    def fit(self, X, y):
        self.table_, self.truth_ = X, y
        self.classes_ = np.array(X.columns)
        return self

    def predict_proba(self, X):
        self.seen_ = X
        return X.to_numpy()

    def predict(self, X):
        return self.classes_[X.to_numpy().argmax(axis=1)]


class KnowsPeople(ClassifierMixin, BaseEstimator):
    """Is certain of the first class for people it was fitted on, of the second for others."""

    def fit(self, X, y):
        self.people_, self.classes_ = np.unique(X.subjects), np.unique(y)
        return self

    def predict_proba(self, X):
        known = np.isin(X.subjects, self.people_)
        return np.column_stack([known, ~known]).astype(float)

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def test_probabilities_are_of_people_who_were_held_out():
    X, y = bouts(400, 300, 200, subjects=["b", "a", "c"])
    fitted = SlidingWindowClassifier(KnowsPeople(), window_length=2.0, smoother=Witness()).fit(X, y)
    assert (fitted.smoother_.table_["walk"] == 1).all()
    fitted.predict(X)
    assert (fitted.smoother_.seen_["sit"] == 1).all()


class SeesWindows(KnowsPeople):
    """Keeps which windows it was fitted on and asked about: names, rate, subjects, runs and first rows."""

    seen = []

    def fit(self, X, y):
        self.keep(X)
        return super().fit(X, y)

    def predict_proba(self, X):
        self.keep(X)
        return super().predict_proba(X)

    def keep(self, X):
        self.seen.append(
            (X.channel_names, X.sampling_rate, {*zip(X.subjects, X.runs, X.starts, strict=True)})
        )


def test_windows_of_folds_and_of_prediction_say_where_they_come_from(monkeypatch):
    X, y = bouts(400, 300, 200)
    monkeypatch.setattr(SeesWindows, "seen", [])
    fitted = SlidingWindowClassifier(SeesWindows(), window_length=2.0, smoother=Witness(), smoother_folds=3)
    fitted.fit(X, y).predict(X)
    assert {names for names, _, _ in SeesWindows.seen} == {tuple(X.columns)}
    assert {rate for _, rate, _ in SeesWindows.seen} == {10.0}
    of_all, places = SeesWindows.seen[-1], [of_it for _, _, of_it in SeesWindows.seen]
    assert all(of_it <= of_all[2] for of_it in places)
    assert {run for _, run, _ in of_all[2]} == {0, 1, 2}


def test_a_smoother_sees_all_windows_run_by_run_at_their_ends():
    X, y = bouts(400, 300)
    y = y.astype(object)
    y[50:90] = None
    gap = np.r_[0:200, 260:700]
    X, y = X.iloc[gap], y[gap]
    fitted = recognizer(Witness()).fit(X, y)
    table, truth = fitted.smoother_.table_, fitted.smoother_.truth_
    windows = fitted.predict_windows(X)
    assert len(table) == len(windows) == len(truth)
    assert pd.isna(truth).sum() == fitted.left_out_["unlabelled_windows"] > 0
    assert table.index.get_level_values("recording").nunique() == 3  # the gap parts the first recording
    assert table.index.equals(fitted.smoother_.seen_.index)
    np.testing.assert_allclose(table.index.get_level_values("time"), windows["stop"] - 0.1)


def test_rows_get_what_windows_are_in_context():
    X, y = bouts(2000, 1500, 1200)
    train, test = slice(0, 3500), slice(3500, None)
    fitted = recognizer(HMMSmoother()).fit(X.iloc[train], y[train])
    alone = fitted.without_smoother()
    assert fitted.score(X.iloc[test], y[test]) > alone.score(X.iloc[test], y[test]) + 0.05
    assert fitted.smoother is not None
    assert fitted.smoother_ is not None
    by_itself = recognizer().fit(X.iloc[train], y[train])
    np.testing.assert_array_equal(alone.predict_proba(X.iloc[test]), by_itself.predict_proba(X.iloc[test]))

    table = fitted.predict_windows(X.iloc[test])
    plain = by_itself.predict_windows(X.iloc[test])
    pd.testing.assert_frame_equal(table[plain.columns], plain)
    assert table.columns[-2:].tolist() == ["activity_smoothed", "confidence_smoothed"]
    assert (table["activity_smoothed"] != table["activity"]).any()
    assert fitted.segments(X.iloc[test])["n_rows"].median() > alone.segments(X.iloc[test])["n_rows"].median()


def test_scores_of_windows_are_without_context_unless_asked():
    X, y = bouts(2000, 1500, 1200)
    fitted = recognizer(HMMSmoother()).fit(X, y)
    by_itself = recognizer().fit(X, y)
    for length in (None, 3.0):
        alone = make_window_scorer("accuracy", window_length=length)
        assert alone(fitted, X, y) == alone(by_itself, X, y)
        smoothed = make_window_scorer("accuracy", window_length=length, smoothed=True)
        assert smoothed(fitted, X, y) > alone(fitted, X, y)
        assert smoothed(by_itself, X, y) == alone(by_itself, X, y)


def test_votes_are_smoothed_and_smoothers_may_vote():
    X, y = bouts(2000, 1500)
    votes = recognizer(HMMSmoother(), LinearSVC()).fit(X, y)
    assert votes.predict_proba(X).shape == (3500, 2)
    shortest = recognizer(MinimumDuration(4.0)).fit(X, y)
    assert not hasattr(recognizer(MinimumDuration(4.0)), "predict_proba")
    found = shortest.predict_windows(X)["activity_smoothed"]
    assert set(found) == {"sit", "walk"}
    assert len(shortest.predict(X)) == 3500


def test_a_causal_smoother_reads_nothing_after_the_windows_of_a_row():
    X, y = bouts(2000, 1500)
    fitted = recognizer(HMMSmoother(causal=True)).fit(X, y)
    whole, first = fitted.predict_proba(X)[:980], fitted.predict_proba(X.iloc[:1000])[:980]
    np.testing.assert_array_equal(whole, first)


def test_short_runs_and_plain_arrays_are_smoothed_too():
    X, y = bouts(2000, 1500)
    fitted = recognizer(HMMSmoother()).fit(X, y)
    assert len(fitted.predict(X.iloc[:7])) == 7
    with pytest.warns(SubjectsUnknownWarning, match="of one person or of unknown ones"):
        of_array = recognizer(HMMSmoother(), window_length=20).fit(X.to_numpy(), y)
    assert of_array.score(X.to_numpy(), y) > of_array.without_smoother().score(X.to_numpy(), y)


def test_one_label_needs_no_smoother():
    X, y = bouts(400, 300)
    y = np.where(np.arange(700) == 3, "walk", "sit")
    with pytest.warns(SingleLabelWarning):
        fitted = recognizer(HMMSmoother()).fit(X, y)
    assert fitted.smoother_ is None
    assert set(fitted.predict(X)) == {"sit"}


def test_labels_of_one_person_only_cannot_be_held_out():
    X, y = bouts(400, 300)
    y = np.where(np.arange(700) < 400, y, None)
    with pytest.raises(ValueError, match="Only one person, or one part of the recordings, has labelled"):
        recognizer(HMMSmoother()).fit(X, y)
