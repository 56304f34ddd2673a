"""PAMAP2 in miniature, in the published layout with its quirks."""

import io
import zipfile

import numpy as np
import pytest

from sklearn_har.datasets import fetch_pamap2
from sklearn_har.exceptions import DatasetIntegrityError
from sklearn_har.recordings import check_recordings

PLACES = {"hand": 3, "chest": 20, "ankle": 37}


def session(n_rows, activities, seed):
    """Rows of 54 columns at 100 Hz; heart rate at 9 Hz, the orientation invalid, rare losses by radio."""
    rng = np.random.default_rng(seed)
    rows = rng.uniform(-10, 10, (n_rows, 54)).round(5)
    rows[:, 0] = np.round(8.38 + 0.01 * np.arange(n_rows), 2)
    rows[:, 1] = np.repeat(activities, -(-n_rows // len(activities)))[:n_rows]
    rows[:, 2] = np.where(np.arange(n_rows) % 11 == 0, 104, np.nan)
    for first in PLACES.values():
        rows[:, first + 13 : first + 17] = [1, 0, 0, 0]
    rows[20, 3:20] = np.nan  # the hand, one row
    rows[50, 37:54] = np.nan  # the ankle, one row
    return rows


def text_of(rows):
    def shown(value):
        return "NaN" if np.isnan(value) else f"{value:.6g}"

    return "".join(" ".join(map(shown, row)) + "\n" for row in rows)


@pytest.fixture
def sessions():
    long_loss = session(400, [0, 4, 24], 2)
    long_loss[150:350, 20:37] = np.nan  # the chest, for two seconds
    return {
        "Protocol/subject101.dat": session(300, [0, 1, 0], 0),
        "Protocol/subject109.dat": long_loss,
        "Optional/subject101.dat": session(200, [9, 0], 1),
    }
