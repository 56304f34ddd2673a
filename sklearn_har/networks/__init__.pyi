from ._cnn_lstm import CNNLSTM
from ._input_channels import InputChannels
from ._lstm import LSTM

__all__ = ["CNNLSTM", "InputChannels", "LSTM"]
