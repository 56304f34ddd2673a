"""Features of movement: what the axes of a sensor say together, and signals made of them."""

from numbers import Integral

import numpy as np
from sklearn.utils.validation import check_is_fitted

from .._core._blocks import as_block, block_slices
from .._core._sklearn import Interval, _fit_context
from ..recordings._channels import check_distinct
from ..windowing import Windows, validate_windows
from ._memory import MEMORY_LIMITS, check_memory_serves, table_from_memory
from ._motion_sensors import find_sensors
from ._motion_table import motion_columns
from ._tables import TableTransformer

BLOCK_BYTES = 2**20  # of signals worked on together: with what is made of them still inside a cache


class MotionFeatures(TableTransformer):
    r"""Describe windows by what sensors of movement measure: gravity, body, jerk, their spectra and angles.

    Windows in, a table out, a row for each window. The features are those of the authors of the UCI
    HAR data set [1]_, of any number of sensors, window length and sampling rate. Triads are found by
    their names: ``wrist_acc_x``, ``wrist_acc_y``, ``wrist_acc_z``.

    Parameters
    ----------
    triads : dict of str to list, default=None
        The channels of every sensor, for x, y and z, by name or position:
        ``{"acc": [0, 1, 2], "gyro": [3, 4, 5]}``. The names say what a sensor is, see Notes. None finds
        triads by the names of channels; where channels have no names, three after three are a triad
        of which nothing is known, called ``sensor_0``, ``sensor_1``, …
    bands : int, default=8
        Number of bands of equal width, from 0 to the Nyquist frequency, whose power is given.
    memory : None, str, path-like or joblib.Memory, default=None
        Folder in which the rows of windows are kept, so that each is computed once, whatever fold, candidate
        of a search or process asks for it again; see ``docs/features.md``. None keeps nothing.

    Attributes
    ----------
    sensors_ : dict of str to list of int
        Positions of the channels of every sensor, by its name. A channel of no triad is a sensor of
        its own, but magnitudes of triads are left out: they are made here.
    n_timesteps_in_ : int
        Number of timesteps of the windows seen in fit.
    n_channels_in_ : int
        Number of their channels.
    channel_names_in_ : tuple of str or None
        Names of the channels, where the windows had names.
    sampling_rate_in_ : float or None
        Their sampling rate in Hz, where the windows had one. Where not, it is taken as 1 Hz.
    n_features_in_ : int
        Number of timesteps, where fit saw a 2-D array.

    Raises
    ------
    ValueError
        In fit: if ``triads`` is empty, has a channel that is not there or a sensor without three
        channels, or two columns would get one name; if ``memory`` cannot be written.
    TypeError
        In fit: if ``triads`` has a name that is not text, or no list of channels.

    See Also
    --------
    sklearn_har.preprocessing.GravitySeparator : Splits recordings, before windows are cut from them.

    Notes
    -----
    **Signals.** From an accelerometer, a triad such as ``acc``, gravity is taken: ``gravity_acc`` is the
    window's mean vector, and ``body_acc`` the rest. Where recordings were split before by
    `GravitySeparator`, which uses the filter of the authors, its ``body_acc`` and ``gravity_acc`` are
    used as they are; so is every other triad. What moves has three further signals: the Euclidean
    ``magnitude`` of the vector, its ``jerk``, the change for each second from each timestep to the
    next, and the magnitude of that. Noise is not filtered here.

    In the formulas x is a signal of n timesteps, in a unit u: m/s², rad/s, and for jerks m/s³, rad/s².

    =====================  ======================================================================  ======
    feature                formula                                                                 unit
    =====================  ======================================================================  ======
    mean, std, max, min    std with ddof 0                                                         u
    mad                    median of \|x - median(x)\|                                             u
    energy                 mean of x²                                                              u²
    iqr                    third less first quartile                                               u
    entropy                -Σ p log p / log n, with p = x² / Σ x²                                  1
    ar_1 … ar_4            Burg's autoregression of x - mean(x): x[t] ≈ Σ ar_i x[t - i]            1
    autocorrelation_1 … 8  of d = x - mean(x): Σ d[t] d[t + lag] / Σ d², lag 1/16 … 8/16 of n      1
    ``spectral_…``         the same, and skewness and kurtosis (3 for a normal distribution), of   u, u²
                           the amplitudes a_k = 2 \|X_k\| / n of the frequencies above 0
    spectral_entropy       -Σ p log p / log K, with p the share of each of K frequencies in power  1
    peak_frequency         the frequency with the largest amplitude                                Hz
    mean_frequency         Σ f a / Σ a                                                             Hz
    band_power_1 …         Σ 2 \|X_k\|² / n² in the band: part of the variance that lies in it     u²
    sma                    signal magnitude area: mean of \|x\| + \|y\| + \|z\|                    u
    correlation_xy …       Pearson's, between the axes                                             1
    correlation_<signal>   Pearson's, with the axes and magnitude of another triad at the place    1
    tilt                   angle between an axis and gravity                                       rad
    angle_to_gravity       angle of the mean vector of the triad, or of its jerk, to gravity       rad
    =====================  ======================================================================  ======

    At the Nyquist frequency of an even n, amplitude and power are half as large as in the table, so
    that the powers of all bands add up to the variance. The angle is to the gravity of the same place
    (``wrist_gyro`` to ``wrist_gravity_acc``), or to the only one there is.

    The authors [1]_ give the features by name alone. Entropy is the one above because it needs no bins
    and no scale; the bands are theirs for windows of 128 timesteps, without the unions of bands that
    they add; a spectrum's signal magnitude area, which is the sum of three means, is left out. Not
    theirs are autocorrelations at longer lags, which tell rhythm, and correlations between sensors of
    one place, which tell how bending goes with turning; jerks and gravity have neither.

    Autoregressions count noise of 1e-4 of the signal's largest value as unpredictable, less than sensors have
    of their own: those of a smooth signal, such as gravity, would else tell how it was rounded.

    Energies and powers span orders of magnitude, which linear models do not like: put
    ``RobustScaler()``, ``FunctionTransformer(np.arcsinh)`` and ``StandardScaler()`` before them.

    No feature is NaN unless powers of samples overflow, beyond 1e75. In a signal that does not change,
    correlation, autoregression and all that is spectral are 0; so is the entropy of a signal of zeros; the
    angle to a vector of length 0 is a right one. All is computed in float64, and a window's features do
    not depend on other windows.

    References
    ----------
    .. [1] Anguita, Ghio, Oneto, Parra & Reyes-Ortiz (2013), "A Public Domain Dataset for Human
       Activity Recognition Using Smartphones", ESANN; ``features_info.txt`` of the data set.

    Examples
    --------
    A device that lies on its back, and is shaken twice a second along its x axis:

    >>> import numpy as np
    >>> from sklearn_har.features import MotionFeatures
    >>> from sklearn_har.windowing import Windows
    >>> time = np.arange(100) / 50
    >>> shaken = np.stack([np.sin(2 * np.pi * 2 * time), 0 * time, 0 * time + 9.81], axis=1)
    >>> windows = Windows(shaken[np.newaxis], channel_names=["acc_x", "acc_y", "acc_z"], sampling_rate=50)
    >>> table = MotionFeatures().set_output(transform="pandas").fit_transform(windows)
    >>> table.shape
    (1, 301)
    >>> table[["body_acc_x__peak_frequency", "body_acc_x__std", "gravity_acc_z__tilt"]].round(3)
       body_acc_x__peak_frequency  body_acc_x__std  gravity_acc_z__tilt
    0                         2.0            0.707                  0.0
    """

    _parameter_constraints = {
        "triads": [None, dict],
        "bands": [Interval(Integral, 1, None, closed="left")],
        "memory": MEMORY_LIMITS,
    }

    def __init__(self, *, triads=None, bands=8, memory=None):
        self.triads = triads
        self.bands = bands
        self.memory = memory

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Learn which channels belong together.

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
        self._sensors = find_sensors(windows.channel_names, self.n_channels_in_, self.triads)
        self.sensors_ = {sensor.name: list(sensor.channels) for sensor in self._sensors}
        any_window = np.zeros((1, self.n_timesteps_in_, self.n_channels_in_))
        names = [name for names, _ in self._pieces(any_window) for name in names]
        check_distinct(names)
        self._names = np.array(names, dtype=object)
        return self

    def transform(self, X):
        """Describe windows.

        Parameters
        ----------
        X : Windows, or array-like of shape (n_windows, n_timesteps, n_channels) or (n_windows, n_timesteps)
            As in fit: so many timesteps and channels, of the same names and sampling rate.

        Returns
        -------
        ndarray of shape (n_windows, n_features)
            float64; a frame after ``set_output``.
        """
        check_is_fitted(self)
        windows = validate_windows(self, X, reset=False)
        depends_on = (self._sensors, self._names.tolist(), self._rate, self.bands)
        return table_from_memory(self, windows, self._compute_anew, depends_on, len(self._names), np.float64)

    def _compute_anew(self, windows: Windows, verbose: bool | None) -> np.ndarray:
        table = np.empty((len(windows), len(self._names)))
        for block in block_slices(len(windows), 8 * windows.shape[1] * 4 * windows.shape[2], BLOCK_BYTES):
            values = as_block(windows[block], np.float64)
            table[block] = np.concatenate([columns for _, columns in self._pieces(values)], axis=1)
        return table

    @property
    def _rate(self) -> float:
        return self.sampling_rate_in_ or 1.0

    def _pieces(self, values: np.ndarray):
        return motion_columns(values, self._sensors, self._rate, self.bands)
