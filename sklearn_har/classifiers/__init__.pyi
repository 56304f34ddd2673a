from ._cnn_classifier import CNNClassifier
from ._cnn_lstm_classifier import CNNLSTMClassifier
from ._conv_lstm_classifier import ConvLSTMClassifier
from ._deep_conv_lstm_classifier import DeepConvLSTMClassifier
from ._dense_classifier import DenseClassifier
from ._inception_time_classifier import InceptionTimeClassifier
from ._lstm_classifier import LSTMClassifier
from ._network_classifier import NetworkClassifier
from ._ridge_classifier_group_cv import RidgeClassifierGroupCV
from ._rocket_classifier import RocketClassifier
from ._tiny_har_classifier import TinyHARClassifier
from ._transformer_classifier import TransformerClassifier

__all__ = [
    "CNNClassifier",
    "CNNLSTMClassifier",
    "ConvLSTMClassifier",
    "DeepConvLSTMClassifier",
    "DenseClassifier",
    "InceptionTimeClassifier",
    "LSTMClassifier",
    "NetworkClassifier",
    "RidgeClassifierGroupCV",
    "RocketClassifier",
    "TinyHARClassifier",
    "TransformerClassifier",
]
