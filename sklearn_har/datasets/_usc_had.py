"""USC-HAD: fourteen people with a sensor at the front right hip."""

import re
from pathlib import Path

import numpy as np
from scipy.constants import g as GRAVITY  # m/s²
from scipy.io import loadmat

from .._core._sklearn import validate_params
from ..exceptions import DatasetIntegrityError
from ._cache import parse_once
from ._dataset import COMMON_PARAMETERS, Dataset
from ._files import Files, provide_files
from ._frames import IMU_CHANNELS, Parsed, Recording, as_bunch, report_of_missing

DATASET = Dataset(
    name="usc_had",
    subjects=14,
    activities=12,
    sampling_rate=100.0,
    sensors=("accelerometer", "gyroscope"),
    positions=("front right hip",),
    size=140_000_000,
    licence="None stated; the authors ask to cite the publication.",
    citation=(
        "Mi Zhang, Alexander A. Sawchuk (2012). USC-HAD: A Daily Activity Dataset for Ubiquitous Activity "
        "Recognition Using Wearable Sensors. UbiComp 2012 Workshop SAGAware."
    ),
    address="https://sipi.usc.edu/had/",
)
ARCHIVES = {"USC-HAD.zip": "https://sipi.usc.edu/had/USC-HAD.zip"}
WANTED = ("Subject*/a*t*.mat",)
ACTIVITIES = [
    "walking_forward",
    "walking_left",
    "walking_right",
    "walking_upstairs",
    "walking_downstairs",
    "running_forward",
    "jumping_up",
    "sitting",
    "standing",
    "sleeping",
    "elevator_up",
    "elevator_down",
]
SHARED_NAMES = {
    "walking_forward": "walking",
    "walking_left": "walking",
    "walking_right": "walking",
    "walking_upstairs": "walking_upstairs",
    "walking_downstairs": "walking_downstairs",
    "running_forward": "running",
    "jumping_up": "jumping",
    "sitting": "sitting",
    "standing": "standing",
    "sleeping": "lying",
    "elevator_up": "elevator",
    "elevator_down": "elevator",
}
DESCRIPTION = """USC-HAD, the human activity dataset of the University of Southern California.

14 people, 12 activities, five trials of each: accelerometer (published in g, here in m/s²) and gyroscope
(published in degrees per second, here in rad/s) of a MotionNode at the front right hip, at 100 Hz; 840
recordings. Times are not published: samples are 0.01 s apart. Activity and trial are those in the name of
the file.
"""


@validate_params(COMMON_PARAMETERS, prefer_skip_nested_validation=True)
def fetch_usc_had(
    *,
    data_home=None,
    download_if_missing=True,
    sampling_rate="nominal",
    harmonize=False,
    return_X_y=False,
):
    """Load USC-HAD: 14 people, 12 activities, a sensor at the hip at 100 Hz.

    The files are downloaded once into ``<data_home>/usc_had``, in the layout in which they are
    published. No published checksums are known: what came first is recorded and compared.

    Parameters
    ----------
    data_home : str or path-like, default=None
        The folder of all datasets: if None, that of the environment variable SKLEARN_HAR_DATA, or else
        ``~/sklearn_har_data``.
    download_if_missing : bool, default=True
        If False, a dataset that is not there is an OSError.
    sampling_rate : "nominal", float or None, default="nominal"
        Rows per second, in Hz. The recordings are on a regular grid of 100 Hz as published, so "nominal"
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
            Rows with index levels subject (1 to 14), recording (the file, such as "a1t5": activity and
            trial) and time (seconds from 0). Channels acc_x, acc_y, acc_z (m/s²; the published g times
            9.80665) and gyro_x, gyro_y, gyro_z (rad/s; published in degrees per second).
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
        If files are missing, differ from those that came first, or are malformed; the file is named.

    References
    ----------
    M. Zhang and A. A. Sawchuk (2012), "USC-HAD: A Daily Activity Dataset for Ubiquitous Activity
    Recognition Using Wearable Sensors", UbiComp 2012 Workshop SAGAware.

    Examples
    --------
    >>> from sklearn_har.datasets import fetch_usc_had
    >>> X, y = fetch_usc_had(return_X_y=True)  # doctest: +SKIP
    >>> X.index.get_level_values("subject").nunique()  # doctest: +SKIP
    14
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
    trials: list[tuple[int, int, int, str]] = []
    for path in files.paths:
        numbers = re.fullmatch(r".*Subject(\d+)/a(\d+)t(\d+)\.mat", path)
        if numbers is None or not 1 <= int(numbers[2]) <= len(ACTIVITIES):
            raise DatasetIntegrityError(
                f"{files.folder / path} is not named Subject1/a1t1.mat or the like, for activities 1 to "
                f"{len(ACTIVITIES)}."
            )
        trials.append((int(numbers[1]), int(numbers[2]), int(numbers[3]), path))
    recordings = []
    for subject, activity, trial, path in trials:
        values = _read_trial(files.folder / path)
        codes = np.full(len(values), activity - 1)
        recordings.append(Recording(subject, f"a{activity}t{trial}", None, values, codes))
    recordings.sort(key=lambda recording: (recording.subject, recording.recording))
    return Parsed(recordings, ACTIVITIES, report_of_missing(recordings, range(1, 1 + DATASET.subjects)))


def _read_trial(path: Path) -> np.ndarray:
    """Rows of one trial in m/s² and rad/s, of shape (n_rows, 6)."""
    try:
        readings = loadmat(path, variable_names=["sensor_readings"])["sensor_readings"]
    except Exception as error:  # what scipy raises depends on where a file is broken
        raise DatasetIntegrityError(
            f"{path} is no MATLAB file with sensor_readings ({type(error).__name__}: {error})."
        ) from error
    if readings.ndim != 2 or readings.shape[1] != 6:
        raise DatasetIntegrityError(
            f"The sensor_readings of {path} have the shape {readings.shape}; they must be rows of 6 numbers."
        )
    if not np.isfinite(readings).all():
        raise DatasetIntegrityError(f"The sensor_readings of {path} hold values that are no numbers.")
    return np.hstack([readings[:, :3] * GRAVITY, np.deg2rad(readings[:, 3:])])
