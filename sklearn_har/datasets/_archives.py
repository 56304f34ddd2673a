"""Safe unpacking of zip and tar archives, and of archives inside them.

Only wanted files are written, as regular files with the paths they have in the archive. A wanted path that
leads outside, a link in place of a wanted file, and more bytes than a bound are errors.
"""

import gzip
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from ..exceptions import DatasetIntegrityError

ARCHIVE_SUFFIXES = (".zip", ".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tar.xz")
CHUNK_BYTES = 1 << 20
LINK = 0o12  # the kind of file in the high bits of Unix permissions
DEEPEST = 4  # archives inside archives
BROKEN = (
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    RuntimeError,  # a password is asked for
    NotImplementedError,  # an unknown method of compression
)


class Member(NamedTuple):
    """A file or link of an archive."""

    path: str
    is_file: bool
    open: Callable[[], IO[bytes]]


class Room:
    """The bytes that may still be written."""

    def __init__(self, n_bytes: int):
        self.n_bytes = n_bytes

    def copy(self, source: IO[bytes], target: IO[bytes]) -> None:
        """Copy a whole file, counting what really comes and not what the archive says."""
        while chunk := source.read(CHUNK_BYTES):
            self.n_bytes -= len(chunk)
            if self.n_bytes < 0:
                raise DatasetIntegrityError("it holds more bytes than the dataset has")
            target.write(chunk)


def is_archive(path: str) -> bool:
    """Whether a file is an archive by its name."""
    return path.lower().endswith(ARCHIVE_SUFFIXES)


def unpack(archive: Path, folder: Path, is_wanted: Callable[[str], bool], room: Room, depth: int = 0) -> None:
    """Copy the wanted files of an archive into a folder; what an archive inside it holds, beside that.

    An archive inside that is itself wanted stays an archive.

    Raises
    ------
    DatasetIntegrityError
        With a message that begins in lower case and says what is wrong with the archive.
    """
    try:
        with _opened(archive) as members:
            for member in members:
                if is_wanted(member.path) and not member.path.startswith("__MACOSX/"):
                    target = _place(folder, member)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with member.open() as source, open(target, "xb") as copy:
                        room.copy(source, copy)
                elif is_archive(member.path):
                    _unpack_inner(member, archive, folder, is_wanted, room, depth)
    except FileExistsError as error:
        raise DatasetIntegrityError(f"it holds {Path(error.filename).name} twice") from error
    except BROKEN as error:
        raise DatasetIntegrityError(f"it is not a whole archive: {error}") from error


def _unpack_inner(member: Member, archive: Path, folder: Path, is_wanted, room: Room, depth: int) -> None:
    if not member.is_file or depth == DEEPEST:
        return
    beside = _place(folder, member).parent.relative_to(folder)
    inner = archive.with_name(f".{depth}-{PurePosixPath(member.path).name}")
    try:
        with member.open() as source, open(inner, "wb") as copy:
            room.copy(source, copy)
        prefix = "" if beside == Path(".") else f"{beside.as_posix()}/"
        unpack(inner, folder / beside, lambda path: is_wanted(prefix + path), room, depth + 1)
    finally:
        inner.unlink(missing_ok=True)


def _place(folder: Path, member: Member) -> Path:
    """Where a wanted member goes, if that is inside the folder and it is a file."""
    path = PurePosixPath(member.path)
    unsafe = path.is_absolute() or ".." in path.parts or any(sign in member.path for sign in "\\:\0")
    if unsafe:
        raise DatasetIntegrityError(f"its member {member.path!r} would be written outside of the folder")
    if not member.is_file:
        raise DatasetIntegrityError(f"its member {member.path!r} is a link or a device, not a file")
    return folder.joinpath(*path.parts)


def _extract(archive: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    opened = archive.extractfile(info)
    if opened is None:
        raise DatasetIntegrityError(f"its member {info.name!r} is not a file")
    return opened


@contextmanager
def _opened(path: Path) -> Iterator[Iterator[Member]]:
    """The members of a zip or tar archive, while it is open."""
    if path.name.lower().endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            yield _zip_members(archive)
    else:
        with tarfile.open(path) as archive:
            yield _tar_members(archive)


def _zip_members(archive: zipfile.ZipFile) -> Iterator[Member]:
    for info in archive.infolist():
        if not info.is_dir():
            is_link = (info.external_attr >> 28) == LINK
            yield Member(info.filename, not is_link, partial(archive.open, info))


def _tar_members(archive: tarfile.TarFile) -> Iterator[Member]:
    for info in archive:
        if not info.isdir():
            yield Member(info.name.removeprefix("./"), info.isreg(), partial(_extract, archive, info))
