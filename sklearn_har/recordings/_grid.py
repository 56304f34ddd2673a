"""The time grid of recordings: its rate, its regularity and the runs that gaps leave."""

import numpy as np
import pandas as pd

from ._index import PUT_IN_ORDER, describe_row

RATE_TOLERANCE = 0.05  # devices of one make differ by 1 or 2 %; the next common rate is 20 % away
MOST_OFF_GRID = 0.05  # share of steps that may be neither regular nor a gap of whole intervals
HALF_STEP = 0.5  # a step within half an interval of the regular one continues a run
LONGEST_SHORT_GAP = 10  # intervals; after a longer gap a clock may start anywhere on the grid
STEPS_FOR_MEDIAN = 100_000


def estimate_rate(times: np.ndarray, starts: np.ndarray, index: pd.MultiIndex) -> float:
    """Rows per second of recordings, in Hz, to six digits.

    The median step tells which steps are regular; their mean is the interval. The rate of data
    that have no two rows of one recording is unknown: 1 Hz is returned.

    Raises
    ------
    ValueError
        If time stands still or runs backwards, the grid is irregular or a recording has a rate of
        its own.
    """
    steps, inside = _steps(times, starts)
    _check_increasing(steps, inside, index)
    inner = steps[inside]
    if not len(inner):
        return 1.0
    interval = float(np.median(inner[:: max(1, len(inner) // STEPS_FOR_MEDIAN)]))
    _check_on_grid(inner / interval, interval, inside, index)
    regular = inside & (np.abs(steps / interval - 1) <= HALF_STEP)
    if not regular.any():
        return _six_digits(1 / interval)
    interval = float(steps[regular].mean())
    _check_recordings_agree(steps, regular, starts, interval, index)
    return _six_digits(1 / interval)


def split_runs(times: np.ndarray, starts: np.ndarray, rate: float, index: pd.MultiIndex) -> np.ndarray:
    """Positions of the first row of every run, then the number of rows."""
    steps, inside = _steps(times, starts)
    _check_increasing(steps, inside, index)
    continues = inside & (np.abs(steps * rate - 1) <= HALF_STEP)
    heads = np.flatnonzero(~continues) + 1
    first = np.zeros(min(1, len(times)), dtype=np.intp)
    return np.concatenate([first, heads, [len(times)]]).astype(np.intp)


def check_rate(rate: float, expected: float, index: pd.MultiIndex) -> None:
    """Refuse a sampling rate that is not the expected one."""
    if len(index) > 1 and abs(rate / expected - 1) > RATE_TOLERANCE:
        raise ValueError(
            f"These recordings have {rate:.6g} rows per second; {expected:.6g} Hz is expected, the "
            "rate of the recordings seen in fit. Resample them to that rate first."
        )


def _steps(times: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Seconds from each row to the next, and whether both are of one recording."""
    inside = np.ones(max(0, len(times) - 1), dtype=bool)
    inside[starts[1:-1] - 1] = False
    return np.diff(times), inside


def _check_increasing(steps, inside, index) -> None:
    wrong = inside & ~(steps > 0)
    if not wrong.any():
        return
    row = int(np.argmax(wrong)) + 1
    happens = "repeats" if steps[row - 1] == 0 else "runs backwards"
    raise ValueError(
        f"Time {happens} at {describe_row(index, row)}: the row before it is at "
        f"{index[row - 1][2]:.6g} s. Time must increase within a recording. {PUT_IN_ORDER}"
    )


def _check_on_grid(ratios: np.ndarray, interval: float, inside, index) -> None:
    """Refuse a grid on which many steps are neither regular nor gaps of whole intervals."""
    irregular = np.abs(ratios - 1) > HALF_STEP
    off_grid = irregular & ((ratios < 1) | (np.abs(ratios - np.rint(ratios)) > HALF_STEP / 2))
    off_grid &= ratios <= LONGEST_SHORT_GAP
    share = off_grid.mean()
    if share > MOST_OFF_GRID:
        row = int(np.flatnonzero(inside)[np.argmax(off_grid)])
        raise ValueError(
            f"The time grid is irregular: the median step is {interval:.6g} s, but {share:.0%} of the "
            "steps are neither near it nor gaps of whole steps. The first such step follows "
            f"{describe_row(index, row)}. Resample the recordings onto a regular grid first."
        )


def _check_recordings_agree(steps, regular, starts, interval: float, index) -> None:
    """Refuse a recording whose regular steps have another mean, or that has almost none."""
    owner = np.repeat(np.arange(len(starts) - 1), np.diff(starts))[:-1]
    n_recordings = len(starts) - 1
    counts = np.bincount(owner, regular, minlength=n_recordings)
    sums = np.bincount(owner, np.where(regular, steps, 0.0), minlength=n_recordings)
    lengths = np.diff(starts)
    means = np.divide(sums, counts, out=np.full(n_recordings, interval), where=counts > 0)
    odd = np.abs(means / interval - 1) > RATE_TOLERANCE
    odd |= (counts == 0) & (lengths > LONGEST_SHORT_GAP)
    if odd.any():
        which = int(np.argmax(odd))
        first, last = int(starts[which]), int(starts[which + 1]) - 1
        subject, recording, start = index[first]
        own_rate = (last - first) / (index[last][2] - start)
        raise ValueError(
            f"Recording {recording} of subject {subject} has {own_rate:.4g} rows per second, the "
            f"recordings together {1 / interval:.4g}. All must have one sampling rate: resample them "
            "first."
        )


def _six_digits(rate: float) -> float:
    """Drop the rounding errors of times, so that 50 Hz is 50.0 and seconds are whole rows."""
    return float(f"{rate:.6g}")
