"""A convolutional LSTM, as a classifier."""

from ..networks import ConvLSTM
from ._docs import network_classifier
from ._limits import COUNT, SHARE
from ._network_base import NetworkClassifierBase


@network_classifier
class ConvLSTMClassifier(NetworkClassifierBase):
    """Classify windows with an LSTM whose weights are convolutions.

    Parameters
    ----------
    {network}
    {training}

    Attributes
    ----------
    {attributes}

    See Also
    --------
    sklearn_har.networks.ConvLSTM : The network.
    sklearn_har.windowing.SlidingWindowClassifier : From rows to rows.
    CNNLSTMClassifier : Convolutions before the LSTM, not within.

    Notes
    -----
    {notes}

    Examples
    --------
    {example}
    """

    _network = ConvLSTM

    n_subsequences: int = 4
    filters: int = 32
    kernel_size: int = 5
    dropout: float = 0.3

    _parameter_constraints = {
        **NetworkClassifierBase._parameter_constraints,
        "n_subsequences": COUNT,
        "filters": COUNT,
        "kernel_size": COUNT,
        "dropout": SHARE,
    }
