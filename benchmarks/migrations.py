"""Four scripts as users of other libraries write them, and what becomes of them here.

    pip install seglearn
    SKLEARN_HAR_DATA=<folder with hapt/> python benchmarks/migrations.py --python-of keras=<venv>/bin/python

Each pair in `migrations/` gets the same files, the same people to test on and the same seeds. For each
script the table has its lines of code (without blank lines, comments and its docstring), the accuracy on
what the script itself held out, the accuracy on people it never saw (mean and range of the seeds) and the
median of the processor seconds from its start to its end, imports included. `--folder` keeps the data and
each run, and goes on where it was interrupted.

Keras' script needs no more than Keras and NumPy, and may have an interpreter of its own. seglearn's pair
reads the watch data that come with seglearn. The others get windows of HAPT's recordings, cut as those of
UCI HAR were: filtered, gravity taken off, 128 rows, half of them shared with the next window; in g and
rad/s, in the order of UCI HAR's files. tsfresh gets every 25th of them, its three axes of acceleration.
"""

import argparse
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import tokenize
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.constants import g as GRAVITY  # m/s²
from sklearn.pipeline import make_pipeline

from sklearn_har.datasets import fetch_hapt
from sklearn_har.preprocessing import ButterworthFilter, GravitySeparator, MedianFilter
from sklearn_har.recordings import drop_unlabelled
from sklearn_har.windowing import sliding_windows

SCRIPTS = Path(__file__).with_suffix("")
DATA_OF = {"seglearn": (), "tsfresh": ("long.csv",), "skorch": ("windows.npz",), "keras": ("windows.npz",)}
SCORES = "held out", "strangers"
NO_CODE = (
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
)


def as_uci_har(X):
    """The nine channels of UCI HAR: acceleration without gravity, angular rate, acceleration."""
    total = make_pipeline(MedianFilter(3), ButterworthFilter(high=20.0)).fit_transform(X)
    body = GravitySeparator().fit_transform(total)
    acc, gyro = ([f"{sensor}_{axis}" for axis in "xyz"] for sensor in ("acc", "gyro"))
    parts = body[[f"body_{name}" for name in acc]] / GRAVITY, total[gyro], total[acc] / GRAVITY
    return pd.concat(parts, axis=1)


def write_windows(windows, numbers, tests, path):
    """Arrays as one has them after reading UCI HAR's text files; activities count from 1."""
    arrays = {}
    for part, chosen in (("train", ~tests), ("test", tests)):
        arrays |= {
            f"X_{part}": np.asarray(windows[chosen], dtype=np.float32),
            f"y_{part}": numbers[chosen],
            f"subject_{part}": windows.subjects[chosen],
        }
    np.savez(path, **arrays)


def write_long(windows, labels, tests, path):
    """The acceleration of each window as a series of its own, in tsfresh's long form."""
    values = np.asarray(windows)[:, :, 6:] * GRAVITY
    n_windows, n_timesteps, _ = values.shape
    table = pd.DataFrame(values.reshape(-1, 3), columns=["acc_x", "acc_y", "acc_z"])
    table.insert(0, "id", np.repeat(np.arange(n_windows), n_timesteps))
    table.insert(1, "time", np.tile(np.arange(n_timesteps) / windows.sampling_rate, n_windows))
    table["subject"] = np.repeat(windows.subjects, n_timesteps)
    table["activity"] = np.repeat(labels, n_timesteps)
    table["part"] = np.where(np.repeat(tests, n_timesteps), "test", "train")
    table.to_csv(path, index=False)


def write_data(X, y, test_people, folder, every=25):
    """What the scripts read, from recordings with an accelerometer and a gyroscope."""
    X, y = drop_unlabelled(as_uci_har(X), y)
    windows, labels = sliding_windows(X, y, window_length=2.56, min_purity=1.0, tail="drop")
    tests = np.isin(windows.subjects, list(test_people))
    numbers = np.unique(labels, return_inverse=True)[1] + 1
    write_windows(windows, numbers, tests, folder / "windows.npz")
    write_long(windows[::every], labels[::every], tests[::every], folder / "long.csv")


def lines_of_code(path):
    """How many lines hold something else than comments and the docstring."""
    text = path.read_text(encoding="utf-8")
    tokens = [t for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.type not in NO_CODE]
    return len({line for token in tokens[1:] for line in range(token.start[0], token.end[0] + 1)})


def run(script, data, seed, python, kept):
    """Scores that a script prints, and its processor seconds; or those that are kept of an earlier run."""
    path = kept / f"{script.stem}-{seed}.json"
    if path.exists():
        return json.loads(path.read_text())
    command = [python, str(script), *map(str, data), str(seed)]
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3"}
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, env=os.environ | quiet
        )
        printed = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            sys.exit(f"{' '.join(command)} ended with the status {process.returncode}:\n{errors.read()}")
    values = dict(line.rsplit(maxsplit=1) for line in printed.splitlines() if line.startswith(SCORES))
    found = [float(values[name]) for name in SCORES], usage.ru_utime + usage.ru_stime
    path.write_text(json.dumps(found))
    return found


def row(name, who, runs):
    """A script in the table."""
    scores, seconds = zip(*runs, strict=True)
    cells = [name, who, str(lines_of_code(SCRIPTS / f"{name}_{who}.py"))]
    for values in zip(*scores, strict=True):
        span = f" ({min(values):.3f} to {max(values):.3f})" if len(values) > 1 else ""
        cells.append(f"{statistics.mean(values):.3f}{span}")
    return f"| {' | '.join(cells)} | {statistics.median(seconds):.0f} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", nargs="+", choices=DATA_OF, default=list(DATA_OF))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--python-of", nargs="+", default=[], metavar="NAME=PATH", help="of their scripts")
    parser.add_argument(
        "--folder", type=Path, help="keeps the data and each run, to go on after an interrupt"
    )
    options = parser.parse_args()
    interpreters = dict(pair.split("=", maxsplit=1) for pair in options.python_of)

    with tempfile.TemporaryDirectory() as passing:
        folder = options.folder or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        if not all((folder / file).exists() for name in options.pairs for file in DATA_OF[name]):
            hapt = fetch_hapt(activities="basic")
            write_data(hapt.data, hapt.target, hapt.test_subjects, folder)
        print(f"| from | script | lines | {' | '.join(SCORES)} | processor s |\n|---|---|---|---|---|---|")
        for name in options.pairs:
            for who in ("theirs", "ours"):
                python = interpreters.get(name, sys.executable) if who == "theirs" else sys.executable
                given = SCRIPTS / f"{name}_{who}.py", [folder / file for file in DATA_OF[name]]
                runs = [run(*given, seed, python, folder) for seed in range(options.seeds)]
                print(row(name, who, runs), flush=True)


if __name__ == "__main__":
    main()
