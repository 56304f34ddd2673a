"""What each augmentation does to a batch of windows."""

import copy
import pickle

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.base import clone

from sklearn_har._core._augmenting import augment, prepare_augmentation
from sklearn_har.sampling import (
    ChannelDropout,
    Crop,
    Jitter,
    MagnitudeWarp,
    MixUp,
    Rotate,
    Scale,
    TimeShift,
    TimeWarp,
)
from sklearn_har.sampling._rotate import even_angles, random_rotations
from sklearn_har.sampling._smooth_curves import read_between, smooth_factors, spline_basis
from sklearn_har.sampling._time_warp import times

NAMES = [f"{sensor}_{axis}" for sensor in ("acc", "gyro") for axis in "xyz"]
EVERY = [
    Jitter(),
    Scale(),
    Rotate(40),
    Rotate(40, axis=[0, 1, 1]),
    TimeWarp(),
    MagnitudeWarp(),
    TimeShift(),
    Crop(),
    ChannelDropout(0.5),
    MixUp(),
]


def batch(n_windows=20, n_timesteps=16, n_channels=6, dtype=torch.float64, seed=0):
    return torch.as_tensor(
        np.random.default_rng(seed).normal(size=(n_windows, n_timesteps, n_channels)), dtype=dtype
    )


def changed(augmentation, values, names=NAMES, means=None, scales=None, seed=0):
    """A batch, changed."""
    n_channels = values.shape[2]
    means = np.zeros(n_channels) if means is None else means
    scales = np.ones(n_channels) if scales is None else scales
    names = names[:n_channels] if names else None
    steps = prepare_augmentation(augmentation, names, means, scales)
    return augment(steps, values, torch.Generator().manual_seed(seed))[0]


each = pytest.mark.parametrize("augmentation", EVERY, ids=str)


@each
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_shape_dtype_and_input_stay(augmentation, dtype):
    values = batch(dtype=dtype)
    kept = values.clone()
    after = changed(augmentation, values)
    assert (after.shape, after.dtype) == (values.shape, dtype)
    assert torch.equal(values, kept)
    assert not torch.equal(after, values)
    assert after.isfinite().all()


@each
def test_windows_on_another_device(augmentation):
    """The device "meta" has no values, but refuses to be mixed with the generator's as a GPU does."""
    every = clone(augmentation).set_params(probability=1.0)  # without values none can be picked
    after = changed(every, batch(dtype=torch.float32).to("meta"))
    assert (after.device.type, after.shape, after.dtype) == ("meta", (20, 16, 6), torch.float32)


