"""The classifier around the ridge: its choice, probabilities, parts, and bad input."""

import pickle
import subprocess
import sys
import tracemalloc
from itertools import count

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import RidgeClassifier
from sklearn.metrics import f1_score, log_loss, make_scorer
from sklearn.model_selection import KFold, LeaveOneGroupOut, TimeSeriesSplit
from threadpoolctl import threadpool_limits

from sklearn_har._core._progress import progress_bar
from sklearn_har.classifiers import (
    RidgeClassifierGroupCV,
    _products,
    _ridge_classifier_group_cv,
    _ridge_parts,
    _ridge_primal,
    _ridge_rows,
)
from sklearn_har.classifiers._temperature import best_temperature, probabilities
from sklearn_har.exceptions import (
    RowsForgottenWarning,
    SubjectsUnknownWarning,
    UnlabelledWarning,
    UnlearnedLabelsWarning,
)

from .test_ridge_group_out import SHAPES, make_table, refitted

ALPHAS = [0.01, 0.1, 1.0]


def in_parts(X, y, groups, n_parts, alphas=ALPHAS, **options):
    """A model of rows that come in parts, of which the last solves."""
    model = RidgeClassifierGroupCV(alphas)
    for part in np.array_split(np.arange(len(y)), n_parts):
        more = {name: values[part] for name, values in options.items()}
        last = part[-1] == len(y) - 1
        model.partial_fit(X[part], y[part], np.unique(y), groups=groups[part], solve=last, **more)
    return model


def test_many_alphas_give_the_decisions_of_refits():
    X, y, groups = make_table(300, 400, 6)
    alphas = np.geomspace(0.001, 10, 12)
    for chosen in (0, 5, 11):
        model = RidgeClassifierGroupCV(alphas, scoring=likes_only(chosen)).fit(X, y, groups=groups)
        assert model.alpha_ == alphas[chosen]
        expected = refitted(X, y, groups, model.penalty_, np.ones(len(y)))
        np.testing.assert_allclose(model.held_out_decisions_, expected, atol=1e-8, rtol=0)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_alphas_solved_in_turn_are_those_solved_together(shape, monkeypatch):
    X, y, groups = make_table(*shape)
    together = [
        RidgeClassifierGroupCV(ALPHAS, scoring=likes_only(i)).fit(X, y, groups=groups) for i in range(3)
    ]
    for module in _products, _ridge_primal:
        monkeypatch.setattr(module, "BYTES_AT_ONCE", 0)
    for i, expected in enumerate(together):
        model = RidgeClassifierGroupCV(ALPHAS, scoring=likes_only(i)).fit(X, y, groups=groups)
        np.testing.assert_array_equal(model.coef_, expected.coef_)
        np.testing.assert_array_equal(model.held_out_decisions_, expected.held_out_decisions_)


def test_one_thread_holds_one_factor_at_a_time():
    X, y, groups = make_table(800, 300, 40, dtype=np.float32)
    with threadpool_limits(1, user_api="blas"):
        tracemalloc.start()
        try:
            RidgeClassifierGroupCV(np.geomspace(0.01, 10, 16)).fit(X, y, groups=groups)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 6 * 8 * 300**2


@pytest.mark.parametrize("n_rows", [128, 129, 257, 600])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_many_alphas_and_few_agree(n_rows, dtype):
    X, y, groups = make_table(n_rows, n_rows + 1, 5, dtype=dtype)
    X[:, 20:] = X[:, :1]  # of low rank, so that reflections end in zeros
    few = RidgeClassifierGroupCV(0.1).fit(X, y, groups=groups)
    many = RidgeClassifierGroupCV([0.1, *(0.1 + 1e-6 * np.arange(1, 9))], scoring=likes_only(0))
    many.fit(X, y, groups=groups)
    assert many.alpha_ == 0.1
    atol = 1e-3 if dtype == np.float32 else 1e-9  # one direction holds nearly all of the variance
    np.testing.assert_allclose(many.held_out_decisions_, few.held_out_decisions_, atol=atol)
    np.testing.assert_allclose(many.coef_, few.coef_, atol=atol)


