r"""How RocketClassifier grows: accuracy and time against kernels, people and windows, with pictures.

    SKLEARN_HAR_DATA=<folder> python benchmarks/rocket_growth.py

HAPT's 21 training people, six activities, windows of 2.56 s; the nine test people are not touched.

- Kernels: all 21 people; the accuracy is that of ``held_out_decisions_``, each person by the ridge of the
  other 20. One fit for each number and seed.
- People: so many of the 21, drawn at random, the accuracy on all others; for 20 it is as above.
- Windows: every n-th window of 14 of the people drawn, the accuracy on the seven others.

Seconds are processor time of a whole fit, from windows to calibrated probabilities. Writes
``rocket_growth.md`` and the pictures in ``images/`` into ``--save``. Takes some ten minutes of processor
time. A trial, in a moment:

    python benchmarks/rocket_growth.py --kernels 84 500 --people 3 6 --every 32 16 --draws 2 --seeds 0 \
        --default 84 --thin 8 --save <folder>
"""

import argparse
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from rocket_defaults import windows_of

from sklearn_har.classifiers import RocketClassifier

BLUE, ORANGE = "#0072B2", "#D55E00"  # told apart by colour-blind people, and as greys
N_TRAINING = 14  # people, where windows are thinned


class Measured:
    """Accuracies and seconds of several fits for every size."""

    def __init__(self):
        self.of_size = {}

    def add(self, size, accuracy, seconds):
        self.of_size.setdefault(size, []).append((accuracy, seconds))
        print(f"{size}: accuracy {accuracy:.4f}, fit {seconds:.1f} s", flush=True)

    def columns(self):
        """Sizes, sorted, and for each an array of accuracies and one of seconds."""
        sizes = sorted(self.of_size)
        found = [np.array(self.of_size[size]).T for size in sizes]
        return sizes, [one[0] for one in found], [one[1] for one in found]


def fitted(windows, labels, seed, **parameters):
    start = time.process_time()
    model = RocketClassifier(random_state=seed, **parameters).fit(windows, labels)
    return model, time.process_time() - start


def score_left_out(model, labels):
    return np.mean(model.classes_[model.held_out_decisions_.argmax(axis=1)] == labels)


def grow_kernels(windows, labels, numbers, seeds):
    measured = Measured()
    for number in numbers:
        for seed in seeds:
            model, seconds = fitted(windows, labels, seed, n_kernels=number)
            measured.add(number, score_left_out(model, labels), seconds)
    return measured


def orders_of_people(people, n_draws):
    names = np.unique(people)
    return [np.random.default_rng(draw).permutation(names) for draw in range(n_draws)]


def grow_people(windows, labels, numbers, orders, n_kernels):
    people, measured = np.asarray(windows.subjects), Measured()
    for number in numbers:
        for seed, order in enumerate(orders):
            known = np.isin(people, order[:number])
            model, seconds = fitted(windows[known], labels[known], seed, n_kernels=n_kernels)
            measured.add(number, model.score(windows[~known], labels[~known]), seconds)
    return measured


def grow_windows(windows, labels, every, orders, n_kernels):
    people, measured = np.asarray(windows.subjects), Measured()
    for step in every:
        for seed, order in enumerate(orders):
            known = np.isin(people, order[:N_TRAINING])
            some = np.flatnonzero(known)[::step]
            model, seconds = fitted(windows[some], labels[some], seed, n_kernels=n_kernels)
            # people have different numbers of windows: one size for all draws
            size = round(len(windows) * N_TRAINING / len(np.unique(people)) / step)
            measured.add(size, model.score(windows[~known], labels[~known]), seconds)
    return measured


