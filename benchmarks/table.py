"""The table: models × datasets by published protocols, people apart, with intervals and times.

    SKLEARN_HAR_DATA=<folder> python benchmarks/table.py --folder RESULTS [--markdown FILE]

Runs what is missing in ``--folder`` and prints what the folder then holds: stop it and start it again at
will, with more models or datasets. ``--report`` runs nothing. Only what ran on all folds is shown.

aeon's models need an interpreter of their own, and are not run without it:

    python -m venv aeon-venv
    aeon-venv/bin/pip install aeon==1.6.0 torch==2.13.0
    python benchmarks/table.py --folder RESULTS --aeon-python aeon-venv/bin/python

HAPT's six basic activities (hapt6) are tested on UCI HAR's nine test people, with the seeds 0, 1 and 2 where
a fit is cheap (`THREE_SEEDS`). All others are tested by WHAR Arena's protocol, with the seed 0: windows of
3 s, ten groups of people. GeoTec's activities may last a second, so its windows last 1.28 s and have
the label of most of their rows. Every model is the same on every dataset: defaults, or what was chosen
on HAPT's training people (`feature_accuracy.py`).

The Arena standardises channels by training people for all models. With ``--own-scaling`` that is left to the
models, all of which scale what they get, by training people too: magnitudes and the direction of
gravity, which standardised channels lack, then are what they are.
"""

import argparse
import functools
import os
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
from _recognizers import svm
from aeon_peer import AEON_PYTHON, AeonClassifier
from imblearn import FunctionSampler
from imblearn.pipeline import make_pipeline as make_sampling_pipeline
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from tsfresh.feature_extraction.settings import EfficientFCParameters

from sklearn_har.classifiers import (
    CNNClassifier,
    CNNLSTMClassifier,
    DeepConvLSTMClassifier,
    DenseClassifier,
    LSTMClassifier,
    RocketClassifier,
    TinyHARClassifier,
)
from sklearn_har.datasets import fetch_geotec, fetch_hapt, fetch_wisdm2019
from sklearn_har.evaluation import benchmark, get_protocol
from sklearn_har.exceptions import IncompleteDatasetWarning
from sklearn_har.features import MotionFeatures, SignalStatistics, TsfreshFeatures
from sklearn_har.recordings import drop_unlabelled
from sklearn_har.windowing import Windows, sliding_windows


def lda():
    return LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")


def boosting():
    return HistGradientBoostingClassifier(
        max_iter=100, max_leaf_nodes=8, max_features=0.1, max_bins=63, early_stopping=False
    )


# 124 columns a channel: what tsfresh computes with one parameter or a few, without its long spectra
SOME_OF_TSFRESH = {
    name: parameters
    for name, parameters in EfficientFCParameters().items()
    if parameters is None or len(parameters) <= 8
}


def thinned(X, y, n_windows):
    """That many windows, evenly spaced over all people and activities."""
    kept = np.linspace(0, len(y) - 1, n_windows).round().astype(int)
    return X[kept], y[kept]


def on_few_windows(model, n_windows):
    sampler = FunctionSampler(func=thinned, kw_args={"n_windows": n_windows}, validate=False)
    return make_sampling_pipeline(sampler, model)


MODELS = {  # about from cheap to dear
    "majority": DummyClassifier(),
    "MotionFeatures, SVM": make_pipeline(MotionFeatures(), *svm()),
    "MotionFeatures, boosting": make_pipeline(MotionFeatures(), boosting()),
    "TsfreshFeatures, some, boosting": make_pipeline(TsfreshFeatures(SOME_OF_TSFRESH), boosting()),
    "TsfreshFeatures, SVM": make_pipeline(TsfreshFeatures(), *svm()),
    "SignalStatistics, naive Bayes": make_pipeline(SignalStatistics(), GaussianNB()),
    "SignalStatistics, LDA": make_pipeline(SignalStatistics(), lda()),
    "RocketClassifier": RocketClassifier(),
    "DenseClassifier": DenseClassifier(),
    "CNNClassifier": CNNClassifier(),
    "TinyHARClassifier": TinyHARClassifier(),
    "CNNLSTMClassifier": CNNLSTMClassifier(),
    "LSTMClassifier": LSTMClassifier(),
    "DeepConvLSTMClassifier": DeepConvLSTMClassifier(),
    "aeon MiniRocketClassifier, 2,000 kernels": AeonClassifier("MiniRocketClassifier", {"n_kernels": 2000}),
    "aeon MiniRocketClassifier": AeonClassifier("MiniRocketClassifier"),
    "aeon MultiRocketHydraClassifier": AeonClassifier("MultiRocketHydraClassifier"),
    "RocketClassifier, 4,000 windows": on_few_windows(RocketClassifier(), 4000),
    "aeon MultiRocketHydraClassifier, 4,000 windows": on_few_windows(
        AeonClassifier("MultiRocketHydraClassifier"), 4000
    ),
}
SEEDS = (0, 1, 2)
THREE_SEEDS = {"RocketClassifier", "CNNClassifier", "MotionFeatures, boosting", "aeon MiniRocketClassifier"}


