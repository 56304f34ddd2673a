"""Straight lines fitted to the samples, and to what chunks of them have in common."""

import numpy as np
from scipy.special import stdtr

from ..._core._compiling import compiled
from ._batch import Batch, NotCompiled

_ATTRIBUTES = {"slope": 0, "intercept": 1, "rvalue": 2, "stderr": 3, "intercept_stderr": 4, "pvalue": 5}
_AGGREGATES = {"max": 0, "min": 1, "mean": 2, "var": 3}


def linear_trend(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Least squares line through the samples: ``attr`` is what is told of it."""
    samples = {"chunk_len": 1, "f_agg": "mean"}
    return _trends(batch, [{**samples, **parameter} for parameter in parameters])


def agg_linear_trend(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Least squares line through ``f_agg`` of chunks of ``chunk_len`` samples; the last may be short."""
    return _trends(batch, parameters)


def _trends(batch: Batch, parameters: list[dict]) -> np.ndarray:
    series: dict[tuple, int] = {}  # each (chunk_len, aggregate) is fitted once
    which, attributes = [], []
    for parameter in parameters:
        chunk_len, f_agg, attr = parameter["chunk_len"], parameter["f_agg"], parameter["attr"]
        if attr not in _ATTRIBUTES or f_agg not in _AGGREGATES:
            raise NotCompiled(f"attr={attr!r}, f_agg={f_agg!r}")
        if not isinstance(chunk_len, int | np.integer) or chunk_len < 1:
            raise NotCompiled(f"chunk_len={chunk_len!r}")
        which.append(series.setdefault((int(chunk_len), _AGGREGATES[f_agg]), len(series)))
        attributes.append(_ATTRIBUTES[attr])
    wanted = np.array(list(series), dtype=np.int64)
    lines = _fit_lines(batch.values, wanted[:, 0].copy(), wanted[:, 1].copy())
    if _ATTRIBUTES["pvalue"] in attributes:
        n_points = -(-batch.n_timesteps // wanted[:, 0])
        lines[:, :, 5] = 2 * stdtr(np.maximum(n_points - 2, 1), -np.abs(lines[:, :, 5]))
    return lines[:, which, attributes]


@compiled
def _fit_lines(values, chunk_lens, aggregates):
    """Attributes of the lines, in the order of _ATTRIBUTES; t in place of the p-value."""
    n_windows, n = values.shape
    lines = np.full((n_windows, chunk_lens.size, 6), np.nan)
    points = np.empty(n)
    scratch = np.empty(n)
    for window in range(n_windows):
        row = values[window]
        for i in range(chunk_lens.size):
            chunk_len = chunk_lens[i]
            if chunk_len >= n:
                continue
            if chunk_len == 1 and aggregates[i] < 3:
                _fit_line(row, scratch, lines[window, i])
                continue
            n_chunks = (n + chunk_len - 1) // chunk_len
            for j in range(n_chunks):
                points[j] = _aggregate(
                    row[j * chunk_len : min((j + 1) * chunk_len, n)], aggregates[i], scratch
                )
            _fit_line(points[:n_chunks], scratch, lines[window, i])
    return lines


@compiled
def _aggregate(chunk, aggregate, scratch):
    if aggregate == 0:
        largest = chunk[0]
        for i in range(chunk.size):
            largest = max(largest, chunk[i])
        return largest
    if aggregate == 1:
        smallest = chunk[0]
        for i in range(chunk.size):
            smallest = min(smallest, chunk[i])
        return smallest
    mean = _pairwise_sum(chunk) / chunk.size
    if aggregate == 2:
        return mean
    squares = scratch[: chunk.size]
    for i in range(chunk.size):
        squares[i] = (chunk[i] - mean) * (chunk[i] - mean)
    return _pairwise_sum(squares) / chunk.size


@compiled
def _fit_line(points, scratch, line):
    """As scipy.stats.linregress of ``points`` on 0, 1, 2...; two points or more."""
    n = points.size
    x_mean = (n - 1) / 2
    y_mean = _pairwise_sum(points) / n
    deviations = scratch[:n]
    for i in range(n):
        deviations[i] = points[i] - y_mean
    x_var = (n * n - 1) / 12
    y_var, covariance = _second_moments(deviations, x_mean)
    y_var /= n
    covariance /= n
    if y_var == 0.0:
        r = np.nan if covariance == 0.0 else 0.0
    else:
        r = min(max(covariance / np.sqrt(x_var * y_var), -1.0), 1.0)
    slope = covariance / x_var
    line[0] = slope
    line[1] = y_mean - slope * x_mean
    line[2] = r
    if n == 2:
        line[3] = 0.0
        line[5] = 0.0 if points[0] == points[1] else np.inf
    else:
        line[3] = np.sqrt((1 - r**2) * y_var / x_var / (n - 2))
        line[5] = r * np.sqrt((n - 2) / ((1.0 - r + 1e-20) * (1.0 + r + 1e-20)))
    line[4] = line[3] * np.sqrt(x_var + x_mean**2)


@compiled(fastmath={"reassoc", "contract"})
def _second_moments(deviations, x_mean):
    squares = 0.0
    products = 0.0
    for i in range(deviations.size):
        squares += deviations[i] * deviations[i]
        products += (i - x_mean) * deviations[i]
    return squares, products


@compiled
def _pairwise_sum(values):
    """Sum in NumPy's order: whether there is anything to fit depends on the last bit of the mean."""
    n = values.size
    if n < 8:
        total = 0.0
        for value in values:
            total += value
        return total
    if n > 128:
        half = n // 2
        half -= half % 8
        return _pairwise_sum(values[:half]) + _pairwise_sum(values[half:])
    a, b, c, d = values[0], values[1], values[2], values[3]
    e, f, g, h = values[4], values[5], values[6], values[7]
    stop = n - n % 8
    for i in range(8, stop, 8):
        a += values[i]
        b += values[i + 1]
        c += values[i + 2]
        d += values[i + 3]
        e += values[i + 4]
        f += values[i + 5]
        g += values[i + 6]
        h += values[i + 7]
    total = ((a + b) + (c + d)) + ((e + f) + (g + h))
    for i in range(stop, n):
        total += values[i]
    return total
