from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler

from sklearn_har.evaluation import ClassBalanceDisplay
from sklearn_har.sampling import WindowSampler
from sklearn_har.windowing import Windows

PEOPLE = ["ann"] * 6 + ["bob"] * 6
LABELS = np.array(["sit"] * 4 + ["walk"] * 2 + ["sit"] * 3 + ["walk"] * 3, dtype=object)


@pytest.fixture
def windows():
    return Windows(np.random.default_rng(0).normal(size=(12, 5, 2)), subjects=PEOPLE)


def bars(ax) -> list[tuple]:
    """Lane, beginning and end of every bar, those of one origin after the other."""
    boxes = [patch.get_bbox() for container in ax.containers for patch in container]
    return [(round((box.y0 + box.y1) / 2), round(box.x0, 6), round(box.x1, 6)) for box in boxes]


def cells(ax) -> np.ndarray:
    return ax.images[0].get_array().filled(np.nan)


def test_windows_are_counted_by_activity_and_person(pyplot, windows):
    display = ClassBalanceDisplay.from_data(windows, LABELS)
    counts, people = display.axes_
    assert bars(counts) == [(0, 0, 7), (1, 0, 5)]
    np.testing.assert_array_equal(cells(people), [[4, 3], [2, 3]])
    assert [text.get_text() for text in counts.get_yticklabels()] == ["sit", "walk"]
    assert [text.get_text() for text in people.get_xticklabels()] == ["ann", "bob"]
    assert sorted(text.get_text() for text in people.texts) == ["2.0", "3.0", "3.0", "4.0"]
    assert counts.get_xlabel() == "windows of all people"
    display.figure_.draw_without_rendering()


def test_of_recordings_time_is_counted(pyplot, make_rows):
    X = make_rows({(1, 1): range(8), (2, 1): range(700)})
    X.index = X.index.set_levels(X.index.levels[2] / 2, level=2)  # 2 Hz
    y = pd.Series(["sit"] * 6 + [None] * 2 + ["walk"] * 700, index=X.index)
    display = ClassBalanceDisplay.from_data(X, y)
    assert bars(display.axes_[0]) == [(0, 0, 3), (1, 0, 350)]
    np.testing.assert_array_equal(cells(display.axes_[1]), [[3, np.nan], [np.nan, 350]])
    assert display.axes_[0].get_xlabel() == "seconds of all people\n(and 1 unlabelled)"


def test_long_times_are_minutes(pyplot, make_rows):
    X = make_rows({(1, 1): range(1200)})
    display = ClassBalanceDisplay.from_data(X, ["sit"] * 1200)
    assert bars(display.axes_[0]) == [(0, 0, 20)]
    assert display.axes_[1].get_title(loc="left") == "minutes of each person (grey: none)"


def test_what_a_sampler_made_is_stacked_on_what_was_there(pyplot, windows):
    display = ClassBalanceDisplay.from_sampler(
        WindowSampler(RandomOverSampler(random_state=0)), windows, LABELS
    )
    recorded, copied, before = [(0, 0, 7), (1, 0, 5)], [(0, 7, 7), (1, 5, 7)], [(0, 0, 7), (1, 0, 5)]
    assert bars(display.axes_[0]) == recorded + copied + before
    texts = [text.get_text() for text in display.axes_[0].get_legend().get_texts()]
    assert texts == ["recorded", "copied", "before"]
    sampler = WindowSampler(SMOTE(k_neighbors=1, random_state=0))
    display = ClassBalanceDisplay.from_sampler(sampler, windows, LABELS)
    assert display.amounts[..., 0].tolist() == [[4, 2], [3, 3]]
    assert display.amounts[..., 1:].sum(axis=0).tolist() == [[0, 0], [0, 2]]  # of walking, by either person
    assert "after sampling" in display.axes_[1].get_title(loc="left")


def test_what_a_sampler_dropped_keeps_its_outline(pyplot, windows):
    sampler = WindowSampler(RandomUnderSampler(random_state=0))
    display = ClassBalanceDisplay.from_sampler(sampler, windows, LABELS)
    assert bars(display.axes_[0])[:2] == [(0, 0, 5), (1, 0, 5)]
    assert bars(display.axes_[0])[-2:] == [(0, 0, 7), (1, 0, 5)]
    assert display.axes_[0].get_xlim()[1] > 7

    class OnlySitting:
        def fit_resample(self, X, y):
            return X[y == "sit"], y[y == "sit"]

    display = ClassBalanceDisplay.from_sampler(OnlySitting(), windows, LABELS)
    assert display.classes.tolist() == ["sit", "walk"]
    assert bars(display.axes_[0])[:2] == [(0, 0, 7), (1, 0, 0)]


@pytest.mark.parametrize(("n_people", "n_classes"), [(1, 2), (50, 20)])
def test_few_and_many_are_legible(pyplot, n_people, n_classes):
    people, activities = np.divmod(np.arange(n_people * n_classes), n_classes)
    windows = Windows(np.zeros((len(people), 1, 1)), subjects=[f"s{person}" for person in people])
    display = ClassBalanceDisplay.from_data(windows, [f"activity number {code}" for code in activities])
    display.figure_.draw_without_rendering()
    for texts in (display.axes_[0].get_yticklabels(), display.axes_[1].get_xticklabels()):
        boxes = [text.get_window_extent() for text in texts]
        assert all(not one.overlaps(other) for one, other in pairwise(boxes))


def test_bad_input_is_named(windows):
    with pytest.raises(ValueError, match="does not say who was recorded"):
        ClassBalanceDisplay.from_data(np.zeros((2, 5, 1)), ["a", "b"])
    with pytest.raises(ValueError, match="subjects has 1 entries; y has 2"):
        ClassBalanceDisplay.from_data(np.zeros((2, 5, 1)), ["a", "b"], subjects=["ann"])
    with pytest.raises(ValueError, match="subjects is missing in 1 places, the first at row 1"):
        ClassBalanceDisplay.from_data(np.zeros((2, 5, 1)), ["a", "b"], subjects=["ann", None])
    with pytest.raises(ValueError, match="y must hold one label for every row"):
        ClassBalanceDisplay.from_data(windows, ["a"])
    with pytest.raises(ValueError, match="None of the 12 labels in y is there"):
        ClassBalanceDisplay.from_data(windows, [None] * 12)
    with pytest.raises(ValueError, match="A ndarray does not know which windows a sampler made"):
        ClassBalanceDisplay.from_sampler(WindowSampler(SMOTE()), np.zeros((2, 5, 1)), ["a", "b"])


def test_without_matplotlib_the_extra_is_named(without_matplotlib, windows):
    with pytest.raises(ImportError, match=r"ClassBalanceDisplay.plot needs .*sklearn-har\[plot\]"):
        ClassBalanceDisplay.from_data(windows, LABELS)
