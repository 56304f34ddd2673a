"""How a signal follows from its samples before: autoregressions, and a test for a unit root.

Both are regressions on lags, solved through the products of lagged signals, which costs a few microseconds.
Windows for which that is not good to eight digits (see `_lag_products`) are solved once more, as statsmodels
does it.
"""

import numpy as np
from scipy.special import ndtr

from ..._core._compiling import compiled
from ._batch import Batch, NotCompiled, once
from ._lag_products import (
    are_good,
    factorise,
    inverse_size,
    is_told,
    sum_lag_products,
    sum_lags,
    sum_products_of_lags,
)
from ._least_squares import Fit, lag_columns, test_by_singular_values
from ._parameters import whole_number

_CONDITION = 1e14  # of the products, that is, the square of the regression's
_TIE = 1e-5  # between two information criteria
_WINDOWS_AT_ONCE = 32  # through the singular values, which take memory


def ar_coefficient(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Coefficient ``coeff`` of the autoregression on ``k`` lags by least squares; 0 is the constant."""
    features = np.full((len(batch), len(parameters)), np.nan)
    for i, parameter in enumerate(parameters):
        n_lags = whole_number("k", parameter["k"], least=1)
        coefficient = whole_number("coeff", parameter["coeff"], least=0)
        if batch.n_timesteps < 2 * n_lags + 1:
            if coefficient == n_lags:
                features[:, i] = 0.0  # as tsfresh has it for windows that are too short
        elif coefficient <= n_lags:
            features[:, i] = _autoregression(batch, n_lags)[:, coefficient]
    return features


def augmented_dickey_fuller(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """``attr`` of the test for a unit root, with a constant and as many lags as Akaike's criterion takes."""
    if any(parameter.get("autolag", "AIC") != "AIC" for parameter in parameters):
        raise NotCompiled("augmented_dickey_fuller with another autolag than AIC")
    statistic, lag = _dickey_fuller(batch)
    attributes = {"teststat": statistic, "pvalue": _mackinnon_p(statistic), "usedlag": lag}
    features = np.full((len(batch), len(parameters)), np.nan)
    for i, parameter in enumerate(parameters):
        if parameter["attr"] in attributes:
            features[:, i] = attributes[parameter["attr"]]
    return features


@once
def _autoregression(batch: Batch, n_lags: int) -> np.ndarray:
    """Constant and coefficients of the lags, shape (n_windows, n_lags + 1)."""
    coefficients, left = _solve_autoregressions(batch.values, batch.mean, n_lags)
    for some in _groups(left):
        now, lagged = lag_columns(batch.values[some], n_lags)
        design = np.concatenate([np.ones_like(now)[:, :, np.newaxis], lagged], axis=2)
        coefficients[some] = Fit(design, now).coefficients
    return coefficients


@once
def _dickey_fuller(batch: Batch) -> tuple[np.ndarray, np.ndarray]:
    """Test statistic and number of lags of every window."""
    n = batch.n_timesteps
    max_lag = min(n // 2 - 2, int(np.ceil(12.0 * np.power(n / 100.0, 1 / 4.0))))
    if max_lag < 0:
        return np.full(len(batch), np.nan), np.full(len(batch), np.nan)
    statistic, lag, left = _test_unit_roots(batch.values, batch.mean, max_lag)
    untested = batch.minimum == batch.maximum
    with np.errstate(over="ignore"):  # a change that overflows would stop the singular values of all windows
        untested[left] |= np.isinf(np.diff(batch.values[left])).any(axis=1)
    statistic[untested], lag[untested] = np.nan, np.nan
    for some in _groups(left & ~untested):
        statistic[some], lag[some] = test_by_singular_values(batch.values[some], max_lag)
    return statistic, lag


def _mackinnon_p(statistic: np.ndarray) -> np.ndarray:
    """Approximate p-value of MacKinnon (1994) for a regression with a constant."""
    with np.errstate(all="ignore"):
        small = 2.1659 + statistic * (1.4412 + statistic * 0.038269)
        large = 1.7339 + statistic * (0.93202 + statistic * (-0.12745 + statistic * -0.010368))
        p = ndtr(np.where(statistic <= -1.61, small, large))
    return np.where(statistic > 2.74, 1.0, np.where(statistic < -18.83, 0.0, p))


def _groups(left: np.ndarray) -> list[np.ndarray]:
    windows = np.flatnonzero(left)
    return [windows[i : i + _WINDOWS_AT_ONCE] for i in range(0, len(windows), _WINDOWS_AT_ONCE)]


@compiled
def _solve_autoregressions(values, mean, n_lags):
    """Coefficients, and the windows left."""
    n_windows, n = values.shape
    n_rows = n - n_lags
    coefficients = np.empty((n_windows, n_lags + 1))
    left = np.zeros(n_windows, np.bool_)
    deviations = np.empty(n)
    squares = np.empty((n_lags + 1, n_lags + 1))  # of the lags 1, 2, ..., and then of the sample itself
    sums = np.empty(n_lags + 1)
    sizes = np.empty(n_lags + 1)
    column_means = np.empty(n_lags)
    products = np.empty((n_lags + 1, n_lags + 1))
    for window in range(n_windows):
        total = 0.0
        for t in range(n):
            deviations[t] = values[window, t] - mean[window]
            total += values[window, t] * values[window, t]
        sum_products_of_lags(deviations, n_lags, products)
        sum_lags(deviations, n_lags, sums)
        for i in range(n_lags + 1):
            a = (i + 1) % (n_lags + 1)
            sizes[i] = products[a, a]
            for j in range(i + 1):
                b = (j + 1) % (n_lags + 1)
                squares[i, j] = products[a, b] - sums[a] * sums[b] / n_rows
        for i in range(n_lags):
            column_means[i] = mean[window] + sums[i + 1] / n_rows
        independent = factorise(squares, n_lags, sizes)
        condition = (n + total * n_lags) * inverse_size(squares, column_means, n_rows)
        if not (independent and condition < _CONDITION):
            left[window] = True
            continue
        constant = mean[window] + sums[0] / n_rows
        for i in range(n_lags - 1, -1, -1):
            slope = squares[n_lags, i]
            for j in range(i + 1, n_lags):
                slope -= squares[j, i] * coefficients[window, j + 1]
            slope /= squares[i, i]
            coefficients[window, i + 1] = slope
            constant -= slope * column_means[i]
        coefficients[window, 0] = constant
        left[window] = not are_good(coefficients[window, 1:], squares, sizes)
    return coefficients, left


@compiled
def _test_unit_roots(values, mean, max_lag):
    """Test statistic, number of lags, and the windows left."""
    n_windows, n = values.shape
    statistic = np.full(n_windows, np.nan)
    lags = np.full(n_windows, np.nan)
    left = np.zeros(n_windows, np.bool_)
    level = np.empty(n - 1)
    changes = np.empty(n - 1)
    products = np.empty((max_lag + 1, max_lag + 1))
    crossed = np.empty(max_lag + 1)
    sums = np.empty(max_lag + 1)
    squares = np.empty((max_lag + 2, max_lag + 2))
    sizes = np.empty(max_lag + 2)
    column_means = np.empty(max_lag + 1)
    for window in range(n_windows):
        row = values[window]
        drift = (row[n - 1] - row[0]) / (n - 1)
        total = 0.0
        for t in range(n - 1):
            change = row[t + 1] - row[t]
            level[t] = row[t] - mean[window]
            changes[t] = change - drift
            total += row[t] * row[t] + max_lag * change * change
        # The number of lags, from regressions on the same rows, in the order: level, changes, change now.
        level_squares, level_sum = sum_lag_products(level, changes, max_lag, products, crossed, sums)
        n_rows = n - 1 - max_lag
        _centre(products, crossed, sums, level_squares, level_sum, n_rows, max_lag, 0, squares, sizes)
        column_means[0] = mean[window] + level_sum / n_rows
        for i in range(1, max_lag + 1):
            column_means[i] = drift + sums[i] / n_rows
        independent = factorise(squares, max_lag + 1, sizes)
        condition = (n + total) * inverse_size(squares, column_means, n_rows)
        lag, clear = _best_lag(squares, max_lag, n_rows)
        told = is_told(squares, max_lag + 1, squares[max_lag + 1, max_lag + 1], sizes)
        if not (independent and told and clear and condition < _CONDITION):
            left[window] = True
            continue
        # The test, from as many rows as there are, in the order: changes, level, change now.
        if lag < max_lag:
            level_squares, level_sum = sum_lag_products(level, changes, lag, products, crossed, sums)
            n_rows = n - 1 - lag
        _centre(products, crossed, sums, level_squares, level_sum, n_rows, lag, lag, squares, sizes)
        independent = factorise(squares, lag + 1, sizes)
        rest = squares[lag + 1, lag + 1]
        told = is_told(squares, lag + 1, rest, sizes) and is_told(squares, lag, squares[lag, lag] ** 2, sizes)
        if not (independent and told):
            left[window] = True
            continue
        statistic[window] = squares[lag + 1, lag] / np.sqrt(rest / (n_rows - lag - 2))
        lags[window] = lag
    return statistic, lags, left


@compiled
def _best_lag(squares, max_lag, n_rows):
    """The lag that Akaike's criterion takes, given the factor of the products; whether it is beyond doubt."""
    last = max_lag + 1
    whole = 0.0
    for i in range(last):
        whole += squares[last, i] * squares[last, i]
    whole += squares[last, last]  # what the factorisation has left of it
    rest = whole
    best = second = np.inf
    lag = 0
    for i in range(last):
        rest -= squares[last, i] * squares[last, i]
        criterion = n_rows * np.log(rest) + 2 * i
        if criterion < best:
            best, second, lag = criterion, best, i
        else:
            second = min(second, criterion)
    return lag, second - best > _TIE


@compiled
def _centre(products, crossed, sums, level_squares, level_sum, n_rows, n_lags, place, squares, sizes):
    """Products about the means: of the lagged changes, with the level at ``place``, and of the change now.

    ``sizes`` are the squares before, to which rounding is relative.
    """
    last = n_lags + 1
    for i in range(last + 1):
        a = 0 if i == last else (-1 if i == place else (i + 1 if i < place else i))
        sizes[i] = products[a, a] if a >= 0 else level_squares
        for j in range(i + 1):
            b = 0 if j == last else (-1 if j == place else (j + 1 if j < place else j))
            if a < 0 and b < 0:
                squares[i, j] = level_squares - level_sum * level_sum / n_rows
            elif a < 0 or b < 0:
                other = max(a, b)
                squares[i, j] = crossed[other] - sums[other] * level_sum / n_rows
            else:
                squares[i, j] = products[a, b] - sums[a] * sums[b] / n_rows
