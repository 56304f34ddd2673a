"""People and recordings that columns of files tell apart, each exactly as it is written there."""

import re
from itertools import chain

import numpy as np
import pandas as pd

WHOLE = re.compile("(-?[1-9][0-9]*|0)(?:[.,]0)?")  # 1.0 is how pandas writes 1 in a column with empty cells
EXACT_FLOATS = 2**53  # from here on one float stands for several whole numbers
LARGEST = 2**63 - 1  # of an index


def identities_of(column: pd.Series, path: str, *, typed: bool) -> pd.Categorical:
    """The values of a column that has no missing ones, with its whole numbers as integers.

    Parameters
    ----------
    column : Series of shape (n_rows,)
    path : str
        The file, for an error message.
    typed : bool
        Whether the file says what is text; else a column of text that are all whole numbers is integers.
    """
    codes, uniques = pd.factorize(column)
    values = uniques.tolist()
    if all(isinstance(value, float) for value in values):
        values = _whole_floats(values, str(column.name), path)
    elif not typed:
        values = _whole_texts([str(value) for value in values])
    merged, kept = pd.factorize(np.array(values, dtype=object))
    return pd.Categorical.from_codes(merged[codes], pd.Index(kept, dtype=object))


def _whole_texts(values: list[str]) -> list:
    matches = [WHOLE.fullmatch(value.strip()) for value in values]
    return [int(match[1]) for match in matches if match] if all(matches) else values


def _whole_floats(values: list[float], name: str, path: str) -> list:
    if any(abs(value) >= EXACT_FLOATS for value in values):
        raise ValueError(
            f"{path}: the column of the {name} holds floating point numbers so large that each stands for "
            "several whole numbers. Write the column as integers or as text."
        )
    return [int(value) for value in values] if all(value.is_integer() for value in values) else values


def stack_identities(columns: list[pd.Series]) -> tuple[np.ndarray, np.ndarray]:
    """Number the values of columns of several files; where one has text and another numbers, all are text.

    Returns the numbers, of shape (n_rows,), and the values that they stand for, sorted.
    """
    values = [column.cat.categories.tolist() for column in columns]
    kinds = {type(value) for value in chain(*values)}
    if len(kinds) > 1 or (kinds == {int} and any(abs(value) > LARGEST for value in chain(*values))):
        values = [[str(value) for value in each] for each in values]
    known = sorted(set(chain(*values)))
    number = {value: k for k, value in enumerate(known)}
    codes = [
        np.array([number[value] for value in each])[column.cat.codes]
        for each, column in zip(values, columns, strict=True)
    ]
    return np.concatenate(codes), np.array(known, dtype=object)
