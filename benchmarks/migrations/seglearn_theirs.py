"""Exercises seen by a watch, in seglearn: its basic example, a forest over features of segments."""

import sys

from seglearn.base import TS_Data
from seglearn.datasets import load_watch
from seglearn.pipe import Pype
from seglearn.transform import FeatureRep, Segment
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import LeaveOneGroupOut, cross_val_score, train_test_split
from sklearn.preprocessing import StandardScaler

seed = int(sys.argv[1])
data = load_watch()
model = Pype(
    [
        ("segment", Segment(width=100)),
        ("features", FeatureRep()),
        ("scaler", StandardScaler()),
        ("forest", RandomForestClassifier(random_state=seed)),
    ]
)
X_train, X_test, y_train, y_test = train_test_split(data["X"], data["y"], test_size=0.25, random_state=seed)
print("held out", model.fit(X_train, y_train).score(X_test, y_test))

# Here the example ends. What it can do with people is in this line.
X = TS_Data(data["X"], data["subject"])
scores = cross_val_score(model, X, data["y"], cv=LeaveOneGroupOut(), groups=data["subject"])
print("strangers", scores.mean())
