import gc
import json
import weakref
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import FitFailedWarning
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline

from sklearn_har._core._warnings import warn_user
from sklearn_har.datasets import make_recordings
from sklearn_har.evaluation import Protocol, benchmark, get_protocol
from sklearn_har.exceptions import InterruptedFitWarning
from sklearn_har.model_selection import LeaveSubjectsOut, SubjectKFold
from sklearn_har.preprocessing import ChannelScaler
from sklearn_har.windowing import Windows

SIX_WINDOWS = Windows(np.zeros((6, 4, 1)), subjects=[1, 1, 2, 2, 3, 3])
SIX_LABELS = np.array(["sit", "walk", "sit", "walk", "sit", "sit"])
EACH_PERSON = Protocol(window_length=4.0, cv=LeaveSubjectsOut(1))


class Nearest(ClassifierMixin, BaseEstimator):
    """The label whose mean of the first channel is nearest; counts its fits, and can be made to stop."""

    n_fits = 0
    raises: BaseException | None = None
    raises_at = -1

    def __init__(self, shift=0.0, random_state=None, n_jobs=None):
        self.shift = shift
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(self, X, y):
        type(self).n_fits += 1
        if self.raises is not None and self.n_fits == self.raises_at:
            raise self.raises
        values = np.asarray(X)[:, :, 0].mean(axis=1) + self.shift
        self.classes_ = np.unique(y)
        self.means_ = np.array([values[y == one].mean() for one in self.classes_])
        return self

    def predict(self, X):
        values = np.asarray(X)[:, :, 0].mean(axis=1)
        return self.classes_[np.abs(values[:, np.newaxis] - self.means_).argmin(axis=1)]


class Interrupted(Nearest):
    """A network that was interrupted has been fitted, after a fashion, and says so."""

    def fit(self, X, y):
        warn_user("The fit was interrupted after 3 of 100 epochs.", InterruptedFitWarning)
        return super().fit(X, y)


