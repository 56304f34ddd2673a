"""Events that were recognised, missed, made up, cut or joined: arithmetic on codes.

The definitions are those of Ward, Lukowicz and Gellersen, "Performance metrics for activity recognition",
ACM Transactions on Intelligent Systems and Technology 2(1), 2011: each activity against all others. All
activities are worked on in one pass: a stretch of rows matters to its true activity and to its predicted one
and to no other, so there are at most two entries for each stretch, however many activities there are.
"""

from typing import NamedTuple

import numpy as np

from ._label_pair import LabelPair

# kinds of rows, as their true activity sees them and as their predicted one does
TRUE_ROWS = ("correct", "deletion", "fragmenting", "underfill_start", "underfill_end")
OTHER_ROWS = ("insertion", "merge", "overfill_start", "overfill_end")
ROWS = TRUE_ROWS + OTHER_ROWS
# kinds of events, in the order of `_kinds`: not matched, then by what is matched more than once
TRUE_EVENTS = ("deleted", "correct", "fragmented", "merged", "fragmented_merged")
PREDICTED_EVENTS = ("inserted", "correct", "merging", "fragmenting", "fragmenting_merging")

IS_TRUE, IS_PREDICTED, IS_BOTH = 1, 2, 3
# by state, whether the piece before is correct, and whether the one after is: positions in ROWS
_KIND = np.zeros((4, 2, 2), dtype=np.intp)
_KIND[IS_TRUE] = np.reshape(
    [ROWS.index(kind) for kind in ("deletion", "underfill_start", "underfill_end", "fragmenting")], (2, 2)
)
_KIND[IS_PREDICTED] = np.reshape(
    [ROWS.index(kind) for kind in ("insertion", "overfill_start", "overfill_end", "merge")], (2, 2)
)


class Stretches(NamedTuple):
    """Labelled rows as stretches of one true and one predicted activity; arrays of shape (n_stretches,).

    Attributes
    ----------
    firsts, n_rows : ndarray of int
        Position of the first row, and number of rows.
    true, predicted : ndarray of int
        Codes of activities.
    blocks : ndarray of int
        Stretches of one block follow each other without a gap or an unlabelled row between them.
    """

    firsts: np.ndarray
    n_rows: np.ndarray
    true: np.ndarray
    predicted: np.ndarray
    blocks: np.ndarray


class Events(NamedTuple):
    """Events of one side, true or predicted; arrays of shape (n_events,), ordered by activity, then time.

    Attributes
    ----------
    activities : ndarray of int
    firsts, n_rows : ndarray of int
        Position of the first row, and number of rows.
    kinds : ndarray of int
        Positions in `TRUE_EVENTS` or `PREDICTED_EVENTS`.
    n_matched : ndarray of int
        Number of events of the other side, of the same activity, that share a row with this one.
    """

    activities: np.ndarray
    firsts: np.ndarray
    n_rows: np.ndarray
    kinds: np.ndarray
    n_matched: np.ndarray


class Matching(NamedTuple):
    """What became of events and of rows.

    Attributes
    ----------
    true, predicted : Events
    start_delays, end_delays : ndarray of shape (n_true_events,)
        Rows from a true boundary to the predicted one; NaN where there is none of its own.
    row_kinds : ndarray of int of shape (n_classes, len(ROWS))
        Rows of every kind.
    missed_as, seen_as : ndarray of int of shape (n_stretches,)
        Position in `ROWS` of the kind that a wrong stretch is to its true and to its predicted activity;
        0 where it is correct, or the activity is that of no interest.
    """

    true: Events
    predicted: Events
    start_delays: np.ndarray
    end_delays: np.ndarray
    row_kinds: np.ndarray
    missed_as: np.ndarray
    seen_as: np.ndarray


def stretches_of(pair: LabelPair, run_starts: np.ndarray) -> Stretches:
    """Cut rows where the truth, the prediction or the run changes, and leave out unlabelled rows."""
    bounds = np.unique(np.concatenate([pair.true.starts, pair.predicted.starts, run_starts]))
    firsts = bounds[:-1]
    true, predicted, run = (
        np.searchsorted(starts, firsts, side="right") - 1
        for starts in (pair.true.starts, pair.predicted.starts, run_starts)
    )
    true, predicted = pair.true.stretch_codes[true], pair.predicted.stretch_codes[predicted]
    labelled = true >= 0
    breaks = np.r_[False, (run[1:] != run[:-1]) | ~labelled[:-1]]
    parts = (firsts, np.diff(bounds), true, predicted, np.cumsum(breaks))
    return Stretches(*(part[labelled] for part in parts))


class _Pieces(NamedTuple):
    """Longest stretches of one state, for each activity that is true or predicted there.

    ``joined`` says whether a piece follows on the one before; each holds the ``entries`` (of one activity
    and one stretch) from its ``heads`` to the next.
    """

    activities: np.ndarray
    states: np.ndarray
    joined: np.ndarray
    firsts: np.ndarray
    n_rows: np.ndarray
    heads: np.ndarray
    entry_stretches: np.ndarray
    entry_states: np.ndarray


