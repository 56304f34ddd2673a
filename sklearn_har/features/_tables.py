"""From windows to the rows of a table: what its transformers share, and blocks of windows in threads."""

from collections.abc import Callable, Sequence

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from .._core._blocks import block_slices
from .._core._progress import progress_bar
from .._core._sklearn import _check_feature_names_in
from .._core._threads import one_blas_thread
from ..windowing import Windows, validate_windows

BLOCK_BYTES = 8 * 2**20  # of a block's windows and of their part of the table


class TableTransformer(TransformerMixin, BaseEstimator):
    """Windows in, a table out: a row for each window, columns that fit has fixed in ``_names``."""

    _names: np.ndarray
    _made_last = "_names"  # what a fit ends with, so that without it there is none

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, self._made_last)

    def _windows_to_fit(self, X) -> Windows:
        """Validate windows to learn from; if that or the fit fails, nothing of an earlier fit computes."""
        self.__dict__.pop(self._made_last, None)
        return validate_windows(self, X, reset=True)

    def get_feature_names_out(self, input_features=None):
        """Names of the columns.

        Parameters
        ----------
        input_features : array-like of str of shape (n_features_in_,), default=None
            Ignored, but for a check that they are those of X, where X was 2-D in fit.

        Returns
        -------
        ndarray of str of shape (n_features_out,)
        """
        check_is_fitted(self)
        if input_features is not None:
            _check_feature_names_in(self, input_features)
        return self._names_of_columns()

    def _names_of_columns(self) -> np.ndarray:
        return self._names.copy()


def blocks_of(windows: Windows, n_columns: int) -> list[slice]:
    """Slices of windows that take `BLOCK_BYTES`, their float32 table of so many columns included."""
    n_windows, n_timesteps, n_channels = windows.shape
    return list(block_slices(n_windows, 8 * n_timesteps * n_channels + 4 * n_columns, BLOCK_BYTES))


def write_in_blocks(
    write: Callable[[Windows, np.ndarray], int],
    windows: Windows,
    blocks: Sequence[slice],
    table: np.ndarray,
    n_jobs: int | None,
    description: str,
    verbose: bool | None,
) -> None:
    """Call ``write`` with blocks of windows and their rows of the table; it returns the number of windows.

    Threads share out the blocks, so BLAS keeps to one in each.
    """
    if len(blocks) == 1:  # a single window is ready before threads or a bar would be
        write(windows, table)
        return
    jobs = Parallel(n_jobs=n_jobs, require="sharedmem", return_as="generator")
    with one_blas_thread(), progress_bar(len(windows), description, verbose) as bar:
        written = jobs(delayed(write)(windows[block], table[block]) for block in blocks)
        for n_written in written:
            bar.update(n_written)


def compute_in_blocks(
    compute: Callable[[Windows], np.ndarray],
    windows: Windows,
    blocks: Sequence[slice],
    n_columns: int,
    n_jobs: int | None,
    verbose: bool | None,
) -> np.ndarray:
    """Put together what ``compute`` returns for blocks of windows, perhaps from other machines."""
    table = np.empty((len(windows), n_columns))
    jobs = Parallel(n_jobs=n_jobs, prefer="threads", return_as="generator")
    found = jobs(delayed(compute)(windows[block]) for block in blocks)
    with progress_bar(len(windows), "Computing features", verbose) as bar:
        for block, of_block in zip(blocks, found, strict=True):
            table[block] = of_block
            bar.update(len(of_block))
    return table
