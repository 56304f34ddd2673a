"""Deal people to parts, so that each part has its share of every activity."""

import numpy as np
import pandas as pd

from .._core._labels import EncodedLabels, encode_labels
from .._core._sklearn import _num_samples
from ..recordings import subjects_for_split
from ..recordings._labels import check_labels_belong

N_DEALS = 10  # random ones to begin with; the best after exchanges is taken


def people_of(X, groups) -> tuple[np.ndarray, np.ndarray]:
    """Who each row or window is of, as a position among the people; and the people, sorted.

    Raises
    ------
    ValueError
        If people are unknown, one is missing, or ``groups`` have another length.
    """
    if groups is not None and _num_samples(groups) != _num_samples(X):
        raise ValueError(
            f"groups has {_num_samples(groups)} entries, but X has {_num_samples(X)} rows or windows."
        )
    codes, people = pd.factorize(np.asarray(subjects_for_split(X, groups)), sort=True)
    if (codes < 0).any():
        raise ValueError(
            f"It is not known whose {(codes < 0).sum()} rows or windows are, so they cannot be kept apart "
            "from the other side. Give all of them a subject, or leave them out."
        )
    return codes, people


def labels_of(X, y) -> EncodedLabels:
    """Labels of the rows or windows of X as codes; all are missing where there are none at all."""
    if y is None:
        return encode_labels(np.full(_num_samples(X), np.nan))
    check_labels_belong(X, y)
    return encode_labels(y)


def deal_people(people: np.ndarray, labels: EncodedLabels, sizes, wanted, generator) -> np.ndarray:
    """Deal people to parts, so that each has its wanted share of every activity, as nearly as can be.

    What counts first is that no part lacks an activity; then the sum over parts and activities, and over
    all rows together, of squared differences from the wanted share. People are exchanged between
    parts until no single exchange makes this less.

    Parameters
    ----------
    people : ndarray of int of shape (n,)
        Who each row or window is of, from 0 on.
    labels : EncodedLabels
        Of the rows or windows; missing ones belong to no activity.
    sizes : sequence of int
        How many people each part gets; together all of them.
    wanted : sequence of float
        Share of every activity that each part should get; together 1.
    generator : numpy.random.RandomState

    Returns
    -------
    ndarray of int of shape (n_people,)
        The part of each person.
    """
    shares = _shares_of_people(people, labels, sum(sizes))
    parts = np.repeat(np.arange(len(sizes)), sizes)
    deals = [_exchanged(shares, generator.permutation(parts), np.array(wanted)) for _ in range(N_DEALS)]
    return min(deals, key=lambda deal: deal[0])[1]


def _shares_of_people(people: np.ndarray, labels: EncodedLabels, n_people: int) -> np.ndarray:
    """Each person's share of every activity, and of all rows; shape (n_people, n_classes + 1)."""
    n_columns = len(labels.classes) + 1  # the code -1, a missing label, is counted in the last
    cells = people * n_columns + labels.codes % n_columns
    counts = np.bincount(cells, minlength=n_people * n_columns).reshape(n_people, n_columns).astype(float)
    counts[:, -1] = counts.sum(axis=1)
    return counts / counts.sum(axis=0)


def _exchanged(shares: np.ndarray, part: np.ndarray, wanted: np.ndarray) -> tuple[float, np.ndarray]:
    """Exchange people of different parts while that lowers the cost; the cost, and the part of each."""
    n_people, n_columns = shares.shape
    wanted = wanted[:, np.newaxis]
    lacking = 2.0 * n_columns  # more than all differences together can be

    def cost_of(held, wanted):
        return np.square(held - wanted).sum(axis=-1) + lacking * (held < 1e-12).sum(axis=-1)

    held = np.array([shares[part == number].sum(axis=0) for number in range(len(wanted))])
    cost = cost_of(held, wanted)
    improved = True
    while improved:
        improved = False
        for one in range(n_people):
            own = part[one]
            gain = shares - shares[one]
            after = cost_of(held[own] + gain, wanted[own]) + cost_of(held[part] - gain, wanted[part])
            change = np.where(part == own, 0.0, after - cost[own] - cost[part])
            other = int(change.argmin())
            if change[other] < -1e-9:
                part[one], part[other] = part[other], own
                both = [own, part[one]]
                held[both] = [shares[part == number].sum(axis=0) for number in both]
                cost[both] = cost_of(held[both], wanted[both])
                improved = True
    return float(cost.sum()), part
