"""What the logging apps of phones write: their files, columns and units.

Sensor Logger: github.com/tszheichoi/awesome-sensor-logger (UNITS.md, COORDINATES.md); phyphox:
phyphox.org, experiments "Acceleration (with g)", "Acceleration (without g)" and "Gyroscope", and the
export of several sensors at once; Physics Toolbox Sensor Suite: vieyrasoftware.net.
"""

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from .._core._warnings import warn_user
from ..exceptions import SuspectRecordingsWarning
from ._cells import SI_PER_UNIT, Table, numbers_in, restart_in, seconds_in, usable_rows
from ._csv import names_in_header, read_csv
from ._join_sensors import join_sensors
from ._paths import Found, code_fields, name_by_path, refuse_shared_names, with_texts
from ._tables import SECONDS_PER_UNIT, recordings_from_table

AXES = ("x", "y", "z")


class Source(NamedTuple):
    """Where a sensor may be found: a file of this stem ("*" is any), with these columns, in this unit."""

    sensor: str
    stem: str
    column: str
    unit: str
    plus: str = ""  # file of the same rows that must be added: gravity


class Phone(NamedTuple):
    """An app: its column of time, and the sources of its sensors, the best first."""

    time: str
    accelerations: tuple[Source, ...]
    rotations: tuple[Source, ...]


PHONES = {
    "sensor_logger": Phone(
        "seconds_elapsed",
        (
            Source("acc", "TotalAcceleration", "{}", "m/s²"),  # of Android alone
            Source("acc", "Accelerometer", "{}", "m/s²", plus="Gravity"),
            Source("linear_acc", "Accelerometer", "{}", "m/s²"),
        ),
        (Source("gyro", "Gyroscope", "{}", "rad/s"),),
    ),
    "phyphox": Phone(
        "time",
        (
            Source("acc", "*", "acceleration {}", "m/s²"),
            Source("acc", "Accelerometer", "{}", "m/s²"),
            Source("linear_acc", "*", "linear acceleration {}", "m/s²"),
            Source("linear_acc", "Linear Accelerometer", "{}", "m/s²"),
            Source("linear_acc", "Linear Acceleration", "{}", "m/s²"),
        ),
        (
            Source("gyro", "*", "gyroscope {}", "rad/s"),
            Source("gyro", "Gyroscope", "{}", "rad/s"),
        ),
    ),
    "physics_toolbox": Phone(
        "time",
        (Source("acc", "*", "gf{}", "g"), Source("linear_acc", "*", "a{}", "m/s²")),
        (Source("gyro", "*", "w{}", "rad/s"),),
    ),
}


def read_phones(found: list[Found], logger: str, separator: str | None, decimal: str | None):
    """Read what a logging app wrote, one folder or file for each recording.

    Returns
    -------
    X : DataFrame of shape (n_rows, 3 or 6)
    report : DataFrame of shape (n_recordings, 6)
    """
    if logger not in PHONES:
        raise ValueError(f"logger is {logger!r}; it must be one of {sorted(PHONES)}.")
    phone = PHONES[logger]
    found = name_by_path(found)
    refuse_shared_names(found)
    accelerations, rotations, lines = [], [], []
    codes, texts = code_fields(found)
    for each, fields in zip(found, codes, strict=True):
        files = _Files(each.path, separator, decimal)
        acceleration, rotation, why = _read_phone(files, phone, logger)
        for sentence in files.restarts.values():
            warn_user(sentence, SuspectRecordingsWarning)
        accelerations.append(acceleration.assign(**fields))
        if rotation is not None:
            rotations.append(rotation.assign(**fields))
        n_left_out = sum(count for count, _ in why.values())
        lines.append(report_line(each, str(each.path), len(acceleration), n_left_out, why))
    _refuse_different_sensors(accelerations, rotations, found)
    X = _one_table(accelerations, rotations)
    report = pd.DataFrame(lines)
    report["rows"] = _count_rows(X, codes)
    return with_texts(X, texts), report


