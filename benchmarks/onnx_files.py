"""Whether one ONNX file says what the recognizer says, on real people, how large it is and how fast.

    SKLEARN_HAR_DATA=<folder with hapt/> OMP_NUM_THREADS=1 python benchmarks/onnx_files.py [--models ...]
        [--folder FOLDER]

The six recognizers of `streaming.py`, fitted on HAPT's 21 training people, six activities, behind causal
filters. "windows": all 2,996 windows of UCI HAR's nine test people (the official split, cut as published,
behind the filters), to the estimator in Python and to the file in onnxruntime: labels that differ, and the
largest difference of a probability or decision. "rows": predict_windows of the test people's whole
recordings, with filters and smoother. "size" and "latency": bytes of the file, and milliseconds for one
window, median of 300, one thread, of the file and of the estimator in Python by turns. "float16" and
"int8": size, and points of accuracy lost on the 2,996 windows; int8 is calibrated on training people. A
recognizer with a part that has no counterpart in ONNX is named with the reason, and the others go on. With
--folder, fitted recognizers and finished lines are kept in a folder, and are not done again.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from _recognizers import MODELS, Kept, fit

from sklearn_har.datasets import fetch_hapt
from sklearn_har.deploy import OnnxRecognizer, export_onnx
from sklearn_har.evaluation import get_protocol

PRECISIONS = "float16", "int8"
TURNS = 300


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    data = fetch_hapt(activities="basic")
    is_test = data.data.index.get_level_values("subject").isin(data.test_subjects)
    train = ~is_test & data.target.notna().to_numpy()
    X, y = data.data[train], data.target[train]
    keep = Kept(options.folder)
    for name in options.models:
        fitted = keep(f"{name}.fitted", fit, name, X, y)
        try:
            with tempfile.TemporaryDirectory() as folder:
                export_onnx(fitted, Path(folder) / "tried.onnx")
        except TypeError as error:
            print(f"{name:14}has no file: {error}", flush=True)
            continue
        measure = Measured(fitted, X, data.data[is_test], data.target[is_test])
        for part in ("windows", "rows", "speed", *PRECISIONS):
            line = keep(f"{name}.onnx.{part}", getattr(measure, part))
            print(f"{name:14}{part:9}{line}", flush=True)


class Measured:
    """A fitted recognizer beside its files, on people who were not trained on."""

    def __init__(self, fitted, X, X_test, y_test):
        self.fitted, self.model = fitted, fitted[-1].estimator_
        self.X, self.X_test = X, X_test
        self.test_windows, self.labels = get_protocol("uci-har-official").cut(
            fitted[:-1].transform(X_test), y_test
        )

    def file(self, precision="float32"):
        """The file of a precision, and its report; windows of training are in it and calibrate it."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "recognizer.onnx"
            report = export_onnx(self.fitted, path, X=self.X, precision=precision)
            return OnnxRecognizer(path), report

    def windows(self):
        file, _ = self.file()
        values, said = values_of(file, self.model, self.test_windows)
        wrong = int((file.predict(self.test_windows) != self.model.predict(self.test_windows)).sum())
        return (
            f"{len(values)} windows: {wrong} labels differ, values within {np.abs(values - said).max():.1e}"
        )

    def rows(self):
        file, _ = self.file()
        found = file.predict_windows(self.X_test)
        whole = self.fitted[-1].predict_windows(self.fitted[:-1].transform(self.X_test))
        labels = [name for name in whole if name.startswith("activity")]
        shares = [name for name in whole if name.startswith(("probability_", "confidence"))]
        wrong = int((found[labels] != whole[labels]).any(axis=1).sum())
        largest = np.abs(found[shares] - whole[shares]).to_numpy().max()
        return f"{len(whole)} windows of whole recordings: {wrong} labels differ, within {largest:.1e}"

    def speed(self):
        file, report = self.file()
        one, seconds = self.test_windows[:1], ([], [])
        for _ in range(TURNS):
            for estimator, times in zip((file, self.model), seconds, strict=True):
                start = time.perf_counter()
                estimator.predict(one)
                times.append(time.perf_counter() - start)
        in_file, in_python = (1e3 * np.median(times) for times in seconds)
        size = f"{report.n_bytes / 1e3:.0f} kB"
        return f"{size}; one window {in_file:.2f} ms in the file, {in_python:.2f} ms in Python"

    def float16(self):
        return self.smaller("float16")

    def int8(self):
        return self.smaller("int8")

    def smaller(self, precision):
        try:
            file, report = self.file(precision)
        except ValueError as error:
            return f"none: {error}"
        before = 100 * np.mean(self.model.predict(self.test_windows) == self.labels)
        after = 100 * np.mean(file.predict(self.test_windows) == self.labels)
        left = f"; not in int8: {report.not_quantized}" if report.not_quantized else ""
        return (
            f"{report.n_bytes / 1e3:.0f} kB; accuracy {after:.2f} %, in Python {before:.2f} %, lost "
            f"{before - after:.2f} points{left}"
        )


def values_of(file, model, windows):
    """Probabilities or decisions of the file and of the estimator, one column for each class."""
    if hasattr(model, "predict_proba"):
        return file.predict_proba(windows), model.predict_proba(windows)
    return file.decision_function(windows), model.decision_function(windows)


if __name__ == "__main__":
    main()
