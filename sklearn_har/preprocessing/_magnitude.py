"""How strong a sensor's signal is, whichever way the device is turned."""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from ..recordings import Rows
from ..recordings._channels import check_distinct, find_positions, find_triads, name_magnitude
from ._row_transformer import RowTransformer


class Magnitude(RowTransformer, TransformerMixin, BaseEstimator):
    """Append the Euclidean norm of every triad, which does not depend on how the device is turned.

    A triad is three channels whose names differ in the axis at their end: ``wrist_acc_x``,
    ``wrist_acc_y`` and ``wrist_acc_z`` get the channel ``wrist_acc_magnitude``. Where channels have no
    names, they are all of one sensor, and their norm is called ``magnitude``.

    Parameters
    ----------
    sensors : dict of str to list, default=None
        The channels of every sensor, by name or position, where names do not tell:
        ``{"acc": ["ax", "ay", "az"]}`` gives ``acc_magnitude``. None finds triads by their names.
    keep_axes : bool, default=True
        Whether the channels of the sensors stay. Without them the result is the same for every way
        of wearing the device, which matters when it is worn another way than in training. Channels
        of no sensor stay always.

    Attributes
    ----------
    sensors_ : dict of str to list of int
        Positions of the channels of every sensor, by its name; "" where channels have no names.
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
        In fit: if the channels have names but no triad is among them, ``sensors`` has a channel that
        is not there, or two channels would get one name.
    TypeError
        In fit: if a sensor's channels are a single name and not a list.

    See Also
    --------
    GravitySeparator : The magnitude of its ``body_acc`` is that of movement alone.

    Notes
    -----
    float32 rows give float32, all others float64.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn_har.preprocessing import Magnitude
    >>> X = pd.DataFrame({"acc_x": [3.0, 0.0], "acc_y": [4.0, 5.0], "acc_z": [0.0, 12.0]})
    >>> Magnitude().fit_transform(X)
       acc_x  acc_y  acc_z  acc_magnitude
    0    3.0    4.0    0.0            5.0
    1    0.0    5.0   12.0           13.0
    """

    _parameter_constraints = {"sensors": [None, dict], "keep_axes": ["boolean"]}

    def __init__(self, *, sensors=None, keep_axes=True):
        self.sensors = sensors
        self.keep_axes = keep_axes

    def _learn(self, rows: Rows) -> None:
        self.sensors_ = self._find_sensors()
        check_distinct(self.get_feature_names_out())

    def _find_sensors(self) -> dict[str, list[int]]:
        names = getattr(self, "feature_names_in_", None)
        if self.sensors is not None:
            if not self.sensors:
                raise ValueError("sensors is empty; name at least one sensor, or leave it None.")
            return {
                sensor: find_positions(channels, names, self.n_features_in_, f"sensors[{sensor!r}]")
                for sensor, channels in self.sensors.items()
            }
        if names is None:
            return {"": list(range(self.n_features_in_))}
        triads = find_triads(names)
        if not triads:
            raise ValueError(
                f"No three of the channels {list(names)} are called like a triad: acc_x, acc_y, acc_z. "
                'Rename the channels, or name each sensor\'s with sensors={"acc": [...]}.'
            )
        return triads

    def _kept(self) -> list[int]:
        """Positions of the channels of X that stay."""
        turned = set() if self.keep_axes else {channel for axes in self.sensors_.values() for channel in axes}
        return [channel for channel in range(self.n_features_in_) if channel not in turned]

    def _transform_rows(self, rows: Rows) -> np.ndarray:
        kept = self._kept()
        out = np.empty((len(rows.values), len(kept) + len(self.sensors_)), dtype=rows.values.dtype)
        out[:, : len(kept)] = rows.values[:, kept]
        for place, axes in enumerate(self.sensors_.values(), start=len(kept)):
            out[:, place] = euclidean_norm(rows.values[:, axes])
        return out

    def get_feature_names_out(self, input_features=None):
        """Names of the channels of the result.

        Parameters
        ----------
        input_features : array-like of str of shape (n_channels,), default=None
            Names of the channels of X, where X had none in fit.

        Returns
        -------
        ndarray of str of shape (n_channels_out,)
        """
        names = super().get_feature_names_out(input_features)
        magnitudes = [name_magnitude(sensor) for sensor in self.sensors_]
        return np.array([*names[self._kept()], *magnitudes], dtype=object)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def euclidean_norm(values: np.ndarray) -> np.ndarray:
    """Length of the vector in every row, shape (n_rows,), in float64: the same bits of one row as of many."""
    squares = np.square(values.T, dtype=np.float64)
    return np.sqrt(np.cumsum(squares, axis=0)[-1])  # a sum or einsum rounds as the memory is laid out
