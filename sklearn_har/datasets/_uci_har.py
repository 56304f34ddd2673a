"""UCI HAR: windows of thirty people with a phone at the waist, as they were published."""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.constants import g as GRAVITY  # m/s²
from sklearn.utils import Bunch

from .._core._sklearn import StrOptions, validate_params
from ..exceptions import DatasetIntegrityError
from ..windowing import Windows
from ._activities import harmonize_codes
from ._cache import parse_once
from ._dataset import COMMON_PARAMETERS, Dataset
from ._files import Files, in_threads, provide_files, published_checksums
from ._frames import Parsed, Recording
from ._text import positions_in, read_columns

DATASET = Dataset(
    name="uci_har",
    subjects=30,
    activities=6,
    sampling_rate=50.0,
    sensors=("accelerometer", "gyroscope"),
    positions=("waist",),
    size=283_000_000,
    licence=(
        "Creative Commons Attribution 4.0 (UCI Machine Learning Repository); the README.txt of the authors "
        "asks to cite the publication and prohibits commercial use."
    ),
    citation=(
        "Davide Anguita, Alessandro Ghio, Luca Oneto, Xavier Parra, Jorge L. Reyes-Ortiz (2013). A Public "
        "Domain Dataset for Human Activity Recognition Using Smartphones. ESANN 2013, 437-442."
    ),
    address="https://archive.ics.uci.edu/dataset/240/human+activity+recognition+using+smartphones",
)
ARCHIVES = {
    "human+activity+recognition+using+smartphones.zip": (
        "https://archive.ics.uci.edu/static/public/240/human+activity+recognition+using+smartphones.zip"
    )
}
SHARED_NAMES = {
    "walking": "walking",
    "walking_upstairs": "walking_upstairs",
    "walking_downstairs": "walking_downstairs",
    "sitting": "sitting",
    "standing": "standing",
    "laying": "lying",
}
PARTS = ("train", "test")
TEST_SUBJECTS = (2, 4, 9, 10, 12, 13, 18, 20, 24)
N_TIMESTEPS = 128
N_FEATURES = 561
CHANNELS = {
    f"{signal}_{axis}": unit
    for signal, unit in [("body_acc", "m/s²"), ("body_gyro", "rad/s"), ("total_acc", "m/s²")]
    for axis in "xyz"
}
SCALES = np.array([GRAVITY if unit == "m/s²" else 1.0 for unit in CHANNELS.values()])
DESCRIPTION = """Human activity recognition using smartphones (UCI HAR), version 1.0.

30 people, six activities, a Samsung Galaxy S II at the waist: 10,299 windows of 2.56 s (128 samples at
50 Hz, filtered by the authors) of nine channels: total acceleration and what is left of it without
gravity (here in m/s², published in g), and angular rate (rad/s); and a table of 561 features of each window,
scaled to -1 to 1. The authors train with 21 people and test with 9 others.

Windows overlap by half, so windows of one person must not be on both sides of a split. They are the same
people and the same recordings as HAPT: never use one to test what was trained on the other.
"""


