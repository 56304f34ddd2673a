"""Cells of a file that was read, each of which still knows its line."""

import difflib
import re
from typing import NamedTuple

import numpy as np
import pandas as pd

from ._file_order import SET_BACK, steps_within
from ._index import describe_time

SI_PER_UNIT = {
    "m/s²": 1.0,
    "m/s^2": 1.0,
    "g": 9.80665,
    "mg": 9.80665e-3,
    "rad/s": 1.0,
    "deg/s": np.pi / 180,
    "°/s": np.pi / 180,
}
DATE = r"^\d{4}([-/.])\d{1,2}\1\d{1,2}(?:\D|$)"
OTHER_DATE = r"^\d{1,2}([-/.])\d{1,2}\1\d{2,4}(?:\D|$)"  # day and month in either order
FRACTION = r"(:\d{2}:\d{2})[,:](\d)"  # of a second, after a comma or a colon
CLOCK = r"^(\d{1,2}):(\d{2}):(\d{2})(?:[.,:](\d+))?$"
HALF_A_DAY, A_DAY = 43_200, 86_400


class Table(NamedTuple):
    """The columns of a file, and where each row stands in it.

    Attributes
    ----------
    path : str
        The file, as messages name it.
    columns : DataFrame of shape (n_rows, n_columns)
        As read; numbers where a whole column is of numbers.
    places : ndarray of int of shape (n_rows,)
        Line of each row, from 1 (row of a file that has no lines).
    place_word : str
        "line" or "row".
    cut_off : int
        Line of a last row that ends in its middle, and is not among the rows; 0 where there is none.
    """

    path: str
    columns: pd.DataFrame
    places: np.ndarray
    place_word: str = "line"
    cut_off: int = 0

    def where(self, row: int) -> str:
        """Say where a row is, for an error message."""
        return f"{self.path}, {self.place_word} {self.places[row]}"


def pick_column(table: Table, name: str) -> pd.Series:
    """The one column of a name; the nearest name is said where there is none."""
    names = [str(column) for column in table.columns.columns]
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"{table.path} has no column {name!r}; it has {names}.{hint}")
    if names.count(name) > 1:
        raise ValueError(f"{table.path} has several columns called {name!r}. Give each its own name.")
    return table.columns.iloc[:, names.index(name)]


def numbers_in(table: Table, name: str) -> np.ndarray:
    """A column as numbers, NaN where a cell is empty; text in it is refused, with its line."""
    column = pick_column(table, name)
    if pd.api.types.is_bool_dtype(column.dtype) or not pd.api.types.is_numeric_dtype(column.dtype):
        numbers = pd.to_numeric(column.astype("string").str.strip(), errors="coerce")
        wrong = np.asarray(numbers.isna() & column.notna())
        if wrong.any():
            row = int(np.argmax(wrong))
            raise ValueError(
                f"{table.where(row)}: column {name!r} holds {str(column.iloc[row])!r}, which is no number"
                f"{others(wrong)}. Correct or empty such cells; the decimal mark is set by decimal=','."
            )
        column = numbers
    return column.to_numpy(np.float64, na_value=np.nan)


def seconds_in(
    table: Table, name: str, seconds_per_unit: float, owner: np.ndarray | None = None
) -> np.ndarray:
    """A column of times as seconds, NaN where a cell is empty; infinite times are refused, with their line.

    Numbers are in the unit given; dates become seconds since 1970 (UTC), times of day (such as
    13:05:10.250) seconds since midnight, going on through the next within the rows of one owner, the
    number of their recording.
    """
    column = pick_column(table, name)
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return _since_1970(column)
    present = column.dropna()
    if pd.api.types.is_numeric_dtype(column.dtype) or not len(present):
        return _finite_numbers_in(table, name) * seconds_per_unit
    first = str(present.iloc[0]).strip()
    if re.match(CLOCK, first):
        owner = np.zeros(len(column), dtype=np.intp) if owner is None else owner
        times, form = _time_of_day(column.astype("string").str.strip(), owner), "a time of day"
    elif re.match(DATE, first):
        times, form = _since_1970(_dates(column)), "a date"
    elif re.match(OTHER_DATE, first):
        raise ValueError(
            f"{table.path}: column {name!r} holds dates such as {first!r}, in which day and month may be in "
            "either order; files are read with dates like 2026-12-31 13:05:10.250. Convert them first, "
            f"table[{name!r}] = pandas.to_datetime(table[{name!r}], dayfirst=True), or False, and give the "
            "table to recordings_from_table."
        )
    else:
        return _finite_numbers_in(table, name) * seconds_per_unit
    wrong = np.isnan(times) & np.asarray(column.notna())
    if wrong.any():
        row = int(np.argmax(wrong))
        like = {"a date": "2026-12-31 13:05:10.250", "a time of day": "13:05:10.250"}[form]
        raise ValueError(
            f"{table.where(row)}: column {name!r} holds {column.iloc[row]!r}, which is not {form} like "
            f"{like!r}{others(wrong)}."
        )
    return times


