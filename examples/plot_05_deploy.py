"""
From the notebook to the phone
==============================

A recognizer that was trained here shall work elsewhere: next year, from a file; while rows come in, a few at
a time; and where there is no Python at all. Does it say there what it says here? This script trains a
network on some people, saves it, streams a recording of another person, writes an ONNX file, and compares. It
runs on simulated people; with ``--data hapt`` on the six activities of HAPT, tested on the nine people that
UCI HAR tests on.
"""

import argparse
import json
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.pipeline import make_pipeline

from sklearn_har.classifiers import CNNClassifier
from sklearn_har.datasets import fetch_hapt, make_recordings
from sklearn_har.deploy import OnnxRecognizer, StreamingRecognizer, export_onnx, load, save
from sklearn_har.model_selection import LeaveSubjectsOut
from sklearn_har.preprocessing import ButterworthFilter, MedianFilter
from sklearn_har.windowing import SlidingWindowClassifier

parser = argparse.ArgumentParser(description=__doc__.strip().partition("\n")[0])
parser.add_argument("--data", choices=["simulated", "hapt"], default="simulated")
parser.add_argument("--save", type=Path, metavar="FOLDER", help="write the pictures there")
parser.add_argument("--seed", type=int, default=0)
options, _ = parser.parse_known_args()

# %%
# A recognizer that does not read the future
# ------------------------------------------
# What shall run while rows come in may only read rows that came. A filter that runs forward and backward
# is no such thing; a causal one is, and the recognizer is trained behind the same filter.

if options.data == "hapt":
    data = fetch_hapt(activities="basic")
    test_people = list(data.test_subjects)
else:
    data = make_recordings(n_subjects=10, bout_duration=20.0, random_state=options.seed)
    test_people = [3, 6, 9]
X, y = data.data, data.target
((train, test),) = LeaveSubjectsOut(test_people).split(X)

recognizer = make_pipeline(
    MedianFilter(3),
    ButterworthFilter(high=20.0, zero_phase=False),
    SlidingWindowClassifier(CNNClassifier(epochs=12, random_state=options.seed), window_length=2.56),
).fit(X.iloc[train], y.iloc[train])
print(f"Rows of people it never saw: {recognizer.score(X.iloc[test], y.iloc[test]):.3f} right")

# %%
# Next year
# ---------
# The file holds names, numbers and weights, no code. A few windows go with it, and what the model says of
# them; whoever loads it is told if it says something else there.

place = tempfile.TemporaryDirectory()
folder = Path(place.name)
save(recognizer, folder / "walking.harmodel", X=X.iloc[train])
loaded = load(folder / "walking.harmodel")
same = bool((loaded.predict(X.iloc[test]) == recognizer.predict(X.iloc[test])).all())
print(f"The loaded model says the same of all {len(test):,} rows: {same}")

# %%
# A few rows at a time
# --------------------
# One recording of a test person comes as it would from a sensor, in chunks of 1 to 100 rows. In the middle
# the app is closed: what it remembers is a few kilobytes of JSON, and another process goes on with them.

subject, recording = X.index[test[0]][:2]
here = (X.index.get_level_values("subject") == subject) & (X.index.get_level_values("recording") == recording)
live, truth = X[here], y[here]
rng = np.random.default_rng(options.seed)
borders = np.cumsum(rng.integers(1, 101, size=len(live)))
chunks = [live.iloc[a:b] for a, b in pairwise([0, *borders[borders < len(live)], len(live)])]


def streamed(model) -> tuple[pd.DataFrame, np.ndarray]:
    """Decisions about the recording, and the milliseconds that each chunk took."""
    stream, decisions, milliseconds = StreamingRecognizer(model), [], []
    for number, chunk in enumerate(chunks):
        if number == len(chunks) // 2:
            remembered = json.dumps(stream.state())
            stream = StreamingRecognizer(model).restore(json.loads(remembered))
        begin = time.perf_counter()
        decisions.append(stream.update(chunk))
        milliseconds.append(1000 * (time.perf_counter() - begin))
    decisions.append(stream.finish())
    return pd.concat([table for table in decisions if len(table)]), np.array(milliseconds)


