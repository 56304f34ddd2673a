import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_har.networks import TinyHAR
from sklearn_har.networks._tiny_har import ChannelAttention, TimeAttention

SIZES = [(1, 1), (2, 3), (7, 2), (128, 6), (51, 6)]
RELATING_STEPS = {  # what has nothing to do where four timesteps are one step
    "lstm.weight_hh_l0",
    *(f"time_attention.importance.{name}" for name in ("0.weight", "0.bias", "2.weight")),
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("seed", [0, 1])
def test_windows_of_every_size_learn_through_every_weight(size, seed):
    torch.manual_seed(seed)
    network = TinyHAR(*size, 4)
    scores = network(torch.randn(16, *size))
    assert scores.shape == (16, 4)
    torch.nn.functional.cross_entropy(scores, torch.arange(16) % 4).backward()
    silent = {name for name, values in network.named_parameters() if not values.grad.abs().max() > 0}
    assert silent == (RELATING_STEPS if size[0] <= 4 else set())
    if size[1] > 1:
        queries_keys_and_values = network.channel_attention.project.weight.grad.chunk(3)
        assert all(part.abs().max() > 0 for part in queries_keys_and_values)


@settings(max_examples=30, deadline=None)
@given(
    n_timesteps=st.integers(1, 40),
    n_channels=st.integers(1, 5),
    n_classes=st.integers(2, 6),
    filters=st.integers(1, 9),
    kernel_size=st.integers(1, 9),
    n_conv_layers=st.integers(1, 5),
    lstm_units=st.integers(1, 9),
)
def test_a_window_scores_the_same_alone_and_among_others(n_timesteps, n_channels, n_classes, **architecture):
    network = TinyHAR(n_timesteps, n_channels, n_classes, **architecture).eval()
    windows = torch.randn(5, n_timesteps, n_channels)
    alone = torch.cat([network(window[None]) for window in windows])
    assert alone.shape == (5, n_classes)
    torch.testing.assert_close(network(windows), alone, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("seed", [0, 1])
def test_weights_of_the_steps_sum_to_one(seed):
    torch.manual_seed(seed)
    weights = TimeAttention(8).weights(torch.randn(5, 9, 8))
    assert weights.shape == (5, 9, 1)
    assert (weights > 0).all()
    torch.testing.assert_close(weights.sum(dim=1), torch.ones(5, 1))


def test_time_attention_adds_the_weighted_states_to_the_last():
    attention = TimeAttention(3)
    states = torch.randn(2, 4, 3)
    with torch.no_grad():
        attention.importance[2].weight.zero_()  # all steps are of the same importance
    torch.testing.assert_close(attention(states), states[:, -1] + states.mean(dim=1))


def test_channels_find_in_the_others_an_average_of_their_values():
    attention = ChannelAttention(4)
    features = torch.randn(2, 3, 5, 4)
    query, key, value = (part.squeeze(0) for part in attention.project(features[:1, 0]).chunk(3, dim=-1))
    weights = (query @ key.T / 2).softmax(dim=1)  # the square root of four features
    torch.testing.assert_close(weights.sum(dim=1), torch.ones(5))
    torch.testing.assert_close(attention(features)[0, 0], features[0, 0] + weights @ value)


def test_attention_knows_no_order_of_channels():
    attention = ChannelAttention(4)
    features = torch.randn(2, 3, 5, 4)
    order = torch.randperm(5)
    torch.testing.assert_close(attention(features[:, :, order]), attention(features)[:, :, order])


def test_channels_are_described_by_themselves():
    network = TinyHAR(32, 3, 2).eval()
    windows = torch.randn(4, 32, 3)
    changed = windows.clone()
    changed[:, :, 1] += 1.0
    before, after = (network.cnn(values.unsqueeze(1)) for values in (windows, changed))
    assert torch.equal(before[..., [0, 2]], after[..., [0, 2]])
    assert not torch.allclose(before[..., 1], after[..., 1], atol=1e-3)


def test_same_network_describes_every_channel():
    network = TinyHAR(32, 3, 2).eval()
    windows = torch.randn(4, 32, 1).expand(-1, -1, 3)
    described = network.cnn(windows.unsqueeze(1))
    torch.testing.assert_close(described[..., :1].expand_as(described), described)


def test_lstm_reads_a_quarter_of_the_steps():
    assert TinyHAR(128, 3, 2).cnn(torch.randn(1, 1, 128, 3)).shape == (1, 16, 32, 3)
