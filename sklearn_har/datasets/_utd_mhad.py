"""UTD-MHAD: eight people with an inertial sensor at the wrist or the thigh."""

import re
from pathlib import Path

import numpy as np
from scipy.constants import g as GRAVITY  # m/s²
from scipy.io import loadmat

from .._core._sklearn import StrOptions, validate_params
from ..exceptions import DatasetIntegrityError
from ._cache import parse_once
from ._dataset import COMMON_PARAMETERS, Dataset
from ._files import Files, in_threads, provide_files
from ._frames import IMU_CHANNELS, Parsed, Recording, as_bunch

DATASET = Dataset(
    name="utd_mhad",
    subjects=8,
    activities=27,
    sampling_rate=50.0,
    sensors=("accelerometer", "gyroscope"),
    positions=("right_wrist", "right_thigh"),
    size=8_000_000,
    licence="None is known; the authors ask that the paper be cited. See the page of the dataset.",
    citation=(
        "Chen Chen, Roozbeh Jafari, Nasser Kehtarnavaz (2015). UTD-MHAD: A Multimodal Dataset for Human "
        "Action Recognition Utilizing a Depth Camera and a Wearable Inertial Sensor. ICIP 2015, 168-172."
    ),
    address="https://personal.utdallas.edu/~kehtar/UTD-MHAD.html",
)
ARCHIVES = {"Inertial.zip": "https://www.utdallas.edu/~kehtar/UTD-MAD/Inertial.zip"}
FILES = ["a*_s*_t*_inertial.mat"]
ACTIVITIES = [
    "right_arm_swipe_to_the_left",
    "right_arm_swipe_to_the_right",
    "right_hand_wave",
    "two_hand_front_clap",
    "right_arm_throw",
    "cross_arms_in_the_chest",
    "basketball_shoot",
    "right_hand_draw_x",
    "right_hand_draw_circle_clockwise",
    "right_hand_draw_circle_counter_clockwise",
    "draw_triangle",
    "bowling",
    "front_boxing",
    "baseball_swing_from_right",
    "tennis_right_hand_forehand_swing",
    "arm_curl",
    "tennis_serve",
    "two_hand_push",
    "right_hand_knock_on_door",
    "right_hand_catch_an_object",
    "right_hand_pick_up_and_throw",
    "jogging_in_place",
    "walking_in_place",
    "sit_to_stand",
    "stand_to_sit",
    "forward_lunge",
    "squat",
]
N_WRIST = 21  # of the activities; the others have the sensor at the thigh
SHARED_NAMES = {
    "two_hand_front_clap": "clapping",
    "right_arm_throw": "throwing",
    "jogging_in_place": "running",
    "walking_in_place": "walking",
    "sit_to_stand": "standing_up",
    "stand_to_sit": "sitting_down",
}
DESCRIPTION = """UTD-MHAD: eight people, twenty-seven actions, one inertial sensor.

Every person did every action four times, in front of a depth camera; three takes were damaged, which leaves
861. Each take is a recording here, about 3 seconds long. The sensor was at the right wrist for the first 21
actions, which are of the arms, and at the right thigh for the last 6, which are of the legs. Acceleration is
given in m/s² (published in g) and angular rate in rad/s (published in degrees per second), at 50 Hz. The
files hold no times. The videos, depths and skeletons are not read.

Jogging and walking are done in place, so harmonize=True is generous with them. Odd persons train and even
persons test in the paper.
"""


