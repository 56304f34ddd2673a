"""A multi-layer perceptron on all values of a window."""

import torch
from torch import nn

ACTIVATIONS: dict[str, type[nn.Module]] = {
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "leaky_relu": nn.LeakyReLU,
    "relu": nn.ReLU,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
}


class Dense(nn.Module):
    """Dense layers on the values of a window, one beside the other.

    The network that deep activity recognition began with. It knows nothing of time: each timestep of
    each channel has weights of its own, so that the same movement a little later is another input.

    Parameters
    ----------
    n_timesteps, n_channels, n_classes : int
        Size of the windows, and of the output.
    hidden_units : tuple of int, default=(128, 64)
        Units of each layer before the last one. Without any, this is logistic regression.
    activation : {"elu", "gelu", "leaky_relu", "relu", "sigmoid", "tanh"}, default="relu"
        Of each layer but the last.
    batch_norm : bool, default=True
        Whether the inputs of every activation are brought to the scale of the batch.
    dropout : float, default=0.3
        After every activation.

    References
    ----------
    T. Plötz, N. Y. Hammerla and P. Olivier, Feature learning for activity recognition in ubiquitous
    computing, IJCAI 2011.
    N. Y. Hammerla, S. Halloran and T. Plötz, Deep, convolutional, and recurrent models for human
    activity recognition using wearables, IJCAI 2016, arXiv:1604.08880.

    Examples
    --------
    >>> import torch
    >>> from sklearn_har.networks import Dense
    >>> Dense(n_timesteps=128, n_channels=6, n_classes=5)(torch.zeros(2, 128, 6)).shape
    torch.Size([2, 5])
    """

    def __init__(
        self,
        n_timesteps: int,
        n_channels: int,
        n_classes: int,
        *,
        hidden_units: tuple[int, ...] = (128, 64),
        activation: str = "relu",
        batch_norm: bool = True,
        dropout: float = 0.3,
    ):
        super().__init__()
        layers: list[nn.Module] = []
        n_inputs = n_timesteps * n_channels
        for n_units in hidden_units:
            layers.append(nn.Linear(n_inputs, n_units, bias=not batch_norm))
            layers += [nn.BatchNorm1d(n_units)] if batch_norm else []
            layers += [ACTIVATIONS[activation](), nn.Dropout(dropout)]
            n_inputs = n_units
        self.layers = nn.Sequential(*layers, nn.Linear(n_inputs, n_classes))

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """Map (n_windows, n_timesteps, n_channels) to scores (n_windows, n_classes)."""
        return self.layers(windows.flatten(start_dim=1))
