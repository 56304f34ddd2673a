"""No short episodes, against every labelling there is."""

from itertools import groupby, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from sklearn_har.smoothing import MinimumDuration
from sklearn_har.smoothing._confirmed import confirmed

SHARES = st.lists(st.integers(0, 16).map(lambda n: n / 16), min_size=1, max_size=8)


def sums_of_allowed(probabilities, times, end, seconds):
    """Sums of probabilities of all labellings without a short episode."""
    n_rows, n_classes = probabilities.shape
    for labels in product(range(n_classes), repeat=n_rows):
        heads = [0, *(t for t in range(1, n_rows) if labels[t] != labels[t - 1])]
        ends = [*(times[t] for t in heads[1:]), end]
        if len(heads) == 1 or all(b - times[a] >= seconds for a, b in zip(heads, ends, strict=True)):
            yield probabilities[np.arange(n_rows), labels].sum()


@given(SHARES, st.integers(1, 5))
def test_no_other_labelling_has_a_larger_sum(walking, seconds):
    walking = np.array(walking)
    probabilities = np.column_stack([1 - walking, walking])
    smoother = MinimumDuration(seconds).fit(np.eye(2), [0, 1])
    labels = smoother.predict(probabilities)
    lengths = [len(list(same)) for _, same in groupby(labels)]
    assert min(lengths) >= min(seconds, len(walking))
    best = max(sums_of_allowed(probabilities, np.arange(len(walking)), len(walking), seconds))
    assert_allclose(probabilities[np.arange(len(walking)), labels].sum(), best)


def test_a_new_activity_takes_over_after_its_time():
    state, labels = (-1, -1, 0.0), []
    for best in [0, 1, 0, 1, 1, 1, 2, 1, 2, 2, 2]:  # a row a second
        state = confirmed(best, 1.0, *state, 2.0)
        labels.append(state[0])
    # held from the second row of a stretch on, so the third in a row makes two seconds
    assert labels == [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2]
    assert state == (2, -1, 0.0)


def test_causal_waits_until_it_is_sure():
    smoother = MinimumDuration(2.0, causal=True).fit(np.eye(2), ["sit", "walk"])
    walking = np.array([0, 0, 1, 0, 1, 1, 1, 1, 0, 1])
    found = smoother.predict(np.column_stack([1 - walking, walking]))
    assert found.tolist() == ["sit"] * 6 + ["walk"] * 4  # the third window in a row, 2 s after the first


@given(SHARES, st.floats(0.5, 4))
def test_step_by_step_is_all_at_once(walking, seconds):
    smoother = MinimumDuration(seconds, causal=True).fit(np.eye(2), [0, 1])
    probabilities = np.column_stack([1 - np.array(walking), walking])
    state, found = None, []
    for row in probabilities:
        votes, state = smoother.step(row, 1.0, state)
        found.append(int(votes.argmax()))
    assert found == smoother.predict(probabilities).tolist()


def test_recordings_end_episodes():
    index = pd.MultiIndex.from_product([["p"], [1, 2], [0.0, 1.0]], names=["subject", "recording", "time"])
    X = pd.DataFrame([[1, 0], [1, 0], [0, 1], [0, 1]], index=index, columns=["sit", "walk"])
    y = ["sit", "sit", "walk", "walk"]
    assert MinimumDuration(5.0).fit(X, y).predict(X).tolist() == y  # each is shorter than 5 s
    assert MinimumDuration(5.0).fit(X.to_numpy(), y).predict(X.to_numpy()).tolist() == ["sit"] * 4
    assert MinimumDuration(5.0, causal=True).fit(X, y).predict(X).tolist() == y


def test_what_cannot_be_smoothed_is_refused():
    with pytest.raises(ValueError, match="seconds"):
        MinimumDuration(0.0).fit(np.eye(2), [0, 1])
    smoother = MinimumDuration(1.0).fit(np.eye(2), [0, 1])
    with pytest.raises(ValueError, match="causal=False"):
        smoother.step([0.5, 0.5])
    with pytest.raises(ValueError, match="a smoother learns what follows what"):
        MinimumDuration(1.0).fit(np.eye(2), [0, 0])
