"""Daily and Sports Activities: eight people with five inertial units."""

import io
import re
from itertools import groupby
from pathlib import Path

import numpy as np
import pandas as pd

from .._core._sklearn import validate_params
from ..exceptions import DatasetIntegrityError
from ._cache import parse_once
from ._dataset import COMMON_PARAMETERS, Dataset
from ._files import Files, in_threads, provide_files
from ._frames import Parsed, Recording, as_bunch
from ._text import EXACT, read_columns

POSITIONS = ("torso", "right_arm", "left_arm", "right_leg", "left_leg")
DATASET = Dataset(
    name="daily_sports",
    subjects=8,
    activities=19,
    sampling_rate=25.0,
    sensors=("accelerometer", "gyroscope"),
    positions=POSITIONS,
    size=410_000_000,
    licence="CC BY 4.0 (UCI Machine Learning Repository).",
    citation=(
        "Kerem Altun, Billur Barshan, Orkun Tunçel (2010). Comparative study on classifying human activities "
        "with miniature inertial and magnetic sensors. Pattern Recognition 43(10), 3605-3620."
    ),
    address="https://archive.ics.uci.edu/dataset/256/daily+and+sports+activities",
)
ARCHIVE = "daily+and+sports+activities.zip"
ARCHIVES = {ARCHIVE: f"https://archive.ics.uci.edu/static/public/256/{ARCHIVE}"}
FILES = ["a*/p*/s*.txt"]
ACTIVITIES = [
    "sitting",
    "standing",
    "lying_on_back",
    "lying_on_right_side",
    "ascending_stairs",
    "descending_stairs",
    "standing_in_an_elevator_still",
    "moving_around_in_an_elevator",
    "walking_in_a_parking_lot",
    "walking_on_a_treadmill_flat",
    "walking_on_a_treadmill_inclined",
    "running_on_a_treadmill",
    "exercising_on_a_stepper",
    "exercising_on_a_cross_trainer",
    "cycling_horizontal",
    "cycling_vertical",
    "rowing",
    "jumping",
    "playing_basketball",
]
SHARED_NAMES = {
    "sitting": "sitting",
    "standing": "standing",
    "lying_on_back": "lying",
    "lying_on_right_side": "lying",
    "ascending_stairs": "walking_upstairs",
    "descending_stairs": "walking_downstairs",
    "standing_in_an_elevator_still": "elevator",
    "moving_around_in_an_elevator": "elevator",
    "walking_in_a_parking_lot": "walking",
    "walking_on_a_treadmill_flat": "walking",
    "walking_on_a_treadmill_inclined": "walking",
    "running_on_a_treadmill": "running",
    "exercising_on_a_cross_trainer": "elliptical",
    "cycling_horizontal": "cycling",
    "cycling_vertical": "cycling",
    "rowing": "rowing",
    "jumping": "jumping",
}
N_SEGMENTS = 60
SEGMENT_ROWS = 125
N_COLUMNS = 45  # 9 of each unit: accelerometer, gyroscope, magnetometer
KEPT = [9 * unit + column for unit in range(len(POSITIONS)) for column in range(6)]
CHANNELS = {
    f"{position}_{sensor}_{axis}": unit
    for position in POSITIONS
    for sensor, unit in (("acc", "m/s²"), ("gyro", "rad/s"))
    for axis in "xyz"
}
DESCRIPTION = """Daily and Sports Activities: eight people, nineteen activities, five inertial units.

Every person did every activity in their own style for five minutes, with Xsens MTx units at the torso, both
arms and both legs, at 25 Hz. The five minutes are published as sixty segments of five seconds, in order;
a recording here is those of one activity of one person, put together again: 152 recordings of 7500 rows.

The publisher names no units: the length of gravity in sitting and the settings of the units say m/s² and
rad/s. The magnetometers, in units of the earth's field, are not given here.

All rows of a recording have one label, so a split must hold out people.
"""


