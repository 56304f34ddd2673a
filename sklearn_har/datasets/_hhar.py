"""HHAR: nine people with eight phones at the waist and four watches, all of different kinds."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .._core._sklearn import StrOptions, validate_params
from ..exceptions import DatasetIntegrityError
from ._dataset import COMMON_PARAMETERS, Dataset
from ._files import Files, provide_files
from ._frames import Parsed, Recording
from ._joined import SENSORS_PARAMETER, as_bunch_of_sensors
from ._text import EXACT

DATASET = Dataset(
    name="hhar",
    subjects=9,
    activities=6,
    sampling_rate=50.0,
    sensors=("accelerometer", "gyroscope"),
    positions=("waist", "wrist"),
    size=3_300_000_000,
    licence="CC BY 4.0 (UCI Machine Learning Repository); publications must cite the paper.",
    citation=(
        "Allan Stisen, Henrik Blunck, Sourav Bhattacharya, Thor Siiger Prentow, Mikkel Baun Kjærgaard, "
        "Anind Dey, Tobias Sonne, Mads Møller Jensen (2015). Smart Devices are Different: Assessing and "
        "Mitigating Mobile Sensing Heterogeneities for Activity Recognition. SenSys 2015, 127-140."
    ),
    address="https://archive.ics.uci.edu/dataset/344/heterogeneity+activity+recognition",
)
ARCHIVE = "heterogeneity+activity+recognition.zip"
ARCHIVES = {ARCHIVE: f"https://archive.ics.uci.edu/static/public/344/{ARCHIVE}"}
DEVICES = {"phone": "Phones", "watch": "Watch"}
KINDS = {"acc": "accelerometer", "gyro": "gyroscope"}
FILES = [f"{device}_{kind}.csv" for device in DEVICES.values() for kind in KINDS.values()]
ACTIVITIES = ["stand", "sit", "walk", "stairsup", "stairsdown", "bike"]
UNLABELLED = "null"
SHARED_NAMES = {
    "stand": "standing",
    "sit": "sitting",
    "walk": "walking",
    "stairsup": "walking_upstairs",
    "stairsdown": "walking_downstairs",
    "bike": "cycling",
}
ARRIVAL, CREATION = "Arrival_Time", "Creation_Time"
COLUMNS: dict[str, Any] = {
    ARRIVAL: np.int64,
    CREATION: np.int64,
    "x": np.float64,
    "y": np.float64,
    "z": np.float64,
    "User": "category",
    "Device": "category",
    "gt": "category",
}
PER_MILLISECOND = (1_000_000, 1_000, 1)  # units in which devices give Creation_Time
MOST_OFF = 1.5  # times
BLOCK_ROWS = 32
CLOCK_JUMP = 1000  # ms
N_COLUMNS = 10
BLOCK_BYTES = 1 << 24
CHUNK_ROWS = 1 << 16
DESCRIPTION = """Heterogeneity activity recognition (HHAR): different devices, worn at the same time.

Nine people did six activities with eight phones in a pouch at the waist (two each of Nexus 4, Galaxy S3,
Galaxy S3 mini and Galaxy S+) and four watches, two on each arm (two each of LG G Watch and Galaxy Gear). The
devices of a person recorded the same minutes: a recording here is one device of one person, so never let the
devices of a person be on both sides of a split.

Devices record as fast as they can, between about 50 and 200 Hz; 50 Hz is what all reach and is nominal here.
Acceleration is m/s² and angular rate rad/s, as Android gives them (the files do not say).

A row has two times. Creation_Time is that of the device's sensor clock, whose origin and unit differ;
Arrival_Time is that of the clock of the application, in ms, and comes in bursts. Times here are those of
creation, shifted by the median delay to the clock of arrival, so that both sensors of a device share it;
where the two clocks part by more than a second from one row to the next, the shift is found anew. Where
the unit of Creation_Time cannot be told, times are those of arrival. Rows that are not in the order of time
are put in it. All of this is counted in the report.

