"""Recordings as frames, and the Bunch that every loader returns."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.utils import Bunch

from ..recordings import resample
from ._activities import harmonize_codes
from ._dataset import Dataset

IMU_CHANNELS = {
    "acc_x": "m/s²",
    "acc_y": "m/s²",
    "acc_z": "m/s²",
    "gyro_x": "rad/s",
    "gyro_y": "rad/s",
    "gyro_z": "rad/s",
}


class Recording(NamedTuple):
    """One recording, as it was published but for units.

    Attributes
    ----------
    subject, recording : int or str
    time : ndarray of shape (n_rows,) or None
        Seconds from any origin, in the order of the file, not decreasing; None where the rows are on the
        grid of the nominal rate without a gap.
    values : ndarray of shape (n_rows, n_channels)
    codes : ndarray of int of shape (n_rows,)
        Positions in the names of activities; -1 is unlabelled.
    """

    subject: Any
    recording: Any
    time: np.ndarray | None
    values: np.ndarray
    codes: np.ndarray


class Parsed(NamedTuple):
    """What the files of a dataset hold.

    Attributes
    ----------
    recordings : list of Recording
        Either all with times of their own or all without.
    names : list of str
        The dataset's own activities.
    report : dict
        What was found and could not be used, in words and numbers that JSON can hold.
    """

    recordings: list[Recording]
    names: list[str]
    report: dict[str, Any]


def grid_index(
    subjects: Sequence, recordings: Sequence, rows: Sequence[np.ndarray], sampling_rate: float
) -> pd.MultiIndex:
    """Build the index of recordings whose clocks start at 0 and tick at ``sampling_rate``.

    Parameters
    ----------
    subjects, recordings : sequence of length n_recordings
        Who, and which of their recordings.
    rows : sequence of integer ndarrays
        Positions on the grid of time of the rows of each recording, increasing.
    sampling_rate : float
        In Hz.
    """
    lengths = [len(positions) for positions in rows]
    n_ticks = max(positions[-1] for positions in rows) + 1
    subject_codes, subject_names = pd.factorize(np.asarray(subjects), sort=True)
    recording_codes, recording_names = pd.factorize(np.asarray(recordings), sort=True)
    levels: list[Any] = [subject_names, recording_names, np.arange(n_ticks) / sampling_rate]
    codes: list[Any] = [
        np.repeat(subject_codes, lengths),
        np.repeat(recording_codes, lengths),
        np.concatenate(rows),
    ]
    return pd.MultiIndex(levels, codes, names=["subject", "recording", "time"], verify_integrity=False)


def labels_of(codes: Any, names: Sequence[str], index: pd.Index) -> pd.Series:
    """Name the activities of rows, given as integer codes; a code of -1 is a missing label."""
    categories: Any = list(names)
    return pd.Series(pd.Categorical.from_codes(codes, categories), index=index, name="activity")


def as_bunch_or_pair(data: pd.DataFrame, target: pd.Series, return_X_y: bool, **fields):
    """Give ``(data, target)``, or the Bunch that holds them and everything that describes them."""
    if return_X_y:
        return data, target
    return Bunch(data=data, target=target, target_names=list(target.cat.categories), **fields)


def as_bunch(
    dataset: Dataset,
    parsed: Parsed,
    channels: Mapping[str, str],
    *,
    sampling_rate,
    harmonize: bool,
    shared_names: Mapping[str, str],
    return_X_y: bool,
    description: str,
    **fields,
):
    """Give what a loader returns: recordings at the rate and with the activities asked for.

    Parameters
    ----------
    dataset : Dataset
    parsed : Parsed
    channels : mapping of str to str
        Units of the channels, by name, in the order of the columns of values.
    sampling_rate : "nominal", float or None
        None leaves the rows as they were recorded.
    harmonize : bool
        Whether activities get the words that all datasets share; those without one become unlabelled.
    shared_names : mapping of str to str
        These words, by the dataset's own.
    return_X_y : bool
        Whether to return ``(data, target)`` instead of a Bunch.
    description : str
        What the data are.
    **fields
        More fields of the Bunch.
    """
    report = dict(parsed.report)
    rate = wanted_rate(dataset, sampling_rate)
    codes = np.concatenate([part.codes for part in parsed.recordings])
    data = recorded_frame(parsed.recordings, list(channels), dataset.sampling_rate)
    target = labels_of(codes, parsed.names, data.index)
    on_grid = parsed.recordings[0].time is None and rate == dataset.sampling_rate
    if rate is not None and not on_grid:
        data, target, resampled = resample(data, target, sampling_rate=rate, return_report=True)
        report["resampled"] = summarize(resampled)
    return bunch_of_frame(
        dataset,
        data,
        target,
        channels,
        report,
        sampling_rate=sampling_rate,
        harmonize=harmonize,
        shared_names=shared_names,
        return_X_y=return_X_y,
        description=description,
        **fields,
    )


def bunch_of_frame(
    dataset: Dataset,
    data: pd.DataFrame,
    target: pd.Series,
    channels: Mapping[str, str],
    report: Mapping[str, Any],
    *,
    sampling_rate,
    harmonize: bool,
    shared_names: Mapping[str, str],
    return_X_y: bool,
    description: str,
    **fields,
):
    """Give what a loader returns, of rows that are at the rate asked for; see `as_bunch`."""
    report = dict(report)
    if harmonize:
        codes, names, report["rows_without_shared_activity"] = harmonize_codes(
            target.cat.codes.to_numpy(), list(target.cat.categories), shared_names
        )
        target = labels_of(codes, names, data.index)
    rate = wanted_rate(dataset, sampling_rate)
    return as_bunch_or_pair(
        data,
        target,
        return_X_y,
        sampling_rate=float(dataset.sampling_rate if rate is None else rate),
        channel_names=list(channels),
        channel_units=dict(channels),
        report=report,
        DESCR=description,
        licence=dataset.licence,
        citation=dataset.citation,
        **fields,
    )


def wanted_rate(dataset: Dataset, sampling_rate) -> float | None:
    """The rate in Hz that a loader is asked for; None for the rows as they were recorded."""
    if sampling_rate == "nominal":
        return dataset.sampling_rate
    return None if sampling_rate is None else float(sampling_rate)


def report_of_missing(recordings: Iterable[Recording], published: Iterable[Hashable]) -> dict[str, list]:
    """Who of the published subjects has no recording here, for the report of a loader; empty if nobody."""
    there = {recording.subject for recording in recordings}
    absent = [subject for subject in published if subject not in there]
    return {"subjects_missing": absent} if absent else {}


def summarize(resampled: pd.DataFrame) -> dict[str, Any]:
    """Totals of what `resample` and `join_sensors` report for each recording."""
    totals = ["gaps", "repeated_times", "merged_rows", "rows_out", "seconds_out", "seconds_lost"]
    return {
        column: np.asarray(resampled[column]).sum().item()
        for column in resampled.columns
        if column in totals or column.endswith("_seconds_alone")
    }


def recorded_frame(
    recordings: list[Recording], channels: list[str], rate: float, origins: np.ndarray | None = None
) -> pd.DataFrame:
    """All rows as they were recorded; each recording begins at 0 s, or its clock at an origin."""
    subjects, ids = [part.subject for part in recordings], [part.recording for part in recordings]
    lengths = [len(part.values) for part in recordings]
    values = np.concatenate([part.values for part in recordings])
    times = [part.time for part in recordings if part.time is not None]
    if not times:
        index = grid_index(subjects, ids, [np.arange(length) for length in lengths], rate)
    else:
        heads = np.array([time[0] for time in times]) if origins is None else origins
        levels: list[Any] = [
            np.repeat(np.asarray(subjects), lengths),
            np.repeat(np.asarray(ids), lengths),
            np.concatenate(times) - np.repeat(heads, lengths),
        ]
        index = pd.MultiIndex.from_arrays(levels, names=["subject", "recording", "time"])
    return pd.DataFrame(values, index=index, columns=channels, copy=False)
