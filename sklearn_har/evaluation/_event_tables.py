"""What became of events, as tables and as text."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from ..recordings import Rows
from ..windowing._episodes import place_of
from ._events import OTHER_ROWS, PREDICTED_EVENTS, ROWS, TRUE_EVENTS, TRUE_ROWS, Events, Matching, Stretches

QUARTILES = {"q25": 0.25, "median": 0.5, "q75": 0.75}
OF_TRUE = ["n_true", "correct", "deleted", "fragmented", "merged", "fragmented_merged"]
OF_PREDICTED = ["n_predicted", "inserted", "merging", "fragmenting", "fragmenting_merging"]


class EventTables(NamedTuple):
    """The tables of one report; ``interesting`` says which classes are in them."""

    rows: Rows
    stretches: Stretches
    matching: Matching
    classes: np.ndarray
    interesting: np.ndarray

    def counts(self) -> pd.DataFrame:
        """Events of every kind, by activity."""
        true = self._counts(self.matching.true, TRUE_EVENTS)
        predicted = self._counts(self.matching.predicted, PREDICTED_EVENTS).drop(columns="correct")
        true.insert(0, "n_true", true.sum(axis=1))
        predicted.insert(0, "n_predicted", predicted.sum(axis=1) + true["correct"])
        return pd.concat([true[OF_TRUE], predicted[OF_PREDICTED]], axis=1)

    def _counts(self, events: Events, kinds: tuple[str, ...]) -> pd.DataFrame:
        cells = events.activities * len(kinds) + events.kinds
        counts = np.bincount(cells, minlength=len(self.classes) * len(kinds)).reshape(-1, len(kinds))
        return pd.DataFrame(counts[self.interesting], index=self._index(), columns=kinds)

    def seconds(self) -> pd.DataFrame:
        """Time of every kind, by activity."""
        n_rows = self.matching.row_kinds[self.interesting]
        table = pd.DataFrame(n_rows, index=self._index(), columns=ROWS)
        table["correct_other"] = self.stretches.n_rows.sum() - n_rows.sum(axis=1)
        return table / self.rows.sampling_rate

    def delays(self) -> pd.DataFrame:
        """Quartiles of the delays of boundaries, in seconds, by activity."""
        activities = self.matching.true.activities
        columns: dict[str, list[float]] = {}
        for side, delays in (("start", self.matching.start_delays), ("end", self.matching.end_delays)):
            known = ~np.isnan(delays)
            groups = [delays[known & (activities == code)] for code in np.flatnonzero(self.interesting)]
            columns[f"n_{side}"] = [len(group) for group in groups]
            for name, share in QUARTILES.items():
                quantiles = [np.quantile(group, share) if len(group) else np.nan for group in groups]
                columns[f"{side}_{name}"] = [value / self.rows.sampling_rate for value in quantiles]
        return pd.DataFrame(columns, index=self._index())

    def substitutions(self) -> pd.DataFrame:
        """Time of one activity that was taken for another, by what it is to each of them."""
        wrong = self.stretches.true != self.stretches.predicted
        kinds = np.array([None, *ROWS[1:]], dtype=object)  # the first, correct, here says: not an activity
        n_classes, n_kinds = len(self.classes), len(kinds)
        shape = (n_classes, n_classes, n_kinds, n_kinds)
        parts = (
            self.stretches.true,
            self.stretches.predicted,
            self.matching.missed_as,
            self.matching.seen_as,
        )
        cells = np.ravel_multi_index([part[wrong] for part in parts], shape)
        found, which = np.unique(cells, return_inverse=True)
        n_rows = np.bincount(which, self.stretches.n_rows[wrong], minlength=len(found))
        order = np.argsort(-n_rows, kind="stable")
        true, predicted, missed_as, seen_as = np.unravel_index(found[order], shape)
        return pd.DataFrame(
            {
                "true": self.classes[true],
                "predicted": self.classes[predicted],
                "missed_as": kinds[missed_as],
                "seen_as": kinds[seen_as],
                "seconds": n_rows[order] / self.rows.sampling_rate,
            }
        )

    def true_events(self) -> pd.DataFrame:
        """One row per true event."""
        delays = {"start_delay": self.matching.start_delays, "end_delay": self.matching.end_delays}
        seconds = {name: n_rows / self.rows.sampling_rate for name, n_rows in delays.items()}
        return self._events(self.matching.true, TRUE_EVENTS, seconds)

    def predicted_events(self) -> pd.DataFrame:
        """One row per predicted event."""
        return self._events(self.matching.predicted, PREDICTED_EVENTS, {})

    def _events(self, events: Events, kinds: tuple[str, ...], more: dict[str, np.ndarray]) -> pd.DataFrame:
        order = np.argsort(events.firsts)
        activities, firsts, n_rows, found, n_matched = (part[order] for part in events)
        return pd.DataFrame(
            {
                **place_of(self.rows, firsts, n_rows),
                "activity": self.classes[activities],
                "kind": np.array(kinds, dtype=object)[found],
                "n_matched": n_matched,
                **{name: values[order] for name, values in more.items()},
            }
        )

    def _index(self) -> pd.Index:
        return pd.Index(self.classes[self.interesting], name="activity")


def with_scores(counts: pd.DataFrame) -> pd.DataFrame:
    """Counts of events, and precision, recall and F1 of the correct ones; 0 where there is none."""
    correct, n_true, n_predicted = counts[["correct", "n_true", "n_predicted"]].to_numpy().T
    return counts.assign(
        precision=correct / np.maximum(n_predicted, 1),
        recall=correct / np.maximum(n_true, 1),
        f1=2 * correct / np.maximum(n_true + n_predicted, 1),
    )


def shares_of(seconds: pd.DataFrame) -> pd.DataFrame:
    """Shares of the activity's own time, and of the time of everything else; NaN where there is none."""
    own, other = seconds[list(TRUE_ROWS)], seconds[[*OTHER_ROWS, "correct_other"]]
    parts = [part.div(part.sum(axis=1).replace(0, np.nan), axis=0) for part in (own, other)]
    return pd.concat(parts, axis=1)


