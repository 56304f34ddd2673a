"""
How soon is a change of activity said?
======================================

Somebody sits down. A recognizer that runs while rows come in first has to see enough of it. How long that
takes depends on its windows, on how often one is decided, and on how little it trusts a single one. This
script streams people row by row and second by second, goes on in the middle from what was remembered, and
measures three recognizers. It runs on simulated people; with ``--data hapt`` on the six activities of HAPT,
tested on the nine people that UCI HAR tests on.
"""

import argparse
import json
import time
from itertools import pairwise
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from sklearn_har.classifiers import RocketClassifier
from sklearn_har.datasets import fetch_hapt, make_recordings
from sklearn_har.deploy import StreamingRecognizer
from sklearn_har.model_selection import LeaveSubjectsOut
from sklearn_har.smoothing import HMMSmoother
from sklearn_har.windowing import SlidingWindowClassifier

parser = argparse.ArgumentParser(description=__doc__.strip().partition("\n")[0])
parser.add_argument("--data", choices=["simulated", "hapt"], default="simulated")
parser.add_argument("--save", type=Path, metavar="FOLDER", help="write the pictures there")
parser.add_argument("--seed", type=int, default=0)
options, _ = parser.parse_known_args()

# %%
# Three recognizers
# -----------------
# All have windows of 2.56 s. With more overlap one is decided twice as often; and a causal smoother
# does not believe a single window.

if options.data == "hapt":
    data = fetch_hapt(activities="basic")
    test_people = list(data.test_subjects)
else:
    data = make_recordings(n_subjects=9, bout_duration=12.0, random_state=options.seed)
    test_people = [3, 6, 9]
X, y = data.data, data.target
((train, test),) = LeaveSubjectsOut(test_people).split(X)

ways = {
    "every 1.28 s": {"overlap": 0.5},
    "every 0.64 s": {"overlap": 0.75},
    "every 0.64 s, smoothed": {"overlap": 0.75, "smoother": HMMSmoother(causal=True), "smoother_folds": 3},
}
recognizers = {}
for name, settings in ways.items():
    estimator = RocketClassifier(n_kernels=500, random_state=options.seed)
    recognizer = SlidingWindowClassifier(estimator, window_length=2.56, **settings)
    recognizers[name] = recognizer.fit(X.iloc[train], y.iloc[train])

# %%
# However the rows come
# ---------------------
# One recording of a test person, as arrays of one row each, as a sensor gives them, and as arrays of a
# second. In the middle the app is closed: what it remembers is written as JSON, and another stream goes on.
# What comes out is what ``predict_windows`` says of the whole recording afterwards.

recognizer = recognizers["every 0.64 s, smoothed"]
subject, recording = X.index[test[0]][:2]
live = X.xs((subject, recording), level=["subject", "recording"], drop_level=False)
values, times = live.to_numpy(), live.index.get_level_values("time").to_numpy()
afterwards = recognizer.predict_windows(live)


def stream_in_parts(n_rows):
    """All decisions about the recording, and the bytes that were remembered in its middle."""
    stream, tables, remembered = StreamingRecognizer(recognizer), [], None
    for first in range(0, len(values), n_rows):
        if remembered is None and first >= len(values) / 2:
            remembered = json.dumps(stream.state())
            stream = StreamingRecognizer(recognizer).restore(json.loads(remembered))
        part = slice(first, first + n_rows)
        tables.append(stream.update(values[part], times[part]))
    tables.append(stream.finish())
    return pd.concat([table for table in tables if len(table)]), len(remembered)


for n_rows in [1, round(recognizer.sampling_rate_in_)]:
    begin = time.perf_counter()
    decisions, n_bytes = stream_in_parts(n_rows)
    spent = 1000 * (time.perf_counter() - begin) / len(range(0, len(values), n_rows))
    same = (decisions["activity_smoothed"].to_numpy() == afterwards["activity_smoothed"].to_numpy()).all()
    numbers = [table.filter(like="probability_").to_numpy() for table in (decisions, afterwards)]
    gap = np.abs(numbers[0] - numbers[1]).max()
    print(
        f"Rows at a time, {n_rows}: {len(decisions)} windows, same labels: {same}, probabilities within "
        f"{gap:.0e}; {spent:.2f} ms a call, {n_bytes / 1000:.1f} kB remembered"
    )

# %%
# Until it is said
# ----------------
# All test people at once: one stream keeps them apart. ``time`` is when a decision could be made. A change is
# said when, after it, the new activity is named for the first time, before that ends. Where the way
# from one activity to the next has a label of its own, as in HAPT, it is counted from the end of that.


