"""A score, and how far it might be from that of other people."""

from typing import NamedTuple

from .._core._sklearn import validate_params
from ._over_people import percentile_interval
from ._scores_over_people import LIMITS, scores_over_people, warn_of_few_people


class ScoreInterval(NamedTuple):
    """A score and its interval over people."""

    score: float
    low: float
    high: float


@validate_params(LIMITS, prefer_skip_nested_validation=True)
def score_interval(
    y_true, y_pred, *, subjects, metric="f1_macro", level=0.95, n_draws=1000, random_state=0
) -> ScoreInterval:
    """Score rows or windows, with a confidence interval over people.

    Rows of one person are alike, so a thousand windows of five people say little of a sixth. People are
    drawn with replacement, each with all rows, and the score of the drawn rows is taken each time; the
    interval holds the middle of these scores (cluster bootstrap).

    Parameters
    ----------
    y_true : array-like of shape (n,)
        True activities of rows or windows of people that the model was not trained on. Missing ones (NaN,
        None, ``pandas.NA``) are left out.
    y_pred : array-like of shape (n,)
        Predicted activities.
    subjects : array-like of shape (n,)
        The person of every row: ``subjects(X)`` of recordings or windows.
    metric : str or callable, default="f1_macro"
        A score of scikit-learn that reads predicted labels, or a function ``metric(y_true, y_pred)``.
        "accuracy", "balanced_accuracy", "precision_macro", "recall_macro" and "f1_macro" are quick; any
        other is computed anew in every draw.
    level : float, default=0.95
        Share of the draws inside the interval.
    n_draws : int, default=1000
        Number of times that people are drawn.
    random_state : int, RandomState instance or None, default=0
        Determines who is drawn.

    Returns
    -------
    score, low, high : float
        A named tuple. ``score`` is over the rows of all people; ``low`` and ``high`` are NaN, with a
        warning, where only one person has labelled rows.

    Raises
    ------
    ValueError
        If lengths differ, a subject or a predicted label is missing, no row has a true label, or ``metric``
        is the name of no score, or of one that reads probabilities.

    Warns
    -----
    FewSubjectsWarning
        If only one person has labelled rows.

    See Also
    --------
    compare_by_subject : Whether one model is better than another.
    classification_report_by_subject : Several scores with intervals, and those of each person.

    Notes
    -----
    With fewer than about twenty people the interval is too narrow, as that of any bootstrap: people who are
    unlike those recorded are in no draw. An activity that nobody drawn does is not in the macro averages of
    that draw.

    References
    ----------
    .. [1] C. A. Field and A. H. Welsh, "Bootstrapping clustered data", Journal of the Royal Statistical
       Society B 69(3), 2007.

    Examples
    --------
    >>> from sklearn_har.evaluation import score_interval
    >>> y_true = ["sit", "walk"] * 10
    >>> y_pred = ["sit", "walk"] * 8 + ["sit", "sit"] * 2
    >>> people = [1] * 4 + [2] * 4 + [3] * 4 + [4] * 4 + [5] * 4
    >>> interval = score_interval(y_true, y_pred, subjects=people, metric="accuracy")
    >>> interval.score, interval.low, interval.high
    (0.9, 0.7, 1.0)
    """
    scores = scores_over_people(y_true, [y_pred], subjects, metric, n_draws, random_state)
    warn_of_few_people(
        scores.people,
        2,
        "how people differ is not known, so the score has no interval (NaN). Score the "
        "predictions for several people together.",
    )
    low, high = percentile_interval(scores.drawn[:, 0], level, len(scores.people))
    return ScoreInterval(float(scores.pooled[0]), float(low), float(high))
