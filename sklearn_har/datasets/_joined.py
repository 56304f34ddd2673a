"""Accelerometer and gyroscope with clocks of their own, as one recording or each for itself."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from .._core._sklearn import StrOptions
from ._activities import harmonize_codes
from ._dataset import Dataset
from ._frames import IMU_CHANNELS, Parsed, as_bunch, as_bunch_or_pair, labels_of

SENSORS_PARAMETER: dict[str, Any] = {"sensors": [StrOptions({"both", "acc", "gyro"})]}


def wanted_sensors(sensors: str) -> tuple[str, ...]:
    """Names of the sensors that ``sensors`` asks for."""
    return ("acc", "gyro") if sensors == "both" else (sensors,)


def as_bunch_of_sensors(
    dataset: Dataset,
    parsed: Mapping[str, Parsed],
    *,
    sampling_rate,
    harmonize: bool,
    shared_names: Mapping[str, str],
    return_X_y: bool,
    description: str,
    **fields,
):
    """Give what a loader returns, of one sensor or of two that are joined on a grid.

    Parameters
    ----------
    parsed : mapping of str to Parsed
        Of ``"acc"``, ``"gyro"`` or both; the times of a recording are on one clock for both.
    dataset, sampling_rate, harmonize, shared_names, return_X_y, description, **fields
        As in `as_bunch`.

    Raises
    ------
    ValueError
        If two sensors shall be returned as recorded: they have no common rows.
    """
    if len(parsed) == 1:
        sensor, only = next(iter(parsed.items()))
        return as_bunch(
            dataset,
            only,
            _channels(sensor),
            sampling_rate=sampling_rate,
            harmonize=harmonize,
            shared_names=shared_names,
            return_X_y=return_X_y,
            description=description,
            **fields,
        )
    if sampling_rate is None:
        raise ValueError(
            f"The two sensors of {dataset.name} have clocks of their own, so they have no rows in common "
            "as recorded. Ask for one of them with sensors='acc' or sensors='gyro', or give sampling_rate."
        )
    rate = float(dataset.sampling_rate if sampling_rate == "nominal" else sampling_rate)
    data, target, report = _join(parsed["acc"], parsed["gyro"], rate)
    if harmonize:
        codes, names, unmapped = harmonize_codes(
            target.cat.codes.to_numpy(np.int64), parsed["acc"].names, shared_names
        )
        target = labels_of(codes, names, data.index)
        report["rows_without_shared_activity"] = unmapped
    return as_bunch_or_pair(
        data,
        target,
        return_X_y,
        sampling_rate=rate,
        channel_names=list(IMU_CHANNELS),
        channel_units=dict(IMU_CHANNELS),
        report=report,
        DESCR=description,
        licence=dataset.licence,
        citation=dataset.citation,
        **fields,
    )


def _channels(sensor: str) -> dict[str, str]:
    return {name: unit for name, unit in IMU_CHANNELS.items() if name.startswith(sensor)}


def _join(acc: Parsed, gyro: Parsed, rate: float) -> tuple[pd.DataFrame, pd.Series, dict[str, Any]]:
    from ..recordings import join_sensors

    origins: dict[tuple, float] = {}
    for part in (*acc.recordings, *gyro.recordings):
        key, first = (part.subject, part.recording), float(_times(part)[0])
        origins[key] = min(first, origins.get(key, first))
    acc_X, gyro_X = _frame(acc, "acc", origins), _frame(gyro, "gyro", origins)
    data, target, joined = join_sensors(
        acc_X,
        gyro_X,
        _labels(acc, acc_X),
        _labels(gyro, gyro_X),
        sampling_rate=rate,
        no_overlap="drop",
        return_report=True,
    )
    target = pd.Series(pd.Categorical(target, acc.names), index=data.index, name="activity")
    alone = joined[joined["rows_out"].isna() | (joined["rows_out"] == 0)]
    report = {
        "fixity": acc.report.get("fixity"),
        "acc": {key: value for key, value in acc.report.items() if key != "fixity"},
        "gyro": {key: value for key, value in gyro.report.items() if key != "fixity"},
        "recordings_not_joined": [
            [*key, sensors] for key, sensors in zip(alone.index.tolist(), alone["sensors"], strict=True)
        ],
        "acc_seconds_alone": float(joined["acc_seconds_alone"].sum()),
        "gyro_seconds_alone": float(joined["gyro_seconds_alone"].sum()),
        "label_disagreements": int(joined["label_disagreements"].sum()),
    }
    return data, target, report


def _times(part) -> np.ndarray:
    if part.time is None:
        raise ValueError(f"Recording {part.recording} of subject {part.subject} has no times to join on.")
    return part.time


def _frame(parsed: Parsed, sensor: str, origins: Mapping[tuple, float]) -> pd.DataFrame:
    """Rows of one sensor; a recording begins at 0 s where the earlier of its two sensors does."""
    parts = parsed.recordings
    lengths = [len(part.values) for part in parts]
    levels: list[Any] = [
        np.repeat(np.asarray([part.subject for part in parts]), lengths),
        np.repeat(np.asarray([part.recording for part in parts]), lengths),
        np.concatenate([_times(part) - origins[part.subject, part.recording] for part in parts]),
    ]
    index = pd.MultiIndex.from_arrays(levels, names=["subject", "recording", "time"])
    return pd.DataFrame(
        np.concatenate([part.values for part in parts]), index=index, columns=list(_channels(sensor))
    )


def _labels(parsed: Parsed, data: pd.DataFrame) -> pd.Series:
    return labels_of(np.concatenate([part.codes for part in parsed.recordings]), parsed.names, data.index)
