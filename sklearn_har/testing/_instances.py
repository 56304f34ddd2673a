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


def estimator_instances() -> list:
    """Return instances of every public estimator that scikit-learn's checks can run on.

    Returns
    -------
    list of estimators
        At least one of each class; all of them cheap to fit.
    """
    return [
        MedianFilter(3),
        ButterworthFilter(high=0.2),
        ButterworthFilter(low=0.05, high=0.3, zero_phase=False),
        GravitySeparator(cutoff=0.1),
        Magnitude(),
        ChannelScaler(),
        SlidingWindow(window_length=2),
        SlidingWindowClassifier(
            make_pipeline(FunctionTransformer(flatten), LogisticRegression()), window_length=3
        ),
        SlidingWindowClassifier(_small(LSTMClassifier), window_length=2),
        WindowSampler(RandomOverSampler(random_state=0)),
        WindowSampler(RandomUnderSampler(random_state=0)),
        WindowSampler(SMOTE(random_state=0)),
        *window_estimator_instances()[:-1],
    ]


def window_estimator_instances() -> list:
    """Return instances of every public estimator that learns from windows.

    Returns
    -------
    list of estimators
        Classifiers, and transformers that take and give windows.
    """
    return [_small(LSTMClassifier), _small(CNNLSTMClassifier), ChannelScaler()]


def _small(classifier):
    """A network classifier that learns the checks' blobs in a second."""
    return classifier(epochs=20, batch_size=16, random_state=0)
