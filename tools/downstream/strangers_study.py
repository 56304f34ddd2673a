"""Search over people, predict people never seen, keep recognizers in files, load them again."""

import sys

import numpy as np
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_har.classifiers import CNNClassifier
from sklearn_har.datasets import make_recordings
from sklearn_har.deploy import load, save
from sklearn_har.features import SignalStatistics
from sklearn_har.model_selection import subject_train_test_split
from sklearn_har.recordings import subjects
from sklearn_har.sampling import WindowSampler
from sklearn_har.windowing import SlidingWindowClassifier, sliding_windows

FEATURES = Pipeline(
    [("features", SignalStatistics()), ("scale", StandardScaler()), ("ridge", RidgeClassifier())]
)
NETWORK = make_pipeline(
    WindowSampler(RandomOverSampler(random_state=0)), CNNClassifier(epochs=2, random_state=0)
)


def misspelt() -> None:
    """What a type checker must refuse: an unused comment would be an error."""
    from sklearn_har.windowing import SlidingWindows  # type: ignore[attr-defined] # noqa: F401

    SlidingWindowClassifier(NETWORK, window_lenght=2.56)  # type: ignore[call-arg]


def main() -> None:
    X, y = make_recordings(n_subjects=6, random_state=0, return_X_y=True)
    X_train, X_test, y_train, y_test = subject_train_test_split(X, y, test_size=2, random_state=0)

    windows, labels = sliding_windows(X_train, y_train, window_length=2.56)
    of_windows = GridSearchCV(FEATURES, {"ridge__alpha": [0.1, 10.0]}, cv=GroupKFold(2))
    of_windows.fit(windows, labels, groups=windows.subjects)
    strangers, theirs = sliding_windows(X_test, y_test, window_length=2.56)
    report("windows", of_windows.predict(strangers), theirs)

    of_rows = GridSearchCV(
        SlidingWindowClassifier(FEATURES, window_length=2.56),
        {"window_length": [1.28, 2.56]},
        cv=GroupKFold(2),
    )
    of_rows.fit(X_train, y_train, groups=subjects(X_train))
    network = SlidingWindowClassifier(NETWORK, window_length=2.56).fit(X_train, y_train)
    for name, recognizer in {"rows": of_rows.best_estimator_, "rows, network": network}.items():
        predicted = recognizer.predict(X_test)
        report(name, predicted, y_test)
        save(recognizer, sys.argv[1])
        assert np.array_equal(load(sys.argv[1]).predict(X_test), predicted)


def report(name: str, predicted: np.ndarray, labels: np.ndarray) -> None:
    print(f"people never seen, {name}: {np.mean(predicted == np.asarray(labels)):.3f}")


if __name__ == "__main__":
    main()
