"""Arithmetic that must not read across the end of a run."""

from collections.abc import Callable, Iterable

import numpy as np


def run_by_run(
    values: np.ndarray, run_slices: Iterable[slice], arithmetic: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """Apply ``arithmetic``, which keeps the shape, to every run by itself, in float64.

    Parameters
    ----------
    values : ndarray of shape (n_rows, n_channels)
    run_slices : iterable of slice
        The rows of every run; together they are all rows.
    arithmetic : callable
        From the rows of one run to as many.

    Returns
    -------
    ndarray of shape (n_rows, n_channels)
    """
    out = np.empty(values.shape)
    for run in run_slices:
        out[run] = arithmetic(values[run].astype(np.float64, copy=False))
    return out
