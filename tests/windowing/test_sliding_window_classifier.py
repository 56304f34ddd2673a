"""Rows in, rows out: one label for every row, whatever is inside."""

import itertools

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline as make_sampling_pipeline
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_predict, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from sklearn_har.datasets import make_recordings
from sklearn_har.exceptions import SingleLabelWarning
from sklearn_har.model_selection import SubjectKFold
from sklearn_har.recordings import subjects
from sklearn_har.sampling import WindowSampler
from sklearn_har.testing._flatten import flatten
from sklearn_har.windowing import SlidingWindow, SlidingWindowClassifier, Windows, sliding_windows
from tests.conftest import recordings


class FirstValue(ClassifierMixin, BaseEstimator):
    """Says of a window what its first value is: probabilities that can be computed by hand."""

    def fit(self, X, y):
        self.classes_, self.seen_ = np.unique(y), X
        return self

    def predict_proba(self, X):
        first = np.asarray(X)[:, 0, 0]
        return np.stack([1 - first, first], axis=1)

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


class FirstVote(ClassifierMixin, BaseEstimator):
    """The same without probabilities, and with no more than fit and predict."""

    def fit(self, X, y):
        self.names_ = np.unique(y)
        return self

    def predict(self, X):
        return self.names_[(np.asarray(X)[:, 0, 0] > 0.5).astype(int)]


def rows_of(*runs, rate=10.0):
    """One recording per run, with the given values of one channel."""
    X = recordings(*map(len, runs), rate=rate, channels=["acc_x"])
    X["acc_x"] = np.concatenate(runs)
    return X


def two_classes(X):
    return np.where(np.arange(len(X)) % 8 < 4, "rest", "walk")


def tree():
    return make_pipeline(FunctionTransformer(flatten), DecisionTreeClassifier(random_state=0))


def fitted(inner, X, length=0.4, **options):
    return SlidingWindowClassifier(inner, window_length=length, **options).fit(X, two_classes(X))


class TestPrediction:
    X = rows_of([0.1, 0.0, 0.5, 0.0, 0.9, 0.0, 0.2, 0.0, 0.0], [0.8, 0.0])

    def test_a_row_has_the_mean_of_the_windows_that_cover_it(self):
        # windows of 4 rows begin at rows 0, 2, 4 and, so as to end with the run, 5; the short run is padded
        walk = fitted(FirstValue(), self.X).predict_proba(self.X)[:, 1]
        first, third, fifth, sixth, short = 0.1, 0.5, 0.9, 0.0, 0.8
        expected = [first, first, (first + third) / 2, (first + third) / 2, (third + fifth) / 2]
        expected += [(third + fifth + sixth) / 3, (fifth + sixth) / 2, (fifth + sixth) / 2, sixth]
        np.testing.assert_allclose(walk, [*expected, short, short], rtol=1e-14)

    def test_without_probabilities_windows_vote(self):
        recognizer = fitted(FirstVote(), self.X)
        assert not hasattr(recognizer, "predict_proba")
        expected = ["rest"] * 8 + ["rest"] + ["walk"] * 2  # of two votes against two, the first class
        assert recognizer.predict(self.X).tolist() == expected

    def test_a_row_of_one_window_has_exactly_its_probabilities(self):
        X = rows_of(np.random.default_rng(0).uniform(size=1000))
        proba = fitted(FirstValue(), X, overlap=0.0).predict_proba(X)
        np.testing.assert_array_equal(proba[::4, 1], X["acc_x"].to_numpy()[::4])

    def test_windows_as_a_table(self):
        table = fitted(FirstValue(), self.X).predict_windows(self.X)
        assert table["first_row"].tolist() == [0, 2, 4, 5, 9]
        assert table["n_rows"].tolist() == [4, 4, 4, 4, 2]
        assert table["padded"].tolist() == [0, 0, 0, 0, 0.5]
        assert table["subject"].tolist() == [1, 1, 1, 1, 2]
        np.testing.assert_allclose(table["start"], [0, 0.2, 0.4, 0.5, 0])
        np.testing.assert_allclose(table["stop"], [0.4, 0.6, 0.8, 0.9, 0.2])
        assert table["activity"].tolist() == ["rest", "rest", "walk", "rest", "walk"]
        np.testing.assert_allclose(table["confidence"], [0.9, 0.5, 0.9, 1.0, 0.8])
        np.testing.assert_allclose(table["probability_walk"], [0.1, 0.5, 0.9, 0.0, 0.8])

    def test_episodes_as_a_table(self):
        recognizer = fitted(FirstValue(), self.X)
        table = recognizer.segments(self.X)
        assert table["activity"].tolist() == ["rest", "walk", "rest", "walk"]
        assert table["n_rows"].tolist() == [4, 1, 4, 2]
        np.testing.assert_allclose(table["start"], [0, 0.4, 0.5, 0])
        np.testing.assert_allclose(table["stop"], [0.4, 0.5, 0.9, 0.2])
        np.testing.assert_allclose(table["padded"], [0, 0, 0, 1])
        np.testing.assert_allclose(table["coverage"], [1.5, 2, 2, 1])
        confidence = recognizer.predict_proba(self.X).max(axis=1)
        bounds = [0, 4, 5, 9, 11]
        expected = [confidence[a:b].mean() for a, b in itertools.pairwise(bounds)]
        np.testing.assert_allclose(table["confidence"], expected)

    def test_an_episode_ends_with_its_recording(self):
        X = recordings(20, 20)
        table = (
            SlidingWindowClassifier(DummyClassifier(), window_length=0.1).fit(X, two_classes(X)).segments(X)
        )
        assert table["recording"].tolist() == [0, 1]

    def test_a_plain_array_has_no_people(self):
        recognizer = fitted(FirstValue(), self.X.to_numpy(), length=4)
        assert list(recognizer.segments(self.X.to_numpy()).columns[:2]) == ["start", "stop"]


