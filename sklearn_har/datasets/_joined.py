"""Accelerometer and gyroscope with clocks of their own: joined, or one of them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import numpy as np
import pandas as pd

from .._core._sklearn import StrOptions
from ..recordings import join_sensors
from ._cache import parse_once
from ._dataset import Dataset
from ._files import Files
from ._frames import (
    IMU_CHANNELS,
    Parsed,
    Recording,
    as_bunch,
    bunch_of_frame,
    grid_index,
    labels_of,
    recorded_frame,
    summarize,
    wanted_rate,
)

SENSORS_PARAMETER: dict[str, Any] = {"sensors": [StrOptions({"both", "acc", "gyro"})]}


def as_bunch_of_sensors(
    dataset: Dataset,
    files: Files,
    parse: Callable[..., Parsed],
    parameters: Mapping[str, Any],
    sensors: str,
    *,
    sampling_rate,
    **options,
):
    """Give what a loader returns, of one sensor or of two that are joined.

    At a rate they are joined on a grid; as recorded, the rows of the accelerometer get the values that
    the gyroscope had nearest in time, within half an interval of the nominal rate.

    Parameters
    ----------
    dataset : Dataset
    files : Files
    parse : callable
        ``parse(files, sensor=sensor, **parameters)`` gives Parsed of "acc" or "gyro"; the times of a
        recording are on one clock for both.
    parameters : mapping of str to str
        What else ``parse`` takes.
    sensors : {"both", "acc", "gyro"}
    sampling_rate : "nominal", float or None
    **options
        What else `as_bunch` takes.
    """
    if sensors != "both":
        only = parse_once(files, parse, sensor=sensors, **parameters)
        return as_bunch(dataset, only, _channels(sensors), sampling_rate=sampling_rate, **options)
    rate = wanted_rate(dataset, sampling_rate)

    def join(files: Files, **_) -> Parsed:
        acc, gyro = (parse_once(files, parse, sensor=sensor, **parameters) for sensor in ("acc", "gyro"))
        return _join(acc, gyro, dataset, rate)

    if rate == dataset.sampling_rate:
        joined = parse_once(files, join, loader=parse.__module__, checks=True, sensor="both", **parameters)
    else:
        joined = join(files)
    data = frame_of_joined(joined.recordings, list(IMU_CHANNELS), rate)
    target = _labels(joined.recordings, joined.names, data)
    return bunch_of_frame(
        dataset, data, target, IMU_CHANNELS, joined.report, sampling_rate=sampling_rate, **options
    )


def _channels(sensor: str) -> dict[str, str]:
    return {name: unit for name, unit in IMU_CHANNELS.items() if name.startswith(sensor)}


def _join(acc: Parsed, gyro: Parsed, dataset: Dataset, rate: float | None) -> Parsed:
    """Recordings of both sensors, and what had no partner."""
    first, second = ({part[:2]: part for part in sensor.recordings} for sensor in (acc, gyro))
    pairs = [(part, second[key]) for key, part in first.items() if key in second]
    if not pairs:
        raise ValueError(f"No recording of {dataset.name} is of both sensors. Ask for one: sensors='acc'.")
    report = {
        "fixity": acc.report.get("fixity"),
        "acc": {name: facts for name, facts in acc.report.items() if name != "fixity"},
        "gyro": {name: facts for name, facts in gyro.report.items() if name != "fixity"},
        "recordings_of_one_sensor": sorted(f"{who} {which}" for who, which in first.keys() ^ second.keys()),
    }
    if rate is None:
        nearest = [nearest_rows(*pair, 0.5 / dataset.sampling_rate) for pair in pairs]
        recordings = [part for part in nearest if len(part.values)]
        n_rows, n_joined = (sum(len(part.values) for part in parts) for parts in (first.values(), recordings))
        report["rows_without_partner"] = n_rows - n_joined
    else:
        recordings, joined = _on_grid(pairs, acc.names, rate)
        lost = joined.index[joined["rows_out"] == 0]
        report["recordings_without_common_time"] = [f"{who} {which}" for who, which in lost]
        report["label_disagreements"] = int(joined["label_disagreements"].sum())
        report |= summarize(joined)
    if not recordings:
        raise ValueError(
            f"In {dataset.name}, there is no time at which both sensors recorded. Ask for one: sensors='acc'."
        )
    return Parsed(recordings, acc.names, report)


def nearest_rows(acc: Recording, gyro: Recording, tolerance: float) -> Recording:
    """Rows of the accelerometer, each with the gyroscope's nearest in time within ``tolerance`` seconds."""
    acc_time, gyro_time = clock_of(acc), clock_of(gyro)
    partner = np.searchsorted((gyro_time[1:] + gyro_time[:-1]) / 2, acc_time)
    near = np.abs(gyro_time[partner] - acc_time) <= tolerance
    values = np.hstack([acc.values[near], gyro.values[partner[near]]])
    return acc._replace(time=acc_time[near], values=values, codes=acc.codes[near])


def _on_grid(
    pairs: list[tuple[Recording, Recording]], names: Sequence[str], rate: float
) -> tuple[list[Recording], pd.DataFrame]:
    origins = np.array([min(clock_of(acc)[0], clock_of(gyro)[0]) for acc, gyro in pairs])
    frames, labels = [], []
    for sensor, parts in zip(("acc", "gyro"), zip(*pairs, strict=True), strict=True):
        frames.append(recorded_frame(list(parts), list(_channels(sensor)), rate, origins))
        labels.append(_labels(parts, names, frames[-1]))
    data, target, joined = join_sensors(
        *frames, *labels, sampling_rate=rate, no_overlap="drop", return_report=True
    )
    return recordings_of_joined(data, target.cat.codes.to_numpy()), joined


def clock_of(part: Recording) -> np.ndarray:
    """The times of a recording of a sensor with a clock of its own, which always has some."""
    return cast(np.ndarray, part.time)


def _labels(parts: Sequence[Recording], names: Sequence[str], data: pd.DataFrame) -> pd.Series:
    index: Any = data.index
    return labels_of(np.concatenate([part.codes for part in parts]), names, index)


def recordings_of_joined(data: pd.DataFrame, codes: np.ndarray) -> list[Recording]:
    """The recordings of a frame, with clocks that begin at 0 s."""
    index: Any = data.index
    (who, which, tick), (people, ids, times) = index.codes, index.levels
    bounds = np.flatnonzero((np.diff(who) != 0) | (np.diff(which) != 0)) + 1
    heads = np.r_[0, bounds] if len(data) else bounds
    columns = [np.split(column, bounds) for column in (times.to_numpy()[tick], data.to_numpy(), codes)]
    parts = zip(people[who[heads]].tolist(), ids[which[heads]].tolist(), *columns, strict=len(data) > 0)
    return [Recording(*part)._replace(time=part[2] - part[2][0]) for part in parts]


def frame_of_joined(recordings: Sequence[Recording], channels: list[str], rate: float | None) -> pd.DataFrame:
    """The frame of recordings on the grid of a rate, whose clocks begin at 0 s, or of those as recorded."""
    parts = list(recordings)
    if rate is None:
        return recorded_frame(parts, channels, 1.0)
    rows = [np.rint(clock_of(part) * rate).astype(np.int64) for part in parts]
    index = grid_index([part.subject for part in parts], [part.recording for part in parts], rows, rate)
    values = np.concatenate([part.values for part in parts])
    return pd.DataFrame(values, index=index, columns=channels, copy=False)
