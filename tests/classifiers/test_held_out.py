import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_har.classifiers._held_out import hold_out, last_part_of_each_label
from sklearn_har.exceptions import SubjectsUnknownWarning


def hold(people, labels=None, origin=None, fraction=0.3, seed=0):
    n_windows = len(people) if people is not None else len(labels)
    labels = np.zeros(n_windows, int) if labels is None else np.asarray(labels)
    origin = np.zeros(n_windows, int) if origin is None else np.asarray(origin)
    return hold_out(people, labels, origin, fraction, np.random.RandomState(seed))


@settings(max_examples=100, deadline=None)
@given(
    people=st.lists(st.sampled_from("abcdef"), min_size=2, max_size=40).filter(lambda p: len(set(p)) > 1),
    fraction=st.floats(0.01, 0.99),
    data=st.data(),
)
def test_nobody_trains_and_validates(people, fraction, data):
    people = np.array(people)
    origin = np.array(data.draw(st.lists(st.integers(0, 2), min_size=len(people), max_size=len(people))))
    origin[0] = 0  # at least one window is recorded
    train, valid = hold(people, origin=origin, fraction=fraction)
    assert len(train)
    assert len(valid)
    assert not set(people[train]) & set(people[valid])
    assert (origin[valid] == 0).all()
    held_out = np.setdiff1d(people, people[train])
    assert set(valid) == set(np.flatnonzero(np.isin(people, held_out) & (origin == 0)))


def test_share_of_people_is_held_out_by_seed():
    people = np.repeat(np.arange(10), 3)
    chosen = [tuple(np.unique(people[hold(people, fraction=0.3, seed=seed)[1]])) for seed in (0, 0, 1)]
    assert len(chosen[0]) == 3
    assert chosen[0] == chosen[1] != chosen[2]


def test_last_windows_of_each_label_by_hand():
    labels = np.array([0, 1, 0, 0, 1, 0, 2])
    # Half of four windows of label 0, of two of label 1, of one of label 2.
    assert np.flatnonzero(last_part_of_each_label(labels, 0.5)).tolist() == [3, 4, 5]


def test_unknown_people_are_warned_of():
    with pytest.warns(SubjectsUnknownWarning, match="Pass Windows with subjects, or groups"):
        train, valid = hold(None, labels=[0, 1, 0, 1], fraction=0.5)
    assert valid.tolist() == [2, 3]
    assert train.tolist() == [0, 1]


def test_copies_of_nobody_known_may_be_of_windows_that_are_held_out():
    with pytest.raises(ValueError, match="2 windows are copies or synthetic, and nobody knows whose"):
        hold(None, labels=[0, 1, 0, 1, 0, 1], origin=[0, 0, 0, 0, 1, 2], fraction=0.5)


@pytest.mark.parametrize(
    ("people", "origin", "message"),
    [
        (np.array([1, 1]), None, "at least two; there are 1"),
        (np.array(["a", None], dtype=object), None, "subject of 1 windows is missing"),
        (np.array([1, 2]), [1, 2], "at least two; there are 0"),
    ],
)
def test_what_cannot_be_held_out_is_said(people, origin, message):
    with pytest.raises(ValueError, match=message):
        hold(people, origin=origin)


def test_too_small_a_share_is_said():
    with (
        pytest.warns(SubjectsUnknownWarning),
        pytest.raises(ValueError, match=r"validation_fraction=0\.1 .* less than one window"),
    ):
        hold(None, labels=[0, 1, 0, 1], fraction=0.1)
