"""InceptionTime, as a classifier."""

from ..networks import InceptionTime
from ._docs import network_classifier
from ._limits import COUNT, COUNT_OR_NONE, COUNTS, SHARE
from ._network_base import NetworkClassifierBase


@network_classifier
class InceptionTimeClassifier(NetworkClassifierBase):
    """Classify windows with InceptionTime: convolutions of several lengths side by side.

    Parameters
    ----------
    {network}
    {training}

    Attributes
    ----------
    {attributes}

    See Also
    --------
    sklearn_har.networks.InceptionTime : The network.
    sklearn_har.windowing.SlidingWindowClassifier : From rows to rows.
    CNNClassifier : One length a layer; faster.

    Notes
    -----
    {notes}

    Examples
    --------
    {example}
    """

    _network = InceptionTime

    filters: int = 8
    depth: int = 3
    kernel_sizes: tuple[int, ...] = (21, 11, 5)
    bottleneck: int = 8
    stem_filters: int = 24
    stem_stride: int = 2
    dropout: float = 0.3

    _parameter_constraints = {
        **NetworkClassifierBase._parameter_constraints,
        "filters": COUNT,
        "depth": COUNT,
        "kernel_sizes": COUNTS,
        "bottleneck": COUNT_OR_NONE,
        "stem_filters": COUNT_OR_NONE,
        "stem_stride": COUNT,
        "dropout": SHARE,
    }
