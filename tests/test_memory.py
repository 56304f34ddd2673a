"""Memory that is bounded, measured as the peak of a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

MEASURE = """
import re
import sys

import numpy as np
import pandas as pd
from sklearn.dummy import DummyClassifier

from sklearn_har.classifiers import CNNLSTMClassifier
from sklearn_har.windowing import SlidingWindowClassifier

HOURS, RATE, N_CHANNELS = 10, 50, 6


def megabytes(field):
    return int(re.search(rf"{field}:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) / 1024


n_rows = HOURS * 3600 * RATE
index = pd.MultiIndex.from_arrays(
    [np.zeros(n_rows, int), np.zeros(n_rows, int), np.arange(n_rows) / RATE],
    names=["subject", "recording", "time"],
)
values = np.random.default_rng(0).normal(size=(n_rows, N_CHANNELS))
X = pd.DataFrame(values, index=index, columns=[f"channel_{i}" for i in range(N_CHANNELS)])
y = np.array(["sitting", "standing", "walking", "lying", "running", "cycling"])[np.arange(5000) // 100 % 6]
inner = CNNLSTMClassifier(epochs=1, random_state=0) if sys.argv[1] == "network" else DummyClassifier()
recognizer = SlidingWindowClassifier(inner, window_length=2.56).fit(X[:5000], y)
recognizer.predict(X[:5000])

open("/proc/self/clear_refs", "w").write("5")  # the peak starts from here
before = megabytes("VmRSS")
predicted = recognizer.predict(X)
assert len(predicted) == n_rows
print(megabytes("VmHWM") - before, n_rows * N_CHANNELS * 4 / 2**20)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the peak is read from Linux's /proc")
@pytest.mark.parametrize("inner", ["dummy", "network"])
def test_predicting_ten_hours_takes_less_than_three_times_the_recording(inner):
    run = subprocess.run([sys.executable, "-c", MEASURE, inner], capture_output=True, text=True, check=True)
    peak, recording = map(float, run.stdout.split())
    assert peak < 3 * recording
    print(f"{inner}: {peak:.0f} MB beyond the input; the recording as float32 is {recording:.0f} MB")
