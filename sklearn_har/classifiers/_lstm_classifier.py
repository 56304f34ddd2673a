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
    {example}
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
