"""Differences of `TsfreshFeatures` from tsfresh, on hundreds of recorded and made windows, by calculator.

    SKLEARN_HAR_DATA=/path/to/datasets python benchmarks/features_parity.py

Every feature of the comprehensive set is compared with that of `tsfresh.extract_features` itself, by the rule
of the tests (`tests/features/parity.py`): relative 1e-6 or 1e-9 of the feature's scale, NaN and infinity in
the same places. The table has, for each calculator with any difference, how many values are "wrong" (0 is
expected), how many lie within what noise of one unit in the last place does to tsfresh's own value, and how
many are exceptions listed in `tests/features/exceptions.py`. What is wrong is printed whole. A window takes
about 0.2 seconds.
"""

import argparse
import os
import sys
import warnings
from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))  # for tests.features.parity, which compares values

from sklearn_har.exceptions import CalculatorFailedWarning, IncompleteDatasetWarning
from sklearn_har.features import TsfreshFeatures
from sklearn_har.features._tsfresh_settings import COMPREHENSIVE
from tests.features import parity

WINDOWS_AT_ONCE = 10
VERDICTS = {"": "wrong", "noise": "noise", "listed": "listed"}


def made(n_windows):
    """Windows of all kinds, of every length that the tests have up to 300 samples."""
    lengths = [n for n in parity.LENGTHS if n <= 300]
    for seed in range(100, 100 + n_windows):
        n_timesteps = lengths[seed % len(lengths)]
        kinds = [rows[:1] for rows in parity.windows(n_timesteps, seed=seed).values()]
        yield np.concatenate(kinds)[(seed // len(lengths)) % len(kinds)][np.newaxis]


def recorded(folder, n_windows):
    values = parity.recorded(folder, os.environ["SKLEARN_HAR_DATA"], n_windows, seed=1)
    for start in range(0, len(values), WINDOWS_AT_ONCE):
        yield values[start : start + WINDOWS_AT_ONCE]


def compare(name, batches):
    found, n_windows, n_values = [], 0, 0
    for values in batches:
        table = TsfreshFeatures(on_undefined="nan").fit_transform(values)
        found += parity.set_differences(COMPREHENSIVE, values, table)
        n_windows += len(values)
        n_values += table.size
    counts = Counter((one.calculator, VERDICTS[one.accepted]) for one in found)
    print(f"\n{name}: {n_windows} windows, {n_values} values", flush=True)
    print(f"{'':34}" + "".join(f"{verdict:>8}" for verdict in VERDICTS.values()))
    for calculator in [*dict.fromkeys(one.calculator for one in found), "all"]:
        sums = [
            sum(n for (of, kind), n in counts.items() if kind == verdict and calculator in (of, "all"))
            for verdict in VERDICTS.values()
        ]
        print(f"{calculator:34}" + "".join(f"{n:8}" for n in sums))
    for one in found:
        if not one.accepted:
            print(one)
    return sum(not one.accepted for one in found)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--windows", type=int, default=200, help="of each kind")
    parser.add_argument("--of", nargs="+", default=["made", "hapt", "wisdm2019", "geotec"])
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", CalculatorFailedWarning)
    warnings.simplefilter("ignore", IncompleteDatasetWarning)
    wrong = 0
    for name in arguments.of:
        windows = made if name == "made" else partial(recorded, name)
        wrong += compare(name, windows(arguments.windows))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
