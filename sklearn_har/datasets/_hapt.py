"""HAPT: thirty people with a phone at the waist."""

import re
from pathlib import Path

import numpy as np
from scipy.constants import g as GRAVITY  # m/s²

from .._core._sklearn import StrOptions, validate_params
from ._cache import parse_once
from ._dataset import COMMON_PARAMETERS, Dataset
from ._files import Files, in_threads, provide_files, published_checksums
from ._frames import IMU_CHANNELS, Parsed, Recording, as_bunch
from ._text import read_columns

DATASET = Dataset(
    name="hapt",
    subjects=30,
    activities=12,
    sampling_rate=50.0,
    sensors=("accelerometer", "gyroscope"),
    positions=("waist",),
    size=66_000_000,
    licence=(
        "Use in publications must be acknowledged by citing the publication; distributed as is, without "
        "responsibility of the authors or their institutions; any commercial use is prohibited (README.txt)."
    ),
    citation=(
        "Jorge-L. Reyes-Ortiz, Luca Oneto, Albert Samà, Xavier Parra, Davide Anguita (2016). Transition-"
        "Aware Human Activity Recognition Using Smartphones. Neurocomputing 171, 754-767."
    ),
    address=(
        "https://archive.ics.uci.edu/dataset/341/"
        "smartphone+based+recognition+of+human+activities+and+postural+transitions"
    ),
)
ARCHIVE = "smartphone+based+recognition+of+human+activities+and+postural+transitions.zip"
ARCHIVES = {ARCHIVE: f"https://archive.ics.uci.edu/static/public/341/{ARCHIVE}"}
SHARED_NAMES = {
    "walking": "walking",
    "walking_upstairs": "walking_upstairs",
    "walking_downstairs": "walking_downstairs",
    "sitting": "sitting",
    "standing": "standing",
    "laying": "lying",
    "stand_to_sit": "sitting_down",
    "sit_to_stand": "standing_up",
}
N_BASIC = 6  # of the activities; transitions follow
TEST_SUBJECTS = (2, 4, 9, 10, 12, 13, 18, 20, 24)
DESCRIPTION = """Human activities and postural transitions (HAPT), the raw recordings behind UCI HAR.

30 people, two protocols each (one person three): six basic activities and six transitions between
postures, with a Samsung Galaxy S II at the waist. Accelerometer (here in m/s², published in g) and
gyroscope (rad/s) at 50 Hz; 61 recordings of 1,122,772 rows, of which 815,614 are labelled.

The test subjects are those of UCI HAR. The two datasets are the same people and the same recordings:
never use one to test what was trained on the other.
"""


