import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import NotFittedError

from sklearn_har.evaluation import ActivityTimelineDisplay
from sklearn_har.evaluation._activity_timeline_display import (
    RIGHT_COLOR,
    TRUE_COLOR,
    UNKNOWN_COLOR,
    WRONG_COLOR,
)
from sklearn_har.evaluation._envelope import steps
from sklearn_har.windowing import SlidingWindowClassifier

LIE, SIT, WALK = range(3)
to_hex = pytest.importorskip("matplotlib.colors").to_hex


class Sure(ClassifierMixin, BaseEstimator):
    """A classifier of windows that calls all "walk", with a probability of 0.75."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.full(len(X), "walk", dtype=object)

    def predict_proba(self, X):
        others = np.full((len(X), len(self.classes_)), 0.25 / (len(self.classes_) - 1))
        others[:, list(self.classes_).index("walk")] = 0.75
        return others


class Unsure(Sure):
    predict_proba = None

    def __getattribute__(self, name):
        if name == "predict_proba":
            raise AttributeError(name)
        return super().__getattribute__(name)


@pytest.fixture
def recordings(make_rows):
    X = make_rows({(1, 1): range(8), (1, 2): range(6), (2, 1): range(4)})
    y = pd.Series(["sit"] * 5 + ["walk"] * 3 + ["walk"] * 6 + ["lie", "sit", None, "sit"], index=X.index)
    return X, y


def bars(ax) -> set[tuple]:
    """Colour, lane, and first and last time of every bar that was drawn."""
    found = set()
    for collection in ax.collections:
        color = to_hex(collection.get_facecolor()[0])
        for path in collection.get_paths():
            low, high = path.get_extents().get_points()
            found.add((color, round((low[1] + high[1]) / 2), float(low[0]), float(high[0])))
    return found


def bar(color, lane, first, last) -> tuple:
    return to_hex(color), lane, first, last


def test_bars_show_the_truth_and_what_was_right_and_wrong(pyplot, recordings):
    X, y = recordings
    predicted = ["sit"] * 3 + ["lie"] * 2 + ["walk"] * 3
    y_pred = np.array(predicted + ["walk"] * 6 + ["sit"] * 4, dtype=object)
    display = ActivityTimelineDisplay.from_predictions(X, y, y_pred, subject=1, recording=1)
    assert display.axes_.shape == (1,)
    assert bars(display.axes_[0]) == {
        bar(TRUE_COLOR, SIT, 0, 5),
        bar(TRUE_COLOR, WALK, 5, 8),
        bar(RIGHT_COLOR, SIT, 0, 3),
        bar(WRONG_COLOR, LIE, 3, 5),
        bar(RIGHT_COLOR, WALK, 5, 8),
    }
    lanes = [text.get_text() for text in display.axes_[0].get_yticklabels()]
    assert lanes == ["lie", "sit", "walk"]
    title = display.axes_[0].get_title(loc="left")
    assert title == "subject 1, recording 1: 75.0 % of 8 labelled rows are right"
    legend = [text.get_text() for text in display.axes_[-1].get_legend().get_texts()]
    assert legend == ["true", "recognised, right", "recognised, wrong"]
    assert display.axes_[-1].get_xlabel() == "time (s)"
    display.figure_.draw_without_rendering()


def test_rows_of_unknown_truth_are_neither_right_nor_wrong(pyplot, recordings):
    X, y = recordings
    y_pred = np.full(18, "sit", dtype=object)
    display = ActivityTimelineDisplay.from_predictions(X, y, y_pred, subject=2, labels=["sit", "lie"])
    assert bars(display.axes_[0]) == {
        bar(TRUE_COLOR, 1, 0, 1),
        bar(TRUE_COLOR, 0, 1, 2),
        bar(TRUE_COLOR, 0, 3, 4),
        bar(WRONG_COLOR, 0, 0, 1),
        bar(RIGHT_COLOR, 0, 1, 2),
        bar(UNKNOWN_COLOR, 0, 2, 3),
        bar(RIGHT_COLOR, 0, 3, 4),
    }
    assert "66.7 % of 3 labelled rows" in display.axes_[0].get_title(loc="left")
    unlabelled = ActivityTimelineDisplay.from_predictions(np.zeros((2, 1)), [None, None], ["sit", "sit"])
    assert unlabelled.axes_[0].get_title(loc="left") == "no row is labelled"


def test_nan_among_labels_in_a_list_is_no_activity(pyplot, recordings):
    X, y = recordings
    told = [label if isinstance(label, str) else float("nan") for label in y]
    display = ActivityTimelineDisplay.from_predictions(X, told, ["sit"] * 18, subject=2)
    assert "of 3 labelled rows" in display.axes_[0].get_title(loc="left")


def test_gaps_are_hatched_and_hold_nothing(pyplot, recordings):
    X, y = recordings
    keep = np.ones(len(X), dtype=bool)
    keep[2:4] = False
    y_pred = y.fillna("sit")[keep]
    confidence = np.linspace(0.2, 0.9, keep.sum())
    display = ActivityTimelineDisplay.from_predictions(
        X[keep], y[keep], y_pred, confidence=confidence, subject=1, recording=1
    )
    assert bar(RIGHT_COLOR, SIT - 1, 0, 2) in bars(display.axes_[0])  # lie does not occur here
    for ax in display.axes_:
        (gap,) = [patch for patch in ax.patches if patch.get_hatch()]
        assert (gap.get_x(), gap.get_x() + gap.get_width()) == (2, 4)
    line = display.axes_[1].lines[0]
    x, y = line.get_xydata()[:6].T
    assert np.isnan(y[5])  # the line is broken at the end of the run
    assert x[5] == 2


def test_the_confidence_is_that_of_what_was_recognised(pyplot, recordings):
    X, y = recordings
    model = SlidingWindowClassifier(Sure(), window_length=2).fit(X, y)
    display = ActivityTimelineDisplay.from_estimator(model, X, y, subject=1, recording=1)
    np.testing.assert_allclose(display.confidence, 0.75)
    right, wrong = display.axes_[1].lines[:2]
    assert to_hex(right.get_color()) == to_hex(RIGHT_COLOR)
    known = ~np.isnan(wrong.get_ydata())
    assert (wrong.get_xdata()[known].min(), wrong.get_xdata()[known].max()) == (0, 5)
    assert np.nanmax(right.get_ydata()) == 0.75
    assert display.axes_[1].get_ylabel() == "confidence"


def test_a_model_without_probabilities_has_no_panel_of_confidence(pyplot, recordings):
    X, y = recordings
    model = Unsure().fit(X, y.dropna())
    display = ActivityTimelineDisplay.from_estimator(model, X, y, subject=2)
    assert display.confidence is None
    assert display.axes_.shape == (1,)


def test_a_model_that_is_not_fitted_is_refused(recordings):
    X, y = recordings
    with pytest.raises(NotFittedError):
        ActivityTimelineDisplay.from_estimator(
            SlidingWindowClassifier(Sure(), window_length=2), X, y, subject=2
        )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, r"name 3 recordings; name one"),
        ({"subject": 3}, r"subject=3, recording=None name 0 recordings"),
        ({"subject": 2, "labels": ["sit"]}, r"\['lie'\] are not among those named: \['sit'\]"),
        ({"subject": 2, "confidence": [0.5]}, "y must hold one label for every row"),
        ({"subject": 2, "ax": [None, None]}, "ax holds 2 axes; this display draws in 1"),
    ],
)
def test_what_cannot_be_drawn_is_named(pyplot, recordings, options, message):
    X, y = recordings
    with pytest.raises(ValueError, match=message):
        ActivityTimelineDisplay.from_predictions(X, y, y.fillna("sit"), **options)


def test_predictions_must_be_there_and_fit(pyplot, recordings):
    X, y = recordings
    with pytest.raises(ValueError, match="y_pred is missing in 1 rows of this recording, the first at 2 s"):
        ActivityTimelineDisplay.from_predictions(X, y, y, subject=2)
    with pytest.raises(ValueError, match="y must hold one label for every row"):
        ActivityTimelineDisplay.from_predictions(X, y, y[:5], subject=2)


def test_labels_of_two_kinds_are_refused():
    with pytest.raises(ValueError, match="kinds that have no common order"):
        ActivityTimelineDisplay.from_predictions(np.zeros((2, 1)), [1, 2], ["a", "b"])


def test_without_matplotlib_the_extra_is_named(without_matplotlib):
    with pytest.raises(ImportError, match=r"ActivityTimelineDisplay.plot needs .*sklearn-har\[plot\]"):
        ActivityTimelineDisplay.from_predictions(np.zeros((2, 1)), ["a", "b"], ["a", "a"])


def test_steps_follow_each_other_within_a_run():
    x, y = steps(
        np.array([0.0, 1, 2, 5, 6]), np.array([0.5, 0.5, 0.7, 0.7, np.nan]), np.array([0, 3, 5]), 1.0
    )
    nan = np.nan
    np.testing.assert_array_equal(x, [0, 2, 2, 2, 3, 3, 5, 6, 6, 6, 7, 7])
    np.testing.assert_array_equal(y, [0.5, 0.5, 0.7, 0.7, 0.7, nan, 0.7, 0.7, nan, nan, nan, nan])
