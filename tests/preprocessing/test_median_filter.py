import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sklearn_har.preprocessing import MedianFilter
from sklearn_har.preprocessing._median_filter import running_median

NUMBERS = st.floats(-1e6, 1e6)


@settings(deadline=None)
@given(arrays(float, st.tuples(st.integers(1, 12), st.integers(1, 3)), elements=NUMBERS), st.integers(0, 8))
def test_is_the_median_of_rows_with_repeated_ends(values, half):
    n = len(values)
    around = np.clip(np.arange(n)[:, np.newaxis] + np.arange(-half, half + 1), 0, n - 1)
    np.testing.assert_array_equal(running_median(values, 2 * half + 1), np.median(values[around], axis=1))


def test_by_hand():
    rows = np.array([[1.0, 5.0], [9.0, 4.0], [2.0, 3.0], [3.0, 99.0]])
    expected = [[1.0, 5.0], [2.0, 4.0], [3.0, 4.0], [3.0, 99.0]]
    np.testing.assert_array_equal(MedianFilter(3).fit_transform(rows), expected)


def test_does_not_read_across_a_gap(recordings_of):
    X = recordings_of((1, 1, 0.0, [[0.0], [0.0]]), (1, 1, 9.0, [[7.0], [7.0]]), (1, 2, 0.0, [[5.0]]))
    np.testing.assert_array_equal(MedianFilter(3).fit_transform(X).to_numpy(), X.to_numpy())


def test_size_one_changes_nothing(walkers):
    np.testing.assert_array_equal(MedianFilter(1).fit_transform(walkers), walkers)


@pytest.mark.parametrize(("size", "message"), [(4, "size is 4.*choose 3 or 5"), (0, "'size' parameter")])
def test_refuses_other_sizes(size, message):
    with pytest.raises(ValueError, match=message):
        MedianFilter(size).fit(np.eye(5))


def test_float32_is_filtered_in_float64():
    rows = np.random.default_rng(0).normal(size=(20, 2)).astype(np.float32)
    out = MedianFilter(3).fit_transform(rows)
    assert out.dtype == np.float64
    np.testing.assert_array_equal(out, MedianFilter(3).fit_transform(rows.astype(np.float64)))
