"""Decisions for groups left out, against a ridge that is fitted without them."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.utils.class_weight import compute_class_weight

from sklearn_har.classifiers import RidgeClassifierGroupCV

SHAPES = {
    "more features than rows": (60, 90, 6),
    "as many": (60, 60, 6),
    "more rows, small groups": (150, 100, 30),
    "more rows, large groups": (150, 20, 4),
    "one feature": (60, 1, 6),
}


def make_table(n_rows, n_features, n_groups, n_classes=3, dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.integers(n_classes, size=n_rows)
    groups = rng.integers(n_groups, size=n_rows) ** 2 // n_groups  # of very different sizes
    loadings = rng.normal(size=(n_classes, n_features))
    people = 0.5 * rng.normal(size=(n_groups, n_features))
    X = (
        loadings[y]
        + people[groups]
        + 2 * rng.normal(size=(n_rows, n_features))
        + 5 * rng.normal(size=n_features)
    )
    return X.astype(dtype), y, groups


def refitted(X, y, groups, penalty, weights):
    """Decisions for each group by scikit-learn's ridge of all others."""
    classes = np.unique(y)
    targets = np.where(y[:, None] == classes, 1.0, -1.0)
    decisions = np.empty_like(targets)
    for group in np.unique(groups):
        out = groups == group
        ridge = Ridge(alpha=penalty, solver="svd").fit(X[~out], targets[~out], sample_weight=weights[~out])
        decisions[out] = ridge.predict(X[out]).reshape(-1, len(classes))
    return decisions if len(classes) > 2 else decisions[:, 1]


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("alpha", [0.003, 0.1, 3.0])
def test_decisions_are_those_of_refits(shape, n_classes, alpha):
    X, y, groups = make_table(*shape, n_classes)
    model = RidgeClassifierGroupCV(alpha).fit(X, y, groups=groups)
    expected = refitted(X, y, groups, model.penalty_, np.ones(len(y)))
    np.testing.assert_allclose(model.held_out_decisions_, expected, atol=1e-8, rtol=0)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("class_weight", [None, "balanced", "balanced_sqrt", {0: 0.1, 1: 3.0}])
@pytest.mark.parametrize("weighted", [False, True])
def test_decisions_are_those_of_refits_with_weights(shape, class_weight, weighted):
    X, y, groups = make_table(*shape)
    weights = np.random.default_rng(1).exponential(size=len(y)) if weighted else np.ones(len(y))
    model = RidgeClassifierGroupCV([0.05, 0.5], class_weight=class_weight)
    model.fit(X, y, groups=groups, sample_weight=weights if weighted else None)
    if class_weight in ("balanced", "balanced_sqrt"):
        of_class = compute_class_weight("balanced", classes=np.arange(3), y=y, sample_weight=weights)
        of_class = np.sqrt(of_class) if class_weight == "balanced_sqrt" else of_class
    else:
        of_class = np.ones(3) if class_weight is None else np.array([0.1, 3.0, 1.0])
    expected = refitted(X, y, groups, model.penalty_, weights * of_class[y])
    np.testing.assert_allclose(model.held_out_decisions_, expected, atol=1e-8, rtol=0)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_float32_differs_by_rounding_alone(shape):
    X, y, groups = make_table(*shape, dtype=np.float32)
    single, double = (
        RidgeClassifierGroupCV(0.003).fit(table, y, groups=groups) for table in (X, X.astype(np.float64))
    )
    assert single.coef_.dtype == single.held_out_decisions_.dtype == np.float32
    np.testing.assert_allclose(single.held_out_decisions_, double.held_out_decisions_, atol=1e-4)
    np.testing.assert_allclose(single.decision_function(X), double.decision_function(X), atol=1e-4)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_large_mean_leaves_no_error_behind_in_float32(shape):
    X, y, groups = make_table(*shape)
    X = np.round(X, 1)
    moved = (np.round(X * 1024) / 1024 + 1024).astype(np.float32)
    near, far = (
        RidgeClassifierGroupCV(0.1).fit(table, y, groups=groups)
        for table in (moved.astype(np.float64), moved)
    )
    np.testing.assert_allclose(far.held_out_decisions_, near.held_out_decisions_, atol=1e-4)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("n_classes", [2, 3])
