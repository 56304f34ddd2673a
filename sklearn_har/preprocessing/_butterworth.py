"""Butterworth filters: coefficients, and how a run goes through them."""

from collections.abc import Iterable

import numpy as np
from scipy import signal

from .._core._blocks import as_block
from ._runs import run_by_run
from ._streams import RunStream


def butterworth_sos(low: float | None, high: float | None, order: int, sampling_rate: float) -> np.ndarray:
    """Coefficients of a Butterworth filter that keeps the frequencies between ``low`` and ``high``.

    Parameters
    ----------
    low, high : float or None
        Cut-off frequencies in Hz; at least one.
    order : int
    sampling_rate : float
        In Hz.

    Returns
    -------
    ndarray of shape (n_sections, 6)
        Second-order sections, as `scipy.signal.sosfilt` takes them.
    """
    if low is None:
        return signal.butter(order, high, "lowpass", fs=sampling_rate, output="sos")
    if high is None:
        return signal.butter(order, low, "highpass", fs=sampling_rate, output="sos")
    return signal.butter(order, [low, high], "bandpass", fs=sampling_rate, output="sos")


def check_cutoff(name: str, cutoff: float | None, sampling_rate: float) -> None:
    """Refuse a cut-off frequency that the rows cannot hold."""
    nyquist = sampling_rate / 2
    if cutoff is not None and cutoff >= nyquist:
        raise ValueError(
            f"{name} is {cutoff:g} Hz, but rows at {sampling_rate:g} Hz hold only frequencies below "
            f"{nyquist:g} Hz (the Nyquist frequency). Choose a {name} below that."
        )


def filter_runs(
    values: np.ndarray, run_slices: Iterable[slice], sos: np.ndarray, zero_phase: bool
) -> np.ndarray:
    """Filter every run by itself, shape (n_rows, n_channels), in float64."""
    sos = as_block(sos, np.float64)  # SciPy refuses the read-only coefficients of a memory-mapped estimator
    if zero_phase:
        return run_by_run(values, run_slices, lambda run: filter_zero_phase(run, sos))
    return run_by_run(values, run_slices, lambda run: filter_causal(run, sos)[0])


def filter_zero_phase(values: np.ndarray, sos: np.ndarray) -> np.ndarray:
    """Filter rows forwards and backwards, shape (n_rows, n_channels).

    A run is lengthened at both ends by its own mirror image, turned about its end point, as SciPy
    does by default; a run too short for that is lengthened by as much as it has.
    """
    usual = 3 * _n_taps(sos)
    return signal.sosfiltfilt(sos, values, axis=0, padlen=min(usual, len(values) - 1))


def filter_causal(
    values: np.ndarray, sos: np.ndarray, state: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Filter rows forwards, and say in which state the filter then is.

    Parameters
    ----------
    values : ndarray of shape (n_rows, n_channels)
    sos : ndarray of shape (n_sections, 6)
    state : ndarray of shape (n_sections, 2, n_channels), default=None
        What the rows before left; None begins as if the first row had lasted for ever before.
    """
    if state is None:
        state = signal.sosfilt_zi(sos)[:, :, np.newaxis] * values[0]
    return signal.sosfilt(sos, values, axis=0, zi=state)


class CausalFilter(RunStream):
    """A run that is filtered forwards as it comes."""

    def __init__(self, sos: np.ndarray):
        self._sos = as_block(sos, np.float64)

    def push(self, rows: np.ndarray) -> np.ndarray:
        filtered, self.state = filter_causal(rows.astype(np.float64, copy=False), self._sos, self.state)
        return filtered


def refuse_zero_phase(zero_phase: bool) -> None:
    """Refuse a filter that reads the future, where rows come one by one."""
    if zero_phase:
        raise ValueError(
            "zero_phase=True filters every run backwards too, from an end that a stream does not know. Set "
            "zero_phase=False, and fit everything again on rows that are filtered so."
        )


def _n_taps(sos: np.ndarray) -> int:
    """Length of the filter as scipy.signal.sosfiltfilt counts it."""
    unused = min((sos[:, 2] == 0).sum(), (sos[:, 5] == 0).sum())
    return 2 * len(sos) + 1 - int(unused)
