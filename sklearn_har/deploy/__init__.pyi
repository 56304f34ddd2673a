from ._files import load, save
from ._streaming_recognizer import StreamingRecognizer

__all__ = ["StreamingRecognizer", "load", "save"]