# not run on WISDM: tables of its 87,000 training windows take 3 GB and more, and fits hours each
TOO_LARGE_FOR_WISDM = {
    "TsfreshFeatures, SVM",
    "aeon MiniRocketClassifier",
    "aeon MultiRocketHydraClassifier",
}
FOR_WISDM_ALONE = {
    "RocketClassifier, 4,000 windows",
    "aeon MultiRocketHydraClassifier, 4,000 windows",
}


def short_windows(X, y):
    return sliding_windows(*drop_unlabelled(X, y), window_length=1.28, tail="drop")


def geotec(device):
    return lambda: short_windows(*fetch_geotec(device=device, return_X_y=True))


DATASETS = {
    "hapt6": functools.partial(fetch_hapt, activities="basic", return_X_y=True),
    "hapt12": functools.partial(fetch_hapt, return_X_y=True),
    "geotec_phone": geotec("phone"),
    "geotec_watch": geotec("watch"),
    "wisdm2019_watch": functools.partial(fetch_wisdm2019, device="watch", return_X_y=True),
    "wisdm2019_phone": functools.partial(fetch_wisdm2019, device="phone", return_X_y=True),
}


def protocol_of(name):
    return get_protocol("uci-har-official" if name == "hapt6" else "whar-arena")


def read_windows(name):
    """Windows and labels of a dataset, as its protocol cuts them."""
    X, y = DATASETS[name]()
    return (X, np.asarray(y)) if isinstance(X, Windows) else protocol_of(name).cut(X, y)


def run(name, options):
    """Run what is missing, and return what the folder then holds."""
    left_out = TOO_LARGE_FOR_WISDM if name.startswith("wisdm") else FOR_WISDM_ALONE
    models = {one: MODELS[one] for one in options.models if one not in left_out}
    several = [one for one in models if name == "hapt6" and one in THREE_SEEDS]
    single = [one for one in models if one not in several]
    protocol = protocol_of(name)
    if options.own_scaling:
        protocol = replace(protocol, standardize=False)
    test = functools.partial(
        benchmark,
        datasets={name: functools.cache(functools.partial(read_windows, name))},
        protocol=protocol,
        folder=options.folder,
        n_jobs=options.jobs,
    )
    for chosen, seeds in (several, SEEDS), (single, SEEDS[:1]):
        if chosen and not options.report:
            test({one: models[one] for one in chosen}, random_states=options.seeds or seeds, verbose=True)
    return test(models, random_states=options.seeds or SEEDS, fit_missing=False, verbose=False)


def read_options():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", required=True, help="where finished tests are kept")
    parser.add_argument("--datasets", nargs="+", choices=DATASETS, default=list(DATASETS))
    parser.add_argument("--models", nargs="+", default=[""], help="those whose names begin like one of these")
    parser.add_argument("--seeds", nargs="+", type=int, help="the same for all models")
    parser.add_argument("--jobs", type=int, help="tests side by side")
    parser.add_argument("--own-scaling", action="store_true")
    parser.add_argument("--report", action="store_true", help="run nothing")
    parser.add_argument("--markdown", help="file that the tables are written to as well")
    parser.add_argument("--aeon-python", help="interpreter that has aeon and torch")
    options = parser.parse_args()
    options.models = [name for name in MODELS if name.startswith(tuple(options.models))]
    if options.aeon_python:
        os.environ[AEON_PYTHON] = options.aeon_python
    elif not options.report:
        options.models = [name for name in options.models if not name.startswith("aeon")]
    return options


def main():
    options = read_options()
    warnings.simplefilter("ignore", IncompleteDatasetWarning)
    texts = []
    for name in options.datasets:
        texts.append(run(name, options).to_markdown())
        print(texts[-1], flush=True)
        if options.markdown:
            Path(options.markdown).write_text("\n".join(texts), encoding="utf-8")


if __name__ == "__main__":
    main()