def test_coefficients_are_those_of_scikit_learn(shape, n_classes):
    X, y, groups = make_table(*shape, n_classes)
    model = RidgeClassifierGroupCV([0.05, 0.5]).fit(X, y, groups=groups)
    targets = np.where(y[:, None] == model.classes_, 1.0, -1.0)[
        :, slice(1, None) if n_classes == 2 else slice(None)
    ]
    ridge = Ridge(alpha=model.penalty_, solver="svd").fit(X, targets)
    np.testing.assert_allclose(model.coef_, ridge.coef_.reshape(model.coef_.shape), atol=1e-9)
    np.testing.assert_allclose(model.intercept_, np.ravel(ridge.intercept_), atol=1e-8)


def test_an_absolute_alpha_is_the_penalty():
    X, y, groups = make_table(60, 90, 6)
    assert RidgeClassifierGroupCV(7.0, relative=False).fit(X, y, groups=groups).penalty_ == 7.0


def test_a_relative_alpha_is_times_the_sum_of_the_variances():
    for shape in SHAPES.values():
        X, y, groups = make_table(*shape)
        model = RidgeClassifierGroupCV(0.5).fit(X, y, groups=groups)
        np.testing.assert_allclose(model.penalty_, 0.5 * X.var(axis=0).sum(), rtol=1e-10)


def test_a_relative_alpha_is_times_the_weighted_variances():
    for shape in SHAPES.values():
        X, y, groups = make_table(*shape)
        weights = np.random.default_rng(1).exponential(size=len(y))
        model = RidgeClassifierGroupCV(0.5, class_weight={0: 3.0})
        model.fit(X, y, groups=groups, sample_weight=weights)
        variances = np.diag(np.atleast_2d(np.cov(X.T, aweights=weights * np.where(y == 0, 3.0, 1.0), ddof=0)))
        np.testing.assert_allclose(model.penalty_, 0.5 * variances.sum(), rtol=1e-10)


@pytest.mark.parametrize("factor", [1e-3, 1e3])
def test_decisions_do_not_depend_on_the_unit(factor):
    X, y, groups = make_table(60, 90, 6)
    one, other = (RidgeClassifierGroupCV().fit(table, y, groups=groups) for table in (X, factor * X))
    np.testing.assert_allclose(one.held_out_decisions_, other.held_out_decisions_, atol=1e-9)


def test_a_class_of_one_group_alone_is_unknown_to_the_others():
    X, y, groups = make_table(60, 90, 6)
    y[groups == 0] = 3
    y[np.flatnonzero(groups == 0)[0]] = 0
    model = RidgeClassifierGroupCV().fit(X, y, groups=groups)
    np.testing.assert_allclose(model.held_out_decisions_[groups == 0, 3], -1.0, atol=1e-9)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_rows_of_no_weight_or_label_are_as_if_they_were_not_there(shape):
    X, y, groups = make_table(*shape)
    out = np.arange(len(y)) % 5 == 0
    weights = np.where(out, 0.0, 1.0)
    one = RidgeClassifierGroupCV().fit(X, y, groups=groups, sample_weight=weights)
    other = RidgeClassifierGroupCV().fit(X[~out], y[~out], groups=groups[~out])
    assert np.isnan(one.held_out_decisions_[out]).all()
    np.testing.assert_allclose(one.held_out_decisions_[~out], other.held_out_decisions_, atol=1e-9)
    np.testing.assert_allclose(one.coef_, other.coef_, atol=1e-9)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_weight_of_two_is_a_row_that_is_there_twice(shape):
    X, y, groups = make_table(*shape)
    times = np.arange(len(y)) % 3
    one = RidgeClassifierGroupCV().fit(X, y, groups=groups, sample_weight=times)
    X, y, groups = (np.repeat(values, times, axis=0) for values in (X, y, groups))
    other = RidgeClassifierGroupCV().fit(X, y, groups=groups)
    np.testing.assert_allclose(one.coef_, other.coef_, atol=1e-9)
    assert one.alpha_ == other.alpha_
    np.testing.assert_allclose(one.best_score_, other.best_score_)
    np.testing.assert_allclose(one.temperature_, other.temperature_, rtol=1e-7)
