"""Gradient boosting on histograms as one node of ONNX that holds all its trees."""

import numpy as np
from onnx import ModelProto, TensorProto, checker, numpy_helper
from onnx.helper import make_graph, make_model, make_node, make_opsetid, make_tensor_value_info
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.utils.validation import check_is_fitted

from ..._core._sklearn import BoostedTrees, boosted_trees
from ._trees import ML_OPSET, OPSET, PROBABILITIES, TABLE, tree_graph

IR_VERSION = 8  # of the release of ONNX that brought OPSET


@tree_graph.register
def graph_of_boosting(estimator: HistGradientBoostingClassifier, *, double: bool = False) -> ModelProto:
    """Sum the leaves of all trees for every class, from the baseline on; probabilities are of the sums.

    With ``double``, the table is float64: trees split between values that single precision cannot tell apart.
    """
    check_is_fitted(estimator)
    fitted = boosted_trees(estimator)
    if fitted.is_categorical:
        raise TypeError(
            "HistGradientBoostingClassifier with categorical_features has no counterpart in ONNX here: its "
            "splits ask for sets of categories. Fit it with categorical_features=None on numbers."
        )
    n_scores = len(fitted.baseline)
    trees = make_node(
        "TreeEnsembleRegressor",
        [TABLE],
        ["scores"],
        domain="ai.onnx.ml",
        n_targets=n_scores,
        post_transform="NONE",
        aggregate_function="SUM",
        **_attributes(fitted, double),
    )
    kind = TensorProto.DOUBLE if double else TensorProto.FLOAT
    nodes, constants = _probabilities(n_scores)
    graph = make_graph(
        [trees, *nodes],
        "boosting",
        [make_tensor_value_info(TABLE, kind, [None, estimator.n_features_in_])],
        [make_tensor_value_info(PROBABILITIES, TensorProto.FLOAT, [None, len(estimator.classes_)])],
        constants,
    )
    opsets = [make_opsetid("", OPSET), make_opsetid("ai.onnx.ml", ML_OPSET)]
    model = make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
    checker.check_model(model)
    return model


def round_down(thresholds: np.ndarray) -> np.ndarray:
    """Return the largest numbers in single precision that are not above the thresholds.

    A number in single precision is at most a threshold where, and only where, it is at most this.
    """
    with np.errstate(over="ignore"):
        nearest = thresholds.astype(np.float32)
    too_high = nearest.astype(np.float64) > thresholds
    return np.where(too_high, np.nextafter(nearest, np.float32(-np.inf)), nearest)


def _attributes(fitted: BoostedTrees, double: bool) -> dict:
    """All nodes of all trees, one after the other, as the attributes of a tree ensemble."""
    sizes = [len(nodes) for nodes, _ in fitted.trees]
    nodes = np.concatenate([nodes for nodes, _ in fitted.trees])
    tree = np.repeat(np.arange(len(sizes)), sizes)
    place = np.concatenate([np.arange(size) for size in sizes])
    score = np.repeat([score for _, score in fitted.trees], sizes)
    leaf = nodes["is_leaf"].astype(bool)
    thresholds = np.where(leaf, 0, nodes["num_threshold"])
    weights = nodes["value"][leaf]
    return {
        "nodes_treeids": tree.tolist(),
        "nodes_nodeids": place.tolist(),
        "nodes_modes": np.where(leaf, "LEAF", "BRANCH_LEQ").tolist(),
        "nodes_featureids": np.where(leaf, 0, nodes["feature_idx"]).tolist(),
        "nodes_truenodeids": np.where(leaf, 0, nodes["left"]).astype(np.int64).tolist(),
        "nodes_falsenodeids": np.where(leaf, 0, nodes["right"]).astype(np.int64).tolist(),
        "nodes_missing_value_tracks_true": np.where(leaf, 0, nodes["missing_go_to_left"]).tolist(),
        "target_treeids": tree[leaf].tolist(),
        "target_nodeids": place[leaf].tolist(),
        "target_ids": score[leaf].tolist(),
        **_numbers(double, nodes_values=thresholds, target_weights=weights, base_values=fitted.baseline),
    }


def _numbers(double: bool, *, nodes_values, **others) -> dict:
    if double:
        numbers = {"nodes_values": nodes_values, **others}
        return {
            f"{name}_as_tensor": numpy_helper.from_array(values, f"{name}_as_tensor")
            for name, values in numbers.items()
        }
    numbers = {"nodes_values": round_down(nodes_values), **others}
    return {name: values.astype(np.float32).tolist() for name, values in numbers.items()}


def _probabilities(n_scores: int) -> tuple[list, list]:
    """Softmax of the scores; of one score, the logistic function of it and of its negative."""
    if n_scores > 1:
        return [make_node("Softmax", ["scores"], [PROBABILITIES], axis=1)], []
    signs = numpy_helper.from_array(np.array([[-1.0, 1.0]], np.float32), "signs")
    both = make_node("Mul", ["scores", "signs"], ["both_scores"])
    return [both, make_node("Sigmoid", ["both_scores"], [PROBABILITIES])], [signs]
