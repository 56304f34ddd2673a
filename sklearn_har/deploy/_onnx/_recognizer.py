"""A recognizer in one ONNX file, run by onnxruntime alone."""

from pathlib import Path
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils.metaestimators import available_if

from ..._core._warnings import warn_user
from ...exceptions import ModelFileError, PredictionsChangedWarning
from ...windowing import SlidingWindowClassifier
from ._facts import facts_of, from_text
from ._rows import step_of
from ._session import WINDOWS, GraphClassifier, session_of
from ._smoothers import smoother_of

TOLERANCE = {"float32": 1e-4, "float16": 1e-4, "int8": 0.05}  # whole numbers are added otherwise elsewhere


class OnnxRecognizer:
    """A recognizer that `export_onnx` wrote, run by onnxruntime.

    Neither torch nor numba, tsfresh or the estimator that was exported are needed or imported. It predicts on
    recordings as `SlidingWindowClassifier` does, and runs in a `StreamingRecognizer`.

    Parameters
    ----------
    path : str or path-like
        The file.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The activities.
    facts_ : dict
        What the file says of itself: ``rows`` and ``windows`` (channels, units, sampling rate, timesteps),
        ``steps`` of rows before the graph, ``smoother``, ``output``, ``precision``, ``version`` of this
        library, and ``test`` windows.
    recognizer_ : SlidingWindowClassifier or Pipeline
        What predicts: the graph in the place of the estimator of windows, behind the steps of rows.

    Raises
    ------
    ModelFileError
        If the file is none of `export_onnx`, was cut short, or is so damaged that it cannot be run.
    OSError
        If it cannot be read.

    Warns
    -----
    PredictionsChangedWarning
        If the graph does not say of the test windows in the file what it said when it was written.

    See Also
    --------
    export_onnx : Writes such files.

    Notes
    -----
    The graph runs in one thread. Of a classifier of windows, which was exported without a
    `SlidingWindowClassifier` around it, windows overlap by half, and a stream does not compare units.

    The file holds no checksum, so that other tools for ONNX may change the graph. Weights that a tool or a
    bad disk has changed are noticed if the graph says something else of the test windows. Files of `save`
    have a checksum.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_har.classifiers import CNNClassifier
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.deploy import OnnxRecognizer, export_onnx
    >>> from sklearn_har.windowing import SlidingWindowClassifier
    >>> X, y = make_recordings(n_subjects=2, random_state=0, return_X_y=True)
    >>> recognizer = SlidingWindowClassifier(CNNClassifier(epochs=1, random_state=0), window_length=2.56)
    >>> path = Path(tempfile.mkdtemp()) / "walking.onnx"
    >>> report = export_onnx(recognizer.fit(X, y), path, X=X)
    >>> bool((OnnxRecognizer(path).predict(X) == recognizer.predict(X)).all())
    True
    """

    def __init__(self, path):
        self.path = path
        name = Path(path).name
        content = Path(path).read_bytes()
        try:
            session = session_of(content)
            self.facts_ = facts_of(session)
            self._graph, self.recognizer_ = _made(session, self.facts_)
            changed = _change(self._graph, self.facts_)
        except ModelFileError as error:
            raise ModelFileError(f"{name} cannot be loaded. {error}") from error
        except ImportError:  # there is no onnxruntime
            raise
        except Exception as error:  # its metadata may be anything
            raise ModelFileError(
                f"{name} cannot be loaded: making its recognizer again raises {error!r}."
            ) from error
        if changed:
            warn_user(
                f"The graph of {name} does not say what it said when it was written: {changed}.",
                PredictionsChangedWarning,
            )
        self.classes_ = self._recognizer.classes_

    def predict(self, X):
        """Label every row, or every window.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_channels), array-like, or Windows
            Recordings, with the channels and the rate of fit. Or windows, `Windows` or 3-D arrays: they have
            gone through the steps of rows already, and no smoother reads them.

        Returns
        -------
        ndarray of shape (n_rows,) or (n_windows,)
        """
        if _is_windows(X):
            return self._graph.predict(X)
        return self._recognizer.predict(self._rows(X))

    @available_if(lambda self: hasattr(self._recognizer, "predict_proba"))
    def predict_proba(self, X):
        """Probabilities of the activities for every row, or every window.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_channels), array-like, or Windows
            As for `predict`.

        Returns
        -------
        ndarray of shape (n_rows, n_classes) or (n_windows, n_classes)
            In the order of ``classes_``; of windows, of those that the classifier of windows knows.
        """
        if _is_windows(X):
            return self._graph.predict_proba(X)
        return self._recognizer.predict_proba(self._rows(X))

    @available_if(lambda self: hasattr(self._graph, "decision_function"))
    def decision_function(self, X):
        """Decisions for every window, of a classifier that has no probabilities.

        Parameters
        ----------
        X : Windows or array-like of shape (n_windows, n_timesteps, n_channels)
            As for `predict`; of rows there are no decisions.

        Returns
        -------
        ndarray of shape (n_windows, n_classes) or (n_windows,)
            As of the classifier that was exported.
        """
        return self._graph.decision_function(X)

    def predict_windows(self, X):
        """Label the windows that `predict` reads, in a table.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_channels) or array-like
            Recordings.

        Returns
        -------
        DataFrame of shape (n_windows, n_columns)
            As of `SlidingWindowClassifier`.
        """
        return self._recognizer.predict_windows(self._rows(X))

    def segments(self, X):
        """Label episodes: stretches of rows of one recording with one predicted activity.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_channels) or array-like
            Recordings.

        Returns
        -------
        DataFrame of shape (n_episodes, n_columns)
            As of `SlidingWindowClassifier`.
        """
        return self._recognizer.segments(self._rows(X))

    @property
    def _recognizer(self) -> SlidingWindowClassifier:
        return self.recognizer_[-1] if isinstance(self.recognizer_, Pipeline) else self.recognizer_

    def _rows(self, X):
        """Rows behind the steps before windows."""
        return self.recognizer_[:-1].transform(X) if isinstance(self.recognizer_, Pipeline) else X

    def __repr__(self) -> str:
        return f"OnnxRecognizer({str(self.path)!r})"


