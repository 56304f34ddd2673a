"""One recording and what was recognised in it."""

import numpy as np
import pandas as pd

from ..recordings import check_recordings
from ..recordings._index import times_of
from ..recordings._labels import check_labels_belong
from ._envelope import envelope, stretches
from ._one_recording import (
    classes_of,
    codes_among,
    rows_of_recording,
    rows_of_same_subject,
    take_rows,
    title_of,
)
from ._plotting import LINE_COLORS, import_pyplot, legend_below, name_signals, panels, style_of_class

PIXEL_COLUMNS = 2000  # more than a screen or a page shows


class RecordingDisplay:
    """The signal of one recording, with its true and its recognised activities below.

    Use `from_estimator` or `from_predictions` to make one.

    Parameters
    ----------
    signals : DataFrame of shape (n_rows, n_channels) or array-like
        The rows of one recording.
    y_true, y_pred : array-like of shape (n_rows,), default=None
        Activities; unlabelled rows stay blank. At least one of the two.
    classes : array-like of shape (n_classes,), default=None
        Activities in the order of their colours; None takes those of this recording, sorted. Pass the
        same for several recordings, and an activity has the same colour in all.

    Attributes
    ----------
    axes_ : ndarray of shape (2,)
        The panels of the signal and of the activities, once drawn.
    figure_ : matplotlib Figure

    Examples
    --------
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.evaluation import RecordingDisplay
    >>> X, y = make_recordings(n_subjects=2, random_state=0, return_X_y=True)
    >>> display = RecordingDisplay.from_predictions(X, y, subject=1, recording=1)
    >>> display.axes_[1].get_xlabel()
    'time (s)'
    """

    def __init__(self, signals, *, y_true=None, y_pred=None, classes=None):
        self.signals = signals
        self.y_true = y_true
        self.y_pred = y_pred
        self.classes = classes

    @classmethod
    def from_estimator(
        cls, recognizer, X, y=None, *, subject=None, recording=None, channels=None, ax=None
    ) -> "RecordingDisplay":
        """Recognise the activities of a recording, and draw it.

        Parameters
        ----------
        recognizer : estimator
            Fitted; labels rows. It is given all recordings of the subject, no others.
        X : DataFrame of shape (n_rows, n_channels) or array-like
            Recordings.
        y : array-like of shape (n_rows,), default=None
            True activities.
        subject, recording : object, default=None
            Which recording to draw; they can be left out where that leaves no choice.
        channels : list of str, default=None
            Which to draw; None takes the first three.
        ax : array-like of two matplotlib axes, default=None
            For the signal and for the activities; None makes a figure.

        Returns
        -------
        RecordingDisplay

        Raises
        ------
        ValueError
            If there is no such recording, or more than one.
        """
        rows = rows_of_recording(X, subject, recording)
        if y is not None:
            check_labels_belong(X, y)
        given = [recognizer.classes_] if y is None else [y, recognizer.classes_]
        own = rows_of_same_subject(X, rows.start)
        predicted = np.asarray(recognizer.predict(take_rows(X, own)))
        first = int(np.searchsorted(own, rows.start))
        display = cls(
            take_rows(X, rows),
            y_true=None if y is None else take_rows(y, rows),
            y_pred=predicted[first : first + rows.stop - rows.start],
            classes=classes_of(given),
        )
        return display.plot(ax=ax, channels=channels)

    @classmethod
    def from_predictions(
        cls, X, y_true=None, y_pred=None, *, subject=None, recording=None, channels=None, ax=None
    ) -> "RecordingDisplay":
        """Draw a recording with its labels, its predictions or both.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_channels) or array-like
            Recordings.
        y_true, y_pred : array-like of shape (n_rows,), default=None
            Activities of all rows of ``X``.
        subject, recording : object, default=None
            Which recording to draw; they can be left out where that leaves no choice.
        channels : list of str, default=None
            Which to draw; None takes the first three.
        ax : array-like of two matplotlib axes, default=None
            For the signal and for the activities; None makes a figure.

        Returns
        -------
        RecordingDisplay

        Raises
        ------
        ValueError
            If there is no such recording, or more than one, or labels do not belong to the rows.
        """
        rows = rows_of_recording(X, subject, recording)
        given = [y for y in (y_true, y_pred) if y is not None]
        for y in given:
            check_labels_belong(X, y)
        display = cls(
            take_rows(X, rows),
            y_true=None if y_true is None else take_rows(y_true, rows),
            y_pred=None if y_pred is None else take_rows(y_pred, rows),
            classes=classes_of(given) if given else None,
        )
        return display.plot(ax=ax, channels=channels)

    def plot(self, ax=None, *, channels=None) -> "RecordingDisplay":
        """Draw.

        Parameters
        ----------
        ax : array-like of two matplotlib axes, default=None
            For the signal and for the activities; None makes a figure.
        channels : list of str, default=None
            Which to draw; None takes the first three.

        Returns
        -------
        self

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        pyplot = import_pyplot(type(self).__name__)
        bands = {"true": self.y_true, "predicted": self.y_pred}
        bands = {name: y for name, y in bands.items() if y is not None}
        if not bands:
            raise ValueError("There are no activities to draw: give y_true, y_pred or both.")
        for y in bands.values():
            check_labels_belong(self.signals, y)
        rows = check_recordings(self.signals)
        times = np.arange(len(rows.values), dtype=float) if rows.index is None else times_of(rows.index)
        axes = panels(
            pyplot, ax, 2, 1, figsize=(10, 4.5), sharex=True, height_ratios=(5, 0.4 + 0.6 * len(bands))
        )
        self.axes_, self.figure_ = axes, axes[0].figure
        self._draw_signal(axes[0], rows, times, channels)
        self._draw_bands(axes[1], rows, times, bands)
        return self

    def _draw_signal(self, ax, rows, times: np.ndarray, channels) -> None:
        names = list(getattr(self.signals, "columns", range(rows.values.shape[1])))
        shown = names[:3] if channels is None else list(channels)
        for name in shown:
            if name not in names:
                raise ValueError(f"There is no channel {name!r}; there are {names}.")
        places = [names.index(name) for name in shown]
        x, y = envelope(times, rows.values[:, places], rows.run_starts, PIXEL_COLUMNS)
        for i, name in enumerate(shown):
            color = LINE_COLORS[i % len(LINE_COLORS)]
            ax.plot(x, y[:, i], color=color, alpha=0.85, linewidth=0.7, label=str(name))
        ax.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=len(shown), fontsize="small", frameon=False)
        ax.set_ylabel(name_signals(shown))
        ax.set_title(title_of(rows), loc="left", fontsize="medium")

    def _draw_bands(self, ax, rows, times: np.ndarray, bands: dict) -> None:
        from matplotlib.patches import Patch

        classes = classes_of(bands.values()) if self.classes is None else pd.Index(self.classes)
        ends = times + 1 / rows.sampling_rate
        drawn = set()
        for height, y in enumerate(bands.values()):
            codes = codes_among(classes, y)
            heads, lasts = stretches(codes, rows.run_starts)
            spans = np.stack([times[heads], ends[lasts] - times[heads]], axis=1)
            for code in np.unique(codes[heads][codes[heads] >= 0]):
                ax.broken_barh(spans[codes[heads] == code], (height - 0.42, 0.84), **style_of_class(code))
                drawn.add(int(code))
        ax.set_yticks(range(len(bands)), bands)
        ax.set_ylim(len(bands) - 0.5, -0.5)
        ax.tick_params(axis="y", length=0)
        ax.set_xlim(times[0], ends[-1])
        ax.set_xlabel("time (s)")
        handles = [Patch(**style_of_class(code), label=str(classes[code])) for code in sorted(drawn)]
        if handles:
            legend_below(ax, handles)
