from itertools import pairwise

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import NotFittedError
from sklearn.metrics import balanced_accuracy_score, f1_score
from sklearn.pipeline import make_pipeline

from sklearn_har.evaluation import SubjectScoresDisplay
from sklearn_har.windowing import Windows

PEOPLE = ["ann"] * 2 + ["bob"] * 2 + ["cid"] * 2
TRUE = ["sit", "walk"] * 3
FIRST = ["sit", "walk", "sit", "sit", "walk", "sit"]
SECOND = ["sit", "walk", "walk", "walk", "sit", "walk"]


class Constant(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])


def dots(ax) -> list:
    """Positions of the points of every model's people."""
    return [line.get_xydata() for line in ax.lines if line.get_linestyle() == "None"]


def test_people_are_dots_with_the_worst_at_the_top(pyplot):
    display = SubjectScoresDisplay.from_predictions(TRUE, FIRST, subjects=PEOPLE, metric="accuracy")
    assert display.scores["model"].to_dict() == {"ann": 1.0, "bob": 0.5, "cid": 0.0}
    (points,) = dots(display.ax_)
    np.testing.assert_array_equal(points, [[0, 0], [0.5, 1], [1, 2]])
    names = [text.get_text() for text in display.ax_.get_yticklabels()]
    assert names == ["cid", "bob", "ann", "mean of 3"]
    assert display.ax_.yaxis_inverted()
    assert display.ax_.get_xlabel() == "accuracy of a person"
    mean, low, high = display.means.loc["model"]
    assert mean == 0.5
    assert 0 <= low < 0.5 < high <= 1
    (text,) = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert text == f"model: mean 0.500, 95% interval {low:.3f} to {high:.3f}"


def test_models_are_drawn_on_the_same_people(pyplot):
    predictions = {"first": FIRST, "second": SECOND}
    display = SubjectScoresDisplay.from_predictions(TRUE, predictions, subjects=PEOPLE, metric="accuracy")
    first, second = dots(display.ax_)
    np.testing.assert_array_equal(first[:, 0], [0, 0.5, 1])  # in the order of the first model
    np.testing.assert_array_equal(second[:, 0], [1, 0.5, 1])
    np.testing.assert_array_equal(first[:, 1], second[:, 1])
    assert len(display.ax_.get_legend().get_texts()) == 2


@pytest.mark.parametrize(
    ("metric", "peer"),
    [
        ("f1_macro", lambda true, predicted: f1_score(true, predicted, average="macro")),
        ("balanced_accuracy", balanced_accuracy_score),
    ],
)
def test_scores_are_those_of_scikit_learn(pyplot, metric, peer):
    generator = np.random.default_rng(0)
    true, predicted = generator.choice(["a", "b", "c"], size=(2, 90))
    people = np.repeat([1, 2, 3], 30)
    named = SubjectScoresDisplay.from_predictions(true, predicted, subjects=people, metric=metric).scores
    own = SubjectScoresDisplay.from_predictions(true, predicted, subjects=people, metric=peer).scores
    expected = [peer(true[people == person], predicted[people == person]) for person in (1, 2, 3)]
    np.testing.assert_allclose(named["model"], expected)
    np.testing.assert_allclose(own["model"], expected)


def test_the_interval_narrows_with_people_and_is_unknown_for_one(pyplot):
    generator = np.random.default_rng(0)
    widths = []
    for n_people in (5, 50):
        people = np.repeat(np.arange(n_people), 20)
        true = generator.choice(["a", "b"], size=len(people))
        right = generator.random(len(people)) < np.repeat(generator.uniform(0.5, 1, n_people), 20)
        predicted = np.where(right, true, "c")
        display = SubjectScoresDisplay.from_predictions(true, predicted, subjects=people, metric="accuracy")
        _, low, high = display.means.iloc[0]
        widths.append(high - low)
    assert widths[1] < widths[0]
    display = SubjectScoresDisplay.from_predictions(
        ["a", "b"], ["a", "a"], subjects=[1, 1], metric="accuracy"
    )
    assert display.means.iloc[0, 1:].isna().all()
    (text,) = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert text == "model: mean 0.500"


def test_a_person_without_labels_has_an_empty_row(pyplot):
    true = ["sit", "walk", "sit", "walk", None, None]
    for metric in ("accuracy", lambda y_true, y_pred: np.mean(y_true == y_pred)):
        display = SubjectScoresDisplay.from_predictions(true, FIRST, subjects=PEOPLE, metric=metric)
        assert np.isnan(display.scores.loc["cid", "model"])
        assert display.means.loc["model", "mean"] == 0.75
        names = [text.get_text() for text in display.ax_.get_yticklabels()]
        assert names == ["bob", "ann", "cid", "mean of 2"]


def test_estimators_are_named_and_asked(pyplot):
    windows = Windows(np.zeros((6, 4, 1)), subjects=PEOPLE)
    model = make_pipeline("passthrough", Constant()).fit(windows, TRUE)
    display = SubjectScoresDisplay.from_estimator(model, windows, TRUE, metric="accuracy")
    assert list(display.scores) == ["Constant"]
    np.testing.assert_array_equal(display.scores["Constant"], 0.5)
    display = SubjectScoresDisplay.from_estimator({"always sit": model}, windows, TRUE)
    assert list(display.scores) == ["always sit"]
    with pytest.raises(NotFittedError):
        SubjectScoresDisplay.from_estimator(Constant(), windows, TRUE)
    with pytest.raises(ValueError, match="does not say who was recorded"):
        SubjectScoresDisplay.from_estimator(model, np.zeros((6, 4, 1)), TRUE)


@pytest.mark.parametrize("n_people", [1, 50])
def test_texts_do_not_overlap(pyplot, n_people):
    people = np.repeat([f"person {i}" for i in range(n_people)], 2)
    true = np.tile(["a", "b"], n_people)
    predictions = {f"a model with a long name {i}": np.roll(true, i) for i in range(4)}
    display = SubjectScoresDisplay.from_predictions(true, predictions, subjects=people)
    display.figure_.draw_without_rendering()
    boxes = [text.get_window_extent() for text in display.ax_.get_yticklabels()]
    assert all(not one.overlaps(other) for one, other in pairwise(boxes))
    legend = display.ax_.get_legend().get_window_extent()
    assert legend.y0 >= display.ax_.get_window_extent().y1 - 1


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="'auc' is not a valid scoring value"):
        SubjectScoresDisplay.from_predictions(TRUE, FIRST, subjects=PEOPLE, metric="auc")
    with pytest.raises(ValueError, match=r"'level' parameter of SubjectScoresDisplay\.from_predictions"):
        SubjectScoresDisplay.from_predictions(TRUE, FIRST, subjects=PEOPLE, level=95)
    with pytest.raises(ValueError, match="y_pred 5 and subjects 6"):
        SubjectScoresDisplay.from_predictions(TRUE, FIRST[:5], subjects=PEOPLE)
    with pytest.raises(ValueError, match="There is no model"):
        SubjectScoresDisplay.from_predictions(TRUE, {}, subjects=PEOPLE)


def test_without_matplotlib_the_extra_is_named(without_matplotlib):
    with pytest.raises(ImportError, match=r"SubjectScoresDisplay.plot needs .*sklearn-har\[plot\]"):
        SubjectScoresDisplay.from_predictions(TRUE, FIRST, subjects=PEOPLE)
