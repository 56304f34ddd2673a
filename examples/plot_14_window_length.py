"""
How long should a window be?
============================

Long windows hold more of a movement, short ones less of what comes next: the best length depends on the
task, so it is chosen like any other parameter, on people held out. By which score? This script searches
the length, and the rule that labels a window, and compares what a score over rows and two scores over
windows choose. It runs on simulated people with an accelerometer who do something else every eight
seconds; with ``--data hapt`` on every second training person of HAPT, with
their transitions as one activity more.
"""

import argparse
from itertools import pairwise
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline

from sklearn_har.datasets import fetch_hapt, make_recordings
from sklearn_har.evaluation import make_window_scorer
from sklearn_har.features import SignalStatistics
from sklearn_har.model_selection import SubjectKFold, nested_cross_validate
from sklearn_har.recordings import drop_unlabelled, subjects
from sklearn_har.windowing import SlidingWindowClassifier, sliding_windows

parser = argparse.ArgumentParser(description=__doc__.strip().partition("\n")[0])
parser.add_argument("--data", choices=["simulated", "hapt"], default="simulated")
parser.add_argument("--save", type=Path, metavar="FOLDER", help="write the pictures there")
parser.add_argument("--seed", type=int, default=0)
options, _ = parser.parse_known_args()

# %%
# A length is a parameter
# -----------------------
# Windows are cut inside the recognizer, in training and in use, so a search may try their length. What
# windows of each length hold, :doc:`another example <plot_06_windows>` draws.

if options.data == "hapt":
    data = fetch_hapt()
    X, y = drop_unlabelled(data.data, data.target.astype(object))
    y = y.mask(y.str.contains("_to_"), "transition")
    train_people = sorted(set(subjects(X)) - set(data.test_subjects))
    known = np.isin(subjects(X), train_people[::2])
    X, y = X[known], y[known]
else:
    X, y = make_recordings(n_subjects=9, bout_duration=8.0, random_state=options.seed, return_X_y=True)
X = X[["acc_x", "acc_y", "acc_z"]]

classifier = make_pipeline(SignalStatistics(), LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.1))
recognizer = SlidingWindowClassifier(classifier, window_length=2.56)
settings = {"window_length": [0.64, 1.28, 2.56, 5.12], "label": ["majority", "last"]}
folds = SubjectKFold(3)

# %%
# Three scores
# ------------
# Over rows, every instant has a true activity and a recognised one, however long windows are: all
# candidates are asked the same. Over windows, as papers count, each is asked about windows of its own, and
# only what they hold most of.

scores = {"rows": "f1_macro", "windows": make_window_scorer("f1_macro")}
search = GridSearchCV(recognizer, settings, scoring=scores, refit="rows", cv=folds)
found = pd.DataFrame(search.fit(X, y).cv_results_)
table = found.pivot(
    index="param_window_length", columns="param_label", values=["mean_test_rows", "mean_test_windows"]
).rename(columns=lambda name: name.removeprefix("mean_test_"))
table = table.rename_axis("seconds").rename_axis(["F1 over", "label"], axis="columns")
print(table.round(3).to_string())

# %%
# The rule for the label matters little while windows are short. "last" is for recognising on a stream, where
# the newest row is what counts. Here all rows of a window get its label, and the longer windows are, the less
# that of the last row says of the others. Below, it is that of the majority.
#
# The third score is that of many notebooks: windows are cut first, those with two activities are left out,
# and what is left is split, here even by people.

table = table.xs("majority", axis="columns", level="label")
for length in settings["window_length"]:
    windows, labels = sliding_windows(X, y, window_length=length, min_purity=0.9)
    pure = cross_val_score(classifier, windows, labels, cv=folds, scoring="f1_macro")
    share = len(windows) / (len(windows) + windows.left_out["impure_windows"])
    table.loc[length, ["pure windows", "left of them"]] = pure.mean(), share
print("\n" + table.round(3).to_string(), "\n")
for name in ("rows", "windows", "pure windows"):
    best = table[name].idxmax()
    print(f"Best over {name}: {best} s, with {table.loc[best, 'rows']:.3f} over rows")

figure, ax = plt.subplots(figsize=(7, 3.8), layout="constrained")
for name, color, marker in [
    ("rows", "#0072B2", "o"),
    ("windows", "#D55E00", "s"),
    ("pure windows", "black", "^"),
]:
    ax.plot(table.index, table[name], color=color, marker=marker, label=f"over {name}")
    ax.plot(table[name].idxmax(), table[name].max(), "o", ms=16, mfc="none", color=color)
ax.set_xscale("log", base=2)
ax.set_xticks(table.index, table.index)
ax.set(xlabel="window length (s); circled is what each score chooses", ylabel="macro F1, people held out")
ax.spines[["top", "right"]].set_visible(False)
figure.legend(loc="outside upper center", ncols=3, frameon=False)

# %%
# Why they differ
# ---------------
# The longer windows are, the further they reach over a change of activity, and the more rows beside it are
# wrong. How many rows are so near? That belongs to the task, and pure windows leave just these out.

starts = (
    X.index.get_level_values("time").to_series().diff().abs().gt(0.1).to_numpy() | y.ne(y.shift()).to_numpy()
)
bout = starts.cumsum()
from_start = pd.Series(bout).groupby(bout).cumcount()
from_end = pd.Series(bout).groupby(bout).cumcount(ascending=False)
seconds = np.minimum(from_start, from_end).to_numpy() / search.best_estimator_.sampling_rate_in_
edges = [0, 0.25, 0.5, 1, 1.5, 2, 3, np.inf]
names = [f"{low:g} to {high:g}" for low, high in pairwise(edges[:-1])] + [f"over {edges[-2]}"]
near = pd.cut(seconds, edges, right=False, labels=names)
right = pd.DataFrame(
    {
        length: cross_val_predict(recognizer.set_params(window_length=length), X, y, cv=folds) == y.to_numpy()
        for length in settings["window_length"]
    }
)
accuracy = right.groupby(near, observed=True).mean()
accuracy["share of rows"] = right.groupby(near, observed=True).size() / len(right)
print("\nAccuracy by seconds to the nearest change\n" + accuracy.round(3).to_string())

borders, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
for length, color, marker in zip(
    settings["window_length"], ["#88CCEE", "#0072B2", "#D55E00", "black"], "osD^", strict=True
):
    ax.plot(accuracy.index, accuracy[length], color=color, marker=marker, label=f"{length} s")
ax.set(xlabel="seconds to the nearest change of activity", ylabel="accuracy over rows")
ax.spines[["top", "right"]].set_visible(False)
ax.legend(title="windows of", frameon=False)

# %%
# How good is the choice?
# -----------------------
# The score of the best of eight settings is a little lucky. ``nested_cross_validate`` chooses anew without
# the people it then scores.

search = GridSearchCV(recognizer, settings, scoring="f1_macro", cv=folds)
nested = nested_cross_validate(search, X, y, cv=3)
print("\n" + str(nested))

if options.save:
    options.save.mkdir(parents=True, exist_ok=True)
    figure.savefig(options.save / "length_scores.png", dpi=100)
    borders.savefig(options.save / "length_borders.png", dpi=100)
    print(f"\nPictures: {options.save}/length_*.png")
plt.show()

# %%
# What was learned: the length of windows belongs to the task, so search it, on people held out, and by a
# score over rows. A score over windows is another exam for every length, an easier one for long windows.
