"""Which statistics of signals tell activities apart in people never seen, and how fast they are made.

    SKLEARN_HAR_DATA=<folder of the datasets> python benchmarks/signal_statistics.py [--leave-out]

A ridge classifier on standardised columns of `SignalStatistics`, people left out: each of the 21 training
people of HAPT in turn (UCI HAR's test people are never read), groups of people of GeoTec and of WISDM 2019's
watch (every third window). Accuracy for HAPT, macro-F1 for the others, for several alphas, each a share of
the diagonal's mean in the dual problem, which is the number of columns. With --leave-out, the same without
each group of columns in turn: statistics were chosen by it. Solutions are exact, from sums of products less
those of the people left out; columns are standardised with all people, without their labels. Last, seconds
for HAPT's windows and microseconds for one, medians of rounds on one thread.
"""

import argparse
import re
import time

import numpy as np
import scipy.linalg
from sklearn.metrics import f1_score
from sklearn.preprocessing import StandardScaler

from sklearn_har.datasets import fetch_geotec, fetch_hapt, fetch_wisdm2019
from sklearn_har.features import SignalStatistics
from sklearn_har.recordings import drop_unlabelled, subjects
from sklearn_har.windowing import Windows, sliding_windows

ALPHAS = (0.03, 0.1, 0.3, 1.0)
KEPT = ("channel_names", "sampling_rate")
GROUPS = {
    "mean": "mean",
    "std": "std",
    "rms": "rms",
    "log_variance": "log_variance",
    "skewness": "skewness",
    "log_kurtosis": "log_kurtosis",
    "quantiles": "min|q..|median|max",
    "iqr": "iqr",
    "mad": "mad",
    "thirds": "(first|middle|last)_.*",
    "slope": "slope",
    "mean_abs_change": "mean_abs_change",
    "zero_crossings": "zero_crossings",
    "mean_crossings": "mean_crossings",
    "turning_points": "turning_points",
    "longest_above_mean": "longest_above_mean",
    "autocorrelation": "autocorrelation_.*",
    "log_power": "log_power_.*",
    "spectral_entropy": "spectral_entropy",
    "centroid, spread": "spectral_(centroid|spread)",
    "peak": "peak_.*",
    "principal": "log_principal_variance_.*",
    "correlation": "correlation_.*",
    "changes": None,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--leave-out", action="store_true")
    options = parser.parse_args()

    data = datasets()
    tables = {name: SignalStatistics().fit_transform(windows) for name, (windows, _) in data.items()}
    names = SignalStatistics().fit(data["HAPT"][0]).get_feature_names_out()
    print(f"alpha {ALPHAS}")
    report("all", data, tables, np.ones(len(names), dtype=bool))
    for group, pattern in GROUPS.items() if options.leave_out else ():
        if pattern is None:
            left_out = np.array(["_jerk" in name for name in names])
        else:
            left_out = np.array([bool(re.fullmatch(pattern, name.split("__")[1])) for name in names])
        report(f"without {group}", data, tables, ~left_out)
    measure_speed(data["HAPT"][0])


def datasets():
    """Windows and labels of each dataset."""
    data = fetch_hapt(activities="basic")
    X, y = data.data, data.target
    training = ~np.isin(subjects(X), data.test_subjects)
    found = {"HAPT": windows_inside(X[training], y[training], 2.56, 0.5)}
    for device in ("phone", "watch"):
        found[f"GeoTec {device}"] = windows_inside(*fetch_geotec(device=device, return_X_y=True), 1.28, 0.5)
    windows, labels = windows_inside(*fetch_wisdm2019(device="watch", return_X_y=True), 3.0, 0.0)
    found["WISDM 2019 watch"] = windows[::3], labels[::3]
    return found


def windows_inside(X, y, window_length, overlap):
    """Windows inside stretches of one label."""
    X, y = drop_unlabelled(X, y)
    index, labels = X.index.to_frame(index=False), np.asarray(y).astype(str)
    recorded = index["subject"].astype(str) + " " + index["recording"].astype(str)
    new = np.r_[True, (labels[1:] != labels[:-1]) | (recorded.values[1:] != recorded.values[:-1])]
    X = X.set_axis(X.index.droplevel("recording"))
    X = X.set_index(np.cumsum(new), append=True).reorder_levels([0, 2, 1])
    X.index.names = ["subject", "recording", "time"]
    windows, labels = sliding_windows(X, labels, window_length=window_length, overlap=overlap, tail="drop")
    return windows, np.asarray(labels)


def report(title, data, tables, kept):
    scores = []
    for name, (windows, labels) in data.items():
        people = np.unique(windows.subjects, return_inverse=True)[1]
        groups = people if name == "HAPT" else people % 10
        found = scores_of_left_out(tables[name][:, kept], labels, groups)
        scores.append(f"{name} " + " ".join(f"{score:.4f}" for score in found[:, int(name != "HAPT")]))
    print(f"{title:28} {kept.sum():4}  " + " | ".join(scores), flush=True)


def scores_of_left_out(table, labels, groups):
    """Accuracy and macro-F1 for each alpha, every group predicted from the others; shape (n_alphas, 2)."""
    columns = StandardScaler().fit_transform(table)
    columns = np.c_[columns, np.ones(len(columns), dtype=np.float32)]
    classes, codes = np.unique(labels, return_inverse=True)
    targets = (2 * np.eye(len(classes)) - 1)[codes].astype(np.float32)
    gram, moments = columns.T @ columns, columns.T @ targets
    decisions = np.empty((len(ALPHAS), *targets.shape))
    for group in np.unique(groups):
        out = groups == group
        own = columns[out]
        for place, alpha in enumerate(ALPHAS):
            penalised = gram - own.T @ own
            penalised.flat[: -1 : len(penalised) + 1] += alpha * (len(penalised) - 1)  # not the intercept
            weights = scipy.linalg.solve(penalised, moments - own.T @ targets[out], assume_a="pos")
            decisions[place, out] = own @ weights
    predicted = decisions.argmax(axis=2)
    return np.array([(np.mean(one == codes), f1_score(codes, one, average="macro")) for one in predicted])


def measure_speed(windows, rounds=15):
    features = SignalStatistics().fit(windows)
    one = Windows(windows[0][np.newaxis], **{name: getattr(windows, name) for name in KEPT})
    print(f"{windows.shape}: {median_seconds(lambda: features.transform(windows), rounds):.2f} s")
    print(f"one window: {1e6 * median_seconds(lambda: features.transform(one), 20 * rounds):.0f} us")


def median_seconds(call, rounds):
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return np.median(seconds)


if __name__ == "__main__":
    main()
