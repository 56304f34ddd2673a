"""The one door by which windows enter an estimator."""

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from ..recordings._grid import RATE_TOLERANCE
from ..recordings._index import recordings_index
from ._fitted_on import remember_windows, warn_of_windows_beside
from ._windows import Windows

FLOATS = (np.float64, np.float32, np.float16)


def check_windows(X) -> Windows:
    """Check windows of any accepted kind and return them as `Windows`.

    Parameters
    ----------
    X : Windows, or array-like of shape (n_windows, n_timesteps, n_channels) or (n_windows, n_timesteps)
        A 2-D array holds windows of one channel.

    Returns
    -------
    Windows
        Of dtype float64, float32 or float16; the values are not copied if they need not be.

    Raises
    ------
    ValueError
        If ``X`` is recordings (rows, not windows), empty, not numeric, or has NaN or infinity.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.windowing import check_windows
    >>> check_windows(np.zeros((4, 20))).shape  # one channel
    (4, 20, 1)
    """
    if isinstance(X, Windows):
        _check_size(X.shape)
        X = _as_floats(X)
        _check_finite_windows(X)
        return X
    refuse_recordings(X)
    # check_array takes longer than all else, and a window alone is asked for in a hurry
    if type(X) is np.ndarray and X.ndim == 3 and X.size and X.dtype in FLOATS:
        values = X
    else:
        values = check_array(X, dtype=FLOATS, allow_nd=True, ensure_all_finite=False, input_name="X")
    if values.ndim > 3:
        raise ValueError(
            f"Found array with dim {values.ndim}; windows have the shape (n_windows, n_timesteps, "
            "n_channels)."
        )
    windows = Windows(values if values.ndim == 3 else values[:, :, np.newaxis])
    _check_size(windows.shape)
    _check_finite_windows(windows)
    return windows


def validate_windows(estimator, X, *, reset: bool) -> Windows:
    """Check windows for an estimator, and learn or compare what it remembers of them.

    Parameters
    ----------
    estimator : estimator
        With ``reset`` it is given ``n_timesteps_in_``, ``n_channels_in_``, and from `Windows`
        ``channel_names_in_`` and ``sampling_rate_in_`` (Hz).
    X : Windows or array-like
        As for `check_windows`. For 2-D input scikit-learn's ``n_features_in_`` applies.
    reset : bool
        True in fit, False afterwards.

    Returns
    -------
    Windows

    Raises
    ------
    ValueError
        If X is not what `check_windows` accepts, or differs from what was seen in fit: another
        number of timesteps or channels, other channel names, another sampling rate.
    NotFittedError
        If ``reset`` is False and nothing was seen in fit.

    Warns
    -----
    LeakageWarning
        If windows overlap or touch windows that the estimator was fitted on, in the same process.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.base import BaseEstimator
    >>> from sklearn_har.windowing import validate_windows
    >>> estimator = BaseEstimator()
    >>> validate_windows(estimator, np.zeros((4, 20, 3)), reset=True).shape
    (4, 20, 3)
    >>> validate_windows(estimator, np.zeros((4, 25, 3)), reset=False)
    Traceback (most recent call last):
    ...
    ValueError: X has windows of 25 timesteps, but BaseEstimator was fitted with 20. ...
    """
    if not (reset or hasattr(estimator, "n_channels_in_")):
        check_is_fitted(estimator, "n_channels_in_")  # raises
    if not isinstance(X, Windows) and n_axes(X) <= 2:
        refuse_recordings(X)
        X = validate_data(estimator, X, reset=reset, dtype=FLOATS, ensure_all_finite=False)
    windows = check_windows(X)
    if reset:
        _, estimator.n_timesteps_in_, estimator.n_channels_in_ = windows.shape
        estimator.channel_names_in_ = windows.channel_names
        estimator.sampling_rate_in_ = windows.sampling_rate
        remember_windows(estimator, X)
    else:
        _check_same_windows(estimator, windows)
        warn_of_windows_beside(estimator, X)
    return windows


def n_axes(X) -> int:
    """Number of axes of anything array-like, without converting what says it."""
    return X.ndim if hasattr(X, "ndim") else np.asarray(X).ndim


