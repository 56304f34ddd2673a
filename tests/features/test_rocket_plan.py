import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_har.features._rocket_plan import (
    TAPS,
    draw_convolutions,
    draw_groups,
    draw_series,
    names_of_biases,
    names_of_groups,
    quantile_levels,
    quantiles_of_rows,
    spread_dilations,
)


def random(seed=0):
    return np.random.RandomState(seed)


def test_kernels_are_the_84_with_three_weights_of_two():
    assert TAPS.shape == (84, 3)
    np.testing.assert_array_equal(TAPS[[0, 1, 83]], [[0, 1, 2], [0, 1, 3], [6, 7, 8]])


def test_dilations_grow_exponentially_and_small_ones_have_more_biases():
    dilations, n_biases = spread_dilations(4, 8 * 8 + 1)
    np.testing.assert_array_equal(dilations, [1, 2, 4, 8])
    np.testing.assert_array_equal(n_biases, [1, 1, 1, 1])
    dilations, n_biases = spread_dilations(10, 2 * 8 + 1)  # 2 ** (i / 9): nine times 1 and something
    np.testing.assert_array_equal(dilations, [1, 2])
    np.testing.assert_array_equal(n_biases, [9, 1])


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 300), st.integers(9, 3000))
def test_dilations_fit_into_the_window_and_share_out_all_biases(n_biases, n_timesteps):
    dilations, of_each = spread_dilations(n_biases, n_timesteps)
    assert of_each.sum() == n_biases
    assert of_each.min() > 0
    assert len(dilations) <= 32
    assert dilations[0] == 1
    assert (np.diff(dilations) > 0).all()
    assert 8 * dilations[-1] < n_timesteps


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 100))
def test_series_are_different_and_in_order(n_series, most, seed):
    drawn = draw_series(50, n_series, most, random(seed))
    assert drawn.shape == (50, min(most, n_series))
    for of_one in drawn:
        chosen = of_one[of_one >= 0]
        assert len(chosen) >= 1
        assert (np.diff(chosen) > 0).all()
        assert chosen[-1] < n_series
        assert (of_one[len(chosen) :] == -1).all()


def test_one_series_is_likelier_than_two():
    drawn = draw_series(20_000, 12, 2, random())
    np.testing.assert_allclose((drawn[:, 1] == -1).mean(), 1 / np.log2(3), atol=0.01)
    alone = drawn[drawn[:, 1] == -1, 0]
    np.testing.assert_allclose(np.bincount(alone, minlength=12) / len(alone), 1 / 12, atol=0.01)


def test_convolutions_that_share_work_stand_together():
    plan = draw_convolutions(1000, 128, 12, 2, random())
    keys = np.column_stack([plan.dilations, plan.series, plan.kernels]).tolist()
    assert keys == sorted(keys)
    for dilation in np.unique(plan.dilations):
        assert sorted(plan.kernels[plan.dilations == dilation]) == list(range(84))
    place = np.searchsorted(np.unique(plan.dilations), plan.dilations)
    np.testing.assert_array_equal(plan.padded, (place + plan.kernels) % 2 == 0)
    assert plan.firsts[-1] == 1000 // 84 * 84


def test_no_kernels_and_no_groups():
    assert draw_convolutions(0, 128, 12, 2, random()).firsts.tolist() == [0]
    assert draw_groups(0, 128, 12, 2, random()).weights.shape == (0, 8, 9)


def test_weights_of_groups():
    dilations, series, weights = draw_groups(3, 128, 12, 2, random())
    np.testing.assert_array_equal(dilations, np.repeat([1, 2, 4, 8], 3))
    assert series.shape == (12, 2)
    np.testing.assert_allclose(weights.sum(axis=2), 0, atol=1e-6)
    np.testing.assert_allclose(np.abs(weights).sum(axis=2), 1, rtol=1e-6)


def test_quantiles_are_those_of_numpy():
    values = np.random.default_rng(0).normal(size=(5, 20)).astype(np.float32)
    rows, levels = np.repeat(np.arange(5), 40), quantile_levels(200)
    expected = [
        np.quantile(values[row].astype(float), level) for row, level in zip(rows, levels, strict=True)
    ]
    np.testing.assert_allclose(quantiles_of_rows(values, rows, levels), expected, rtol=1e-6, atol=1e-7)
    np.testing.assert_array_equal(quantiles_of_rows(values[:, :1], rows, levels), values[rows, 0])


@pytest.mark.parametrize("n_levels", [10, 100, 1000])
def test_levels_are_spread_evenly(n_levels):
    levels = np.sort(quantile_levels(n_levels))
    assert levels[0] > 0
    assert levels[-1] < 1
    assert np.abs(levels - (np.arange(n_levels) + 0.5) / n_levels).max() < 2 / n_levels


def test_names_say_dilation_kernel_and_bias():
    plan = draw_convolutions(168, 65, 1, 1, random())
    names = names_of_biases(plan, ("ppv", "mpv"))
    assert len(names) == len(set(names)) == 2 * 168
    assert names[:2] == ["ppv_d1_k0_b0", "ppv_d1_k1_b0"]
    assert names[-1] == "mpv_d8_k83_b0"
    assert [name.replace("mpv", "ppv") for name in names[168:]] == names[:168]


def test_groups_are_numbered_at_every_dilation():
    names = names_of_groups(np.array([1, 1, 2, 2]))
    assert len(names) == len(set(names)) == 64
    assert names[0] == "hydra_d1_g0_k0_max"
    assert names[15] == "hydra_d1_g0_k7_min"
    assert names[16] == "hydra_d1_g1_k0_max"
    assert names[-1] == "hydra_d2_g1_k7_min"
