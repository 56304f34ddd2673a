"""What an accelerometer measures, as gravity and movement."""

from numbers import Integral, Real

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from .._core._sklearn import Interval
from ..recordings import Rows
from ..recordings._channels import check_distinct, find_accelerometer_channels, find_positions, name_part
from ._butterworth import CausalFilter, butterworth_sos, check_cutoff, filter_runs, refuse_zero_phase
from ._row_transformer import RowTransformer
from ._streams import RunStream


class GravitySeparator(RowTransformer, TransformerMixin, BaseEstimator):
    """Split accelerations into gravity, which changes slowly, and the movement of the body.

    Gravity is what a low-pass Butterworth filter leaves; it tells how the device is held. The body's
    acceleration is the rest. In the result each accelerometer channel ``acc_x`` is replaced by
    ``body_acc_x``, at its place, and ``gravity_acc_x`` stands after the channels of X; a place stays
    first: ``wrist_acc_x`` becomes ``wrist_body_acc_x`` and ``wrist_gravity_acc_x``, so both parts are
    triads. Other channels are as they were. Nothing is read across a gap.

    Parameters
    ----------
    cutoff : float, default=0.3
        Frequency in Hz below which an acceleration counts as gravity.
    order : int, default=3
        Order of the filter.
    zero_phase : bool, default=True
        Whether each run is filtered forwards and then backwards, which moves nothing in time but
        **reads the future**: it cannot run on a stream. If False, gravity depends on a row and
        earlier ones alone, and follows about a second late.
    channels : list of str or of int, default=None
        The accelerometer channels, by name or position. None takes those with ``acc`` or a longer
        word that begins so among the words of their name and an axis at its end (``acc_x``,
        ``wrist_accelerometer_z``), except parts that were separated before (``body_acc_x``,
        ``gravity_acc_x``, ``linear_acc_x``). Where channels have no names, None takes them all.

    Attributes
    ----------
    channels_ : list of int
        Positions of the accelerometer channels.
    sos_ : ndarray of shape (n_sections, 6)
        Coefficients of the filter, as second-order sections (see `scipy.signal.sosfilt`).
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
        In fit: if no accelerometer is found among the names, ``channels`` has one that is not there,
        ``cutoff`` is not below the Nyquist frequency, or two channels would get one name.

    See Also
    --------
    ButterworthFilter : Keeps one part only, of all channels.

    Notes
    -----
    The cut-off and the order are those of the authors of the UCI HAR data set [1]_. The ends of runs
    are treated as by `ButterworthFilter`; a run of one row is all gravity. The result is float64.

    References
    ----------
    .. [1] Anguita, Ghio, Oneto, Parra & Reyes-Ortiz (2013), "A Public Domain Dataset for Human
       Activity Recognition Using Smartphones", ESANN.

    Examples
    --------
    A device at rest measures gravity alone:

    >>> import numpy as np
    >>> import pandas as pd
    >>> from sklearn_har.preprocessing import GravitySeparator
    >>> index = pd.MultiIndex.from_product(
    ...     [[1], [1], np.arange(100) / 50], names=["subject", "recording", "time"]
    ... )
    >>> X = pd.DataFrame({"acc_z": 9.81, "gyro_z": 0.0}, index=index)
    >>> GravitySeparator().fit_transform(X).mean().round(6).abs()
    body_acc_z       0.00
    gyro_z           0.00
    gravity_acc_z    9.81
    dtype: float64
    """

    _parameter_constraints = {
        "cutoff": [Interval(Real, 0, None, closed="neither")],
        "order": [Interval(Integral, 1, None, closed="left")],
        "zero_phase": ["boolean"],
        "channels": [None, "array-like"],
    }

    def __init__(self, cutoff=0.3, *, order=3, zero_phase=True, channels=None):
        self.cutoff = cutoff
        self.order = order
        self.zero_phase = zero_phase
        self.channels = channels

    def _learn(self, rows: Rows) -> None:
        check_cutoff("cutoff", self.cutoff, rows.sampling_rate)
        self.channels_ = self._find_channels()
        check_distinct(self.get_feature_names_out())
        self.sos_ = butterworth_sos(None, self.cutoff, self.order, rows.sampling_rate)

    def _find_channels(self) -> list[int]:
        names = getattr(self, "feature_names_in_", None)
        if self.channels is not None:
            return find_positions(self.channels, names, self.n_features_in_, "channels")
        if names is None:
            return list(range(self.n_features_in_))
        found = find_accelerometer_channels(names)
        if not found:
            raise ValueError(
                f"None of the channels {list(names)} is called like an accelerometer that holds gravity: "
                "acc_x, wrist_acc_x. Rename the channels, or name the accelerometer's with channels=[...]."
            )
        return found

    def _transform_rows(self, rows: Rows) -> np.ndarray:
        total = rows.values[:, self.channels_]
        gravity = filter_runs(total, rows.run_slices, self.sos_, self.zero_phase)
        return separated(rows.values, self.channels_, gravity)

    def _stream(self, subject) -> "SeparatingStream":
        refuse_zero_phase(self.zero_phase)
        return SeparatingStream(self.channels_, self.sos_)

    def get_feature_names_out(self, input_features=None):
        """Names of the channels of the result.

        Parameters
        ----------
        input_features : array-like of str of shape (n_channels,), default=None
            Names of the channels of X, where X had none in fit.

        Returns
        -------
        ndarray of str of shape (n_channels + n_accelerometer_channels,)
        """
        names = super().get_feature_names_out(input_features).tolist()
        gravity = [name_part(names[channel], "gravity") for channel in self.channels_]
        for channel in self.channels_:
            names[channel] = name_part(names[channel], "body")
        return np.array(names + gravity, dtype=object)


def separated(values: np.ndarray, channels: list[int], gravity: np.ndarray) -> np.ndarray:
    """Rows without gravity in some channels, and gravity after them."""
    out = np.hstack([values, gravity])
    out[:, channels] -= gravity
    return out


class SeparatingStream(RunStream):
    """A run whose gravity is taken out as it comes; its state is that of the filter."""

    def __init__(self, channels: list[int], sos: np.ndarray):
        self._channels = channels
        self._filter = CausalFilter(sos)

    @property
    def state(self) -> np.ndarray | None:
        return self._filter.state

    @state.setter
    def state(self, state: np.ndarray | None) -> None:
        self._filter.state = state

    def push(self, rows: np.ndarray) -> np.ndarray:
        return separated(rows, self._channels, self._filter.push(rows[:, self._channels]))
