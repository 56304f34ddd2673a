"""The features of tsfresh, compiled: windows to a table."""

from collections.abc import Mapping
from functools import partial
from numbers import Integral

import numpy as np
from sklearn.utils.validation import check_is_fitted

from .._core._blocks import block_slices
from .._core._compiling import announce_compiling
from .._core._progress import progress_bar
from .._core._sklearn import StrOptions, _fit_context
from .._core._warnings import warn_user
from ..exceptions import NotCompiledWarning
from ..windowing import Windows, validate_windows
from ._calculations import (
    Plan,
    compute_table,
    functions_of_users,
    group_channels,
    not_compiled,
    plan_channel,
    restrict_plan,
    settings_of_plan,
    unite_channels,
)
from ._memory import MEMORY_LIMITS, check_memory_serves, table_from_memory
from ._tables import TableTransformer, compute_in_blocks
from ._tsfresh_settings import SETS, names_of_channels, settings_of_channels
from ._undefined import DefinedValues, defined_values, fill_undefined

BLOCK_BYTES = 16 * 2**20  # of a block's table and of what calculators make of its windows
SHARED = 12  # arrays of the size of the windows that calculators make, about
FEW = 50  # windows times channels: a few windows at serving


class TsfreshFeatures(TableTransformer):
    """Compute the features of tsfresh, each channel for itself: the same names and values, much faster.

    Parameters
    ----------
    settings : str or mapping, default="comprehensive"
        Which features are computed:

        - "comprehensive", "efficient" or "minimal": tsfresh's sets, 783, 777 and 10 columns a channel.
          "comprehensive" is what tsfresh computes by default too; "efficient" lacks the two entropies
          that are costly in tsfresh, though not here.
        - tsfresh's own settings, an object or a dict of calculators and lists of parameters. A key may
          also be a function of yours, made as tsfresh's calculators are.
        - a dict of channels and such settings, as ``from_columns`` of ``tsfresh.feature_extraction.settings``
          makes it of selected columns: only these are computed.
    channel_names : sequence of str, default=None
        Names of the channels in the names of columns. None takes those of `Windows`, and ``channel_0``
        and so on where there are none.
    on_undefined : {"impute", "nan", "drop"}, default="impute"
        What stands where a feature is undefined on a window, as the spectrum's 70th coefficient is on
        one of 128 samples. Most classifiers refuse NaN and infinity:

        - "impute": the column's median over the training windows for NaN, the lowest and highest value
          for infinity, all of finite values; 0 in columns that are undefined on every training window,
          so that the columns depend on ``settings`` alone.
        - "nan": NaN and infinity, exactly as tsfresh has them.
        - "drop": columns that are undefined on any training window are left out; in the others, what is
          undefined later is imputed.
    memory : None, str, path-like or joblib.Memory, default=None
        Folder in which the rows of windows are kept, so that each is computed once, whatever fold, candidate
        of a search or process asks for it again; see ``docs/features.md``. None keeps nothing.
    n_jobs : int, default=None
        How many blocks of windows are computed side by side, in threads. None is 1, or what
        ``joblib.parallel_config`` says: its backends can spread blocks over processes and machines.
    verbose : bool, default=None
        Whether a progress bar is shown. None shows one on a terminal if it takes more than two seconds.
        Unless it is False, compiling that takes more than a second is announced, on stderr.

    Attributes
    ----------
    settings_ : dict of str to dict
        What is computed of every channel, as tsfresh takes it for ``kind_to_fc_parameters``.
    not_compiled_ : tuple of str
        Names of calculators that are computed by tsfresh itself, or are functions of yours.
    n_undefined_ : ndarray of int of shape (n_features_out,)
        On how many training windows each column is undefined. Not with ``on_undefined="nan"``.
    medians_ : ndarray of float64 of shape (n_features_out,)
        What is put for NaN. Not with ``on_undefined="nan"``.
    n_timesteps_in_, n_channels_in_ : int
        Size of a window; others are refused.
    channel_names_in_ : tuple of str or None
        Names of the channels, where the windows have any.
    sampling_rate_in_ : float or None
        In Hz.
    n_features_in_ : int
        Number of timesteps, for 2-D input.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        For frames of windows of one channel.

    Raises
    ------
    ValueError
        If X is not windows, has NaN or infinity, or windows of another size, other channels or another
        rate than in fit; if ``settings`` names an unknown channel, calculator or parameter, or a
        calculator refuses its parameters; with "drop", if no column is left; if ``memory`` cannot be
        written, or ``settings`` has functions of yours beside it.
    TypeError
        If ``settings`` has something else where calculators or lists of parameters should be.

    Warns
    -----
    NotCompiledWarning
        In fit, for calculators or parameters that tsfresh itself has to compute, as slowly as it does.
    CalculatorFailedWarning
        If such a calculator raises on some windows.
    NotKeptWarning
        If rows cannot be written into ``memory``; nothing is lost.

    Notes
    -----
    The table is float64, and each of its rows comes from one window alone, so that one window gives what it
    gives among others, to rounding.
    ``fit`` computes the table too, to learn the medians, unless ``on_undefined="nan"``; `fit_transform`
    computes it once. Memory beyond windows and table is less than a hundred megabytes for each job.

    The first use of a calculator compiles it and keeps it on disk: up to a minute in all, once on a machine.

    Many columns have tails that span orders of magnitude, which linear models do not like. "impute" puts
    values of other windows and makes no new extremes, but keeps those there are: put ``RobustScaler()``,
    ``FunctionTransformer(np.arcsinh)`` and ``StandardScaler()`` before a linear model. Trees need nothing.

    The calculator linear_trend_timewise needs times of day, and gives no column, as in tsfresh. In
    permutation_entropy equal samples are ordered by time; in tsfresh their order depends on the processor.

    References
    ----------
    M. Christ, N. Braun, J. Neuffer, A. W. Kempa-Liehr: Time series feature extraction on basis of scalable
    hypothesis tests (tsfresh). Neurocomputing 307, 2018.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.features import TsfreshFeatures
    >>> from sklearn_har.windowing import Windows
    >>> windows = Windows(np.arange(8.0).reshape(2, 4, 1), channel_names=["acc_x"])
    >>> features = TsfreshFeatures({"maximum": None, "quantile": [{"q": 0.5}]})
    >>> features.set_output(transform="pandas").fit_transform(windows)
       acc_x__maximum  acc_x__quantile__q_0.5
    0             3.0                     1.5
    1             7.0                     5.5
    """

    _parameter_constraints = {
        "settings": [StrOptions(set(SETS)), Mapping],
        "channel_names": ["array-like", None],
        "on_undefined": [StrOptions({"impute", "nan", "drop"})],
        "memory": MEMORY_LIMITS,
        "n_jobs": [Integral, None],
        "verbose": ["boolean", None],
    }

    def __init__(
        self,
        settings="comprehensive",
        *,
        channel_names=None,
        on_undefined="impute",
        memory=None,
        n_jobs=None,
        verbose=None,
    ):
        self.settings = settings
        self.channel_names = channel_names
        self.on_undefined = on_undefined
        self.memory = memory
        self.n_jobs = n_jobs
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Fix the columns, and learn what stands in for undefined values.

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
        self._plan(windows)
        if self.on_undefined != "nan":
            self._learn_undefined(self._compute(windows))
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, X, y=None):
        """Do the same as ``fit(X).transform(X)``, computing the table once.

        Parameters
        ----------
        X : Windows or array-like
            As for `fit`.
        y : None
            Ignored.

        Returns
        -------
        ndarray or frame of shape (n_windows, n_features_out)
            As of `transform`.
        """
        windows = self._windows_to_fit(X)
        self._plan(windows)
        table = self._compute(windows)
        if self.on_undefined == "nan":
            return table
        table = self._learn_undefined(table)
        fill_undefined(table, self._defined, self.n_jobs)
        return table

    def transform(self, X):
        """Compute the features of windows.

        Parameters
        ----------
        X : Windows or array-like of shape (n_windows, n_timesteps, n_channels) or (n_windows, n_timesteps)
            Of the size, channels and sampling rate seen in fit.

        Returns
        -------
        ndarray of float64 of shape (n_windows, n_features_out)
            One row a window; a frame if ``set_output`` asks for one.
        """
        check_is_fitted(self)
        table = self._compute(validate_windows(self, X, reset=False))
        if self.on_undefined != "nan":
            fill_undefined(table, self._defined, self.n_jobs)
        return table

    def restrict(self, support):
        """Compute only some of the columns from now on, with what was learned of them in fit.

        ``settings`` becomes what is left, for clones. `prune_features` does it in a pipeline.

        Parameters
        ----------
        support : array-like of bool of shape (n_features_out,)
            Which columns to keep, as ``get_support`` of a selector says.

        Returns
        -------
        self
        """
        check_is_fitted(self)
        kept = np.asarray(support)
        if kept.dtype != bool or kept.shape != self._names.shape or not kept.any():
            raise ValueError(f"support must be a boolean mask of {len(self._names)} columns that keeps some.")
        self._restrict(kept)
        self._lay_out()
        self.settings = self.settings_
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return super().__sklearn_is_fitted__() and (self.on_undefined == "nan" or hasattr(self, "_defined"))

    def _plan(self, windows: Windows) -> None:
        """Fix what is computed of every channel, and the names of the columns."""
        if hasattr(self, "_defined"):  # of a fit before, perhaps of other columns
            del self._defined, self.n_undefined_, self.medians_
        channels = names_of_channels(windows, self.channel_names)
        settings = settings_of_channels(self.settings, channels)
        different = {id(of_channel): of_channel for of_channel in settings.values()}
        plans = {}
        n_calculators = sum(map(len, different.values()))
        with (
            announce_compiling(self.verbose),
            progress_bar(n_calculators, "Preparing calculators", self.verbose) as bar,
        ):
            for key, of_channel in different.items():
                plans[key] = plan_channel(of_channel, windows.shape[1], bar.update)
        self._set_plans(dict(zip(channels, (plans[id(settings[name])] for name in channels), strict=True)))
        self._lay_out()
        check_memory_serves(self.memory, functions_of_users(self._layout))
        if len(self._names) == 0:
            raise ValueError(
                f"settings asks for no feature that can be computed of windows: {self.settings!r}."
            )
        if self.not_compiled_:
            warn_user(
                f"{', '.join(self.not_compiled_)}: not compiled for the parameters in settings, and computed "
                "window by window, as slowly as in tsfresh.",
                NotCompiledWarning,
            )

    def _set_plans(self, plans: dict[str, Plan]) -> None:
        self._plans = plans
        names = [f"{name}__{key}" for name, plan in plans.items() for key in plan.keys]
        self._names = np.array(names, object)
        self.settings_ = {name: settings_of_plan(plan) for name, plan in plans.items() if plan.keys}
        self.not_compiled_ = not_compiled(plans.values())

    def _lay_out(self) -> None:
        """Compute the columns that there are, and no others."""
        plans = list(self._plans.values())
        self._layout = group_channels(plans)
        self._layout_of_few = unite_channels(plans) or self._layout
        self._n_computed = len(self._names)
        self._given: np.ndarray | None = None  # of the computed columns; all, if None

    def _compute(self, windows: Windows) -> np.ndarray:
        of_table = (self._layout, functions_of_users(self._layout)), self._n_computed, np.float64
        table = table_from_memory(self, windows, self._compute_anew, *of_table)
        return table if self._given is None else table[:, self._given]

    def _compute_anew(self, windows: Windows, verbose: bool | None) -> np.ndarray:
        n_windows, n_timesteps, n_channels = windows.shape
        bytes_per_window = 8 * (self._n_computed + SHARED * n_timesteps * n_channels)
        blocks = list(block_slices(n_windows, bytes_per_window, BLOCK_BYTES))
        layout = self._layout_of_few if n_windows * n_channels <= FEW else self._layout
        if len(blocks) == 1:
            return compute_table(layout, windows)
        compute = partial(compute_table, layout)
        return compute_in_blocks(compute, windows, blocks, self._n_computed, self.n_jobs, verbose)

    def _learn_undefined(self, table: np.ndarray) -> np.ndarray:
        """Learn what stands in for undefined values; returns the columns that are kept."""
        self._defined = defined_values(table, self.n_jobs)
        self.n_undefined_, self.medians_ = self._defined.n_undefined, self._defined.median
        if self.on_undefined == "drop" and self._defined.n_undefined.any():
            kept = self._defined.n_undefined == 0
            if not kept.any():
                raise ValueError(
                    'on_undefined="drop" leaves no column: each is undefined on some window. Choose "impute".'
                )
            self._restrict(kept)
            if self.memory is None:
                self._lay_out()
            else:  # whichever columns a fold drops, kept rows have all
                self._given = np.flatnonzero(kept)
            table = table[:, kept]
        return table

    def _restrict(self, kept: np.ndarray) -> None:
        names = set(self._names[kept])
        plans = self._plans.items()
        self._set_plans({channel: restrict_plan(plan, channel, names) for channel, plan in plans})
        if self.on_undefined != "nan":
            self._defined = DefinedValues(*(of_columns[kept] for of_columns in self._defined))
            self.n_undefined_, self.medians_ = self._defined.n_undefined, self._defined.median
