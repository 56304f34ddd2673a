"""
An LSTM on WISDM's phones and watches, whole
============================================

What does an LSTM for activity recognition need besides the LSTM? Here is the whole way: preprocessing,
class imbalance, training with learning curves, precision, recall and F1, the confusion matrix, windows split
at random against people held out, users it never saw, and recordings that come later. It runs on
simulated people; with ``--data wisdm2019`` on a watch or a phone (``--device``) in fifteen activities, and
with ``--data wisdm`` on the phones of WISDM v1.1.
"""

import argparse
import tempfile
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support, recall_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline

from sklearn_har.classifiers import LSTMClassifier
from sklearn_har.datasets import fetch_wisdm, fetch_wisdm2019, make_recordings
from sklearn_har.deploy import load, save
from sklearn_har.evaluation import (
    SubjectConfusionDisplay,
    TrainingHistoryDisplay,
    classification_report_by_subject,
)
from sklearn_har.exceptions import LeakageWarning
from sklearn_har.model_selection import SubjectKFold, subject_train_test_split
from sklearn_har.preprocessing import ButterworthFilter
from sklearn_har.recordings import drop_unlabelled, recordings_from_table, subjects
from sklearn_har.windowing import SlidingWindowClassifier, sliding_windows

parser = argparse.ArgumentParser(description=__doc__.strip().partition("\n")[0])
parser.add_argument("--data", choices=["simulated", "wisdm2019", "wisdm"], default="simulated")
parser.add_argument("--device", choices=["watch", "phone"], default="watch", help="of wisdm2019")
parser.add_argument("--people", type=int, help="take so many only")
parser.add_argument("--epochs", type=int, default=10)
parser.add_argument("--save", type=Path, metavar="FOLDER", help="write the pictures there")
parser.add_argument("--seed", type=int, default=0)
options, _ = parser.parse_known_args()

# %%
# Preprocessing
# -------------
# Every loader gives rows in m/s² and rad/s on a regular grid. Noise is filtered from rows, before windows
# are cut: walking has next to nothing above 8 Hz. A quarter of the people are put aside, to be the users.
# Simulated people do the commonest activity six times as long as the rarest.

if options.data == "simulated":
    data = make_recordings(n_subjects=16, bout_duration=9.0, imbalance=6, random_state=options.seed)
elif options.data == "wisdm2019":
    data = fetch_wisdm2019(device=options.device, harmonize=True)
else:
    data = fetch_wisdm()
seconds = 2.56 if options.data == "simulated" else 5.0
X, y = drop_unlabelled(data.data, data.target)
taken = np.isin(subjects(X), np.unique(subjects(X))[: options.people])
X, X_users, y, y_users = subject_train_test_split(X[taken], y[taken], random_state=options.seed)

noise = ButterworthFilter(high=8.0).fit(X)
windows, labels = sliding_windows(noise.transform(X), y, window_length=seconds)
print(f"To learn from: {windows}\n")

# %%
# LSTM, dense layer, softmax
# --------------------------
# The dense layer is one of 32 rectified units; the softmax is what ``predict_proba`` gives. The network
# brings the channels onto one scale itself, that of the windows it is trained on.

network = LSTMClassifier(lstm_units=64, dense_units=32, epochs=options.epochs, random_state=options.seed)

# %%
# Class imbalance
# ---------------
# A rare activity costs little when it is missed, unless its errors weigh more. Whether that is better is
# asked of people held out, among those who are there to learn from.

weighted = clone(network).set_params(class_weight="balanced")
candidates = {"without weights": network, "with weights": weighted}
said = {
    name: cross_val_predict(model, windows, labels, cv=SubjectKFold(3)) for name, model in candidates.items()
}
macro = {name: f1_score(labels, told, average="macro") for name, told in said.items()}
chosen = max(macro, key=macro.get)
activities, counts = np.unique(labels, return_counts=True)
recalls = {f"recall {name}": recall_score(labels, told, average=None) for name, told in said.items()}
balance = pd.DataFrame({"windows": counts} | recalls, index=activities).sort_values("windows")
print(balance.round(3).to_string())
print(f"F1 macro {', '.join(f'{name} {score:.3f}' for name, score in macro.items())}. Chosen: {chosen}.\n")

