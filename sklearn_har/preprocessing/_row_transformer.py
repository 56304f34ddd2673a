"""What the transformers of rows share: checked rows in, the same kind of table out."""

import numpy as np
import pandas as pd
from sklearn.base import OneToOneFeatureMixin
from sklearn.utils.validation import check_is_fitted

from .._core._sklearn import _fit_context, _get_output_config, _wrap_data_with_container
from ..recordings import Rows, validate_rows
from ..recordings._index import recordings_index
from ._streams import EachRow, RunStream


class RowTransformer(OneToOneFeatureMixin):
    """Base of the transformers of rows: a frame for a frame with the same index, an array for an array.

    A subclass defines ``_learn(rows)`` and ``_transform_rows(rows)``, and ``_stream(subject)``, a run of
    that person on its way, where a row depends on others. This class stands before
    scikit-learn's TransformerMixin, which wraps only the methods that a class defines itself: so
    ``set_output`` is obeyed here, where the index of recordings is known.
    """

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Learn from X what `transform` needs.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_channels) or array-like
            Recordings, or what else the class says that it takes.
        y : None
            Ignored.

        Returns
        -------
        self
        """
        self._learn(self._validate(X, reset=True))
        return self

    def transform(self, X):
        """Transform X.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_channels) or array-like
            Of the kind, the channels and the sampling rate seen in fit.

        Returns
        -------
        DataFrame or ndarray of shape (n_rows, n_channels_out)
            A frame with the index of X if X is a frame.
        """
        check_is_fitted(self)
        return self._as_given(self._transform_rows(self._validate(X, reset=False)), X)

    @_fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, X, y=None):
        """Do the same as ``fit(X).transform(X)``, checking X once.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_channels) or array-like
            Recordings, or what else the class says that it takes.
        y : None
            Ignored.

        Returns
        -------
        DataFrame or ndarray of shape (n_rows, n_channels_out)
            A frame with the index of X if X is a frame.
        """
        rows = self._validate(X, reset=True)
        self._learn(rows)
        return self._as_given(self._transform_rows(rows), X)

    def _validate(self, X, *, reset: bool):
        if _get_output_config("transform", self)["dense"] == "polars" and recordings_index(X) is not None:
            raise ValueError(
                f"{type(self).__name__} is set to give polars frames, which have no index: the subject, "
                'recording and time of every row would be lost. Call set_output(transform="pandas") on it.'
            )
        return validate_rows(self, X, reset=reset)

    def _as_given(self, values: np.ndarray, X):
        """Give transformed rows as the kind of table that X is, or that set_output asks for."""
        if not isinstance(X, pd.DataFrame) or _get_output_config("transform", self)["dense"] == "polars":
            return _wrap_data_with_container("transform", values, X, self)
        unnamed = not isinstance(X.columns[0], str) and values.shape[1] == X.shape[1]
        columns = X.columns if unnamed else self.get_feature_names_out()
        return pd.DataFrame(values, index=X.index, columns=columns, copy=False)

    def _stream(self, subject) -> RunStream:
        """One run of a person on its way; ValueError if rows must be known to which it has not come."""
        rate = self.sampling_rate_in_
        return EachRow(
            lambda rows: self._transform_rows(Rows(rows, rate, np.array([0, len(rows)], dtype=np.intp), None))
        )
