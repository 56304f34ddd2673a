"""The main job on real people: raw HAPT recordings to a report on people never seen.

    SKLEARN_HAR_DATA=<folder with hapt/> python benchmarks/hapt_recognizer.py [--seeds 3]

Six activities, filters, SlidingWindowClassifier with CNNLSTMClassifier at default parameters; fitted
on the 21 training people, scored on UCI HAR's nine test people per window (2.56 s, 50 % overlap) and
per row. Nothing is chosen here. Seconds are one thread's processor time of a fit.
"""

import argparse
import time

import numpy as np
import torch
from sklearn.metrics import accuracy_score
from sklearn.pipeline import make_pipeline

from sklearn_har.classifiers import CNNLSTMClassifier
from sklearn_har.datasets import fetch_hapt
from sklearn_har.evaluation import make_row_scorer, make_window_scorer
from sklearn_har.model_selection import LeaveSubjectsOut
from sklearn_har.preprocessing import ButterworthFilter, MedianFilter
from sklearn_har.recordings import drop_unlabelled
from sklearn_har.windowing import SlidingWindowClassifier


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(1)

    data = fetch_hapt(activities="basic")
    X = make_pipeline(MedianFilter(3), ButterworthFilter(high=20.0)).fit_transform(data.data)
    X, y = drop_unlabelled(X, data.target)
    ((train, test),) = LeaveSubjectsOut(list(data.test_subjects)).split(X)

    found = []
    print("| seed | accuracy over windows | over rows | fit |\n|---|---|---|---|")
    for seed in range(options.seeds):
        recognizer = SlidingWindowClassifier(CNNLSTMClassifier(random_state=seed), window_length=2.56)
        start = time.process_time()
        recognizer.fit(X.iloc[train], y.iloc[train])
        seconds = time.process_time() - start
        per_window, per_row = (
            make_scorer(accuracy_score)(recognizer, X.iloc[test], y.iloc[test])
            for make_scorer in (make_window_scorer, make_row_scorer)
        )
        found.append((per_window, per_row, seconds))
        print_row(seed, *found[-1])
    print_row("mean", *np.mean(found, axis=0))


def print_row(name, per_window, per_row, seconds):
    print(f"| {name} | {per_window:.4f} | {per_row:.4f} | {seconds:.0f} s |", flush=True)


if __name__ == "__main__":
    main()
