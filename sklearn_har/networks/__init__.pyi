from ._cnn import CNN
from ._cnn_lstm import CNNLSTM
from ._conv_lstm import ConvLSTM
from ._deep_conv_lstm import DeepConvLSTM
from ._dense import Dense
from ._inception_time import InceptionTime
from ._input_channels import InputChannels
from ._lstm import LSTM
from ._random_rotation import RandomRotation
from ._tiny_har import TinyHAR
from ._transformer import Transformer

__all__ = [
    "CNN",
    "CNNLSTM",
    "LSTM",
    "ConvLSTM",
    "DeepConvLSTM",
    "Dense",
    "InceptionTime",
    "InputChannels",
    "RandomRotation",
    "TinyHAR",
    "Transformer",
]
