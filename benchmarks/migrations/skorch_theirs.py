"""UCI HAR's windows and a convolutional network in skorch, as its README trains one."""

import sys

import numpy as np
import torch
from skorch import NeuralNetClassifier
from torch import nn


class Convolutions(nn.Module):
    def __init__(self, n_channels=9, n_classes=6, n_filters=64):
        super().__init__()
        self.filters = nn.Sequential(
            nn.Conv1d(n_channels, n_filters, kernel_size=5),
            nn.ReLU(),
            nn.Conv1d(n_filters, n_filters, kernel_size=5),
            nn.ReLU(),
        )
        self.dropout = nn.Dropout(0.5)
        self.output = nn.Linear(n_filters, n_classes)
        self.softmax = nn.Softmax(dim=-1)

    def forward(self, X):
        found = self.filters(X).mean(dim=2)
        return self.softmax(self.output(self.dropout(found)))


torch.manual_seed(int(sys.argv[2]))
data = np.load(sys.argv[1])
X_train, X_test = (data[part].transpose(0, 2, 1).astype(np.float32) for part in ("X_train", "X_test"))
y_train, y_test = (data[part].astype(np.int64) - 1 for part in ("y_train", "y_test"))
net = NeuralNetClassifier(
    Convolutions,
    max_epochs=10,
    batch_size=64,
    lr=0.001,
    optimizer=torch.optim.Adam,
    iterator_train__shuffle=True,
    verbose=0,
)
net.fit(X_train, y_train)
print("held out", net.history[-1, "valid_acc"])
print("strangers", net.score(X_test, y_test))
