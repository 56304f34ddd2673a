"""Change the code of a room by one sign at a time, and see whether the tests of the room notice.

    python tools/mutants.py windowing              # all mutants: hours of processor time
    python tools/mutants.py windowing --sample 160  # so many of them, drawn with a seed
    python tools/mutants.py windowing --only "*x_rows_in*"

Prints the share that the tests killed, with its 95 % interval where mutants were drawn, and those that live:
`mutmut show <name>` in build/mutants/<room> shows one. mutmut leaves alone functions with a decorator
(properties, a `fit` whose parameters are checked) and what stands outside of functions. A mutant that runs
for ever counts as killed.
"""

import argparse
import random
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

from scipy.stats import binomtest

ROOT = Path(__file__).parents[1]
ROOMS = ("recordings", "windowing", "model_selection")
# A process in which polars or torch has computed cannot be forked; one that has only imported them can.
SETTINGS = """[mutmut]
source_paths = sklearn_har
process_isolation = forkserver
timeout_multiplier = 3.0
only_mutate = sklearn_har/{room}/*
pytest_add_cli_args_test_selection =
    tests/{room}
pytest_add_cli_args =
    --tb=no
"""
KILLED = {"killed", "timeout"}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("room", choices=ROOMS)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="*")
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args()
    folder = copy_of(options.room)
    # makes the mutants, finds which tests reach which function, and complains that none has that name
    mutmut(folder, "no such mutant", stderr=subprocess.DEVNULL)
    names = sorted(name for name in results(folder) if fnmatch(name, options.only))
    every = len(names)
    if not names:
        sys.exit(f"--only {options.only!r} is no mutant of {options.room}.")
    if options.sample and options.sample < every:
        names = random.Random(options.seed).sample(names, options.sample)
    mutmut(folder, "--max-children", str(options.processes), *names)
    ended = results(folder)
    if all(ended[name] == "not checked" for name in names):
        sys.exit(
            f"The tests of {options.room} fail before anything is changed: run them in {folder / 'mutants'}."
        )
    report(options.room, {name: ended[name] for name in names}, every)


def copy_of(room: str) -> Path:
    """A folder with the code, its tests and the settings, in which mutants do no harm.

    Warnings point past the library, but not past mutmut, which stands between it and a test.
    """
    folder = ROOT / "build" / "mutants" / room
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("sklearn_har", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for test in (folder / "tests").rglob("test_*.py"):
        test.write_text(test.read_text().replace("filename == __file__", "filename"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / "setup.cfg").write_text(SETTINGS.format(room=room))
    return folder


def mutmut(folder: Path, *arguments: str, stderr: int | None = None) -> None:
    subprocess.run(
        [sys.executable, "-m", "mutmut", "run", *arguments], cwd=folder, check=False, stderr=stderr
    )


def results(folder: Path) -> dict[str, str]:
    """What became of each mutant: "killed", "survived", "timeout", "no tests" or "not checked"."""
    command = [sys.executable, "-m", "mutmut", "results", "--all", "true"]
    lines = subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    return dict(line.strip().rsplit(": ", 1) for line in lines if "__mutmut_" in line)


def report(room: str, ended: dict[str, str], every: int) -> None:
    print(*sorted(f"{name}: {end}" for name, end in ended.items() if end not in KILLED), sep="\n")
    killed = sum(end in KILLED for end in ended.values())
    line = f"{room}: {killed} of {len(ended)} mutants killed, {killed / len(ended):.1%}"
    if len(ended) < every:
        interval = binomtest(killed, len(ended)).proportion_ci(method="wilson")
        line += f" (of all {every}: {interval.low:.0%} to {interval.high:.0%})"
    print(line)


if __name__ == "__main__":
    main()
