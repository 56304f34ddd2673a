"""What is known of a published dataset, and the table of all of them."""

import os
import sys
from dataclasses import asdict, dataclass, fields
from numbers import Real
from typing import Any

import pandas as pd

from .._core._sklearn import Interval, StrOptions


@dataclass(frozen=True, slots=True)
class Dataset:
    """One published dataset: a row of the table that `list_datasets` gives.

    Attributes
    ----------
    name : str
        That of its folder in the data home, and of its loader without ``fetch_``.
    subjects, activities : int
        How many people, and how many activities with a name of their own.
    sampling_rate : float
        The nominal one, in Hz, which loaders return by default.
    sensors, positions : tuple of str
        What measured, and where it was worn.
    size : int
        Bytes of the published files that are read, about; a multiple of it bounds what is unpacked.
    licence, citation : str
        How the data may be used, in the words of its authors where there are any, and what to cite.
    address : str
        The page of the dataset.
    """

    name: str
    subjects: int
    activities: int
    sampling_rate: float
    sensors: tuple[str, ...]
    positions: tuple[str, ...]
    size: int
    licence: str
    citation: str
    address: str


COMMON_PARAMETERS: dict[str, Any] = {
    "data_home": [str, os.PathLike, None],
    "download_if_missing": ["boolean"],
    "sampling_rate": [StrOptions({"nominal"}), Interval(Real, 0, None, closed="neither"), None],
    "harmonize": ["boolean"],
    "return_X_y": ["boolean"],
}


def list_datasets():
    """List the published datasets that can be loaded.

    Nothing is downloaded.

    Returns
    -------
    datasets : DataFrame
        One row for each ``fetch_`` function, with the name of the dataset as index and the columns
        subjects, activities, sampling_rate (the nominal one, in Hz), sensors, positions, size (bytes of
        the files, about), licence, citation and address.

    Examples
    --------
    >>> from sklearn_har.datasets import list_datasets
    >>> list_datasets().loc["hapt", "sensors"]
    ('accelerometer', 'gyroscope')
    >>> int(list_datasets()["subjects"]["hapt"])
    30
    """
    rows = [asdict(loader_row(loader)) for loader in loaders().values()]
    columns = [field.name for field in fields(Dataset)]
    return pd.DataFrame(rows, columns=columns).set_index("name").sort_index()


def loaders() -> dict[str, Any]:
    """Every public loader, by the name of its dataset."""
    public = sys.modules[__package__]
    names = [name for name in public.__all__ if name.startswith("fetch_")]
    return {name.removeprefix("fetch_"): getattr(public, name) for name in names}


def loader_row(loader) -> Dataset:
    """The row that stands beside a loader, in its module."""
    return sys.modules[loader.__module__].DATASET
