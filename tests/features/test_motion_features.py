import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from statsmodels.regression.linear_model import burg as burg_of_statsmodels

from sklearn_har.features import MotionFeatures
from sklearn_har.features._motion import (
    angles,
    autocorrelations,
    band_powers,
    burg,
    correlations,
    correlations_between,
    deviations,
    evenness,
    jerk,
    of_sorted,
    signal_magnitude_area,
    spectral_features,
    spectrum,
    spreads,
    time_features,
)
from sklearn_har.features._motion_sensors import find_sensors, gravity_of
from sklearn_har.preprocessing import GravitySeparator
from sklearn_har.windowing import Windows, sliding_windows
from tests.conftest import recordings

ACC = ("acc_x", "acc_y", "acc_z")
GYRO = ("gyro_x", "gyro_y", "gyro_z")


def noise(n_windows=6, n_timesteps=64, n_channels=6, seed=0):
    return np.random.default_rng(seed).normal(size=(n_windows, n_timesteps, n_channels))


def table_of(values, names=None, rate=50.0, **parameters):
    windows = Windows(values, channel_names=names, sampling_rate=rate)
    return MotionFeatures(**parameters).set_output(transform="pandas").fit_transform(windows)


def test_numbers_of_values_by_hand():
    found = time_features(np.array([1.0, 2.0, 3.0, 4.0, 10.0]))
    # quartiles 2 and 4, median 3, distances from it 2 1 0 1 7
    np.testing.assert_allclose(found[:7], [4.0, np.sqrt(10.0), 1.0, 10.0, 1.0, 26.0, 2.0])
    shares = np.array([1, 4, 9, 16, 100]) / 130
    np.testing.assert_allclose(found[7], stats.entropy(shares) / np.log(5))


def test_quartiles_are_those_of_numpy():
    for n in range(1, 12):
        values = noise(3, n, 2).transpose(0, 2, 1)
        mad, iqr = spreads(values)
        np.testing.assert_allclose(mad, stats.median_abs_deviation(values, axis=-1), atol=1e-15)
        np.testing.assert_allclose(iqr, stats.iqr(values, axis=-1), atol=1e-15)
        np.testing.assert_allclose(of_sorted(np.sort(values), 0.1), np.quantile(values, 0.1, axis=-1))


def test_energy_in_one_sample_or_in_all_alike():
    np.testing.assert_allclose(evenness(np.array([[0.0, 4.0, 0.0], [2.0, 2.0, 2.0], [0.0] * 3])), [0, 1, 0])


def test_autoregression_by_hand():
    # one step: 2 (1*2 + 2*3) / ((4 + 9) + (1 + 4)) of 1, 2, 3
    np.testing.assert_allclose(burg(np.array([1.0, 2.0, 3.0]), 1, 0.0), [16 / 18])
    # noise of size 1 adds two times 1 for each of the two pairs
    np.testing.assert_allclose(burg(np.array([1.0, 2.0, 3.0]), 1, 1.0), [16 / 22])


def test_autoregression_is_that_of_statsmodels():
    values = noise(2, 50, 3).cumsum(axis=1).transpose(0, 2, 1)
    expected = [[burg_of_statsmodels(x, order=4, demean=True)[0] for x in window] for window in values]
    np.testing.assert_allclose(burg(deviations(values), 4, 0.0), expected, rtol=1e-9)


def test_autoregression_ends_where_all_is_predicted():
    wave = np.array([1.0, -1.0] * 20)
    np.testing.assert_array_equal(burg(wave, 4, 0.0), [-1.0, 0.0, 0.0, 0.0])


def test_autoregression_of_a_smooth_signal_does_not_depend_on_its_rounding():
    time = np.arange(128) / 50
    gravity = 9.81 + 0.05 * np.sin(2 * np.pi * 0.1 * time) + 0.01 * time**2
    exact, rounded = (time_features(values)[..., -4:] for values in (gravity, gravity.astype(np.float32)))
    np.testing.assert_allclose(rounded, exact, atol=1e-3)


