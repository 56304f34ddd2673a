"""GeoTec: twenty-three people with a phone in the pocket and a watch."""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from .._core._sklearn import StrOptions, validate_params
from ..exceptions import DatasetIntegrityError
from ._cache import parse_once
from ._dataset import COMMON_PARAMETERS, Dataset
from ._files import Files, in_threads, provide_files, published_checksums
from ._frames import IMU_CHANNELS, Parsed, Recording, as_bunch
from ._text import read_table

COMMIT = "1408d85a512a53861de7bc4729dee283fff2ea9d"
DATASET = Dataset(
    name="geotec",
    subjects=23,
    activities=5,
    sampling_rate=100.0,
    sensors=("accelerometer", "gyroscope"),
    positions=("trouser pocket", "wrist"),
    size=73_000_000,
    licence="CC BY 4.0.",
    citation=(
        "Miguel Matey-Sanz, Sven Casteleyn, Carlos Granell (2023). Dataset of inertial measurements of "
        "smartphones and smartwatches for human activity recognition. Data in Brief 50, 109809."
    ),
    address="https://doi.org/10.5281/zenodo.8398688",
)
ARCHIVES = {
    f"sp-sw-har-dataset-{COMMIT}.zip": (
        f"https://github.com/GeoTecINIT/sp-sw-har-dataset/archive/{COMMIT}.zip"
    )
}
ACTIVITIES = ["SEATED", "STANDING_UP", "WALKING", "TURNING", "SITTING_DOWN"]
SHARED_NAMES = {
    "seated": "sitting",
    "standing_up": "standing_up",
    "walking": "walking",
    "turning": "turning",
    "sitting_down": "sitting_down",
}
DEVICES = {"phone": "sp", "watch": "sw"}
SENSORS = ["x_acc", "y_acc", "z_acc", "x_gyro", "y_gyro", "z_gyro"]
COLUMNS = dict.fromkeys(SENSORS, np.float64) | {"timestamp": np.int64, "label": str}
DESCRIPTION = """GeoTec: smartphone and smartwatch in short sequences of five activities.

23 people, 223 sequences on each of two devices: a phone in the trouser pocket and a watch. Each sequence:
seated, standing up, walking, turning, walking, turning, sitting down. Accelerometer (m/s²) and
gyroscope (rad/s) at somewhat more than 100 Hz (phone 102.3 to 103.0, watch 104.3 to 104.6).

Timestamps are in milliseconds. Those of the phone come in bursts: many are equal, some up to 188 ms apart,
while rows arrive at a steady rate: the times are late, no rows are missing. At a regular rate, such
rows are spread evenly (timing="auto" of sklearn_har.recordings.resample).
"""


@validate_params(
    COMMON_PARAMETERS | {"device": [StrOptions({"phone", "watch"})]},
    prefer_skip_nested_validation=True,
)
def fetch_geotec(
    *,
    data_home=None,
    download_if_missing=True,
    sampling_rate="nominal",
    harmonize=False,
    return_X_y=False,
    device="phone",
):
    """Load GeoTec: 23 people, 5 activities, a phone in the pocket or a watch at about 100 Hz.

    The files are downloaded once into ``<data_home>/geotec``, in the layout in which they
    are published, and checked against their published content whenever one of them changed.

    Parameters
    ----------
    data_home : str or path-like, default=None
        The folder of all datasets: if None, that of the environment variable SKLEARN_HAR_DATA, or else
        ``~/sklearn_har_data``.
    download_if_missing : bool, default=True
        If False, a dataset that is not there is an OSError.
    sampling_rate : "nominal", float or None, default="nominal"
        Rows per second, in Hz, on a regular grid; "nominal" is 100 Hz. The phone's rows, whose times
        are late in bursts, are spread evenly first (:func:`~sklearn_har.recordings.resample`). None
        gives the rows and times as recorded, equal times included.
    harmonize : bool, default=False
        Whether activities get the names that all datasets share: seated becomes sitting.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.
    device : {"phone", "watch"}, default="phone"
        Whose recordings. The clocks of the two are their own.

    Returns
    -------
    recordings : Bunch
        data : DataFrame of shape (n_rows, 6)
            Recordings with index levels subject (1 to 23), recording (the number of the sequence, from 1 for
            each subject) and time (seconds from 0). Channels acc_x, acc_y, acc_z (m/s²) and gyro_x, gyro_y,
            gyro_z (rad/s), in the device's own axes.
        target : Series of shape (n_rows,)
            Activities, categorical.
        target_names, sampling_rate, channel_names, channel_units, DESCR, licence, citation
            The activities, the rate in Hz (the nominal one for rows as recorded), the names and units of
            channels, what the data are, how they may be used and what to cite.
        report : dict
            How the files were checked, and what could not be used.
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
    M. Matey-Sanz, S. Casteleyn and C. Granell (2023), "Dataset of inertial measurements of smartphones
    and smartwatches for human activity recognition", Data in Brief 50, 109809.

    Examples
    --------
    >>> from sklearn_har.datasets import fetch_geotec
    >>> X, y = fetch_geotec(device="watch", return_X_y=True)  # doctest: +SKIP
    """
    files = provide_files(
        DATASET, ARCHIVES, published_checksums(DATASET.name), data_home, download_if_missing
    )
    return as_bunch(
        DATASET,
        parse_once(files, _parse, device=device),
        IMU_CHANNELS,
        sampling_rate=sampling_rate,
        harmonize=harmonize,
        shared_names=SHARED_NAMES,
        return_X_y=return_X_y,
        description=DESCRIPTION,
    )


def _parse(files: Files, device: str) -> Parsed:
    paths = files.matching(f"s*/s*_{DEVICES[device]}.csv")
    recordings = in_threads(lambda path: _read_sequence(files.folder / path), paths)
    return Parsed(recordings, [name.lower() for name in ACTIVITIES], {})


def _read_sequence(path: Path) -> Recording:
    subject, sequence = map(int, re.findall(r"\d+", path.name))
    table = read_table(path, COLUMNS, header=True)
    codes = pd.Index(ACTIVITIES).get_indexer(pd.Index(table["label"]))
    if codes.min() < 0:
        row = int(np.argmin(codes))
        raise DatasetIntegrityError(
            f"{path}, line {row + 2}: the label {table['label'].iloc[row]!r} is none of {ACTIVITIES}."
        )
    values = table[SENSORS].to_numpy()
    return Recording(subject, sequence, table["timestamp"].to_numpy() / 1000, values, codes)