@pytest.mark.parametrize(
    "inner",
    [
        tree(),
        make_pipeline(FunctionTransformer(flatten), RidgeClassifier()),
        make_sampling_pipeline(
            WindowSampler(RandomOverSampler(random_state=0)), *[s for _, s in tree().steps]
        ),
        GridSearchCV(tree(), {"decisiontreeclassifier__max_depth": [1, 3]}, cv=SubjectKFold(2)),
    ],
    ids=["pipeline", "no probabilities", "sampler inside", "search inside"],
)
def test_anything_that_takes_windows_can_be_inside(inner, simulated):
    X, y = simulated
    recognizer = SlidingWindowClassifier(inner, window_length=2.56).fit(X, y)
    predicted = recognizer.predict(X)
    assert predicted.shape == (len(X),)
    assert (predicted == np.asarray(y)).mean() > 0.5


def test_the_estimator_gets_the_windows_of_sliding_windows(simulated):
    X, y = simulated
    recognizer = SlidingWindowClassifier(FirstValue(), window_length=1.0, min_purity=0.9).fit(X, y)
    windows, _ = sliding_windows(X, y, window_length=1.0, min_purity=0.9)
    seen = recognizer.estimator_.seen_
    np.testing.assert_array_equal(seen, windows)
    np.testing.assert_array_equal(seen.subjects, windows.subjects)
    assert recognizer.left_out_ == windows.left_out
    assert recognizer.left_out_["impure_windows"] > 0


def test_parameters_that_change_after_fit_change_nothing(simulated):
    X, y = simulated
    recognizer = SlidingWindowClassifier(tree(), window_length=1.0).fit(X, y)
    assert (recognizer.n_timesteps_, recognizer.step_) == (50, 25)
    before = recognizer.predict(X)
    np.testing.assert_array_equal(recognizer.set_params(window_length=2.0, overlap=0.0).predict(X), before)


def test_predicting_across_people_gives_one_aligned_label_per_row(simulated):
    X, y = simulated
    recognizer = SlidingWindowClassifier(tree(), window_length=2.56)
    predicted = cross_val_predict(recognizer, X, y, cv=GroupKFold(3), groups=subjects(X))
    again = np.empty(len(X), dtype=object)
    for train, test in GroupKFold(3).split(X, y, subjects(X)):
        again[test] = recognizer.fit(X.iloc[train], y.iloc[train]).predict(X.iloc[test])
    np.testing.assert_array_equal(predicted, again)


