"""
LSTM, CNN-LSTM or ConvLSTM on UCI HAR's windows?
================================================

On simulated people, UCI HAR's windows ``(7352, 128, 9)`` (``--data uci_har``) or its recordings (``hapt``).
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from sklearn_har.classifiers import CNNLSTMClassifier, ConvLSTMClassifier, LSTMClassifier
from sklearn_har.datasets import fetch_hapt, fetch_uci_har, make_recordings
from sklearn_har.preprocessing import ButterworthFilter, GravitySeparator
from sklearn_har.recordings import drop_unlabelled
from sklearn_har.windowing import sliding_windows

parser = argparse.ArgumentParser(description=__doc__.strip().partition("\n")[0])
parser.add_argument("--data", choices=["simulated", "hapt", "uci_har"], default="simulated")
parser.add_argument("--save", type=Path, metavar="FOLDER", help="write the picture there")
numbers = {"seed": 0, "repeats": 3, "epochs": 6, "batch-size": 64, "steps": 4, "filters": 32, "units": 64}
for name, default in numbers.items():
    parser.add_argument(f"--{name}", type=int, default=default, help=f"default: {default}")
options, _ = parser.parse_known_args()

if options.data == "uci_har":
    windows, labels = fetch_uci_har(return_X_y=True)
else:  # such windows, cut from recordings: acceleration with gravity and without, and angular rate
    data = fetch_hapt(activities="basic") if options.data == "hapt" else make_recordings(10, random_state=0)
    X = ButterworthFilter(high=20.0).fit_transform(data.data)
    X = X.join(GravitySeparator().fit_transform(X).filter(like="body"))
    windows, labels = sliding_windows(*drop_unlabelled(X, data.target), window_length=2.56)
test = np.isin(windows.subjects, [2, 4, 9, 10, 12, 13, 18, 20, 24])  # UCI HAR's official nine
print(f"Trained on {windows[~test].shape}, tested on {windows[test].shape}")

# %%
# ``--steps`` are the sub-sequences of a window that the last two read one after the other.
parts = {"n_subsequences": options.steps, "filters": options.filters}
lstm, hybrid = LSTMClassifier(lstm_units=options.units), CNNLSTMClassifier(lstm_units=options.units, **parts)
scores = pd.DataFrame(dtype=float)
for name, model in {"LSTM": lstm, "CNN-LSTM": hybrid, "ConvLSTM": ConvLSTMClassifier(**parts)}.items():
    for seed in range(options.seed, options.seed + options.repeats):
        model.set_params(epochs=options.epochs, batch_size=options.batch_size, random_state=seed)
        scores.loc[seed, name] = model.fit(windows[~test], labels[~test]).score(windows[test], labels[test])
summary = scores.T.assign(mean=scores.mean(), std=scores.std())
print("Accuracy over their windows, by seed\n" + summary.round(3).to_string())

# %%
# A difference below the spread of the seeds is none. To choose a network, hold out training people instead.
ax = scores.T.plot(style="o", color="0.6", legend=False, figsize=(6, 3), xlim=(-0.5, 2.5), xticks=range(3))
ax.errorbar(range(3), scores.mean(), scores.std(), fmt="D", color="#332288", capsize=6)
ax.set(ylabel="accuracy over windows", title="People never seen: seeds, their mean and deviation")
if options.save:
    options.save.mkdir(parents=True, exist_ok=True)
    ax.figure.savefig(options.save / "compare_networks.png", dpi=100, bbox_inches="tight")
plt.show()