@validate_params(
    COMMON_PARAMETERS | {"activities": [StrOptions({"all", "basic"})]},
    prefer_skip_nested_validation=True,
)
def fetch_hapt(
    *,
    data_home=None,
    activities="all",
    download_if_missing=True,
    sampling_rate="nominal",
    harmonize=False,
    return_X_y=False,
):
    """Load HAPT: 30 people, 12 activities, a phone at the waist at 50 Hz.

    The files are downloaded once into ``<data_home>/hapt``, in the layout in which they
    are published, and checked against their published content whenever one of them changed.

    Parameters
    ----------
    data_home : str or path-like, default=None
        The folder of all datasets: if None, that of the environment variable SKLEARN_HAR_DATA, or else
        ``~/sklearn_har_data``.
    activities : {"all", "basic"}, default="all"
        Whether all twelve activities are labels, or only walking, walking_upstairs,
        walking_downstairs, sitting, standing and laying, so that transitions are unlabelled.
    download_if_missing : bool, default=True
        If False, a dataset that is not there is an OSError.
    sampling_rate : "nominal", float or None, default="nominal"
        Rows per second, in Hz. The recordings are on a regular grid of 50 Hz as published, so "nominal"
        and None are the same here; another rate resamples them
        (:func:`~sklearn_har.recordings.resample`).
    harmonize : bool, default=False
        Whether activities get the names that all datasets share: laying becomes lying, sit_to_stand
        standing_up, stand_to_sit sitting_down; the other transitions become unlabelled and are counted
        in ``report``.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    recordings : Bunch
        data : DataFrame of shape (1122772, 6)
            All rows, also unlabelled ones, with index levels subject (1 to 30), recording (the number of
            the experiment, 1 to 61) and time (seconds from 0). Channels acc_x, acc_y, acc_z (m/s²; the
            published g times 9.80665) and gyro_x, gyro_y, gyro_z (rad/s).
        target : Series of shape (1122772,)
            Activities, categorical, missing in unlabelled rows:
            :func:`~sklearn_har.recordings.drop_unlabelled` leaves those out.
        target_names, sampling_rate, channel_names, channel_units, DESCR, licence, citation
            The activities in published order, the rate in Hz, the names and units of channels, what
            the data are, how they may be used and what to cite.
        report : dict
            How the files were checked, and what could not be used.
        test_subjects : tuple of int
            The nine people with whom UCI HAR tests.
    (data, target) : tuple
        If ``return_X_y``.

    Raises
    ------
    OSError
        If the dataset is not there and ``download_if_missing`` is False or the download fails.
    DatasetIntegrityError
        If a file is missing or differs from the published one; where it is malformed, the line is named.

    References
    ----------
    J.-L. Reyes-Ortiz, L. Oneto, A. Samà, X. Parra and D. Anguita (2016), "Transition-Aware Human
    Activity Recognition Using Smartphones", Neurocomputing 171, 754-767.

    Examples
    --------
    >>> from sklearn_har.datasets import fetch_hapt
    >>> X, y = fetch_hapt(activities="basic", return_X_y=True)  # doctest: +SKIP
    >>> X.shape  # doctest: +SKIP
    (1122772, 6)
    """
    files = provide_files(
        DATASET, ARCHIVES, published_checksums(DATASET.name), data_home, download_if_missing
    )
    parsed = parse_once(files, _parse)
    return as_bunch(
        DATASET,
        parsed if activities == "all" else _only_basic(parsed),
        IMU_CHANNELS,
        sampling_rate=sampling_rate,
        harmonize=harmonize,
        shared_names=SHARED_NAMES,
        return_X_y=return_X_y,
        description=DESCRIPTION,
        test_subjects=TEST_SUBJECTS,
    )


def _parse(files: Files) -> Parsed:
    paths = files.matching("RawData/acc_*.txt")
    experiments, subjects = np.array([re.findall(r"\d+", path) for path in paths], dtype=int).T
    values = in_threads(lambda path: _read_experiment(files.folder, path), paths)
    lengths = np.array([len(rows) for rows in values])
    intervals = read_columns(files.folder / "RawData/labels.txt", 5).astype(np.int64)
    codes = np.split(_row_codes(intervals, experiments, lengths), np.cumsum(lengths)[:-1])
    people, ids = subjects.tolist(), experiments.tolist()
    recordings = [
        Recording(*part) for part in zip(people, ids, [None] * len(ids), values, codes, strict=True)
    ]
    return Parsed(recordings, _read_names(files.folder), {})


def _only_basic(parsed: Parsed) -> Parsed:
    basic = [
        part._replace(codes=np.where(part.codes < N_BASIC, part.codes, -1)) for part in parsed.recordings
    ]
    return parsed._replace(recordings=basic, names=parsed.names[:N_BASIC])


def _read_experiment(folder: Path, acc_path: str) -> np.ndarray:
    """Rows of one experiment in m/s² and rad/s, of shape (n_rows, 6)."""
    acc = read_columns(folder / acc_path, 3)
    gyro = read_columns(folder / acc_path.replace("acc_", "gyro_"), 3)
    return np.hstack([acc * GRAVITY, gyro])


def _read_names(folder: Path) -> list[str]:
    """Names of the activities 1, 2, … in lower case."""
    lines = (folder / "activity_labels.txt").read_text("ascii").split("\n")
    return [line.split()[1].lower() for line in lines if line.strip()]


def _row_codes(intervals: np.ndarray, experiments: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Activities of all rows as numbers from 0; -1 where there is no label.

    Parameters
    ----------
    intervals : ndarray of shape (n_intervals, 5)
        Experiment, subject, activity, first and last row; activities and rows count from 1, and the last
        row belongs to the interval.
    experiments, lengths : ndarray of shape (n_experiments,)
        Sorted numbers of the experiments, and the rows of each.
    """
    experiment, _, activity, first, last = intervals.T
    heads = np.r_[0, np.cumsum(lengths)]
    starts = heads[np.searchsorted(experiments, experiment)] + first - 1
    counts = last - first + 1
    ends = np.cumsum(counts)
    rows = np.repeat(starts - (ends - counts), counts) + np.arange(ends[-1])
    codes = np.full(heads[-1], -1)
    codes[rows] = np.repeat(activity - 1, counts)
    return codes
