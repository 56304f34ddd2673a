"""Seconds to leave every person out for every alpha, against refitting scikit-learn's Ridge.

    python benchmarks/ridge_group_out.py [--rows 7415] [--features 10000] [--people 21] [--alphas 10]
                                         [--refits 3] [--repeats 1]

``RidgeClassifierGroupCV.fit`` gives the decisions for each person by the ridge of all others, for each
alpha, chooses alpha, fits it and calibrates probabilities. The other way is a ``Ridge`` for each person and
alpha, 210 of them; a few of them are timed between fits of ours, on float32 as ours, and their median is
multiplied. Decisions of the people left out are compared with theirs. Both use as many threads as BLAS
takes by itself; set OPENBLAS_NUM_THREADS to change that. The table is noise with correlated features
in which people differ. Takes some three minutes and 2 GB.
"""

import argparse
import resource
import statistics
import time

import numpy as np
from sklearn.linear_model import Ridge

from sklearn_har.classifiers import RidgeClassifierGroupCV

N_CLASSES = 6
N_FACTORS = 200


def make_table(n_rows, n_features, n_people):
    """Features that share factors, as random kernels do, with classes and people in the factors."""
    rng = np.random.default_rng(0)
    y, groups = rng.integers(N_CLASSES, size=n_rows), np.sort(np.arange(n_rows) % n_people)
    factors = rng.normal(size=(n_rows, N_FACTORS)) + rng.normal(size=(n_people, N_FACTORS))[groups]
    factors[:, :N_CLASSES] += 2 * np.eye(N_CLASSES)[y]
    X = factors.astype(np.float32) @ rng.normal(size=(N_FACTORS, n_features)).astype(np.float32)
    X += 10 * rng.standard_normal(X.shape, dtype=np.float32)
    return X, y, groups


def seconds(call, *arguments, **options):
    start = time.perf_counter()
    found = call(*arguments, **options)
    return time.perf_counter() - start, found


def refit(X, y, groups, person, penalty):
    """Decisions for one person by the ridge of all others."""
    targets = np.where(y[:, None] == np.arange(N_CLASSES), 1, -1).astype(np.float32)
    others = groups != person
    return Ridge(alpha=penalty).fit(X[others], targets[others]).predict(X[~others])


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, default in [("rows", 7415), ("features", 10_000), ("people", 21), ("alphas", 10)]:
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--refits", type=int, default=3, help="how many are timed after each fit of ours")
    parser.add_argument("--repeats", type=int, default=1)
    options = parser.parse_args()
    X, y, groups = make_table(options.rows, options.features, options.people)
    alphas = np.geomspace(0.01, 3.0, options.alphas)
    people = np.random.default_rng(1)
    ours, theirs, differences = [], [], []
    for _ in range(options.repeats):
        spent, model = seconds(RidgeClassifierGroupCV(alphas, verbose=False).fit, X, y, groups=groups)
        ours.append(spent)
        print(f"ours: {spent:.1f} s, for {options.people} people x {options.alphas} alphas")
        for person in people.choice(options.people, options.refits, replace=False):
            spent, decisions = seconds(refit, X, y, groups, person, model.penalty_)
            theirs.append(spent)
            differences.append(np.abs(decisions - model.held_out_decisions_[groups == person]).max())
            print(f"Ridge without person {person}: {spent:.1f} s, largest difference {differences[-1]:.1e}")
    n_refits = options.people * options.alphas
    one = statistics.median(theirs)
    print(
        f"{X.shape[0]} x {X.shape[1]} float32: ours {statistics.median(ours):.1f} s; {n_refits} refits at "
        f"the median {one:.2f} s of {len(theirs)}: {n_refits * one:.0f} s, "
        f"{n_refits * one / statistics.median(ours):.0f} times as long. "
        f"Peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GB."
    )


if __name__ == "__main__":
    main()
