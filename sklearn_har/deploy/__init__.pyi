from ._files import load, save
from ._onnx._export import ExportReport, export_onnx
from ._onnx._recognizer import OnnxRecognizer
from ._serve import serve
from ._streaming_recognizer import StreamingRecognizer
from ._web import export_web

__all__ = [
    "ExportReport",
    "OnnxRecognizer",
    "StreamingRecognizer",
    "export_onnx",
    "export_web",
    "load",
    "save",
    "serve",
]
