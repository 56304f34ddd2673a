"""Every private name of scikit-learn that the library needs, in one place.

When a release of scikit-learn moves one of them, this file is all that changes.
"""

import importlib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from sklearn.base import _fit_context
from sklearn.metrics import get_scorer
from sklearn.metrics._scorer import _BaseScorer
from sklearn.model_selection._split import GroupsConsumerMixin
from sklearn.utils import _safe_indexing
from sklearn.utils._metadata_requests import _routing_enabled
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    StrOptions,
    validate_params,
)
from sklearn.utils._set_output import _get_output_config, _wrap_data_with_container
from sklearn.utils.validation import _check_feature_names_in, _check_sample_weight, _num_samples

__all__ = [
    "BoostedTrees",
    "GroupsConsumerMixin",
    "HasMethods",
    "Interval",
    "ScorerParts",
    "StrOptions",
    "_check_feature_names_in",
    "_check_sample_weight",
    "_fit_context",
    "_get_output_config",
    "_num_samples",
    "_routing_enabled",
    "_safe_indexing",
    "_wrap_data_with_container",
    "boosted_trees",
    "loss_class",
    "scorer_parts",
    "tree_class",
    "validate_params",
]


class ScorerParts(NamedTuple):
    """What a scorer of scikit-learn is made of: ``sign * function(y_true, y_pred, **kwargs)``."""

    function: Callable[..., float]
    sign: int
    kwargs: dict
    response_method: object


def scorer_parts(metric) -> ScorerParts:
    """Take a scorer apart: one named as in scikit-learn, one of make_scorer, or a plain metric."""
    scorer = get_scorer(metric) if isinstance(metric, str) else metric
    if not isinstance(scorer, _BaseScorer):
        return ScorerParts(scorer, 1, {}, "predict")
    return ScorerParts(scorer._score_func, scorer._sign, dict(scorer._kwargs), scorer._response_method)


class BoostedTrees(NamedTuple):
    """What a fitted HistGradientBoostingClassifier is made of.

    Attributes
    ----------
    trees : list of (ndarray, int)
        The nodes of every tree, with named fields, and the score that its leaves are added to.
    baseline : ndarray of shape (n_scores,)
        What the scores begin with.
    is_categorical : bool
        Whether any split asks for a set of categories, or categories are encoded before.
    """

    trees: list
    baseline: np.ndarray
    is_categorical: bool


def boosted_trees(estimator) -> BoostedTrees:
    """Take a fitted HistGradientBoostingClassifier apart."""
    trees = [
        (predictor.nodes, score)
        for of_iteration in estimator._predictors
        for score, predictor in enumerate(of_iteration)
    ]
    is_categorical = estimator._preprocessor is not None or any(
        nodes["is_categorical"].any() for nodes, _ in trees
    )
    return BoostedTrees(trees, estimator._baseline_prediction.ravel(), is_categorical)


def tree_class() -> type:
    """Class of the nodes of a fitted tree, compiled."""
    return importlib.import_module("sklearn.tree._tree").Tree


def loss_class(module: str, name: str) -> type | None:
    """Class of a compiled loss of a module; None if there is none of that name."""
    losses = importlib.import_module("sklearn._loss._loss")
    cls = getattr(importlib.import_module(module), name, None)
    of_losses = losses.CyLossFunction, losses.CyHalfMultinomialLoss
    return cls if isinstance(cls, type) and issubclass(cls, of_losses) else None
