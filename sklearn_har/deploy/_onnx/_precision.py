"""Smaller graphs: weights in half precision, or networks in whole numbers of 8 bits."""

import logging
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from ._session import WINDOWS

FEWEST = 256  # weights of a matrix from which on halving it is worth a node
LARGEST = 6e4  # of float16, rounded down
QUANTIZED = "Conv", "Gemm", "MatMul"
WITH_WEIGHTS = (*QUANTIZED, "LSTM", "GRU")
WINDOWS_A_CALL = 16


def halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """The graph with its large matrices of weights in float16; computed is in float32, as before."""
    graph, casts = model.graph, []
    for tensor in graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or len(tensor.dims) < 2 or np.prod(tensor.dims) < FEWEST:
            continue
        values = numpy_helper.to_array(tensor)
        if np.abs(values).max() > LARGEST:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}_half"))
        casts.append(helper.make_node("Cast", [tensor.name], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    return model


def quantized(model: onnx.ModelProto, windows: np.ndarray) -> onnx.ModelProto:
    """The graph with convolutions and products of matrices in int8, calibrated on windows."""
    from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static

    with tempfile.TemporaryDirectory() as folder, _quiet():
        path = Path(folder) / "quantized.onnx"
        quantize_static(
            model,
            str(path),
            _reader(windows),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=list(QUANTIZED),
            per_channel=True,
            activation_type=QuantType.QInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
        )
        return onnx.load(str(path))


def not_quantized(model: onnx.ModelProto) -> dict[str, int]:
    """Operators with weights that are still in float32, and how many there are of each."""
    scaled = {
        output for node in model.graph.node if node.op_type == "DequantizeLinear" for output in node.output
    }
    return dict(
        Counter(
            node.op_type
            for node in model.graph.node
            if node.op_type in WITH_WEIGHTS and not scaled.intersection(node.input)
        )
    )


def _reader(windows: np.ndarray):
    from onnxruntime.quantization import CalibrationDataReader

    class Reader(CalibrationDataReader):
        def __init__(self):
            self._parts = self._all()

        def _all(self) -> Iterator[dict]:
            for begin in range(0, len(windows), WINDOWS_A_CALL):
                yield {WINDOWS: windows[begin : begin + WINDOWS_A_CALL]}

        def get_next(self):
            return next(self._parts, None)

    return Reader()


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the advice that onnxruntime's quantization logs."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)
