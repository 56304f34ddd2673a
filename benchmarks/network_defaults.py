"""Accuracy and cost of all network classifiers at their defaults, on three datasets.

    SKLEARN_HAR_DATA=<folder> python benchmarks/network_defaults.py hapt geotec wisdm2019

Cross-validation over people; on HAPT over the 21 training people alone, which is how defaults were
chosen: three folds, formed in two ways. ``--parameters "rotation=0"`` tries something else than
the defaults, ``--classifiers CNN LSTM`` fewer of them. ``--test`` fits HAPT's 21 training people and
scores the nine test people instead, for three seeds and for the mean of their probabilities.

Windows have six channels and the label of most of their rows: of 2.56 s and 50 % overlap on HAPT
(six activities, plain 3-D arrays without names), 1.28 s and 50 % on GeoTec (phone, five activities
of which some last a second), 5 s every 10 s on WISDM 2019 (watch, 18 activities). Seconds are one
thread's processor time of one fit.
"""

import argparse
import time
import warnings

import numpy as np
import torch
from sklearn.metrics import accuracy_score, f1_score

from sklearn_har import classifiers
from sklearn_har.datasets import fetch_geotec, fetch_hapt, fetch_wisdm2019
from sklearn_har.exceptions import IncompleteDatasetWarning
from sklearn_har.model_selection import SubjectKFold
from sklearn_har.recordings import drop_unlabelled
from sklearn_har.windowing import sliding_windows

TEST_PEOPLE = (2, 4, 9, 10, 12, 13, 18, 20, 24)
NAMES = (
    "LSTM",
    "CNN",
    "CNNLSTM",
    "ConvLSTM",
    "DeepConvLSTM",
    "InceptionTime",
    "Transformer",
    "TinyHAR",
    "Dense",
)
SEEDS = (0, 1, 2)


def hapt():
    X, y = fetch_hapt(activities="basic", return_X_y=True)
    windows, labels = sliding_windows(*drop_unlabelled(X, y), window_length=2.56, tail="drop")
    return np.asarray(windows, dtype=np.float32), np.asarray(labels), np.asarray(windows.subjects)


def geotec():
    X, y = fetch_geotec(device="phone", return_X_y=True)
    windows, labels = sliding_windows(*drop_unlabelled(X, y), window_length=1.28, tail="drop")
    return windows, np.asarray(labels), np.asarray(windows.subjects)


def wisdm2019():
    X, y = fetch_wisdm2019(device="watch", return_X_y=True)
    X, y = drop_unlabelled(X, y)
    windows, labels = sliding_windows(X, y, window_length=5.0, overlap=0.0, tail="drop")
    windows, labels = windows[::2], labels[::2]  # half of 64 hours tell as much, in half the time
    return windows, np.asarray(labels), np.asarray(windows.subjects)


def folds_of(name, people):
    """Splitters over the people to choose by; on HAPT two foldings, elsewhere one."""
    if name == "hapt":
        return [SubjectKFold(3, shuffle=True, random_state=seed) for seed in (0, 1)]
    return [SubjectKFold(5, shuffle=True, random_state=0)]


def cross_validated(make, windows, labels, people, folds):
    predicted = np.empty_like(labels)
    seconds = []
    for train, test in folds.split(windows, labels, groups=people):
        start = time.process_time()
        model = make().fit(windows[train], labels[train], groups=people[train])
        seconds.append(time.process_time() - start)
        predicted[test] = model.predict(windows[test])
    return predicted, np.mean(seconds)


def by_person(labels, predicted, people):
    """Macro-F1 of each person."""
    scores = []
    for person in np.unique(people):
        mine = people == person
        scores.append(f1_score(labels[mine], predicted[mine], average="macro", zero_division=0))
    return np.array(scores)


def report(name, labels, predicted, people, seconds):
    scores = by_person(labels, predicted, people)
    print(
        f"{name:34} accuracy {accuracy_score(labels, predicted):.4f}  macro-F1 "
        f"{f1_score(labels, predicted, average='macro'):.4f}  people: mean {scores.mean():.3f} sd "
        f"{scores.std():.3f} worst {scores.min():.3f}  fit {seconds:4.0f} s",
        flush=True,
    )


def choose(name, windows, labels, people, options):
    for classifier in options.classifiers:
        make = getattr(classifiers, f"{classifier}Classifier")
        for number, folds in enumerate(folds_of(name, people)):
            predicted, seconds = cross_validated(
                lambda make=make: make(random_state=0, **options.parameters), windows, labels, people, folds
            )
            report(f"{name} {classifier} folding {number}", labels, predicted, people, seconds)


def test(windows, labels, people, options):
    held_out = np.isin(people, TEST_PEOPLE)
    for classifier in options.classifiers:
        probabilities, accuracies = [], []
        for seed in SEEDS:
            model = getattr(classifiers, f"{classifier}Classifier")(random_state=seed, **options.parameters)
            start = time.process_time()
            model.fit(windows[~held_out], labels[~held_out])
            seconds = time.process_time() - start
            probabilities.append(model.predict_proba(windows[held_out]))
            predicted = model.classes_[probabilities[-1].argmax(axis=1)]
            accuracies.append(accuracy_score(labels[held_out], predicted))
            report(
                f"test people {classifier} seed {seed}",
                labels[held_out],
                predicted,
                people[held_out],
                seconds,
            )
        together = model.classes_[np.mean(probabilities, axis=0).argmax(axis=1)]
        print(
            f"test people {classifier}: mean of seeds {np.mean(accuracies):.4f}, together "
            f"{accuracy_score(labels[held_out], together):.4f}",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("datasets", nargs="*", default=["hapt"], choices=["hapt", "geotec", "wisdm2019"])
    parser.add_argument("--classifiers", nargs="+", default=NAMES)
    parser.add_argument("--parameters", default="", help="such as rotation=0,epochs=20")
    parser.add_argument("--test", action="store_true", help="score HAPT's test people instead")
    options = parser.parse_args()
    options.parameters = eval(f"dict({options.parameters})")
    torch.set_num_threads(1)
    warnings.simplefilter("ignore", IncompleteDatasetWarning)
    for name in options.datasets:
        windows, labels, people = globals()[name]()
        if options.test:
            test(windows, labels, people, options)
            continue
        if name == "hapt":
            train = ~np.isin(people, TEST_PEOPLE)
            windows, labels, people = windows[train], labels[train], people[train]
        choose(name, windows, labels, people, options)


if __name__ == "__main__":
    main()
