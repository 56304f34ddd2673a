import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import NotFittedError
from sklearn.svm import LinearSVC

from sklearn_har.evaluation import ReliabilityDisplay, calibration_error
from sklearn_har.evaluation._calibration import (
    bin_edges,
    expected_calibration_error,
    reliability_bins,
    reliability_sums,
)

TRUE = ["sit", "sit", "walk", "walk", None]
PROBABILITIES = np.array([[0.9, 0.1], [0.9, 0.1], [0.3, 0.7], [0.7, 0.3], [0.5, 0.5]])
PEOPLE = ["ann", "bob", "ann", "bob", "bob"]


def sums_of(confidence, correct, edges):
    """Sums of the bins of one person."""
    return reliability_sums(confidence, correct, edges, np.zeros(len(confidence), dtype=int), 1)[0]


def test_bins_by_hand():
    confidence, correct = np.array([0.1, 0.5, 0.6, 1.0, 0.0]), np.array([True, False, True, True, False])
    sums = sums_of(confidence, correct, np.array([0, 0.5, 1]))
    np.testing.assert_allclose(sums, [[3, 0.6, 1], [2, 1.6, 2]])  # 0.5, on an edge, is in the lower bin
    bins = reliability_bins(sums)
    np.testing.assert_allclose(bins.confidence, [0.2, 0.8])
    np.testing.assert_allclose(bins.accuracy, [1 / 3, 1])
    assert expected_calibration_error(sums) == pytest.approx((0.4 + 0.4) / 5)


def test_an_empty_bin_is_unknown_and_costs_nothing():
    sums = sums_of(np.array([0.9]), np.array([True]), np.linspace(0, 1, 3))
    assert np.isnan(reliability_bins(sums).accuracy[0])
    assert expected_calibration_error(sums) == pytest.approx(0.1)


