"""What every network must hold."""

import torch

SHAPES = [(1, 1), (2, 3), (7, 2), (128, 6), (51, 6)]  # timesteps and channels


def check_scores(network, n_timesteps, n_channels, n_classes):
    """Scores of the right shape, finite, in training and after it, also of a window alone."""
    windows = torch.randn(3, n_timesteps, n_channels)
    for scores in [network.train()(windows), network.eval()(windows)]:
        assert scores.shape == (3, n_classes)
        assert torch.isfinite(scores).all()
    assert network(windows[:1]).shape == (1, n_classes)


def check_every_weight_learns(network, n_timesteps, n_channels, n_classes):
    scores = network.train()(torch.randn(16, n_timesteps, n_channels))
    torch.nn.functional.cross_entropy(scores, torch.arange(16) % n_classes).backward()
    idle = [
        name for name, values in network.named_parameters() if values.grad is None or not values.grad.any()
    ]
    assert not idle


def check_windows_do_not_meet(network, n_timesteps, n_channels):
    """One window among many has the scores that it has alone."""
    network.eval()
    windows = torch.randn(9, n_timesteps, n_channels)
    alone = torch.cat([network(window) for window in windows.split(1)])
    torch.testing.assert_close(network(windows), alone, rtol=1e-5, atol=1e-5)