def likes_only(number):
    """A scorer that is 1 for what it sees as this number, and else 0."""
    calls = count()
    return lambda *_: float(next(calls) == number)


@pytest.mark.parametrize(
    "scoring", [None, "f1_macro", "neg_log_loss", make_scorer(f1_score, average="macro")]
)
def test_alpha_is_that_of_the_best_score(scoring):
    X, y, groups = make_table(150, 100, 10)
    model = RidgeClassifierGroupCV(ALPHAS, scoring=scoring).fit(X, y, groups=groups)
    alone = [RidgeClassifierGroupCV(alpha, scoring=scoring).fit(X, y, groups=groups) for alpha in ALPHAS]
    np.testing.assert_allclose(model.alpha_scores_, [one.best_score_ for one in alone], atol=1e-12)
    best = alone[int(np.argmax(model.alpha_scores_))]
    assert (model.alpha_, model.best_score_) == (best.alpha_, max(model.alpha_scores_))
    np.testing.assert_allclose(model.coef_, best.coef_, atol=1e-12)


def test_scores_are_of_the_held_out_decisions():
    X, y, groups = make_table(150, 100, 10)
    model = RidgeClassifierGroupCV(0.1).fit(X, y, groups=groups)
    assert model.best_score_ == np.mean(model.held_out_decisions_.argmax(axis=1) == y)
    model.set_params(scoring="neg_log_loss").fit(X, y, groups=groups)
    held_out = probabilities(model.held_out_decisions_, model.temperature_)
    np.testing.assert_allclose(model.best_score_, -log_loss(y, held_out))


def test_of_equal_scores_the_largest_alpha_wins():
    X, y, groups = make_table(60, 90, 6)
    model = RidgeClassifierGroupCV([0.1, 1.0, 0.5], scoring=lambda *_: 0.5).fit(X, y, groups=groups)
    assert model.alpha_ == 1.0


def test_a_scorer_gets_the_sample_weights():
    X, y, groups = make_table(60, 90, 6)
    seen = []

    def scorer(classifier, decisions, labels, sample_weight=None):
        seen.append(sample_weight)
        return 0.0

    weights = np.arange(60) % 3
    RidgeClassifierGroupCV(0.1, scoring=scorer).fit(X, y, sample_weight=weights, groups=groups)
    np.testing.assert_array_equal(seen[0], weights[weights > 0])
    RidgeClassifierGroupCV(0.1, scoring=scorer).fit(X, y, groups=groups)
    assert seen[1] is None


def test_a_score_that_cannot_be_compared_is_refused():
    X, y, groups = make_table(60, 90, 6)
    with pytest.raises(ValueError, match="must be finite"):
        RidgeClassifierGroupCV(scoring=lambda *_: np.nan).fit(X, y, groups=groups)


def test_a_score_that_has_no_name_is_refused_before_anything_is_solved(monkeypatch):
    monkeypatch.setattr(_ridge_classifier_group_cv, "primal_ridge", None)
    X, y, groups = make_table(60, 20, 6)
    with pytest.raises(ValueError, match=r"'scoring' parameter .* Got 'f1_makro'"):
        RidgeClassifierGroupCV(scoring="f1_makro").fit(X, y, groups=groups)


def test_it_is_the_ridge_classifier_of_scikit_learn():
    X, y, groups = make_table(150, 20, 6)
    model = RidgeClassifierGroupCV(3.0, relative=False, class_weight="balanced").fit(X, y, groups=groups)
    peer = RidgeClassifier(alpha=3.0, class_weight="balanced").fit(X, y)
    np.testing.assert_allclose(model.decision_function(X), peer.decision_function(X), atol=1e-9)


