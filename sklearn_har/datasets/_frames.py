"""Recordings on an exact grid of time, and the Bunch that every loader returns."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import Bunch

IMU_CHANNELS = {
    "acc_x": "m/s²",
    "acc_y": "m/s²",
    "acc_z": "m/s²",
    "gyro_x": "rad/s",
    "gyro_y": "rad/s",
    "gyro_z": "rad/s",
}


def grid_index(
    subjects: Sequence, recordings: Sequence, rows: Sequence[np.ndarray], sampling_rate: float
) -> pd.MultiIndex:
    """Build the index of recordings whose clocks start at 0 and tick at ``sampling_rate``.

    Parameters
    ----------
    subjects, recordings : sequence of length n_recordings
        Who, and which of their recordings.
    rows : sequence of integer ndarrays
        Positions on the grid of time of the rows of each recording, increasing.
    sampling_rate : float
        In Hz.
    """
    lengths = [len(positions) for positions in rows]
    n_ticks = max(positions[-1] for positions in rows) + 1
    subject_codes, subject_names = pd.factorize(np.asarray(subjects), sort=True)
    recording_codes, recording_names = pd.factorize(np.asarray(recordings), sort=True)
    levels: list[Any] = [subject_names, recording_names, np.arange(n_ticks) / sampling_rate]
    codes: list[Any] = [
        np.repeat(subject_codes, lengths),
        np.repeat(recording_codes, lengths),
        np.concatenate(rows),
    ]
    return pd.MultiIndex(levels, codes, names=["subject", "recording", "time"], verify_integrity=False)


def labels_of(codes: Any, names: Sequence[str], index: pd.MultiIndex) -> pd.Series:
    """Name the activities of rows, given as integer codes; a code of -1 is a missing label."""
    categories: Any = list(names)
    return pd.Series(pd.Categorical.from_codes(codes, categories), index=index, name="activity")


def as_bunch_or_pair(data: pd.DataFrame, target: pd.Series, return_X_y: bool, **fields):
    """Give ``(data, target)``, or the Bunch that holds them and everything that describes them."""
    if return_X_y:
        return data, target
    return Bunch(data=data, target=target, target_names=list(target.cat.categories), **fields)
