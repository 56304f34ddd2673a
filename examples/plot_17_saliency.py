"""
What does a network look at?
============================

A network says walking. Which channels, and which instants of the window, made it say so? Saliency colours the
window by that. But a picture of a reason is not yet a reason: here every one is checked by hiding what it
points to, beside as much that was drawn at random. It runs on simulated people; with ``--data hapt`` on the
six activities of HAPT, tested on the nine people that UCI HAR tests on.
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from sklearn_har.classifiers import CNNClassifier
from sklearn_har.datasets import fetch_hapt, make_recordings
from sklearn_har.evaluation import SaliencyDisplay
from sklearn_har.model_selection import LeaveSubjectsOut
from sklearn_har.recordings import drop_unlabelled
from sklearn_har.windowing import sliding_windows

parser = argparse.ArgumentParser(description=__doc__.strip().partition("\n")[0])
parser.add_argument("--data", choices=["simulated", "hapt"], default="simulated")
parser.add_argument("--save", type=Path, metavar="FOLDER", help="write the pictures there")
parser.add_argument("--seed", type=int, default=0)
options, _ = parser.parse_known_args()

# %%
# A network, and windows of people it never saw
# ---------------------------------------------

if options.data == "hapt":
    data = fetch_hapt(activities="basic")
    test_people = list(data.test_subjects)
else:
    data = make_recordings(n_subjects=8, random_state=options.seed)
    test_people = [4, 8]
windows, labels = sliding_windows(*drop_unlabelled(data.data, data.target), window_length=2.56)
((train, test),) = LeaveSubjectsOut(test_people).split(windows)
network = CNNClassifier(epochs=8, random_state=options.seed).fit(windows[train], labels[train])
X, y = windows[test], labels[test]
print(f"Windows of people it never saw: {network.score(X, y):.3f} right")

# %%
# One window
# ----------
# Integrated gradients share out how far the score of the activity lies above that of a window which speaks
# for nothing: every channel still, at its mean over all these windows. Orange spoke for the activity, purple
# against it.

probabilities = network.predict_proba(X)
surest = {
    activity: np.flatnonzero(y == activity)[probabilities[y == activity, place].argmax()]
    for place, activity in enumerate(network.classes_)
}
looked_at = SaliencyDisplay.from_estimator(network, X, surest["walking_upstairs"])

# %%
# Occlusion asks otherwise: by how much does the probability fall when a quarter of a second of one channel is
# hidden? It takes any model with probabilities, and does not see what two channels say alike: with one of
# them hidden, the other one still says it.

hidden = SaliencyDisplay.from_estimator(
    network, X, surest["walking_upstairs"], method="occlusion", patch_length=0.26
)

# %%
# Is it true?
# -----------
# A reason can be tried. Some windows of each activity are coloured in both ways. Then a part of their values
# is put to the mean, as in the window that speaks for nothing: those that the colours point to, or as many at
# random. If a picture is right, the activity is forgotten sooner than at random.

still = np.asarray(X).mean(axis=(0, 1))
rng = np.random.default_rng(options.seed)
chosen = np.concatenate(
    [rng.choice(np.flatnonzero(y == activity), 4, replace=False) for activity in network.classes_]
)


def attributions(method):
    """What each of the chosen windows was coloured by, for what the network says of it."""
    shares = []
    for window in chosen:
        display = SaliencyDisplay.from_estimator(network, X, window, method=method)
        plt.close(display.figure_)
        shares.append(display.attributions)
    return np.stack(shares)


orders = {
    "integrated gradients": attributions("integrated_gradients"),
    "occlusion": attributions("occlusion"),
    "at random": rng.random((len(chosen), *X.shape[1:])),
}
said = probabilities[chosen].argmax(axis=1)


def still_said(where):
    """Mean probability of what was said, once the values are hidden that ``where`` points to."""
    values = X[chosen].with_data(np.where(where, still, np.asarray(X[chosen])))
    return network.predict_proba(values)[np.arange(len(chosen)), said].mean()


shares = [0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5]
curves = pd.DataFrame(
    {
        name: [
            still_said(values > np.quantile(values, 1 - share, axis=(1, 2), keepdims=True))
            for share in shares
        ]
        for name, values in orders.items()
    },
    index=pd.Index(shares, name="hidden"),
)
print("\nProbability of what was said, by the share of values that is hidden\n" + curves.round(3).to_string())

# %%
# Which channels?
# ---------------
# The same question of whole channels: what share of all colour does each have, and by how much does the
# probability fall when it is hidden from end to end?

size = np.abs(orders["integrated gradients"]).sum(axis=(0, 1))
channels = pd.DataFrame(
    {
        "share of colour": size / size.sum(),
        "fall when hidden": [
            still_said(False) - still_said(np.arange(X.shape[2]) == channel) for channel in range(X.shape[2])
        ],
    },
    index=X.channel_names,
)
print("\nBy channel\n" + channels.round(3).to_string())

# %%
# The sooner a curve falls, the better its picture knew what the network looks at.

figure, (curve_ax, channel_ax) = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
styles = {"integrated gradients": ("#4477aa", "o"), "occlusion": ("#ee6677", "s"), "at random": ("0.5", "^")}
for name, (color, marker) in styles.items():
    curve_ax.plot(100 * curves.index, curves[name], marker=marker, color=color, label=name)
curve_ax.set(xlabel="values that are hidden (%)", ylabel="probability of what was said", ylim=(0, 1.02))
curve_ax.legend(frameon=False, title="hidden first, by")
channel_ax.scatter(channels["share of colour"], channels["fall when hidden"], color="#4477aa", s=40)
for name, row in channels.iterrows():
    channel_ax.annotate(name, row.tolist(), xytext=(6, 4), textcoords="offset points")
channel_ax.margins(x=0.25, y=0.15)
channel_ax.set(xlabel="share of colour", ylabel="fall when the channel is hidden", xlim=0, ylim=0)
for ax in (curve_ax, channel_ax):
    ax.spines[["top", "right"]].set_visible(False)

if options.save:
    options.save.mkdir(parents=True, exist_ok=True)
    looked_at.figure_.savefig(options.save / "saliency_gradients.png", dpi=100, bbox_inches="tight")
    hidden.figure_.savefig(options.save / "saliency_occlusion.png", dpi=100, bbox_inches="tight")
    figure.savefig(options.save / "saliency_checked.png", dpi=100)
plt.show()

# %%
# What was learned: what a picture of a network points to can be hidden, so hide it before you believe it.
# Here the coloured values were looked at; but a channel with hardly any colour, as a gyroscope's, can still
# be one without which the activity is forgotten. And all of it speaks of this network, not of walking; a
# window with hidden parts is one that nobody ever recorded.
