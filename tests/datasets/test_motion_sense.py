"""MotionSense in miniature, in the published layout."""

import io
import zipfile

import numpy as np
import pytest

from sklearn_har.datasets import fetch_motion_sense
from sklearn_har.exceptions import DatasetIntegrityError

HEADER = (
    ",attitude.roll,attitude.pitch,attitude.yaw,gravity.x,gravity.y,gravity.z,rotationRate.x,rotationRate.y,"
    "rotationRate.z,userAcceleration.x,userAcceleration.y,userAcceleration.z\n"
)
FOLDERS = {
    "dws": (1, 2, 11), "ups": (3, 4, 12), "wlk": (7, 8, 15), "jog": (9, 16), "std": (6, 14), "sit": (5, 13),
}  # fmt: skip
