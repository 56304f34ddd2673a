"""What a fitted recognizer says of whole recordings, once it is known that they are of its kind."""

import numpy as np
import pandas as pd

from ..recordings._index import recording_starts, recordings_index
from ._input_checks import check_window
from ._parts import rows_and_recognizer


def channels_of(estimator) -> list[str] | None:
    """Names of the channels that a fitted recognizer, or a pipeline of rows before one, reads.

    Raises
    ------
    TypeError
        If there is no recognizer of rows in the estimator.
    """
    steps, recognizer = rows_and_recognizer(estimator)
    parts = [*(step for _, step in steps), recognizer]
    names = next((part.feature_names_in_ for part in parts if hasattr(part, "feature_names_in_")), None)
    return None if names is None else [str(name) for name in names]


def rate_of(estimator) -> float:
    """Rate in Hz of the rows that it reads."""
    return rows_and_recognizer(estimator)[1].sampling_rate_in_


def recognized(estimator, X, level: str) -> pd.DataFrame:
    """A line for each row, window or episode of recordings.

    Parameters
    ----------
    estimator : estimator
        A fitted recognizer, a pipeline of rows before one, or a search around either.
    X : DataFrame of shape (n_rows, n_channels)
        Recordings.
    level : {"rows", "windows", "episodes"}

    Raises
    ------
    ValueError
        If rows are of another kind than in fit: channels, rate, unit.
    """
    steps, recognizer = rows_and_recognizer(estimator)
    for _, step in steps:
        X = step.transform(X)
    _check_first_windows(recognizer, X)
    if level == "windows":
        return recognizer.predict_windows(X)
    return recognizer.segments(X) if level == "episodes" else _table_of_rows(recognizer, X)


def _check_first_windows(recognizer, X) -> None:
    """Compare the first window of every recording with what was seen in fit."""
    index, names = recordings_index(X), getattr(recognizer, "feature_names_in_", None)
    if index is None or list(X.columns) != list([] if names is None else names):
        return  # the recognizer refuses such rows itself
    values = np.asarray(X)
    for first in recording_starts(index)[:-1]:
        subject, recording, _ = index[first]
        window = values[first : first + recognizer.n_timesteps_]
        if np.isfinite(window).all():  # otherwise the recognizer says where it is not
            which = f"the first window of subject {subject}, recording {recording}"
            check_window(window, recognizer.input_profile_, names, which)


def _table_of_rows(recognizer, X) -> pd.DataFrame:
    """Time, activity and probabilities of every row."""
    table = X.index.to_frame(index=False)
    if not hasattr(recognizer, "predict_proba"):
        return table.assign(activity=recognizer.predict(X))
    values = recognizer.predict_proba(X)
    table["activity"] = recognizer.classes_[values.argmax(axis=1)]
    table["confidence"] = values.max(axis=1)
    names = [f"probability_{name}" for name in recognizer.classes_]
    return pd.concat([table, pd.DataFrame(values, columns=names)], axis=1)
