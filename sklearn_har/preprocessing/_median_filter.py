"""A filter against single wrong readings."""

from numbers import Integral

import numpy as np
from scipy import ndimage
from sklearn.base import BaseEstimator, TransformerMixin

from .._core._sklearn import Interval
from ..recordings import Rows
from ._row_transformer import RowTransformer
from ._runs import run_by_run
from ._streams import RunStream


class MedianFilter(RowTransformer, TransformerMixin, BaseEstimator):
    """Replace every value by the median of the rows around it.

    Takes out spikes shorter than half of ``size`` and leaves steps as steep as they were. Every
    channel and every run is filtered by itself: nothing is read across a gap. Beyond the ends of a
    run its first and last row are repeated.

    Parameters
    ----------
    size : int, default=3
        Number of rows in the median, centred on the row; odd.

    Attributes
    ----------
    sampling_rate_in_ : float
        Rate of the recordings seen in fit, in Hz; other rates are refused afterwards.
    fitted_on_recordings_ : bool
        Whether fit saw recordings or a plain array.
    n_features_in_ : int
        Number of channels.
    feature_names_in_ : ndarray of str of shape (n_channels,)
        Names of the channels, where X has names.

    See Also
    --------
    ButterworthFilter : Takes out all that is faster or slower than some rate.

    Notes
    -----
    The result is float64. The filter reads ``size // 2`` rows of the future, so a stream is that
    much behind.

    A median filter of 3 rows before a Butterworth filter is how the authors of the UCI HAR data
    set cleaned their recordings [1]_.

    References
    ----------
    .. [1] Anguita, Ghio, Oneto, Parra & Reyes-Ortiz (2013), "A Public Domain Dataset for Human
       Activity Recognition Using Smartphones", ESANN.

    Examples
    --------
    One reading is wrong; the step after it is real:

    >>> import numpy as np
    >>> from sklearn_har.preprocessing import MedianFilter
    >>> rows = np.array([[0.0], [90.0], [0.0], [1.0], [1.0]])
    >>> MedianFilter(size=3).fit_transform(rows).ravel()
    array([0., 0., 1., 1., 1.])
    """

    _parameter_constraints = {"size": [Interval(Integral, 1, None, closed="left")]}

    def __init__(self, size=3):
        self.size = size

    def _learn(self, rows: Rows) -> None:
        if self.size % 2 == 0:
            raise ValueError(
                f"size is {self.size}, but a median centred on a row needs an odd number of rows: choose "
                f"{self.size - 1} or {self.size + 1}."
            )

    def _transform_rows(self, rows: Rows) -> np.ndarray:
        return run_by_run(rows.values, rows.run_slices, lambda run: running_median(run, self.size))

    def _stream(self, subject) -> "MedianStream":
        return MedianStream(self.size)


def running_median(values: np.ndarray, size: int) -> np.ndarray:
    """Median of ``size`` rows around every row, first and last row repeated; shape as ``values``.

    The channels, each with its repeated ends, are laid one after the other: SciPy's pass over one
    axis is several times faster than its pass over one axis of two.
    """
    half = size // 2
    return inner_median(np.pad(values.T, ((0, 0), (half, half)), mode="edge"), size)


def inner_median(channels: np.ndarray, size: int) -> np.ndarray:
    """Median around every row but the first and last ``size // 2``, shape (n_rows - size + 1, n_channels).

    ``channels`` has the shape (n_channels, n_rows).
    """
    half = size // 2
    channels = np.ascontiguousarray(channels)
    medians = ndimage.median_filter(channels.ravel(), size=size).reshape(channels.shape)
    return medians[:, half : channels.shape[1] - half].T


class MedianStream(RunStream):
    """A run whose medians come half a filter later; its state is the rows that are still needed."""

    def __init__(self, size: int):
        self.delay = size // 2
        self._size = size

    def push(self, rows: np.ndarray) -> np.ndarray:
        if self.state is None:
            self.state = np.repeat(rows[:1].astype(np.float64), self.delay, axis=0)
        held = np.concatenate([self.state, rows])
        self.state = held[max(0, len(held) - 2 * self.delay) :].copy()  # a view would keep all of them
        if len(held) < self._size:
            return held[:0]
        return inner_median(held.T, self._size)

    def finish(self) -> np.ndarray:
        if self.state is None:
            raise ValueError("A run without rows has no medians.")
        return self.push(np.repeat(self.state[-1:], self.delay, axis=0))
