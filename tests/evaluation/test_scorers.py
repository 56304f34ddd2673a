import pickle

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import Pipeline as ImblearnPipeline
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import NotFittedError
from sklearn.metrics import accuracy_score, f1_score, make_scorer
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer

from sklearn_har.evaluation import make_row_scorer, make_window_scorer
from sklearn_har.recordings import subjects
from sklearn_har.windowing import SlidingWindowClassifier


class MeanAbove(ClassifierMixin, BaseEstimator):
    """Says "walk" of a window whose mean is above a threshold, "sit" of any other."""

    def __init__(self, threshold=0.5):
        self.threshold = threshold

    def fit(self, X, y):
        self.classes_ = np.array(["sit", "walk"], dtype=object)
        return self

    def predict(self, X):
        return self.classes_[(np.asarray(X).mean(axis=(1, 2)) > self.threshold).astype(int)]


def recognizer(window_length=4, overlap=0.0, threshold=0.5):
    return SlidingWindowClassifier(MeanAbove(threshold), window_length=window_length, overlap=overlap)


@pytest.fixture
def walker(make_rows):
    """Ten rows, two regular windows of four; the last two rows are left over."""
    X = make_rows({(1, 1): [0, 0, 0, 0, 1, 1, 0, 1, 1, 1]})
    y = pd.Series(["sit"] * 5 + ["walk"] * 5, index=X.index)
    return X, y


def test_own_windows_by_hand(walker):
    X, y = walker
    model = recognizer().fit(X, y)
    # windows of rows 0-3 (sit, mean 0) and 4-7 (mostly walk, mean 0.75); 6-9 only covers the tail
    assert make_window_scorer("accuracy")(model, X, y) == 1.0
    # at a threshold of 0.8 the second is called sit, the third (mean 0.75) too
    model = recognizer(threshold=0.8).fit(X, y)
    assert make_window_scorer("accuracy")(model, X, y) == 0.5
    assert make_window_scorer("f1_macro")(model, X, y) == pytest.approx((2 / 3 + 0) / 2)


def test_windows_of_another_length_take_the_majority_of_rows(walker):
    X, y = walker
    model = recognizer(threshold=0.8).fit(X, y)  # calls every row sit
    # windows of two rows: 0-1, 2-3 sit; 4-5 a tie, so sit, the first in order; 6-7, 8-9 walk
    assert make_window_scorer("accuracy", window_length=2)(model, X, y) == 3 / 5


def test_overlap_is_that_of_the_recognizer(walker):
    X, y = walker
    seen = []

    def n_windows(y_true, y_pred):
        seen.append(y_true.tolist())
        return len(y_true)

    model = recognizer(overlap=0.5).fit(X, y)
    assert make_window_scorer(n_windows)(model, X, y) == 4  # at rows 0, 2, 4, 6
    assert seen == [["sit", "sit", "walk", "walk"]]


def test_unlabelled_windows_are_not_scored(walker):
    X, y = walker
    model = recognizer(threshold=0.8).fit(X, y)
    y = y.astype(object)
    y.iloc[5:8] = None
    assert make_window_scorer("accuracy")(model, X, y) == 1.0  # only the first is left
    y.iloc[:] = np.nan
    with pytest.raises(ValueError, match="2 windows of 4 s can be cut, all of them unlabelled"):
        make_window_scorer("accuracy")(model, X, y)


def test_no_window_is_padded_or_crosses_a_gap(make_rows):
    X = make_rows({(1, 1): [0] * 4 + [1] * 5, (1, 2): [1, 1, 1]})
    y = pd.Series(["sit"] * 4 + ["walk"] * 5 + ["sit"] * 3, index=X.index)
    model = recognizer().fit(X, y)
    X, y = X.drop(index=(1, 1, 4.0)), y.drop(index=(1, 1, 4.0))
    # runs 0-3 and 5-8 hold a window each; the short recording, labelled wrongly, holds none
    assert make_window_scorer("accuracy")(model, X, y) == 1.0
    assert make_window_scorer(lambda true, predicted: len(true))(model, X, y) == 2


def test_no_window_at_all_is_an_error(walker):
    X, y = walker
    model = recognizer().fit(X, y)
    with pytest.raises(ValueError, match="of 3 rows, 0 windows of 4 s can be cut"):
        make_window_scorer("accuracy")(model, X[:3], y[:3])