@pytest.mark.parametrize("routing", [False, True])
def test_the_window_length_can_be_searched(simulated, routing):
    X, y = simulated
    with config_context(enable_metadata_routing=routing):
        search = GridSearchCV(
            SlidingWindowClassifier(tree(), window_length=1.0),
            {"window_length": [1.28, 2.56], "estimator__decisiontreeclassifier__max_depth": [2, 5]},
            cv=SubjectKFold(3),
            scoring="f1_macro",
        ).fit(X, y)
    assert search.best_estimator_.n_timesteps_ in (64, 128)


def test_unlabelled_rows_are_not_learned_from(simulated):
    X, y = simulated
    y = y.where(np.arange(len(y)) % 2000 > 700)
    recognizer = SlidingWindowClassifier(tree(), window_length=2.56).fit(X, y)
    assert recognizer.left_out_["unlabelled_windows"] > 0
    assert set(recognizer.classes_) == set(y.cat.categories)


def test_probabilities_stay_in_the_order_of_all_classes_when_windows_miss_one():
    X = recordings(400)
    y = np.repeat(["a", "b", "rare"], [199, 200, 1])
    recognizer = SlidingWindowClassifier(tree(), window_length=0.5).fit(X, y)
    assert recognizer.classes_.tolist() == ["a", "b", "rare"]
    assert recognizer.estimator_.classes_.tolist() == ["a", "b"]
    assert not recognizer.predict_proba(X)[:, 2].any()


def test_one_window_label_is_predicted_with_a_warning():
    X = recordings(40)
    y = np.where(np.arange(40) % 8 == 0, "b", "a")
    with pytest.warns(SingleLabelWarning, match="have the label 'a'"):
        recognizer = SlidingWindowClassifier(tree(), window_length=0.4).fit(X, y)
    assert set(recognizer.predict(X)) == {"a"}
    assert recognizer.predict_proba(X)[0].tolist() == [1.0, 0.0]


def test_a_long_recording_is_read_in_blocks(monkeypatch):
    X = recordings(20_000, 30, 5000)
    recognizer = SlidingWindowClassifier(tree(), window_length=1.0).fit(X, two_classes(X))
    whole = recognizer.predict_proba(X)
    monkeypatch.setattr("sklearn_har.windowing._context.BLOCK_BYTES", 10_000)
    np.testing.assert_array_equal(recognizer.predict_proba(X), whole)


