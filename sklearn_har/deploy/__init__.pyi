from ._streaming_recognizer import StreamingRecognizer

__all__ = ["StreamingRecognizer"]