@validate_params(
    COMMON_PARAMETERS
    | {
        "subset": [StrOptions({"all", "train", "test"})],
        "form": [StrOptions({"windows", "features"})],
        "sampling_rate": [StrOptions({"nominal"}), None],
    },
    prefer_skip_nested_validation=True,
)
def fetch_uci_har(
    *,
    data_home=None,
    subset="all",
    form="windows",
    download_if_missing=True,
    sampling_rate="nominal",
    harmonize=False,
    return_X_y=False,
):
    """Load UCI HAR: 30 people, 6 activities, a phone at the waist, as windows or as features.

    The files are downloaded once into ``<data_home>/uci_har``, in the layout in which they are
    published, and checked against their published content whenever one of them changed.

    Parameters
    ----------
    data_home : str or path-like, default=None
        The folder of all datasets: if None, that of the environment variable SKLEARN_HAR_DATA, or else
        ``~/sklearn_har_data``.
    subset : {"all", "train", "test"}, default="all"
        The windows of all people, of the 21 with whom the authors train, or of the 9 with whom
        they test. In "all" those of training come first.
    form : {"windows", "features"}, default="windows"
        Windows of the signals, or the authors' table of 561 features of each window.
    download_if_missing : bool, default=True
        If False, a dataset that is not there is an OSError.
    sampling_rate : {"nominal"} or None, default="nominal"
        Both mean 50 Hz: these windows were cut by their authors and are not resampled. The recordings they
        were cut from are those of :func:`fetch_hapt`, at any rate.
    harmonize : bool, default=False
        Whether activities get the names that all datasets share: laying becomes lying.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    windows : Bunch
        data : Windows of shape (10299, 128, 9), or DataFrame of shape (10299, 561)
            Windows carry subjects (1 to 30), runs (windows of one run follow each other and
            overlap by half), the rate of 50 Hz and the names of their channels: body_acc_x, body_acc_y,
            body_acc_z (m/s², without gravity), body_gyro_x, body_gyro_y, body_gyro_z (rad/s), total_acc_x,
            total_acc_y and total_acc_z (m/s²). Published in g; 1 g is 9.80665 m/s². Features are named as
            published, with the axis added where three share a name.
        target : ndarray of str of shape (10299,)
            Activities.
        subjects : ndarray of int of shape (10299,)
            Who was recorded: give it as ``groups`` where features are split.
        train, test : ndarray of int
            Positions of the windows with whose people the authors train and test.
        target_names, sampling_rate, channel_names, channel_units, DESCR, licence, citation
            The activities in published order, the rate in Hz, the names and units of the channels of
            windows, what the data are, how they may be used and what to cite.
        report : dict
            How the files were checked.
    (data, target) : tuple
        If ``return_X_y``.

    Raises
    ------
    OSError
        If the dataset is not there and ``download_if_missing`` is False or the download fails.
    DatasetIntegrityError
        If a file is missing, differs from the published one, or is malformed; the file and the line
        are named.

    References
    ----------
    D. Anguita, A. Ghio, L. Oneto, X. Parra and J. L. Reyes-Ortiz (2013), "A Public Domain Dataset for Human
    Activity Recognition Using Smartphones", ESANN 2013, 437-442.

    Examples
    --------
    >>> from sklearn_har.datasets import fetch_uci_har
    >>> X, y = fetch_uci_har(subset="train", return_X_y=True)  # doctest: +SKIP
    >>> X  # doctest: +SKIP
    <Windows (7352, 128, 9), float64, 50 Hz, 21 subjects>
    """
    files = provide_files(
        DATASET, ARCHIVES, published_checksums(DATASET.name), data_home, download_if_missing
    )
    parsed = parse_once(files, _parse, form=form)
    values, codes = (np.concatenate([run[column] for run in parsed.recordings]) for column in (3, 4))
    lengths = [len(run.codes) for run in parsed.recordings]
    subjects, runs = (np.repeat([run[column] for run in parsed.recordings], lengths) for column in (0, 1))
    trains, names, report = ~np.isin(subjects, TEST_SUBJECTS), parsed.names, parsed.report
    if harmonize:
        codes, names, report["windows_without_shared_activity"] = harmonize_codes(codes, names, SHARED_NAMES)
    kept = np.flatnonzero(trains == (subset == "train")) if subset != "all" else np.arange(len(codes))
    values, codes, subjects, runs, trains = (
        column[kept] for column in (values, codes, subjects, runs, trains)
    )
    if form == "windows":
        carried = {"channel_names": CHANNELS, "sampling_rate": DATASET.sampling_rate}
        data = Windows(values, subjects=subjects, runs=runs, **carried)
    else:
        data = pd.DataFrame(values, columns=_unique_names(_read_names(files.folder / "features.txt")))
    target = np.array(names)[codes]
    if return_X_y:
        return data, target
    return Bunch(
        data=data,
        target=target,
        target_names=names,
        subjects=subjects,
        train=np.flatnonzero(trains),
        test=np.flatnonzero(~trains),
        sampling_rate=DATASET.sampling_rate,
        channel_names=list(CHANNELS),
        channel_units=dict(CHANNELS),
        report=report,
        DESCR=DESCRIPTION,
        licence=DATASET.licence,
        citation=DATASET.citation,
    )


