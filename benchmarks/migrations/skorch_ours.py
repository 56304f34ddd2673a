"""UCI HAR's windows and the same network, trained and validated by this library."""

import sys

import numpy as np
from torch import nn

from sklearn_har.classifiers import NetworkClassifier


class Convolutions(nn.Module):
    def __init__(self, n_timesteps, n_channels, n_classes, n_filters=64):
        super().__init__()
        self.filters = nn.Sequential(
            nn.Conv1d(n_channels, n_filters, kernel_size=5),
            nn.ReLU(),
            nn.Conv1d(n_filters, n_filters, kernel_size=5),
            nn.ReLU(),
        )
        self.dropout = nn.Dropout(0.5)
        self.output = nn.Linear(n_filters, n_classes)

    def forward(self, windows):
        found = self.filters(windows.transpose(1, 2)).mean(dim=2)
        return self.output(self.dropout(found))


data = np.load(sys.argv[1])
model = NetworkClassifier(
    Convolutions, epochs=10, batch_size=64, validation_fraction=0.2, random_state=int(sys.argv[2])
)
model.fit(data["X_train"], data["y_train"], groups=data["subject_train"])
print("held out", model.history_["valid_accuracy"][-1])
print("strangers", model.score(data["X_test"], data["y_test"]))
