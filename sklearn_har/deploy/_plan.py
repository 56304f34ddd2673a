"""The parts of a fitted recognizer, for rows that come bit by bit; refused if one reads the future."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from ..preprocessing._streams import RunStream
from ..recordings._grid_stream import GridStream
from ..recordings._index import INDEX_LEVELS
from ..recordings._timeline import MOST_UPSAMPLING
from ._onnx._recognizer import OnnxRecognizer
from ._parts import rows_and_recognizer

PROBED_ROWS = 16


@dataclass(frozen=True, slots=True)
class Plan:
    """The parts of a recognizer.

    Attributes
    ----------
    recognizer : SlidingWindowClassifier
        Or anything fitted that has its attributes.
    steps : list of (str, transformer)
        What rows go through before.
    columns : list of (ndarray of str or None)
        Names of the channels that reach each step, then the recognizer.
    rate_in : float or None
        Rate of rows that are to be resampled, in Hz.
    max_gap : float or None
        For resampling.
    """

    recognizer: Any
    steps: list[tuple[str, Any]]
    columns: list
    rate_in: float | None
    max_gap: float | None

    @classmethod
    def of(cls, estimator, rate_in: float | None, max_gap: float | None) -> "Plan":
        """Take a fitted estimator apart, and refuse what cannot run on a stream, by its name."""
        if isinstance(estimator, OnnxRecognizer):
            estimator = estimator.recognizer_
        check_is_fitted(estimator)
        steps, recognizer = rows_and_recognizer(estimator)
        _check_smoother(recognizer.smoother_)
        if not recognizer.fitted_on_recordings_:
            if rate_in is not None:
                raise ValueError(
                    "The recognizer was fitted on rows without times, so rows cannot be resampled: leave "
                    "sampling_rate out."
                )
            if any(getattr(step, "fitted_on_recordings_", False) for _, step in steps):
                raise ValueError(
                    f"The steps {[name for name, _ in steps]} have lost the index of recordings before it "
                    "came to the recognizer, which was fitted on rows without times. Call "
                    'set_output(transform="pandas") on the steps, and fit again.'
                )
        elif rate_in is not None:
            _check_rate_in(rate_in, recognizer.sampling_rate_in_)
        first = steps[0][1] if steps else recognizer
        columns = [getattr(first, "feature_names_in_", None)] if steps else []
        plan = cls(recognizer, steps, columns, rate_in, max_gap)
        for number in range(len(steps)):
            columns.append(plan._columns_after(number))
        columns[len(steps) :] = [getattr(recognizer, "feature_names_in_", None)]
        return plan

    @property
    def n_channels(self) -> int:
        """Number of channels of the rows that come."""
        first = self.steps[0][1] if self.steps else self.recognizer
        return first.n_features_in_

    @property
    def has_times(self) -> bool:
        """Whether rows have times; if not, they are numbered."""
        return self.recognizer.fitted_on_recordings_

    @property
    def rate(self) -> float:
        """Rate of the rows in windows, in Hz; 1 without times."""
        return self.recognizer.sampling_rate_in_

    @property
    def delay(self) -> int:
        """Rows that must come after the last row of a window before it is decided, without gaps."""
        delay = sum(stream.delay for stream in self.streams(None))
        grid = self.grid()
        if grid is not None and self.rate_in is not None:
            # a value between two rows needs the second, which is known when the next comes
            delay += math.ceil((grid.seconds_behind + 2 / self.rate_in) * self.rate - 1e-9)
        return delay

    def grid(self) -> GridStream | None:
        """A recording on its way onto the grid; None without resampling."""
        return None if self.rate_in is None else GridStream(self.rate_in, self.rate, self.max_gap)

    def streams(self, subject) -> list[RunStream]:
        """A run of a person on its way through the steps."""
        return [self._stream_of(number, subject) for number in range(len(self.steps))]

    def _stream_of(self, number: int, subject) -> RunStream:
        name, step = self.steps[number]
        if not hasattr(step, "_stream"):
            return TransformedRows(step, name, self.columns[number], self.has_times)
        try:
            return step._stream(subject)
        except ValueError as error:
            raise ValueError(
                f"Step {name!r} ({type(step).__name__}) cannot run on a stream: {error}"
            ) from error

    def _columns_after(self, number: int):
        """Names of the channels that a step gives; a step of others is tried whether it reads rows by row."""
        stream = self._stream_of(number, None)
        if isinstance(stream, TransformedRows):
            n_columns = getattr(self.steps[number][1], "n_features_in_", self.n_channels)
            return stream.probe(n_columns, self.rate)
        names = self.columns[number]
        return None if names is None else self.steps[number][1].get_feature_names_out()


class TransformedRows(RunStream):
    """Rows that go through a transformer of others, which must take each by itself."""

    def __init__(self, transformer, name: str, columns, has_times: bool):
        self._transformer = transformer
        self._name = name
        self._columns = columns
        self._has_times = has_times

    def push_at(self, rows: np.ndarray, times: np.ndarray, who: tuple) -> np.ndarray:
        """Take rows with their times and whose they are."""
        return np.asarray(self._transform(rows, times, who))

    def _transform(self, rows: np.ndarray, times: np.ndarray, who: tuple):
        table: Any = rows
        if self._has_times:
            index = pd.MultiIndex.from_arrays(
                [[who[0]] * len(rows), [who[1]] * len(rows), times], names=INDEX_LEVELS
            )
            table = pd.DataFrame(rows, index=index, columns=self._columns)
        elif self._columns is not None:
            table = pd.DataFrame(rows, columns=self._columns)
        out = self._transformer.transform(table)
        if len(out) != len(rows):
            raise ValueError(
                f"Step {self._name!r} made {len(out)} rows of {len(rows)}; on a stream it must keep their "
                "number."
            )
        return out

    def probe(self, n_columns: int, rate: float):
        """Refuse a transformer that gives other values for parts of rows; return the columns it gives."""
        rows = np.random.default_rng(0).normal(size=(PROBED_ROWS, n_columns))
        times, who, half = np.arange(PROBED_ROWS) / rate, (0, 0), PROBED_ROWS // 2
        try:
            whole = self._transform(rows, times, who)
            halves = slice(half), slice(half, None)
            parts = [self.push_at(rows[part], times[part], who) for part in halves]
        except ValueError as error:
            raise ValueError(
                f"Step {self._name!r} ({type(self._transformer).__name__}) fails on {PROBED_ROWS} rows, so "
                f"it cannot run on a stream: {error}"
            ) from error
        if not np.allclose(np.asarray(whole), np.concatenate(parts), equal_nan=True):
            raise ValueError(
                f"Step {self._name!r} ({type(self._transformer).__name__}) gives other values for rows when "
                "they come in parts, so it reads other rows too, and cannot run on a stream. Put it into the "
                "estimator of windows inside of the recognizer, or replace it by a causal filter: "
                "ButterworthFilter(zero_phase=False), MedianFilter."
            )
        return whole.columns.to_numpy() if isinstance(whole, pd.DataFrame) else None


def _check_rate_in(rate_in: float, rate: float) -> None:
    if rate > MOST_UPSAMPLING * rate_in:
        raise ValueError(
            f"sampling_rate is {rate_in:g} Hz, and the recognizer was fitted at {rate:g} Hz: more than "
            f"{MOST_UPSAMPLING} times as many rows would be made up. Give how many rows come in a second."
        )


def _check_smoother(smoother) -> None:
    if smoother is None:
        return
    name = type(smoother).__name__
    if not hasattr(smoother, "step"):
        raise ValueError(
            f"smoother ({name}) has no step(probabilities, elapsed, state), so it cannot go on window by "
            "window. HMMSmoother(causal=True) and MinimumDuration(seconds, causal=True) can."
        )
    if not smoother.causal:
        raise ValueError(
            f"smoother ({name}) has causal=False: it reads windows that come later. Set "
            "smoother__causal=True, and fit again; or stream recognizer.without_smoother()."
        )
