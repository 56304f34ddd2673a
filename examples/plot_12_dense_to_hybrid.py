"""
Dense, CNN, LSTM or hybrid, with SGD, Adagrad or Adam?
======================================================

How far is it from a dense network to a hybrid of convolutions and LSTM, and which optimizer gets there? This
script removes noise, trains four networks with three optimizers, sets features in a table beside the best of
them, leaves out one stage after the other, and exports the model to a file that gives the same labels
without torch. It runs on simulated people; with ``--data hapt`` on HAPT, tested on the nine people that UCI
HAR tests on.
"""

import argparse
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sklearn_har.classifiers import CNNClassifier, CNNLSTMClassifier, DenseClassifier, LSTMClassifier
from sklearn_har.datasets import fetch_hapt, make_recordings
from sklearn_har.deploy import OnnxRecognizer, export_onnx
from sklearn_har.features import SignalStatistics
from sklearn_har.model_selection import LeaveSubjectsOut
from sklearn_har.preprocessing import ButterworthFilter, MedianFilter
from sklearn_har.recordings import drop_unlabelled
from sklearn_har.windowing import SlidingWindowClassifier, sliding_windows

parser = argparse.ArgumentParser(description=__doc__.strip().partition("\n")[0])
parser.add_argument("--data", choices=["simulated", "hapt"], default="simulated")
parser.add_argument("--epochs", type=int, default=6)
parser.add_argument("--save", type=Path, metavar="FOLDER", help="write the picture there")
parser.add_argument("--seed", type=int, default=0)
options, _ = parser.parse_known_args()

# %%
# Noise, before windows
# ---------------------
# A median takes out single wrong rows, a low-pass what is faster than people move. Both need the neighbours
# of a row, so they come before windows. Neither reads further ahead than one row, so both run on a stream.
# The sensors of the simulated people have five times their usual noise, so that there is some to take out.

if options.data == "hapt":
    data = fetch_hapt(activities="basic")
    test_people = list(data.test_subjects)
else:
    data = make_recordings(n_subjects=12, bout_duration=8.0, noise=5.0, random_state=options.seed)
    test_people = [4, 8, 12]
((train, test),) = LeaveSubjectsOut(test_people).split(data.data)
noise = make_pipeline(MedianFilter(3), ButterworthFilter(high=15.0, zero_phase=False)).fit(data.data)


def windows_of(X):
    """Windows of the training people, of rows with a label."""
    return sliding_windows(*drop_unlabelled(X.iloc[train], data.target.iloc[train]), window_length=2.56)


windows, labels = windows_of(noise.transform(data.data))
print(f"To learn from: {windows}")

# %%
# Four networks, three optimizers
# -------------------------------
# All four rectify (ReLU): after the dense layers, after the convolutions, in a layer behind the LSTM. They
# normalise by themselves: each channel over the training windows, and each window by its own mean and spread.
# Each optimizer has a learning rate of its own, set beforehand: what is a step for one is a leap for another.
# Some people, always the same ones, do not train, and the accuracy is theirs.

shared = {
    "epochs": options.epochs,
    "batch_size": 32,
    "validation_fraction": 0.3,
    "random_state": options.seed,
}
networks = {
    "dense": DenseClassifier(activation="relu", **shared),
    "CNN": CNNClassifier(**shared),
    "LSTM": LSTMClassifier(dense_units=32, **shared),
    "hybrid (CNN-LSTM)": CNNLSTMClassifier(**shared),
}
learning_rates = {"sgd": 0.03, "adagrad": 0.01, "adam": 0.003}
trained = {
    (name, optimizer): clone(network).set_params(optimizer=optimizer, learning_rate=rate).fit(windows, labels)
    for name, network in networks.items()
    for optimizer, rate in learning_rates.items()
}
reached = pd.Series({pair: model.history_["valid_accuracy"][-1] for pair, model in trained.items()})
print(f"\nAccuracy on people who did not train\n{reached.unstack(sort=False).round(3).to_string()}")
best = reached.idxmax()
print(f"Chosen: {best[0]}, {best[1]}")

