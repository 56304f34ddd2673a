"""The six recognizers of which it is shown that they leave the notebook unchanged: streams, files, ONNX."""

import math
import pickle
import sys
import time

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, RobustScaler, StandardScaler
from sklearn.svm import LinearSVC

from sklearn_har.classifiers import CNNClassifier, CNNLSTMClassifier, LSTMClassifier, RocketClassifier
from sklearn_har.deploy._onnx._calculators import CALCULATORS
from sklearn_har.features import MotionFeatures, RelevanceSelector, TsfreshFeatures, prune_features
from sklearn_har.features._tsfresh_settings import SETS
from sklearn_har.preprocessing import ButterworthFilter, GravitySeparator, Magnitude, MedianFilter
from sklearn_har.smoothing import HMMSmoother
from sklearn_har.windowing import SlidingWindowClassifier


def behind_filters(*steps, estimator, **params):
    filters = MedianFilter(3), ButterworthFilter(high=20.0, zero_phase=False)
    return make_pipeline(*filters, *steps, SlidingWindowClassifier(estimator, window_length=2.56, **params))


def svm():
    """What `feature_accuracy.py` chose on HAPT's training people."""
    scaling = RobustScaler(), FunctionTransformer(np.arcsinh), StandardScaler()
    return *scaling, LinearSVC(C=1e-3, dual=False, tol=1e-2)


def tsfresh():
    """Without three calculators whose steps depend on the one before: ONNX has no place for them."""
    settings = {name: of_it for name, of_it in SETS["efficient"].items() if name in CALCULATORS}
    boosting = HistGradientBoostingClassifier(random_state=0)
    features = make_pipeline(TsfreshFeatures(settings), RelevanceSelector(), boosting)
    return behind_filters(Magnitude(), estimator=features)


MODELS = {
    "cnn": lambda: behind_filters(estimator=CNNClassifier(random_state=0)),
    "cnn_lstm": lambda: behind_filters(estimator=CNNLSTMClassifier(random_state=0)),
    "lstm_smoothed": lambda: behind_filters(
        estimator=LSTMClassifier(random_state=0), smoother=HMMSmoother(causal=True)
    ),
    "rocket": lambda: behind_filters(estimator=RocketClassifier(random_state=0)),
    "tsfresh": tsfresh,
    "motion_svm": lambda: behind_filters(
        GravitySeparator(zero_phase=False),
        estimator=make_pipeline(MotionFeatures(), *svm()),
    ),
}


def fit(name, X, y):
    """A fitted recognizer; of tsfresh's features, only those that were selected are computed."""
    fitted = MODELS[name]().fit(X, y)
    if name == "tsfresh":
        fitted[-1].estimator_ = prune_features(fitted[-1].estimator_)
    return fitted


class Kept:
    """What was made before, or is made now and kept in a folder, as long as there is time."""

    def __init__(self, folder, minutes=math.inf):
        self.folder = folder
        self.stop = time.monotonic() + 60 * minutes

    def __call__(self, name, make, *given):
        path = None if self.folder is None else self.folder / f"{name}.pickle"
        if path is not None and path.exists():
            return pickle.loads(path.read_bytes())
        if time.monotonic() > self.stop:
            sys.exit(f"The time is over before {name}; run this again to go on.")
        made = make(*given)
        if path is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(pickle.dumps(made))
        return made
