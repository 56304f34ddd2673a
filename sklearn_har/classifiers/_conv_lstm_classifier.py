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
    >>> import numpy as np
    >>> from sklearn_har.classifiers import ConvLSTMClassifier
    >>> rng = np.random.default_rng(0)
    >>> labels = np.repeat(["sitting", "walking"], 40)
    >>> windows = rng.normal(size=(80, 32, 3)) * np.where(labels == "walking", 3.0, 0.1)[:, None, None]
    >>> model = ConvLSTMClassifier(epochs=5, batch_size=16, random_state=0).fit(windows, labels)
    >>> model.score(windows, labels)
    1.0
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
