"""What context adds to classifiers of windows, and what of it is the script that people followed.

    SKLEARN_HAR_DATA=<folder with hapt/> python benchmarks/context.py [--models ...] [--keep folder]

HAPT's six activities. Windows of 2.56 s, half overlapping, are cut from all rows of a recording, also those
without a label, so no end of a run tells where an activity ends; what lies between the activities is smoothed
as it comes. Scored is the share of windows that lie wholly in one activity (as published protocols have
them), and of those that have it in most rows. Classifiers and smoothers learn on the 21 training people,
smoothers on probabilities out of fold (5 folds of people). "held out" is the same on the training people, in
7 outer folds of them: what may be chosen by. "test" is UCI HAR's nine people; nothing is chosen on them.

"uniform" smoothers know how long activities last, but not their order; with "1 stage" they know the mean
only, and an activity is as likely to end now as later. "shuffled test" are the test recordings with their
stretches (an activity, and the unlabelled time after it) in random order, 5 draws, smoothed by what was
learned in the order of the script; for "both shuffled" it was learned on shuffled recordings too.
"""

import argparse
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_har.classifiers import RocketClassifier
from sklearn_har.datasets import fetch_hapt
from sklearn_har.features import MotionFeatures, SignalStatistics, TsfreshFeatures
from sklearn_har.model_selection import SubjectKFold
from sklearn_har.smoothing import HMMSmoother, MinimumDuration
from sklearn_har.windowing import SlidingWindowClassifier, sliding_windows

WINDOW = 2.56
N_OUTER = 7
N_SHUFFLES = 5
SEEDED = {"rocket"}
MODELS = {
    "rocket": lambda seed: RocketClassifier(random_state=seed),
    "boosting": lambda seed: make_pipeline(
        TsfreshFeatures("efficient"), HistGradientBoostingClassifier(random_state=seed)
    ),
    "logistic": lambda seed: make_pipeline(
        SignalStatistics(), StandardScaler(), LogisticRegression(max_iter=300)
    ),
    "bayes": lambda seed: make_pipeline(MotionFeatures(), StandardScaler(), PCA(5), GaussianNB()),
}
SMOOTHERS = {
    "causal, uniform, 1 stage": HMMSmoother(causal=True, stages=1),
    "causal, uniform": HMMSmoother(causal=True),
    "causal, learned, 1 stage": HMMSmoother(causal=True, stages=1, order="learned"),
    "causal, learned": HMMSmoother(causal=True, order="learned"),
    "full, uniform, 1 stage": HMMSmoother(stages=1),
    "full, uniform": HMMSmoother(),
    "full, learned, 1 stage": HMMSmoother(stages=1, order="learned"),
    "full, learned": HMMSmoother(order="learned"),
    "minimum 5 s, causal": MinimumDuration(5.0, causal=True),
    "minimum 5 s": MinimumDuration(5.0),
}


class Kept:
    """Takes the place of a smoother, and keeps what it is given."""

    classes_ = None

    def get_params(self, deep=True):
        return {}

    def fit(self, table, truth):
        self.table_, self.truth_ = table, truth
        self.classes_ = np.array(table.columns)
        return self

    def predict(self, table):
        self.seen_ = table
        return self.classes_[table.to_numpy().argmax(axis=1)]


def tables_of(model, X, y, train, test):
    """Probabilities of all windows, out of fold for those of training people, and the labels of windows."""
    recognizer = SlidingWindowClassifier(model, window_length=WINDOW, smoother=Kept())
    recognizer.fit(X[train], y[train])
    recognizer.predict(X[test])
    kept = recognizer.smoother_
    return (kept.table_, *labels_of(X[train], y[train])), (kept.seen_, *labels_of(X[test], y[test]))


