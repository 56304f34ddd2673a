"""Windows: an array of windows that knows where each of them comes from."""

import numpy as np
import pandas as pd

from .._core._blocks import block_slices

RECORDED, COPY, SYNTHETIC = 0, 1, 2
GATHER_BYTES = 2**20  # of windows that are copied out together: well inside a processor's cache
PER_WINDOW = ("subjects", "recordings", "runs", "starts", "origin")


class Windows:
    """Windows of recordings, with who, where and how they were recorded.

    An array-like of shape (n_windows, n_timesteps, n_channels) that passes through scikit-learn's
    splitters, searches and pipelines. Windows are kept as positions in the rows they were cut
    from, and copied out only when they are read, so overlapping windows cost no memory.

    Parameters
    ----------
    data : array-like of shape (n_windows, n_timesteps, n_channels)
        The windows themselves. `Windows.from_rows` makes windows of rows instead.
    subjects, recordings : array-like of shape (n_windows,), default=None
        Who was recorded, in which session.
    runs : array-like of int of shape (n_windows,), default=None
        Which gapless stretch of rows each window lies in.
    starts : array-like of int of shape (n_windows,), default=None
        Position of each window's first row in the recordings; -1 where there is none.
    origin : array-like of int of shape (n_windows,), default=None
        0 recorded, 1 a copy of another window, 2 synthetic. None means all were recorded.
    channel_names : sequence of str, default=None
    sampling_rate : float, default=None
        In Hz.

    Attributes
    ----------
    subjects, recordings, runs, starts : ndarray of shape (n_windows,) or None
    origin : ndarray of int8 of shape (n_windows,)
    channel_names : tuple of str or None
    sampling_rate : float or None
    left_out : dict or None
        What `sliding_windows` left out when it cut these: counts by reason.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.windowing import Windows
    >>> windows = Windows(np.zeros((4, 128, 6)), subjects=[1, 1, 2, 2])
    >>> windows[[0, 3]].subjects
    array([1, 2])
    >>> np.asarray(windows[1:]).shape
    (3, 128, 6)
    """

    subjects: np.ndarray | None
    recordings: np.ndarray | None
    runs: np.ndarray | None
    starts: np.ndarray | None
    origin: np.ndarray
    channel_names: tuple[str, ...] | None
    sampling_rate: float | None
    left_out: dict[str, int] | None

    def __init__(
        self,
        data,
        *,
        subjects=None,
        recordings=None,
        runs=None,
        starts=None,
        origin=None,
        channel_names=None,
        sampling_rate=None,
    ):
        data = np.asarray(data)
        if data.ndim != 3:
            raise ValueError(
                f"Windows have the shape (n_windows, n_timesteps, n_channels); got {data.shape}."
            )
        n_windows, n_timesteps, n_channels = data.shape
        self._set_plan(
            data.reshape(n_windows * n_timesteps, n_channels),
            np.arange(n_windows, dtype=np.intp) * n_timesteps,
            n_timesteps,
            {
                "subjects": subjects,
                "recordings": recordings,
                "runs": runs,
                "starts": starts,
                "origin": origin,
            },
            channel_names,
            sampling_rate,
        )

    @classmethod
    def from_rows(cls, rows, firsts, n_timesteps, *, channel_names=None, sampling_rate=None, **per_window):
        """Make windows of ``n_timesteps`` rows that begin at the positions ``firsts`` of ``rows``.

        Parameters
        ----------
        rows : array-like of shape (n_rows, n_channels)
        firsts : array-like of int of shape (n_windows,)
        n_timesteps : int
        channel_names, sampling_rate, **per_window
            As for `Windows`.
        """
        rows = np.asarray(rows)
        firsts = np.asarray(firsts, dtype=np.intp)
        if len(firsts) and (firsts.min() < 0 or firsts.max() + n_timesteps > len(rows)):
            raise ValueError(f"A window reaches outside the {len(rows)} rows.")
        windows = cls.__new__(cls)
        windows._set_plan(rows, firsts, n_timesteps, per_window, channel_names, sampling_rate)
        return windows

    def _set_plan(self, rows, firsts, n_timesteps, per_window, channel_names, sampling_rate):
        self._rows = rows
        self._firsts = firsts
        self._n_timesteps = int(n_timesteps)
        for name in PER_WINDOW:
            values = per_window.pop(name, None)
            setattr(self, name, None if values is None else _aligned(name, values, len(firsts)))
        if per_window:
            raise TypeError(f"Windows know nothing of {sorted(per_window)}.")
        if self.origin is None:
            self.origin = np.full(len(firsts), RECORDED, dtype=np.int8)
        self.origin = self.origin.astype(np.int8, copy=False)
        self.channel_names = None if channel_names is None else tuple(channel_names)
        if self.channel_names is not None and len(self.channel_names) != rows.shape[1]:
            raise ValueError(f"There are {rows.shape[1]} channels, but the names {self.channel_names}.")
        self.sampling_rate = None if sampling_rate is None else float(sampling_rate)
        self.left_out = None

    @property
    def shape(self) -> tuple[int, int, int]:
        """(n_windows, n_timesteps, n_channels)."""
        return len(self._firsts), self._n_timesteps, self._rows.shape[1]

    @property
    def ndim(self) -> int:
        """3."""
        return 3

    @property
    def dtype(self) -> np.dtype:
        """Of the values."""
        return self._rows.dtype

    def __len__(self) -> int:
        return len(self._firsts)

    def __array__(self, dtype=None, copy=None):
        if self._follow_each_other():
            first = self._firsts[0] if len(self) else 0
            rows = self._rows[first : first + len(self) * self._n_timesteps]
            return np.array(rows.reshape(self.shape), dtype=dtype, copy=copy)
        if copy is False:
            raise ValueError(
                "Windows are copied out of the rows they were cut from: copy=False is impossible."
            )
        gathered = gather_windows(self._rows, self._firsts, self._n_timesteps)
        return gathered if dtype is None else gathered.astype(dtype, copy=False)

    def _follow_each_other(self) -> bool:
        """Whether each window begins where the one before it ends, so that a view of the rows serves."""
        firsts = self._firsts
        return bool((firsts[1:] - firsts[:-1] == self._n_timesteps).all())

    def __getitem__(self, index):
        if isinstance(index, tuple):
            if len(index) == 2 and index[1] is Ellipsis:
                index = index[0]
            else:
                raise IndexError(
                    "Windows are indexed along their first axis; take np.asarray(windows) to index "
                    "timesteps and channels."
                )
        if isinstance(index, (int, np.integer)):
            first = self._firsts[index]
            return np.array(self._rows[first : first + self._n_timesteps])
        if not isinstance(index, slice):
            index = np.asarray(index)
            if index.size == 0 and index.dtype != bool:
                index = index.astype(np.intp)
        return Windows.from_rows(self._rows, self._firsts[index], self._n_timesteps, **self._carried(index))

    def _carried(self, index) -> dict:
        """What is carried, for the windows at ``index``."""
        kept = {name: getattr(self, name) for name in PER_WINDOW}
        kept = {name: None if values is None else values[index] for name, values in kept.items()}
        return kept | {"channel_names": self.channel_names, "sampling_rate": self.sampling_rate}

    def with_data(self, data) -> "Windows":
        """Return windows with other values (and channels, if their number changes) but all they carry."""
        data = np.asarray(data)
        carried = self._carried(slice(None))
        if data.shape[2:] != self.shape[2:]:
            carried["channel_names"] = None
        return Windows(data, **carried)

    def astype(self, dtype) -> "Windows":
        """Return the same windows with values of another dtype: still a plan, over the rows it needs.

        Rows that are of that dtype already may not be copied.
        """
        rows, firsts = _rows_needed(self._rows, self._firsts, self._n_timesteps)
        rows = np.ascontiguousarray(rows, dtype=dtype)
        return Windows.from_rows(rows, firsts, self._n_timesteps, **self._carried(slice(None)))

    def __reduce__(self):
        # A part of a plan must not drag all rows of the plan into a worker or a file.
        rows, firsts = _rows_needed(self._rows, self._firsts, self._n_timesteps)
        return _restore, (rows, firsts, self._n_timesteps, self._carried(slice(None)), self.left_out)

    def __repr__(self) -> str:
        people = "" if self.subjects is None else f", {pd.Series(self.subjects).nunique()} subjects"
        rate = "" if self.sampling_rate is None else f", {self.sampling_rate:g} Hz"
        return f"<Windows {self.shape}, {self.dtype}{rate}{people}>"