@validate_params(COMMON_PARAMETERS, prefer_skip_nested_validation=True)
def fetch_daily_sports(
    *,
    data_home=None,
    download_if_missing=True,
    sampling_rate="nominal",
    harmonize=False,
    return_X_y=False,
):
    """Load Daily and Sports Activities: 8 people, 19 activities, five inertial units at 25 Hz.

    The files are downloaded once into ``<data_home>/daily_sports``, in the layout in which they
    are published. No published checksums are known: what came first is recorded and compared.

    Parameters
    ----------
    data_home : str or path-like, default=None
        The folder of all datasets: if None, that of the environment variable SKLEARN_HAR_DATA, or else
        ``~/sklearn_har_data``.
    download_if_missing : bool, default=True
        If False, a dataset that is not there is an OSError.
    sampling_rate : "nominal", float or None, default="nominal"
        Rows per second, in Hz. The recordings are on a regular grid of 25 Hz as published, so "nominal"
        and None are the same here; another rate resamples them
        (:func:`~sklearn_har.recordings.resample`).
    harmonize : bool, default=False
        Whether activities get the names that all datasets share; exercising on a stepper and playing
        basketball become unlabelled and are counted in ``report``.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    recordings : Bunch
        data : DataFrame of shape (1140000, 30)
            Rows with index levels subject (1 to 8), recording (number of the activity, 1 to 19) and time
            (seconds from 0). Channels such as torso_acc_x (m/s²) and torso_gyro_x (rad/s), of torso,
            right_arm, left_arm, right_leg and left_leg.
        target : Series of shape (1140000,)
            Activities, categorical.
        target_names, sampling_rate, channel_names, channel_units, DESCR, licence, citation
            The activities in published order, the rate in Hz, the names and units of channels, what
            the data are, how they may be used and what to cite.
        report : dict
            How the files were checked, the recordings that are missing, and those that lack segments.
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
    K. Altun, B. Barshan and O. Tunçel (2010), "Comparative study on classifying human activities with
    miniature inertial and magnetic sensors", Pattern Recognition 43, 3605-3620.

    Examples
    --------
    >>> from sklearn_har.datasets import fetch_daily_sports
    >>> X, y = fetch_daily_sports(return_X_y=True)  # doctest: +SKIP
    >>> X.shape  # doctest: +SKIP
    (1140000, 30)
    """
    files = provide_files(DATASET, ARCHIVES, FILES, data_home, download_if_missing)
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
    numbered = sorted((*_numbers(path), path) for path in files.paths)
    groups = [(key, list(parts)) for key, parts in groupby(numbered, key=lambda part: part[:2])]
    paths = [[files.folder / part[3] for part in parts] for _, parts in groups]
    segments = [np.array([part[2] for part in parts]) for _, parts in groups]
    missing = {
        f"a{activity:02}/p{subject}": N_SEGMENTS - len(found)
        for ((activity, subject), _), found in zip(groups, segments, strict=True)
        if len(found) < N_SEGMENTS
    }
    there = {key for key, _ in groups}
    absent = [
        f"a{activity:02}/p{subject}"
        for activity in range(1, len(ACTIVITIES) + 1)
        for subject in range(1, DATASET.subjects + 1)
        if (activity, subject) not in there
    ]
    recordings = []
    read = in_threads(_read_segments, paths)
    for ((activity, subject), _), found, values in zip(groups, segments, read, strict=True):
        rows = (SEGMENT_ROWS * (found - 1)[:, None] + np.arange(SEGMENT_ROWS)).ravel()
        times = rows / DATASET.sampling_rate if missing else None
        codes = np.full(len(values), activity - 1)
        recordings.append(Recording(subject, activity, times, values, codes))
    recordings.sort(key=lambda part: part[:2])
    return Parsed(recordings, ACTIVITIES, {"recordings_missing": absent, "segments_missing": missing})


def _numbers(path: str) -> tuple[int, int, int]:
    """Activity, person and segment of a file."""
    found = re.fullmatch(r"a(\d+)/p(\d+)/s(\d+)\.txt", path)
    activity, subject, segment = map(int, found.groups()) if found else (0, 0, 0)
    if not (1 <= activity <= len(ACTIVITIES) and 1 <= segment <= N_SEGMENTS):
        raise DatasetIntegrityError(f"{path} is not a file of activity 1 to 19 and segment 1 to 60.")
    return activity, subject, segment


def _read_segments(paths: list[Path]) -> np.ndarray:
    """The rows of segments one after another, of shape (125 * n_segments, 30)."""
    texts = [path.read_bytes().strip() for path in paths]
    try:
        values = pd.read_csv(io.BytesIO(b"\n".join(texts)), header=None, dtype=np.float64, **EXACT).to_numpy()
        each_whole = all(text.count(b"\n") == SEGMENT_ROWS - 1 for text in texts)
        whole = values.shape == (SEGMENT_ROWS * len(paths), N_COLUMNS)
        if each_whole and whole and np.isfinite(values).all():
            return values[:, KEPT]
    except ValueError:
        pass
    return np.concatenate([_read_segment(path) for path in paths])  # says which file and line is at fault


def _read_segment(path: Path) -> np.ndarray:
    values = read_columns(path, N_COLUMNS, separator=",", columns=KEPT)
    if len(values) != SEGMENT_ROWS:
        raise DatasetIntegrityError(f"{path} has {len(values)} lines; a segment has {SEGMENT_ROWS}.")
    return values
