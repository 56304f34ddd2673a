"""What can be said of the signals of a window: numbers of their values, spectra and directions.

Signals are arrays of shape (..., n_timesteps); each function works along the last axis, and says of a
signal that does not change what is said of zeros.
"""

import numpy as np
from scipy.special import entr

AR_ORDER = 4
N_LAGS = 8
ROUNDING = 8 * np.finfo(np.float64).eps  # what changes less, for its size, does not change
NOISE = 1e-4  # of the largest value: 0.1 mg beside gravity, well below what sensors add of their own
TIME = (
    "mean",
    "std",
    "mad",
    "max",
    "min",
    "energy",
    "iqr",
    "entropy",
    *(f"ar_{i + 1}" for i in range(AR_ORDER)),
)
PERIODIC = tuple(f"autocorrelation_{i + 1}" for i in range(N_LAGS))
SPECTRAL = (
    "spectral_mean",
    "spectral_std",
    "spectral_mad",
    "spectral_max",
    "spectral_min",
    "spectral_energy",
    "spectral_iqr",
    "spectral_entropy",
    "spectral_skewness",
    "spectral_kurtosis",
    "peak_frequency",
    "mean_frequency",
)


def time_features(signals: np.ndarray) -> np.ndarray:
    """What `TIME` names, shape (..., 12)."""
    moving = deviations(signals)
    squares = signals**2
    mad, iqr = spreads(signals)
    return np.concatenate(
        [
            np.stack(
                [
                    signals.mean(axis=-1),
                    np.sqrt((moving**2).mean(axis=-1)),
                    mad,
                    signals.max(axis=-1),
                    signals.min(axis=-1),
                    squares.mean(axis=-1),
                    iqr,
                    evenness(squares),
                ],
                axis=-1,
            ),
            burg(moving, AR_ORDER, NOISE * np.abs(signals).max(axis=-1)),
        ],
        axis=-1,
    )


def spectral_features(signals: np.ndarray, sampling_rate: float, n_bands: int) -> np.ndarray:
    """What `SPECTRAL` names, and the power in ``n_bands`` bands, shape (..., 12 + n_bands)."""
    amplitude, power = spectrum(signals)
    n_bins = amplitude.shape[-1]
    if not n_bins:
        return np.zeros((*signals.shape[:-1], len(SPECTRAL) + n_bands))
    frequencies = np.arange(1, n_bins + 1) * (sampling_rate / signals.shape[-1])
    mad, iqr = spreads(amplitude)
    moving = deviations(amplitude)
    squares = moving**2
    variance = squares.mean(axis=-1)
    peak = np.where(amplitude.max(axis=-1) > 0, frequencies[amplitude.argmax(axis=-1)], 0.0)
    return np.concatenate(
        [
            np.stack(
                [
                    amplitude.mean(axis=-1),
                    np.sqrt(variance),
                    mad,
                    amplitude.max(axis=-1),
                    amplitude.min(axis=-1),
                    (amplitude**2).mean(axis=-1),
                    iqr,
                    evenness(power),
                    quotient((squares * moving).mean(axis=-1), variance**1.5),
                    quotient((squares**2).mean(axis=-1), variance**2),
                    peak,
                    quotient(amplitude @ frequencies, amplitude.sum(axis=-1)),
                ],
                axis=-1,
            ),
            band_powers(power, signals.shape[-1], n_bands),
        ],
        axis=-1,
    )


def deviations(signals: np.ndarray) -> np.ndarray:
    """Signals less their means; exactly zero where all that is left is rounding."""
    moving = signals - signals.mean(axis=-1, keepdims=True)
    largest = np.abs(signals).max(axis=-1, keepdims=True)
    moving[np.abs(moving).max(axis=-1) <= ROUNDING * largest[..., 0]] = 0.0
    return moving