@each
def test_the_generator_alone_decides(augmentation):
    values = batch()
    before, numpy_before = torch.get_rng_state(), np.random.get_state()[1].copy()
    one, again, other = (changed(augmentation, values, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)
    assert torch.equal(torch.get_rng_state(), before)
    np.testing.assert_array_equal(np.random.get_state()[1], numpy_before)


@each
def test_windows_that_are_not_drawn_stay_to_the_bit(augmentation):
    values = batch(400)
    some = clone(augmentation).set_params(probability=0.3)
    same = (changed(some, values) == values).all(dim=2).all(dim=1)
    expected = 0.76 if isinstance(augmentation, TimeShift) else 0.7  # of its shifts every fifth is by 0
    assert same.double().mean() == pytest.approx(expected, abs=0.08)
    none = clone(augmentation).set_params(probability=0.0)
    assert torch.equal(changed(none, values), values)


@each
@pytest.mark.parametrize("n_timesteps", [1, 2, 3])
def test_shortest_windows(augmentation, n_timesteps):
    after = changed(augmentation, batch(n_timesteps=n_timesteps))
    assert after.shape == (20, n_timesteps, 6)
    assert after.isfinite().all()


@each
def test_copies_do_the_same(augmentation):
    values = batch()
    expected = changed(augmentation, values)
    channels = NAMES, np.zeros(6), np.ones(6)
    for same in (clone(augmentation), copy.deepcopy(augmentation), pickle.loads(pickle.dumps(augmentation))):
        assert repr(same) == repr(augmentation)
        assert torch.equal(changed(same, values), expected)
    ready = pickle.loads(pickle.dumps(augmentation.for_channels(*channels)))
    assert torch.equal(augment([ready], values, torch.Generator().manual_seed(0))[0], expected)


@each
def test_the_constructor_only_stores(augmentation):
    given_values = {name: object() for name in augmentation.get_params()}
    made = type(augmentation)(**given_values)
    assert vars(made) == given_values
    before = dict(vars(augmentation))
    changed(augmentation, batch())
    assert vars(augmentation) == before


@pytest.mark.parametrize(
    ("augmentation", "says"),
    [
        (Jitter(-0.1), "'sigma' parameter of Jitter"),
        (Scale(probability=1.1), "'probability' parameter of Scale"),
        (Rotate(181), "'max_angle' parameter of Rotate"),
        (TimeShift(0.6), "'max_shift' parameter of TimeShift"),
        (Crop(0), "'min_share' parameter of Crop"),
        (MagnitudeWarp(n_knots=1.5), "'n_knots' parameter of MagnitudeWarp"),
        (MixUp(0), "'alpha' parameter of MixUp"),
        (Rotate(axis=[0, 0, 0]), r"axis must be three numbers.*got \[0, 0, 0\]"),
        (Rotate(axis=[1, 0]), r"axis must be three numbers.*got \[1, 0\]"),
        (Scale(triads=[[0, 1]]), "a triad has three"),
        (Rotate(triads=[[0, 1, 2], [2, 3, 4]]), "has a channel in two sensors"),
        (Rotate(triads=[]), "triads is empty"),
        (Rotate(triads=[["acc_x", "acc_y", "acc_w"]]), "'acc_w'"),
    ],
    ids=str,
)
def test_parameters_that_cannot_be(augmentation, says):
    with pytest.raises(ValueError, match=says):
        changed(augmentation, batch())


# Jitter


def test_noise_is_in_standard_deviations_of_each_channel():
    values = batch(2000, 16, 3)
    noise = changed(Jitter(0.1), values, scales=[1.0, 10.0, 0.0]) - values
    spread = noise.flatten(0, 1).std(dim=0)
    np.testing.assert_allclose(spread, [0.1, 1.0, 0.0], rtol=0.02)
    assert stats.kstest(noise[..., 0].flatten()[:5000].numpy(), stats.norm(scale=0.1).cdf).pvalue > 1e-3
    assert abs(np.corrcoef(noise[..., 0].flatten(), noise[..., 1].flatten())[0, 1]) < 0.02


# Scale and MagnitudeWarp


@pytest.mark.parametrize("augmentation", [Scale(0.5), MagnitudeWarp(0.5)], ids=str)
def test_a_window_at_rest_stays_at_rest(augmentation):
    values = torch.zeros(10, 16, 6) + torch.tensor([0.0, 0.0, 9.81, 0.0, 0.0, 0.0])
    torch.testing.assert_close(changed(augmentation, values), values)


def test_each_sensor_has_one_factor_about_the_mean():
    values = batch(4000) + 9.81
    after = changed(Scale(0.2), values)
    torch.testing.assert_close(after.mean(dim=1), values.mean(dim=1))
    mean = values.mean(dim=1, keepdim=True)
    factors = ((after - mean) / (values - mean)).median(dim=1).values
    torch.testing.assert_close(factors[:, :3], factors[:, :1].expand(-1, 3))
    torch.testing.assert_close(factors[:, 3:], factors[:, 3:4].expand(-1, 3))
    for factor in (factors[:, 0], factors[:, 3]):
        assert stats.kstest(factor.log().numpy(), stats.norm(scale=0.2).cdf).pvalue > 1e-3
    assert abs(np.corrcoef(factors[:, 0].log(), factors[:, 3].log())[0, 1]) < 0.05


def test_parts_of_a_sensor_have_one_factor_and_unknown_channels_their_own():
    names = ["acc_x", "body_acc_x", "acc_magnitude", "gyro_x", "heart_rate"]
    for given_names, given_triads, together in [
        (names, None, [[0, 1, 2], [3], [4]]),
        (None, None, [[0], [1], [2], [3], [4]]),
        (None, [[4, 0, 2]], [[0, 2, 4], [1], [3]]),
        (names, {"acc": ["gyro_x", "acc_x", "heart_rate"]}, [[0, 3, 4], [1], [2]]),
    ]:
        values = batch(n_channels=5)
        after = changed(Scale(0.5, triads=given_triads), values, names=given_names)
        mean = values.mean(dim=1, keepdim=True)
        factors = ((after - mean) / (values - mean)).median(dim=1).values
        found = [[j for j in range(5) if torch.allclose(factors[:, i], factors[:, j])] for i in range(5)]
        assert sorted(map(list, {tuple(group) for group in found})) == sorted(together)


def test_curves_go_through_their_knots():
    basis = spline_basis(41, 6)
    np.testing.assert_allclose(basis[::8], np.eye(6), atol=1e-12)
    np.testing.assert_allclose(basis.sum(dim=1), 1)
    like = torch.empty(0, dtype=torch.float64)
    curves = smooth_factors((3000, 41, 1), 4, 0.2, like, torch.Generator().manual_seed(0))
    assert (curves > 0).all()
    for knot in range(0, 41, 8):
        assert stats.kstest(curves[:, knot, 0].log().numpy(), stats.norm(scale=0.2).cdf).pvalue > 1e-3


def test_the_factor_of_a_warp_is_a_spline_for_a_sensor_as_a_whole():
    values = torch.cat([torch.ones(5, 32, 6), -torch.ones(5, 32, 6)], dim=1).double()
    factors = changed(MagnitudeWarp(0.3, n_knots=2), values) / values
    torch.testing.assert_close(factors[..., 0], factors[..., 2])
    assert not torch.isclose(factors[..., 0], factors[..., 3]).all(dim=1).any()
    heights = torch.linalg.lstsq(spline_basis(64, 4), factors[..., 0].log().T).solution
    torch.testing.assert_close(spline_basis(64, 4) @ heights, factors[..., 0].log().T)
    assert heights.std(dim=0).min() > 0.05


# TimeWarp, TimeShift, Crop


def test_readings_between_timesteps_are_those_of_numpy():
    values, rng = batch(8, 16, 2), np.random.default_rng(1)
    positions = rng.uniform(0, 15, size=(8, 16))
    positions[0, :2] = 0.0, 15.0
    found = read_between(values, torch.as_tensor(positions))
    expected = [
        [np.interp(positions[i], np.arange(16), values[i, :, channel]) for channel in range(2)]
        for i in range(8)
    ]
    np.testing.assert_allclose(found, np.transpose(expected, (0, 2, 1)), atol=1e-12)
    assert torch.equal(found[0, :2], values[0, [0, 15]])


@given(st.lists(st.floats(1e-3, 1e3), min_size=2, max_size=40))
def test_time_never_runs_backwards(speeds):
    found = times(torch.tensor([speeds], dtype=torch.float64))[0]
    assert found[0] == 0
    assert found[-1] == len(speeds) - 1
    assert (found[1:] > found[:-1]).all()


@pytest.mark.parametrize("sigma", [0.0, 0.2, 2.0])
def test_warped_time_begins_and_ends_as_it_did_for_all_channels_together(sigma):
    clock = torch.arange(64, dtype=torch.float64)[None, :, None].expand(50, 64, 6)
    after = changed(TimeWarp(sigma), clock)
    assert (after[:, 0] == 0).all()
    assert (after[:, -1] == 63).all()
    assert (after[:, 1:] > after[:, :-1]).all()
    assert (after == after[..., :1]).all()
    apart = (after - clock).abs().amax(dim=(1, 2))
    assert apart.max() < 1e-9 if sigma == 0 else apart.min() > 0.1


def test_shifts_are_whole_even_and_mirrored():
    clock = torch.arange(20.0)[None, :, None].expand(4000, 20, 2)
    after = changed(TimeShift(0.1), clock)[..., 0]
    shifts = after[:, 10] - 10
    assert stats.chisquare(torch.bincount((shifts + 2).long(), minlength=5).numpy()).pvalue > 1e-3
    assert after[shifts == 2][0].tolist() == [*range(2, 20), 18, 17]
    assert after[shifts == -2][0].tolist() == [2, 1, *range(18)]


def test_a_crop_is_a_part_of_even_share_and_place():
    clock = torch.arange(101, dtype=torch.float64)[None, :, None].expand(4000, 101, 1)
    after = changed(Crop(0.5), clock)[..., 0]
    shares = (after[:, -1] - after[:, 0]) / 100
    assert stats.kstest(shares.numpy(), stats.uniform(0.5, 0.5).cdf).pvalue > 1e-3
    assert stats.kstest((after[:, 0] / 100 / (1 - shares)).numpy(), stats.uniform().cdf).pvalue > 1e-3
    torch.testing.assert_close(after[:, 50], (after[:, 0] + after[:, -1]) / 2)
    assert after.min() >= 0
    assert after.max() <= 100


# ChannelDropout


def test_one_whole_sensor_falls_silent_at_its_mean():
    names = [*NAMES, "acc_magnitude", "heart_rate"]
    means = np.arange(8.0) + 100
    values = batch(3000, 4, 8)
    after = changed(ChannelDropout(0.6), values, names=names, means=means)
    silent = (after == torch.as_tensor(means)).all(dim=1)
    kept = (after == values).all(dim=1)
    assert (silent ^ kept).all()
    acc, gyro, heart = silent[:, 0], silent[:, 3], silent[:, 7]
    assert (silent[:, [0, 1, 2, 6]] == acc[:, None]).all()
    assert (silent[:, [3, 4, 5]] == gyro[:, None]).all()
    shares = torch.stack([acc, gyro, heart]).double()
    assert shares.sum(dim=0).max() == 1
    np.testing.assert_allclose(shares.mean(dim=1), 0.2, atol=0.03)


def test_the_only_sensor_is_not_silenced():
    with pytest.raises(ValueError, match="nothing would be left"):
        changed(ChannelDropout(), batch(n_channels=3))


# Rotate


def turns(before, after, triad):
    """Matrix that each window was turned by, by least squares over its timesteps."""
    return torch.linalg.lstsq(before[..., triad], after[..., triad]).solution.transpose(1, 2)


@given(
    st.floats(0, 180), st.one_of(st.none(), st.tuples(*[st.floats(0.1, 1)] * 3)), st.integers(0, 2**32 - 1)
)
def test_matrices_are_rotations_by_at_most_the_angle(max_angle, axis, seed):
    values = batch(12, 8)
    after = changed(Rotate(max_angle, axis=axis), values, seed=seed)
    matrices = turns(values, after, [0, 1, 2])
    eye = torch.eye(3, dtype=torch.float64).expand(12, 3, 3)
    torch.testing.assert_close(matrices @ matrices.transpose(1, 2), eye, atol=1e-8, rtol=0)
    torch.testing.assert_close(torch.linalg.det(matrices), eye[:, 0, 0], atol=1e-8, rtol=0)
    torch.testing.assert_close(turns(values, after, [3, 4, 5]), matrices, atol=1e-8, rtol=0)
    cosines = (matrices.diagonal(dim1=1, dim2=2).sum(dim=1) - 1) / 2
    assert cosines.min() >= np.cos(np.deg2rad(max_angle)) - 1e-8
    if axis is not None:
        axes = torch.tensor(axis, dtype=torch.float64).expand(12, 3)
        torch.testing.assert_close((matrices @ axes[..., None]).squeeze(2), axes, atol=1e-8, rtol=0)


def test_gravity_turns_with_the_device_and_keeps_its_magnitude():
    names = [f"{sensor}_{axis}" for sensor in ("acc", "gyro", "body_acc", "gravity_acc") for axis in "xyz"]
    values = batch(50, 16, 12, dtype=torch.float32)
    values[..., 9:] = torch.tensor([0.0, 9.0, 3.9])
    values[..., 6:9] = values[..., :3] - values[..., 9:]
    after = changed(Rotate(90), values, names=names)
    torch.testing.assert_close(after[..., 9:].norm(dim=2), values[..., 9:].norm(dim=2))
    torch.testing.assert_close(after[..., 6:9] + after[..., 9:], after[..., :3], atol=1e-4, rtol=0)
    for one in (0, 3, 6):  # the angles between gravity and what the sensors read
        products = [(v[..., 9:] * v[..., one : one + 3]).sum(dim=2) for v in (values, after)]
        torch.testing.assert_close(*products, atol=1e-3, rtol=1e-4)
    assert (after[..., 9:] - values[..., 9:]).norm(dim=2).amin() > 0.1


def test_rotations_of_single_precision_are_rotations():
    matrices = random_rotations(1000, torch.pi, None, torch.Generator().manual_seed(0))
    assert matrices.dtype == torch.float64
    single = matrices.float().double()
    eye = torch.eye(3, dtype=torch.float64).expand(1000, 3, 3)
    torch.testing.assert_close(single @ single.transpose(1, 2), eye, atol=3e-7, rtol=0)
    torch.testing.assert_close(torch.linalg.det(single), torch.ones(1000).double(), atol=3e-7, rtol=0)


def test_devices_turn_each_by_themselves_and_other_channels_stay():
    names = ["wrist_acc_x", "wrist_acc_y", "wrist_acc_z", "heart_rate"]
    names += ["hip_gyro_z", "hip_gyro_x", "hip_gyro_y", "hip_acc_x", "hip_acc_y", "hip_acc_z"]
    values = batch(30, 8, 10)
    after = changed(Rotate(90), values, names=names)
    wrist, gyro, acc = (turns(values, after, triad) for triad in ([0, 1, 2], [5, 6, 4], [7, 8, 9]))
    torch.testing.assert_close(gyro, acc)
    assert (wrist - acc).abs().amax(dim=(1, 2)).min() > 1e-2
    assert torch.equal(after[..., 3], values[..., 3])


def test_triads_for_channels_without_names():
    values = batch(30, 8, 7)
    after = changed(Rotate(90, triads=[[4, 5, 6], [0, 2, 1]]), values, names=None)
    torch.testing.assert_close(turns(values, after, [4, 5, 6]), turns(values, after, [0, 2, 1]))
    assert torch.equal(after[..., 3], values[..., 3])
    places = {"wrist_acc": [0, 1, 2], "wrist_gyro": [3, 4, 5]}
    after = changed(Rotate(90, triads=places), values, names=None)
    torch.testing.assert_close(turns(values, after, [0, 1, 2]), turns(values, after, [3, 4, 5]))
    after = changed(Rotate(90, triads={"wrist_acc": [0, 1, 2], "hip_acc": [3, 4, 5]}), values, names=None)
    apart = turns(values, after, [0, 1, 2]) - turns(values, after, [3, 4, 5])
    assert apart.abs().amax(dim=(1, 2)).min() > 1e-2


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (None, r"channels have no names.*triads=\[\[0, 1, 2\], \[3, 4, 5\]\]"),
        (["acc_x", "acc_y", "acc_z", "gyro_x", "gyro_y", "pressure"], r"\['gyro_x', 'gyro_y'\] lack another"),
        (["a", "b", "c", "d", "e", "f"], r"none of .* is an axis.*triads="),
    ],
)
def test_channels_without_a_role_cannot_be_turned(names, says):
    with pytest.raises(ValueError, match=says):
        changed(Rotate(), batch(), names=names)


