"""Samplers that make new windows, run on the windows of one person at a time."""

from collections.abc import Hashable
from typing import NamedTuple

import numpy as np
import pandas as pd
from imblearn.over_sampling.base import BaseOverSampler
from imblearn.under_sampling.base import BaseUnderSampler
from sklearn.base import clone

from ..windowing import Windows
from ._assembling import positions_of, with_synthetic
from ._people import Failure, People, nobody_has_enough, people_of, shares, warn_of_failures

TOO_FEW = (ValueError, RuntimeError)  # what samplers raise where there are too few windows for them


class Piece(NamedTuple):
    """What became of some windows of one person.

    Attributes
    ----------
    kept, kept_labels : ndarray of shape (n_kept,)
        Positions of those that are still there, and labels.
    rows, labels : ndarray of shape (n_new, …)
        New windows, as rows, and labels.
    like : ndarray of int of shape (n_new,)
        Position of a window of the same person, for each new one.
    """

    kept: np.ndarray
    kept_labels: np.ndarray
    rows: np.ndarray
    labels: np.ndarray
    like: np.ndarray


def resample_people(sampler, windows: Windows, flat: np.ndarray, labels: np.ndarray):
    """Make new windows person by person.

    Parameters
    ----------
    sampler : sampler of imbalanced-learn
    windows : Windows
    flat : ndarray of shape (n_windows, n_timesteps * n_channels)
        Their values.
    labels : ndarray of shape (n_windows,)

    Returns
    -------
    Windows, ndarray of labels
    """
    name = type(sampler).__name__
    people = people_of(windows, name)
    if isinstance(sampler, (BaseOverSampler, BaseUnderSampler)):
        pieces, failures = _sample_labels(sampler, flat, labels, people)
    else:
        pieces, failures = _sample_whole_people(sampler, flat, labels, people)
    warn_of_failures(name, failures, len(people.names))
    whole = Piece(*(np.concatenate(parts) for parts in zip(*pieces, strict=True)))
    order = np.argsort(whole.kept, kind="stable")
    new = whole.rows.reshape(-1, *windows.shape[1:])
    resampled = with_synthetic(windows, whole.kept[order], new, whole.like)
    return resampled, np.concatenate([whole.kept_labels[order], whole.labels])


def _sample_labels(sampler, flat, labels, people: People) -> tuple[list[Piece], list[Failure]]:
    """Sample every label by itself, so that all people together have as many as were asked for."""
    asked = sampler.fit(flat, labels).sampling_strategy_
    pieces, failures = [], []
    for label, n_windows in pd.Series(labels).value_counts(sort=False).items():
        target = asked.get(label, n_windows)
        if isinstance(sampler, BaseOverSampler):
            target = n_windows + asked.get(label, 0)
        if target == n_windows:
            pieces.append(_unchanged(np.flatnonzero(labels == label), flat, labels))
            continue
        found, failed = _sample_label(sampler, label, target, flat, labels, people)
        pieces += found
        failures += failed
    return pieces, failures


def _sample_label(
    sampler, label: Hashable, target: int, flat, labels, people: People
) -> tuple[list[Piece], list[Failure]]:
    """Sample one label; who has too few windows is left alone, and the others make up for it."""
    positions = np.flatnonzero(labels == label)
    able = {code: positions[people.codes[positions] == code] for code in np.unique(people.codes[positions])}
    pieces: list[Piece] = []
    failures: list[Failure] = []
    while able:
        counts = np.array([len(own) for own in able.values()])
        # where windows are left out, nobody loses more than their part to those who keep all of theirs
        at_least = target * counts.sum() // len(positions)
        wanted = shares(max(target - sum(len(piece.kept) for piece in pieces), at_least), counts)
        made = {}
        for (code, own), n in zip(able.items(), wanted.tolist(), strict=True):
            theirs = np.flatnonzero(people.codes == code)
            try:
                rows = _sample_person(sampler, label, n, own, flat[theirs], labels[theirs], flat)
                made[code] = _resampled(own, rows, labels[own[:1]].repeat(len(rows)), flat)
            except TOO_FEW as error:
                failures.append(Failure(label, people.names[code], str(error)))
                pieces.append(_unchanged(own, flat, labels))
        if len(made) == len(able):
            return [*pieces, *made.values()], failures
        able = {code: able[code] for code in made}
    raise nobody_has_enough(type(sampler).__name__, failures, len(positions))


def _sample_person(sampler, label, n: int, own, rows, labels, flat) -> np.ndarray:
    """Rows of one label, ``n`` of them as far as the sampler reaches that, of one person's."""
    if n == len(own):
        return flat[own]
    if n == 0:
        return flat[:0]
    resampled, new_labels = clone(sampler).set_params(sampling_strategy={label: n}).fit_resample(rows, labels)
    return resampled[new_labels == label]


def _sample_whole_people(sampler, flat, labels, people: People) -> tuple[list[Piece], list[Failure]]:
    """Give a sampler that nothing is known of the windows of each person."""
    pieces, failures = [], []
    for code, person in enumerate(people.names):
        own = np.flatnonzero(people.codes == code)
        try:
            rows, new_labels = clone(sampler).fit_resample(flat[own], labels[own])
            pieces.append(_resampled(own, rows, new_labels, flat))
        except TOO_FEW as error:
            failures.append(Failure(None, person, str(error)))
            pieces.append(_unchanged(own, flat, labels))
    if len(failures) == len(people.names):
        raise nobody_has_enough(type(sampler).__name__, failures, len(flat))
    return pieces, failures


def _unchanged(own: np.ndarray, flat: np.ndarray, labels: np.ndarray) -> Piece:
    return Piece(own, labels[own], flat[:0], labels[:0], own[:0])


def _resampled(own: np.ndarray, rows: np.ndarray, new_labels: np.ndarray, flat: np.ndarray) -> Piece:
    """Tell the windows that are still there, by their values, from new ones."""
    source = positions_of(rows, flat[own])
    known = source >= 0
    like = np.full((~known).sum(), own[0])
    return Piece(own[source[known]], new_labels[known], rows[~known], new_labels[~known], like)
