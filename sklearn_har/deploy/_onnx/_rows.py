"""Steps of rows as plain values, and made again: what reads neighbouring rows is beside the graph."""

from typing import Any

from ... import preprocessing
from .._plain import from_plain, plain

CLASSES = "ButterworthFilter", "ChannelScaler", "GravitySeparator", "Magnitude", "MedianFilter"


def plain_step(name: str, step) -> dict:
    """Class, parameters and fitted attributes of a step of rows.

    Raises
    ------
    TypeError
        If it is none that a file can hold.
    """
    kind = type(step).__name__
    if kind not in CLASSES or type(step) is not getattr(preprocessing, kind):
        raise TypeError(
            f"{name} ({kind}): of steps before windows are cut, a file holds {', '.join(CLASSES)}; put "
            "others into the estimator of windows, or do them before."
        )
    if getattr(step, "per", "all") != "all":
        raise TypeError(
            f'{name} ({kind}): per="{step.per}" scales people by who they are, which a file cannot know; set '
            'per="all", and fit again.'
        )
    fitted = {key: value for key, value in vars(step).items() if key.endswith("_")}
    return {
        "name": name,
        "class": kind,
        "parameters": plain(step.get_params(deep=False)),
        "fitted": plain(fitted),
    }


def step_of(code: dict) -> tuple[str, Any]:
    """Name and fitted transformer of `plain_step`."""
    if code["class"] not in CLASSES:
        raise ValueError(f"its step {str(code['name'])[:40]!r} is of a class that no file names.")
    step = getattr(preprocessing, code["class"])(**from_plain(code["parameters"]))
    for key, value in from_plain(code["fitted"]).items():
        setattr(step, key, value)
    return code["name"], step
