"""What each treatment of a rare activity does to a network and to a model of features, on people never seen.

    SKLEARN_HAR_DATA=<folder with hapt/> python benchmarks/imbalance.py --out imbalance.csv
    SKLEARN_HAR_DATA=<folder with hapt/> python benchmarks/imbalance.py --out imbalance.csv --people official

A taste of it, in a minute:

    python benchmarks/imbalance.py --out taste.csv --rare standing --models features --seeds 0
        --treatments none "Rotate, added windows"

HAPT's six basic activities, windows of 2.56 s and 50 % overlap, six raw channels. Of one activity at a time
(``--rare``) windows are left out at random until it is ``--share`` of those that train. Models are one
`CNNClassifier` at its defaults, and `MotionFeatures`, scaled, with logistic regression. "training" (the
default) is three folds of the 21 training people, to choose by; "official" fits them all and scores UCI
HAR's nine test people, for the report. A seed decides which windows are left out, what is sampled, and what
the network starts from.

Every fit appends a row to ``--out``, and rows that are there are not fitted again; then a table of all rows
is printed: means over seeds, +- the standard deviation over them, of

    recall       share of the rare activity's windows that is found
    macro-F1     with test windows weighted so that the activity is as rare among them as it was in training
    as recorded  macro-F1 of the test people's windows as they are, where it is not rare

Seconds are one thread's processor time of one fit, sampling included.
"""

import argparse
import csv
import time
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline
from imblearn.under_sampling import RandomUnderSampler
from network_defaults import SEEDS, TEST_PEOPLE
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, recall_score
from sklearn.preprocessing import StandardScaler
from smote_between_people import hapt, thinned

from sklearn_har import sampling
from sklearn_har.classifiers import CNNClassifier
from sklearn_har.features import MotionFeatures
from sklearn_har.model_selection import LeaveSubjectsOut, SubjectKFold
from sklearn_har.sampling import WindowSampler, WindowSMOTE

AUGMENTATIONS = [
    "Jitter",
    "Scale",
    "Rotate",
    "TimeWarp",
    "MagnitudeWarp",
    "TimeShift",
    "ChannelDropout",
    "MixUp",
]
KEY = ["people", "rare", "share", "model", "treatment", "fold", "seed"]
COLUMNS = [*KEY, "recall", "macro_f1", "as_recorded", "n_windows", "seconds"]


def cnn(seed, *samplers, **parameters):
    return make_pipeline(*samplers, CNNClassifier(random_state=seed, **parameters))


def regression(seed, *samplers, **parameters):
    regression = LogisticRegression(C=0.01, max_iter=500, tol=1e-3, random_state=seed, **parameters)
    return make_pipeline(*samplers, MotionFeatures(), StandardScaler(), regression)


MODELS = {"CNN": cnn, "features": regression}


def copied(seed):
    return WindowSampler(RandomOverSampler(random_state=seed))


def treatments(model):
    """By name, how each makes a model of a seed."""
    make = MODELS[model]
    found = {
        "none": make,
        "class weights": lambda seed: make(seed, class_weight="balanced"),
        "oversampling": lambda seed: make(seed, copied(seed)),
        "undersampling": lambda seed: make(seed, WindowSampler(RandomUnderSampler(random_state=seed))),
        "SMOTE": lambda seed: make(seed, WindowSampler(SMOTE(random_state=seed))),
        "WindowSMOTE": lambda seed: make(seed, WindowSMOTE(random_state=seed)),
    }
    for name in AUGMENTATIONS:
        augmentation = getattr(sampling, name)
        if name != "MixUp":  # whose windows have no one label
            found[f"{name}, added windows"] = lambda seed, augmentation=augmentation: make(
                seed, sampling.WindowAugmenter(augmentation(), random_state=seed)
            )
        if model == "CNN":
            found[f"{name}, in training"] = lambda seed, augmentation=augmentation: make(
                seed, augmentation=augmentation()
            )
            found[f"oversampling, {name} in training"] = lambda seed, augmentation=augmentation: make(
                seed, copied(seed), augmentation=augmentation()
            )
    return found


def folds_of(people):
    if people == "official":
        return LeaveSubjectsOut(list(TEST_PEOPLE))
    return SubjectKFold(3, shuffle=True, random_state=0)


