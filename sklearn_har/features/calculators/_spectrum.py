"""Spectra and wavelets: Fourier coefficients, moments of the spectrum, power density, Ricker wavelets."""

import math
from functools import lru_cache

import numpy as np

from ..._core._compiling import compiled
from ._batch import Batch, NotCompiled

ATTRIBUTES = {"real": 0, "imag": 1, "abs": 2, "angle": 3}
MOMENTS = {"centroid": 0, "variance": 1, "skew": 2, "kurtosis": 3}
DEGREES = 180 / math.pi
SMALLEST_SQUARE, LARGEST_SQUARE = 1e-280, 1e280  # between them a sum of two squares is exact to its last bits


def fft_coefficient(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Coefficient ``coeff`` of the Fourier transform: real or imaginary part, size, or angle in degrees."""
    coefficients = _positions(parameters, "coeff")
    return _parts_of_coefficients(batch.spectrum, coefficients, _codes(parameters, "attr", ATTRIBUTES))


def fft_aggregated(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Moments of the amplitude spectrum over the number of the coefficient."""
    return _moments_of_amplitudes(batch.spectrum)[:, _codes(parameters, "aggtype", MOMENTS)]


def spkt_welch_density(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Power density by Welch's method, at the frequency number ``coeff``.

    Where the window is too short for some of the frequencies, tsfresh gives those that there are to the
    first parameters: so does this.
    """
    coefficients = _positions(parameters, "coeff")
    density = batch.welch
    there = coefficients[coefficients < density.shape[1]]
    out = np.full((len(batch), len(coefficients)), np.nan)
    out[:, : len(there)] = density[:, there]
    return out


def cwt_coefficients(batch: Batch, parameters: list[dict]) -> np.ndarray:
    """Sample ``coeff`` of the wavelet transform by the Ricker wavelet of the width ``w``."""
    coefficients = _positions(parameters, "coeff")
    try:
        wavelets = tuple((tuple(one["widths"]), one["w"]) for one in parameters)
        weights = _cwt_weights(batch.n_timesteps, wavelets, tuple(coefficients.tolist()))
    except (KeyError, TypeError, ValueError) as error:
        raise NotCompiled(f"cwt_coefficients of {parameters}: {error}") from error
    out = _weighted_sums(batch.values, weights)
    out[:, coefficients >= batch.n_timesteps] = np.nan
    return out


def _positions(parameters: list[dict], name: str) -> np.ndarray:
    try:
        positions = np.array([one[name] for one in parameters])
    except (KeyError, ValueError) as error:
        raise NotCompiled(f"{name} is missing") from error
    if positions.dtype.kind not in "iu" or positions.ndim != 1 or positions.min() < 0:
        raise NotCompiled(f"{name} is not made of positions: {positions}")
    return positions.astype(np.intp, copy=False)


def _codes(parameters: list[dict], name: str, known: dict[str, int]) -> np.ndarray:
    try:
        return np.array([known[one[name]] for one in parameters], dtype=np.intp)
    except (KeyError, TypeError) as error:
        raise NotCompiled(f"{name} is not one of {list(known)}: {error}") from error


@compiled
def _amplitude(value):
    square = value.real * value.real + value.imag * value.imag
    if SMALLEST_SQUARE < square < LARGEST_SQUARE:
        return math.sqrt(square)
    return math.hypot(value.real, value.imag)


@compiled
def _parts_of_coefficients(spectrum, coefficients, attributes):
    n_windows, n_bins = spectrum.shape
    n_parameters = len(coefficients)
    out = np.empty((n_windows, n_parameters))
    for window in range(n_windows):
        for place in range(n_parameters):
            coefficient, attribute = coefficients[place], attributes[place]
            if coefficient >= n_bins:
                out[window, place] = np.nan
                continue
            value = spectrum[window, coefficient]
            if attribute == 0:
                out[window, place] = value.real
            elif attribute == 1:
                out[window, place] = value.imag
            elif attribute == 2:
                out[window, place] = _amplitude(value)
            else:
                out[window, place] = math.atan2(value.imag, value.real) * DEGREES
    return out


@compiled
def _moments_of_amplitudes(spectrum):
    """Centroid, variance, skew and kurtosis, shape (n_windows, 4), as tsfresh defines them."""
    n_windows, n_bins = spectrum.shape
    out = np.empty((n_windows, 4))
    for window in range(n_windows):
        total = first = second = third = fourth = 0.0
        for coefficient in range(n_bins):
            amplitude = _amplitude(spectrum[window, coefficient])
            k = float(coefficient)
            total += amplitude
            first += k * amplitude
            second += k**2 * amplitude
            third += k**3 * amplitude
            fourth += k**4 * amplitude
        centroid, second, third, fourth = first / total, second / total, third / total, fourth / total
        variance = second - centroid**2
        out[window, 0], out[window, 1] = centroid, variance
        if variance < 0.5:  # NaN compares false and goes on, as in tsfresh
            out[window, 2] = out[window, 3] = np.nan
            continue
        out[window, 2] = (third - 3 * centroid * variance - centroid**3) / variance**1.5
        # the last term is to the first power in tsfresh, where the definition has the fourth
        out[window, 3] = (
            fourth - 4 * centroid * third + 6 * second * centroid**2 - 3 * centroid
        ) / variance**2
    return out


@lru_cache(maxsize=64)
def _cwt_weights(n_timesteps: int, wavelets: tuple, coefficients: tuple) -> np.ndarray:
    """What each sample counts for in each coefficient, as far as samples count at all.

    The transform is a convolution, so the response to one impulse says it all: what sample j counts
    for in coefficient c is the response c - j samples after the impulse.
    """
    import pywt  # 0.2 s, and nothing else needs it

    reach = max(coefficients) + 1
    impulse = np.zeros(n_timesteps + reach)
    impulse[n_timesteps - 1] = 1.0
    responses = {
        (widths, w): pywt.cwt(impulse, scales=widths, wavelet="mexh")[0][widths.index(w)]
        for widths, w in dict.fromkeys(wavelets)
    }
    weights = np.empty((n_timesteps, len(coefficients)))
    for place, (wavelet, coefficient) in enumerate(zip(wavelets, coefficients, strict=True)):
        weights[:, place] = responses[wavelet][coefficient : coefficient + n_timesteps][::-1]
    counts = np.flatnonzero(weights.any(axis=1))
    return np.ascontiguousarray(weights[: counts.max(initial=-1) + 1])


@compiled
def _weighted_sums(values, weights):
    """Product of two matrices, summed in an order that does not depend on the number of windows."""
    n_windows = len(values)
    n_samples, n_sums = weights.shape
    out = np.zeros((n_windows, n_sums))
    for window in range(n_windows):
        for sample in range(n_samples):
            value = values[window, sample]
            for place in range(n_sums):
                out[window, place] += value * weights[sample, place]
    return out
