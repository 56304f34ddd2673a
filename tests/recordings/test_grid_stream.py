"""A grid made as rows come is that of `resample`."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sklearn_har.recordings import resample
from sklearn_har.recordings._grid_stream import GridStream
from sklearn_har.recordings._interpolation import thinning
from sklearn_har.recordings._timeline import timeline_of


def on_the_way(times, values, rate_in, rate, max_gap, chunk):
    """Rows of the grid and their times, from a stream that goes on in another one after every chunk."""
    stream, out = GridStream(rate_in, rate, max_gap), []
    for first in range(0, len(times), chunk):
        state, stream = stream.state, GridStream(rate_in, rate, max_gap)
        stream.state = state
        out.append(stream.push(values[first : first + chunk], times[first : first + chunk]))
    out.append(stream.finish())
    return tuple(np.concatenate(parts) for parts in zip(*out, strict=True))


@given(
    rate_in=st.sampled_from([25.0, 50.0, 52.3, 100.0, 104.2, 200.0]),
    rate=st.sampled_from([20.0, 25.0, 50.0]),
    n_rows=st.integers(2, 500),
    jitter=st.sampled_from([0.0, 0.2]),
    gaps=st.lists(st.tuples(st.integers(0, 499), st.sampled_from([0.07, 0.3, 2.0])), max_size=3),
    repeated=st.lists(st.integers(1, 499), max_size=3),
    chunk=st.sampled_from([1, 7, 50, 500]),
    seed=st.integers(0, 99),
)
def test_a_grid_on_the_way_is_that_of_the_whole(rate_in, rate, n_rows, jitter, gaps, repeated, chunk, seed):
    rng = np.random.default_rng(seed)
    steps = (1 + jitter * rng.uniform(-1, 1, n_rows)) / rate_in
    for row, seconds in gaps:
        steps[row % n_rows] += seconds
    for row in repeated:
        steps[row % n_rows] = 0.0
    times, values, max_gap = 5.0 + np.cumsum(steps), rng.normal(size=(n_rows, 3)), max(0.1, 5 / rate_in)
    index = pd.MultiIndex.from_arrays(
        [[1] * n_rows, [1] * n_rows, times], names=["subject", "recording", "time"]
    )
    X = pd.DataFrame(values, index=index, columns=["x", "y", "z"])
    try:
        interval = timeline_of(X, max_gap=max_gap, timing="recorded").intervals[0]
        whole = resample(X, sampling_rate=rate, timing="recorded", max_gap=max_gap)
    except ValueError:  # so few rows that their rate is another one
        return
    if np.isnan(interval) or thinning(1 / interval, rate) != thinning(rate_in, rate):
        return
    found, when = on_the_way(times, values, rate_in, rate, max_gap, chunk)
    np.testing.assert_allclose(when, whole.index.get_level_values("time"), atol=1e-9)
    np.testing.assert_allclose(found, whole.to_numpy(), atol=1e-9)


def test_a_stream_without_rows_has_no_grid():
    assert GridStream(100.0, 50.0, None).finish() is None


def test_a_step_as_long_as_the_longest_gap_parts_nothing():
    times = np.array([0.0, 0.1, 0.2, 0.30000000000000004, 0.41])  # the last step is longer
    values, when = on_the_way(times, times[:, np.newaxis], 10.0, 20.0, 0.1, 2)
    assert when == pytest.approx([0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3])
    assert values.ravel() == pytest.approx(when)


@pytest.mark.parametrize(("rate_in", "seconds"), [(50.0, 0.0), (100.0, 0.2)])
def test_a_low_pass_is_behind(rate_in, seconds):
    assert GridStream(rate_in, 50.0, None).seconds_behind == pytest.approx(seconds, abs=0.02)
