"""One split of people."""

from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_random_state, indexable

from .._core._sklearn import Interval, _safe_indexing, validate_params
from ._deal import deal_people, labels_of, people_of
from ._lacking_labels import warn_of_lacking_labels
from ._sampled import warn_of_sampled

LIMITS = {
    "groups": ["array-like", None],
    "test_size": [
        Interval(Real, 0, 1, closed="neither"),
        Interval(Integral, 1, None, closed="left"),
    ],
    "random_state": ["random_state"],
}


@validate_params(LIMITS, prefer_skip_nested_validation=True)
def subject_train_test_split(*arrays, groups=None, test_size=0.25, random_state=None):
    """Split rows or windows into those of training people and those of test people.

    As :func:`sklearn.model_selection.train_test_split`, but whole people are on either side, and the
    activities are stratified: both sides have every activity if that can be, and as nearly as can be
    the same shares of them.

    Parameters
    ----------
    *arrays : X, then y, then others of the same length
        X, recordings or `Windows`, says who was recorded; a plain array needs ``groups``. y, if it is
        given, has the activities; missing ones are allowed. Others are split alike.
    groups : array-like of shape (n,), default=None
        Who each row or window is of. If X knows its people, these must be the same.
    test_size : float or int, default=0.25
        Share of the people to test on, in (0, 1), rounded and at least one, and of every activity; or
        the number of people.
    random_state : int, RandomState instance or None, default=None
        Seed; an int makes the same split every time.

    Returns
    -------
    list
        Training and test part of each array, in turn, with rows or windows in order.

    Raises
    ------
    ValueError
        If people are unknown, nobody would be left to train on, or lengths differ.

    Warns
    -----
    UnlearnedLabelsWarning, UntestedLabelsWarning
        If some activity is on one side only.
    SampledBeforeSplitWarning
        If windows of X are copies or synthetic.

    Examples
    --------
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.model_selection import subject_train_test_split
    >>> from sklearn_har.recordings import subjects
    >>> X, y = make_recordings(n_subjects=8, random_state=0, return_X_y=True)
    >>> X_train, X_test, y_train, y_test = subject_train_test_split(X, y, random_state=0)
    >>> len(set(subjects(X_train))), len(set(subjects(X_test)))
    (6, 2)
    >>> set(y_train) == set(y_test)
    True
    """
    if not arrays:
        raise ValueError("There is nothing to split: pass X, and y with the activities.")
    codes, people = people_of(arrays[0], groups)
    labels = labels_of(arrays[0], arrays[1] if len(arrays) > 1 else None)
    arrays = indexable(*arrays)
    n_test = test_size if isinstance(test_size, Integral) else max(1, round(test_size * len(people)))
    if n_test >= len(people):
        raise ValueError(
            f"test_size={test_size} tests {n_test} of {len(people)} people, so nobody is left to train on."
        )
    warn_of_sampled(arrays[0])
    sizes = [len(people) - n_test, n_test]
    share = n_test / len(people) if isinstance(test_size, Integral) else test_size
    generator = check_random_state(random_state)
    is_test = deal_people(codes, labels, sizes, [1 - share, share], generator)[codes] == 1
    warn_of_lacking_labels(labels, [(~is_test, is_test)])
    train, test = np.flatnonzero(~is_test), np.flatnonzero(is_test)
    return [_safe_indexing(array, side) for array in arrays for side in (train, test)]