class TestBadInput:
    X = recordings(200, 200)
    y = np.where(np.arange(400) % 100 < 50, "rest", "walk")

    def recognizer(self, **options):
        return SlidingWindowClassifier(tree(), **({"window_length": 0.5} | options))

    def check_refused(self, X, y, says, **options):
        with pytest.raises(ValueError, match=says):
            self.recognizer(**options).fit(X, y)

    def check_predict_refused(self, X, says):
        recognizer = self.recognizer().fit(self.X, self.y)
        with pytest.raises(ValueError, match=says):
            recognizer.predict(X)

    def test_one_class(self):
        self.check_refused(self.X, ["rest"] * 400, r"y has 1 class, \['rest'\]")

    def test_labels_of_another_length(self):
        self.check_refused(self.X, self.y[:-1], r"\[400, 399\]")

    def test_labels_with_another_index(self):
        self.check_refused(self.X, pd.Series(self.y, index=self.X.index[::-1]), "another index")

    def test_labels_that_cannot_be_sorted(self):
        self.check_refused(self.X, np.array(["rest", 1] * 200, dtype=object), "no common order: int, str")

    def test_continuous_labels(self):
        self.check_refused(self.X, np.linspace(0, 1, 400), "Unknown label type: continuous")

    def test_a_window_longer_than_every_run(self):
        says = r"longest stretch without a gap has 200 rows \(4 s\)"
        self.check_refused(self.X, self.y, says, window_length=5)

    def test_a_lost_index_in_fit(self):
        with pytest.raises(ValueError, match=r'set_output\(transform="pandas"\)'):
            make_pipeline(StandardScaler(), self.recognizer()).fit(self.X, self.y)

    def test_a_kept_index(self):
        model = make_pipeline(StandardScaler(), self.recognizer()).set_output(transform="pandas")
        assert model.fit(self.X, self.y).predict(self.X).shape == (400,)

    def test_a_lost_index_in_predict(self):
        self.check_predict_refused(
            self.X.reset_index(drop=True), r'lost their index.*set_output\(transform="pandas"\)'
        )

    def test_an_index_that_fit_did_not_see(self):
        recognizer = self.recognizer(window_length=25).fit(self.X.reset_index(drop=True), self.y)
        with pytest.raises(ValueError, match="fitted on rows without the index"):
            recognizer.predict(self.X)

    def test_channels_that_are_missing_extra_or_in_another_order(self):
        self.check_predict_refused(self.X[["acc_x", "acc_y"]], "acc_z")
        self.check_predict_refused(self.X.assign(gyro_x=0.0), "gyro_x")
        self.check_predict_refused(self.X[["acc_y", "acc_x", "acc_z"]], "same order")

    def test_another_sampling_rate(self):
        self.check_predict_refused(recordings(200, rate=25.0), "have 25 rows per second; 50 Hz is expected")

    def test_rows_out_of_order(self):
        self.check_predict_refused(self.X.sample(frac=1, random_state=0), "must not shuffle")

    def test_values_that_are_no_numbers(self):
        X = self.X.copy()
        X.iloc[3, 1] = np.nan
        self.check_predict_refused(X, "channel 'acc_y' at row 3")

    def test_groups_that_contradict_the_index(self):
        with pytest.raises(ValueError, match="not the same"):
            self.recognizer().fit(self.X, self.y, groups=np.arange(400) % 2)
        self.recognizer().fit(self.X, self.y, groups=subjects(self.X))

    def test_sample_weight(self):
        with pytest.raises(TypeError, match="takes no sample_weight"):
            self.recognizer().fit(self.X, self.y, sample_weight=np.ones(400))

    def test_weights_of_a_score_that_are_not_one_for_each_row(self):
        model = self.recognizer().fit(self.X, self.y)
        for n_weights in (3, 4000):
            with pytest.raises(ValueError, match="sample_weight"):
                model.score(self.X, self.y, sample_weight=np.ones(n_weights))

    def test_an_index_that_was_lost_where_seconds_might_be_rows(self):
        y = pd.Series(self.y, index=self.X.index)
        recognizer = self.recognizer().set_params(window_length=2.0)
        with pytest.raises(ValueError, match=r"lost the index that y has .* set_output"):
            make_pipeline(StandardScaler(), recognizer).fit(self.X, y)

    def test_tables_of_others_whose_levels_are_columns(self):
        class Table:
            columns = ("subject", "recording", "time", "acc_x")

            def __array__(self, dtype=None, copy=None):
                return np.zeros((400, 4))

        with pytest.raises(ValueError, match=r"X\.to_pandas\(\)\.set_index"):
            self.recognizer().fit(Table(), self.y)

    def test_polars_has_no_index(self):
        with config_context(transform_output="polars"), pytest.raises((ValueError, TypeError), match="index"):
            make_pipeline(StandardScaler(), self.recognizer()).fit(self.X, self.y)


class Marked(FirstVote):
    """Keeps what it is told in fit."""

    def fit(self, X, y, mark="none"):
        self.mark_ = mark
        return super().fit(X, y)


def test_the_estimator_gets_what_it_asks_for_in_fit():
    X = recordings(200)
    y = two_classes(X)
    plain = SlidingWindowClassifier(Marked(), window_length=0.5)
    assert plain.fit(X, y).estimator_.mark_ == "none"
    assert plain.fit(X, y, mark="here").estimator_.mark_ == "here"
    with config_context(enable_metadata_routing=True):
        asking = SlidingWindowClassifier(Marked().set_fit_request(mark=True), window_length=0.5)
        assert asking.fit(X, y, mark="here").estimator_.mark_ == "here"
        assert asking.get_metadata_routing().consumes("fit", {"mark", "other"}) == {"mark"}
        assert not asking.get_metadata_routing().consumes("predict", {"mark"})
        with pytest.raises(TypeError, match="unexpected argument"):
            asking.fit(X, y, other="here")


def test_rows_as_they_were_labelled_or_not_score_without_weights():
    X = rows_of([0.9] * 8, [0.2] * 8)
    recognizer = fitted(FirstValue(), X)
    assert recognizer.score(X, ["walk"] * 6 + ["rest"] * 2 + ["rest"] * 7 + [None]) == pytest.approx(13 / 15)


def test_defaults_are_those_of_the_documentation():
    params = SlidingWindowClassifier(FirstValue(), window_length=1.0).get_params(deep=False)
    del params["estimator"]
    assert params == {
        "window_length": 1.0, "overlap": 0.5, "label": "majority", "min_purity": 0.0, "smoother": None,
        "smoother_folds": 5,
    }  # fmt: skip


