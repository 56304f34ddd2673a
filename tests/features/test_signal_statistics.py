"""Each statistic against its formula in plain numpy and scipy, then what holds of the table."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from joblib import parallel_config
from scipy import signal, stats

from sklearn_har.features import SignalStatistics, _tables
from sklearn_har.features import _signal_statistics as module
from sklearn_har.features._series_statistics import FLOOR, LAGS, SERIES, bands_of
from sklearn_har.windowing import Windows

ACC = ("acc_x", "acc_y", "acc_z")
GYRO = ("gyro_x", "gyro_y", "gyro_z")
RATE = 50.0
LENGTHS = (3, 4, 5, 7, 16, 61, 128)


def noise(n_windows=4, n_timesteps=64, n_channels=6, seed=0):
    return np.random.default_rng(seed).normal(size=(n_windows, n_timesteps, n_channels))


def table_of(values, names=None, rate=RATE, **parameters):
    windows = Windows(values, channel_names=names, sampling_rate=rate)
    return SignalStatistics(**parameters).set_output(transform="pandas").fit_transform(windows)


def assert_equal_to(reference, names, n_timesteps=LENGTHS):
    """Assert that ``reference(x)`` gives what is said of walks, of noise, and of the changes of both."""
    for length in n_timesteps:
        values = noise(3, length, 2, seed=length)
        values[..., 0] = values[..., 0].cumsum(axis=1) + 3
        found = table_of(values)
        changes = np.diff(values, axis=1)[:, [0, *range(length - 1)]] * RATE
        for channel in range(2):
            for series, name in ((values, f"channel_{channel}"), (changes, f"channel_{channel}_jerk")):
                expected = [np.ravel(reference(x)) for x in series[..., channel]]
                columns = found[[f"{name}__{statistic}" for statistic in names]]
                np.testing.assert_allclose(
                    columns, expected, rtol=2e-6, atol=1e-6, err_msg=f"{length} {name}"
                )


def test_every_statistic_is_compared_in_this_file():
    compared = {
        "mean",
        "std",
        "rms",
        "log_variance",
        "skewness",
        "log_kurtosis",
        *QUANTILES,
        *THIRDS,
        *CHANGES,
    }
    compared |= {*LAGGED, *BANDS, *SHAPE_OF_SPECTRUM}
    assert compared == set(SERIES)


def test_moments():
    names = ["mean", "std", "rms", "log_variance", "skewness", "log_kurtosis"]
    assert_equal_to(
        lambda x: [
            x.mean(),
            x.std(),
            np.sqrt(np.mean(x**2)),
            np.log(x.var() + FLOOR),
            stats.skew(x),
            np.log(stats.kurtosis(x, fisher=False)),
        ],
        names,
    )


QUANTILES = ["min", "q05", "q10", "q25", "median", "q75", "q90", "q95", "max", "iqr", "mad"]


def test_quantiles():
    shares = [0, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1]
    assert_equal_to(
        lambda x: [*np.quantile(x, shares), stats.iqr(x), stats.median_abs_deviation(x)], QUANTILES
    )


THIRDS = [f"{part}_{what}" for what in ("mean", "log_variance") for part in ("first", "middle", "last")]


def test_thirds():
    def reference(x):
        third = len(x) // 3
        parts = [x[:third], x[third : 2 * third], x[2 * third :]]
        return [*(part.mean() for part in parts), *(np.log(part.var() + FLOOR) for part in parts)]

    assert_equal_to(reference, THIRDS, n_timesteps=(3, 6, 60, 126))
    ends = table_of(np.array([[[1.0], [2.0], [3.0], [4.0], [5.0]]])).filter(
        regex="^channel_0__.*(st|le)_mean$"
    )
    np.testing.assert_allclose(ends, [[1.0, 2.5, 4.5]])


CHANGES = [
    "slope",
    "mean_abs_change",
    "zero_crossings",
    "mean_crossings",
    "turning_points",
    "longest_above_mean",
]


def test_course():
    def reference(x):
        rises = np.diff(x) > 0
        above = "".join("1" if value else "0" for value in x > x.mean())
        rates = [np.abs(np.diff(x)).sum(), (np.diff(x > 0)).sum(), np.diff(x > x.mean()).sum()]
        rates.append(np.diff(rises).sum())
        slope = np.polyfit(np.arange(len(x)) / RATE, x, 1)[0]
        longest = max(map(len, above.split("0"))) / len(x)
        return [slope, *(np.array(rates) * RATE / (len(x) - 1)), longest]

    assert_equal_to(reference, CHANGES)


LAGGED = [f"autocorrelation_{lag}" for lag in LAGS]


def test_autocorrelation():
    def reference(x):
        moving = x - x.mean()
        whole = np.correlate(moving, moving, "full")[len(x) - 1 :] / (moving @ moving)
        return [whole[max(1, round(lag * len(x) / 100))] for lag in LAGS]

    assert_equal_to(reference, LAGGED)


BANDS = [f"log_power_{band}" for band in range(1, 9)]
SHAPE_OF_SPECTRUM = [
    "spectral_entropy",
    "spectral_centroid",
    "spectral_spread",
    "peak_frequency",
    "peak_share",
]


def powers(x):
    frequencies, power = signal.periodogram(x, RATE, scaling="spectrum", detrend="constant")
    return frequencies[1:], power[1:]


def test_power_of_bands():
    def reference(x):
        _, power = powers(x)
        place = np.arange(1, len(power) + 1)
        ends = len(power) ** (np.arange(1, 9) / 8) * (1 + 1e-12)
        band = np.searchsorted(ends, place)
        return np.log(np.bincount(band, power, minlength=8) + FLOOR)

    assert_equal_to(reference, BANDS, n_timesteps=LENGTHS[1:])


@pytest.mark.parametrize("n_timesteps", range(1, 40))
def test_bands_hold_every_frequency_once(n_timesteps):
    bands = bands_of(n_timesteps)
    assert (bands[0], bands[-1], len(bands)) == (1, n_timesteps // 2 + 1, 9)
    assert (np.diff(bands) >= 0).all()


def test_bands_of_128_timesteps_by_hand():
    # ends 64^(i / 8): 1.7, 2.8, 4.8, 8, 13.5, 22.6, 38.1, 64
    np.testing.assert_array_equal(bands_of(128), [1, 2, 3, 5, 9, 14, 23, 39, 65])


def test_shape_of_the_spectrum():
    def reference(x):
        frequencies, power = powers(x)
        share = power / power.sum()
        centroid = share @ frequencies
        return [
            stats.entropy(share) / np.log(len(share)),
            centroid,
            np.sqrt(share @ (frequencies - centroid) ** 2),
            frequencies[share.argmax()],
            share.max(),
        ]

    assert_equal_to(reference, SHAPE_OF_SPECTRUM, n_timesteps=LENGTHS[1:])


def test_two_tones_by_hand():
    time = np.arange(100) / RATE
    tones = 7 + 3 * np.sin(2 * np.pi * 2 * time) + np.cos(2 * np.pi * 20 * time)
    table = table_of(tones[np.newaxis, :, np.newaxis]).iloc[0]
    assert table["channel_0__peak_frequency"] == 2.0
    np.testing.assert_allclose(table["channel_0__peak_share"], 0.9, rtol=1e-6)
    np.testing.assert_allclose(table["channel_0__spectral_centroid"], 0.9 * 2 + 0.1 * 20, rtol=1e-6)
    np.testing.assert_allclose(table["channel_0__log_power_8"], np.log(0.5 + FLOOR), rtol=1e-6)


def test_correlations():
    values = noise(2, 50)
    found = table_of(values, ACC + GYRO)
    levels = [*np.moveaxis(values, 2, 0), *(np.linalg.norm(values[..., i : i + 3], axis=2) for i in (0, 3))]
    changes = [np.diff(x, axis=1)[:, [0, *range(49)]] for x in levels]
    names = [*ACC, *GYRO, "acc_magnitude", "gyro_magnitude"]
    names += [f"{name}_jerk" for name in names]
    for window in range(2):
        expected = np.corrcoef([x[window] for x in (*levels, *changes)])
        for one, other in combinations(range(16), 2):
            column = f"{names[one]}__correlation_{names[other]}"
            np.testing.assert_allclose(found[column].iloc[window], expected[one, other], atol=1e-6)


def test_principal_variances():
    values = np.concatenate(
        [noise(3, 40, 3), noise(3, 40, 3) * [1.0, 1.0, 1e-9], noise(3, 40, 3)[..., [0, 0, 1]]]
    )
    found = table_of(values, ACC).filter(like="acc__log_principal_variance_")
    of_covariance = [np.linalg.eigvalsh(np.cov(x.T, ddof=0))[::-1] for x in values]
    np.testing.assert_allclose(found, np.log(np.maximum(of_covariance, 0) + FLOOR), rtol=1e-5, atol=1e-6)
    turned = values @ np.linalg.qr(noise(1, 3, 3)[0])[0]
    turned_too = table_of(turned, ACC).filter(like="acc__log_principal_variance_")
    np.testing.assert_allclose(turned_too, found, rtol=1e-5, atol=1e-6)


def test_a_triad_without_a_name_has_a_word_in_its_place():
    names = set(table_of(noise(1, 9, 3), ["x", "y", "z"]))
    assert {"motion__log_principal_variance_1", "magnitude_jerk__std", "x__correlation_y"} <= names


def test_magnitudes_are_described_as_channels_are():
    values = noise() + 2
    found = table_of(values, ACC + GYRO)
    magnitude = np.linalg.norm(values[..., 3:], axis=2)[..., np.newaxis]
    alone = table_of(magnitude)
    for suffix in ("", "_jerk"):
        of_magnitude = found.filter(regex=f"^gyro_magnitude{suffix}__(?!correlation)")
        expected = alone.filter(regex=f"^channel_0{suffix}__(?!correlation)")
        np.testing.assert_allclose(of_magnitude, expected, rtol=1e-5, atol=1e-6)


def test_names_of_columns():
    features = SignalStatistics().fit(Windows(noise(), channel_names=ACC + GYRO, sampling_rate=RATE))
    names = features.get_feature_names_out()
    levels = (*ACC, *GYRO, "acc_magnitude", "gyro_magnitude")
    assert features.series_ == (*levels, *(f"{name}_jerk" for name in levels))
    assert len(names) == len(set(names)) == 958
    assert list(names[[0, len(SERIES), -1]]) == [
        "acc_x__mean",
        "acc_y__mean",
        "acc_magnitude_jerk__correlation_gyro_magnitude_jerk",
    ]


def test_unnamed_channels_are_triads_three_after_three():
    features = SignalStatistics().fit(noise(n_channels=4))
    assert features.triads_ == {"sensor_0": [0, 1, 2]}
    assert features.series_[:5] == ("channel_0", "channel_1", "channel_2", "channel_3", "sensor_0_magnitude")


def test_triads_can_be_named():
    values = noise()
    names = ["ax", "ay", "az", "gx", "gy", "gz"]
    by_names = table_of(values, ACC + GYRO)
    by_channel = table_of(values, names, triads={"acc": ["ax", "ay", "az"], "gyro": [3, 4, 5]})
    np.testing.assert_array_equal(by_channel, by_names)


def test_a_magnitude_that_is_there_is_made_again():
    values = noise(2, 20, 4)
    found = table_of(values, [*ACC, "acc_magnitude"])
    pd.testing.assert_frame_equal(found, table_of(values[..., :3], ACC))


@pytest.mark.parametrize(
    ("names", "parameters", "message"),
    [
        (None, {"triads": {}}, "triads is empty"),
        (None, {"triads": {"acc": [0, 1]}}, r"triads\['acc'\] has 2 channels"),
        (["a", "a_jerk"], {}, "would be called 'a_jerk'"),
    ],
)
def test_refuses_names(names, parameters, message):
    with pytest.raises(ValueError, match=message):
        table_of(noise(n_channels=2), names, **parameters)


def test_refuses_what_does_not_fit():
    values = noise()
    features = SignalStatistics().fit(values)
    with pytest.raises(
        ValueError, match=r"X has a value of size 1e\+16; the largest that is described is 1e\+15"
    ):
        features.transform(np.where(values == values.max(), -1e16, values))


@pytest.mark.parametrize("value", [0.0, 0.1, 1e6 / 3, -1e-9 / 3])
@pytest.mark.parametrize("n_timesteps", [1, 2, 3, 100])
def test_a_constant_does_not_change(value, n_timesteps):
    table = table_of(np.full((1, n_timesteps, 3), value), ACC)
    level = np.float32(value)
    of_values = "mean|median|min|max|q..|first_mean|middle_mean|last_mean"
    np.testing.assert_array_equal(table.filter(regex=f"^acc_x__({of_values})$"), np.full((1, 13), level))
    floored = table.filter(regex="__.*log_(variance|power|principal)")
    np.testing.assert_allclose(floored, np.log(FLOOR), rtol=1e-6)
    still = table.drop(columns=floored.columns).filter(regex=f"__(?!rms|{of_values})")
    np.testing.assert_array_equal(still, 0)
    np.testing.assert_allclose(table["acc_x__rms"], abs(value), rtol=1e-6)


def test_what_only_rounding_changes_does_not_change():
    values = np.full((1, 30, 1), 1e6 / 3)
    values[0, 4] = np.nextafter(values[0, 4], np.inf)
    table = table_of(values)
    assert (table[["channel_0__std", "channel_0__skewness", "channel_0__spectral_entropy"]] == 0).all(
        axis=None
    )


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 20).flatmap(
        lambda n: arrays(
            np.float64,
            (2, n, 4),
            elements=st.floats(-1e15, 1e15) | st.integers(-2, 2).map(float) | st.floats(-1e-30, 1e-30),
        )
    ),
    st.sampled_from([None, 0.01, 100.0]),
)
def test_every_statistic_of_any_window_is_finite_and_its_own(values, rate):
    features = SignalStatistics().fit(Windows(values, sampling_rate=rate))
    table = features.transform(Windows(values, sampling_rate=rate))
    assert table.dtype == np.float32
    assert np.isfinite(table).all()
    np.testing.assert_array_equal(features.transform(Windows(values[1:], sampling_rate=rate))[0], table[1])


def test_blocks_and_threads_change_nothing(monkeypatch):
    values = noise(300)
    features = SignalStatistics().fit(values)
    whole = features.transform(values)
    monkeypatch.setattr(_tables, "BLOCK_BYTES", 2**18)
    monkeypatch.setattr(module, "CACHE_BYTES", 2**17)
    for n_jobs in (None, 2):
        np.testing.assert_array_equal(features.set_params(n_jobs=n_jobs).transform(values), whole)
    with parallel_config("loky", n_jobs=2):
        np.testing.assert_array_equal(features.set_params(n_jobs=None).transform(values), whole)


def test_rounding_decides_no_count():
    """Sensors count in steps: changes are equal, or 0, but for rounding."""
    rng = np.random.default_rng(0)
    windows = 9.81 + 0.0137 * rng.integers(-2, 3, size=(20, 128, 2)).cumsum(axis=1)
    features = SignalStatistics().fit(windows)
    found, of_float32 = features.transform(windows), features.transform(windows.astype(np.float32))
    np.testing.assert_allclose(of_float32, found, rtol=1e-3, atol=1e-3)
