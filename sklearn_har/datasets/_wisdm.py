"""WISDM v1.1: thirty-six people with a phone in the pocket of their trousers."""

import io
import re
from pathlib import Path

import numpy as np
import pandas as pd

from .._core._sklearn import validate_params
from ..exceptions import DatasetIntegrityError
from ._cache import parse_once
from ._dataset import COMMON_PARAMETERS, Dataset
from ._files import Files, provide_files, published_checksums
from ._frames import Parsed, Recording, as_bunch

DATASET = Dataset(
    name="wisdm",
    subjects=36,
    activities=6,
    sampling_rate=20.0,
    sensors=("accelerometer",),
    positions=("front trouser pocket",),
    size=50_000_000,
    licence=(
        "None stated; the readme.txt of the authors asks to cite the publication and to pass readme.txt on."
    ),
    citation=(
        "Jennifer R. Kwapisz, Gary M. Weiss, Samuel A. Moore (2011). Activity Recognition using Cell Phone "
        "Accelerometers. ACM SIGKDD Explorations 12(2), 74-82."
    ),
    address="https://www.cis.fordham.edu/wisdm/dataset.php",
)
ARCHIVE = "WISDM_ar_latest.tar.gz"
ARCHIVES = {ARCHIVE: f"https://www.cis.fordham.edu/wisdm/includes/datasets/latest/{ARCHIVE}"}
SHARED_NAMES = {
    "walking": "walking",
    "jogging": "running",
    "upstairs": "walking_upstairs",
    "downstairs": "walking_downstairs",
    "sitting": "sitting",
    "standing": "standing",
}
CHANNELS = {"acc_x": "m/s²", "acc_y": "m/s²", "acc_z": "m/s²"}
PUBLISHED_NAMES = ["Walking", "Jogging", "Upstairs", "Downstairs", "Sitting", "Standing"]
FIELDS = ["user", "activity", "timestamp", "x", "y", "z"]
NUMBERS = ["user", "timestamp", "x", "y", "z"]
NANOSECOND = 1e-9
RESTART = 1.0  # seconds that a clock goes back when it is another session
DESCRIPTION = """WISDM activity prediction, version 1.1.

36 people, six activities, an Android phone in the front pocket of the trousers: 1,098,207 samples of the
accelerometer (m/s², with gravity), 20 a second. Times are nanoseconds since the phone was started; where
the clock of a person goes back, another recording begins, and each recording's times are counted from
its first sample. Samples whose fields are missing or whose time is 0 are left out and counted.
"""


@validate_params(COMMON_PARAMETERS, prefer_skip_nested_validation=True)
def fetch_wisdm(
    *,
    data_home=None,
    download_if_missing=True,
    sampling_rate="nominal",
    harmonize=False,
    return_X_y=False,
):
    """Load WISDM v1.1: 36 people, 6 activities, a phone in the pocket at 20 Hz.

    The file is downloaded once into ``<data_home>/wisdm``, in the layout in which it is published, and
    checked against its published content whenever it changed.

    Parameters
    ----------
    data_home : str or path-like, default=None
        The folder of all datasets: if None, that of the environment variable SKLEARN_HAR_DATA, or else
        ``~/sklearn_har_data``.
    download_if_missing : bool, default=True
        If False, a dataset that is not there is an OSError.
    sampling_rate : "nominal", float or None, default="nominal"
        Rows per second, in Hz: if "nominal", a regular grid of 20 Hz; if None, the samples as they
        were recorded, whose steps vary and some of whose times repeat
        (:func:`~sklearn_har.recordings.resample`).
    harmonize : bool, default=False
        Whether activities get the names that all datasets share; those that have none become unlabelled
        and are counted in ``report``.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    recordings : Bunch
        data : DataFrame of shape (n_rows, 3)
            Rows with index levels subject (1 to 36), recording (from 1 for each person: another one begins
            where the clock goes back) and time (seconds from 0). Channels acc_x, acc_y and acc_z (m/s²,
            with gravity).
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
        If the file is missing, differs from the published one, or is malformed; the line is named.

    References
    ----------
    J. R. Kwapisz, G. M. Weiss and S. A. Moore (2011), "Activity Recognition using Cell Phone
    Accelerometers", ACM SIGKDD Explorations 12(2), 74-82.

    Examples
    --------
    >>> from sklearn_har.datasets import fetch_wisdm
    >>> X, y = fetch_wisdm(return_X_y=True)  # doctest: +SKIP
    >>> X.columns.tolist()  # doctest: +SKIP
    ['acc_x', 'acc_y', 'acc_z']
    """
    files = provide_files(
        DATASET, ARCHIVES, published_checksums(DATASET.name), data_home, download_if_missing
    )
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
    records, report = _read_records(files.folder / files.paths[0])
    records = records.sort_values("user", kind="stable")
    users, seconds = records["user"].to_numpy(dtype=int), records["timestamp"].to_numpy() * NANOSECOND
    sessions = _session_numbers(users, seconds)
    # within a session a clock may be a little late, never more than RESTART
    order = np.lexsort((seconds, sessions, users))
    users, seconds, sessions = users[order], seconds[order], sessions[order]
    values = records[["x", "y", "z"]].to_numpy(dtype=float)[order]
    codes = pd.Index(PUBLISHED_NAMES).get_indexer(pd.Index(records["activity"]))[order]
    starts = np.flatnonzero((np.diff(users) != 0) | (np.diff(sessions) != 0)) + 1
    heads = np.r_[0, starts]
    columns = [np.split(column, starts) for column in (seconds, values, codes)]
    parts = zip(users[heads].tolist(), sessions[heads].tolist(), *columns, strict=True)
    names = [name.lower() for name in PUBLISHED_NAMES]
    return Parsed([Recording(*part) for part in parts], names, report)