def _read_phone(files: "_Files", phone: Phone, logger: str):
    """Acceleration and rotation (None without gyroscope) of one recording, and why rows were left out."""
    acceleration = _read_sensor(files, phone.accelerations, phone.time)
    if acceleration is None:
        raise FileNotFoundError(_nothing_there(files, phone, logger))
    frame, why = acceleration
    if logger == "sensor_logger" and _has_sign_of_ios(files):
        frame[frame.columns[1:]] *= -1
    rotation = _read_sensor(files, phone.rotations, phone.time)
    if rotation is None:
        return frame, None, why
    # a row of a file that holds both sensors is counted once
    more = {f"{reason} (gyroscope)": what for reason, what in rotation[1].items() if why.get(reason) != what}
    return frame, rotation[0], why | more


def report_line(found: Found, file: str, n_rows: int, n_left_out: int, why: dict) -> dict:
    """One line of the report of what was read."""
    return {
        "file": file,
        "subject": found.fields.get("subject"),
        "recording": found.fields.get("recording"),
        "rows": n_rows,
        "rows_left_out": n_left_out,
        "why": why,
    }


class _Files:
    """The CSV files of one recording, each read at most once."""

    def __init__(self, place: Path, separator: str | None, decimal: str | None):
        self.place, self.separator, self.decimal = place, separator, decimal
        inside = place.iterdir() if place.is_dir() else [place]
        self.paths = sorted(
            path for path in inside if path.is_file() and path.suffix.lower() in (".csv", ".txt")
        )
        self._read: dict[Path, Table] = {}
        self.restarts: dict[str, str] = {}  # by file: two sensors of one restart together

    def read(self, path: Path) -> Table:
        if path not in self._read:
            table = read_csv(path, self.separator, self.decimal)
            self._read[path] = table
        return self._read[path]

    def named(self, stem: str) -> list[Path]:
        return [path for path in self.paths if stem == "*" or path.stem.lower() == stem.lower()]


def _read_sensor(files: _Files, sources: tuple[Source, ...], time: str) -> tuple[pd.DataFrame, dict] | None:
    """Time and the three channels of the first source there is, and why rows were left out."""
    for source in sources:
        if source.plus and not files.named(source.plus):
            continue
        wanted = [source.column.format(axis) for axis in AXES]
        for path in files.named(source.stem):
            if set(wanted) <= {_plain(name) for name in names_in_header(path, files.separator)}:
                frame, why = _read_triad(files, path, source, time)
                if source.plus:
                    other, _ = _read_triad(files, files.named(source.plus)[0], source, time)
                    frame = _add(frame, other, path, source.plus)
                return frame, why
    return None


def _read_triad(files: _Files, path: Path, source: Source, time: str) -> tuple[pd.DataFrame, dict]:
    table = files.read(path)
    columns = {_plain(str(name)): str(name) for name in table.columns.columns}
    if time not in columns:
        raise ValueError(f"{table.path} has no column {time!r}; it has {list(columns.values())}.")
    unit = _unit_of(columns[time], "s", SECONDS_PER_UNIT, table)
    frame = pd.DataFrame({"time": seconds_in(table, columns[time], unit)})
    for axis in AXES:
        name = columns[source.column.format(axis)]
        factor = _unit_of(name, source.unit, SI_PER_UNIT, table)
        frame[f"{source.sensor}_{axis}"] = numbers_in(table, name) * factor
    keep, why = usable_rows(table, frame, ["time"])
    empty = np.asarray(frame.iloc[:, 1:].isna().all(axis=1))  # rows of the other sensors in the file
    rows = np.flatnonzero(keep & ~empty)
    frame = frame.iloc[rows].reset_index(drop=True)
    restart = restart_in(table, rows, frame["time"].to_numpy(), np.zeros(len(rows), dtype=np.intp))
    if restart:
        files.restarts.setdefault(table.path, restart)
    return frame, why