def minus(X):
    return -X


@pytest.mark.parametrize("kind", ["sklearn", "imblearn", "nested", "search"])
def test_recognizers_are_found_inside(walker, kind):
    X, y = walker
    flip = FunctionTransformer(minus)
    inner = recognizer(threshold=-0.5)
    model = {
        "sklearn": Pipeline([("none", "passthrough"), ("flip", flip), ("har", inner)]),
        "imblearn": ImblearnPipeline([("flip", flip), ("har", inner)]),
        "nested": make_pipeline(flip, make_pipeline("passthrough", inner)),
        "search": GridSearchCV(
            make_pipeline(flip, inner),
            {"slidingwindowclassifier__window_length": [4]},
            cv=[([*range(10)],) * 2],
        ),
    }[kind].fit(X, y)
    # of negated rows, the mean of the first window (0) is above -0.5 and that of the second is not
    assert make_window_scorer("accuracy")(model, X, y) == 0.0
    assert make_window_scorer("accuracy", window_length=5)(model, X, y) == 0.0


def test_a_sampler_before_the_recognizer_does_nothing_in_scoring(walker):
    X, y = walker
    inner = recognizer().fit(X, y)
    model = ImblearnPipeline([("sampler", RandomOverSampler()), ("har", inner)])
    assert make_window_scorer("accuracy")(model, X, y) == 1.0


def test_without_a_recognizer_there_are_no_windows(walker):
    X, y = walker
    model = make_pipeline(FunctionTransformer(minus), DummyClassifier()).fit(X, y)
    with pytest.raises(ValueError, match=r"no SlidingWindowClassifier .*Pipeline > DummyClassifier"):
        make_window_scorer("accuracy")(model, X, y)


def test_an_unfitted_recognizer_is_refused(walker):
    with pytest.raises(NotFittedError):
        make_window_scorer("accuracy")(recognizer(), *walker)


def test_plain_arrays_are_rows_of_one_recording():
    X = np.array([0, 0, 1, 1.0])[:, np.newaxis]
    y = np.array(["sit", "sit", "walk", "walk"])
    assert make_window_scorer("accuracy")(recognizer(2).fit(X, y), X, y) == 1.0


@pytest.fixture
def people(make_rows):
    """Three people of eight rows; the second is seen wrongly in her last quarter."""
    X = make_rows({(s, 1): [0, 0, 0, 0, 1, 1, 0 if s == 2 else 1, 0 if s == 2 else 1] for s in (1, 2, 3)})
    return X, pd.Series((["sit"] * 4 + ["walk"] * 4) * 3, index=X.index, dtype="category")


def test_scorers_work_in_a_search_over_window_lengths(people):
    X, y = people
    search = GridSearchCV(
        recognizer(threshold=0.6),
        {"window_length": [2, 4]},
        cv=GroupKFold(3),
        scoring={
            "own": make_window_scorer("accuracy"),
            "four": make_window_scorer("accuracy", window_length=4),
            "rows": make_row_scorer("accuracy"),
        },
        refit="rows",
        error_score="raise",
    ).fit(X, y, groups=subjects(X))
    results = search.cv_results_
    # window_length 2 errs in one window of four (two rows of eight), 4 in one of two (four rows); in
    # the second half of person 2 walk and sit tie at length 2, and sit comes first
    np.testing.assert_allclose(results["mean_test_own"], [(1 + 3 / 4 + 1) / 3, (1 + 1 / 2 + 1) / 3])
    np.testing.assert_allclose(results["mean_test_four"], [(1 + 1 / 2 + 1) / 3, (1 + 1 / 2 + 1) / 3])
    np.testing.assert_allclose(results["mean_test_rows"], [(1 + 6 / 8 + 1) / 3, (1 + 4 / 8 + 1) / 3])
    assert search.best_params_ == {"window_length": 2}
    assert make_window_scorer("accuracy")(search, X, y) == 11 / 12


@pytest.mark.parametrize("routing", [False, True])
def test_scorers_work_with_metadata_routing(people, routing):
    X, y = people
    with config_context(enable_metadata_routing=routing):
        groups = {"params": {"groups": subjects(X)}} if routing else {"groups": subjects(X)}
        scores = cross_val_score(
            recognizer(threshold=0.6),
            X,
            y,
            cv=GroupKFold(3),
            scoring=make_window_scorer("accuracy"),
            **groups,
        )
    assert sorted(scores) == [0.5, 1.0, 1.0]


