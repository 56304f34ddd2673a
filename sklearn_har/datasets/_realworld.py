"""RealWorld: fifteen people outdoors, with seven phones on their bodies."""

import re
import tempfile
from itertools import product
from pathlib import Path, PurePosixPath

import numpy as np

from .._core._sklearn import StrOptions, validate_params
from .._core._warnings import warn_user
from ..exceptions import DatasetIntegrityError, IncompleteDatasetWarning
from ._archives import Room, unpack
from ._dataset import COMMON_PARAMETERS, Dataset
from ._files import Files, in_threads, provide_files
from ._frames import Parsed, Recording
from ._joined import SENSORS_PARAMETER, as_bunch_of_sensors
from ._text import read_columns

POSITIONS = ("chest", "forearm", "head", "shin", "thigh", "upperarm", "waist")
DATASET = Dataset(
    name="realworld",
    subjects=15,
    activities=8,
    sampling_rate=50.0,
    sensors=("accelerometer", "gyroscope"),
    positions=POSITIONS,
    size=900_000_000,
    licence="None is known; the authors ask that the paper be cited. See the page of the dataset.",
    citation=(
        "Timo Sztyler, Heiner Stuckenschmidt (2016). On-body Localization of Wearable Devices: An "
        "Investigation of Position-Aware Activity Recognition. PerCom 2016, 1-9."
    ),
    address=(
        "https://www.uni-mannheim.de/dws/research/projects/activity-recognition/dataset/dataset-realworld/"
    ),
)
ARCHIVE = "realworld2016_dataset.zip"
ARCHIVES = {ARCHIVE: f"http://wifo5-14.informatik.uni-mannheim.de/sensor/dataset/realworld2016/{ARCHIVE}"}
ACTIVITIES = [
    "climbingdown",
    "climbingup",
    "jumping",
    "lying",
    "running",
    "sitting",
    "standing",
    "walking",
]
KINDS = {"acc": "acc", "gyro": "gyr"}
FILES = [f"proband{subject}/data/{kind}_*_csv.zip" for subject in range(1, 16) for kind in KINDS.values()]
PREFIXES = {"acc": "acc", "gyro": "Gyroscope"}  # of the files in the archives
SHARED_NAMES = {
    "climbingdown": "walking_downstairs",
    "climbingup": "walking_upstairs",
    "jumping": "jumping",
    "lying": "lying",
    "running": "running",
    "sitting": "sitting",
    "standing": "standing",
    "walking": "walking",
}
N_COLUMNS = 5  # id, attr_time, attr_x, attr_y, attr_z
MOST_BYTES = 1 << 30  # unpacked, of one archive; the largest hold some ten million
DESCRIPTION = """RealWorld 2016: fifteen people outdoors, with seven phones on their bodies.

Eight activities of about ten minutes each (jumping less than two), with phones and a watch at chest, forearm,
head, shin, thigh, upper arm and waist. Accelerometer (m/s², with gravity) and gyroscope (rad/s) at about
50 Hz, each with times of its own, in ms. One position is loaded at a time: positions have clocks of
their own.

A recording is one file of the accelerometer with the file of the same name of the gyroscope: walking, or
climbingup_2 where an activity was recorded in parts. Their archives lie inside the published one, and those
of some people hold archives again. Some files are missing: the report says which. Rows that are not in the
order of time are put in it and counted.

No units are given in the files: they are Android's.
"""


