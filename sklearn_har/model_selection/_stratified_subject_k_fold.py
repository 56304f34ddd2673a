"""K folds of people, with as much of every activity in each."""

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.utils import check_random_state

from ._deal import deal_people, labels_of, people_of
from ._lacking_labels import warn_of_lacking_labels
from ._sampled import warn_of_sampled


class StratifiedSubjectKFold(StratifiedGroupKFold):
    """K-fold cross-validation in which every person is in one fold, and activities in all alike.

    Folds have the same number of people (or one more). Which people is chosen so that each fold has
    every activity if that can be, and as nearly as can be the same share of each. People are read
    from X, recordings or `Windows`, as in `SubjectKFold`.

    Parameters
    ----------
    n_splits : int, default=5
        Number of folds; at most the number of people.
    shuffle : bool, default=False
        Whether the seed chooses among folds that are about as even, where there are several.
    random_state : int, RandomState instance or None, default=None
        Seed of the shuffling.

    See Also
    --------
    SubjectKFold : Does not look at activities, and folds are of nearly equal size.
    subject_train_test_split : One split.

    Notes
    -----
    Missing labels (NaN, None, ``pandas.NA``) are allowed; their rows count in the size of a fold only.

    :class:`sklearn.model_selection.StratifiedGroupKFold`, whose place this takes, adds one person after
    the other to the fold where it fits best; its folds are less even, and often the same for every seed
    (``benchmarks/stratified_folds.py``). Here random deals are improved by exchanging people.

    Examples
    --------
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.model_selection import StratifiedSubjectKFold
    >>> from sklearn_har.recordings import subjects
    >>> X, y = make_recordings(n_subjects=6, random_state=0, return_X_y=True)
    >>> for train, test in StratifiedSubjectKFold(3).split(X, y):
    ...     assert set(y.iloc[test]) == set(y)
    ...     assert not set(subjects(X)[train]) & set(subjects(X)[test])
    """

    def split(self, X, y, groups=None):
        """Generate the rows or windows of each split.

        Parameters
        ----------
        X : DataFrame of recordings, Windows, or array-like
            An array-like does not know its people and needs ``groups``.
        y : array-like of shape (n,)
            Activities.
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
        UnlearnedLabelsWarning, UntestedLabelsWarning
            If a split has some activity on one side only.
        SampledBeforeSplitWarning
            If windows of X are copies or synthetic.
        """
        if y is None:
            raise ValueError("y is missing: folds are stratified by the activities. SubjectKFold needs none.")
        codes, people = people_of(X, groups)
        if self.n_splits > len(people):
            raise ValueError(
                f"n_splits={self.n_splits} is greater than the number of people in X, {len(people)}, and "
                "each of them can be in one fold only."
            )
        warn_of_sampled(X)
        return super().split(X, y, codes)

    def _iter_test_masks(self, X=None, y=None, groups=None):
        labels = labels_of(X, y)
        n_people = groups.max() + 1
        sizes = np.diff(np.arange(self.n_splits + 1) * n_people // self.n_splits)
        generator = check_random_state(self.random_state if self.shuffle else 0)
        fold = deal_people(groups, labels, sizes, np.full(self.n_splits, 1 / self.n_splits), generator)[
            groups
        ]
        masks = [fold == number for number in range(self.n_splits)]
        warn_of_lacking_labels(labels, [(~mask, mask) for mask in masks])
        yield from masks
