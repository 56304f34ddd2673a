"""Random convolution kernels: MiniRocket, with MultiRocket's poolings and Hydra."""

from numbers import Integral

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from .._core._blocks import as_block, block_slices
from .._core._compiling import announce_compiling
from .._core._moments import Moments, merge_all, moments_of_block
from .._core._sklearn import Interval, StrOptions, _fit_context
from ..windowing import Windows, validate_windows
from ._hydra import compete_in_windows
from ._rocket_kernels import LENGTH, convolve_windows, pool_windows
from ._rocket_plan import (
    COMPETITORS,
    TAPS,
    draw_convolutions,
    draw_groups,
    names_of_biases,
    names_of_groups,
    quantile_levels,
    quantiles_of_rows,
)
from ._tables import BLOCK_BYTES, TableTransformer, blocks_of, write_in_blocks

POOLINGS = {"ppv": ("ppv",), "all": ("ppv", "mpv", "mipv", "lspv")}


class RocketFeatures(TableTransformer):
    """Convolve windows with thousands of random kernels, and pool each convolution to a number: MiniRocket.

    With a linear classifier behind, such as scikit-learn's ``RidgeClassifierCV``, often as accurate as a deep
    network, and trained in seconds.

    Parameters
    ----------
    n_kernels : int, default=5000
        Number of kernels, counted with their biases, as in the paper. Rounded down to a multiple of 84;
        0 for Hydra alone.
    channels_per_kernel : int, default=2
        A kernel sees the sum of so many series at most: one more often than two, two more often than three.
        Few are better where channels mean different things.
    differences : bool, default=True
        Whether the differences from timestep to timestep are series too, beside the channels.
    pooling : {"ppv", "all"}, default="ppv"
        What is computed of every convolution: with "ppv" MiniRocket's one number, with "all" MultiRocket's
        four (see Notes), and four times as many columns.
    hydra_groups : int, default=0
        Number of groups of eight kernels that compete, as in Hydra, for every dilation that is a power of
        two; 16 columns each. 0 is none, 64 is usual.
    random_state : int, RandomState instance or None, default=None
        Draws the series of kernels, the training windows their biases come from, and Hydra's weights.
    n_jobs : int, default=None
        How many threads compute blocks of windows side by side. None is 1, or what
        ``joblib.parallel_config`` says of threads. The result is the same.
    verbose : bool, default=None
        Whether progress bars are shown. None shows one on a terminal if it takes more than two seconds.

    Attributes
    ----------
    mean_, scale_ : ndarray of float64 of shape (n_series,)
        Mean and standard deviation over all training windows: of channels, then of their differences. The
        scale of a constant series is 1.
    dilations_ : ndarray of int of shape (n_kernels_out,)
        Steps between the nine timesteps that a kernel sees.
    taps_ : ndarray of int of shape (n_kernels_out, 3)
        Where its weights are 2, of 0 to 8; the other six are -1.
    series_ : ndarray of int of shape (n_kernels_out, channels_per_kernel)
        Which series are added: ``i`` is channel i, ``n_channels_in_ + i`` its difference; -1 is none.
    padded_ : ndarray of bool of shape (n_kernels_out,)
        Whether the convolution is pooled at all timesteps, with zeros around the window, or only where
        the kernel lies within the window.
    biases_ : ndarray of float32 of shape (n_kernels_out,)
        What the convolution is compared with.
    hydra_dilations_, hydra_series_, hydra_weights_ : ndarray
        Of Hydra's groups, likewise; the weights have the shape (n_groups_out, 8, 9).
    n_timesteps_in_, n_channels_in_ : int
        Size of a window; others are refused.
    channel_names_in_ : tuple of str or None
        Names of the channels, where the windows have any.
    sampling_rate_in_ : float or None
        In Hz. Kernels count timesteps, whatever the rate.
    n_features_in_ : int
        Number of timesteps, for 2-D input.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        For frames of windows of one channel.

    Raises
    ------
    ValueError
        If X is not windows, has NaN or infinity, or windows of another size, other channels or another
        rate than in fit; if values are too large for a finite variance in fit; if ``n_kernels`` is below 84
        and there is no Hydra.

    Notes
    -----
    The kernels are the 84 with three weights of 2 and six of -1 [1]_, at up to 32 dilations, the largest
    as long as the window. Every bias is a quantile of its convolution in one training window. Every other
    kernel is pooled at all timesteps, with zeros around the window, the rest only where they lie within it.
    Of the values z, convolution less bias, at n timesteps, columns are

    - ``ppv``: the share of positive values [1]_;
    - ``mpv``: the mean of the positive values, 0 without any [2]_;
    - ``mipv``: the mean position of the positive values over n, -1/n without any [2]_;
    - ``lspv``: the length of the longest stretch of positive values over n [2]_.

    These are the paper's definitions; MultiRocket's published code adds the bias in ``mpv`` instead of
    subtracting it, and counts a stretch inside a window one longer. Positions and lengths are divided by n
    so that their scale does not depend on the size of windows.

    Of Hydra's groups [3]_ columns are, for each kernel: the root of the sum of its values where it is the
    highest, over n, or 0 if that is negative; and the root of the share of timesteps where it is the
    lowest. The weights are normal, with mean 0 and sum of magnitudes 1; of equal kernels the first counts.

    Columns are named after them: ``ppv_d4_k17_b3`` is bias 3 of kernel 17 at dilation 4, and
    ``hydra_d4_g3_k5_max``, or ``…_min``, kernel 5 of group 3 at dilation 4. Kernels are numbered by their
    taps: 0 is (0, 1, 2), 83 is (6, 7, 8).

    Channels and differences are standardised by the mean and standard deviation of the training windows,
    and kernels draw from both alike. The difference at the first timestep is 0. A window of fewer than nine
    timesteps is made nine long by repeating its first and its last value equally often, the last once more
    if need be. Values beyond 1e30 standard deviations count as 1e30.

    Windows are rounded to float32, in which table and arithmetic are too, and a row comes from one window
    alone: neither blocks, threads nor other windows change it. A convolution that equals a bias but for
    rounding may be counted otherwise by another program. Memory beyond windows and table is some ten
    megabytes for each job. The first use compiles, which takes up to twenty seconds, and the result is kept
    on disk.

    References
    ----------
    .. [1] A. Dempster, D. F. Schmidt, G. I. Webb: MiniRocket: a very fast (almost) deterministic transform
       for time series classification. KDD 2021.
    .. [2] C. W. Tan, A. Dempster, C. Bergmeir, G. I. Webb: MultiRocket: multiple pooling operators and
       transformations for fast and effective time series classification. Data Mining and Knowledge
       Discovery 36, 2022.
    .. [3] A. Dempster, D. F. Schmidt, G. I. Webb: Hydra: competing convolutional kernels for fast and
       accurate time series classification. Data Mining and Knowledge Discovery 37, 2023.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.features import RocketFeatures
    >>> windows = np.random.default_rng(0).normal(size=(10, 128, 6))
    >>> features = RocketFeatures(n_kernels=1000, random_state=0)
    >>> features.fit_transform(windows).shape
    (10, 924)
    """

    _made_last = "hydra_weights_"
    _parameter_constraints = {
        "n_kernels": [Interval(Integral, 0, None, closed="left")],
        "channels_per_kernel": [Interval(Integral, 1, None, closed="left")],
        "differences": ["boolean"],
        "pooling": [StrOptions(set(POOLINGS))],
        "hydra_groups": [Interval(Integral, 0, None, closed="left")],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
        "verbose": ["boolean", None],
    }

    def __init__(
        self,
        n_kernels=5000,
        *,
        channels_per_kernel=2,
        differences=True,
        pooling="ppv",
        hydra_groups=0,
        random_state=None,
        n_jobs=None,
        verbose=None,
    ):
        self.n_kernels = n_kernels
        self.channels_per_kernel = channels_per_kernel
        self.differences = differences
        self.pooling = pooling
        self.hydra_groups = hydra_groups
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Draw the kernels, and learn scales of channels and biases.

        Parameters
        ----------
        X : Windows or array-like of shape (n_windows, n_timesteps, n_channels) or (n_windows, n_timesteps)
            A 2-D array holds windows of one channel.
        y : None
            Ignored.

        Returns
        -------
        self
        """
        windows = self._windows_to_fit(X)
        if self.n_kernels < len(TAPS) and (self.n_kernels > 0 or self.hydra_groups == 0):
            raise ValueError(
                f"n_kernels must be at least {len(TAPS)}, or 0 if hydra_groups is not; got {self.n_kernels}."
            )
        rng = check_random_state(self.random_state)
        moments = _moments_of_series(windows, self.differences)
        self.mean_, self.scale_ = moments.mean, moments.scale()
        with announce_compiling(self.verbose):
            self._learn_kernels(windows, rng)
            self._draw_groups(rng)
            self._write(windows[:1], self._empty_table(1))
        return self

    def transform(self, X):
        """Compute the features of windows.

        Parameters
        ----------
        X : Windows or array-like of shape (n_windows, n_timesteps, n_channels) or (n_windows, n_timesteps)
            Of the size, channels and sampling rate seen in fit.

        Returns
        -------
        ndarray of float32 of shape (n_windows, n_features_out)
            One row a window; a frame if ``set_output`` asks for one.
        """
        check_is_fitted(self)
        windows = validate_windows(self, X, reset=False)
        table = self._empty_table(len(windows))
        blocks = blocks_of(windows, table.shape[1])
        how = self.n_jobs, "Computing features", self.verbose
        write_in_blocks(self._write, windows, blocks, table, *how)
        return table

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags

    def _names_of_columns(self) -> np.ndarray:
        names = names_of_biases(self._convolutions, self._poolings) + names_of_groups(self.hydra_dilations_)
        return np.array(names, object)

    def _learn_kernels(self, windows: Windows, rng) -> None:
        """Draw convolutions, and take the biases of each from its values in one training window."""
        n_timesteps, n_series = self.n_timesteps_in_, len(self.mean_)
        self._convolutions = drawn = draw_convolutions(
            self.n_kernels, n_timesteps, n_series, self.channels_per_kernel, rng
        )
        self._poolings = POOLINGS[self.pooling]
        n_biases = np.diff(drawn.firsts)
        self.dilations_, self.series_, kernels, self.padded_ = (
            np.repeat(of_each, n_biases, axis=0) for of_each in drawn[:4]
        )
        self.taps_ = TAPS[kernels]
        chosen = rng.randint(len(windows), size=len(n_biases))
        levels = quantile_levels(len(kernels))
        self.biases_ = np.empty(len(kernels), np.float32)
        n = max(n_timesteps, LENGTH)
        bytes_each = 8 * n_timesteps * self.n_channels_in_ + 8 * n
        for block in block_slices(len(n_biases), bytes_each, BLOCK_BYTES):
            values = np.empty((len(n_biases[block]), n), np.float32)
            convolve_windows(
                as_block(windows[chosen[block]], np.float64),
                self.mean_,
                self.scale_,
                drawn.dilations[block],
                drawn.series[block],
                TAPS[drawn.kernels[block]],
                values,
            )
            rows = np.repeat(np.arange(len(values)), n_biases[block])
            columns = slice(drawn.firsts[block.start], drawn.firsts[block.stop])
            self.biases_[columns] = quantiles_of_rows(values, rows, levels[columns])

    def _draw_groups(self, rng) -> None:
        self.hydra_dilations_, self.hydra_series_, self.hydra_weights_ = draw_groups(
            self.hydra_groups, self.n_timesteps_in_, len(self.mean_), self.channels_per_kernel, rng
        )

    def _empty_table(self, n_windows: int) -> np.ndarray:
        n_columns = len(self._poolings) * len(self.biases_) + 2 * COMPETITORS * len(self.hydra_weights_)
        return np.empty((n_windows, n_columns), np.float32)

    def _write(self, windows: Windows, table: np.ndarray) -> int:
        """Write the features of windows into ``table``, and return the number of windows."""
        values = as_block(windows, np.float64)
        dilations, series, kernels, padded, firsts = self._convolutions
        scales = self.mean_, self.scale_
        if len(kernels):
            plan = dilations, series, TAPS[kernels], padded, firsts
            pool_windows(values, *scales, *plan, self.biases_, len(self._poolings), table)
        if len(self.hydra_weights_):
            groups = self.hydra_dilations_, self.hydra_series_, self.hydra_weights_
            compete_in_windows(values, *scales, *groups, table)
        return len(values)


def _moments_of_series(windows: Windows, differences: bool) -> Moments:
    """Moments of all channels, then of their differences; what overlaps counts as often as it is there."""
    n_windows, n_timesteps, n_channels = windows.shape
    found = []
    with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is refused
        for block in block_slices(n_windows, 16 * n_timesteps * n_channels):
            values = np.asarray(windows[block], dtype=np.float64)
            if differences:
                changes = np.diff(values, axis=1, prepend=values[:, :1])
                values = np.concatenate([values, changes], axis=2)
            found.append(moments_of_block(values.reshape(-1, values.shape[2])))
        moments = merge_all(found)
    strange = np.flatnonzero(~np.isfinite(moments.squares))
    if len(strange):
        raise ValueError(
            f"The variance of channel {strange[0] % n_channels} is not finite: values in X are too large to "
            "learn from. Leave these windows out, or fit X in a larger unit."
        )
    return moments
