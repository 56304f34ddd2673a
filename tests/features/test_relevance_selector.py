"""The selector against tsfresh's relevance table, and its tests of hypotheses against SciPy's."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joblib import parallel_config
from scipy import stats
from sklearn.base import clone
from tsfresh import select_features
from tsfresh.feature_selection.relevance import calculate_relevance_table

from sklearn_har.features import RelevanceSelector, TsfreshFeatures, _relevance_selector
from sklearn_har.features._relevance_tests import fisher_pvalues, rank_columns, relevance_of_columns


def some(n_rows, n_classes, seed=0):
    """Columns of every kind, some of them relevant: real, with ties, of two values, constant."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(n_classes, size=n_rows)
    table = rng.normal(size=(n_rows, 48))
    table[:, :16] += codes[:, None] * rng.normal(size=16) / 2
    table[:, 16:24] = table[:, :8].round()
    table[:, 24:32] = np.where(table[:, 8:16] > 0.7, 3.0, -5.0)
    table[:, 32:36] = table[:, 32:36] > 1.5
    table[:, 36], table[:, 37] = 0.1, 0
    frame = pd.DataFrame(table, columns=[f"acc__feature_{i}" for i in range(48)])
    return frame, np.array(["lying", "running", "sitting", "walking", "other"])[codes]


def by_tsfresh(frame, labels, **parameters):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = calculate_relevance_table(
            frame, pd.Series(labels), ml_task="classification", n_jobs=0, **parameters
        )
    return table.loc[frame.columns]


@pytest.mark.parametrize(("fdr_level", "hypotheses_independent"), [(0.05, False), (0.2, True)])
@pytest.mark.parametrize(("n_rows", "n_classes"), [(40, 2), (200, 2), (33, 5), (300, 3)])
def test_the_columns_and_p_values_are_those_of_tsfresh(n_rows, n_classes, fdr_level, hypotheses_independent):
    frame, labels = some(n_rows, n_classes)
    parameters = {"fdr_level": fdr_level, "hypotheses_independent": hypotheses_independent}
    expected = by_tsfresh(frame, labels, **parameters)
    selector = RelevanceSelector(**parameters).fit(frame, labels)
    np.testing.assert_allclose(selector.pvalues_, expected["p_value"], rtol=1e-9)
    np.testing.assert_array_equal(selector.get_support(), expected["relevant"])
    assert not selector.get_support().all()


@pytest.mark.parametrize("n_significant", [1, 2, 3])
def test_several_classes_are_those_of_tsfresh(n_significant):
    frame, labels = some(150, 4)
    expected = by_tsfresh(frame, labels, multiclass=True, n_significant=n_significant)
    selector = RelevanceSelector(n_significant=n_significant).fit(frame, labels)
    of_classes = expected[[f"p_value_{label}" for label in selector.classes_]]
    np.testing.assert_allclose(selector.class_pvalues_.T, of_classes, rtol=1e-9)
    np.testing.assert_array_equal(selector.n_significant_classes_, expected["n_significant"])
    np.testing.assert_array_equal(selector.get_support(), expected["relevant"])


def test_what_select_features_returns_is_kept():
    frame, labels = some(100, 3)
    kept = select_features(frame, labels, ml_task="classification", n_jobs=0)
    ours = RelevanceSelector().set_output(transform="pandas").fit_transform(frame, labels)
    pd.testing.assert_frame_equal(ours, kept[ours.columns])
    assert ours.shape == kept.shape


@settings(deadline=None, max_examples=50)
@given(st.integers(2, 500), st.data())
def test_fisher_is_that_of_scipy(n_rows, data):
    size, n_high = data.draw(st.integers(1, n_rows - 1)), data.draw(st.integers(1, n_rows - 1))
    both = data.draw(st.integers(max(0, size + n_high - n_rows), min(size, n_high)))
    expected = stats.fisher_exact(
        [[both, size - both], [n_high - both, n_rows - size - n_high + both]]
    ).pvalue
    found = fisher_pvalues(np.array([both]), np.array([n_high]), size, n_rows)
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(-3, 3), min_size=12, max_size=40), st.integers(1, 11))
def test_ranks_and_mann_whitney_are_those_of_scipy(values, size):
    columns = np.array([values], dtype=float)
    ranks, n_distinct = rank_columns(columns)
    np.testing.assert_array_equal(ranks[0], stats.rankdata(values))
    assert n_distinct == len(set(values))
    inside = np.arange(len(values)) < size
    if n_distinct > 2:
        found = relevance_of_columns(columns, inside[None]).pvalues
        expected = stats.mannwhitneyu(values[:size], values[size:], method="asymptotic").pvalue
        np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_blocks_and_threads_change_nothing(monkeypatch):
    frame, labels = some(60, 3)
    whole = RelevanceSelector().fit(frame, labels).class_pvalues_
    monkeypatch.setattr(_relevance_selector, "BLOCK_BYTES", 5 * 8 * 60)
    np.testing.assert_array_equal(RelevanceSelector().fit(frame, labels).class_pvalues_, whole)
    with parallel_config("loky", n_jobs=2):  # and stays in this process, where columns are
        np.testing.assert_array_equal(RelevanceSelector().fit(frame, labels).class_pvalues_, whole)
    found = RelevanceSelector(n_jobs=2).fit(frame.to_numpy(np.float32), labels).class_pvalues_
    np.testing.assert_allclose(found, whole, rtol=1e-9)


def test_undefined_features_are_refused_with_the_remedy_at_hand():
    windows = np.random.default_rng(0).normal(size=(20, 16))
    labels = np.repeat([0, 1], 10)
    table = TsfreshFeatures({"fft_coefficient": [{"coeff": 70, "attr": "abs"}]}, on_undefined="nan")
    with pytest.raises(ValueError, match="contains NaN"):
        RelevanceSelector().fit(table.fit_transform(windows), labels)
    table.set_params(on_undefined="impute")
    assert np.isnan(RelevanceSelector().fit(table.fit_transform(windows), labels).pvalues_).all()


def test_no_relevant_column_is_warned_of_at_transform():
    table, labels = np.random.default_rng(1).normal(size=(50, 5)), np.repeat([0, 1], 25)
    selector = RelevanceSelector().fit(table, labels)
    with pytest.warns(UserWarning, match="No features were selected"):
        assert selector.transform(table).shape == (50, 0)


@pytest.mark.parametrize(
    ("labels", "n_significant", "message"),
    [
        (np.zeros(20), 1, "y has 1 class"),
        (np.linspace(0, 1, 20), 1, "continuous"),
        (np.repeat([0, 1], 10), 3, "n_significant=3 is more than the 2 classes"),
    ],
)
def test_bad_labels(labels, n_significant, message):
    with pytest.raises(ValueError, match=message):
        RelevanceSelector(n_significant=n_significant).fit(np.arange(40.0).reshape(20, 2), labels)


def test_a_clone_selects_the_same():
    frame, labels = some(80, 2)
    selector = RelevanceSelector(0.1, hypotheses_independent=True).fit(frame, labels)
    again = clone(selector).fit(frame.to_numpy(), labels)
    np.testing.assert_array_equal(again.get_support(), selector.get_support())
    assert list(selector.get_feature_names_out()) == list(frame.columns[again.get_support()])