def said_of(name):
    """Decisions about all test people, with what the recognizer would show."""
    stream = StreamingRecognizer(recognizers[name])
    table = pd.concat([stream.update(X.iloc[test]), stream.finish()])
    table["said"] = table["activity_smoothed" if "activity_smoothed" in table else "activity"].astype(object)
    return table.sort_values("time", kind="stable")


def stretches(labels):
    """Beginning, end and activity of every stretch of one activity in a recording."""
    seconds = labels.index.get_level_values("time").to_numpy()
    names = labels.astype(object).where(labels.notna(), None).to_numpy()
    borders = np.r_[0, np.flatnonzero(names[1:] != names[:-1]) + 1, len(names)]
    ends = np.r_[seconds[borders[1:-1]], seconds[-1]]
    return [
        (seconds[begin], end, names[begin])
        for (begin, _), end in zip(pairwise(borders), ends, strict=True)
        if names[begin] is not None
    ]


truth = {key: stretches(labels) for key, labels in y.iloc[test].groupby(level=["subject", "recording"])}
said = {name: said_of(name) for name in ways}


def seconds_until_said(table):
    """For every change in the truth, the seconds until it was said; infinite if it never was."""
    waited = []
    for key, shown in table.groupby(["subject", "recording"]):
        for (_, _, before), (begin, end, activity) in pairwise(truth[key]):
            if activity == before:
                continue
            right = shown.loc[shown["time"].between(begin, end) & (shown["said"] == activity), "time"]
            waited.append(right.min() - begin if len(right) else np.inf)
    return np.array(waited)


waited = {name: seconds_until_said(table) for name, table in said.items()}
n_changes = len(waited["every 1.28 s"])
summary = {}
for name, table in said.items():
    changes = table.groupby(["subject", "recording"])["said"].agg(
        lambda shown: (shown != shown.shift()).sum() - 1
    )
    summary[name] = {
        "half within (s)": np.median(waited[name]),
        "nine in ten within (s)": np.quantile(waited[name], 0.9, method="higher"),
        "never said": np.isinf(waited[name]).sum(),
        "changes said": changes.sum(),
    }
print(f"\n{n_changes} changes in truth\n" + pd.DataFrame(summary).T.round(2).to_string())

LONGEST = 8.0
curve, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
styles = dict(zip(ways, [("#4477aa", "-"), ("#ee6677", "--"), ("#228833", "-.")], strict=True))
for name, (color, style) in styles.items():
    seen = np.sort(waited[name][waited[name] <= LONGEST])
    shares = np.arange(len(seen) + 1) / n_changes
    at = np.r_[0, seen, LONGEST]  # the last share stays
    ax.step(at, [*shares, shares[-1]], style, where="post", color=color, label=name)
ax.set(xlabel="seconds after the change", ylabel="share of changes that were said")
ax.set(xlim=(0, LONGEST), ylim=(0, 1.02))
ax.legend(frameon=False, loc="lower right")
ax.spines[["top", "right"]].set_visible(False)

# %%
# What was shown on the way
# -------------------------
# The same recording, as somebody would have seen it: every decision stays until the next one. What is shown
# lies behind the truth, and where it flickers, a smoother calms it.

names = sorted(set(y.dropna()))
colors = dict(zip(names, ["#332288", "#88ccee", "#117733", "#ddcc77", "#cc6677", "#aa4499"], strict=True))
bands = {"truth": truth[subject, recording]}
for name, table in said.items():
    shown = table[(table["subject"] == subject) & (table["recording"] == recording)]
    ends = [*shown["time"].iloc[1:], times[-1]]
    bands[name] = list(zip(shown["time"], ends, shown["said"], strict=True))
watched, ax = plt.subplots(figsize=(10, 3), layout="constrained")
for place, band in enumerate(bands.values()):
    for begin, end, activity in band:
        ax.barh(place, end - begin, left=begin, height=0.75, color=colors[activity], lw=0)
for begin, _, _ in truth[subject, recording][1:]:
    ax.axvline(begin, color="black", lw=0.7, ls=":")
for activity, color in colors.items():
    ax.barh(0, 0, color=color, label=activity.replace("_", " "))
ax.set(yticks=range(len(bands)), yticklabels=list(bands), xlabel="time (s)", xlim=(times[0], times[-1]))
ax.invert_yaxis()
ax.tick_params(axis="y", length=0)
ax.spines[["top", "right", "left"]].set_visible(False)
watched.legend(loc="outside upper center", ncols=6, frameon=False)

if options.save:
    options.save.mkdir(parents=True, exist_ok=True)
    curve.savefig(options.save / "streaming_until_said.png", dpi=100)
    watched.savefig(options.save / "streaming_shown.png", dpi=100)
plt.show()

# %%
# What was learned: a change waits for the window to hold more of the new than of the old, so deciding more
# often mostly helps by less than a step, and a smoother pays for its calm with time. How the rows come
# changes nothing.
