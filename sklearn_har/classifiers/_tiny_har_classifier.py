"""TinyHAR, as a classifier."""

from ..networks import TinyHAR
from ._docs import network_classifier
from ._limits import COUNT, SHARE
from ._network_base import NetworkClassifierBase


@network_classifier
class TinyHARClassifier(NetworkClassifierBase):
    """Classify windows with TinyHAR: each channel by itself, then channels together, then time.

    Parameters
    ----------
    {network}
    {training}

    Attributes
    ----------
    {attributes}

    See Also
    --------
    sklearn_har.networks.TinyHAR : The network.
    sklearn_har.windowing.SlidingWindowClassifier : From rows to rows.
    DeepConvLSTMClassifier : Channels meet in the LSTM.

    Notes
    -----
    {notes}

    Examples
    --------
    {example}
    """

    _network = TinyHAR

    filters: int = 16
    kernel_size: int = 5
    n_conv_layers: int = 4
    lstm_units: int = 32
    dropout: float = 0.3

    _parameter_constraints = {
        **NetworkClassifierBase._parameter_constraints,
        "filters": COUNT,
        "kernel_size": COUNT,
        "n_conv_layers": COUNT,
        "lstm_units": COUNT,
        "dropout": SHARE,
    }
