"""Fitted ensembles of trees as ONNX graphs: a table in, probabilities out.

What torch cannot say well is not a twin but a graph of its own. `tree_graph` dispatches on the class of a
fitted estimator; a class is added by a function registered for it, in a module that `_graph.py` imports.
`export_onnx` joins the graph behind the twin of the steps before it, where the estimator is the last step of
a pipeline.

A graph has one input and one output, batch first and of a free size: ``table``, float32 of shape
(n, n_features), and ``probabilities``, float32 of shape (n, n_classes) in the order of ``classes_``. It may
use the domains ``""`` (opset `OPSET`) and ``ai.onnx.ml`` (opset `ML_OPSET`), and no others.
"""

from functools import singledispatch
from typing import Any

from onnx import ModelProto
from onnx.helper import make_attribute, make_opsetid
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

OPSET = 17
ML_OPSET = 3
TABLE, PROBABILITIES = "table", "probabilities"


@singledispatch
def tree_graph(estimator: Any) -> ModelProto:
    """Return the graph of a fitted classifier of tables; TypeError if it is none that can be one."""
    raise TypeError(f"{type(estimator).__name__} has no graph of its own in ONNX here.")


def has_tree_graph(estimator: Any) -> bool:
    """Whether this class of estimators is exported as a graph and not as a torch module."""
    return tree_graph.dispatch(type(estimator)) is not tree_graph.dispatch(object)


@tree_graph.register(DecisionTreeClassifier)
@tree_graph.register(RandomForestClassifier)
@tree_graph.register(ExtraTreesClassifier)
@tree_graph.register(GradientBoostingClassifier)
def graph_by_skl2onnx(estimator) -> ModelProto:
    """Probabilities of trees that skl2onnx knows."""
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import FloatTensorType

    try:
        model = convert_sklearn(
            estimator,
            initial_types=[(TABLE, FloatTensorType([None, estimator.n_features_in_]))],
            target_opset={"": OPSET, "ai.onnx.ml": ML_OPSET},
            options={id(estimator): {"zipmap": False}},
        )
    except (NotImplementedError, RuntimeError) as error:
        raise TypeError(f"skl2onnx does not convert {estimator!r}: {error}") from error
    if not isinstance(estimator, GradientBoostingClassifier):  # which takes no missing values
        _send_missing(model, getattr(estimator, "estimators_", [estimator]))
    return only_output(model, PROBABILITIES)


def _send_missing(model: ModelProto, fitted: list) -> None:
    """Send NaN where each node of the fitted trees sends it, which skl2onnx leaves out."""
    name = "nodes_missing_value_tracks_true"
    ensemble = next(node for node in model.graph.node if node.op_type.startswith("TreeEnsemble"))
    known = {attribute.name: attribute for attribute in ensemble.attribute}
    to_left = [one.tree_.missing_go_to_left.tolist() for one in fitted]
    places = zip(known["nodes_treeids"].ints, known["nodes_nodeids"].ints, strict=True)
    sent = make_attribute(name, [int(to_left[tree][node]) for tree, node in places])
    if name in known:
        ensemble.attribute.remove(known[name])
    ensemble.attribute.append(sent)


def only_output(model: ModelProto, name: str) -> ModelProto:
    """The same graph without the nodes that only its other outputs need, and this output as the only one."""
    from onnx.utils import Extractor

    alone = Extractor(model).extract_model([TABLE], [name])
    del alone.opset_import[:]
    alone.opset_import.extend([make_opsetid("", OPSET), make_opsetid("ai.onnx.ml", ML_OPSET)])
    return alone