def test_spectrum_of_two_tones_by_hand():
    time = np.arange(100) / 50
    signal = 7 + 3 * np.sin(2 * np.pi * 2 * time) + np.cos(2 * np.pi * 20 * time)
    amplitude, power = spectrum(signal)
    expected = np.zeros(50)
    expected[[3, 39]] = 3.0, 1.0
    np.testing.assert_allclose(amplitude, expected, atol=1e-12)
    np.testing.assert_allclose(power, expected**2 / 2, atol=1e-12)
    found = spectral_features(signal, 50.0, 5)
    shares = np.array([0.9, 0.1])
    np.testing.assert_allclose(
        found[[0, 2, 3, 4, 5, 6, 7]],
        [4 / 50, 0, 3, 0, 10 / 50, 0, stats.entropy(shares) / np.log(50)],
        atol=1e-12,
    )
    np.testing.assert_allclose(found[[1, 8]], [expected.std(), stats.skew(expected)])
    np.testing.assert_allclose(found[9], stats.kurtosis(expected, fisher=False))
    np.testing.assert_allclose(found[[10, 11]], [2.0, (3 * 2 + 20) / 4])
    np.testing.assert_allclose(found[12:], [4.5, 0, 0, 0.5, 0], atol=1e-12)  # 20 Hz ends the fourth band


@pytest.mark.parametrize("n_timesteps", [1, 2, 3, 7, 8, 127, 128])
@pytest.mark.parametrize("n_bands", [1, 3, 8])
def test_bands_add_up_to_the_variance(n_timesteps, n_bands):
    signal = noise(1, n_timesteps, 1)[0, :, 0]
    bands = band_powers(spectrum(signal)[1], n_timesteps, n_bands)
    assert bands.shape == (n_bands,)
    np.testing.assert_allclose(bands.sum(), signal.var(), atol=1e-15)


def test_bands_of_128_timesteps_are_those_of_the_authors():
    power = np.arange(1.0, 65.0)  # of bins 1 to 64
    np.testing.assert_allclose(band_powers(power, 128, 8), power.reshape(8, 8).sum(axis=1))


def test_between_axes_by_hand():
    triad = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [3.0, -1.0, 1.0]])
    expected = np.corrcoef(triad)[[0, 0, 1], [1, 2, 2]]
    np.testing.assert_allclose(correlations(triad), expected)
    np.testing.assert_allclose(signal_magnitude_area(triad), (6 + 7 + 10) / 3)
    np.testing.assert_array_equal(correlations(np.array([[1.0, 2.0], [0.1, 0.1], [3.0, 3.0]])), [0, 0, 0])


def test_between_sensors_is_what_pearson_says():
    one, other = noise(1, 30, 8)[0].T.reshape(2, 4, 30)
    np.testing.assert_allclose(correlations_between(one, other), np.corrcoef(one, other)[:4, 4:])
    assert correlations_between(one, np.ones((2, 30))).tolist() == [[0.0, 0.0]] * 4


def test_autocorrelation_by_hand():
    ramp = np.arange(16.0)  # its lags are 1 to 8
    moving = ramp - 7.5
    expected = [(moving[lag:] * moving[:-lag]).sum() / (moving**2).sum() for lag in range(1, 9)]
    np.testing.assert_allclose(autocorrelations(ramp), expected)
    wave = np.sin(2 * np.pi * np.arange(64) / 16)  # a lag of 8 is half of the period
    found = autocorrelations(wave)
    np.testing.assert_allclose(found[[1, 3]], [-56 / 64, 48 / 64])
    np.testing.assert_allclose(autocorrelations(np.array([1.0, 3.0])), [-0.5] * 8)  # all lags are 1
    assert autocorrelations(np.array([2.0])).tolist() == [0.0] * 8


def test_jerk_by_hand():
    np.testing.assert_array_equal(jerk(np.array([1.0, 3.0, 0.0]), 50.0), [100.0, -150.0])
    np.testing.assert_array_equal(jerk(np.array([1.0]), 50.0), [0.0])


