"""
What do the windows before and after tell?
==========================================

A recognizer that looks at each window by itself breaks a stretch of sitting into pieces. A smoother reads
windows in the order of time, and corrects them by each other. How much does that mend, of windows and of
whole events, and what does it cost to read only what came before? This script smooths one recognizer in
three ways. It runs on simulated people; with ``--data hapt`` on the six activities of HAPT, tested on the
nine people that UCI HAR tests on.
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_har.datasets import fetch_hapt, make_recordings
from sklearn_har.evaluation import ActivityTimelineDisplay, event_report, make_window_scorer
from sklearn_har.features import SignalStatistics
from sklearn_har.model_selection import LeaveSubjectsOut
from sklearn_har.smoothing import HMMSmoother, MinimumDuration
from sklearn_har.windowing import SlidingWindowClassifier

parser = argparse.ArgumentParser(description=__doc__.strip().partition("\n")[0])
parser.add_argument("--data", choices=["simulated", "hapt"], default="simulated")
parser.add_argument("--save", type=Path, metavar="FOLDER", help="write the pictures there")
parser.add_argument("--seed", type=int, default=0)
options, _ = parser.parse_known_args()

# %%
# Rows without a label stay
# -------------------------
# A smoother needs the whole recording. Were the unlabelled rows left out, the gaps would tell it where one
# activity ends and the next begins, which nobody tells it in life.

if options.data == "hapt":
    data = fetch_hapt(activities="basic")
    test_people = list(data.test_subjects)
else:
    data = make_recordings(
        n_subjects=12, bout_duration=20.0, label_transitions=False, random_state=options.seed
    )
    test_people = [3, 6, 9, 12]
X, y = data.data, data.target
((train, test),) = LeaveSubjectsOut(test_people).split(X)
X_train, y_train, X_test, y_test = X.iloc[train], y.iloc[train], X.iloc[test], y.iloc[test]

# %%
# One recognizer, four times
# --------------------------
# ``HMMSmoother`` learns how long activities last, and how far the windows are to be trusted: from what the
# estimator says of people whom it was not fitted on, for which it is fitted five times more.
# ``MinimumDuration`` learns nothing, and forbids all that is shorter than five seconds.

smoothers = {
    "none": None,
    "HMM, causal": HMMSmoother(causal=True),
    "HMM": HMMSmoother(),
    "at least 5 s": MinimumDuration(5.0),
}
recognizers = {}
for name, smoother in smoothers.items():
    estimator = make_pipeline(SignalStatistics(), StandardScaler(), LogisticRegression(max_iter=1000))
    recognizer = SlidingWindowClassifier(estimator, window_length=2.56, smoother=smoother)
    recognizers[name] = recognizer.fit(X_train, y_train)

learned = recognizers["HMM"].smoother_
print("Seconds that activities last, as learned from the training people")
print(pd.Series(learned.mean_durations_, learned.classes_).round(1).to_string())

# %%
# Two protocols
# -------------
# What papers print is the score of windows by themselves. A score in context is another protocol: the windows
# know those around them, and the smoother knows how long people were told to sit. It is reported beside the
# other one, never instead of it. Asked of windows by themselves, the four recognizers are the same.

protocols = {"by themselves": False, "in context": True}
table = pd.DataFrame(
    {
        f"windows {protocol}": {
            name: make_window_scorer("accuracy", smoothed=smoothed)(recognizer, X_test, y_test)
            for name, recognizer in recognizers.items()
        }
        for protocol, smoothed in protocols.items()
    }
)
predicted = {name: recognizer.predict(X_test) for name, recognizer in recognizers.items()}
table["rows"] = {name: recognizer.score(X_test, y_test) for name, recognizer in recognizers.items()}
print("\nAccuracy by smoother\n" + table.round(3).to_string())

# %%
# Would a diary be right?
# -----------------------
# An event is a stretch of one activity. Few windows that are wrong suffice to break most of them, so here
# context tells far more than in accuracies. What is late is late: a smoother that reads only what came before
# waits until it is sure.

reports = {name: event_report(y_test, labels, X=X_test) for name, labels in predicted.items()}
events = pd.DataFrame({name: report.overall for name, report in reports.items()}).T
counts = events[["n_true", "correct", "fragmented", "deleted", "n_predicted", "inserted"]].astype(int)
late = {name: report.true_events["start_delay"].quantile(0.9) for name, report in reports.items()}
print("\nEvents by smoother\n" + counts.assign(late_90=late).round(2).to_string())

kinds = {"correct": "#4477aa", "fragmenting": "#ccbb44", "merging": "#aa3377", "inserted": "#ee6677"}
bars, ax = plt.subplots(figsize=(9, 2.8), layout="constrained")
left = np.zeros(len(events))
for kind, color in kinds.items():
    ax.barh(list(events.index), events[kind], left=left, color=color, label=kind, height=0.65)
    left += events[kind].to_numpy()
n_true = int(events["n_true"].iloc[0])
ax.axvline(n_true, color="black", lw=1.2, ls="--", label=f"true events ({n_true})")
ax.set(xlabel="events that were recognised", ylabel="smoother")
ax.invert_yaxis()
ax.spines[["top", "right"]].set_visible(False)
bars.legend(loc="outside upper center", ncols=5, frameon=False)

# %%
# Before and after
# ----------------
# The recording in which most of what was recognised without context is no event, or only a piece of one. What
# flickered becomes one answer, and that may be the wrong one.

events_alone = reports["none"].predicted_events
pieces = events_alone[events_alone["kind"] != "correct"].groupby(["subject", "recording"]).size()
person, recording = pieces.idxmax()
timeline, axes = plt.subplots(3, figsize=(10, 8), sharex=True, layout="constrained")
for ax, name in zip(axes, ["none", "HMM, causal", "HMM"], strict=True):
    ActivityTimelineDisplay.from_predictions(
        X_test,
        y_test,
        predicted[name],
        subject=person,
        recording=recording,
        labels=learned.classes_,
        ax=[ax],
    )
    ax.set_title(f"smoother: {name}", loc="right", fontsize="medium")
    if ax is not axes[-1]:
        ax.get_legend().remove()
        ax.set_xlabel("")

if options.save:
    options.save.mkdir(parents=True, exist_ok=True)
    bars.savefig(options.save / "smoothing_events.png", dpi=100)
    timeline.savefig(options.save / "smoothing_timeline.png", dpi=100, bbox_inches="tight")
plt.show()

# %%
# What was learned: context mends windows that err one by one, and that is worth most to whoever counts
# events. A whole stretch that is taken for another stays so. Say which protocol a score is of, and whether
# the smoother read the future.
