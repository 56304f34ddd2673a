"""A stacked LSTM over short frames, as a classifier."""

from .._core._sklearn import StrOptions
from ..networks import LSTM
from ._docs import network_classifier
from ._limits import COUNT, COUNT_OR_NONE, SHARE
from ._network_base import NetworkClassifierBase


@network_classifier
class LSTMClassifier(NetworkClassifierBase):
    """Classify windows with an LSTM that reads them as short frames.

    The fastest of the recurrent networks: four timesteps a step make the sequence short.

    Parameters
    ----------
    {network}
    {training}

    Attributes
    ----------
    {attributes}

    See Also
    --------
    sklearn_har.networks.LSTM : The network.
    sklearn_har.windowing.SlidingWindowClassifier : From rows to rows.
    CNNLSTMClassifier : Convolutions before the LSTM.

    Notes
    -----
    {notes}

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.classifiers import LSTMClassifier
    >>> rng = np.random.default_rng(0)
    >>> labels = np.repeat(["sitting", "walking"], 40)
    >>> windows = rng.normal(size=(80, 32, 3)) * np.where(labels == "walking", 3.0, 0.1)[:, None, None]
    >>> model = LSTMClassifier(epochs=5, batch_size=16, random_state=0).fit(windows, labels)
    >>> model.score(windows, labels)
    1.0
    """

    _network = LSTM

    cell: str = "lstm"
    lstm_units: int = 64
    n_layers: int = 1
    bidirectional: bool = False
    timesteps_per_step: int = 4
    pooling: str = "mean_max"
    dense_units: int = 0
    dropout: float = 0.2
    epochs: int = 16

    _parameter_constraints = {
        **NetworkClassifierBase._parameter_constraints,
        "cell": [StrOptions({"lstm", "gru"})],
        "lstm_units": COUNT,
        "n_layers": COUNT,
        "bidirectional": ["boolean"],
        "timesteps_per_step": COUNT,
        "pooling": [StrOptions({"mean_max", "last"})],
        "dense_units": COUNT_OR_NONE,
        "dropout": SHARE,
    }