Devices without rows of the gyroscope are left out where both sensors are asked for, and named in the report.
"""


@validate_params(
    COMMON_PARAMETERS | {"device": [StrOptions(set(DEVICES))]} | SENSORS_PARAMETER,
    prefer_skip_nested_validation=True,
)
def fetch_hhar(
    *,
    data_home=None,
    download_if_missing=True,
    sampling_rate="nominal",
    harmonize=False,
    return_X_y=False,
    device="phone",
    sensors="both",
):
    """Load HHAR: 9 people, 6 activities, 8 phones at the waist or 4 watches of different kinds.

    The files are downloaded once into ``<data_home>/hhar``, in the layout in which they are published.
    No published checksums are known: what came first is recorded and compared.

    Parameters
    ----------
    data_home : str or path-like, default=None
        The folder of all datasets: if None, that of the environment variable SKLEARN_HAR_DATA, or else
        ``~/sklearn_har_data``.
    download_if_missing : bool, default=True
        If False, a dataset that is not there is an OSError.
    sampling_rate : "nominal", float or None, default="nominal"
        Rows per second, in Hz: "nominal" is 50, what all devices reach; None the
        accelerometer's rows as recorded, with the gyroscope's values that are nearest in time. See
        :func:`~sklearn_har.recordings.resample`.
    harmonize : bool, default=False
        Whether activities get the names that all datasets share.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.
    device : {"phone", "watch"}, default="phone"
        The phones at the waist, or the watches.
    sensors : {"both", "acc", "gyro"}, default="both"
        Accelerometer and gyroscope, joined on a grid (:func:`~sklearn_har.recordings.join_sensors`), or
        one of them.

    Returns
    -------
    recordings : Bunch
        data : DataFrame of shape (n_rows, 6)
            Rows, also unlabelled ones, with index levels subject (a to i), recording (the device, such
            as nexus4_1) and time (seconds from 0). Channels acc_x, acc_y, acc_z (m/s²) and gyro_x,
            gyro_y, gyro_z (rad/s), or three of them.
        target : Series of shape (n_rows,)
            Activities, categorical, missing where the file says null:
            :func:`~sklearn_har.recordings.drop_unlabelled` leaves those out.
        target_names, sampling_rate, channel_names, channel_units, DESCR, licence, citation
            The activities, the rate in Hz, the names and units of channels, what the data are, how they
            may be used and what to cite.
        report : dict
            How the files were checked, what was done to the clocks, and what had no partner.
    (data, target) : tuple
        If ``return_X_y``.

    Raises
    ------
    OSError
        If the dataset is not there and ``download_if_missing`` is False or the download fails.
    DatasetIntegrityError
        If a file has another content than before, or is not as published.

    References
    ----------
    A. Stisen et al. (2015), "Smart Devices are Different: Assessing and Mitigating Mobile Sensing
    Heterogeneities for Activity Recognition", Proceedings of SenSys 2015, 127-140.

    Examples
    --------
    >>> from sklearn_har.datasets import fetch_hhar
    >>> X, y = fetch_hhar(device="watch", return_X_y=True)  # doctest: +SKIP
    >>> X.index.unique("recording").tolist()  # doctest: +SKIP
    ['gear_1', 'gear_2', 'lgwatch_1', 'lgwatch_2']
    """
    files = provide_files(DATASET, ARCHIVES, FILES, data_home, download_if_missing)
    return as_bunch_of_sensors(
        DATASET,
        files,
        _parse,
        {"device": device},
        sensors,
        sampling_rate=sampling_rate,
        harmonize=harmonize,
        shared_names=SHARED_NAMES,
        return_X_y=return_X_y,
        description=DESCRIPTION,
    )


def _parse(files: Files, device: str, sensor: str) -> Parsed:
    path = files.folder / files.matching(f"{DEVICES[device]}_{KINDS[sensor]}.csv")[0]
    table = _read_table(path)
    codes = _label_codes(table["gt"], path)
    people, devices = table["User"].cat, table["Device"].cat
    group = people.codes.to_numpy(np.int64) * len(devices.categories) + devices.codes.to_numpy(np.int64)
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    values = table[["x", "y", "z"]].to_numpy()
    arrival, creation = table[ARRIVAL].to_numpy(), table[CREATION].to_numpy()
    recordings, clocks = [], {}
    for rows in np.split(order, starts[1:]):
        person, name = divmod(int(group[rows[0]]), len(devices.categories))
        times, facts = _times(arrival[rows], creation[rows])
        in_time = np.argsort(times, kind="stable")
        recording = Recording(
            str(people.categories[person]),
            str(devices.categories[name]),
            times[in_time],
            values[rows][in_time],
            codes[rows][in_time],
        )
        recordings.append(recording)
        clocks[f"{recording.subject}/{recording.recording}"] = facts
    return Parsed(recordings, ACTIVITIES, {"clocks": clocks})


def _times(arrival: np.ndarray, creation: np.ndarray) -> tuple[np.ndarray, dict[str, Any]]:
    """Seconds at which rows were created, on the clock of arrival, and what was done to find them."""
    per_millisecond = _unit(arrival, creation)
    if per_millisecond is None:
        times, jumps = (arrival - arrival[0]) / 1000, 0
    else:
        created = (creation - creation[0]) / per_millisecond
        late = (arrival - arrival[0]) - created
        apart = np.abs(np.diff(late, prepend=late[0])) > CLOCK_JUMP
        stretch, jumps = np.cumsum(apart), int(apart.sum())
        times = (created + pd.Series(late).groupby(stretch).transform("median").to_numpy()) / 1000
    facts = {
        "rows": len(times),
        "clock": "arrival" if per_millisecond is None else "creation",
        "clock_jumps": jumps,
        "rows_out_of_order": int((np.diff(times) < 0).sum()),
    }
    return times + arrival[0] / 1000, facts


def _unit(arrival: np.ndarray, creation: np.ndarray) -> int | None:
    """How many units of Creation_Time there are in a millisecond; None where they cannot be told."""
    n_steps = min(BLOCK_ROWS, len(arrival) - 1)
    if n_steps < 1:
        return None
    arrived = np.median(arrival[n_steps:] - arrival[:-n_steps])
    created = np.median(creation[n_steps:] - creation[:-n_steps])
    if arrived <= 0 or created <= 0:
        return None
    ratio = created / arrived
    return next((unit for unit in PER_MILLISECOND if 1 / MOST_OFF < ratio / unit < MOST_OFF), None)


def _label_codes(labels: pd.Series, path: Path) -> np.ndarray:
    """Positions in ACTIVITIES; -1 where the file says null."""
    names = list(labels.cat.categories)
    unknown = [name for name in names if name not in (*ACTIVITIES, UNLABELLED)]
    missing = labels.isna().to_numpy() | labels.isin(unknown).to_numpy()
    if missing.any():
        row = int(np.argmax(missing))
        raise DatasetIntegrityError(
            f"{path}, line {row + 2}, has the activity {labels.iloc[row]!r}; the activities are "
            f"{', '.join(ACTIVITIES)} and {UNLABELLED}."
        )
    position = {name: number for number, name in enumerate(ACTIVITIES)}
    return np.array([position.get(name, -1) for name in names])[labels.cat.codes]


def _read_table(path: Path) -> pd.DataFrame:
    """Read the columns that are needed; rows are on the lines of the file after the first.

    Raises
    ------
    DatasetIntegrityError
        If a line has fewer or more columns, or something else in place of a number.
    """
    _check_columns(path)
    options: dict[str, Any] = {"usecols": list(COLUMNS), "keep_default_na": False, "skip_blank_lines": False}
    try:
        table = pd.read_csv(path, dtype=COLUMNS, **options, **EXACT)
    except (ValueError, OverflowError) as error:
        raise DatasetIntegrityError(_first_fault(path, options) or f"{path}: {error}.") from error
    wrong = table[["x", "y", "z"]].isna().any(axis=1)
    if wrong.any():
        raise DatasetIntegrityError(f"{path}, line {int(np.argmax(wrong)) + 2}, lacks a value.")
    return table


def _check_columns(path: Path) -> None:
    """Refuse a file in which some line has not ten values; pandas would take it."""
    with open(path, "rb") as file:
        n_commas = n_lines = 0
        last = b"\n"
        while block := file.read(BLOCK_BYTES):
            n_commas, n_lines, last = n_commas + block.count(b","), n_lines + block.count(b"\n"), block[-1:]
        if n_commas == (N_COLUMNS - 1) * (n_lines + (last != b"\n")):
            return
        file.seek(0)
        for number, line in enumerate(file, start=1):
            if line.count(b",") != N_COLUMNS - 1:
                found = line.count(b",") + 1
                raise DatasetIntegrityError(
                    f"{path}, line {number}, has {found} values; every line has {N_COLUMNS}."
                )


def _first_fault(path: Path, options: dict[str, Any]) -> str | None:
    """Say in which line something else is in place of a number."""
    numbers = [name for name, kind in COLUMNS.items() if kind != "category"]
    first = 2
    with pd.read_csv(path, dtype=str, chunksize=CHUNK_ROWS, **options) as parts:
        for part in parts:
            wrong = part[numbers].apply(pd.to_numeric, errors="coerce").isna().to_numpy()
            if wrong.any():
                row, column = (int(where[0]) for where in np.nonzero(wrong))
                found = part[numbers].iat[row, column]
                return f"{path}, line {first + row}, has {found!r} where a number belongs."
            first += len(part)
    return None
