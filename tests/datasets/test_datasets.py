"""What all loaders have in common."""

import inspect
from dataclasses import fields
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from sklearn_har.datasets import list_datasets
from sklearn_har.datasets._activities import ACTIVITIES, harmonize_codes
from sklearn_har.datasets._dataset import Dataset, loader_row, loaders

LOADERS = loaders()
COMMON = {
    "data_home": None,
    "download_if_missing": True,
    "sampling_rate": "nominal",
    "harmonize": False,
    "return_X_y": False,
}


@pytest.mark.parametrize("name", LOADERS)
def test_every_loader_has_a_row_a_test_of_its_own_and_the_common_parameters(name):
    row = loader_row(LOADERS[name])
    assert isinstance(row, Dataset)
    assert row.name == name
    assert row.address.startswith("https://")
    assert row.citation
    assert row.licence
    assert 0 < row.sampling_rate < 1000
    assert row.size > 10_000
    tests = Path(__file__).with_name(f"test_{name}.py").read_text()
    assert f"fetch_{name}(" in tests
    assert "http_server" in tests, "the test must serve the published archive over HTTP"
    parameters = inspect.signature(LOADERS[name]).parameters.values()
    assert all(parameter.kind is inspect.Parameter.KEYWORD_ONLY for parameter in parameters)
    defaults = {parameter.name: parameter.default for parameter in parameters}
    assert defaults.items() >= (COMMON | {"sampling_rate": defaults["sampling_rate"]}).items()


@pytest.mark.parametrize("name", LOADERS)
def test_shared_words_are_shared(name):
    module = inspect.getmodule(inspect.unwrap(LOADERS[name]))
    assert set(module.SHARED_NAMES.values()) <= set(ACTIVITIES)


def test_the_table_lists_every_loader():
    table = list_datasets()
    assert list(table.index) == sorted(LOADERS)
    assert table.notna().all(axis=None)
    assert [table.index.name, *table.columns] == [field.name for field in fields(Dataset)]


def test_packaged_checksums_belong_to_a_loader():
    lists = files("sklearn_har.datasets").joinpath("checksums").iterdir()
    assert {path.name.removesuffix(".txt") for path in lists} <= set(LOADERS)


def test_own_activities_get_shared_words_and_the_others_are_counted():
    codes = np.array([0, 2, -1, 1, 0, 2])
    shared = {"jogging": "running", "going": "walking"}
    new, names, unmapped = harmonize_codes(codes, ["jogging", "waving", "going", "never"], shared)
    assert names == ["walking", "running"]
    assert new.tolist() == [1, 0, -1, -1, 1, 0]
    assert unmapped == {"waving": 1}
