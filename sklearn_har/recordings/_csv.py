"""One file as written by people and phones, read so that each row still knows its line."""

import csv
import io
import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from ._cells import Table, others

SEPARATORS = ",;\t|"
NEWLINE = 10
QUOTE = 34
ZERO = b"\0"
SPACE = 32
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
MINUS = "\N{MINUS SIGN}".encode()  # some phones write it for the hyphen that numbers have
HEADER_BYTES = 65_536
LINES_TO_JUDGE = 50  # of which the decimal mark is told


class _Layout(NamedTuple):
    header_line: int  # from 0
    data_start: int  # the byte after the header
    names: list[str]
    separator: str
    decimal: str


def read_csv(
    path, separator: str | None = None, decimal: str | None = None, exact: Collection[str] = ()
) -> Table:
    """Read a CSV file whose separator and decimal mark may be unknown; exact columns are read as text.

    Raises
    ------
    ValueError
        If the file is empty, is not UTF-8 text, holds zero bytes, or a line has another number of fields
        than the header.
    """
    raw = _bytes_of(path)
    layout = _layout_of(raw, path, separator, decimal)
    raw, lines, n_fields, cut_off = _count_fields(raw, layout, path)
    _check_fields(n_fields, lines, layout, path)
    try:
        frame = pd.read_csv(
            io.BytesIO(raw[layout.data_start :]),
            sep=layout.separator,
            decimal=layout.decimal,
            header=None,
            names=range(len(layout.names)),
            dtype={position: str for position, name in enumerate(layout.names) if name in exact},
            index_col=False,
            skipinitialspace=True,
            low_memory=False,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise ValueError(f"{path} cannot be read as CSV: {error}") from error
    if len(frame) != len(lines):
        raise ValueError(f"{path} has {len(lines)} lines of data, but {len(frame)} rows could be read.")
    frame.columns = pd.Index(layout.names)
    return Table(str(path), frame, lines, cut_off=cut_off)


def read_parquet(path, wanted: Sequence[str], exact: Collection[str] = ()) -> Table:
    """Read the columns that are wanted; integers of exact ones stay so beside missing values."""
    pyarrow = _pyarrow(path)
    try:
        file = pyarrow.parquet.ParquetFile(path)
        names = file.schema_arrow.names
        columns = list(wanted) if set(wanted) <= set(names) else None  # all, to say what there is
        read = file.read(columns=columns)
        frame = read.to_pandas(ignore_metadata=True)
    except pyarrow.ArrowException as error:
        raise ValueError(f"{path} cannot be read as Parquet: {error}") from error
    if not file.metadata.num_rows:
        raise ValueError(f"{path} has columns but no rows.")
    for position, field in enumerate(read.schema):
        if field.name in exact and pyarrow.types.is_integer(field.type):
            frame.isetitem(position, read.column(position).to_pandas(types_mapper=pd.ArrowDtype))
    return Table(str(path), frame, np.arange(1, len(frame) + 1), "row")


def _pyarrow(path):
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise ImportError(
            f"{path} is Parquet, which needs pyarrow: pip install 'sklearn-har[polars]'."
        ) from error
    return pyarrow


def names_in_file(path, separator: str | None = None) -> list[str]:
    """The columns of a CSV or Parquet file, from its beginning or its schema alone."""
    if path.suffix.lower() != ".parquet":
        return names_in_header(path, separator)
    pyarrow = _pyarrow(path)
    try:
        return pyarrow.parquet.read_schema(path).names
    except pyarrow.ArrowException as error:
        raise ValueError(f"{path} cannot be read as Parquet: {error}") from error


def names_in_header(path, separator: str | None = None) -> list[str]:
    """The columns of a CSV file, from its first lines."""
    return _layout_of(_bytes_of(path, HEADER_BYTES), path, one_separator(separator), ".").names


def one_separator(separator: str | None) -> str | None:
    r"""The separator, a tab where a shell handed on ``\t`` as it was typed; what cannot be one is refused."""
    if separator is None:
        return None
    mark = "\t" if separator == r"\t" else separator
    if not isinstance(mark, str) or len(mark) != 1 or not mark.isascii() or mark in '"\r\n\0':
        raise ValueError(
            f"separator is {separator!r}; it must be the one character between fields, such as ';', or '\\t' "
            "for a tab. Without separator it is told from each file."
        )
    return mark


def _bytes_of(path, n_bytes: int = -1) -> bytes:
    with open(path, "rb") as file:
        raw = file.read(n_bytes).removeprefix(BYTE_ORDER_MARK)
    if 0 < n_bytes <= len(raw):
        raw = raw[: raw.rfind(b"\n") + 1]
    if not raw.strip():
        raise ValueError(f"{path} is empty ({len(raw)} bytes). Take it out of the folder, or record again.")
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ValueError(
            f"{path}, line {line}: this is not UTF-8 text (byte {raw[error.start]:#04x}). Save the file as "
            "CSV in UTF-8."
        ) from error
    raw = raw.replace(MINUS, b"-").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if ZERO in raw:
        line = raw.count(b"\n", 0, raw.index(ZERO)) + 1
        raise ValueError(
            f"{path}, line {line}: zero bytes ({raw.count(ZERO)} in the file), which no text has; it was not "
            "written to its end, or is no CSV. Cut them off, or copy the file again."
        )
    return raw


def _layout_of(raw: bytes, path, separator: str | None, decimal: str | None) -> _Layout:
    """Where the header is and how fields are written, told from the first lines."""
    line_number, rest = 0, io.BytesIO(raw)
    for line in rest:
        if line.strip() and not line.startswith(b"#"):
            break
        line_number += 1
    else:
        raise ValueError(f"{path} has no header: each of its lines is empty or a comment.")
    header, data_start = line.decode().rstrip("\n"), rest.tell()
    if separator is None:
        unquoted = re.sub('"[^"]*"', "", header)
        separator = max(SEPARATORS, key=unquoted.count)
    names = [name.strip() for name in next(csv.reader([header], delimiter=separator, skipinitialspace=True))]
    if decimal is None:
        sample = b"".join(rest.readline() for _ in range(LINES_TO_JUDGE)).decode()
        has_comma = separator != "," and re.search(r"\d,\d", sample) and not re.search(r"\d\.\d", sample)
        decimal = "," if has_comma else "."
    return _Layout(line_number, data_start, names, separator, decimal)


def _count_fields(raw: bytes, layout: _Layout, path) -> tuple[bytes, np.ndarray, np.ndarray, int]:
    """Find the lines of data, their numbers of fields, and whether the last was cut off.

    Returns the text (without a last line that was cut off), the line of each row and its number of
    fields, and the line that was cut off or 0.
    """
    whole = raw.endswith(b"\n")
    text = np.frombuffer(raw if whole else raw + b"\n", dtype=np.uint8)
    ends, marks = np.flatnonzero(text == NEWLINE), np.flatnonzero(text == ord(layout.separator))
    numbers = np.arange(1, len(ends) + 1)
    quotes = np.flatnonzero(text[layout.data_start :] == QUOTE) + layout.data_start
    if len(quotes):  # a newline or separator between quotes is part of a field
        outside = np.searchsorted(quotes, ends) % 2 == 0
        numbers = np.r_[1, numbers[outside][:-1] + 1]
        ends, marks = ends[outside], marks[np.searchsorted(quotes, marks) % 2 == 0]
        if not len(ends) or ends[-1] != len(text) - 1:
            line = raw.count(b"\n", 0, int(quotes[-1])) + 1
            raise ValueError(f"{path}, line {line}: a quote is opened and never closed.")
    begins = np.r_[0, ends[:-1] + 1]
    filled = np.logical_or.reduceat(text > SPACE, begins)
    n_fields = np.searchsorted(marks, ends) - np.searchsorted(marks, begins) + 1
    trailing = (text[np.maximum(ends - 1, 0)] == ord(layout.separator)) & (n_fields == len(layout.names) + 1)
    n_fields -= trailing  # some loggers end each line with a separator
    is_data = filled & (numbers > layout.header_line + 1)
    cut_off = 0
    if not whole and is_data[-1] and n_fields[-1] < len(layout.names):
        raw, cut_off, is_data[-1] = raw[: begins[-1]], int(numbers[-1]), False
    return raw, numbers[is_data], n_fields[is_data], cut_off


def _check_fields(n_fields: np.ndarray, lines: np.ndarray, layout: _Layout, path) -> None:
    wrong = n_fields != len(layout.names)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(
            f"{path}, line {lines[row]}: {n_fields[row]} fields, but the header (line "
            f"{layout.header_line + 1}) has {len(layout.names)}{others(wrong)}. Fields are taken to be "
            f"separated by {layout.separator!r} with the decimal mark {layout.decimal!r}."
        )
    if not len(lines):
        raise ValueError(f"{path} has a header but no rows.")
