"""
What is in the file that goes to a phone?
=========================================

Whoever ships a recognizer ships a file. What does it hold besides weights, does it say what Python says, how
small can it be, and what cannot be in it? This script writes one network in three precisions, opens the
files, and makes a web page of it. It runs on simulated people; with ``--data hapt`` on the six activities of
HAPT, tested on the nine people that UCI HAR tests on.
"""

import argparse
import sys
import tempfile
import textwrap
import time
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from sklearn_har.classifiers import CNNLSTMClassifier
from sklearn_har.datasets import fetch_hapt, make_recordings
from sklearn_har.features import MotionFeatures
from sklearn_har.model_selection import LeaveSubjectsOut
from sklearn_har.preprocessing import ButterworthFilter
from sklearn_har.recordings import drop_unlabelled
from sklearn_har.smoothing import MinimumDuration
from sklearn_har.windowing import SlidingWindowClassifier

parser = argparse.ArgumentParser(description=__doc__.strip().partition("\n")[0])
parser.add_argument("--data", choices=["simulated", "hapt"], default="simulated")
parser.add_argument("--save", type=Path, metavar="FOLDER", help="write the picture there")
parser.add_argument("--seed", type=int, default=0)
options, _ = parser.parse_known_args()

if missing := [name for name in ("onnx", "onnxruntime", "skl2onnx") if find_spec(name) is None]:
    print(f"There is no {', '.join(missing)} here: pip install 'sklearn-har[onnx]' has it.")
    sys.exit()

from sklearn_har.deploy import OnnxRecognizer, export_onnx, export_web

# %%
# A network
# ---------

if options.data == "hapt":
    data = fetch_hapt(activities="basic")
    test_people = list(data.test_subjects)
else:
    data = make_recordings(n_subjects=8, random_state=options.seed)
    test_people = [4, 8]
X, y = drop_unlabelled(data.data, data.target)
((train, test),) = LeaveSubjectsOut(test_people).split(X)
X_train, y_train, X_test, y_test = X.iloc[train], y.iloc[train], X.iloc[test], y.iloc[test]
network = CNNLSTMClassifier(epochs=6, random_state=options.seed)
recognizer = SlidingWindowClassifier(network, window_length=2.56).fit(X_train, y_train)

# %%
# What it holds
# -------------
# A graph, from raw windows in m/s² and rad/s to labels and probabilities; and beside it, as JSON, all that is
# needed to cut such windows: whoever reads the file needs no other one.

import onnx

place = tempfile.TemporaryDirectory()
folder = Path(place.name)
report = export_onnx(recognizer, folder / "float32.onnx", X=X_train)
graph = onnx.load(report.path).graph
for end in [*graph.input, *graph.output]:
    shape = [size.dim_param or size.dim_value for size in end.type.tensor_type.shape.dim]
    print(f"{end.name}: {shape}")
operators = Counter(node.op_type for node in graph.node)
print("Operators:", ", ".join(f"{name} {count}" for name, count in operators.most_common(8)), "and others")
n_values = sum(int(np.prod(weights.dims)) for weights in graph.initializer)
print(f"{n_values:,} numbers in a file of {report.n_bytes:,} bytes\n")

from_file = OnnxRecognizer(report.path)
facts = from_file.facts_
print("Metadata:", ", ".join(facts))
for name, value in facts["windows"].items():
    print(f"  windows, {name}: {value}")

# %%
# Does it say the same?
# ---------------------
# ``OnnxRecognizer`` cuts the windows and asks the graph: no torch is needed. Both are asked of the rows of
# people whom the network never saw, and of one window at a time, as a stream asks.

said, proba = recognizer.predict(X_test), recognizer.predict_proba(X_test)
same = np.mean(from_file.predict(X_test) == said)
print(f"\nThe same label in {same:.2%} of {len(X_test):,} rows")
one = X_test.iloc[: recognizer.n_timesteps_]
for name, model in {"Python": recognizer, "the file": from_file}.items():
    model.predict(one)
    begin = time.perf_counter()
    for _ in range(20):
        model.predict(one)
    print(f"One window, by {name}: {50 * (time.perf_counter() - begin):.1f} ms")

# %%
# How small?
# ----------
# Weights in half precision, or convolutions and products of matrices in whole numbers, calibrated on training
# people. What that costs is asked of the test people; what stays in float32 is counted.

