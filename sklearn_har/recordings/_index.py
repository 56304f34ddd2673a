"""The index of recordings: subject, recording, time.

Everything here works on the integer codes of the index, never on its values: that is what
keeps a pass over a million rows in milliseconds.
"""

from typing import Any

import numpy as np
import pandas as pd

INDEX_LEVELS = ("subject", "recording", "time")
KEEP_THE_INDEX = (
    'Many steps of scikit-learn return plain arrays: call set_output(transform="pandas") on the '
    "step before, and the index stays."
)


def recordings_index(X) -> pd.MultiIndex | None:
    """Return the index of recordings, or None for data without one.

    Raises
    ------
    ValueError
        If ``X`` has an index of several levels that is not that of recordings.
    TypeError
        If times are not numbers.
    """
    if not (isinstance(X, pd.DataFrame) and isinstance(X.index, pd.MultiIndex)):
        _refuse_levels_as_columns(X)
        return None
    index = X.index
    if tuple(index.names) != INDEX_LEVELS:
        raise ValueError(
            f"The index levels of X are {list(index.names)}; those of recordings are "
            f"{list(INDEX_LEVELS)}. sklearn_har.recordings.recordings_from_table makes "
            "recordings of a table."
        )
    if not pd.api.types.is_numeric_dtype(index.levels[2].dtype):
        raise TypeError(
            f"Times must be seconds (numbers); the index level 'time' holds {index.levels[2].dtype}. "
            "sklearn_har.recordings.recordings_from_table converts dates and other units."
        )
    return index


def _refuse_levels_as_columns(X) -> None:
    """Refuse a table, of pandas or others, whose people and times would be taken for channels."""
    if all(level in getattr(X, "columns", ()) for level in INDEX_LEVELS):
        made = "X" if isinstance(X, pd.DataFrame) else "X.to_pandas()"
        raise ValueError(
            f"X has {list(INDEX_LEVELS)} as columns, which would be taken for channels. Make them the "
            f"index: {made}.set_index({list(INDEX_LEVELS)})."
        )


def refuse_bad_channels(X) -> None:
    """Refuse a table without channels, with two of one name, or with one of text."""
    if not isinstance(X, pd.DataFrame):
        return
    if not len(X.columns):
        raise ValueError("X has no column, so there is no channel; at least 1 is needed.")
    if not X.columns.is_unique:
        repeated = X.columns[X.columns.duplicated()].unique().tolist()
        raise ValueError(f"Channels of X share a name: {repeated}. Rename them, so that each has its own.")
    texts = [name for name, dtype in X.dtypes.items() if isinstance(dtype, pd.StringDtype)]
    if texts:
        raise ValueError(
            f"could not convert string to float: columns {texts} of X hold text, but every column is a "
            "channel. sklearn_har.recordings.recordings_from_table makes recordings and labels of a table."
        )


def refuse_missing_levels(index: pd.MultiIndex) -> None:
    """Refuse rows of which it is not known whose or of when they are."""
    for name, codes in zip(INDEX_LEVELS, index.codes, strict=True):
        if len(codes) and codes.min() < 0:
            row = int(np.argmin(codes))
            raise ValueError(f"The index level {name!r} has a missing value at row {row}.")


def times_of(index: pd.MultiIndex) -> np.ndarray:
    """Seconds of every row, shape (n_rows,)."""
    # a part of a frame keeps the levels of the whole: only its own times are converted
    return np.asarray(index.levels[2])[index.codes[2]].astype(np.float64, copy=False)


def finite_times(index: pd.MultiIndex) -> np.ndarray:
    """Like `times_of`, but infinite times are refused."""
    times = times_of(index)
    if not np.isfinite(times).all():
        row = int(np.argmin(np.isfinite(times)))
        raise ValueError(
            f"The time of {describe_row(index, row)} is not finite. Leave such rows out: "
            "X[np.isfinite(X.index.get_level_values('time'))]."
        )
    return times


def recording_starts(index: pd.MultiIndex) -> np.ndarray:
    """Positions of the first row of every recording, then the number of rows.

    Raises
    ------
    ValueError
        If a subject or recording is missing, or the rows of a recording are not together.
    """
    subject, recording = (np.asarray(codes) for codes in index.codes[:2])
    refuse_missing_levels(index)
    changes = subject[1:] != subject[:-1]
    changes |= recording[1:] != recording[:-1]
    heads = np.r_[0, np.flatnonzero(changes) + 1] if len(subject) else np.empty(0, np.intp)
    identity = subject[heads].astype(np.int64) * len(index.levels[1]) + recording[heads]
    seen_first = np.unique(identity, return_index=True)[1]
    if len(seen_first) < len(heads):
        row = int(heads[np.setdiff1d(np.arange(len(heads)), seen_first)[0]])
        raise ValueError(
            f"The rows of one recording must be together: {describe_row(index, row)} belongs to "
            f"a recording whose other rows lie elsewhere. {PUT_IN_ORDER}"
        )
    return np.r_[heads, len(subject)].astype(np.intp)


LEAVE_OUT_REPEATED = (
    "If a row is there twice, leave one out: keep = ~X.index.duplicated(); X, y = X[keep], y[keep]. If "
    "several people or sessions are mixed here, tell them apart in the index levels 'subject' and "
    "'recording'."
)
PUT_IN_ORDER = (
    "Rows are in order after X.sort_index(), with y sorted alongside; a split must not shuffle "
    "rows: SubjectKFold and GroupKFold keep their order."
)


def describe_row(index: pd.MultiIndex | None, row: int) -> str:
    """Say where a row is, for an error message."""
    if index is None:
        return f"row {row}"
    subject, recording, time = index[row]
    return f"row {row} (subject {subject}, recording {recording}, {describe_time(time)})"


def describe_time(seconds: Any) -> str:
    """Say when, to the millisecond even where seconds are counted from 1970.

    >>> describe_time(0.1 + 0.2), describe_time(1700086400.024)
    ('0.3 s', '1700086400.024 s')
    """
    return f"{seconds:.13g} s"
