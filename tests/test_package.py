"""What is shipped beside the code: licences, citation, versions."""

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest
from packaging.version import Version

import sklearn_har
from sklearn_har.datasets import list_datasets

ROOT = Path(__file__).parents[1]


def tool(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def licences():
    return tool("licences")


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
    assert any(tool("web_runtime").PACKAGE.partition("@")[0] in line for line in lines)


def test_every_dataset_has_licence_citation_and_address():
    table = list_datasets()[["licence", "citation", "address"]]
    assert (table.map(str.strip) != "").all(axis=None)
    assert table["address"].str.startswith("https://").all()


def test_the_citation_is_of_this_version():
    stated = re.search(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)
    assert stated[1] == sklearn_har.__version__


def test_tests_run_with_the_oldest_versions_and_with_newer_ones():
    pinned = re.findall(r"^([\w-]+)==(\S+)$", (ROOT / "constraints-dev.txt").read_text("utf-8"), re.MULTILINE)
    newest = {name: Version(version) for name, version in pinned}
    oldest = {name: Version(version) for name, version in tool("lowest").floors().items()}
    assert oldest.keys() >= {"numpy", "scikit-learn", "onnx", "pytest"}
    assert {name: newest[name] for name in oldest if newest[name] < oldest[name]} == {}


def test_every_python_that_the_package_names_is_tested():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = re.findall(r":: (3\.\d+)$", "\n".join(project["classifiers"]), re.MULTILINE)
    workflow = (ROOT / ".github/workflows/test.yml").read_text("utf-8")
    assert re.findall(r"3\.\d+", re.search(r"python: \[(.+)\]", workflow)[1]) == named
    assert project["requires-python"] == f">={named[0]}"
