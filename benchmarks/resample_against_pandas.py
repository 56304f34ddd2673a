"""Bring recordings onto another grid: this library against pandas, in one process.

    python benchmarks/resample_against_pandas.py

Upsampling from 20 to 100 Hz is compared with ``resample().interpolate()`` of every recording; the
values are asserted to be the same before anything is timed. Then 10 hours of six channels are brought
from 100 to 20 Hz (with a low-pass, which pandas has not) and from 50 to 100 Hz.
"""

import argparse
import statistics
import time

import numpy as np
import pandas as pd

from sklearn_har.recordings import resample

CHANNELS = [f"{sensor}_{axis}" for sensor in ("acc", "gyro") for axis in "xyz"]


def recordings(n_recordings, minutes, rate):
    n = int(minutes * 60 * rate)
    index = pd.MultiIndex(
        [np.arange(n_recordings), [1], np.arange(n) / rate],
        [
            np.repeat(np.arange(n_recordings), n),
            np.zeros(n_recordings * n, dtype=int),
            np.tile(np.arange(n), n_recordings),
        ],
        names=["subject", "recording", "time"],
    )
    values = np.random.default_rng(0).normal(size=(len(index), 6))
    return pd.DataFrame(values, index=index, columns=CHANNELS)


def with_pandas(frames):
    return [frame.resample("10ms").interpolate() for frame in frames]


def seconds(call, repeats):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    for n_recordings, minutes in ((60, 5), (3000, 0.1)):
        X = recordings(n_recordings, minutes, 20)
        frames = [
            part.droplevel(["subject", "recording"]).set_axis(
                pd.to_timedelta(part.index.get_level_values("time"), unit="s").round("ms")
            )
            for _, part in X.groupby("subject")
        ]
        ours = resample(X, sampling_rate=100)
        theirs = pd.concat(with_pandas(frames))
        np.testing.assert_allclose(ours.to_numpy(), theirs.to_numpy(), atol=1e-12)
        of_pandas = seconds(lambda frames=frames: with_pandas(frames), repeats)
        of_ours = seconds(lambda X=X: resample(X, sampling_rate=100), repeats)
        print(
            f"{n_recordings} recordings of {minutes:g} min, 20 to 100 Hz: pandas {of_pandas:.3f} s, "
            f"sklearn-har {of_ours:.3f} s, {of_pandas / of_ours:.1f} times"
        )
    for old, new in ((100, 20), (50, 100)):
        X = recordings(20, 30, old)
        spent = seconds(lambda X=X, new=new: resample(X, sampling_rate=new), repeats)
        print(f"10 hours of 6 channels, {old} to {new} Hz: {spent:.3f} s")


if __name__ == "__main__":
    main()
