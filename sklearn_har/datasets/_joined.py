"""Accelerometer and gyroscope with clocks of their own: joined, or one of them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from .._core._sklearn import StrOptions
from ..recordings import join_sensors
from ._dataset import Dataset
from ._frames import (
    IMU_CHANNELS,
    Parsed,
    as_bunch,
    bunch_of_frame,
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
    """Give what a loader returns, of one sensor or of two that are joined on a grid.

    Parameters
    ----------
    dataset : Dataset
    parsed : mapping of str to Parsed
        Of ``"acc"``, ``"gyro"`` or both; the times of a recording are on one clock for both.
    sampling_rate : "nominal", float or None
    **options
        What else `as_bunch` takes.

    Raises
    ------
    ValueError
        If two sensors shall be returned as recorded: they have no rows in common.
    """
    if len(parsed) == 1:
        sensor, only = next(iter(parsed.items()))
        return as_bunch(dataset, only, _channels(sensor), sampling_rate=sampling_rate, **options)
    rate = wanted_rate(dataset, sampling_rate)
    if rate is None:
        raise ValueError(
            f"The sensors of {dataset.name} have clocks of their own, so they have no rows in common as "
            "recorded. Ask for one of them with sensors='acc' or sensors='gyro', or give sampling_rate."
        )
    data, target, report = _join(parsed["acc"], parsed["gyro"], rate)
    return bunch_of_frame(dataset, data, target, IMU_CHANNELS, report, sampling_rate=sampling_rate, **options)


def _channels(sensor: str) -> dict[str, str]:
    return {name: unit for name, unit in IMU_CHANNELS.items() if name.startswith(sensor)}


def _join(acc: Parsed, gyro: Parsed, rate: float) -> tuple[pd.DataFrame, pd.Series, dict[str, Any]]:
    """Rows of both sensors, their activities, and what had no partner."""
    firsts: dict[tuple, float] = {}
    for part in (*acc.recordings, *gyro.recordings):
        key, first = (part.subject, part.recording), part.time[0]
        firsts[key] = min(first, firsts.get(key, first))
    frames, labels = [], []
    for sensor, parsed in (("acc", acc), ("gyro", gyro)):
        origins = np.array([firsts[part.subject, part.recording] for part in parsed.recordings])
        frames.append(recorded_frame(parsed.recordings, list(_channels(sensor)), rate, origins))
        codes = np.concatenate([part.codes for part in parsed.recordings])
        labels.append(labels_of(codes, parsed.names, frames[-1].index))
    data, target, joined = join_sensors(
        *frames, *labels, sampling_rate=rate, no_overlap="drop", return_report=True
    )
    alone = joined[joined["rows_out"] == 0]
    report = {
        "fixity": acc.report.get("fixity"),
        "acc": {name: facts for name, facts in acc.report.items() if name != "fixity"},
        "gyro": {name: facts for name, facts in gyro.report.items() if name != "fixity"},
        "recordings_not_joined": [
            (*key, sensors) for key, sensors in zip(alone.index, alone["sensors"], strict=True)
        ],
        "label_disagreements": int(joined["label_disagreements"].sum()),
        "joined": summarize(joined),
    }
    return data, target, report