def scores(labels, predicted, rare, share):
    """Recall of the rare label, macro-F1 where it is rare, and macro-F1 as recorded."""
    own = labels == rare
    weights = np.where(own, share / own.mean(), (1 - share) / (1 - own.mean()))
    return (
        recall_score(labels, predicted, labels=[rare], average="macro"),
        f1_score(labels, predicted, average="macro", sample_weight=weights),
        f1_score(labels, predicted, average="macro"),
    )


def fitted_scores(make, seed, train, test, rare, share):
    windows, labels = thinned(*train, rare, share, np.random.RandomState(seed))
    start = time.process_time()
    model = make(seed).fit(windows, labels)
    seconds = time.process_time() - start
    found = scores(test[1], model.predict(test[0]), rare, share)
    return [*(f"{score:.6f}" for score in found), len(windows), f"{seconds:.1f}"]


def missing_fits(options, done):
    """What is to be fitted and is not in the file: keys, each with what makes the model."""
    n_folds = 1 if options.people == "official" else 3
    for rare in options.rare:
        for seed in options.seeds:
            for fold in range(n_folds):
                for model in options.models:
                    for treatment, make in treatments(model).items():
                        key = (options.people, rare, options.share, model, treatment, fold, seed)
                        chosen = not options.treatments or treatment in options.treatments
                        if chosen and tuple(map(str, key)) not in done:
                            yield key, make


def fit_missing(options):
    windows, labels = hapt()
    if options.people == "training":
        known = np.flatnonzero(~np.isin(windows.subjects, TEST_PEOPLE))
        windows, labels = windows[known], labels[known]
    folds = list(folds_of(options.people).split(windows))
    is_new = not options.out.exists()
    done = set() if is_new else set(map(tuple, pd.read_csv(options.out, dtype=str)[KEY].to_numpy()))
    with options.out.open("a", newline="") as file:
        rows = csv.writer(file)
        if is_new:
            rows.writerow(COLUMNS)
        for key, make in missing_fits(options, done):
            _, rare, share, *_, fold, seed = key
            train, test = ((windows[of], labels[of]) for of in folds[fold])
            row = [*key, *fitted_scores(make, seed, train, test, rare, share)]
            rows.writerow(row)
            file.flush()
            print(*row, flush=True)


def summary(path):
    """Means over folds and then over seeds, with the standard deviation over seeds."""
    rows = pd.read_csv(path)
    names = ["recall", "macro_f1", "as_recorded", "seconds"]
    of_seeds = rows.groupby([*KEY[:5], "seed"], sort=False)[names].mean().groupby(level=KEY[:5], sort=False)
    means, spreads = of_seeds.mean(), of_seeds.std(ddof=0)
    table = pd.DataFrame(
        {
            name: [f"{m:.3f} ± {s:.3f}" for m, s in zip(means[name], spreads[name], strict=True)]
            for name in names[:3]
        },
        index=means.index,
    )
    return table.assign(seconds=means["seconds"].round().astype(int), fits=rows.groupby(KEY[:5]).size())


def print_summary(path):
    for (people, rare, share), table in summary(path).groupby(level=KEY[:3], sort=False):
        print(f"\n{people} people, {rare} at {share:.0%}\n")
        print("| model | treatment | recall | macro-F1 | as recorded | seconds | fits |")
        print("|---|---|---|---|---|---|---|")
        for (*_, model, treatment), row in table.iterrows():
            cells = [
                model,
                treatment,
                row.recall,
                row.macro_f1,
                row.as_recorded,
                row.seconds,
                row.fits,
            ]
            print(f"| {' | '.join(map(str, cells))} |")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True, help="CSV to append to")
    parser.add_argument("--people", choices=["training", "official"], default="training")
    parser.add_argument("--rare", nargs="+", default=["standing", "walking_downstairs"])
    parser.add_argument("--share", type=float, default=0.05)
    parser.add_argument("--models", nargs="+", choices=list(MODELS), default=list(MODELS))
    names = list(treatments("CNN"))  # a model of features has some of them
    parser.add_argument("--treatments", nargs="+", choices=names, metavar="NAME", help="as in the table; all")
    parser.add_argument("--seeds", nargs="+", type=int, default=list(SEEDS))
    parser.add_argument("--table", action="store_true", help="print the table of the rows that are there")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if not options.table:
        fit_missing(options)
    print_summary(options.out)


if __name__ == "__main__":
    main()
