"""What smoothers share: probabilities in, in the order of time, and labels."""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils.validation import check_is_fitted, validate_data

from .._core._labels import encode_labels
from .._core._sklearn import HasMethods
from ..recordings._estimators import check_same_kind
from ..recordings._index import describe_row, recordings_index
from ..recordings._labels import check_labels_belong
from ._sequences import Sequences, sequences_of

SUM_TOLERANCE = 1e-2  # half precision, and columns rounded to two digits


class SmootherBase(ClassifierMixin, BaseEstimator):
    """A classifier of rows of probabilities that reads them in the order of time."""

    _parameter_constraints: dict = {
        "causal": ["boolean"],
        "calibrator": [HasMethods(["fit", "predict_proba"]), None],
    }

    def _learn_input(self, X, y) -> tuple[Sequences, np.ndarray, np.ndarray]:
        """Sequences, probabilities, and the code of each row's label (-1 where it is missing)."""
        values = validate_data(self, X, reset=True, dtype=np.float64, ensure_min_samples=1)
        if y is None:
            raise ValueError(f"{type(self).__name__} requires y to be passed, but the target y is None.")
        check_labels_belong(X, y)
        self.fitted_on_recordings_ = recordings_index(X) is not None
        sequences = sequences_of(X, len(values))
        labels = encode_labels(y)
        if len(labels.classes) < 2:
            raise ValueError(
                f"y has {len(labels.classes)} class, {labels.classes.tolist()}; a smoother learns what "
                "follows what, and needs two or more."
            )
        if self.calibrator is None:
            self.classes_, self._columns = _classes_of_columns(X, values.shape[1], labels.classes)
        else:
            self.classes_ = labels.classes
            known = labels.codes >= 0
            self.calibrator_ = clone(self.calibrator).fit(values[known], labels.classes[labels.codes[known]])
        codes = np.append(np.searchsorted(self.classes_, labels.classes), -1)[labels.codes]
        self.step_ = sequences.typical_step
        return sequences, self._probabilities(X, values), codes

    def _check_input(self, X) -> tuple[Sequences, np.ndarray]:
        check_is_fitted(self)
        values = validate_data(self, X, reset=False, dtype=np.float64)
        check_same_kind(self, X)
        return sequences_of(X, len(values)), self._probabilities(X, values)

    def _probabilities(self, X, values: np.ndarray) -> np.ndarray:
        if self.calibrator is not None:
            return self.calibrator_.predict_proba(values)
        off = np.abs(values.sum(axis=1) - 1) > SUM_TOLERANCE
        off |= (values < 0).any(axis=1)
        if off.any():
            row = int(np.argmax(off))
            raise ValueError(
                f"{type(self).__name__} reads probabilities, but {off.sum()} rows of X hold none, the first "
                f"{describe_row(recordings_index(X), row)}: {values[row].round(4).tolist()}, with sum "
                f"{values[row].sum():.4g}. Pass what predict_proba returns, or a calibrator that makes "
                "probabilities of these columns, such as LogisticRegression()."
            )
        return values[:, self._columns]

    def _step_input(self, probabilities) -> np.ndarray:
        """Probabilities of one row, for `step`."""
        check_is_fitted(self)
        if not self.causal:
            raise ValueError(
                f"This {type(self).__name__} has causal=False: it reads what comes later, so it cannot go "
                "step by step. Fit it with causal=True."
            )
        values = np.asarray(probabilities, dtype=np.float64).reshape(1, -1)
        if values.shape[1] != self.n_features_in_ or not np.isfinite(values).all():
            raise ValueError(
                f"A step takes {self.n_features_in_} finite values, those of one row; got "
                f"{values[0].tolist()}."
            )
        return self._probabilities(None, values)[0]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True  # the checks shuffle rows, so time has no meaning there
        return tags


def _classes_of_columns(X, n_columns: int, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Classes, sorted, and the column of each."""
    if not isinstance(X, pd.DataFrame):
        if n_columns != len(labels):
            raise ValueError(
                f"X has {n_columns} columns of probabilities, but y {len(labels)} classes, "
                f"{labels.tolist()}. Pass a DataFrame whose columns are named for their classes, or a "
                "calibrator."
            )
        return labels, np.arange(n_columns)
    unknown = [label for label in labels.tolist() if label not in X.columns]
    if unknown:
        raise ValueError(
            f"y holds {unknown}, for which X has no column of probabilities; its columns are "
            f"{X.columns.tolist()}. Columns must be named for their classes."
        )
    columns = X.columns.to_numpy()
    order = np.argsort(columns, kind="stable")
    classes = columns[order]
    return (np.array(classes.tolist()) if labels.dtype.kind == "U" else classes.astype(labels.dtype)), order
