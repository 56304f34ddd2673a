"""A million windows, fitted in memory that does not grow with them.

    python benchmarks/million_windows.py [--windows 1000000] [--kernels 5000] [--folder <where 0.8 GB fit>]

Windows of 3 s at 20 Hz, six channels, half overlapping: rows of twenty simulated people, written again and
again as those of others, each with a gain, an offset and noise of their own, into a file that is mapped into
memory. A process of its own then fits ``RocketClassifier`` with so many kernels and predicts some of the
windows, and one alone. Seconds are wall and processor time of the fit, compiling not included. The peak is
that of the whole process, libraries and the mapped file included; the part that is not file, which is what
a fit needs if other programs want the memory, is sampled ten times a second.

On two cores of an AMD EPYC, one of them used by other programs too, a million windows and 5,000 kernels took
883 seconds of the processor, and 2.77 GB at the peak, 1.88 GB of them not the file.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from sklearn_har.classifiers import RocketClassifier
from sklearn_har.datasets import make_recordings
from sklearn_har.recordings import drop_unlabelled
from sklearn_har.windowing import Windows, sliding_windows

RATE, N_TIMESTEPS, N_CHANNELS = 20.0, 60, 6
N_PEOPLE = 20
STATUS = Path("/proc/self/status")


def write_windows(n_windows, folder):
    """Write rows, and for each window its first row, its activity and its person."""
    X, y = make_recordings(N_PEOPLE, sampling_rate=RATE, bout_duration=60.0, random_state=0, return_X_y=True)
    X, y = drop_unlabelled(X, y)
    windows, labels = sliding_windows(X, y, window_length=N_TIMESTEPS / RATE, tail="drop")
    n_copies = -(-n_windows // len(windows))
    base = X.to_numpy(dtype=np.float32)
    person = X.index.get_level_values("subject").to_numpy()
    rng = np.random.default_rng(0)
    spread = base.std(axis=0)
    rows = np.lib.format.open_memmap(
        folder / "rows.npy", mode="w+", dtype=np.float32, shape=(n_copies * len(base), N_CHANNELS)
    )
    for copy in range(n_copies):
        gain = rng.normal(1.0, 0.1, size=(person.max() + 1, N_CHANNELS)).astype(np.float32)
        offset = (spread * rng.normal(0.0, 0.2, size=gain.shape)).astype(np.float32)
        noise = 0.1 * spread * rng.standard_normal(base.shape, dtype=np.float32)
        rows[copy * len(base) : (copy + 1) * len(base)] = base * gain[person] + offset[person] + noise
    rows.flush()
    firsts = windows.starts + len(base) * np.arange(n_copies)[:, np.newaxis]
    people = windows.subjects + (person.max() + 1) * np.arange(n_copies)[:, np.newaxis]
    np.save(folder / "firsts.npy", firsts.ravel()[:n_windows])
    np.save(folder / "people.npy", people.ravel()[:n_windows])
    np.save(folder / "labels.npy", np.tile(np.asarray(labels, dtype=str), n_copies)[:n_windows])


def read_windows(folder):
    rows = np.load(folder / "rows.npy", mmap_mode="r")
    windows = Windows.from_rows(
        rows,
        np.load(folder / "firsts.npy"),
        N_TIMESTEPS,
        subjects=np.load(folder / "people.npy"),
        sampling_rate=RATE,
    )
    return windows, np.load(folder / "labels.npy")


def gigabytes(field):
    """Of Linux's account of this process: VmHWM is its peak, RssAnon what is not a file's."""
    return int(re.search(rf"{field}:\s+(\d+) kB", STATUS.read_text())[1]) * 1024 / 1e9


class Sampled:
    """The highest RssAnon while a block of code runs."""

    def __enter__(self):
        self.highest, self.done = 0.0, threading.Event()
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()
        return self

    def watch(self):
        while not self.done.wait(0.1):
            self.highest = max(self.highest, gigabytes("RssAnon"))

    def __exit__(self, *exception):
        self.done.set()
        self.thread.join()


def fit(folder, n_kernels):
    windows, labels = read_windows(folder)
    model = RocketClassifier(n_kernels, random_state=0)
    RocketClassifier(500, verbose=False).fit(windows[:500], labels[:500])  # compiled before it is timed
    start = time.perf_counter(), time.process_time()
    with Sampled() as sampled:
        model.fit(windows, labels)
    wall, processor = time.perf_counter() - start[0], time.process_time() - start[1]
    some = np.arange(0, len(windows), max(1, len(windows) // 10_000))
    print(
        f"{len(windows):,} windows of {N_TIMESTEPS} x {N_CHANNELS}, "
        f"{len(np.unique(windows.subjects))} people, "
        f"{n_kernels} kernels, {'one go' if hasattr(model, 'held_out_decisions_') else 'in parts'}: "
        f"{wall:.0f} s, {processor:.0f} s of processor time; peak {gigabytes('VmHWM'):.2f} GB, "
        f"without the mapped file {sampled.highest:.2f} GB; accuracy on people left out "
        f"{model.ridge_.best_score_:.4f}, on {len(some):,} windows it knows "
        f"{model.score(windows[some], labels[some]):.4f}"
    )
    one = np.asarray(windows[:1])
    alone, together = (seconds_of(model.predict_proba, X, n) for X, n in [(one, 200), (windows[some], 3)])
    print(
        f"predict_proba of one window: {1000 * alone:.2f} ms; of {len(some):,}: "
        f"{len(some) / together:,.0f} windows a second"
    )


def seconds_of(call, argument, n_times):
    """The median of several calls."""
    taken = []
    for _ in range(n_times):
        start = time.perf_counter()
        call(argument)
        taken.append(time.perf_counter() - start)
    return float(np.median(taken))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--windows", type=int, default=1_000_000)
    parser.add_argument("--kernels", type=int, default=5000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--fit", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.fit:
        fit(options.fit, options.kernels)
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        write_windows(options.windows, Path(folder))
        subprocess.run(
            [sys.executable, __file__, "--fit", folder, "--kernels", str(options.kernels)], check=True
        )


if __name__ == "__main__":
    main()