precisions, differences = {}, {}
for precision in ["float32", "float16", "int8"]:
    report = export_onnx(recognizer, folder / f"{precision}.onnx", X=X_train, precision=precision)
    model = OnnxRecognizer(report.path)
    predicted = model.predict(X_test)
    differences[precision] = np.abs(model.predict_proba(X_test) - proba).max(axis=1)
    precisions[precision] = {
        "kB": round(report.n_bytes / 1000),
        "accuracy": f"{np.mean(predicted == y_test.to_numpy()):.3f}",
        "same label": f"{np.mean(predicted == said):.2%}",
        "largest difference": f"{differences[precision].max():.0e}",
        "not quantized": ", ".join(report.not_quantized),
    }
table = pd.DataFrame(precisions).T
print(f"\nAccuracy in Python: {recognizer.score(X_test, y_test):.3f}\n" + table.to_string())

figure, (size_ax, gap_ax) = plt.subplots(1, 2, figsize=(10, 3), layout="constrained", width_ratios=[2, 3])
colors = dict(zip(precisions, ["#4477aa", "#ccbb44", "#ee6677"], strict=True))
bars = size_ax.barh(list(precisions), table["kB"].astype(float), color=list(colors.values()), height=0.6)
size_ax.bar_label(bars, fmt="%.0f", padding=3)
size_ax.margins(x=0.15)
size_ax.set(xlabel="size of the file (kB)")
size_ax.invert_yaxis()
for (name, gaps), style in zip(differences.items(), ["-", "--", "-."], strict=True):
    ordered = np.sort(np.maximum(gaps, 1e-9))
    gap_ax.plot(ordered, np.linspace(0, 1, len(ordered)), style, color=colors[name], label=name)
gap_ax.set(xscale="log", xlim=(1e-9, 1), xlabel="largest difference of a probability from Python's")
gap_ax.set(ylabel="share of rows", ylim=(0, 1.02))
gap_ax.legend(frameon=False, loc="lower right")
for ax in (size_ax, gap_ax):
    ax.spines[["top", "right"]].set_visible(False)

# %%
# As a page
# ---------
# The same recognizer as a folder of static files, for any web server with HTTPS. Nearly all of it is the
# runtime that computes the graph in a browser; the model is about a hundredth of it. A checkout has
# that runtime only after ``make web``.

try:
    page = export_web(
        recognizer, folder / "page", title="Everyday activities", X=X_train, precision="float16"
    )
except FileNotFoundError as error:
    print(f"\nNo page was made. {error}")
else:
    print("\nThe page (kB)")
    for path in sorted(page.rglob("*"), key=lambda path: -path.stat().st_size):
        if path.is_file():
            print(f"{path.stat().st_size / 1000:10,.1f}  {path.relative_to(page)}")

# %%
# What is refused
# ---------------
# Not everything can be in a file: here a filter that reads the future goes along, as rows of whole recordings
# can go through it, but nearest neighbours and a smoother that reads the future cannot. The error names each
# of them, and what could be in its place: read it as a list of things to do. The rest can be written.

features = make_pipeline(MotionFeatures(), KNeighborsClassifier())
unfit = make_pipeline(
    ButterworthFilter(high=20.0),
    SlidingWindowClassifier(features, window_length=2.56, smoother=MinimumDuration(5.0), smoother_folds=2),
).fit(X_train, y_train)
try:
    export_onnx(unfit, folder / "unfit.onnx")
except TypeError as error:
    print("\nRefused:", textwrap.fill(str(error), 100, subsequent_indent="  "))

# %%
# A page refuses more than a file: it has no filters, and reads only what a phone has sensors for.

filtered = make_pipeline(ButterworthFilter(high=20.0, zero_phase=False), recognizer)
filtered[0].fit(X_train)
try:
    export_web(filtered, folder / "filtered")
except (FileNotFoundError, ValueError) as error:
    print("\nRefused:", textwrap.fill(str(error), 100, subsequent_indent="  "))
place.cleanup()

if options.save:
    options.save.mkdir(parents=True, exist_ok=True)
    figure.savefig(options.save / "export_precisions.png", dpi=100)
plt.show()

# %%
# What was learned: the file is all that is needed, and it is tried before it is shipped: the report says how
# close it is, and the table what a smaller one costs on new people. What cannot be inside is named before
# anything is written.
