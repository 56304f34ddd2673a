"""Whose windows SMOTE joins, and what that does to a validation inside of the training people.

    SKLEARN_HAR_DATA=<folder with hapt/> python benchmarks/smote_between_people.py
    SKLEARN_HAR_DATA=<folder with hapt/> python benchmarks/smote_between_people.py pairs --people training

HAPT's six basic activities, windows of 2.56 s and 50 % overlap, six raw channels. Three parts:

"pairs": of all pairs of a window and one of its five nearest neighbours of the same label, the share that
are two people, by label, for windows as they are (what SMOTE of imbalanced-learn does) and with every
channel divided by its standard deviation.

"amplitude": standard deviation over time of synthetic windows (WindowSMOTE, each activity at ``--share`` of
the 21 training people's windows) over that of their parents, mean of channels: below 1 where parents
are out of step.

"validation": of the 21 training people alone, one activity at a time is thinned out to ``--share`` of all
windows. Three folds of people are "never seen"; of the others' windows, SMOTE makes as many of the rare
activity as there are of the others on average, and an inner validation in seven folds says what it expects.
What differs is who may be joined, and what is held out:

    free SMOTE, windows held out at random  synthetic ones validate too
    free SMOTE, people held out afterwards  a synthetic window is its first parent's
    the same, judged on recorded windows only
    `WindowSMOTE`, people held out afterwards, recorded windows only
    `WindowSMOTE` inside the pipeline, behind the split

Printed are the recall of the rare activity and the mean recall of all six (balanced accuracy, which does not
depend on how many windows there are of each), each over windows of all folds, seeds and activities; in
brackets how much more that is than the same classifier, fitted on all of the others' resampled windows,
reached on people never seen.
"""

import argparse
from collections import defaultdict

import numpy as np
from network_defaults import TEST_PEOPLE
from sklearn.base import clone
from sklearn.linear_model import RidgeClassifier
from sklearn.metrics import recall_score
from sklearn.model_selection import GroupKFold, StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_har.datasets import fetch_hapt
from sklearn_har.features import MotionFeatures
from sklearn_har.model_selection import SubjectKFold
from sklearn_har.recordings import drop_unlabelled
from sklearn_har.sampling import WindowSMOTE
from sklearn_har.windowing import sliding_windows

N_NEIGHBORS, N_INNER = 5, 7
PARTS = ("pairs", "amplitude", "validation")
WAYS = [
    "free SMOTE, windows held out at random",
    "free SMOTE, people held out afterwards",
    "the same, judged on recorded windows only",
    "`WindowSMOTE`, people held out afterwards, recorded windows only",
    "`WindowSMOTE` inside the pipeline, behind the split",
]
CLASSIFIERS = {
    "1-NN on windows": ("rows", KNeighborsClassifier(1)),
    "1-NN on features": ("features", make_pipeline(StandardScaler(), KNeighborsClassifier(1))),
    "ridge on features": ("features", make_pipeline(StandardScaler(), RidgeClassifier(100.0))),
}


def hapt():
    X, y = fetch_hapt(activities="basic", return_X_y=True)
    windows, labels = sliding_windows(*drop_unlabelled(X, y), window_length=2.56, tail="drop")
    return windows.astype(np.float32), np.asarray(labels)


def thinned(windows, labels, rare, share, random_state):
    """Leave out windows of one label at random, until it is ``share`` of what is left."""
    others, own = np.flatnonzero(labels != rare), np.flatnonzero(labels == rare)
    n_left = round(share / (1 - share) * len(others))
    kept = np.sort(np.concatenate([others, random_state.choice(own, n_left, replace=False)]))
    return windows[kept], labels[kept]


def pairs_of_two_people(rows, people):
    """Which of the neighbours of every row are another person's."""
    found = NearestNeighbors(n_neighbors=N_NEIGHBORS).fit(rows).kneighbors(return_distance=False)
    return people[found] != people[:, np.newaxis]


