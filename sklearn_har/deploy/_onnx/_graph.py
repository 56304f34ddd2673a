"""A fitted classifier of windows as one ONNX graph: windows in, labels and probabilities out."""

import io
import warnings
from typing import Any, NamedTuple

import numpy as np
import onnx
import torch
from onnx import TensorProto, compose, helper, numpy_helper
from sklearn.ensemble import HistGradientBoostingClassifier
from torch import nn

from ._boosting import graph_of_boosting
from ._session import DECISIONS, LABEL, PROBABILITIES, WINDOWS
from ._trees import ML_OPSET, OPSET, TABLE, has_tree_graph, tree_graph
from ._twins import twin
from ._twins._steps import needed_steps
from ._twins._tsfresh import TsfreshTwin

IR_VERSION = 8  # what came with the opset, and what old runtimes on phones read
TREES = "trees/"
TRACED_WINDOWS = 2


class Made(NamedTuple):
    """Modules of steps, one after the other, and the graph of trees behind them, if there are any."""

    modules: list[nn.Module]
    trees: onnx.ModelProto | None


def made_of(model, refused: list[str]) -> Made:
    """Make the modules of a fitted classifier of windows; what cannot be made is named in ``refused``."""
    modules: list[nn.Module] = []
    trees = None
    for name, step in needed_steps(model):
        try:
            if has_tree_graph(step):
                trees = _in_double(modules[-1:], step) or tree_graph(step)
            else:
                modules.append(twin(step))
        except TypeError as error:
            refused.append(f"{name!r}: {error}")
    return Made(modules, trees)


def graph_of(model, made: Made, n_timesteps: int, n_channels: int) -> onnx.ModelProto:
    """Graph of a fitted classifier of windows, from windows to its probabilities or decisions."""
    front, shape = nn.Sequential(*made.modules), (n_timesteps, n_channels)
    if made.trees is None:
        return traced(front, shape, output_name(model))
    return behind(traced(front, shape, TABLE), made.trees)


def _in_double(last: list[nn.Module], trees) -> onnx.ModelProto | None:
    """Graph of trees that read a table of float64, which the module before is told to make, if both can."""
    if not (last and isinstance(last[0], TsfreshTwin) and isinstance(trees, HistGradientBoostingClassifier)):
        return None
    last[0].table_dtype = torch.float64
    return graph_of_boosting(trees, double=True)


def output_name(model) -> str:
    """What the graph of a classifier gives: probabilities, or decisions if it has no others."""
    return PROBABILITIES if hasattr(model, "predict_proba") else DECISIONS


def traced(module: nn.Module, shape: tuple[int, int], output: str) -> onnx.ModelProto:
    """Graph of a torch module for any number of windows."""
    content: Any = io.BytesIO()  # torch says that it takes paths alone, and takes files too
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore", DeprecationWarning)  # this exporter, which is not the newest
        warnings.simplefilter("ignore", torch.jit.TracerWarning)  # sizes become constants; the graph is tried
        warnings.filterwarnings("ignore", category=UserWarning, module=r"torch\.onnx")
        try:
            torch.onnx.export(
                module.float().eval(),
                (torch.zeros(TRACED_WINDOWS, *shape),),
                content,
                dynamo=False,
                opset_version=OPSET,
                input_names=[WINDOWS],
                output_names=[output],
                dynamic_axes={WINDOWS: {0: "n_windows"}, output: {0: "n_windows"}},
            )
        except torch.onnx.errors.OnnxExporterError as error:
            raise TypeError(
                f"The forward of a network has an operator that torch does not export: {error} Write it with "
                "others."
            ) from error
    model = onnx.load_from_string(content.getvalue())
    model.ir_version = IR_VERSION
    return model


def behind(front: onnx.ModelProto, trees: onnx.ModelProto) -> onnx.ModelProto:
    """One graph of two, the second of which reads the table that the first makes."""
    trees = compose.add_prefix(trees, TREES)
    trees.ir_version = front.ir_version
    joined = compose.merge_models(front, trees, io_map=[(TABLE, TREES + TABLE)])
    joined.graph.node.append(helper.make_node("Identity", [TREES + PROBABILITIES], [PROBABILITIES]))
    joined.graph.output[0].name = PROBABILITIES
    return joined


def with_labels(model: onnx.ModelProto, classes: np.ndarray) -> onnx.ModelProto:
    """The graph with the label of the highest output of each window, int64 or text, as its first output."""
    is_whole = classes.dtype.kind in "iu"
    values = (
        classes.astype(np.int64) if is_whole else np.array([str(label) for label in classes], dtype=object)
    )
    graph = model.graph
    output = graph.output[0].name
    graph.initializer.append(numpy_helper.from_array(values, "classes"))
    graph.node.append(helper.make_node("ArgMax", [output], ["best"], axis=1, keepdims=0))
    graph.node.append(helper.make_node("Gather", ["classes", "best"], [LABEL]))
    kind = TensorProto.INT64 if is_whole else TensorProto.STRING
    label = helper.make_tensor_value_info(LABEL, kind, ["n_windows"])
    scores = helper.make_tensor_value_info(output, TensorProto.FLOAT, ["n_windows", len(classes)])
    del graph.output[:]
    graph.output.extend([label, scores])
    has_ml = any(opset.domain == "ai.onnx.ml" for opset in model.opset_import)
    del model.opset_import[:]
    model.opset_import.append(helper.make_opsetid("", OPSET))
    if has_ml:
        model.opset_import.append(helper.make_opsetid("ai.onnx.ml", ML_OPSET))
    return model
