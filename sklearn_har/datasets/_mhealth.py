"""MHEALTH: ten people with sensors at chest, left ankle and right lower arm."""

import re
from pathlib import Path

import numpy as np

from .._core._sklearn import validate_params
from ._cache import parse_once
from ._dataset import COMMON_PARAMETERS, Dataset
from ._files import Files, in_threads, provide_files
from ._frames import Parsed, Recording, as_bunch, report_of_missing
from ._text import positions_in, read_columns

DATASET = Dataset(
    name="mhealth",
    subjects=10,
    activities=12,
    sampling_rate=50.0,
    sensors=("accelerometer", "gyroscope"),
    positions=("chest", "left ankle", "right lower arm"),
    size=260_000_000,
    licence="Creative Commons Attribution 4.0 (UCI Machine Learning Repository).",
    citation=(
        "Oresti Banos, Rafael Garcia, Juan A. Holgado-Terriza, Miguel Damas, Hector Pomares, Ignacio Rojas, "
        "Alejandro Saez, Claudia Villalonga (2014). mHealthDroid: a novel framework for agile development of "
        "mobile health applications. IWAAL 2014, 91-98."
    ),
    address="https://archive.ics.uci.edu/dataset/319/mhealth+dataset",
)
ARCHIVE = "mhealth+dataset.zip"
ARCHIVES = {ARCHIVE: f"https://archive.ics.uci.edu/static/public/319/{ARCHIVE}"}
WANTED = ("mHealth_subject*.log",)
ACTIVITIES = [
    "standing_still",
    "sitting_and_relaxing",
    "lying_down",
    "walking",
    "climbing_stairs",
    "waist_bends_forward",
    "frontal_elevation_of_arms",
    "knees_bending",
    "cycling",
    "jogging",
    "running",
    "jump_front_and_back",
]
SHARED_NAMES = {
    "standing_still": "standing",
    "sitting_and_relaxing": "sitting",
    "lying_down": "lying",
    "walking": "walking",
    "climbing_stairs": "stairs",
    "cycling": "cycling",
    "jogging": "running",
    "running": "running",
    "jump_front_and_back": "jumping",
}
N_COLUMNS = 24
LABEL = 23
TRIADS = {"chest_acc": 0, "ankle_acc": 5, "ankle_gyro": 8, "arm_acc": 14, "arm_gyro": 17}  # first columns
CHANNELS = {
    f"{triad}_{axis}": "m/s²" if triad.endswith("acc") else "rad/s" for triad in TRIADS for axis in "xyz"
}
SCALES = np.array([1.0 if unit == "m/s²" else np.pi / 180 for unit in CHANNELS.values()])
DESCRIPTION = """MHEALTH, mobile health.

Ten people, 12 activities, sensors at the chest (accelerometer), the left ankle and the right lower arm
(accelerometer and gyroscope) at 50 Hz. Accelerations are published in m/s². Angular rates are converted to
rad/s from degrees per second, the unit in the README of the authors; if gyroscopes matter to you, compare
them with another dataset first. The electrocardiogram and the magnetometers are not loaded.

Times are not published: samples are 0.02 s apart. What lies between activities (label 0) is unlabelled.
"""


@validate_params(COMMON_PARAMETERS, prefer_skip_nested_validation=True)
def fetch_mhealth(
    *,
    data_home=None,
    download_if_missing=True,
    sampling_rate="nominal",
    harmonize=False,
    return_X_y=False,
):
    """Load MHEALTH: 10 people, 12 activities, sensors at chest, ankle and arm at 50 Hz.

    The files are downloaded once into ``<data_home>/mhealth``, in the layout in which they are
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
        data : DataFrame of shape (n_rows, 15)
            Rows with index levels subject (1 to 10), recording (1) and time (seconds from 0). Channels
            chest_acc_x, ankle_acc_x, arm_acc_x (m/s²) and ankle_gyro_x, arm_gyro_x (rad/s; published in
            degrees per second) and the same of y and z.
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
    O. Banos et al. (2014), "mHealthDroid: a novel framework for agile development of mobile health
    applications", IWAAL 2014, 91-98.

    Examples
    --------
    >>> from sklearn_har.datasets import fetch_mhealth
    >>> X, y = fetch_mhealth(return_X_y=True)  # doctest: +SKIP
    >>> X.columns[:3].tolist()  # doctest: +SKIP
    ['chest_acc_x', 'chest_acc_y', 'chest_acc_z']
    """
    files = provide_files(DATASET, ARCHIVES, WANTED, data_home, download_if_missing)
    return as_bunch(
        DATASET,
        parse_once(files, _parse),
        CHANNELS,
        sampling_rate=sampling_rate,
        harmonize=harmonize,
        shared_names=SHARED_NAMES,
        return_X_y=return_X_y,
        description=DESCRIPTION,
    )


def _parse(files: Files) -> Parsed:
    paths = {int(re.findall(r"(\d+)\.log", path)[0]): path for path in files.paths}
    subjects = sorted(paths)
    recordings = in_threads(lambda subject: _read_log(files.folder / paths[subject], subject), subjects)
    return Parsed(recordings, ACTIVITIES, report_of_missing(recordings, range(1, 1 + DATASET.subjects)))


def _read_log(path: Path, subject: int) -> Recording:
    columns = [first + axis for first in TRIADS.values() for axis in range(3)]
    found = read_columns(path, N_COLUMNS, separator="\t", columns=[*columns, LABEL])
    codes = positions_in(range(len(ACTIVITIES) + 1), found[:, -1], path) - 1
    return Recording(subject, 1, None, found[:, :-1] * SCALES, codes)
