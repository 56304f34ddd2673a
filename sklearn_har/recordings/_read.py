"""A folder of a user's own files, as recordings."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from .._core._warnings import warn_user
from ..exceptions import RowsLeftOutWarning, SuspectRecordingsWarning
from ._cells import SI_PER_UNIT, Table, numbers_in, pick_column, restart_in, seconds_in, usable_rows
from ._csv import one_separator, read_csv, read_parquet
from ._file_order import number_recordings
from ._identities import identities_of, stack_identities
from ._loggers import read_phones, report_line
from ._paths import Found, code_fields, find_paths, name_by_path, pattern_of, refuse_shared_names, with_texts
from ._tables import SECONDS_PER_UNIT, recordings_from_table


class _Wanted(NamedTuple):
    """What to take from every file."""

    channels: dict[str, str]
    factors: dict[str, float]
    time: str
    seconds_per_unit: float
    others: dict[str, str]  # subject, recording and label: the columns that hold them
    separator: str | None
    decimal: str | None

    @property
    def exact(self) -> list[str]:
        """Of the others, those that tell rows apart: subject, recording, and a label of the same column."""
        columns = {self.others.get("subject"), self.others.get("recording")}
        return [name for name, column in self.others.items() if column in columns]


def read_recordings(
    pattern,
    *,
    channels: Sequence[str] | Mapping[str, str] | None = None,
    time: str | None = None,
    subject: str | None = None,
    recording: str | None = None,
    label: str | None = None,
    time_unit: str = "s",
    units: Mapping[str, str] | None = None,
    logger: str | None = None,
    separator: str | None = None,
    decimal: str | None = None,
    exclude: str | Sequence[str] = (),
    return_report: bool = False,
):
    r"""Read a folder of CSV or Parquet files as recordings and labels.

    Rows without a time, subject or recording, and a last line that was cut off, cannot be used: they
    are left out, counted and reported. An empty cell of a channel stays, as NaN. Everything else that
    is wrong with a file is an error that says in which file and line.

    The rows of a recording are sorted by time. Where time runs backwards in the file by a second or more,
    two sessions may lie in it one after the other, and sorting would mix them: that is warned of.

    Parameters
    ----------
    pattern : str or path
        A folder, of which every CSV, TSV, TXT and Parquet file is read, or a pattern of files:
        ``"data/{subject}/{recording}.csv"`` takes people and recordings from the path, as text;
        ``*``, ``**`` and ``?`` stand for any part of a path. Other braces, and brackets, belong to the name
        of a file or folder that is there. With ``logger``, the folders or files that the phone exported,
        one for each recording: ``"data/{subject}/{recording}"``.
    channels : list of str, or dict of str to str, default=None
        Columns of the sensors; a dict also renames them: ``{"ax": "acc_x"}``. Required without ``logger``.
    time : str, default=None
        Column of the time: a number in ``time_unit``, a date and time (which becomes seconds since 1970,
        UTC) or a time of day (seconds since the midnight before the recording). Required without ``logger``.
    subject, recording : str, default=None
        Columns that tell people and their recordings apart, where the path does not. Their values are
        integers if those of all files are, and text as it is written otherwise: ``01`` is not ``1``.
        Without either, all files are of subject 0, and each file is a recording named by its path.
    label : str, default=None
        Column of the activity; empty cells are unlabelled rows. In a CSV file, NA, NaN, null and None
        are empty cells too, in every column. For tables of intervals, see `label_intervals`.
    time_unit : {"s", "ms", "us", "ns"}, default="s"
        Unit of a numeric time.
    units : dict of str to str, default=None
        Units of channels, or of all of a sensor, by the name they are given, that are not m/s² or rad/s
        already: ``{"acc": "g", "gyro_x": "deg/s"}``. Known are m/s², g, mg, rad/s and deg/s.
    logger : {"sensor_logger", "phyphox", "physics_toolbox"}, default=None
        A logging app of phones, whose files, columns and units are known; it replaces all parameters
        about columns. The channels are ``acc_x`` to ``acc_z`` (m/s²; ``linear_acc_x`` to ``linear_acc_z``
        if gravity was not recorded) and, where there is a gyroscope, ``gyro_x`` to ``gyro_z`` (rad/s).
        Sensors that have files or rows of their own are joined by `join_sensors`. Times are those of
        the app: seconds from its start, or from midnight. Accelerations that Sensor Logger recorded on an
        iPhone, which its ``Metadata.csv`` tells, are given the sign they have on Android: lying face up,
        ``acc_z`` is positive.
    separator, decimal : str, default=None
        The one character between fields, and the decimal mark. None tells them from each file.
    exclude : str or list of str, default=()
        Files, or with ``logger`` also folders, to leave out, by their names or the ends of their paths:
        ``"*_gyro.csv"``, ``"ann/monday.csv"``, in which ``*`` and ``?`` stand for any part of a name.
    return_report : bool, default=False
        Whether to return the report too.

    Returns
    -------
    X : DataFrame of shape (n_rows, n_channels)
        Recordings, with the index levels subject, recording and time (seconds), in the order of paths.
    y : Series of shape (n_rows,) or None
        Labels with the index of ``X``; None without ``label``.
    report : DataFrame of shape (n_files, 5)
        Only with ``return_report``: file, subject, recording (missing where a column tells them), rows
        (of ``X``) and rows_left_out (unusable).

    Raises
    ------
    ValueError
        If a file is empty, malformed, or not text; a column is not there (the nearest is named); a cell
        of a channel is no number; a unit or logger is unknown; two files would be one recording.
    FileNotFoundError
        If nothing matches, or a recording of a logger has no file with an acceleration.
    ImportError
        If a file is Parquet and pyarrow is not installed.

    Warns
    -----
    RowsLeftOutWarning
        If rows cannot be used: how many, why, and where the first is.
    SuspectRecordingsWarning
        If time runs backwards by a second or more within a recording of a file: where first, and in how
        many rows. If activities differ in nothing but case, spaces, hyphens and underscores.

    See Also
    --------
    recordings_from_table : The same for one table in memory.
    label_intervals : Labels from a table of intervals.
    fill_gaps : Bridges short gaps, before a filter or a window would stop there.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from sklearn_har.recordings import read_recordings
    >>> with TemporaryDirectory() as folder:
    ...     Path(folder, "ann").mkdir()
    ...     _ = Path(folder, "ann", "monday.csv").write_text("t;ax\n0;0,5\n20;0,25\n")
    ...     X, y = read_recordings(
    ...         f"{folder}/{{subject}}/{{recording}}.csv",
    ...         channels={"ax": "acc_x"},
    ...         time="t",
    ...         time_unit="ms",
    ...         units={"acc": "g"},
    ...     )
    >>> X
                               acc_x
    subject recording time
    ann     monday    0.00  4.903325
                      0.02  2.451662
    """
    separator = one_separator(separator)
    columns = {"channels": channels, "time": time, "subject": subject, "recording": recording, "label": label}
    if logger is not None:
        _refuse_with_logger(columns | {"units": units}, time_unit)
        X, report = read_phones(find_paths(pattern, exclude, folders=True), logger, separator, decimal)
        y = None
    else:
        found = _one_source(find_paths(pattern, exclude), subject, recording)
        wanted = _wanted(columns, time_unit, units, separator, decimal)
        X, y, report = _read_files(found, wanted)
    _warn_left_out(report)
    report = report.drop(columns="why")
    return (X, y, report) if return_report else (X, y)


def _refuse_with_logger(columns: dict, time_unit: str) -> None:
    given = [name for name, value in columns.items() if value is not None]
    given += ["time_unit"] if time_unit != "s" else []
    if given:
        raise ValueError(
            f"{given[0]} was given along with logger, which knows the columns itself. Leave one of them out."
        )


def _one_source(found: list[Found], subject: str | None, recording: str | None) -> list[Found]:
    """Refuse a subject or recording told twice, and name recordings by path if nothing else does."""
    for name, column in (("subject", subject), ("recording", recording)):
        if column is not None and name in found[0].fields:
            raise ValueError(
                f"Both the pattern and the column {column!r} tell the {name}; leave one of them out."
            )
    if recording is not None:
        return found
    found = name_by_path(found)
    if subject is None:
        refuse_shared_names(found)
    return found


def _wanted(columns: dict, time_unit: str, units, separator, decimal) -> _Wanted:
    channels, time = columns["channels"], columns["time"]
    if channels is None or time is None:
        missing = "channels" if channels is None else "time"
        raise ValueError(f"{missing} is required: name the columns to read, or the logger that wrote them.")
    if time_unit not in SECONDS_PER_UNIT:
        raise ValueError(f"time_unit is {time_unit!r}; it must be one of {sorted(SECONDS_PER_UNIT)}.")
    if isinstance(channels, str):
        raise TypeError(f"channels is the one name {channels!r}; give a list of columns: [{channels!r}].")
    if isinstance(units, str):
        raise TypeError(f"units is the one unit {units!r}; say of what: {{'acc': {units!r}}}.")
    names = dict(channels) if isinstance(channels, Mapping) else {name: name for name in channels}
    si = _si_per_unit(units or {}, list(names.values()))
    factors = {column: si.get(name, 1.0) for column, name in names.items()}
    others = {name: columns[name] for name in ("subject", "recording", "label") if columns[name] is not None}
    return _Wanted(names, factors, time, SECONDS_PER_UNIT[time_unit], others, separator, decimal)


def _si_per_unit(units: Mapping[str, str], channels: list[str]) -> dict[str, float]:
    """Factor of every channel that has a unit; that of a sensor is of those that have none of their own."""
    factors: dict[str, float] = {}
    for name, unit in sorted(units.items(), key=lambda each: each[0] in channels):
        named = [channel for channel in channels if name in (channel, str(channel).rpartition("_")[0])]
        if not named:
            raise ValueError(f"units names the channel {name!r}; the channels are {channels}.")
        if unit not in SI_PER_UNIT:
            raise ValueError(f"units gives {name!r} the unit {unit!r}; known are {sorted(SI_PER_UNIT)}.")
        factors |= dict.fromkeys(named, SI_PER_UNIT[unit])
    return factors


def _read_files(found: list[Found], wanted: _Wanted):
    parts, lines = [], []
    codes, texts = code_fields(found)
    for each, fields in zip(found, codes, strict=True):
        try:
            frame, line = _read_file(each, fields, wanted)
        except ValueError as error:
            if len(found) > 1:
                error.add_note(
                    f"The other files are read without this one: exclude={pattern_of(each.path, found)!r}."
                )
            raise
        parts.append(frame)
        lines.append(line)
    columns = {name: [part[name] for part in parts] for name in parts[0].columns}
    table = pd.DataFrame(
        {name: _stack(several) for name, several in columns.items() if name not in wanted.exact}
    )
    for name in wanted.exact:
        table[name], values = stack_identities(columns[name])
        if name == "label":
            table[name] = values[table[name]].tolist()
        else:
            texts[name] = values
    X, y = recordings_from_table(
        table,
        channels={f"channel {column}": name for column, name in wanted.channels.items()},
        time="time",
        **{name: name for name in ("subject", "recording", "label") if name in table.columns},
    )
    X = with_texts(X, texts)
    if y is not None:
        y.index = X.index
        y.name = wanted.others["label"]
    return X, y, pd.DataFrame(lines)


def _stack(columns: list[pd.Series]) -> pd.Series:
    """Columns of files under one another; where one file has text and another numbers, all are text."""
    texts = [not pd.api.types.is_numeric_dtype(column.dtype) for column in columns if column.notna().any()]
    if any(texts) and not all(texts):
        columns = [column.astype("string").astype(object) for column in columns]
    return pd.concat(columns, ignore_index=True)


def _read_file(found: Found, fields: dict[str, int], wanted: _Wanted) -> tuple[pd.DataFrame, dict]:
    """The usable rows of a file, and its line of the report."""
    typed = found.path.suffix.lower() == ".parquet"
    exact = {wanted.others[name] for name in wanted.exact}
    if typed:
        table = read_parquet(found.path, [*wanted.channels, wanted.time, *wanted.others.values()], exact)
    else:
        table = read_csv(found.path, wanted.separator, wanted.decimal, exact)
    owner = _recording_of_rows(table, wanted)
    frame = pd.DataFrame({"time": seconds_in(table, wanted.time, wanted.seconds_per_unit, owner)})
    for column in wanted.channels:
        frame[f"channel {column}"] = numbers_in(table, column) * wanted.factors[column]
    for name, column in wanted.others.items():
        frame[name] = pick_column(table, column)
    required = [name for name in ("time", "subject", "recording") if name in frame]
    keep, why = usable_rows(table, frame, required)
    frame = frame[keep].assign(**fields)
    for name in wanted.exact:
        frame[name] = identities_of(frame[name], table.path, typed=typed)
    restart = restart_in(table, np.flatnonzero(keep), frame["time"].to_numpy(), owner[keep])
    if restart:
        warn_user(restart, SuspectRecordingsWarning)
    return frame, report_line(
        found, table.path, int(keep.sum()), int((~keep).sum()) + bool(table.cut_off), why
    )


def _recording_of_rows(table: Table, wanted: _Wanted) -> np.ndarray:
    """Number of the recording of every row, of those of the file."""
    nobody = np.zeros(len(table.columns), dtype=np.intp)
    levels = (wanted.others.get(level) for level in ("subject", "recording"))
    return number_recordings(*(nobody if name is None else pick_column(table, name) for name in levels))


def _warn_left_out(report: pd.DataFrame) -> None:
    n_left_out, n_rows = int(report["rows_left_out"].sum()), int(report["rows"].sum())
    if not n_left_out:
        return
    reasons: dict[str, list] = {}
    for why in report["why"]:
        for reason, (count, place) in why.items():
            reasons.setdefault(reason, [0, place])[0] += count
    said = "; ".join(f"{reason}: {count}, the first in {place}" for reason, (count, place) in reasons.items())
    warn_user(
        f"{n_left_out} of {n_left_out + n_rows} rows cannot be used and were left out. {said}.",
        RowsLeftOutWarning,
    )
