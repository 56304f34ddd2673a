"""A search of the window length on real people: the program of the design, as a user writes it.

    SKLEARN_HAR_DATA=<folder with hapt/> python benchmarks/hapt_search.py

Four settings by three folds of the thirty people of HAPT, then one label for every row across folds.
"""

import time

from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_predict

from sklearn_har.classifiers import CNNLSTMClassifier
from sklearn_har.datasets import fetch_hapt
from sklearn_har.evaluation import classification_report_by_subject
from sklearn_har.preprocessing import ButterworthFilter, ChannelScaler, MedianFilter
from sklearn_har.recordings import drop_unlabelled, subjects
from sklearn_har.sampling import WindowSampler
from sklearn_har.windowing import SlidingWindowClassifier


def main():
    X, y = fetch_hapt(activities="basic", return_X_y=True)
    X = make_pipeline(MedianFilter(3), ButterworthFilter(high=20.0)).fit_transform(X)
    X, y = drop_unlabelled(X, y)

    recognizer = SlidingWindowClassifier(
        make_pipeline(
            ChannelScaler(),
            WindowSampler(RandomOverSampler(random_state=0)),
            CNNLSTMClassifier(random_state=0),
        ),
        window_length=2.56,
    )
    search = GridSearchCV(
        recognizer,
        {"window_length": [1.28, 2.56], "estimator__cnnlstmclassifier__lstm_units": [64, 128]},
        cv=GroupKFold(3),
        scoring="f1_macro",
    )
    start = time.perf_counter()
    search.fit(X, y, groups=subjects(X))
    print(
        f"search: {time.perf_counter() - start:.0f} s, {search.best_params_}, {search.best_score_:.4f}",
        flush=True,
    )

    predicted = cross_val_predict(recognizer, X, y, cv=GroupKFold(3), groups=subjects(X))
    print(f"{predicted.shape} labels for {len(X)} rows")
    print(classification_report_by_subject(y, predicted, subjects=subjects(X)))


if __name__ == "__main__":
    main()