def labels_of(X, y):
    """Label of each window, None if most of it is unlabelled, and whether it lies in one activity."""
    every = sliding_windows(X, window_length=WINDOW)
    labels = np.full(len(every), None, dtype=object)
    pure = np.zeros(len(every), dtype=bool)
    for found, min_purity in ((labels, 0.0), (pure, 1.0)):
        windows, of_window = sliding_windows(X, y, window_length=WINDOW, min_purity=min_purity)
        place = np.searchsorted(every.starts, windows.starts)
        found[place] = of_window if found is labels else True
    return labels, pure


def hits(predicted, labels, pure):
    known = pd.notna(labels)
    right = predicted == labels
    return np.array([right[pure].sum(), pure.sum(), right[known].sum(), known.sum()])


def outer_folds(table, labels, pure):
    """Parts of the training people: to learn from, and held out."""
    for train, test in SubjectKFold(N_OUTER).split(table):
        yield tuple((table.iloc[rows], labels[rows], pure[rows]) for rows in (train, test))


def shuffled(table, labels, pure, rng):
    """Stretches of each recording in random order, at the recording's own times."""
    order = []
    for rows in pd.Series(np.arange(len(table))).groupby(recording_of(table)).indices.values():
        filled = pd.Series(labels[rows]).ffill().bfill()
        parts = np.split(rows, np.flatnonzero(filled.to_numpy()[1:] != filled.to_numpy()[:-1]) + 1)
        order.extend(parts[i] for i in rng.permutation(len(parts)))
    order = np.concatenate(order)
    return pd.DataFrame(table.to_numpy()[order], table.index, table.columns), labels[order], pure[order]


def recording_of(table):
    return table.index.codes[1]


def scores_of(smoother, learned, tested):
    """Hits on held-out training people and on test people."""
    held_out = sum(scored(smoother, fit, held) for fit, held in outer_folds(*learned))
    return np.stack([held_out, scored(smoother, learned, tested)])


def scored(smoother, learned, tested):
    if smoother is None:
        return hits(np.array(tested[0].columns)[tested[0].to_numpy().argmax(axis=1)], *tested[1:])
    return hits(smoother.fit(*learned[:2]).predict(tested[0]), *tested[1:])


def scores_of_shuffled(smoother, learned, tested):
    """Hits on shuffled test recordings of what was learned in the script's order, and on shuffled ones."""
    rng = np.random.default_rng(0)
    found = np.zeros((2, 4))
    for _ in range(N_SHUFFLES):
        new_learned, new_tested = shuffled(*learned, rng), shuffled(*tested, rng)
        found += [scored(smoother, learned, new_tested), scored(smoother, new_learned, new_tested)]
    return found


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", nargs="+", default=list(MODELS), choices=MODELS)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="folder in which probabilities are kept, to go on from")
    options = parser.parse_args()

    data = fetch_hapt(activities="basic")
    X, y = data.data, data.target
    test = X.index.get_level_values("subject").isin(data.test_subjects)
    for name in options.models:
        seeds = range(options.seeds) if name in SEEDED else range(1)
        tables = [kept_tables(options.keep, name, seed, X, y, test) for seed in seeds]
        print(f"\n{name}, {len(seeds)} seeds; windows in one activity (in most rows)", flush=True)
        print("| smoother | held out | test | shuffled test | both shuffled |\n|---|---|---|---|---|")
        for label, smoother in {"none": None, **SMOOTHERS}.items():
            found = sum(scores_of(smoother, *both) for both in tables)
            of_shuffled = sum(scores_of_shuffled(smoother, *both) for both in tables)
            cells = [f"{p / n:.4f} ({q / m:.4f})" for p, n, q, m in [*found, *of_shuffled]]
            print(f"| {label} | {' | '.join(cells)} |", flush=True)


def kept_tables(folder, name, seed, X, y, test):
    path = None if folder is None else folder / f"{name}_{seed}.pkl"
    if path is not None and path.exists():
        return pickle.loads(path.read_bytes())
    found = tables_of(MODELS[name](seed), X, y, ~test, test)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(found))
    return found


if __name__ == "__main__":
    main()
