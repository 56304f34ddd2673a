"""Whether a stream says what the whole recording says, on real people, and what it costs.

    SKLEARN_HAR_DATA=<folder with hapt/> OMP_NUM_THREADS=1 python benchmarks/streaming.py [--models ...]
        [--parts equal cost day] [--folder folder] [--recordings N] [--hours 24] [--minutes M]

Six recognizers behind causal filters (a median of 3 rows, a low-pass at 20 Hz), fitted on HAPT's 21
training people, six activities. "equal": all recordings of the nine test people, each as it comes in chunks
of 1, 7, 50 and random numbers of rows (1 to 3000), and with a state that goes through JSON after every tenth
of the chunks; labels that differ from predict_windows of the whole recording, and the largest difference of
a probability. "cost": one core; milliseconds for each window (what a call with a window takes more than one
without, medians), microseconds a row, and how many times faster than real time, for chunks of one row and of
a second, arrays and (one row) frames. "day": 24 hours at 50 Hz, the test recordings one after the other on
one clock, in chunks of a second: time, and memory of the process after the first hour and at the end.

With --folder, fitted recognizers and finished parts ("equal" recording by recording) are kept there and not
done again, so that it can be stopped at any time, and run in pieces: with --minutes it stops by itself.
"""

import argparse
import json
import resource
import time
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from _recognizers import MODELS, Kept, fit

from sklearn_har.datasets import fetch_hapt
from sklearn_har.deploy import StreamingRecognizer

RATE = 50
CHUNKS = (1, 7, 50, "random")
PARTS = "equal", "cost", "day"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--recordings", type=int, help="of the test people; all by default")
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--folder", type=Path, help="what is finished is kept here")
    parser.add_argument("--minutes", type=float, default=np.inf, help="begin nothing after so many")
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
    keep = Kept(options.folder, options.minutes)
    for name in options.models:
        fitted = keep(f"{name}.fitted", fit, name, data.data[train], data.target[train])
        for part in options.parts:
            if part == "equal":
                numbered = enumerate(recordings)
                line = said_of([keep(f"{name}.equal.{i}", equal, fitted, rows) for i, rows in numbered])
            elif part == "cost":
                line = keep(f"{name}.cost", cost, fitted, recordings)
            else:
                line = keep(f"{name}.day", day, fitted, recordings, options.hours)
            print(f"{name:14}{part:6} {line}", flush=True)


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


def equal(fitted, rows):
    """Of a recording and each chunk: windows, labels that differ, largest difference of a probability."""
    whole = fitted[-1].predict_windows(fitted[:-1].transform(rows))
    shares = [name for name in whole if name.startswith(("probability_", "confidence"))]
    labels = [name for name in whole if name.startswith("activity")]
    facts = {}
    for chunk in CHUNKS:
        said = stream_of(fitted, rows, chunk)
        missing = abs(len(said) - len(whole))
        said = said.reindex(whole.index)
        wrong = int((said[labels] != whole[labels]).any(axis=1).sum())
        largest = float(np.abs(said[shares] - whole[shares]).to_numpy().max())
        facts[chunk] = len(whole), wrong, missing, largest
    return facts


def said_of(equals):
    """All recordings together, chunk by chunk."""
    lines = []
    for chunk in CHUNKS:
        n_windows, wrong, missing, largest = zip(*(facts[chunk] for facts in equals), strict=True)
        lines.append(
            f"chunks of {chunk}: {sum(wrong)} of {sum(n_windows)} labels differ, {sum(missing)} windows too "
            f"many or too few, probabilities within {max(largest):.1e}"
        )
    return "; ".join(lines)


def cost(fitted, recordings, n_rows=6000):
    """Milliseconds of the calls with a window and without one, for chunks of a row and of a second."""
    rows = recordings[0].iloc[:n_rows]
    values, times = rows.to_numpy(), rows.index.get_level_values("time").to_numpy()
    facts = []
    for kind, chunk in (("warm-up", RATE), ("arrays", 1), ("frames", 1), ("arrays", RATE)):
        parts = list(chunks(rows, chunk))
        given = [(rows.iloc[part],) if kind == "frames" else (values[part], times[part]) for part in parts]
        stream, due, idle = StreamingRecognizer(fitted), [], []
        begin = time.perf_counter()
        for part in given:
            start = time.perf_counter()
            n_due = len(stream.update(*part))
            (due if n_due else idle).append(time.perf_counter() - start)
        seconds = time.perf_counter() - begin
        if kind != "warm-up":
            facts.append(
                f"{kind} of {chunk}: {1e3 * (np.median(due) - np.median(idle)):.2f} ms a window, "
                f"{1e6 * np.median(idle) / chunk:.1f} µs a row beside, "
                f"{len(rows) / RATE / seconds:.0f} times real time"
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
            after_first = megabytes()
    seconds = time.perf_counter() - begin
    return (
        f"{hours:g} h, {n_rows} rows, {n_windows} windows: {seconds:.0f} s, {hours * 3600 / seconds:.0f} x"
        f" real time; {after_first:.1f} MB after an hour (or a quarter), {megabytes():.1f} MB at"
        f" the end; state {len(json.dumps(stream.state())) / 1e3:.0f} kB"
    )


def megabytes():
    """Memory that the process has now; a peak would hide what grows below that of loading the data."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


if __name__ == "__main__":
    main()
