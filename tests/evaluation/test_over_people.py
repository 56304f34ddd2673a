"""Scores over people: intervals, and comparisons of two models."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import wilcoxon
from sklearn.metrics import cohen_kappa_score, f1_score, make_scorer

from sklearn_har.evaluation import classification_report_by_subject, compare_by_subject, score_interval
from sklearn_har.evaluation._compare_by_subject import p_of_swaps
from sklearn_har.evaluation._over_people import draw_people, interval_over_people
from sklearn_har.exceptions import FewSubjectsWarning

N_ROWS = 20


def rows_of_people(*n_right):
    """Each person sits for twenty rows, of which so many are recognised, the first ones."""
    y_true = np.full(N_ROWS * len(n_right), "sit", dtype=object)
    y_pred = np.where(np.arange(N_ROWS) < np.array(n_right)[:, np.newaxis], "sit", "walk").ravel()
    return y_true, y_pred, np.repeat(np.arange(len(n_right)), N_ROWS)


def share_of_right(counts):
    return counts[..., 0] / counts.sum(axis=-1)


def test_each_draw_has_as_many_people_as_there_are():
    times = draw_people(7, 500, 0)
    assert (times.sum(axis=1) == 7).all()
    assert times.mean(axis=0) == pytest.approx(np.ones(7), abs=0.15)


def test_the_interval_of_two_people_by_hand():
    # drawn twice the first (1/4 of the draws), twice the second (1/4) or one of each
    counts = np.array([[10, 0], [0, 10]])
    assert interval_over_people(counts, share_of_right, level=0.9) == (0, 1)
    assert interval_over_people(counts, share_of_right, level=0.2) == (0.5, 0.5)


def test_people_count_by_their_rows():
    counts = np.array([[30, 0], [0, 10]])
    assert interval_over_people(counts, share_of_right, level=0.2) == (0.75, 0.75)


def test_the_interval_covers_the_score_of_all_people():
    random = np.random.default_rng(0)
    truth, n_covered, n_covered_by_rows = 0.8, 0, 0
    for _ in range(400):
        skill = random.beta(16, 4, size=30)  # people differ: mean 0.8, standard deviation 0.09
        right = random.binomial(200, skill)
        counts = np.column_stack([right, 200 - right])
        low, high = interval_over_people(counts, share_of_right, n_draws=300)
        n_covered += low <= truth <= high
        share = right.sum() / 6000
        n_covered_by_rows += abs(share - truth) < 1.96 * np.sqrt(share * (1 - share) / 6000)
    assert 0.90 <= n_covered / 400 <= 0.97  # a little below 0.95: the bootstrap of 30 people is narrow
    assert n_covered_by_rows / 400 < 0.6  # as if rows were independent


def test_several_values_have_intervals_at_once():
    counts = np.array([[10, 0], [5, 5], [0, 10]])
    low, high = interval_over_people(
        counts, lambda drawn: np.stack([share_of_right(drawn), 1 - share_of_right(drawn)], axis=-1)
    )
    np.testing.assert_allclose(low, 1 - high[::-1])


def test_one_person_has_no_interval():
    assert np.isnan(interval_over_people(np.array([[3, 1]]), share_of_right)).all()


def test_score_and_interval_by_hand():
    y_true, y_pred, people = rows_of_people(20, 0)
    found = score_interval(y_true, y_pred, subjects=people, metric="accuracy", level=0.9)
    assert found == (0.5, 0.0, 1.0)
    assert (found.score, found.low, found.high) == found


@pytest.mark.parametrize("name", ["accuracy", "balanced_accuracy", "f1_macro", "precision_macro"])
def test_counts_and_rows_give_the_same(name):
    random = np.random.default_rng(0)
    true, people = random.integers(0, 3, 300), np.repeat(np.arange(6), 50)
    predicted = np.where(random.random(300) < 0.7, true, random.integers(0, 3, 300))

    def by_rows(y_true, y_pred):
        return classification_report_by_subject(y_true, y_pred, subjects=np.zeros(len(y_true))).overall[
            "pooled"
        ][name]

    options = {"subjects": people, "n_draws": 20}
    by_counts = score_interval(true, predicted, metric=name, **options)
    assert by_counts == pytest.approx(score_interval(true, predicted, metric=by_rows, **options))


def test_any_score_of_labels_will_do():
    y_true, y_pred, people = ["a", "b"] * 6, ["a", "b"] * 4 + ["a", "a"] * 2, np.repeat([1, 2, 3], 4)
    kappa = score_interval(y_true, y_pred, subjects=people, metric=cohen_kappa_score, n_draws=50)
    assert kappa.score == cohen_kappa_score(y_true, y_pred)
    assert kappa.low < kappa.score < kappa.high
    weighted = score_interval(y_true, y_pred, subjects=people, metric="f1_weighted", n_draws=20)
    assert weighted.score == f1_score(y_true, y_pred, average="weighted")
    errors = make_scorer(lambda true, predicted: np.sum(true != predicted), greater_is_better=False)
    assert score_interval(y_true, y_pred, subjects=people, metric=errors, n_draws=20).score == -2


def test_the_seed_determines_the_interval():
    random = np.random.default_rng(0)
    y_true, y_pred, people = rows_of_people(*random.integers(5, 20, 15))
    first, again, other = (
        score_interval(y_true, y_pred, subjects=people, random_state=seed)
        for seed in (0, np.random.RandomState(0), 1)
    )
    assert first == again
    assert first != other


def test_unlabelled_rows_and_people_are_left_out():
    y_true, y_pred, people = rows_of_people(20, 10, 5)
    y_true[-N_ROWS:] = None
    expected = score_interval(y_true[:-N_ROWS], y_pred[:-N_ROWS], subjects=people[:-N_ROWS])
    assert score_interval(y_true, y_pred, subjects=people) == expected
    by_rows = score_interval(y_true, y_pred, subjects=people, metric=lambda a, b: np.mean(a == b), n_draws=50)
    assert by_rows.score == 0.75


def test_one_person_is_said_to_be_too_few():
    y_true, y_pred, people = rows_of_people(10)
    with pytest.warns(FewSubjectsWarning, match="One person has labelled rows: .* no interval"):
        found = score_interval(y_true, y_pred, subjects=people, metric="accuracy")
    assert found.score == 0.5
    assert np.isnan([found.low, found.high]).all()


def test_the_report_has_the_same_intervals():
    y_true, y_pred, people = rows_of_people(20, 15, 5, 18)
    overall = classification_report_by_subject(y_true, y_pred, subjects=people).overall
    for name, row in overall.iterrows():
        expected = score_interval(y_true, y_pred, subjects=people, metric=name)
        assert row[["pooled", "low", "high"]].tolist() == list(expected)


def compare(right_a, right_b, **options):
    y_true, pred_a, people = rows_of_people(*right_a)
    _, pred_b, _ = rows_of_people(*right_b)
    return compare_by_subject(y_true, pred_a, pred_b, subjects=people, metric="accuracy", **options)


def test_a_comparison_by_hand():
    found = compare([20, 18, 16, 14, 12, 10, 20], [19, 16, 13, 10, 7, 4, 20])
    assert found.by_subject["difference"].to_numpy() * N_ROWS == pytest.approx([1, 2, 3, 4, 5, 6, 0])
    assert (found.n_better_a, found.n_better_b, found.n_equal) == (6, 0, 1)
    assert found.score_a == pytest.approx(110 / 140)
    assert [found.difference, found.mean_difference] == pytest.approx([21 / 140] * 2)
    assert found.p_wilcoxon == 2 / 2**6  # the person without a difference does not count
    assert found.p_permutation == 2 / 2**6  # 4 of the 2**7 swaps: all signs alike, twice for the zero
    assert 0 < found.low < found.difference < found.high < 6 / 20


def test_people_count_by_rows_in_the_pooled_difference_and_alike_in_the_mean():
    y_true = ["sit"] * 10
    people = [1] * 2 + [2] * 8
    pred_a, pred_b = ["sit"] * 10, ["walk"] * 2 + ["sit"] * 8
    with pytest.warns(FewSubjectsWarning):
        found = compare_by_subject(y_true, pred_a, pred_b, subjects=people, metric="accuracy")
    assert found.difference == pytest.approx(0.2)
    assert found.mean_difference == pytest.approx(0.5)


def test_people_are_drawn_jointly():
    found = compare([20, 15, 10, 5, 18, 2], [18, 13, 8, 3, 16, 0])  # people differ, the difference does not
    assert found.low == pytest.approx(0.1)
    assert found.high == pytest.approx(0.1)


def test_two_equal_models_have_no_difference():
    found = compare([20, 15, 10, 5, 18, 2], [20, 15, 10, 5, 18, 2])
    assert (found.difference, found.p_wilcoxon, found.p_permutation, found.n_equal) == (0, 1, 1, 6)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, N_ROWS)] * 2), min_size=6, max_size=9))
def test_models_change_places(right):
    a, b = zip(*right, strict=True)
    found, swapped = compare(a, b, n_draws=20), compare(b, a, n_draws=20)
    assert found.difference == -swapped.difference
    assert found.low == pytest.approx(-swapped.high)
    assert (found.n_better_a, found.n_equal) == (swapped.n_better_b, swapped.n_equal)
    assert found.p_wilcoxon == pytest.approx(swapped.p_wilcoxon)
    assert found.p_permutation == pytest.approx(swapped.p_permutation)
    assert 0 < found.p_permutation <= 1


@pytest.mark.parametrize("n_people", [8, 20])  # swapped in all ways, and at random
def test_small_p_are_rare_where_models_are_alike(n_people):
    random = np.random.default_rng(0)
    p = np.array([p_of_swaps(random.normal(size=n_people), np.random.RandomState(0)) for _ in range(200)])
    assert 0.01 < np.mean(p <= 0.05) < 0.1
    assert 0.4 < np.mean(p <= 0.5) < 0.6


def test_many_people_are_swapped_at_random():
    random = np.random.default_rng(0)
    a = random.integers(10, N_ROWS, 40)
    b = a - random.integers(0, 3, 40)
    found = compare(a, b)
    assert found.p_permutation == 1 / 10_000
    assert (
        found.p_wilcoxon == wilcoxon(found.by_subject["difference"]).pvalue
    )  # which leaves out those without one
    assert compare(a, b).p_permutation == found.p_permutation


@pytest.mark.parametrize("n_people", [1, 2, 5])
def test_fewer_than_six_people_are_said_to_be_too_few(n_people):
    smallest = f"{min(1.0, 2 / 2**n_people):.2g}"
    with pytest.warns(FewSubjectsWarning, match=f"labelled rows: .* p is no smaller than {smallest}"):
        found = compare([20] * n_people, [*range(n_people)])
    assert found.p_wilcoxon == found.p_permutation == 2 / 2**n_people
    assert np.isnan(found.low) == (n_people == 1)


def test_a_person_without_some_activity_is_compared_by_those_she_has():
    y_true = ["sit", "walk"] * 10 + ["sit"] * 4
    people = np.r_[np.repeat(np.arange(5), 4), np.full(4, 5)]
    pred_b = ["sit", "sit"] * 10 + ["sit"] * 4
    found = compare_by_subject(y_true, y_true, pred_b, subjects=people)
    assert found.by_subject.loc[5].tolist() == [1, 1, 0]
    assert found.n_better_a == 5


def test_text_says_who_is_better_for_how_many():
    found = compare([20, 18, 16, 14, 12, 10], [19, 19, 13, 10, 7, 10])
    text = str(found)
    assert "accuracy: a 0.7500, b 0.6500" in text
    assert "a is better for 4 people, b for 1, neither for 1" in text
    assert "95% interval over people" in text
    assert repr(found).startswith("<SubjectComparison: accuracy +0.1000 (")
    with pytest.warns(FewSubjectsWarning):
        assert "unknown" in str(compare([3], [2]))


@pytest.mark.parametrize("evaluate", [score_interval, compare_by_subject])
@pytest.mark.parametrize("metric", ["accuracy", cohen_kappa_score])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"y_pred": ["a"]}, "y_true has 2 rows, (y_pred|pred_a 2, pred_b) 1"),
        ({"subjects": [1]}, "y_true has 2 rows, .* and subjects 1"),
        ({"y_pred": ["a", None]}, "(y_pred|pred_b) is missing in 1 places, the first at row 1"),
        ({"subjects": [1, None]}, "subjects is missing in 1 places, the first at row 1"),
        ({"subjects": ["ann", np.nan]}, "subjects is missing in 1 places, the first at row 1"),
        ({"y_true": [None, None]}, "None of the 2 rows of y_true has a label"),
    ],
)
def test_errors_name_the_place(evaluate, metric, arguments, message):
    y_true, y_pred, people = (
        ({"y_true": ["a", "b"], "y_pred": ["a", "b"], "subjects": [1, 2]} | arguments)[name]
        for name in ("y_true", "y_pred", "subjects")
    )
    predictions = [y_pred] if evaluate is score_interval else [["a", "b"], y_pred]
    with pytest.raises(ValueError, match=message):
        evaluate(y_true, *predictions, subjects=people, metric=metric)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"metric": "roc_auc"}, "roc_auc' reads probabilities"),
        ({"metric": "f1_makro"}, "'f1_makro' is not a valid scoring value"),
        ({"level": 1.0}, "'level' parameter"),
        ({"n_draws": 0}, "'n_draws' parameter"),
        ({"random_state": "seed"}, "'random_state' parameter"),
    ],
)
def test_bad_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        score_interval(["a", "b"], ["a", "b"], subjects=[1, 2], **options)
