"""Accelerometer and gyroscope with clocks of their own: joined, or one of them."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
import pandas as pd

from .._core._sklearn import StrOptions
from ..recordings import join_sensors
from ._dataset import Dataset
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


def wanted_sensors(sensors: str) -> tuple[str, ...]:
    """Names of the sensors that ``sensors`` asks for."""
    return ("acc", "gyro") if sensors == "both" else (sensors,)


def as_bunch_of_sensors(dataset: Dataset, parsed: Mapping[str, Parsed], *, sampling_rate, **options):
    """Give what a loader returns, of one sensor or of two that are joined.

    At a rate they are joined on a grid; as recorded, the rows of the accelerometer get the values that
    the gyroscope had nearest in time, within half an interval of the nominal rate.

    Parameters
    ----------
    dataset : Dataset
    parsed : mapping of str to Parsed
        Of ``"acc"``, ``"gyro"`` or both; the times of a recording are on one clock for both.
    sampling_rate : "nominal", float or None
    **options
        What else `as_bunch` takes.
    """
    if len(parsed) == 1:
        sensor, only = next(iter(parsed.items()))
        return as_bunch(dataset, only, _channels(sensor), sampling_rate=sampling_rate, **options)
    data, target, report = _join(parsed["acc"], parsed["gyro"], dataset, wanted_rate(dataset, sampling_rate))
    return bunch_of_frame(dataset, data, target, IMU_CHANNELS, report, sampling_rate=sampling_rate, **options)


def _channels(sensor: str) -> dict[str, str]:
    return {name: unit for name, unit in IMU_CHANNELS.items() if name.startswith(sensor)}


def _join(
    acc: Parsed, gyro: Parsed, dataset: Dataset, rate: float | None
) -> tuple[pd.DataFrame, pd.Series, dict[str, Any]]:
    """Rows of both sensors, their activities, and what had no partner."""
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
        whole = [part for part in nearest if len(part.values)]
        report["rows_without_partner"] = sum(len(part.values) for part, _ in pairs) - sum(
            len(part.values) for part in whole
        )
        data = recorded_frame(whole, list(IMU_CHANNELS), dataset.sampling_rate)
        return data, _labels(whole, acc.names, data), report
    data, target, joined = _on_grid(pairs, acc.names, rate)
    lost = joined.index[joined["rows_out"] == 0]
    report["recordings_without_common_time"] = [f"{who} {which}" for who, which in lost]
    report["label_disagreements"] = int(joined["label_disagreements"].sum())
    return data, target, report | summarize(joined)


def nearest_rows(acc: Recording, gyro: Recording, tolerance: float) -> Recording:
    """Rows of the accelerometer, each with the gyroscope's nearest in time within ``tolerance`` seconds."""
    acc_time, gyro_time = clock_of(acc), clock_of(gyro)
    partner = np.searchsorted((gyro_time[1:] + gyro_time[:-1]) / 2, acc_time)
    near = np.abs(gyro_time[partner] - acc_time) <= tolerance
    values = np.hstack([acc.values[near], gyro.values[partner[near]]])
    return acc._replace(time=acc_time[near], values=values, codes=acc.codes[near])


def _on_grid(
    pairs: list[tuple[Recording, Recording]], names: Sequence[str], rate: float
) -> tuple[pd.DataFrame, pd.Series, pd.DataFrame]:
    origins = np.array([min(clock_of(acc)[0], clock_of(gyro)[0]) for acc, gyro in pairs])
    frames, labels = [], []
    for sensor, parts in zip(("acc", "gyro"), zip(*pairs, strict=True), strict=True):
        frames.append(recorded_frame(list(parts), list(_channels(sensor)), rate, origins))
        labels.append(_labels(parts, names, frames[-1]))
    data, target, joined = join_sensors(
        *frames, *labels, sampling_rate=rate, no_overlap="drop", return_report=True
    )
    index = index_from_zero(data.index, rate)
    return data.set_axis(index), target.set_axis(index), joined


def clock_of(part: Recording) -> np.ndarray:
    """The times of a recording of a sensor with a clock of its own, which always has some."""
    return cast(np.ndarray, part.time)


def _labels(parts: Sequence[Recording], names: Sequence[str], data: pd.DataFrame) -> pd.Series:
    index: Any = data.index
    return labels_of(np.concatenate([part.codes for part in parts]), names, index)


def index_from_zero(index: Any, rate: float) -> pd.MultiIndex:
    """The index of recordings on grids of their own, with clocks that begin at 0 s."""
    (who, which, _), (people, ids, times) = index.codes, index.levels
    seconds = times.to_numpy()[index.codes[2]]
    heads = np.flatnonzero(np.r_[True, (np.diff(who) != 0) | (np.diff(which) != 0)])
    starts = np.repeat(seconds[heads], np.diff(np.r_[heads, len(seconds)]))
    ticks = np.rint((seconds - starts) * rate).astype(np.int64)
    rows = np.split(ticks, heads[1:])
    return grid_index(people.to_numpy()[who[heads]], ids.to_numpy()[which[heads]], rows, rate)
