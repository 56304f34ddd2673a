"""K folds of people."""

from sklearn.model_selection import GroupKFold

from ..recordings import subjects_for_split
from ._sampled import warn_of_sampled


class SubjectKFold(GroupKFold):
    """K-fold cross-validation in which every person is in one fold.

    The people are read from X, recordings or `Windows`, so no ``groups`` need to be passed: not to
    a search, nor to anything inside an estimator that splits (stacking, calibration).

    Parameters
    ----------
    n_splits : int, default=5
        Number of folds; at most the number of people.
    shuffle : bool, default=False
        Whether people are dealt to folds at random. If not, the folds are made nearly equal in
        rows or windows.
    random_state : int, RandomState instance or None, default=None
        Seed of the shuffling.

    Examples
    --------
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.model_selection import SubjectKFold
    >>> from sklearn_har.recordings import subjects
    >>> X, y = make_recordings(n_subjects=4, random_state=0, return_X_y=True)
    >>> for train, test in SubjectKFold(2).split(X):
    ...     assert not set(subjects(X)[train]) & set(subjects(X)[test])
    """

    def split(self, X, y=None, groups=None):
        """Generate the rows or windows of each split.

        Parameters
        ----------
        X : DataFrame of recordings, Windows, or array-like
            An array-like does not know its people and needs ``groups``.
        y : object
            Ignored.
        groups : array-like of shape (n,), default=None
            Who each row or window is of. If X knows its people, these must be the same.

        Yields
        ------
        train, test : ndarrays of int
            Positions, in the order of X.

        Raises
        ------
        ValueError
            If people are unknown, fewer than the folds, or ``groups`` contradict X.

        Warns
        -----
        SampledBeforeSplitWarning
            If windows of X are copies or synthetic.
        """
        warn_of_sampled(X)
        return super().split(X, y, subjects_for_split(X, groups))