def refuse_recordings(X) -> None:
    """Refuse a table of recordings where windows are expected.

    Parameters
    ----------
    X : object
        Anything that may be windows.

    Raises
    ------
    ValueError
        If ``X`` has the index of recordings: a table of rows looks like windows of one channel.

    Examples
    --------
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.windowing import refuse_recordings
    >>> X, _ = make_recordings(n_subjects=1, bout_duration=5.0, random_state=0, return_X_y=True)
    >>> refuse_recordings(X.to_numpy())
    >>> refuse_recordings(X)
    Traceback (most recent call last):
    ...
    ValueError: X is a table of recordings (rows), but windows are expected. ...
    """
    if isinstance(X, pd.DataFrame) and recordings_index(X) is not None:
        raise ValueError(
            "X is a table of recordings (rows), but windows are expected. Cut them with "
            "sklearn_har.windowing.sliding_windows, or put the estimator into a "
            "SlidingWindowClassifier, which does so inside."
        )


def _check_size(shape: tuple[int, int, int]) -> None:
    if 0 in shape:
        raise ValueError(
            f"Found array with {shape[0]} window(s) of {shape[1]} timestep(s) and {shape[2]} channel(s), "
            "while a minimum of 1 of each is required."
        )


def _as_floats(windows: Windows) -> Windows:
    """Windows of floats: whole numbers, such as raw counts, could not hold what is computed of them."""
    if windows.dtype.kind not in "biuf":
        raise ValueError(f"Windows must be of numbers; X holds {windows.dtype}. Convert it: X.astype(float).")
    return windows if windows.dtype in FLOATS else windows.astype(np.float64)


def _check_finite_windows(windows: Windows) -> None:
    """Look at the rows first: overlapping windows share them, and a part of windows reads a part of them."""
    begin = windows._firsts.min()
    rows = windows._rows[begin : windows._firsts.max() + windows.shape[1]]
    firsts = windows._firsts - begin
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(rows.sum(dtype=np.float64)) or np.isfinite(rows).all():
            return
    bad_before = np.concatenate([[0], np.cumsum(~np.isfinite(rows).all(axis=1))])
    bad = bad_before[firsts + windows.shape[1]] > bad_before[firsts]
    if not bad.any():
        return  # rows of the plan that none of these windows reads
    first = int(np.argmax(bad))
    values = windows[first]
    step, channel = np.unravel_index(np.argmin(np.isfinite(values)), values.shape)
    name = channel if windows.channel_names is None else repr(windows.channel_names[channel])
    raise ValueError(
        f"Input X contains NaN or infinity in {bad.sum()} windows, the first: window {first}, timestep "
        f"{step}, channel {name}. Fill the gaps in the recordings before cutting, or leave these out."
    )


def _check_same_windows(estimator, windows: Windows) -> None:
    name = type(estimator).__name__
    _, n_timesteps, n_channels = windows.shape
    if n_channels != estimator.n_channels_in_:
        raise ValueError(
            f"X has {n_channels} channels, but {name} was fitted with {estimator.n_channels_in_}"
            f"{_named(estimator.channel_names_in_)}."
        )
    if n_timesteps != estimator.n_timesteps_in_:
        raise ValueError(
            f"X has windows of {n_timesteps} timesteps, but {name} was fitted with "
            f"{estimator.n_timesteps_in_}. Cut windows of the same length."
        )
    fitted, given = estimator.channel_names_in_, windows.channel_names
    if fitted is not None and given is not None and fitted != given:
        place = next(i for i in range(n_channels) if fitted[i] != given[i])
        raise ValueError(
            f"Channel {place} of X is {given[place]!r}, but {name} was fitted with {fitted[place]!r} there: "
            f"the channels must be {list(fitted)}, in this order."
        )
    rate, new_rate = estimator.sampling_rate_in_, windows.sampling_rate
    if rate is not None and new_rate is not None and abs(new_rate / rate - 1) > RATE_TOLERANCE:
        raise ValueError(
            f"X was sampled at {new_rate:g} Hz, but {name} was fitted at {rate:g} Hz. Resample the "
            "recordings to that rate first."
        )


def _named(names) -> str:
    return "" if names is None else f" ({', '.join(map(str, names))})"
