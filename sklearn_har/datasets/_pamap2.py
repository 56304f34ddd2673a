"""PAMAP2: nine people with sensors at hand, chest and ankle."""

from pathlib import Path

import numpy as np
import pandas as pd

from .._core._sklearn import StrOptions, validate_params
from ._cache import parse_once
from ._dataset import COMMON_PARAMETERS, Dataset
from ._files import Files, in_threads, provide_files
from ._frames import Parsed, Recording, as_bunch, report_of_missing
from ._text import positions_in, read_columns

DATASET = Dataset(
    name="pamap2",
    subjects=9,
    activities=18,
    sampling_rate=100.0,
    sensors=("accelerometer", "gyroscope", "heart rate"),
    positions=("hand", "chest", "ankle"),
    size=1_700_000_000,
    licence="Creative Commons Attribution 4.0 (UCI Machine Learning Repository).",
    citation=(
        "Attila Reiss, Didier Stricker (2012). Introducing a New Benchmarked Dataset for Activity "
        "Monitoring. ISWC 2012, 108-109."
    ),
    address="https://archive.ics.uci.edu/dataset/231/pamap2+physical+activity+monitoring",
)
ARCHIVE = "pamap2+physical+activity+monitoring.zip"
ARCHIVES = {ARCHIVE: f"https://archive.ics.uci.edu/static/public/231/{ARCHIVE}"}
WANTED = ("Protocol/subject*.dat", "Optional/subject*.dat")
ACTIVITIES = {
    1: "lying",
    2: "sitting",
    3: "standing",
    4: "walking",
    5: "running",
    6: "cycling",
    7: "nordic_walking",
    9: "watching_tv",
    10: "computer_work",
    11: "car_driving",
    12: "ascending_stairs",
    13: "descending_stairs",
    16: "vacuum_cleaning",
    17: "ironing",
    18: "folding_laundry",
    19: "house_cleaning",
    20: "playing_soccer",
    24: "rope_jumping",
}
TRANSIENT = 0
SHARED_NAMES = {
    "lying": "lying",
    "sitting": "sitting",
    "standing": "standing",
    "walking": "walking",
    "running": "running",
    "cycling": "cycling",
    "car_driving": "driving",
    "ascending_stairs": "walking_upstairs",
    "descending_stairs": "walking_downstairs",
    "vacuum_cleaning": "vacuuming",
    "ironing": "ironing",
    "folding_laundry": "folding",
    "rope_jumping": "jumping",
}
N_COLUMNS = 54
TIME, ACTIVITY, HEART_RATE = 0, 1, 2
PLACES = {"hand": 3, "chest": 20, "ankle": 37}  # their first columns, which hold the temperature
SENSORS = (1, 2, 3, 7, 8, 9)  # after the first: accelerometer of ±16 g, gyroscope
CHANNELS = {
    f"{place}_{sensor}_{axis}": unit
    for place in PLACES
    for sensor, unit in [("acc", "m/s²"), ("gyro", "rad/s")]
    for axis in "xyz"
}
DESCRIPTION = """PAMAP2, physical activity monitoring.

Nine people, 18 activities: a protocol of 12 that everybody followed (one person only in small part), and
optional ones that five people did as well. Wireless sensors at the hand and the chest and above the ankle,
on the dominant side: accelerometer of ±16 g (m/s²) and gyroscope (rad/s) at 100 Hz, heart rate about nine
times a second. The accelerometer of ±6 g, which saturates, the magnetometer, the temperature, and the
orientation, which the authors call invalid, are not loaded.

What lies between activities (published as activity 0) is unlabelled. Radio lost single samples of single
sensors often and seconds of them sometimes: a row that lacks a value is left out and counted, and short
gaps are filled by interpolation where the recordings are put on a regular grid.
"""


