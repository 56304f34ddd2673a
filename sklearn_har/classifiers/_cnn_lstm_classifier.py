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
    >>> import numpy as np
    >>> from sklearn_har.classifiers import CNNLSTMClassifier
    >>> rng = np.random.default_rng(0)
    >>> labels = np.repeat(["sitting", "walking"], 40)
    >>> windows = rng.normal(size=(80, 32, 3)) * np.where(labels == "walking", 3.0, 0.1)[:, None, None]
    >>> model = CNNLSTMClassifier(epochs=5, batch_size=16, random_state=0).fit(windows, labels)
    >>> model.score(windows, labels)
    1.0
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
