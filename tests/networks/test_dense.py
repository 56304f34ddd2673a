import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_har.networks import Dense
from sklearn_har.networks._dense import ACTIVATIONS

SIZES = [(1, 1), (2, 3), (7, 2), (128, 6), (51, 6)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("seed", [0, 1])
def test_windows_of_every_size_learn_through_every_weight(size, seed):
    torch.manual_seed(seed)
    network = Dense(*size, 4)
    scores = network(torch.randn(16, *size))
    assert scores.shape == (16, 4)
    torch.nn.functional.cross_entropy(scores, torch.arange(16) % 4).backward()
    assert all(values.grad.abs().max() > 0 for values in network.parameters())


@settings(max_examples=30, deadline=None)
@given(
    n_timesteps=st.integers(1, 40),
    n_channels=st.integers(1, 5),
    n_classes=st.integers(2, 6),
    hidden_units=st.lists(st.integers(1, 9), max_size=3).map(tuple),
    activation=st.sampled_from(sorted(ACTIVATIONS)),
    batch_norm=st.booleans(),
)
def test_a_window_scores_the_same_alone_and_among_others(n_timesteps, n_channels, n_classes, **architecture):
    network = Dense(n_timesteps, n_channels, n_classes, **architecture).eval()
    windows = torch.randn(5, n_timesteps, n_channels)
    alone = torch.cat([network(window[None]) for window in windows])
    assert alone.shape == (5, n_classes)
    torch.testing.assert_close(network(windows), alone, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("activation", "expected"),
    [
        ("relu", [0.0, 0.0, 2.0]),
        ("leaky_relu", [-0.01, 0.0, 2.0]),
        ("elu", [-0.6321, 0.0, 2.0]),
        ("gelu", [-0.1587, 0.0, 1.9545]),
        ("tanh", [-0.7616, 0.0, 0.9640]),
        ("sigmoid", [0.2689, 0.5, 0.8808]),
    ],
)
def test_activation_is_the_one_named(activation, expected):
    network = Dense(3, 1, 3, hidden_units=(3,), activation=activation, batch_norm=False).eval()
    with torch.no_grad():  # nothing but the activation
        for layer in (network.layers[0], network.layers[-1]):
            layer.weight.copy_(torch.eye(3))
            layer.bias.zero_()
    scores = network(torch.tensor([[[-1.0], [0.0], [2.0]]]))
    torch.testing.assert_close(scores, torch.tensor([expected]), rtol=0, atol=1e-4)


def test_without_hidden_layers_scores_are_linear():
    network = Dense(4, 2, 3, hidden_units=())
    one, other = torch.randn(2, 5, 4, 2)
    middle = (network(one) + network(other)) / 2
    torch.testing.assert_close(network((one + other) / 2), middle, rtol=1e-5, atol=1e-5)


def test_layers_have_the_units_asked_for():
    layers = Dense(4, 2, 3, hidden_units=(7, 5)).layers
    sizes = [
        (layer.in_features, layer.out_features) for layer in layers if isinstance(layer, torch.nn.Linear)
    ]
    assert sizes == [(8, 7), (7, 5), (5, 3)]
    assert [layer.num_features for layer in layers if isinstance(layer, torch.nn.BatchNorm1d)] == [7, 5]
