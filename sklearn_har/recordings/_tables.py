"""A user's own long table, one row per instant, as recordings."""

import difflib
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ._file_order import number_recordings
from ._index import INDEX_LEVELS
from ._labels import warn_of_spellings

SECONDS_PER_UNIT = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
UNIX_EPOCH = pd.Timestamp("1970-01-01")


def recordings_from_table(
    frame,
    *,
    channels: Sequence[str] | Mapping[str, str],
    time: str,
    subject: str | None = None,
    recording: str | None = None,
    label: str | None = None,
    time_unit: str = "s",
):
    """Turn a long table, such as the CSV of a logging app, into recordings and labels.

    Rows are put in order: recordings as they first appear, the rows of each by time. Nothing is
    left out and no value is changed; whether the grid is regular is checked by the estimators.

    Parameters
    ----------
    frame : pandas.DataFrame or polars.DataFrame
        One row per instant.
    channels : list of str, or dict of str to str
        Columns of the sensors. A dict also renames them: ``{"ax": "acc_x"}``. Accelerations are
        in m/s², angular rates in rad/s.
    time : str
        Column of the time: a number in ``time_unit``, or a date and time, which become seconds
        since 1970 (UTC).
    subject, recording : str, default=None
        Columns that tell people and their sessions apart. Without them all rows are of subject 0
        or recording 0.
    label : str, default=None
        Column of the activity; missing values are unlabelled rows.
    time_unit : {"s", "ms", "us", "ns"}, default="s"
        Unit of a numeric time.

    Returns
    -------
    X : DataFrame of shape (n_rows, n_channels)
        Recordings, with the index levels subject, recording and time (seconds).
    y : Series of shape (n_rows,) or None
        Labels with the index of ``X``; None without ``label``.

    Raises
    ------
    ValueError
        If a column is not there (the nearest is named) or there twice, a channel is not numeric, or
        a time, subject or recording is missing, or subjects or recordings are partly numbers, partly text.

    Warns
    -----
    SuspectRecordingsWarning
        If activities differ in nothing but case, spaces, hyphens and underscores.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn_har.recordings import recordings_from_table
    >>> table = pd.DataFrame(
    ...     {"who": ["ann", "ann"], "t": [0, 20], "ax": [0.1, 0.2], "doing": ["sit", "sit"]}
    ... )
    >>> X, y = recordings_from_table(
    ...     table, channels={"ax": "acc_x"}, time="t", subject="who", label="doing", time_unit="ms"
    ... )
    >>> X
                            acc_x
    subject recording time
    ann     0         0.00    0.1
                      0.02    0.2
    """
    if time_unit not in SECONDS_PER_UNIT:
        raise ValueError(f"time_unit is {time_unit!r}; it must be one of {sorted(SECONDS_PER_UNIT)}.")
    if isinstance(channels, str):
        raise TypeError(f"channels is the one name {channels!r}; give a list of columns: [{channels!r}].")
    names = dict(channels) if isinstance(channels, Mapping) else {name: name for name in channels}
    _check_channels(names)
    table = _columns(frame, [*names, time, *filter(None, (subject, recording, label))])
    if not len(table):
        raise ValueError("The table has no rows.")
    levels = [
        _identity(table, subject, "subject"),
        _identity(table, recording, "recording"),
        _seconds(table[time], SECONDS_PER_UNIT[time_unit]),
    ]
    order = _recording_then_time(*levels)
    index = pd.MultiIndex.from_arrays([level[order] for level in levels], names=INDEX_LEVELS)
    X = pd.DataFrame(_numbers(table[list(names)])[order], index=index, columns=list(names.values()))
    if label is None:
        return X, None
    y = table[label].take(order)
    warn_of_spellings(y.unique())
    y.index = index
    return X, y


def _check_channels(names: Mapping[str, str]) -> None:
    if not names:
        raise ValueError("channels names no column; at least one is needed.")
    given = list(names.values())
    repeated = sorted({name for name in given if given.count(name) > 1})
    if repeated:
        raise ValueError(f"channels gives the name {repeated[0]!r} to several columns; each needs its own.")


def _columns(frame, wanted: list[str]) -> pd.DataFrame:
    """The wanted columns of a pandas or polars frame, as pandas."""
    for name in wanted:
        if name not in frame.columns:
            near = difflib.get_close_matches(str(name), [str(column) for column in frame.columns], n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise ValueError(f"There is no column {name!r}; there are {list(frame.columns)}.{hint}")
        if list(frame.columns).count(name) > 1:
            raise ValueError(
                f"Several columns are called {name!r}. Rename them, so that each has its own name."
            )
    unique = list(dict.fromkeys(wanted))
    if isinstance(frame, pd.DataFrame):
        return frame[unique]
    return pd.DataFrame({name: frame[name].to_pandas() for name in unique})


def _identity(table: pd.DataFrame, column: str | None, level: str) -> np.ndarray:
    if column is None:
        return np.zeros(len(table), dtype=np.int64)
    values = table[column]
    if values.isna().any():
        row = int(np.argmax(values.isna()))
        raise ValueError(f"Column {column!r} has no {level} at row {row}: every row belongs to one.")
    if pd.api.types.infer_dtype(values) == "mixed-integer":
        raise ValueError(
            f"Column {column!r} holds numbers and text, {values.unique()[:3].tolist()} …, which have no "
            f"order in common. Make all of them text: table[{column!r}].astype(str)."
        )
    return values.to_numpy()


def _seconds(times: pd.Series, seconds_per_unit: float) -> np.ndarray:
    if times.isna().any():
        row = int(np.argmax(times.isna()))
        raise ValueError(f"Column {times.name!r} has no time at row {row}; leave such rows out.")
    if pd.api.types.is_datetime64_any_dtype(times.dtype):
        if times.dt.tz is not None:
            times = times.dt.tz_convert("UTC").dt.tz_localize(None)
        return (times - UNIX_EPOCH).dt.total_seconds().to_numpy(np.float64)
    if times.dtype.kind == "m":  # also a duration of Arrow, which pandas does not call a timedelta
        return times.dt.total_seconds().to_numpy(np.float64)
    if not pd.api.types.is_numeric_dtype(times.dtype):
        raise ValueError(
            f"Column {times.name!r} holds text such as {times.iloc[0]!r}. Convert it first: "
            f"pandas.to_datetime(table[{times.name!r}]) or pandas.to_numeric(table[{times.name!r}])."
        )
    seconds = times.to_numpy(np.float64) * seconds_per_unit
    if not np.isfinite(seconds).all():
        raise ValueError(
            f"Column {times.name!r} has an infinite time at row {np.argmin(np.isfinite(seconds))}."
        )
    return seconds


def _recording_then_time(subject, recording, seconds) -> np.ndarray:
    """Order of rows: recordings as they first appear, by time inside; equal times keep their order."""
    return np.lexsort((seconds, number_recordings(subject, recording)))


def _numbers(channels: pd.DataFrame) -> np.ndarray:
    for name, dtype in channels.dtypes.items():
        if not pd.api.types.is_numeric_dtype(dtype):
            raise ValueError(
                f"Channel {name!r} holds {dtype}, not numbers. Read the file with the decimal mark it "
                f"uses (pandas.read_csv(..., decimal=',')), or convert: pandas.to_numeric(table[{name!r}])."
            )
    return channels.to_numpy(np.float64, na_value=np.nan)
