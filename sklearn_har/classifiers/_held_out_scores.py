"""Scores of decisions that were made for rows held out."""

import inspect

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import get_scorer

from .._core._sklearn import scorer_parts
from ._temperature import best_temperature, probabilities


class HeldOutDecisions(ClassifierMixin, BaseEstimator):
    """A fitted classifier whose rows are their own decisions, for a scorer to ask."""

    def __init__(self, classes, codes, weights):
        self.classes_ = classes
        self.codes = codes
        self.weights = weights

    def decision_function(self, X):
        return X

    def predict_proba(self, X):
        return probabilities(X, best_temperature(X, self.codes, self.weights))

    def predict(self, X):
        return self.classes_[codes_of(X)]


def codes_of(decisions: np.ndarray) -> np.ndarray:
    """Class that decisions are for, as its position.

    >>> codes_of(np.array([[0.2, 0.7], [0.1, -0.3]])), codes_of(np.array([0.2, -0.3]))
    (array([1, 0]), array([1, 0]))
    """
    return (decisions > 0).astype(np.intp) if decisions.ndim == 1 else decisions.argmax(axis=1)


def scores_of(scoring, decisions, classes, codes, weights, weighted: bool) -> np.ndarray:
    """Score of the decisions of each alpha; the default is accuracy.

    Parameters
    ----------
    scoring : str, callable or None
    decisions : sequence of ndarray
    classes : ndarray of shape (n_classes,)
    codes : ndarray of int of shape (n,)
    weights : ndarray of shape (n,)
    weighted : bool
        Whether the user gave weights; then a scorer gets them, if it takes them.
    """
    if scoring is None:
        return np.array([np.average(codes_of(found) == codes, weights=weights) for found in decisions])
    scorer = get_scorer(scoring)
    takes_weights = "sample_weight" in inspect.signature(scorer_parts(scorer).function).parameters
    extra = {"sample_weight": weights} if weighted and takes_weights else {}
    classifier = HeldOutDecisions(classes, codes, weights)
    scores = np.array([scorer(classifier, found, classes[codes], **extra) for found in decisions])
    if not np.isfinite(scores).all():
        raise ValueError(f"scoring={scoring!r} gives {scores.tolist()} for the alphas; they must be finite.")
    return scores