def _finite_numbers_in(table: Table, name: str) -> np.ndarray:
    numbers = numbers_in(table, name)
    wrong = np.isinf(numbers)
    if wrong.any():
        raise ValueError(
            f"{table.where(int(np.argmax(wrong)))}: column {name!r} holds an infinite time{others(wrong)}. "
            "Correct or empty such cells; rows with an empty one are left out, and counted."
        )
    return numbers


def _dates(column: pd.Series) -> pd.Series:
    dates = pd.to_datetime(column, format="ISO8601", utc=True, errors="coerce")
    if (dates.isna() & column.notna()).any():
        texts = column.astype("string").str.replace(FRACTION, r"\1.\2", regex=True)
        dates = pd.to_datetime(texts, format="ISO8601", utc=True, errors="coerce")
    return dates


def _since_1970(dates: pd.Series) -> np.ndarray:
    if dates.dt.tz is not None:
        dates = dates.dt.tz_convert("UTC").dt.tz_localize(None)
    return (dates - pd.Timestamp("1970-01-01")).dt.total_seconds().to_numpy(np.float64)


def _time_of_day(texts: pd.Series, owner: np.ndarray) -> np.ndarray:
    parts = texts.str.extract(CLOCK)
    whole = [pd.to_numeric(parts[column]).to_numpy(np.float64, na_value=np.nan) for column in range(3)]
    fraction = pd.to_numeric("0." + parts[3].fillna("0")).to_numpy(np.float64, na_value=np.nan)
    times = whole[0] * 3600 + whole[1] * 60 + whole[2] + fraction
    known = np.flatnonzero(~np.isnan(times))
    is_new_day = pd.Series(steps_within(times[known], owner[known]) < -HALF_A_DAY)
    times[known] += is_new_day.groupby(owner[known]).cumsum().to_numpy() * A_DAY
    return times


def others(wrong: np.ndarray) -> str:
    """Say how many rows share a fault, if more than the one that is named."""
    return f" (one of {wrong.sum()} such rows)" if wrong.sum() > 1 else ""


def usable_rows(table: Table, frame: pd.DataFrame, required: list[str]) -> tuple[np.ndarray, dict]:
    """Tell rows that have all required values from those that do not, and say why not.

    Returns a mask, and for each reason the number of rows and the place of the first.
    """
    why = {"cut off": (1, f"{table.path}, line {table.cut_off}")} if table.cut_off else {}
    keep = np.ones(len(frame), dtype=bool)
    for name in required:
        missing = np.asarray(frame[name].isna()) & keep
        if missing.any():
            why[f"no {name}"] = (int(missing.sum()), table.where(int(np.argmax(missing))))
            keep &= ~missing
    if not keep.any():
        raise ValueError(f"{table.path} has {len(frame)} rows, but none has all of {required}.")
    return keep, why


def restart_in(table: Table, rows: np.ndarray, times: np.ndarray, owner: np.ndarray) -> str | None:
    """Say where time runs backwards by a second or more within a recording, or None.

    Parameters
    ----------
    table : Table
    rows : ndarray of int of shape (n_used,)
        The rows of the table that are used.
    times : ndarray of shape (n_used,)
        Seconds.
    owner : ndarray of int of shape (n_used,)
        Number of the recording of every row.
    """
    steps = steps_within(times, owner)
    back = steps <= -SET_BACK
    if not back.any():
        return None
    first = int(np.argmax(back))
    before = describe_time(times[first] - steps[first])
    return (
        f"{table.where(rows[first])}: time runs backwards, from {before} to {describe_time(times[first])}"
        f"{others(back)}. Are these two sessions? Sorted by time, their rows are mixed. Tell them apart by a "
        "column, with recording=, or keep each in a file of its own."
    )
