"""Tables of numbers and words in text files, read whole or refused with the file and the line."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..exceptions import DatasetIntegrityError

# pandas reads every number to its last digit since 3.1, where the option is deprecated; before, only so
EXACT: dict[str, Any] = (
    {} if tuple(map(int, pd.__version__.split(".")[:2])) >= (3, 1) else {"float_precision": "round_trip"}
)
NAMES = {str: "a word", np.int64: "a whole number", np.float64: "a number"}


def read_columns(
    path: Path,
    n_columns: int,
    *,
    separator: str = r"\s+",
    header: bool = False,
    columns: Sequence[int] | None = None,
    missing: bool = False,
) -> np.ndarray:
    """Read a text file of numbers, each to its last digit.

    Parameters
    ----------
    path : Path
    n_columns : int
        How many numbers every line has.
    separator : str
        One character, or a regular expression of white space.
    header : bool
        Whether the first line names the columns.
    columns : sequence of int, default=None
        Which columns to give; all if None.
    missing : bool
        Whether a number may be missing (written NaN or, between commas, not at all).

    Returns
    -------
    values : ndarray of shape (n_rows, len(columns))

    Raises
    ------
    DatasetIntegrityError
        If a line has fewer or more numbers, or something else in their place.
    """
    try:
        # the first line sets the number of columns, and pandas refuses longer lines after it
        table: pd.DataFrame = pd.read_csv(
            path,
            sep=separator,
            header=None,
            skiprows=int(header),
            dtype=np.float64,
            **EXACT,
        )
        values = table.to_numpy()
        if missing:
            ends_missing = np.flatnonzero(np.isnan(values[:, -1]))
            whole = not np.isinf(values).any() and _lines_are_whole(
                path, ends_missing + int(header), n_columns, separator
            )
        else:
            whole = bool(np.isfinite(values).all())
        if whole and _ends(path, separator, header) == (n_columns, n_columns):
            return values if columns is None else values[:, columns]
    except ValueError:
        pass
    kinds = [np.float64] * n_columns
    raise DatasetIntegrityError(_first_fault(path, kinds, separator, header, missing=missing))


def read_table(path: Path, types: Mapping[str, type], *, header: bool = False, end: str = "") -> pd.DataFrame:
    """Read a text file of numbers and words between commas, each number to its last digit.

    Parameters
    ----------
    path : Path
    types : mapping of str to type
        The columns of the file in their order: np.int64, np.float64 or str.
    header : bool
        Whether the first line names the columns.
    end : str
        The character that ends every line, if there is one.

    Raises
    ------
    DatasetIntegrityError
        If a line has fewer or more values, or something else in their place.
    """
    dtype: Any = dict(enumerate(types.values()))
    try:
        table = pd.read_csv(
            path, header=None, skiprows=int(header), dtype=dtype, comment=end or None, **EXACT
        ).set_axis(list(types), axis=1)
        if not table.isna().to_numpy().any():
            return table
    except ValueError:
        pass
    raise DatasetIntegrityError(_first_fault(path, list(types.values()), ",", header, end=end))


def positions_in(numbers: Sequence[int], published: np.ndarray, path: Path) -> np.ndarray:
    """Find the position of each published activity in a list of their numbers.

    Raises
    ------
    DatasetIntegrityError
        If one is not in the list; row and line of the file are the same.
    """
    positions = pd.Index(numbers).get_indexer(pd.Index(published))
    if (positions < 0).any():
        row = int(np.argmax(positions < 0))
        raise DatasetIntegrityError(
            f"{path}, line {row + 1}, has the activity {published[row]:g}; the activities are "
            f"{', '.join(map(str, numbers))}."
        )
    return positions


def _fields(line: str, separator: str) -> list[str]:
    return line.split() if separator == r"\s+" else [field.strip() for field in line.strip().split(separator)]


def _lines_are_whole(path: Path, rows: np.ndarray, n_columns: int, separator: str) -> bool:
    """Whether the lines at ``rows``, whose last number is missing, have a place for it."""
    suspects = set(rows.tolist())
    with open(path, encoding="latin-1") as file:
        lines = (line for line in file if line.strip()) if suspects else ()
        return all(
            len(_fields(line, separator)) == n_columns for row, line in enumerate(lines) if row in suspects
        )


def _ends(path: Path, separator: str, header: bool) -> tuple[int, int]:
    """How many numbers the first and the last line have; a file may break off in the last."""
    with open(path, "rb") as file:
        first = file.readline()
        while (header or not first.strip()) and first:
            header, first = header and not first.strip(), file.readline()
        file.seek(0, 2)
        file.seek(max(0, file.tell() - 64 * len(_fields(first.decode("latin-1"), separator)) - 64))
        lines = file.read().decode("latin-1").rstrip().split("\n")
    return len(_fields(first.decode("latin-1"), separator)), len(_fields(lines[-1], separator))


def _first_fault(
    path: Path, kinds: Sequence[type], separator: str, header: bool, *, missing: bool = False, end: str = ""
) -> str:
    """Say in which line a file stops being what it should be."""
    n_columns, values = len(kinds), "values" if str in kinds else "numbers"
    with open(path, encoding="latin-1") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip() or (header and number == 1):
                continue
            fields = _fields(line.rstrip().removesuffix(end), separator)
            if len(fields) != n_columns:
                return f"{path}, line {number}, has {len(fields)} {values}; every line has {n_columns}."
            for field, kind in zip(fields, kinds, strict=True):
                if not _is(kind, field, missing):
                    return f"{path}, line {number}, has {field!r} where {NAMES[kind]} belongs."
    return f"{path} holds no table of {n_columns} {values} in each line."


def _is(kind: type, field: str, missing: bool) -> bool:
    if kind is str:
        return bool(field)
    if field.lower() in ("", "nan"):
        return missing
    number = r"[-+]?\d+" if kind is np.int64 else r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?"
    return re.fullmatch(number, field) is not None
