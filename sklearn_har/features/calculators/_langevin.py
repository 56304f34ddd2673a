"""Drift of a Langevin equation: how the change to the next sample depends on where the signal is."""

import warnings
from contextlib import suppress

import numpy as np

from ..._core._compiling import compiled
from ._batch import Batch, NotCompiled, once

# Scaled powers of the positions count as independent above this. Below, tsfresh's own fit is rounding to
# more than a ten millionth, and its value can only be had with NumPy's very steps.
_INDEPENDENT = 2e-7


def friedrich_coefficients(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Coefficient ``coeff`` of the polynomial of degree ``m`` through the means of ``r`` bins."""
    features = np.full((len(batch), len(parameters)), np.nan)
    for i, parameter in enumerate(parameters):
        degree, n_bins, coeff = parameter["m"], parameter["r"], parameter["coeff"]
        if not isinstance(coeff, int | np.integer) or coeff < 0:
            raise NotCompiled(f"coeff={coeff!r}")
        drift = _drift(batch, degree, n_bins)
        if coeff <= degree:
            features[:, i] = drift[:, coeff]
    return features


def max_langevin_fixed_point(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Largest real part of the roots of that polynomial: where nothing drifts."""
    if any(parameter["m"] != 3 for parameter in parameters):
        raise NotCompiled("the roots of polynomials other than cubic ones")
    columns = [_largest_roots(_drift(batch, parameter["m"], parameter["r"])) for parameter in parameters]
    return np.stack(columns, axis=1)


def _drift(batch: Batch, degree: int, n_bins: int) -> np.ndarray:
    """Coefficients of the drift, highest power first, shape (n_windows, degree + 1)."""
    whole = isinstance(degree, int | np.integer) and isinstance(n_bins, int | np.integer)
    if not (whole and 1 <= degree <= 20 and n_bins >= 2):
        raise NotCompiled(f"m={degree!r}, r={n_bins!r}")
    return _estimate_drift(batch, int(degree), int(n_bins))


@once
def _estimate_drift(batch: Batch, degree: int, n_bins: int) -> np.ndarray:
    if batch.n_timesteps < 3:
        return np.full((len(batch), degree + 1), np.nan)
    below, share = places_of_edges(batch.n_timesteps - 1, n_bins)
    means, n_used = _mean_changes(batch.values, batch.order, below, share)
    drift, left = _fit_polynomials(means, n_used, degree)
    for window in np.flatnonzero(left):
        used = means[window, :, : n_used[window]]
        with warnings.catch_warnings(), np.errstate(all="ignore"), suppress(np.linalg.LinAlgError):
            warnings.simplefilter("ignore", np.exceptions.RankWarning)
            drift[window] = np.polyfit(used[0], used[1], degree)
    return drift


def places_of_edges(n: int, n_bins: int) -> tuple[np.ndarray, np.ndarray]:
    """After which of n sorted values each edge of pandas.qcut lies, and how far to the next."""
    quantiles = np.linspace(0, 1, n_bins + 1)
    inexact = n_bins * quantiles != np.arange(n_bins + 1)
    quantiles[inexact] = np.nextafter(quantiles[inexact], 1)
    places = (n - 1) * quantiles
    below = np.floor(places)
    return below.astype(np.intp), places - below


@compiled
def _mean_changes(values, order, below, share):
    """Mean position and mean change of the bins that hold samples, and their number; 0 if edges are equal."""
    n_windows, n_timesteps = values.shape
    n = n_timesteps - 1  # the last sample has no change
    n_bins = below.size - 1
    means = np.zeros((n_windows, 2, n_bins))
    n_used = np.zeros(n_windows, np.int64)
    ordered = np.empty(n)
    places = np.empty(n, np.int64)
    edges = np.empty(n_bins + 1)
    bins = np.empty(n, np.int64)
    sums = np.empty((n_bins, 4))
    counts = np.empty(n_bins, np.int64)
    for window in range(n_windows):
        row = values[window]
        i = 0
        for place in order[window]:
            if place != n:
                places[i] = place
                ordered[i] = row[place]
                i += 1
        if not _edges_of_bins(ordered, below, share, edges):
            continue
        e = 1
        for i in range(n):
            while e < n_bins and edges[e] < ordered[i]:
                e += 1
            bins[places[i]] = e - 1
        sums[:] = 0.0
        counts[:] = 0
        for i in range(n):
            b = bins[i]
            counts[b] += 1
            _add(sums[b, :2], row[i])
            _add(sums[b, 2:], row[i + 1] - row[i])
        used = 0
        for b in range(n_bins):
            if counts[b]:
                means[window, 0, used] = sums[b, 0] / counts[b]
                means[window, 1, used] = sums[b, 2] / counts[b]
                used += 1
        n_used[window] = used
    return means, n_used


@compiled
def _edges_of_bins(ordered, below, share, edges):
    """Whether the quantiles differ, which go to ``edges``."""
    last = ordered.size - 1
    for e in range(edges.size):
        a = ordered[min(below[e], last)]
        b = ordered[min(below[e] + 1, last)]
        edges[e] = b - (b - a) * (1 - share[e]) if share[e] >= 0.5 else a + (b - a) * share[e]
        if e and edges[e] == edges[e - 1]:
            return False
    return True


@compiled
def _add(total, value):
    """Add to a sum and its compensation, as the means of pandas' groups do."""
    value -= total[1]
    new = total[0] + value
    total[1] = new - total[0] - value
    total[0] = new


@compiled
def _fit_polynomials(means, n_used, degree):
    """Coefficients, and the windows left because their powers are hardly independent."""
    n_windows = len(means)
    n_powers = degree + 1
    coefficients = np.full((n_windows, n_powers), np.nan)
    left = np.zeros(n_windows, np.bool_)
    powers = np.empty((n_powers + 1, means.shape[2]))  # a row a column of the system, the changes last
    r = np.empty((n_powers, n_powers + 1))
    scale = np.empty(n_powers)
    for window in range(n_windows):
        n = n_used[window]
        if n == 0:
            continue
        if n < n_powers:
            left[window] = True
            continue
        for i in range(n):
            power = 1.0
            for j in range(degree, -1, -1):
                powers[j, i] = power
                power *= means[window, 0, i]
            powers[n_powers, i] = means[window, 1, i]
        left[window] = not _orthogonalise(powers[:, :n], r, scale)
        if not left[window]:
            for j in range(degree, -1, -1):
                total = r[j, n_powers]
                for i in range(j + 1, n_powers):
                    total -= r[j, i] * coefficients[window, i]
                coefficients[window, j] = total / r[j, j]
            for j in range(n_powers):
                coefficients[window, j] /= scale[j]
    return coefficients, left


@compiled
def _orthogonalise(columns, r, scale):
    """QR by modified Gram-Schmidt of columns made of length 1; False where they hardly are independent."""
    last = len(columns) - 1
    for j in range(last):
        scale[j] = np.sqrt(_dot(columns[j], columns[j]))
        columns[j] /= scale[j]
    for j in range(last):
        r[j, j] = np.sqrt(_dot(columns[j], columns[j]))
        if not r[j, j] > _INDEPENDENT:
            return False
        columns[j] /= r[j, j]
        for k in range(j + 1, last + 1):
            r[j, k] = _dot(columns[j], columns[k])
            for i in range(columns.shape[1]):
                columns[k, i] -= r[j, k] * columns[j, i]
    return True


@compiled
def _largest_roots(cubics):
    """Largest real part of the roots of every cubic; NaN where there are none, or nothing is finite."""
    largest = np.full(len(cubics), np.nan)
    for window in range(len(cubics)):
        a, b, c, d = cubics[window, 0], cubics[window, 1], cubics[window, 2], cubics[window, 3]
        if not (np.isfinite(a) and np.isfinite(b) and np.isfinite(c) and np.isfinite(d)):
            continue
        if a == 0.0:
            if b != 0.0:
                largest[window] = _largest_root_of_quadratic(b, c, d)
            elif c != 0.0:
                largest[window] = -d / c
        elif np.isfinite(b / a) and np.isfinite(c / a) and np.isfinite(d / a):
            root, b, c = _split_cubic(a, b, c, d)
            largest[window] = max(root, _largest_root_of_quadratic(a, b, c))
    return largest


@compiled
def _split_cubic(a, b, c, d):
    """A root x of a real cubic, and the quadratic a, b1, c2 of the others, after Kahan.

    Newton's iteration begins outside of all roots, where it cannot miss, and the quadratic is divided out
    from the end that keeps its small coefficients (W. Kahan, To Solve a Real Cubic Equation, 1986).
    """
    if d == 0.0:
        return 0.0, b, c
    x = -(b / a) / 3
    value, slope, b1, c2 = _evaluate_cubic(x, a, b, c, d)
    t = value / a
    reach = abs(t) ** (1 / 3)
    sign = 1.0 if t > 0 else -1.0
    t = -slope / a
    if t > 0:
        reach = 1.324718 * max(reach, np.sqrt(t))
    following = x - sign * reach
    if following != x:
        for _ in range(200):
            x = following
            value, slope, b1, c2 = _evaluate_cubic(x, a, b, c, d)
            following = x if slope == 0 else x - value / slope / 1.000000000000001
            if sign * following <= sign * x:
                break
        if abs(a) * x * x > abs(d / x):
            c2 = -d / x
            b1 = (c2 - c) / x
    return x, b1, c2


@compiled
def _evaluate_cubic(x, a, b, c, d):
    q = a * x
    b1 = q + b
    c2 = b1 * x + c
    return c2 * x + d, (q + b1) * x + c2, b1, c2


@compiled
def _largest_root_of_quadratic(a, b, c):
    half = -b / 2
    discriminant = half * half - a * c
    if discriminant < 0:
        return half / a
    r = half + np.sqrt(discriminant) if half >= 0 else half - np.sqrt(discriminant)
    if r == 0.0:
        return 0.0
    return max(r / a, c / r)


@compiled(fastmath={"reassoc", "contract"})
def _dot(a, b):
    total = 0.0
    for i in range(a.size):
        total += a[i] * b[i]
    return total
