"""How well each activity and each person is recognised, as tables."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ._confusion import (
    SubjectConfusion,
    count_by_subject,
    mean_and_std_over_people,
    mean_scores,
    scores_of_classes,
)
from ._over_people import interval_over_people


@dataclass(frozen=True, eq=False, repr=False)
class SubjectReport:
    """What `classification_report_by_subject` found; printing it gives a text table.

    Attributes
    ----------
    by_class : DataFrame of shape (n_classes, 9)
        One row per activity: precision, recall, f1 and support (rows with that true activity), over
        the rows of all people; n_subjects, the number who do the activity; and over those people the
        mean and the standard deviation of each one's recall and F1 (recall_mean, recall_std,
        f1_mean, f1_std).
    by_subject : DataFrame of shape (n_people, 8)
        One row per person: accuracy, balanced_accuracy, precision_macro, recall_macro, f1_macro,
        n_activities (true ones), support (labelled rows) and n_unlabelled. Scores are NaN for a
        person without labelled rows.
    overall : DataFrame of shape (5, 7)
        One row per score of ``by_subject``: pooled (over the rows of all people), low and high (its 95 %
        interval over people, by `score_interval`; NaN for one person), and over the people mean, std, min
        and max.
    confusion : DataFrame of shape (n_classes, n_classes)
        Rows of all people with each true activity (index) by the predicted one (columns).
    n_unlabelled : int
        Rows that were left out because their true label is missing.

    Examples
    --------
    >>> from sklearn_har.evaluation import classification_report_by_subject
    >>> report = classification_report_by_subject(["sit", "walk"], ["sit", "sit"], subjects=["ann", "bob"])
    >>> report
    <SubjectReport: 2 people, 2 activities, 2 rows>
    >>> report.by_subject["accuracy"].to_dict()
    {'ann': 1.0, 'bob': 0.0}
    """

    by_class: pd.DataFrame
    by_subject: pd.DataFrame
    overall: pd.DataFrame
    confusion: pd.DataFrame
    n_unlabelled: int

    def __str__(self) -> str:
        people = self.by_subject.dropna(subset="f1_macro").sort_values("f1_macro", kind="stable")
        worst = people.iloc[0]
        lines = [
            _text_of_classes(self.by_class),
            "",
            _text_of_overall(self.overall),
            "",
            f"Worst of {len(people)} people by macro F1: subject {people.index[0]} "
            f"(F1 {worst['f1_macro']:.3f}, accuracy {worst['accuracy']:.3f}, {worst['support']:.0f} rows).",
            *_text_of_mistakes(self.confusion),
        ]
        if self.n_unlabelled:
            lines.append(f"{self.n_unlabelled} rows without a true label were left out.")
        return "\n".join(lines)

    def __repr__(self) -> str:
        n_rows = int(self.by_class["support"].sum())
        return (
            f"<SubjectReport: {len(self.by_subject)} people, {len(self.by_class)} activities, {n_rows} rows>"
        )

    def _repr_html_(self) -> str:
        tables = (self.by_class, self.overall, self.by_subject)
        return "".join(table.to_html(float_format="{:.3f}".format, na_rep="") for table in tables)


def classification_report_by_subject(y_true, y_pred, *, subjects, labels=None) -> SubjectReport:
    """Report how well each activity and each person is recognised.

    A score over all rows hides the person for whom a recognizer fails. This report gives the scores of
    every person, and how far people differ in every activity.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        True activities of rows or windows. Missing ones (NaN, None, ``pandas.NA``) are left out and
        counted.
    y_pred : array-like of shape (n,)
        Predicted activities.
    subjects : array-like of shape (n,)
        The person of every row: ``subjects(X)`` of recordings or windows.
    labels : array-like of shape (n_classes,), default=None
        Activities in the order of the report; every one that occurs must be among them. None: the
        activities that occur, sorted.

    Returns
    -------
    SubjectReport

    Raises
    ------
    ValueError
        If lengths differ, a subject or a predicted label is missing, no row has a true label, or an
        activity that occurs is not in ``labels``.

    Notes
    -----
    Precision is 0 for an activity that is never predicted, recall 0 for one that is never true, as
    with ``zero_division=0`` in scikit-learn; there are no warnings. Macro averages of a person count
    the activities in that person's truth or prediction, balanced accuracy those in the truth.
    Standard deviations over people are those of a sample (divided by n - 1), and NaN for one person. The
    interval of a pooled score says how far it might be for other people; the spread by person, how far it
    is for one.

    Examples
    --------
    >>> from sklearn_har.evaluation import classification_report_by_subject
    >>> report = classification_report_by_subject(
    ...     ["sit", "sit", "walk", "walk", "sit", "walk"],
    ...     ["sit", "sit", "walk", "walk", "sit", "sit"],
    ...     subjects=["ann", "ann", "ann", "ann", "bob", "bob"],
    ... )
    >>> report.by_subject["accuracy"].to_dict()
    {'ann': 1.0, 'bob': 0.5}
    >>> report.by_class.loc["walk", ["recall", "recall_mean"]].round(3).to_dict()
    {'recall': 0.667, 'recall_mean': 0.5}
    >>> int(report.confusion.loc["walk", "sit"])  # walking that was taken for sitting
    1
    """
    confusion = count_by_subject(y_true, y_pred, subjects, labels)
    return SubjectReport(
        by_class=_table_of_classes(confusion),
        by_subject=_table_of_people(confusion),
        overall=_table_of_means(confusion),
        confusion=_table_of_mistakes(confusion),
        n_unlabelled=int(confusion.n_unlabelled.sum()),
    )


def _table_of_classes(confusion: SubjectConfusion) -> pd.DataFrame:
    pooled = scores_of_classes(confusion.counts.sum(axis=0))
    own = scores_of_classes(confusion.counts)
    does = own.support > 0
    recall_mean, recall_std = mean_and_std_over_people(own.recall, does)
    f1_mean, f1_std = mean_and_std_over_people(own.f1, does)
    return pd.DataFrame(
        {
            "precision": pooled.precision,
            "recall": pooled.recall,
            "f1": pooled.f1,
            "support": pooled.support,
            "n_subjects": does.sum(axis=0),
            "recall_mean": recall_mean,
            "recall_std": recall_std,
            "f1_mean": f1_mean,
            "f1_std": f1_std,
        },
        index=pd.Index(confusion.classes, name="activity"),
    )


def _table_of_people(confusion: SubjectConfusion) -> pd.DataFrame:
    support = confusion.counts.sum(axis=2)
    return pd.DataFrame(
        {
            **mean_scores(confusion.counts),
            "n_activities": (support > 0).sum(axis=1),
            "support": support.sum(axis=1),
            "n_unlabelled": confusion.n_unlabelled,
        },
        index=pd.Index(confusion.people, name="subject"),
    )


def _table_of_means(confusion: SubjectConfusion) -> pd.DataFrame:
    pooled = pd.Series(mean_scores(confusion.counts.sum(axis=0)), dtype=np.float64)
    labelled = confusion.counts[confusion.counts.any(axis=(1, 2))]
    low, high = interval_over_people(
        labelled, lambda counts: np.stack([*mean_scores(counts).values()], axis=-1)
    )
    own = pd.DataFrame(mean_scores(confusion.counts))
    return pd.DataFrame(
        {
            "pooled": pooled,
            "low": low,
            "high": high,
            "mean": own.mean(),
            "std": own.std(),
            "min": own.min(),
            "max": own.max(),
        }
    )


def _table_of_mistakes(confusion: SubjectConfusion) -> pd.DataFrame:
    names = confusion.classes
    return pd.DataFrame(
        confusion.counts.sum(axis=0),
        index=pd.Index(names, name="activity"),
        columns=pd.Index(names, name="predicted"),
    )


def _text_of_mistakes(confusion: pd.DataFrame) -> list[str]:
    """A line on the activity that is most often taken for one other; none without mistakes."""
    counts = confusion.to_numpy()
    shares = np.divide(
        counts,
        counts.sum(axis=1, keepdims=True),
        where=counts.any(axis=1, keepdims=True),
        out=np.zeros(counts.shape),
    )
    np.fill_diagonal(shares, 0.0)
    true, predicted = np.unravel_index(shares.argmax(), shares.shape)
    if not shares[true, predicted]:
        return []
    names = confusion.index
    return [
        f"Most mistaken: {names[true]} for {names[predicted]} ({shares[true, predicted]:.1%} of its rows)."
    ]


def _text_of_classes(by_class: pd.DataFrame) -> str:
    table = by_class[["precision", "recall", "f1", "support", "n_subjects"]].copy()
    table.columns = ["precision", "recall", "f1", "support", "people"]
    table["recall by person"] = _plus_minus(by_class["recall_mean"], by_class["recall_std"])
    table["f1 by person"] = _plus_minus(by_class["f1_mean"], by_class["f1_std"])
    table.index.name = None
    return table.to_string(float_format="{:.3f}".format)


def _text_of_overall(overall: pd.DataFrame) -> str:
    table = overall[["pooled", "min", "max"]].copy()
    if overall["low"].notna().any():
        table.insert(
            1,
            "95 % interval",
            [f"{low:.3f} to {high:.3f}" for low, high in overall[["low", "high"]].to_numpy()],
        )
    table.insert(table.shape[1] - 2, "by person", _plus_minus(overall["mean"], overall["std"]))
    table.index = table.index.str.replace("_", " ").str.replace("f1", "F1")
    return table.to_string(float_format="{:.3f}".format)


def _plus_minus(mean: pd.Series, std: pd.Series) -> list[str]:
    """Mean and spread as text; without a spread where it is unknown, a dash without a mean."""
    return [
        "-" if np.isnan(m) else f"{m:.3f}" if np.isnan(s) else f"{m:.3f} ± {s:.3f}"
        for m, s in zip(mean, std, strict=True)
    ]
