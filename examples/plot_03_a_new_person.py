"""
How much do a few labelled minutes of a new person help?
========================================================

A recognizer meets someone it was not trained on. If that person shows it every activity for a few
seconds, does it do better afterwards? This script trains on some people, adapts a copy
of the model to each of the others with one and with three of their minutes, and scores what they did
later. It runs on simulated people; with ``--data hapt`` on HAPT, adapted to each of the nine people
that UCI HAR tests on.
"""

import argparse
from copy import deepcopy
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from sklearn_har.classifiers import CNNLSTMClassifier
from sklearn_har.datasets import fetch_hapt, make_recordings
from sklearn_har.model_selection import LeaveSubjectsOut, SubjectKFold
from sklearn_har.recordings import drop_unlabelled
from sklearn_har.windowing import sliding_windows

parser = argparse.ArgumentParser(description=__doc__.strip().partition("\n")[0])
parser.add_argument("--data", choices=["simulated", "hapt"], default="simulated")
parser.add_argument("--save", type=Path, metavar="FOLDER", help="write the picture there")
parser.add_argument("--seed", type=int, default=0)
options, _ = parser.parse_known_args()

# %%
# Windows that know their people
# ------------------------------
# There is no recognizer of rows here: adapting needs the windows themselves. Each of them knows who was
# recorded and where in the recordings it begins, and they are in the order of time.

if options.data == "hapt":
    data = fetch_hapt(activities="basic")
    test_people = list(data.test_subjects)
else:
    data = make_recordings(n_subjects=9, bout_duration=32.0, random_state=options.seed)
    test_people = [3, 6, 9]
windows, labels = sliding_windows(*drop_unlabelled(data.data, data.target), window_length=2.56)
((train, test),) = LeaveSubjectsOut(test_people).split(windows)

# %%
# What a person shows, and what is scored
# ---------------------------------------
# Whenever a person puts the phone on, they show each of the six activities for the first 5 or 15 seconds
# that they do it. In two sessions that makes one minute and three. Windows overlap by half, so each
# further one adds 1.28 s.

SHOWN = {"1 minute": int(5 / 1.28), "3 minutes": int(15 / 1.28)}  # windows of an activity in a session


def first_of_each_activity(windows, labels, n_windows):
    """Whether each window is among the first of its activity in its session."""
    return pd.Series(labels).groupby([windows.recordings, labels]).cumcount().to_numpy() < n_windows


# %%
# Scored is what is left when all three minutes are taken away, so that no adaptation has an easier test
# than another. Between what is shown and what is scored at least the length of a window is left out:
# neighbours share rows, and a score on them would only say that the model remembers.


def apart(windows, shown):
    """Whether each window is at least a window's length from all that were shown."""
    distance = np.abs(windows.starts[:, None] - windows.starts[shown]).min(axis=1)
    return distance >= 2 * windows.shape[1]


# %%
# Adapting
# --------
# ``partial_fit`` goes through the shown windows once more, from the weights that are there. It gets a copy
# of the model, because the next person needs the one that belongs to nobody.

PASSES = 10


def course_of_adapting(model, person, n_shown, learning_rate):
    """Accuracy on what a person does later: of the model as it is, then after each pass."""
    own = windows.subjects == person
    X, y = windows[own], labels[own]
    shown = first_of_each_activity(X, y, n_shown)
    later = apart(X, first_of_each_activity(X, y, max(SHOWN.values())))
    adapted = deepcopy(model).set_params(learning_rate=learning_rate)
    accuracies = [adapted.score(X[later], y[later])]
    for _ in range(PASSES):
        adapted.partial_fit(X[shown], y[shown])
        accuracies.append(adapted.score(X[later], y[later]))
    return accuracies


# %%
# How fast and how often?
# -----------------------
# Few windows, a high learning rate and many passes make a model forget. Which rate and how many passes
# are good is asked of the training people alone: some of them are held out of a fit and play the new
# person. The test people have no say.

rates = [0.0001, 0.0003, 0.001]
courses = {rate: [] for rate in rates}
for fitted, held_out in SubjectKFold(3, shuffle=True, random_state=0).split(windows[train]):
    model = CNNLSTMClassifier(random_state=options.seed).fit(windows[train[fitted]], labels[train[fitted]])
    for person in np.unique(windows.subjects[train[held_out]]):
        for rate in rates:
            courses[rate].append(course_of_adapting(model, person, SHOWN["1 minute"], rate))
gains = pd.DataFrame({rate: np.mean(courses[rate], axis=0) for rate in rates}).rename_axis("passes")
gains = gains - gains.iloc[0]
print(f"Mean gain of the {len(courses[rates[0]])} training people, held out, by learning rate")
print(gains.round(4).to_string())
n_passes, learning_rate = gains.stack().idxmax()
print(f"Chosen: {n_passes} passes at a learning rate of {learning_rate:g}.\n")

# %%
# People it never saw
# -------------------
# Now a model of all training people, and the people who were kept for the end.

model = CNNLSTMClassifier(random_state=options.seed).fit(windows[train], labels[train])
table = {"as it is": {}, **{name: {} for name in SHOWN}}
for person in test_people:
    for name, n_shown in SHOWN.items():
        accuracies = course_of_adapting(model, person, n_shown, learning_rate)
        table["as it is"][person], table[name][person] = accuracies[0], accuracies[n_passes]
table = pd.DataFrame(table).rename_axis("person")
print("Accuracy over the windows that are scored\n" + table.round(3).to_string())
for name in SHOWN:
    gain = table[name] - table["as it is"]
    print(
        f"{name}: mean gain {gain.mean():+.4f}, better for {(gain > 0).sum()} people, worse for "
        f"{(gain < 0).sum()}; from {gain.min():+.3f} to {gain.max():+.3f}"
    )

# %%
# Person by person, those whom the model suits least at the top.

ordered = table.sort_values("as it is", ascending=False)
figure, ax = plt.subplots(figsize=(7, 1.6 + 0.35 * len(ordered)), layout="constrained")
positions = np.arange(len(ordered))
ax.hlines(positions, ordered.min(axis=1), ordered.max(axis=1), color="0.8", zorder=0)
for name, color, marker, size in [
    ("as it is", "0.4", "o", 70),
    ("1 minute", "#4477aa", "s", 40),
    ("3 minutes", "#ee6677", "D", 22),
]:
    ax.scatter(ordered[name], positions, s=size, color=color, marker=marker, label=name)
ax.set_yticks(positions, [f"person {person}" for person in ordered.index])
ax.set_xlabel("accuracy over later windows")
ax.spines[["top", "right"]].set_visible(False)
figure.legend(loc="outside upper center", ncols=3, frameon=False)

if options.save:
    options.save.mkdir(parents=True, exist_ok=True)
    figure.savefig(options.save / "a_new_person.png", dpi=100)
plt.show()

# %%
# What was learned: a few minutes can help a person whom the model suits badly. Someone who is recognised
# well has nothing to gain and may lose a little, so the mean gain is small, and with few people it may be
# nothing or less. Look at each person before you adapt for everybody.