def test_angles_by_hand():
    x, y = np.array([1.0, 0, 0]), np.array([0, 2.0, 0])
    found = [angles(x, y), angles(x, 5 * x), angles(x, -x), angles(x, x + 0.5 * y), angles(x, 0 * x)]
    np.testing.assert_allclose(found, np.radians([90, 0, 180, 45, 90]))


@pytest.mark.parametrize("value", [0.0, 0.1, 1e6 / 3, -1e-9 / 3])
@pytest.mark.parametrize("n_timesteps", [1, 2, 3, 100])
def test_a_constant_does_not_change(value, n_timesteps):
    table = table_of(np.full((1, n_timesteps, 6), value), ACC + GYRO)
    assert np.isfinite(table).all(axis=None)
    changes = "std|mad|iqr|ar_|correlation|spectral|frequency|band_power"
    np.testing.assert_allclose(table.filter(regex=f"__({changes})"), 0, atol=1e-15 * abs(value))
    np.testing.assert_allclose(table.filter(like="jerk").filter(regex="mean|max|min|sma|energy"), 0)
    np.testing.assert_array_equal(table.filter(regex="(_|body_acc_)(ar_|correlation|spectral_entropy)"), 0)


def test_gravity_is_taken_from_an_accelerometer():
    values = noise() + np.array([0.0, 6.0, 8.0, 0.0, 0.0, 0.0])
    table = table_of(values, ACC + GYRO)
    gravity = values[..., :3].mean(axis=1)
    body = values[..., :3] - gravity[:, np.newaxis]
    np.testing.assert_allclose(table[[f"gravity_{name}__mean" for name in ACC]], gravity)
    size = np.linalg.norm(gravity, axis=1)
    np.testing.assert_allclose(table["gravity_acc_magnitude__mean"], size)
    np.testing.assert_allclose(table["gravity_acc_y__tilt"], np.arccos(gravity[:, 1] / size))
    np.testing.assert_allclose(table["body_acc_x__energy"], (body[..., 0] ** 2).mean(axis=1))
    lengths = np.linalg.norm(body, axis=2)
    np.testing.assert_allclose(table["body_acc_magnitude__mean"], lengths.mean(axis=1))
    np.testing.assert_allclose(table["body_acc__sma"], np.abs(body).sum(axis=2).mean(axis=1))
    assert not {"body_acc_x__mean", "acc_x__mean", "body_acc__angle_to_gravity"} & set(table.columns)
    jerks = np.diff(values[..., :3], axis=1) * 50
    np.testing.assert_allclose(table["body_acc_jerk_z__max"], jerks[..., 2].max(axis=1))
    jerk_lengths = np.linalg.norm(jerks, axis=2)
    np.testing.assert_allclose(table["body_acc_jerk_magnitude__std"], jerk_lengths.std(axis=1))
    np.testing.assert_allclose(
        table["body_acc_jerk__angle_to_gravity"], angles(jerks.mean(axis=1), gravity), rtol=1e-6
    )
    np.testing.assert_allclose(table["gyro__angle_to_gravity"], angles(values[..., 3:].mean(axis=1), gravity))
    np.testing.assert_allclose(table["gyro_y__mean"], values[..., 4].mean(axis=1))


def test_sensors_of_one_place_are_compared():
    names = [f"{place}_{name}" for place in ("wrist", "hip") for name in ACC + GYRO]
    values = noise(3, 64, 12)
    table = table_of(values, names)
    of_hip = [np.corrcoef(window[:, 8], np.linalg.norm(window[:, 9:], axis=1))[0, 1] for window in values]
    np.testing.assert_allclose(table["hip_body_acc_z__correlation_hip_gyro_magnitude"], of_hip)
    assert not [name for name in table if "hip" in name and "wrist" in name]


