"""Any sampler of imbalanced-learn, on windows."""

import numpy as np
import pandas as pd
from imblearn.base import BaseSampler
from sklearn.base import clone
from sklearn.utils import get_tags
from sklearn.utils.metaestimators import available_if

from .._core._labels import encode_labels
from .._core._sklearn import HasMethods
from ..windowing import Windows, refuse_recordings, validate_windows
from ..windowing._check_windows import n_axes
from ..windowing._windows import COPY, PER_WINDOW, RECORDED, SYNTHETIC


class WindowSampler(BaseSampler):
    """Balance windows with a sampler of imbalanced-learn, in training only.

    Put into a pipeline of imbalanced-learn it acts in fit and does nothing in predict. Windows keep
    their shape and all they carry, so whatever holds people out behind the sampler still can.

    A sampler that selects windows (copies or drops them) sees all of them at once. One that makes
    new windows, such as SMOTE, works person by person: between two people lies nobody, and a
    window with parents in training and in validation would leak. Every person who did more than one
    activity is then balanced by themselves.

    Parameters
    ----------
    sampler : sampler
        Of imbalanced-learn. It sees each window as one row of n_timesteps × n_channels values.

    Attributes
    ----------
    sampler_ : sampler
        The fitted sampler, where it selects windows.
    sample_indices_ : ndarray of int of shape (n_windows_new,)
        Which window each of the result is, where the sampler selects windows.

    Notes
    -----
    In the result, ``origin`` tells recorded windows (0) from copies (1) and synthetic ones (2); the
    latter have no ``starts`` or ``runs`` (-1).

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn.over_sampling import RandomOverSampler
    >>> from sklearn_har.sampling import WindowSampler
    >>> windows, labels = np.zeros((5, 128, 6)), ["sit", "sit", "sit", "sit", "walk"]
    >>> sampler = WindowSampler(RandomOverSampler(random_state=0))
    >>> more_windows, more_labels = sampler.fit_resample(windows, labels)
    >>> more_windows.shape, np.unique(more_labels, return_counts=True)[1].tolist()
    ((8, 128, 6), [4, 4])
    """

    _sampling_type = "bypass"
    _parameter_constraints = {"sampler": [HasMethods(["fit_resample"])]}

    def __init__(self, sampler):
        self.sampler = sampler

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
        self._validate_params()
        if _is_table(X):
            refuse_recordings(X)
            self._keep(clone(self.sampler).fit(X, y))
        else:
            validate_windows(self, X, reset=True)
        return self

    def fit_resample(self, X, y):
        """Balance windows.

        Parameters
        ----------
        X : Windows, or array-like of shape (n_windows, n_timesteps, n_channels) or (n, n_features)
            A 2-D array or table is given to the sampler as it is.
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
            If X is recordings (rows, not windows), or a person has too few windows of an activity
            for a sampler that needs neighbours.
        """
        self._validate_params()
        for name in ("sampler_", "sample_indices_"):  # a sampler that makes new windows sets neither
            vars(self).pop(name, None)
        if _is_table(X):
            refuse_recordings(X)
            inner = clone(self.sampler)
            result = inner.fit_resample(X, y)
            self._keep(inner)
            return result
        windows = validate_windows(self, X, reset=True)
        labels = _labels_of(y, len(windows))
        resampled, new_labels = self._fit_resample(windows, labels)
        return (resampled if isinstance(X, Windows) else np.asarray(resampled)), new_labels

    def _fit_resample(self, windows: Windows, labels: np.ndarray) -> tuple[Windows, np.ndarray]:
        inner = clone(self.sampler)
        flat = np.asarray(windows).reshape(len(windows), -1)
        rows, new_labels = inner.fit_resample(flat, labels)
        selected = getattr(inner, "sample_indices_", None)
        # a sampler that shifts its copies has indices too, but its rows are not those windows
        if selected is not None and np.array_equal(rows, flat[selected]):
            self.sampler_, self.sample_indices_ = inner, selected
            return _select(windows, selected), new_labels
        if windows.subjects is None:
            return _with_new(windows, flat, rows), new_labels
        codes, people = pd.factorize(windows.subjects)
        if len(people) == 1:
            return _with_new(windows, flat, rows), new_labels
        return self._resample_people(windows, flat, labels, codes, people)

    def _resample_people(self, windows, flat, labels, codes, people) -> tuple[Windows, np.ndarray]:
        parts, new_labels = [], []
        for code, person in enumerate(people):
            own = np.flatnonzero(codes == code)
            if len(np.unique(labels[own])) == 1:  # nothing to balance
                rows, person_labels = flat[own], labels[own]
            else:
                try:
                    rows, person_labels = clone(self.sampler).fit_resample(flat[own], labels[own])
                except ValueError as error:
                    raise ValueError(
                        f"{type(self.sampler).__name__} makes new windows, so it works person by person, and "
                        f"failed for subject {person}: {error} Give it fewer neighbours, or choose one "
                        "that copies windows (RandomOverSampler)."
                    ) from error
            parts.append(_with_new(windows[own], flat[own], rows))
            new_labels.append(person_labels)
        return _concatenate(parts), np.concatenate(new_labels)

    def _keep(self, inner) -> None:
        """Take over what a sampler learned of a table."""
        self.sampler_ = inner
        for name in ("sample_indices_", "sampling_strategy_", "n_features_in_", "feature_names_in_"):
            if hasattr(inner, name):
                setattr(self, name, getattr(inner, name))

    @available_if(lambda self: hasattr(self.sampler, "get_feature_names_out"))
    def get_feature_names_out(self, input_features=None):
        """Names of the features of a table, which no sampler changes.

        Parameters
        ----------
        input_features : array-like of str, default=None

        Returns
        -------
        ndarray of str
        """
        return self.sampler_.get_feature_names_out(input_features)

    def __sklearn_tags__(self):
        return get_tags(self.sampler)


