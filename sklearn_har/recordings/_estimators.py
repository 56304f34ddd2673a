"""How an estimator of rows checks its input: scikit-learn's validation and that of recordings."""

import numpy as np
from sklearn.utils.validation import validate_data

from ._checks import Rows, finite_values, rows_of
from ._index import KEEP_THE_INDEX, recordings_index, refuse_bad_channels


def validate_rows(estimator, X, *, reset: bool) -> Rows:
    """Check rows for an estimator, and learn or compare what it remembers of them.

    Parameters
    ----------
    estimator : estimator
        With ``reset`` it is given ``n_features_in_``, ``feature_names_in_``,
        ``sampling_rate_in_`` (Hz) and ``fitted_on_recordings_``.
    X : DataFrame of shape (n_rows, n_channels) or array-like
        Recordings, or rows without an index.
    reset : bool
        True in fit, False afterwards: X must then have the channels and the rate seen in fit.

    Returns
    -------
    Rows

    Raises
    ------
    ValueError
        If X is not what `check_recordings` accepts, or differs from what was seen in fit.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.base import BaseEstimator
    >>> from sklearn_har.recordings import validate_rows
    >>> class Counter(BaseEstimator):
    ...     def fit(self, X, y=None):
    ...         self.n_rows_ = len(validate_rows(self, X, reset=True).values)
    ...         return self
    >>> counter = Counter().fit(np.zeros((5, 3)))
    >>> counter.n_rows_, counter.n_features_in_, counter.sampling_rate_in_
    (5, 3, 1.0)
    """
    refuse_bad_channels(X)
    values = validate_data(estimator, X, reset=reset, dtype=(np.float64, np.float32), ensure_all_finite=False)
    if not reset:
        check_same_kind(estimator, X)
    with finite_values(X, values):
        rows = rows_of(X, values, sampling_rate=None if reset else estimator.sampling_rate_in_)
    if reset:
        estimator.sampling_rate_in_ = rows.sampling_rate
        estimator.fitted_on_recordings_ = rows.index is not None
    return rows


def check_same_kind(estimator, X) -> None:
    is_recordings = recordings_index(X) is not None
    if is_recordings == estimator.fitted_on_recordings_:
        return
    name = type(estimator).__name__
    if is_recordings:
        raise ValueError(
            f"{name} was fitted on rows without the index of recordings, so it knows neither their "
            "people nor their time. Fit it on recordings to use it on recordings."
        )
    raise ValueError(
        f"{name} was fitted on recordings; this X has lost their index (subject, recording, time). "
        f"{KEEP_THE_INDEX}"
    )
