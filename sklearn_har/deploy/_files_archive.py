"""The zip that holds a model: three entries, written at once or not at all, and not believed when read.

Two of the entries are JSON and small by decree; the third holds all arrays and is not compressed. So what
is read is never larger than the file and two limits, whatever the file says of itself. The last bytes of
the file are the sha256 of all others.
"""

import contextlib
import hashlib
import io
import json
import os
import zipfile
from pathlib import Path
from typing import NamedTuple

from ..exceptions import ModelFileError

FORMAT = 1
MANIFEST, MODEL, ARRAYS = "manifest.json", "model.json", "arrays.safetensors"
KINDS = {MANIFEST: zipfile.ZIP_DEFLATED, MODEL: zipfile.ZIP_DEFLATED, ARRAYS: zipfile.ZIP_STORED}
LARGEST_JSON = {MANIFEST: 2**20, MODEL: 2**24}  # bytes, decompressed
MOST_VALUES = 2**21  # of an entry of JSON
MADE_BY = b"sklearn-har model "
ZIP_START = b"PK\x03\x04"
DIGEST = 64  # hexadecimal digits of a sha256
DATE = (1980, 1, 1, 0, 0, 0)  # the same model makes the same file


class Parts(NamedTuple):
    """What is in a file: what it says of itself, the model's structure, and its arrays as safetensors."""

    manifest: dict
    model: dict
    arrays: bytes


def packed(parts: Parts) -> bytes:
    """Bytes of the file."""
    model = json_of(parts.model)
    n_values = most_values(model)
    if len(model) > LARGEST_JSON[MODEL] or n_values > MOST_VALUES:
        raise ModelFileError(
            f"The structure of the model takes {len(model):,} bytes and {n_values:,} values, and "
            f"{LARGEST_JSON[MODEL]:,} and {MOST_VALUES:,} are the most that a file may hold beside arrays. "
            "Large lists or tables of text are in it: leave them out, or fit fewer trees."
        )
    entries = {MODEL: model, ARRAYS: parts.arrays}
    described = {
        name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in entries.items()
    }
    manifest = json.dumps(parts.manifest | {"entries": described}, indent=1, allow_nan=False).encode()
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, content in ({MANIFEST: manifest} | entries).items():
            archive.writestr(zipfile.ZipInfo(name, DATE), content, compress_type=KINDS[name])
        archive.comment = MADE_BY + bytes(DIGEST)
    content = whole.getvalue()[:-DIGEST]
    return content + hashlib.sha256(content).hexdigest().encode()


def unpacked(content: bytes) -> Parts:
    """Parts of a file, whose sizes and sums are as they should be."""
    if not content.startswith(ZIP_START):
        raise ModelFileError(
            "It is not a model file of save: it does not begin as a zip does. ONNX files are read by "
            "OnnxRecognizer."
        )
    rest, digest = memoryview(content)[:-DIGEST], content[-DIGEST:]
    if rest[-len(MADE_BY) :] != MADE_BY:
        raise ModelFileError("It is not a model file, or it was cut short: its last bytes are missing.")
    if hashlib.sha256(rest).hexdigest().encode() != digest:
        raise ModelFileError("It is damaged: its bytes are not those that were saved.")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        names = [entry.filename for entry in entries]
        if names.count(MANIFEST) == 1:  # a later format may have other entries
            manifest = parsed(_content(archive, entries[names.index(MANIFEST)], len(content)), MANIFEST)
            _check_format(manifest.get("format"))
        if sorted(names) != sorted([MANIFEST, MODEL, ARRAYS]):
            raise ModelFileError(f"It holds {names[:5]}, and not {[MANIFEST, MODEL, ARRAYS]} once each.")
        of_name = {entry.filename: _content(archive, entry, len(content)) for entry in entries}
    described = manifest.get("entries")
    for name in (MODEL, ARRAYS):
        expected = described.get(name) if isinstance(described, dict) else None
        found = {"size": len(of_name[name]), "sha256": hashlib.sha256(of_name[name]).hexdigest()}
        if found != expected:
            raise ModelFileError(f"Its {name} is not the one that {MANIFEST} describes.")
    return Parts(manifest, parsed(of_name[MODEL], MODEL), of_name[ARRAYS])


def _check_format(made_by) -> None:
    if type(made_by) is not int or not 1 <= made_by <= FORMAT:
        raise ModelFileError(
            f"It is of format {repr(made_by)[:20]}, and this release reads up to {FORMAT}: install a later "
            "sklearn-har."
        )


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, n_bytes: int) -> bytes:
    """Content of one entry: at most as large as it may be, whatever it claims or expands to."""
    largest = LARGEST_JSON.get(entry.filename, n_bytes)
    if entry.compress_type != KINDS[entry.filename]:  # others ask for memory before they are read
        raise ModelFileError(f"Its {entry.filename} is not compressed as this library does it.")
    claims = max(entry.file_size, entry.compress_size)
    if claims > largest:
        raise ModelFileError(f"Its {entry.filename} claims {claims:,} bytes, and {largest:,} is the most.")
    with archive.open(entry) as opened:
        content = opened.read(largest + 1)  # with a size zipfile decompresses no more than that
    if len(content) != entry.file_size:
        raise ModelFileError(
            f"Its {entry.filename} has {len(content):,} bytes and claims {entry.file_size:,}."
        )
    return content


def json_of(value) -> bytes:
    """JSON without spaces; strict, so without NaN and infinity."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()


def parsed(content: bytes, name: str) -> dict:
    """Object of an entry of JSON: no key twice, and no numbers that JSON does not know."""
    if most_values(content) > MOST_VALUES:
        raise ModelFileError(f"Its {name} holds more than {MOST_VALUES:,} values.")
    value = json.loads(content, parse_constant=_refuse_constant, object_pairs_hook=_without_repeats)
    if not isinstance(value, dict):
        raise ModelFileError(f"Its {name} holds no object, but a {type(value).__name__}.")
    return value


def most_values(content: bytes) -> int:
    """Count what separates values of JSON: they take a hundred times the memory of their bytes."""
    return sum(map(content.count, (b",", b"[", b"{")))


def _refuse_constant(name: str):
    raise ModelFileError(f"It holds the number {name}, which JSON does not know.")


def _without_repeats(pairs: list) -> dict:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ModelFileError("It holds an object with one key twice.")
    return found


def write_at_once(path: Path, content: bytes) -> None:
    """Write a file so that whoever reads sees what was there before or all of this."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with open(part, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        os.replace(part, path)
    except BaseException:  # an interrupt may come while the file is written
        with contextlib.suppress(OSError):
            part.unlink()
        raise
