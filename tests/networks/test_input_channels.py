import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_har.networks import InputChannels
from sklearn_har.networks._input_channels import channel_scales


def learned(windows, **options):
    layer = InputChannels(windows.shape[2], **options)
    layer.learn(windows.mean(axis=1), windows.var(axis=1))
    return layer


def test_scales_by_hand():
    # Two windows of one channel: [0, 2] (mean 1, sd 1) and [4, 8] (mean 6, sd 2).
    mean, scale, rest = channel_scales(np.array([[1.0], [6.0]]), np.array([[1.0], [4.0]]))
    assert mean == 3.5
    assert scale == pytest.approx(np.std([0, 2, 4, 8]))
    assert rest == 1.0  # the lower quartile of 1 and 2


def test_channels_by_hand():
    layer = InputChannels(1)
    layer.mean.fill_(1.0)
    layer.scale.fill_(2.0)
    layer.rest.fill_(5.0)  # so that the floor of the spread, 0.2 rest, is 1
    outputs = layer(torch.tensor([[[0.0], [2.0]]]))[0].numpy()
    spread = np.sqrt(1 + 1)
    np.testing.assert_allclose(outputs[:, 0], [-0.5, 0.5])
    np.testing.assert_allclose(outputs[:, 1], [-1 / spread, 1 / spread], rtol=1e-6)
    np.testing.assert_allclose(outputs[:, 2], np.log(spread / 5) / 2, rtol=1e-6)


def test_without_instance_channels_windows_are_z_scored():
    windows = np.random.default_rng(0).normal(5, 3, size=(40, 16, 2))
    outputs = learned(windows, instance=False)(torch.as_tensor(windows, dtype=torch.float32)).numpy()
    np.testing.assert_allclose(outputs.mean(axis=(0, 1)), 0, atol=1e-6)
    np.testing.assert_allclose(outputs.std(axis=(0, 1)), 1, rtol=1e-5)


def test_scaled_recordings_look_the_same():
    windows = np.random.default_rng(0).normal(size=(40, 16, 2)) * np.linspace(0.1, 3, 40)[:, None, None]
    other_units = windows * [9.80665, 0.01] + [3.0, -1.0]
    outputs = learned(windows)(torch.as_tensor(windows, dtype=torch.float32))
    same = learned(other_units)(torch.as_tensor(other_units, dtype=torch.float32))
    torch.testing.assert_close(outputs, same, rtol=1e-3, atol=1e-4)


@settings(max_examples=50, deadline=None)
@given(
    n_timesteps=st.integers(1, 6),
    offset=st.sampled_from([0.0, 0.1, -9.81, 1e5]),
    size=st.sampled_from([0.0, 1e-9, 1e-3, 1.0, 1e5]),
    share_dead=st.sampled_from([0.0, 0.5, 1.0]),
)
def test_still_and_dead_channels_stay_finite(n_timesteps, offset, size, share_dead):
    windows = np.random.default_rng(0).normal(size=(20, n_timesteps, 1)) * size
    windows[: int(20 * share_dead)] = 0.0
    windows += offset
    outputs = learned(windows)(torch.as_tensor(windows, dtype=torch.float32))
    assert torch.isfinite(outputs).all()
    assert outputs.abs().max() < 100


def test_statistics_are_saved_with_the_module():
    layer = learned(np.random.default_rng(0).normal(size=(9, 5, 2)))
    assert set(layer.state_dict()) == {"mean", "scale", "rest"}
    assert not list(layer.parameters())
