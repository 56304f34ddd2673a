"""Where published datasets are kept, how they get there, and whether they are what was published.

A dataset is a folder of the data home that holds the published files. Its archives are fetched and unpacked
beside that folder, which appears only once it is whole.
"""

import errno
import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path, PurePosixPath

import joblib
import pooch

from ..exceptions import DatasetIntegrityError
from ._archives import ARCHIVE_SUFFIXES, Room, is_archive, unpack
from ._dataset import Dataset

DATA_HOME_VARIABLE = "SKLEARN_HAR_DATA"
CHUNK_BYTES = 1 << 16
NAMED_IN_ERRORS = 5
MOST_TIMES_THE_SIZE = 4
NOT_WRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT)
ALWAYS_ALLOWED = 1 << 28  # bytes, beyond a multiple of the size
Wanted = Mapping[str, str] | Sequence[str]


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a dataset on disk.

    Attributes
    ----------
    name : str
        That of the dataset.
    folder : Path
        What ``paths`` are relative to.
    paths : tuple of str
        The files that are there, sorted.
    missing : tuple of str
        Wanted paths or patterns of which nothing is there.
    checksums : dict of str to str
        Published checksums of paths; empty where none are known.
    home : Path
        The folder of all datasets.
    """

    name: str
    folder: Path
    paths: tuple[str, ...]
    missing: tuple[str, ...]
    checksums: Mapping[str, str]
    home: Path

    def matching(self, pattern: str) -> list[str]:
        """The paths that end as a pattern such as ``"raw/*.txt"``; * stays within a folder's name."""
        return [path for path in self.paths if PurePosixPath(path).match(pattern)]

    def check(self) -> str:
        """Refuse files that are not the published ones, or not those that came first; say which it was."""
        remedy = f"Delete the folder {self.home / self.name} to have the dataset downloaded again."
        if self.checksums:
            _check_content(self, self.checksums, "the published ones", str(self.folder), remedy)
            return "All files are those that were published (checksums)."
        return _compare_with_record(self)


def get_data_home(data_home=None) -> Path:
    """Find the folder of all datasets: the one given, that of SKLEARN_HAR_DATA, or ~/sklearn_har_data."""
    if data_home is None:
        data_home = os.environ.get(DATA_HOME_VARIABLE) or Path("~", "sklearn_har_data")
    return Path(data_home).expanduser()


def published_checksums(name: str) -> dict[str, str]:
    """Read the packaged list of a dataset's files: their paths, and the SHA-256 or git blob hash of each."""
    text = files("sklearn_har.datasets").joinpath("checksums", f"{name}.txt").read_text("utf-8")
    return dict(line.rsplit(" ", 1) for line in text.splitlines())


def provide_files(
    dataset: Dataset,
    archives: Mapping[str, str],
    wanted: Wanted,
    data_home,
    download_if_missing: bool,
    *,
    partial: bool = False,
) -> Files:
    """Make sure that the published files of a dataset are there; say where.

    Files in the folder are found by name; `Files.check` looks into them.

    Parameters
    ----------
    dataset : Dataset
    archives : mapping of str to str
        Where each published archive or loose file is downloaded from, by its file name. A path
        such as ``"watch/data.zip"`` is unpacked into that subfolder.
    wanted : mapping of str to str, or sequence of str
        Paths and their checksums or, where none are published, paths in which * stands for a part of one
        name. They may lie in a folder of the archive or in an archive inside it; folders stay as they are.
    data_home : path-like or None
    download_if_missing : bool
    partial : bool, default=False
        Whether a folder put there by hand may lack some files. What is downloaded is whole.

    Raises
    ------
    OSError
        If the dataset is not there and may not or cannot be downloaded.
    DatasetIntegrityError
        If a file is missing, or in the archive altered.
    """
    home = get_data_home(data_home)
    folder = home / dataset.name
    put_there = {key: _archive_put_there(home, dataset.name, key, len(archives)) for key in archives}
    if not _has_files(folder, set(put_there.values())):
        lacking = [key for key, path in put_there.items() if path is None]
        if lacking and not download_if_missing:
            raise OSError(
                f"The dataset {dataset.name!r} is not in {folder} and download_if_missing is False. Call "
                f"with download_if_missing=True, or {_by_hand(archives, lacking, folder)}."
            )
        try:
            _install(dataset, archives, put_there, wanted, folder)
        except OSError as error:
            if error.errno not in NOT_WRITABLE:
                raise
            raise OSError(
                f"{error.strerror}: {folder} cannot be written. Give data_home or set {DATA_HOME_VARIABLE} "
                "to a folder that can be, or free some space there."
            ) from error
    found = _find(dataset.name, folder, wanted, home)
    remedy = f"Delete the folder {folder} to have the dataset downloaded again."
    _check_complete(found, wanted, str(folder), remedy, partial)
    return found


