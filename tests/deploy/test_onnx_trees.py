"""Gradient boosting on histograms in a graph of ONNX decides as in Python."""

import numpy as np
import onnxruntime
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier

from sklearn_har.deploy._onnx._boosting import graph_of_boosting, round_down
from sklearn_har.deploy._onnx._trees import tree_graph


def probabilities(model, table, double=False):
    session = onnxruntime.InferenceSession(
        graph_of_boosting(model, double=double).SerializeToString(), providers=["CPUExecutionProvider"]
    )
    (found,) = session.run(None, {"table": np.asarray(table, np.float64 if double else np.float32)})
    return found


def table_of(n_rows, seed=0, missing=0.1):
    rng = np.random.default_rng(seed)
    table = rng.normal(size=(n_rows, 4)).astype(np.float32)
    table[:, 2] = np.round(table[:, 2], 1)  # ties, so that thresholds stand between equal distances
    table[rng.random(table.shape) < missing] = np.nan
    return table


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("missing", [0, 0.2])
def test_probabilities_equal_those_of_the_classifier(n_classes, missing):
    table = table_of(300, missing=missing)
    score = np.nan_to_num(table[:, 0]) + np.isnan(table[:, 1]) + np.nan_to_num(table[:, 2])
    labels = np.array(list("abcd"))[np.digitize(score, [-0.5, 0.5, 1.0][: n_classes - 1])]
    model = HistGradientBoostingClassifier(max_iter=20, random_state=0).fit(table, labels)
    asked = np.concatenate([table_of(500, seed=1, missing=0.2), [[np.inf] * 4, [-np.inf] * 4, [np.nan] * 4]])
    found = probabilities(model, asked)
    expected = model.predict_proba(asked)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, atol=1e-6)
    np.testing.assert_array_equal(found.argmax(axis=1), expected.argmax(axis=1))


def test_sides_of_every_threshold():
    table = table_of(300, missing=0).astype(np.float64) / 3
    labels = table[:, 0] + table[:, 3] > 0
    model = HistGradientBoostingClassifier(max_iter=5, random_state=0).fit(table, labels)
    thresholds = np.concatenate(
        [trees[0].nodes["num_threshold"][trees[0].nodes["is_leaf"] == 0] for trees in model._predictors]
    )
    low = round_down(thresholds)
    asked = np.concatenate([np.tile(side[:, np.newaxis], 4) for side in (low, np.nextafter(low, np.inf))])
    np.testing.assert_allclose(probabilities(model, asked), model.predict_proba(asked), atol=1e-6)


def test_table_in_double_precision_sits_on_thresholds():
    table = np.random.default_rng(0).normal(size=(300, 2)) / 3
    model = HistGradientBoostingClassifier(max_iter=5, random_state=0).fit(table, table[:, 0] > table[:, 1])
    thresholds = np.concatenate([trees[0].nodes["num_threshold"] for trees in model._predictors])
    asked = np.concatenate(
        [np.tile(side[:, np.newaxis], 2) for side in (thresholds, np.nextafter(thresholds, 9))]
    )
    expected = model.predict_proba(asked)
    np.testing.assert_allclose(probabilities(model, asked, double=True), expected, atol=1e-6)
    assert np.abs(probabilities(model, asked) - expected).max() > 1e-3


@given(
    st.floats(allow_nan=False),
    st.floats(allow_nan=False, width=32),
)
def test_rounding_down_keeps_comparisons(threshold, value):
    rounded = round_down(np.array([threshold]))
    assert rounded.dtype == np.float32
    assert (np.float32(value) <= rounded[0]) == (value <= threshold)


def test_dispatches_on_the_class():
    table = table_of(60)
    model = HistGradientBoostingClassifier(max_iter=2).fit(table, np.arange(60) % 3)
    graph = tree_graph(model).graph
    assert [value.name for value in (*graph.input, *graph.output)] == ["table", "probabilities"]


def test_refuses_categories():
    table = pd.DataFrame({"place": pd.Categorical(list("abc") * 20), "size": np.arange(60.0)})
    model = HistGradientBoostingClassifier(max_iter=2, categorical_features="from_dtype")
    with pytest.raises(TypeError, match="categorical_features"):
        graph_of_boosting(model.fit(table, np.arange(60) % 2))