@given(st.integers(1, 200), st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_sums_add_up_over_parts_and_agree_with_scikit_learn(n, n_bins, seed):
    generator = np.random.default_rng(seed)
    confidence, correct = generator.random(n), generator.random(n) < 0.6
    for strategy in ("uniform", "quantile"):
        edges = bin_edges(confidence, n_bins, strategy)
        whole = sums_of(confidence, correct, edges)
        parts = [
            sums_of(confidence[part], correct[part], edges) for part in (slice(0, n // 2), slice(n // 2, n))
        ]
        np.testing.assert_allclose(whole, sum(parts), atol=1e-9)
        assert whole[:, 0].sum() == n
    edges = bin_edges(confidence, n_bins)
    bins = reliability_bins(sums_of(confidence, correct, edges))
    accuracy, mean = calibration_curve(correct, confidence, n_bins=n_bins)
    known = bins.counts > 0
    np.testing.assert_allclose(bins.accuracy[known], accuracy)
    np.testing.assert_allclose(bins.confidence[known], mean)


@given(st.integers(1, 60), st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_people_add_up_to_all(n, n_bins, seed):
    generator = np.random.default_rng(seed)
    confidence, correct = generator.integers(0, 5, n) / 4, generator.random(n) < 0.6  # many on an edge
    person = generator.integers(0, 3, n)
    for strategy in ("uniform", "quantile"):
        edges = bin_edges(confidence, n_bins, strategy)
        sums = reliability_sums(confidence, correct, edges, person, 3)
        np.testing.assert_allclose(sums.sum(axis=0), sums_of(confidence, correct, edges), atol=1e-9)
        own = [sums_of(confidence[person == one], correct[person == one], edges) for one in range(3)]
        np.testing.assert_allclose(sums, own)


def test_equal_counts_may_need_fewer_bins():
    confidence = np.array([0.5] * 5 + [0.6, 0.7, 0.8, 0.9, 1.0])
    edges = bin_edges(confidence, 10, "quantile")
    assert edges[0] == 0
    assert edges[-1] == 1
    assert (np.diff(edges) > 0).all()
    assert (sums_of(confidence, confidence > 0, edges)[:, 0] > 0).all()


def test_points_are_the_bins_and_bars_their_counts(pyplot):
    display = ReliabilityDisplay.from_predictions(TRUE, PROBABILITIES, subjects=PEOPLE, n_bins=5)
    accuracy, counts = display.axes_
    diagonal, points = accuracy.lines
    np.testing.assert_allclose(diagonal.get_xydata(), [[0, 0], [1, 1]])
    np.testing.assert_allclose(points.get_xydata(), [[0.7, 0.5], [0.9, 1.0]])
    assert [bar.get_height() for bar in counts.patches] == [0, 0, 0, 2, 2]
    assert display.calibration_error == pytest.approx(0.15)
    segments = accuracy.collections[0].get_segments()
    np.testing.assert_allclose(segments[0], [[0.7, 0], [0.7, 1]])  # ann right, bob wrong
    assert display.bins["count"].sum() == 4  # who knows what the fifth was
    texts = [text.get_text() for text in accuracy.get_legend().get_texts()]
    assert texts[1].startswith("calibration error 0.150\n95% interval over people")
    display.figure_.draw_without_rendering()


@pytest.mark.parametrize("strategy", ["uniform", "quantile"])
def test_the_error_is_that_of_the_function(pyplot, strategy):
    generator = np.random.default_rng(0)
    proba = generator.dirichlet([0.5, 0.5, 0.5], size=200).round(1)
    proba[:, 2] = 1 - proba[:, :2].sum(axis=1).clip(max=1)
    proba /= proba.sum(axis=1, keepdims=True)
    true, people = generator.choice(list("abc"), 200), np.arange(200) % 4
    display = ReliabilityDisplay.from_predictions(true, proba, subjects=people, strategy=strategy)
    assert display.calibration_error == pytest.approx(calibration_error(true, proba, strategy=strategy))
    low, high = display.calibration_error_interval
    assert low < high


def test_a_person_without_labels_is_not_drawn(pyplot):
    whose = ["ann", "ann", "bob", "bob", "cid"]
    display = ReliabilityDisplay.from_predictions(TRUE, PROBABILITIES, subjects=whose)
    without = ReliabilityDisplay.from_predictions(TRUE[:4], PROBABILITIES[:4], subjects=whose[:4])
    assert display.calibration_error_interval == without.calibration_error_interval
    assert not np.isnan(display.calibration_error_interval).any()


def test_one_person_has_no_interval(pyplot):
    display = ReliabilityDisplay.from_predictions(TRUE, PROBABILITIES, subjects=["ann"] * 5)
    assert np.isnan(display.calibration_error_interval).all()
    texts = [text.get_text() for text in display.axes_[0].get_legend().get_texts()]
    assert texts[1] == "calibration error 0.150"


def test_an_estimator_is_asked_and_its_classes_are_the_columns(pyplot):
    X = np.zeros((4, 1))
    model = DummyClassifier().fit(X, ["a", "b", "b", "b"])
    display = ReliabilityDisplay.from_estimator(
        model, X[:2], ["b", "c"], subjects=[1, 2], strategy="quantile"
    )
    assert display.bins["confidence"].tolist() == [0.75]
    assert display.bins["accuracy"].tolist() == [0.5]  # "c" was never learned
    with pytest.raises(NotFittedError):
        ReliabilityDisplay.from_estimator(DummyClassifier(), X, TRUE[:4], subjects=PEOPLE[:4])
    with pytest.raises(ValueError, match="LinearSVC has no predict_proba"):
        ReliabilityDisplay.from_estimator(LinearSVC(), X, TRUE[:4], subjects=PEOPLE[:4])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"strategy": "kmeans"}, r"'strategy' parameter of ReliabilityDisplay\.from_predictions"),
        ({"n_bins": 0}, "'n_bins' parameter"),
        ({"level": 95}, "'level' parameter"),
        ({"labels": ["sit"]}, "has 2 columns, but labels names 1 activities"),
        ({"subjects": None}, "'subjects' parameter"),
        ({"subjects": ["ann"]}, "y_true has 5 rows, y_proba 5 and subjects 1"),
        ({"subjects": [*PEOPLE[:4], None]}, "subjects is missing in 1 places"),
        ({"y_true": [None] * 5, "labels": ["sit", "walk"]}, "None of the 5 rows of y_true has a label"),
        ({"y_proba": PROBABILITIES / 2}, "do not add up to 1, the first those of row 0: 0.5"),
        ({"y_proba": PROBABILITIES * np.nan}, "what is no probability, first at row 0"),
    ],
)
def test_bad_input_is_named(options, message):
    given_ = {"y_true": TRUE, "y_proba": PROBABILITIES, "subjects": PEOPLE} | options
    with pytest.raises(ValueError, match=message):
        ReliabilityDisplay.from_predictions(**given_)


def test_without_matplotlib_the_extra_is_named(without_matplotlib):
    with pytest.raises(ImportError, match=r"ReliabilityDisplay.plot needs .*sklearn-har\[plot\]"):
        ReliabilityDisplay.from_predictions(TRUE, PROBABILITIES, subjects=PEOPLE)