# %%
# Learning curves
# ---------------
# Rows go in, rows come out; windows are cut inside. A fifth of the people do not train: they are strangers,
# whose windows make the validation curves. In training, windows are turned and units dropped at random, so
# its curves can be the worse ones.

curious = clone(candidates[chosen]).set_params(validation_fraction=0.2)
recognizer = make_pipeline(noise, SlidingWindowClassifier(curious, window_length=seconds)).fit(X, y)
history = TrainingHistoryDisplay.from_estimator(recognizer)

# %%
# Windows at random, or people?
# -----------------------------
# Many notebooks deal windows at random, stratified by activity. Neighbours then overlap, and everybody is on
# both sides. The same network gets both splits, and below them stands what became true: users whom no
# model had seen.

user_windows, user_labels = sliding_windows(noise.transform(X_users), y_users, window_length=seconds)
at_random = StratifiedKFold(3, shuffle=True, random_state=options.seed)
with warnings.catch_warnings():
    warnings.simplefilter("ignore", LeakageWarning)  # on purpose
    promised = cross_val_predict(candidates[chosen], windows, labels, cv=at_random)
evaluated = {
    "windows at random": (labels, promised),
    "people held out": (labels, said[chosen]),
    "users never seen": (user_labels, recognizer[-1].estimator_.predict(user_windows)),
}
scores = {
    way: [
        accuracy_score(truth, told),
        *precision_recall_fscore_support(truth, told, average="macro", zero_division=0)[:3],
    ]
    for way, (truth, told) in evaluated.items()
}
table = pd.DataFrame(scores, index=["accuracy", "precision", "recall", "F1"]).T
print(f"Over windows, mean of activities\n{table.round(3).to_string()}\n")

# %%
# The users, one by one
# ---------------------
# Every row of theirs has a label now. Scores by activity, and how far people differ.

told = recognizer.predict(X_users)
print(classification_report_by_subject(y_users, told, subjects=subjects(X_users)), "\n")
confusion = SubjectConfusionDisplay.from_predictions(y_users, told, subjects=subjects(X_users))

# %%
# Recordings that come later
# --------------------------
# Filter, windows and weights are one model in one file. A new recording is a table without labels, such as
# the CSV of a phone; here it is that of a user.

with tempfile.TemporaryDirectory() as folder:
    save(recognizer, Path(folder) / "lstm.harmodel", X=X)
    X_users.loc[subjects(X_users)[:1]].to_csv(Path(folder) / "new.csv")
    loaded = load(Path(folder) / "lstm.harmodel")
    new, _ = recordings_from_table(
        pd.read_csv(Path(folder) / "new.csv"),
        channels=list(X.columns),
        time="time",
        subject="subject",
        recording="recording",
    )
episodes = loaded[-1].segments(loaded[:-1].transform(new))
print(episodes.drop(columns=["padded", "coverage"]).head(8).round(2).to_string())
same = (loaded.predict(new) == told[: len(new)]).mean()
print(f"\nRows with the label that the model gave before it was saved: {same:.1%}")

if options.save:
    options.save.mkdir(parents=True, exist_ok=True)
    for name, display in [("history", history), ("confusion", confusion)]:
        display.figure_.savefig(options.save / f"lstm_{name}.png", dpi=100, bbox_inches="tight")
    print(f"\nPictures: {options.save}/lstm_*.png")
plt.show()

# %%
# What was learned: the network is a few lines of it. The score of windows at random is that of people whom
# the model knows; only people held out tell what new users get. A few users can fare better or worse
# by chance: see the interval of the report.
