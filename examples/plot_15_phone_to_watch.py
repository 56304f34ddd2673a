"""
From the phone to the watch
===========================

The recordings at hand are of phones, and the recognizer is to run on a watch. What does it cost to ask it
there as it is, and what helps: turning the windows in training, channels that know no direction, or three
people who wear both? Here each person has two devices, so nothing else differs. It runs on simulated people;
with ``--data geotec`` on the phones in trouser pockets and the watches of GeoTec.
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.spatial.transform import Rotation
from sklearn.pipeline import make_pipeline

from sklearn_har.classifiers import CNNClassifier
from sklearn_har.datasets import fetch_geotec, make_recordings
from sklearn_har.evaluation import classification_report_by_subject
from sklearn_har.model_selection import SubjectKFold
from sklearn_har.preprocessing import Magnitude
from sklearn_har.recordings import drop_unlabelled, subjects
from sklearn_har.sampling import Rotate
from sklearn_har.windowing import SlidingWindowClassifier

parser = argparse.ArgumentParser(description=__doc__.strip().partition("\n")[0])
parser.add_argument("--data", choices=["simulated", "geotec"], default="simulated")
parser.add_argument("--save", type=Path, metavar="FOLDER", help="write the picture there")
parser.add_argument("--seed", type=int, default=0)
options, _ = parser.parse_known_args()

# %%
# Two devices of the same people
# ------------------------------
# Simulated people wear no watch. Their second device is the first one, turned: by a right angle, as if its
# maker had named the axes otherwise, and by up to 40 degrees more, for each person in another direction. That
# is a device worn askew, not an arm that swings. In GeoTec both devices are real.


def worn_askew(X, random_state):
    """Give what a device at another angle measures of the same motion."""
    rng = np.random.default_rng(random_state)
    right_angle = Rotation.from_euler("z", 90, degrees=True)
    people = []
    for _, own in X.groupby(level="subject", sort=False):
        axis = rng.normal(size=3)
        askew = Rotation.from_rotvec(np.radians(rng.uniform(0, 40)) * axis / np.linalg.norm(axis))
        turned = [
            (askew * right_angle).apply(triad) for triad in np.split(own.to_numpy(copy=True), 2, axis=1)
        ]
        people.append(pd.DataFrame(np.hstack(turned), index=own.index, columns=own.columns))
    return pd.concat(people)


if options.data == "simulated":
    X, y = make_recordings(n_subjects=9, bout_duration=10.0, random_state=options.seed, return_X_y=True)
    devices = {"phone": (X, y), "watch": (worn_askew(X, options.seed), y)}
else:
    devices = {
        device: fetch_geotec(device=device, sampling_rate=50.0, return_X_y=True)
        for device in ["phone", "watch"]
    }

# %%
# Every device has recordings of its own, so that both can be in one table. A third of the people is kept for
# testing, and neither of their devices is trained on.


def recorded(device, people):
    """Rows and labels of what some people wore."""
    X, y = (part.rename(index=lambda name: f"{device} {name}", level="recording") for part in devices[device])
    here = np.isin(subjects(X), people)
    return drop_unlabelled(X[here], y[here])


def together(*parts):
    """Rows and labels of several tables as one."""
    return tuple(pd.concat(tables) for tables in zip(*parts, strict=True))


X, _ = devices["watch"]
in_training, in_test = (np.unique(subjects(X)[rows]) for rows in next(SubjectKFold(3).split(X)))
three = in_training[:3]
print(f"{len(in_training)} people to train on, {len(in_test)} to test on")

# %%
# Six ways to a watch
# -------------------
# All with the same network. ``Rotate(180)`` turns every window of training at random, in any direction, since
# nobody knows how a watch will be worn; magnitudes leave nothing to turn. Two ways need watches: the
# first is what could be had if all of these people had worn one, and the last asks what three of them can do
# alone, for otherwise nobody can tell what the phones add to them.


def recognizer(**settings):
    """The same for each way."""
    network = CNNClassifier(epochs=8, random_state=options.seed, **settings)
    return SlidingWindowClassifier(network, window_length=1.28 if options.data == "geotec" else 2.56)


turning = {"augmentation": Rotate(180), "rotation": 0}
undirected = make_pipeline(Magnitude(keep_axes=False), recognizer())
phones, three_watches = recorded("phone", in_training), recorded("watch", three)
ways = {
    "watches of all": recognizer().fit(*recorded("watch", in_training)),
    "phones": recognizer().fit(*phones),
    "phones, turned": recognizer(**turning).fit(*phones),
    "phones, magnitudes": undirected.fit(*phones),
    "phones and three watches": recognizer().fit(*together(phones, three_watches)),
    "three watches": recognizer().fit(*three_watches),
}

# %%
# Each is asked of the test people's phones and of their watches.

asked = {device: recorded(device, in_test) for device in ["phone", "watch"]}
reports = {
    (name, device): classification_report_by_subject(y, way.predict(X), subjects=subjects(X))
    for name, way in ways.items()
    for device, (X, y) in asked.items()
}
scores = pd.Series(
    {asked_of: report.overall.loc["f1_macro", "pooled"] for asked_of, report in reports.items()}
).unstack(sort=False)
print("\nMacro F1 over rows, by what was trained on and what is asked\n" + scores.round(3).to_string())

# %%
# What an activity loses on the way, and what gets it back. Where the postures are told apart by the direction
# of gravity, a model that ignores directions cannot tell them, on either device.

by_activity = pd.DataFrame({name: reports[name, "watch"].by_class["f1"] for name in ways})
print("\nF1 of every activity on the watch\n" + by_activity.T.round(2).to_string())

# %%
# Every small dot is a person, asked of the watch.

figure, ax = plt.subplots(figsize=(9, 3.8), layout="constrained")
for place, name in enumerate(ways):
    people = reports[name, "watch"].by_subject["f1_macro"]
    ax.plot(people, np.full(len(people), place), "o", ms=4, color="#4477aa", alpha=0.45, mew=0)
places = range(len(ways))
ax.plot(scores["watch"], places, "o", ms=11, color="#4477aa", label="asked of watches")
ax.plot([], [], "o", ms=4, color="#4477aa", alpha=0.45, mew=0, label="one person's watch")
ax.plot(scores["phone"], places, "D", ms=7, mfc="white", color="0.2", label="asked of phones")
ax.set(yticks=places, yticklabels=list(ways), xlim=(0, 1), xlabel="macro F1 over rows")
ax.set_ylabel("trained on")
ax.grid(axis="y", color="0.92")
ax.invert_yaxis()
ax.spines[["top", "right"]].set_visible(False)
figure.legend(loc="outside upper center", ncols=3, frameon=False)

if options.save:
    options.save.mkdir(parents=True, exist_ok=True)
    figure.savefig(options.save / "phone_to_watch.png", dpi=100)
plt.show()

# %%
# What was learned: a recognizer of one device is not one of another. Turning and magnitudes can get back
# what was lost to the angle, and take from the phone what gravity's direction told; but an arm does not move
# as a pocket does. In GeoTec three people who wear the new device do more than either, and the phones of all
# add nothing to them: ask first what those few can do alone.
