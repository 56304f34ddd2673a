"""Opportunity: four people at breakfast, with sensors all over their bodies."""

from itertools import product
from pathlib import Path

import numpy as np
from scipy.constants import g as GRAVITY  # m/s²

from .._core._sklearn import StrOptions, validate_params
from .._core._warnings import warn_user
from ..exceptions import DatasetIntegrityError, IncompleteDatasetWarning
from ._cache import parse_once
from ._dataset import COMMON_PARAMETERS, Dataset
from ._files import Files, in_threads, provide_files
from ._frames import Parsed, Recording, as_bunch
from ._text import positions_in, read_columns

DATASET = Dataset(
    name="opportunity",
    subjects=4,
    activities=21,
    sampling_rate=30.0,
    sensors=("accelerometer", "gyroscope"),
    positions=(
        "back",
        "right_upper_arm",
        "right_lower_arm",
        "left_upper_arm",
        "left_lower_arm",
        "hip",
        "right_knee",
        "right_hand",
        "left_hand",
    ),
    size=620_000_000,
    licence="CC BY 4.0 (UCI Machine Learning Repository); publications must cite the paper.",
    citation=(
        "Daniel Roggen, Alberto Calatroni, Mirco Rossi, Thomas Holleczek, Kilian Förster, Gerhard Tröster, "
        "Paul Lukowicz, David Bannach, Gerald Pirkl, Alois Ferscha, and others (2010). Collecting complex "
        "activity datasets in highly rich networked sensor environments. INSS 2010, 233-240."
    ),
    address="https://archive.ics.uci.edu/dataset/226/opportunity+activity+recognition",
)
ARCHIVE = "opportunity+activity+recognition.zip"
ARCHIVES = {ARCHIVE: f"https://archive.ics.uci.edu/static/public/226/{ARCHIVE}"}
SUBJECTS = (1, 2, 3, 4)
RECORDINGS = ("ADL1", "ADL2", "ADL3", "ADL4", "ADL5", "Drill")
FILES = [f"S{subject}-{recording}.dat" for subject, recording in product(SUBJECTS, RECORDINGS)]
TEST_RECORDINGS = ((2, "ADL4"), (2, "ADL5"), (3, "ADL4"), (3, "ADL5"))

N_COLUMNS = 250
TIME = 0  # columns count from 0 here, from 1 in column_names.txt
# first columns; each unit has 3 of its accelerometer, then 3 of its gyroscope
IMU_COLUMNS = {
    "back": 37,
    "right_upper_arm": 50,
    "right_lower_arm": 63,
    "left_upper_arm": 76,
    "left_lower_arm": 89,
}
ACCELEROMETER_COLUMNS = {
    "right_knee_high": 1,
    "hip": 4,
    "left_upper_arm_high": 7,
    "right_upper_arm_low": 10,
    "left_hand": 13,
    "back": 16,
    "right_knee_low": 19,
    "right_wrist": 22,
    "right_upper_arm_high": 25,
    "left_upper_arm_low": 28,
    "left_wrist": 31,
    "right_hand": 34,
}
IMU_MILLI_G = 9.8 / 1000  # what the values of these units were divided by when published
MILLI_G = GRAVITY / 1000
MILLI_RAD = 1 / 1000
TASKS = {
    "locomotion": (243, {1: "stand", 2: "walk", 4: "sit", 5: "lie"}),
    "gestures": (
        249,
        {
            406516: "open_door_1",
            406517: "open_door_2",
            404516: "close_door_1",
            404517: "close_door_2",
            406520: "open_fridge",
            404520: "close_fridge",
            406505: "open_dishwasher",
            404505: "close_dishwasher",
            406519: "open_drawer_1",
            404519: "close_drawer_1",
            406511: "open_drawer_2",
            404511: "close_drawer_2",
            406508: "open_drawer_3",
            404508: "close_drawer_3",
            408512: "clean_table",
            407521: "drink_from_cup",
            405506: "toggle_switch",
        },
    ),
}
SHARED_NAMES = {
    "stand": "standing",
    "walk": "walking",
    "sit": "sitting",
    "lie": "lying",
    "drink_from_cup": "drinking",
}
DESCRIPTION = """Opportunity: four people at breakfast in a room full of sensors.

Each person did five runs of natural activities (ADL1 to ADL5), of about 20 minutes, and one drill of 20
repetitions of a fixed sequence. Rows come at 30 Hz, with times in whole milliseconds. Locomotion and gestures
are labelled at the same time; where nothing of a kind was going on, most of the time for gestures, rows have
no label.

Given here are the sensors on the body. Five inertial units (Xsens) at the back and the arms: acceleration in
m/s², published in thousandths of 9.8 m/s²; angular rate in rad/s, published as thousandths of a unit that
column_names.txt calls unknown and that Xsens gives as rad/s. Twelve wireless accelerometers: m/s²,
published in thousandths of g.

Not given: the units at the shoes (column_names.txt says mm/s for their angular rates, which cannot be),
magnetic fields and orientations, and the sensors in objects and furniture.

A sensor whose radio failed has NaN in the file. Rows in which a channel asked for has no value are left out
and counted; the wireless accelerometers lost far more than the wired units.

The test recordings are those of the Opportunity challenge: the last two natural runs of persons 2 and 3.
"""


