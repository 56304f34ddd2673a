"""The arithmetic of the table: ramps, scales, and what does not vary."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sklearn_har.classifiers._rocket_table import (
    heights_on_ramps,
    ramps_between_quantiles,
    rescale,
    scales_of_blocks,
)


def test_ramps_lie_between_quantiles():
    statistics = np.array([[9.0, 0.0], [9.0, 2.0], [9.0, 4.0], [9.0, 10.0], [9.0, 30.0]], np.float32)
    ramps = ramps_between_quantiles(statistics, np.array([1]), 2)
    assert ramps.column.tolist() == [1, 1]
    assert ramps.foot.tolist() == [0.0, 4.0]
    assert ramps.width.tolist() == [4.0, 26.0]
    heights = heights_on_ramps(np.array([[0.0, -5.0], [0.0, 1.0], [0.0, 17.0], [0.0, 99.0]]), ramps)
    np.testing.assert_allclose(heights, [[0, 0], [0.25, 0], [1, 0.5], [1, 1]])


def test_a_level_that_stays_for_a_while_has_fewer_ramps():
    level = np.array([0.0, 0.0, 0.0, 0.0, 8.0])
    ramps = ramps_between_quantiles(level[:, np.newaxis], np.array([0]), 4)
    assert ramps.foot.tolist() == [0.0]
    assert ramps.width.tolist() == [8.0]


@pytest.mark.parametrize("level", [[5.0, 5.0, 5.0], [1e6, 1e6 + 0.01, 1e6 + 0.02], [0.0, 0.0, 0.0]])
def test_a_level_that_varies_by_rounding_has_no_ramps(level):
    assert len(ramps_between_quantiles(np.array(level)[:, np.newaxis], np.array([0]), 15).foot) == 0


def test_no_ramps_are_no_columns():
    statistics = np.arange(6.0).reshape(3, 2)
    ramps = ramps_between_quantiles(statistics, np.array([0, 1]), 0)
    assert heights_on_ramps(statistics, ramps).shape == (3, 0)


@settings(max_examples=50, deadline=None)
@given(arrays(np.float32, (20, 3), elements=st.floats(-100, 100, width=16)), st.integers(1, 8))
def test_ramps_of_a_level_add_up_to_a_line_that_never_falls(statistics, n_ramps):
    ramps = ramps_between_quantiles(statistics, np.array([0, 2]), n_ramps)
    heights = heights_on_ramps(statistics, ramps)
    assert ((heights >= 0) & (heights <= 1)).all()
    for column in (0, 2):
        of_level = heights[:, ramps.column == column].sum(axis=1)
        assert (np.diff(of_level[np.argsort(statistics[:, column])]) >= 0).all()


def test_the_variances_of_each_block_add_up_to_one():
    kernels = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 1.0], [2.0, 1.0]], np.float32)  # variances 1 and 1/4
    statistics = np.array(
        [[0.0, 7.0, 0.0], [0.0, 7.0, 600.0], [4.0, 7.0, 0.0], [4.0, 7.0, 600.0]], np.float32
    )
    heights = np.array([[0.0], [1.0], [0.0], [1.0]], np.float32)
    scales = scales_of_blocks(kernels, statistics, heights)
    np.testing.assert_allclose(scales.offset, [1, 0.5, 2, 7, 300, 0.5])
    of_kernels = 1 / np.sqrt(1.25)
    of_statistics = [1 / np.sqrt(2) / 2, 0, 1 / np.sqrt(2) / 300]
    np.testing.assert_allclose(scales.factor, [of_kernels, of_kernels, *of_statistics, 2], rtol=1e-6)
    table = np.concatenate([kernels, statistics, heights], axis=1)
    rescale(table, scales)
    np.testing.assert_allclose(table.mean(axis=0), 0, atol=1e-6)
    variances = table.var(axis=0)
    for block in (slice(0, 2), slice(2, 5), slice(5, 6)):
        np.testing.assert_allclose(variances[block].sum(), 1, rtol=1e-6)
    np.testing.assert_allclose(variances[2], variances[4], rtol=1e-6)


def test_what_does_not_vary_is_zero():
    constant = np.full((5, 2), 1e5, np.float32)
    constant[0, 0] += 0.01  # rounding
    scales = scales_of_blocks(np.full((5, 1), 0.5, np.float32), constant, constant[:, :0])
    assert scales.factor.tolist() == [0, 0, 0]
