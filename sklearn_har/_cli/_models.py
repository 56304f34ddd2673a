"""The model that a command was given, whatever kind of file it is in."""

from pathlib import Path

from ._messages import said_warnings


def load_model(options):
    """A fitted recognizer from a file of `sklearn_har.deploy.save` or `export_onnx`."""
    path = Path(options.model)
    with said_warnings(path):
        if path.suffix.lower() == ".onnx":
            from ..deploy import OnnxRecognizer

            return OnnxRecognizer(path).recognizer_
        from ..deploy import load

        return load(path, trusted=options.trusted)
