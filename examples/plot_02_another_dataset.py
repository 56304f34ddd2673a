"""
Trained on one dataset, tested on another
=========================================

A recognizer that does well on new people may still fail on a new device. This script trains on one
set of recordings and tests on another: other people, another phone, worn in another way. It runs on
simulated people; with ``--data phones`` it goes from HAPT (waist) to GeoTec (trouser pocket), with
``--data watches`` from WISDM 2019 to GeoTec.
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.spatial.transform import Rotation
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline

from sklearn_har.classifiers import LSTMClassifier
from sklearn_har.datasets import fetch_geotec, fetch_hapt, fetch_wisdm2019, make_recordings
from sklearn_har.evaluation import classification_report_by_subject
from sklearn_har.model_selection import SubjectKFold
from sklearn_har.preprocessing import Magnitude
from sklearn_har.recordings import drop_unlabelled, resample, subjects
from sklearn_har.windowing import SlidingWindowClassifier

parser = argparse.ArgumentParser(description=__doc__.strip().partition("\n")[0])
parser.add_argument("--data", choices=["simulated", "phones", "watches"], default="simulated")
parser.add_argument("--save", type=Path, metavar="FOLDER", help="write the picture there")
options, _ = parser.parse_known_args()

# %%
# Two datasets in one form
# ------------------------
# Every loader gives the same kind of table, in the same units. A sampling rate brings them onto one
# grid, and ``harmonize=True`` gives what people do the same names. Of the simulated people, the second
# group wears the phone turned by a right angle, and it samples twice as fast.

if options.data == "simulated":
    home = make_recordings(n_subjects=8, random_state=0, return_X_y=True)
    X, y = make_recordings(n_subjects=6, sampling_rate=100.0, random_state=1, return_X_y=True)
    turn = Rotation.from_euler("z", 90, degrees=True)
    for triad in (["acc_x", "acc_y", "acc_z"], ["gyro_x", "gyro_y", "gyro_z"]):
        X[triad] = turn.apply(X[triad].to_numpy(copy=True))
    away = resample(X, y, sampling_rate=50.0)
elif options.data == "phones":
    home = fetch_hapt(harmonize=True, sampling_rate=50.0, return_X_y=True)
    away = fetch_geotec(device="phone", harmonize=True, sampling_rate=50.0, return_X_y=True)
else:
    home = fetch_wisdm2019(device="watch", harmonize=True, sampling_rate=20.0, return_X_y=True)
    away = fetch_geotec(device="watch", harmonize=True, sampling_rate=20.0, return_X_y=True)

# %%
# Only activities that both have can be compared. What that leaves is part of the result.

shared = sorted(set(home[1].dropna()) & set(away[1].dropna()))


def keep_shared(X, y):
    """The rows of shared activities."""
    return drop_unlabelled(X, y.where(y.isin(shared)))


(X_home, y_home), (X_away, y_away) = keep_shared(*home), keep_shared(*away)
print(f"Shared activities: {', '.join(shared)}")
for name, (X, _), kept in [("trained on", home, X_home), ("tested on", away, X_away)]:
    print(f"Of the rows {name}, {len(kept) / len(X):.0%} are left, of {len(set(subjects(kept)))} people.")

# %%
# Three ways to the same people
# -----------------------------
# The people of the second dataset are recognised by a model of their own kind (other people of the
# same dataset, by cross-validation), by the model from the first dataset, and by one from there that
# sees no direction at all: the magnitude of acceleration and turning does not depend on how the
# device is worn.


def recognizer():
    """The same for every row of the table below."""
    return SlidingWindowClassifier(LSTMClassifier(random_state=0), window_length=1.28)


undirected = make_pipeline(Magnitude(keep_axes=False), recognizer())
predictions = {
    "same dataset, other people": cross_val_predict(recognizer(), X_away, y_away, cv=SubjectKFold(3)),
    "other dataset": recognizer().fit(X_home, y_home).predict(X_away),
    "other dataset, without directions": undirected.fit(X_home, y_home).predict(X_away),
}
reports = {
    name: classification_report_by_subject(y_away, predicted, subjects=subjects(X_away))
    for name, predicted in predictions.items()
}
table = pd.DataFrame(
    {
        name: {"F1 macro": report.overall.loc["f1_macro", "pooled"], **report.by_class["f1"]}
        for name, report in reports.items()
    }
).T
print("\nF1 of every activity, over rows\n" + table.round(3).to_string())

# %%
# Activity by activity: what is lost on the way.

figure, ax = plt.subplots(figsize=(9, 4), layout="constrained")
positions = np.arange(table.shape[1])
for i, ((name, scores), color) in enumerate(
    zip(table.iterrows(), ["#4477aa", "#ee6677", "#228833"], strict=True)
):
    ax.bar(positions + (i - 1) * 0.27, scores, width=0.25, label=name, color=color)
ax.set_xticks(positions, [name.replace("_", "\n") for name in table.columns])
ax.set_ylim(0, 1)
ax.set_ylabel("F1 over rows")
figure.legend(loc="outside upper center", ncols=3, frameon=False)

if options.save:
    options.save.mkdir(parents=True, exist_ok=True)
    figure.savefig(options.save / "another_dataset.png", dpi=100)
plt.show()

# %%
# What was learned: a score on new people of the same dataset says little about another device. Test on
# one before you ship.
