"""A multi-layer perceptron, as a classifier."""

from .._core._sklearn import StrOptions
from ..networks import Dense
from ..networks._dense import ACTIVATIONS
from ._docs import network_classifier
from ._limits import SHARE
from ._network_base import NetworkClassifierBase


@network_classifier
class DenseClassifier(NetworkClassifierBase):
    """Classify windows with dense layers on all their values.

    Parameters
    ----------
    {network}
    {training}

    Attributes
    ----------
    {attributes}

    See Also
    --------
    sklearn_har.networks.Dense : The network.
    sklearn_har.windowing.SlidingWindowClassifier : From rows to rows.
    CNNClassifier : Finds a movement wherever in the window it is.

    Notes
    -----
    {notes}

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.classifiers import DenseClassifier
    >>> rng = np.random.default_rng(0)
    >>> labels = np.repeat(["sitting", "walking"], 40)
    >>> windows = rng.normal(size=(80, 32, 3)) * np.where(labels == "walking", 3.0, 0.1)[:, None, None]
    >>> model = DenseClassifier(epochs=5, batch_size=16, random_state=0).fit(windows, labels)
    >>> model.score(windows, labels)
    1.0
    """

    _network = Dense

    hidden_units: tuple[int, ...] = (128, 64)
    activation: str = "relu"
    batch_norm: bool = True
    dropout: float = 0.3

    _parameter_constraints = {
        **NetworkClassifierBase._parameter_constraints,
        "hidden_units": ["array-like"],
        "activation": [StrOptions(set(ACTIVATIONS))],
        "batch_norm": ["boolean"],
        "dropout": SHARE,
    }
