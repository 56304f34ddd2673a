"""Where our values are not tsfresh's: every exception with its reason, its bound and the windows it is for.

The table is told to users in docs/tsfresh_values.md; keep both the same.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.stats import linregress
from scipy.stats import t as student


class Exempt(NamedTuple):
    """A listed difference from tsfresh.

    Attributes
    ----------
    calculator : str
    reason : str
        One sentence.
    applies : callable of (window, parameters) to bool
        Which windows, and which parameters, it is for.
    expected : callable of (window, parameters, tsfresh's value) to (float, float)
        What our value must be there, and how far from it the value may be: a finite number.
    """

    calculator: str
    reason: str
    applies: Callable[[np.ndarray, dict], bool]
    expected: Callable[[np.ndarray, dict, float], tuple[float, float]]


def has_ties(window: np.ndarray) -> bool:
    return len(np.unique(window)) < len(window)


def stable_permutation_entropy(window: np.ndarray, dimension: int, tau: int) -> float:
    """Permutation entropy, in which the earlier of two equal samples counts as the smaller."""
    starts = range(0, len(window) - dimension + 1, tau)
    patterns = [tuple(np.argsort(window[start : start + dimension], kind="stable")) for start in starts]
    if not patterns:
        return np.nan
    _, counts = np.unique(patterns, axis=0, return_counts=True)
    shares = counts / len(patterns)
    return float(-np.sum(shares * np.log(shares)))


def _stable_entropy(window, parameter, theirs):
    expected = stable_permutation_entropy(window, **parameter)
    return expected, 1e-12 * max(abs(expected), 1.0)


def _points(window: np.ndarray, parameter: dict) -> np.ndarray:
    """What the line is fitted to."""
    length = parameter.get("chunk_len", 1)
    chunks = [window[start : start + length] for start in range(0, len(window), length)]
    return np.array([getattr(chunk, parameter.get("f_agg", "mean"))() for chunk in chunks])


def _lies_on_a_line(window: np.ndarray, parameter: dict) -> bool:
    if parameter["attr"] not in ("stderr", "intercept_stderr", "pvalue"):
        return False
    points = _points(window, parameter)
    if len(points) < 3 or np.ptp(points) == 0:
        return False
    return 1 - linregress(range(len(points)), points).rvalue ** 2 < 1e-8


def _of_a_nearly_exact_line(window, parameter, theirs):
    """What four units in the last place of r do to the value."""
    points = _points(window, parameter)
    n = len(points)
    line = linregress(range(n), points)
    share = 8 * np.finfo(float).eps  # of the variance that four units in the last place of r leave
    if parameter["attr"] == "pvalue":
        return theirs, 2 * student.sf(np.sqrt((n - 2) / share), n - 2)
    error = abs(line.slope) * np.sqrt(share / (n - 2))
    if parameter["attr"] == "intercept_stderr":
        error *= np.sqrt(((n - 1) / 2) ** 2 + (n**2 - 1) / 12)
    return theirs, error


_ROUNDED_R = (
    "On a straight line, 1 - r² is nothing but the rounding of r, whose last place the order of additions "
    "decides (in tsfresh, that of the processor's linear algebra)."
)

EXCEPTIONS: list[Exempt] = [
    Exempt(
        "permutation_entropy",
        "tsfresh sorts patterns with an unstable algorithm, so that the order of equal samples depends on "
        "the processor; in ours the earlier of two equal samples counts as the smaller.",
        lambda window, parameter: parameter["dimension"] > 3 and has_ties(window),
        _stable_entropy,
    ),
    Exempt("linear_trend", _ROUNDED_R, _lies_on_a_line, _of_a_nearly_exact_line),
    Exempt("agg_linear_trend", _ROUNDED_R, _lies_on_a_line, _of_a_nearly_exact_line),
]
