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
    >>> import numpy as np
    >>> from sklearn_har.classifiers import CNNClassifier
    >>> rng = np.random.default_rng(0)
    >>> labels = np.repeat(["sitting", "walking"], 40)
    >>> windows = rng.normal(size=(80, 32, 3)) * np.where(labels == "walking", 3.0, 0.1)[:, None, None]
    >>> model = CNNClassifier(epochs=5, batch_size=16, random_state=0).fit(windows, labels)
    >>> model.score(windows, labels)
    1.0
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
