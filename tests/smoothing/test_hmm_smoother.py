"""The filter and the smoother against all paths, what is learned against counting by hand."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.linalg import expm
from sklearn.exceptions import NotFittedError

from sklearn_har.smoothing import HMMSmoother
from sklearn_har.smoothing._chain import Chain, count_changes, learn_rates, rounded
from sklearn_har.smoothing._sequences import sequences_of

CLASSES = ["lie", "sit", "walk"]


def table(*lengths, step=1.28, seed=0, subjects=None):
    """Probabilities and labels of recordings whose activity changes now and then."""
    rng = np.random.default_rng(seed)
    subjects = range(1, len(lengths) + 1) if subjects is None else subjects
    index = [
        (subject, number, step * (row + 1))
        for number, (subject, length) in enumerate(zip(subjects, lengths, strict=True))
        for row in range(length)
    ]
    index = pd.MultiIndex.from_tuples(index, names=["subject", "recording", "time"])
    codes = np.concatenate([(np.arange(length) // 7 + number) % 3 for number, length in enumerate(lengths)])
    probabilities = rng.dirichlet(np.ones(3), size=len(codes))
    probabilities = 0.6 * probabilities + 0.4 * np.eye(3)[codes]
    return pd.DataFrame(probabilities, index=index, columns=CLASSES), np.array(CLASSES)[codes]


def by_all_paths(likelihoods, first, matrices, stages):
    """Smoothed probabilities of the classes: the sum over every path of states."""
    n_states = len(first)
    found = np.zeros(likelihoods.shape)
    for path in product(range(n_states), repeat=len(likelihoods)):
        weight = first[path[0]] * likelihoods[0, path[0] // stages]
        for t in range(1, len(path)):
            weight *= matrices[t][path[t - 1], path[t]] * likelihoods[t, path[t] // stages]
        for t, state in enumerate(path):
            found[t, state // stages] += weight
    return found / found.sum(axis=1, keepdims=True)


def likelihoods_by_hand(smoother, probabilities, elapsed):
    floored = 0.001 + (1 - 0.001 * probabilities.shape[1]) * probabilities
    trust = smoother.emission_weight_ * np.minimum(elapsed / smoother.step_, 1)
    return (floored / smoother.frequencies_) ** trust[:, np.newaxis]


@given(
    st.lists(st.floats(0.02, 0.98), min_size=1, max_size=4),
    st.lists(st.sampled_from([0.5, 1.0, 2.5]), min_size=3, max_size=3),
    st.integers(1, 2),
    st.floats(0.05, 1.0),
)
def test_every_row_has_the_sum_over_all_paths(walking, steps, stages, weight):
    X, y = np.tile([[0.2, 0.8], [0.9, 0.1], [0.7, 0.3]], (4, 1)), ["sit", "sit", "walk"] * 4
    index = pd.MultiIndex.from_arrays(
        [["p"] * 12, [0] * 12, np.arange(12.0)], names=["subject", "recording", "time"]
    )
    X = pd.DataFrame(X, index=index, columns=["sit", "walk"])
    options = {"order": "learned", "stages": stages, "emission_weight": weight}
    smoother, filtering = HMMSmoother(**options).fit(X, y), HMMSmoother(causal=True, **options).fit(X, y)
    elapsed = np.r_[1.0, steps[: len(walking) - 1]]
    index = pd.MultiIndex.from_arrays(
        [["q"] * len(walking), [0] * len(walking), np.cumsum(elapsed)], names=X.index.names
    )
    new = pd.DataFrame(np.column_stack([1 - np.array(walking), walking]), index=index, columns=X.columns)

    rates = 1 / smoother.mean_durations_
    chain = Chain.of(rates, smoother.follows_, smoother.first_, stages)
    matrices = [expm(chain.generator * seconds) for seconds in elapsed]
    likelihoods = likelihoods_by_hand(smoother, new.to_numpy(), elapsed)
    assert_allclose(
        smoother.predict_proba(new), by_all_paths(likelihoods, chain.first, matrices, stages), atol=1e-9
    )
    until = [
        by_all_paths(likelihoods[: t + 1], chain.first, matrices, stages)[-1] for t in range(len(walking))
    ]
    assert_allclose(filtering.predict_proba(new), until, atol=1e-9)


def test_probabilities_of_changes_and_durations_by_hand():
    # sit 0-3 (changes at 3.5), walk 4-5 (changes at 5.5), sit 6-9; one window is unlabelled
    codes = np.array([0, 0, -1, 0, 1, 1, 0, 0, 0, 0])
    changes = count_changes(codes, sequences_of(np.empty((10, 2)), 10), 2)
    assert changes.counts.tolist() == [[[0, 1], [1, 0]]]
    assert changes.seconds.tolist() == [[7.0, 2.0]]
    assert changes.first.tolist() == [[1, 0]]

    of_all = type(changes)(*(part.sum(axis=0) for part in changes))
    rates, follows, first = learn_rates(of_all, prior=1.0, order="learned")
    pooled = 2 / 9
    assert_allclose(rates, [2 / (7 + 1 / pooled), 2 / (2 + 1 / pooled)])
    assert follows.tolist() == [[0, 1], [1, 0]]
    assert_allclose(first, [1.5 / 2, 0.5 / 2])


def test_uniform_order_keeps_durations_and_forgets_what_follows():
    X, y = table(60, 60, 60)
    learned, uniform = HMMSmoother(order="learned").fit(X, y), HMMSmoother().fit(X, y)
    assert_array_equal(learned.mean_durations_, uniform.mean_durations_)
    assert_allclose(uniform.follows_, [[0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]])
    assert_allclose(uniform.first_, 1 / 3)
    assert learned.follows_[0, 1] > 0.9  # lying, sitting, walking, and again


@given(st.integers(1, 4), st.floats(0.01, 30.0))
def test_a_chain_stays_a_chain_after_any_time(stages, seconds):
    chain = Chain.of(np.array([0.1, 0.5]), np.array([[0, 1.0], [1.0, 0]]), np.array([0.3, 0.7]), stages)
    matrices, which = chain.transitions(np.array([seconds, 2 * seconds]))
    assert_allclose(matrices.sum(axis=2), 1)
    assert (matrices >= 0).all()
    assert_allclose(chain.first.sum(), 1)
    twice = expm(chain.generator * rounded(np.array([seconds]))[0])
    assert_allclose(matrices[which[0]], twice, atol=1e-12)


@pytest.mark.parametrize("causal", [True, False])
def test_recordings_do_not_know_each_other(causal):
    X, y = table(50, 40, 30)
    smoother = HMMSmoother(causal=causal).fit(X, y)
    together = smoother.predict_proba(X)
    apart = [smoother.predict_proba(part) for _, part in X.groupby(level="subject")]
    assert_array_equal(together, np.concatenate(apart))


def test_step_by_step_is_all_at_once():
    X, y = table(50, 40)
    X = X.drop(X.index[[10, 11, 60]])  # steps of other lengths
    y = np.delete(y, [10, 11, 60])
    smoother = HMMSmoother(causal=True).fit(X, y)
    found = []
    for _, part in X.groupby(level="subject"):
        state = None
        times = part.index.get_level_values("time").to_numpy()
        for row, elapsed in zip(part.to_numpy(), np.diff(times, prepend=times[0]), strict=True):
            before = None if state is None else state.copy()
            smoothed, new = smoother.step(row, elapsed, state)
            assert state is None or np.array_equal(before, state)
            found.append(smoothed)
            state = new
    assert_allclose(found, smoother.predict_proba(X), rtol=1e-12)


def test_causal_reads_nothing_to_come():
    X, y = table(50, 40)
    smoother = HMMSmoother(causal=True).fit(X, y)
    assert_array_equal(smoother.predict_proba(X)[:30], smoother.predict_proba(X.iloc[:30]))
    whole = HMMSmoother().fit(X, y)
    assert np.abs(whole.predict_proba(X)[:30] - whole.predict_proba(X.iloc[:30])).max() > 1e-3


def test_context_helps_where_windows_err():
    X, y = table(*[80] * 6)
    known = X.index.get_level_values("subject") < 5
    alone = np.mean(np.array(CLASSES)[X[~known].to_numpy().argmax(axis=1)] == y[~known])
    smoother = HMMSmoother().fit(X[known], y[known])
    assert smoother.score(X[~known], y[~known]) > alone + 0.05


def test_columns_belong_to_their_names():
    X, y = table(50, 40)
    y = np.where(y == "lie", None, y)  # a class without a label
    smoother = HMMSmoother().fit(X[["walk", "lie", "sit"]], y)
    assert smoother.classes_.tolist() == CLASSES
    in_order = HMMSmoother().fit(X, y)
    assert_allclose(smoother.predict_proba(X[["walk", "lie", "sit"]]), in_order.predict_proba(X))


def test_certain_windows_do_not_break_it():
    X, y = table(50, 40)
    certain = pd.DataFrame(np.eye(3)[X.to_numpy().argmax(axis=1)], index=X.index, columns=X.columns)
    for causal in (True, False):
        found = HMMSmoother(causal=causal, emission_weight=1.0).fit(certain, y).predict_proba(certain)
        assert np.isfinite(found).all()
        assert_allclose(found.sum(axis=1), 1)


def test_one_window_is_a_recording_too():
    X, y = table(50, 40)
    for causal in (True, False):
        smoother = HMMSmoother(causal=causal).fit(X, y)
        assert smoother.predict_proba(X.iloc[:1]).shape == (1, 3)


def test_recordings_of_one_window_teach_no_order():
    X, y = table(*[1] * 9)
    found = HMMSmoother().fit(X, y).predict_proba(X)
    assert np.isfinite(found).all()
    assert_allclose(found.sum(axis=1), 1)


def test_recordings_of_one_person_are_held_out_together():
    X, _ = table(5, 6, 7, subjects=["b", "b", "a"])
    sequences = sequences_of(X, len(X))
    assert sequences.starts.tolist() == [0, 5, 11, 18]
    assert sequences.people[0] == sequences.people[1] != sequences.people[2]
    one = sequences_of(X.iloc[:11], 11)
    assert one.people[0] != one.people[1]  # of one person alone, recordings are held out


def test_windows_that_err_together_are_trusted_less():
    rng = np.random.default_rng(0)
    truth = np.arange(2400) // 20 % 2
    apart = rng.random(2400) < 0.2
    together = np.repeat(rng.random(240) < 0.2, 10)
    index = pd.MultiIndex.from_arrays(
        [np.arange(2400) // 300, np.zeros(2400, int), np.arange(2400.0)],
        names=["subject", "recording", "time"],
    )
    weights = []
    for wrong in (apart, together):
        right = np.where(wrong, 0.2, 0.8)
        walking = np.where(truth == 1, right, 1 - right)
        X = pd.DataFrame(np.column_stack([1 - walking, walking]), index=index, columns=[0, 1])
        weights.append(HMMSmoother(stages=8).fit(X, truth).emission_weight_)
    assert weights[1] < weights[0]


def test_what_cannot_be_smoothed_is_refused():
    X, y = table(50, 40)
    smoother = HMMSmoother().fit(X, y)
    with pytest.raises(ValueError, match=r"Time does not increase at row 1 .*X.sort_index"):
        smoother.predict(X.iloc[::-1])
    with pytest.raises(ValueError, match="rows of one recording must be together"):
        smoother.predict(X.iloc[[0, 60, 1]])
    with pytest.raises(ValueError, match=r"y holds \['run'\], for which X has no column"):
        HMMSmoother().fit(X, np.where(y == "sit", "run", y))
    with pytest.raises(ValueError, match=r"y has 1 class, \['sit'\]"):
        HMMSmoother().fit(X, np.full(len(y), "sit"))
    with pytest.raises(ValueError, match=r"90 rows of X hold none, the first row 0 .*sum 2"):
        HMMSmoother().fit(2 * X, y)
    with pytest.raises(ValueError, match="contains NaN"):
        smoother.predict(X.where(X.min().min() < X))
    with pytest.raises(ValueError, match="3 columns of probabilities, but y 2 classes"):
        HMMSmoother().fit(X.to_numpy(), np.where(y == "lie", "sit", y))
    with pytest.raises(ValueError, match="has lost their index"):
        smoother.predict(pd.DataFrame(X.to_numpy(), columns=X.columns))
    with pytest.raises(ValueError, match="causal=False: it reads what comes later"):
        smoother.step([0.2, 0.3, 0.5])
    with pytest.raises(ValueError, match="A step takes 3 finite values"):
        HMMSmoother(causal=True).fit(X, y).step([0.5, 0.5])
    with pytest.raises(NotFittedError):
        HMMSmoother(causal=True).step([0.5, 0.5])