class TestSlidingWindow:
    def test_it_cuts_what_sliding_windows_cuts(self):
        X = recordings(200, 90)
        windows = SlidingWindow(window_length=0.5).fit_transform(X)
        np.testing.assert_array_equal(windows, sliding_windows(X, window_length=0.5))
        assert windows.channel_names == ("acc_x", "acc_y", "acc_z")

    @pytest.mark.parametrize("container", ["default", "pandas"])
    def test_windows_come_out_whatever_output_is_set(self, container):
        X = recordings(200)
        step = make_pipeline(SlidingWindow(window_length=0.5)).set_output(transform=container)
        assert isinstance(step.fit_transform(X), Windows)
        with config_context(transform_output=container):
            assert isinstance(SlidingWindow(window_length=0.5).fit_transform(X), Windows)

    def test_runs_that_are_too_short_are_counted(self):
        assert SlidingWindow(window_length=0.5).fit_transform(recordings(200, 9)).left_out == {
            "short_runs": 1
        }

    def test_overlap_and_tail_are_those_that_are_asked_for(self):
        step = SlidingWindow(0.5, overlap=0.2, tail="drop").fit(recordings(95))
        assert step.n_timesteps_ == 25
        assert step.transform(recordings(95)).starts.tolist() == [0, 20, 40, 60]

    def test_another_rate_is_refused(self):
        step = SlidingWindow(window_length=0.5).fit(recordings(200))
        with pytest.raises(ValueError, match="50 Hz is expected"):
            step.transform(recordings(200, rate=25.0))


class Interrupted(ClassifierMixin, BaseEstimator):
    """Whose fit is interrupted."""

    def fit(self, X, y):
        raise KeyboardInterrupt

    def predict(self, X):
        raise AssertionError


@pytest.mark.parametrize("part", ["estimator", "smoother"])
def test_nothing_of_an_earlier_fit_predicts_after_one_that_was_interrupted(part):
    X, y = make_recordings(n_subjects=2, n_recordings=1, random_state=0, return_X_y=True)
    model = SlidingWindowClassifier(DummyClassifier(), window_length=2.0).fit(X, y)
    with pytest.raises(KeyboardInterrupt):
        model.set_params(**{part: Interrupted()}).fit(X, y.str.upper())
    with pytest.raises(NotFittedError):
        model.predict(X)


def test_weights_are_routed_to_the_score():
    X, y = make_recordings(n_subjects=4, n_recordings=1, random_state=0, return_X_y=True)
    weights = (y == y.iloc[0]).to_numpy(dtype=float)
    with config_context(enable_metadata_routing=True):
        inner = DummyClassifier(strategy="constant", constant=y.iloc[0]).set_fit_request(sample_weight=False)
        model = SlidingWindowClassifier(inner, window_length=2.0).set_score_request(sample_weight=True)
        found = cross_validate(model, X, y, cv=SubjectKFold(2), params={"sample_weight": weights})
    assert found["test_score"].tolist() == [1.0, 1.0]


def test_score_leaves_out_rows_without_a_label():
    X, y = make_recordings(n_subjects=2, n_recordings=1, random_state=0, return_X_y=True)
    y = y.astype(object)
    model = SlidingWindowClassifier(DummyClassifier(), window_length=2.0).fit(X, y)
    labels = y.where(np.arange(len(y)) % 3 > 0)
    known = labels.notna().to_numpy()
    right = model.predict(X)[known] == y[known]
    assert model.score(X, labels) == pytest.approx(right.mean())
    weights = np.arange(len(y))
    expected = np.average(right, weights=weights[known])
    assert model.score(X, labels, sample_weight=weights) == pytest.approx(expected)
    with pytest.raises(ValueError, match=r"None of the \d+ rows has a label"):
        model.score(X, [None] * len(y))


def test_times_in_another_unit_are_suspected():
    X, y = make_recordings(n_subjects=2, n_recordings=1, random_state=0, return_X_y=True)
    X.index = X.index.set_levels(X.index.levels[2] * 1000, level=2)
    with pytest.raises(ValueError, match=r"less than one row at 0\.05 Hz.*time_unit"):
        SlidingWindowClassifier(DummyClassifier(), window_length=2.0).fit(X, y.to_numpy())
