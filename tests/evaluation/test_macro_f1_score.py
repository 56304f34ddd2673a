import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import f1_score

from sklearn_har.evaluation import macro_f1_score, make_row_scorer

ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 5)), min_size=1, max_size=40)


@given(ROWS, st.booleans())
def test_without_options_it_is_that_of_scikit_learn(rows, weighted):
    true, predicted, weights = np.array(rows).T
    weights = weights if weighted else None
    found = macro_f1_score(true, predicted, sample_weight=weights)
    assert found == pytest.approx(f1_score(true, predicted, average="macro", sample_weight=weights))


@given(ROWS)
def test_an_absent_activity_as_zero_is_scikit_learn_with_labels(rows):
    true, predicted, _ = np.array(rows).T
    found = macro_f1_score(true, predicted, labels=range(5), absent="zero")
    expected = f1_score(true, predicted, average="macro", labels=range(5), zero_division=0)
    assert found == pytest.approx(expected)
    assert macro_f1_score(true, predicted, labels=range(5)) == pytest.approx(macro_f1_score(true, predicted))


@given(ROWS)
def test_null_rows_that_count_are_scikit_learn_with_the_labels_of_activities(rows):
    true, predicted, _ = np.array(rows).T
    activities = sorted((set(true) | set(predicted)) - {0})
    if not activities:
        return
    found = macro_f1_score(true, predicted, null_label=0, null_rows="count")
    expected = f1_score(true, predicted, average="macro", labels=activities, zero_division=0)
    assert found == pytest.approx(expected)


class Parrot(ClassifierMixin, BaseEstimator):
    def __init__(self, words=()):
        self.words = words

    def predict(self, X):
        return np.array(self.words)


@given(ROWS)
def test_null_rows_left_out_are_those_of_the_row_scorer(rows):
    true, predicted, _ = np.array(rows).T
    if (true == 0).all():
        return
    scorer = make_row_scorer("f1_macro", null_label=0)
    expected = scorer(Parrot(predicted), np.zeros((len(true), 1)), true)
    assert macro_f1_score(true, predicted, null_label=0) == pytest.approx(expected)


def test_both_conventions_by_hand():
    true, predicted = ["sit", "sit", "walk", "walk"], ["sit", "walk", "walk", "walk"]
    sit, walk = 2 / 3, 4 / 5
    assert macro_f1_score(true, predicted) == pytest.approx((sit + walk) / 2)
    everything = ["run", "sit", "walk"]
    assert macro_f1_score(true, predicted, labels=everything) == pytest.approx((sit + walk) / 2)
    assert macro_f1_score(true, predicted, labels=everything, absent="zero") == pytest.approx(
        (sit + walk) / 3
    )


def test_the_null_label_need_not_be_named_or_occur():
    true, predicted = ["sit", "null"], ["sit", "sit"]
    assert macro_f1_score(true, predicted, null_label="null", labels=["sit"]) == 1
    assert macro_f1_score(true, predicted, null_label="null", labels=["sit", "null"]) == 1
    assert macro_f1_score(true[:1], predicted[:1], null_label="null") == 1


def test_unlabelled_rows_are_left_out():
    assert macro_f1_score(["sit", None, "walk"], ["sit", "sit", "walk"]) == 1
    assert macro_f1_score(["sit", None, "walk"], ["sit", "sit", "walk"], sample_weight=[1, 2, 3]) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"y_pred": ["a"]}, "y_true has 2 rows, and y_pred 1"),
        ({"y_pred": ["a", None]}, "y_pred is missing in 1 places, the first at row 1"),
        ({"y_true": [None, None]}, "None of the 2 rows of y_true has a label"),
        ({"null_label": "a", "y_true": ["a", "a"]}, "no row to score: .* null_label 'a'"),
        ({"absent": "zero"}, "must be named: labels="),
        ({"labels": ["a"]}, r"the activities \['b'\] occur too"),
        ({"sample_weight": [1.0]}, "sample_weight.shape"),
        ({"absent": "one"}, "'absent' parameter"),
    ],
)
def test_errors_say_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=message):
        macro_f1_score(**{"y_true": ["a", "b"], "y_pred": ["a", "a"]} | arguments)
