import numpy as np
import pytest
import torch
from scipy import stats

from sklearn_har.networks import RandomRotation

TWO_SENSORS = [[(0, 1, 2), (3, 4, 5)]]


def turned(devices, n_channels, degrees=20.0, n_windows=50, seed=0):
    """Windows before and after a rotation."""
    torch.manual_seed(seed)
    windows = torch.randn(n_windows, 8, n_channels, dtype=torch.float64)
    kept = windows.clone()
    after = RandomRotation(devices, degrees=degrees)(windows)
    assert torch.equal(windows, kept)
    return windows, after


def test_lengths_and_angles_between_sensors_of_a_device_stay():
    before, after = turned(TWO_SENSORS, 6)
    for one, other in [(slice(0, 3), slice(0, 3)), (slice(0, 3), slice(3, 6))]:
        products = [(values[..., one] * values[..., other]).sum(dim=2) for values in (before, after)]
        torch.testing.assert_close(*products)
    assert (before - after).abs().amax(dim=(1, 2)).min() > 1e-3


def turns(before, after, triad):
    """Rotation matrix of every window, by least squares over its timesteps."""
    return torch.linalg.lstsq(before[..., triad], after[..., triad]).solution


def test_every_window_and_every_device_has_a_rotation_of_its_own():
    before, after = turned([[(0, 1, 2), (3, 4, 5)], [(6, 7, 8)]], 9)
    first, second, third = (turns(before, after, list(range(i, i + 3))) for i in (0, 3, 6))
    torch.testing.assert_close(first, second)
    assert (first - third).abs().amax(dim=(1, 2)).min() > 1e-4
    assert (first[1:] - first[:-1]).abs().amax(dim=(1, 2)).min() > 1e-4
    torch.testing.assert_close(torch.linalg.det(first), torch.ones(50, dtype=torch.float64))


def test_angles_are_normal_with_the_spread_asked_for_and_axes_even():
    before, after = turned(TWO_SENSORS, 6, degrees=8.0, n_windows=4000)
    matrices = turns(before, after, [0, 1, 2])
    angles = ((matrices.diagonal(dim1=1, dim2=2).sum(dim=1) - 1) / 2).clamp(-1, 1).arccos().rad2deg()
    # A rotation by -a about an axis is one by a about the opposite axis, so the size alone shows.
    assert stats.kstest(angles.numpy(), stats.halfnorm(scale=8.0).cdf).pvalue > 1e-3
    axes = torch.stack([matrices[:, i, j] - matrices[:, j, i] for i, j in [(1, 2), (2, 0), (0, 1)]])
    heights = (axes / axes.norm(dim=0)).numpy()
    for height in heights:  # on a sphere every coordinate is spread evenly
        assert stats.kstest(height, stats.uniform(-1, 2).cdf).pvalue > 1e-3


def test_channels_of_no_triad_stay():
    before, after = turned([[(4, 0, 2)]], 5)
    assert torch.equal(before[..., [1, 3]], after[..., [1, 3]])
    assert not torch.isclose(before[..., [4, 0, 2]], after[..., [4, 0, 2]]).all()


@pytest.mark.parametrize("settings", [{"degrees": 0.0}, {"devices": []}, {"training": False}], ids=str)
def test_windows_pass_untouched(settings):
    layer = RandomRotation(settings.get("devices", TWO_SENSORS), degrees=settings.get("degrees", 8.0))
    windows = torch.randn(3, 4, 6)
    state = torch.get_rng_state()
    assert layer.train(settings.get("training", True))(windows) is windows
    assert torch.equal(torch.get_rng_state(), state)


def test_mixed_precision_does_not_round_the_readings():
    """Eight bits would leave 9.81 m/s² known to 0.04 m/s² only, more than sitting differs from standing."""
    windows = torch.zeros(64, 16, 3)
    windows[..., 2] = 9.81
    with torch.autocast("cpu", torch.bfloat16):
        after = RandomRotation([[(0, 1, 2)]], degrees=8.0)(windows)
    assert after.dtype == torch.float32
    np.testing.assert_allclose(after.norm(dim=2), 9.81, rtol=1e-5)
