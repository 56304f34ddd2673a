"""Recognizers that are fitted once, and streams that are fed in parts."""

import json
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from sklearn_har.classifiers import CNNClassifier, CNNLSTMClassifier, LSTMClassifier, RocketClassifier
from sklearn_har.datasets import make_recordings
from sklearn_har.deploy import StreamingRecognizer
from sklearn_har.features import (
    MotionFeatures,
    RelevanceSelector,
    RocketFeatures,
    SignalStatistics,
    TsfreshFeatures,
)
from sklearn_har.preprocessing import ButterworthFilter, GravitySeparator, Magnitude, MedianFilter
from sklearn_har.smoothing import HMMSmoother
from sklearn_har.windowing import SlidingWindowClassifier, sliding_windows

NETWORK = {"epochs": 1, "random_state": 0}


def plain():
    """A quick classifier of windows, in float64: a product of float32 depends on how many rows it has."""
    as_float64 = FunctionTransformer(np.asarray, kw_args={"dtype": np.float64})
    return make_pipeline(
        SignalStatistics(), as_float64, StandardScaler(), LogisticRegression(C=0.1, max_iter=500)
    )


def recognizer(estimator, **params):
    return SlidingWindowClassifier(estimator, window_length=2.56, **params)


def causal(*parts):
    """The parts behind filters that read hardly any of the future."""
    return make_pipeline(MedianFilter(3), ButterworthFilter(high=20.0, zero_phase=False), *parts)


MODELS = {
    "cnn": lambda: causal(recognizer(CNNClassifier(**NETWORK))),
    "cnn_lstm": lambda: causal(recognizer(CNNLSTMClassifier(lstm_units=8, **NETWORK))),
    "lstm_smoothed": lambda: causal(
        recognizer(
            LSTMClassifier(**NETWORK),
            smoother=HMMSmoother(causal=True, emission_weight=0.5),
            smoother_folds=2,
        )
    ),
    "rocket": lambda: causal(recognizer(RocketClassifier(n_kernels=168, random_state=0))),
    "tsfresh": lambda: causal(
        Magnitude(),
        recognizer(
            make_pipeline(
                TsfreshFeatures("minimal"), RelevanceSelector(), GradientBoostingClassifier(n_estimators=3)
            )
        ),
    ),
    "motion": lambda: causal(
        GravitySeparator(zero_phase=False),
        recognizer(make_pipeline(MotionFeatures(), StandardScaler(), SVC(kernel="linear"))),
    ),
}


class Case(NamedTuple):
    """A fitted recognizer, rows of somebody else with gaps, and what it says of them afterwards."""

    fitted: object
    rows: pd.DataFrame
    batch: pd.DataFrame


def windows_of(fitted, rows):
    """What a pipeline of rows says of windows, of whole recordings."""
    return fitted[-1].predict_windows(fitted[:-1].transform(rows))


def with_gaps(rows):
    """Rows without some: a short run, a single row, a run that is just a window and one that is more."""
    keep = np.ones(len(rows), dtype=bool)
    for start, stop in ((200, 240), (250, 260), (261, 270), (398, 403), (640, 645), (1100, 1102)):
        keep[start:stop] = False
    return rows[keep]


def sizes(chunk):
    rng = np.random.default_rng(0)
    while True:
        yield int(rng.integers(1, 400)) if chunk == "random" else chunk


def in_parts(stream, rows, chunk, *, interrupt=()):
    """Decisions of rows that come in parts; after some calls the stream goes on in another one."""
    tables, first = [], 0
    for number, size in enumerate(sizes(chunk)):
        if first >= len(rows):
            break
        if number in interrupt:
            state = json.loads(json.dumps(stream.state()))
            stream = StreamingRecognizer(
                stream.recognizer, sampling_rate=stream.sampling_rate, max_gap=stream.max_gap
            ).restore(state)
        tables.append(stream.update(rows.iloc[first : first + size]))
        first += size
    tables.append(stream.finish())
    return pd.concat([table for table in tables if len(table)], ignore_index=True)


@pytest.fixture(scope="session")
def people(simulated):
    """Rows and labels to fit on, and rows of somebody else."""
    X, y = simulated
    last = X.index.get_level_values("subject") == 6
    return X[~last], y[~last], X[last].iloc[:2000]


@pytest.fixture(scope="session")
def quick(people):
    """A quick recognizer behind causal filters."""
    X, y, rows = people
    fitted = causal(recognizer(plain())).fit(X, y)
    rows = with_gaps(rows)
    return Case(fitted, rows, windows_of(fitted, rows))


@pytest.fixture(scope="session")
def recordings():
    return make_recordings(
        n_subjects=3, n_recordings=1, bout_duration=6.0, sampling_rate=20.0, random_state=0, return_X_y=True
    )


@pytest.fixture(scope="session")
def windows(recordings):
    return sliding_windows(*recordings, window_length=2.5)


@pytest.fixture(scope="session", name="recognizer")
def small_recognizer(recordings):
    """Small, and with indices that compiled code follows: kernels and a tree."""
    tree = DecisionTreeClassifier(max_depth=3, random_state=0)
    model = make_pipeline(RocketFeatures(84, random_state=0), tree)
    return SlidingWindowClassifier(model, window_length=2.5).fit(*recordings)
