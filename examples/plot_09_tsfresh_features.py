"""
Which features matter, and how few are enough?
==============================================

tsfresh knows hundreds of features of a signal. Which of them tell activities apart, how many of them does a
recognizer need, and what does it save to compute no others? This script selects features on training people,
finds out on people held out how few suffice, and prunes the rest away. It runs on simulated people; with
``--data hapt`` on HAPT, tested on the nine people that UCI HAR tests on.
"""

import argparse
import tempfile
import time
from pathlib import Path
from textwrap import shorten

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.feature_selection import SelectFromModel
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_har.datasets import fetch_hapt, make_recordings
from sklearn_har.evaluation import score_interval
from sklearn_har.features import RelevanceSelector, TsfreshFeatures, prune_features
from sklearn_har.model_selection import LeaveSubjectsOut, SubjectKFold
from sklearn_har.recordings import drop_unlabelled
from sklearn_har.windowing import sliding_windows

parser = argparse.ArgumentParser(description=__doc__.strip().partition("\n")[0])
parser.add_argument("--data", choices=["simulated", "hapt"], default="simulated")
parser.add_argument("--save", type=Path, metavar="FOLDER", help="write the pictures there")
parser.add_argument("--seed", type=int, default=0)
options, _ = parser.parse_known_args()

if options.data == "hapt":
    data = fetch_hapt(activities="basic")
    test_people = list(data.test_subjects)
else:
    data = make_recordings(n_subjects=12, random_state=options.seed)
    test_people = [3, 6, 9, 12]
windows, labels = sliding_windows(*drop_unlabelled(data.data, data.target), window_length=2.56)
((train, test),) = LeaveSubjectsOut(test_people).split(windows)
X_train, y_train, X_test, y_test = windows[train], labels[train], windows[test], labels[test]

# %%
# All of them
# -----------
# The first time on a machine, calculators are compiled and kept on disk. A few windows are enough for that;
# then the clock of the processor is started.

features = TsfreshFeatures("efficient").set_output(transform="pandas")
features.fit(X_train[:4])
start = time.process_time()
table = features.fit_transform(X_train)
seconds = time.process_time() - start
print(f"{len(X_train)} windows, {table.shape[1]} features of {X_train.shape[2]} channels: {seconds:.1f} s.")

# %%
# Which of them matter?
# ---------------------
# tsfresh's own selection tests each feature against each activity. Windows of one person are alike, and the
# tests do not know it: a level fifty thousand times as strict still keeps most of what the usual one keeps.
# So the tests only clear away what tells nothing.

for level, n_activities in [(0.05, 1), (1e-6, 1), (1e-6, 3), (1e-6, len(set(y_train)))]:
    selector = RelevanceSelector(fdr_level=level, n_significant=n_activities).fit(table, y_train)
    print(f"Relevant to {n_activities} or more activities at {level:g}: {selector.get_support().sum()}")

# %%
# How few are enough?
# -------------------
# Behind that selection, trees say which features they use most. How many of these to keep is asked of people
# held out, and everything is selected anew without them. ``memory`` lets the search compute the features of
# each window once. Of settings that are hardly worse than the best, the one with the fewest features is
# taken: hardly means by less than a standard error of the best one's mean over folds.

NUMBERS, N_FOLDS = [3, 10, 30, 100, 300], 4


def fewest_within_an_error(results):
    """Which candidate has the fewest features and a score hardly below the best."""
    mean, best = results["mean_test_score"], np.argmax(results["mean_test_score"])
    error = results["std_test_score"][best] / np.sqrt(N_FOLDS)
    return int(np.flatnonzero(mean >= mean[best] - error)[0])


trees = ExtraTreesClassifier(50, random_state=options.seed)
with tempfile.TemporaryDirectory() as folder:
    model = make_pipeline(
        TsfreshFeatures("efficient", memory=folder),
        RelevanceSelector(fdr_level=1e-6, n_significant=3),
        SelectFromModel(trees, threshold=-np.inf),
        StandardScaler(),
        LogisticRegression(C=0.1, max_iter=1000),
    )
    search = GridSearchCV(
        model,
        {"selectfrommodel__max_features": NUMBERS},
        cv=SubjectKFold(N_FOLDS),
        refit=fewest_within_an_error,
    ).fit(X_train, y_train)
    model = search.best_estimator_.set_params(tsfreshfeatures__memory=None)
