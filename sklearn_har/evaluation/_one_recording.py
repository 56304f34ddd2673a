"""Find one recording among others, its rows and its labels."""

from functools import reduce

import numpy as np
import pandas as pd

from .._core._labels import encode_labels, without_lost_nan
from ..recordings import Rows, subjects
from ..recordings._index import recording_starts, recordings_index
from ..windowing._cutting import level_values
from ._label_pair import common_classes

MOST_NAMED = 6  # recordings that an error message lists


def rows_of_recording(X, subject, recording) -> slice:
    """Rows of the one recording that is asked for."""
    index = recordings_index(X)
    if index is None:
        return slice(0, len(X))
    starts = recording_starts(index)
    whose, which = (level_values(index, level, starts[:-1]) for level in (0, 1))
    asked = np.full(len(whose), True)
    if subject is not None:
        asked &= whose == subject
    if recording is not None:
        asked &= which == recording
    if asked.sum() == 1:
        place = int(np.argmax(asked))
        return slice(int(starts[place]), int(starts[place + 1]))
    there = asked if asked.any() else ~asked
    named = [f"({s}, {r})" for s, r in zip(whose[there][:MOST_NAMED], which[there], strict=False)]
    more = ", ..." if there.sum() > MOST_NAMED else ""
    raise ValueError(
        f"subject={subject!r}, recording={recording!r} name {asked.sum()} recordings; name one. There are "
        f"(subject, recording): {', '.join(named)}{more}."
    )


def rows_of_same_subject(X, row: int) -> np.ndarray:
    """Positions of all rows of the person whom a row belongs to."""
    if recordings_index(X) is None:
        return np.arange(len(X))
    people = subjects(X)
    return np.flatnonzero(people == people[row])


def take_rows(values, rows):
    return values.iloc[rows] if hasattr(values, "iloc") else np.asarray(without_lost_nan(values))[rows]


def classes_of(labels) -> pd.Index:
    """All activities in some arrays of labels, sorted."""
    return pd.Index(reduce(common_classes, [encode_labels(y).classes for y in labels]))


def codes_among(classes: pd.Index, y) -> np.ndarray:
    """Position of each label among the classes, -1 where it is missing."""
    labels = encode_labels(y)
    place = classes.get_indexer(pd.Index(labels.classes))
    if (place < 0).any():
        unknown = labels.classes[place < 0].tolist()
        raise ValueError(f"The activities {unknown} are not among those named: {classes.tolist()}.")
    return np.append(place, -1)[labels.codes]


def title_of(rows: Rows) -> str:
    """Whose recording it is; nothing where that is unknown."""
    if rows.index is None:
        return ""
    subject, recording, _ = rows.index[0]
    return f"subject {subject}, recording {recording}"
