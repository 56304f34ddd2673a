import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_har.networks import Transformer
from sklearn_har.networks._transformer import EncoderLayer, sines_of_positions

SIZES = [(1, 1), (2, 3), (7, 2), (128, 6), (51, 6)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("seed", [0, 1])
def test_windows_of_every_size_learn_through_every_weight(size, seed):
    torch.manual_seed(seed)
    network = Transformer(*size, 4)
    scores = network(torch.randn(16, *size))
    assert scores.shape == (16, 4)
    torch.nn.functional.cross_entropy(scores, torch.arange(16) % 4).backward()
    assert all(values.grad.abs().max() > 0 for values in network.parameters())
    queries_keys_and_values = network.layers[0].project.weight.grad.chunk(3)
    assert all(part.abs().max() > 0 for part in queries_keys_and_values)


@settings(max_examples=30, deadline=None)
@given(
    n_timesteps=st.integers(1, 40),
    n_channels=st.integers(1, 5),
    n_classes=st.integers(2, 6),
    timesteps_per_token=st.integers(1, 12),
    n_heads=st.integers(1, 3),
    d_model=st.sampled_from([6, 12]),
    n_layers=st.integers(0, 3),
    feedforward_units=st.integers(1, 9),
)
def test_a_window_scores_the_same_alone_and_among_others(n_timesteps, n_channels, n_classes, **architecture):
    network = Transformer(n_timesteps, n_channels, n_classes, **architecture).eval()
    windows = torch.randn(5, n_timesteps, n_channels)
    alone = torch.cat([network(window[None]) for window in windows])
    assert alone.shape == (5, n_classes)
    torch.testing.assert_close(network(windows), alone, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("seed", [0, 1])
def test_order_of_the_tokens_matters_only_through_their_positions(seed):
    torch.manual_seed(seed)
    network = Transformer(64, 3, 4).eval()
    tokens = torch.randn(5, len(network.positions), 64)
    permuted = tokens[:, torch.randperm(tokens.shape[1])]
    assert not torch.allclose(network.describe(tokens), network.describe(permuted), atol=1e-3)
    network.positions.zero_()
    torch.testing.assert_close(network.describe(tokens), network.describe(permuted), rtol=1e-4, atol=1e-5)


def test_windows_played_backwards_score_differently():
    network = Transformer(64, 3, 4).eval()
    windows = torch.randn(5, 64, 3)
    assert not torch.allclose(network(windows), network(windows.flip(1)), atol=1e-3)


@pytest.mark.parametrize("n_heads", [1, 4])
def test_layer_is_torch_s_own(n_heads):
    layer = EncoderLayer(8, n_heads, 16, dropout=0.5).eval()
    peer = torch.nn.TransformerEncoderLayer(8, n_heads, 16, batch_first=True, norm_first=True).eval()
    parts = {
        "norm1": layer.attention_norm,
        "self_attn.out_proj": layer.join_heads,
        "norm2": layer.feedforward[0],
        "linear1": layer.feedforward[1],
        "linear2": layer.feedforward[3],
    }
    weights = {
        f"{name}.{key}": value for name, part in parts.items() for key, value in part.state_dict().items()
    }
    weights["self_attn.in_proj_weight"] = layer.project.weight
    weights["self_attn.in_proj_bias"] = layer.project.bias
    peer.load_state_dict(weights)
    tokens = torch.randn(3, 5, 8)
    torch.testing.assert_close(layer(tokens), peer(tokens), rtol=1e-5, atol=1e-5)


def test_tokens_are_a_few_timesteps_apart():
    network = Transformer(128, 2, 3, timesteps_per_token=4)
    assert network.embed(torch.randn(1, 2, 128)).shape[2] == len(network.positions) == 33
    assert len(Transformer(128, 2, 3, timesteps_per_token=16).positions) == 9


def test_positions_by_hand():
    positions = sines_of_positions(3, 4)
    slow = 1 / math.sqrt(10_000)
    expected = [[math.sin(i), math.cos(i), math.sin(slow * i), math.cos(slow * i)] for i in range(3)]
    torch.testing.assert_close(positions, torch.tensor(expected))
    assert sines_of_positions(3, 5).shape == (3, 5)


def test_heads_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"d_model=64 .* n_heads=3"):
        Transformer(8, 2, 3, n_heads=3)
