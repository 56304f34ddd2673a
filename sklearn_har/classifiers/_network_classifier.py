"""A network of your own, as a classifier."""

import dataclasses
from collections.abc import Callable

import torch
from torch import nn

from ._docs import network_classifier
from ._network_base import NetworkClassifierBase


@network_classifier
class NetworkClassifier(NetworkClassifierBase):
    """Classify windows with a network of your own.

    Parameters
    ----------
    module : callable
        A class of torch modules, or a function that makes one, called as
        ``module(n_timesteps, n_channels, n_classes, **module_params)`` in fit. What it makes maps
        windows (n_windows, n_timesteps, n_channels) to scores (n_windows, n_classes), without a
        softmax. Here n_channels counts what the network sees: three times the channels of a window
        with ``instance_channels``.
    module_params : dict or None, default=None
        Further arguments of ``module``, by name.
    {training}

    Attributes
    ----------
    {attributes}

    See Also
    --------
    sklearn_har.networks : Networks to start from.

    Notes
    -----
    {notes}

    Examples
    --------
    >>> import numpy as np
    >>> from torch import nn
    >>> from sklearn_har.classifiers import NetworkClassifier
    >>> class TwoLayers(nn.Module):
    ...     def __init__(self, n_timesteps, n_channels, n_classes, *, units=16):
    ...         super().__init__()
    ...         self.layers = nn.Sequential(
    ...             nn.Flatten(),
    ...             nn.Linear(n_timesteps * n_channels, units),
    ...             nn.ReLU(),
    ...             nn.Linear(units, n_classes),
    ...         )
    ...
    ...     def forward(self, windows):
    ...         return self.layers(windows)
    >>> rng = np.random.default_rng(0)
    >>> labels = np.repeat(["sitting", "walking"], 40)
    >>> windows = rng.normal(size=(80, 32, 3)) * np.where(labels == "walking", 3.0, 0.1)[:, None, None]
    >>> model = NetworkClassifier(TwoLayers, module_params={"units": 32}, batch_size=16, random_state=0)
    >>> model.fit(windows, labels).score(windows, labels)
    1.0
    """

    module: Callable[..., nn.Module] = dataclasses.field(kw_only=False)
    module_params: dict | None = None

    _parameter_constraints = {
        **NetworkClassifierBase._parameter_constraints,
        "module": [callable],
        "module_params": [dict, None],
    }

    def _build_network(self, n_timesteps, n_channels, n_classes):
        if isinstance(self.module, nn.Module):
            raise TypeError(
                "module must be a class of torch modules or a function that makes one, as every fit begins "
                f"with a new one; it is a {type(self.module).__name__} that is made already."
            )
        network = self.module(n_timesteps, n_channels, n_classes, **(self.module_params or {}))
        if not isinstance(network, nn.Module):
            raise TypeError(f"module must make a torch.nn.Module; it made a {type(network).__name__}.")
        network.eval()  # batch normalisation learns nothing from a trial
        with torch.no_grad():
            scores = network(torch.zeros(2, n_timesteps, n_channels))
        if getattr(scores, "shape", None) != (2, n_classes):
            found = tuple(scores.shape) if isinstance(scores, torch.Tensor) else type(scores).__name__
            raise ValueError(
                f"The network maps 2 windows to {found}; with {n_classes} classes it "
                f"must be {(2, n_classes)}."
            )
        return network.train()