def print_pairs(windows, labels):
    values, lines = np.asarray(windows), []
    for title, scaled in (("as they are", values), ("standardised", values / values.std(axis=(0, 1)))):
        rows = scaled.reshape(len(scaled), -1)
        mixed = {
            str(label): pairs_of_two_people(rows[labels == label], windows.subjects[labels == label])
            for label in np.unique(labels)
        }
        shares = [f"{found.mean():.1%}" for found in [np.concatenate(list(mixed.values())), *mixed.values()]]
        lines.append(f"| {title} | {' | '.join(shares)} |")
    print(f"| pairs of two people, windows | all | {' | '.join(mixed)} |\n{'|---' * (2 + len(mixed))}|")
    print(*lines, sep="\n", flush=True)


def print_amplitude(windows, labels, options):
    for rare in options.rare or np.unique(labels):
        ratios = []
        for seed in options.seeds:
            part, y = thinned(windows, labels, rare, options.share, np.random.RandomState(seed))
            sampler = WindowSMOTE(sampling_strategy={rare: 2 * sum(y == rare)}, random_state=seed)
            sampled, _ = sampler.fit_resample(part, y)
            first, second = (np.asarray(part[of]).std(axis=1) for of in sampler.parents_.T)
            ratios.append((np.asarray(sampled[len(part) :]).std(axis=1) / ((first + second) / 2)).mean())
        print(f"amplitude of synthetic {rare}: {np.mean(ratios):.3f} of their parents'", flush=True)


class Resampled:
    """Recorded and synthetic windows as rows and as features, whose each is, and which are recorded."""

    def __init__(self, windows, labels, tables, rare, n_rare, *, free, seed):
        sampler = WindowSMOTE(sampling_strategy={rare: n_rare}, k_neighbors=N_NEIGHBORS, random_state=seed)
        given = windows
        if free:  # for whom all are one person
            given = windows[:]
            given.subjects = np.zeros(len(windows), dtype=int)
        sampled, self.labels = sampler.fit_resample(given, labels)
        self.people = np.concatenate([windows.subjects, windows.subjects[sampler.parents_[:, 0]]])
        self.recorded = sampled.origin == 0
        new = sampled[~self.recorded]
        self.tables = {name: np.concatenate([tables[name], MAKE[name](new)]) for name in tables}


MAKE = {}  # from windows to what a classifier takes, by name


def recalls(labels, predicted, rare):
    return np.array(
        [
            recall_score(labels, predicted, labels=[rare], average="macro"),
            recall_score(labels, predicted, average="macro"),
        ]
    )


def validated(model, table, labels, folds, scored, rare):
    """Recalls over the windows held out, of which only those ``scored`` count."""
    predicted = np.empty_like(labels)
    for train, test in folds:
        predicted[test] = clone(model).fit(table[train], labels[train]).predict(table[test])
    return recalls(labels[scored], predicted[scored], rare)


def resampled_inside(windows, labels, tables, rare, n_rare, seed):
    """What trains, resampled by itself, and what is held out, for every fold of people."""
    parts = []
    for train, test in GroupKFold(N_INNER).split(labels, groups=windows.subjects):
        own = {name: table[train] for name, table in tables.items()}
        n_here = round(n_rare * len(train) / len(labels))
        parts.append(
            (Resampled(windows[train], labels[train], own, rare, n_here, free=False, seed=seed), test)
        )
    return parts


