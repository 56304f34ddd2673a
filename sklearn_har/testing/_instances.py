"""One table of instances, small enough to be checked: every public estimator is in it.

scikit-learn's checks give plain arrays, so the rate is 1 Hz and seconds are rows.
"""

from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from ..classifiers import CNNLSTMClassifier, LSTMClassifier
from ..preprocessing import ButterworthFilter, ChannelScaler, GravitySeparator, Magnitude, MedianFilter
from ..sampling import WindowSampler
from ..windowing import SlidingWindow, SlidingWindowClassifier
from ._flatten import flatten

TRAINING = {"epochs": 10, "batch_size": 8, "random_state": 0}  # enough for the blobs of the checks


def estimator_instances() -> list:
    """Return instances of every public estimator that scikit-learn's checks can run on.

    Returns
    -------
    list of estimators
        At least one of each class; all of them cheap to fit.
    """
    return [
        MedianFilter(),
        ButterworthFilter(high=0.2),
        ButterworthFilter(low=0.1, zero_phase=False),
        GravitySeparator(cutoff=0.1),
        Magnitude(),
        SlidingWindow(window_length=2),
        SlidingWindowClassifier(
            make_pipeline(FunctionTransformer(flatten), LogisticRegression()), window_length=3
        ),
        SlidingWindowClassifier(LSTMClassifier(lstm_units=16, **TRAINING), window_length=2),
        WindowSampler(RandomOverSampler(random_state=0)),
        WindowSampler(RandomUnderSampler(random_state=0)),
        WindowSampler(SMOTE(random_state=0)),
        *window_estimator_instances(),
    ]


def window_estimator_instances() -> list:
    """Return instances of every public estimator that learns from windows.

    Returns
    -------
    list of estimators
        Classifiers, and transformers that take and give windows.
    """
    return [
        LSTMClassifier(lstm_units=16, **TRAINING),
        CNNLSTMClassifier(filters=8, lstm_units=16, **TRAINING),
        ChannelScaler(),
    ]
