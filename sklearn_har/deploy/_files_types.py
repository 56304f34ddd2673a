"""Which classes and functions a file may name.

A file names classes; it never holds code. An instance is made without calling its constructor and then
given its attributes, so what a class may be decides what a file can do. Known are the estimators of this
library, scikit-learn and imbalanced-learn that inherit from nothing else, the few other classes that these
remember when they are fitted, and functions that compute and touch nothing else.
"""

import abc
import importlib
import inspect
from collections.abc import Collection
from types import FunctionType
from typing import Generic, Protocol

import numpy as np
from sklearn.base import BaseEstimator

from ..exceptions import ModelFileError

ROOMS = {  # of estimators
    "sklearn_har": {"classifiers", "features", "preprocessing", "sampling", "smoothing", "windowing"},
    "imblearn": {"base", "combine", "ensemble", "over_sampling", "pipeline", "under_sampling"},
    "sklearn": {"calibration", "cluster", "compose", "covariance", "cross_decomposition", "decomposition"}
    | {"discriminant_analysis", "dummy", "ensemble", "feature_selection", "frozen", "gaussian_process"}
    | {"impute", "isotonic", "kernel_approximation", "kernel_ridge", "linear_model", "mixture"}
    | {"model_selection", "multiclass", "multioutput", "naive_bayes", "neighbors", "neural_network"}
    | {"pipeline", "preprocessing", "random_projection", "semi_supervised", "svm", "tree"},
}
OF_VALUES = (  # modules of all other classes that fitted estimators hold
    *("sklearn._loss.link", "sklearn._loss.loss", "sklearn.calibration", "sklearn.cluster._birch"),
    *("sklearn.compose._column_transformer", "sklearn.ensemble._hist_gradient_boosting.predictor"),
    *("sklearn.gaussian_process.kernels", "sklearn.impute._iterative", "sklearn.metrics._scorer"),
    *("sklearn.model_selection._split", "sklearn.neural_network._stochastic_optimizers"),
    *("sklearn.utils._bunch", "sklearn.utils._metadata_requests"),
    *("sklearn_har.classifiers._rocket_table", "sklearn_har.evaluation._scorers"),
    *("sklearn_har.features._calculations", "sklearn_har.features._motion_sensors"),
    *("sklearn_har.features._rocket_plan", "sklearn_har.features._undefined"),
    *("sklearn_har.model_selection._leave_subjects_out", "sklearn_har.model_selection._subject_k_fold"),
    *("sklearn_har.model_selection._stratified_subject_k_fold", "sklearn_har.smoothing._chain"),
)
OF_NETWORKS = "sklearn_har.networks", "torch.nn.modules", "torch.optim"  # classes that build and train them
OF_METRICS = "sklearn.metrics", "sklearn_har.evaluation"  # of functions that compare y_true with something
OF_SCORES = ("sklearn.feature_selection",)  # of functions of X and y
CHECK = "sklearn.utils.validation", "check_array"  # gradient boosting has categories checked by it
PLAIN = {one.__name__: one for one in (bool, int, float, str, object)}
HEAP_TYPE = 1 << 9  # set for what Python code defines; instances of others are memory that is not checked
PLACES = "memory", "checkpoint"  # attributes that name files or folders, to write to or to read from
BASES = object, dict, tuple, abc.ABC, Generic, Protocol  # that a known class may have, and no others


def dotted(cls) -> str:
    """Full name of a class or function.

    >>> from sklearn.svm import SVC
    >>> dotted(SVC)
    'sklearn.svm._classes.SVC'
    """
    return f"{cls.__module__}.{cls.__qualname__}"


def is_known(cls, trusted: Collection[str]) -> bool:
    """Whether instances of a class may be in a file."""
    if dotted(cls) in trusted:
        return True
    return (
        isinstance(cls, type)
        and (cls.__module__ in OF_VALUES or (issubclass(cls, BaseEstimator) and _in_rooms(cls.__module__)))
        and all(_is_own(base) for base in cls.__mro__)
    )


def _is_own(base: type) -> bool:
    """Whether a class is as plain as a base must be: one of skorch or joblib brings what they can do."""
    if base in BASES:
        return True
    is_of_room = base.__module__.split(".")[0] in ROOMS
    return is_of_room and bool(base.__flags__ & HEAP_TYPE)


def is_known_function(function, trusted: Collection[str]) -> bool:
    """Whether a file may name a function, or a class as a value."""
    if isinstance(function, np.ufunc) or dotted(function) in trusted:
        return True
    if isinstance(function, type):
        return _within(function.__module__, OF_NETWORKS)
    if not isinstance(function, FunctionType):
        return False
    if tuple(named(function)) == CHECK:
        return True
    first = list(inspect.signature(function).parameters)[:2]
    return (_within(function.__module__, OF_METRICS) and first[:1] in (["y_true"], ["labels_true"])) or (
        _within(function.__module__, OF_SCORES) and first == ["X", "y"]
    )


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
    modules = ("numpy", "scipy.special", CHECK[0], *OF_VALUES)
    places = (*OF_NETWORKS, *OF_METRICS, *OF_SCORES)
    is_possible = module in modules or _in_rooms(module) or _within(module, places)
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
    return bool(rest) and rest[0] in ROOMS.get(root, ()) and "tests" not in rest


def _within(module: str, places) -> bool:
    is_within = any(module == place or module.startswith(f"{place}.") for place in places)
    return is_within and "tests" not in module.split(".")
