"""How much there is of each activity, and who did it."""

import numpy as np

from .._core._labels import encode_labels
from ..recordings import check_recordings
from ..recordings import subjects as subjects_of
from ..recordings._labels import check_labels_belong
from ..windowing import Windows
from ._label_pair import encode_people
from ._plotting import import_pyplot, panels

ORIGINS = ("recorded", "copied", "synthetic")  # places are the codes of Windows.origin
ORIGIN_STYLES = (
    {"facecolor": "#332288"},
    {"facecolor": "#88CCEE"},
    {"facecolor": "#DDCC77", "hatch": "////", "edgecolor": "white"},
)
LONG = 600  # seconds, from which minutes are easier to read
LANE_INCHES, COLUMN_INCHES = 0.3, 0.2
MOST_WRITTEN = 12  # people for whom numbers fit into the cells
DARK_FROM = 0.55  # share of the largest value from which text is white


class ClassBalanceDisplay:
    """Windows, or time, of every activity, and of every person in it.

    Bars on the left show how much there is of an activity, the map on the right how it is shared out
    among people: grey where somebody did none of it. After a sampler the bars are stacked, recorded
    windows and then those that were made, and a black outline shows what was there before.

    Use `from_data` or `from_sampler` to make one.

    Parameters
    ----------
    amounts : ndarray of shape (n_people, n_classes, 3)
        Of each person, activity and origin: recorded, copied and synthetic.
    people : array-like of shape (n_people,)
    classes : array-like of shape (n_classes,)
    unit : {"windows", "s"}
    before : ndarray of shape (n_classes,), default=None
        How much of each activity there was before a sampler.
    n_unlabelled : float, default=0
        What has no label and is in no amount.

    Attributes
    ----------
    axes_ : ndarray of shape (2,)
        The panels of bars and of people, once drawn.
    figure_ : matplotlib Figure

    Examples
    --------
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.evaluation import ClassBalanceDisplay
    >>> X, y = make_recordings(n_subjects=3, imbalance=5, random_state=0, return_X_y=True)
    >>> display = ClassBalanceDisplay.from_data(X, y)
    >>> display.amounts.shape, display.unit
    ((3, 6, 3), 's')
    """

    def __init__(self, amounts, *, people, classes, unit, before=None, n_unlabelled=0):
        self.amounts = amounts
        self.people = people
        self.classes = classes
        self.unit = unit
        self.before = before
        self.n_unlabelled = n_unlabelled

    @classmethod
    def from_data(cls, X, y, *, subjects=None, ax=None) -> "ClassBalanceDisplay":
        """Count, and draw.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_channels), Windows or array-like of shape (n_windows, ...)
            Recordings, of which seconds are counted, or windows.
        y : array-like of shape (n_rows,) or (n_windows,)
            Activities; missing ones are counted apart.
        subjects : array-like of shape (n_rows,) or (n_windows,), default=None
            The person of every row; None asks ``X``.
        ax : array-like of two matplotlib axes, default=None
            For the bars and for the people; None makes a figure.

        Returns
        -------
        ClassBalanceDisplay

        Raises
        ------
        ValueError
            If ``X`` does not say who was recorded and ``subjects`` does neither, lengths differ, or nothing
            has a label.
        """
        return cls._of(X, y, subjects).plot(ax=ax)

    @classmethod
    def from_sampler(cls, sampler, X, y, *, ax=None) -> "ClassBalanceDisplay":
        """Resample windows, and draw what comes out beside what was there.

        Parameters
        ----------
        sampler : sampler
            Of windows, such as `sklearn_har.sampling.WindowSampler`.
        X : Windows
        y : array-like of shape (n_windows,)
            Activities.
        ax : array-like of two matplotlib axes, default=None
            For the bars and for the people; None makes a figure.

        Returns
        -------
        ClassBalanceDisplay

        Raises
        ------
        ValueError
            If ``X`` is not Windows that know their people.
        """
        if not isinstance(X, Windows):
            raise ValueError(
                f"A {type(X).__name__} does not know which windows a sampler made. Give Windows, as "
                "sliding_windows returns them."
            )
        before = cls._of(X, y, None)
        resampled, labels = sampler.fit_resample(X, y)
        after = cls._of(resampled, labels, None)
        classes = list(before.classes)
        if list(after.classes) != classes:  # a sampler may drop an activity, never add one
            place = [classes.index(name) for name in after.classes]
            amounts = np.zeros((len(after.people), len(classes), len(ORIGINS)))
            amounts[:, place] = after.amounts
            after.amounts, after.classes = amounts, before.classes
        after.before = before.amounts.sum(axis=(0, 2))
        return after.plot(ax=ax)

    @classmethod
    def _of(cls, X, y, subjects) -> "ClassBalanceDisplay":
        check_labels_belong(X, y)
        is_rows = not isinstance(X, Windows) and np.ndim(X) < 3
        weight = 1 / check_recordings(X).sampling_rate if is_rows else 1
        owner = subjects_of(X) if subjects is None else np.asarray(subjects)
        if len(owner) != len(y):
            raise ValueError(f"subjects has {len(owner)} entries; y has {len(y)}.")
        labels = encode_labels(y)
        known = labels.codes >= 0
        if not known.any():
            raise ValueError(f"None of the {len(known)} labels in y is there, so there is nothing to count.")
        person, people = encode_people(owner)
        origin = getattr(X, "origin", np.zeros(len(known), dtype=np.intp))
        amounts = np.zeros((len(people), len(labels.classes), len(ORIGINS)))
        np.add.at(amounts, (person[known], labels.codes[known], origin[known]), weight)
        return cls(
            amounts,
            people=people,
            classes=labels.classes,
            unit="s" if is_rows else "windows",
            n_unlabelled=weight * (~known).sum(),
        )

    def plot(self, ax=None) -> "ClassBalanceDisplay":
        """Draw.

        Parameters
        ----------
        ax : array-like of two matplotlib axes, default=None
            For the bars and for the people; None makes a figure.

        Returns
        -------
        self

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        pyplot = import_pyplot(type(self).__name__)
        unit, factor = ("seconds", 1.0) if self.unit == "s" else (self.unit, 1.0)
        if unit == "seconds" and self.amounts.sum(axis=(0, 2)).max() > LONG:
            unit, factor = "minutes", 1 / 60
        n_people, n_classes, _ = self.amounts.shape
        map_width = max(2.5, (3 if n_people <= MOST_WRITTEN else 1) * COLUMN_INCHES * n_people)
        size = (5.5 + map_width, 1.7 + LANE_INCHES * max(n_classes, 3))
        self.axes_ = panels(pyplot, ax, 1, 2, figsize=size, sharey=True, width_ratios=(3, map_width))
        self.figure_ = self.axes_[0].figure
        self._draw_bars(self.axes_[0], unit, factor)
        self._draw_people(self.axes_[1], unit, factor)
        return self

    def _draw_bars(self, ax, unit: str, factor: float) -> None:
        totals = self.amounts.sum(axis=0).T * factor
        lanes, left = np.arange(len(self.classes)), np.zeros(len(self.classes))
        for name, style, values in zip(ORIGINS, ORIGIN_STYLES, totals, strict=True):
            if values.any():
                ax.barh(lanes, values, left=left, height=0.7, linewidth=0, label=name, **style)
                left = left + values
        if self.before is not None:
            outline = {"facecolor": "none", "edgecolor": "black", "linewidth": 1.2, "label": "before"}
            ax.barh(lanes, self.before * factor, height=0.7, **outline)
            ax.legend(
                loc="lower left",
                bbox_to_anchor=(0, 1),
                ncols=2,
                frameon=False,
                fontsize="small",
                borderaxespad=0.2,
            )
        ax.set_yticks(lanes, [str(name) for name in self.classes])
        ax.set_ylim(len(lanes) - 0.5, -0.5)
        ax.set_xlim(0, 1.04 * max(left.max(), 0 if self.before is None else factor * self.before.max()))
        ax.tick_params(axis="y", length=0)
        unlabelled = f"\n(and {self.n_unlabelled * factor:.4g} unlabelled)" if self.n_unlabelled else ""
        ax.set_xlabel(f"{unit} of all people{unlabelled}")
        ax.spines[["top", "right"]].set_visible(False)

    def _draw_people(self, ax, unit: str, factor: float) -> None:
        cells = self.amounts.sum(axis=2).T * factor
        n_people = cells.shape[1]
        ax.set_facecolor("0.85")
        image = ax.imshow(np.where(cells > 0, cells, np.nan), cmap="Blues", vmin=0, aspect="auto")
        if n_people <= MOST_WRITTEN:
            for lane, column in np.argwhere(cells > 0):
                dark = cells[lane, column] > DARK_FROM * cells.max()
                text = f"{cells[lane, column]:.{0 if cells.max() >= 10 else 1}f}"
                ax.text(
                    column,
                    lane,
                    text,
                    ha="center",
                    va="center",
                    fontsize=8,
                    color="white" if dark else "0.15",
                )
        else:
            self.figure_.colorbar(image, ax=ax, label=unit, pad=0.02)
        names = [str(name) for name in self.people]
        long = n_people > MOST_WRITTEN or max(map(len, names)) > 4
        ax.set_xticks(range(n_people), names, fontsize="small", rotation=90 if long else 0)
        ax.tick_params(axis="both", length=0)
        ax.set_xlabel("subject")
        after = "" if self.before is None else " after sampling"
        ax.set_title(f"{unit} of each person{after} (grey: none)", fontsize="medium", loc="left")
