"""Which classes and functions a file may name.

A file names classes; it never holds code. An instance is made without calling its constructor and then
given its attributes, so what a class may be decides what a file can do: only those of this library,
scikit-learn and imbalanced-learn are known, and a few functions that compute and touch nothing else.
"""

import importlib
from collections.abc import Collection
from types import FunctionType

import numpy as np

from ..exceptions import ModelFileError

ROOMS = {
    "sklearn_har": {"classifiers", "evaluation", "features", "model_selection", "networks", "preprocessing"}
    | {"sampling", "smoothing", "windowing"},
    "imblearn": {"base", "combine", "ensemble", "over_sampling", "pipeline", "under_sampling"},
    "sklearn": {"_loss", "base", "calibration", "cluster", "compose", "covariance", "cross_decomposition"}
    | {"decomposition", "discriminant_analysis", "dummy", "ensemble", "feature_selection", "frozen"}
    | {"gaussian_process", "impute", "isotonic", "kernel_approximation", "kernel_ridge", "linear_model"}
    | {"metrics", "mixture", "model_selection", "multiclass", "multioutput", "naive_bayes", "neighbors"}
    | {"neural_network", "pipeline", "preprocessing", "random_projection", "semi_supervised", "svm"}
    | {"tree", "utils"},
}
OF_TORCH = "torch.nn.modules", "torch.optim"  # classes that a network may be made of, and trained by
OF_FUNCTIONS = "sklearn.metrics", "sklearn_har.evaluation"  # of scorers
PLAIN = {one.__name__: one for one in (bool, int, float, str, object)}
HEAP_TYPE = 1 << 9  # a class that Python code defines; instances of others are memory that is not checked
NO_PLACE = {"tests", "conftest", "_testing", "_mocking"}  # parts of names of modules that no model needs
PLACES = "memory", "checkpoint"  # attributes that name files or folders, to write to or to read from
BUILT_IN = object, dict, tuple


def dotted(cls) -> str:
    """Full name of a class or function.

    >>> from sklearn.svm import SVC
    >>> dotted(SVC)
    'sklearn.svm._classes.SVC'
    """
    return f"{cls.__module__}.{cls.__qualname__}"


def is_known(cls, trusted: Collection[str]) -> bool:
    """Whether instances of a class may be in a file."""
    return dotted(cls) in trusted or (
        isinstance(cls, type)
        and _in_rooms(cls.__module__)
        and all(base in BUILT_IN or base.__flags__ & HEAP_TYPE for base in cls.__mro__)
    )


def is_known_function(function, trusted: Collection[str]) -> bool:
    """Whether a file may name a function, or a class as a value."""
    if isinstance(function, np.ufunc) or dotted(function) in trusted:
        return True
    if isinstance(function, type):
        return _in_rooms(function.__module__) or _within(function.__module__, OF_TORCH)
    return isinstance(function, FunctionType) and _within(function.__module__, OF_FUNCTIONS)


def named(function) -> list[str]:
    """Where a class or a function is found again: module, and name there."""
    if isinstance(function, np.ufunc):
        module = "numpy" if getattr(np, function.__name__, None) is function else "scipy.special"
        return [module, function.__name__]
    return [function.__module__, function.__qualname__]


def find(name, trusted: Collection[str]):
    """Find a class or function that a file names; only a module that may hold such is imported."""
    if not (isinstance(name, list) and len(name) == 2 and all(isinstance(part, str) for part in name)):
        raise ModelFileError(f"{name!r} is no name of a class.")
    module, qualname = name
    full = f"{module}.{qualname}"
    places = (*OF_TORCH, *OF_FUNCTIONS)
    is_possible = module in ("numpy", "scipy.special") or _in_rooms(module) or _within(module, places)
    if full not in trusted and not is_possible:
        raise untrusted(full)
    try:
        found = importlib.import_module(module)
        for part in qualname.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as error:
        raise ModelFileError(f"{full} is not there in the versions installed: {error}.") from error
    if full not in trusted and (
        not (isinstance(found, (type, FunctionType, np.ufunc)) and named(found) == name)
    ):
        raise untrusted(full)
    return found


def untrusted(name: str) -> ModelFileError:
    """Error that names what is not trusted."""
    return ModelFileError(
        f"It holds {name}, which is not of this library, scikit-learn or imbalanced-learn, nor among the "
        "names in trusted."
    )


def _in_rooms(module: str) -> bool:
    root, *rest = module.split(".")
    return bool(rest) and rest[0] in ROOMS.get(root, ()) and not NO_PLACE & set(rest)


def _within(module: str, places) -> bool:
    return any(module == place or module.startswith(f"{place}.") for place in places)
