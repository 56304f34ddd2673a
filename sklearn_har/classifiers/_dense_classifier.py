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
    {example}
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
