"""Products of a signal with itself some samples before, and regressions through them.

That is good to eight digits or better unless the lags are nearly dependent, or the columns of the regression
differ so much in size that tsfresh itself rounds (or cuts) what is there. Such windows are left to
`_least_squares`.
"""

import numpy as np

from ..._core._compiling import compiled

INDEPENDENT = 1e-8  # the part of its squares that a column must have left when the others are taken out
ROUNDING = 2.0**-52


@compiled
def sum_lag_products(level, changes, n_lags, products, crossed, sums):
    """Products of the changes at the lags 0 to ``n_lags``, of these with the level, and the level's own."""
    n = level.size
    sum_products_of_lags(changes, n_lags, products)
    sum_lags(changes, n_lags, sums)
    now = level[n_lags:]
    level_sum = 0.0
    for value in now:
        level_sum += value
    for lag in range(n_lags + 1):
        crossed[lag] = _dot(now, changes[n_lags - lag : n - lag])
    return _dot(now, now), level_sum


@compiled
def sum_products_of_lags(series, n_lags, products):
    """Sums over the samples that have ``n_lags`` before them; neighbours share all but a few terms."""
    n = series.size
    for apart in range(n_lags + 1):
        last = n_lags - apart
        n_shared = n - n_lags - last
        shared = _dot(series[last : last + n_shared], series[n_lags : n_lags + n_shared])
        total = shared  # only additions, so that one large sample does no harm
        for i in range(last + 1):
            if i:
                total += series[n_lags - apart - i] * series[n_lags - i]
            products[i, i + apart] = total
        extra = 0.0
        for i in range(last - 1, -1, -1):
            extra += series[n - 1 - i - apart] * series[n - 1 - i]
            products[i, i + apart] += extra
        for i in range(last + 1):
            products[i + apart, i] = products[i, i + apart]


@compiled
def sum_lags(series, n_lags, sums):
    n = series.size
    total = 0.0
    for t in range(n_lags, n - n_lags):
        total += series[t]
    for i in range(n_lags + 1):
        if i:
            total += series[n_lags - i]
        sums[i] = total
    extra = 0.0
    for i in range(n_lags - 1, -1, -1):
        extra += series[n - 1 - i]
        sums[i] += extra


@compiled
def factorise(squares, n, sizes):
    """Factorise the first ``n`` columns, and the last row with them; whether these are independent.

    They are where each has more than rounding left of ``sizes``, its squares before the mean was taken out.
    """
    for i in range(n + 1):
        for j in range(min(i + 1, n)):
            total = squares[i, j]
            for k in range(j):
                total -= squares[i, k] * squares[j, k]
            if i != j:
                squares[i, j] = total / squares[j, j]
            elif total > INDEPENDENT * sizes[i]:
                squares[i, i] = np.sqrt(total)
            else:
                return False
    total = squares[n, n]
    for k in range(n):
        total -= squares[n, k] * squares[n, k]
    squares[n, n] = total
    return True


@compiled
def is_told(factor, row, left, sizes):
    """Whether what the columns before it leave of ``row``, ``left``, is more than rounding.

    It is the difference of terms that are as large as each column times its coefficient.
    """
    coefficients = np.empty(row)
    terms = np.sqrt(sizes[row])
    for i in range(row - 1, -1, -1):
        value = factor[row, i]
        for j in range(i + 1, row):
            value -= factor[j, i] * coefficients[j]
        coefficients[i] = value / factor[i, i]
        terms += abs(coefficients[i]) * np.sqrt(sizes[i])
    return left > INDEPENDENT * terms * terms


@compiled
def are_good(coefficients, factor, sizes):
    """Whether rounding of the products moves no coefficient by more than 5e-7 of it, or 5e-10."""
    n = coefficients.size
    terms = np.sqrt(sizes[n])
    for i in range(n):
        terms += abs(coefficients[i]) * np.sqrt(sizes[i])
    inverse = np.zeros((n, n))  # of the factor, a column a row
    for j in range(n):
        inverse[j, j] = 1 / factor[j, j]
        for i in range(j + 1, n):
            value = 0.0
            for k in range(j, i):
                value -= factor[i, k] * inverse[j, k]
            inverse[j, i] = value / factor[i, i]
    for i in range(n):
        weight = 0.0
        for j in range(n):
            weight += abs(_dot(inverse[i], inverse[j])) * np.sqrt(sizes[j])
        if not ROUNDING * weight * terms < 5e-7 * abs(coefficients[i]) + 5e-10:
            return False
    return True


@compiled
def inverse_size(factor, column_means, n_rows):
    """About the trace of the inverse of the products, with those of the constant."""
    size = 1 / n_rows
    n = column_means.size
    solved = np.empty(n)
    for i in range(n):
        value = column_means[i]
        for j in range(i):
            value -= factor[i, j] * solved[j]
        solved[i] = value / factor[i, i]
        size += solved[i] * solved[i] + 1 / (factor[i, i] * factor[i, i])
    return size


@compiled(fastmath={"reassoc", "contract"})
def _dot(a, b):
    total = 0.0
    for i in range(a.size):
        total += a[i] * b[i]
    return total