def gather_windows(rows: np.ndarray, firsts: np.ndarray, n_timesteps: int) -> np.ndarray:
    """Copy windows out of rows, shape (n_windows, n_timesteps, n_channels).

    A window of C-contiguous rows is one stretch of memory and copied as one, block by block, so that
    the rows that overlapping windows share are still in the processor's cache.
    """
    n_values = n_timesteps * rows.shape[1]
    gathered = np.empty((len(firsts), n_values), dtype=rows.dtype)
    if not gathered.size:
        return gathered.reshape(len(firsts), n_timesteps, rows.shape[1])
    if not (rows.flags.c_contiguous or (firsts[1:] >= firsts[:-1]).all()):
        rows, firsts = _rows_needed(rows, firsts, n_timesteps)
    for block in block_slices(len(firsts), n_values * rows.itemsize, GATHER_BYTES):
        low, high = firsts[block].min(), firsts[block].max() + n_timesteps
        near = rows[low:high]
        if not near.flags.c_contiguous:
            near = np.ascontiguousarray(near)
        stretches = np.lib.stride_tricks.as_strided(
            near,
            (len(near) - n_timesteps + 1, n_values),
            (near.strides[0], near.itemsize),
            writeable=False,
        )
        gathered[block] = stretches[firsts[block] - low]
    return gathered.reshape(len(firsts), n_timesteps, rows.shape[1])


def _rows_needed(rows, firsts, n_timesteps) -> tuple[np.ndarray, np.ndarray]:
    """The rows that windows cover, and where each window begins among them.

    If those are all rows, it is the same array: by it workers share memory, and leaks are seen.
    """
    low = firsts.min(initial=len(rows))
    high = firsts.max(initial=low) + n_timesteps
    if high - low < len(rows):  # a few windows of a long plan must not cost as much as all
        rows, firsts = rows[low:high], firsts - low
    change = np.zeros(len(rows) + 1, dtype=np.int64)
    np.add.at(change, firsts, 1)
    np.add.at(change, firsts + n_timesteps, -1)
    needed = np.cumsum(change[:-1]) > 0
    if needed.all():
        return np.ascontiguousarray(rows), firsts
    position = np.cumsum(needed) - 1
    return np.ascontiguousarray(rows[needed]), position[firsts]


def _restore(rows, firsts, n_timesteps, carried, left_out) -> Windows:
    windows = Windows.from_rows(rows, firsts, n_timesteps, **carried)
    windows.left_out = left_out
    return windows


def _aligned(name: str, values, n_windows: int) -> np.ndarray:
    values = np.asarray(values)
    if values.shape != (n_windows,):
        raise ValueError(f"{name} has the shape {values.shape}; there are {n_windows} windows.")
    return values
