import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_har.networks import CNN
from tests.networks.checks import SHAPES, check_every_weight_learns, check_scores, check_windows_do_not_meet


@pytest.mark.parametrize(("n_timesteps", "n_channels"), SHAPES)
def test_windows_are_scored(n_timesteps, n_channels):
    check_scores(CNN(n_timesteps, n_channels, 5), n_timesteps, n_channels, 5)


@settings(max_examples=30, deadline=None)
@given(
    n_timesteps=st.integers(1, 40),
    n_channels=st.integers(1, 5),
    layers=st.lists(st.tuples(st.sampled_from([1, 6]), st.integers(1, 9)), min_size=1, max_size=4),
)
def test_windows_of_every_size_are_scored(n_timesteps, n_channels, layers):
    filters, kernel_sizes = zip(*layers, strict=True)
    network = CNN(n_timesteps, n_channels, 3, filters=filters, kernel_sizes=kernel_sizes)
    check_scores(network, n_timesteps, n_channels, 3)


def test_layers_have_the_filters_and_kernels_asked_for():
    network = CNN(30, 4, 3, filters=(5, 6), kernel_sizes=(9, 2))
    convolutions = [layer for layer in network.cnn if isinstance(layer, torch.nn.Conv1d)]
    assert [tuple(layer.weight.shape) for layer in convolutions] == [(5, 4, 9), (6, 5, 2)]


def test_scores_by_hand():
    network = CNN(4, 1, 2, filters=(1,), kernel_sizes=(1,)).eval()
    with torch.no_grad():
        network.cnn[0].weight.fill_(2.0)
        network.head[1].weight.copy_(torch.tensor([[1.0, 0.0], [0.0, 1.0]]))  # the mean, the maximum
        network.head[1].bias.zero_()
    scores = network(torch.tensor([[[-1.0], [0.0], [1.0], [2.0]]]))
    # Doubled and rectified the window is 0, 0, 2, 4.
    torch.testing.assert_close(scores, torch.tensor([[1.5, 4.0]]), rtol=1e-4, atol=0)


def test_kernels_that_do_not_match_the_filters_are_refused():
    with pytest.raises(ValueError, match=r"filters=\(8, 8\) and kernel_sizes=\(3,\) differ in length"):
        CNN(30, 4, 3, filters=(8, 8), kernel_sizes=(3,))


@pytest.mark.parametrize("seed", [0, 1])
def test_every_weight_learns_and_windows_do_not_meet(seed):
    torch.manual_seed(seed)
    network = CNN(51, 6, 5)
    check_every_weight_learns(network, 51, 6, 5)
    check_windows_do_not_meet(network, 51, 6)
