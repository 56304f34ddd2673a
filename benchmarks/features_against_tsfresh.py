"""The features of tsfresh: this library against tsfresh itself and tsfx, in one process, on one thread.

    python benchmarks/features_against_tsfresh.py
    python benchmarks/features_against_tsfresh.py --sets comprehensive minimal --lengths 128

For each set, and for windows of several lengths, the values are asserted to be tsfresh's before anything is
timed, and tsfx's where it has the column, which is nearly everywhere (tsfx 0.8.0, where it is installed).
Then all are timed in turns on windows of one channel (random walks, noisy sines, noise), from array, frame
of long form or lazy frame to table, each in the form it wants, on as many windows as it needs to be at its
best. "functions" are tsfresh's calculators called on each window with their parameters, without its frames:
tsfresh at its fastest. What is printed are the smallest time and the median of the rounds, in microseconds a
window, and the ratio of the medians with that of the worst round.
"""

import os

os.environ.update(
    POLARS_MAX_THREADS="1", RAYON_NUM_THREADS="1", OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1"
)

import argparse
import importlib.util
import statistics
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))  # for tests.features.parity, which compares values

from tsfresh import extract_features

from sklearn_har.features import TsfreshFeatures
from sklearn_har.features._tsfresh_settings import SETS
from tests.features import parity

IN_TSFX = {  # calculators and parameters that it calls otherwise
    "abs_energy": "absolute_energy",
    "mean_abs_change": "mean_absolute_change",
    "percentage_of_reoccurring_datapoints_to_all_datapoints": (
        "percentage_of_reoccurring_values_to_all_datapoints"
    ),
    "chunk_len": "chunk_size",
    "f_agg": "agg",
    "number_of_maxima": "n",
}
N_WINDOWS_OF_TSFX = 2_000  # with a few it is slower


def windows(n_windows, n_timesteps, seed=0):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n_windows, n_timesteps))
    values[::3] = values[::3].cumsum(axis=1)
    values[1::3] = np.sin(2 * np.pi * np.arange(n_timesteps) / 20.3) + 0.3 * values[1::3]
    return values


def long_frame(values):
    identifiers = np.repeat(np.arange(len(values)), values.shape[1])
    return pd.DataFrame({"id": identifiers, "v": values.ravel()})


# Each of these takes windows, and gives a function that computes their table


def by_us(values, name):
    features = TsfreshFeatures(name, on_undefined="nan").fit(values[:1])
    return lambda: features.transform(values)


def by_tsfresh(values, name):
    frame = long_frame(values)
    settings = {key: None if parameters == [{}] else parameters for key, parameters in SETS[name].items()}
    return lambda: extract_features(
        frame, column_id="id", default_fc_parameters=settings, n_jobs=0, disable_progressbar=True
    )


def by_functions(values, name):
    def compute():
        for row in values:
            for calculator, parameters in SETS[name].items():
                parity.tsfresh_values(calculator, row, parameters)

    return compute


def by_tsfx(values, name):
    import polars
    import tsfx

    settings = tsfx.ExtractionSettings(
        grouping_cols=["id"],
        value_cols=["v"],
        feature_setting=getattr(tsfx.FeatureSetting, name.capitalize()),
    )
    frame = polars.from_pandas(long_frame(values)).lazy()
    return lambda: tsfx.extract_features(frame, settings)


def assert_parity(values, name):
    table = TsfreshFeatures(name, on_undefined="nan").fit_transform(values)
    parity.assert_accepted(parity.set_differences(SETS[name], values, table))