# %%
# How they got there.

styles = {
    "sgd": {"color": "#D55E00", "marker": "s", "ls": ":"},
    "adagrad": {"color": "#0072B2", "marker": "^", "ls": "--"},
    "adam": {"color": "#222222", "marker": "o", "ls": "-"},
}
figure, axes = plt.subplots(1, len(networks), figsize=(11, 3.2), sharey=True, layout="constrained")
for (name, optimizer), model in trained.items():
    ax = axes[list(networks).index(name)]
    history = model.history_
    ax.plot(history["epoch"], history["valid_accuracy"], ms=4, label=optimizer, **styles[optimizer])
    ax.set(title=name, xlabel="epoch", xticks=history["epoch"][1::2])
    ax.grid(axis="y", color="0.92")
    ax.spines[["top", "right"]].set_visible(False)
axes[0].set_ylabel("accuracy, people held out")
axes[0].legend(frameon=False, loc="lower right")

# %%
# What each stage is worth
# ------------------------
# The chosen network, trained anew, and with one stage left out; beside it statistics of every channel in a
# table, for a support vector machine, on one scale and as they are. All on the same people held out. What is
# no larger than the difference between two trainings of one network is nothing.

held_out = np.isin(windows.subjects, trained[best].held_out_people_)
chosen = clone(trained[best]).set_params(validation_fraction=None)
features = make_pipeline(SignalStatistics(), StandardScaler(), SVC())
raw_windows, _ = windows_of(data.data)
stages = {
    "chosen network, trained anew": (chosen, windows),
    "chosen network, noise not removed": (chosen, raw_windows),
    "chosen network, only channels normalised": (clone(chosen).set_params(instance_channels=False), windows),
    "features": (features, windows),
    "features, not normalised": (make_pipeline(SignalStatistics(), SVC()), windows),
}
worth = {
    name: model.fit(of[~held_out], labels[~held_out]).score(of[held_out], labels[held_out])
    for name, (model, of) in stages.items()
}
print(f"\nAccuracy on people who did not train\n{pd.Series(worth).round(3).to_string()}")

# %%
# People it never saw
# -------------------
# Everything was chosen. Now the network and the features learn from all training people, from rows, and
# the test people are looked at, once.

X, y = data.data, data.target
recognizers = {
    name: make_pipeline(noise, SlidingWindowClassifier(model, window_length=2.56)).fit(
        X.iloc[train], y.iloc[train]
    )
    for name, model in {"chosen network": chosen, "features": features}.items()
}
scores = {name: recognizer.score(X.iloc[test], y.iloc[test]) for name, recognizer in recognizers.items()}
print(f"\nAccuracy over rows of people never seen\n{pd.Series(scores).round(3).to_string()}")

# %%
# Deployment
# ----------
# One ONNX file holds the network, its scales and the settings of the filters. It needs no torch. Without the
# filters, the same recognizer becomes a web page that recognises :doc:`on a phone </phone>`.

recognizer = recognizers["chosen network"]
with tempfile.TemporaryDirectory() as folder:
    report = export_onnx(recognizer, Path(folder) / "model.onnx", X=X.iloc[train])
    from_file = OnnxRecognizer(report.path)
same = (from_file.predict(X.iloc[test]) == recognizer.predict(X.iloc[test])).mean()
print(f"\n{report.path.name}: {report.n_bytes / 1000:.0f} kB, the same label for {same:.1%} of their rows")

if options.save:
    options.save.mkdir(parents=True, exist_ok=True)
    figure.savefig(options.save / "dense_to_hybrid.png", dpi=100)
    print(f"\nPicture: {options.save}/dense_to_hybrid.png")
plt.show()

# %%
# What was learned: compare optimizers each at a learning rate that suits it, look at what a stage is worth
# before you keep it, and have a cheap table of features beside every network.
