"""USC-HAD in miniature, in the published layout."""

import io
import zipfile

import numpy as np
import pytest
from scipy.io import savemat

from sklearn_har.datasets import fetch_usc_had
from sklearn_har.exceptions import DatasetIntegrityError


def mat_file(readings, subject, activity, trial):
    """All fields but the readings are text; some people's files misspell the activity's number."""
    buffer = io.BytesIO()
    number = "activity_numbr" if subject == 13 else "activity_number"
    fields = {
        "title": "USC Human Motion Database",
        "version": "1.0",
        "subject": str(subject),
        number: str(activity),
        "trial": str(trial),
        "sensor_location": "front_right_hip",
        "sensor_readings": readings,
    }
    savemat(buffer, fields)
    return buffer.getvalue()