def test_gravity_that_was_separated_before_is_used():
    X = recordings(400) + 9.81
    windows, _ = sliding_windows(GravitySeparator().fit_transform(X), np.zeros(400), window_length=2.0)
    table = MotionFeatures().set_output(transform="pandas").fit_transform(windows)
    values = np.asarray(windows)
    place = windows.channel_names.index
    gravity = values[..., [place(f"gravity_{name}") for name in ACC]]
    body = values[..., [place(f"body_{name}") for name in ACC]]
    np.testing.assert_allclose(table["gravity_acc_x__std"], gravity[..., 0].std(axis=1))
    np.testing.assert_allclose(table["body_acc_x__mean"], body[..., 0].mean(axis=1))
    np.testing.assert_allclose(
        table["body_acc__angle_to_gravity"], angles(body.mean(axis=1), gravity.mean(axis=1))
    )
    assert "gravity_acc_jerk_x__std" not in table
    assert "gravity_acc_z__tilt" in table


def test_places_have_gravity_of_their_own():
    names = [f"{place}_{name}" for place in ("wrist", "hip") for name in ACC + GYRO]
    sensors = find_sensors(names, 12, None)
    assert [sensor.name for sensor in sensors] == [
        "wrist_body_acc",
        "wrist_gyro",
        "hip_body_acc",
        "hip_gyro",
    ]
    assert [gravity_of(sensor, sensors).gravity for sensor in sensors[1::2]] == [
        "wrist_gravity_acc",
        "hip_gravity_acc",
    ]
    ankle = find_sensors(["ankle_gyro_x", "ankle_gyro_y", "ankle_gyro_z", *names], 15, None)
    assert gravity_of(ankle[0], ankle) is None
    assert gravity_of(ankle[0], ankle[:2]).gravity == "wrist_gravity_acc"


def test_the_windows_that_the_authors_publish_have_names_of_their_own():
    names = [f"{sensor}_{axis}" for sensor in ("body_acc", "body_gyro", "total_acc") for axis in "xyz"]
    table = table_of(noise(2, 128, 9), names)
    assert {
        "body_acc__angle_to_gravity",
        "body_gyro_jerk__angle_to_gravity",
        "total_gravity_acc_x__tilt",
    } <= set(table.columns)


def test_a_whole_beside_its_parts_is_taken_as_it_is():
    names = [f"{sensor}_{axis}" for sensor in ("acc", "body_acc", "gravity_acc") for axis in "xyz"]
    assert [sensor.name for sensor in find_sensors(names, 9, None)] == ["acc", "body_acc", "gravity_acc"]
    assert {"acc_x__mean", "body_acc_x__mean", "gravity_acc_x__tilt"} <= set(table_of(noise(2, 9, 9), names))


def test_channels_of_no_triad_are_described_alone():
    names = [*GYRO, "heart_rate", "gyro_magnitude"]
    table = table_of(noise(2, 20, 5), names)
    assert "heart_rate_jerk__peak_frequency" in table
    assert not [name for name in table if name.startswith("heart_rate") and "magnitude" in name]
    assert MotionFeatures().fit(Windows(noise(2, 20, 5), channel_names=names)).sensors_ == {
        "gyro": [0, 1, 2],
        "heart_rate": [3],
    }


def test_unnamed_channels_are_triads_three_after_three():
    features = MotionFeatures().fit(noise(2, 20, 7))
    assert features.sensors_ == {"sensor_0": [0, 1, 2], "sensor_1": [3, 4, 5], "channel_6": [6]}


def test_triads_can_be_named():
    triads = {"acc": [2, 1, 0], "gyro": [3, 4, 5]}
    values = noise()
    by_names = table_of(values[..., [2, 1, 0, 3, 4, 5]], ACC + GYRO)
    pd.testing.assert_frame_equal(table_of(values, triads=triads), by_names)
    names = ["ax", "ay", "az", "gx", "gy", "gz"]
    by_channel = {"acc": ["az", "ay", "ax"], "gyro": ["gx", "gy", "gz"]}
    pd.testing.assert_frame_equal(table_of(values, names, triads=by_channel), by_names)


