"""Counts of shapes: peaks, peaks of a wavelet transform, copies of a query."""

from functools import lru_cache

import numpy as np

from ..._core._compiling import compiled
from ._batch import Batch, NotCompiled
from ._parameters import whole_numbers


def number_peaks(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Number of samples that are larger than the ``n`` samples before and the ``n`` after them."""
    return _numbers_of_peaks(batch.values, whole_numbers(parameters, "n", least=1))


def number_cwt_peaks(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Number of peaks that persist through Ricker wavelets of the widths 1 to ``n`` and rise above the noise.

    What `scipy.signal.find_peaks_cwt` finds with its defaults.
    """
    widest = whole_numbers(parameters, "n", least=1)
    wavelets, n_taps = _wavelets(int(widest.max(initial=0)), batch.n_timesteps)
    return _numbers_of_wavelet_peaks(batch.values, wavelets, n_taps, widest)


def query_similarity_count(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """NaN: the number of copies of a ``query`` is known only without one."""
    for parameter in parameters:
        if parameter.get("query") is not None:
            raise NotCompiled("query_similarity_count with a query")
    return np.full((len(batch), len(parameters)), np.nan)


# Peaks ---------------------------------------------------------------------------------------------------


@compiled
def _numbers_of_peaks(values, supports):
    n_windows, n = values.shape
    largest = 0
    for support in supports:
        largest = max(largest, support)
    numbers = np.zeros((n_windows, supports.size))
    for window in range(n_windows):
        row = values[window]
        for position in range(1, n - 1):
            value = row[position]
            if not (value > row[position - 1] and value > row[position + 1]):
                continue
            reach = min(largest, position, n - 1 - position)
            support = 1
            while (
                support < reach
                and value > row[position - support - 1]
                and value > row[position + support + 1]
            ):
                support += 1
            for k in range(supports.size):
                numbers[window, k] += support >= supports[k]
    return numbers


# Peaks of the wavelet transform --------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _wavelets(widest: int, n_timesteps: int) -> tuple[np.ndarray, np.ndarray]:
    """Ricker wavelets of the widths 1 to ``widest``, a row each, and how many taps each has."""
    n_taps = np.minimum(10 * np.arange(1, widest + 1), n_timesteps)
    wavelets = np.zeros((widest, n_taps.max(initial=0)))
    for width, n in enumerate(n_taps, start=1):
        wavelets[width - 1, :n] = _ricker(n, width)
    return wavelets, n_taps


def _ricker(n_taps: int, width: int) -> np.ndarray:
    """Ricker wavelet in tsfresh's scale."""
    squares = (np.arange(n_taps) - (n_taps - 1.0) / 2) ** 2
    scale = 2 / (np.sqrt(3 * width) * np.pi**0.25)
    return scale * (1 - squares / width**2) * np.exp(-squares / (2 * width**2))


@compiled
def _numbers_of_wavelet_peaks(values, wavelets, n_taps, widest):
    """Ridge lines of every window that are long and clear enough, for every widest wavelet."""
    n_windows, n = values.shape
    n_widths, most_taps = wavelets.shape
    padded = np.zeros(n + 2 * most_taps)
    smoothed = np.empty((n_widths, n))
    maxima = np.empty((n_widths, n), np.int64)
    n_maxima = np.empty(n_widths, np.int64)
    lines = np.empty((6, n_widths * n), np.int64)
    alive = np.empty(n_widths * n, np.int64)
    line_at = np.full(n + 2 * n_widths, -1)
    numbers = np.empty((n_windows, widest.size))
    for window in range(n_windows):
        padded[most_taps : most_taps + n] = values[window]
        for k in range(n_widths):
            _convolve(padded[most_taps - n_taps[k] // 2 :], wavelets[k, : n_taps[k]], smoothed[k])
            n_maxima[k] = _relative_maxima(smoothed[k], maxima[k])
        for k in range(widest.size):
            n_lines = _ridge_lines(maxima, n_maxima[: widest[k]], lines, alive, line_at)
            shortest = (widest[k] + 3) // 4
            numbers[window, k] = _n_clear_lines(smoothed, lines[:, :n_lines], shortest)
    return numbers


@compiled
def _ridge_lines(maxima, n_maxima, lines, alive, line_at):
    """Join the maxima of the widths, the widest first, to lines; return how many.

    ``lines`` holds, for every line in the order they begin, its last position, its number of maxima, the
    smallest width and its position, the widths since its last maximum, and where it stood after the width
    before. ``line_at`` says which line stood at a position (never more than one), with a margin of one
    position a width; it is -1 before and after. A line ends when two widths go by without a maximum.
    """
    margin = (line_at.size - maxima.shape[1]) // 2
    last, length, low_width, low_position, gap, stood = lines
    n_lines = 0
    n_alive = 0
    for width in range(n_maxima.size - 1, -1, -1):
        for i in range(n_alive):
            line = alive[i]
            stood[line] = last[line]
            line_at[margin + stood[line]] = line
            gap[line] += 1
        n_before = n_alive
        reach = (width + 1) // 4
        for i in range(n_maxima[width]):
            position = maxima[width, i]
            line = _closest_line(line_at, margin + position, reach)
            if line < 0:
                line = n_lines
                n_lines += 1
                alive[n_alive] = line
                n_alive += 1
                length[line] = 0
                low_width[line] = maxima.shape[0]
            last[line] = position
            length[line] += 1
            gap[line] = 0
            if width < low_width[line]:
                low_width[line] = width
                low_position[line] = position
        for i in range(n_before):
            line_at[margin + stood[alive[i]]] = -1
        n_kept = 0
        for i in range(n_alive):
            if gap[alive[i]] <= 1:
                alive[n_kept] = alive[i]
                n_kept += 1
        n_alive = n_kept
    return n_lines


@compiled
def _closest_line(line_at, place, reach):
    """The line nearest to a place, at most ``reach`` away, of two the one that began earlier; -1 if none."""
    if line_at[place] >= 0:
        return line_at[place]
    for distance in range(1, reach + 1):
        before = line_at[place - distance]
        after = line_at[place + distance]
        if before >= 0 and after >= 0:
            return min(before, after)
        if before >= 0 or after >= 0:
            return max(before, after)
    return -1


@compiled
def _n_clear_lines(smoothed, lines, shortest):
    """Lines of so many maxima whose value at the smallest width is not below the noise there."""
    number = 0
    for line in range(lines.shape[1]):
        if lines[1, line] >= shortest:
            position = lines[3, line]
            number += _is_clear(smoothed[lines[2, line], position], smoothed[0], position)
    return number


@compiled
def _is_clear(value, row, position):
    """Whether a value is no smaller than the noise: the tenth percentile of a twentieth of the row around."""
    size = abs(value)
    length = (row.size + 19) // 20
    around = row[max(position - length // 2, 0) : min(position + length // 2 + length % 2, row.size)]
    place = 10 / 100.0 * (around.size - 1)
    rank = int(place)
    n_far_below = 0
    n_below = 0
    n_above = 0
    for other in around:  # these counts nearly always tell, without finding the percentile
        n_far_below += other < -size * (1 + 1e-9)
        n_below += other <= -size
        n_above += other >= size
    if n_far_below >= rank + 2:
        return False
    if n_below <= rank and n_above <= around.size - 2 - rank:
        return True
    return not size / abs(_percentile(around, place, rank)) < 1


@compiled
def _percentile(values, place, rank):
    """What stands at a place between the ranks ``rank`` and ``rank + 1``, as `scipy.stats` interpolates."""
    smallest = np.full(rank + 2, np.inf)
    for value in values:
        i = rank + 1
        if not value < smallest[i]:
            continue
        while i > 0 and value < smallest[i - 1]:
            smallest[i] = smallest[i - 1]
            i -= 1
        smallest[i] = value
    if rank == place:
        return smallest[rank]
    weight = rank + 1 - place
    weight_after = place - rank
    return (smallest[rank] * weight + smallest[rank + 1] * weight_after) / (weight + weight_after)


@compiled
def _convolve(padded, wavelet, smoothed):
    """The wavelet is symmetric, so that it need not be turned; sums go from left to right, as NumPy's."""
    smoothed[:] = 0
    whole = wavelet.size - wavelet.size % 5
    for tap in range(0, whole, 5):
        a, b, c, d, e = wavelet[tap], wavelet[tap + 1], wavelet[tap + 2], wavelet[tap + 3], wavelet[tap + 4]
        pa, pb, pc, pd, pe = (
            padded[tap:],
            padded[tap + 1 :],
            padded[tap + 2 :],
            padded[tap + 3 :],
            padded[tap + 4 :],
        )
        for i in range(smoothed.size):
            smoothed[i] = ((((smoothed[i] + a * pa[i]) + b * pb[i]) + c * pc[i]) + d * pd[i]) + e * pe[i]
    for tap in range(whole, wavelet.size):
        after = padded[tap:]
        for i in range(smoothed.size):
            smoothed[i] += wavelet[tap] * after[i]


@compiled
def _relative_maxima(row, positions):
    """Write the positions larger than both neighbours, in order; return how many."""
    n_found = 0
    for position in range(1, row.size - 1):
        positions[n_found] = position  # kept if it is counted
        n_found += (row[position] > row[position - 1]) & (row[position] > row[position + 1])
    return n_found
