"""What recordings are, checked: rows in order, on a regular grid, finite and numeric."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_array

from ._grid import measure_grid, rate_of, run_starts
from ._index import describe_row, recording_starts, recordings_index, refuse_bad_channels

MANY_VALUES = 1_000_000  # from here on a thread of its own pays


@dataclass(frozen=True, slots=True)
class Rows:
    """Checked rows, ready for arithmetic.

    Attributes
    ----------
    values : ndarray of shape (n_rows, n_channels)
        float64 or float32; may be a read-only view of the user's data.
    sampling_rate : float
        Rows per second, in Hz; 1 where there is no time.
    run_starts : ndarray of shape (n_runs + 1,)
        Position of the first row of every run, then the number of rows.
    index : pandas.MultiIndex or None
        Subject, recording and time of every row; None for a plain array.

    Examples
    --------
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.preprocessing import Magnitude
    >>> from sklearn_har.recordings import validate_rows
    >>> X, _ = make_recordings(n_subjects=2, bout_duration=5.0, random_state=0, return_X_y=True)
    >>> rows = validate_rows(Magnitude(), X, reset=True)
    >>> rows.values.shape == X.shape, rows.sampling_rate, rows.run_starts[-1] == len(X)
    (True, 50.0, np.True_)
    """

    values: np.ndarray
    sampling_rate: float
    run_starts: np.ndarray
    index: pd.MultiIndex | None

    @property
    def run_lengths(self) -> np.ndarray:
        """Number of rows of every run, shape (n_runs,)."""
        return np.diff(self.run_starts)

    @property
    def run_slices(self) -> list[slice]:
        """The rows of every run."""
        bounds = self.run_starts.tolist()
        return [slice(start, stop) for start, stop in pairwise(bounds)]


def check_recordings(X, *, sampling_rate: float | None = None) -> Rows:
    """Check recordings and find their runs.

    Parameters
    ----------
    X : DataFrame of shape (n_rows, n_channels) or array-like
        Recordings: a pandas frame with the index levels subject, recording and time (seconds).
        Anything without that index is one recording of one unknown subject at 1 Hz.
    sampling_rate : float, default=None
        The rate in Hz that the rows must have; estimated from the times when None.

    Returns
    -------
    Rows
        The values, their sampling rate and where their runs start. A run is a longest stretch
        of rows of one recording in which every step is within half a sampling interval of the
        regular one.

    Raises
    ------
    ValueError
        If rows are out of order, times repeat or are irregular, the rate is another than
        ``sampling_rate``, or a value is NaN or infinite. The message names the place.
    TypeError
        If times are not numbers.

    Examples
    --------
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.recordings import check_recordings
    >>> X, y = make_recordings(n_subjects=2, sampling_rate=25, random_state=0, return_X_y=True)
    >>> rows = check_recordings(X)
    >>> rows.sampling_rate
    25.0
    """
    with rows_being_checked(X, sampling_rate=sampling_rate) as rows:
        return rows


@contextmanager
def rows_being_checked(X, *, sampling_rate: float | None = None) -> Iterator[Rows]:
    """Check recordings, and meanwhile give their rows to whoever works on the index or on labels.

    To read every value takes longer than all else that is checked; on leaving it is done, and an
    error has been raised if a value is NaN or infinite.
    """
    refuse_bad_channels(X)
    table = X
    if isinstance(X, pd.DataFrame) and _is_of_numpy(X):
        table = X.to_numpy()  # scikit-learn looks at every column of a frame, which takes long
    values = check_array(table, dtype=(np.float64, np.float32), ensure_all_finite=False, input_name="X")
    with finite_values(X, values):
        yield rows_of(X, values, sampling_rate=sampling_rate)


@contextmanager
def finite_values(X, values: np.ndarray) -> Iterator[None]:
    """Refuse values that are NaN or infinite, on leaving; many are read beside what is done inside."""
    if values.size < MANY_VALUES:
        yield
        total = _sum(values)
    else:
        with ThreadPoolExecutor(1) as thread:
            total_to_come = thread.submit(_sum, values)
            yield
        total = total_to_come.result()
    if not np.isfinite(
        total
    ):  # a sum needs no array of its own; it may also be too large, though all is finite
        _refuse_infinite(X, values)


def channel_values(X: pd.DataFrame) -> np.ndarray:
    """Values of the channels, NaN where one of a nullable or Arrow column is missing."""
    return X.to_numpy() if _is_of_numpy(X) else X.to_numpy(np.float64, na_value=np.nan)


def _is_of_numpy(X: pd.DataFrame) -> bool:
    return all(isinstance(dtype, np.dtype) for dtype in X.dtypes)


def rows_of(X, values: np.ndarray, *, sampling_rate: float | None = None) -> Rows:
    """Make Rows of data whose values were already checked to be numbers."""
    index = recordings_index(X)
    if index is None:
        return Rows(values, 1.0, np.array([0, len(values)], dtype=np.intp), None)
    starts = recording_starts(index)
    grid = measure_grid(index, starts, sampling_rate)
    if sampling_rate is None:
        sampling_rate = rate_of(grid)
    return Rows(values, sampling_rate, run_starts(grid, starts), index)


def _sum(values: np.ndarray) -> float:
    with np.errstate(over="ignore", invalid="ignore"):
        return values.sum(dtype=np.float64)


def _refuse_infinite(X, values: np.ndarray) -> None:
    finite = np.isfinite(values)
    if finite.all():
        return
    row, column = np.unravel_index(np.argmin(finite), finite.shape)
    names = getattr(X, "columns", range(values.shape[1]))
    kind = "NaN" if np.isnan(values[row, column]) else "infinity"
    raise ValueError(
        f"Input X contains NaN or infinity in {finite.size - finite.sum()} places, the first: {kind} in "
        f"channel {names[column]!r} at {describe_row(recordings_index(X), int(row))}. "
        "Fill or drop these rows; a gap that dropping leaves is respected by every estimator."
    )