def _archive_put_there(home: Path, name: str, key: str, n_archives: int) -> Path | None:
    """The archive that somebody put beside or into the folder of the dataset, if so."""
    suffix = next((suffix for suffix in ARCHIVE_SUFFIXES if key.lower().endswith(suffix)), "")
    places = [home / name / key, home / PurePosixPath(key).name]
    if n_archives == 1:
        places.append(home / f"{name}{suffix}")
    return next((place for place in places if place.is_file()), None) if suffix else None


def _has_files(folder: Path, archives: set) -> bool:
    """Whether a folder holds a file that is not one of the archives."""
    return folder.is_dir() and any(
        Path(parent, name) not in archives for parent, _, names in os.walk(folder) for name in names
    )


def _by_hand(archives: Mapping[str, str], lacking: list[str], folder: Path) -> str:
    which = " and ".join(f"{archives[key]} as {folder / key}" for key in lacking)
    return f"get by other means and save {which}, or unpack it into {folder}"


def _install(dataset: Dataset, archives, put_there, wanted: Wanted, folder: Path) -> None:
    """Unpack archives, put there by hand or else downloaded, into a folder that is not there yet."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    room = Room(MOST_TIMES_THE_SIZE * dataset.size + ALWAYS_ALLOWED)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as scratch:
        unpacked = Path(scratch, folder.name)
        places, remedies = [], []
        for key, url in archives.items():
            source, remedy = put_there[key], f"Try again later, or {_by_hand(archives, [key], folder)}."
            if source is not None:
                remedy = f"Delete {source} to have it downloaded."
            else:
                source = Path(scratch, "download", PurePosixPath(key).name)
                source.parent.mkdir(exist_ok=True)
                _download(url, source, remedy)
            places.append(str(put_there[key] or url))
            remedies.append(remedy)
            _put(source, places[-1], unpacked, key, wanted, room, remedy)
        place, remedy = " and ".join(places), " ".join(dict.fromkeys(remedies))
        found = _find(dataset.name, unpacked, wanted, folder.parent)
        _check_complete(found, wanted, place, remedy, partial=False)
        _check_content(found, found.checksums, "the published ones", place, remedy)
        _move_into_place(unpacked, folder, [path for path in put_there.values() if path], Path(scratch))


def _put(source: Path, place: str, unpacked: Path, key: str, wanted: Wanted, room: Room, remedy: str) -> None:
    """Unpack an archive, or copy a loose file."""
    target = unpacked / key
    target.parent.mkdir(parents=True, exist_ok=True)
    if not is_archive(key):
        shutil.copyfile(source, target)
        return
    prefix = key[: -len(PurePosixPath(key).name)]
    try:
        unpack(source, target.parent, lambda path: _ending(prefix + path, wanted) is not None, room)
    except DatasetIntegrityError as error:
        raise DatasetIntegrityError(f"{place} cannot be used: {error}. {remedy}") from error


def _move_into_place(unpacked: Path, folder: Path, archives: list[Path], scratch: Path) -> None:
    """Let a whole dataset appear at once; archives that lie in its folder stay there."""
    aside = None
    if folder.is_dir():
        inside = [path for path in archives if folder in path.parents]
        for path in inside:
            target = unpacked / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
        if not _has_files(folder, set(inside)):
            aside = scratch / "aside"
            folder.rename(aside)
    try:
        unpacked.rename(folder)
    except OSError:
        if not folder.is_dir():  # else another process was faster, and its files are as good
            if aside is not None:
                aside.rename(folder)
            raise


def _download(url: str, path: Path, remedy: str) -> None:
    fetch = pooch.HTTPDownloader(progressbar=sys.stderr.isatty(), chunk_size=CHUNK_BYTES)
    try:
        fetch(url, str(path), None)
    except OSError as error:  # every error of requests is one, without a number
        if error.errno in NOT_WRITABLE:
            raise
        raise OSError(f"The download of {url} failed ({error}). {remedy}") from error


def _ending(path: str, wanted: Wanted) -> tuple[str, str] | None:
    """The longest wanted path or pattern that a path ends with, and that end of the path."""
    parts = path.split("/")
    ends = ["/".join(parts[start:]) for start in range(len(parts))]
    if isinstance(wanted, Mapping):
        return next(((end, end) for end in ends if end in wanted), None)
    for pattern in sorted(wanted, key=lambda pattern: -pattern.count("/")):
        if PurePosixPath(path).match(pattern):
            return pattern, ends[-1 - pattern.count("/")]
    return None


def _find(name: str, folder: Path, wanted: Wanted, home: Path) -> Files:
    """Find the wanted files: in the folder, or in that folder inside it which has most of them."""
    by_root: dict[str, dict[str, str]] = {}
    for parent, _, names in os.walk(folder):
        inside = Path(parent).relative_to(folder).as_posix()
        for file in names:
            path = file if inside == "." else f"{inside}/{file}"
            ending = _ending(path, wanted)
            if ending is not None:
                by_root.setdefault(path.removesuffix(ending[1]), {})[ending[1]] = ending[0]
    counts = Counter({root: len(found) for root, found in by_root.items()})
    root = max(counts, key=lambda root: (counts[root], -len(root)), default="")
    there = by_root.get(root, {})
    missing = tuple(path for path in wanted if path not in set(there.values()))
    checksums = {path: wanted[path] for path in sorted(there)} if isinstance(wanted, Mapping) else {}
    return Files(name, folder / root, tuple(sorted(there)), missing, checksums, home)


def _check_complete(found: Files, wanted: Wanted, place: str, remedy: str, partial: bool) -> None:
    if found.missing and not (partial and found.paths):
        raise DatasetIntegrityError(
            f"{place} lacks {len(found.missing)} of the {len(wanted)} published files: "
            f"{_names(found.missing)}. {remedy}"
        )


def _check_content(found: Files, checksums: Mapping[str, str], others: str, place: str, remedy: str) -> None:
    """Refuse files whose content has another checksum."""
    known = [path for path in found.paths if path in checksums]
    same = in_threads(lambda path: _has_checksum(found.folder / path, checksums[path]), known)
    altered = [path for path, is_same in zip(known, same, strict=True) if not is_same]
    if altered:
        raise DatasetIntegrityError(
            f"In {place}, {len(altered)} of the {len(known)} files differ from {others} "
            f"(by their checksums): {_names(altered)}. {remedy}"
        )


def _compare_with_record(found: Files) -> str:
    """Compare files with what came first, and record those that are new."""
    name = f"{found.name}.files.json"
    places = [folder / name for folder in (found.home, Path(pooch.os_cache("sklearn-har")))]
    place = next((place for place in places if place.is_file()), None)
    recorded = json.loads(place.read_text("utf-8")) if place else {}
    remedy = f"If the new ones are right, delete {place}, which records the first."
    _check_content(found, recorded, "those that came first", str(found.folder), remedy)
    new = [path for path in found.paths if path not in recorded]
    if new:
        hashes = in_threads(lambda path: _sha256(found.folder / path), new)
        text = json.dumps(recorded | dict(zip(new, hashes, strict=True)), indent=1, sort_keys=True)
        try:
            place = _write_where_possible([place] if place else places, text)
        except OSError as error:
            return f"No published checksums are known, and what came first could not be recorded ({error})."
    return (
        "No published checksums are known. The files are compared with what came first, which is recorded "
        f"in {place}."
    )


def _write_where_possible(places: Sequence[Path], text: str) -> Path:
    """Write a whole file at the first of several places that can be written."""
    place = next((place for place in places[:-1] if os.access(place.parent, os.W_OK)), places[-1])
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".", dir=place.parent, ignore_cleanup_errors=True) as scratch:
        part = Path(scratch, place.name)
        part.write_text(text, "utf-8")
        part.replace(place)
    return place


def _names(paths: Sequence[str]) -> str:
    more = len(paths) - NAMED_IN_ERRORS
    return ", ".join(paths[:NAMED_IN_ERRORS]) + (f" and {more} more" if more > 0 else "")


def _has_checksum(path: Path, checksum: str) -> bool:
    """Whether a file has a SHA-256, of 64 digits, or a git blob hash, of 40."""
    if len(checksum) == 64:
        return _sha256(path) == checksum
    content = path.read_bytes()  # git may have stored other ends of lines than were published
    return checksum in (_git_blob(content), _git_blob(content.replace(b"\r\n", b"\n")))


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _git_blob(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def in_threads(function: Callable, items: Iterable) -> list:
    """Call a function that leaves Python's lock alone for every item, on all cores there are."""
    with ThreadPoolExecutor(joblib.cpu_count()) as threads:
        return list(threads.map(function, items))
