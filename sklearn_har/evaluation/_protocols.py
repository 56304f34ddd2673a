"""The protocols that people publish with: how windows are cut, how people are split, what is scaled."""

from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.model_selection import BaseCrossValidator
from sklearn.pipeline import Pipeline

from .._core._sklearn import GroupsConsumerMixin
from ..model_selection import LeaveSubjectsOut
from ..preprocessing import ChannelScaler
from ..recordings import drop_unlabelled, subjects, subjects_for_split
from ..windowing import Windows, sliding_windows


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """How a model is tested: how windows are cut, how people are split, what is standardised.

    `get_protocol` gives those that people publish with, and ``dataclasses.replace`` one of them
    with something changed.

    Parameters
    ----------
    window_length : float
        In seconds. Windows that are given to `benchmark` as such keep theirs.
    cv : cross-validation splitter
        Of people: one of ours, which know the people of windows, or one of scikit-learn, which is given
        them as ``groups``.
    overlap : float, default=0.5
        Share of a window that the next one covers again, in [0, 1).
    single_label : bool, default=True
        Whether every window lies in one stretch of rows of the same label, as in most published figures.
        If False, windows are cut over whole runs of labelled rows, and have the label of most of their
        rows: harder, and closer to use.
    standardize : bool, default=False
        Whether models are given channels of mean 0 and standard deviation 1, by mean and standard
        deviation of the training people.

    Examples
    --------
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.evaluation import Protocol
    >>> from sklearn_har.model_selection import SubjectKFold
    >>> protocol = Protocol(window_length=2.0, cv=SubjectKFold(3))
    >>> windows, labels = protocol.cut(*make_recordings(random_state=0, return_X_y=True))
    >>> windows.shape[1:]
    (100, 6)
    """

    window_length: float
    cv: BaseCrossValidator
    overlap: float = 0.5
    single_label: bool = True
    standardize: bool = False

    def __post_init__(self):
        if not hasattr(self.cv, "split"):
            raise TypeError(
                f"cv={self.cv!r} is no splitter. For a number of folds, take SubjectKFold({self.cv!r})."
            )

    def cut(self, X, y):
        """Cut recordings into the windows of this protocol.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_channels)
            Recordings.
        y : array-like of shape (n_rows,)
            Labels; rows whose label is missing are in no window.

        Returns
        -------
        windows : Windows of shape (n_windows, n_timesteps, n_channels)
            Rows that are left over at the end of a run, or of a stretch, are in no window.
        labels : ndarray of shape (n_windows,)

        Raises
        ------
        ValueError
            If X does not say who was recorded, or every stretch is shorter than a window.
        """
        subjects(X)  # refuses what does not say who was recorded
        X, y = drop_unlabelled(X, y)
        options = {"window_length": self.window_length, "overlap": self.overlap, "tail": "drop"}
        if not self.single_label:
            return sliding_windows(X, y, **options)
        sessions = X.index.get_level_values("recording").to_numpy()
        windows, labels = sliding_windows(_stretches(X, y), np.asarray(y), **options)
        windows.recordings = sessions[windows.starts]
        return windows, labels

    def prepare(self, model):
        """Return an unfitted copy of a model of windows, behind what the protocol standardises.

        Parameters
        ----------
        model : estimator of windows

        Returns
        -------
        estimator of windows
        """
        model = clone(model)
        return Pipeline([("scale", ChannelScaler()), ("model", model)]) if self.standardize else model


def get_protocol(name):
    """Return a protocol that people publish with.

    Parameters
    ----------
    name : {"uci-har-official", "loso", "whar-arena"}
        All three cut windows that overlap by half, each inside one stretch of one activity.

        - "uci-har-official": windows of 2.56 s; the nine people 2, 4, 9, 10, 12, 13, 18, 20 and 24 are
          tested, all others trained on. For UCI HAR and HAPT, which are the same thirty people [1]_.
        - "loso": windows of 2.56 s; every person is tested once by a model of all others
          (leave-one-subject-out).
        - "whar-arena": windows of 3 s, channels standardised by training people. People, sorted, are dealt
          round-robin into ten groups; each group is tested once by a model of the nine others; of fewer
          than ten people, each is a group. Its macro-F1 counts an activity that a test lacks as 0, which
          `BenchmarkResult` names ``f1_macro_absent_0`` [2]_.

    Returns
    -------
    Protocol

    Raises
    ------
    ValueError
        If there is no such protocol.

    References
    ----------
    .. [1] D. Anguita, A. Ghio, L. Oneto, X. Parra and J. L. Reyes-Ortiz, "A public domain dataset for
       human activity recognition using smartphones", ESANN 2013.
    .. [2] "WHAR Arena", arXiv:2606.13194, and its code, github.com/teco-kit/whar-arena.

    Examples
    --------
    >>> from sklearn_har.evaluation import get_protocol
    >>> get_protocol("loso").window_length
    2.56
    """
    protocols = {
        "uci-har-official": Protocol(window_length=2.56, cv=LeaveSubjectsOut(UCI_HAR_TEST_SUBJECTS)),
        "loso": Protocol(window_length=2.56, cv=LeaveSubjectsOut(1)),
        "whar-arena": Protocol(window_length=3.0, cv=DealtSubjects(10), standardize=True),
    }
    if name not in protocols:
        raise ValueError(
            f"There is no protocol {name!r}. Name one of {sorted(protocols)}, or make a Protocol of your own."
        )
    return protocols[name]


UCI_HAR_TEST_SUBJECTS = [2, 4, 9, 10, 12, 13, 18, 20, 24]


class DealtSubjects(GroupsConsumerMixin, BaseCrossValidator):
    """Deal people, sorted, round-robin into groups; each group is left out once."""

    def __init__(self, n_groups):
        self.n_groups = n_groups

    def split(self, X, y=None, groups=None):
        people = subjects_for_split(X, groups)
        if len(np.unique(people)) < 2:
            raise ValueError("There is one person only, so nobody is left to train on.")
        return super().split(X, y, people)

    def get_n_splits(self, X=None, y=None, groups=None):
        return min(self.n_groups, len(np.unique(subjects_for_split(X, groups))))

    def _iter_test_masks(self, X=None, y=None, groups=None):
        group = np.unique(groups, return_inverse=True)[1] % self.n_groups
        for one in range(group.max() + 1):
            yield group == one


def _stretches(X: pd.DataFrame, y) -> pd.DataFrame:
    """The same rows, every stretch of one label made a recording of its own."""
    codes = pd.factorize(np.asarray(y))[0]
    index = cast(pd.MultiIndex, X.index)
    sessions = index.droplevel("time")
    other = (codes[1:] != codes[:-1]) | (sessions[1:] != sessions[:-1])
    stretch = np.concatenate([[0], np.cumsum(other)])
    people, times = (index.get_level_values(level).to_numpy() for level in ("subject", "time"))
    return X.set_axis(pd.MultiIndex.from_arrays([people, stretch, times], names=index.names))


def windows_of(data, protocol: Protocol) -> tuple[Windows, np.ndarray]:
    """Windows and labels of what stands for a dataset: recordings, windows, or a function that gives them."""
    X, y = data() if callable(data) else data
    if not isinstance(X, Windows):
        return protocol.cut(X, y)
    labels = np.asarray(y)
    if len(labels) != len(X):
        raise ValueError(f"There are {len(X)} windows, but {len(labels)} labels.")
    if pd.isna(labels).any():
        raise ValueError(f"{pd.isna(labels).sum()} of {len(labels)} windows have no label; leave them out.")
    return X, labels