@validate_params(
    COMMON_PARAMETERS | {"position": [StrOptions({"all", *PLACES})]}, prefer_skip_nested_validation=True
)
def fetch_pamap2(
    *,
    data_home=None,
    position="all",
    download_if_missing=True,
    sampling_rate="nominal",
    harmonize=False,
    return_X_y=False,
):
    """Load PAMAP2: 9 people, 18 activities, sensors at hand, chest and ankle at 100 Hz.

    The files are downloaded once into ``<data_home>/pamap2``, in the layout in which they are
    published. No published checksums are known: what came first is recorded and compared.

    Parameters
    ----------
    data_home : str or path-like, default=None
        The folder of all datasets: if None, that of the environment variable SKLEARN_HAR_DATA, or else
        ``~/sklearn_har_data``.
    position : {"all", "hand", "chest", "ankle"}, default="all"
        Which sensors to load. Each of them loses values of its own, so that one alone has more rows.
    download_if_missing : bool, default=True
        If False, a dataset that is not there is an OSError.
    sampling_rate : "nominal", float or None, default="nominal"
        Rows per second, in Hz: if "nominal", a regular grid of 100 Hz, in which what radio lost for
        no longer than :func:`~sklearn_har.recordings.resample` allows is interpolated; if None, the
        rows in which no value was lost.
    harmonize : bool, default=False
        Whether activities get the names that all datasets share; those that have none become unlabelled
        and are counted in ``report``.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    recordings : Bunch
        data : DataFrame of shape (n_rows, 18) or (n_rows, 6)
            Rows with index levels subject (101 to 109), recording ("protocol" or "optional") and time
            (seconds from 0). Channels such as hand_acc_x (m/s²) and hand_gyro_x (rad/s) of each place.
        target : Series of shape (n_rows,)
            Activities, categorical; missing in unlabelled rows.
        target_names, sampling_rate, channel_names, channel_units, DESCR, licence, citation
            The activities, the rate in Hz, the names and units of channels, what the data are, how
            they may be used and what to cite.
        report : dict
            How the files were checked, and what could not be used.
        heart_rate : Series of shape (n_samples,)
            Beats per minute at its own rate of about 9 Hz, with the index levels and clocks of ``data``.
    (data, target) : tuple
        If ``return_X_y``.

    Raises
    ------
    OSError
        If the dataset is not there and ``download_if_missing`` is False or the download fails.
    DatasetIntegrityError
        If files are missing, differ from those that came first, or are malformed; the file and the line
        are named.
    ValueError
        If no row has all values of the sensors.

    References
    ----------
    A. Reiss and D. Stricker (2012), "Introducing a New Benchmarked Dataset for Activity Monitoring",
    ISWC 2012, 108-109.

    Examples
    --------
    >>> from sklearn_har.datasets import fetch_pamap2
    >>> X, y = fetch_pamap2(position="chest", return_X_y=True)  # doctest: +SKIP
    >>> X.columns[:3].tolist()  # doctest: +SKIP
    ['chest_acc_x', 'chest_acc_y', 'chest_acc_z']
    """
    files = provide_files(DATASET, ARCHIVES, WANTED, data_home, download_if_missing)
    parsed = parse_once(files, _parse)
    channels = {name: unit for name, unit in CHANNELS.items() if position in ("all", name.split("_")[0])}
    whole = _without_losses(parsed, [list(CHANNELS).index(name) for name in channels])
    if not whole.recordings:
        raise ValueError(
            f"In {files.folder}, no row of PAMAP2 has all values of the sensors at the "
            f"{' and '.join(PLACES) if position == 'all' else position}. Load another position."
        )
    return as_bunch(
        DATASET,
        whole,
        channels,
        sampling_rate=sampling_rate,
        harmonize=harmonize,
        shared_names=SHARED_NAMES,
        return_X_y=return_X_y,
        description=DESCRIPTION,
        heart_rate=_heart_rate(parsed, whole),
    )


def _parse(files: Files) -> Parsed:
    """All rows, also those with lost values; the heart rate is one more column."""
    recordings = in_threads(lambda path: _read_file(files.folder / path), files.paths)
    recordings.sort(key=lambda recording: (recording.subject, recording.recording))
    return Parsed(
        recordings,
        list(ACTIVITIES.values()),
        report_of_missing(recordings, range(101, 101 + DATASET.subjects)),
    )


def _read_file(path: Path) -> Recording:
    sensors = [first + offset for first in PLACES.values() for offset in SENSORS]
    columns = [TIME, ACTIVITY, HEART_RATE, *sensors]
    found = read_columns(path, N_COLUMNS, columns=columns, missing=True)
    codes = positions_in([TRANSIENT, *ACTIVITIES], found[:, ACTIVITY], path) - 1
    values = np.hstack([found[:, 3:], found[:, [HEART_RATE]]])
    subject = int(path.stem.removeprefix("subject"))
    return Recording(subject, path.parent.name.lower(), found[:, TIME], values, codes)


def _without_losses(parsed: Parsed, columns: list[int]) -> Parsed:
    """The rows in which every one of some columns has a value."""
    recordings, n_rows, n_lost, empty = [], 0, 0, []
    for part in parsed.recordings:
        values = part.values[:, columns]
        whole = ~np.isnan(values).any(axis=1)
        n_rows, n_lost = n_rows + len(whole), n_lost + int((~whole).sum())
        if whole.any():
            recordings.append(
                part._replace(
                    time=np.asarray(part.time)[whole], values=values[whole], codes=part.codes[whole]
                )
            )
        else:
            empty.append(f"{part.subject} {part.recording}")
    report = {
        "rows_recorded": n_rows,
        "rows_with_lost_values": n_lost,
        "recordings_without_a_whole_row": empty,
        **parsed.report,
    }
    return Parsed(recordings, parsed.names, report)


def _heart_rate(parsed: Parsed, whole: Parsed) -> pd.Series:
    """The samples of the heart rate, on the clock of the rows in ``whole``, which begins with the first."""
    origins = {(part.subject, part.recording): np.asarray(part.time)[0] for part in whole.recordings}
    samples = []
    for part in parsed.recordings:
        sampled = ~np.isnan(part.values[:, -1])
        if (part.subject, part.recording) in origins:
            times = np.asarray(part.time)[sampled] - origins[part.subject, part.recording]
            levels = [[part.subject], [part.recording], times]
            index = pd.MultiIndex.from_product(levels, names=["subject", "recording", "time"])
            samples.append(pd.Series(part.values[sampled, -1], index=index, name="heart_rate"))
    return pd.concat(samples)