@pytest.mark.parametrize(
    ("triads", "message"),
    [
        ({}, "triads is empty"),
        ({"acc": [0, 1]}, r"triads\['acc'\] has 2 channels, \[0, 1\]; a triad has three"),
        ({"acc": [0, 1, 9]}, r"triads\['acc'\] has the channel 9"),
        ({"a": [0, 1, 2], "channel_3": [3, 4, 5], "channel_3_jerk": [0, 1, 2]}, "would be called"),
    ],
)
def test_refuses_triads(triads, message):
    with pytest.raises(ValueError, match=message):
        MotionFeatures(triads=triads).fit(noise())


@pytest.mark.parametrize(
    ("triads", "message"),
    [
        ({0: [0, 1, 2]}, "names of sensors in triads must be text; got 0"),
        ({"acc": 3}, r"triads\['acc'\] must be a list of three channels; got 3"),
    ],
)
def test_refuses_triads_of_other_kinds(triads, message):
    with pytest.raises(TypeError, match=message):
        MotionFeatures(triads=triads).fit(noise())


def test_units_follow_the_sampling_rate():
    slow, fast = (table_of(noise(), ACC + GYRO, rate=rate) for rate in (25.0, 100.0))
    ratio = (fast / slow).mean()
    np.testing.assert_allclose(
        ratio[["body_acc_jerk_x__std", "gyro_x__mean_frequency", "gyro_x__std"]], [4, 4, 1]
    )
    unknown = table_of(noise(), ACC + GYRO, rate=None)
    np.testing.assert_allclose((slow / unknown)["gyro_y__peak_frequency"], 25)


def test_what_turns_with_the_device_and_what_does_not():
    values = noise()
    turned = values[..., [1, 2, 0, 4, 5, 3]]
    one, other = table_of(values, ACC + GYRO), table_of(turned, ACC + GYRO)
    stays = one.filter(regex="magnitude__|angle|sma").filter(regex="^(?!.*correlation)").columns
    stays = [*stays, "body_acc_magnitude__correlation_gyro_magnitude"]
    np.testing.assert_allclose(one[stays], other[stays])
    np.testing.assert_allclose(one["gyro_y__entropy"], other["gyro_x__entropy"])
    np.testing.assert_allclose(one["gyro__correlation_yz"], other["gyro__correlation_xy"])
    np.testing.assert_allclose(one["body_acc_z__correlation_gyro_y"], other["body_acc_y__correlation_gyro_x"])


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 20).flatmap(
        lambda n: arrays(
            np.float64,
            (2, n, 4),
            elements=st.floats(-1e9, 1e9, allow_subnormal=False) | st.integers(-2, 2).map(float),
        )
    )
)
def test_every_feature_of_any_window_is_finite_and_its_own(values):
    features = MotionFeatures(triads={"acc": [0, 1, 2]}).fit(values)
    table = features.transform(values)
    assert np.isfinite(table).all()
    np.testing.assert_allclose(features.transform(values[1:])[0], table[1], rtol=1e-12, atol=1e-12)


def test_blocks_of_windows_come_together():
    windows = Windows(noise(700, 128), channel_names=ACC + GYRO, sampling_rate=50.0)
    features = MotionFeatures().fit(windows)
    whole = features.transform(windows)
    parts = [features.transform(windows[start : start + 100]) for start in range(0, 700, 100)]
    np.testing.assert_allclose(whole, np.concatenate(parts), rtol=1e-12, atol=1e-12)


def test_what_ends_as_it_began_changes_in_no_direction():
    windows = np.random.default_rng(0).normal((0.0, 0.0, 9.81), size=(3, 50, 3))
    windows[:, -1] = windows[:, 0]
    features = MotionFeatures(triads={"acc": [0, 1, 2]}).set_output(transform="pandas")
    table = features.fit_transform(windows)
    np.testing.assert_array_equal(table["body_acc_jerk__angle_to_gravity"], np.pi / 2)
