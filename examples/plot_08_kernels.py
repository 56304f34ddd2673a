"""
Kernels in seconds
==================

``RocketClassifier`` computes thousands of random kernels of every window and fits one ridge to them. How long
does that take, how well does it do on people it does not know, and can it be believed when it says how sure
it is? Most of the answers are in the fitted model, because it leaves each person out while it fits. This
script reads them, and checks them. It runs on simulated people; with ``--data hapt`` on HAPT, tested on the
nine people that UCI HAR tests on.
"""

import argparse
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score
from sklearn.model_selection import cross_val_predict

from sklearn_har.classifiers import RocketClassifier
from sklearn_har.datasets import fetch_hapt, make_recordings
from sklearn_har.evaluation import ReliabilityDisplay, SubjectScoresDisplay, score_interval
from sklearn_har.model_selection import LeaveSubjectsOut
from sklearn_har.recordings import drop_unlabelled
from sklearn_har.windowing import sliding_windows

parser = argparse.ArgumentParser(description=__doc__.strip().partition("\n")[0])
parser.add_argument("--data", choices=["simulated", "hapt"], default="simulated")
parser.add_argument("--save", type=Path, metavar="FOLDER", help="write the pictures there")
parser.add_argument("--seed", type=int, default=0)
options, _ = parser.parse_known_args()

# %%
# Windows
# -------
# The simulated people do something else every eight seconds, so many windows hold two activities, and some
# people move in ways of their own. Of HAPT, windows lie side by side, which halves the time.

if options.data == "hapt":
    data = fetch_hapt(activities="basic")
    test_people = list(data.test_subjects)
else:
    data = make_recordings(n_subjects=18, bout_duration=8.0, random_state=options.seed)
    test_people = [3, 6, 9, 12, 15, 18]
windows, labels = sliding_windows(
    *drop_unlabelled(data.data, data.target),
    window_length=2.56,
    overlap=0.0 if options.data == "hapt" else 0.5,
)
((train, test),) = LeaveSubjectsOut(test_people).split(windows)
X_train, y_train, X_test, y_test = windows[train], labels[train], windows[test], labels[test]

# %%
# One fit
# -------
# The first fit on a machine compiles the kernels and keeps them on disk. A few windows are enough for that,
# and then the clock is started; it is the processor's.

few = slice(None, None, 20)
RocketClassifier(n_kernels=84, random_state=0).fit(X_train[few], y_train[few])


def timed(function, *arguments, **parameters):
    """What a call gives, and its seconds of processor time."""
    start = time.process_time()
    return function(*arguments, **parameters), time.process_time() - start


model, seconds = timed(RocketClassifier(random_state=options.seed).fit, X_train, y_train)
n_people = len(np.unique(X_train.subjects))
print(f"{len(X_train)} windows of {n_people} people, {model.n_kernels} kernels: fitted in {seconds:.1f} s.")

# %%
# What it knows about strangers
# -----------------------------
# For each training person there is a ridge of all the others. Nobody fitted it: it follows from the one that
# was. What it says of that person's windows is in ``held_out_decisions_``.

left_out = model.classes_[model.held_out_decisions_.argmax(axis=1)]
expected = score_interval(y_train, left_out, subjects=X_train.subjects, metric="accuracy")
print("Accuracy on training people left out: {:.3f} [{:.3f}, {:.3f}]".format(*expected))

# %%
# Is it true? The slow way is to fit a model for each person left out. It also learns scales and chooses the
# penalty without that person, which the ridge alone does not: what is free may be a little too high.

again, seconds_again = timed(
    cross_val_predict,
    RocketClassifier(random_state=options.seed),
    X_train,
    y_train,
    cv=LeaveSubjectsOut(1),
)
print(f"With a fit for each of them: {accuracy_score(y_train, again):.3f}, in {seconds_again:.1f} s;")
print(f"it says the same of {np.mean(left_out == again):.1%} of the windows.")

# %%
# And people who had no part in anything:

predicted = model.predict(X_test)
reached = score_interval(y_test, predicted, subjects=X_test.subjects, metric="accuracy")
print("Accuracy on people it never saw: {:.3f} [{:.3f}, {:.3f}]\n".format(*reached))

# %%
# Person by person, whom it serves worst at the top: that is known before anybody else is recorded.

people = SubjectScoresDisplay.from_predictions(
    y_train,
    {"left out for free": left_out, "with a fit for each": again},
    subjects=X_train.subjects,
    metric="accuracy",
)

# %%
# How sure is it?
# ---------------
# Decisions become probabilities by one number, the temperature, and that too was chosen on people left
# out. Of the windows of which it is 80 % sure, 80 % should be right, also of people it never saw.

reliability = ReliabilityDisplay.from_estimator(model, X_test, y_test, n_bins=5)
print(f"Calibration error on people it never saw: {reliability.calibration_error:.3f}\n")

# %%
# How many kernels?
# -----------------
# People left out answer that too; those of the test are not asked. Kernels are random, so each number is
# fitted with three seeds.

grown = []
for n_kernels in (84, 250, 750, 2000):
    for seed in range(3):
        one, seconds = timed(RocketClassifier(n_kernels, random_state=seed).fit, X_train, y_train)
        grown.append({"kernels": n_kernels, "accuracy": one.ridge_.best_score_, "seconds": seconds})
grown = pd.DataFrame(grown)
print(grown.groupby("kernels").mean().round(3).to_string())

growth, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
means = grown.groupby("kernels").mean()
for ax, column, title in zip(
    axes, means, ["accuracy on people left out", "processor time of a fit (s)"], strict=True
):
    ax.plot(grown["kernels"], grown[column], "o", color="#0072B2", alpha=0.5, label="one seed")
    ax.plot(means.index, means[column], color="#D55E00", lw=2, label="mean")
    ax.set(xscale="log", xlabel="kernels", title=title)
    ax.set_xticks(means.index, means.index)
    ax.minorticks_off()
    ax.spines[["top", "right"]].set_visible(False)
axes[1].set_ylim(bottom=0)
axes[0].legend(frameon=False, loc="lower right")

if options.save:
    options.save.mkdir(parents=True, exist_ok=True)
    for name, figure in [
        ("people", people.figure_),
        ("reliability", reliability.figure_),
        ("growth", growth),
    ]:
        figure.savefig(options.save / f"kernels_{name}.png", dpi=100, bbox_inches="tight")
    print(f"\nPictures: {options.save}/kernels_*.png")
plt.show()

# %%
# What was learned: one fit of seconds says how well strangers are recognised, whom it serves worst and how
# far it can be believed. Begin with it, and let whatever takes longer show that it does better.
