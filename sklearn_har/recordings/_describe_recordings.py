"""What is in recordings, and what looks wrong: the table to read first."""

from collections import defaultdict
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_array

from .._core._warnings import warn_user
from ..exceptions import SuspectRecordingsWarning
from ._checks import channel_values
from ._clock import clock_bursts, gaps_of_late_clock, longest_step, typical_interval
from ._findings import (
    CLOCK_UNITS,
    FULL_SCALES_G,
    FULL_SCALES_TURN,
    GRAVITY,
    STUCK_SECONDS,
    acceleration_finding,
    clipped,
    clock_unit,
    longest_constant,
    median_length,
    triads_of,
    turning_finding,
)
from ._grid import HALF_STEP, MOST_OFF_GRID, RATE_TOLERANCE
from ._index import INDEX_LEVELS, finite_times, recording_starts, recordings_index, refuse_bad_channels
from ._labels import check_labels_belong

RESAMPLE = "sklearn_har.recordings.resample brings them onto a regular grid"


def describe_recordings(X, y=None):
    """Describe recordings, one line each: how long, how regular, in which units, what looks wrong.

    Anything that has the index of recordings is described, also what `check_recordings` refuses:
    irregular and repeated times, times out of order, missing values.

    Parameters
    ----------
    X : DataFrame of shape (n_rows, n_channels)
        Recordings, with the index levels subject, recording and time (seconds).
    y : array-like of shape (n_rows,), default=None
        Labels; missing ones are allowed.

    Returns
    -------
    DataFrame of shape (n_recordings, n_facts)
        Its index is subject and recording. Its columns:

        - ``seconds``, ``rows``, ``rate`` (Hz, the same with gaps and bursts);
        - ``jitter``: how far the middle nine tenths of the steps spread, as a share of the typical step;
        - ``gaps`` and ``longest_gap`` (seconds): steps of more than 5 intervals and 0.1 s, and not
          made up for;
        - ``repeated_times``, ``backward_times`` and ``missing_values`` (in all channels);
        - ``<triad>_length``: median length of each acceleration triad, near 9.81 m/s² where gravity
          is in it;
        - ``stuck`` and ``clipped``: names of channels with one value for 10 s and more, or for three
          rows and more in succession at the end of a sensor's range (2, 4, 8, 16 g; 250, 500, 1000,
          2000 °/s);
        - with ``y``: ``unlabelled`` (share of the rows) and the seconds of every activity;
        - ``findings``: what looks wrong and what mends it; empty where nothing does.

    Warns
    -----
    SuspectRecordingsWarning
        If anything looks wrong: what, in how many recordings, and what mends it.

    Raises
    ------
    ValueError
        If X has no index of recordings, a time is missing or infinite, the rows of a recording are
        not together, or ``y`` does not belong to X.

    Examples
    --------
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.recordings import describe_recordings
    >>> X, y = make_recordings(n_subjects=2, sampling_rate=50, random_state=0, return_X_y=True)
    >>> described = describe_recordings(X, y)
    >>> described[["rate", "gaps", "findings"]].to_dict("list")
    {'rate': [50.0, 50.0, 50.0, 50.0], 'gaps': [0, 0, 0, 0], 'findings': ['', '', '', '']}
    """
    refuse_bad_channels(X)
    index = recordings_index(X)
    if index is None:
        raise ValueError(
            f"X has no times. Recordings have the index levels {list(INDEX_LEVELS)}; "
            "sklearn_har.recordings.recordings_from_table makes them of a table."
        )
    if y is not None:
        check_labels_belong(X, y)
    values = check_array(channel_values(X), dtype=np.float64, ensure_all_finite=False, input_name="X")
    starts, times = recording_starts(index), finite_times(index)
    found: list[dict[str, list[str]]] = []
    facts = []
    for a, b in pairwise(starts.tolist()):
        findings: dict[str, list[str]] = defaultdict(list)
        clock = _clock_facts(times[a:b], values[a:b], findings)
        facts.append(clock | _channel_facts(values[a:b], list(X.columns), clock["rate"], findings))
        found.append(findings)
    table = pd.DataFrame(facts, index=index[starts[:-1]].droplevel("time"))
    _compare_rates(table, found)
    if y is not None:
        table = table.join(_balance(y, starts, table))
    table["findings"] = [
        "; ".join(f"{what} {', '.join(of)}".rstrip() for what, of in f.items()) for f in found
    ]
    _warn(found)
    return table


