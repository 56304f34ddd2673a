"""Arrays as plain values, so that a state can be kept as JSON."""

from typing import Any

import numpy as np


def plain(value: Any) -> Any:
    """Nested dicts and lists of numbers and strings, for those with arrays in them; floats stay exact."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, np.ndarray):
        return {"dtype": value.dtype.str, "shape": list(value.shape), "values": value.ravel().tolist()}
    return value.item() if isinstance(value, np.generic) else value


def from_plain(value: Any) -> Any:
    """What `plain` was made of, with lists for tuples."""
    if isinstance(value, dict):
        if value.keys() == {"dtype", "shape", "values"}:
            return np.array(value["values"], dtype=value["dtype"]).reshape(value["shape"])
        return {name: from_plain(part) for name, part in value.items()}
    return [from_plain(part) for part in value] if isinstance(value, list) else value
