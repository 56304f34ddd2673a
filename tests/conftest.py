"""What several tests need: hand-made recordings, simulated people, the real ones."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings

from sklearn_har import datasets

# The same examples every time: a rare one is looked for with --hypothesis-profile=default and a seed.
settings.register_profile("same", derandomize=True, deadline=None)
settings.load_profile("same")

CHANNELS = ["acc_x", "acc_y", "acc_z"]


def recordings(*lengths, rate=50.0, subjects=None, channels=CHANNELS, seed=0):
    """Recordings of the given numbers of rows, of subjects 1, 2, … unless named, full of noise."""
    subjects = range(1, len(lengths) + 1) if subjects is None else subjects
    frames = []
    rng = np.random.default_rng(seed)
    for number, (subject, length) in enumerate(zip(subjects, lengths, strict=True)):
        index = pd.MultiIndex.from_arrays(
            [[subject] * length, [number] * length, np.arange(length) / rate],
            names=["subject", "recording", "time"],
        )
        frames.append(pd.DataFrame(rng.normal(size=(length, len(channels))), index=index, columns=channels))
    return pd.concat(frames)


@pytest.fixture(scope="session")
def simulated():
    """Rows and labels of six simulated people."""
    return datasets.make_recordings(n_subjects=6, bout_duration=10.0, random_state=0, return_X_y=True)


@pytest.fixture(scope="session")
def data_home():
    """Folder of published recordings; tests that need it are skipped without."""
    folder = os.environ.get("SKLEARN_HAR_DATA")
    if not folder or not (Path(folder) / "hapt").is_dir():
        pytest.skip("set SKLEARN_HAR_DATA to a folder that holds hapt/ to run this on real recordings")
    return folder


@pytest.fixture(scope="session")
def hapt(data_home):
    """Rows and labels of HAPT, all twelve activities."""
    return datasets.fetch_hapt(data_home=data_home, return_X_y=True)
