import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_har.networks import ConvLSTM
from sklearn_har.networks._conv_lstm import updated
from tests.networks.checks import SHAPES, check_every_weight_learns, check_scores, check_windows_do_not_meet


@pytest.mark.parametrize(("n_timesteps", "n_channels"), SHAPES)
def test_windows_are_scored(n_timesteps, n_channels):
    check_scores(ConvLSTM(n_timesteps, n_channels, 5), n_timesteps, n_channels, 5)


@settings(max_examples=30, deadline=None)
@given(
    n_timesteps=st.integers(1, 40),
    n_channels=st.integers(1, 5),
    n_subsequences=st.integers(1, 12),
    filters=st.sampled_from([1, 6]),
    kernel_size=st.integers(1, 9),
)
def test_windows_of_every_size_are_scored(n_timesteps, n_channels, **architecture):
    check_scores(ConvLSTM(n_timesteps, n_channels, 3, **architecture), n_timesteps, n_channels, 3)


def test_step_follows_the_equations():
    gates, cell = torch.randn(3, 8, 5), torch.randn(3, 2, 5)
    new_state, new_cell = updated(gates, cell)
    for window in range(3):
        for unit in range(2):
            for time in range(5):
                let_in, keep, show, candidate = (gates[window, unit + 2 * gate, time] for gate in range(4))
                expected = keep.sigmoid() * cell[window, unit, time] + let_in.sigmoid() * candidate.tanh()
                torch.testing.assert_close(new_cell[window, unit, time], expected)
                torch.testing.assert_close(
                    new_state[window, unit, time], show.sigmoid() * torch.tanh(expected)
                )


def test_first_step_starts_from_zeros():
    gates = torch.randn(3, 8, 5)
    torch.testing.assert_close(updated(gates, None), updated(gates, torch.zeros(3, 2, 5)))


@pytest.mark.parametrize("kernel_size", [1, 4, 5])
def test_recurrence_is_that_of_the_paper(kernel_size):
    network = ConvLSTM(12, 3, 4, n_subsequences=3, filters=2, kernel_size=kernel_size).eval()
    windows = torch.randn(5, 12, 3)

    def convolved(layer, sequences):
        """Weighted sum of the timesteps around each, with zeros beyond the sub-sequence."""
        before = kernel_size // 2
        padded = torch.cat(
            [
                torch.zeros(*sequences.shape[:2], before),
                sequences,
                torch.zeros(*sequences.shape[:2], kernel_size),
            ],
            dim=2,
        )
        views = padded.unfold(2, kernel_size, 1)[:, :, : sequences.shape[2]]
        return torch.einsum("nctk,ock->not", views, layer.weight)

    state = cell = torch.zeros(5, 2, 4)
    for part in windows.transpose(1, 2).split(4, dim=2):
        gates = convolved(network.from_input, part) + network.from_input.bias[:, None]
        let_in, keep, show, candidate = (gates + convolved(network.from_state, state)).split(2, dim=1)
        cell = keep.sigmoid() * cell + let_in.sigmoid() * candidate.tanh()
        state = show.sigmoid() * cell.tanh()
    features = torch.cat([state.mean(dim=2), state.amax(dim=2)], dim=1)
    torch.testing.assert_close(network(windows), network.head(features), rtol=1e-4, atol=1e-6)


def test_torch_s_lstm_is_the_case_of_one_timestep():
    network = ConvLSTM(6, 3, 4, n_subsequences=6, filters=2, kernel_size=1).eval()
    peer = torch.nn.LSTM(3, 2, batch_first=True)
    order = torch.tensor([0, 1, 2, 3, 6, 7, 4, 5])  # torch has the candidates before the output gate
    with torch.no_grad():
        peer.weight_ih_l0.copy_(network.from_input.weight[order, :, 0])
        peer.weight_hh_l0.copy_(network.from_state.weight[order, :, 0])
        peer.bias_ih_l0.copy_(network.from_input.bias[order])
        peer.bias_hh_l0.zero_()
    windows = torch.randn(5, 6, 3)
    _, (states, _) = peer(windows)
    expected = network.head(torch.cat([states[0], states[0]], dim=1))
    torch.testing.assert_close(network(windows), expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("seed", [0, 1])
def test_sub_sequences_are_read_in_order(seed):
    torch.manual_seed(seed)
    network = ConvLSTM(32, 2, 3, filters=8).eval()
    windows = torch.randn(4, 32, 2)
    swapped = windows.unflatten(1, (4, 8)).flip(1).flatten(1, 2)
    assert not torch.allclose(network(windows), network(swapped), atol=1e-4)


@pytest.mark.parametrize("seed", [0, 1])
def test_every_weight_learns_and_windows_do_not_meet(seed):
    torch.manual_seed(seed)
    network = ConvLSTM(51, 6, 5)
    check_every_weight_learns(network, 51, 6, 5)
    check_windows_do_not_meet(network, 51, 6)
