"""Tables of numbers in text files, read whole or refused with the file and the line."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ..exceptions import DatasetIntegrityError
from ._files import EXACT


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
        Whether a number may be missing (written NaN). Then white space must separate them.

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
        lost = np.isnan(values)
        whole = _lines_are_whole(path, np.flatnonzero(lost[:, -1]), n_columns) if missing else not lost.any()
        if whole and _ends(path, separator, header) == (n_columns, n_columns):
            return values if columns is None else values[:, columns]
    except (ValueError, pd.errors.ParserError):
        pass
    raise DatasetIntegrityError(_first_fault(path, n_columns, separator, header, missing))


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


def _lines_are_whole(path: Path, rows: np.ndarray, n_columns: int) -> bool:
    """Whether the lines at ``rows``, whose last number is missing, have one written as such."""
    suspects = set(rows.tolist())
    with open(path, "rb") as file:
        return all(
            len(line.split()) == n_columns
            for row, line in enumerate(file if suspects else ())
            if row in suspects
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


def _first_fault(path: Path, n_columns: int, separator: str, header: bool, missing: bool) -> str:
    """Say in which line a file stops being what it should be."""
    with open(path, encoding="latin-1") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip() or (header and number == 1):
                continue
            fields = _fields(line, separator)
            if len(fields) != n_columns:
                return f"{path}, line {number}, has {len(fields)} numbers; every line has {n_columns}."
            for field in fields:
                if not _is_number(field, missing):
                    return f"{path}, line {number}, has {field!r} where a number belongs."
    return f"{path} holds no table of {n_columns} numbers in each line."


def _is_number(field: str, missing: bool) -> bool:
    if field.lower() in ("", "nan"):
        return missing
    return re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", field) is not None
