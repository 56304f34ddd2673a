"""Write the model files that every later release must load: ``python tests/deploy/make_files.py``.

Files of an earlier release are never written anew; a new format, or a new kind of model, gets new names.
"""

import sys
from pathlib import Path

from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from sklearn_har.classifiers import CNNClassifier, LSTMClassifier, RocketClassifier
from sklearn_har.datasets import make_recordings
from sklearn_har.deploy import save
from sklearn_har.features import MotionFeatures, RelevanceSelector, TsfreshFeatures
from sklearn_har.smoothing import HMMSmoother
from sklearn_har.windowing import SlidingWindowClassifier

FILES = Path(__file__).parent / "files"


def recordings() -> tuple:
    """Recordings of a rate at which windows are small."""
    return make_recordings(
        n_subjects=3, n_recordings=1, bout_duration=6.0, sampling_rate=20.0, random_state=0, return_X_y=True
    )


def models() -> dict:
    """Unfitted recognizers by the name of their file."""
    short = {"epochs": 2, "random_state": 0}
    kinds = {
        "cnn": CNNClassifier(filters=(8, 8), kernel_sizes=(5, 3), **short),
        "rocket": RocketClassifier(84, n_ramps=3, random_state=0),
        "motion_svm": make_pipeline(MotionFeatures(), StandardScaler(), LinearSVC(random_state=0)),
        "tsfresh_boosting": make_pipeline(
            TsfreshFeatures("minimal"),
            RelevanceSelector(),
            HistGradientBoostingClassifier(max_iter=3, random_state=0),
        ),
    }
    recognizers = {name: SlidingWindowClassifier(one, window_length=2.5) for name, one in kinds.items()}
    lstm = LSTMClassifier(lstm_units=8, **short)
    smoothed = SlidingWindowClassifier(lstm, window_length=2.5, smoother=HMMSmoother(), smoother_folds=2)
    return recognizers | {"lstm_smoothed": smoothed}


def main(names) -> None:
    X, y = recordings()
    FILES.mkdir(exist_ok=True)
    for name, model in models().items():
        path = FILES / f"{name}-1.harmodel"
        if (names and name not in names) or path.exists():
            continue
        model.fit(X, y)
        save(model, path, X=X)
        print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
