"""A CNN, as a classifier."""

from ..networks import CNN
from ._docs import network_classifier
from ._limits import COUNTS, SHARE
from ._network_base import NetworkClassifierBase


@network_classifier
class CNNClassifier(NetworkClassifierBase):
    """Classify windows with convolutions over time.

    Parameters
    ----------
    {network}
    {training}

    Attributes
    ----------
    {attributes}

    See Also
    --------
    sklearn_har.networks.CNN : The network.
    sklearn_har.windowing.SlidingWindowClassifier : From rows to rows.
    LSTMClassifier : Reads a window in order; as fast.

    Notes
    -----
    {notes}

    Examples
    --------
    {example}
    """

    _network = CNN

    filters: tuple[int, ...] = (32, 64, 64)
    kernel_sizes: tuple[int, ...] = (7, 5, 3)
    dropout: float = 0.3

    _parameter_constraints = {
        **NetworkClassifierBase._parameter_constraints,
        "filters": COUNTS,
        "kernel_sizes": COUNTS,
        "dropout": SHARE,
    }
