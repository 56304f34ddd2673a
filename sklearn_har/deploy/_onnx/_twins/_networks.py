"""Networks as they predict, with their probabilities."""

import copy

from torch import nn

from ....classifiers._network_base import NetworkClassifierBase
from ._twin import twin


@twin.register(NetworkClassifierBase)
def twin_of_network(estimator) -> nn.Module:
    """The trained module, from raw windows on, and a softmax; its rotation acts in training only."""
    module = copy.deepcopy(estimator.module_).cpu().float().eval()
    return nn.Sequential(module, nn.Softmax(dim=1)).eval()
