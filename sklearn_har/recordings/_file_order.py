"""The order of rows in a file, which knows what their times alone do not."""

import numpy as np
import pandas as pd

SET_BACK = 1.0  # s; rows that come late are back by less


def number_recordings(subject, recording) -> np.ndarray:
    """Number of the recording of every row, in the order in which they first appear."""
    first, second = (pd.factorize(level, use_na_sentinel=False)[0] for level in (subject, recording))
    return pd.factorize(first.astype(np.int64) * (second.max(initial=0) + 1) + second)[0]


def steps_within(times: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """Seconds from the row before of the same owner to every row; 0 where there is none."""
    steps = np.zeros(len(times))
    order = np.argsort(owner, kind="stable")
    same = np.diff(owner[order]) == 0
    steps[order[1:][same]] = np.diff(times[order])[same]
    return steps
