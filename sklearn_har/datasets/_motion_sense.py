"""MotionSense: twenty-four people with a phone in the front pocket of their trousers."""

import re
from pathlib import Path

import numpy as np
from scipy.constants import g as GRAVITY  # m/s²

from .._core._sklearn import validate_params
from ..exceptions import DatasetIntegrityError
from ._cache import parse_once
from ._dataset import COMMON_PARAMETERS, Dataset
from ._files import Files, in_threads, provide_files
from ._frames import IMU_CHANNELS, Parsed, Recording, as_bunch, report_of_missing
from ._text import read_columns

DATASET = Dataset(
    name="motion_sense",
    subjects=24,
    activities=6,
    sampling_rate=50.0,
    sensors=("accelerometer", "gyroscope"),
    positions=("front trouser pocket",),
    size=260_000_000,
    licence="MIT (LICENSE of the authors' repository).",
    citation=(
        "Mohammad Malekzadeh, Richard G. Clegg, Andrea Cavallaro, Hamed Haddadi (2019). Mobile Sensor Data "
        "Anonymization. IoTDI 2019, 49-58."
    ),
    address="https://github.com/mmalekzadeh/motion-sense",
)
ARCHIVE = "A_DeviceMotion_data.zip"
ARCHIVES = {ARCHIVE: f"https://github.com/mmalekzadeh/motion-sense/raw/master/data/{ARCHIVE}"}
ACTIVITIES = {
    "dws": "downstairs",
    "ups": "upstairs",
    "wlk": "walking",
    "jog": "jogging",
    "std": "standing",
    "sit": "sitting",
}
TRIALS = {
    "dws": (1, 2, 11),
    "ups": (3, 4, 12),
    "wlk": (7, 8, 15),
    "jog": (9, 16),
    "std": (6, 14),
    "sit": (5, 13),
}
WANTED = tuple(
    f"A_DeviceMotion_data/{activity}_{trial}/sub_*.csv" for activity in TRIALS for trial in TRIALS[activity]
)
SHARED_NAMES = {
    "downstairs": "walking_downstairs",
    "upstairs": "walking_upstairs",
    "walking": "walking",
    "jogging": "running",
    "standing": "standing",
    "sitting": "sitting",
}
COLUMNS = ["", "attitude.roll", "attitude.pitch", "attitude.yaw"] + [
    f"{signal}.{axis}" for signal in ("gravity", "rotationRate", "userAcceleration") for axis in "xyz"
]
GRAVITY_COLUMNS, GYRO_COLUMNS, USER_COLUMNS = slice(4, 7), slice(7, 10), slice(10, 13)
DESCRIPTION = """MotionSense.

24 people, six activities in 15 trials (those with numbers from 11 are short), an iPhone 6s in the front
pocket of the trousers: accelerometer (published in g as gravity and the rest, here their sum in m/s²) and
gyroscope (rad/s) at 50 Hz; 360 recordings. Times are not published: samples are 0.02 s apart.

Core Motion gives the negative of what an accelerometer feels, -1 g along the axis that points up. Signs
are turned, so that gravity reads +9.81 m/s² along that axis as in other datasets.
"""


