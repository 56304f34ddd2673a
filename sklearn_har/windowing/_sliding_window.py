"""Windows as a step of a pipeline."""

from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from .._core._sklearn import _fit_context
from ..recordings import validate_rows
from ._cutting import CUT_LIMITS, Cut, cut_windows


class SlidingWindow(TransformerMixin, BaseEstimator, auto_wrap_output_keys=None):  # type: ignore[call-arg]  # scikit-learn is untyped
    """Cut recordings into windows, as a transformer.

    Rows go in and fewer windows come out, so a pipeline with this step has no place for the labels
    of rows: use it to look at unlabelled recordings or to serve a model of windows. To learn from
    labelled recordings use `SlidingWindowClassifier`, or `sliding_windows` before the pipeline.

    Parameters
    ----------
    window_length : float
        In seconds.
    overlap : float, default=0.5
        Share of a window that the next one covers again, in [0, 1).
    tail : {"align", "drop"}, default="align"
        Whether the last window of a run ends with the run, or the rows left over are dropped.

    Attributes
    ----------
    n_timesteps_ : int
        Rows in a window.
    sampling_rate_in_ : float
        Rate of the recordings seen in fit, in Hz; other rates are refused afterwards.
    fitted_on_recordings_ : bool
        Whether fit saw recordings or a plain array.
    n_features_in_ : int
        Number of channels.
    feature_names_in_ : ndarray of str of shape (n_channels,)
        Names of the channels, where X has names.

    Examples
    --------
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.windowing import SlidingWindow
    >>> X, y = make_recordings(n_subjects=2, sampling_rate=50, random_state=0, return_X_y=True)
    >>> SlidingWindow(window_length=2.56).fit_transform(X).shape[1:]
    (128, 6)
    """

    _parameter_constraints = CUT_LIMITS

    def __init__(self, window_length, *, overlap=0.5, tail="align"):
        self.window_length = window_length
        self.overlap = overlap
        self.tail = tail

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Learn the sampling rate and the channels.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_channels) or array-like
            Recordings.
        y : None
            Ignored.

        Returns
        -------
        self
        """
        rows = validate_rows(self, X, reset=True)
        self.n_timesteps_ = Cut.of(self.window_length, self.overlap, self.tail, rows).n_timesteps
        return self

    def transform(self, X):
        """Cut windows.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_channels) or array-like
            Recordings with the channels and the sampling rate seen in fit.

        Returns
        -------
        Windows of shape (n_windows, n_timesteps, n_channels)
            Runs shorter than a window have none; ``left_out`` counts them.

        Raises
        ------
        ValueError
            If every run is shorter than a window, or X differs from what was seen in fit.
        """
        check_is_fitted(self)
        rows = validate_rows(self, X, reset=False)
        cut = Cut.of(self.window_length, self.overlap, self.tail, rows)
        names = getattr(self, "feature_names_in_", None)
        return cut_windows(rows, cut, names)[0]

    def set_output(self, *, transform=None):
        """Do nothing: windows are no table, so they come out as `Windows` whatever is asked for."""
        return self
