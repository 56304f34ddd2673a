"""Exercises seen by a watch: windows that know their people, a forest over statistics of their signals."""

import sys

import numpy as np
import pandas as pd
from seglearn.datasets import load_watch
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from sklearn_har.features import SignalStatistics
from sklearn_har.model_selection import LeaveSubjectsOut, subject_train_test_split
from sklearn_har.windowing import sliding_windows

seed = int(sys.argv[1])
data = load_watch()
tables = {
    (person, recording): pd.DataFrame(rows, pd.Index(np.arange(len(rows)) / 50), data["X_labels"])
    for recording, (person, rows) in enumerate(zip(data["subject"], data["X"], strict=True))
}
X = pd.concat(tables, names=["subject", "recording", "time"])
y = np.asarray(data["y"])[X.index.get_level_values("recording")]
windows, labels = sliding_windows(X, y, window_length=2.0, tail="drop")
X_train, X_test, y_train, y_test = subject_train_test_split(
    windows, labels, test_size=0.25, random_state=seed
)
model = make_pipeline(SignalStatistics(), RandomForestClassifier(random_state=seed))
print("held out", model.fit(X_train, y_train).score(X_test, y_test))
print("strangers", cross_val_score(model, windows, labels, cv=LeaveSubjectsOut(1)).mean())
