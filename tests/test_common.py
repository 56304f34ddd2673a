"""Every public estimator, through scikit-learn's checks, imbalanced-learn's and our own."""

import importlib
import inspect
import pkgutil

import numpy as np
import pytest
from imblearn.base import BaseSampler
from imblearn.utils.estimator_checks import estimator_checks_generator
from sklearn.base import BaseEstimator
from sklearn.utils.estimator_checks import parametrize_with_checks

import sklearn_har
from sklearn_har.testing import (
    estimator_instances,
    expected_failed_checks,
    parametrize_with_window_checks,
    window_estimator_instances,
)
from sklearn_har.testing._window_checks import documented_defaults

pytestmark = [
    # The checks shuffle rows, so that often all windows have one label.
    pytest.mark.filterwarnings("ignore::sklearn_har.exceptions.SingleLabelWarning"),
    # They know of no groups, and call partial_fit after fit.
    pytest.mark.filterwarnings("ignore::sklearn_har.exceptions.SubjectsUnknownWarning"),
    pytest.mark.filterwarnings("ignore::sklearn_har.exceptions.RowsForgottenWarning"),
]

SAMPLERS = [estimator for estimator in estimator_instances() if isinstance(estimator, BaseSampler)]


@pytest.fixture(autouse=True)
def the_same_draws_every_time():
    """Checks permute rows by numpy's global generator: a smoother's labels may survive that by chance."""
    np.random.seed(0)


def public_estimators():
    """Every public class that is an estimator; what only has parameters, such as Jitter, is none."""
    for module in pkgutil.iter_modules(sklearn_har.__path__):
        if module.name.startswith("_"):
            continue
        room = importlib.import_module(f"sklearn_har.{module.name}")
        for name in room.__all__:
            found = getattr(room, name)
            if isinstance(found, type) and issubclass(found, BaseEstimator) and hasattr(found, "fit"):
                yield found


def test_the_table_of_instances_holds_every_public_estimator():
    assert set(public_estimators()) == {type(estimator) for estimator in estimator_instances()}


def test_the_table_of_window_estimators_is_part_of_it():
    windows = {type(estimator) for estimator in window_estimator_instances()}
    assert windows <= {type(estimator) for estimator in estimator_instances()}


@parametrize_with_checks(estimator_instances(), expected_failed_checks=expected_failed_checks)
def test_scikit_learn(estimator, check):
    check(estimator)


SAMPLER_CASES = [
    case
    for sampler in SAMPLERS
    for case in estimator_checks_generator(
        sampler, expected_failed_checks=expected_failed_checks(sampler), mark="xfail"
    )
]


@pytest.mark.parametrize(("estimator", "check"), SAMPLER_CASES, ids=str)
def test_imbalanced_learn(estimator, check):
    check(estimator)


@parametrize_with_window_checks(window_estimator_instances())
def test_windows(estimator, check):
    check(estimator)


@pytest.mark.parametrize("estimator", estimator_instances(), ids=lambda one: type(one).__name__)
def test_docstrings_name_all_defaults(estimator):
    parameters = inspect.signature(type(estimator)).parameters.values()
    with_default = {one.name for one in parameters if one.default is not inspect.Parameter.empty}
    assert with_default <= documented_defaults(estimator).keys()
