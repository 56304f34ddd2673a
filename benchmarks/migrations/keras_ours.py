"""UCI HAR's windows and an LSTM of the same layers, validated on people who do not train."""

import sys

import numpy as np

from sklearn_har.classifiers import LSTMClassifier

data = np.load(sys.argv[1])
model = LSTMClassifier(
    timesteps_per_step=1,
    lstm_units=100,
    pooling="last",
    dropout=0.5,
    dense_units=100,
    epochs=10,
    batch_size=64,
    validation_fraction=0.2,
    random_state=int(sys.argv[2]),
)
model.fit(data["X_train"], data["y_train"], groups=data["subject_train"])
print("held out", model.history_["valid_accuracy"][-1])
print("strangers", model.score(data["X_test"], data["y_test"]))
