"""A classifier of aeon for `table.py`, run by an interpreter that has aeon."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import weakref
from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

AEON_PYTHON = "SKLEARN_HAR_AEON_PYTHON"  # no parameter of the model: results do not depend on where it is


class AeonClassifier(ClassifierMixin, BaseEstimator):
    """Fits and predicts in a process that lives as long as the model; its seconds are those counted there."""

    def __init__(self, name, parameters=None, *, random_state=None):
        self.name = name
        self.parameters = parameters
        self.random_state = random_state

    def fit(self, X, y):
        self.classes_, codes = np.unique(y, return_inverse=True)
        self._folder = tempfile.TemporaryDirectory(prefix="aeon-")
        np.save(Path(self._folder.name, "codes.npy"), codes)
        self._save(X)
        parameters = {**(self.parameters or {}), "random_state": self.random_state}
        command = [os.environ[AEON_PYTHON], __file__, self.name, json.dumps(parameters), self._folder.name]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
        weakref.finalize(self, end, self._process, self._folder)
        self.benchmark_times_ = dict(zip(("fit_time", "fit_cpu_time"), self._answer(), strict=True))
        return self

    def predict(self, X):
        self._save(X)
        print(file=self._process.stdin, flush=True)
        times = zip(("predict_time", "predict_cpu_time"), self._answer(), strict=True)
        self.benchmark_times_ = self.benchmark_times_ | dict(times)
        return self.classes_[np.load(Path(self._folder.name, "codes.npy"))]

    def _save(self, X):
        windows = np.asarray(X, dtype=np.float32).transpose(0, 2, 1)  # aeon's order: channels, timesteps
        np.save(Path(self._folder.name, "windows.npy"), np.ascontiguousarray(windows))

    def _answer(self):
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"aeon's process ended with the status {self._process.wait()}.")
        return json.loads(line)


def end(process, folder):
    process.kill()
    process.communicate()
    folder.cleanup()


def timed(call, *arguments):
    wall, processor = time.perf_counter(), time.process_time()
    result = call(*arguments)
    return result, [time.perf_counter() - wall, time.process_time() - processor]


def serve(name, parameters, folder):
    """Fit, then predict whenever a line comes in: the part that runs in aeon's interpreter.

    A fit of two windows of each class comes first, so that compiling is not counted.
    """
    import aeon.classification.convolution_based as models

    model = getattr(models, name)
    parameters, folder = json.loads(parameters), Path(folder)
    windows, codes = np.load(folder / "windows.npy"), np.load(folder / "codes.npy")
    few = np.concatenate([np.flatnonzero(codes == code)[:2] for code in np.unique(codes)])
    model(**parameters).fit(windows[few], codes[few]).predict(windows[few])
    fitted, seconds = timed(model(**parameters).fit, windows, codes)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6  # which Linux counts in kilobytes
    print(f"{name}: fitted on {len(windows)} windows in {memory:.1f} GB at most", file=sys.stderr)
    print(json.dumps(seconds), flush=True)
    for _ in sys.stdin:
        codes, seconds = timed(fitted.predict, np.load(folder / "windows.npy"))
        np.save(folder / "codes.npy", codes)
        print(json.dumps(seconds), flush=True)


if __name__ == "__main__":
    serve(*sys.argv[1:])
