"""Parsed datasets, kept as columns.

An entry is a folder of NumPy arrays, beside the datasets or, where nothing can be written there, in the
user's cache folder. Its key holds the version of the library and of the loader's code, the options, and
of every file its path, size, time of change and published checksum. Files whose size and time of
change are those of the last time are trusted; all others are checked and parsed again.
"""

import hashlib
import inspect
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pooch

from .. import __version__
from ..exceptions import DatasetIntegrityError
from ._files import Files
from ._frames import Parsed, Recording

FOLDER = ".sklearn_har_cache"
FORMAT = 1


def parse_once(
    files: Files, parse: Callable[..., Parsed], *, loader: str | None = None, checks: bool = False, **options
) -> Parsed:
    """Parse the files of a dataset, or take what parsing gave the last time.

    Parameters
    ----------
    files : Files
    parse : callable
        ``parse(files, **options)`` gives Parsed.
    loader : str, default=None
        The module of the loader, whose change parses anew; that of ``parse`` if None.
    checks : bool, default=False
        Whether ``parse`` checks the files itself, as it does where it makes one of what it parses once.
    **options
        What else the result depends on: strings, numbers, booleans or None.

    Raises
    ------
    DatasetIntegrityError
        If a file changed and is not the published one, or is malformed.
    """
    loader = loader or parse.__module__
    tag = "-".join([loader.rsplit("._", 1)[-1], *(f"{key}={options[key]}" for key in sorted(options))])
    entry = f"{tag}-{_key(files, loader)}"
    places = [files.home / FOLDER, Path(pooch.os_cache("sklearn-har"))]
    for place in places:
        parsed = _load(place / files.name / entry)
        if parsed is not None:
            return parsed
    fixity = {} if checks else {"fixity": _check(files, parse, options)}
    parsed = parse(files, **options)
    report = json.loads(json.dumps(fixity | parsed.report, default=_plain))
    parsed = parsed._replace(report=report)
    writable = places if os.access(files.home, os.W_OK) else places[1:]
    any(_store(parsed, place / files.name, tag, entry) for place in writable)
    return parsed


def _check(files: Files, parse: Callable[..., Parsed], options: Mapping[str, Any]) -> str:
    """Refuse altered files as `Files.check` does, and say in which line one is malformed, if so."""
    try:
        return files.check()
    except DatasetIntegrityError as altered:
        try:
            parse(files, **options)
        except DatasetIntegrityError as malformed:
            raise DatasetIntegrityError(f"{altered} What is wrong: {malformed}") from altered
        except Exception:
            pass  # no loader is made for what such a file may hold, and what differs is known
        raise


def _key(files: Files, loader: str) -> str:
    stats = [(path, os.stat(files.folder / path)) for path in files.paths]
    content = [
        FORMAT,
        __version__,
        inspect.getsource(sys.modules[loader]),
        str(files.folder.resolve()),
        [(path, stat.st_size, stat.st_mtime_ns, files.checksums.get(path)) for path, stat in stats],
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:20]


def _load(entry: Path) -> Parsed | None:
    """Read an entry; None where there is none, or another process has just replaced it."""
    try:
        about = json.loads((entry / "about.json").read_text("utf-8"))
        values, codes = np.load(entry / "values.npy"), np.load(entry / "codes.npy")
        times = np.load(entry / "time.npy") if about["has_time"] else None
    except (OSError, ValueError, EOFError):
        return None
    bounds = np.cumsum(about["lengths"])[:-1]
    columns = [np.split(values, bounds), np.split(codes, bounds)]
    n_recordings = len(about["lengths"])
    split_times = [None] * n_recordings if times is None else np.split(times, bounds)
    parts = zip(about["subjects"], about["recordings"], split_times, *columns, strict=True)
    return Parsed([Recording(*part) for part in parts], about["names"], about["report"])


def _store(parsed: Parsed, folder: Path, tag: str, entry: str) -> bool:
    """Write an entry that appears at once, in place of those of earlier files; say whether there was room."""
    columns = {
        "values": [part.values for part in parsed.recordings],
        "codes": [part.codes for part in parsed.recordings],
        "time": [part.time for part in parsed.recordings if part.time is not None],
    }
    about = {
        "lengths": [len(values) for values in columns["values"]],
        "subjects": [part.subject for part in parsed.recordings],
        "recordings": [part.recording for part in parsed.recordings],
        "has_time": bool(columns["time"]),
        "names": parsed.names,
        "report": parsed.report,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".", dir=folder, ignore_cleanup_errors=True) as scratch:
            made = Path(scratch, entry)
            made.mkdir()
            for name, parts in columns.items():
                if parts:
                    np.save(made / f"{name}.npy", np.concatenate(parts))
            (made / "about.json").write_text(json.dumps(about, default=_plain), "utf-8")
            for old in folder.glob(f"{tag}-????????????????????"):
                shutil.rmtree(old, ignore_errors=True)
            made.rename(folder / entry)
    except OSError:
        return False  # the cache saves time and nothing else
    return True


def _plain(value):
    """NumPy's numbers as Python's."""
    return value.item()
