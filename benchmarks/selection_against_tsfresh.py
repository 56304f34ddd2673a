"""Selection of features: this library against tsfresh itself, and what a pruned pipeline saves.

    python benchmarks/selection_against_tsfresh.py

The table is tsfresh's comprehensive set of random windows of three activities. tsfresh runs in one process on
some of its columns; p-values and kept columns are asserted to be the same, and both are timed in turns. Then
a pipeline with 50 kept features of nine channels is pruned, and one window is predicted by it and by the
whole one, in turns.
"""

import argparse
import statistics
import time
import warnings

import numpy as np
import pandas as pd
from sklearn.feature_selection import SelectKBest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from tsfresh.feature_selection.relevance import calculate_relevance_table

from sklearn_har.features import RelevanceSelector, TsfreshFeatures, prune_features
from sklearn_har.windowing import Windows

CHANNELS = [f"{kind}_{axis}" for kind in ("acc", "gyro", "mag") for axis in "xyz"]


def some(n_windows):
    rng = np.random.default_rng(0)
    labels = rng.choice(["lying", "sitting", "walking"], size=n_windows)
    values = rng.normal(size=(n_windows, 128, 9))
    values[labels == "sitting"] *= 1.05
    walking = np.flatnonzero(labels == "walking")
    values[walking] += np.sin(np.arange(128) / 3)[:, None] * rng.normal(size=(len(walking), 1, 9)) / 2
    return Windows(values, channel_names=CHANNELS), labels


def timed(call):
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def by_tsfresh(frame, labels):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return calculate_relevance_table(frame, pd.Series(labels), ml_task="classification", n_jobs=0)


def select(windows, labels, rounds):
    table = TsfreshFeatures().set_output(transform="pandas").fit_transform(windows)
    some_columns = table.iloc[:, ::9].copy()
    ours, theirs, whole = [], [], []
    for _ in range(rounds):
        seconds, selector = timed(lambda: RelevanceSelector().fit(some_columns, labels))
        ours.append(seconds)
        seconds, expected = timed(lambda: by_tsfresh(some_columns, labels))
        theirs.append(seconds)
        whole.append(timed(lambda: RelevanceSelector().fit(table, labels))[0])
    expected = expected.loc[some_columns.columns]
    np.testing.assert_allclose(selector.pvalues_, expected["p_value"], rtol=1e-9)
    np.testing.assert_array_equal(selector.get_support(), expected["relevant"])
    n_columns = some_columns.shape[1]
    print(f"{len(table)} windows, 3 classes; p-values and columns identical; ms a column, smallest / median:")
    for name, found in (("tsfresh", theirs), ("RelevanceSelector", ours)):
        smallest, median = min(found) / n_columns, statistics.median(found) / n_columns
        print(f"  {name:18}{smallest * 1e3:8.3f} /{median * 1e3:8.3f}")
    ratios = [a / b for a, b in zip(theirs, ours, strict=True)]
    print(f"  ratio {min(ratios):.0f} to {max(ratios):.0f}; all {table.shape[1]} columns: {min(whole):.2f} s")


def prune(windows, labels, rounds):
    warnings.simplefilter("ignore")  # SelectKBest warns of constant columns
    model = make_pipeline(
        TsfreshFeatures(), StandardScaler(), RelevanceSelector(), SelectKBest(k=50), LinearSVC()
    )
    model.fit(windows, labels)
    pruned = prune_features(model)
    np.testing.assert_array_equal(pruned.predict(windows), model.predict(windows))
    one = Windows(np.asarray(windows[:1]), channel_names=CHANNELS)  # nothing else behind it, as at serving
    calls = {
        "features, all": lambda: model[0].transform(one),
        "features, 50 kept": lambda: pruned[0].transform(one),
        "pipeline, all": lambda: model.predict(one),
        "pipeline, pruned": lambda: pruned.predict(one),
    }
    found = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            found[name] += [timed(call)[0] for _ in range(50)][1:]
    print("one window of nine channels, ms, smallest / median; predictions identical:")
    for name, times in found.items():
        print(f"  {name:18}{min(times) * 1e3:8.3f} /{statistics.median(times) * 1e3:8.3f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--windows", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    windows, labels = some(arguments.windows)
    select(windows, labels, arguments.rounds)
    prune(windows[:500], labels[:500], 5 * arguments.rounds)


if __name__ == "__main__":
    main()
