"""What calculators share equals what NumPy says of every single window."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_har.features.calculators._batch import Batch


def assert_equals_numpy_row_by_row(values):
    batch = Batch(values)
    for i, row in enumerate(values):
        row = row.copy()
        for name in ("mean", "var", "std", "median"):
            assert getattr(batch, name)[i] == getattr(np, name)(row), (name, len(row))
        assert (batch.minimum[i], batch.maximum[i]) == (row.min(), row.max())
        np.testing.assert_array_equal(batch.sorted[i], np.sort(row))
        np.testing.assert_array_equal(batch.order[i], np.argsort(row, kind="stable"))
        np.testing.assert_array_equal(batch.spectrum[i], np.fft.rfft(row))


@pytest.mark.parametrize("n_windows", [1, 2, 7, 50])
def test_statistics_are_those_of_single_rows_to_the_last_bit(n_windows):
    rng = np.random.default_rng(n_windows)
    for n_timesteps in [*range(1, 300), 511, 512, 513, 1000, 1023, 1024, 1025, 1500, 4097]:
        values = rng.normal(size=(n_windows, n_timesteps)) * 10.0 ** rng.integers(
            -12, 13, size=(n_windows, 1)
        )
        batch = Batch(values)
        np.testing.assert_array_equal(batch.mean, [row.copy().mean() for row in values])
        np.testing.assert_array_equal(batch.var, [row.copy().var() for row in values])
        np.testing.assert_array_equal(batch.std, [row.copy().std() for row in values])


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 40), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_everything_is_that_of_single_rows(n_timesteps, n_windows, seed):
    rng = np.random.default_rng(seed)
    assert_equals_numpy_row_by_row(rng.normal(size=(n_windows, n_timesteps)))
    assert_equals_numpy_row_by_row(rng.integers(-2, 3, size=(n_windows, n_timesteps)).astype(float))


def test_a_constant_is_what_numpy_makes_of_it():
    batch = Batch(np.full((3, 128), 0.1))
    assert batch.mean[0] == np.full(128, 0.1).mean() != 0.1
    assert batch.std[0] == np.full(128, 0.1).std() > 0


@pytest.mark.parametrize("values", [np.zeros(3), np.zeros((2, 3), np.float32), np.zeros((3, 2)).T])
def test_other_arrays_are_refused(values):
    with pytest.raises(ValueError, match="C-contiguous"):
        Batch(values)