def draw_picture(measured, label, path):
    """Accuracy, and below it seconds, against a size: every fit a dot, a line through the means."""
    sizes, accuracies, seconds = measured.columns()
    figure, axes = plt.subplots(2, 1, sharex=True, figsize=(6, 5.5), layout="constrained")
    for axis, values, colour, name in [
        (axes[0], accuracies, BLUE, "accuracy on people left out"),
        (axes[1], seconds, ORANGE, "fit (processor seconds)"),
    ]:
        for size, of_size in zip(sizes, values, strict=True):
            axis.plot(np.full(len(of_size), size), of_size, "o", color=colour, alpha=0.35, markersize=5)
        axis.plot(sizes, [of_size.mean() for of_size in values], "-", color=colour, linewidth=2)
        axis.set_ylabel(name)
        axis.grid(alpha=0.3)
    axes[1].set_ylim(bottom=0)
    axes[1].set_xlabel(label)
    axes[1].set_xscale("log")
    axes[1].set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes[1].minorticks_off()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def table_of(measured, label):
    sizes, accuracies, seconds = measured.columns()
    lines = [f"| {label} | accuracy | lowest to highest | fit |", "|---|---|---|---|"]
    for size, accuracy, spent in zip(sizes, accuracies, seconds, strict=True):
        lines.append(
            f"| {size:,} | {accuracy.mean():.4f} | {accuracy.min():.4f} to {accuracy.max():.4f} "
            f"| {spent.mean():.1f} s |"
        )
    return "\n".join(lines)


PAGE = """# How `RocketClassifier` grows

`python benchmarks/rocket_growth.py` writes this page. HAPT's 21 training people, six activities, windows of
2.56 s; accuracy on people left out, of {n_seeds} seeds or {n_draws} draws of people; processor seconds of a
fit.

## Number of kernels

Each person by the ridge of the 20 others. Beside the statistics, more kernels change little but
the time; the seed alone moves the accuracy by up to {moved:.3f}.

![Accuracy and time against the number of kernels](images/rocket_growth_kernels.svg)

{kernels}

## Number of people

{n_kernels} kernels; trained on so many of the 21, tested on the others.

![Accuracy and time against the number of training people](images/rocket_growth_people.svg)

{people}

## Number of windows

{n_kernels} kernels; every n-th window of {n_training} people, tested on all windows of the others.

![Accuracy and time against the number of training windows](images/rocket_growth_windows.svg)

{windows}
"""


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kernels", nargs="+", type=int, default=[500, 1000, 2000, 5000, 10_000, 20_000])
    parser.add_argument("--people", nargs="+", type=int, default=[3, 5, 8, 12, 16])
    parser.add_argument("--every", nargs="+", type=int, default=[64, 32, 16, 8, 4, 2, 1])
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1])
    parser.add_argument("--default", type=int, default=2000, help="kernels, where their number is the same")
    parser.add_argument("--thin", type=int, default=1, help="use every n-th window only")
    parser.add_argument("--save", type=Path, default=Path("docs"))
    options = parser.parse_args()
    plt.rcParams["svg.hashsalt"] = "rocket_growth"  # the same numbers give the same file
    windows, labels = windows_of("hapt6")
    windows, labels = windows[:: options.thin], labels[:: options.thin]
    RocketClassifier(500).fit(windows[::8], labels[::8])  # compiled before anything is timed
    orders = orders_of_people(np.asarray(windows.subjects), options.draws)
    start = time.process_time()
    kernels = grow_kernels(windows, labels, options.kernels, options.seeds)
    people = grow_people(windows, labels, options.people, orders, options.default)
    n_people = len(np.unique(windows.subjects))
    for found in kernels.of_size.get(options.default, []):
        people.add(n_people - 1, *found)
    of_windows = grow_windows(windows, labels, options.every, orders, options.default)
    images = options.save / "images"
    images.mkdir(parents=True, exist_ok=True)
    tables = {}
    for name, measured, label in [
        ("kernels", kernels, "kernels"),
        ("people", people, "training people"),
        ("windows", of_windows, "training windows"),
    ]:
        draw_picture(measured, f"number of {label}", images / f"rocket_growth_{name}.svg")
        tables[name] = table_of(measured, label)
    page = PAGE.format(
        n_seeds=len(options.seeds),
        n_draws=options.draws,
        n_kernels=f"{options.default:,}",
        n_training=N_TRAINING,
        moved=max(np.ptp(of_size) for of_size in kernels.columns()[1]),
        **tables,
    )
    (options.save / "rocket_growth.md").write_text(page)
    print(page)
    print(f"{time.process_time() - start:.0f} s of processor time in all")


if __name__ == "__main__":
    main()
