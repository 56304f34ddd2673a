"""
What does a window hold?
========================

A classifier sees rows through windows. How long should they be, and what happens where one activity ends
and another begins? This script draws windows over a recording and counts how many of them hold two
activities, for windows of different lengths. It runs on simulated people; with ``--data hapt`` on HAPT.
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from sklearn_har.datasets import fetch_hapt, make_recordings
from sklearn_har.recordings import drop_unlabelled
from sklearn_har.windowing import sliding_windows

parser = argparse.ArgumentParser(description=__doc__.strip().partition("\n")[0])
parser.add_argument("--data", choices=["simulated", "hapt"], default="simulated")
parser.add_argument("--save", type=Path, metavar="FOLDER", help="write the pictures there")
parser.add_argument("--seed", type=int, default=0)
options, _ = parser.parse_known_args()

# %%
# A recording, cut
# ----------------
# Windows of 2.56 seconds, each half over the one before it. None reaches across the gap: the last window
# before it ends with the run, wherever the one before it began.

if options.data == "hapt":
    data = fetch_hapt(activities="basic")
else:
    data = make_recordings(n_subjects=4, bout_duration=12.0, gaps=1, random_state=options.seed)
X, y = drop_unlabelled(data.data, data.target)
windows, labels = sliding_windows(X, y, window_length=2.56)
print(f"{len(X)} rows of {X.shape[1]} channels, {len(windows)} windows: {windows.shape}")

# %%
# Of every window it is known where it lies, so it can be drawn over the rows. The share of its rows that
# have its label is its purity: windows on a border hold two activities.

n_timesteps = windows.shape[1]
rows_of_windows = windows.starts[:, None] + np.arange(n_timesteps)
purity = (y.to_numpy()[rows_of_windows] == labels[:, None]).mean(axis=1)

of_first = np.flatnonzero(
    (windows.subjects == windows.subjects[0]) & (windows.recordings == windows.recordings[0])
)[:36]
first_row, last_row = windows.starts[of_first[0]], windows.starts[of_first[-1]] + n_timesteps
part, truth = X.iloc[first_row:last_row], y.iloc[first_row:last_row].to_numpy()
seconds = part.index.get_level_values("time").to_numpy()
colors = dict(zip(sorted(set(y)), plt.get_cmap("tab20").colors[1::2], strict=False))

figure, (above, below) = plt.subplots(
    2, figsize=(10, 4.5), sharex=True, height_ratios=[3, 2], layout="constrained"
)
borders = np.flatnonzero((truth[1:] != truth[:-1]) | (np.diff(seconds) > 0.1)) + 1
for low, high in zip([0, *borders], [*borders, len(truth)], strict=True):
    above.axvspan(seconds[low], seconds[high - 1], color=colors[truth[low]], alpha=0.5, lw=0)
    above.plot(seconds[low:high], part["acc_x"].iloc[low:high], color="0.2", lw=0.7)
for activity in dict.fromkeys(truth):
    above.plot([], [], color=colors[activity], lw=8, alpha=0.5, label=activity.replace("_", " "))
for i, window in enumerate(of_first):
    at = windows.starts[window] - first_row
    share = purity[window]
    below.hlines(
        i % 2 + 0.4 * (share < 0.9),
        seconds[at] + 0.1,
        seconds[at + n_timesteps - 1] - 0.1,  # a little apart, to tell them from each other
        color="#c0392b" if share < 0.9 else "#6b4fa0",
        lw=4,
    )
above.set_ylabel("acc_x (m/s²)")
below.set_yticks([])
below.set_ylabel("windows")
below.set_xlabel("time (s); in red: windows of which less than 90 % have one label")
figure.legend(loc="outside upper center", ncols=6, frameon=False)

# %%
# How long?
# ---------
# The longer a window, the more of a movement it holds, and the more often it holds two. ``min_purity``
# leaves impure windows out of training and counts them; in use nobody can leave them out.

lengths = [0.64, 1.28, 2.56, 5.12, 10.24]
impure = {}
for length in lengths:
    pure, _ = sliding_windows(X, y, window_length=length, min_purity=0.9)
    left_out = pure.left_out["impure_windows"]
    impure[length] = {"windows": len(pure) + left_out, "impure": left_out / (len(pure) + left_out)}
table = pd.DataFrame(impure).T.rename_axis("seconds").astype({"windows": int})
print(table.round(3).to_string())

curve, ax = plt.subplots(figsize=(6, 3.2), layout="constrained")
ax.plot(lengths, table["impure"], marker="o", color="#6b4fa0")
ax.set_xscale("log", base=2)
ax.set_xticks(lengths, [str(length) for length in lengths])
ax.set_ylim(bottom=0)
ax.set_xlabel("window length (s)")
ax.set_ylabel("share of windows with two activities")
ax.spines[["top", "right"]].set_visible(False)

if options.save:
    options.save.mkdir(parents=True, exist_ok=True)
    figure.savefig(options.save / "windows_cut.png", dpi=100)
    curve.savefig(options.save / "windows_purity.png", dpi=100)
plt.show()

# %%
# What was learned: a window is as good as what it holds. Where activities are short, long windows have no
# clean label to learn from, and scores over windows hide it; compare lengths by scores over rows.