def _read_records(path: Path) -> tuple[pd.DataFrame, dict[str, int]]:
    """Usable records in the order of the file, and how many are left out, by reason.

    A record ends with a semicolon, the end of the line or both: several may share a line, and some have
    a comma before the semicolon.
    """
    text = path.read_text("ascii")
    records = [record for record in re.split("[;\n]", text) if record.strip()]
    longest = max((record.count(",") for record in records), default=0)
    spare = list(range(longest + 1 - len(FIELDS)))
    table = pd.read_csv(
        io.StringIO("\n".join(records)),
        header=None,
        names=[*FIELDS, *spare],
        dtype=str,
        skipinitialspace=True,
        keep_default_na=False,
        na_values=[""],
    )
    incomplete = table[FIELDS].isna().any(axis=1)
    numbers = table[NUMBERS].apply(pd.to_numeric, errors="coerce")
    faulty = (
        numbers.isna().any(axis=1)
        | ~table["activity"].isin(PUBLISHED_NAMES)
        | table[spare].notna().any(axis=1)
    )
    if (faulty & ~incomplete).any():
        raise DatasetIntegrityError(_where(path, text, int((faulty & ~incomplete).argmax())))
    untimed = ~incomplete & (numbers["timestamp"] == 0)
    usable = ~(incomplete | untimed)
    found = numbers[usable].assign(activity=table.loc[usable, "activity"])
    return found, {
        "records": len(table),
        "records_without_a_field": int(incomplete.sum()),
        "records_without_a_time": int(untimed.sum()),
    }


def _where(path: Path, text: str, faulty: int) -> str:
    """Say in which line the record with number ``faulty`` (from 0) stands."""
    seen = 0
    for number, line in enumerate(text.split("\n"), start=1):
        for record in filter(str.strip, line.split(";")):
            if seen == faulty:
                return (
                    f"{path}, line {number}, has the record {record!r}; a record is user, activity "
                    f"({', '.join(PUBLISHED_NAMES)}), time and three accelerations."
                )
            seen += 1
    raise AssertionError(faulty)


def _session_numbers(users: np.ndarray, seconds: np.ndarray) -> np.ndarray:
    """Number the sessions of each user from 1: another begins where the clock goes back.

    Rows must be sorted by user and otherwise in the order of the file.
    """
    same = users[1:] == users[:-1]
    starts = np.r_[True, ~same | (np.diff(seconds) < -RESTART)]
    session = np.cumsum(starts)
    first = session[np.searchsorted(users, users)]
    return session - first + 1
