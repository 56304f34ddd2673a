"""Accuracy of features with a linear SVM and with gradient boosting, on people never seen.

    SKLEARN_HAR_DATA=<folder with hapt/> python benchmarks/feature_accuracy.py [--features motion]

HAPT's six basic activities, windows of 2.56 s and 50 % overlap, gravity separated before them or not
(`SEPARATED`). Prints what each candidate reaches by cross-validation over the 21 training people, in
folds of three people: choose by this alone. ``--test`` fits the chosen pipelines (`CHOSEN`) on all of
them instead, and scores UCI HAR's nine test people, boosting for three seeds. Seconds are one thread's
processor time of fitting the classifier, scaling included.

Tables are computed once for all folds: each row comes from its window alone, but for the medians of
undefined values, which here are those of all training people.
"""

import argparse
import time

import numpy as np
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import accuracy_score
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer, QuantileTransformer, RobustScaler, StandardScaler
from sklearn.svm import LinearSVC

from sklearn_har.datasets import fetch_hapt
from sklearn_har.features import MotionFeatures, TsfreshFeatures
from sklearn_har.model_selection import SubjectKFold
from sklearn_har.preprocessing import GravitySeparator
from sklearn_har.recordings import drop_unlabelled
from sklearn_har.windowing import sliding_windows

SEEDS = (0, 1, 2)
SEPARATED = {"tsfresh": False, "motion": True, "both": True}  # whether gravity is, before windows are cut
FEATURES = {
    "tsfresh": TsfreshFeatures(),
    "motion": MotionFeatures(),
    "both": make_union(TsfreshFeatures(), MotionFeatures()),
}
SCALINGS = {
    "standard": (StandardScaler(),),
    "asinh": (RobustScaler(), FunctionTransformer(np.arcsinh), StandardScaler()),
    "normal": (
        QuantileTransformer(n_quantiles=200, output_distribution="normal", random_state=0),
        StandardScaler(),
    ),
}


def svm(scaling, C):
    return make_pipeline(*map(clone, SCALINGS[scaling]), LinearSVC(C=C, dual=False, tol=1e-3))


def boosting(**parameters):
    parameters = {"max_features": 0.1, **parameters}
    return HistGradientBoostingClassifier(max_bins=63, early_stopping=False, random_state=0, **parameters)


CANDIDATES = {
    **{f"svm {scaling} C={C:g}": svm(scaling, C) for scaling in SCALINGS for C in (1e-4, 1e-3)},
    "svm asinh C=0.01": svm("asinh", 1e-2),
    "boosting 100 x 31": boosting(max_iter=100),
    "boosting 200 x 8": boosting(max_iter=200, max_leaf_nodes=8),
    "boosting 200 x 4": boosting(max_iter=200, max_leaf_nodes=4, max_features=0.05),
}
CHOSEN = {  # for each of FEATURES, by cross-validation
    "tsfresh": {"svm": "svm asinh C=0.001", "boosting": "boosting 200 x 4"},
    "motion": {"svm": "svm asinh C=0.001", "boosting": "boosting 200 x 8"},
    "both": {"svm": "svm asinh C=0.001", "boosting": "boosting 200 x 4"},
}


def read_windows(separated):
    """Windows, labels, people, and which windows are of test people."""
    data = fetch_hapt(activities="basic")
    X = GravitySeparator().fit_transform(data.data) if separated else data.data
    windows, labels = sliding_windows(*drop_unlabelled(X, data.target), window_length=2.56, tail="drop")
    people = np.asarray(windows.subjects)
    return windows, np.asarray(labels), people, np.isin(people, list(data.test_subjects))


def fitted(model, table, labels):
    start = time.process_time()
    model = clone(model).fit(table, labels)
    return model, time.process_time() - start


def choose(name, table, labels, people, candidates, every):
    folds = SubjectKFold(7, shuffle=True, random_state=0)
    for candidate, model in candidates.items():
        scores, seconds = [], []
        for train, test in folds.split(table, labels, groups=people):
            in_fold, in_seconds = fitted(model, table[train[::every]], labels[train[::every]])
            scores.append(accuracy_score(labels[test], in_fold.predict(table[test])))
            seconds.append(in_seconds)
        print(
            f"{name:8} {table.shape[1]:5} columns  {candidate:22} {np.mean(scores):.4f}  sd of folds "
            f"{np.std(scores):.3f}  fit {np.mean(seconds):4.0f} s",
            flush=True,
        )


def test(name, chosen, train_table, train_labels, test_table, test_labels):
    for classifier, model in chosen.items():
        scores, seconds = [], []
        for seed in SEEDS if classifier == "boosting" else (0,):
            model = clone(model)
            if classifier == "boosting":
                model.set_params(random_state=seed)
            model, in_seconds = fitted(model, train_table, train_labels)
            scores.append(accuracy_score(test_labels, model.predict(test_table)))
            seconds.append(in_seconds)
        each = " ".join(f"{score:.4f}" for score in scores)
        print(
            f"test {name:8} {classifier:9} {np.mean(scores):.4f} ({each})  fit {np.mean(seconds):.0f} s",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--features", nargs="+", default=list(FEATURES), choices=list(FEATURES))
    parser.add_argument(
        "--every", type=int, default=1, help="fit in folds on every second, third, … window only"
    )
    parser.add_argument("--candidates", default="", help="only those whose names have this in them")
    parser.add_argument("--separated", action=argparse.BooleanOptionalAction, help="other than `SEPARATED`")
    parser.add_argument("--test", action="store_true", help="score the test people instead")
    options = parser.parse_args()

    candidates = {name: model for name, model in CANDIDATES.items() if options.candidates in name}
    for name in options.features:
        chosen = {kind: candidates[one] for kind, one in CHOSEN[name].items() if one in candidates}
        separated = SEPARATED[name] if options.separated is None else options.separated
        windows, labels, people, held_out = read_windows(separated)
        features = clone(FEATURES[name])
        table = features.fit_transform(windows[~held_out])
        if options.test:
            test(
                name,
                chosen,
                table,
                labels[~held_out],
                features.transform(windows[held_out]),
                labels[held_out],
            )
        else:
            choose(name, table, labels[~held_out], people[~held_out], candidates, options.every)


if __name__ == "__main__":
    main()
