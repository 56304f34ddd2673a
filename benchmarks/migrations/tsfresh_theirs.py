"""A long table of windows and tsfresh: its quick start, and the split of its first notebook."""

import sys

import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from tsfresh import extract_features, select_features
from tsfresh.utilities.dataframe_functions import impute

seed = int(sys.argv[2])
table = pd.read_csv(sys.argv[1])
about = table.groupby("id")[["activity", "part"]].first()
series = table[["id", "time", "acc_x", "acc_y", "acc_z"]]
features = impute(extract_features(series, column_id="id", column_sort="time", disable_progressbar=True))
features = select_features(features, about["activity"])

train, test = features[about["part"] == "train"], features[about["part"] == "test"]
y_train, y_test = about["activity"][train.index], about["activity"][test.index]
forest = RandomForestClassifier(random_state=seed)
X_fit, X_held, y_fit, y_held = train_test_split(train, y_train, test_size=0.4, random_state=seed)
print("held out", forest.fit(X_fit, y_fit).score(X_held, y_held))
print("strangers", forest.fit(train, y_train).score(test, y_test))