def compare(name: str, decisions: pd.DataFrame) -> None:
    """Say how far decisions are from those about the whole recording."""
    labels = np.mean(decisions["activity"].to_numpy() == afterwards["activity"].to_numpy())
    values = [table.filter(like="probability_").to_numpy() for table in (decisions, afterwards)]
    gap = np.abs(values[0] - values[1]).max()
    print(
        f"{name}: {len(decisions)} windows, {labels:.1%} with the same label, probabilities within {gap:.0e}"
    )


afterwards = recognizer[-1].predict_windows(recognizer[:-1].transform(live))
stream, milliseconds = streamed(loaded)
compare("Streamed", stream)

# %%
# Without Python
# --------------
# One ONNX file holds everything from the raw window to the label, and the filters before it as plain
# settings. `OnnxRecognizer` runs it with onnxruntime alone; a phone or a browser can run it as well.

report = export_onnx(recognizer, folder / "walking.onnx", X=X.iloc[train])
print(f"{report.path.name}: {report.n_bytes / 1000:.0f} kB")
onnx, onnx_milliseconds = streamed(OnnxRecognizer(report.path))
compare("Streamed by ONNX", onnx)
place.cleanup()

# %%
# All three lie on one another. A dot stands at the time when its decision could be made, so it lags behind
# the truth: a window has to fill first with what is new.

classes = list(recognizer.classes_)
place = {activity: number for number, activity in enumerate(classes)}
timeline, ax = plt.subplots(figsize=(10, 3.6), layout="constrained")
times = live.index.get_level_values("time").to_numpy()
known = truth.notna().to_numpy()
ax.plot(times[known], truth[known].map(place).astype(float), "s", ms=9, color="0.85", label="truth")
shown = [
    ("afterwards", afterwards["stop"], afterwards, {"ms": 8, "mfc": "none", "color": "#332288"}),
    ("on the stream", stream["time"], stream, {"ms": 3, "color": "#D55E00"}),
]
for label, at, table, style in shown:
    ax.plot(at, table["activity"].map(place), "o", label=label, **style)
ax.plot(onnx["time"], onnx["activity"].map(place), "k|", ms=12, label="on the stream, by ONNX")
ax.set(yticks=range(len(classes)), yticklabels=classes, xlabel="time (s)", title=f"Person {subject}")
ax.invert_yaxis()
timeline.legend(loc="outside lower center", ncols=4, frameon=False)

# %%
# How long does one wait? When the activity changes, for as many new rows as it takes to outweigh the old ones
# in a window, and for the row that the median filter looks ahead. Then for the computer: chunks that
# complete no window cost only the filters.

labels = truth[known]
begins = np.flatnonzero(labels.ne(labels.shift()))  # of stretches of one activity
changes, ends = times[known][begins], np.r_[times[known][begins[1:]], np.inf]
seconds = [
    stream.loc[stream["time"].between(change, end) & (stream["activity"] == activity), "time"].min() - change
    for change, end, activity in zip(changes, ends, labels.iloc[begins], strict=True)
]
latency, (change_ax, time_ax) = plt.subplots(1, 2, figsize=(10, 3), layout="constrained")
change_ax.stem(changes, seconds, linefmt="#332288", basefmt=" ")
change_ax.set(xlabel="time of the change (s)", ylabel="seconds", ylim=0, title="Until a new activity is said")
bins = np.geomspace(
    min(milliseconds.min(), onnx_milliseconds.min()), max(milliseconds.max(), onnx_milliseconds.max()), 30
)
time_ax.hist(milliseconds, bins, color="#D55E00", alpha=0.7, label="torch")
time_ax.hist(onnx_milliseconds, bins, histtype="step", color="black", label="ONNX")
time_ax.set(xscale="log", xlabel="milliseconds", ylabel="chunks", title="Time for a chunk of 1 to 100 rows")
time_ax.legend(frameon=False)

if options.save:
    options.save.mkdir(parents=True, exist_ok=True)
    for name, figure in {"timeline": timeline, "latency": latency}.items():
        figure.savefig(options.save / f"deploy_{name}.png", dpi=100, bbox_inches="tight")
    print(f"\nPictures: {options.save}/deploy_*.png")
plt.show()

# %%
# What was learned: train behind causal filters from the beginning, and a recognizer is the same model in a
# file, on a stream and in ONNX. Another unit or rate raises an error there before anything is predicted.
