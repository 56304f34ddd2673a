"""Where published datasets are kept, how they get there, and whether they are what was published.

A dataset is a folder of the data home that holds the published files, and a packaged list of the
SHA-256 of each. Archives are fetched and unpacked beside that folder, which appears only once it is whole.
"""

import hashlib
import os
import shutil
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pooch

from ..exceptions import DatasetIntegrityError

DATA_HOME_VARIABLE = "SKLEARN_HAR_DATA"
CHUNK_BYTES = 1 << 16
NAMED_IN_ERRORS = 5
# pandas reads every number to its last digit since 3.1, where the option is deprecated; before, only so
EXACT: dict[str, Any] = (
    {} if tuple(map(int, pd.__version__.split(".")[:2])) >= (3, 1) else {"float_precision": "round_trip"}
)


def get_data_home(data_home=None) -> Path:
    """Find the folder of all datasets: the one given, that of SKLEARN_HAR_DATA, or ~/sklearn_har_data."""
    if data_home is None:
        data_home = os.environ.get(DATA_HOME_VARIABLE) or Path("~", "sklearn_har_data")
    return Path(data_home).expanduser()


def published_checksums(name: str) -> dict[str, str]:
    """Read the packaged list of a dataset's files: their paths in its folder, and their SHA-256."""
    text = files("sklearn_har.datasets").joinpath("checksums", f"{name}.txt").read_text("utf-8")
    return dict(line.rsplit(" ", 1) for line in text.splitlines())


def provide_files(
    name: str, url: str, checksums: dict[str, str], data_home, download_if_missing: bool
) -> Path:
    """Make sure that the published files of a dataset are there and unaltered; return their folder.

    Raises
    ------
    OSError
        If the dataset is not there and may not or cannot be downloaded.
    DatasetIntegrityError
        If a file is missing or altered, there or in the archive.
    """
    home = get_data_home(data_home)
    folder = home / name
    if not folder.is_dir() or not any(folder.iterdir()):
        archive = home / f"{name}.zip"
        if not archive.is_file() and not download_if_missing:
            raise OSError(
                f"The dataset {name!r} is not in {folder} and download_if_missing is False. Call with "
                f"download_if_missing=True, or {_by_hand(url, archive, folder)}."
            )
        _install(url, archive, folder, checksums)
    remedy = f"Delete the folder {folder} to have the dataset downloaded again."
    _check_files(folder, checksums, str(folder), remedy)
    return folder


def _by_hand(url: str, archive: Path, folder: Path) -> str:
    return f"get {url} by other means and save it as {archive}, or unpack it into {folder}"


def _install(url: str, archive: Path, folder: Path, checksums: dict[str, str]) -> None:
    """Unpack an archive, one put there by hand or else downloaded, into a folder that is not there yet."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as scratch:
        unpacked = Path(scratch, folder.name)
        if archive.is_file():
            source, place, remedy = archive, str(archive), f"Delete {archive} to have it downloaded."
        else:
            source, place = Path(scratch, archive.name), url
            remedy = f"Try again later, or {_by_hand(url, archive, folder)}."
            _download(url, source, remedy)
        _unpack(source, place, unpacked, checksums, remedy)
        _check_files(unpacked, checksums, place, remedy)
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
        try:
            unpacked.rename(folder)
        except OSError:
            if not folder.is_dir():  # else another process was faster, and its files are as good
                raise


def _download(url: str, path: Path, remedy: str) -> None:
    fetch = pooch.HTTPDownloader(progressbar=sys.stderr.isatty(), chunk_size=CHUNK_BYTES)
    try:
        fetch(url, str(path), None)
    except OSError as error:  # every error of requests is one
        raise OSError(f"The download of {url} failed ({error}). {remedy}") from error


def _unpack(archive: Path, place: str, folder: Path, wanted: Collection[str], remedy: str) -> None:
    """Copy the wanted files of a zip archive to their places in a folder.

    Only the wanted paths are ever written, as regular files: where the archive itself would put a
    member does not matter. What it does not hold stays missing.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            _copy_members(opened, folder, wanted)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise DatasetIntegrityError(f"{place} is not a whole zip archive ({error}). {remedy}") from error


def _copy_members(opened: zipfile.ZipFile, folder: Path, wanted: Collection[str]) -> None:
    """Copy wanted members; they may all lie in one folder of the archive, or in an archive inside it."""
    members = {member.filename: member for member in opened.infolist() if not member.is_dir()}
    anchor = max(wanted, key=len)
    tops = [name.removesuffix(anchor) for name in members if f"/{name}".endswith(f"/{anchor}")]
    inner = [name for name in members if name.endswith(".zip")]
    if not tops and len(inner) == 1:
        with opened.open(inner[0]) as nested, zipfile.ZipFile(nested) as nested_opened:
            _copy_members(nested_opened, folder, wanted)
        return
    top = min(tops, key=len, default="")
    for path in wanted:
        if top + path in members:
            target = folder.joinpath(*PurePosixPath(path).parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            with opened.open(members[top + path]) as source, open(target, "wb") as copy:
                shutil.copyfileobj(source, copy, CHUNK_BYTES)


def _check_files(folder: Path, checksums: dict[str, str], place: str, remedy: str) -> None:
    """Refuse a folder in which a published file is missing or is not the published one."""
    missing = [path for path in checksums if not (folder / path).is_file()]
    if missing:
        raise DatasetIntegrityError(
            f"{place} lacks {len(missing)} of the {len(checksums)} published files: {_names(missing)}. "
            f"{remedy}"
        )
    found = in_threads(lambda path: _sha256(folder / path), checksums)
    altered = [path for path, sha256 in zip(checksums, found, strict=True) if sha256 != checksums[path]]
    if altered:
        raise DatasetIntegrityError(
            f"In {place}, {len(altered)} of the {len(checksums)} files differ from the published ones "
            f"(by their SHA-256): {_names(altered)}. {remedy}"
        )


def _names(paths: list[str]) -> str:
    more = len(paths) - NAMED_IN_ERRORS
    return ", ".join(paths[:NAMED_IN_ERRORS]) + (f" and {more} more" if more > 0 else "")


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def in_threads(function: Callable, items: Iterable) -> list:
    """Call a function that leaves Python's lock alone for every item, on all cores there are."""
    with ThreadPoolExecutor(joblib.cpu_count()) as threads:
        return list(threads.map(function, items))


def read_numbers(path: Path, dtype: Any = np.float64) -> np.ndarray:
    """Read a text file of numbers between spaces, each to its last digit."""
    return pd.read_csv(path, sep=" ", header=None, dtype=dtype, **EXACT).to_numpy()
