"""Tables of many files under one another, in a file that appears when it is whole."""

import contextlib
import itertools
import os
from pathlib import Path
from typing import Any

import pandas as pd

from ._messages import show

SUFFIXES = ".csv", ".parquet"
TEXTS = "file", "subject", "recording"  # in Parquet: names may be numbers in one file and text in the next


class Screen:
    """CSV on stdout, table by table."""

    def __init__(self):
        self._is_first = True

    def add(self, table: pd.DataFrame) -> None:
        """Print a table."""
        show(_csv_of(table, self._is_first))
        self._is_first = False

    def finish(self) -> None:
        """Nothing is left to do."""

    def give_up(self) -> None:
        """What was printed stays; there is no file."""


class OutputFile:
    """A CSV or Parquet file that is written beside its place, and moved there when it is whole.

    Parameters
    ----------
    path : Path

    Raises
    ------
    ValueError
        If the ending is not known.
    OSError
        If nothing can be written there.
    ImportError
        If it is Parquet, and pyarrow is not installed.
    """

    def __init__(self, path: Path):
        if path.suffix.lower() not in SUFFIXES:
            raise ValueError(
                f"--out {path} ends in {path.suffix!r}; it must be one of {', '.join(SUFFIXES)}."
            )
        if path.is_dir():
            raise IsADirectoryError(f"--out {path} is a folder; name a file in it.")
        if not path.parent.is_dir():
            raise FileNotFoundError(f"--out {path}: there is no folder {path.parent}; make it first.")
        self.path = path
        kind = _Csv if path.suffix.lower() == ".csv" else _Parquet
        for number in itertools.count(1):
            self._part = path.with_name(f"{path.stem}.part{number}{path.suffix}")
            with contextlib.suppress(FileExistsError):
                self._writer: _Csv | _Parquet = kind(self._part)
                break
        self._n_tables = 0

    def add(self, table: pd.DataFrame) -> None:
        """Write a table, or nothing of it if that fails."""
        self._writer.add(table, self._n_tables == 0)
        self._n_tables += 1

    def finish(self) -> None:
        """Put the whole file into its place, if there is anything in it."""
        self._writer.close()
        if self._n_tables:
            os.replace(self._part, self.path)
        else:
            self._part.unlink()

    def give_up(self) -> Path | None:
        """Leave the place as it is; return the file of the tables that were written, if there are any."""
        try:
            self._writer.close()
        except Exception:  # on a full disk, a Parquet file has no end, and is none
            self._n_tables = 0
        if self._n_tables:
            return self._part
        with contextlib.suppress(OSError):
            self._part.unlink()
        return None


class _Csv:
    """A CSV file that ends after a whole table, also when the disk is full."""

    def __init__(self, path: Path):
        self._file = open(path, "xb", buffering=0)  # noqa: SIM115 - close() is the caller's; and a buffer would be written later

    def add(self, table: pd.DataFrame, is_first: bool) -> None:
        begin, rest = self._file.tell(), _csv_of(table, is_first).encode()
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except BaseException:  # an interrupt may come here too
            self._file.seek(begin)
            self._file.truncate()
            raise

    def close(self) -> None:
        if self._file.closed:
            return
        os.fsync(self._file.fileno())
        self._file.close()


class _Parquet:
    """A Parquet file; it is one when it is closed, and not before."""

    def __init__(self, path: Path):
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError as error:
            raise ImportError(
                f"{path.suffix} is Parquet, which needs pyarrow: pip install 'sklearn-har[polars]'. Or let "
                "--out end in .csv."
            ) from error
        self._pyarrow = pyarrow
        self._file = open(path, "xb")  # noqa: SIM115 - close() is the caller's
        self._writer: Any = None

    def add(self, table: pd.DataFrame, is_first: bool) -> None:
        texts = {name: str for name in TEXTS if name in table}
        rows = self._pyarrow.Table.from_pandas(table.astype(texts), preserve_index=False)
        if is_first:
            self._writer = self._pyarrow.parquet.ParquetWriter(self._file, rows.schema)
        self._writer.write_table(rows)

    def close(self) -> None:
        if self._file.closed:
            return
        with self._file:
            if self._writer is not None:
                self._writer.close()
            self._file.flush()
            os.fsync(self._file.fileno())
        if self._writer is not None:  # after a failed write, pyarrow ends a file without its end, silently
            self._pyarrow.parquet.read_metadata(self._file.name)


def _csv_of(table: pd.DataFrame, with_header: bool) -> str:
    # 15 digits are all that a decimal number keeps: 5.12, and not 5.119999999999999
    return table.to_csv(index=False, header=with_header, lineterminator="\n", float_format="%.15g")
