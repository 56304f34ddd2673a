"""A search of 12 settings of a classifier, each person left out in turn: features kept, and computed anew.

    SKLEARN_HAR_DATA=<folder with hapt/> python benchmarks/search_memory.py
    SKLEARN_HAR_DATA=<folder with hapt/> python benchmarks/search_memory.py --people 6    # a few minutes

HAPT, six activities, the 21 training people; rows in, windows of 2.56 s and tsfresh's "efficient" features
inside the recognizer, a linear SVM of five passes behind, cheap on purpose. Four ways: nothing kept,
scikit-learn's own ``Pipeline(memory=...)``, ``TsfreshFeatures(memory=...)``, both. Each is run in full, and
what it took is noted in ``--notes``, so that it is not run again when the script is started anew. Printed are
time (on the clock, and of the processor, which says more on a busy machine), how many windows had their
features computed, the size of what was kept, and whether all scores are those of the first way. Before that,
what looking for kept rows costs beside computing them: medians of three calls in turn.
"""

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

import numpy as np
from joblib import hash as hash_of
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_har.datasets import fetch_hapt
from sklearn_har.features import MotionFeatures, SignalStatistics, TsfreshFeatures, _kept_rows
from sklearn_har.model_selection import LeaveSubjectsOut
from sklearn_har.recordings import drop_unlabelled
from sklearn_har.windowing import SlidingWindowClassifier, sliding_windows

FEATURES = {
    "tsfresh": TsfreshFeatures("efficient", verbose=False),
    "statistics": SignalStatistics(verbose=False),
    "motion": MotionFeatures(),
}
WAYS = ["without", "pipeline", "features", "both"]


def count_computed(transformer: type) -> list[int]:
    """Let a transformer note how many windows it computes features of, from now on."""
    computed = []
    compute = transformer._compute_anew

    def noting(estimator, windows, verbose):
        computed.append(len(windows))
        return compute(estimator, windows, verbose)

    transformer._compute_anew = noting
    return computed


def load(n_people: int):
    """Rows and labels of training people of HAPT."""
    data = fetch_hapt(activities="basic")
    X, y = drop_unlabelled(data.data, data.target)
    people = [person for person in X.index.unique(0) if person not in data.test_subjects][:n_people]
    chosen = X.index.get_level_values(0).isin(people)
    return X[chosen], y[chosen]


def search_of(way: str, features, n_settings: int, folder: str) -> GridSearchCV:
    """A search that keeps what it computes in one of the ways."""
    if way in ("features", "both"):
        features = features.__class__(**features.get_params() | {"memory": folder})
    svm = SGDClassifier(max_iter=5, tol=None, random_state=0)
    steps = [("features", features), ("scale", StandardScaler()), ("svm", svm)]
    model = Pipeline(steps, memory=folder if way in ("pipeline", "both") else None)
    settings = {"estimator__svm__alpha": np.logspace(-5, 1, n_settings)}
    return GridSearchCV(SlidingWindowClassifier(model, window_length=2.56), settings, cv=LeaveSubjectsOut(1))


def run(way: str, options, X, y, computed: list[int]) -> dict:
    """Time a whole search, count, and take its scores."""
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        search = search_of(way, FEATURES[options.features], options.settings, folder)
        computed.clear()
        start, of_processor = time.perf_counter(), time.process_time()
        search.fit(X, y)
        seconds, of_processor = time.perf_counter() - start, time.process_time() - of_processor
        kept = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    scores = {name: found.tolist() for name, found in search.cv_results_.items() if name.endswith("_score")}
    return {
        "seconds": seconds,
        "processor": of_processor,
        "computed": sum(computed),
        "bytes": kept,
        "scores": scores,
    }


def time_looking(options, X, y) -> None:
    """What it costs to compute all windows, to compute and keep them, and to find them again."""
    start = time.perf_counter()
    windows, _ = sliding_windows(X, y, window_length=2.56)
    cutting = time.perf_counter() - start
    features = FEATURES[options.features].fit(windows[:50])
    times: dict[str, list[float]] = {"compute": [], "compute and keep": [], "find again": [], "digest": []}
    for _ in range(3):
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            for what, call in {
                "compute": lambda: features.set_params(memory=None).transform(windows),
                "compute and keep": lambda: features.set_params(memory=folder).transform(windows),
                "find again": lambda: features.transform(windows),
                "digest": lambda: _kept_rows.digests_of(windows),
            }.items():
                start = time.perf_counter()
                call()
                times[what].append(time.perf_counter() - start)
    features.set_params(memory=None)
    print(
        f"{len(windows)} windows, cut in {1000 * cutting:.0f} ms; of the features of all of them, in seconds:"
    )
    for what, found in times.items():
        print(f"    {what:18} {np.median(found):6.2f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=21)
    parser.add_argument("--settings", type=int, default=12)
    parser.add_argument("--features", choices=list(FEATURES), default="tsfresh")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    parser.add_argument("--folder", default=None, help="where files are kept meanwhile (several GB)")
    parser.add_argument("--notes", default="search_memory.json", help="file of what is done")
    options = parser.parse_args()

    X, y = load(options.people)
    data = hash_of(X.to_numpy())[:8]
    task = f"{options.features}, {options.people} people, {options.settings} settings, data {data}"
    print(f"{task}; {os.cpu_count()} processors")
    time_looking(options, X, y)
    notes = Path(options.notes)
    done = json.loads(notes.read_text()) if notes.exists() else {}
    computed = count_computed(type(FEATURES[options.features]))
    first = None
    print("| kept by | on the clock | processor | windows computed | kept | best score | all scores |")
    print("|---|---|---|---|---|---|---|")
    for way in options.ways:
        if f"{task}: {way}" not in done:
            done[f"{task}: {way}"] = run(way, options, X, y, computed)
            notes.write_text(json.dumps(done))
        found = done[f"{task}: {way}"]
        first = first or found
        print(
            f"| {way} | {found['seconds']:,.0f} s | {found['processor']:,.0f} s | {found['computed']:,} "
            f"| {found['bytes'] / 2**20:,.0f} MiB | {max(found['scores']['mean_test_score']):.4f} "
            f"| {'the same' if found['scores'] == first['scores'] else 'DIFFERENT'} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
