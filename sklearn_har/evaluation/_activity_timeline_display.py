"""What was recognised when, against the truth, in one recording."""

import numpy as np
import pandas as pd

from ..recordings import check_recordings
from ..recordings._index import times_of
from ..recordings._labels import check_labels_belong
from ._envelope import steps, stretches
from ._one_recording import (
    classes_of,
    codes_among,
    rows_of_recording,
    rows_of_same_subject,
    take_rows,
    title_of,
)
from ._plotting import import_pyplot, legend_below, panels

TRUE_COLOR, RIGHT_COLOR, WRONG_COLOR, UNKNOWN_COLOR, GAP_COLOR = "0.8", "#332288", "#D55E00", "#88CCEE", "0.5"
LANE_INCHES = 0.3
CONFIDENCE_INCHES = 1.1


class ActivityTimelineDisplay:
    """True against recognised activities of one recording over time, and how sure each was.

    Every activity has a lane. Its wide bars are the truth, the narrow ones in front what was
    recognised: in another colour where it is wrong. Rows without a label have no wide bar, and where
    nothing was recorded all lanes are hatched. The panel beneath shows the confidence.

    Use `from_estimator` or `from_predictions` to make one; `RecordingDisplay` shows the signal.

    Parameters
    ----------
    times : ndarray of shape (n_rows,)
        In seconds, from the beginning of the recording or not.
    true, predicted : ndarray of int of shape (n_rows,)
        Places of the activities among ``classes``; -1 where the true one is unknown.
    classes : array-like of shape (n_classes,)
        Activities, from the highest lane to the lowest.
    run_starts : ndarray of int of shape (n_runs + 1,)
        Positions of the first row of every gapless stretch of rows, then the number of rows.
    interval : float
        Seconds from one row to the next.
    confidence : ndarray of shape (n_rows,), default=None
        Probability of what was recognised.
    title : str, default=""

    Attributes
    ----------
    axes_ : ndarray of shape (2,)
        The lanes and the confidence, once drawn; of shape (1,) where there is no confidence.
    figure_ : matplotlib Figure

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.evaluation import ActivityTimelineDisplay
    >>> display = ActivityTimelineDisplay.from_predictions(
    ...     np.zeros((4, 3)), ["sit", "sit", "walk", "walk"], ["sit", "walk", "walk", "walk"]
    ... )
    >>> display.axes_[0].get_title(loc="left")
    '75.0 % of 4 labelled rows are right'
    """

    def __init__(self, times, true, predicted, *, classes, run_starts, interval, confidence=None, title=""):
        self.times = times
        self.true = true
        self.predicted = predicted
        self.classes = classes
        self.run_starts = run_starts
        self.interval = interval
        self.confidence = confidence
        self.title = title

    @classmethod
    def from_estimator(
        cls, recognizer, X, y, *, subject=None, recording=None, labels=None, ax=None
    ) -> "ActivityTimelineDisplay":
        """Recognise the activities of a recording, and draw them beside the truth.

        Parameters
        ----------
        recognizer : estimator
            Fitted; labels rows. It is given all recordings of the subject, no others. Its confidence
            is drawn if it has ``predict_proba``.
        X : DataFrame of shape (n_rows, n_channels) or array-like
            Recordings.
        y : array-like of shape (n_rows,)
            True activities; missing ones stay blank.
        subject, recording : object, default=None
            Which recording to draw; they can be left out where that leaves no choice.
        labels : array-like of shape (n_classes,), default=None
            Activities from the highest lane to the lowest, all that occur among them. None sorts those
            of this recording.
        ax : array-like of matplotlib axes, default=None
            One for the lanes and, where there is a confidence, one for it; None makes a figure.

        Returns
        -------
        ActivityTimelineDisplay

        Raises
        ------
        ValueError
            As `from_predictions`.
        """
        rows = rows_of_recording(X, subject, recording)
        check_labels_belong(X, y)
        own = rows_of_same_subject(X, rows.start)
        first = int(np.searchsorted(own, rows.start))
        here = slice(first, first + rows.stop - rows.start)
        asked = take_rows(X, own)
        predicted, confidence = np.asarray(recognizer.predict(asked))[here], None
        if hasattr(recognizer, "predict_proba"):
            places = np.searchsorted(recognizer.classes_, predicted)
            confidence = recognizer.predict_proba(asked)[here][np.arange(len(predicted)), places]
        return cls._of_rows(
            take_rows(X, rows), take_rows(y, rows), predicted, confidence=confidence, labels=labels
        ).plot(ax=ax)

    @classmethod
    def from_predictions(
        cls, X, y_true, y_pred, *, confidence=None, subject=None, recording=None, labels=None, ax=None
    ) -> "ActivityTimelineDisplay":
        """Draw what was recognised in a recording beside the truth.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_channels) or array-like
            Recordings; only their times are read.
        y_true, y_pred : array-like of shape (n_rows,)
            Activities of all rows of ``X``; true ones may be missing.
        confidence : array-like of shape (n_rows,), default=None
            Probability of what was recognised, from 0 to 1.
        subject, recording : object, default=None
            Which recording to draw; they can be left out where that leaves no choice.
        labels : array-like of shape (n_classes,), default=None
            Activities from the highest lane to the lowest, all that occur among them. None sorts those
            of this recording.
        ax : array-like of matplotlib axes, default=None
            One for the lanes and, where there is a confidence, one for it; None makes a figure.

        Returns
        -------
        ActivityTimelineDisplay

        Raises
        ------
        ValueError
            If there is no such recording, or more than one; labels or confidence do not belong to the
            rows, a prediction is missing, or an activity that occurs is not in ``labels``.
        """
        rows = rows_of_recording(X, subject, recording)
        for values in (y_true, y_pred, confidence):
            if values is not None:
                check_labels_belong(X, values)
        return cls._of_rows(
            take_rows(X, rows),
            take_rows(y_true, rows),
            take_rows(y_pred, rows),
            confidence=None if confidence is None else np.asarray(take_rows(confidence, rows)),
            labels=labels,
        ).plot(ax=ax)

    @classmethod
    def _of_rows(cls, X, y_true, y_pred, *, confidence, labels) -> "ActivityTimelineDisplay":
        """Of the rows of one recording."""
        rows = check_recordings(X)
        times = np.arange(len(rows.values), dtype=np.float64) if rows.index is None else times_of(rows.index)
        classes = classes_of([y_true, y_pred]) if labels is None else pd.Index(labels)
        predicted = codes_among(classes, y_pred)
        if (predicted < 0).any():
            row = int(np.argmax(predicted < 0))
            raise ValueError(
                f"y_pred is missing in {(predicted < 0).sum()} rows of this recording, the first at "
                f"{times[row]:g} s; only y_true may have missing values."
            )
        return cls(
            times,
            codes_among(classes, y_true),
            predicted,
            classes=classes.to_numpy(),
            run_starts=rows.run_starts,
            interval=1 / rows.sampling_rate,
            confidence=confidence,
            title=title_of(rows),
        )

    def plot(self, ax=None) -> "ActivityTimelineDisplay":
        """Draw.

        Parameters
        ----------
        ax : array-like of matplotlib axes, default=None
            One for the lanes and, where there is a confidence, one for it; None makes a figure.

        Returns
        -------
        self

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        pyplot = import_pyplot(type(self).__name__)
        lanes = max(1.0, LANE_INCHES * len(self.classes))
        heights = [lanes] if self.confidence is None else [lanes, CONFIDENCE_INCHES]
        options = {"figsize": (10, sum(heights) + 1.3), "sharex": True, "height_ratios": heights}
        self.axes_ = panels(pyplot, ax, len(heights), 1, **options)
        self.figure_ = self.axes_[0].figure
        self._draw_lanes(self.axes_[0])
        if self.confidence is not None:
            self._draw_confidence(self.axes_[1])
        for axis in self.axes_:
            self._mark_gaps(axis)
            axis.spines[["top", "right"]].set_visible(False)
        self.axes_[0].set_xlim(self.times[0], self.times[-1] + self.interval)
        self.axes_[-1].set_xlabel("time (s)")
        legend_below(self.axes_[-1], self._handles())
        return self

    def _draw_lanes(self, ax) -> None:
        for lane in range(0, len(self.classes), 2):  # every second one, so that the eye finds the name
            ax.axhspan(lane - 0.5, lane + 0.5, color="0.965", linewidth=0, zorder=0)
        self._draw_bars(ax, self.true, np.full(len(self.true), True), 0.84, color=TRUE_COLOR)
        for kind, color in self._kinds():
            self._draw_bars(ax, self.predicted, kind, 0.4, color=color)
        ax.set_yticks(range(len(self.classes)), [str(name) for name in self.classes])
        ax.tick_params(axis="y", length=0)
        ax.set_ylim(len(self.classes) - 0.5, -0.5)
        ax.set_title(self._summary(), loc="left", fontsize="medium")

    def _draw_bars(self, ax, codes: np.ndarray, shown: np.ndarray, height: float, *, color: str) -> None:
        """Draw a bar for every stretch of one activity; a thin edge keeps short ones visible."""
        codes = np.where(shown, codes, -1)
        heads, lasts = stretches(codes, self.run_starts)
        starts, widths = self.times[heads], self.times[lasts] + self.interval - self.times[heads]
        for code in np.unique(codes[heads][codes[heads] >= 0]):
            spans = np.stack([starts, widths], axis=1)[codes[heads] == code]
            ax.broken_barh(
                spans, (code - height / 2, height), facecolor=color, edgecolor=color, linewidth=0.6
            )

    def _draw_confidence(self, ax) -> None:
        for kind, color in self._kinds():
            values = np.where(kind, self.confidence, np.nan)
            x, y = steps(self.times, values, self.run_starts, self.interval)
            ax.plot(x, y, color=color, linewidth=1.2)
        ax.set_ylim(0, 1.05)
        ax.set_ylabel("confidence")
        ax.grid(axis="y", color="0.92")

    def _mark_gaps(self, ax) -> None:
        ends, starts = (
            self.times[self.run_starts[1:-1] - 1] + self.interval,
            self.times[self.run_starts[1:-1]],
        )
        for end, start in zip(ends, starts, strict=True):
            ax.axvspan(
                end, start, facecolor="white", edgecolor=GAP_COLOR, hatch="////", linewidth=0, zorder=3
            )

    def _kinds(self) -> list[tuple[np.ndarray, str]]:
        """Which rows are right, wrong or of unknown truth, with their colours."""
        right, known = self.true == self.predicted, self.true >= 0
        return [(right, RIGHT_COLOR), (known & ~right, WRONG_COLOR), (~known, UNKNOWN_COLOR)]

    def _handles(self) -> list:
        from matplotlib.patches import Patch

        names = ("recognised, right", "recognised, wrong", "recognised, truth unknown")
        kinds = zip(names, self._kinds(), strict=True)
        handles = [Patch(facecolor=color, label=name) for name, (rows, color) in kinds if rows.any()]
        if (self.true >= 0).any():
            handles.insert(0, Patch(facecolor=TRUE_COLOR, label="true"))
        if len(self.run_starts) > 2:
            handles.append(Patch(facecolor="white", edgecolor=GAP_COLOR, hatch="////", label="not recorded"))
        return handles

    def _summary(self) -> str:
        n_known = int((self.true >= 0).sum())
        right = f"{(self.true == self.predicted).sum() / max(n_known, 1):.1%}".replace("%", " %")
        counted = f"{right} of {n_known} labelled rows are right" if n_known else "no row is labelled"
        return ": ".join(part for part in (self.title, counted) if part)