@pytest.mark.parametrize("n_classes", [2, 4])
def test_the_temperature_has_the_smallest_log_loss(n_classes):
    rng = np.random.default_rng(0)
    codes = rng.integers(n_classes, size=300)
    decisions = 2 * np.eye(n_classes)[codes] - 1 + rng.normal(size=(300, n_classes))
    decisions = decisions[:, 1] if n_classes == 2 else decisions
    weights = rng.exponential(size=300)

    def loss(temperature):
        return log_loss(codes, probabilities(decisions, temperature), sample_weight=weights)

    best = best_temperature(decisions, codes, weights)
    assert loss(best) < min(loss(best * 1.01), loss(best / 1.01))


def test_temperatures_have_limits():
    codes = np.array([0, 1, 1])
    assert best_temperature(np.array([-1.0, 1.0, 1.0]), codes, np.ones(3)) == 0.01
    assert best_temperature(np.array([1.0, -1.0, -1.0]), codes, np.ones(3)) == 100.0


def test_cv_holds_out_its_folds():
    X, y, groups = make_table(150, 100, 10)
    by_group = RidgeClassifierGroupCV(0.1).fit(X, y, groups=groups)
    for cv in (LeaveOneGroupOut(), list(LeaveOneGroupOut().split(X, y, groups))):
        model = RidgeClassifierGroupCV(0.1, cv=cv).fit(X, y, groups=groups)
        np.testing.assert_allclose(model.held_out_decisions_, by_group.held_out_decisions_, atol=1e-10)
    for cv in (KFold(3, shuffle=True, random_state=0), 3):
        RidgeClassifierGroupCV(0.1, cv=cv).fit(X, y)


@pytest.mark.parametrize("missing", [None, np.nan])
def test_cv_parts_rows_of_which_one_has_no_label(missing):
    X, y, _ = make_table(150, 100, 10)
    labels = y.astype(object if missing is None else float)
    labels[3] = missing
    with pytest.warns(UnlabelledWarning):
        model = RidgeClassifierGroupCV(0.1, cv=3).fit(X, labels)
    assert np.flatnonzero(np.isnan(model.held_out_decisions_[:, 0])).tolist() == [3]


@pytest.mark.parametrize(
    ("cv", "message"),
    [
        (TimeSeriesSplit(3), "Split 0 of cv"),
        ([(np.arange(75), np.arange(75, 150)), (np.arange(75), np.arange(75, 150))], "Split 1 of cv"),
        ([(np.arange(75), np.arange(75, 150))], "cv never holds out 75 of 150 rows"),
    ],
)
def test_folds_that_do_not_part_the_rows_are_refused(cv, message):
    X, y, _ = make_table(150, 100, 10)
    with pytest.raises(ValueError, match=message):
        RidgeClassifierGroupCV(0.1, cv=cv).fit(X, y)


@pytest.mark.parametrize("groups", [None, np.zeros(60)])
def test_without_two_groups_blocks_of_each_label_are_held_out(groups):
    X, y, _ = make_table(60, 90, 6)
    with pytest.warns(SubjectsUnknownWarning, match="5 blocks of each label"):
        model = RidgeClassifierGroupCV(0.1).fit(X, y, groups=groups)
    blocks = np.empty(60)
    for label in range(3):
        n = (y == label).sum()
        blocks[y == label] = np.arange(n) * 5 // n
    expected = RidgeClassifierGroupCV(0.1).fit(X, y, groups=blocks)
    np.testing.assert_allclose(model.held_out_decisions_, expected.held_out_decisions_, atol=1e-10)


@pytest.mark.parametrize("n_parts", [1, 4])
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_parts_give_what_all_rows_give(shape, n_parts):
    X, y, groups = make_table(*shape)
    weights = np.random.default_rng(1).exponential(size=len(y))
    model = in_parts(X, y, groups, n_parts, sample_weight=weights)
    whole = RidgeClassifierGroupCV(ALPHAS).fit(X, y, groups=groups, sample_weight=weights)
    assert model.alpha_ == whole.alpha_
    np.testing.assert_allclose(model.alpha_scores_, whole.alpha_scores_)
    np.testing.assert_allclose(model.coef_, whole.coef_, atol=1e-9)
    np.testing.assert_allclose(model.intercept_, whole.intercept_, atol=1e-9)
    np.testing.assert_allclose(model.temperature_, whole.temperature_, rtol=1e-7)


