"""KU-HAR: ninety people with a phone at the waist."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from .._core._sklearn import validate_params
from .._core._warnings import warn_user
from ..exceptions import DatasetIntegrityError, IncompleteDatasetWarning
from ._dataset import COMMON_PARAMETERS, Dataset
from ._files import Files, in_threads, provide_files
from ._frames import Parsed, Recording
from ._joined import SENSORS_PARAMETER, as_bunch_of_sensors
from ._text import read_columns

DATASET = Dataset(
    name="ku_har",
    subjects=90,
    activities=18,
    sampling_rate=100.0,
    sensors=("accelerometer", "gyroscope"),
    positions=("waist",),
    size=450_000_000,
    licence="CC BY 4.0 (Mendeley Data).",
    citation=(
        "Niloy Sikder, Abdullah-Al Nahid (2021). KU-HAR: An open dataset for heterogeneous human activity "
        "recognition. Pattern Recognition Letters 146, 46-54."
    ),
    address="https://data.mendeley.com/datasets/45f952y38r/5",
)
ARCHIVES = {
    "1.Raw_time_domian_data.zip": (  # sic
        "https://data.mendeley.com/public-files/datasets/45f952y38r/files/"
        "d3126562-b795-4eba-8559-310a25859cc7/file_downloaded"
    )
}
FOLDERS = {
    "0.Stand": "stand",
    "1.Sit": "sit",
    "2.Talk-sit": "talk_sit",
    "3.Talk-stand": "talk_stand",
    "4.Stand-sit": "stand_sit",
    "5.Lay": "lay",
    "6.Lay-stand": "lay_stand",
    "7.Pick": "pick",
    "8.Jump": "jump",
    "9.Push-up": "push_up",
    "10.Sit-up": "sit_up",
    "11.Walk": "walk",
    "12.Walk-backwards": "walk_backward",
    "13.Walk-circle": "walk_circle",
    "14.Run": "run",
    "15.Stair-up": "stair_up",
    "16.Stair-down": "stair_down",
    "17.Table-tennis": "table_tennis",
}
ACTIVITIES = list(FOLDERS.values())
FILES = [f"{number}.*/*.csv" for number in range(len(FOLDERS))]
SHARED_NAMES = {
    "stand": "standing",
    "sit": "sitting",
    "talk_sit": "sitting",
    "lay": "lying",
    "jump": "jumping",
    "walk": "walking",
    "walk_circle": "walking",
    "run": "running",
    "stair_up": "walking_upstairs",
    "stair_down": "walking_downstairs",
}
N_COLUMNS = 8
FIRST_COLUMNS = {"acc": 0, "gyro": 4}  # a time, then three axes
FACTS = ("padding_rows", "rows_with_missing_values", "rows_out_of_order", "files_in_seconds")
SLOWEST_STEP = 1.0  # between rows; a longer one is in ms
DESCRIPTION = """KU-HAR: ninety people, eighteen activities, a phone in a bag at the waist.

The raw samples: 1945 recordings of one activity each, of 7 seconds to a minute, at about 100 Hz.
Acceleration is m/s² and angular rate rad/s as published. Accelerometer and gyroscope have times of their own.
The page of the dataset says that times are in ms; files whose steps are below 1 are taken to be in seconds
instead, and counted in the report. Where one sensor has fewer rows than the other, its columns are
filled with zeros at the end: those rows are left out and counted, and so are rows in which it has no value.
Rows that are not in the order of time are put in it.

Whether gravity is in the acceleration is not said on the page of the dataset:
sklearn_har.recordings.describe_recordings shows it.