def match_events(stretches: Stretches, n_classes: int, null: int = -1) -> Matching:
    """Match true and predicted events of every activity but the one of no interest, if there is one."""
    pieces = _pieces(stretches, null)
    event_of, n_true = _number_events(pieces, IS_TRUE)
    return_of, n_predicted = _number_events(pieces, IS_PREDICTED)
    hits = np.flatnonzero(pieces.states == IS_BOTH)  # each is where one event and one return meet
    event, found = event_of[hits], return_of[hits]
    n_returns = np.bincount(event, minlength=n_true)
    n_events = np.bincount(found, minlength=n_predicted)
    merged = np.bincount(event, n_events[found] > 1, minlength=n_true) > 0
    fragmenting = np.bincount(found, n_returns[event] > 1, minlength=n_predicted) > 0
    true = _events(pieces, event_of, n_true, _kinds(n_returns, merged), n_returns)
    predicted = _events(pieces, return_of, n_predicted, _kinds(n_events, fragmenting), n_events)
    start_delays, end_delays = _delays(true, predicted, event, found)
    row_kinds = _row_kinds(pieces)
    return Matching(
        true,
        predicted,
        start_delays,
        end_delays,
        row_kinds=_rows_of_kinds(pieces, row_kinds, n_classes),
        missed_as=_of_stretches(pieces, row_kinds, IS_TRUE, len(stretches.firsts)),
        seen_as=_of_stretches(pieces, row_kinds, IS_PREDICTED, len(stretches.firsts)),
    )


def _pieces(stretches: Stretches, null: int) -> _Pieces:
    agrees = stretches.true == stretches.predicted
    right, wrong = np.flatnonzero(agrees), np.flatnonzero(~agrees)
    stretch = np.concatenate([right, wrong, wrong])
    activity = np.concatenate([stretches.true[right], stretches.true[wrong], stretches.predicted[wrong]])
    state = np.repeat([IS_BOTH, IS_TRUE, IS_PREDICTED], [len(right), len(wrong), len(wrong)])
    order = np.argsort(activity * len(agrees) + stretch)
    order = order[activity[order] != null]
    stretch, activity, state = stretch[order], activity[order], state[order]
    block = stretches.blocks[stretch]
    joined = np.zeros(len(stretch), dtype=bool)
    joined[1:] = (activity[1:] == activity[:-1]) & (block[1:] == block[:-1]) & (np.diff(stretch) == 1)
    changes = ~joined
    changes[1:] |= state[1:] != state[:-1]
    heads = np.flatnonzero(changes)
    n_rows = np.add.reduceat(stretches.n_rows[stretch], heads) if len(heads) else np.empty(0, np.intp)
    firsts = stretches.firsts[stretch[heads]]
    return _Pieces(activity[heads], state[heads], joined[heads], firsts, n_rows, heads, stretch, state)


def _number_events(pieces: _Pieces, side: int) -> tuple[np.ndarray, int]:
    """Number the events of a side: the event of each piece, -1 where it is of none, and how many."""
    inside = (pieces.states & side) > 0
    begins = inside.copy()
    begins[1:] &= ~(inside[:-1] & pieces.joined[1:])
    return np.where(inside, np.cumsum(begins) - 1, -1), int(begins.sum())


def _kinds(n_matched: np.ndarray, shared: np.ndarray) -> np.ndarray:
    """Kinds of events: not matched, matched once, more often; plus two where a match has others as well."""
    return np.minimum(n_matched, 2) + 2 * shared


def _events(pieces: _Pieces, event_of: np.ndarray, n_events: int, kinds, n_matched) -> Events:
    inside = np.flatnonzero(event_of >= 0)
    heads = inside[np.searchsorted(event_of[inside], np.arange(n_events))]
    n_rows = np.bincount(event_of[inside], pieces.n_rows[inside], minlength=n_events).astype(np.intp)
    return Events(pieces.activities[heads], pieces.firsts[heads], n_rows, kinds, n_matched)


def _delays(true: Events, predicted: Events, event: np.ndarray, found: np.ndarray):
    """Rows from the start and the end of each event to those of its first and last return.

    There is no such boundary where the return began with an earlier event, or ends with a later one.
    """
    delays = np.full((2, len(true.firsts)), np.nan)
    opens = np.r_[True, (event[1:] != event[:-1]) & (found[1:] != found[:-1])][: len(event)]
    closes = np.r_[opens[1:], True][: len(event)]
    own, other = event[opens], found[opens]
    delays[0, own] = predicted.firsts[other] - true.firsts[own]
    own, other = event[closes], found[closes]
    delays[1, own] = (predicted.firsts + predicted.n_rows)[other] - (true.firsts + true.n_rows)[own]
    return delays


def _row_kinds(pieces: _Pieces) -> np.ndarray:
    """Position in `ROWS` of the kind of every piece's rows."""
    hit = pieces.states == IS_BOTH
    after_hit, before_hit = np.zeros_like(hit), np.zeros_like(hit)
    after_hit[1:] = hit[:-1] & pieces.joined[1:]
    before_hit[:-1] = hit[1:] & pieces.joined[1:]
    return _KIND[pieces.states, after_hit.astype(np.intp), before_hit.astype(np.intp)]


def _rows_of_kinds(pieces: _Pieces, row_kinds: np.ndarray, n_classes: int) -> np.ndarray:
    cells = pieces.activities * len(ROWS) + row_kinds
    counts = np.bincount(cells, pieces.n_rows, minlength=n_classes * len(ROWS))
    return counts.astype(np.intp).reshape(n_classes, len(ROWS))


def _of_stretches(pieces: _Pieces, row_kinds: np.ndarray, state: int, n_stretches: int) -> np.ndarray:
    of_entries = np.repeat(row_kinds, np.diff(np.r_[pieces.heads, len(pieces.entry_states)]))
    kinds = np.zeros(n_stretches, dtype=np.intp)
    here = pieces.entry_states == state
    kinds[pieces.entry_stretches[here]] = of_entries[here]
    return kinds
