"""Time and memory of TsfreshFeatures: threads, many windows, long windows, one window, starting.

    python benchmarks/features_speed.py
    python benchmarks/features_speed.py serving threads

Every question is answered in a process of its own, on windows of 128 samples (random walks, noisy sines,
noise) unless it is about their length, with the comprehensive set. `features_against_tsfresh.py` asserts that
the values are tsfresh's.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from sklearn_har.features import TsfreshFeatures
from sklearn_har.features._tsfresh_settings import COMPREHENSIVE

UCI_HAR = (10_299, 9)  # windows and channels
START = """
import time
start = time.perf_counter()
import numpy as np
from sklearn_har.features import TsfreshFeatures
imported = time.perf_counter()
TsfreshFeatures().fit_transform(np.random.default_rng(0).normal(size=(1, 128, 9)))
print(f"import {imported - start:.2f} s, first table {time.perf_counter() - imported:.2f} s, "
      f"together {time.perf_counter() - start:.2f} s")
"""


def windows(n_windows, n_timesteps=128, n_channels=1):
    """Windows of shape (n_windows, n_timesteps, n_channels)."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(n_windows, n_timesteps, n_channels))
    values[::3] = values[::3].cumsum(axis=1)
    values[1::3] *= 0.3
    values[1::3] += np.sin(2 * np.pi * np.arange(n_timesteps) / 20.3)[:, np.newaxis]
    return values


def seconds(call, some):
    start = time.perf_counter()
    call(some)
    return time.perf_counter() - start


def threads(rounds=7):
    """Two threads against one, in turns."""
    some = windows(2_000, n_channels=9)
    features = {n_jobs: TsfreshFeatures(on_undefined="nan", n_jobs=n_jobs).fit(some[:1]) for n_jobs in (1, 2)}
    taken = {n_jobs: [] for n_jobs in features}
    for _ in range(rounds):
        for n_jobs, of_it in features.items():
            taken[n_jobs].append(seconds(of_it.transform, some))
    one, two = (statistics.median(taken[n_jobs]) for n_jobs in (1, 2))
    ratios = [a / b for a, b in zip(taken[1], taken[2], strict=True)]
    print(
        f"one thread {one:.3f} s, two {two:.3f} s: {one / two:.2f} times (of the smallest "
        f"{min(taken[1]) / min(taken[2]):.2f}, of the rounds {min(ratios):.2f} to {max(ratios):.2f})"
    )


def uci_har(rounds=3):
    """All windows of UCI HAR's size, from array to named table: fit_transform, with what fit learns."""
    some = windows(UCI_HAR[0], n_channels=UCI_HAR[1])
    for n_jobs in (1, 2):
        features = TsfreshFeatures(n_jobs=n_jobs).set_output(transform="pandas")
        taken = sorted(seconds(features.fit_transform, some) for _ in range(rounds))
        print(
            f"{UCI_HAR[0]} windows of {UCI_HAR[1]} channels, n_jobs={n_jobs}: {taken[rounds // 2]:.2f} s "
            f"({taken[0]:.2f}-{taken[-1]:.2f})"
        )


def number(rounds=3):
    """How time goes with the number of windows of one channel."""
    for n_windows in (100, 1_000, 10_000, 100_000):
        some = windows(n_windows)
        features = TsfreshFeatures(on_undefined="nan").fit(some[:1])
        repeats = max(1, 10_000 // n_windows)
        taken = [seconds(features.transform, some) for _ in range(rounds * repeats)]
        print(f"{n_windows:7} windows: {statistics.median(taken) / n_windows * 1e6:.1f} us each", flush=True)


def length(rounds=3):
    """How time goes with the length of windows of one channel."""
    for n_timesteps in (32, 64, 128, 256, 512, 1000):
        some = windows(256_000 // n_timesteps, n_timesteps)
        features = TsfreshFeatures(on_undefined="nan").fit(some[:1])
        taken = statistics.median(seconds(features.transform, some) for _ in range(rounds))
        print(f"{n_timesteps:5} samples: {taken / len(some) * 1e6:.1f} us each", flush=True)


def memory():
    """Peak of the process beyond windows and table, for two threads and UCI HAR's size."""
    some = windows(UCI_HAR[0], n_channels=UCI_HAR[1])
    features = TsfreshFeatures(n_jobs=2).set_output(transform="pandas").fit(some[:1])
    before = _peak()
    table = features.fit_transform(some)
    table_size = table.to_numpy().nbytes / 2**20
    print(f"table {table_size:.0f} MiB, and {_peak() - before - table_size:.0f} MiB more at the peak")


def _peak():
    """Of this process, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def serving(draws=20, rounds=200):
    """One window of nine channels: all features, and fifty that were selected, in several draws."""
    some = windows(30, n_channels=9)
    features = TsfreshFeatures().fit(some)
    print(
        f"all {features.transform(some[:1]).shape[1]} features: {_one_window(features, some, rounds):.2f} ms"
    )
    taken = []
    for seed in range(draws):
        features = TsfreshFeatures(_selected(50, 9, seed)).fit(some)
        assert features.transform(some[:1]).shape == (1, 50)
        taken.append(_one_window(features, some, rounds))
    print(
        f"50 features, {draws} draws: {statistics.median(taken):.2f} ms ({min(taken):.2f}-{max(taken):.2f})"
    )


def _one_window(features, some, rounds):
    one = some[:1]
    return statistics.median(seconds(features.transform, one) for _ in range(rounds)) * 1e3


def _selected(n_features, n_channels, seed):
    """Settings of some features, as ``from_columns`` of tsfresh makes them."""
    features = [(name, one) for name, parameters in COMPREHENSIVE.items() for one in parameters]
    features = [(name, one) for name, one in features if name != "linear_trend_timewise"]
    picks = np.random.default_rng(seed).choice(len(features) * n_channels, n_features, replace=False)
    settings = {}
    for channel, place in zip(*np.divmod(np.sort(picks), len(features)), strict=True):
        name, one = features[place]
        of_channel = settings.setdefault(f"channel_{channel}", {})
        if one:
            of_channel.setdefault(name, []).append(one)
        else:
            of_channel[name] = None
    return settings


def start():
    """From nothing to the table of one window of nine channels: compiling, and when all is compiled."""
    with tempfile.TemporaryDirectory() as cache:
        environment = os.environ | {
            "NUMBA_CACHE_DIR": cache,
            "PYTHONPATH": str(Path(__file__).parents[1]),
        }
        for kind in ("compiling", "compiled", "compiled", "compiled"):
            print(f"{kind}: ", end="", flush=True)
            subprocess.run([sys.executable, "-c", START], env=environment, check=True)


QUESTIONS = (threads, uci_har, number, length, memory, serving, start)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = [question.__name__ for question in QUESTIONS]
    parser.add_argument("questions", nargs="*", metavar="question", help=f"of {', '.join(names)}")
    asked = parser.parse_args().questions
    if unknown := set(asked) - set(names):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    for question in QUESTIONS:
        if asked == [question.__name__]:
            question()
        elif not asked or question.__name__ in asked:
            print(f"{question.__name__}: {question.__doc__.splitlines()[0]}", flush=True)
            subprocess.run([sys.executable, __file__, question.__name__], check=True)


if __name__ == "__main__":
    main()
