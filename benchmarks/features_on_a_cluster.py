"""TsfreshFeatures on a dask cluster of worker processes on this machine, one of which is killed.

    pip install "sklearn-har[dask]"
    python benchmarks/features_on_a_cluster.py

The same windows are computed in this process, then on the cluster, then on it again while one worker gets
SIGKILL a third of the way. The tables are asserted to be identical. What is printed is how long each took,
and the processes that were there before and after.
"""

import argparse
import os
import signal
import threading
import time

import numpy as np
from dask.distributed import Client, LocalCluster
from joblib import parallel_config

from sklearn_har.features import TsfreshFeatures
from sklearn_har.windowing import Windows


def timed(call):
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--windows", type=int, default=10_299, help="of 128 samples and 9 channels")
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    values = np.random.default_rng(0).normal(size=(arguments.windows, 128, 9)).cumsum(axis=1)
    windows = Windows(
        values, channel_names=[f"{kind}_{axis}" for kind in ("acc", "gyro", "mag") for axis in "xyz"]
    )
    features = TsfreshFeatures(verbose=False).fit(windows[:100])
    alone, expected = timed(lambda: features.transform(windows))
    print(f"one thread of this process: {alone:.1f} s for a table of {expected.shape}")
    with (
        LocalCluster(
            n_workers=arguments.workers, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
        parallel_config(backend="dask"),
    ):
        features.transform(windows[:1000])  # workers import the library
        spread, table = timed(lambda: features.transform(windows))
        np.testing.assert_array_equal(table, expected)
        print(f"{arguments.workers} worker processes: {spread:.1f} s, identical")
        before = sorted(client.run(os.getpid).values())
        threading.Timer(spread / 3, os.kill, (before[0], signal.SIGKILL)).start()
        killed, table = timed(lambda: features.transform(windows))
        np.testing.assert_array_equal(table, expected)
        client.wait_for_workers(arguments.workers)
        after = sorted(client.run(os.getpid).values())
        assert before[0] not in after
        print(f"{before[0]} of {before} killed on the way: {killed:.1f} s, identical; now {after}")


if __name__ == "__main__":
    main()