def text_of_events(by_class, overall, shares, delays, n_unlabelled: int) -> str:
    """The report as printed: events, time, delays."""
    every = pd.concat([by_class, overall.to_frame().T])
    texts = every.iloc[:, : len(OF_TRUE + OF_PREDICTED)].astype(int).astype(str)
    texts = texts.join(every[["precision", "recall", "f1"]].map("{:.3f}".format))
    time = shares.drop(columns="correct_other").map(lambda share: "-" if np.isnan(share) else f"{share:.1%}")
    late = pd.DataFrame(
        {
            f"{side} ({n} events)": [_quartiles(*row) for row in delays[columns].itertuples(index=False)]
            for side, n, columns in (
                (side, delays[f"n_{side}"].sum(), [f"{side}_{name}" for name in QUARTILES])
                for side in ("start", "end")
            )
        },
        index=delays.index,
    )
    lines = ["Events"]
    for title, part in (
        ("true", texts[OF_TRUE]),
        ("predicted", texts[[*OF_PREDICTED, "precision", "recall", "f1"]]),
        ("\nTime: shares of an activity's own", time[list(TRUE_ROWS)]),
        ("\nTime: shares of all other", time[list(OTHER_ROWS)]),
        ("\nDelay of boundaries in seconds, median and quartiles", late),
    ):
        lines += [title, part.rename_axis(index=None).to_string()]
    if n_unlabelled:
        lines.append(f"\n{n_unlabelled} rows without a true label were left out.")
    return "\n".join(lines)


def _quartiles(low: float, median: float, high: float) -> str:
    return "-" if np.isnan(median) else f"{median:+.2f} ({low:+.2f} to {high:+.2f})"
