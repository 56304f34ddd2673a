"""Accuracy and cost of the network classifiers at their defaults, on windows of HAPT.

    SKLEARN_HAR_DATA=<folder with hapt/> python benchmarks/network_defaults.py [--seeds 3] [--test]

Defaults are chosen on the 21 training people alone: three-fold cross-validation over people, for
several ways to form the folds, with raw windows and behind the usual filters and ChannelScaler.
``--test`` fits all 21 and scores the nine test people instead. Windows of 2.56 s, 50 % overlap.
"""

import argparse
import time

import numpy as np
from sklearn.base import clone
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline

from sklearn_har.classifiers import CNNLSTMClassifier, LSTMClassifier
from sklearn_har.datasets import fetch_hapt
from sklearn_har.model_selection import SubjectKFold
from sklearn_har.preprocessing import ButterworthFilter, ChannelScaler, MedianFilter
from sklearn_har.recordings import drop_unlabelled
from sklearn_har.windowing import sliding_windows

TEST_PEOPLE = (2, 4, 9, 10, 12, 13, 18, 20, 24)
FOLD_SEEDS = (0, 1)


def windows_of_hapt(filtered):
    X, y = fetch_hapt(activities="basic", return_X_y=True)
    if filtered:
        X = make_pipeline(MedianFilter(3), ButterworthFilter(high=20.0)).fit_transform(X)
    windows, labels = sliding_windows(*drop_unlabelled(X, y), window_length=2.56, tail="drop")
    test = np.isin(windows.subjects, TEST_PEOPLE)
    return (windows[~test], labels[~test]), (windows[test], labels[test])


def cross_validated(model, windows, labels, fold_seed):
    folds = SubjectKFold(3, shuffle=True, random_state=fold_seed)
    return cross_val_predict(model, windows, labels, cv=folds)


def report(name, labels, predicted, seconds):
    accuracy, f1 = accuracy_score(labels, predicted), f1_score(labels, predicted, average="macro")
    print(f"{name:60} accuracy {accuracy:.4f}  macro F1 {f1:.4f}  {seconds:5.0f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--test", action="store_true", help="score the test people instead")
    options = parser.parse_args()
    for filtered in (False, True):
        train, test = windows_of_hapt(filtered)
        for classifier in (CNNLSTMClassifier, LSTMClassifier):
            for seed in range(options.seeds):
                model = classifier(random_state=seed)
                model = make_pipeline(ChannelScaler(), model) if filtered else model
                name = f"{classifier.__name__}, {'filters + scaler' if filtered else 'raw'}, seed {seed}"
                for fold_seed in () if options.test else FOLD_SEEDS:
                    start = time.perf_counter()
                    predicted = cross_validated(clone(model), *train, fold_seed)
                    report(f"{name}, folds {fold_seed}", train[1], predicted, time.perf_counter() - start)
                if options.test:
                    start = time.perf_counter()
                    model.fit(*train)
                    seconds = time.perf_counter() - start
                    report(f"{name}, test people", test[1], model.predict(test[0]), seconds)


if __name__ == "__main__":
    main()
