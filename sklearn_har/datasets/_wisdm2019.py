"""WISDM 2019: fifty-one people with a phone in the pocket and a watch."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd

from .._core._sklearn import StrOptions, validate_params
from .._core._warnings import warn_user
from ..exceptions import DatasetIntegrityError, IncompleteDatasetWarning
from ..recordings import join_sensors
from ._cache import parse_once
from ._dataset import COMMON_PARAMETERS, Dataset
from ._files import Files, in_threads, provide_files, published_checksums
from ._frames import (
    IMU_CHANNELS,
    Parsed,
    Recording,
    bunch_of_frame,
    labels_of,
    recorded_frame,
    summarize,
    wanted_rate,
)
from ._joined import clock_of, frame_of_joined, nearest_rows, recordings_of_joined
from ._text import read_table

DATASET = Dataset(
    name="wisdm2019",
    subjects=51,
    activities=18,
    sampling_rate=20.0,
    sensors=("accelerometer", "gyroscope"),
    positions=("trouser pocket", "wrist"),
    size=885_000_000,
    licence="CC BY 4.0 (as stated by the UCI Machine Learning Repository).",
    citation=(
        "Gary M. Weiss, Kenichi Yoneda, Thaier Hayajneh (2019). Smartphone and Smartwatch-Based Biometrics "
        "Using Activities of Daily Living. IEEE Access 7, 133190-133202."
    ),
    address=(
        "https://archive.ics.uci.edu/dataset/507/"
        "wisdm+smartphone+and+smartwatch+activity+and+biometrics+dataset"
    ),
)
ARCHIVE = "wisdm+smartphone+and+smartwatch+activity+and+biometrics+dataset.zip"
ARCHIVES = {ARCHIVE: f"https://archive.ics.uci.edu/static/public/507/{ARCHIVE}"}
DEVICES = {"phone": ("phone",), "watch": ("watch",), "both": ("phone", "watch")}
KEY = "wisdm-dataset/activity_key.txt"
SENSORS = ("accel", "gyro")
ROUNDING = 1e-3  # of a step: no row where one of the sensors was not recording
LETTERS = "ABCDEFGHIJKLMOPQRS"  # there is no N
SHARED_NAMES = {
    "walking": "walking",
    "jogging": "running",
    "stairs": "stairs",
    "sitting": "sitting",
    "standing": "standing",
    "typing": "typing",
    "teeth": "brushing_teeth",
    "soup": "eating",
    "chips": "eating",
    "pasta": "eating",
    "sandwich": "eating",
    "drinking": "drinking",
    "kicking": "kicking",
    "catch": "throwing",
    "dribbling": "dribbling",
    "writing": "writing",
    "clapping": "clapping",
    "folding": "folding",
}
DESCRIPTION = """WISDM 2019: smartphone and smartwatch in eighteen activities of daily living.

51 people (1600 to 1650), 18 activities of three minutes each, a phone in the trouser pocket and a watch on
the dominant hand. Accelerometer (m/s²) and gyroscope (rad/s) at about 20 Hz, most steps 50 ms, some
people's 40 ms or less. Each activity of a person is a recording, known by its letter.