@validate_params(
    COMMON_PARAMETERS | {"position": [StrOptions(set(POSITIONS))]} | SENSORS_PARAMETER,
    prefer_skip_nested_validation=True,
)
def fetch_realworld(
    *,
    data_home=None,
    download_if_missing=True,
    sampling_rate="nominal",
    harmonize=False,
    return_X_y=False,
    position="waist",
    sensors="both",
):
    """Load RealWorld: 15 people, 8 activities, one of seven places on the body, 50 Hz.

    The files are downloaded once into ``<data_home>/realworld``, in the layout in which they are
    published: archives for each person, sensor and activity. No published checksums are known: what
    came first is recorded and compared.

    Parameters
    ----------
    data_home : str or path-like, default=None
        The folder of all datasets: if None, that of the environment variable SKLEARN_HAR_DATA, or else
        ``~/sklearn_har_data``.
    download_if_missing : bool, default=True
        If False, a dataset that is not there is an OSError.
    sampling_rate : "nominal", float or None, default="nominal"
        Rows per second, in Hz: "nominal" is 50, None the
        accelerometer's rows as recorded, with the gyroscope's values that are nearest in time. See
        :func:`~sklearn_har.recordings.resample`.
    harmonize : bool, default=False
        Whether activities get the names that all datasets share.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.
    position : {"chest", "forearm", "head", "shin", "thigh", "upperarm", "waist"}, default="waist"
        Where the device was worn.
    sensors : {"both", "acc", "gyro"}, default="both"
        Accelerometer and gyroscope, joined on a grid (:func:`~sklearn_har.recordings.join_sensors`), or
        one of them.

    Returns
    -------
    recordings : Bunch
        data : DataFrame of shape (n_rows, 6)
            Rows with index levels subject (1 to 15), recording (such as walking or climbingup_2) and time
            (seconds from 0). Channels acc_x, acc_y, acc_z (m/s²) and gyro_x, gyro_y, gyro_z (rad/s),
            or three of them.
        target : Series of shape (n_rows,)
            Activities, categorical.
        target_names, sampling_rate, channel_names, channel_units, DESCR, licence, citation
            The activities, the rate in Hz, the names and units of channels, what the data are, how they
            may be used and what to cite.
        report : dict
            How the files were checked, what is missing, and what had no partner.
    (data, target) : tuple
        If ``return_X_y``.

    Warns
    -----
    IncompleteDatasetWarning
        If the folder was put there by hand and lacks all files of a person and sensor.

    Raises
    ------
    OSError
        If the dataset is not there and ``download_if_missing`` is False or the download fails.
    DatasetIntegrityError
        If a file has another content than before, or is not as published.

    References
    ----------
    T. Sztyler and H. Stuckenschmidt (2016), "On-body Localization of Wearable Devices: An Investigation of
    Position-Aware Activity Recognition", IEEE PerCom 2016, 1-9.

    Examples
    --------
    >>> from sklearn_har.datasets import fetch_realworld
    >>> X, y = fetch_realworld(position="thigh", return_X_y=True)  # doctest: +SKIP
    >>> y.cat.categories.tolist()[:3]  # doctest: +SKIP
    ['climbingdown', 'climbingup', 'jumping']
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
        {"position": position},
        sensors,
        sampling_rate=sampling_rate,
        harmonize=harmonize,
        shared_names=SHARED_NAMES,
        return_X_y=return_X_y,
        description=DESCRIPTION,
    )


def _parse(files: Files, position: str, sensor: str) -> Parsed:
    paths = files.matching(f"proband*/data/{KINDS[sensor]}_*_csv.zip")
    read = in_threads(lambda path: _read_archive(files.folder / path, sensor, position), paths)
    recordings, without, backwards = [], [], {}
    for path, parts in zip(paths, read, strict=True):
        subject = int(re.findall(r"\d+", path)[0])
        activity = PurePosixPath(path).name.split("_")[1]
        if not parts:
            without.append(path)
        for name, table in parts.items():
            codes = np.full(len(table), ACTIVITIES.index(activity))
            order = np.argsort(table[:, 0], kind="stable")
            backwards[f"{path}: {name}"] = int((np.diff(table[:, 0]) < 0).sum())
            table = table[order]
            recordings.append(Recording(subject, name, table[:, 0] / 1000, table[:, 1:], codes))
    if not recordings:
        raise DatasetIntegrityError(f"No file of {files.folder} is of the {sensor} at the {position}.")
    recordings.sort(key=lambda part: part[:2])
    there = {(part.subject, ACTIVITIES[part.codes[0]]) for part in recordings}
    report = {
        "missing_activities": [pair for pair in product(range(1, 16), ACTIVITIES) if pair not in there],
        "files_without_position": without,
        "rows_out_of_order": {name: count for name, count in backwards.items() if count},
    }
    return Parsed(recordings, ACTIVITIES, report)


def _read_archive(archive: Path, sensor: str, position: str) -> dict[str, np.ndarray]:
    """Times in ms and values of one position, in an archive and those inside it, by recording."""
    prefix, suffix = f"{PREFIXES[sensor]}_", f"_{position}.csv"

    def is_wanted(path: str) -> bool:
        name = PurePosixPath(path).name
        return name.startswith(prefix) and name.endswith(suffix)

    parts: dict[str, np.ndarray] = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder, room = Path(scratch, "files"), Room(MOST_BYTES)
        try:
            unpack(archive, folder, lambda path: path.endswith(".zip") or is_wanted(path), room)
            for inner in sorted(folder.rglob("*.zip")):  # each in a folder of its own, with its name
                unpack(inner, inner.with_suffix(""), is_wanted, room)
            for path in sorted(folder.rglob(f"{prefix}*{suffix}")):
                table = read_columns(path, N_COLUMNS, separator=",", header=True, columns=[1, 2, 3, 4])
                name = _part_name(path.name.removeprefix(prefix).removesuffix(suffix), path.parent.name)
                if name in parts:
                    raise DatasetIntegrityError(f"it holds two files of {name} at the {position}.")
                parts[name] = table
        except DatasetIntegrityError as error:
            told = str(error).replace(f"{folder}/", "")
            raise DatasetIntegrityError(f"{archive} cannot be read: {told}") from error
    return {name: table for name, table in parts.items() if len(table)}


def _part_name(name: str, archive: str) -> str:
    """The name of a file, with the number of the archive that it was in where it has none of its own."""
    number = re.search(r"_(\d+)_csv$", archive)
    if number is None or number[1] == "1" or re.search(r"_\d+$", name):
        return name
    return f"{name}_{number[1]}"