results = pd.DataFrame(search.cv_results_).set_index("param_selectfrommodel__max_features")
print(results[["mean_test_score", "std_test_score"]].round(3).rename_axis("features").to_string())

# %%
# A name is channel, calculator and parameters. The picture shows how much the trees decide by each
# calculator, channel by channel. Features that are alike share what they are worth, and a calculator with
# many parameters has many columns.

names = model[0].get_feature_names_out()[model[1].get_support()]
parts = pd.Series(names).str.split("__", n=2, expand=True).rename(columns={0: "channel", 1: "calculator"})
parts["importance"] = model[2].estimator_.feature_importances_
matter = parts.pivot_table(
    index="calculator", columns="channel", values="importance", aggfunc="sum", fill_value=0
)
matter = matter.loc[matter.sum(axis=1).nlargest(14).index]

map_of_features, ax = plt.subplots(figsize=(8, 5), layout="constrained")
image = ax.imshow(matter, cmap="cividis", vmin=0, aspect="auto")
ax.set_xticks(range(matter.shape[1]), matter.columns)
ax.set_yticks(range(matter.shape[0]), [shorten(name.replace("_", " "), 34) for name in matter.index])
for (row, column), value in np.ndenumerate(matter.to_numpy()):
    dark = value < matter.to_numpy().max() / 2
    ax.text(column, row, f"{value:.1%}", ha="center", va="center", color="w" if dark else "black")
map_of_features.colorbar(image, label="share of what the trees decide by", format="{x:.0%}")

# %%
# Computing nothing else
# ----------------------
# ``prune_features`` makes of the fitted pipeline one that computes only the kept features. Nothing is learned
# anew.

pruned = prune_features(model)
print("\nKept:", *pruned[0].get_feature_names_out()[:5], "...", sep="\n  ")


def milliseconds(predict, X, repeats=5):
    """Of processor time for each window, the least of some repeats."""
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        predict(X)
        taken.append(1000 * (time.process_time() - start) / len(X))
    return min(taken)


costs = pd.DataFrame(
    {
        name: {
            "features": len(one[0].get_feature_names_out()),
            "ms a window, of many": milliseconds(one.predict, X_test),
            "ms for one window": milliseconds(one.predict, X_test[:1], repeats=20),
        }
        for name, one in {"before": model, "pruned": pruned}.items()
    }
)
print(costs.round(3).to_string())

# %%
# It says the same of every window of the test people, who had no part in any choice.

told = pruned.predict(X_test)
same = np.mean(told == model.predict(X_test))
score = score_interval(y_test, told, subjects=X_test.subjects, metric="accuracy")
print(f"\nThe same label for {same:.0%} of the test windows")
print("Accuracy on people it never saw: {:.3f} [{:.3f}, {:.3f}]".format(*score))

few, (curve, cost) = plt.subplots(1, 2, figsize=(9.5, 3.4), width_ratios=[3, 2], layout="constrained")
error = results["std_test_score"] / np.sqrt(N_FOLDS)
curve.errorbar(results.index, results["mean_test_score"], error, color="#0072B2", marker="o", capsize=3)
chosen = search.best_params_["selectfrommodel__max_features"]
at = chosen, results.loc[chosen, "mean_test_score"]
curve.plot(*at, "o", ms=16, mfc="none", mec="#D55E00", mew=2)
curve.annotate("taken", at, (0, -22), textcoords="offset points", ha="center", color="#D55E00")
curve.set(xscale="log", xlabel="features", ylabel="accuracy, people held out")
curve.set_xticks(NUMBERS, NUMBERS)
curve.minorticks_off()
bars = cost.barh(costs.columns, costs.loc["ms a window, of many"], color=["0.6", "#D55E00"])
cost.bar_label(bars, fmt="%.3f", padding=3)
cost.margins(x=0.2)
cost.invert_yaxis()
cost.set_xlabel("milliseconds a window")
for ax in (curve, cost):
    ax.spines[["top", "right"]].set_visible(False)

if options.save:
    options.save.mkdir(parents=True, exist_ok=True)
    map_of_features.savefig(options.save / "tsfresh_matter.png", dpi=100)
    few.savefig(options.save / "tsfresh_few.png", dpi=100)
    print(f"\nPictures: {options.save}/tsfresh_*.png")
plt.show()

# %%
# What was learned: tests of relevance find too much where windows are alike, so let people who are held out
# say how many features are needed, and compute only these.