def expectations(model, kind, known, free, own, inside, rare, seed):
    """What each way of validating says, and the windows that a classifier then learns from."""
    _, labels, tables = known
    by_people = list(GroupKFold(N_INNER).split(free.labels, groups=free.people))
    own_people = list(GroupKFold(N_INNER).split(own.labels, groups=own.people))
    at_random = StratifiedKFold(N_INNER, shuffle=True, random_state=seed).split(free.labels, free.labels)
    every = np.ones(len(free.labels), dtype=bool)
    table, own_table = free.tables[kind], own.tables[kind]
    yield WAYS[0], free, validated(model, table, free.labels, at_random, every, rare)
    yield WAYS[1], free, validated(model, table, free.labels, by_people, every, rare)
    yield WAYS[2], free, validated(model, table, free.labels, by_people, free.recorded, rare)
    yield WAYS[3], own, validated(model, own_table, own.labels, own_people, own.recorded, rare)
    predicted = np.empty_like(labels)
    for part, test in inside:
        predicted[test] = clone(model).fit(part.tables[kind], part.labels).predict(tables[kind][test])
    yield WAYS[4], own, recalls(labels, predicted, rare)


def validate_fold(known, test, n_rare, rare, seed, found):
    """Add what is expected of, and reached on, one fold of people never seen."""
    free, own = (Resampled(*known, rare, n_rare, free=free, seed=seed) for free in (True, False))
    inside = resampled_inside(*known, rare, n_rare, seed)
    labels, tables = test
    for name, (kind, model) in CLASSIFIERS.items():
        reached = {}
        for way, data, expected in expectations(model, kind, known, free, own, inside, rare, seed):
            if id(data) not in reached:
                fitted = clone(model).fit(data.tables[kind], data.labels)
                reached[id(data)] = recalls(labels, fitted.predict(tables[kind]), rare)
            found[name, way].append(np.concatenate([expected, reached[id(data)]]))


def validate(windows, labels, options):
    found = defaultdict(list)
    for rare in options.rare or np.unique(labels):
        for seed in options.seeds:
            part, y = thinned(windows, labels, rare, options.share, np.random.RandomState(seed))
            tables = {name: make(part) for name, make in MAKE.items()}
            n_others = round((y != rare).sum() / (len(np.unique(y)) - 1))
            for train, test in SubjectKFold(3, shuffle=True, random_state=seed).split(part):
                n_rare = round(n_others * len(train) / len(y))
                known = part[train], y[train], {name: table[train] for name, table in tables.items()}
                never_seen = y[test], {name: table[test] for name, table in tables.items()}
                validate_fold(known, never_seen, n_rare, rare, seed, found)
        print_validation(found, rare)


def print_validation(found, rare):
    for place, score in enumerate(("recall of the rare activity", "mean recall")):
        print(f"\nafter {rare}: {score}\n\n| validation | {' | '.join(CLASSIFIERS)} |\n|---|---|---|---|")
        for way in WAYS:
            cells = []
            for name in CLASSIFIERS:
                expected, reached = np.mean(found[name, way], axis=0).reshape(2, 2)[:, place]
                cells.append(f"{expected:.3f} ({expected - reached:+.3f})")
            print(f"| {way} | {' | '.join(cells)} |", flush=True)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", default=list(PARTS), help=", ".join(PARTS))
    parser.add_argument("--people", choices=["all", "training"], default="all", help="of whom pairs are")
    parser.add_argument("--rare", nargs="+", help="activities; all six")
    parser.add_argument("--share", type=float, default=0.05)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    options = parser.parse_args()
    windows, labels = hapt()
    training = np.flatnonzero(~np.isin(windows.subjects, TEST_PEOPLE))
    if "pairs" in options.parts:
        of = training if options.people == "training" else np.arange(len(windows))
        print_pairs(windows[of], labels[of])
    windows, labels = windows[training], labels[training]
    if "amplitude" in options.parts:
        print_amplitude(windows, labels, options)
    if "validation" in options.parts:
        scale = np.asarray(windows).std(axis=(0, 1))
        motion = MotionFeatures().fit(windows)
        MAKE["rows"] = lambda part: (np.asarray(part) / scale).reshape(len(part), -1)
        MAKE["features"] = lambda part: np.asarray(motion.transform(part))
        validate(windows, labels, options)


if __name__ == "__main__":
    main()
