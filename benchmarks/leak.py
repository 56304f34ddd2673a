"""What a leak costs: one model, scored on splits that papers use and on a split by people.

    SKLEARN_HAR_DATA=<folder> python benchmarks/leak.py [--datasets geotec_phone] [--models rocket]
    SKLEARN_HAR_DATA=<folder> python benchmarks/leak.py --datasets geotec_phone hapt6 --models lda nn
        --splits random time apart smote

HAPT's twelve labels or its six basic activities, GeoTec's phone, and WISDM 2019's watch, of which the first
half minute of each activity is taken, of all people; windows are those of `table.py`, and overlap by half.
Each window is tested once, by a model that was fitted on the other folds: folds of people (SubjectKFold), or

- random: of windows dealt at random (KFold, shuffled);
- time: of blocks in time, each person's windows of each activity cut into as many as there are folds;
- apart: the same, and training windows that share rows with test windows are left out;
- smote: of windows dealt at random, after imbalanced-learn's SMOTE of all of them, standardised. Recorded
  windows are scored alone, and together with synthetic ones, as where nobody tells them apart. Here
  the split by people has SMOTE too, of training people only.

Nothing else differs. The models lda and nn are fitted on SignalStatistics, of which SMOTE makes its windows.

Macro-F1 and accuracy are over the predictions of all folds together. Inflation is the difference of the
two, in points, with its 95 % interval over people (compare_by_subject); where synthetic windows are scored
it has none, since they are of nobody. Of the first fold of each kind, the line "leak" says what
check_no_leakage finds; a recording there is one bout of an activity. ``--every 2`` takes every second person,
for a quick look.
"""

import argparse
import warnings

import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import KFold, PredefinedSplit
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from table import DATASETS, lda, protocol_of, read_windows

from sklearn_har.classifiers import CNNClassifier, RocketClassifier
from sklearn_har.evaluation import compare_by_subject
from sklearn_har.exceptions import IncompleteDatasetWarning, LeakageWarning
from sklearn_har.features import SignalStatistics
from sklearn_har.model_selection import SubjectKFold, check_no_leakage

HALF_MINUTE = 30.0
NAMES = {
    "geotec_phone": "GeoTec, phone, 5 activities",
    "hapt6": "HAPT, 6 activities",
    "hapt12": "HAPT, 12 activities",
    "wisdm2019_watch": "WISDM 2019, watch, 18 activities",
}
ON_WINDOWS = {
    "rocket": lambda: RocketClassifier(n_kernels=500, random_state=0),
    "cnn": lambda: CNNClassifier(random_state=0),
}
ON_FEATURES = {
    "lda": lda,
    "nn": lambda: make_pipeline(StandardScaler(), KNeighborsClassifier(1)),
}
MODELS = ON_WINDOWS | ON_FEATURES
MODEL_NAMES = {
    "rocket": "`RocketClassifier`",
    "cnn": "`CNNClassifier`",
    "lda": "`SignalStatistics`, LDA",
    "nn": "`SignalStatistics`, 1-NN",
}
SPLIT_NAMES = {
    "random": "at random",
    "time": "by time",
    "apart": "by time, no row shared",
    "smote": "SMOTE, then at random",
}
COLUMNS = "dataset | model | split | accuracy | by people | inflation | macro-F1 | by people | inflation"


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


def at_random(n_folds):
    return KFold(n_folds, shuffle=True, random_state=0)


