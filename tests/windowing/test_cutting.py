"""Where windows begin and which label they get."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sklearn_har._core._labels import encode_labels
from sklearn_har.windowing import sliding_windows
from sklearn_har.windowing._cutting import Cut, rows_in, window_firsts
from sklearn_har.windowing._label_rules import window_labels
from tests.conftest import recordings


def starts(*lengths, length=4, step=2, aligned=True):
    bounds = np.concatenate([[0], np.cumsum(lengths)]).astype(int)
    return window_firsts(bounds, Cut(length, step, aligned))[0].tolist()


def test_the_last_window_ends_with_its_run():
    assert starts(10) == [0, 2, 4, 6]
    assert starts(11) == [0, 2, 4, 6, 7]
    assert starts(11, aligned=False) == [0, 2, 4, 6]
    assert starts(4) == [0]


def test_short_runs_have_no_window():
    assert starts(3) == []
    assert starts(3, 5, 2, 4) == [3, 4, 10]


@given(st.lists(st.integers(1, 60), max_size=8), st.integers(1, 20), st.integers(1, 20), st.booleans())
def test_windows_lie_inside_runs_and_cover_them(lengths, length, step, aligned):
    bounds = np.concatenate([[0], np.cumsum(lengths)]).astype(int)
    firsts, runs = window_firsts(bounds, Cut(length, step, aligned))
    expected = []
    for start, stop in itertools.pairwise(bounds):
        regular = list(range(start, stop - length + 1, step))
        if aligned and regular and regular[-1] + length < stop:
            regular.append(stop - length)
        expected += regular
    assert firsts.tolist() == expected
    assert (firsts >= bounds[runs]).all()
    assert (firsts + length <= bounds[runs + 1]).all()


@pytest.mark.parametrize(
    ("seconds", "rate", "n_rows"),
    [(2.56, 50, 128), (0.1, 25, 3), (2.5, 1, 3), (0.29, 100, 29), (2.56, 49.9999, 128), (0.05, 50, 3)],
)
def test_seconds_become_rows(seconds, rate, n_rows):
    assert rows_in(seconds, rate) == n_rows


codes = st.lists(st.integers(-1, 3), min_size=12, max_size=60)


@given(codes, st.integers(1, 12), st.sampled_from(["majority", "last", "center"]))
def test_label_rules_are_what_they_say(codes, length, rule):
    codes = np.array(codes)
    firsts = np.arange(len(codes) - length + 1)
    names = np.array([*"wxyz", None], dtype=object)
    encoded = encode_labels(names[codes])
    labels, purity = window_labels(encoded, firsts, length, rule)
    labels = (
        np.where(labels < 0, -1, np.searchsorted(list("wxyz"), encoded.classes[labels]))
        if len(encoded.classes)
        else labels
    )
    for first, label, share in zip(firsts, labels, purity, strict=True):
        rows = codes[first : first + length]
        if rule == "majority":
            counts = {code: (rows == code).sum() for code in [0, 1, 2, 3, -1]}  # missing loses ties
            assert label == max(counts, key=counts.get)
        else:
            assert label == (rows[-1] if rule == "last" else rows[length // 2])
        assert share == pytest.approx((rows == label).mean())


def test_labels_of_any_kind():
    X = recordings(8)
    for values in (["b", "a"], [7, 3], [True, False], [2.0, 0.0], pd.Categorical(["b", "a"])):
        y = np.repeat(np.asarray(values), 4)
        _, labels = sliding_windows(X, y, window_length=0.08, overlap=0)
        assert labels.tolist() == np.asarray(values).tolist()


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_unlabelled_windows_are_left_out_and_counted(missing):
    X = recordings(12, 3)
    y = ["sit"] * 4 + [missing] * 5 + ["walk"] * 6
    windows, labels = sliding_windows(X, y, window_length=0.08, overlap=0)
    assert labels.tolist() == ["sit", "walk"]
    assert windows.starts.tolist() == [0, 8]
    assert windows.left_out == {"short_runs": 1, "unlabelled_windows": 1, "impure_windows": 0}


def test_impure_windows_are_left_out_and_counted():
    X = recordings(12)
    y = ["sit"] * 5 + ["walk"] * 7
    windows, labels = sliding_windows(X, y, window_length=0.08, overlap=0, min_purity=0.9)
    assert labels.tolist() == ["sit", "walk"]
    assert windows.left_out["impure_windows"] == 1
    alone, _ = sliding_windows(X, y, window_length=0.08, overlap=0, min_purity=1.0)
    assert alone.starts.tolist() == windows.starts.tolist() == [0, 8]


def test_windows_know_their_people_and_runs():
    X = recordings(8, 6, subjects=["ann", "bob"])
    X = X.drop(X.index[4])
    windows = sliding_windows(X, window_length=0.06, overlap=0)
    assert windows.starts.tolist() == [0, 1, 4, 7, 10]
    assert windows.runs.tolist() == [0, 0, 1, 2, 2]
    assert windows.subjects.tolist() == ["ann", "ann", "ann", "bob", "bob"]
    assert windows.channel_names == ("acc_x", "acc_y", "acc_z")


@pytest.mark.parametrize("columns", [[0, 1, 2], ["acc_x", "acc_y", 2]])
def test_names_of_channels_are_texts(columns):
    X = pd.DataFrame(np.zeros((16, 3)), columns=columns)
    assert sliding_windows(X, window_length=8).channel_names == tuple(map(str, columns))


def test_a_window_longer_than_every_run_names_the_longest():
    with pytest.raises(ValueError, match=r"longer than every run: .* has 90 rows \(1.8 s\)"):
        sliding_windows(recordings(90, 40), window_length=2.0)


def test_rows_dealt_at_random_are_told_from_short_runs():
    X = recordings(200)
    with pytest.raises(
        ValueError, match=r"longer than every run.*deals rows at random, such as KFold\(shuff"
    ):
        sliding_windows(X[np.arange(200) % 5 != 2], window_length=0.4)
    with pytest.raises(ValueError, match=r"Choose a shorter window_length\.$"):
        sliding_windows(X, window_length=9)


def test_no_window_with_a_label():
    with pytest.raises(ValueError, match="None of the 3 windows can be used: 3 have no label"):
        sliding_windows(recordings(8), [None] * 8, window_length=0.08)


def test_seconds_of_a_plain_array_are_whole_rows():
    assert sliding_windows(np.zeros((6, 1)), window_length=3).shape == (3, 3, 1)
    with pytest.raises(ValueError, match=r'set_output\(transform="pandas"\)'):
        sliding_windows(np.zeros((6, 1)), window_length=2.56)


def test_a_window_of_less_than_a_row():
    with pytest.raises(ValueError, match="less than one row at 50 Hz"):
        sliding_windows(recordings(6), window_length=0.005)


@pytest.mark.parametrize(
    "options", [{"overlap": 1.0}, {"overlap": -0.1}, {"window_length": 0}, {"label": "mode"}, {"tail": "pad"}]
)
def test_limits_of_parameters(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        sliding_windows(recordings(9), **({"window_length": 0.06} | options))


@pytest.mark.real
def test_hapt_windows_are_those_of_an_independent_reading(hapt):
    X, y = hapt
    windows, labels = sliding_windows(X, y, window_length=2.56, tail="drop")
    names = sorted(y.cat.categories)  # of equally frequent labels the first in sorted order counts
    values, codes = X.to_numpy(), np.asarray(y.cat.set_categories(names).cat.codes)
    place = 0
    for _, rows in X.groupby(level="recording", sort=False).indices.items():
        for start in range(rows[0], rows[-1] + 2 - 128, 64):
            counts = np.bincount(codes[start : start + 128] + 1, minlength=13)
            best = np.argmax(np.r_[counts[1:], counts[0]])
            if best == 12:
                continue
            assert windows.starts[place] == start
            assert labels[place] == names[best]
            place += 1
    assert place == len(windows)
    np.testing.assert_array_equal(windows[place // 2], values[windows.starts[place // 2] :][:128])
