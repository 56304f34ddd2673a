import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_har.networks import CNNLSTM, LSTM
from sklearn_har.networks._steps import mean_and_max, split_into_steps

SIZES = {"n_timesteps": st.integers(1, 40), "n_channels": st.integers(1, 5), "n_classes": st.integers(2, 6)}


def scores_of(network, n_timesteps, n_channels):
    network.eval()
    with torch.no_grad():
        return network(torch.randn(3, n_timesteps, n_channels))


@settings(max_examples=30, deadline=None)
@given(
    **SIZES,
    cell=st.sampled_from(["lstm", "gru"]),
    timesteps_per_step=st.integers(1, 12),
    n_layers=st.integers(1, 2),
    bidirectional=st.booleans(),
    pooling=st.sampled_from(["mean_max", "last"]),
    dense_units=st.sampled_from([0, 7]),
    lstm_units=st.sampled_from([1, 5]),
)
def test_lstm_scores_windows_of_every_size(n_timesteps, n_channels, n_classes, **architecture):
    network = LSTM(n_timesteps, n_channels, n_classes, **architecture)
    scores = scores_of(network, n_timesteps, n_channels)
    assert scores.shape == (3, n_classes)
    assert torch.isfinite(scores).all()


@settings(max_examples=30, deadline=None)
@given(
    **SIZES,
    n_subsequences=st.integers(1, 12),
    filters=st.sampled_from([1, 6]),
    kernel_size=st.integers(1, 9),
    n_conv_layers=st.integers(1, 3),
)
def test_cnn_lstm_scores_windows_of_every_size(n_timesteps, n_channels, n_classes, **architecture):
    network = CNNLSTM(n_timesteps, n_channels, n_classes, lstm_units=5, **architecture)
    scores = scores_of(network, n_timesteps, n_channels)
    assert scores.shape == (3, n_classes)
    assert torch.isfinite(scores).all()


@settings(max_examples=50, deadline=None)
@given(n_timesteps=st.integers(1, 30), step_length=st.integers(1, 12))
def test_steps_joined_again_are_the_window_and_its_last_timestep_repeated(n_timesteps, step_length):
    windows = torch.randn(2, n_timesteps, 3)
    joined = split_into_steps(windows, step_length).flatten(1, 2)
    assert torch.equal(joined[:, :n_timesteps], windows)
    assert joined.shape[1] - n_timesteps < step_length
    assert (joined[:, n_timesteps:] == windows[:, -1:]).all()


def test_mean_and_max_stand_side_by_side():
    sequences = torch.tensor([[[1.0, 10.0], [3.0, 2.0]]])
    assert mean_and_max(sequences).tolist() == [[2.0, 6.0, 3.0, 10.0]]


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("pooling", ["mean_max", "last"])
def test_lstm_of_single_timesteps_is_torch_s_own(cell, pooling):
    network = LSTM(
        9, 2, 3, cell=cell, timesteps_per_step=1, lstm_units=4, bidirectional=True, pooling=pooling
    ).eval()
    assert isinstance(network.recurrent, {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[cell])
    windows = torch.randn(5, 9, 2)
    outputs, _ = network.recurrent(windows)
    if pooling == "last":  # the backward direction ends at the first timestep
        features = torch.cat([outputs[:, -1, :4], outputs[:, 0, 4:]], dim=1)
    else:
        features = torch.cat([outputs.mean(dim=1), outputs.amax(dim=1)], dim=1)
    torch.testing.assert_close(network(windows), network.head(features))


def test_gated_recurrent_units_have_three_quarters_of_the_weights():
    n_weights = {
        cell: sum(values.numel() for values in LSTM(9, 2, 3, cell=cell).recurrent.parameters())
        for cell in ["lstm", "gru"]
    }
    assert 4 * n_weights["gru"] == 3 * n_weights["lstm"]


def test_sub_sequences_are_read_in_order():
    network = CNNLSTM(32, 2, 3, n_subsequences=4, filters=8, lstm_units=8).eval()
    windows = torch.randn(4, 32, 2)
    swapped = windows.unflatten(1, (4, 8)).flip(1).flatten(1, 2)
    assert not torch.allclose(network(windows), network(swapped), atol=1e-4)


def test_same_network_describes_every_sub_sequence():
    network = CNNLSTM(32, 2, 3, n_subsequences=4, filters=8)
    n_weights = sum(values.numel() for values in network.cnn.parameters())
    assert n_weights == sum(
        values.numel() for values in CNNLSTM(64, 2, 3, n_subsequences=8, filters=8).cnn.parameters()
    )


@pytest.mark.parametrize(
    ("network", "options"),
    [(LSTM, {}), (LSTM, {"cell": "gru"}), (CNNLSTM, {})],
    ids=["lstm", "gru", "cnn_lstm"],
)
def test_networks_learn_through_every_weight(network, options):
    module = network(24, 3, 4, **options)
    torch.nn.functional.cross_entropy(module(torch.randn(8, 24, 3)), torch.arange(8) % 4).backward()
    assert all(np.any(values.grad.numpy()) for _, values in module.named_parameters())
