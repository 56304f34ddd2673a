import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_har.networks import InceptionTime
from sklearn_har.networks._inception_time import InceptionModule

SIZES = [(1, 1), (2, 3), (7, 2), (128, 6), (51, 6)]
PUBLISHED = {
    "filters": 32,
    "depth": 6,
    "kernel_sizes": (40, 20, 10),
    "bottleneck": 32,
    "stem_filters": 0,
    "dropout": 0.0,
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("architecture", [{}, {"depth": 7, "stem_filters": 0}])
def test_windows_of_every_size_learn_through_every_weight(size, seed, architecture):
    torch.manual_seed(seed)
    network = InceptionTime(*size, 4, **architecture)
    scores = network(torch.randn(16, *size))
    assert scores.shape == (16, 4)
    torch.nn.functional.cross_entropy(scores, torch.arange(16) % 4).backward()
    assert all(values.grad.abs().max() > 0 for values in network.parameters())


@settings(max_examples=30, deadline=None)
@given(
    n_timesteps=st.integers(1, 40),
    n_channels=st.integers(1, 5),
    n_classes=st.integers(2, 6),
    filters=st.integers(1, 5),
    depth=st.integers(1, 7),
    kernel_sizes=st.lists(st.integers(1, 24), min_size=1, max_size=4).map(tuple),
    bottleneck=st.sampled_from([0, 1, 6]),
    stem_filters=st.sampled_from([0, 1, 6]),
    stem_stride=st.integers(1, 9),
)
def test_a_window_scores_the_same_alone_and_among_others(n_timesteps, n_channels, n_classes, **architecture):
    network = InceptionTime(n_timesteps, n_channels, n_classes, **architecture).eval()
    windows = torch.randn(5, n_timesteps, n_channels)
    alone = torch.cat([network(window[None]) for window in windows])
    assert alone.shape == (5, n_classes)
    torch.testing.assert_close(network(windows), alone, rtol=1e-5, atol=1e-5)


def test_published_network_has_the_published_number_of_weights():
    # By hand: each module has 4 filters' widths of 32 = 128 features, its batch normalisation 256 values;
    # convolutions 32 x 32 x (40 + 20 + 10); the bottleneck and the convolution of the maximum 32 x inputs
    # each. The first shortcut maps 6 channels, the second 128 features.
    convolutions = 32 * 32 * 70
    modules = 6 * (convolutions + 256) + (6 + 5 * 128) * 64
    shortcuts = (6 + 128) * 128 + 2 * 256
    network = InceptionTime(128, 6, 5, **PUBLISHED)
    n_weights = sum(values.numel() for values in network.parameters())
    assert n_weights == modules + shortcuts + 128 * 5 + 5


def test_every_kernel_has_its_own_branch():
    module = InceptionModule(3, filters=1, kernel_sizes=(5, 3), bottleneck=0).eval()
    with torch.no_grad():
        for values in module.parameters():
            values.fill_(1.0)
        module.norm.bias.zero_()
    impulse = torch.zeros(1, 3, 11)
    impulse[:, 0, 5] = 1.0
    heard = module(impulse)[0].round(decimals=3)
    assert heard.tolist() == [
        [0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0],
        [0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0],
        [0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0],  # the maximum of three timesteps
    ]


def test_every_third_module_has_a_shortcut_around_it():
    network = InceptionTime(32, 2, 3, depth=6).eval()
    windows = torch.randn(4, 32, 2)
    with torch.no_grad():
        for module in network.inceptions:  # nothing comes through the modules
            module.norm.weight.zero_()
        stem = network.stem(windows.transpose(1, 2))
        expected = torch.relu(network.shortcuts[1](torch.relu(network.shortcuts[0](stem))))
        torch.testing.assert_close(network(windows), network.head(expected.mean(dim=2)))
    assert len(network.shortcuts) == 2


def test_stem_halves_the_rate():
    network = InceptionTime(32, 2, 3, stem_filters=5, stem_stride=2)
    assert network.stem(torch.randn(1, 2, 32)).shape == (1, 5, 16)
    assert len(InceptionTime(32, 2, 3, stem_filters=0).stem) == 0