def test_people_join_folds_and_rows_are_thinned_out_where_memory_ends(monkeypatch):
    monkeypatch.setattr(_ridge_parts, "FOLD_BYTES", 0)
    monkeypatch.setattr(_ridge_parts, "KEPT_ROWS", 40)
    X, y, groups = make_table(150, 100, 10, seed=1)
    model = in_parts(X, y, groups, 5)
    assert len(model.parts_.folds) == 3
    kept = model.parts_.kept
    assert len(kept.X) == 40
    position = [int(np.flatnonzero((row == X).all(axis=1))[0]) for row in kept.X]
    assert np.diff(sorted(position)).max() <= 10  # spread evenly
    people = [model.parts_.fold_of_group[group] for group in groups]
    whole = RidgeClassifierGroupCV(model.alpha_).fit(X, y, groups=people)
    np.testing.assert_allclose(model.coef_, whole.coef_, atol=1e-9)
    right = whole.held_out_decisions_[position].argmax(axis=1) == y[position]
    np.testing.assert_allclose(model.best_score_, right.mean())


def test_people_join_the_fold_of_least_weight(monkeypatch):
    monkeypatch.setattr(_ridge_parts, "FOLD_BYTES", 0)
    X, y, groups = make_table(150, 20, 10)
    weights = np.random.default_rng(1).exponential(size=150)
    model = in_parts(X, y, groups, 3, sample_weight=weights)
    folds, fold_of = np.zeros(3), {}
    for part in np.array_split(np.arange(150), 3):
        for person in dict.fromkeys(groups[part]):  # as they come
            fold = fold_of.setdefault(person, len(fold_of) if len(fold_of) < 3 else folds.argmin())
            folds[fold] += weights[part][groups[part] == person].sum()
    assert model.parts_.fold_of_group == fold_of


def test_which_rows_are_kept_does_not_depend_on_the_parts(monkeypatch):
    monkeypatch.setattr(_ridge_parts, "KEPT_ROWS", 40)
    X, y, groups = make_table(150, 20, 10)
    weights = (np.arange(150) % 4 > 0).astype(float)  # rows of no weight do not count
    one, many = (in_parts(X, y, groups, n, sample_weight=weights) for n in (1, 7))
    np.testing.assert_array_equal(one.parts_.kept.X, many.parts_.kept.X)
    assert one.best_score_ == many.best_score_
    assert one.temperature_ == pytest.approx(many.temperature_)


def test_parts_keep_the_precision_of_the_first():
    X, y, groups = make_table(150, 100, 10, dtype=np.float32)
    model = in_parts(X, y, groups, 3)
    whole = RidgeClassifierGroupCV(ALPHAS).fit(X, y, groups=groups)
    assert model.coef_.dtype == np.float32
    np.testing.assert_allclose(model.coef_, whole.coef_, atol=1e-5)


def test_parts_go_on_after_they_were_solved():
    X, y, groups = make_table(150, 100, 10)
    model = RidgeClassifierGroupCV(ALPHAS).partial_fit(X[:100], y[:100], groups=groups[:100])
    before = model.coef_
    model.partial_fit(X[100:], y[100:], groups=groups[100:], solve=False)
    assert model.coef_ is before
    model = pickle.loads(pickle.dumps(model)).partial_fit(X[:1], y[:1], groups=groups[:1])
    weights = np.append(2.0, np.ones(149))
    whole = RidgeClassifierGroupCV(ALPHAS).fit(X, y, groups=groups, sample_weight=weights)
    np.testing.assert_allclose(model.coef_, whole.coef_, atol=1e-9)


def test_parts_after_a_fit_begin_anew():
    X, y, groups = make_table(150, 100, 10)
    model = RidgeClassifierGroupCV(ALPHAS).fit(X[:50], y[:50], groups=groups[:50])
    with pytest.warns(RowsForgottenWarning):
        model.partial_fit(X, y, groups=groups)
    np.testing.assert_allclose(model.coef_, in_parts(X, y, groups, 1).coef_, atol=1e-9)
    assert not hasattr(model, "held_out_decisions_")
    model.fit(X, y, groups=groups)
    assert not hasattr(model, "parts_")


