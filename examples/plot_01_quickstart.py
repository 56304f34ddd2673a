"""
From raw recordings to an honest report
=======================================

Can a phone at the waist tell what a person does, if it never saw that person before? This script
trains a recognizer on some people and reports how well it does on others. It runs on simulated
people, and with ``--data hapt`` on the recordings of thirty real ones (HAPT, Reyes-Ortiz et al.
2016), tested on the nine people that UCI HAR tests on.
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline
from sklearn.metrics import accuracy_score

from sklearn_har.classifiers import CNNLSTMClassifier, RocketClassifier
from sklearn_har.datasets import fetch_hapt, make_recordings
from sklearn_har.evaluation import (
    RecordingDisplay,
    SubjectConfusionDisplay,
    TrainingHistoryDisplay,
    classification_report_by_subject,
    make_window_scorer,
)
from sklearn_har.model_selection import LeaveSubjectsOut
from sklearn_har.preprocessing import ButterworthFilter, ChannelScaler, MedianFilter
from sklearn_har.recordings import drop_unlabelled, subjects
from sklearn_har.sampling import WindowSampler
from sklearn_har.windowing import SlidingWindowClassifier

parser = argparse.ArgumentParser(description=__doc__.strip().partition("\n")[0])
parser.add_argument("--data", choices=["simulated", "hapt"], default="simulated")
parser.add_argument("--save", type=Path, metavar="FOLDER", help="write the pictures there")
parser.add_argument("--seed", type=int, default=0)
options, _ = parser.parse_known_args()

# %%
# Recordings
# ----------
# Recordings are a table with one row per instant. Its index says whose rows they are, from which
# session and from when; its columns are the channels of the sensors, in m/s² and rad/s. The labels
# are what the person did at that instant.

if options.data == "hapt":
    data = fetch_hapt(activities="basic")
    test_people = list(data.test_subjects)
else:
    data = make_recordings(n_subjects=12, random_state=options.seed)
    test_people = [3, 6, 9, 12]
X, y = data.data, data.target
print(X.head(3), "\n")

# %%
# Noise is filtered before anything is cut, because a filter needs the neighbours of a row. Then the
# rows that nobody labelled are dropped; no window will reach across the gaps that they leave.

X = make_pipeline(MedianFilter(3), ButterworthFilter(high=20.0)).fit_transform(X)
X, y = drop_unlabelled(X, y)

# %%
# People, not windows, are split
# ------------------------------
# Whole people are held out. Windows are cut later, inside the recognizer, so that no window, scale
# or copy can be on both sides.

((train, test),) = LeaveSubjectsOut(test_people).split(X)
X_train, y_train, X_test, y_test = X.iloc[train], y.iloc[train], X.iloc[test], y.iloc[test]

# %%
# A recognizer
# ------------
# Inside, windows of 2.56 s are given to a classifier, any that learns from windows. This one computes
# thousands of random kernels and plain statistics, and fits a ridge to them. It leaves each training person
# out in turn, so it can say beforehand how well it does on people it does not know.

recognizer = SlidingWindowClassifier(RocketClassifier(random_state=options.seed), window_length=2.56)
recognizer.fit(X_train, y_train)
print(f"Accuracy on training people left out: {recognizer.estimator_.ridge_.best_score_:.3f}\n")

# %%
# The report on people it never saw
# ---------------------------------
# Every row of the test people gets a label. Papers count windows instead, so that score is there
# too. What matters most to a user is the spread: how bad is it for the person it suits least?

predicted = recognizer.predict(X_test)
print(classification_report_by_subject(y_test, predicted, subjects=subjects(X_test)))
per_window = make_window_scorer(accuracy_score)(recognizer, X_test, y_test)
print(f"\nAccuracy over windows of 2.56 s: {per_window:.3f}")

# %%
# What was recognised can be read as episodes, with the time and the confidence of each.

print(recognizer.segments(X_test).head(5).to_string())

# %%
# In pictures
# -----------
# One recording of a person it never saw: the truth above, what was recognised below.

first = X_test.index[0]
timeline = RecordingDisplay.from_estimator(
    recognizer, X_test, y_test, subject=first[0], recording=first[1], channels=["acc_x", "acc_y", "acc_z"]
)

# %%
# What is taken for what, averaged over people.

confusion = SubjectConfusionDisplay.from_predictions(y_test, predicted, subjects=subjects(X_test))

# %%
# A network instead
# -----------------
# Any pipeline of windows may stand inside; everything in it happens to the training people alone. In this
# one windows are scaled, balanced and given to a network.

network = SlidingWindowClassifier(
    make_pipeline(
        ChannelScaler(),
        WindowSampler(RandomOverSampler(random_state=options.seed)),
        CNNLSTMClassifier(validation_fraction=0.2, random_state=options.seed),
    ),
    window_length=2.56,
)
network.fit(X_train, y_train)
per_window = make_window_scorer(accuracy_score)(network, X_test, y_test)
print(f"\nAccuracy of the network over windows of 2.56 s: {per_window:.3f}")

# %%
# How it learned. The people who validated are among the training people; the test people are not.

history = TrainingHistoryDisplay.from_estimator(network)

if options.save:
    options.save.mkdir(parents=True, exist_ok=True)
    for name, display in [("recording", timeline), ("confusion", confusion), ("history", history)]:
        display.figure_.savefig(options.save / f"quickstart_{name}.png", dpi=100, bbox_inches="tight")
    print(f"\nPictures: {options.save}/quickstart_*.png")
plt.show()

# %%
# What was learned: a score means something only for people who were held out whole, and one number
# hides that it differs from person to person.
