"""MiniRocket: this library against aeon, on the same windows, one thread each.

    python benchmarks/rocket_against_aeon.py --aeon-python PATH [--data windows.npy]

aeon runs in a process, and an environment, of its own:

    python -m venv aeon-venv
    aeon-venv/bin/pip install aeon==1.6.0
    python benchmarks/rocket_against_aeon.py --aeon-python aeon-venv/bin/python

First the values: with aeon's kernels, series, biases and paddings, the compiled functions of this library
must give aeon's table, but for convolutions that equal a bias within float32's rounding; these are counted.
Then both transform all windows in turns, with 9,996 kernels; medians of processor seconds, which mean more
than wall seconds where other processes use the machine. aeon adds up to as many channels as there are, this
library two of channels and differences. Last, what other settings cost, how fast two threads are, the time
of one window, and the same of the whole RocketClassifier.

Without ``--data``, an array of shape (n_windows, n_timesteps, n_channels), windows are random walks.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

N_KERNELS = 10_000
N_COMPARED = 300  # windows of which values are compared
NEAR = 1e-4  # a tie: a convolution this near its bias, as a share of the sum of magnitudes it is made of


def load_windows(arguments):
    if arguments.data:
        return np.load(arguments.data).astype(np.float32)[: arguments.windows]
    steps = np.random.default_rng(0).normal(size=(arguments.windows, 128, 6))
    return steps.cumsum(axis=1).astype(np.float32)


def processor_seconds(call):
    start = time.process_time()
    call()
    return time.process_time() - start


def wall_seconds(call, *arguments):
    start = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - start


def answer_with_aeon(arguments):
    """Transform for each line read, write its seconds: the part that runs in aeon's process."""
    from aeon.transformations.collection.convolution_based import MiniRocket

    windows = np.ascontiguousarray(load_windows(arguments).transpose(0, 2, 1))
    rocket = MiniRocket(n_kernels=N_KERNELS, random_state=0, n_jobs=1).fit(windows)
    names = ("n_channels", "channels", "dilations", "n_biases", "biases")
    parameters = dict(zip(names, rocket.parameters, strict=True))
    np.savez(arguments.answer_with_aeon, table=rocket.transform(windows[:N_COMPARED]), **parameters)
    print("ready", flush=True)
    for _ in sys.stdin:
        print(processor_seconds(lambda: rocket.transform(windows)), flush=True)


class Aeon:
    """Transforms in another interpreter."""

    def __init__(self, arguments, path):
        command = [arguments.aeon_python, __file__, "--answer-with-aeon", path]
        command += ["--windows", str(arguments.windows)]
        command += ["--data", arguments.data] if arguments.data else []
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
        self.line()

    def line(self):
        line = self.process.stdout.readline()
        return line or sys.exit("aeon's process ended; its message is above.")

    def transform(self):
        print(file=self.process.stdin, flush=True)
        return float(self.line())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


def compare_values(windows, aeon):
    """Compute aeon's table with its own parameters, and explain every value that differs."""
    from sklearn_har.features._rocket_kernels import convolve_windows, pool_windows
    from sklearn_har.features._rocket_plan import TAPS

    n_timesteps, n_channels = windows.shape[1:]
    stops = np.cumsum(aeon["n_channels"])
    chosen = np.full((len(stops), n_channels), -1)
    for of_one, stop, n in zip(chosen, stops, aeon["n_channels"], strict=True):
        of_one[:n] = aeon["channels"][stop - n : stop]
    place, kernels = np.divmod(np.arange(len(chosen)), len(TAPS))
    dilations = aeon["dilations"].astype(np.int64)[place]
    firsts = np.concatenate([[0], np.cumsum(aeon["n_biases"][place])]).astype(np.int64)
    padded, taps = (place + kernels) % 2 == 0, TAPS[kernels]
    scales = np.zeros(n_channels), np.ones(n_channels)
    values = windows.astype(np.float64)
    ours = np.empty((len(values), firsts[-1]), np.float32)
    pool_windows(values, *scales, dilations, chosen, taps, padded, firsts, aeon["biases"], 1, ours)

    rows, columns = np.nonzero(np.abs(ours - aeon["table"]) > 0.5 / n_timesteps)
    of_column = np.searchsorted(firsts, columns, side="right") - 1
    convolved = np.empty((len(rows), n_timesteps), np.float32)
    if len(rows):
        plan = dilations[of_column], chosen[of_column], taps[of_column]
        convolve_windows(values[rows], *scales, *plan, convolved)
    size = 18 * np.abs(values[rows]).max(axis=(1, 2)) * n_channels
    distance = np.abs(convolved - aeon["biases"][columns, np.newaxis]).min(axis=1, initial=np.inf)
    unexplained = (distance > NEAR * size).sum()
    print(f"values: {1 - len(rows) / ours.size:.4%} equal, the rest ties; {unexplained} unexplained")
    if unexplained:
        sys.exit("Values differ that are no ties.")


