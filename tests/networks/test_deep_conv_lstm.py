import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_har.networks import DeepConvLSTM
from tests.networks.checks import SHAPES, check_every_weight_learns, check_scores, check_windows_do_not_meet

PUBLISHED = {
    "n_conv_layers": 4,
    "filters": 64,
    "stride": 1,
    "lstm_units": 128,
    "n_lstm_layers": 2,
    "pooling": "last",
    "dropout": 0.5,
}


@pytest.mark.parametrize(("n_timesteps", "n_channels"), SHAPES)
def test_windows_are_scored(n_timesteps, n_channels):
    check_scores(DeepConvLSTM(n_timesteps, n_channels, 5), n_timesteps, n_channels, 5)


@settings(max_examples=30, deadline=None)
@given(
    n_timesteps=st.integers(1, 40),
    n_channels=st.integers(1, 5),
    n_conv_layers=st.integers(1, 4),
    filters=st.sampled_from([1, 6]),
    kernel_size=st.integers(1, 9),
    stride=st.integers(1, 3),
    n_lstm_layers=st.integers(1, 2),
    pooling=st.sampled_from(["mean_max", "last"]),
)
def test_windows_of_every_size_are_scored(n_timesteps, n_channels, **architecture):
    network = DeepConvLSTM(n_timesteps, n_channels, 3, lstm_units=5, **architecture)
    check_scores(network, n_timesteps, n_channels, 3)


def test_published_network_has_the_published_weights():
    network = DeepConvLSTM(24, 113, 18, **PUBLISHED)
    convolutions = sum(values.numel() for values in network.cnn.parameters())
    # Four layers of 64 filters over 5 timesteps; the offset, and the scale of the normalisation.
    assert convolutions == 64 * 5 + 3 * 64 * 64 * 5 + 4 * 2 * 64
    assert network.lstm.input_size == 64 * 113
    assert network.features(torch.randn(2, 24, 113)).shape == (2, 24, 113, 64)
    assert network.head.in_features == 128


@pytest.mark.parametrize("seed", [0, 1])
def test_convolutions_do_not_mix_channels(seed):
    torch.manual_seed(seed)
    network = DeepConvLSTM(32, 3, 4).eval()
    windows = torch.randn(5, 32, 3)
    others = windows.clone()
    others[:, :, 1] += torch.randn(5, 32)
    same = (network.features(windows) == network.features(others)).all(dim=(0, 1, 3))
    assert same.tolist() == [True, False, True]


def test_channels_share_their_filters():
    network = DeepConvLSTM(32, 3, 4).eval()
    windows = torch.randn(5, 32, 3)
    torch.testing.assert_close(network.features(windows.flip(2)), network.features(windows).flip(2))


def test_channels_meet_in_the_lstm():
    network = DeepConvLSTM(32, 3, 4).eval()
    windows = torch.randn(5, 32, 3)
    assert not torch.allclose(network(windows), network(windows.flip(2)), atol=1e-4)


@pytest.mark.parametrize(("stride", "n_steps"), [(1, 64), (2, 8), (4, 1)])
def test_every_convolution_makes_the_sequence_shorter(stride, n_steps):
    network = DeepConvLSTM(64, 2, 4, stride=stride)
    assert network.features(torch.randn(3, 64, 2)).shape == (3, n_steps, 2, 16)


@pytest.mark.parametrize("pooling", ["mean_max", "last"])
def test_outputs_of_the_lstm_are_pooled(pooling):
    network = DeepConvLSTM(32, 2, 4, pooling=pooling).eval()
    windows = torch.randn(5, 32, 2)
    # Of each step, all features of the first channel come before those of the second.
    first, second = network.features(windows).unbind(dim=2)
    outputs, _ = network.lstm(torch.cat([first, second], dim=2))
    pooled = torch.cat([outputs.mean(dim=1), outputs.amax(dim=1)], dim=1)
    expected = network.head(pooled if pooling == "mean_max" else outputs[:, -1])
    torch.testing.assert_close(network(windows), expected)


@pytest.mark.parametrize("architecture", [{}, PUBLISHED], ids=["default", "published"])
@pytest.mark.parametrize("seed", [0, 1])
def test_every_weight_learns_and_windows_do_not_meet(seed, architecture):
    torch.manual_seed(seed)
    network = DeepConvLSTM(51, 6, 5, **architecture)
    check_every_weight_learns(network, 51, 6, 5)
    check_windows_do_not_meet(network, 51, 6)
