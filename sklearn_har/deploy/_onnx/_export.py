"""One ONNX file of a fitted recognizer."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils.validation import check_is_fitted

try:
    import onnx
except ImportError as error:
    raise ImportError("export_onnx needs onnx and more: pip install 'sklearn-har[onnx]'.") from error

from ... import __version__
from ..._core._warnings import warn_user
from ...classifiers._network_base import NetworkClassifierBase
from ...exceptions import PredictionsChangedWarning
from ...windowing import Windows, check_windows
from ...windowing._context import windows_of_cover
from ...windowing._coverage import Cover
from .._files_archive import json_of, write_at_once
from .._files_windows import first_with, made_up
from .._parts import is_recognizer, steps_of
from .._plain import from_plain, plain
from ._describe import described
from ._facts import FORMAT, KEY, as_text, units_of
from ._graph import graph_of, made_of, output_name, with_labels
from ._precision import halved, not_quantized, quantized
from ._rows import plain_step
from ._session import WINDOWS, GraphClassifier, session_of
from ._smoothers import plain_smoother

PRECISIONS = "float32", "float16", "int8"
COMPARED = 1000  # windows of X, at most, on which the report is made
CALIBRATED = 256  # windows of X, at most, on which int8 is calibrated
KEPT = 4  # test windows in the file
AGREEING = 0.99  # of the labels; less is warned of, where
ROUNDING = 1e-3  # of a value does not account for it


@dataclass(frozen=True)
class ExportReport:
    """What `export_onnx` wrote, and how well it agrees with the estimator.

    Attributes
    ----------
    path : Path
        The file.
    n_bytes : int
        Its size.
    precision : str
        How weights are kept.
    n_windows : int
        Windows that were compared: those of X, at most 1,000 evenly from all over it, or made-up ones.
    agreement : float
        Share of them that get the same label.
    largest_difference : float
        Of a probability, or of a decision.
    not_quantized : dict of str to int
        With ``precision="int8"``, the operators with weights that stay in float32, and how many there are.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_har.classifiers import CNNClassifier
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.deploy import export_onnx
    >>> from sklearn_har.windowing import sliding_windows
    >>> X, y = make_recordings(n_subjects=2, random_state=0, return_X_y=True)
    >>> windows, labels = sliding_windows(X, y, window_length=2.56)
    >>> model = CNNClassifier(epochs=1, random_state=0).fit(windows, labels)
    >>> report = export_onnx(model, Path(tempfile.mkdtemp()) / "windows.onnx", X=windows)
    >>> report.path.name, report.n_bytes == report.path.stat().st_size, report.precision
    ('windows.onnx', True, 'float32')
    """

    path: Path
    n_bytes: int
    precision: str
    n_windows: int
    agreement: float
    largest_difference: float
    not_quantized: dict[str, int] = field(default_factory=dict)


class Parts(NamedTuple):
    """A fitted estimator: its steps of rows, what cuts windows (or None), and its classifier of windows."""

    rows: list[tuple[str, Any]]
    recognizer: Any
    model: Any

    @classmethod
    def of(cls, estimator) -> "Parts":
        *rows, (_, last) = steps_of(estimator)
        parts = cls(rows, last, last.estimator_) if is_recognizer(last) else cls([], None, estimator)
        if not hasattr(parts.model, "classes_"):
            raise TypeError(
                f"{type(last).__name__} is no classifier, so there are no labels to write: export a "
                "classifier of windows, or a recognizer."
            )
        return parts


def export_onnx(estimator, path, *, X=None, precision="float32"):
    """Write a fitted recognizer to one ONNX file, from raw windows to labels and probabilities.

    Parameters
    ----------
    estimator : estimator
        Fitted: a `SlidingWindowClassifier`, a pipeline of rows that ends with one, a classifier of windows
        or a pipeline of such, or a search around any of these.
    path : str or path-like
        The file; one that is there is replaced, and only when the new one is whole.
    X : recordings, Windows or array-like, default=None
        What ``estimator.predict`` reads: the report is made on it, a few windows of it go into the file, and
        "int8" is calibrated on it, for which windows of training are right. Whoever has the file has those
        few windows. None draws windows of the model's size around the means of its channels.
    precision : {"float32", "float16", "int8"}, default="float32"
        How weights are kept. "float16" halves the file and computes in float32. "int8" is for networks:
        convolutions and products of matrices are computed in whole numbers; recurrent layers stay in
        float32, as the report says.

    Returns
    -------
    ExportReport
        With ``path``, ``n_bytes``, ``precision``, ``n_windows``, ``agreement``, ``largest_difference`` and
        ``not_quantized``.

    Raises
    ------
    TypeError
        If steps or the smoother cannot be in a file: all of them are named, and without them the rest can.
    ValueError
        If the model does not say what windows it reads, X is not what it reads, or ``precision="int8"``
        comes without X or without a network.
    NotFittedError
        If the estimator is not fitted.
    OSError
        If the file cannot be written, as on a full disk. What was there before is left as it was.

    Warns
    -----
    PredictionsChangedWarning
        If the file, other than in int8, gives more than one window in a hundred another label, and values
        differ by more than 0.001.

    See Also
    --------
    OnnxRecognizer : Reads such files.
    save : Files for Python that hold any estimator, exactly.

    Notes
    -----
    In the graph is what concerns one window alone: ``windows``, float32 of shape (n, n_timesteps,
    n_channels) in m/s² and rad/s as in fit, become ``label`` (text or int64) and ``probabilities``; or
    ``decisions``, if the classifier has no probabilities. What reads neighbours is beside it, as plain
    settings in the metadata, and `OnnxRecognizer` does it: filters of rows of this library, and causal
    smoothers.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_har.classifiers import CNNClassifier
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.deploy import export_onnx
    >>> from sklearn_har.windowing import SlidingWindowClassifier
    >>> X, y = make_recordings(n_subjects=2, random_state=0, return_X_y=True)
    >>> recognizer = SlidingWindowClassifier(CNNClassifier(epochs=1, random_state=0), window_length=2.56)
    >>> report = export_onnx(recognizer.fit(X, y), Path(tempfile.mkdtemp()) / "walking.onnx", X=X)
    >>> report.agreement, report.largest_difference < 1e-4
    (1.0, True)
    """
    if precision not in PRECISIONS:
        raise ValueError(f"precision must be one of {', '.join(PRECISIONS)}; got {precision!r}.")
    check_is_fitted(estimator)
    parts = Parts.of(estimator)
    _check_int8(parts, X, precision)
    refused: list[str] = []
    facts = _facts_beside(parts, refused) | {"precision": precision}
    made = made_of(parts.model, refused)
    if refused:
        raise TypeError(
            f"{len(refused)} of {_n_parts(parts)} steps cannot be in an ONNX file, and with others in their "
            f"place the rest can. {' '.join(refused)}"
        )
    windows = _windows_of(parts, made_up(estimator) if X is None else X)
    said = _said(parts.model, windows)
    facts |= _facts_of_windows(parts, windows)
    values = np.asarray(windows, dtype=np.float32)
    graph = graph_of(parts.model, made, *values.shape[1:])
    if precision == "float16":
        graph = halved(graph)
    elif precision == "int8":
        graph = quantized(graph, values[_evenly(len(values), CALIBRATED)])
    graph = with_labels(graph, parts.model.classes_)
    session = _checked_session(graph, facts, values)
    facts["test"] = _test(session, values)
    agreement, difference = _compared(*said, session.values(windows), session.classes_)
    content = _with_facts(graph, facts)
    write_at_once(Path(path), content)
    left = not_quantized(graph) if precision == "int8" else {}
    if precision != "int8" and agreement < AGREEING and difference > ROUNDING:
        warn_user(
            f"{Path(path).name} gives {1 - agreement:.1%} of {len(windows)} windows another label than the "
            f"{type(estimator).__name__}; values differ by up to {difference:.3g}.",
            PredictionsChangedWarning,
        )
    return ExportReport(Path(path), len(content), precision, len(windows), agreement, difference, left)


def _check_int8(parts: Parts, X, precision: str) -> None:
    if precision != "int8":
        return
    name, last = list(steps_of(parts.model))[-1]
    if not isinstance(last, NetworkClassifierBase):
        raise ValueError(
            f'precision="int8" is for networks, and {name!r} is a {type(last).__name__}, whose features '
            'would lose what they tell apart. Choose "float16".'
        )
    if X is None:
        raise ValueError('precision="int8" is calibrated on windows of training: pass them, or rows, as X.')


def _n_parts(parts: Parts) -> int:
    smoother = parts.recognizer is not None and parts.recognizer.smoother_ is not None
    return len(parts.rows) + len(list(steps_of(parts.model))) + smoother


def _facts_beside(parts: Parts, refused: list[str]) -> dict:
    """What is not in the graph: steps of rows, windows, smoother; what no file can hold is named."""
    steps, smoother = [], None
    for name, step in parts.rows:
        try:
            steps.append(plain_step(name, step))
        except TypeError as error:
            refused.append(str(error))
    if parts.recognizer is not None and parts.recognizer.smoother_ is not None:
        try:
            smoother = plain_smoother(parts.recognizer.smoother_)
        except TypeError as error:
            refused.append(str(error))
    profile = None if parts.recognizer is None else plain(parts.recognizer.input_profile_)
    return {
        "format": FORMAT,
        "version": __version__,
        "steps": steps,
        "smoother": smoother,
        "input_profile": profile,
        "classes": plain((parts.recognizer or parts.model).classes_),
        "output": {"name": output_name(parts.model), "classes": plain(parts.model.classes_)},
    }


def _windows_of(parts: Parts, X) -> Windows:
    """Windows of X as they come to the graph, evenly from all over it."""
    recognizer = parts.recognizer
    if recognizer is None or getattr(X, "ndim", 2) == 3:
        windows = check_windows(X)
        return windows[_evenly(len(windows), COMPARED)]
    for _, step in parts.rows:
        X = step.transform(X)
    rows, cover = recognizer._rows_and_cover(X)
    some = _evenly(len(cover.firsts), COMPARED)
    cover = Cover(*(part[some] for part in cover))
    return windows_of_cover(rows, cover, recognizer.n_timesteps_, recognizer._names())


def _evenly(n: int, most: int) -> np.ndarray:
    return np.unique(np.linspace(0, n - 1, min(n, most)).astype(np.intp))


def _facts_of_windows(parts: Parts, windows: Windows) -> dict:
    """Channels, rates and sizes, of the windows and of the rows that come."""
    recognizer = parts.recognizer
    n_timesteps, n_channels = windows.shape[1:]
    if recognizer is not None:
        names, step = recognizer._names(), int(recognizer.step_)
        rate = float(recognizer.sampling_rate_in_) if recognizer.fitted_on_recordings_ else None
    else:
        names = first_with(parts.model, "channel_names_in_") or windows.channel_names
        rate = first_with(parts.model, "sampling_rate_in_") or windows.sampling_rate
        step = (n_timesteps + 1) // 2
    first = parts.rows[0][1] if parts.rows else None
    rows = names if first is None else getattr(first, "feature_names_in_", None)
    return {
        "rows": _channels(rows, n_channels if first is None else first.n_features_in_, rate),
        "windows": _channels(names, n_channels, rate) | {"n_timesteps": int(n_timesteps), "step": step},
    }


def _channels(names, n_channels: int, rate: float | None) -> dict:
    return {
        "channels": None if names is None else [str(name) for name in names],
        "units": units_of(names),
        "n_channels": int(n_channels),
        "sampling_rate": rate,
    }


def _with_facts(graph: onnx.ModelProto, facts: dict) -> bytes:
    """Bytes of the file."""
    del graph.metadata_props[:]
    graph.metadata_props.add(key=KEY, value=json_of(facts).decode())
    described(graph, facts)
    graph.producer_name, graph.producer_version = "sklearn-har", __version__
    onnx.checker.check_model(graph)
    return graph.SerializeToString()


def _checked_session(graph: onnx.ModelProto, facts: dict, values: np.ndarray) -> GraphClassifier:
    """The graph at work, tried with several numbers of windows."""
    classifier = GraphClassifier(session_of(_with_facts(graph, facts)), from_plain(facts))
    for n_windows in (1, 3):
        try:
            classifier.values(np.resize(values, (n_windows, *values.shape[1:])))
        except Exception as error:  # of onnxruntime, whose classes are private
            raise TypeError(
                f"The graph does not take {n_windows} windows. If the forward of a network fixes their "
                "number, let it follow from windows.shape[0], by reshape and not by unflatten or a constant. "
                f"({error})"
            ) from error
    return classifier


def _test(classifier: GraphClassifier, values: np.ndarray) -> dict:
    """A few windows, and what the graph says of them."""
    asked = values[_evenly(len(values), KEPT)]
    return {WINDOWS: as_text(asked), "output": as_text(classifier.values(asked))}


def _said(model, windows: Windows) -> tuple[np.ndarray, np.ndarray]:
    """Labels of a classifier, and what they come from, one column for each class."""
    labels = model.predict(windows)
    said = np.asarray(
        (model.predict_proba if hasattr(model, "predict_proba") else model.decision_function)(windows)
    )
    return labels, np.column_stack([-said, said]) if said.ndim == 1 else said


def _compared(labels, said, found: np.ndarray, classes: np.ndarray) -> tuple[float, float]:
    """Share of equal labels, and largest difference of what labels come from."""
    best = found.argmax(axis=1)
    return float(np.mean(classes[best] == labels)), float(np.max(np.abs(found - said)))
