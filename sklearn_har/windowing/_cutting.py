"""Cut rows into windows: where windows begin, and which label each has."""

import math
from numbers import Real
from typing import NamedTuple

import numpy as np

from .._core._labels import EncodedLabels, encode_labels
from .._core._sklearn import Interval, StrOptions, validate_params
from ..recordings import Rows
from ..recordings._checks import rows_being_checked
from ..recordings._index import KEEP_THE_INDEX
from ..recordings._labels import check_labels_belong
from ._label_rules import LABEL_RULES, window_labels
from ._windows import Windows

CUT_LIMITS = {
    "window_length": [Interval(Real, 0, None, closed="neither")],
    "overlap": [Interval(Real, 0, 1, closed="left")],
    "tail": [StrOptions({"align", "drop"})],
}
ROWS_OF_TORN_RUNS = 10  # at most; no sensor leaves so little between gaps
LABEL_LIMITS = {
    "label": [StrOptions(set(LABEL_RULES))],
    "min_purity": [Interval(Real, 0, 1, closed="both")],
}


@validate_params(CUT_LIMITS | LABEL_LIMITS, prefer_skip_nested_validation=True)
def sliding_windows(X, y=None, *, window_length, overlap=0.5, label="majority", min_purity=0.0, tail="align"):
    """Cut recordings into windows of equal length, none of them across a gap.

    Parameters
    ----------
    X : DataFrame of shape (n_rows, n_channels)
        Recordings.
    y : array-like of shape (n_rows,), default=None
        Labels; missing ones are allowed.
    window_length : float
        In seconds, rounded to whole rows (a half row up).
    overlap : float, default=0.5
        Share of a window that the next one covers again, in [0, 1).
    label : {"majority", "last", "center"}, default="majority"
        The label of a window: its most frequent one (of equally frequent ones the first in sorted
        order), that of its last row, or that of the row in its middle.
    min_purity : float, default=0.0
        Windows in which a smaller share of the rows has the window's label are left out.
    tail : {"align", "drop"}, default="align"
        Whether the last window of a run is moved to end with the run, so that every row of a run
        that is as long as a window is in one, or the rows after the last regular window are left
        over, as in most published protocols.

    Returns
    -------
    windows : Windows of shape (n_windows, n_timesteps, n_channels)
        Their ``left_out`` counts what could not be used: runs shorter than a window, windows whose
        label is missing and windows of too little purity.
    labels : ndarray of shape (n_windows,)
        Only if ``y`` is given.

    Raises
    ------
    ValueError
        If every run is shorter than a window (the longest is named), ``y`` is not aligned with
        ``X``, or X is not what `check_recordings` accepts.

    Examples
    --------
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.windowing import sliding_windows
    >>> X, y = make_recordings(n_subjects=3, sampling_rate=50, random_state=0, return_X_y=True)
    >>> windows, labels = sliding_windows(X, y, window_length=2.56)
    >>> windows.shape[1:]
    (128, 6)
    >>> len(labels) == len(windows.subjects) == len(windows)
    True
    """
    with rows_being_checked(X) as rows:
        cut = Cut.of(window_length, overlap, tail, rows)
        names = tuple(map(str, X.columns)) if hasattr(X, "columns") else None
        if y is None:
            return cut_windows(rows, cut, names)[0]
        check_labels_belong(X, y)
        labels = encode_labels(y)
        windows, codes = cut_windows(rows, cut, names, labels, label, min_purity)
    return windows, labels.classes[codes]


class Cut(NamedTuple):
    """How to cut: all in rows."""

    n_timesteps: int
    step: int
    aligned: bool

    @classmethod
    def of(cls, window_length: float, overlap: float, tail: str, rows: Rows) -> "Cut":
        """Turn seconds into rows."""
        n_timesteps = rows_in(window_length, rows.sampling_rate, has_time=rows.index is not None)
        step = max(1, _round_half_up(n_timesteps * (1 - overlap)))
        return cls(n_timesteps, step, tail == "align")


def rows_in(seconds: float, sampling_rate: float, *, has_time: bool = True) -> int:
    """Whole number of rows in a length of time; a half row counts as one."""
    n_rows = seconds * sampling_rate
    if not has_time and n_rows != int(n_rows):
        raise ValueError(
            f"window_length is {seconds} s, but this X is a plain array: without times, seconds are rows "
            "and must be whole. If X was a table of recordings, an earlier step has lost its index "
            f"(subject, recording, time). {KEEP_THE_INDEX}"
        )
    if _round_half_up(n_rows) < 1:
        raise ValueError(
            f"window_length is {seconds} s, less than one row at {sampling_rate:g} Hz; it must hold at "
            "least one. If the rate looks wrong, the times may not be seconds: recordings_from_table "
            "takes their time_unit."
        )
    return _round_half_up(n_rows)


