"""What is shipped beside the code: licences, citation, versions."""

import importlib.util
import re
from pathlib import Path

import pytest

import sklearn_har
from sklearn_har.datasets import list_datasets

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def licences():
    spec = importlib.util.spec_from_file_location("licences", ROOT / "tools" / "licences.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_dependency_and_dataset_has_its_licence_in_one_table(licences):
    lines = licences.PAGE.read_text(encoding="utf-8").splitlines()
    said = [
        re.match(r"\| (package|dataset)[^|]*\| \[`?([\w-]+)`?\]\(\S+\) \| (.+) \|", line) for line in lines
    ]
    said = {(found[1], found[2]): found[3] for found in said if found}
    datasets = list_datasets()["licence"]
    assert said == {("dataset", name): licence for name, licence in datasets.items()} | {
        ("package", name): said.get(("package", name), "is missing: run tools/licences.py")
        for name in licences.dependencies()
    }
    assert not any(licence.startswith("is missing") for licence in said.values())


def test_every_dataset_has_licence_citation_and_address():
    table = list_datasets()[["licence", "citation", "address"]]
    assert (table.map(str.strip) != "").all(axis=None)
    assert table["address"].str.startswith("https://").all()


def test_the_citation_is_of_this_version():
    stated = re.search(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)
    assert stated[1] == sklearn_har.__version__
