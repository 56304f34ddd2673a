"""What users see: names, documentation, imports."""

import doctest
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


MADE_ANEW = {"ExportReport": ["not_quantized"]}  # an empty dict for each, of a dataclass
NOT_RUN = {"serve": "it serves until it is interrupted"}  # and what fetches needs the files


def documented_parameters(found) -> dict[str, str]:
    """What the documentation says of each parameter's kind and default; results name theirs as attributes."""
    sections = dict(
        re.findall(r"^(\w+)\n-{4,}\n(.*?)(?=^\w+\n-{4,}\n|\Z)", inspect.getdoc(found), re.M | re.S)
    )
    lines = re.findall(
        r"^([\w, *]+) : (.+)$", sections.get("Parameters") or sections.get("Attributes", ""), re.M
    )
    return {name.lstrip("*"): kind for names, kind in lines for name in names.split(", ")}


@pytest.mark.parametrize("found", OBJECTS.values(), ids=OBJECTS)
def test_documentation_begins_with_one_line(found):
    assert re.match(r"[A-Z`][^\n]+\.(\n\n|$)", inspect.getdoc(found))


def test_every_error_and_warning_is_public():
    errors = vars(importlib.import_module("sklearn_har.exceptions"))
    assert sorted(name for name, found in errors.items() if is_exception(found)) == sorted(errors["__all__"])


@pytest.mark.parametrize("found", WITH_PARAMETERS.values(), ids=WITH_PARAMETERS)
def test_every_parameter_is_documented(found):
    assert set(inspect.signature(found).parameters) - set(documented_parameters(found)) == set()


@pytest.mark.parametrize("found", WITH_PARAMETERS.values(), ids=WITH_PARAMETERS)
def test_documented_defaults_are_those_of_the_signature(found):
    documented = documented_parameters(found)
    for name, parameter in inspect.signature(found).parameters.items():
        kind, value = documented[name], parameter.default
        default = re.search(r"default=(.+)$", kind)
        if default:
            assert default[1].replace('"', "'") == repr(value), f"{name}={value!r} is documented as {kind}"
        elif value is not inspect.Parameter.empty and name not in MADE_ANEW.get(found.__name__, ()):
            assert kind.endswith(", optional"), f"{name}={value!r} is documented as {kind}"


@pytest.mark.parametrize("found", WITH_PARAMETERS.values(), ids=WITH_PARAMETERS)
def test_documentation_has_an_example_that_runs(found):
    examples = doctest.DocTestParser().get_examples(inspect.getdoc(found))
    run = [example for example in examples if not example.options.get(doctest.SKIP)]
    assert examples, "There is no example."
    assert run or found.__name__ in NOT_RUN or found.__name__.startswith("fetch_"), "No line of it runs."


@pytest.mark.parametrize("found", ESTIMATORS.values(), ids=ESTIMATORS)
def test_public_methods_are_documented(found):
    for name, method in inspect.getmembers(found, callable):
        if not name.startswith("_") and method.__module__.startswith("sklearn_har"):
            assert inspect.getdoc(method), f"{name} is not documented"


def test_importing_the_library_loads_nothing_of_others():
    code = (
        "import sys; before = set(sys.modules); import sklearn_har\n"
        "loaded = {name.split('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(loaded - sys.stdlib_module_names))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "['lazy_loader', 'sklearn_har']"


def test_importing_the_library_takes_less_time_than_importing_numpy():
    # processor time of one process, of which it is a thirtieth: so it holds on any machine, beside other work
    code = (
        "import time; start = time.process_time(); import sklearn_har; ours = time.process_time() - start\n"
        "start = time.process_time(); import numpy; print(ours < time.process_time() - start)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "True"


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
