"""RocketClassifier at its defaults, and what other parameters give.

    SKLEARN_HAR_DATA=<folder> python benchmarks/rocket_defaults.py hapt6 turns --parameters "n_kernels=2000"

Prints what the fit itself knows of people left out, one at a time: this is how defaults were chosen. Of
HAPT only the 21 training people are used, "hapt6" has six activities and windows of 2.56 s; others, and
every fifth window of WISDM 2019, are as in ``table.py``; "turns" is straight walking, left and right
turns, simulated, of 12 people. ``--test`` scores HAPT's nine test people, for three seeds, with the
expected calibration error (15 bins), and kernels without statistics beside it. Seconds are wall time.
"""

import argparse
import ast
import time
import warnings

import numpy as np
from network_defaults import SEEDS, TEST_PEOPLE
from sklearn.metrics import accuracy_score, f1_score
from table import DATASETS, read_windows

from sklearn_har.classifiers import RidgeClassifierGroupCV, RocketClassifier
from sklearn_har.datasets import make_recordings
from sklearn_har.evaluation import calibration_error
from sklearn_har.exceptions import IncompleteDatasetWarning
from sklearn_har.features import RocketFeatures
from sklearn_har.recordings import drop_unlabelled
from sklearn_har.windowing import sliding_windows

CHOICES = ("turns", *DATASETS)
TURNS = ("walking", "turning_left", "turning_right")


def turns():
    X, y = make_recordings(12, TURNS, label_transitions=False, random_state=0, return_X_y=True)
    windows, labels = sliding_windows(*drop_unlabelled(X, y), window_length=2.56, tail="drop")
    return windows, np.asarray(labels)


def windows_of(name):
    """Windows to choose by, and their labels."""
    if name == "turns":
        return turns()
    windows, labels = read_windows(name)
    if name.startswith("hapt"):
        known = np.flatnonzero(~np.isin(windows.subjects, TEST_PEOPLE))
        return windows[known], labels[known]
    step = slice(None, None, 5 if name.startswith("wisdm") else 1)
    return windows[step], labels[step]


def report_left_out(name, model, labels, people, seconds):
    decisions = model.ridge_.held_out_decisions_
    predicted = model.classes_[decisions.argmax(axis=1)]
    of_people = [np.mean(predicted[people == one] == labels[people == one]) for one in np.unique(people)]
    each = " ".join(f"{score:.3f}" for score in f1_score(labels, predicted, average=None))
    print(
        f"{name:44} accuracy {accuracy_score(labels, predicted):.4f}  macro-F1 "
        f"{f1_score(labels, predicted, average='macro'):.4f}  worst person {min(of_people):.3f}  alpha "
        f"{model.ridge_.alpha_}  ramps {model.ramped_}  fit {seconds:.1f} s  F1 {each}",
        flush=True,
    )


def kernels_alone(seed, windows, labels, people, test_windows):
    features = RocketFeatures(random_state=seed).fit(windows)
    ridge = RidgeClassifierGroupCV(class_weight="balanced_sqrt")
    return ridge.fit(features.transform(windows), labels, groups=people).predict(
        features.transform(test_windows)
    )


def test(parameters):
    windows, labels = read_windows("hapt6")
    people = np.asarray(windows.subjects)
    test, train = (np.flatnonzero(np.isin(people, TEST_PEOPLE) == one) for one in (True, False))
    scores = []
    for seed in SEEDS:
        start = time.perf_counter()
        model = RocketClassifier(random_state=seed, **parameters).fit(windows[train], labels[train])
        seconds = time.perf_counter() - start
        probabilities = model.predict_proba(windows[test])
        predicted = model.classes_[probabilities.argmax(axis=1)]
        error = calibration_error(labels[test], probabilities, labels=model.classes_)
        alone = kernels_alone(seed, windows[train], labels[train], people[train], windows[test])
        scores.append([np.mean(predicted == labels[test]), np.mean(alone == labels[test])])
        print(
            f"test people, seed {seed}: accuracy {scores[-1][0]:.4f}, macro-F1 "
            f"{f1_score(labels[test], predicted, average='macro'):.4f}, calibration error "
            f"{error:.4f}, fit {seconds:.1f} s; "
            f"kernels alone {scores[-1][1]:.4f}",
            flush=True,
        )
    print("test people, mean of seeds: {:.4f}; kernels alone {:.4f}".format(*np.mean(scores, axis=0)))


def assignment(text):
    name, value = text.split("=", 1)
    return name, ast.literal_eval(value)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("datasets", nargs="*", help=", ".join(CHOICES))
    parser.add_argument("--parameters", nargs="+", type=assignment, default=[])
    parser.add_argument("--seeds", nargs="+", type=int, default=SEEDS)
    parser.add_argument("--test", action="store_true")
    options = parser.parse_args()
    parameters = dict(options.parameters)
    warnings.simplefilter("ignore", IncompleteDatasetWarning)
    if options.test:
        test(parameters)
        return
    for name in options.datasets or ["hapt6"]:
        windows, labels = windows_of(name)
        people = np.asarray(windows.subjects)
        for seed in options.seeds:
            start = time.perf_counter()
            model = RocketClassifier(random_state=seed, **parameters).fit(windows, labels)
            seconds = time.perf_counter() - start
            report_left_out(f"{name} seed {seed} {parameters or ''}", model, labels, people, seconds)


if __name__ == "__main__":
    main()
