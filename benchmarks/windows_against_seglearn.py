"""Cut and label windows of all HAPT: this library against seglearn, in one process.

    pip install seglearn
    SKLEARN_HAR_DATA=<folder with hapt/> python benchmarks/windows_against_seglearn.py

Both cut 2.56 s windows with 50 % overlap out of all 61 recordings and give each its majority
label; the windows and labels are asserted to be the same before anything is timed. seglearn has no
majority rule, so it is given SciPy's mode; its fastest rule, the last label, is timed as well.
"""

import argparse
import statistics
import sys
import time
from itertools import pairwise

import numpy as np
import pandas as pd
import scipy.stats

from sklearn_har.datasets import fetch_hapt
from sklearn_har.windowing import sliding_windows

WINDOW, RATE = 128, 50.0


def import_seglearn():
    """Import seglearn, which is no dependency of the project."""
    try:
        from seglearn.transform import Segment, last
    except ImportError:
        sys.exit("This comparison needs seglearn: pip install seglearn")
    return Segment, last


def copies_of(X, codes, n_copies):
    """The recordings several times over, each time of other people."""
    levels, index_codes = X.index.levels, X.index.codes
    n_people = len(levels[0])
    copy = np.repeat(np.arange(n_copies), len(X))
    index = pd.MultiIndex(
        levels=[np.arange(n_people * n_copies), *levels[1:]],
        codes=[
            np.tile(np.asarray(index_codes[0], dtype=int), n_copies) + n_people * copy,
            np.tile(index_codes[1], n_copies),
            np.tile(index_codes[2], n_copies),
        ],
        names=X.index.names,
        verify_integrity=False,
    )
    values = np.asfortranarray(np.tile(X.to_numpy(), (n_copies, 1)))
    return pd.DataFrame(values, index=index, columns=X.columns), np.tile(codes, n_copies)


def series_of(X, codes):
    """One array per recording, as seglearn wants them."""
    recording = np.asarray(X.index.codes[1])
    begins = (np.diff(recording) != 0) | (np.diff(X.index.codes[0]) != 0)
    bounds = np.r_[0, np.flatnonzero(begins) + 1, len(X)]
    values = X.to_numpy()
    pairs = [(values[a:b], codes[a:b]) for a, b in pairwise(bounds)]
    return [x for x, _ in pairs], [y for _, y in pairs]


def majority(labels):
    return scipy.stats.mode(labels, axis=1).mode


def seconds(call, repeats):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--copies", type=int, default=1, help="repeat the recordings, as other people")
    options = parser.parse_args()
    Segment, last = import_seglearn()

    X, y = fetch_hapt(return_X_y=True)
    codes = np.asarray(y.cat.codes) + 1  # 0 is unlabelled: a label like any other here
    if options.copies > 1:
        X, codes = copies_of(X, codes, options.copies)
    series, labels = series_of(X, codes)

    def ours():
        return sliding_windows(X, codes, window_length=WINDOW / RATE, tail="drop")

    def theirs(rule):
        return Segment(width=WINDOW, overlap=0.5, y_func=rule, order="C").fit_transform(series, labels)

    windows, ours_labels = ours()
    their_windows, their_labels = theirs(majority)[:2]
    assert np.array_equal(np.asarray(windows), their_windows), "other windows"
    assert np.array_equal(ours_labels, np.ravel(their_labels)), "other labels"

    plan = seconds(ours, options.repeats)
    whole = seconds(lambda: np.asarray(ours()[0]), options.repeats)
    data = np.asarray(windows)
    copy, materialise = (seconds(call, options.repeats) for call in (data.copy, lambda: np.asarray(windows)))
    print("Milliseconds, medians; how many times is beside them.\n")
    print("| rows | seglearn's labels | sliding_windows | seglearn | times | copied out, too | times then |")
    print("|---|---|---|---|---|---|---|")
    for name, rule in [("SciPy's mode", majority), ("its own last", last)]:
        other = seconds(lambda rule=rule: theirs(rule), max(3, options.repeats // 2))
        cells = f"{1e3 * plan:.1f} | {1e3 * other:,.0f} | {other / plan:.0f}"
        print(f"| {len(X) / 1e6:.1f} million | {name} | {cells} | {1e3 * whole:,.1f} | {other / whole:.1f} |")
    print(f"\nCopying windows out takes {materialise / copy:.2f} times as long as a plain copy of them.")


if __name__ == "__main__":
    main()
