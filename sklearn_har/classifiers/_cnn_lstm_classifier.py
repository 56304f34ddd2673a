"""A CNN on the parts of a window and an LSTM over them, as a classifier."""

from ..networks import CNNLSTM
from ._docs import network_classifier
from ._limits import COUNT, SHARE
from ._network_base import NetworkClassifierBase


@network_classifier
class CNNLSTMClassifier(NetworkClassifierBase):
    """Classify windows with a CNN on each of their sub-sequences and an LSTM over these.

    Parameters
    ----------
    {network}
    {training}

    Attributes
    ----------
    {attributes}

    See Also
    --------
    sklearn_har.networks.CNNLSTM : The network.
    sklearn_har.windowing.SlidingWindowClassifier : From rows to rows.
    LSTMClassifier : Frames instead of convolutions; faster.

    Notes
    -----
    {notes}

    Examples
    --------
    {example}
    """

    _network = CNNLSTM

    n_subsequences: int = 4
    filters: int = 48
    kernel_size: int = 5
    n_conv_layers: int = 2
    lstm_units: int = 64
    dropout: float = 0.3

    _parameter_constraints = {
        **NetworkClassifierBase._parameter_constraints,
        "n_subsequences": COUNT,
        "filters": COUNT,
        "kernel_size": COUNT,
        "n_conv_layers": COUNT,
        "lstm_units": COUNT,
        "dropout": SHARE,
    }
