"""One table of instances, small enough to be checked: every public estimator is in it.

scikit-learn's checks give plain arrays, so the rate is 1 Hz and seconds are rows.
"""

from typing import Any

from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from ..classifiers import (
    CNNClassifier,
    CNNLSTMClassifier,
    ConvLSTMClassifier,
    DeepConvLSTMClassifier,
    DenseClassifier,
    InceptionTimeClassifier,
    LSTMClassifier,
    NetworkClassifier,
    RidgeClassifierGroupCV,
    RocketClassifier,
    TinyHARClassifier,
    TransformerClassifier,
)
from ..features import MotionFeatures, RelevanceSelector, RocketFeatures, SignalStatistics, TsfreshFeatures
from ..networks import LSTM
from ..preprocessing import ButterworthFilter, ChannelScaler, GravitySeparator, Magnitude, MedianFilter
from ..sampling import Jitter, WindowAugmenter, WindowSampler, WindowSMOTE
from ..smoothing import HMMSmoother, MinimumDuration
from ..windowing import SlidingWindow, SlidingWindowClassifier
from ._flatten import flatten

TRAINING: dict[str, Any] = {
    "epochs": 10,
    "batch_size": 8,
    "random_state": 0,
}  # enough for the blobs of the checks


def estimator_instances() -> list:
    """Return instances of every public estimator that scikit-learn's checks can run on.

    Returns
    -------
    list of estimators
        At least one of each class; all of them cheap to fit.

    Examples
    --------
    >>> from sklearn_har.testing import estimator_instances
    >>> "MedianFilter" in {type(estimator).__name__ for estimator in estimator_instances()}
    True
    """
    return [
        MedianFilter(),
        ButterworthFilter(high=0.2),
        ButterworthFilter(low=0.1, zero_phase=False),
        GravitySeparator(cutoff=0.1),
        Magnitude(),
        RelevanceSelector(fdr_level=1.0),  # the checks pass noise, and want columns back
        SlidingWindow(window_length=2),
        SlidingWindowClassifier(
            make_pipeline(FunctionTransformer(flatten), LogisticRegression(max_iter=500)), window_length=3
        ),
        SlidingWindowClassifier(LSTMClassifier(lstm_units=16, **TRAINING), window_length=2),
        SlidingWindowClassifier(
            make_pipeline(FunctionTransformer(flatten), LogisticRegression(max_iter=500)),
            window_length=3,
            smoother=HMMSmoother(),
            smoother_folds=2,
        ),
        HMMSmoother(calibrator=LogisticRegression(max_iter=500)),
        HMMSmoother(causal=True, order="learned", stages=2, calibrator=LogisticRegression(max_iter=500)),
        MinimumDuration(3.0, calibrator=LogisticRegression(max_iter=500)),
        MinimumDuration(3.0, causal=True, calibrator=LogisticRegression(max_iter=500)),
        RidgeClassifierGroupCV(),
        RidgeClassifierGroupCV(alphas=[0.1, 1.0], relative=False),
        WindowSampler(RandomOverSampler(random_state=0)),
        WindowSampler(RandomUnderSampler(random_state=0)),
        WindowSampler(SMOTE(random_state=0)),
        WindowSMOTE(random_state=0),
        WindowAugmenter(Jitter(), random_state=0),
        *window_estimator_instances(),
    ]


def window_estimator_instances() -> list:
    """Return instances of every public estimator that learns from windows.

    Returns
    -------
    list of estimators
        Classifiers, and transformers that take and give windows.

    Examples
    --------
    >>> from sklearn_har.testing import window_estimator_instances
    >>> "RocketClassifier" in {type(estimator).__name__ for estimator in window_estimator_instances()}
    True
    """
    return [
        LSTMClassifier(lstm_units=16, **TRAINING),
        LSTMClassifier(cell="gru", lstm_units=16, **TRAINING),
        CNNLSTMClassifier(filters=8, lstm_units=16, **TRAINING),
        CNNClassifier(filters=(16, 16), kernel_sizes=(5, 3), **TRAINING),
        ConvLSTMClassifier(filters=8, **TRAINING),
        DeepConvLSTMClassifier(filters=8, lstm_units=16, **TRAINING),
        DenseClassifier(hidden_units=(16,), **TRAINING),
        InceptionTimeClassifier(filters=4, stem_filters=8, **TRAINING),
        TransformerClassifier(d_model=16, n_layers=1, feedforward_units=32, **TRAINING),
        TinyHARClassifier(filters=8, lstm_units=16, **TRAINING),
        NetworkClassifier(LSTM, module_params={"lstm_units": 16}, **TRAINING),
        ChannelScaler(),
        TsfreshFeatures("minimal"),
        MotionFeatures(),
        SignalStatistics(),
        RocketFeatures(84, random_state=0),
        RocketFeatures(0, hydra_groups=2, random_state=0),
        RocketClassifier(84, random_state=0),
    ]