@validate_params(
    COMMON_PARAMETERS
    | {
        "task": [StrOptions(set(TASKS))],
        "sensors": [StrOptions({"imu", "accelerometers"})],
        "positions": ["array-like", None],
    },
    prefer_skip_nested_validation=True,
)
def fetch_opportunity(
    *,
    data_home=None,
    download_if_missing=True,
    sampling_rate="nominal",
    harmonize=False,
    return_X_y=False,
    task="locomotion",
    sensors="imu",
    positions=None,
):
    """Load Opportunity: 4 people at breakfast, sensors at the back and the arms, 30 Hz.

    The files are downloaded once into ``<data_home>/opportunity``, in the layout in which they
    are published. No published checksums are known: what came first is recorded and compared.

    Parameters
    ----------
    data_home : str or path-like, default=None
        The folder of all datasets: if None, that of the environment variable SKLEARN_HAR_DATA, or else
        ``~/sklearn_har_data``.
    download_if_missing : bool, default=True
        If False, a dataset that is not there is an OSError.
    sampling_rate : "nominal", float or None, default="nominal"
        Rows per second, in Hz: "nominal" is 30, None the rows as recorded, at times in whole
        milliseconds. See :func:`~sklearn_har.recordings.resample`.
    harmonize : bool, default=False
        Whether activities get the names that all datasets share; gestures other than drinking become
        unlabelled and are counted in ``report``.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.
    task : {"locomotion", "gestures"}, default="locomotion"
        Which labels: stand, walk, sit and lie, or the 17 gestures of both arms.
    sensors : {"imu", "accelerometers"}, default="imu"
        The five inertial units with accelerometer and gyroscope, or the twelve wireless
        accelerometers, which miss many values.
    positions : sequence of str, default=None
        Where they are worn, in the order wanted. All if None: of the inertial units back,
        right_upper_arm, right_lower_arm, left_upper_arm and left_lower_arm; of the accelerometers
        right_knee_high, hip, left_upper_arm_high, right_upper_arm_low, left_hand, back,
        right_knee_low, right_wrist, right_upper_arm_high, left_upper_arm_low, left_wrist and right_hand.

    Returns
    -------
    recordings : Bunch
        data : DataFrame of shape (n_rows, n_channels)
            All rows in which every channel has a value, also unlabelled ones, with index levels subject
            (1 to 4), recording (ADL1 to ADL5 and Drill) and time (seconds from 0). Channels such as
            back_acc_x (m/s²) and back_gyro_x (rad/s).
        target : Series of shape (n_rows,)
            Activities, categorical, missing in unlabelled rows:
            :func:`~sklearn_har.recordings.drop_unlabelled` leaves those out.
        target_names, sampling_rate, channel_names, channel_units, DESCR, licence, citation
            The activities, the rate in Hz, the names and units of channels, what the data are, how they
            may be used and what to cite.
        report : dict
            How the files were checked, the files that are missing, and how many rows of each file were
            left out because a channel had no value.
        test_recordings : tuple of (subject, recording)
            Those of the Opportunity challenge.
    (data, target) : tuple
        If ``return_X_y``.

    Warns
    -----
    IncompleteDatasetWarning
        If the folder was put there by hand and lacks files.

    Raises
    ------
    OSError
        If the dataset is not there and ``download_if_missing`` is False or the download fails.
    ValueError
        If a position is unknown or named twice, or no row has a value in all channels.
    DatasetIntegrityError
        If a file has another content than before, or is not as published.

    References
    ----------
    D. Roggen et al. (2010), "Collecting complex activity datasets in highly rich networked sensor
    environments", Seventh International Conference on Networked Sensing Systems (INSS), 233-240.

    R. Chavarriaga et al. (2013), "The Opportunity challenge: A benchmark database for on-body
    sensor-based activity recognition", Pattern Recognition Letters 34, 2033-2042.

    Examples
    --------
    >>> from sklearn_har.datasets import fetch_opportunity
    >>> X, y = fetch_opportunity(return_X_y=True)  # doctest: +SKIP
    >>> y.cat.categories.tolist()  # doctest: +SKIP
    ['stand', 'walk', 'sit', 'lie']
    """
    chosen = _check_positions(positions, sensors)
    files = provide_files(DATASET, ARCHIVES, FILES, data_home, download_if_missing, partial=True)
    if files.missing:
        warn_user(
            f"{len(files.missing)} of {len(FILES)} files are not in {files.folder} and not loaded: "
            f"{', '.join(files.missing)}.",
            IncompleteDatasetWarning,
        )
    return as_bunch(
        DATASET,
        parse_once(files, _parse, task=task, sensors=sensors, positions="+".join(chosen)),
        _channels(sensors, chosen),
        sampling_rate=sampling_rate,
        harmonize=harmonize,
        shared_names=SHARED_NAMES,
        return_X_y=return_X_y,
        description=DESCRIPTION,
        test_recordings=TEST_RECORDINGS,
    )