def assert_parity_with_tsfx(values, name):
    theirs = by_tsfx(values, name)().sort("id").to_pandas()
    theirs = {_spelt_by_tsfx(column.removeprefix("v__")): theirs[column].to_numpy(float) for column in theirs}
    ours = TsfreshFeatures(name, on_undefined="nan").fit_transform(values)
    keys = [(calculator, one) for calculator, parameters in SETS[name].items() for one in parameters]
    shared = 0
    for (calculator, parameter), of_us in zip(keys, ours.T, strict=True):
        of_tsfx = theirs.get(_in_tsfx(calculator, parameter))
        if of_tsfx is None:
            continue
        shared += 1
        scale = np.abs(of_us[np.isfinite(of_us)]).max(initial=0.0)
        np.testing.assert_allclose(
            of_us, of_tsfx, rtol=1e-6, atol=1e-9 * scale, err_msg=f"{calculator} {parameter}"
        )
    return shared, len(theirs)


def _in_tsfx(calculator, parameter):
    parts = {key: value for key, value in parameter.items() if key != "widths"}
    if calculator.endswith("linear_trend"):
        calculator = f"{calculator}_{parts.pop('attr')}"
        parts = {IN_TSFX[key]: value for key, value in parts.items()}
    elif calculator == "mean_n_absolute_max":
        parts = {"n": parts["number_of_maxima"]}
    return IN_TSFX.get(calculator, calculator), frozenset((key, _value(str(of))) for key, of in parts.items())


def _spelt_by_tsfx(column):
    calculator, *parts = column.split("__")
    pairs = [part.rsplit("_", 1) for part in parts if not part.startswith(("widths", "autolag"))]
    return calculator, frozenset((key, _value(value)) for key, value in pairs)


def _value(text):
    if text.lower() in ("true", "t", "false", "f"):
        return text.lower().startswith("t")
    try:
        return round(float(text), 9)
    except ValueError:
        return text


def seconds(call):
    """Mean of as many calls as fill a fifth of a second."""
    start = time.perf_counter()
    n_calls = 0
    while n_calls == 0 or time.perf_counter() - start < 0.2:
        call()
        n_calls += 1
    return (time.perf_counter() - start) / n_calls


def compare(name, n_timesteps, rounds, peers):
    few = 1_000 if name == "minimal" else max(6, 2_000 // n_timesteps)
    many = windows(max(256, 512_000 // n_timesteps), n_timesteps)
    assert_parity(many[:6], name)
    sizes = {"tsfresh": few, "functions": few, "tsfx": min(len(many), N_WINDOWS_OF_TSFX)}
    makers = {"tsfresh": by_tsfresh, "functions": by_functions, "tsfx": by_tsfx}
    calls = {"ours": (by_us(many, name), len(many))}
    for peer in peers:
        calls[peer] = makers[peer](many[: sizes[peer]], name), min(sizes[peer], len(many))
    taken = {who: [] for who in calls}
    for _ in range(rounds):
        for who, (call, n_windows) in calls.items():
            taken[who].append(seconds(call) / n_windows)
    print(f"{name}, {n_timesteps} samples: ours {in_us(taken['ours'])}", flush=True)
    for peer in peers:
        ratios = [there / here for here, there in zip(taken["ours"], taken[peer], strict=True)]
        ratio = statistics.median(taken[peer]) / statistics.median(taken["ours"])
        print(
            f"    {peer:9} {in_us(taken[peer])}: {ratio:6.1f} times ({min(ratios):.1f} in the worst round)",
            flush=True,
        )


def in_us(taken):
    return f"{min(taken) * 1e6:9.2f} / {statistics.median(taken) * 1e6:9.2f} us"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sets", nargs="+", default=list(SETS), choices=list(SETS))
    parser.add_argument("--lengths", nargs="+", type=int, default=[32, 64, 128, 256, 1000])
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    peers = ["tsfresh", "functions"]
    if importlib.util.find_spec("tsfx") is None:
        print("tsfx is not installed (pip install tsfx==0.8.0), and is left out.")
    else:
        peers.append("tsfx")
        for name in arguments.sets:
            shared, there = assert_parity_with_tsfx(windows(60, 128), name)
            print(f"{name}: {shared} of our columns are among tsfx's {there}, and equal")
    for name in arguments.sets:
        for n_timesteps in arguments.lengths:
            compare(name, n_timesteps, arguments.rounds, peers)


if __name__ == "__main__":
    main()