def _round_half_up(value: float) -> int:
    return math.floor(value + 0.5 + 1e-6)  # rates are known to six digits


def window_firsts(run_starts: np.ndarray, cut: Cut) -> tuple[np.ndarray, np.ndarray]:
    """Where windows begin, and in which run; runs shorter than a window have none.

    Returns
    -------
    firsts, runs : ndarrays of int of shape (n_windows,)
    """
    lengths = np.diff(run_starts)
    spare = lengths - cut.n_timesteps
    n_windows = np.where(spare >= 0, spare // cut.step + 1, 0)
    if cut.aligned:
        n_windows += (spare > 0) & (spare % cut.step > 0)
    runs = np.repeat(np.arange(len(lengths)), n_windows)
    within = np.arange(len(runs)) - np.repeat(np.cumsum(n_windows) - n_windows, n_windows)
    firsts = run_starts[runs] + np.minimum(within * cut.step, spare[runs])
    return firsts, runs


def cut_windows(
    rows: Rows,
    cut: Cut,
    names,
    labels: EncodedLabels | None = None,
    rule: str = "majority",
    min_purity: float = 0.0,
) -> tuple[Windows, np.ndarray | None]:
    """Cut windows and, where rows have labels, give each the code of its label or leave it out."""
    firsts, runs = window_firsts(rows.run_starts, cut)
    _check_some(firsts, rows, cut)
    left_out = {"short_runs": int((rows.run_lengths < cut.n_timesteps).sum())}
    codes = None
    if labels is not None:
        codes, purity = window_labels(labels, firsts, cut.n_timesteps, rule)
        labelled, pure = codes >= 0, purity >= min_purity
        left_out |= {
            "unlabelled_windows": int((~labelled).sum()),
            "impure_windows": int((labelled & ~pure).sum()),
        }
        keep = labelled & pure
        if not keep.any():
            raise ValueError(
                f"None of the {len(firsts)} windows can be used: {left_out['unlabelled_windows']} have no "
                f"label, {left_out['impure_windows']} are less pure than min_purity={min_purity}."
            )
        if not keep.all():
            firsts, runs, codes = firsts[keep], runs[keep], codes[keep]
    windows = windows_at(rows, firsts, runs, cut.n_timesteps, names)
    windows.left_out = left_out
    return windows, codes


def windows_at(rows: Rows, firsts: np.ndarray, runs: np.ndarray, n_timesteps: int, names) -> Windows:
    """Windows of rows that begin at ``firsts``, with all that they carry."""
    return Windows.from_rows(rows.values, firsts, n_timesteps, **carried_at(rows, firsts, runs, names))


def carried_at(rows: Rows, firsts: np.ndarray, runs: np.ndarray, names) -> dict:
    """What windows that begin at some rows carry."""
    has_index = rows.index is not None
    return {
        "subjects": level_values(rows.index, 0, firsts) if has_index else None,
        "recordings": level_values(rows.index, 1, firsts) if has_index else None,
        "runs": runs,
        "starts": firsts,
        "channel_names": names,
        "sampling_rate": rows.sampling_rate if has_index else None,
    }


def level_values(index, level: int, positions: np.ndarray) -> np.ndarray:
    """Values of an index level at some rows."""
    return index.levels[level].to_numpy()[np.asarray(index.codes[level])[positions]]


def _check_some(firsts: np.ndarray, rows: Rows, cut: Cut) -> None:
    if len(firsts):
        return
    longest = int(rows.run_lengths.max(initial=0))
    torn = ""
    if len(rows.run_lengths) and np.median(rows.run_lengths) < ROWS_OF_TORN_RUNS:
        torn = (
            " Most have a few rows only, as behind a split that deals rows at random, such as "
            "KFold(shuffle=True): split whole people then (SubjectKFold)."
        )
    raise ValueError(
        f"A window of {cut.n_timesteps} rows ({cut.n_timesteps / rows.sampling_rate:g} s at "
        f"{rows.sampling_rate:g} Hz) is longer than every run: the longest stretch without a gap has "
        f"{longest} rows ({longest / rows.sampling_rate:g} s). Choose a shorter window_length.{torn}"
    )
