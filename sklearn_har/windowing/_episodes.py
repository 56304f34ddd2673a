"""What was recognised, as tables: one row per window, one row per episode."""

import numpy as np
import pandas as pd

from ..recordings import Rows
from ..recordings._index import times_of
from ._coverage import Cover, Spans
from ._cutting import level_values


def table_of_windows(
    rows: Rows,
    cover: Cover,
    values: np.ndarray,
    classes: np.ndarray,
    n_timesteps: int,
    in_context: np.ndarray | None,
) -> pd.DataFrame:
    """One row per window of a cover, with the values of its classes, and those in context."""
    return pd.DataFrame(columns_of_windows(rows, cover, values, classes, n_timesteps, in_context))


def columns_of_windows(
    rows: Rows,
    cover: Cover,
    values: np.ndarray,
    classes: np.ndarray,
    n_timesteps: int,
    in_context: np.ndarray | None,
) -> dict[str, np.ndarray]:
    """The columns of `table_of_windows`."""
    best = values.argmax(axis=1)
    probabilities = {f"probability_{name}": values[:, i] for i, name in enumerate(classes)}
    smoothed = {}
    if in_context is not None:
        smoothed["activity_smoothed"] = classes[in_context.argmax(axis=1)]
        smoothed["confidence_smoothed"] = in_context.max(axis=1)
    return {
        **place_of(rows, cover.firsts, cover.n_recorded),
        "first_row": cover.firsts,
        "n_rows": cover.n_recorded,
        "activity": classes[best],
        "confidence": values[np.arange(len(values)), best],
        "padded": 1 - cover.n_recorded / n_timesteps,
        **probabilities,
        **smoothed,
    }


def table_of_episodes(
    rows: Rows, spans: Spans, values: np.ndarray, classes: np.ndarray, n_timesteps: int
) -> pd.DataFrame:
    """One row per stretch of spans of one run that have the same best class."""
    best = values.argmax(axis=1)
    run = np.searchsorted(rows.run_starts, spans.starts[:-1], side="right") - 1
    begins = np.r_[True, (best[1:] != best[:-1]) | (run[1:] != run[:-1])]
    heads = np.flatnonzero(begins)
    span_rows = np.diff(spans.starts)
    n_rows = np.add.reduceat(span_rows, heads)
    confidence = values[np.arange(len(best)), best]
    padded = rows.run_lengths[run] < n_timesteps

    def mean_over_rows(of_spans: np.ndarray) -> np.ndarray:
        return np.add.reduceat(of_spans * span_rows, heads) / n_rows

    return pd.DataFrame(
        {
            **place_of(rows, spans.starts[heads], n_rows),
            "n_rows": n_rows,
            "activity": classes[best[heads]],
            "confidence": mean_over_rows(confidence),
            "padded": mean_over_rows(padded),
            "coverage": mean_over_rows(spans.high - spans.low),
        }
    )


def place_of(rows: Rows, firsts: np.ndarray, n_rows: np.ndarray) -> dict[str, np.ndarray]:
    """Whose rows they are, and from when to when."""
    if rows.index is None:
        return {"start": firsts.astype(float), "stop": (firsts + n_rows).astype(float)}
    times = times_of(rows.index)
    return {
        "subject": level_values(rows.index, 0, firsts),
        "recording": level_values(rows.index, 1, firsts),
        "start": times[firsts],
        "stop": times[firsts + n_rows - 1] + 1 / rows.sampling_rate,
    }
