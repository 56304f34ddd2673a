"""
A leak, staged and caught
=========================

Windows are cut, shuffled and dealt to training and test: so begin many notebooks. What is wrong with that,
and how many points of accuracy does it make up? This script makes the mistake, lets ``check_no_leakage`` find
it, and scores the same windows with people held out. It runs on simulated people, who differ in posture, gait
and in how they wear the phone; with ``--data hapt`` on HAPT, with ``--data geotec`` on the phones of GeoTec.
"""

import argparse
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold, KFold, cross_val_predict, train_test_split

from sklearn_har.classifiers import RocketClassifier
from sklearn_har.datasets import fetch_geotec, fetch_hapt, make_recordings
from sklearn_har.evaluation import SubjectScoresDisplay, compare_by_subject
from sklearn_har.exceptions import LeakageWarning
from sklearn_har.model_selection import SubjectKFold, check_no_leakage, subject_train_test_split
from sklearn_har.recordings import drop_unlabelled
from sklearn_har.windowing import sliding_windows

parser = argparse.ArgumentParser(description=__doc__.strip().partition("\n")[0])
parser.add_argument("--data", choices=["simulated", "hapt", "geotec"], default="simulated")
parser.add_argument("--save", type=Path, metavar="FOLDER", help="write the pictures there")
parser.add_argument("--seed", type=int, default=0)
options, _ = parser.parse_known_args()

# %%
# The usual notebook
# ------------------
# Windows of 2.56 seconds, each half over the one before it, and a quarter of them for the test.

if options.data == "hapt":
    X, y = fetch_hapt(activities="basic", return_X_y=True)
elif options.data == "geotec":
    X, y = fetch_geotec(device="phone", return_X_y=True)
else:
    X, y = make_recordings(n_subjects=12, random_state=options.seed, return_X_y=True)
windows, labels = sliding_windows(*drop_unlabelled(X, y), window_length=2.56)

model = RocketClassifier(n_kernels=336, random_state=options.seed)
train, test, y_train, y_test = train_test_split(windows, labels, random_state=options.seed)
model.fit(train, y_train)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always", LeakageWarning)
    print(f"Windows dealt at random: accuracy {model.score(test, y_test):.3f}")
print(f"{caught[0].category.__name__}: {caught[0].message}\n")

# %%
# Nothing failed, and nobody would complain about such a score, were it not for the warning: the classifier
# recognises rows that it was fitted on. A report says what else is on both sides.

print(check_no_leakage(train, test, raise_error=False), "\n")

# %%
# Caught
# ------
# The same windows, the same model; whole people are on either side.

train, test, y_train, y_test = subject_train_test_split(windows, labels, random_state=options.seed)
print(check_no_leakage(train, test))
print(f"People held out: accuracy {model.fit(train, y_train).score(test, y_test):.3f}\n")

# %%
# How many points?
# ----------------
# A quarter of the people is few, and their score is a matter of luck. In five folds everybody is tested once,
# whichever way windows are split. One of them looks as if it mended the leak: whole recordings are held out,
# so that no two windows overlap, but another recording of the same person is trained on.

ways = {
    "windows at random": KFold(5, shuffle=True, random_state=options.seed),
    "recordings held out": GroupKFold(5, shuffle=True, random_state=options.seed),
    "people held out": SubjectKFold(5, shuffle=True, random_state=options.seed),
}
session = pd.MultiIndex.from_arrays([windows.subjects, windows.recordings]).factorize()[0]
with warnings.catch_warnings():
    warnings.simplefilter("ignore", LeakageWarning)  # from now on it is on purpose
    told = {
        name: cross_val_predict(
            model, windows, labels, cv=cv, groups=session if name == "recordings held out" else None
        )
        for name, cv in ways.items()
    }

# %%
# The inflation is the difference of two scores of the same people. Its 95 % interval comes from drawing
# people again and again: so far it may differ when others like these are recorded.

honest = told["people held out"]
inflation = {}
for name in list(ways)[:2]:
    found = compare_by_subject(labels, told[name], honest, subjects=windows.subjects, metric="accuracy")
    print(f"{name}: accuracy {found.score_a:.3f}, people held out {found.score_b:.3f}")
    inflation[name] = 100 * np.array([found.difference, found.low, found.high])
    print("  made up: {:.1f} points [{:.1f}, {:.1f}]".format(*inflation[name]))

figure, ax = plt.subplots(figsize=(7.5, 2), layout="constrained")
for place, (points, low, high) in enumerate(inflation.values()):
    ax.plot([low, high], [place, place], color="#D55E00", lw=3, solid_capstyle="butt")
    ax.plot(points, place, "o", color="#D55E00", ms=9)
    ax.annotate(f"{points:.1f}", (points, place), (0, 9), textcoords="offset points", ha="center")
ax.axvline(0, color="0.3", lw=1)
ax.set_yticks(range(len(inflation)), list(inflation))
ax.set_ylim(len(inflation) - 0.5, -0.6)
ax.tick_params(axis="y", length=0)
ax.set_xlabel("points of accuracy too many, with the 95 % interval over people")
ax.spines[["top", "right", "left"]].set_visible(False)

# %%
# Who profits? Those who are unlike the others, since for them it matters most to have been seen
# in training: the leak hides the very people for whom the recognizer will fail.

people = SubjectScoresDisplay.from_predictions(
    labels,
    {name: told[name] for name in ("people held out", "windows at random")},
    subjects=windows.subjects,
    metric="accuracy",
)

if options.save:
    options.save.mkdir(parents=True, exist_ok=True)
    figure.savefig(options.save / "leak_inflation.png", dpi=100)
    people.figure_.savefig(options.save / "leak_people.png", dpi=100, bbox_inches="tight")
    print(f"\nPictures: {options.save}/leak_*.png")
plt.show()

# %%
# What was learned: a leak raises no error, so look for one. Windows that do not overlap are not enough;
# hold out whole people. What it is worth differs from dataset to dataset: measure it before you say that
# a published score is too high.
