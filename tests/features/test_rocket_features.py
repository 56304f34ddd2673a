import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import RidgeClassifier

from sklearn_har.features import RocketFeatures, _rocket_features, _tables
from sklearn_har.windowing import Windows, sliding_windows
from tests.conftest import recordings

NEAR = 1e-4  # float32's rounding of sums of 18 standardised values, with room


def noise(n_windows=20, n_timesteps=50, n_channels=3, seed=0):
    values = np.random.default_rng(seed).normal(size=(n_windows, n_timesteps, n_channels))
    return (values * (1 + np.arange(n_channels)) ** 3 + 9.81).astype(np.float32)


def series_of(features, window):
    """Channels and differences of one window, made nine long and standardised, in float64."""
    window = np.asarray(window, np.float64)
    missing = max(0, 9 - len(window))
    padded = np.pad(window, [(missing // 2, missing - missing // 2), (0, 0)], mode="edge")
    both = np.concatenate([padded, np.diff(padded, axis=0, prepend=padded[:1])], axis=1)
    return ((both[:, : len(features.mean_)] - features.mean_) / features.scale_).T


def plain_convolution(series, chosen, weights, dilation):
    """By numpy.convolve, with as many values as there are timesteps."""
    spread = np.zeros(8 * dilation + 1)
    spread[::dilation] = weights
    total = series[[i for i in chosen if i >= 0]].sum(axis=0)
    return np.convolve(np.pad(total, 4 * dilation), spread[::-1], mode="valid")


def convolutions(features, window):
    """Of every kernel: its values less the bias, where they are pooled."""
    series = series_of(features, window)
    for dilation, taps, chosen, padded, bias in zip(
        features.dilations_,
        features.taps_,
        features.series_,
        features.padded_,
        features.biases_,
        strict=True,
    ):
        weights = np.full(9, -1.0)
        weights[taps] = 2.0
        values = plain_convolution(series, chosen, weights, dilation)
        reach = 0 if padded else 4 * dilation
        yield values[reach : len(values) - reach] - bias


def longest_stretch(is_positive):
    return max(map(len, "".join("01"[i] for i in is_positive.astype(int)).split("0")))


def four_poolings(values):
    positive = np.flatnonzero(values > 0)
    n = len(values)
    if len(positive) == 0:
        return 0.0, 0.0, -1 / n, 0.0
    return len(positive) / n, values[positive].mean(), positive.mean() / n, longest_stretch(values > 0) / n


def hydra_of_group(series, chosen, weights, dilation):
    values = np.array([plain_convolution(series, chosen, one, dilation) for one in weights])
    n = values.shape[1]
    highest, lowest = values.argmax(axis=0), values.argmin(axis=0)
    won = [values[k, highest == k].sum() for k in range(len(weights))]
    lost = [(lowest == k).sum() for k in range(len(weights))]
    return np.sqrt(np.maximum([*won, *lost], 0) / n)


SHAPES = [(128, 6), (400, 1), (600, 1), (50, 3), (16, 1), (9, 2), (8, 2), (5, 3), (2, 1), (1, 2)]


@pytest.mark.parametrize(("n_timesteps", "n_channels"), SHAPES)
@pytest.mark.parametrize("differences", [True, False])
def test_shares_are_those_of_plain_convolutions(n_timesteps, n_channels, differences):
    windows = noise(10, n_timesteps, n_channels)
    features = RocketFeatures(500, channels_per_kernel=3, differences=differences, random_state=0)
    table = features.fit(windows[:8]).transform(windows[8:])
    assert table.dtype == np.float32
    for row, window in zip(table, windows[8:], strict=True):
        for found, values in zip(row, convolutions(features, window), strict=True):
            # a value that equals the bias but for rounding may be counted or not
            n_tied = (np.abs(values) < NEAR).sum()
            assert abs(found * len(values) - (values > 0).sum()) <= n_tied + 1e-4


def test_few_values_are_tied():
    windows = noise(40, 128, 6)
    features = RocketFeatures(2000, random_state=0).fit(windows[:30])
    tied = [(np.abs(values) < NEAR).mean() for values in convolutions(features, windows[35])]
    assert np.mean(tied) < 1e-4


@pytest.mark.parametrize(("n_timesteps", "n_channels"), SHAPES)
def test_four_poolings_are_those_of_plain_convolutions(n_timesteps, n_channels):
    windows = noise(10, n_timesteps, n_channels)
    features = RocketFeatures(300, pooling="all", random_state=0).fit(windows[:8])
    found = features.transform(windows[8:]).reshape(2, 4, -1).transpose(0, 2, 1)
    n_compared = 0
    for row, window in zip(found, windows[8:], strict=True):
        for of_kernel, values in zip(row, convolutions(features, window), strict=True):
            if (np.abs(values) > NEAR).all():
                np.testing.assert_allclose(of_kernel, four_poolings(values), rtol=1e-4, atol=1e-5)
                n_compared += 1
    assert n_compared > 400 or n_timesteps == 1  # a constant equals its bias, which comes from one


def test_a_shares_column_does_not_depend_on_the_pooling():
    windows = noise()
    one = RocketFeatures(300, random_state=0).fit(windows)
    four = RocketFeatures(300, random_state=0, pooling="all").fit(windows)
    np.testing.assert_array_equal(one.transform(windows), four.transform(windows)[:, : 300 // 84 * 84])
    assert four.get_feature_names_out()[: 300 // 84 * 84].tolist() == one.get_feature_names_out().tolist()


# a single timestep, repeated, is constant: then all kernels are equal but for rounding
@pytest.mark.parametrize(("n_timesteps", "n_channels"), SHAPES[:-1])
def test_hydra_is_that_of_plain_convolutions(n_timesteps, n_channels):
    windows = noise(10, n_timesteps, n_channels)
    features = RocketFeatures(0, hydra_groups=3, random_state=0).fit(windows[:8])
    for row, window in zip(features.transform(windows[8:]), windows[8:], strict=True):
        series = series_of(features, window)
        expected = [
            hydra_of_group(series, chosen, weights.astype(float), dilation)
            for dilation, chosen, weights in zip(
                features.hydra_dilations_, features.hydra_series_, features.hydra_weights_, strict=True
            )
        ]
        # the root of a sum near 0 magnifies rounding
        np.testing.assert_allclose(row, np.concatenate(expected), rtol=1e-4, atol=2e-3)


def test_equal_kernels_count_for_the_first():
    still = np.ones((3, 20, 1))
    features = RocketFeatures(0, hydra_groups=1, differences=False, random_state=0).fit(still)
    of_kernels = features.transform(still)[0].reshape(-1, 2, 8)
    assert (of_kernels[:, 0] == 0).all()  # the highest is 0
    assert (of_kernels[:, 1] == [1, 0, 0, 0, 0, 0, 0, 0]).all()


def test_kernels_and_groups_stand_side_by_side():
    windows = noise()
    both = RocketFeatures(84, hydra_groups=2, random_state=0).fit(windows)
    table = both.transform(windows)
    assert table.shape[1] == len(both.get_feature_names_out()) == 84 + 2 * 3 * 16
    alone = RocketFeatures(84, random_state=0).fit(windows)
    np.testing.assert_array_equal(table[:, :84], alone.transform(windows))
    both.set_params(n_kernels=0, pooling="all")  # after fit, parameters no longer count
    np.testing.assert_array_equal(both.transform(windows), table)


def test_biases_are_quantiles_of_a_training_window():
    windows = noise(1, 60, 2)
    features = RocketFeatures(84 * 5, random_state=0).fit(windows)
    padded = features.padded_.copy()
    features.padded_ = np.ones_like(padded)
    levels = np.arange(1, 84 * 5 + 1) * (1 + np.sqrt(5)) / 2 % 1
    for values, bias, level in zip(convolutions(features, windows[0]), features.biases_, levels, strict=True):
        np.testing.assert_allclose(np.quantile(values, level), 0, atol=1e-5 * max(1, abs(bias)))


def test_a_constant_channel_has_the_scale_one():
    windows = noise(n_channels=2)
    windows[:, :, 1] = 0.1
    features = RocketFeatures(500, random_state=0).fit(windows)
    np.testing.assert_array_equal(features.scale_[[1, 3]], 1.0)
    assert np.isfinite(features.transform(windows)).all()
    only_constant = np.full((4, 30, 2), 7.0)
    assert (RocketFeatures(500, random_state=0).fit_transform(only_constant) == 0).all()


def test_scales_are_those_of_channels_and_differences():
    windows = noise(30, 40, 2).astype(np.float64)
    features = RocketFeatures(84).fit(windows)
    changes = np.diff(windows, axis=1, prepend=windows[:, :1])
    both = np.concatenate([windows, changes], axis=2)
    np.testing.assert_allclose(features.mean_, both.mean(axis=(0, 1)), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(features.scale_, both.std(axis=(0, 1)), rtol=1e-9)


def test_a_far_offset_changes_nothing():
    windows = np.round(noise().astype(np.float64) * 8) / 8  # float32 holds these a million away too
    near = RocketFeatures(500, random_state=0).fit_transform(windows)
    far = RocketFeatures(500, random_state=0).fit_transform(windows + 2**20)
    np.testing.assert_array_equal(far, near)


def test_values_beyond_all_measure_give_finite_features():
    windows = noise(n_channels=1)
    features = RocketFeatures(84, pooling="all", hydra_groups=2, random_state=0).fit(windows)
    for value in (1e30, -3e38):
        windows[0, 20:25] = value
        assert np.isfinite(features.transform(windows)).all()


@pytest.mark.parametrize("value", [1e160, 1e308])
def test_values_too_large_to_learn_from_are_refused(value):
    windows = noise().astype(np.float64)
    windows[3, 4, 1] = value
    with pytest.raises(ValueError, match="The variance of channel 1 is not finite"):
        RocketFeatures(84).fit(windows)


@pytest.mark.parametrize("n_timesteps", [9, 300, 512, 513])
@pytest.mark.parametrize("pooling", ["ppv", "all"])
def test_windows_beside_it_change_nothing_of_a_row(n_timesteps, pooling):
    windows = noise(50, n_timesteps)
    windows[3] = 0.0  # where convolutions are above a bias everywhere or nowhere
    features = RocketFeatures(500, pooling=pooling, random_state=0).fit(windows)
    expected = np.concatenate([features.transform(windows[[i]]) for i in range(len(windows))])
    assert (expected[3, :-1:4] == 1.0).any() or pooling != "ppv"
    for n_windows in (2, 15, 16, 17, 50):
        np.testing.assert_array_equal(features.transform(windows[:n_windows]), expected[:n_windows])


@pytest.mark.parametrize("n_jobs", [1, 2, 3])
def test_blocks_and_threads_change_nothing(n_jobs, monkeypatch):
    windows = noise(50)
    whole = RocketFeatures(500, hydra_groups=2, random_state=0, n_jobs=n_jobs).fit(windows)
    table = whole.transform(windows)
    for module in (_tables, _rocket_features):
        monkeypatch.setattr(module, "BLOCK_BYTES", 20_000)
    parts = RocketFeatures(500, hydra_groups=2, random_state=0, n_jobs=n_jobs).fit(windows)
    np.testing.assert_array_equal(parts.biases_, whole.biases_)
    np.testing.assert_array_equal(parts.transform(windows), table)
    np.testing.assert_array_equal(parts.transform(windows[7:8]), table[7:8])


def test_windows_over_rows_are_read_like_arrays():
    X = recordings(200, 150)
    windows, _ = sliding_windows(X, np.zeros(len(X)), window_length=0.64)
    of_plan = RocketFeatures(500, random_state=0).fit(windows)
    of_array = RocketFeatures(500, random_state=0).fit(np.asarray(windows))
    np.testing.assert_array_equal(of_plan.transform(windows), of_array.transform(np.asarray(windows)))
    assert of_plan.channel_names_in_ == tuple(X.columns)


def test_two_axes_are_windows_of_one_channel():
    windows = noise(n_channels=1)
    flat = RocketFeatures(500, random_state=0).fit_transform(windows[:, :, 0])
    np.testing.assert_array_equal(RocketFeatures(500, random_state=0).fit_transform(windows), flat)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 40), st.integers(1, 5), st.integers(1, 6), st.integers(0, 1000))
def test_features_lie_within_their_limits(n_timesteps, n_channels, channels_per_kernel, seed):
    windows = noise(4, n_timesteps, n_channels, seed)
    features = RocketFeatures(
        168, channels_per_kernel=channels_per_kernel, pooling="all", hydra_groups=1, random_state=seed
    )
    table = features.fit_transform(windows)
    shares, distances, positions, stretches = table[:, : 4 * 168].reshape(4, 4, 168).transpose(1, 0, 2)
    assert np.isfinite(table).all()
    assert ((shares >= 0) & (shares <= 1)).all()
    assert (distances >= 0).all()
    assert ((positions < 1) & ((positions >= 0) == (shares > 0))).all()
    assert (stretches <= shares).all()
    assert ((stretches > 0) == (shares > 0)).all()
    assert (table[:, 4 * 168 :] >= 0).all()


def test_seeds_draw_different_kernels():
    windows = noise()
    one, other = (RocketFeatures(500, random_state=seed).fit(windows) for seed in (0, 1))
    assert (one.series_ != other.series_).any()
    assert (one.biases_ != other.biases_).any()


def test_names_and_frames():
    features = RocketFeatures(84, hydra_groups=1, random_state=0).set_output(transform="pandas")
    frame = features.fit_transform(noise())
    assert frame.columns.is_unique
    assert frame.columns[0].startswith("ppv_d1_k")
    assert frame.columns[-1] == "hydra_d4_g0_k7_min"


@pytest.mark.parametrize("n_kernels", [0, 1, 83])
def test_too_few_kernels_are_refused(n_kernels):
    with pytest.raises(ValueError, match=f"n_kernels must be at least 84.*got {n_kernels}"):
        RocketFeatures(n_kernels).fit(noise())


def test_too_few_kernels_are_refused_beside_groups_too():
    with pytest.raises(ValueError, match="n_kernels must be at least 84"):
        RocketFeatures(20, hydra_groups=4).fit(noise())


def test_activities_are_told_apart():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1, 2], 30)
    time = np.arange(60) / 20
    wave = np.sin(2 * np.pi * np.array([0.5, 1.0, 2.0])[y][:, None] * time + rng.uniform(0, 6, (90, 1)))
    windows = Windows((wave + 0.3 * rng.normal(size=wave.shape))[:, :, np.newaxis])
    features = RocketFeatures(1000, random_state=0)
    table = features.fit_transform(windows)
    order = rng.permutation(90)
    train, test = order[:60], order[60:]
    assert RidgeClassifier().fit(table[train], y[train]).score(table[test], y[test]) == 1.0


def test_float64_and_float32_are_counted_alike():
    """Sensors count in steps: many convolutions equal a bias, and rounding says which are above."""
    windows = np.round(noise().astype(np.float64) / 0.0137) * 0.0137
    features = RocketFeatures(500, random_state=0).fit(windows)
    np.testing.assert_array_equal(features.transform(windows.astype(np.float32)), features.transform(windows))
