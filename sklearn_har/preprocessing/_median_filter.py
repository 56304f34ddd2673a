"""A filter against single wrong readings."""

from numbers import Integral

import numpy as np
from scipy import ndimage
from sklearn.base import BaseEstimator, TransformerMixin

from .._core._sklearn import Interval
from ..recordings import Rows
from ._row_transformer import RowTransformer
from ._runs import run_by_run


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


def running_median(values: np.ndarray, size: int) -> np.ndarray:
    """Median of ``size`` rows around every row, first and last row repeated; shape as ``values``.

    The channels, each with its repeated ends, are laid one after the other: SciPy's pass over one
    axis is several times faster than its pass over one axis of two.
    """
    half = size // 2
    padded = np.pad(values.T, ((0, 0), (half, half)), mode="edge")
    medians = ndimage.median_filter(padded.ravel(), size=size).reshape(padded.shape)
    return medians[:, half : half + len(values)].T
