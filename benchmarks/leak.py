"""What a leak costs: one model, scored on a random split of overlapping windows and on a split by people.

    SKLEARN_HAR_DATA=<folder> python benchmarks/leak.py [--datasets geotec_phone] [--models rocket]

HAPT's twelve labels, GeoTec's phone, and WISDM 2019's watch, of which the first half minute of each
activity is taken, of all people; windows are those of `table.py`, and overlap by half. Each window is
tested once, by a model that was fitted on the other folds: folds of windows dealt at random (KFold,
shuffled), or of people (SubjectKFold). Nothing else differs.

Macro-F1 and accuracy are over the predictions of all folds together. Inflation is the difference of the
two, in points, with its 95 % interval over people (compare_by_subject). In brackets behind a score is
the standard deviation over folds. Seconds are processor time of both cross-validations. Of the first
fold of each kind, the line "leak" says what check_no_leakage finds; a recording there is one bout of an
activity. ``--every 2`` takes every second person, for a quick look.
"""

import argparse
import time
import warnings

import numpy as np
from sklearn.metrics import accuracy_score
from sklearn.model_selection import KFold
from table import DATASETS, protocol_of, read_windows

from sklearn_har.classifiers import CNNClassifier, RocketClassifier
from sklearn_har.evaluation import compare_by_subject, macro_f1_score
from sklearn_har.exceptions import IncompleteDatasetWarning
from sklearn_har.model_selection import SubjectKFold, check_no_leakage

HALF_MINUTE = 30.0
NAMES = ["hapt12", "geotec_phone", "wisdm2019_watch"]
MODELS = {
    "rocket": lambda: RocketClassifier(n_kernels=500, random_state=0),
    "cnn": lambda: CNNClassifier(random_state=0),
}
SCORES = {"accuracy": accuracy_score, "f1_macro": macro_f1_score}


def windows_of(name):
    """Windows of a dataset; a recording of WISDM is one activity, of which the first half minute is taken."""
    if not name.startswith("wisdm"):
        return read_windows(name)
    X, y = DATASETS[name]()
    times = X.index.get_level_values("time").to_numpy()
    recordings = X.index.droplevel("time")
    first = np.r_[True, recordings[1:] != recordings[:-1]]
    begins = times[np.flatnonzero(first)][np.cumsum(first) - 1]
    early = times - begins < HALF_MINUTE
    return protocol_of(name).cut(X[early], y[early])


def tested(make, windows, labels, splits):
    """Predictions for every window by a model that was fitted on the other folds."""
    predicted = np.empty_like(labels)
    for train, test in splits:
        predicted[test] = make().fit(windows[train], labels[train]).predict(windows[test])
    return predicted


def report(name, labels, people, splits, predicted):
    """Scores of both splits, and the inflation with its interval over people."""
    for score, function in SCORES.items():
        found = compare_by_subject(
            labels, predicted["random"], predicted["people"], subjects=people, metric=score
        )
        spread = {
            kind: np.std([function(labels[test], predicted[kind][test]) for _, test in own])
            for kind, own in splits.items()
        }
        print(
            f"{name:24} {score:8}  random {found.score_a:.3f} ({spread['random']:.3f})  "
            f"by people {found.score_b:.3f} ({spread['people']:.3f})  inflation "
            f"{100 * found.difference:.1f} points [{100 * found.low:.1f}, {100 * found.high:.1f}]",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--datasets", nargs="+", choices=NAMES, default=NAMES)
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--every", type=int, default=1, help="take every second, third, … person only")
    options = parser.parse_args()
    warnings.simplefilter("ignore", IncompleteDatasetWarning)
    for dataset in options.datasets:
        windows, labels = windows_of(dataset)
        taken = np.isin(windows.subjects, np.unique(windows.subjects)[:: options.every])
        windows, labels = windows[taken], np.asarray(labels)[taken]
        people = np.asarray(windows.subjects)
        splitters = {
            "random": KFold(options.folds, shuffle=True, random_state=0),
            "people": SubjectKFold(options.folds, shuffle=True, random_state=0),
        }
        splits = {kind: list(splitter.split(windows)) for kind, splitter in splitters.items()}
        print(f"{dataset}: {windows.shape} windows of {len(np.unique(people))} people, {options.folds} folds")
        for kind, own in splits.items():
            train, test = own[0]
            print(f"leak, {kind}: {check_no_leakage(windows[train], windows[test], raise_error=False)}")
        for model in options.models:
            start = time.process_time()
            predicted = {kind: tested(MODELS[model], windows, labels, own) for kind, own in splits.items()}
            report(f"{dataset} {model}", labels, people, splits, predicted)
            print(f"{dataset} {model}: {time.process_time() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
