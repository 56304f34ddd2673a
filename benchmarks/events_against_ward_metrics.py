"""Events and the time of errors: agreement with ward-metrics, and speed on a million rows.

    pip install ward-metrics
    python benchmarks/events_against_ward_metrics.py

ward-metrics takes one class at a time. On random short sequences of one activity, the time of every kind and
the events of every kind are compared; then both are timed on a long one. Counts of events differ where two
predicted events both cut one true event and both reach into another: ward-metrics marks the first as
fragmenting and merging (FM'), and the second, which does the same, as merging alone (M').
"""

import argparse
import statistics
import sys
import time

import numpy as np
import pandas as pd

from sklearn_har.evaluation import event_report

TIME = {
    "TP": "correct",
    "D": "deletion",
    "F": "fragmenting",
    "Us": "underfill_start",
    "Ue": "underfill_end",
    "I": "insertion",
    "M": "merge",
    "Os": "overfill_start",
    "Oe": "overfill_end",
    "TN": "correct_other",
}
EVENTS = {
    "D": "deleted",
    "F": "fragmented",
    "FM": "fragmented_merged",
    "M": "merged",
    "C": "correct",
    "M'": "merging",
    "FM'": "fragmenting_merging",
    "F'": "fragmenting",
    "I'": "inserted",
}


def import_ward_metrics():
    """Import the peer, which is no dependency of the project."""
    try:
        from wardmetrics.core_methods import eval_events, eval_segments
    except ImportError:
        sys.exit("This comparison needs ward-metrics: pip install ward-metrics")
    return eval_segments, eval_events


def intervals(rows) -> list[tuple[int, int]]:
    """Where rows are 1, as the peer wants it."""
    edges = np.flatnonzero(np.diff(np.r_[0, rows, 0]))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]


def random_rows(random, n_rows: int, longest: int) -> np.ndarray:
    """Stretches of 0 and 1; the first and the last row are 0."""
    rows = np.repeat(random.integers(0, 2, n_rows), random.integers(1, longest, n_rows))[:n_rows]
    rows[[0, -1]] = 0
    return rows


def compare(n_sequences: int) -> None:
    """Count agreement on random sequences."""
    eval_segments, eval_events = import_ward_metrics()
    random = np.random.default_rng(0)
    n = n_time = n_events = n_second = 0
    while n < n_sequences:
        n_rows = random.integers(5, 60)
        true, predicted = random_rows(random, n_rows, 6), random_rows(random, n_rows, 6)
        if not true.any() or not predicted.any():
            continue  # the peer refuses these
        n += 1
        report = event_report(true, predicted, null_label=0)
        spans = intervals(true), intervals(predicted), 0, int(n_rows)
        seconds = eval_segments(*spans)[2]
        n_time += all(seconds[theirs] == report.seconds.loc[1, ours] for theirs, ours in TIME.items())
        counts = eval_events(*spans)[2]
        differ = {theirs for theirs, ours in EVENTS.items() if counts[theirs] != report.by_class.loc[1, ours]}
        n_events += not differ
        n_second += differ == {"M'", "FM'"}
    print(f"{n} random sequences of one activity")
    print(f"time of all ten kinds agrees: {n_time}; events of all nine kinds agree: {n_events}")
    print(f"only M' in place of FM': {n_second}")


def seconds_of(function, repeats: int) -> float:
    """Median time of a call."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def time_both(n_rows: int, repeats: int) -> None:
    """Time both on one long sequence of one activity."""
    eval_segments, eval_events = import_ward_metrics()
    random = np.random.default_rng(0)
    true, predicted = random_rows(random, n_rows, 60), random_rows(random, n_rows, 60)
    spans = intervals(true), intervals(predicted), 0, n_rows
    ours = seconds_of(lambda: event_report(true, predicted, null_label=0), repeats)
    theirs = seconds_of(lambda: (eval_segments(*spans), eval_events(*spans)), 1)
    print(f"{n_rows} rows, {len(spans[0])} true events: {ours:.3f} s, ward-metrics {theirs:.1f} s")


def time_recordings(n_rows: int, mean_length: int, repeats: int) -> None:
    """Time twelve activities in ten recordings, labels as text; some predictions are wrong."""
    random = np.random.default_rng(0)
    true = np.repeat(random.integers(0, 12, n_rows), random.geometric(1 / mean_length, n_rows))[:n_rows]
    wrong = random.random(n_rows) < 0.5 / mean_length
    predicted = np.where(wrong, random.integers(0, 12, n_rows), true)
    names = np.array([f"activity {i}" for i in range(12)], dtype=object)
    recording, row = np.divmod(np.arange(n_rows), n_rows // 10)
    index = pd.MultiIndex.from_arrays(
        [recording, np.zeros(n_rows, int), row / 50], names=["subject", "recording", "time"]
    )
    y_true, y_pred = pd.Series(names[true], index=index), names[predicted]
    n_events = len(event_report(y_true, y_pred).true_events)
    seconds = seconds_of(lambda: event_report(y_true, y_pred), repeats)
    print(f"{n_rows} rows of ten recordings, twelve activities, {n_events} true events: {seconds:.2f} s")


def main() -> None:
    """Compare, then time."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sequences", type=int, default=3000)
    parser.add_argument("--repeats", type=int, default=5)
    args = parser.parse_args()
    time_recordings(1_000_000, 500, args.repeats)
    time_recordings(1_000_000, 2, args.repeats)
    time_both(30_000, args.repeats)
    compare(args.sequences)


if __name__ == "__main__":
    main()
