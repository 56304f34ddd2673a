"""Plain statistics of the signals of a window, in one pass."""

from collections.abc import Iterable
from itertools import combinations
from numbers import Integral

import numpy as np
from scipy.fft import rfft
from sklearn.utils.validation import check_is_fitted

from .._core._blocks import as_block, block_slices
from .._core._compiling import announce_compiling
from .._core._moments import LARGEST
from .._core._sklearn import _fit_context
from ..recordings._channels import check_distinct, name_magnitude
from ..windowing import Windows, validate_windows
from ._memory import MEMORY_LIMITS, check_memory_serves, table_from_memory
from ._motion_sensors import name_triads
from ._series import make_series, take_means
from ._series_statistics import SERIES, TRIAD, bands_of, describe, lags_of
from ._tables import TableTransformer, blocks_of, write_in_blocks

CACHE_BYTES = 2**20  # of the arrays worked on together, so that they are still near when used again
ARRAYS = 6  # of the size of the series: themselves, sorted, less their means, and their spectra


class SignalStatistics(TableTransformer):
    r"""Describe windows by plain statistics of their signals, on scales that a linear model can use.

    Windows in, a table out: about fifty statistics of every channel, of the magnitude of every triad,
    and of how each of those changes, and the correlations between all of them; 958 columns for an
    accelerometer and a gyroscope. Compiled, so that thousands of windows are described in a second.
    What would be heavy-tailed, powers above all, is given as a logarithm.

    Parameters
    ----------
    triads : dict of str to list, default=None
        The channels of every triad, by name or position: ``{"acc": [0, 1, 2], "gyro": [3, 4, 5]}``. None
        finds triads by the names of channels (``wrist_acc_x``, ``wrist_acc_y``, ``wrist_acc_z``); where
        channels have no names, three after three are a triad, called ``sensor_0``, ``sensor_1``, …
    memory : None, str, path-like or joblib.Memory, default=None
        Folder in which the rows of windows are kept, so that each is computed once, whatever fold, candidate
        of a search or process asks for it again; see ``docs/features.md``. None keeps nothing.
    n_jobs : int, default=None
        How many blocks of windows are described side by side, in threads. None is 1, or what
        ``joblib.parallel_config`` says.
    verbose : bool, default=None
        Whether a progress bar is shown. None shows one on a terminal if it takes more than two seconds.

    Attributes
    ----------
    triads_ : dict of str to list of int
        Positions of the channels of every triad, by its name.
    series_ : tuple of str
        Names of what is described: channels, magnitudes of triads, and the change of each (``acc_x_jerk``).
        A channel that has the name of a triad's magnitude is left out: it is made here.
    n_timesteps_in_ : int
        Number of timesteps of the windows seen in fit.
    n_channels_in_ : int
        Number of their channels.
    channel_names_in_ : tuple of str or None
        Names of the channels, where the windows had names. Where not, they are called ``channel_0``, ….
    sampling_rate_in_ : float or None
        Their sampling rate in Hz, where the windows had one. Where not, it is taken as 1 Hz.
    n_features_in_ : int
        Number of timesteps, where fit saw a 2-D array.

    Raises
    ------
    ValueError
        In fit: if ``triads`` is empty, has a channel that is not there or a triad without three
        channels, or two series would get one name; if ``memory`` cannot be written. In transform: if a value
        is beyond 1e15.

    See Also
    --------
    MotionFeatures : The features of UCI HAR's authors: gravity apart from what moves, autoregression, angles.
    TsfreshFeatures : Hundreds of features of every channel, those of tsfresh.

    Notes
    -----
    In the formulas x is a series of n timesteps in a unit u, t the time in seconds, m the mean and d = x - m.
    The change of a series, its name and ``_jerk``, is for each second, from each timestep to the next; the
    first timestep has the change of the second.

    =========================  ==================================================================  ======
    statistic                  formula                                                             unit
    =========================  ==================================================================  ======
    mean, std, rms             std with ddof 0; rms the root of the mean of x²                     u
    log_variance               log(mean of d² + 1e-6)
    skewness                   mean of d³ / std³                                                   1
    log_kurtosis               log(mean of d⁴ / std⁴): log 3 for a normal distribution
    min, max, median, q05 …    quantiles, linear between two samples                               u
    iqr, mad                   q75 - q25; median of \|x - median\|                                  u
    first_mean, middle_mean …  mean of each third of the window                                    u
    first_log_variance …       as log_variance, of each third
    slope                      of the straight line through x by least squares                     u/s
    mean_abs_change            mean of \|x[i] - x[i - 1]\| for each second                          u/s
    zero_crossings             how often x gets above 0 or stops being so, for each second         Hz
    mean_crossings             the same of d                                                       Hz
    turning_points             how often x begins to rise or stops rising, for each second         Hz
    longest_above_mean         longest stretch with d > 0, as a share of the window                1
    autocorrelation_2 …        Σ d[i] d[i + lag] / Σ d², the lag in percent of the window,         1
                               rounded to timesteps, at least one
    log_power_1 … 8            log(Σ 2 \|X_k\|² / n² + 1e-6) over the band: part of the variance
    spectral_entropy           -Σ p log p / log K, with p the share of each of K frequencies       1
    spectral_centroid          Σ p f                                                               Hz
    spectral_spread            root of Σ p (f - centroid)²                                         Hz
    peak_frequency             the frequency with the largest share                                Hz
    peak_share                 its share                                                           1
    log_principal_variance_1…  as log_variance, of a triad along its three principal axes
    ``correlation_…``          Pearson's, with each series that comes later                        1
    =========================  ==================================================================  ======

    The eight bands are of equal ratio, from one period a window up to the Nyquist frequency; in short windows
    some are empty. The power at the Nyquist frequency of an even n is half of that in the table, so that all
    add up to the variance.

    Crossings, turning points and stretches ask for more than a millionth of the largest magnitude of the
    channel (for its change: in a timestep), so that rounding does not decide between values that are equal:
    sensors count in steps.

    Nothing is ever NaN or infinite. In a series that does not change, all that is a quotient is 0
    (skewness, correlations, what is spectral), and so is log_kurtosis; logarithms of variances and powers
    are log 1e-6, in m/s² and rad/s far below the noise of a sensor. Of one timestep, all changes are 0.

    All is computed in float64 and given as float32. Each row comes from one window alone. Beyond windows
    and table, memory is some ten megabytes for each job. The first fit compiles, which takes some seconds,
    and keeps that on disk.

    The statistics were chosen by leaving people out, with a ridge classifier on standardised columns
    (``benchmarks/signal_statistics.py``). Put a `~sklearn.preprocessing.StandardScaler` behind.

    Examples
    --------
    A device that lies on its back, and is shaken twice a second along its x axis:

    >>> import numpy as np
    >>> from sklearn_har.features import SignalStatistics
    >>> from sklearn_har.windowing import Windows
    >>> time = np.arange(100) / 50
    >>> shaken = np.stack([np.sin(2 * np.pi * 2 * time), 0 * time, 0 * time + 9.81], axis=1)
    >>> windows = Windows(shaken[np.newaxis], channel_names=["acc_x", "acc_y", "acc_z"], sampling_rate=50)
    >>> table = SignalStatistics().set_output(transform="pandas").fit_transform(windows)
    >>> table.shape
    (1, 447)
    >>> table[["acc_x__std", "acc_x__peak_frequency", "acc_z__mean", "acc_z__std"]].round(2)
       acc_x__std  acc_x__peak_frequency  acc_z__mean  acc_z__std
    0        0.71                    2.0         9.81         0.0
    """

    _parameter_constraints = {
        "triads": [None, dict],
        "memory": MEMORY_LIMITS,
        "n_jobs": [Integral, None],
        "verbose": ["boolean", None],
    }

    def __init__(self, *, triads=None, memory=None, n_jobs=None, verbose=None):
        self.triads = triads
        self.memory = memory
        self.n_jobs = n_jobs
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Fix the columns, and compile what is not yet compiled.

        Parameters
        ----------
        X : Windows, or array-like of shape (n_windows, n_timesteps, n_channels) or (n_windows, n_timesteps)
            A 2-D array holds windows of one channel.
        y : None
            Ignored.

        Returns
        -------
        self
        """
        windows = self._windows_to_fit(X)
        check_memory_serves(self.memory)
        n_channels = windows.shape[2]
        self.triads_ = name_triads(windows.channel_names, n_channels, self.triads)
        names = windows.channel_names or tuple(f"channel_{channel}" for channel in range(n_channels))
        magnitudes = [name_magnitude(triad) for triad in self.triads_]
        in_triads = {channel for channels in self.triads_.values() for channel in channels}
        kept = [place for place, name in enumerate(names) if name not in magnitudes or place in in_triads]
        levels = [*(names[channel] for channel in kept), *magnitudes]
        self.series_ = (*levels, *(f"{name}_jerk" for name in levels))
        check_distinct(self.series_)
        self._channels = np.array(kept, dtype=np.intp)
        of_triads = np.array(list(self.triads_.values()), dtype=np.intp).reshape(-1, 3)
        self._triads = np.searchsorted(self._channels, of_triads)
        self._bands, self._lags = bands_of(windows.shape[1]), lags_of(windows.shape[1])
        self._names = np.array(_names_of_columns(self.series_, self.triads_), dtype=object)
        with announce_compiling(self.verbose):
            self._describe(np.zeros((1, *windows.shape[1:])), np.empty((1, len(self._names)), np.float32))
        return self

    def transform(self, X):
        """Describe windows.

        Parameters
        ----------
        X : Windows, or array-like of shape (n_windows, n_timesteps, n_channels) or (n_windows, n_timesteps)
            As in fit: so many timesteps and channels, of the same names and sampling rate.

        Returns
        -------
        ndarray of float32 of shape (n_windows, n_features_out)
            One row a window; a frame if ``set_output`` asks for one.
        """
        check_is_fitted(self)
        windows = validate_windows(self, X, reset=False)
        depends_on = (self._names.tolist(), self._channels, self._triads, self._rate)
        return table_from_memory(self, windows, self._compute_anew, depends_on, len(self._names), np.float32)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags

    def _compute_anew(self, windows: Windows, verbose: bool | None) -> np.ndarray:
        table = np.empty((len(windows), len(self._names)), dtype=np.float32)
        blocks = blocks_of(windows, len(self._names))
        write_in_blocks(self._write, windows, blocks, table, self.n_jobs, "Describing windows", verbose)
        return table

    @property
    def _rate(self) -> float:
        return self.sampling_rate_in_ or 1.0

    def _write(self, windows: Windows, table: np.ndarray) -> int:
        """Describe a block of windows, in pieces that stay in the cache; returns how many."""
        values = as_block(windows, np.float64)
        largest = np.abs(values).max()
        if largest > LARGEST:
            raise ValueError(
                f"X has a value of size {largest:g}; the largest that is described is {LARGEST:g}."
            )
        bytes_per_window = 8 * ARRAYS * len(self.series_) * windows.shape[1]
        for piece in block_slices(len(values), bytes_per_window, CACHE_BYTES):
            self._describe(values[piece], table[piece])
        return len(values)

    def _describe(self, values: np.ndarray, table: np.ndarray) -> None:
        series = make_series(values, self._channels, self._triads, self._rate)
        ordered = np.sort(series, axis=-1)
        moving, means = take_means(series, ordered)
        spectra = rfft(moving, axis=-1)
        described = (series, ordered, moving, means, spectra)
        describe(*described, self._triads, self._bands, self._lags, self._rate, table)


def _names_of_columns(series: Iterable[str], triads: Iterable[str]) -> list[str]:
    return [
        *(f"{name}__{statistic}" for name in series for statistic in SERIES),
        *(f"{triad or 'motion'}__{statistic}" for triad in triads for statistic in TRIAD),
        *(f"{one}__correlation_{other}" for one, other in combinations(series, 2)),
    ]
