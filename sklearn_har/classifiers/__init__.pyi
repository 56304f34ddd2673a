from ._cnn_lstm_classifier import CNNLSTMClassifier
from ._lstm_classifier import LSTMClassifier

__all__ = ["CNNLSTMClassifier", "LSTMClassifier"]
