"""The net of a fitted classifier as named weights, and made again from them."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import numpy as np
import torch
from torch import nn
from torch.nn.modules.module import register_module_parameter_registration_hook

from ..exceptions import ModelFileError
from ._devices import own_randomness
from ._module import new_module
from ._net import WeightedNet
from ._network_base import NetworkClassifierBase
from ._training import make_net

CPU = torch.device("cpu")
MOST_OF_BUFFERS = 2**24  # numbers that a network may hold beside its weights, such as sines of positions


def weights_of(net: WeightedNet) -> dict[str, np.ndarray]:
    """Weights and buffers of a net's module by name, without the state of its optimizer."""
    return {name: values.detach().cpu().numpy() for name, values in net.module_.state_dict().items()}


def net_of(classifier, weights: Mapping[str, np.ndarray]) -> WeightedNet:
    """Make the net of a classifier that has all its other attributes.

    Parameters
    ----------
    classifier : NetworkClassifierBase
    weights : mapping of str to ndarray
        As `weights_of` gives them.

    Raises
    ------
    ModelFileError
        If the weights are not those of the network that the classifier's parameters describe.
    """
    if not isinstance(classifier, NetworkClassifierBase):
        raise ModelFileError(f"It holds a {type(classifier).__name__} with a network, which has none.")
    n_channels = classifier.n_channels_in_
    scales = [np.shape(weights.get(f"channels.{name}", np.empty(0))) for name in ("mean", "scale", "rest")]
    if scales != [(n_channels,)] * 3:
        raise ModelFileError(f"It holds scales of another number of channels than {n_channels}.")
    n_inputs = 3 * n_channels if classifier.instance_channels else n_channels
    _check_shapes(classifier, n_inputs, weights)
    with own_randomness(CPU):
        module = new_module(classifier, np.zeros((1, n_channels)), np.ones((1, n_channels)))
        module.load_state_dict({name: torch.tensor(values) for name, values in weights.items()})
        module.eval()
        return make_net(classifier, module, CPU)


def _check_shapes(classifier, n_inputs: int, weights: Mapping[str, np.ndarray]) -> None:
    """Compare the network with the weights before it takes memory: parameters may ask for any size."""
    module = getattr(classifier, "module", None)
    if module is None:
        build: Callable[..., nn.Module] = classifier._build_network
    elif module.__module__.startswith(("sklearn_har.", "torch.")):
        build = lambda *sizes: module(*sizes, **(classifier.module_params or {}))  # noqa: E731
    else:
        return  # a user's, which may not work without memory
    with torch.device("meta"), _at_most(len(weights)):
        network = build(classifier.n_timesteps_in_, n_inputs, len(classifier.classes_))
    expected = {f"network.{name}": tuple(values.shape) for name, values in network.state_dict().items()}
    found = {name: values.shape for name, values in weights.items() if name.startswith("network.")}
    if sum(buffer.numel() for buffer in network.buffers()) > MOST_OF_BUFFERS + sum(
        map(np.size, found.values())
    ):
        raise ModelFileError("It holds a network whose constants take more memory than its weights.")
    names = sorted(expected.keys() | found.keys())
    different = [name for name in names if expected.get(name) != found.get(name)]
    if different:
        name = different[0]
        raise ModelFileError(
            f"It holds a {type(classifier).__name__} whose parameters ask for other weights than there are: "
            f"{name} has the shape {found.get(name)} and should have {expected.get(name)}."
        )


@contextmanager
def _at_most(n_parameters: int) -> Iterator[None]:
    """Let this thread make so many parameters of modules and no more."""
    thread, n_made = threading.get_ident(), 0

    def count(module, name, parameter):
        nonlocal n_made
        if threading.get_ident() == thread and parameter is not None:
            n_made += 1
            if n_made > 2 * n_parameters + 100:  # layers may be made and left out
                raise ModelFileError("It holds a network with more layers than weights.")

    hook = register_module_parameter_registration_hook(count)
    try:
        yield
    finally:
        hook.remove()