def test_what_was_fitted_before_does_not_predict_for_other_classes():
    X, y, groups = make_table(150, 100, 10)
    model = RidgeClassifierGroupCV().fit(X, np.array(["a", "b", "c"])[y], groups=groups)
    with pytest.warns(RowsForgottenWarning):
        model.partial_fit(X[:, :5], np.array(["x", "y", "z"])[y], groups=groups, solve=False)
    with pytest.raises(NotFittedError):
        model.predict(X[:, :5])


def test_parts_are_refused_after_a_call_that_was_interrupted(monkeypatch):
    X, y, groups = make_table(60, 20, 6)
    model = RidgeClassifierGroupCV(ALPHAS).partial_fit(X, y, groups=groups)
    monkeypatch.setattr(_ridge_parts, "add_rows", interrupt)
    with pytest.raises(KeyboardInterrupt):
        model.partial_fit(X, y, groups=groups)
    monkeypatch.undo()
    model.predict(X)
    with pytest.raises(ValueError, match="was interrupted while it added rows"):
        model.partial_fit(X, y, groups=groups)
    model.fit(X, y, groups=groups)


def interrupt(*_):
    raise KeyboardInterrupt


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_the_bar_ends_where_it_says(shape, method, monkeypatch):
    bars = []

    def remember(total, *_):
        bars.append(progress_bar(total, "", verbose=True))
        return bars[-1]

    monkeypatch.setattr(_ridge_rows, "progress_bar", remember)
    X, y, groups = make_table(*shape)
    getattr(RidgeClassifierGroupCV(ALPHAS), method)(X, y, groups=groups)
    assert bars[0].n == bars[0].total


def test_parts_are_refused_what_they_cannot():
    X, y, groups = make_table(60, 20, 6)
    with pytest.raises(ValueError, match="class_weight='balanced' depends on rows that are still to come"):
        RidgeClassifierGroupCV(class_weight="balanced").partial_fit(X, y, groups=groups)
    with pytest.raises(ValueError, match="cannot use cv=3"):
        RidgeClassifierGroupCV(cv=3).partial_fit(X, y, groups=groups)
    with pytest.raises(ValueError, match="y has 1 class, "):
        RidgeClassifierGroupCV().partial_fit(X, np.zeros(60), groups=groups)
    with pytest.raises(ValueError, match="pass solve=False until rows of another group"):
        RidgeClassifierGroupCV().partial_fit(X, y, groups=np.zeros(60))
    model = RidgeClassifierGroupCV().partial_fit(X, y, groups=groups)
    with pytest.raises(ValueError, match=r"labels \[7\], which are not among the classes"):
        model.partial_fit(X, np.full(60, 7), groups=groups)
    with pytest.raises(ValueError, match=r"classes=\[0, 1\] in this call"):
        model.partial_fit(X, y, classes=[0, 1], groups=groups)


@pytest.mark.parametrize(
    ("alphas", "message"),
    [
        ([], "alphas must be positive numbers, at least one"),
        ([0.1, -1.0], "alphas must be positive"),
        ([0.1, np.inf], "alphas must be positive"),
        ([[0.1]], "alphas must be positive"),
        ([0.1, 0.1], "alphas holds a number twice"),
    ],
)
def test_alphas_that_make_no_sense_are_refused(alphas, message):
    X, y, groups = make_table(60, 20, 6)
    with pytest.raises(ValueError, match=message):
        RidgeClassifierGroupCV(alphas).fit(X, y, groups=groups)


@pytest.mark.parametrize("alphas", [[1e-30], np.geomspace(1e-30, 1e-20, 8)])
@pytest.mark.parametrize("shape", [(60, 90, 6), (90, 60, 6)])
def test_an_alpha_too_small_to_solve_is_refused(alphas, shape):
    X, y, groups = make_table(*shape, dtype=np.float32)
    X[:, 1:] = X[:, :1]
    with pytest.raises(ValueError, match="Leave out the smallest alphas, or pass X as float64"):
        RidgeClassifierGroupCV(alphas).fit(X, y, groups=groups)


