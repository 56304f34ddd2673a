"""How even folds of people are, of StratifiedSubjectKFold and of scikit-learn's splitters.

    SKLEARN_HAR_DATA=<folder> python benchmarks/stratified_folds.py [--datasets hapt12 geotec_phone]

For each dataset (windows are those of `table.py`) and number of folds: by how much, on average over folds and
activities, a fold's share of an activity is off from an equal one, in percent of it; how often a fold
lacks an activity; how many different deals ten seeds give; and the seconds for all folds.
"""

import argparse
import time
import warnings

import numpy as np
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold
from table import DATASETS, read_windows

from sklearn_har.model_selection import StratifiedSubjectKFold

SPLITTERS = {
    "GroupKFold": GroupKFold,
    "StratifiedGroupKFold": StratifiedGroupKFold,
    "StratifiedSubjectKFold": StratifiedSubjectKFold,
}


def shares(splitter, labels, people):
    """Each fold's share of every activity, and who is in which fold."""
    tests = [test for _, test in splitter.split(people, labels, people)]
    counts = np.array([[(labels[test] == one).sum() for one in np.unique(labels)] for test in tests])
    return counts / counts.sum(axis=0), tuple(sorted(tuple(np.unique(people[test])) for test in tests))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--datasets", nargs="+", choices=DATASETS, default=["hapt12", "geotec_phone", "wisdm2019_watch"]
    )
    parser.add_argument("--folds", nargs="+", type=int, default=[3, 5, 10])
    options = parser.parse_args()
    warnings.simplefilter("ignore", UserWarning)
    for dataset in options.datasets:
        windows, labels = read_windows(dataset)
        labels, people = np.asarray(labels), windows.subjects
        for n_splits in options.folds:
            for name, kind in SPLITTERS.items():
                start = time.perf_counter()
                list(kind(n_splits).split(people, labels, people))
                seconds = time.perf_counter() - start
                found = [
                    shares(kind(n_splits, shuffle=True, random_state=seed), labels, people)
                    for seed in range(10)
                ]
                share, _ = shares(kind(n_splits), labels, people)
                off = 100 * np.abs(share * n_splits - 1).mean()
                n_deals = len({deal for _, deal in found})
                print(
                    f"{dataset:16} {n_splits:2} folds  {name:23} off by {off:4.1f} %  "
                    f"lacking {(share == 0).sum()}  different {n_deals:2} of 10  {seconds:.3f} s",
                    flush=True,
                )


if __name__ == "__main__":
    main()