@validate_params(COMMON_PARAMETERS, prefer_skip_nested_validation=True)
def fetch_motion_sense(
    *,
    data_home=None,
    download_if_missing=True,
    sampling_rate="nominal",
    harmonize=False,
    return_X_y=False,
):
    """Load MotionSense: 24 people, 6 activities, a phone in the pocket at 50 Hz.

    The files are downloaded once into ``<data_home>/motion_sense``, in the layout in which they are
    published. No published checksums are known: what came first is recorded and compared.

    Parameters
    ----------
    data_home : str or path-like, default=None
        The folder of all datasets: if None, that of the environment variable SKLEARN_HAR_DATA, or else
        ``~/sklearn_har_data``.
    download_if_missing : bool, default=True
        If False, a dataset that is not there is an OSError.
    sampling_rate : "nominal", float or None, default="nominal"
        Rows per second, in Hz. The recordings are on a regular grid of 50 Hz as published, so "nominal"
        and None are the same here; another rate resamples them
        (:func:`~sklearn_har.recordings.resample`).
    harmonize : bool, default=False
        Whether activities get the names that all datasets share; those that have none become unlabelled
        and are counted in ``report``.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    recordings : Bunch
        data : DataFrame of shape (n_rows, 6)
            Rows with index levels subject (1 to 24), recording (the folder, such as "dws_11": activity and
            trial) and time (seconds from 0). Channels acc_x, acc_y, acc_z (m/s², with gravity; minus the
            sum of the published gravity and userAcceleration, times 9.80665) and gyro_x, gyro_y, gyro_z
            (rad/s; the published rotationRate).
        target : Series of shape (n_rows,)
            Activities, categorical; missing in unlabelled rows.
        target_names, sampling_rate, channel_names, channel_units, DESCR, licence, citation
            The activities, the rate in Hz, the names and units of channels, what the data are, how
            they may be used and what to cite.
        report : dict
            How the files were checked, and what could not be used.
    (data, target) : tuple
        If ``return_X_y``.

    Raises
    ------
    OSError
        If the dataset is not there and ``download_if_missing`` is False or the download fails.
    DatasetIntegrityError
        If files are missing, differ from those that came first, or are malformed; the file and the line
        are named.

    References
    ----------
    M. Malekzadeh, R. G. Clegg, A. Cavallaro and H. Haddadi (2019), "Mobile Sensor Data Anonymization",
    IoTDI 2019, 49-58.

    Examples
    --------
    >>> from sklearn_har.datasets import fetch_motion_sense
    >>> X, y = fetch_motion_sense(return_X_y=True)  # doctest: +SKIP
    >>> X.index.get_level_values("subject").nunique()  # doctest: +SKIP
    24
    """
    files = provide_files(DATASET, ARCHIVES, WANTED, data_home, download_if_missing)
    return as_bunch(
        DATASET,
        parse_once(files, _parse),
        IMU_CHANNELS,
        sampling_rate=sampling_rate,
        harmonize=harmonize,
        shared_names=SHARED_NAMES,
        return_X_y=return_X_y,
        description=DESCRIPTION,
    )


def _parse(files: Files) -> Parsed:
    trials = sorted((*re.findall(r"(\w+)/sub_(\d+)\.csv", path)[0][::-1], path) for path in files.paths)
    trials.sort(key=lambda trial: int(trial[0]))
    values = in_threads(lambda trial: _read_trial(files.folder / trial[2]), trials)
    recordings = []
    for (subject, folder, _), rows in zip(trials, values, strict=True):
        codes = np.full(len(rows), list(ACTIVITIES).index(folder.split("_")[0]))
        recordings.append(Recording(int(subject), folder, None, rows, codes))
    return Parsed(
        recordings, list(ACTIVITIES.values()), report_of_missing(recordings, range(1, 1 + DATASET.subjects))
    )


def _read_trial(path: Path) -> np.ndarray:
    """Rows of one trial in m/s² and rad/s, of shape (n_rows, 6).

    Core Motion's accelerations are the negative of what an accelerometer feels, and the user's part of
    them no less than gravity's.
    """
    with open(path, encoding="utf-8-sig") as file:
        header = [name.strip('" ') for name in file.readline().strip().split(",")]
    if header != COLUMNS:
        raise DatasetIntegrityError(f"{path}, line 1, names the columns {header}; they must be {COLUMNS}.")
    found = read_columns(path, len(COLUMNS), separator=",", header=True)
    acc = -(found[:, GRAVITY_COLUMNS] + found[:, USER_COLUMNS]) * GRAVITY
    return np.hstack([acc, found[:, GYRO_COLUMNS]])
