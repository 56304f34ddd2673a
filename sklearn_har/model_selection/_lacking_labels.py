"""Activities that one side of a split lacks, and what that means for a score."""

import numpy as np

from .._core._labels import EncodedLabels
from .._core._warnings import warn_user
from ..exceptions import UnlearnedLabelsWarning, UntestedLabelsWarning


def warn_of_lacking_labels(labels: EncodedLabels, splits) -> None:
    """Warn if an activity is not on both sides of every split.

    Parameters
    ----------
    labels : EncodedLabels
        Of all rows or windows.
    splits : list of (train, test)
        Positions, or masks.
    """
    codes, n_classes = labels.codes, len(labels.classes)
    present = np.array(  # (n_splits, 2, n_classes): on the side of training, and of testing
        [
            [np.bincount(codes[side][codes[side] >= 0], minlength=n_classes) > 0 for side in split]
            for split in splits
        ]
    )
    unlearned, untested = present[:, 1] & ~present[:, 0], present[:, 0] & ~present[:, 1]
    if unlearned.any():
        warn_user(
            f"Only people who are tested do {_what_and_where(unlearned, labels.classes)}. A model cannot "
            "learn it from others, so all of it counts as errors. Leave it out, or record it of more people.",
            UnlearnedLabelsWarning,
        )
    if untested.any():
        warn_user(
            f"Nobody who is tested does {_what_and_where(untested, labels.classes)}. The score says nothing "
            "of it, and a macro average is over the other activities, or counts a 0 for it, by its "
            "convention: it cannot be compared with that of a split which has them all.",
            UntestedLabelsWarning,
        )


def _what_and_where(lacking: np.ndarray, classes: np.ndarray) -> str:
    """Name the activities, and the splits if there are several."""
    names = ", ".join(repr(name) for name in classes[lacking.any(axis=0)].tolist())
    if len(lacking) == 1:
        return names
    which = np.flatnonzero(lacking.any(axis=1)).tolist()
    some = ", ".join(map(str, which[:5])) + (", …" if len(which) > 5 else "")
    return f"{names} in {len(which)} of {len(lacking)} splits ({some})"