def _check_positions(positions, sensors: str) -> list[str]:
    there = list(IMU_COLUMNS if sensors == "imu" else ACCELEROMETER_COLUMNS)
    chosen = there if positions is None else [str(position) for position in positions]
    unknown = [position for position in chosen if position not in there]
    if unknown or not chosen or len(set(chosen)) < len(chosen):
        raise ValueError(
            f"positions must name some of {', '.join(there)}, each once, with sensors={sensors!r}; got "
            f"{chosen}."
        )
    return chosen


def _channels(sensors: str, positions: list[str]) -> dict[str, str]:
    units = {"acc": "m/s²", "gyro": "rad/s"} if sensors == "imu" else {"acc": "m/s²"}
    return {
        f"{position}_{sensor}_{axis}": unit
        for position in positions
        for sensor, unit in units.items()
        for axis in "xyz"
    }


def _parse(files: Files, task: str, sensors: str, positions: str) -> Parsed:
    label, activities = TASKS[task]
    chosen = positions.split("+")
    if sensors == "imu":
        columns = np.concatenate([IMU_COLUMNS[position] + np.arange(6) for position in chosen])
        scale = np.tile(np.repeat([IMU_MILLI_G, MILLI_RAD], 3), len(chosen))
    else:
        columns = np.concatenate([ACCELEROMETER_COLUMNS[position] + np.arange(3) for position in chosen])
        scale = np.full(len(columns), MILLI_G)
    read = in_threads(
        lambda path: _read_file(files.folder / path, columns, label, list(activities)), files.paths
    )
    recordings, left_out, empty = [], {}, []
    for path, (times, values, codes) in zip(files.paths, read, strict=True):
        whole = ~np.isnan(values).any(axis=1)
        left_out[path] = int(len(whole) - whole.sum())
        subject, recording = Path(path).stem.split("-")
        if not whole.any():
            empty.append(path)
            continue
        recordings.append(
            Recording(int(subject[1:]), recording, times[whole], values[whole] * scale, codes[whole])
        )
    if not recordings:
        raise ValueError(f"No row of Opportunity has a value in all channels of {', '.join(chosen)}.")
    report = {
        "missing_files": list(files.missing),
        "rows_with_missing_values_left_out": left_out,
        "files_without_a_whole_row": empty,
    }
    return Parsed(recordings, list(activities.values()), report)


def _read_file(path: Path, columns: np.ndarray, label: int, numbers: list[int]):
    """Times in seconds, channels as published, and codes of activities of one file."""
    wanted = np.r_[TIME, columns, label]
    order = np.argsort(wanted)
    table = read_columns(path, N_COLUMNS, columns=wanted[order].tolist(), missing=True)[:, np.argsort(order)]
    codes = positions_in([0, *numbers], table[:, -1], path) - 1
    _check_times(table[:, 0], path)
    return table[:, 0] / 1000, table[:, 1:-1], codes


def _check_times(milliseconds: np.ndarray, path: Path) -> None:
    wrong = ~(np.diff(milliseconds, prepend=milliseconds[:1]) >= 0)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise DatasetIntegrityError(
            f"{path}, line {row + 1}, has the time {milliseconds[row]:g} ms, which is before that of the "
            "line above."
        )
