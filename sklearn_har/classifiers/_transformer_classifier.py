"""A compact transformer, as a classifier."""

from ..networks import Transformer
from ._docs import network_classifier
from ._limits import COUNT, SHARE
from ._network_base import NetworkClassifierBase


@network_classifier
class TransformerClassifier(NetworkClassifierBase):
    """Classify windows with a compact transformer.

    Parameters
    ----------
    {network}
    {training}

    Attributes
    ----------
    {attributes}

    See Also
    --------
    sklearn_har.networks.Transformer : The network.
    sklearn_har.windowing.SlidingWindowClassifier : From rows to rows.
    LSTMClassifier : Reads a window in order; faster.

    Notes
    -----
    {notes}

    Examples
    --------
    {example}
    """

    _network = Transformer

    timesteps_per_token: int = 4
    d_model: int = 64
    n_heads: int = 4
    n_layers: int = 2
    feedforward_units: int = 128
    dropout: float = 0.1

    _parameter_constraints = {
        **NetworkClassifierBase._parameter_constraints,
        "timesteps_per_token": COUNT,
        "d_model": COUNT,
        "n_heads": COUNT,
        "n_layers": COUNT,
        "feedforward_units": COUNT,
        "dropout": SHARE,
    }
