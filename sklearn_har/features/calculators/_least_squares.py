"""Regressions on lags as statsmodels has them, step by step, for windows that the kernels leave."""

import numpy as np


class Fit:
    """Least squares through singular values, as statsmodels.regression.linear_model.OLS has it."""

    def __init__(self, design: np.ndarray, now: np.ndarray):
        with np.errstate(all="ignore"):
            u, sizes, vt = np.linalg.svd(design, full_matrices=False)
            inverse = np.where(sizes > 1e-15 * sizes[:, :1], 1.0 / sizes, 0.0)
            pseudo = vt.swapaxes(1, 2) @ (inverse[:, :, np.newaxis] * u.swapaxes(1, 2))
            self.coefficients = (pseudo @ now[:, :, np.newaxis])[:, :, 0]
            residuals = now - (design @ self.coefficients[:, :, np.newaxis])[:, :, 0]
            self._pseudo = pseudo
            self._squares = (residuals**2).sum(axis=1)
            self._rank = (sizes > sizes[:, :1] * design.shape[2] * np.finfo(np.float64).eps).sum(axis=1)
            self._n = design.shape[1]

    def information_criterion(self) -> np.ndarray:
        """Akaike's."""
        with np.errstate(all="ignore"):
            half = self._n / 2
            likelihood = -half * np.log(2 * np.pi) - half * np.log(self._squares / self._n) - half
            return -2 * likelihood + 2 * self._rank

    def t_of_first(self) -> np.ndarray:
        """Student's t of the first coefficient."""
        with np.errstate(all="ignore"):
            scale = self._squares / (self._n - self._rank)
            return self.coefficients[:, 0] / np.sqrt((self._pseudo[:, 0] ** 2).sum(axis=1) * scale)


def test_by_singular_values(values: np.ndarray, max_lag: int) -> tuple[np.ndarray, np.ndarray]:
    statistic = np.empty(len(values))
    lag = np.empty(len(values), np.int64)
    for some, change, columns in _designs(values, max_lag):
        criteria = np.stack(
            [Fit(columns[:, :, :size], change).information_criterion() for size in _sizes(columns, max_lag)],
            axis=1,
        )
        lag[some] = criteria.argmin(axis=1)
    for used_lag in np.unique(lag):
        those = np.flatnonzero(lag == used_lag)
        for some, change, columns in _designs(values[those], used_lag):
            first = columns.shape[2] - used_lag - 1  # the level comes first, what is fitted is the same
            order = [*range(first, columns.shape[2]), *range(first)]
            statistic[those[some]] = Fit(columns[:, :, order], change).t_of_first()
    return statistic, lag


def _sizes(columns: np.ndarray, max_lag: int) -> range:
    """Numbers of columns of the regressions with 0 to ``max_lag`` lags."""
    return range(columns.shape[2] - max_lag, columns.shape[2] + 1)


def _designs(values: np.ndarray, n_lags: int):
    """Windows, their changes, and the columns that explain them: constant, level, lagged changes.

    The constant is left out, as in statsmodels, where one of the other columns is one.
    """
    change, lagged = lag_columns(np.diff(values), n_lags)
    level = values[:, n_lags:-1, np.newaxis]
    columns = np.concatenate([level, lagged], axis=2)
    constant = ((np.ptp(columns, axis=1) == 0) & (columns[:, 0] != 0)).any(axis=1)
    with_constant = np.concatenate([np.ones_like(level), columns], axis=2)
    for group, columns_of_it in ((~constant, with_constant), (constant, columns)):
        some = np.flatnonzero(group)
        if len(some):
            yield some, change[some], columns_of_it[some]


def lag_columns(series: np.ndarray, n_lags: int) -> tuple[np.ndarray, np.ndarray]:
    """Samples that have ``n_lags`` before them, and these, the latest first: (n_series, n_rows, n_lags)."""
    n = series.shape[1]
    lagged = np.empty((len(series), n - n_lags, n_lags))
    for lag in range(1, n_lags + 1):
        lagged[:, :, lag - 1] = series[:, n_lags - lag : n - lag]
    return series[:, n_lags:], lagged