def _plain(name: str) -> str:
    """A column name without its unit: "Acceleration x (m/s^2)" is "acceleration x"."""
    return re.sub(r"\s*\([^()]*\)$", "", name).strip().lower()


def _unit_of(name: str, default: str, units: dict[str, float], table: Table) -> float:
    match = re.search(r"\(([^()]*)\)$", name)
    unit = match[1] if match else default
    if unit not in units:
        raise ValueError(f"{table.path}: column {name!r} is in {unit!r}; known units are {sorted(units)}.")
    return units[unit]


def _add(frame: pd.DataFrame, gravity: pd.DataFrame, path: Path, stem: str) -> pd.DataFrame:
    """Acceleration of movement plus gravity, which iPhones write row by row into two files."""
    if len(frame) != len(gravity) or not np.allclose(frame["time"], gravity["time"], rtol=0, atol=1e-3):
        raise ValueError(
            f"{path} has {len(frame)} rows and {stem}.csv beside it {len(gravity)}, or their times differ by "
            "more than 1 ms, so gravity cannot be added. Read each by itself, with channels= and time=."
        )
    frame[frame.columns[1:]] += gravity[frame.columns[1:]]
    return frame


def _has_sign_of_ios(files: _Files) -> bool:
    """Whether accelerations have the sign of iPhones: lying face up, z is negative."""
    for path in files.named("Metadata"):
        columns = files.read(path).columns
        values = {name: str(columns[name].iloc[0]).strip().lower() for name in columns.columns}
        return values.get("platform") == "ios" and values.get("standardisation") != "true"
    return False


def _nothing_there(files: _Files, phone: Phone, logger: str) -> str:
    looked_for = [f"{source.stem}.csv ({source.column.format('x')}, …)" for source in phone.accelerations]
    there = {path.name: names_in_header(path, files.separator) for path in files.paths}
    return (
        f"{files.place} has no acceleration as {logger} writes it: looked for {', '.join(looked_for)}; "
        f"there are {there or 'no CSV files'}."
    )


def _refuse_different_sensors(accelerations: list, rotations: list, found: list[Found]) -> None:
    first = list(accelerations[0].columns)
    for frame, each in zip(accelerations, found, strict=True):
        if list(frame.columns) != first:
            raise ValueError(
                f"{each.path} has {frame.columns[1]}, {found[0].path} has {first[1]}: with gravity and "
                "without cannot be in one table. Read them apart."
            )
    if rotations and len(rotations) < len(accelerations):
        raise ValueError(
            f"{len(rotations)} of {len(accelerations)} recordings have a gyroscope, the others have none. "
            "Read them apart, or name the columns of the accelerometer with channels=."
        )


def _one_table(accelerations: list[pd.DataFrame], rotations: list[pd.DataFrame]) -> pd.DataFrame:
    sensors = [_as_recordings(frames) for frames in (accelerations, rotations) if frames]
    if len(sensors) == 1:
        return sensors[0]
    if sensors[0].index.equals(sensors[1].index):
        return pd.concat(sensors, axis=1)
    return join_sensors(*sensors)


def _count_rows(X: pd.DataFrame, codes: list[dict[str, int]]) -> np.ndarray:
    """Rows that each recording has after joining its sensors."""
    rows = X.groupby(level=list(codes[0]), sort=False).size()
    return rows.reindex(
        [tuple(each.values()) if len(each) > 1 else each["recording"] for each in codes], fill_value=0
    ).to_numpy()


def _as_recordings(frames: list[pd.DataFrame]) -> pd.DataFrame:
    table = pd.concat(frames, ignore_index=True)
    X, _ = recordings_from_table(
        table,
        channels=list(frames[0].columns[1:4]),
        time="time",
        subject="subject" if "subject" in table else None,
        recording="recording",
    )
    return X
