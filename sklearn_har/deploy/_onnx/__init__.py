"""Fitted recognizers as ONNX files, and such files at work."""
