"""The graph of a file at work: windows in, labels and probabilities out."""

import numpy as np
from sklearn.utils.metaestimators import available_if

from ..._core._blocks import as_block, block_slices
from ...exceptions import ModelFileError
from ...windowing import validate_windows
from .._files_archive import ZIP_START

BLOCK_BYTES = 2**20  # of windows a call: what a network makes of them is many times larger
WINDOWS, LABEL, PROBABILITIES, DECISIONS = "windows", "label", "probabilities", "decisions"


def session_of(content: bytes):
    """Session of onnxruntime for the bytes of a file, in one thread."""
    onnxruntime = _onnxruntime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # windows are small: threads would wait
    options.log_severity_level = 4  # what goes wrong is raised
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime has a class of its own for each cause, all private
        if content.startswith(ZIP_START):
            raise ModelFileError(
                "It is no ONNX file but a zip, as files of save are: load reads those."
            ) from error
        first_line = str(error).splitlines()[0] if str(error) else repr(error)
        raise ModelFileError(
            f"It is no ONNX file that onnxruntime can run, or it was cut short: {first_line}"
        ) from error


def _onnxruntime():
    try:
        import onnxruntime
    except ImportError as error:
        raise ImportError("ONNX files need onnxruntime: pip install 'sklearn-har[onnx]'.") from error
    return onnxruntime


class GraphClassifier:
    """A classifier of windows that onnxruntime runs.

    Parameters
    ----------
    session : onnxruntime.InferenceSession
    facts : dict
        As the file has them under "windows" and "output".
    """

    def __init__(self, session, facts):
        self.session = session
        self.facts = facts
        windows, output = facts["windows"], facts["output"]
        self.output = output["name"]
        self.classes_ = output["classes"]
        self.n_timesteps_in_, self.n_channels_in_ = windows["n_timesteps"], windows["n_channels"]
        self.channel_names_in_ = None if windows["channels"] is None else tuple(windows["channels"])
        self.sampling_rate_in_ = windows["sampling_rate"]

    def values(self, X) -> np.ndarray:
        """Probabilities or decisions of each window, float32 of shape (n_windows, n_classes)."""
        windows = validate_windows(self, X, reset=False)
        out = np.empty((len(windows), len(self.classes_)), dtype=np.float32)
        for block in block_slices(len(windows), 4 * self.n_timesteps_in_ * self.n_channels_in_, BLOCK_BYTES):
            values = as_block(windows[block], np.float32)
            out[block] = self.session.run([self.output], {WINDOWS: values})[0]
        if np.isnan(out).any():
            unknown = np.flatnonzero(np.isnan(out).any(axis=1))
            raise ValueError(
                f"The graph gives NaN for {len(unknown)} windows, the first of them window {unknown[0]}. "
                "Values are too large for float32, or missing."
            )
        return out

    def predict(self, X) -> np.ndarray:
        """Label each window."""
        best = self.values(X).argmax(axis=1)
        return self.classes_[best]

    @available_if(lambda self: self.output == DECISIONS)
    def decision_function(self, X) -> np.ndarray:
        """Decisions of each window; of two classes, those of the second."""
        decisions = self.values(X).astype(np.float64)
        return decisions if len(self.classes_) > 2 else decisions[:, 1]

    @available_if(lambda self: self.output == PROBABILITIES)
    def predict_proba(self, X) -> np.ndarray:
        """Probabilities of each window."""
        return self.values(X).astype(np.float64)