class AlwaysWalks(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.repeat("walk", len(X))


@pytest.fixture(autouse=True)
def count_anew():
    Nearest.n_fits, Nearest.raises, Nearest.raises_at = 0, None, -1


@pytest.fixture(scope="module")
def recordings():
    return make_recordings(n_subjects=5, sampling_rate=20, random_state=0, return_X_y=True)


def without_times(result):
    return result.folds[[name for name in result.folds if not name.endswith("_time")]]


def test_scores_are_those_of_scikit_learn(recordings):
    result = benchmark({"nearest": Nearest()}, {"simulated": recordings}, "loso")
    predictions = result.predictions("simulated", "nearest")
    assert sorted(predictions["window"]) == list(range(len(predictions)))
    for fold, part in predictions.groupby("fold"):
        row = result.folds.loc[fold]
        true, predicted = part["y_true"], part["y_pred"]
        assert part["subject"].unique().tolist() == [fold + 1]
        assert row["accuracy"] == pytest.approx(accuracy_score(true, predicted))
        assert row["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(true, predicted))
        assert row["f1_macro"] == pytest.approx(f1_score(true, predicted, average="macro"))
        assert row["n_windows"] == len(part)
        assert row["n_train"] == len(predictions) - len(part)
    assert (result.folds[["fit_time", "predict_time"]] > 0).all(axis=None)
    summary = result.summary().loc[("simulated", "nearest")]
    true, predicted = predictions["y_true"], predictions["y_pred"]
    assert summary["f1_macro"] == pytest.approx(f1_score(true, predicted, average="macro"))
    assert summary["f1_macro_low"] < summary["f1_macro"] < summary["f1_macro_high"]
    assert summary["f1_macro_mean"] == pytest.approx(result.folds["f1_macro"].mean())
    assert summary["fit_time"] == pytest.approx(result.folds["fit_time"].sum())


def test_both_conventions_of_an_absent_activity():
    """Person 3 only sits: walking is absent from the truth, though not from what is predicted."""
    result = benchmark({"walks": AlwaysWalks()}, {"six": (SIX_WINDOWS, SIX_LABELS)}, EACH_PERSON)
    sits = benchmark({"sits": DummyClassifier()}, {"six": (SIX_WINDOWS, SIX_LABELS)}, EACH_PERSON).folds
    # walking for one of each: precision 1/2, recall 1, F1 2/3; sitting 0
    np.testing.assert_allclose(result.folds["f1_macro"], [1 / 3, 1 / 3, 0])
    np.testing.assert_allclose(result.folds["f1_macro_absent_0"], [1 / 3, 1 / 3, 0])
    # sitting only, of a person who only sits: 1 of what is there, a half if walking counts as 0
    np.testing.assert_allclose(sits["f1_macro"], [1 / 3, 1 / 3, 1])
    np.testing.assert_allclose(sits["f1_macro_absent_0"], [1 / 3, 1 / 3, 1 / 2])


def test_an_interrupted_benchmark_goes_on(recordings, tmp_path):
    def run(**options):
        return benchmark({"nearest": Nearest()}, {"simulated": recordings}, "loso", **options)

    whole = run()
    count = Nearest.n_fits
    Nearest.n_fits, Nearest.raises, Nearest.raises_at = 0, KeyboardInterrupt(), 3
    with pytest.raises(KeyboardInterrupt):
        run(folder=tmp_path)
    assert len(list(tmp_path.rglob("*.json"))) == 2
    half = run(folder=tmp_path, fit_missing=False)
    assert half.folds["status"].tolist() == ["ok"] * 2 + ["missing"] * 3
    assert np.isnan(half.summary()["f1_macro"].item())
    assert "nearest" not in half.to_markdown()
    with pytest.raises(KeyError, match="no predictions of fold 2"):
        half.predictions("simulated", "nearest")
    Nearest.n_fits, Nearest.raises = 0, None
    resumed = run(folder=tmp_path)
    assert count - 2 == Nearest.n_fits == 3
    pd.testing.assert_frame_equal(without_times(resumed), without_times(whole))
    run(folder=tmp_path)
    assert Nearest.n_fits == 3


def test_a_network_that_was_interrupted_is_no_result(recordings, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        benchmark({"network": Interrupted()}, {"simulated": recordings}, "loso", folder=tmp_path)
    assert not list(tmp_path.rglob("*.json"))


def test_a_failing_fit_does_not_stop_the_others(recordings, tmp_path):
    Nearest.raises, Nearest.raises_at = ValueError("no good"), 2
    models = {"nearest": Nearest(), "majority": DummyClassifier()}
    with pytest.warns(FitFailedWarning, match="1 of 10 tests failed.* fold 1: ValueError: no good"):
        result = benchmark(models, {"simulated": recordings}, "loso", folder=tmp_path)
    assert result.folds["status"].tolist() == ["ok", "failed"] + ["ok"] * 8
    assert result.folds["error"][1] == "ValueError: no good"
    assert result.summary()["n_seeds"].tolist() == [0, 1]
    again = benchmark(models, {"simulated": recordings}, "loso", folder=tmp_path)
    assert Nearest.n_fits == 6
    assert (again.folds["status"] == "ok").all()


def test_what_changed_is_run_again_and_what_was_kept_stays(recordings, tmp_path):
    X, y = recordings

    def n_fits(model, data=recordings, protocol="loso"):
        Nearest.n_fits = 0
        benchmark({"nearest": model}, {"simulated": data}, protocol, folder=tmp_path)
        return Nearest.n_fits

    assert n_fits(Nearest()) == 5
    assert n_fits(Nearest(shift=1.0)) == 5
    assert n_fits(Nearest(n_jobs=2)) == 0
    assert n_fits(Nearest(), (X * 2, y)) == 5
    assert n_fits(Nearest(), (X, y.astype(str).replace("sitting", "resting"))) == 5
    assert n_fits(Nearest(), protocol=replace(get_protocol("loso"), standardize=True)) == 5
    assert n_fits(Nearest(), protocol=replace(get_protocol("loso"), cv=SubjectKFold(2))) == 2
    assert n_fits(Nearest()) == 0


def test_a_model_that_cannot_be_told_from_others_is_refused(recordings, tmp_path):
    with pytest.raises(ValueError, match=r"'nearest' cannot be kept in a folder.*instead of lambdas"):
        benchmark({"nearest": Nearest(lambda: 1)}, {"simulated": recordings}, "loso", folder=tmp_path)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"predicted": [1]}', None])
def test_a_broken_file_is_run_again(recordings, tmp_path, content):
    def run():
        return benchmark({"nearest": Nearest()}, {"simulated": recordings}, "loso", folder=tmp_path)

    first = run()
    path = min(tmp_path.rglob("*.json"))
    kept = json.loads(path.read_text())
    kept["predicted"][0] = 99  # no activity has this number
    path.write_text(json.dumps(kept) if content is None else content)
    second = run()
    assert Nearest.n_fits == 6
    pd.testing.assert_frame_equal(without_times(first), without_times(second))


def test_side_by_side_gives_the_same(recordings):
    models = {"drawn": DummyClassifier(strategy="stratified"), "majority": DummyClassifier()}
    data = {"simulated": lambda: recordings}
    serial = benchmark(models, data, "whar-arena", random_states=(0, 1))
    parallel = benchmark(models, data, "whar-arena", random_states=(0, 1), n_jobs=2)
    pd.testing.assert_frame_equal(without_times(serial), without_times(parallel))
    drawn = serial.summary().loc[("simulated", "drawn")]
    assert drawn["n_seeds"] == 2
    assert drawn["f1_macro_std_of_seeds"] > 0


def test_seeds_reach_every_random_state_and_only_models_that_have_one():
    models = {"piped": make_pipeline(ChannelScaler(), Nearest()), "walks": AlwaysWalks()}
    data = {"six": (SIX_WINDOWS, SIX_LABELS)}
    folds = benchmark(models, data, EACH_PERSON, random_states=(3, 4)).folds
    assert folds.groupby("model")["random_state"].unique().map(list).to_dict() == {
        "piped": [3, 4],
        "walks": [3],
    }


def test_people_are_dealt_round_robin():
    people = np.repeat(np.arange(12), 2)[::-1]
    windows = Windows(np.zeros((24, 3, 1)), subjects=people)
    tests = [set(people[test]) for _, test in get_protocol("whar-arena").cv.split(windows)]
    assert tests == [{0, 10}, {1, 11}, *({one} for one in range(2, 10))]
    few = windows[people < 3]
    assert get_protocol("whar-arena").cv.get_n_splits(few) == 3
    with pytest.raises(ValueError, match="one person only"):
        next(get_protocol("whar-arena").cv.split(windows[people == 3]))


def test_the_official_test_people_of_uci_har():
    windows = Windows(np.zeros((30, 3, 1)), subjects=np.arange(1, 31))
    [(train, test)] = get_protocol("uci-har-official").cv.split(windows)
    assert (test + 1).tolist() == [2, 4, 9, 10, 12, 13, 18, 20, 24]
    assert len(train) == 21


def test_windows_lie_in_one_stretch_of_an_activity(make_rows):
    X = make_rows({(1, "a"): range(10), (1, "b"): range(10, 14)})
    y = ["sit"] * 5 + ["walk"] * 5 + ["walk"] * 3 + [None]
    protocol = Protocol(window_length=2.0, cv=LeaveSubjectsOut(1))
    windows, labels = protocol.cut(X, y)
    first_rows = np.asarray(windows)[:, 0, 0]
    assert first_rows.tolist() == [0, 1, 2, 3, 5, 6, 7, 8, 10, 11]
    assert labels.tolist() == ["sit"] * 4 + ["walk"] * 6
    assert windows.recordings.tolist() == ["a"] * 8 + ["b"] * 2
    across, _ = replace(protocol, single_label=False).cut(X, y)
    assert np.asarray(across)[:, 0, 0].tolist() == [*range(9), 10, 11]


def test_standardised_by_training_people_only(recordings):
    class Watching(AlwaysWalks):
        def fit(self, X, y):
            values = np.asarray(X).reshape(-1, X.shape[2])
            np.testing.assert_allclose(values.mean(axis=0), 0, atol=1e-6)
            np.testing.assert_allclose(values.std(axis=0), 1, atol=1e-6)
            return super().fit(X, y)

        def predict(self, X):
            assert np.abs(np.asarray(X).mean(axis=(0, 1))).max() > 1e-3
            return np.repeat("walking", len(X))

    folds = benchmark({"watching": Watching()}, {"simulated": recordings}, "whar-arena").folds
    assert (folds["status"] == "ok").all(), folds["error"].tolist()


@pytest.mark.filterwarnings("ignore:The groups parameter is ignored")
def test_a_leaking_split_is_refused():
    protocol = replace(EACH_PERSON, cv=KFold(4, shuffle=True, random_state=0))
    with pytest.raises(ValueError, match=r"on both sides of split 0 of 'six'"):
        benchmark({"walks": AlwaysWalks()}, {"six": (SIX_WINDOWS, SIX_LABELS)}, protocol)


def test_other_bad_input():
    models = {"majority": DummyClassifier()}
    with pytest.raises(ValueError, match="nothing to test: models has 0 entries, random_states 1"):
        benchmark({}, {"six": (SIX_WINDOWS, SIX_LABELS)}, EACH_PERSON)
    with pytest.raises(ValueError, match="nothing to test: models has 1 entries, random_states 0"):
        benchmark(models, {"six": (SIX_WINDOWS, SIX_LABELS)}, EACH_PERSON, random_states=())
    with pytest.raises(TypeError, match="cv=3 is no splitter"):
        Protocol(window_length=1.0, cv=3)
    with pytest.raises(ValueError, match=r"no protocol 'arena'\. Name one of"):
        benchmark({}, {}, "arena")
    with pytest.raises(ValueError, match="does not say who was recorded"):
        benchmark(models, {"six": (np.zeros((6, 1)), SIX_LABELS)}, EACH_PERSON)
    labels = np.array([*SIX_LABELS[:5], None], dtype=object)
    with pytest.raises(ValueError, match="1 of 6 windows have no label"):
        benchmark(models, {"six": (SIX_WINDOWS, labels)}, EACH_PERSON)
    with pytest.raises(ValueError, match="6 windows, but 5 labels"):
        benchmark(models, {"six": (SIX_WINDOWS, SIX_LABELS[:5])}, EACH_PERSON)


def test_a_prediction_that_is_no_label_is_a_failure():
    class Dances(AlwaysWalks):
        def predict(self, X):
            return np.repeat("dance", len(X))

    with pytest.warns(FitFailedWarning, match="predicts 'dance', which is no label"):
        benchmark({"dances": Dances()}, {"six": (SIX_WINDOWS, SIX_LABELS)}, EACH_PERSON)


def test_times_that_a_model_takes_elsewhere_count():
    class Elsewhere(AlwaysWalks):
        benchmark_times_ = {"fit_time": 123.0}

    data = {"six": (SIX_WINDOWS, SIX_LABELS)}
    models = {"alone": Elsewhere(), "piped": make_pipeline(ChannelScaler(), Elsewhere())}
    folds = benchmark(models, data, replace(EACH_PERSON, standardize=True)).folds
    assert (folds["fit_time"] == 123.0).all()
    assert (folds["predict_time"] < 123.0).all()


def test_fitted_models_are_not_kept():
    class Remembered(Nearest):
        fitted = weakref.WeakSet()

        def fit(self, X, y):
            gc.collect()
            assert not self.fitted
            self.fitted.add(self)
            return super().fit(X, y)

    data = {"six": (SIX_WINDOWS, SIX_LABELS)}
    for protocol in EACH_PERSON, replace(EACH_PERSON, standardize=True):
        Remembered.fitted.clear()
        assert benchmark({"one": Remembered()}, data, protocol).folds["fold"].nunique() == 3
