"""Whether a stream says what the whole recording says, on real people, and what it costs.

    SKLEARN_HAR_DATA=<folder with hapt/> OMP_NUM_THREADS=1 python benchmarks/streaming.py [--models ...]
        [--keep folder] [--recordings N] [--hours 24]

Six recognizers behind causal filters (a median of 3 rows, a low-pass at 20 Hz), fitted on HAPT's 21
training people, six activities. "equal": all recordings of the nine test people, each as it comes in chunks
of 1, 7, 50 and random numbers of rows (1 to 3000), and with a state that goes through JSON after every tenth
of the chunks; labels that differ from predict_windows of the whole recording, and the largest difference of
a probability. "cost": one core; milliseconds for each window (what a call with a window takes more than one
without, medians), microseconds a row, and how many times faster than real time, for chunks of one row and of
a second. "day": 24 hours at 50 Hz, the test recordings one after the other on one clock, in chunks of a
second: time, and peak memory of the process after the first hour and at the end. With --keep, fitted
recognizers and finished parts are kept in a folder, and are not done again.
"""

import argparse
import json
import pickle
import resource
import time
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from sklearn_har.classifiers import CNNClassifier, CNNLSTMClassifier, LSTMClassifier, RocketClassifier
from sklearn_har.datasets import fetch_hapt
from sklearn_har.deploy import StreamingRecognizer
from sklearn_har.features import MotionFeatures, RelevanceSelector, TsfreshFeatures, prune_features
from sklearn_har.preprocessing import ButterworthFilter, GravitySeparator, Magnitude, MedianFilter
from sklearn_har.smoothing import HMMSmoother
from sklearn_har.windowing import SlidingWindowClassifier

RATE = 50
CHUNKS = (1, 7, 50, "random")


def behind_filters(*steps, estimator, **params):
    filters = MedianFilter(3), ButterworthFilter(high=20.0, zero_phase=False)
    return make_pipeline(*filters, *steps, SlidingWindowClassifier(estimator, window_length=2.56, **params))


def tsfresh():
    boosting = HistGradientBoostingClassifier(random_state=0)
    features = make_pipeline(TsfreshFeatures("efficient"), RelevanceSelector(), boosting)
    return behind_filters(Magnitude(), estimator=features)


MODELS = {
    "cnn": lambda: behind_filters(estimator=CNNClassifier(random_state=0)),
    "cnn_lstm": lambda: behind_filters(estimator=CNNLSTMClassifier(random_state=0)),
    "lstm_smoothed": lambda: behind_filters(
        estimator=LSTMClassifier(random_state=0), smoother=HMMSmoother(causal=True)
    ),
    "rocket": lambda: behind_filters(estimator=RocketClassifier(random_state=0)),
    "tsfresh": tsfresh,
    "motion_svm": lambda: behind_filters(
        GravitySeparator(zero_phase=False),
        estimator=make_pipeline(MotionFeatures(), StandardScaler(), LinearSVC()),
    ),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--recordings", type=int, help="of the test people; all by default")
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    data = fetch_hapt(activities="basic")
    is_test = data.data.index.get_level_values("subject").isin(data.test_subjects)
    labelled = data.target.notna().to_numpy()
    train = ~is_test & labelled
    recordings = [rows for _, rows in data.data[is_test].groupby(level=[0, 1], sort=False)][
        : options.recordings
    ]
    print(f"{len(recordings)} test recordings, {sum(map(len, recordings))} rows", flush=True)
    for name in options.models:
        fitted = kept(
            options.keep, f"{name}.fitted", lambda name=name: fit(name, data.data[train], data.target[train])
        )
        for part, measure in (("equal", equal), ("cost", cost)):
            line = kept(
                options.keep, f"{name}.{part}", lambda fitted=fitted, m=measure: m(fitted, recordings)
            )
            print(f"{name:14}{part:6} {line}", flush=True)
        line = kept(options.keep, f"{name}.day", lambda fitted=fitted: day(fitted, recordings, options.hours))
        print(f"{name:14}day    {line}", flush=True)


def fit(name, X, y):
    """A fitted recognizer; of tsfresh's features, only those that were selected are computed."""
    fitted = MODELS[name]().fit(X, y)
    if name == "tsfresh":
        fitted[-1].estimator_ = prune_features(fitted[-1].estimator_)
    return fitted


def kept(folder, name, make):
    """What was made before, or is made now and kept."""
    if folder is None:
        return make()
    path = folder / f"{name}.pickle"
    if path.exists():
        return pickle.loads(path.read_bytes())
    made = make()
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps(made))
    return made