def spreads(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Median absolute deviation from the median, and range between the quartiles."""
    ordered = np.sort(values, axis=-1)
    distances = np.abs(ordered - of_sorted(ordered, 0.5)[..., np.newaxis])
    distances.sort(axis=-1)
    return of_sorted(distances, 0.5), of_sorted(ordered, 0.75) - of_sorted(ordered, 0.25)


def of_sorted(ordered: np.ndarray, share: float) -> np.ndarray:
    """Quantile of sorted values, linear between two."""
    place = share * (ordered.shape[-1] - 1)
    low = int(place)
    high = min(low + 1, ordered.shape[-1] - 1)
    return ordered[..., low] + (place - low) * (ordered[..., high] - ordered[..., low])


def evenness(parts: np.ndarray) -> np.ndarray:
    """Entropy of the shares of parts, 1 where all are equal, 0 where one has everything or none has any."""
    n_parts = parts.shape[-1]
    if n_parts == 1:
        return np.zeros(parts.shape[:-1])
    shares = quotient(parts, parts.sum(axis=-1, keepdims=True))
    return entr(shares).sum(axis=-1) / np.log(n_parts)


def burg(moving: np.ndarray, order: int, noise: np.ndarray) -> np.ndarray:
    """Coefficients of an autoregression by Burg's method, shape (..., order), beside noise of a size (...).

    The sample at t is predicted by the sum of coefficient i times the sample at t - i. The noise counts as
    what can never be predicted: without it the coefficients of a smooth signal, such as gravity behind a
    filter, would tell how its values were rounded.
    """
    coefficients = np.zeros((*moving.shape[:-1], order))
    forward = backward = moving
    for step in range(min(order, moving.shape[-1] - 1)):
        forward, backward = forward[..., 1:], backward[..., :-1]
        left = (forward**2 + backward**2).mean(axis=-1) + 2 * noise**2
        reflection = quotient(2 * (forward * backward).mean(axis=-1), left)[..., np.newaxis]
        earlier = coefficients[..., :step]
        coefficients[..., :step] = earlier - reflection * earlier[..., ::-1]
        coefficients[..., step] = reflection[..., 0]
        forward, backward = forward - reflection * backward, backward - reflection * forward
    return coefficients


def spectrum(signals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Amplitude and power of the frequencies above 0; the powers add up to the variance."""
    n_timesteps = signals.shape[-1]
    size = np.abs(np.fft.rfft(deviations(signals), axis=-1)[..., 1:]) / n_timesteps
    both_sides = np.full(size.shape[-1], 2.0)
    if n_timesteps % 2 == 0:
        both_sides[-1] = 1.0
    return both_sides * size, both_sides * size**2


def band_powers(power: np.ndarray, n_timesteps: int, n_bands: int) -> np.ndarray:
    """Power in bands of equal width up to the Nyquist frequency; a band has its upper end."""
    n_bins = power.shape[-1]
    band = -(-2 * n_bands * np.arange(1, n_bins + 1) // n_timesteps) - 1
    membership = (band[:, np.newaxis] == np.arange(n_bands)).astype(np.float64)
    return power @ membership


def autocorrelations(signals: np.ndarray) -> np.ndarray:
    """What `PERIODIC` names, shape (..., 8): at lags in equal steps, the last of half of the timesteps."""
    moving = deviations(signals)
    n_timesteps = moving.shape[-1]
    found = []
    for step in range(1, N_LAGS + 1):
        lag = -(-step * n_timesteps // (2 * N_LAGS))
        found.append((moving[..., lag:] * moving[..., : n_timesteps - lag]).sum(axis=-1))
    return quotient(np.stack(found, axis=-1), (moving**2).sum(axis=-1, keepdims=True))


def correlations(signals: np.ndarray) -> np.ndarray:
    """Correlations of each signal with those after it; from shape (..., n_signals, n_timesteps)."""
    unit = unit_deviations(signals)
    first, second = np.triu_indices(signals.shape[-2], 1)
    return (unit[..., first, :] * unit[..., second, :]).sum(axis=-1)


def correlations_between(signals: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Correlations of each signal with each other, shape (..., n_signals, n_others)."""
    return unit_deviations(signals) @ np.swapaxes(unit_deviations(others), -1, -2)


def unit_deviations(signals: np.ndarray) -> np.ndarray:
    """Deviations, scaled to length 1; zero of a signal that does not change."""
    moving = deviations(signals)
    return quotient(moving, np.sqrt((moving**2).sum(axis=-1, keepdims=True)))


def signal_magnitude_area(triads: np.ndarray) -> np.ndarray:
    """Mean of the sum of the absolute values of the three axes."""
    return np.abs(triads).sum(axis=-2).mean(axis=-1)


def magnitudes(triads: np.ndarray) -> np.ndarray:
    """Euclidean length of the vector at every timestep."""
    return np.sqrt((triads**2).sum(axis=-2))


def jerk(signals: np.ndarray, sampling_rate: float) -> np.ndarray:
    """Change for each second, from each timestep to the next; 0 of a signal of one timestep."""
    if signals.shape[-1] == 1:
        return np.zeros_like(signals)
    return np.diff(signals, axis=-1) * sampling_rate


def angles(vectors: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Angles between vectors, in radians from 0 to pi; a right angle to a vector of length 0."""
    lengths = np.linalg.norm(vectors, axis=-1) * np.linalg.norm(others, axis=-1)
    return np.arccos(np.clip(quotient((vectors * others).sum(axis=-1), lengths), -1.0, 1.0))


def quotient(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Quotient; 0 where the denominator is."""
    return np.divide(numerator, denominator, out=np.zeros(np.shape(numerator)), where=denominator != 0)
