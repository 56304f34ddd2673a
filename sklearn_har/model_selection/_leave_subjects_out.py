"""Leave some people out."""

from numbers import Integral

import numpy as np
import pandas as pd
from sklearn.model_selection import BaseCrossValidator
from sklearn.utils import check_random_state

from .._core._sklearn import GroupsConsumerMixin
from ..recordings import subjects_for_split
from ._sampled import warn_of_sampled


class LeaveSubjectsOut(GroupsConsumerMixin, BaseCrossValidator):
    """Leave out a list of people once, or a number of them at a time until each was left out.

    Parameters
    ----------
    subjects : list, or int
        A list of people makes one split: they are the test people. An int makes seeded groups of
        that many people (the last may be smaller), each left out once; 1 is leave-one-person-out.
    random_state : int, RandomState instance or None, default=None
        Seed of the groups; not used for a list, nor for 1.

    Examples
    --------
    The nine test people of UCI HAR, and leave-one-person-out:

    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.model_selection import LeaveSubjectsOut
    >>> official = LeaveSubjectsOut([2, 4, 9, 10, 12, 13, 18, 20, 24])
    >>> X, y = make_recordings(n_subjects=4, random_state=0, return_X_y=True)
    >>> LeaveSubjectsOut(1).get_n_splits(X)
    4
    """

    def __init__(self, subjects, *, random_state=None):
        self.subjects = subjects
        self.random_state = random_state

    @property
    def shuffle(self) -> bool:
        """Whether the splits depend on the seed: halving searches ask, since theirs must not change."""
        return isinstance(self.subjects, Integral) and self.subjects != 1

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
            If people are unknown, someone listed is not in X, or nobody would be left to train on.

        Warns
        -----
        SampledBeforeSplitWarning
            If windows of X are copies or synthetic.
        """
        warn_of_sampled(X)
        return super().split(X, y, subjects_for_split(X, groups))

    def get_n_splits(self, X=None, y=None, groups=None):
        """Return the number of splits.

        Parameters
        ----------
        X : DataFrame of recordings, Windows, or array-like, default=None
            Needed if ``subjects`` is an int.
        y : object
            Ignored.
        groups : array-like of shape (n,), default=None
            Who each row or window is of.

        Returns
        -------
        int
        """
        if not isinstance(self.subjects, Integral):
            return 1
        if X is None and groups is None:
            raise ValueError("X is needed: the number of splits depends on the number of people in it.")
        return len(self._test_people(subjects_for_split(X, groups)))

    def _iter_test_masks(self, X=None, y=None, groups=None):
        for people in self._test_people(groups):
            yield np.isin(groups, people)

    def _test_people(self, groups) -> list[np.ndarray]:
        present = np.unique(groups)
        if isinstance(self.subjects, Integral):
            test_people = self._dealt(present)
        else:
            test_people = [self._listed(present)]
        if any(len(people) == len(present) for people in test_people):
            raise ValueError(
                f"subjects={self.subjects!r} leaves out all {len(present)} people of X, so nobody is "
                "left to train on."
            )
        return test_people

    def _dealt(self, present: np.ndarray) -> list[np.ndarray]:
        if self.subjects < 1:
            raise ValueError(f"subjects is {self.subjects}; at least 1 person must be left out at a time.")
        if self.subjects > 1:
            present = check_random_state(self.random_state).permutation(present)
        return [present[i : i + self.subjects] for i in range(0, len(present), self.subjects)]

    def _listed(self, present: np.ndarray) -> np.ndarray:
        if np.ndim(self.subjects) != 1 or not len(self.subjects):
            raise ValueError(f"subjects is {self.subjects!r}; it must list people, or be a number of them.")
        people = pd.unique(np.asarray(self.subjects))
        unknown = people[~np.isin(people, present)]
        if len(unknown):
            raise ValueError(f"X has no subject {unknown.tolist()}; there are {present.tolist()}.")
        return people
