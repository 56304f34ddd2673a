"""How sure a score is, as far as who was recorded is concerned."""

from collections.abc import Callable
from numbers import Real

import numpy as np
from sklearn.utils import check_random_state

from .._core._sklearn import Interval

LEVEL_LIMITS = {"level": [Interval(Real, 0, 1, closed="neither")]}
LEVEL = 0.95
N_DRAWS = 1000


def interval_over_people(
    counts: np.ndarray,
    statistic: Callable[[np.ndarray], np.ndarray],
    *,
    level: float = LEVEL,
    n_draws: int = N_DRAWS,
    random_state=0,
) -> tuple[np.ndarray, np.ndarray]:
    """Percentile interval of a statistic of all people's counts, when people are drawn with replacement.

    Windows and rows of one person are alike, so people are drawn, not rows (the cluster bootstrap;
    Field and Welsh, "Bootstrapping clustered data", Journal of the Royal Statistical Society B 69,
    2007).

    Parameters
    ----------
    counts : ndarray of shape (n_people, ...)
        What adds up over people, such as confusion matrices.
    statistic : callable
        From summed counts of shape (n_draws, ...) to values of shape (n_draws,), or several of each draw.
    level : float
        Share of the draws inside the interval.
    n_draws : int
    random_state : int, RandomState instance or None

    Returns
    -------
    low, high : float, or ndarray where there are several values
        NaN where fewer than two people are counted: nothing is known then of how people differ.
    """
    times_drawn = draw_people(len(counts), n_draws, random_state)
    values = statistic(np.tensordot(times_drawn.astype(np.float64), counts.astype(np.float64), axes=1))
    return percentile_interval(values, level, len(counts))


def draw_people(n_people: int, n_draws: int, random_state) -> np.ndarray:
    """How often each person is in each draw of as many people, with replacement, (n_draws, n_people)."""
    if not n_people:
        return np.zeros((n_draws, 0), dtype=np.intp)
    generator = check_random_state(random_state)
    return generator.multinomial(n_people, np.full(n_people, 1 / n_people), size=n_draws)


def percentile_interval(values: np.ndarray, level: float, n_people: int) -> tuple[np.ndarray, np.ndarray]:
    """The middle of the values of draws, along the first axis; NaN where fewer than two people are drawn."""
    if n_people < 2:
        values = np.full_like(values, np.nan, shape=(1, *values.shape[1:]))
        return values[0], values[0]
    low, high = np.nanquantile(values, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high