A device's two sensors are recorded row by row at times of their own on one clock, and are joined on one grid.
The phone's clock and the watch's tell different times: where both are asked for, each recording begins
on both devices at once, as the people who recorded it began, which holds to about a second.
"""


@validate_params(
    COMMON_PARAMETERS | {"device": [StrOptions(set(DEVICES))]},
    prefer_skip_nested_validation=True,
)
def fetch_wisdm2019(
    *,
    data_home=None,
    download_if_missing=True,
    sampling_rate="nominal",
    harmonize=False,
    return_X_y=False,
    device="watch",
):
    """Load WISDM 2019: 51 people, 18 activities, phone and watch at 20 Hz.

    The files are downloaded once into ``<data_home>/wisdm2019``, in the layout in which they
    are published, and checked against their published content whenever one of them changed. Where a
    folder put there by hand lacks files of some people, the others are loaded.

    Parameters
    ----------
    data_home : str or path-like, default=None
        The folder of all datasets: if None, that of the environment variable SKLEARN_HAR_DATA, or else
        ``~/sklearn_har_data``.
    download_if_missing : bool, default=True
        If False, a dataset that is not there is an OSError.
    sampling_rate : "nominal", float or None, default="nominal"
        Rows per second, in Hz, on a regular grid; "nominal" is 20 Hz. The sensors are joined on it
        (:func:`~sklearn_har.recordings.join_sensors`). None gives the accelerometer's rows as recorded,
        each with the gyroscope's row that is nearest in time; rows without one within 25 ms are left
        out and counted in ``report``.
    harmonize : bool, default=False
        Whether activities get the names that all datasets share: jogging becomes running, soup, chips,
        pasta and sandwich eating, teeth brushing_teeth, catch throwing.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.
    device : {"phone", "watch", "both"}, default="watch"
        Whose sensors. With "both", channels begin with ``phone_`` or ``watch_``, and only recordings of
        all four sensors are loaded.

    Returns
    -------
    recordings : Bunch
        data : DataFrame of shape (n_rows, 6) or (n_rows, 12)
            Recordings with index levels subject (1600 to 1650), recording (the letter of the activity) and
            time (seconds from 0). Channels acc_x, acc_y, acc_z (m/s²) and gyro_x, gyro_y, gyro_z (rad/s).
        target : Series of shape (n_rows,)
            Activities, categorical.
        target_names, sampling_rate, channel_names, channel_units, DESCR, licence, citation
            The activities, the rate in Hz (the nominal one for rows as recorded), the names and units of
            channels, what the data are, how they may be used and what to cite.
        report : dict
            How the files were checked, who is missing, and what could not be used.
    (data, target) : tuple
        If ``return_X_y``.

    Warns
    -----
    IncompleteDatasetWarning
        If people are not loaded because a file of theirs is not there.

    Raises
    ------
    OSError
        If the dataset is not there and ``download_if_missing`` is False or the download fails.
    DatasetIntegrityError
        If a file differs from the published one; where it is malformed, the line is named.
    ValueError
        If rows as recorded are asked for of both devices, or nobody has all files.

    References
    ----------
    G. M. Weiss, K. Yoneda and T. Hayajneh (2019), "Smartphone and Smartwatch-Based Biometrics Using
    Activities of Daily Living", IEEE Access 7, 133190-133202.

    Examples
    --------
    >>> from sklearn_har.datasets import fetch_wisdm2019
    >>> X, y = fetch_wisdm2019(device="watch", return_X_y=True)  # doctest: +SKIP
    """
    devices = DEVICES[device]
    rate = wanted_rate(DATASET, sampling_rate)
    if device == "both" and rate is None:
        raise ValueError(
            "sampling_rate=None gives rows as recorded, but the phone's clock and the watch's tell "
            'different times. Give a rate, or load one device: device="phone".'
        )
    files = provide_files(
        DATASET, ARCHIVES, published_checksums(DATASET.name), data_home, download_if_missing, partial=True
    )
    report = _find_people(files, devices)
    chosen = _files_of(files, report["people"], devices, SENSORS)
    if rate == DATASET.sampling_rate:
        joined = parse_once(chosen, _parse_joined, checks=True, device=device)
    else:
        joined = _join_devices(chosen, devices, rate)
    channels = _channels(devices)
    data: Any = frame_of_joined(joined.recordings, list(channels), rate)
    codes = np.concatenate([part.codes for part in joined.recordings])
    return bunch_of_frame(
        DATASET,
        data,
        labels_of(codes, _read_names(files.folder), data.index),
        channels,
        report | joined.report,
        sampling_rate=sampling_rate,
        harmonize=harmonize,
        shared_names=SHARED_NAMES,
        return_X_y=return_X_y,
        description=DESCRIPTION,
    )


def _path(person: int, sensor: str, device: str) -> str:
    return f"wisdm-dataset/raw/{device}/{sensor}/data_{person}_{sensor}_{device}.txt"


def _files_of(files: Files, people: Sequence[int], devices: Sequence[str], sensors: Sequence[str]) -> Files:
    paths = [_path(who, sensor, which) for which in devices for who in people for sensor in sensors]
    return replace(files, paths=(KEY, *paths))


def _channels(devices: Sequence[str]) -> dict[str, str]:
    if len(devices) == 1:
        return IMU_CHANNELS
    return {f"{which}_{name}": unit for which in devices for name, unit in IMU_CHANNELS.items()}


def _find_people(files: Files, devices: tuple[str, ...]) -> dict:
    """Who has all files of the devices, and which files the others lack."""
    if KEY in files.missing:
        raise DatasetIntegrityError(
            f"{files.folder} lacks {KEY}, which names the activities. Put it there, or delete the folder to "
            "have the dataset downloaded again."
        )
    there = set(files.paths)
    published = " ".join([*files.paths, *files.missing])
    everyone = sorted({int(number) for number in re.findall(r"data_(\d+)_", published)})
    lacking = {
        person: [path for d in devices for s in SENSORS if (path := _path(person, s, d)) not in there]
        for person in everyone
    }
    people = [person for person in everyone if not lacking[person]]
    missing = {person: paths for person, paths in lacking.items() if paths}
    if not people:
        raise ValueError(
            f"In {files.folder}, nobody has all files of the {' and the '.join(devices)}: for each person, "
            f"accelerometer's and gyroscope's are needed, as {_path(everyone[0], 'accel', devices[0])}."
        )
    if missing:
        warn_user(
            f"{len(missing)} of {len(everyone)} people are not loaded, because {files.folder} lacks files of "
            f"theirs: {', '.join(map(str, missing))}. report['missing'] of the Bunch names the files.",
            IncompleteDatasetWarning,
        )
    return {"people": people, "missing": missing}


def _read_names(folder: Path) -> list[str]:
    """Names of the activities, in the order of `LETTERS`."""
    lines = (folder / KEY).read_text("ascii").split("\n")
    names = {line.split(" = ")[1].strip(): line.split(" = ")[0].strip() for line in lines if line.strip()}
    return [names[letter] for letter in LETTERS]


def _parse_joined(files: Files, device: str) -> Parsed:
    return _join_devices(files, DEVICES[device], DATASET.sampling_rate)


def _parse(files: Files, device: str, sensor: str) -> Parsed:
    """The recordings of one sensor, on the clock of its device."""
    paths = files.matching(f"raw/{device}/{sensor}/data_*.txt")
    parts = in_threads(lambda path: _read_person(files.folder / path), paths)
    return Parsed([recording for part in parts for recording in part], list(LETTERS), {})


def _read_person(path: Path) -> list[Recording]:
    types = {"subject": np.int64, "letter": str, "time": np.int64} | dict.fromkeys("xyz", np.float64)
    table = read_table(path, types, end=";")
    codes = pd.Index(list(LETTERS)).get_indexer(pd.Index(table["letter"]))
    if codes.min() < 0:
        row = int(np.argmin(codes))
        raise DatasetIntegrityError(
            f"{path}, line {row + 1}: there is no activity {table['letter'].iloc[row]!r}."
        )
    times, values = table["time"].to_numpy() / 1e9, table[["x", "y", "z"]].to_numpy()
    person = int(table["subject"].iloc[0])
    recordings = []
    for code in np.unique(codes):
        rows = np.flatnonzero(codes == code)
        rows = rows[np.argsort(times[rows], kind="stable")]
        recordings.append(Recording(person, LETTERS[code], times[rows], values[rows], codes[rows]))
    return recordings


def _join_devices(files: Files, devices: Sequence[str], rate: float | None) -> Parsed:
    """All sensors of one device or of both, each recording from 0 s on."""
    frames, report = [], {}
    for which in devices:
        people = sorted({int(number) for number in re.findall(r"data_(\d+)_", " ".join(files.paths))})
        sensors = {
            sensor: parse_once(
                _files_of(files, people, [which], [sensor]), _parse, device=which, sensor=sensor
            )
            for sensor in SENSORS
        }
        recordings, report[which] = _join(sensors, rate)
        report["fixity"] = sensors["accel"].report["fixity"]
        if len(devices) == 1:
            return Parsed(recordings, list(LETTERS), report)
        channels = [f"{which}_{name}" for name in IMU_CHANNELS]
        frames.append(frame_of_joined(recordings, channels, rate))
    data, joined = _join_on_grid(frames, cast(float, rate))
    alone = {"phone": "acc_seconds_alone", "watch": "gyro_seconds_alone"}
    report["seconds_alone"] = {
        which: np.asarray(joined[column]).sum().item() for which, column in alone.items()
    }
    return Parsed(recordings_of_joined(data, _letter_codes(data)), list(LETTERS), report)


def _letter_codes(data: pd.DataFrame) -> np.ndarray:
    index: Any = data.index
    return pd.Index(list(LETTERS)).get_indexer(index.levels[1])[index.codes[1]]


def _join(sensors: dict[str, Parsed], rate: float | None) -> tuple[list[Recording], dict]:
    """The recordings of both sensors of a device, each from 0 s on, and what had no partner."""
    parts: list[dict] = [{part[:2]: part for part in sensors[sensor].recordings} for sensor in SENSORS]
    pairs = [[part[key] for key in parts[0] if key in parts[1]] for part in parts]
    alone = sorted(parts[0].keys() ^ parts[1].keys())
    report = {"recordings_of_one_sensor": [f"{person} {letter}" for person, letter in alone]}
    if rate is None:
        tolerance = 0.5 / DATASET.sampling_rate
        nearest = [nearest_rows(acc, gyro, tolerance) for acc, gyro in zip(*pairs, strict=True)]
        joined = [part for part in nearest if len(part.values)]
        n_alone = sum(len(part.values) for part in pairs[0]) - sum(len(part.values) for part in joined)
        return joined, report | {"rows_without_partner": n_alone}
    origins = np.minimum(*(np.array([clock_of(part)[0] for part in pair]) for pair in pairs))
    names = [[name for name in IMU_CHANNELS if name.startswith(kind)] for kind in ("acc", "gyro")]
    frames = [recorded_frame(pair, name, rate, origins) for pair, name in zip(pairs, names, strict=True)]
    data, lost = _join_on_grid(frames, rate)
    return recordings_of_joined(data, _letter_codes(data)), report | summarize(lost)


def _join_on_grid(frames: list[pd.DataFrame], rate: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    return join_sensors(*frames, sampling_rate=rate, tolerance=ROUNDING / rate, return_report=True)
