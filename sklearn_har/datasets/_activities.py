"""The words for activities that all datasets share."""

from collections.abc import Mapping, Sequence

import numpy as np

ACTIVITIES = (
    "walking",
    "walking_upstairs",
    "walking_downstairs",
    "stairs",  # where a dataset does not tell up from down
    "running",
    "cycling",
    "jumping",
    "sitting",
    "standing",
    "lying",
    "standing_up",  # from a chair
    "sitting_down",
    "lying_down",
    "getting_up",  # from lying
    "turning",
    "rowing",
    "elliptical",
    "elevator",
    "driving",
    "ironing",
    "vacuuming",
    "folding",
    "typing",
    "writing",
    "clapping",
    "brushing_teeth",
    "eating",
    "drinking",
    "throwing",
    "kicking",
    "dribbling",
)


def harmonize_codes(
    codes: np.ndarray, names: Sequence[str], shared_names: Mapping[str, str]
) -> tuple[np.ndarray, list[str], dict[str, int]]:
    """Put the shared words in place of a dataset's own.

    Parameters
    ----------
    codes : ndarray of int of shape (n_rows,)
        Positions in ``names``; -1 is unlabelled.
    names : sequence of str
        The dataset's own activities.
    shared_names : mapping of str to str
        The shared word of own activities; those it does not name become unlabelled.

    Returns
    -------
    codes : ndarray of int of shape (n_rows,)
    names : list of str
        The shared words, in the order of `ACTIVITIES`.
    unmapped : dict of str to int
        Rows of each activity that has no shared word.
    """
    shared = [word for word in ACTIVITIES if word in {shared_names.get(name) for name in names}]
    new = [shared.index(shared_names[name]) if name in shared_names else -1 for name in names]
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    unmapped = {
        name: int(count)
        for name, count, code in zip(names, counts, new, strict=True)
        if code < 0 and count > 0
    }
    return np.array([*new, -1], dtype=codes.dtype)[codes], shared, unmapped
