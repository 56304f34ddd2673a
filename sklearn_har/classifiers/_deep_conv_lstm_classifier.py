"""DeepConvLSTM, as a classifier."""

from .._core._sklearn import StrOptions
from ..networks import DeepConvLSTM
from ._docs import network_classifier
from ._limits import COUNT, SHARE
from ._network_base import NetworkClassifierBase


@network_classifier
class DeepConvLSTMClassifier(NetworkClassifierBase):
    """Classify windows with DeepConvLSTM: convolutions on each channel, then an LSTM over all.

    Parameters
    ----------
    {network}
    {training}

    Attributes
    ----------
    {attributes}

    See Also
    --------
    sklearn_har.networks.DeepConvLSTM : The network.
    sklearn_har.windowing.SlidingWindowClassifier : From rows to rows.
    CNNLSTMClassifier : Convolutions that see all channels.

    Notes
    -----
    {notes}

    Examples
    --------
    {example}
    """

    _network = DeepConvLSTM

    n_conv_layers: int = 3
    filters: int = 16
    kernel_size: int = 5
    stride: int = 2
    lstm_units: int = 64
    n_lstm_layers: int = 1
    pooling: str = "mean_max"
    dropout: float = 0.3

    _parameter_constraints = {
        **NetworkClassifierBase._parameter_constraints,
        "n_conv_layers": COUNT,
        "filters": COUNT,
        "kernel_size": COUNT,
        "stride": COUNT,
        "lstm_units": COUNT,
        "n_lstm_layers": COUNT,
        "pooling": [StrOptions({"mean_max", "last"})],
        "dropout": SHARE,
    }
