"""Which events were recognised, missed, made up, cut or joined, as tables."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .._core._sklearn import _num_samples
from ..recordings import Rows
from ..recordings._checks import rows_of
from ..recordings._index import INDEX_LEVELS
from ..recordings._labels import check_labels_belong
from ..windowing import Windows
from ._event_tables import EventTables, shares_of, text_of_events, with_scores
from ._events import match_events, stretches_of
from ._label_pair import check_lengths, encode_pair


@dataclass(frozen=True, eq=False, repr=False)
class EventReport:
    """What `event_report` found; printing it gives a text table.

    Attributes
    ----------
    by_class : DataFrame of shape (n_classes, 14)
        One row per activity. Of its true events: n_true, and how many are correct (C in the event analysis
        diagram of Ward et al.), deleted (D), fragmented (F), merged (M) and fragmented_merged (FM). Of its
        predicted events: n_predicted, and how many are inserted (I'), merging (M'), fragmenting (F') and
        fragmenting_merging (FM'); the rest are correct. Then precision, recall and f1 of correct events.
    overall : Series of shape (14,)
        The same for the events of all activities together.
    delays : DataFrame of shape (n_classes, 8)
        One row per activity: n_start, the number of true events whose start has a predicted one, and
        start_q25, start_median and start_q75, quartiles of how late it comes, in seconds, negative where it
        is early; then n_end, end_q25, end_median and end_q75.
    seconds : DataFrame of shape (n_classes, 10)
        One row per activity. Its own time: correct, deletion, fragmenting, underfill_start and
        underfill_end; the time of everything else: insertion, merge, overfill_start, overfill_end and
        correct_other. Each row adds up to all labelled time.
    shares : DataFrame of shape (n_classes, 10)
        The same as shares of the activity's own time, and of the time of everything else (the 2SET metrics
        of Ward et al.); NaN where there is no such time.
    substitutions : DataFrame of shape (n_pairs, 5)
        One row for every way in which one activity was taken for another: true, predicted, missed_as (what
        the true activity lost: deletion, fragmenting, underfill_start or underfill_end), seen_as (what the
        predicted one gained: insertion, merge, overfill_start or overfill_end) and seconds; longest first.
        The kind is None where the activity is ``null_label``.
    true_events : DataFrame of shape (n_true_events, 9)
        One row per true event: subject and recording (of recordings only), start, stop (seconds), activity,
        kind, n_matched (predicted events of the same activity that it shares time with), start_delay and
        end_delay (seconds; NaN where there is no boundary to compare with).
    predicted_events : DataFrame of shape (n_predicted_events, 7)
        One row per predicted event: the same, without delays.
    n_unlabelled : int
        Rows that were left out because their true label is missing.

    Examples
    --------
    >>> from sklearn_har.evaluation import event_report
    >>> report = event_report(["sit", "sit", "walk", "walk"], ["sit", "sit", "sit", "walk"])
    >>> report
    <EventReport: 2 true and 2 predicted events of 2 activities>
    >>> report.substitutions[["true", "predicted", "seconds"]].to_numpy().tolist()
    [['walk', 'sit', 1.0]]
    """

    by_class: pd.DataFrame
    overall: pd.Series
    delays: pd.DataFrame
    seconds: pd.DataFrame
    shares: pd.DataFrame
    substitutions: pd.DataFrame
    true_events: pd.DataFrame
    predicted_events: pd.DataFrame
    n_unlabelled: int

    def __str__(self) -> str:
        return text_of_events(self.by_class, self.overall, self.shares, self.delays, self.n_unlabelled)

    def __repr__(self) -> str:
        return (
            f"<EventReport: {len(self.true_events)} true and {len(self.predicted_events)} predicted events "
            f"of {len(self.by_class)} activities>"
        )

    def _repr_html_(self) -> str:
        tables = (self.by_class, self.shares, self.delays)
        return "".join(table.to_html(float_format="{:.3f}".format, na_rep="") for table in tables)


def event_report(y_true, y_pred, *, X=None, null_label=None) -> EventReport:
    """Report which events were recognised, missed, made up, cut into pieces or joined.

    An event is a stretch of rows of one activity, true or predicted. Two recognizers with the same accuracy
    over rows may differ in all that matters to a diary of activities: one is a little late at every
    boundary, the other breaks every walk into ten. Each activity is matched against all others: an event is

    - *correct* if it shares time with exactly one predicted event of its activity, and that one with no
      other true event,
    - *deleted* if it shares time with none,
    - *fragmented* if it shares time with several,
    - *merged* if a predicted event that it shares time with reaches into another event as well,

    and a predicted event is *inserted*, *fragmenting* or *merging* by the same rules the other way round.
    Rows are told apart too: between two hits of one event they are *fragmenting*, at its edges *underfill*;
    predicted rows between two events are a *merge*, at the edges of one *overfill*.

    Parameters
    ----------
    y_true : array-like of shape (n_rows,)
        True activities of rows. Rows whose label is missing (NaN, None, ``pandas.NA``) are left out and
        counted; no event goes on across them.
    y_pred : array-like of shape (n_rows,)
        Predicted activities of the same rows.
    X : DataFrame, MultiIndex or array-like, default=None
        The recordings that the rows are of, or their index: no event goes on from one recording into the
        next, or across a gap. None takes the index of ``y_true`` if it is that of recordings; anything
        without that index is one recording at 1 Hz, so that seconds are rows.
    null_label : object, default=None
        The label of "nothing of interest", where there is one: it has no events, and time of it that is
        taken for an activity is that activity's insertion, merge or overfill.

    Returns
    -------
    EventReport

    Raises
    ------
    ValueError
        If lengths differ, a predicted label is missing, no row is labelled, labels have another index than
        ``X``, or the rows of ``X`` are not in order or not on a regular grid.
    TypeError
        If ``X`` is Windows: windows overlap, rows do not.

    See Also
    --------
    classification_report_by_subject : Scores of rows or windows.

    Notes
    -----
    An event that the end of a recording, a gap or unlabelled rows cut short counts from there, and so does
    its delay. A boundary has no delay where the event is deleted, or where the predicted event comes from
    an earlier true event or goes on into a later one.

    References
    ----------
    .. [1] J. A. Ward, P. Lukowicz and H. W. Gellersen, "Performance metrics for activity recognition", ACM
       Transactions on Intelligent Systems and Technology 2(1), 2011.

    Examples
    --------
    >>> from sklearn_har.evaluation import event_report
    >>> y_true = ["sit"] * 4 + ["walk"] * 6 + ["sit"] * 2
    >>> y_pred = ["sit"] * 5 + ["walk"] * 2 + ["sit"] + ["walk"] * 2 + ["sit"] * 2
    >>> report = event_report(y_true, y_pred)
    >>> report.by_class[["n_true", "correct", "fragmented", "inserted"]]
              n_true  correct  fragmented  inserted
    activity
    sit            2        2           0         1
    walk           1        0           1         0
    >>> report.seconds.loc["walk", ["correct", "fragmenting", "underfill_start"]].tolist()
    [4.0, 1.0, 1.0]
    >>> report.true_events.query("activity == 'walk'")[["start_delay", "end_delay"]].iloc[0].tolist()
    [1.0, 0.0]
    """
    rows = _rows(y_true, y_pred, X)
    pair = encode_pair(y_true, y_pred)
    interesting = np.ones(len(pair.classes), dtype=bool)
    if null_label is not None:
        interesting = pair.classes != null_label
    stretches = stretches_of(pair, rows.run_starts)
    matching = match_events(stretches, len(pair.classes), *np.flatnonzero(~interesting))
    tables = EventTables(rows, stretches, matching, pair.classes, interesting)
    by_class = tables.counts()
    seconds = tables.seconds()
    return EventReport(
        by_class=with_scores(by_class),
        overall=with_scores(by_class.sum().to_frame("all").T).iloc[0],
        delays=tables.delays(),
        seconds=seconds,
        shares=shares_of(seconds),
        substitutions=tables.substitutions(),
        true_events=tables.true_events(),
        predicted_events=tables.predicted_events(),
        n_unlabelled=len(rows.values) - int(stretches.n_rows.sum()),
    )


def _rows(y_true, y_pred, X) -> Rows:
    """The runs and times of the rows that labels are of."""
    check_lengths(y_true=y_true, y_pred=y_pred)
    if isinstance(X, Windows):
        raise TypeError(
            "X is Windows, which may overlap; events are made of rows. Pass recordings and the labels of "
            "their rows, which SlidingWindowClassifier.predict gives."
        )
    if X is None:
        index = getattr(y_true, "index", None)
        X = (
            index
            if getattr(index, "names", None) == list(INDEX_LEVELS)
            else np.empty((_num_samples(y_true), 0))
        )
    if isinstance(X, pd.MultiIndex):
        X = pd.DataFrame(index=X)
    check_labels_belong(X, y_true)
    check_labels_belong(X, y_pred)
    return rows_of(X, np.empty((_num_samples(X), 0)))