def _clock_facts(times: np.ndarray, values: np.ndarray, findings: dict) -> dict[str, Any]:
    steps = np.diff(times)
    backward = int((steps < 0).sum())
    if backward:
        findings["times run backwards: sort the rows with X.sort_index() and y alongside"] = []
        order = np.argsort(times, kind="stable")
        times, values = times[order], values[order]
        steps = np.diff(times)
    interval = typical_interval(times)
    facts = {
        "seconds": float(times[-1] - times[0]) + (0.0 if np.isnan(interval) else interval),
        "rows": len(times),
        "rate": float(f"{1 / interval:.6g}"),
        "jitter": np.nan,
        "gaps": 0,
        "longest_gap": 0.0,
        "repeated_times": int((steps == 0).sum()),
        "backward_times": backward,
    }
    if np.isnan(interval):
        findings["the rate is unknown: there are not two different times"] = []
        return facts
    if (unit := clock_unit(facts["rate"])) is not None:
        name, _ = CLOCK_UNITS[unit]
        findings[f"times look like {unit}, not seconds: read them with time_unit={name!r}"] = []
    longest = longest_step(interval, None)
    late = clock_bursts(times, values, interval)
    before = gaps_of_late_clock(times, interval, longest) if late else np.flatnonzero(steps > longest)
    regular = np.delete(steps, before)
    if len(regular):
        low, high = np.quantile(regular, [0.05, 0.95])
        facts["jitter"] = float(high - low) / interval
    facts |= {"gaps": len(before), "longest_gap": float(steps[before].max(initial=0.0))}
    off_grid = np.mean(np.abs(regular / interval - 1) > HALF_STEP) if len(regular) else 0.0
    if late:
        findings[f"rows are stamped in bursts: {RESAMPLE}, evenly spread"] = []
    elif facts["repeated_times"]:
        findings[f"times repeat: {RESAMPLE}, such rows merged"] = []
    elif off_grid > MOST_OFF_GRID:
        findings[f"steps are irregular: {RESAMPLE}"] = []
    return facts


def _channel_facts(values: np.ndarray, channels: list, rate: float, findings: dict) -> dict[str, Any]:
    facts: dict[str, Any] = {"missing_values": int((~np.isfinite(values)).sum())}
    if facts["missing_values"]:
        findings["values are missing: fill or drop these rows"] = []
    is_clipped = np.zeros(len(channels), dtype=bool)
    for name, triad in triads_of(channels, "acc").items():
        length = median_length(values[:, triad])
        facts[f"{name}_length"] = length
        finding = acceleration_finding(length)
        if finding:
            findings[f"acceleration {finding}:"].append(f"{name} ({length:.3g})")
        per_g = GRAVITY if length > 3 else 1.0
        is_clipped[triad] = clipped(values[:, triad], FULL_SCALES_G * per_g)
    for name, triad in triads_of(channels, "gyr").items():
        finding = turning_finding(values[:, triad])
        if finding:
            findings[f"angular rate {finding}:"].append(name)
        is_clipped[triad] = clipped(values[:, triad], FULL_SCALES_TURN * (180 / np.pi if finding else 1.0))
    unit = clock_unit(rate)
    true_rate = rate if unit is None else rate * CLOCK_UNITS[unit][1]
    constant = longest_constant(values)
    is_stuck = (constant > 1) & (constant / true_rate >= STUCK_SECONDS)
    facts["stuck"] = _names(channels, is_stuck)
    facts["clipped"] = _names(channels, is_clipped & ~is_stuck)
    if facts["stuck"]:
        findings["a channel is stuck: leave the recording or the channel out:"].append(facts["stuck"])
    if facts["clipped"]:
        findings["a channel is clipped: record with a wider range:"].append(facts["clipped"])
    return facts


def _names(channels: list, chosen: np.ndarray) -> str:
    return ", ".join(str(name) for name, is_chosen in zip(channels, chosen, strict=True) if is_chosen)


def _compare_rates(table: pd.DataFrame, found: list) -> None:
    usual = table["rate"].dropna().median()  # pandas 2 warns where there is none
    for findings, rate in zip(found, table["rate"], strict=True):
        if abs(rate / usual - 1) > RATE_TOLERANCE:
            findings["the rate is not that of the other recordings: resample all to one"] = []


def _balance(y, starts: np.ndarray, table: pd.DataFrame) -> pd.DataFrame:
    """Share of rows without label, and seconds of every activity, of every recording."""
    labels = y.iloc[:, 0] if isinstance(y, pd.DataFrame) else pd.Series(y)
    codes, names = pd.factorize(labels.to_numpy(dtype=object), sort=True)
    owner = np.repeat(np.arange(len(table)), np.diff(starts))
    cells = owner * (len(names) + 1) + codes + 1
    rows = np.bincount(cells, minlength=len(table) * (len(names) + 1)).reshape(len(table), -1)
    columns: dict[str, Any] = {"unlabelled": rows[:, 0] / rows.sum(axis=1)}
    per_row = table["seconds"].to_numpy() / table["rows"].to_numpy()
    columns |= {f"{name}_seconds": rows[:, number] * per_row for number, name in enumerate(names, 1)}
    return pd.DataFrame(columns, index=table.index)


def _warn(found: list[dict[str, list[str]]]) -> None:
    counts: dict[str, int] = defaultdict(int)
    for findings in found:
        for what in findings:
            counts[what.rstrip(":")] += 1
    if counts:
        lines = "; ".join(f"in {n} of {len(found)} recordings {what}" for what, n in counts.items())
        warn_user(
            f"{lines[0].upper()}{lines[1:]}. The column 'findings' says which.", SuspectRecordingsWarning
        )
