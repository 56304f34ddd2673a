"""Find out whether what a model is tested on was trained on."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .._core._warnings import warn_user
from ..exceptions import LeakageError, SubjectsUnknownWarning
from ..recordings._index import recordings_index
from ..recordings._subjects import find_subjects
from ._deal import people_of
from ._shared_rows import rows_of_recordings_shared, rows_of_tables_shared, rows_of_windows_shared

N_NAMED = 5  # people or recordings that a message names


@dataclass(frozen=True, eq=False, repr=False)
class LeakageReport:
    """What `check_no_leakage` found; printing it gives sentences.

    Attributes
    ----------
    subjects : tuple or None
        People on both sides; None if nobody knows who was recorded.
    recordings : tuple
        Recordings on both sides, as (subject, recording).
    shared : ndarray of int of shape (n_test,)
        How many rows each test window has in common with a training window, at its beginning or its end;
        the length of a window for a copy of one. For rows and tables, 1 if the same is trained on.
    length : int
        Rows in a window; 1 for rows and tables.
    not_recorded : ndarray of bool of shape (n_test,)
        Test windows that are copies or synthetic, by their ``origin``.
    """

    subjects: tuple | None
    recordings: tuple
    shared: np.ndarray
    length: int
    not_recorded: np.ndarray

    @property
    def found(self) -> bool:
        """Whether there is a leak."""
        return bool(self.subjects or self.recordings or self.shared.any() or self.not_recorded.any())

    @property
    def _only_values(self) -> bool:
        """Whether people are known to be apart, and only values say otherwise."""
        return self.subjects == () and not (self.recordings or self.not_recorded.any())

    def __str__(self) -> str:
        if not self.found:
            nothing = "Nothing of the test side was found on the training side"
            return nothing + ("; who was recorded is not known." if self.subjects is None else ".")
        return "\n".join(
            ["What is tested on was trained on, so scores will be too high:"]
            + [f"- {sentence}" for sentence in _sentences(self)]
            + [UNDER_TWO_NAMES if self._only_values else REMEDY]
        )

    def __repr__(self) -> str:
        n_people = "unknown" if self.subjects is None else len(self.subjects)
        return (
            f"<LeakageReport: subjects on both sides {n_people}, recordings {len(self.recordings)}, "
            f"test windows with rows of training {np.count_nonzero(self.shared)} of {len(self.shared)}>"
        )


REMEDY = (
    "Split whole people, before windows are balanced or augmented: subject_train_test_split, SubjectKFold, "
    "StratifiedSubjectKFold."
)
UNDER_TWO_NAMES = (
    "Nobody is on both sides by name, so one recording may be there under two names, or what was made of it. "
    "Leave one of them out."
)


def check_no_leakage(train, test, *, groups=None, raise_error=True):
    """Check a split of your own: whether anything that is tested on was trained on.

    Looks for people on both sides, recordings on both sides, rows on both sides, and windows that
    share rows or are copies. Rows and windows are compared by their values, so windows of plain arrays are
    too, such as the published ones of a dataset, and so is one recording under two names.

    Parameters
    ----------
    train, test : Windows, DataFrame of recordings, or array-like
        Both sides, in the same form. An array of three axes holds windows, one of two axes a table with
        a row per window.
    groups : tuple of two array-likes, default=None
        Who the rows or windows of ``train`` and of ``test`` are of, where they do not know.
    raise_error : bool, default=True
        Whether a leak is an error. If not, it is in the report.

    Returns
    -------
    LeakageReport

    Raises
    ------
    LeakageError
        If there is a leak; the message says how much and where.
    ValueError
        If the two sides are not of the same form: other channels, or people who are numbers on one side and
        text on the other.

    Warns
    -----
    SubjectsUnknownWarning
        If nothing was found, but nobody knows who was recorded.

    Notes
    -----
    Two windows share rows if one ends with the values that the other begins with, for a tenth
    of a window or more; recordings, if stretches of 64 rows are the same. Stretches in which fewer than
    twelve values (of recordings, 32) change from row to row, as of a sensor that lies on a table or hangs,
    are not compared, since they agree by chance. "The same" is the same as float32, or as float16 if one
    side is.

    What was changed on one side alone cannot be found: windows that are augmented or scaled by their own
    mean, or sides of which each was scaled by a scaler of its own.

    Rows of tables are compared as a whole, if they have nine columns or more that differ. Windows in which
    nothing moves may have the same features by chance.

    Values are hashed in one pass, in memory of 12 bytes for each timestep of a window.

    Examples
    --------
    Windows that overlap, split at random:

    >>> import numpy as np
    >>> from sklearn.model_selection import train_test_split
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.model_selection import check_no_leakage, subject_train_test_split
    >>> from sklearn_har.windowing import sliding_windows
    >>> X, y = make_recordings(n_subjects=4, random_state=0, return_X_y=True)
    >>> windows, labels = sliding_windows(X, y, window_length=2.56)
    >>> train, test = train_test_split(windows, random_state=0)
    >>> report = check_no_leakage(train, test, raise_error=False)
    >>> report.subjects
    (1, 2, 3, 4)
    >>> bool(np.mean(report.shared > 0) > 0.8)  # share of the test windows
    True

    And whole people:

    >>> train, test = subject_train_test_split(windows, random_state=0)
    >>> print(check_no_leakage(train, test))
    Nothing of the test side was found on the training side.
    """
    train, test = (side if hasattr(side, "shape") else np.asarray(side) for side in (train, test))
    kind = _kind_of_both(train, test)
    report = LeakageReport(
        subjects=_people_on_both_sides(train, test, groups),
        recordings=_in_both(_recordings_of(train), _recordings_of(test)),
        shared=_rows_on_both_sides(train, test, kind),
        length=test.shape[1] if kind == "windows" else 1,
        not_recorded=_not_recorded(test),
    )
    if report.found and raise_error:
        raise LeakageError(str(report))
    if not report.found and report.subjects is None:
        warn_user(
            "Nobody knows who was recorded, so only windows that share values were looked for, and there "
            "are none. People may still be on both sides: pass groups=(people of train, people of test).",
            SubjectsUnknownWarning,
        )
    return report


def _sentences(report: LeakageReport) -> list[str]:
    shared, n_test = report.shared, len(report.shared)
    copies = np.flatnonzero(shared == report.length)
    overlapping = np.flatnonzero((shared > 0) & (shared < report.length))
    found = []
    if report.subjects:
        found.append(f"{len(report.subjects)} people are on both sides: {_some(report.subjects)}.")
    if report.recordings:
        found.append(f"{len(report.recordings)} recordings are on both sides: {_some(report.recordings)}.")
    if len(overlapping):
        most = overlapping[shared[overlapping].argmax()]
        found.append(
            f"{len(overlapping)} of {n_test} test windows share rows with training windows; test window "
            f"{most}, for example, {shared[most]} of its {report.length}."
        )
    if len(copies):
        what = "rows" if report.length == 1 else "windows"
        found.append(
            f"{len(copies)} of {n_test} test {what} are trained on as they are; the first is {copies[0]}."
        )
    if report.not_recorded.any():
        found.append(
            f"{report.not_recorded.sum()} of {n_test} test windows are copies or synthetic. Score what was "
            "recorded: test[test.origin == 0]."
        )
    return found


def _some(names: tuple) -> str:
    return ", ".join(map(str, names[:N_NAMED])) + (", …" if len(names) > N_NAMED else "")


def _kind_of_both(train, test) -> str:
    """Say what both sides are: "recordings", "windows" or "table"."""
    kinds = [_kind_of(side) for side in (train, test)]
    if kinds[0] != kinds[1] or (kinds[0] != "recordings" and train.shape[1:] != test.shape[1:]):
        raise ValueError(
            f"train is a {type(train).__name__} of shape {train.shape}, test a {type(test).__name__} of "
            f"shape {test.shape}; they must be of the same form, such as two parts of one whole."
        )
    names = [getattr(side, "channel_names", None) for side in (train, test)]
    if kinds[0] == "windows" and None not in names and names[0] != names[1]:
        raise ValueError(
            f"The channels of train are {names[0]}, those of test {names[1]}; the same are needed, in one "
            "order."
        )
    return kinds[0]


def _kind_of(side) -> str:
    if recordings_index(side) is not None:
        return "recordings"
    if side.ndim not in (2, 3):
        raise ValueError(
            f"An array of shape {side.shape} is neither windows (n_windows, n_timesteps, n_channels) nor a "
            "table (n_windows, n_features)."
        )
    return "windows" if side.ndim == 3 else "table"


def _people_on_both_sides(train, test, groups) -> tuple | None:
    if groups is None:
        if find_subjects(train) is None or find_subjects(test) is None:
            return None
        groups = (None, None)
    if not isinstance(groups, (tuple, list)) or len(groups) != 2:
        raise ValueError("groups must be two: (people of train, people of test).")
    people = [pd.Index(people_of(side, own)[1]) for side, own in zip((train, test), groups, strict=True)]
    _refuse_numbers_beside_text(*people)
    return _in_both(*people)


def _in_both(one: pd.Index | None, other: pd.Index | None) -> tuple:
    return () if one is None or other is None else tuple(one.intersection(other).tolist())


def _refuse_numbers_beside_text(train: pd.Index, test: pd.Index) -> None:
    """Refuse people who could not be found on both sides, whoever they are."""
    kinds = {pd.api.types.infer_dtype(people) for people in (train, test) if len(people)}
    if "string" in kinds and kinds & {"integer", "floating"}:
        raise ValueError(
            f"People of train are named as {train.tolist()[0]!r}, those of test as {test.tolist()[0]!r}: "
            "numbers on one side and text on the other, so that nobody could be on both. Name them alike."
        )


def _recordings_of(side) -> pd.Index | None:
    """(subject, recording) of every recording; None where they are not known."""
    index = recordings_index(side)
    if index is not None:
        subject, recording = (np.asarray(codes, dtype=np.int64) for codes in index.codes[:2])
        heads = np.unique(subject * len(index.levels[1]) + recording, return_index=True)[1]
        return index[heads].droplevel("time")
    if find_subjects(side) is None or side.recordings is None:
        return None
    return pd.MultiIndex.from_arrays([side.subjects, side.recordings]).unique().sortlevel()[0]


def _rows_on_both_sides(train, test, kind: str) -> np.ndarray:
    if kind == "recordings":
        channels = train.columns.intersection(test.columns, sort=False)
        same_values = rows_of_recordings_shared(*(_numbers(side[channels]) for side in (train, test)))
        return same_values | test.index.isin(train.index)
    if kind == "windows":
        return rows_of_windows_shared(train, test)
    return rows_of_tables_shared(_numbers(train), _numbers(test))


def _numbers(table) -> np.ndarray:
    """Values of a frame or an array as numbers; missing ones are NaN."""
    if not isinstance(table, pd.DataFrame):
        return np.asarray(table)
    try:
        values = table.to_numpy(na_value=np.nan)
        return values.astype(np.float64) if values.dtype == object else values
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"Columns that are not numbers cannot be compared ({error}). Leave them out on both sides."
        ) from error


def _not_recorded(test) -> np.ndarray:
    known = hasattr(test, "origin") and not isinstance(test, pd.DataFrame)  # a table may have such a column
    return test.origin != 0 if known else np.zeros(len(test), dtype=bool)