def _is_table(X) -> bool:
    return not isinstance(X, Windows) and n_axes(X) <= 2


def _labels_of(y, n_windows: int) -> np.ndarray:
    labels = encode_labels(y)
    codes = labels.codes
    if len(codes) != n_windows:
        raise ValueError(f"y has {len(codes)} labels; there are {n_windows} windows.")
    if (codes < 0).any():
        raise ValueError(f"y has {(codes < 0).sum()} missing labels; leave these windows out first.")
    return labels.classes[codes]


def _select(windows: Windows, selected: np.ndarray) -> Windows:
    """Windows by position; what is there a second time is a copy."""
    result = windows[selected]
    repeated = np.ones(len(selected), dtype=bool)
    repeated[np.unique(selected, return_index=True)[1]] = False
    result.origin = np.where(repeated & (result.origin == RECORDED), COPY, result.origin).astype(np.int8)
    return result


def _with_new(windows: Windows, flat: np.ndarray, rows: np.ndarray) -> Windows:
    """Windows of rows made by a sampler, of which some are windows that were there before."""
    source = _positions_of(rows, flat)
    known = source >= 0
    taken = _select(windows, source[known])
    origin = np.full(len(rows), SYNTHETIC, dtype=np.int8)
    origin[known] = taken.origin
    carried: dict[str, np.ndarray | None] = {"origin": origin}
    for name in ("subjects", "recordings"):
        values = getattr(windows, name)
        carried[name] = None if values is None else values[np.maximum(source, 0)]
    for name in ("runs", "starts"):
        values = getattr(windows, name)
        carried[name] = None if values is None else np.where(known, values[source], -1)
    return Windows(
        rows.reshape(-1, *windows.shape[1:]).astype(windows.dtype, copy=False),
        **carried,
        channel_names=windows.channel_names,
        sampling_rate=windows.sampling_rate,
    )


def _positions_of(rows: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Position of each row among others, to the bit; -1 where it is new.

    Of equal rows the first is found at the first place, the second at the second, and so on; what
    is left over is found at the last.
    """
    keys, others = _row_keys(rows.astype(among.dtype, copy=False)), _row_keys(among)
    order, key_order = np.argsort(others, kind="stable"), np.argsort(keys, kind="stable")
    ordered, ordered_keys = others[order], keys[key_order]
    first = np.searchsorted(ordered, ordered_keys)
    n_equal = np.searchsorted(ordered, ordered_keys, side="right") - first
    n_before = np.arange(len(keys)) - np.searchsorted(ordered_keys, ordered_keys)
    place = first + np.minimum(n_before, n_equal - 1)
    positions = np.empty(len(keys), dtype=np.intp)
    positions[key_order] = np.where(n_equal > 0, order[np.minimum(place, len(order) - 1)], -1)
    return positions


def _row_keys(rows: np.ndarray) -> np.ndarray:
    rows = np.ascontiguousarray(rows)
    return rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1]))).ravel()


def _concatenate(parts: list[Windows]) -> Windows:
    carried = {}
    for name in PER_WINDOW:
        values = [getattr(part, name) for part in parts]
        carried[name] = None if values[0] is None else np.concatenate(values)
    return Windows(
        np.concatenate([np.asarray(part) for part in parts]),
        **carried,
        channel_names=parts[0].channel_names,
        sampling_rate=parts[0].sampling_rate,
    )
