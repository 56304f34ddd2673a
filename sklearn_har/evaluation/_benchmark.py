"""Models × datasets × folds × seeds: run, resumed, and put into one table."""

import os
import time
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from numbers import Integral
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.exceptions import FitFailedWarning
from sklearn.utils.parallel import Parallel, delayed

from .._core._labels import encode_labels
from .._core._progress import progress_bar
from .._core._sklearn import validate_params
from .._core._warnings import warn_user
from ..exceptions import InterruptedFitWarning
from ..recordings import subjects
from ..windowing import Windows
from ._benchmark_result import BenchmarkResult, SplitDataset
from ._finished_tests import (
    TIMES,
    Outcome,
    key_of,
    key_of_data,
    key_of_model,
    path_of,
    read_outcome,
    write_outcome,
)
from ._protocols import Protocol, get_protocol, windows_of


@validate_params(
    {
        "models": [Mapping],
        "datasets": [Mapping],
        "protocol": [str, Protocol],
        "folder": [None, str, os.PathLike],
        "random_states": ["array-like"],
        "fit_missing": ["boolean"],
        "n_jobs": [None, Integral],
        "verbose": [None, "boolean"],
    },
    prefer_skip_nested_validation=True,
)
def benchmark(
    models,
    datasets,
    protocol,
    *,
    folder=None,
    random_states=(0,),
    fit_missing=True,
    n_jobs=None,
    verbose=None,
):
    """Test models on datasets, on people whom they were not fitted on, by one protocol.

    With a ``folder``, every test (a model, fitted with a seed on the training people of a fold, predicts
    its test people) is kept in a file as soon as it is finished. The same call later, after an interrupt
    or a crash, reads those and goes on with the rest; more models, datasets or seeds may be named then.

    Parameters
    ----------
    models : dict of str to estimator
        Estimators of windows, pipelines too. They are cloned.
    datasets : dict of str to pair, or to callable
        Recordings and the labels of their rows, or `Windows` and their labels, which are taken as they
        are cut; or a function without parameters that returns such a pair, called when its turn comes.
    protocol : str or Protocol
        A name that `get_protocol` knows, or a protocol of your own.
    folder : str or path-like, default=None
        Where finished tests are kept. What is kept of other parameters, windows, folds or versions of
        this library and scikit-learn is not read, and stays. The code of your own classes is not part
        of that: delete ``<folder>/<dataset>/<model>`` if it changed. None keeps nothing.
    random_states : sequence of int, default=(0,)
        Seeds: each is given to every ``random_state`` of a model, also inside a pipeline. A model that
        has none is fitted once, for the first.
    fit_missing : bool, default=True
        If False, nothing is fitted: the result is what the folder holds.
    n_jobs : int or None, default=None
        How many tests run side by side, in joblib's terms. Models may use threads of their own.
    verbose : bool or None, default=None
        Whether to show a bar; None shows one on a terminal when it takes longer than two seconds.

    Returns
    -------
    BenchmarkResult
        ``folds`` has one row per test; ``summary()`` one per dataset and model.

    Raises
    ------
    ValueError
        If there is no model or no seed, the protocol is unknown, a split has a person on both sides, or
        the people are unknown.

    Warns
    -----
    FitFailedWarning
        If tests failed. The others are run nevertheless, and those that failed are tried again by
        the next call.

    Notes
    -----
    Times are those of the machine, and of what else it does: processor seconds
    (``fit_cpu_time``) count all threads of the process, and processes that it started and saw end. A
    model that computes elsewhere may have an attribute ``benchmark_times_``, a dict of some of the four
    times, which then count instead of those measured.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn_har.classifiers import RocketClassifier
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.evaluation import benchmark
    >>> result = benchmark(
    ...     {"majority": DummyClassifier(), "rocket": RocketClassifier(n_kernels=168)},
    ...     {"simulated": make_recordings(n_subjects=4, random_state=0, return_X_y=True)},
    ...     "loso",
    ... )
    >>> result.folds.shape[0]
    8
    >>> summary = result.summary().loc["simulated"]
    >>> bool(summary.loc["rocket", "f1_macro"] > summary.loc["majority", "f1_macro"])
    True
    """
    protocol = get_protocol(protocol) if isinstance(protocol, str) else protocol
    seeds = [int(seed) for seed in random_states]
    if not models or not seeds:
        raise ValueError(
            f"There is nothing to test: models has {len(models)} entries, random_states {len(seeds)}."
        )
    plan = _Plan(dict(models), protocol, seeds, folder, fit_missing, n_jobs, verbose)
    tested, rows = {}, {}
    for name, data in datasets.items():
        tested[name], outcomes = _test_on(name, data, plan)
        rows |= {(name, *place): outcome for place, outcome in outcomes.items()}
    _warn_of_failures(rows)
    return BenchmarkResult.of(tested, rows)


class _Plan(NamedTuple):
    """What is done on every dataset."""

    models: dict
    protocol: Protocol
    seeds: list[int]
    folder: str | os.PathLike | None
    fit_missing: bool
    n_jobs: int | None
    verbose: bool | None

    def seeded(self) -> Iterator[tuple[str, int, object]]:
        """Every model with every seed, unfitted."""
        for name, model in self.models.items():
            parameters = [one for one in model.get_params() if one.split("__")[-1] == "random_state"]
            for seed in self.seeds if parameters else self.seeds[:1]:
                yield name, seed, clone(model).set_params(**dict.fromkeys(parameters, seed))