def _parse(files: Files, form: str) -> Parsed:
    """Windows of each run, or features of each person, as recordings whose rows are windows."""
    parts = [_read_part(files.folder, part, form) for part in PARTS]
    values, codes, subjects = map(np.concatenate, zip(*parts, strict=True))
    runs = _runs(values, subjects) if form == "windows" else np.r_[0, np.cumsum(np.diff(subjects) != 0)]
    starts = np.flatnonzero(np.diff(runs)) + 1
    heads = np.r_[0, starts]
    columns = [subjects[heads].tolist(), runs[heads].tolist(), [None] * len(heads)]
    split = [np.split(values, starts), np.split(codes, starts)]
    recordings = [Recording(*part) for part in zip(*columns, *split, strict=True)]
    names = [name.lower() for name in _read_names(files.folder / "activity_labels.txt")]
    return Parsed(recordings, names, {})


def _read_part(folder: Path, part: str, form: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Windows or features, activities from 0 and subjects of "train" or "test"."""
    path = folder / part / f"y_{part}.txt"
    activities = positions_in(range(1, DATASET.activities + 1), read_columns(path, 1)[:, 0], path)
    subjects = read_columns(folder / part / f"subject_{part}.txt", 1)[:, 0].astype(int)
    if form == "windows":
        values = _read_windows(folder, part)
    else:
        values = read_columns(folder / part / f"X_{part}.txt", N_FEATURES)
    if not len(values) == len(activities) == len(subjects):
        raise DatasetIntegrityError(
            f"In {folder / part}, there are {len(values)} windows but {len(activities)} activities in "
            f"y_{part}.txt and {len(subjects)} people in subject_{part}.txt."
        )
    return values, activities, subjects


def _read_windows(folder: Path, part: str) -> np.ndarray:
    """Windows of "train" or "test" in m/s² and rad/s, of shape (n_windows, 128, 9)."""
    paths = [folder / part / "Inertial Signals" / f"{channel}_{part}.txt" for channel in CHANNELS]
    signals = in_threads(lambda path: read_columns(path, N_TIMESTEPS), paths)
    lengths = {path.name: len(signal) for path, signal in zip(paths, signals, strict=True)}
    if len(set(lengths.values())) > 1:
        raise DatasetIntegrityError(f"The files of {paths[0].parent} differ in their lines: {lengths}.")
    return np.stack(signals, axis=2) * SCALES


def _read_names(path: Path) -> list[str]:
    """What follows the number in each line."""
    lines = path.read_text("ascii").split("\n")
    return [line.split(maxsplit=1)[1].strip() for line in lines if line.strip()]


def _unique_names(names: list[str]) -> list[str]:
    """Add the axis to names that three features share: the energies of bands, published x first, z last."""
    published = pd.Series(names)
    axes = published.groupby(published).cumcount().map(dict(enumerate(["-X", "-Y", "-Z"])))
    return published.where(~published.duplicated(keep=False), published + axes).to_list()


def _runs(windows: np.ndarray, subjects: np.ndarray) -> np.ndarray:
    """Number the stretches in which each window begins with the second half of the one before."""
    half, total_acc = N_TIMESTEPS // 2, windows[:, :, 6:]
    follows = (total_acc[1:, :half] == total_acc[:-1, half:]).all(axis=(1, 2))
    return np.r_[0, np.cumsum(~(follows & (subjects[1:] == subjects[:-1])))]