def test_bad_groups_are_refused():
    X, y, groups = make_table(60, 20, 6)
    with pytest.raises(ValueError, match="groups has 59 entries, but there are 60 rows"):
        RidgeClassifierGroupCV().fit(X, y, groups=groups[1:])
    with pytest.raises(ValueError, match="The group of 1 rows is missing"):
        RidgeClassifierGroupCV().fit(X, y, groups=[None, *map(str, groups[1:])])


def test_groups_of_two_axes_are_refused():
    X, y, groups = make_table(60, 20, 6)
    with pytest.raises(ValueError, match=r"groups must have one axis; its shape is \(60, 1\)"):
        RidgeClassifierGroupCV().fit(X, y, groups=groups[:, np.newaxis])


@pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf])
def test_class_weights_that_make_no_sense_are_refused(weight):
    X, y, groups = make_table(60, 20, 6)
    with pytest.raises(ValueError, match="weights in class_weight must be finite and not negative"):
        RidgeClassifierGroupCV(class_weight={0: weight}).fit(X, y, groups=groups)


def test_a_fold_without_the_label_that_weighs_more_is_fitted():
    X, y, groups = make_table(60, 20, 6)
    with pytest.warns(UnlearnedLabelsWarning, match=r"class_weight names \[7\], .* there are \[0, 1, 2\]"):
        weighted = RidgeClassifierGroupCV(class_weight={7: 5.0, 0: 2.0}).fit(X, y, groups=groups)
    expected = RidgeClassifierGroupCV(class_weight={0: 2.0}).fit(X, y, groups=groups)
    np.testing.assert_array_equal(weighted.coef_, expected.coef_)


def test_one_class_is_refused():
    X, _, groups = make_table(60, 20, 6)
    with pytest.raises(ValueError, match="needs at least two"):
        RidgeClassifierGroupCV().fit(X, np.zeros(60), groups=groups)


def test_rows_that_leave_nothing_to_fit_are_refused():
    with (
        pytest.warns(SubjectsUnknownWarning),
        pytest.raises(ValueError, match="held out together, so none is left to fit"),
    ):
        RidgeClassifierGroupCV().fit([[0.0], [1.0]], [0, 1])


@pytest.mark.parametrize("n_features", [20, 90])
@pytest.mark.parametrize(("dtype", "value"), [(np.float32, -1e30), (np.float64, 1e200), (np.float64, 1e307)])
def test_values_too_large_are_refused(n_features, dtype, value):
    X, y, groups = make_table(60, n_features, 6, dtype=dtype)
    model = RidgeClassifierGroupCV().partial_fit(X, y, groups=groups)
    X[3, 4] = value
    with pytest.raises(ValueError, match="X has a value of size 1e"):
        RidgeClassifierGroupCV().fit(X, y, groups=groups)
    with pytest.raises(ValueError, match="X has a value of size 1e"):
        model.partial_fit(X, y, groups=groups)
    model.partial_fit(X[4:], y[4:], groups=groups[4:])  # nothing of the refused rows is in the sums
    assert np.isfinite(model.coef_).all()


@pytest.mark.parametrize("n_features", [20, 90])
def test_weights_too_large_are_refused(n_features):
    X, y, groups = make_table(60, n_features, 6)
    with (
        np.errstate(all="ignore"),
        pytest.raises(ValueError, match="variance of the features in X is not finite"),
    ):
        RidgeClassifierGroupCV().fit(X, y, groups=groups, sample_weight=np.full(60, 1e307))


