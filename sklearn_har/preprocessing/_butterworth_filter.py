"""A filter that keeps some frequencies and takes out the others."""

from numbers import Integral, Real

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from .._core._sklearn import Interval
from ..recordings import Rows
from ._butterworth import CausalFilter, butterworth_sos, check_cutoff, filter_runs, refuse_zero_phase
from ._row_transformer import RowTransformer


class ButterworthFilter(RowTransformer, TransformerMixin, BaseEstimator):
    """Keep the frequencies between two cut-offs.

    ``high`` alone is a low-pass filter, which takes out noise; ``low`` alone a high-pass filter,
    which takes out gravity and drift; both together are a band-pass filter. Every channel and every
    run is filtered by itself: nothing is read across a gap.

    Parameters
    ----------
    low : float, default=None
        Slower frequencies than this are taken out, in Hz.
    high : float, default=None
        Faster frequencies than this are taken out, in Hz.
    order : int, default=3
        Order of the filter; a higher one cuts more steeply.
    zero_phase : bool, default=True
        Whether each run is filtered forwards and then backwards, which moves nothing in time but
        **reads the future**: such a filter cannot run on a stream. If False, it runs forwards only,
        every row depends on it and earlier ones alone, and what comes out is late.

    Attributes
    ----------
    sos_ : ndarray of shape (n_sections, 6)
        Coefficients, as second-order sections (see `scipy.signal.sosfilt`).
    sampling_rate_in_ : float
        Rate of the recordings seen in fit, in Hz; other rates are refused afterwards.
    fitted_on_recordings_ : bool
        Whether fit saw recordings or a plain array.
    n_features_in_ : int
        Number of channels.
    feature_names_in_ : ndarray of str of shape (n_channels,)
        Names of the channels, where X has names.

    Raises
    ------
    ValueError
        In fit: if neither or no band of cut-offs is given, or one is not below the Nyquist
        frequency, half the sampling rate.

    See Also
    --------
    MedianFilter : Takes out single wrong readings, which this filter would smear.
    GravitySeparator : Keeps both what is slower and what is faster than a cut-off.

    Notes
    -----
    At a cut-off the amplitude is 0.71 (-3 dB); filtered twice, with ``zero_phase``, 0.5 (-6 dB).

    Forwards, a run starts as if its first row had lasted for ever before. With ``zero_phase`` its
    ends are lengthened by their mirror image, as `scipy.signal.sosfiltfilt` does, and runs too short
    for that by as much as they have. A run of one row counts as a constant: a low-pass filter gives
    it back, a filter with ``low`` gives 0. The result is float64.

    The authors of the UCI HAR data set took out noise with a filter of order 3 at 20 Hz [1]_.

    References
    ----------
    .. [1] Anguita, Ghio, Oneto, Parra & Reyes-Ortiz (2013), "A Public Domain Dataset for Human
       Activity Recognition Using Smartphones", ESANN.

    Examples
    --------
    Two tones at 50 Hz: walking twice a second, and a vibration of 24 Hz, which goes:

    >>> import numpy as np
    >>> import pandas as pd
    >>> from sklearn_har.preprocessing import ButterworthFilter
    >>> time = np.arange(500) / 50
    >>> walk, vibration = np.sin(2 * np.pi * 2 * time), np.sin(2 * np.pi * 24 * time)
    >>> index = pd.MultiIndex.from_product([[1], [1], time], names=["subject", "recording", "time"])
    >>> X = pd.DataFrame({"acc_x": walk + vibration}, index=index)
    >>> filtered = ButterworthFilter(high=10.0).fit_transform(X)
    >>> bool((filtered["acc_x"] - walk).abs()[100:-100].max() < 0.001)
    True
    """

    _parameter_constraints = {
        "low": [None, Interval(Real, 0, None, closed="neither")],
        "high": [None, Interval(Real, 0, None, closed="neither")],
        "order": [Interval(Integral, 1, None, closed="left")],
        "zero_phase": ["boolean"],
    }

    def __init__(self, low=None, high=None, *, order=3, zero_phase=True):
        self.low = low
        self.high = high
        self.order = order
        self.zero_phase = zero_phase

    def _learn(self, rows: Rows) -> None:
        if self.low is None and self.high is None:
            raise ValueError(
                "ButterworthFilter has no cut-off: give high (in Hz) to take out what is faster, low to "
                "take out what is slower, or both."
            )
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError(
                f"low is {self.low:g} Hz and high is {self.high:g} Hz, so no frequency is left: the filter "
                "keeps what lies between low and high. Make low the smaller one."
            )
        check_cutoff("low", self.low, rows.sampling_rate)
        check_cutoff("high", self.high, rows.sampling_rate)
        self.sos_ = butterworth_sos(self.low, self.high, self.order, rows.sampling_rate)

    def _transform_rows(self, rows: Rows) -> np.ndarray:
        return filter_runs(rows.values, rows.run_slices, self.sos_, self.zero_phase)

    def _stream(self, subject) -> CausalFilter:
        refuse_zero_phase(self.zero_phase)
        return CausalFilter(self.sos_)
