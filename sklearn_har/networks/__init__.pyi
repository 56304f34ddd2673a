from ._cnn_lstm import CNNLSTM
from ._lstm import LSTM

__all__ = ["CNNLSTM", "LSTM"]
