import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def recordings_of():
    """Recordings of runs: subject, recording, first time and values of each, at 50 Hz."""

    def build(*runs, columns=None, sampling_rate=50.0):
        levels = [
            (
                np.full(len(values), subject),
                np.full(len(values), recording),
                start + np.arange(len(values)) / sampling_rate,
            )
            for subject, recording, start, values in runs
        ]
        index = pd.MultiIndex.from_arrays(
            [np.concatenate(level) for level in zip(*levels, strict=True)],
            names=["subject", "recording", "time"],
        )
        values = np.concatenate([np.asarray(values) for *_, values in runs])
        return pd.DataFrame(values, index=index, columns=columns)

    return build


@pytest.fixture
def walkers(recordings_of):
    """Three people, four recordings of six channels, one of them with a gap, at 50 Hz."""
    rng = np.random.default_rng(0)
    offsets = np.array([0.0, 0.0, 9.81, 0.0, 0.0, 0.0])
    runs = [(1, 1, 0.0, 120), (1, 1, 5.0, 80), (1, 2, 0.0, 60), (2, 1, 3.0, 90), (3, 1, 0.0, 1)]
    return recordings_of(
        *[(subject, rec, start, rng.normal(offsets, subject, (n, 6))) for subject, rec, start, n in runs],
        columns=["acc_x", "acc_y", "acc_z", "gyro_x", "gyro_y", "gyro_z"],
    )
