"""A long table of windows, tsfresh's features and selection, as steps that see training people only."""

import sys

import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline

from sklearn_har.features import RelevanceSelector, TsfreshFeatures
from sklearn_har.model_selection import LeaveSubjectsOut, subject_train_test_split
from sklearn_har.recordings import recordings_from_table
from sklearn_har.windowing import sliding_windows

seed = int(sys.argv[2])
table = pd.read_csv(sys.argv[1])
channels = ["acc_x", "acc_y", "acc_z"]
X, y = recordings_from_table(
    table, channels=channels, time="time", subject="subject", recording="id", label="activity"
)
windows, labels = sliding_windows(X, y, window_length=2.56)
strangers = table["subject"][table["part"] == "test"].unique()
((train, test),) = LeaveSubjectsOut(list(strangers)).split(windows)
X_train, y_train = windows[train], labels[train]
model = make_pipeline(TsfreshFeatures(), RelevanceSelector(), RandomForestClassifier(random_state=seed))
X_fit, X_held, y_fit, y_held = subject_train_test_split(X_train, y_train, test_size=0.4, random_state=seed)
print("held out", model.fit(X_fit, y_fit).score(X_held, y_held))
print("strangers", model.fit(X_train, y_train).score(windows[test], labels[test]))
