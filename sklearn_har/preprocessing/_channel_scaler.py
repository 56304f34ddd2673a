"""Channels of one size: mean 0 and standard deviation 1."""

import math
from collections.abc import Hashable
from itertools import pairwise

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from .._core._blocks import block_slices
from .._core._moments import merge_all, moments_by_group, moments_of_rows, moments_of_windows
from .._core._sklearn import StrOptions
from ..recordings import Rows
from ..windowing import Windows, validate_windows
from ._row_transformer import RowTransformer
from ._streams import EachRow, RunStream


class ChannelScaler(RowTransformer, TransformerMixin, BaseEstimator):
    """Give every channel mean 0 and standard deviation 1.

    Takes rows and gives rows, or takes windows and gives windows with all that they carry. Mean and
    standard deviation are learned in fit, from all rows, or from all timesteps of all windows.

    Parameters
    ----------
    per : {"all", "subject"}, default="all"
        Whether all people are scaled alike, or each person by their own mean and standard deviation,
        which takes out how strongly they move and how they wear the device. "subject" is for
        recordings only.
    unknown : {"error", "pooled", "own"}, default="error"
        How people are scaled who were not seen in fit, with ``per="subject"``:

        - "error": they are refused, so that one of the other two is chosen knowingly.
        - "pooled": by the mean and standard deviation of all people seen in fit. Works row by row, on
          a stream too; but a model then meets people who were scaled in another way than those it
          learned from.
        - "own": by their own, of the rows given in this call. Scores then say how well people are
          recognised whose **whole unlabelled recordings are at hand**; give all rows of a person at
          once. It cannot run on a stream, and a part of a recording is scaled in another way than the
          whole.

    Attributes
    ----------
    mean_, scale_ : ndarray of float64 of shape (n_channels,)
        Mean and standard deviation over all people; the scale of a constant channel is 1.
    subjects_ : ndarray of shape (n_subjects,)
        People seen in fit, in the order of their rows. Only with ``per="subject"``.
    subject_means_, subject_scales_ : ndarray of float64 of shape (n_subjects, n_channels)
        The same of every person. Only with ``per="subject"``.
    fitted_on_windows_ : bool
        Whether fit saw windows or rows; the other kind is refused afterwards.
    sampling_rate_in_ : float or None
        Rate of the recordings or windows seen in fit, in Hz; other rates are refused afterwards.
    fitted_on_recordings_ : bool
        Whether fit saw recordings or a plain array. Rows only.
    n_features_in_ : int
        Number of channels. Rows only.
    feature_names_in_ : ndarray of str of shape (n_channels,)
        Names of the channels, where X has names. Rows only.
    n_timesteps_in_, n_channels_in_ : int
        Size of a window. Windows only.
    channel_names_in_ : tuple of str or None
        Names of the channels. Windows only.

    Raises
    ------
    ValueError
        If ``per="subject"`` meets windows or an array, which do not say whose every row is; in transform,
        if X is windows and fit saw rows or the other way round, or someone was not seen in fit and
        ``unknown="error"``.

    Notes
    -----
    The numbers keep their kind (float32 stays float32); what is in between is computed in float64,
    in blocks, so that memory beyond input and output is some ten megabytes. Windows come out as
    `Windows`, and a 3-D array as a 3-D array, whatever ``set_output`` asks for. A 2-D array is rows.

    To scale before a split is to look at the people who are held out: put this estimator into the
    pipeline inside of the splits.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.preprocessing import ChannelScaler
    >>> from sklearn_har.windowing import Windows
    >>> windows = Windows(np.array([[[1.0], [2.0]], [[3.0], [6.0]]]), subjects=["ann", "bob"])
    >>> scaled = ChannelScaler().fit_transform(windows)
    >>> scaled
    <Windows (2, 2, 1), float64, 2 subjects>
    >>> np.asarray(scaled).ravel().round(2)
    array([-1.07, -0.53,  0.  ,  1.6 ])
    """

    _parameter_constraints = {
        "per": [StrOptions({"all", "subject"})],
        "unknown": [StrOptions({"error", "pooled", "own"})],
    }

    def __init__(self, *, per="all", unknown="error"):
        self.per = per
        self.unknown = unknown

    def inverse_transform(self, X):
        """Undo the scaling.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_rows, n_channels), or Windows
            Scaled rows or windows.

        Returns
        -------
        DataFrame, ndarray or Windows
            Of the kind and shape of X.

        Raises
        ------
        ValueError
            If someone was not seen in fit and ``unknown`` is not "pooled": by which mean and standard
            deviation they were scaled is not kept.
        """
        check_is_fitted(self)
        return self._as_given(self._scale(self._validate(X, reset=False), unstandardized), X)

    def get_feature_names_out(self, input_features=None):
        """Names of the channels.

        Parameters
        ----------
        input_features : array-like of str of shape (n_channels,), default=None
            Names of the channels of X, where rows had none in fit.

        Returns
        -------
        ndarray of str of shape (n_channels,)
        """
        check_is_fitted(self)
        if not self.fitted_on_windows_:
            return super().get_feature_names_out(input_features)
        names = self.channel_names_in_ or [f"x{channel}" for channel in range(self.n_channels_in_)]
        return np.array(names, dtype=object)

    def _validate(self, X, *, reset: bool) -> Rows | Windows:
        are_windows = _are_windows(X)
        if reset:
            self.fitted_on_windows_ = are_windows
        elif are_windows != self.fitted_on_windows_:
            fitted, given = ("windows", "rows") if self.fitted_on_windows_ else ("rows", "windows")
            raise ValueError(
                f"ChannelScaler was fitted on {fitted}, but this X is {given}. Fit one on {given} too; or "
                "scale always before, or always after, windows are cut."
            )
        return validate_windows(self, X, reset=reset) if are_windows else super()._validate(X, reset=reset)

    def _learn(self, data: Rows | Windows) -> None:
        if self.per == "subject":
            values, index = _values_and_index(data)
            moments = moments_by_group(values, _stretches_of_subjects(index))
            self.subjects_ = pd.Index(list(moments)).to_numpy()
            self.subject_means_ = np.array([of_one.mean for of_one in moments.values()])
            self.subject_scales_ = np.array([of_one.scale() for of_one in moments.values()])
            pooled = merge_all(moments.values())
        elif isinstance(data, Windows):
            pooled = moments_of_windows(data)
        else:
            pooled = moments_of_rows(data.values)
        self.mean_, self.scale_ = pooled.mean, pooled.scale()

    def _transform_rows(self, rows: Rows | Windows) -> np.ndarray:
        return self._scale(rows, standardized)

    def _stream(self, subject) -> RunStream:
        if self.per == "all":
            return super()._stream(subject)
        if self.unknown == "own":
            raise ValueError(
                'unknown="own" scales people by their whole recordings, of which a stream does not know the '
                'rest. Set unknown="pooled", and fit everything again.'
            )
        own: list = []  # looked for when there are rows, so that only then a stranger is refused

        def scaled(rows: np.ndarray) -> np.ndarray:
            if not own:
                own.extend(self._statistics(rows, [(subject, slice(None))], may_learn=False)[subject])
            return apply_in_blocks(standardized, rows, *own)

        return EachRow(scaled)

    def _scale(self, data: Rows | Windows, arithmetic) -> np.ndarray:
        if self.per == "all":
            everything = data if isinstance(data, Windows) else data.values
            return apply_in_blocks(arithmetic, everything, self.mean_, self.scale_)
        values, index = _values_and_index(data)
        out = np.empty(values.shape, dtype=values.dtype)
        stretches = _stretches_of_subjects(index)
        statistics = self._statistics(values, stretches, may_learn=arithmetic is standardized)
        for subject, stretch in stretches:
            out[stretch] = apply_in_blocks(arithmetic, values[stretch], *statistics[subject])
        return out

    def _statistics(self, values: np.ndarray, stretches, *, may_learn: bool) -> dict:
        """Mean and scale of everyone among these rows."""
        seen = zip(self.subject_means_, self.subject_scales_, strict=True)
        statistics = dict(zip(self.subjects_.tolist(), seen, strict=True))
        strangers = [stretch for stretch in stretches if stretch[0] not in statistics]
        if not strangers:
            return statistics
        if self.unknown == "pooled":
            return statistics | {subject: (self.mean_, self.scale_) for subject, _ in strangers}
        if self.unknown == "own" and may_learn:
            own = moments_by_group(values, strangers)
            return statistics | {subject: (of_one.mean, of_one.scale()) for subject, of_one in own.items()}
        stranger = strangers[0][0]
        if self.unknown == "own":
            raise ValueError(
                f'Subject {stranger} was not seen in fit. With unknown="own" such people are scaled by the '
                "rows given to transform, and their mean and scale are not kept: nothing to undo it by."
            )
        raise ValueError(
            f'Subject {stranger} was not seen in fit, and unknown="error" refuses such people. Choose '
            'unknown="own" to scale them by their own rows, all of which are then needed at once, or '
            'unknown="pooled" to scale them by the mean and standard deviation of all people seen in fit.'
        )

    def _as_given(self, values: np.ndarray, X):
        if isinstance(X, Windows):
            return X.with_data(values)
        return values if values.ndim == 3 else super()._as_given(values, X)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def standardized(values: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Values less the mean, in units of the scale; the last axis is that of channels."""
    return (values - mean) / scale


def unstandardized(values: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Values of which these are the standardized ones."""
    return values * scale + mean


def apply_in_blocks(arithmetic, values, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Apply ``arithmetic`` to rows or windows, computing in float64 and keeping their dtype."""
    out = np.empty(values.shape, dtype=values.dtype)
    for block in block_slices(len(values), 8 * math.prod(values.shape[1:])):
        out[block] = arithmetic(np.asarray(values[block]), mean, scale)
    return out


def _are_windows(X) -> bool:
    return (X.ndim if hasattr(X, "ndim") else np.asarray(X).ndim) == 3


def _values_and_index(data: Rows | Windows) -> tuple[np.ndarray, pd.MultiIndex]:
    if isinstance(data, Rows) and data.index is not None:
        return data.values, data.index
    found = "windows" if isinstance(data, Windows) else "rows without the index of recordings"
    raise ValueError(
        f'per="subject" needs recordings, whose index says whose every row is, but X is {found}. Scale '
        "recordings, before windows are cut from them."
    )


def _stretches_of_subjects(index: pd.MultiIndex) -> list[tuple[Hashable, slice]]:
    """Subjects in the order of the rows, each with consecutive rows of theirs."""
    codes = np.asarray(index.codes[0])
    bounds = np.r_[0, np.flatnonzero(np.diff(codes)) + 1, len(codes)]
    people = index.levels[0].take(codes[bounds[:-1]]).tolist()
    return [(who, slice(*pair)) for who, pair in zip(people, pairwise(bounds.tolist()), strict=True)]
