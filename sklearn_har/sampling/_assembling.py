"""Windows that were there before and windows that are new, put together with all they carry."""

import numpy as np

from ..windowing import Windows
from ..windowing._windows import COPY, RECORDED, SYNTHETIC


def select_windows(windows: Windows, positions: np.ndarray) -> Windows:
    """Windows by position; what is there a second time is a copy."""
    result = windows[positions]
    repeated = np.ones(len(positions), dtype=bool)
    repeated[np.unique(positions, return_index=True)[1]] = False
    result.origin = np.where(repeated & (result.origin == RECORDED), COPY, result.origin).astype(np.int8)
    return result


def with_synthetic(windows: Windows, kept: np.ndarray, values: np.ndarray, like: np.ndarray) -> Windows:
    """Windows at the positions ``kept``, then synthetic ones.

    Parameters
    ----------
    windows : Windows
    kept : ndarray of int of shape (n_kept,)
        What is there a second time is a copy.
    values : ndarray of shape (n_new, n_timesteps, n_channels)
        Of the synthetic windows.
    like : ndarray of int of shape (n_new,)
        Position of a window of the same person, and of the recording to name, for each of them.
    """
    old = select_windows(windows, kept)
    carried: dict[str, np.ndarray | None] = {
        "origin": np.concatenate([old.origin, np.full(len(values), SYNTHETIC, dtype=np.int8)])
    }
    for name in ("subjects", "recordings"):
        given = getattr(windows, name)
        carried[name] = None if given is None else given[np.concatenate([kept, like])]
    for name in ("runs", "starts"):
        given = getattr(old, name)
        carried[name] = None if given is None else np.concatenate([given, np.full(len(values), -1)])
    return Windows(
        np.concatenate([np.asarray(old), values.astype(windows.dtype, copy=False)]),
        **carried,
        channel_names=windows.channel_names,
        sampling_rate=windows.sampling_rate,
    )


def positions_of(rows: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Position of each row among others, to the bit; -1 where it is new.

    Of equal rows the first is found at the first place, the second at the second, and so on; what
    is left over is found at the last.
    """
    keys, others = _row_keys(rows.astype(among.dtype, copy=False)), _row_keys(among)
    order, key_order = np.argsort(others, kind="stable"), np.argsort(keys, kind="stable")
    ordered, ordered_keys = others[order], keys[key_order]
    first = np.searchsorted(ordered, ordered_keys)
    n_equal = np.searchsorted(ordered, ordered_keys, side="right") - first
    n_before = np.arange(len(keys)) - np.searchsorted(ordered_keys, ordered_keys)
    place = first + np.minimum(n_before, n_equal - 1)
    positions = np.empty(len(keys), dtype=np.intp)
    positions[key_order] = np.where(n_equal > 0, order[np.minimum(place, len(order) - 1)], -1)
    return positions


def _row_keys(rows: np.ndarray) -> np.ndarray:
    rows = np.ascontiguousarray(rows)
    return rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1]))).ravel()