def chunks(rows, chunk):
    """Rows in parts."""
    rng, first = np.random.default_rng(0), 0
    while first < len(rows):
        size = int(rng.integers(1, 3001)) if chunk == "random" else chunk
        yield slice(first, first + size)
        first += size


def stream_of(fitted, rows, chunk):
    """What a stream says, which goes on from a written state after every tenth of the chunks."""
    values, times = rows.to_numpy(), rows.index.get_level_values("time").to_numpy()
    stream, said = StreamingRecognizer(fitted), []
    parts = list(chunks(rows, chunk))
    for number, part in enumerate(parts):
        if number and number % max(1, len(parts) // 10) == 0:
            stream = StreamingRecognizer(fitted).restore(json.loads(json.dumps(stream.state())))
        said.append(stream.update(values[part], times[part]))
    said.append(stream.finish())
    return pd.concat([table for table in said if len(table)], ignore_index=True)


def equal(fitted, recordings):
    """Windows, labels that differ, the largest difference of a probability: over all chunks."""
    n_windows, wrong, missing, largest = 0, 0, 0, 0.0
    for rows in recordings:
        whole = fitted[-1].predict_windows(fitted[:-1].transform(rows))
        shares = [name for name in whole if name.startswith(("probability_", "confidence"))]
        labels = [name for name in whole if name.startswith("activity")]
        n_windows += len(whole)
        for chunk in CHUNKS:
            said = stream_of(fitted, rows, chunk)
            missing += abs(len(said) - len(whole))
            said = said.reindex(whole.index)
            wrong += int((said[labels] != whole[labels]).any(axis=1).sum())
            largest = max(largest, float(np.abs(said[shares] - whole[shares]).to_numpy().max()))
    return (
        f"{n_windows} windows, chunks {CHUNKS}: {wrong} labels differ, {missing} windows too many or too "
        f"few, probabilities within {largest:.1e}"
    )


def cost(fitted, recordings, n_rows=6000):
    """Milliseconds of the calls with a window and without one, for chunks of a row and of a second."""
    rows = recordings[0].iloc[:n_rows]
    values, times = rows.to_numpy(), rows.index.get_level_values("time").to_numpy()
    facts = []
    for chunk in (1, RATE):
        stream, due, idle = StreamingRecognizer(fitted), [], []
        begin = time.perf_counter()
        for part in chunks(rows, chunk):
            start = time.perf_counter()
            n_due = len(stream.update(values[part], times[part]))
            (due if n_due else idle).append(time.perf_counter() - start)
        seconds = time.perf_counter() - begin
        window = 1e3 * (np.median(due) - np.median(idle))
        per_row = 1e6 * np.median(idle) / chunk
        faster = len(rows) / RATE / seconds
        facts.append(
            f"chunks of {chunk}: {window:.2f} ms a window, {per_row:.1f} µs a row beside, "
            f"{faster:.0f} times real time"
        )
    return "; ".join(facts)


def day(fitted, recordings, hours):
    """Time and memory of a long stream on one clock."""
    values = np.concatenate([rows.to_numpy() for rows in recordings])
    n_rows, stream = int(hours * 3600 * RATE), StreamingRecognizer(fitted)
    begin, n_windows, after_first = time.perf_counter(), 0, None
    for first in range(0, n_rows, RATE):
        here = np.arange(first, first + RATE)
        n_windows += len(stream.update(values[here % len(values)], here / RATE))
        if after_first is None and first >= min(n_rows / 4, 3600 * RATE):
            after_first = peak_megabytes()
    seconds = time.perf_counter() - begin
    return (
        f"{hours:g} h, {n_rows} rows, {n_windows} windows: {seconds:.0f} s, {hours * 3600 / seconds:.0f} x"
        f" real time; peak {after_first:.1f} MB after an hour (or a quarter), {peak_megabytes():.1f} MB at"
        f" the end; state {len(json.dumps(stream.state())) / 1e3:.0f} kB"
    )


def peak_megabytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