def _is_windows(X) -> bool:
    return getattr(X, "ndim", 2) == 3


def _made(session, facts: dict) -> tuple[GraphClassifier, Any]:
    """The graph as a classifier of windows, and the recognizer around it."""
    graph = GraphClassifier(session, facts)
    windows = facts["windows"]
    smoother = None if facts["smoother"] is None else smoother_of(facts["smoother"])
    recognizer = SlidingWindowClassifier(
        graph,
        window_length=windows["n_timesteps"] / (windows["sampling_rate"] or 1.0),
        overlap=1 - windows["step"] / windows["n_timesteps"],
        smoother=smoother,
    )
    n_channels = windows["n_channels"]
    fitted = {
        "estimator_": graph,
        "smoother_": smoother,
        "classes_": facts["classes"],
        "n_timesteps_": windows["n_timesteps"],
        "step_": windows["step"],
        "left_out_": {},
        "input_profile_": facts["input_profile"] or {"gravity": {}, "largest": np.full(n_channels, np.inf)},
        "sampling_rate_in_": windows["sampling_rate"] or 1.0,
        "fitted_on_recordings_": windows["sampling_rate"] is not None,
        "n_features_in_": n_channels,
    }
    if windows["channels"] is not None:
        fitted["feature_names_in_"] = np.array(windows["channels"], dtype=object)
    for name, value in fitted.items():
        setattr(recognizer, name, value)
    if not facts["steps"]:
        return graph, recognizer
    return graph, Pipeline([*map(step_of, facts["steps"]), ("recognizer", recognizer)])


def _change(graph: GraphClassifier, facts: dict) -> str | None:
    """What the graph says otherwise of its test windows than when it was written; None if nothing."""
    asked, said = (from_text(facts["test"][name]) for name in (WINDOWS, "output"))
    found = graph.values(asked)
    if found.shape != said.shape:
        raise ModelFileError(f"It answers with {found.shape} of its test windows, not {said.shape}.")
    gap = float(np.max(np.abs(found - said), initial=0.0))
    if gap <= TOLERANCE[facts["precision"]] * max(1.0, float(np.max(np.abs(said), initial=0.0))):
        return None
    n_others = int((found.argmax(axis=1) != said.argmax(axis=1)).sum())
    return (
        f"its values differ by up to {gap:.3g}, and {n_others} of {len(said)} test windows get another "
        "label. Another version of onnxruntime or another kind of processor may be the cause"
    )
