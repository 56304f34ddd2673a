"""Whose windows new ones are made of, and how many of each person's."""

from collections.abc import Hashable
from typing import NamedTuple

import numpy as np
import pandas as pd

from .._core._warnings import warn_user
from ..exceptions import PeopleNotSampledWarning, SubjectsUnknownWarning
from ..windowing import Windows


class People(NamedTuple):
    """Who was recorded: ``codes`` of shape (n_windows,) are positions in ``names``; None is unknown."""

    codes: np.ndarray
    names: list[Hashable]


class Failure(NamedTuple):
    """That no windows of an activity (None: of any) could be made of a person's, and why."""

    label: Hashable
    person: Hashable
    reason: str


def people_of(windows: Windows, sampler: str) -> People:
    """Find out who was recorded; where nobody knows, all are taken for one, with a warning."""
    if windows.subjects is None:
        warn_user(
            f"The windows do not say who was recorded, so {sampler} may join windows of two people: what is "
            "held out of the result may be partly of people who are trained on, and scores too high. Pass "
            "Windows with subjects.",
            SubjectsUnknownWarning,
        )
        return People(np.zeros(len(windows), dtype=np.intp), [None])
    codes, names = pd.factorize(windows.subjects)
    if (codes < 0).any():
        raise ValueError(
            f"The subject of {(codes < 0).sum()} windows is missing, and {sampler} makes new windows person "
            "by person. Give every window a subject, or leave these out."
        )
    return People(codes, list(names))


def shares(total: int, counts: np.ndarray) -> np.ndarray:
    """Whole numbers that add up to ``total``, as proportional to ``counts`` as they can be."""
    parts, remainders = np.divmod(total * counts.astype(np.int64), counts.sum())
    parts[np.argsort(-remainders, kind="stable")[: total - parts.sum()]] += 1
    return parts


def nobody_has_enough(sampler: str, failures: list[Failure], n_windows: int) -> ValueError:
    """Make the error to raise where windows of an activity can be made of nobody's."""
    label, person, reason = failures[0]
    what = "any" if label is None else f"windows of {label} ({n_windows} there are)"
    whose = f" from those of any of {len(failures)} people, one by one. Subject {person}"
    return ValueError(
        f"{sampler} could not make {what}{'' if person is None else whose}: {reason.rstrip('.')}. Give it "
        "fewer neighbours, leave the activity out by its sampling_strategy, or choose a sampler that copies "
        "windows (RandomOverSampler)."
    )


def warn_of_failures(sampler: str, failures: list[Failure], n_people: int) -> None:
    """Warn, once, of people none of whose windows were sampled."""
    if not failures:
        return
    labels = dict.fromkeys(failure.label for failure in failures)
    clauses = []
    for label in labels:
        people = [str(failure.person) for failure in failures if failure.label == label]
        shown = ", ".join(people[:5]) + (", …" if len(people) > 5 else "")
        clauses.append(
            f"{'any activity' if label is None else label} of {len(people)} of {n_people} people ({shown})"
        )
    warn_user(
        f"{sampler} could not sample windows of {'; of '.join(clauses)}. These are kept as they are, and "
        "other people's make up for them where numbers are asked for, so what is learned, and scored, of "
        f"the activity rests on fewer people. The first, subject {failures[0].person}: {failures[0].reason}",
        PeopleNotSampledWarning,
    )
