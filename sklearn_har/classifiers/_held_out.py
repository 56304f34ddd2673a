"""Which windows validate while a network trains."""

import numpy as np
import pandas as pd

from .._core._sklearn import _num_samples
from .._core._warnings import warn_user
from ..exceptions import SubjectsUnknownWarning
from ..recordings import subjects_for_split
from ..recordings._subjects import find_subjects
from ..windowing import Windows
from ..windowing._windows import RECORDED
from ._folds import places_in_labels

FRACTION = 0.2  # of the people, where early stopping needs some and no number is given


def fraction_held_out(early_stopping: bool, validation_fraction: float | None) -> float:
    """Share of the people to hold out."""
    if validation_fraction is None:
        return FRACTION if early_stopping else 0.0
    if early_stopping and not validation_fraction:
        raise ValueError(
            "early_stopping=True watches the loss on people who are held out, but validation_fraction=0. "
            f"Raise it, to {FRACTION} for instance."
        )
    return validation_fraction


def people_of(windows: Windows, groups) -> np.ndarray | None:
    """Who was recorded in each window, as ``groups`` say or else the windows; None if nobody knows."""
    if groups is None:
        return find_subjects(windows)
    if _num_samples(groups) != len(windows):
        raise ValueError(f"groups has {_num_samples(groups)} entries, but there are {len(windows)} windows.")
    return subjects_for_split(windows, groups)


def hold_out(
    people, labels, origin, fraction: float, random_state, before=None
) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the windows that train and of those that validate.

    Whole people are held out. Where people are unknown and all windows were recorded, the last part of
    each label's windows is, with a warning. Copies and synthetic windows never validate, and those of
    held-out people do not train either.

    Parameters
    ----------
    people : array-like of shape (n_windows,) or None
        Who was recorded.
    labels : ndarray of int of shape (n_windows,)
    origin : ndarray of int of shape (n_windows,)
        As in `Windows`.
    fraction : float
        Share of the people, or of each label's windows, in (0, 1).
    random_state : numpy.random.RandomState
        Chooses the people.
    before : array-like or None, default=None
        People held out before, by a fit that this one goes on with; those of them who are there are
        held out again, so that nobody validates who has trained.

    Raises
    ------
    ValueError
        If there are fewer than two people, one is missing, or nothing is left to validate or train; or if
        people are unknown and there are copies or synthetic windows.
    """
    recorded = origin == RECORDED
    if people is None:
        if not recorded.all():
            raise ValueError(
                f"{(~recorded).sum()} windows are copies or synthetic, and nobody knows whose, so they "
                "cannot be kept apart from the windows that are held out. Pass Windows with subjects, or set "
                "validation_fraction=0."
            )
        warn_user(
            "The windows do not say who was recorded, so the last part of each label's windows is held "
            "out, which may be of people who are trained on: scores will be too high. Pass Windows with "
            "subjects, or groups.",
            SubjectsUnknownWarning,
        )
        held_out = last_part_of_each_label(labels, fraction)
    else:
        held_out = some_people(people, recorded, fraction, random_state, before)
    train, valid = np.flatnonzero(~held_out), np.flatnonzero(held_out & recorded)
    if not len(valid):
        raise ValueError(
            f"validation_fraction={fraction} of each label's windows is less than one window. Raise it, or "
            "set it to 0."
        )
    return train, valid


def some_people(people, recorded: np.ndarray, fraction: float, random_state, before=None) -> np.ndarray:
    """Whether each window is of a person who is held out; a person of synthetic windows only never is."""
    codes, names = pd.factorize(np.asarray(people))
    if (codes < 0).any():
        raise ValueError(
            f"The subject of {(codes < 0).sum()} windows is missing, so they cannot be kept apart from the "
            "people held out. Give every window a subject, or set validation_fraction=0."
        )
    candidates = np.unique(codes[recorded])
    if len(names) < 2 or not len(candidates):
        raise ValueError(
            f"validation_fraction={fraction} holds out whole people, which needs recorded windows of at "
            f"least two; there are {len(candidates)}. Set validation_fraction=0, or fit more people."
        )
    again = [] if before is None else candidates[pd.Index(names[candidates]).isin(before)]
    if 0 < len(again) < len(names):
        return np.isin(codes, again)
    n_held_out = min(max(1, round(fraction * len(candidates))), len(candidates), len(names) - 1)
    return np.isin(codes, random_state.choice(candidates, n_held_out, replace=False))


def last_part_of_each_label(labels: np.ndarray, fraction: float) -> np.ndarray:
    """Whether each window is among the last ``fraction`` of its label's windows."""
    place, count = places_in_labels(labels)
    return count - place <= np.floor(fraction * count)
