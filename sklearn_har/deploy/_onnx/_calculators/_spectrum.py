"""Spectra and wavelets: Fourier coefficients, moments of the spectrum, power density, Ricker wavelets."""

import numpy as np
import torch
from torch import Tensor

from ....features import calculators
from ....features.calculators._batch import Batch
from ._series import Series, not_zero, once, select, undefined, unless

LONGEST_SEGMENT = 256  # of Welch's method


def fft_coefficient(series: Series, parameters: list[dict]) -> Tensor:
    """Coefficient ``coeff``: real or imaginary part, size, or angle in degrees."""
    n_there = series.n_timesteps // 2 + 1
    parts = {"real": lambda: _spectrum(series)[0], "imag": lambda: _spectrum(series)[1]}
    parts |= {"abs": lambda: _amplitudes(series), "angle": lambda: _angles(series)}
    asked = [attr for attr in parts if any(one["attr"] == attr for one in parameters)]
    all_parts = torch.cat([*(parts[attr]() for attr in asked), undefined(series)], -1)
    places = [
        asked.index(one["attr"]) * n_there + int(one["coeff"])
        if int(one["coeff"]) < n_there
        else len(asked) * n_there
        for one in parameters
    ]
    return select(all_parts, series, "fft_coefficient", places)


def fft_aggregated(series: Series, parameters: list[dict]) -> Tensor:
    """Moments of the amplitudes over the number of the coefficient, as tsfresh defines them."""
    amplitudes = _amplitudes(series)
    numbers = series.constants.keep("fft_numbers", np.arange(series.n_timesteps // 2 + 1))
    total = amplitudes.sum(-1, keepdim=True)
    centroid = (numbers * amplitudes).sum(-1, keepdim=True) / total
    apart = numbers - centroid
    variance = (apart**2 * amplitudes).sum(-1, keepdim=True) / total
    third = (apart**3 * amplitudes).sum(-1, keepdim=True) / total
    fourth = (apart**4 * amplitudes).sum(-1, keepdim=True) / total
    narrow = variance < 0.5
    skew = unless(narrow, third / variance**1.5)
    # tsfresh takes away 3c where the definition of the fourth moment takes away 3c⁴
    kurtosis = unless(narrow, (fourth + 3 * centroid**4 - 3 * centroid) / variance**2)
    moments = {"centroid": centroid, "variance": variance, "skew": skew, "kurtosis": kurtosis}
    return torch.cat([moments[one["aggtype"]] for one in parameters], -1)


def spkt_welch_density(series: Series, parameters: list[dict]) -> Tensor:
    """Power density at the frequency number ``coeff``; what there is goes to the first parameters."""
    coefficients = [int(one["coeff"]) for one in parameters]
    n_there = min(series.n_timesteps, LONGEST_SEGMENT) // 2 + 1
    there = [number for number in coefficients if number < n_there]
    columns = select(welch(series), series, "spkt_welch_density", there)
    n_lacking = len(coefficients) - len(there)
    return torch.cat([columns, undefined(series, n_lacking)], -1) if n_lacking else columns


def cwt_coefficients(series: Series, parameters: list[dict]) -> Tensor:
    """A product with what each sample counts for, which is what the compiled calculator makes of impulses."""
    weights = calculators.cwt_coefficients(Batch(np.eye(series.n_timesteps)), parameters)
    of_impulses = series.constants.keep("cwt_weights", weights)
    of_constant = series.constants.keep("cwt_sums", weights.sum(axis=0))
    return series.from_first @ of_impulses + series.values[..., :1] * of_constant


@once
def welch(series: Series) -> Tensor:
    """Power spectral density by Welch's method, as `scipy.signal.welch` gives it by default."""
    length = min(series.n_timesteps, LONGEST_SEGMENT)
    taper = 0.5 + 0.5 * np.cos(np.linspace(-np.pi, np.pi, length + 1)[:-1]) if length > 1 else np.ones(1)
    taper = (taper / np.sqrt((taper**2).sum()))[:, np.newaxis]
    keep = series.constants.keep
    cosines, sines = (
        keep(f"welch_{name}", taper * wave)
        for name, wave in zip(("cosines", "sines"), _waves(length), strict=True)
    )
    starts = range(0, series.n_timesteps - length + 1, length - length // 2)
    total = 0
    for start in starts:
        segment = series.from_first[..., start : start + length]
        segment = segment - segment.sum(-1, keepdim=True) / length
        total = total + (segment @ cosines) ** 2 + (segment @ sines) ** 2
    sides = np.ones(length // 2 + 1)
    sides[1 : (length + 1) // 2] = 2
    return total * keep("welch_sides", sides / len(starts))


@once
def _spectrum(series: Series) -> tuple[Tensor, Tensor]:
    """Real and imaginary parts; but for the first, the mean has no part in them."""
    cosines, sines = _waves(series.n_timesteps)
    keep = series.constants.keep
    real = series.deviations @ keep("fft_cosines", cosines)
    real = torch.cat([series.values.sum(-1, keepdim=True), real[..., 1:]], -1)
    return real, series.deviations @ keep("fft_sines", sines)


@once
def _amplitudes(series: Series) -> Tensor:
    real, imaginary = _spectrum(series)
    return (real**2 + imaginary**2).sqrt()


@once
def _angles(series: Series) -> Tensor:
    """In degrees. The arctangent is known in single precision; one step of Newton's adds the digits."""
    real, imaginary = _spectrum(series)
    amplitude = _amplitudes(series)
    none = amplitude == 0
    size = not_zero(amplitude)
    cosine, sine = unless(none, real / size, 1.0), imaginary / size
    # the half angle's tangent, from the side that loses no digits
    left = cosine < 0
    half = torch.where(left, (1 - cosine) / not_zero(sine), sine / (1 + cosine.abs()))
    angle = 2 * torch.atan(half.to(torch.float32)).to(real.dtype)
    angle = unless(left & (sine == 0), angle, np.pi)
    angle = angle + sine * angle.cos() - cosine * angle.sin()
    return angle * (180 / np.pi)


def _waves(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Cosines and minus sines at all frequencies, shape (n, n // 2 + 1), exact where they are 0 or 1."""
    turns = np.outer(np.arange(n), np.arange(n // 2 + 1)) % n
    quarters, rest = np.divmod(4 * turns, n)
    angles = rest * (np.pi / (2 * n))
    cosine, sine = np.cos(angles), np.sin(angles)
    cosines = np.choose(quarters, [cosine, -sine, -cosine, sine])
    sines = np.choose(quarters, [sine, cosine, -sine, -cosine])
    return cosines, -sines
