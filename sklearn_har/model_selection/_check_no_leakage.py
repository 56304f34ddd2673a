"""Find out whether what a model is tested on was trained on."""

import numpy as np
import pandas as pd

from .._core._warnings import warn_user
from ..exceptions import LeakageError, SubjectsUnknownWarning
from ..recordings._index import recordings_index
from ..recordings._subjects import find_subjects
from ._deal import people_of
from ._leakage_report import LeakageReport
from ._shared_rows import (
    LEAST_CHANGES_OF_COLUMNS,
    rows_of_recordings_shared,
    rows_of_tables_shared,
    rows_of_windows_shared,
)


def check_no_leakage(train, test, *, groups=None, raise_error=True):
    """Check a split of your own: whether anything that is tested on was trained on.

    Looks for people on both sides, recordings on both sides, rows on both sides, and windows that
    share rows or are copies. Rows and windows are compared by their values, so windows of plain arrays are
    too, such as the published ones of a dataset, and so is one recording under two names.

    Parameters
    ----------
    train, test : Windows, DataFrame of recordings, or array-like
        Both sides, in the same form: ``X[train]`` and ``X[test]``, not positions or masks. An array of
        three axes holds windows, (n_windows, n_timesteps, n_channels); one of two axes a table with a row
        per window.
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
        If a side is no data, such as positions, or the two are not of the same form: other channels, or
        people who are numbers on one side and text on the other.

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
    nothing moves may have the same features by chance. Overlap cannot be seen in a table, whether of
    features or of windows made flat: the report's ``caveat`` says so, and more where it is due.

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
    train, test = _with_shape(train, "train"), _with_shape(test, "test")
    kind = _kind_of_both(train, test)
    report = LeakageReport(
        subjects=_people_on_both_sides(train, test, groups),
        recordings=_in_both(_recordings_of(train), _recordings_of(test)),
        shared=_rows_on_both_sides(train, test, kind),
        length=test.shape[1] if kind == "windows" else 1,
        not_recorded=_not_recorded(test),
        caveat=_caveat(test, kind),
    )
    if report.found and raise_error:
        raise LeakageError(str(report))
    if not report.found and report.subjects is None:
        has_column = "subject" in getattr(test, "columns", ())
        whose = "train['subject'], test['subject']" if has_column else "people of train, people of test"
        warn_user(
            "Nothing was found, but nobody knows who was recorded. People may still be on both sides: pass "
            f"groups=({whose}). {report.caveat}".rstrip(),
            SubjectsUnknownWarning,
        )
    return report


def _caveat(test, kind: str) -> str:
    """Say what values cannot tell of data of this form."""
    n_columns = test.shape[1]
    if kind == "table" and n_columns <= LEAST_CHANGES_OF_COLUMNS:
        return (
            f"Rows of {n_columns} columns agree by chance, so their values were not compared at all. Give "
            "recordings with their index (subject, recording, time), or windows with three axes."
        )
    if kind == "table":
        return (
            "Of a table only whole rows are compared: overlap of windows cannot be seen in their features, "
            "or in windows made flat. Check the windows, with three axes."
        )
    if kind == "windows" and not hasattr(test, "channel_names") and n_columns < test.shape[2]:
        return (
            f"Windows were read as {n_columns} timesteps of {test.shape[2]} channels. If it is the other way "
            "round, nothing could be found: pass X.transpose(0, 2, 1) of both sides."
        )
    return ""


def _with_shape(side, name: str):
    """Return a side as it is, as an array where it is a list, as pandas where it is of polars."""
    if hasattr(side, "to_pandas"):  # of polars
        return side.to_pandas()
    if hasattr(side, "shape"):
        return side
    try:
        return np.asarray(side)
    except ValueError as error:
        raise ValueError(
            f"{name} is a {type(side).__name__} that makes no array. Give what models are trained "
            "and tested on, without labels, and all windows of one length."
        ) from error


def _kind_of_both(train, test) -> str:
    """Say what both sides are: "recordings", "windows" or "table"."""
    kinds = [_kind_of(train, "train"), _kind_of(test, "test")]
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


def _kind_of(side, name: str) -> str:
    if recordings_index(side) is not None:
        return "recordings"
    if side.ndim not in (2, 3):
        raise ValueError(
            f"{name} has the shape {side.shape}, which is neither windows (n_windows, n_timesteps, "
            "n_channels) nor a table (n_windows, n_features). Give what models are trained and tested on, "
            "X[train] and X[test], not its positions, mask or file."
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
