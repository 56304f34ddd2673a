"""What an ONNX file says of itself: one object of JSON among its metadata, under one key."""

import base64
from typing import Any

import numpy as np

from ...exceptions import ModelFileError
from ...recordings._channels import INSTRUMENT
from .._files_archive import parsed
from .._plain import from_plain

KEY = "sklearn_har"
FORMAT = 1
UNITS = {"acc": "m/s²", "gyr": "rad/s", "mag": "µT"}


def units_of(names) -> list[str | None] | None:
    """Unit of each channel, as its name tells; None where it does not.

    >>> units_of(["wrist_acc_x", "gyro_z", "heart_rate", "acc_magnitude"])
    ['m/s²', 'rad/s', None, 'm/s²']
    """
    if names is None:
        return None
    units = []
    for name in names:
        words = [word for word in str(name).split("_") if word != "magnitude"]
        found = [match[1] for word in words if (match := INSTRUMENT.fullmatch(word))]
        units.append(UNITS[found[0]] if found else None)
    return units


def as_text(values: np.ndarray) -> dict:
    """An array as its shape and its float32 values, little endian, in base64."""
    values = np.ascontiguousarray(values, dtype="<f4")
    return {"shape": list(values.shape), "base64": base64.b64encode(values.tobytes()).decode()}


def from_text(code: dict) -> np.ndarray:
    """The array of `as_text`."""
    content = base64.b64decode(code["base64"], validate=True)
    return np.frombuffer(content, dtype="<f4").reshape(code["shape"])


def facts_of(session) -> dict[str, Any]:
    """What a file says of itself, with arrays again.

    Raises
    ------
    ModelFileError
        If it is not a file of `export_onnx`, or one of a later release.
    """
    text = session.get_modelmeta().custom_metadata_map.get(KEY)
    if text is None:
        raise ModelFileError(
            f"It is an ONNX file, but not one of export_onnx: it has no metadata {KEY!r}, so its channels, "
            "rate and windows are not known."
        )
    facts = parsed(text.encode(), f"metadata {KEY!r}")
    made_by = facts.get("format")
    if type(made_by) is not int or not 1 <= made_by <= FORMAT:
        raise ModelFileError(
            f"It is of format {repr(made_by)[:20]}, and this release reads up to {FORMAT}: install a later "
            "sklearn-har."
        )
    return from_plain(facts)
