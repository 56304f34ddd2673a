import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import make_scorer
from sklearn.model_selection import cross_val_score

from sklearn_har.evaluation import calibration_error


def of_the_first(*probabilities):
    """Rows of three columns, the first of which is the most probable."""
    first = np.array(probabilities)
    return np.column_stack([first, (1 - first) / 2, (1 - first) / 2])


def test_by_hand():
    proba = of_the_first(0.55, 0.6, 0.9, 0.95, 0.95)
    y_true = ["a", "b", "a", "a", "c"]
    # two bins of width 0.5 hold all; four: (0.5, 0.75] with two rows, (0.75, 1] with three
    one_bin = abs((0.55 + 0.6 + 0.9 + 0.95 + 0.95) / 5 - 3 / 5)
    assert calibration_error(y_true, proba, n_bins=2) == pytest.approx(one_bin)
    gaps = [abs((0.55 + 0.6) / 2 - 1 / 2), abs((0.9 + 0.95 + 0.95) / 3 - 2 / 3)]
    assert calibration_error(y_true, proba, n_bins=4) == pytest.approx(2 / 5 * gaps[0] + 3 / 5 * gaps[1])


def test_bins_of_equally_many_rows_by_hand():
    proba = of_the_first(0.91, 0.92, 0.97, 0.98)
    found = calibration_error(["a", "b", "a", "c"], proba, n_bins=2, strategy="quantile")
    assert found == pytest.approx((abs(0.915 - 0.5) + abs(0.975 - 0.5)) / 2)


def test_agrees_with_the_calibration_curve_of_scikit_learn():
    random = np.random.default_rng(0)
    proba = random.dirichlet([0.5, 0.5, 0.5], size=500)
    true = random.integers(0, 3, 500)
    right, sure = proba.argmax(axis=1) == true, proba.max(axis=1)
    share, mean = calibration_curve(right, sure, n_bins=15)
    n_rows = np.histogram(sure, np.linspace(0, 1, 16))[0]
    expected = np.abs(share - mean) @ n_rows[n_rows > 0] / 500
    assert calibration_error(true, proba) == pytest.approx(expected)


def test_a_calibrated_model_has_none():
    random = np.random.default_rng(0)
    proba = random.dirichlet([1, 1, 1], size=100_000)
    true = (random.random(len(proba)) > np.cumsum(proba, axis=1).T).sum(axis=0)
    assert calibration_error(true, proba) < 0.01
    assert calibration_error(true, np.eye(3)[proba.argmax(axis=1)]) > 0.2


@given(st.lists(st.tuples(st.integers(0, 1), st.floats(0, 1)), min_size=1, max_size=30), st.integers(1, 20))
def test_is_between_0_and_1_and_of_two_classes_one_column_is_enough(rows, n_bins):
    true, second = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    options = {"labels": [0, 1], "n_bins": n_bins}
    found = calibration_error(true, second, **options)
    assert 0 <= found <= 1
    assert calibration_error(true, np.column_stack([1 - second, second]), **options) == found


def test_by_person():
    proba = of_the_first(0.8, 0.8, 0.8, 0.6)
    found = calibration_error(["a", "b", "c", None], proba, subjects=["bob", "ann", "ann", "cy"])
    assert found.index.name == "subject"
    np.testing.assert_allclose(found.loc[["ann", "bob"]], [0.8, 0.2])
    assert np.isnan(found["cy"])
    pooled = calibration_error(["a", "b", "c", None], proba)
    assert pooled == pytest.approx(abs(0.8 - 1 / 3))


def test_an_activity_that_was_never_learned_is_never_right():
    proba = [[0.75, 0.25]] * 4
    found = calibration_error(["sit", "sit", "sit", "jump"], proba, labels=["sit", "walk"])
    assert found == 0
    assert calibration_error(["jump", "sit"], proba[:2], labels=["sit", "walk"]) == 0.25


def test_a_rounding_error_above_1_is_a_probability():
    above = np.nextafter(1.0, 2)
    assert calibration_error(["a", "b"], [[above, 0.0], [0.0, above]]) == 0
    coarse = np.full((2, 12), 1 / 12, dtype=np.float16)
    assert calibration_error(["a", "b"], coarse, labels=list("abcdefghijkl")) == pytest.approx(
        5 / 12, abs=1e-3
    )


def test_people_without_names_are_not_a_person():
    with pytest.raises(ValueError, match="subjects is missing in 1 places, the first at row 1"):
        calibration_error(["a", "b"], np.eye(2), subjects=["ann", np.nan])


def test_labels_say_whose_the_columns_are():
    proba = [[0.9, 0.1], [0.9, 0.1]]
    assert calibration_error(["walk", "walk"], proba, labels=["walk", "sit"]) == pytest.approx(0.1)
    assert calibration_error(["walk", "walk"], proba, labels=["sit", "walk"]) == pytest.approx(0.9)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_is_a_scorer_of_scikit_learn(n_classes):
    random = np.random.default_rng(0)
    y = np.repeat(np.arange(n_classes), 30)
    X = random.normal(size=(len(y), 2)) + y[:, np.newaxis]
    scorer = make_scorer(calibration_error, greater_is_better=False, response_method="predict_proba")
    scores = cross_val_score(LogisticRegression(), X, y, cv=3, scoring=scorer)
    assert ((scores <= 0) & (scores > -0.5)).all()


def test_single_precision_and_frames_are_taken():
    proba = pd.DataFrame(np.full((4, 3), 1 / 3, dtype=np.float32), columns=list("abc"))
    assert calibration_error(pd.Series(list("abca"), dtype="category"), proba) == pytest.approx(1 / 6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"y_proba": [[0.5, 0.5]]}, "y_true has 2 rows, and y_proba 1"),
        ({"subjects": [1]}, "y_true has 2 rows, y_proba 2 and subjects 1"),
        ({"subjects": [1, None]}, "subjects is missing in 1 places"),
        (
            {"y_proba": [[0.5, 0.4], [0.5, 0.5]]},
            "of 1 rows do not add up to 1, the first those of row 0: 0.9",
        ),
        ({"y_proba": [[0.5, 0.5], [1.5, -0.5]]}, r"no probability, first at row 1: \[1.5, -0.5\]"),
        ({"y_proba": [[np.nan, 0.5], [0.5, 0.5]]}, "no probability, first at row 0"),
        ({"y_proba": np.full((2, 3), 1 / 3)}, "has 3 columns, but y_true has 2 activities"),
        ({"labels": ["a", "b", "c"]}, "has 2 columns, but labels names 3 activities"),
        ({"labels": ["c", "d"]}, r"labels is \['c', 'd'\], but the true activities are \['a', 'b'\]"),
        ({"labels": ["a", "a"]}, "labels names an activity twice"),
        ({"y_true": [None, None]}, "None of the 2 rows of y_true has a label"),
        ({"y_proba": np.ones((2, 1, 1))}, "one column for every class"),
        ({"n_bins": 0}, "'n_bins' parameter"),
        ({"strategy": "equal"}, "'strategy' parameter"),
    ],
)
def test_errors_say_what_is_wrong(arguments, message):
    given_ = {"y_true": ["a", "b"], "y_proba": [[0.5, 0.5], [0.5, 0.5]]} | arguments
    with pytest.raises(ValueError, match=message):
        calibration_error(**given_)
