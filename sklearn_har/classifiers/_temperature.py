"""Decisions to probabilities, by one temperature."""

import numpy as np
from scipy.optimize import brentq
from scipy.special import softmax

LIMITS = (0.01, 100.0)


def probabilities(decisions: np.ndarray, temperature: float) -> np.ndarray:
    """Probabilities of the classes, shape (n, n_classes): the softmax of decisions over temperature.

    One column of decisions is that of the second of two classes; the first has its negative.

    >>> probabilities(np.array([0.0, 1.0]), 0.5).round(3)
    array([[0.5  , 0.5  ],
           [0.018, 0.982]])
    """
    return softmax(of_every_class(decisions) / temperature, axis=1)


def of_every_class(decisions: np.ndarray) -> np.ndarray:
    """Decisions as float64, one column for each class."""
    decisions = np.asarray(decisions, dtype=np.float64)
    return np.column_stack([-decisions, decisions]) if decisions.ndim == 1 else decisions


def best_temperature(decisions: np.ndarray, codes: np.ndarray, weights: np.ndarray) -> float:
    """Temperature at which the probabilities of the true classes have the smallest mean log loss.

    Found as the root of the slope, which rises with the inverse of the temperature; a root outside
    of `LIMITS` is moved there: decisions without an error would be certain, and those that tell
    nothing would be flat.

    >>> decisions = np.array([-1.0, -1.0, -1.0, 1.0, 1.0, 1.0])
    >>> codes = np.array([0, 0, 1, 1, 1, 0])
    >>> temperature = best_temperature(decisions, codes, np.ones(6))
    >>> probabilities(np.array([1.0]), temperature).round(3)  # two of three are right
    array([[0.333, 0.667]])
    """
    decisions = of_every_class(decisions)
    true = decisions[np.arange(len(codes)), codes]

    def slope(inverse: float) -> float:
        expected = (softmax(inverse * decisions, axis=1) * decisions).sum(axis=1)
        return weights @ (expected - true) / weights.sum()

    flat, certain = 1 / LIMITS[1], 1 / LIMITS[0]
    if slope(flat) >= 0:
        return LIMITS[1]
    if slope(certain) <= 0:
        return LIMITS[0]
    return 1 / brentq(slope, flat, certain, xtol=1e-13, rtol=1e-13)