Trimmed and windowed versions that are published beside the raw samples are not read.
"""


@validate_params(COMMON_PARAMETERS | SENSORS_PARAMETER, prefer_skip_nested_validation=True)
def fetch_ku_har(
    *,
    data_home=None,
    download_if_missing=True,
    sampling_rate="nominal",
    harmonize=False,
    return_X_y=False,
    sensors="both",
):
    """Load KU-HAR: 90 people, 18 activities, a phone at the waist at 100 Hz.

    The raw files are downloaded once into ``<data_home>/ku_har``, in the layout in which they
    are published. No published checksums are known: what came first is recorded and compared.

    Parameters
    ----------
    data_home : str or path-like, default=None
        The folder of all datasets: if None, that of the environment variable SKLEARN_HAR_DATA, or else
        ``~/sklearn_har_data``.
    download_if_missing : bool, default=True
        If False, a dataset that is not there is an OSError.
    sampling_rate : "nominal", float or None, default="nominal"
        Rows per second, in Hz: "nominal" is 100, None the
        accelerometer's rows as recorded, with the gyroscope's values that are nearest in time. See
        :func:`~sklearn_har.recordings.resample`.
    harmonize : bool, default=False
        Whether activities get the names that all datasets share; those that have none become
        unlabelled and are counted in ``report``.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.
    sensors : {"both", "acc", "gyro"}, default="both"
        Accelerometer and gyroscope, joined on a grid (:func:`~sklearn_har.recordings.join_sensors`), or
        one of them.

    Returns
    -------
    recordings : Bunch
        data : DataFrame of shape (n_rows, 6)
            Rows with index levels subject (1001 to 1101), recording (activity and name of the file, such
            as walk_1001_L_1) and time (seconds from 0). Channels acc_x, acc_y, acc_z (m/s²) and gyro_x,
            gyro_y, gyro_z (rad/s), or three of them.
        target : Series of shape (n_rows,)
            Activities, categorical.
        target_names, sampling_rate, channel_names, channel_units, DESCR, licence, citation
            The activities in published order, the rate in Hz, the names and units of channels, what
            the data are, how they may be used and what to cite.
        report : dict
            How the files were checked, what could not be used, and what had no partner.
    (data, target) : tuple
        If ``return_X_y``.

    Warns
    -----
    IncompleteDatasetWarning
        If the folder was put there by hand and lacks all files of an activity.

    Raises
    ------
    OSError
        If the dataset is not there and ``download_if_missing`` is False or the download fails.
    DatasetIntegrityError
        If a file has another content than before, or is not as published.

    References
    ----------
    N. Sikder and A.-A. Nahid (2021), "KU-HAR: An open dataset for heterogeneous human activity recognition",
    Pattern Recognition Letters 146, 46-54.

    Examples
    --------
    >>> from sklearn_har.datasets import fetch_ku_har
    >>> X, y = fetch_ku_har(harmonize=True, return_X_y=True)  # doctest: +SKIP
    >>> y.cat.categories.tolist()[:2]  # doctest: +SKIP
    ['walking', 'walking_upstairs']
    """
    files = provide_files(DATASET, ARCHIVES, FILES, data_home, download_if_missing, partial=True)
    if files.missing:
        warn_user(
            f"{files.folder} has nothing of {', '.join(files.missing)}: these are not loaded.",
            IncompleteDatasetWarning,
        )
    return as_bunch_of_sensors(
        DATASET,
        files,
        _parse,
        {},
        sensors,
        sampling_rate=sampling_rate,
        harmonize=harmonize,
        shared_names=SHARED_NAMES,
        return_X_y=return_X_y,
        description=DESCRIPTION,
    )


def _parse(files: Files, sensor: str) -> Parsed:
    paths = sorted(files.paths, key=_numbers)
    read = in_threads(lambda path: _read_sensor(files.folder / path, sensor), paths)
    recordings, empty = [], []
    totals = Counter(dict.fromkeys(FACTS, 0))
    for path, (times, values, facts) in zip(paths, read, strict=True):
        totals.update(facts)
        if not len(times):
            empty.append(path)
            continue
        code, subject = _numbers(path)[:2]
        name = f"{ACTIVITIES[code]}_{Path(path).stem}"
        recordings.append(Recording(subject, name, times, values, np.full(len(times), code)))
    if not recordings:
        raise DatasetIntegrityError(f"No file of {files.folder} has a row of the {sensor}.")
    recordings.sort(key=lambda part: part[:2])
    missing = [list(FOLDERS)[FILES.index(pattern)] for pattern in files.missing]
    report = {"missing_activities": missing, "files_without_rows": empty, **totals}
    return Parsed(recordings, ACTIVITIES, report)


def _numbers(path: str) -> tuple[int, int, str]:
    """Activity, person and name of a file."""
    found = re.fullmatch(r"(?:.*/)?(\d+)\.[^/]+/(\d+)_[^/]+\.csv", path)
    if not found or int(found[1]) >= len(ACTIVITIES):
        raise DatasetIntegrityError(
            f"{path} does not name an activity from 0 to {len(ACTIVITIES) - 1} and a person, as "
            "11.Walk/1001_L_1.csv does."
        )
    return int(found[1]), int(found[2]), Path(path).stem


def _read_sensor(path: Path, sensor: str) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    """Times in seconds, values, and what was done to them."""
    first = FIRST_COLUMNS[sensor]
    columns = list(range(first, first + 4))
    rows = read_columns(path, N_COLUMNS, separator=",", columns=columns, missing=True)
    whole = ~np.isnan(rows).any(axis=1)
    padding = np.cumsum(rows[::-1].any(axis=1))[::-1] == 0  # NaN is not zero
    used = rows[whole & ~padding]
    times, values = used[:, 0], used[:, 1:]
    in_seconds = len(used) > 1 and float(np.median(np.abs(np.diff(times)))) < SLOWEST_STEP
    order = np.argsort(times, kind="stable")
    facts = {
        "padding_rows": int(padding.sum()),
        "rows_with_missing_values": int((~whole).sum()),
        "rows_out_of_order": int((np.diff(times) < 0).sum()),
        "files_in_seconds": int(in_seconds),
    }
    return times[order] / (1 if in_seconds else 1000), values[order], facts