def test_rows_without_a_label_are_left_out():
    X, y, groups = make_table(60, 20, 6)
    labels = np.array(["a", "b", "c"], dtype=object)[y]
    labels[3] = None
    with pytest.warns(UnlabelledWarning, match="1 of 60"):
        model = RidgeClassifierGroupCV().fit(X, labels, groups=groups)
    assert np.isnan(model.held_out_decisions_[3]).all()
    assert np.isfinite(np.delete(model.held_out_decisions_, 3, axis=0)).all()
    assert model.classes_.tolist() == ["a", "b", "c"]


def test_constant_features_give_the_shares_of_the_classes():
    _, y, groups = make_table(60, 20, 6)
    model = RidgeClassifierGroupCV().fit(np.ones((60, 2)), y, groups=groups)
    shares = np.bincount(y) / 60
    np.testing.assert_allclose(model.decision_function([[1.0, 1.0]]), [2 * shares - 1], atol=1e-12)


def test_it_works_inside_others():
    X, y, _ = make_table(60, 20, 6)
    with pytest.warns(SubjectsUnknownWarning):
        CalibratedClassifierCV(RidgeClassifierGroupCV(), cv=2).fit(X, y)


def test_it_needs_no_torch():
    code = (
        "import sys; from sklearn_har.classifiers import RidgeClassifierGroupCV as R; "
        "R(cv=2).fit([[0.], [1.], [2.], [3.]], [0, 1, 0, 1]); print('torch' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


@pytest.mark.parametrize("scoring", [None, "f1_macro"])
def test_rows_that_nothing_is_chosen_on_are_fitted_on(scoring):
    X, y, groups = make_table(80, 30, 4)
    chosen = np.arange(80) % 3 > 0
    model = RidgeClassifierGroupCV(0.1, scoring=scoring).fit(X, y, groups=groups, chosen_on=chosen)
    plain = RidgeClassifierGroupCV(0.1).fit(X, y, groups=groups)
    np.testing.assert_array_equal(model.coef_, plain.coef_)
    np.testing.assert_array_equal(model.held_out_decisions_, plain.held_out_decisions_)
    predicted = model.classes_[model.held_out_decisions_.argmax(axis=1)]
    expected = np.mean(predicted[chosen] == y[chosen])
    if scoring == "f1_macro":
        expected = f1_score(y[chosen], predicted[chosen], average="macro")
    assert model.best_score_ == pytest.approx(expected)
    codes = np.searchsorted(model.classes_, y)
    best = best_temperature(model.held_out_decisions_[chosen], codes[chosen], np.ones(chosen.sum()))
    assert model.temperature_ == pytest.approx(best)
    parts = in_parts(X, y, groups, 3, alphas=0.1, chosen_on=chosen)
    assert parts.temperature_ == pytest.approx(model.temperature_, rel=1e-3)


def test_rows_to_choose_on_are_bools_and_at_least_one():
    X, y, groups = make_table(80, 30, 4)
    with pytest.raises(ValueError, match=r"80 times True or False.*float64"):
        RidgeClassifierGroupCV().fit(X, y, groups=groups, chosen_on=np.ones(80))
    with pytest.raises(ValueError, match=r"80 times True or False.*79"):
        RidgeClassifierGroupCV().fit(X, y, groups=groups, chosen_on=np.ones(79, bool))
    with pytest.raises(ValueError, match="leaves no row"):
        RidgeClassifierGroupCV().fit(X, y, groups=groups, chosen_on=np.zeros(80, bool))
    with pytest.raises(ValueError, match="leaves no row"):
        RidgeClassifierGroupCV().partial_fit(X, y, groups=groups, chosen_on=np.zeros(80, bool))


@pytest.mark.parametrize("n_people", [8, 9])
def test_parts_of_many_people_leave_each_of_them_out(n_people):
    X, y, people = make_table(180, 20, n_people)
    whole = RidgeClassifierGroupCV(ALPHAS).fit(X, y, groups=people)
    parts = in_parts(X, y, people, 4)
    np.testing.assert_allclose(parts.coef_, whole.coef_, atol=1e-9)
    np.testing.assert_allclose(parts.alpha_scores_, whole.alpha_scores_)
    assert parts.temperature_ == pytest.approx(whole.temperature_, rel=1e-6)