@dataclass(frozen=True)
class _Test:
    """One model, fitted on one side of one split and tested on the other."""

    model: object
    train: np.ndarray
    test: np.ndarray
    path: Path | None

    def run(self, windows: Windows, labels: np.ndarray, classes: np.ndarray) -> Outcome:
        """Fit, predict, and keep what came of it."""
        try:
            outcome = self._outcome(windows, labels, classes)
        except InterruptedFitWarning:  # a network that stopped early because of the interrupt is no result
            raise KeyboardInterrupt from None
        except Exception as error:
            return Outcome(None, {}, f"{type(error).__name__}: {error}")
        if self.path is not None:
            write_outcome(self.path, outcome)
        return outcome

    def _outcome(self, windows: Windows, labels: np.ndarray, classes: np.ndarray) -> Outcome:
        clocks = [_clocks()]
        with warnings.catch_warnings():
            warnings.simplefilter("error", InterruptedFitWarning)
            # what is fitted goes with this call: tests, which all live until the last one ends, stay small
            model = clone(self.model).fit(windows[self.train], labels[self.train])
        clocks.append(_clocks())
        predicted = np.asarray(model.predict(windows[self.test]))
        clocks.append(_clocks())
        times = dict(zip(TIMES, np.diff(clocks, axis=0).T.ravel().tolist(), strict=True))
        times |= _times_of_its_own(model)
        codes = pd.Index(classes).get_indexer(predicted)
        if (codes < 0).any():
            raise ValueError(
                f"The model predicts {str(predicted[codes < 0][0])!r}, which is no label of the data."
            )
        return Outcome(codes, times)


def _clocks() -> tuple[float, float]:
    """Seconds on the wall, and of processors, with those of processes that were waited for."""
    spent = os.times()
    return time.perf_counter(), time.process_time() + spent.children_user + spent.children_system


def _times_of_its_own(model) -> dict[str, float]:
    while hasattr(model, "steps"):  # a pipeline's last step
        model = model.steps[-1][1]
    return getattr(model, "benchmark_times_", {})


def _test_on(dataset: str, data, plan: _Plan) -> tuple[SplitDataset, dict]:
    """Test all models on one dataset: what was tested, and an outcome for each model, seed and fold."""
    windows, labels = windows_of(data, plan.protocol)
    windows = windows.astype(windows.dtype)  # the rows it needs, in one place: workers map them as they are
    people = subjects(windows)
    encoded = encode_labels(labels)
    splits = list(plan.protocol.cv.split(windows, labels, groups=people))
    _check_people_apart(dataset, people, splits)
    tested = SplitDataset(
        encoded.classes,
        encoded.codes,
        people,
        [test for _, test in splits],
        [len(train) for train, _ in splits],
        windows.shape[1] / (windows.sampling_rate or 1.0),
    )
    data_key = "" if plan.folder is None else key_of_data(windows, labels, people)
    tests, outcomes = {}, {}
    for name, seed, model in plan.seeded():
        model_key = "" if plan.folder is None else key_of_model(name, model)
        for fold, (train, test) in enumerate(splits):
            path = None
            if plan.folder is not None:
                key = key_of(model_key, data_key, str(plan.protocol.standardize), train, test)
                path = path_of(plan.folder, dataset, name, seed, fold, key)
                outcomes[name, seed, fold] = read_outcome(path, len(test), len(encoded.classes))
            if outcomes.setdefault((name, seed, fold)) is None and plan.fit_missing:
                tests[name, seed, fold] = _Test(plan.protocol.prepare(model), train, test, path)
    n_read = sum(outcome is not None for outcome in outcomes.values())
    outcomes |= _run_all(tests, (windows, labels, encoded.classes), plan, dataset, n_read)
    return tested, outcomes


def _run_all(tests: dict, data: tuple, plan: _Plan, dataset: str, n_read: int) -> dict:
    outcomes = {}
    with progress_bar(n_read + len(tests), dataset, plan.verbose) as bar:
        bar.update(n_read)
        jobs = Parallel(n_jobs=plan.n_jobs, return_as="generator_unordered")
        for place, outcome in jobs(delayed(_run_at)(place, test, *data) for place, test in tests.items()):
            outcomes[place] = outcome
            bar.set_postfix_str(place[0], refresh=False)
            bar.update()
    return outcomes


def _run_at(place: tuple, test: _Test, *data) -> tuple[tuple, Outcome]:
    return place, test.run(*data)


def _check_people_apart(dataset: str, people: np.ndarray, splits: list) -> None:
    for fold, (train, test) in enumerate(splits):
        both = np.intersect1d(people[train], people[test])
        if len(both):
            raise ValueError(
                f"The protocol's cv has {both[:3].tolist()} on both sides of split {fold} of {dataset!r}: "
                "models would be tested on people whom they know. Take SubjectKFold, LeaveSubjectsOut or "
                "another splitter that keeps groups together."
            )


def _warn_of_failures(outcomes: dict) -> None:
    failed = {place: outcome.error for place, outcome in outcomes.items() if outcome and outcome.error}
    if failed:
        (dataset, model, seed, fold), error = next(iter(failed.items()))
        warn_user(
            f"{len(failed)} of {len(outcomes)} tests failed, and have no scores; the next call tries them "
            f"again. The first: {model!r} on {dataset!r}, seed {seed}, fold {fold}: {error}",
            FitFailedWarning,
        )