@validate_params(
    COMMON_PARAMETERS | {"position": [StrOptions({"any", "wrist", "thigh"})]},
    prefer_skip_nested_validation=True,
)
def fetch_utd_mhad(
    *,
    data_home=None,
    download_if_missing=True,
    sampling_rate="nominal",
    harmonize=False,
    return_X_y=False,
    position="any",
):
    """Load UTD-MHAD: 8 people, 27 actions, a sensor at the wrist or the thigh at 50 Hz.

    The inertial files are downloaded once into ``<data_home>/utd_mhad``, in the layout in which they
    are published. No published checksums are known: what came first is recorded and compared.

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
        Whether activities get the names that all datasets share; most actions have none, become
        unlabelled and are counted in ``report``.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.
    position : {"any", "wrist", "thigh"}, default="any"
        All actions, the 21 with the sensor at the right wrist, or the 6 with it at the right thigh.

    Returns
    -------
    recordings : Bunch
        data : DataFrame of shape (n_rows, 6)
            Rows with index levels subject (1 to 8), recording (action and take, such as a1_t1) and time
            (seconds from 0). Channels acc_x, acc_y, acc_z (m/s²; the published g times 9.80665) and gyro_x,
            gyro_y, gyro_z (rad/s).
        target : Series of shape (n_rows,)
            Activities, categorical.
        target_names, sampling_rate, channel_names, channel_units, DESCR, licence, citation
            The activities in published order, the rate in Hz, the names and units of channels, what
            the data are, how they may be used and what to cite.
        report : dict
            How the files were checked, and how many takes are there; of all positions, 861 are published.
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
    C. Chen, R. Jafari and N. Kehtarnavaz (2015), "UTD-MHAD: A Multimodal Dataset for Human Action Recognition
    Utilizing a Depth Camera and a Wearable Inertial Sensor", IEEE ICIP 2015, 168-172.

    Examples
    --------
    >>> from sklearn_har.datasets import fetch_utd_mhad
    >>> X, y = fetch_utd_mhad(position="thigh", return_X_y=True)  # doctest: +SKIP
    >>> y.cat.categories.tolist()[:2]  # doctest: +SKIP
    ['jogging_in_place', 'walking_in_place']
    """
    files = provide_files(DATASET, ARCHIVES, FILES, data_home, download_if_missing)
    return as_bunch(
        DATASET,
        parse_once(files, _parse, position=position),
        IMU_CHANNELS,
        sampling_rate=sampling_rate,
        harmonize=harmonize,
        shared_names=SHARED_NAMES,
        return_X_y=return_X_y,
        description=DESCRIPTION,
    )


def _parse(files: Files, position: str) -> Parsed:
    at_position = {
        "any": range(len(ACTIVITIES)),
        "wrist": range(N_WRIST),
        "thigh": range(N_WRIST, len(ACTIVITIES)),
    }[position]
    takes = sorted((*_numbers(path), path) for path in files.paths)
    takes = [take for take in takes if take[1] - 1 in at_position]
    if not takes:
        raise DatasetIntegrityError(f"No file of {files.folder} is of the {position}.")
    read = in_threads(lambda take: _read_take(files.folder / take[3]), takes)
    recordings = [
        Recording(
            subject, f"a{activity}_t{take}", None, values, np.full(len(values), activity - 1 - at_position[0])
        )
        for (subject, activity, take, _), values in zip(takes, read, strict=True)
    ]
    return Parsed(recordings, [ACTIVITIES[code] for code in at_position], {"takes": len(takes)})


def _numbers(path: str) -> tuple[int, int, int]:
    """Person, action and take of a file."""
    found = re.fullmatch(r"(?:.*/)?a(\d+)_s(\d+)_t(\d+)_inertial\.mat", path)
    activity, subject, take = map(int, found.groups()) if found else (0, 0, 0)
    if not 1 <= activity <= len(ACTIVITIES):
        raise DatasetIntegrityError(f"{path} is not a file of actions 1 to {len(ACTIVITIES)}.")
    return subject, activity, take


def _read_take(path: Path) -> np.ndarray:
    """Rows of one take in m/s² and rad/s, of shape (n_rows, 6)."""
    try:
        published = loadmat(path, variable_names=["d_iner"]).get("d_iner")
    except Exception as error:  # SciPy's reader raises errors of many kinds on a damaged file
        raise DatasetIntegrityError(f"{path} cannot be read as a MATLAB file: {error}.") from error
    if published is None or published.ndim != 2 or published.shape[1] != 6 or len(published) == 0:
        found = "nothing" if published is None else f"shape {published.shape}"
        raise DatasetIntegrityError(f"{path} has {found} as d_iner, which has shape (n_rows, 6).")
    values = published.astype(np.float64)
    if not np.isfinite(values).all():
        row = int(np.argmin(np.isfinite(values).all(axis=1)))
        raise DatasetIntegrityError(f"{path}, row {row + 1} of d_iner, has a value that is not finite.")
    return np.hstack([values[:, :3] * GRAVITY, np.radians(values[:, 3:])])
