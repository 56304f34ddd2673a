"""What calculators read from the parameters that tsfresh gives them."""

from numbers import Integral, Real

import numpy as np

from ._batch import NotCompiled


def parameters_named(parameters: list[dict], *names: str) -> list[tuple]:
    """The values of these parameters, a tuple for each column."""
    compiled = set(names)
    for one in parameters:
        if one.keys() != compiled:
            raise NotCompiled(f"The parameters are {sorted(one)}, and {sorted(names)} are compiled.")
    return [tuple([one[name] for name in names]) for one in parameters]


def real_numbers(parameters: list[dict], name: str) -> np.ndarray:
    """The only parameter of a calculator, where it is a number."""
    values = [value for (value,) in parameters_named(parameters, name)]
    for value in values:
        if type(value) is not float and not isinstance(value, Real):  # the first is much faster to tell
            raise NotCompiled(f"{name} is {value!r}, and only numbers are compiled.")
    return np.array(values, dtype=np.float64)


def whole_numbers(parameters: list[dict], name: str, *, least: int) -> np.ndarray:
    """The only parameter of a calculator, where it is a whole number."""
    values = [value for (value,) in parameters_named(parameters, name)]
    for value in values:
        if (type(value) is not int and not isinstance(value, Integral)) or value < least:
            raise NotCompiled(f"{name} is {value!r}, and only whole numbers from {least} are compiled.")
    return np.array(values, dtype=np.int64)


def whole_number(name: str, number, *, least: int) -> int:
    """A parameter that must be a whole number."""
    if (type(number) is not int and not isinstance(number, Integral)) or number < least:
        raise NotCompiled(f"{name}={number!r}")
    return int(number)


def one_column(parameters: list[dict], values: np.ndarray) -> np.ndarray:
    """The result of a calculator without parameters."""
    parameters_named(parameters)
    column = values.astype(np.float64)[:, np.newaxis]
    return column if len(parameters) == 1 else np.repeat(column, len(parameters), axis=1)
