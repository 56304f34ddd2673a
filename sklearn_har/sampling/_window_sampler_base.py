"""What samplers of windows share: how windows, and tables, come in and go out."""

import numpy as np
from imblearn.base import BaseSampler

from .._core._labels import encode_labels
from ..windowing import Windows, refuse_recordings, validate_windows
from ..windowing._check_windows import n_axes

LEARNED_OF_TABLES = ("sample_indices_", "sampling_strategy_", "n_features_in_", "feature_names_in_")


class WindowSamplerBase(BaseSampler):
    """A sampler that takes windows, and leaves tables to one of imbalanced-learn.

    A class below it has ``_fit_resample(windows, labels)``, which gives Windows and labels, and
    ``_table_sampler()``, which gives the sampler for tables.
    """

    def fit(self, X, y):
        """Check the windows and their labels; `fit_resample` does the work.

        Parameters
        ----------
        X : Windows, or array-like of shape (n_windows, n_timesteps, n_channels) or (n, n_features)
        y : array-like of shape (n_windows,)

        Returns
        -------
        self
        """
        self._begin()
        if is_table(X):
            refuse_recordings(X)
            self._fit_table(X, y)
        else:
            self._validated(X, y)
        return self

    def fit_resample(self, X, y):
        """Give windows and labels to train with.

        Parameters
        ----------
        X : Windows, or array-like of shape (n_windows, n_timesteps, n_channels) or (n, n_features)
            A 2-D array or table is given to a sampler of imbalanced-learn as it is; to WindowAugmenter it
            is windows of one channel.
        y : array-like of shape (n_windows,)
            Labels.

        Returns
        -------
        X_resampled : Windows, or ndarray of shape (n_windows_new, n_timesteps, n_channels)
            Of the kind that came in.
        y_resampled : ndarray of shape (n_windows_new,)

        Raises
        ------
        ValueError
            If X is recordings (rows, not windows), labels are missing, there is but one class to balance,
            or of nobody new windows can be made that are asked for.
        """
        self._begin()
        if is_table(X):
            refuse_recordings(X)
            return self._resample_table(X, y)
        windows, labels = self._validated(X, y)
        resampled, new_labels = self._fit_resample(windows, labels)
        return (resampled if isinstance(X, Windows) else np.asarray(resampled)), new_labels

    def _begin(self) -> None:
        """Check the parameters and forget what was learned of other windows."""
        self._validate_params()
        for name in [name for name in vars(self) if name.endswith("_")]:
            delattr(self, name)

    def _validated(self, X, y) -> tuple[Windows, np.ndarray]:
        windows = validate_windows(self, X, reset=True)
        labels = labels_of(y, len(windows))
        self._set_numbers(labels)
        return windows, labels

    def _set_numbers(self, labels: np.ndarray) -> None:
        """Set how many windows are asked for, where that is known before they are made."""

    def _fit_table(self, X, y) -> None:
        self._keep(self._table_sampler().fit(X, y))

    def _resample_table(self, X, y):
        inner = self._table_sampler()
        result = inner.fit_resample(X, y)
        self._keep(inner)
        return result

    def _keep(self, inner) -> None:
        """Take over what a sampler learned of a table."""
        for name in LEARNED_OF_TABLES:
            if hasattr(inner, name):
                setattr(self, name, getattr(inner, name))


def is_table(X) -> bool:
    """Whether X is a table of features rather than windows."""
    return not isinstance(X, Windows) and n_axes(X) <= 2


def labels_of(y, n_windows: int) -> np.ndarray:
    """Labels of windows as an array; a missing one is refused."""
    labels = encode_labels(y)
    codes = labels.codes
    if len(codes) != n_windows:
        raise ValueError(f"y has {len(codes)} labels; there are {n_windows} windows.")
    if (codes < 0).any():
        raise ValueError(f"y has {(codes < 0).sum()} missing labels; leave these windows out first.")
    return labels.classes[codes]
