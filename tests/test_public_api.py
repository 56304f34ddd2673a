"""What users see: names, documentation, imports."""

import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sklearn.base import BaseEstimator

import sklearn_har

ROOT = Path(__file__).parents[1]
HEAVY = [
    "torch",
    "tsfresh",
    "matplotlib",
    "pandas",
    "sklearn",
    "scipy",
    "skorch",
    "imblearn",
    "pooch",
    "numpy",
]


def public_objects():
    """Every public function and class, with the name it is imported by."""
    for module in pkgutil.iter_modules(sklearn_har.__path__):
        if not module.name.startswith("_"):
            room = importlib.import_module(f"sklearn_har.{module.name}")
            for name in room.__all__:
                yield f"{module.name}.{name}", getattr(room, name)


def is_exception(found) -> bool:
    return isinstance(found, type) and issubclass(found, Exception)


OBJECTS = dict(public_objects())
WITH_PARAMETERS = {name: found for name, found in OBJECTS.items() if not is_exception(found)}
ESTIMATORS = {
    name: found
    for name, found in OBJECTS.items()
    if isinstance(found, type) and issubclass(found, BaseEstimator)
}


@pytest.mark.parametrize("found", OBJECTS.values(), ids=OBJECTS)
def test_documentation_begins_with_one_line(found):
    assert re.match(r"[A-Z`][^\n]+\.(\n\n|$)", inspect.getdoc(found))


@pytest.mark.parametrize("found", WITH_PARAMETERS.values(), ids=WITH_PARAMETERS)
def test_every_parameter_is_documented(found):
    text = inspect.getdoc(found)
    for name in inspect.signature(found).parameters:
        assert re.search(rf"^[\w, *]*\b{name}\b[\w, *]* : ", text, re.MULTILINE), f"{name} is not documented"


@pytest.mark.parametrize("found", WITH_PARAMETERS.values(), ids=WITH_PARAMETERS)
def test_documented_defaults_are_those_of_the_signature(found):
    text = inspect.getdoc(found)
    for names, default in re.findall(r"^([\w, *]+) : .*default=(.+)$", text, re.MULTILINE):
        for name in names.split(", "):
            value = inspect.signature(found).parameters[name].default
            assert default.replace('"', "'") == repr(value), f"{name}={value!r} is documented as {default}"


@pytest.mark.parametrize("found", ESTIMATORS.values(), ids=ESTIMATORS)
def test_public_methods_are_documented(found):
    for name, method in inspect.getmembers(found, callable):
        if not name.startswith("_") and method.__module__.startswith("sklearn_har"):
            assert inspect.getdoc(method), f"{name} is not documented"


def test_importing_the_library_loads_nothing_heavy():
    code = f"import sys, sklearn_har; print([name for name in {HEAVY} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_listing_a_subpackage_loads_nothing_heavy():
    code = "import sys, sklearn_har.classifiers as c; print(dir(c)[:1], 'torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "['CNNClassifier'] False"


@pytest.mark.parametrize("name", ["windowing.SlidingWindowClassifier", "sampling.WindowSampler"])
def test_rows_and_windows_need_no_torch(name):
    room, found = name.split(".")
    code = f"import sys; from sklearn_har.{room} import {found}; print('torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_private_names_of_scikit_learn_are_in_one_module():
    private = re.compile(r"^\s*(from|import) sklearn\S*\._|^\s*from sklearn\S* import .*\b_", re.MULTILINE)
    found = [
        path.name
        for path in (ROOT / "sklearn_har").rglob("*.py")
        if private.search(path.read_text()) and path.name != "_sklearn.py"
    ]
    assert found == []


def test_every_name_of_the_one_module_is_used():
    module = importlib.import_module("sklearn_har._core._sklearn")
    text = "\n".join(
        path.read_text() for path in (ROOT / "sklearn_har").rglob("*.py") if path.name != "_sklearn.py"
    )
    assert [name for name in module.__all__ if not re.search(rf"\b{name}\b", text)] == []


def test_modules_stay_short():
    lengths = {path.name: path.read_text().count("\n") for path in (ROOT / "sklearn_har").rglob("*.py")}
    assert {name: n for name, n in lengths.items() if n > 350} == {}
