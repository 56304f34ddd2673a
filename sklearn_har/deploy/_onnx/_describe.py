"""What a graph says of itself in words, to whoever opens the file without this library."""

import onnx

from .._plain import from_plain
from ._session import LABEL, WINDOWS


def described(graph: onnx.ModelProto, facts: dict) -> None:
    """Write into a model what its input and its outputs are."""
    windows, output = facts["windows"], facts["output"]
    classes = ", ".join(str(label) for label in from_plain(output["classes"]))
    texts = {
        WINDOWS: text_of_windows(windows),
        LABEL: "The label of each window.",
        output["name"]: f"Of each window, one column for each of: {classes}.",
    }
    graph.doc_string = f"{texts[WINDOWS]} The metadata have all that is needed to cut them."
    for value in (*graph.graph.input, *graph.graph.output):
        value.doc_string = texts[value.name]


def text_of_windows(windows: dict) -> str:
    """Shape, rate, channels and units of windows, as a sentence or two.

    >>> text_of_windows({
    ...     "n_timesteps": 128, "n_channels": 2, "sampling_rate": 50.0,
    ...     "channels": ["acc_x", "hr"], "units": ["m/s²", None],
    ... })
    'Windows of 128 rows of 2 channels, at 50 Hz. Channels, in this order: acc_x (m/s²), hr.'
    """
    rate = "" if windows["sampling_rate"] is None else f", at {windows['sampling_rate']:g} Hz"
    text = f"Windows of {windows['n_timesteps']} rows of {windows['n_channels']} channels{rate}."
    if windows["channels"] is None:
        return text
    named = [
        name if unit is None else f"{name} ({unit})"
        for name, unit in zip(windows["channels"], windows["units"], strict=True)
    ]
    return f"{text} Channels, in this order: {', '.join(named)}."
