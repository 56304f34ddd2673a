"""
What does a recognizer get right, for whom, and when?
=====================================================

One accuracy hides where a recognizer fails: for some people, in some activities, at the borders between
them, or because it saw too few people. This script looks at two recognizers from all these sides. It runs
on simulated people; with ``--data hapt`` on the six activities of HAPT, tested on the nine people that
UCI HAR tests on.
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
from imblearn.over_sampling import RandomOverSampler
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_har.classifiers import CNNClassifier, RocketClassifier
from sklearn_har.datasets import fetch_hapt, make_recordings
from sklearn_har.evaluation import (
    ActivityTimelineDisplay,
    ClassBalanceDisplay,
    ReliabilityDisplay,
    SaliencyDisplay,
    SubjectConfusionDisplay,
    SubjectLearningCurveDisplay,
    SubjectScoresDisplay,
    TrainingHistoryDisplay,
)
from sklearn_har.features import SignalStatistics
from sklearn_har.model_selection import LeaveSubjectsOut, SubjectKFold
from sklearn_har.recordings import drop_unlabelled
from sklearn_har.sampling import WindowSampler
from sklearn_har.windowing import SlidingWindowClassifier, sliding_windows

parser = argparse.ArgumentParser(description=__doc__.strip().partition("\n")[0])
parser.add_argument("--data", choices=["simulated", "hapt"], default="simulated")
parser.add_argument("--save", type=Path, metavar="FOLDER", help="write the pictures there")
parser.add_argument("--seed", type=int, default=0)
options, _ = parser.parse_known_args()
displays = {}

# %%
# Who did what
# ------------
# Before anything is trained: how much is there of each activity, and did everybody do it? A score over
# people means little for an activity that only one of them did.

if options.data == "hapt":
    data = fetch_hapt(activities="basic")
    test_people = list(data.test_subjects)
else:
    data = make_recordings(n_subjects=14, imbalance=4, gaps=1, random_state=options.seed)
    test_people = [2, 5, 8, 11, 14]
X, y = drop_unlabelled(data.data, data.target)
displays["balance"] = ClassBalanceDisplay.from_data(X, y)

# %%
# A sampler balances the training people's windows. What it made of them can be seen: copies here, windows
# that were made up with SMOTE.

((train, test),) = LeaveSubjectsOut(test_people).split(X)
X_train, y_train, X_test, y_test = X.iloc[train], y.iloc[train], X.iloc[test], y.iloc[test]
windows, labels = sliding_windows(X_train, y_train, window_length=2.56)
sampler = WindowSampler(RandomOverSampler(random_state=options.seed))
displays["sampled"] = ClassBalanceDisplay.from_sampler(sampler, windows, labels)

# %%
# For whom
# --------
# Two recognizers are tested on the same people, whom neither of them has seen. Everybody counts the same
# in the mean, and its interval says where it may lie if other people like these were recorded: with so
# few people, it is wide.

statistics = make_pipeline(SignalStatistics(), StandardScaler(), LogisticRegression(max_iter=1000))
rocket = SlidingWindowClassifier(
    RocketClassifier(n_kernels=1000, random_state=options.seed), window_length=2.56
)
recognizers = {
    "random kernels": rocket.fit(X_train, y_train),
    "statistics": SlidingWindowClassifier(statistics, window_length=2.56).fit(X_train, y_train),
}
displays["people"] = SubjectScoresDisplay.from_estimator(recognizers, X_test, y_test)
print(displays["people"].means.round(3))

# %%
# What is taken for what, averaged over people, with the spread over them.

displays["confusion"] = SubjectConfusionDisplay.from_estimator(rocket, X_test, y_test)

# %%
# When
# ----
# One recording from beginning to end. Wide bars are the truth, narrow ones what was recognised. Many errors
# are at the borders of activities, where a window holds two of them, and there the confidence is low.

first = X_test.index[0]
displays["timeline"] = ActivityTimelineDisplay.from_estimator(
    rocket, X_test, y_test, subject=first[0], recording=first[1]
)

# %%
# Does it know when it is wrong? Of the rows of which it is 80 % sure, 80 % should be right.

displays["reliability"] = ReliabilityDisplay.from_estimator(rocket, X_test, y_test)

# %%
# Would more people help?
# -----------------------
# Whole people are added to the training set, and the score is that on people held out. Where the curve
# still rises, recording another person is worth more than tuning.

displays["growth"] = SubjectLearningCurveDisplay.from_estimator(
    statistics, windows, labels, n_subjects=[1, 2, 4, 6], cv=SubjectKFold(3), scoring="f1_macro"
)

# %%
# A network
# ---------
# How it learns differs from fold to fold; the band shows how much.

network = CNNClassifier(epochs=8, validation_fraction=0.3, random_state=options.seed)
folds = cross_validate(network, windows, labels, cv=SubjectKFold(3), return_estimator=True)
displays["training"] = TrainingHistoryDisplay.from_estimators(folds["estimator"])

# %%
# And what it looks at: in one window of walking, orange speaks for the activity, purple against it. It is
# a statement about this network, not about walking.

walking = next(place for place, label in enumerate(labels) if label == "walking") + 1
displays["saliency"] = SaliencyDisplay.from_estimator(
    folds["estimator"][0], windows, walking, activity="walking"
)

if options.save:
    options.save.mkdir(parents=True, exist_ok=True)
    for name, display in displays.items():
        display.figure_.savefig(options.save / f"displays_{name}.png", dpi=100, bbox_inches="tight")
    print(f"\nPictures: {options.save}/displays_*.png")
plt.show()

# %%
# What was learned: look at people before you look at a mean, at time before you trust a score per window,
# and at the growth over people before you tune.
