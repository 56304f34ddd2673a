"""What clocks tell: how far apart rows are, and when rows that came late were measured."""

import numpy as np
import pytest

from sklearn_har.recordings._clock import (
    clock_bursts,
    even_times,
    gaps_of_late_clock,
    late_runs,
    longest_step,
    typical_interval,
)


def stamped(n_rows, batch, step=1.0):
    """Times of a steady clock that are told with the last row of every batch."""
    rows = np.arange(n_rows)
    return np.minimum(rows // batch * batch + batch - 1, n_rows - 1) * step


@pytest.mark.parametrize(
    ("times", "interval"),
    [
        ([0.0, 2.0, 5.0], 2.5),  # all steps alike: 5 s in two steps
        ([0.0, 2.0, 4.0, 7.1, 9.1], 2.0),  # a step beyond one and a half is none of the steps that count
        ([0.0, 2.0, 4.0, 7.0, 9.0, 99.0], 2.25),  # of 2, 2, 3 and 2
        ([0.0, 1.0, 2.0, 50.0, 51.0, 52.0], 1.0),
        ([0.0, 0.0, 0.0, 6.0], 2.0),  # no block of rows tells a rate: 6 s in three steps
    ],
)
def test_the_typical_interval_by_hand(times, interval):
    assert typical_interval(np.array(times)) == pytest.approx(interval, rel=1e-12)


@pytest.mark.parametrize("times", [[3.0], [3.0, 3.0], [3.0, 3.0, 3.0]])
def test_rows_of_one_time_have_no_interval(times):
    assert np.isnan(typical_interval(np.array(times)))


def test_the_interval_of_bursts_is_that_of_the_rows_in_them():
    times = stamped(4000, 8, 0.02)
    times[2000:] += 30.0  # a gap
    assert typical_interval(times) == pytest.approx(0.02, rel=0.005)


def test_a_burst_is_told_by_rows_that_differ():
    times = np.repeat(np.arange(20.0), 2)
    values = np.arange(40.0)[:, np.newaxis]
    assert clock_bursts(times, values, 1.0)
    assert not clock_bursts(times, np.repeat(values[:20], 2, axis=0), 1.0)  # copies
    assert not clock_bursts(np.arange(40.0), values, 1.0)


@pytest.mark.parametrize(("n_pairs", "bursts"), [(4, False), (5, True)])
def test_five_pairs_at_once_are_bursts(n_pairs, bursts):
    times = np.r_[np.repeat(np.arange(float(n_pairs)), 2), np.arange(10.0, 20.0)]
    assert clock_bursts(times, np.arange(float(len(times)))[:, np.newaxis], 1.0) == bursts


@pytest.mark.parametrize(("n_pairs", "bursts"), [(9, False), (10, True)])
def test_bursts_are_one_row_in_a_hundred(n_pairs, bursts):
    times = np.arange(1000.0)
    times[1 : 2 * n_pairs : 2] -= 0.95  # pairs 0.05 apart; a tenth of a step is where they end
    assert clock_bursts(times, np.arange(1000.0)[:, np.newaxis], 1.0) == bursts
    times[1 : 2 * n_pairs : 2] += 0.05
    assert not clock_bursts(times, np.arange(1000.0)[:, np.newaxis], 1.0)


def test_a_run_ends_after_five_intervals_and_no_less_than_a_tenth_of_a_second():
    assert longest_step(0.1, None) == 0.5
    assert longest_step(0.01, None) == 0.1
    assert longest_step(0.1, 0.2) == 0.2


def test_a_late_clock_has_a_gap_where_lateness_stays():
    times = np.arange(60) * 0.1
    times[20:24] += 0.7  # late, and right again
    assert gaps_of_late_clock(times, 0.1, 0.5).tolist() == []
    times[40:] += 1.0
    assert gaps_of_late_clock(times, 0.1, 0.5).tolist() == [39]
    times[45:] += 1.0  # a second gap within a second of the first
    assert gaps_of_late_clock(times, 0.1, 0.5).tolist() == [39, 44]
    assert gaps_of_late_clock(times, 0.1, 2.2).tolist() == []


def test_even_times_lie_on_the_line_of_least_squares():
    # rows 0 to 3 at 0, 0, 2, 2: slope 0.8 through the middle
    assert even_times(np.array([5.0, 5.0, 7.0, 7.0]), 1.0) == pytest.approx([4.8, 5.6, 6.4, 7.2])


def test_rows_that_came_at_once_have_the_rate_of_the_recording():
    assert even_times(np.array([5.0, 5.0, 5.0]), 0.5) == pytest.approx([4.5, 5.0, 5.5])
    assert even_times(np.array([5.0, 5.25]), 0.5).tolist() == [5.0, 5.25]  # two rows are on a line


def test_long_runs_have_joined_lines_of_ten_seconds():
    steps = np.repeat([0.1, 0.11], 200)  # the rate changes in the middle of 40 s
    times = np.cumsum(steps)
    assert even_times(times, 0.1) == pytest.approx(times, abs=0.05)
    straight = np.polyval(np.polyfit(np.arange(400), times, 1), np.arange(400))
    assert np.abs(straight - times).max() > 0.3


def test_short_runs_have_one_line():
    times = np.r_[np.zeros(64), np.full(64, 64.0)]  # two bursts, 128 rows
    slope = np.polyfit(np.arange(128), times, 1)[0]
    assert np.diff(even_times(times, 1.0)) == pytest.approx(np.full(127, slope))


def test_late_runs_begin_where_the_clock_jumps():
    times = np.r_[stamped(40, 4, 0.1), 10 + stamped(40, 4, 0.1)]
    even, starts = late_runs(times, 0.1, 0.5)
    assert starts.tolist() == [0, 40]
    assert np.diff(even[:40]) == pytest.approx(np.full(39, 0.1), rel=0.02)
    assert even[40:] - even[:40] == pytest.approx(np.full(40, 10.0))


def test_a_late_run_never_begins_before_the_last_one_ended():
    at_once = np.full(20, 1.9)  # measured from 0.95 to 2.85 s, on a line through their middle
    even, starts = late_runs(np.r_[at_once, 2.4 + np.arange(20) * 0.1], 0.1, 0.3)
    assert starts.tolist() == [0, 20]
    assert even[:20] == pytest.approx(np.linspace(0.95, 2.85, 20))
    assert even[20:] == pytest.approx(np.linspace(2.95, 4.3, 20))  # pressed together
    even, starts = late_runs(np.r_[at_once, 2.4, 2.5, 2.6], 0.1, 0.3)
    assert starts.tolist() == [0, 20]
    assert even[20:] == pytest.approx([2.95, 3.05, 3.15])  # there is no room: later