def by_time(labels, people, n_folds):
    """Folds of blocks in time, of each person's windows of each activity."""
    alike = pd.Series(labels).groupby([people, labels])
    return PredefinedSplit(alike.cumcount() * n_folds // alike.transform("size")).split()


def apart(windows, splits):
    """Splits without the training windows that share rows with test windows."""
    rows = windows.starts[:, None] + np.arange(windows.shape[1])
    for train, test in splits:
        yield train[~np.isin(rows[train], rows[test]).any(axis=1)], test


def splits_of(kinds, windows, labels, n_folds):
    """Positions of training and test windows in each fold, for each kind of split but SMOTE's."""
    people = np.asarray(windows.subjects)
    splits = {
        "random": lambda: at_random(n_folds).split(windows),
        "time": lambda: by_time(labels, people, n_folds),
        "apart": lambda: apart(windows, by_time(labels, people, n_folds)),
        "people": lambda: SubjectKFold(n_folds, shuffle=True, random_state=0).split(windows),
    }
    return {kind: list(make()) for kind, make in splits.items() if kind in [*kinds, "people"]}


def as_they_are(X, labels):
    return X, labels


def after_smote(X, labels):
    """Windows (made flat for SMOTE) or features with synthetic ones behind them, and their labels."""
    flat = np.asarray(X).reshape(len(X), -1)
    scaler = StandardScaler().fit(flat)
    scaled, labels = SMOTE(random_state=0).fit_resample(scaler.transform(flat), labels)
    return scaler.inverse_transform(scaled).reshape(-1, *X.shape[1:]), labels


def tested(make, X, labels, splits, sample):
    """Predictions for every window by a model that was fitted on the other folds."""
    predicted = np.empty_like(labels)
    for train, test in splits:
        predicted[test] = make().fit(*sample(X[train], labels[train])).predict(X[test])
    return predicted


def compared(labels, people, predicted, by_people):
    """Cells of a row: scores of both splits, and the inflation with its interval over people."""
    cells = []
    for score in ("accuracy", "f1_macro"):
        found = compare_by_subject(labels, predicted, by_people, subjects=people, metric=score)
        points = [100 * value for value in (found.difference, found.low, found.high)]
        cells += [f"{found.score_a:.3f}", f"{found.score_b:.3f}", "{:.1f} [{:.1f}, {:.1f}]".format(*points)]
    return cells


def compared_with_synthetic(labels, by_people, sampled_labels, predicted):
    """Cells of a row where synthetic windows are scored too, which belong to nobody."""
    cells = []
    for score in (accuracy_score, lambda *told: f1_score(*told, average="macro")):
        scores = score(sampled_labels, predicted), score(labels, by_people)
        cells += [f"{scores[0]:.3f}", f"{scores[1]:.3f}", f"{100 * (scores[0] - scores[1]):.1f}"]
    return cells


def rows_of(model, X, labels, people, splits):
    """The split and the cells of each row of a model, but for SMOTE's."""
    by_people = tested(MODELS[model], X, labels, splits["people"], as_they_are)
    for kind in [one for one in splits if one != "people"]:
        predicted = tested(MODELS[model], X, labels, splits[kind], as_they_are)
        yield SPLIT_NAMES[kind], compared(labels, people, predicted, by_people)


def rows_of_smote(model, X, labels, people, by_people, n_folds):
    """The same where SMOTE comes before the split."""
    sampled, sampled_labels = after_smote(X, labels)
    splits = at_random(n_folds).split(sampled)
    predicted = tested(MODELS[model], sampled, sampled_labels, splits, as_they_are)
    honest = tested(MODELS[model], X, labels, by_people, after_smote)
    name = SPLIT_NAMES["smote"]
    yield f"{name}; recorded windows", compared(labels, people, predicted[: len(labels)], honest)
    yield f"{name}; all windows", compared_with_synthetic(labels, honest, sampled_labels, predicted)


def rows_of_dataset(name, options):
    """Lines of the table; what the splits leak is printed."""
    windows, labels = windows_of(name)
    taken = np.isin(windows.subjects, np.unique(windows.subjects)[:: options.every])
    windows, labels = windows[taken], np.asarray(labels)[taken]
    people = np.asarray(windows.subjects)
    splits = splits_of(options.splits, windows, labels, options.folds)
    print(f"{name}: {windows.shape} windows of {len(np.unique(people))} people, {options.folds} folds")
    for kind, ((train, test), *_) in splits.items():
        print(f"leak, {kind}: {check_no_leakage(windows[train], windows[test], raise_error=False)}")
    for model in options.models:
        X = SignalStatistics().fit_transform(windows) if model in ON_FEATURES else windows
        rows = list(rows_of(model, X, labels, people, splits))
        if "smote" in options.splits:
            rows += rows_of_smote(model, X, labels, people, splits["people"], options.folds)
        for split, cells in rows:
            yield f"| {' | '.join([NAMES[name], MODEL_NAMES[model], split, *cells])} |"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    usual = ["geotec_phone", "hapt12", "wisdm2019_watch"]
    parser.add_argument("--datasets", nargs="+", choices=NAMES, default=usual)
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(ON_WINDOWS))
    parser.add_argument("--splits", nargs="+", choices=SPLIT_NAMES, default=["random"])
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--every", type=int, default=1, help="take every second, third, … person only")
    options = parser.parse_args()
    for category in IncompleteDatasetWarning, LeakageWarning:
        warnings.simplefilter("ignore", category)
    rows = [row for name in options.datasets for row in rows_of_dataset(name, options)]
    print(f"| {COLUMNS} |", "|---" * 9 + "|", *rows, sep="\n")


if __name__ == "__main__":
    main()