def time_in_turns(windows, aeon, rounds):
    from sklearn_har.features import RocketFeatures

    features = RocketFeatures(N_KERNELS, random_state=0).fit(windows)
    features.transform(windows[:10])
    aeon.transform()
    ours, theirs = [], []
    for _ in range(rounds):
        theirs.append(aeon.transform())
        ours.append(processor_seconds(lambda: features.transform(windows)))
    ratios = [there / here for here, there in zip(ours, theirs, strict=True)]
    print(
        f"{len(windows)} windows, {len(features.biases_)} kernels: ours {statistics.median(ours):.2f} s, "
        f"aeon {statistics.median(theirs):.2f} s of processor time, {statistics.median(ratios):.1f} times "
        f"({min(ratios):.1f} in the worst round)",
        flush=True,
    )


SETTINGS = {
    "2,000 kernels": {"n_kernels": 2000},
    "5,000 kernels": {"n_kernels": 5000},
    "10,000 kernels": {"n_kernels": 10_000},
    "2,500 kernels, four poolings": {"n_kernels": 2500, "pooling": "all"},
    "Hydra, 64 groups": {"n_kernels": 0, "hydra_groups": 64},
}


def time_setting(name, windows, rounds):
    from sklearn_har.features import RocketFeatures

    features = RocketFeatures(random_state=0, **SETTINGS[name]).fit(windows[:1])  # compiles
    fit = processor_seconds(lambda: features.fit(windows))
    taken = statistics.median(processor_seconds(lambda: features.transform(windows)) for _ in range(rounds))
    features.set_params(n_jobs=2)
    start = time.perf_counter()
    n_columns = features.transform(windows).shape[1]
    rate = len(windows) / (time.perf_counter() - start)
    alone = []
    for i in range(300):
        start = time.perf_counter()
        features.transform(windows[i % len(windows)][np.newaxis])
        alone.append(time.perf_counter() - start)
    print(
        f"{name:28} {n_columns:6} columns: fit {fit:.2f} s, transform {taken:.2f} s of processor time, "
        f"{taken / len(windows) * 1e6:.0f} us a window; {rate:.0f} windows a second with two threads; "
        f"one alone {statistics.median(alone) * 1e3:.2f} ms",
        flush=True,
    )


def time_classifier(windows, rounds):
    """From windows to probabilities; what is learned does not matter to the time."""
    from sklearn_har.classifiers import RocketClassifier

    rng = np.random.default_rng(0)
    y, people = rng.integers(0, 6, len(windows)), rng.integers(0, 20, len(windows))
    model = RocketClassifier(random_state=0, n_jobs=2, verbose=False).fit(windows, y, groups=people)
    rates = {}
    for n_jobs in (1, 2):
        model.set_params(n_jobs=n_jobs).predict_proba(windows)
        rates[n_jobs] = sorted(
            len(windows) / wall_seconds(model.predict_proba, windows) for _ in range(rounds)
        )
    alone = [wall_seconds(model.predict_proba, windows[[i % len(windows)]]) for i in range(300)]
    print(f"RocketClassifier, windows to probabilities: one alone {statistics.median(alone) * 1e3:.2f} ms")
    for n_jobs, found in rates.items():
        print(
            f"{statistics.median(found):.0f} windows a second with n_jobs={n_jobs} "
            f"({found[0]:.0f} to {found[-1]:.0f})"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--aeon-python", help="interpreter of an environment that has aeon")
    parser.add_argument("--windows", type=int, default=7415)
    parser.add_argument("--data", help="a .npy file of windows")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--answer-with-aeon", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.answer_with_aeon:
        answer_with_aeon(arguments)
        return
    windows = load_windows(arguments)
    if arguments.aeon_python:
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "aeon.npz")
            with Aeon(arguments, path) as aeon:
                compare_values(windows[:N_COMPARED], np.load(path))
                time_in_turns(windows, aeon, arguments.rounds)
    for name in SETTINGS:
        time_setting(name, windows, arguments.rounds)
    time_classifier(windows, arguments.rounds)


if __name__ == "__main__":
    main()
