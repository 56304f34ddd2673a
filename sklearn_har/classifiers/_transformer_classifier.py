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
    >>> import numpy as np
    >>> from sklearn_har.classifiers import TransformerClassifier
    >>> rng = np.random.default_rng(0)
    >>> labels = np.repeat(["sitting", "walking"], 40)
    >>> windows = rng.normal(size=(80, 32, 3)) * np.where(labels == "walking", 3.0, 0.1)[:, None, None]
    >>> model = TransformerClassifier(epochs=5, batch_size=16, random_state=0).fit(windows, labels)
    >>> model.score(windows, labels)
    1.0
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
