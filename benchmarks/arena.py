"""Classifiers under the protocol of WHAR Arena, on every real dataset, each with one and the same default.

    SKLEARN_HAR_DATA=<folder> python benchmarks/arena.py hapt wisdm2019_watch --models RocketClassifier CNN

The people, sorted by number, are dealt round-robin into ten groups; each group is tested once by a
model fitted on the other nine. Windows last 3 s, overlap by half and lie inside one bout of an
activity; GeoTec, whose bouts may last a second, has windows of 1.28 s with the label of most rows.

Macro-F1 is the mean over the ten tests, in two conventions: over the classes that are present in
truth or prediction (scikit-learn's), and with 0 for a class that a test lacks (the Arena's). The
interval is that of 95 % of 1,000 draws of people with replacement, of the macro-F1 of all their
windows. Seconds are processor time, of all ten fits and of all ten predictions.
"""

import argparse
import time
import warnings

import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix

from sklearn_har import classifiers
from sklearn_har.datasets import fetch_geotec, fetch_hapt, fetch_wisdm2019
from sklearn_har.exceptions import IncompleteDatasetWarning
from sklearn_har.recordings import drop_unlabelled
from sklearn_har.windowing import sliding_windows

N_GROUPS = 10
N_DRAWS = 1000
DATASETS = {
    "hapt": lambda: windows_of_bouts(*fetch_hapt(return_X_y=True)),
    "wisdm2019_watch": lambda: windows_of_bouts(*fetch_wisdm2019(device="watch", return_X_y=True)),
    "wisdm2019_phone": lambda: windows_of_bouts(*fetch_wisdm2019(device="phone", return_X_y=True)),
    "geotec_phone": lambda: short_windows(*fetch_geotec(device="phone", return_X_y=True)),
    "geotec_watch": lambda: short_windows(*fetch_geotec(device="watch", return_X_y=True)),
}


def windows_of_bouts(X, y):
    """Windows of 3 s, each inside one bout: a bout is made a recording of its own."""
    X, y = drop_unlabelled(X, y)
    codes = pd.factorize(np.asarray(y))[0]
    recordings = X.index.droplevel("time")
    other = (codes[1:] != codes[:-1]) | (recordings[1:] != recordings[:-1])
    bouts = np.concatenate([[0], np.cumsum(other)])
    levels = [X.index.get_level_values("subject"), bouts, X.index.get_level_values("time")]
    X = X.set_axis(pd.MultiIndex.from_arrays(levels, names=X.index.names))
    return sliding_windows(X, np.asarray(y), window_length=3.0, tail="drop")


def short_windows(X, y):
    return sliding_windows(*drop_unlabelled(X, y), window_length=1.28, tail="drop")


def groups_of(people):
    """Number of the group of each window's subject."""
    return np.unique(people, return_inverse=True)[1] % N_GROUPS


def tested(make, windows, labels, people):
    """Predictions of models that never saw the person, and the seconds of fits and predictions."""
    groups = groups_of(people)
    predicted = np.empty_like(labels)
    seconds = np.zeros(2)
    for group in range(N_GROUPS):
        train, test = np.flatnonzero(groups != group), np.flatnonzero(groups == group)
        start = time.process_time()
        model = make().fit(windows[train], labels[train])
        between = time.process_time()
        predicted[test] = model.predict(windows[test])
        seconds += between - start, time.process_time() - between
    return predicted, seconds


def f1_of(confusion):
    """F1 of each class of confusion matrices (..., n_classes, n_classes); NaN where a class is absent."""
    hits = np.diagonal(confusion, axis1=-2, axis2=-1)
    count = confusion.sum(axis=-1) + confusion.sum(axis=-2)
    with np.errstate(invalid="ignore"):
        return 2 * hits / count


def report(name, labels, predicted, people, seconds):
    classes = np.unique(labels)
    of_people = np.array(
        [
            confusion_matrix(labels[people == one], predicted[people == one], labels=classes)
            for one in np.unique(people)
        ]
    )
    of_groups = np.array(
        [of_people[np.arange(len(of_people)) % N_GROUPS == g].sum(axis=0) for g in range(N_GROUPS)]
    )
    f1 = f1_of(of_groups)
    draws = np.random.default_rng(0).integers(len(of_people), size=(N_DRAWS, len(of_people)))
    low, high = np.quantile(np.nanmean(f1_of(of_people[draws].sum(axis=1)), axis=1), [0.025, 0.975])
    print(
        f"{name:40} macro-F1 {np.nanmean(f1, axis=1).mean():.4f} (sd {np.nanmean(f1, axis=1).std():.3f})  "
        f"absent as 0 {np.nan_to_num(f1).mean(axis=1).mean():.4f}  pooled "
        f"{np.nanmean(f1_of(of_people.sum(axis=0))):.3f} [{low:.3f}, {high:.3f}]  accuracy "
        f"{np.mean(labels == predicted):.4f}  fit {seconds[0]:.0f} s, predict {seconds[1]:.1f} s",
        flush=True,
    )


def model_named(name):
    if hasattr(classifiers, name):
        return lambda: getattr(classifiers, name)(random_state=0)
    raise SystemExit(f"Unknown model {name}.")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("datasets", nargs="+", choices=DATASETS)
    parser.add_argument("--models", nargs="+", default=["RocketClassifier"])
    options = parser.parse_args()
    warnings.simplefilter("ignore", IncompleteDatasetWarning)
    for dataset in options.datasets:
        windows, labels = DATASETS[dataset]()
        labels, people = np.asarray(labels), np.asarray(windows.subjects)
        print(f"{dataset}: {len(windows)} windows of {len(np.unique(people))} people", flush=True)
        for name in options.models:
            predicted, seconds = tested(model_named(name), windows, labels, people)
            report(f"{dataset} {name}", labels, predicted, people, seconds)


if __name__ == "__main__":
    main()