@pytest.mark.parametrize("max_angle", [30, 120, 180])
def test_rotations_are_even_within_the_angle(max_angle):
    """Evenly over all rotations, angles have the density 1 - cos; a large angle is more frequent."""
    n, largest = 5000, np.deg2rad(max_angle)
    matrices = random_rotations(n, largest, None, torch.Generator().manual_seed(0))
    angles = ((matrices.diagonal(dim1=1, dim2=2).sum(dim=1) - 1) / 2).clamp(-1, 1).arccos()
    volume = largest - np.sin(largest)
    assert stats.kstest(angles.numpy(), lambda a: (a - np.sin(a)) / volume).pvalue > 1e-3
    if max_angle == 180:  # a turned vector then points anywhere, evenly
        for height in (matrices @ torch.tensor([0.0, 0.6, 0.8]).double()).T:
            assert stats.kstest(height.numpy(), stats.uniform(-1, 2).cdf).pvalue > 1e-3


@given(st.floats(1e-6, 1), st.floats(1e-3, np.pi))
def test_even_angles_invert_the_volume(share, largest):
    angle = float(even_angles(torch.tensor([share], dtype=torch.float64), largest))
    assert 0 <= angle <= largest
    error = 1e-12 if largest > 0.1 else 1e-7  # of a - sin a itself where a is small
    assert (angle - np.sin(angle)) / (largest - np.sin(largest)) == pytest.approx(share, abs=error)


