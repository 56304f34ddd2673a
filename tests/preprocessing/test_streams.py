"""A run in parts goes through a transformer as in one piece."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sklearn_har.preprocessing import (
    ButterworthFilter,
    ChannelScaler,
    GravitySeparator,
    Magnitude,
    MedianFilter,
)

from ..conftest import recordings

TRANSFORMERS = [
    MedianFilter(1),
    MedianFilter(3),
    MedianFilter(7),
    ButterworthFilter(high=20.0, zero_phase=False),
    ButterworthFilter(low=0.5, high=10.0, order=4, zero_phase=False),
    GravitySeparator(zero_phase=False),
    Magnitude(),
    ChannelScaler(),
]


@pytest.mark.parametrize("transformer", TRANSFORMERS, ids=repr)
@given(length=st.integers(1, 60), cuts=st.lists(st.integers(1, 59), max_size=8))
def test_parts_of_a_run_give_the_run(transformer, length, cuts):
    fitted = transformer.fit(recordings(300))
    rows = recordings(length, seed=1)
    stream, out = fitted._stream(1), []
    for part in np.split(rows.to_numpy(), sorted({cut for cut in cuts if cut < length})):
        state, stream = stream.state, fitted._stream(1)
        if state is not None:
            stream.state = state
        out.append(stream.push(part))
    if stream.delay:
        out.append(stream.finish())
    expected = fitted.transform(rows).to_numpy() if length > 1 else out_of_one(fitted, rows)
    np.testing.assert_array_equal(np.concatenate(out), expected)


def out_of_one(fitted, rows):
    """A single row by itself, behind which another recording comes, so that there is a rate."""
    return fitted.transform(recordings(1, 5, seed=1)).to_numpy()[:1]


def test_a_median_is_half_its_size_late():
    fitted = MedianFilter(5).fit(recordings(50))
    stream = fitted._stream(1)
    assert stream.delay == 2
    assert [len(stream.push(np.zeros((1, 3)))) for _ in range(5)] == [0, 0, 1, 1, 1]
    assert len(stream.finish()) == 2
