"""A compact transformer over short pieces of a window."""

import math

import torch
from torch import nn


class Transformer(nn.Module):
    """Transformer encoder over short, overlapping pieces of a window.

    A convolution makes one token of every few timesteps. Sines and cosines of its position are added
    to each token, two layers of self-attention relate every token to all others, and the mean of the
    tokens is classified. Layers are normalised before attention, so that training needs no long
    warm-up.

    Parameters
    ----------
    n_timesteps, n_channels, n_classes : int
        Size of the windows, and of the output.
    timesteps_per_token : int, default=4
        From one token to the next; a token sees twice as many. Memory for the attention grows with the
        square of the number of tokens: take more timesteps where windows are much longer than a few
        hundred.
    d_model : int, default=64
        Size of a token.
    n_heads : int, default=4
        Of the attention; a divisor of ``d_model``.
    n_layers : int, default=2
    feedforward_units : int, default=128
        Of the two dense layers that follow each attention, the first.
    dropout : float, default=0.1
        Within the layers, and before the last one.

    Raises
    ------
    ValueError
        If ``d_model`` is not a multiple of ``n_heads``.

    References
    ----------
    A. Vaswani et al., Attention is all you need, NeurIPS 2017, arXiv:1706.03762.
    R. Xiong et al., On layer normalization in the transformer architecture, ICML 2020,
    arXiv:2002.04745.
    I. Dirgová Luptáková, M. Kubovčík and J. Pospíchal, Wearable sensor-based human activity recognition
    with transformer model, Sensors 22 (2022) 1911.

    Examples
    --------
    >>> import torch
    >>> from sklearn_har.networks import Transformer
    >>> Transformer(n_timesteps=128, n_channels=6, n_classes=5)(torch.zeros(2, 128, 6)).shape
    torch.Size([2, 5])
    """

    positions: torch.Tensor

    def __init__(
        self,
        n_timesteps: int,
        n_channels: int,
        n_classes: int,
        *,
        timesteps_per_token: int = 4,
        d_model: int = 64,
        n_heads: int = 4,
        n_layers: int = 2,
        feedforward_units: int = 128,
        dropout: float = 0.1,
    ):
        super().__init__()
        if d_model % n_heads:
            raise ValueError(
                f"d_model={d_model} cannot be shared out among n_heads={n_heads}: make it a multiple."
            )
        self.embed = nn.Conv1d(
            n_channels,
            d_model,
            2 * timesteps_per_token,
            stride=timesteps_per_token,
            padding=timesteps_per_token,
        )
        n_tokens = n_timesteps // timesteps_per_token + 1
        self.register_buffer("positions", sines_of_positions(n_tokens, d_model), persistent=False)
        self.layers = nn.Sequential(
            *(EncoderLayer(d_model, n_heads, feedforward_units, dropout) for _ in range(n_layers))
        )
        self.norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(d_model, n_classes)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """Map (n_windows, n_timesteps, n_channels) to scores (n_windows, n_classes)."""
        tokens = self.embed(windows.transpose(1, 2)).transpose(1, 2)
        return self.head(self.dropout(self.describe(tokens)))

    def describe(self, tokens: torch.Tensor) -> torch.Tensor:
        """Map (n_windows, n_tokens, d_model) to the mean (n_windows, d_model) after the layers."""
        return self.norm(self.layers(self.dropout(tokens + self.positions))).mean(dim=1)


class EncoderLayer(nn.Module):
    """Self-attention and two dense layers, each added to what it was computed from.

    Maps (n_windows, n_tokens, d_model) to the same shape. Unlike torch's layer, there is no dropout
    within the attention and between the dense layers, where drawing it takes as long as attention does.
    """

    def __init__(self, d_model: int, n_heads: int, feedforward_units: int, dropout: float):
        super().__init__()
        self.n_heads = n_heads
        self.attention_norm = nn.LayerNorm(d_model)
        self.project = nn.Linear(d_model, 3 * d_model)
        self.join_heads = nn.Linear(d_model, d_model)
        self.feedforward = nn.Sequential(
            nn.LayerNorm(d_model),
            nn.Linear(d_model, feedforward_units),
            nn.ReLU(),
            nn.Linear(feedforward_units, d_model),
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        projected = self.project(self.attention_norm(tokens)).unflatten(2, (3, self.n_heads, -1))
        query, key, value = projected.permute(2, 0, 3, 1, 4)
        found = nn.functional.scaled_dot_product_attention(query, key, value)
        tokens = tokens + self.dropout(self.join_heads(found.transpose(1, 2).flatten(start_dim=2)))
        return tokens + self.dropout(self.feedforward(tokens))


def sines_of_positions(n_positions: int, size: int) -> torch.Tensor:
    """Sines and cosines of positions, at wavelengths from 2π to 10,000 · 2π in geometric steps.

    Returns
    -------
    torch.Tensor of shape (n_positions, size)
    """
    frequencies = torch.exp(torch.arange(0, size, 2) * (-math.log(10_000) / size))
    angles = torch.arange(n_positions)[:, None] * frequencies
    return torch.stack([angles.sin(), angles.cos()], dim=2).flatten(start_dim=1)[:, :size]