# MixUp


def test_windows_are_blended_by_shares_of_a_beta_distribution():
    values = batch(3000, 2, 1)
    ready = MixUp(0.4).for_channels(None, [0.0], [1.0])
    blended, partners, shares = ready(values, torch.Generator().manual_seed(0))
    expected = shares[:, None, None] * values + (1 - shares[:, None, None]) * values[partners]
    torch.testing.assert_close(blended, expected)
    assert sorted(partners.tolist()) == list(range(3000))
    assert stats.kstest(shares.numpy(), stats.beta(0.4, 0.4).cdf).pvalue > 1e-3


def test_several_are_applied_in_turn_and_mix_once():
    values = batch()
    both = changed([Jitter(), lambda b, generator: 2 * b], values)
    torch.testing.assert_close(both, 2 * changed(Jitter(), values))
    steps = prepare_augmentation([Jitter(), MixUp(), Scale()], NAMES, np.zeros(6), np.ones(6))
    assert augment(steps, values, torch.Generator().manual_seed(0))[1] is not None
    with pytest.raises(ValueError, match="mixes labels twice"):
        changed([MixUp(), Jitter(), MixUp()], values)


def test_what_is_no_augmentation():
    with pytest.raises(TypeError, match="augmentation holds 'Jitter'"):
        changed(["Jitter"], batch())
    with pytest.raises(TypeError, match=r"the class Jitter; make one of it: Jitter\(\)"):
        changed(Jitter, batch())
    with pytest.raises(ValueError, match="position of each window's partner"):
        changed([lambda b, generator: (b, b)], batch())