class Parrot(ClassifierMixin, BaseEstimator):
    """Predicts what it was given."""

    def __init__(self, words=()):
        self.words = words

    def predict(self, X):
        return np.array(self.words)


def test_rows_without_a_true_label_are_never_scored():
    model = Parrot(["sit", "sit", "walk"])
    X = np.zeros((3, 1))
    assert make_row_scorer("accuracy")(model, X, ["sit", None, "sit"]) == 0.5
    assert make_row_scorer("accuracy")(model, X, pd.Series(["sit", None, "sit"], dtype="category")) == 0.5


def test_rows_of_the_null_label_are_not_scored_but_its_predictions_are_errors():
    model = Parrot(["sit", "walk", "null", "null", "sit"])
    y = ["sit", "sit", "walk", "null", "null"]
    X = np.zeros((5, 1))
    assert make_row_scorer("accuracy")(model, X, y) == 2 / 5
    assert make_row_scorer("accuracy", null_label="null")(model, X, y) == 1 / 3
    # sit: 1 of 1 predicted, 1 of 2 true; walk: none; null is no class of the average
    assert make_row_scorer("f1_macro", null_label="null")(model, X, y) == pytest.approx((2 / 3 + 0) / 2)
    assert make_row_scorer("f1_weighted", null_label="null")(model, X, y) == pytest.approx(4 / 9)
    macro_f1 = make_scorer(lambda true, predicted: f1_score(true, predicted, average="macro"))
    assert make_row_scorer(macro_f1, null_label="null")(model, X, y) == pytest.approx(2 / 9)


def test_an_absent_null_label_changes_nothing():
    model = Parrot([1, 2, 2])
    assert make_row_scorer("accuracy", null_label=0)(model, np.zeros((3, 1)), [1, 1, 2]) == 2 / 3


def test_no_row_left_is_an_error():
    with pytest.raises(ValueError, match="all 2 are unlabelled or have the null_label 'null'"):
        make_row_scorer("accuracy", null_label="null")(Parrot(["a", "b"]), np.zeros((2, 1)), ["null", None])


def test_less_is_better_where_scikit_learn_says_so():
    errors = make_scorer(lambda true, predicted: np.sum(true != predicted), greater_is_better=False)
    assert make_row_scorer(errors)(Parrot(["a", "b"]), np.zeros((2, 1)), ["a", "a"]) == -1


@pytest.mark.parametrize("make", [make_row_scorer, make_window_scorer])
@pytest.mark.parametrize("metric", ["roc_auc", "neg_log_loss", "average_precision"])
def test_scores_of_probabilities_are_refused(make, metric):
    with pytest.raises(ValueError, match=f"{metric}' reads probabilities"):
        make(metric)


@pytest.mark.parametrize("make", [make_row_scorer, make_window_scorer])
def test_what_is_no_metric_is_refused(make):
    with pytest.raises(ValueError, match="'f1_makro' is not a valid scoring value"):
        make("f1_makro")
    with pytest.raises(ValueError, match="'metric' parameter"):
        make(3)


def test_a_window_length_is_positive():
    with pytest.raises(ValueError, match="'window_length' parameter"):
        make_window_scorer("accuracy", window_length=0)


def test_labels_of_other_rows_are_refused(walker):
    X, y = walker
    model = recognizer().fit(X, y)
    for scorer in (make_window_scorer("accuracy"), make_row_scorer("accuracy")):
        with pytest.raises(ValueError, match="y has another index than X"):
            scorer(model, X, y[::-1])


@pytest.mark.parametrize(
    ("scorer", "text"),
    [
        (
            make_window_scorer("f1_macro", window_length=2.56),
            "make_window_scorer('f1_macro', window_length=2.56)",
        ),
        (make_row_scorer(accuracy_score, null_label=0), "make_row_scorer(accuracy_score, null_label=0)"),
    ],
)
def test_scorers_pickle_and_say_what_they_are(scorer, text):
    assert repr(scorer) == repr(pickle.loads(pickle.dumps(scorer))) == text
