"""Whether one model is better than another, for people in general."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import wilcoxon
from sklearn.utils import check_random_state

from .._core._labels import encode_labels
from .._core._sklearn import validate_params
from ._label_pair import check_lengths, refuse_missing
from ._over_people import percentile_interval
from ._scorers import name_of_metric
from ._scores_over_people import LIMITS, PeopleScores, scores_over_people, warn_of_few_people

MOST_FOR_ALL_SWAPS = 13  # people; their models can be swapped in 8192 ways
N_SWAPS = 9999  # of more people
ENOUGH_PEOPLE = 6  # of five, all better with one model, the two-sided p is 2 / 2**5 = 0.06
SAME = 1e-9  # scores that differ by less are equal, but for rounding


@dataclass(frozen=True, eq=False, repr=False)
class SubjectComparison:
    """What `compare_by_subject` found; printing it gives a few lines of text.

    Differences are those of the first model's score less the second's: above 0, the first is better.

    Attributes
    ----------
    metric : str
        Name of the score that was compared.
    by_subject : DataFrame of shape (n_people, 3)
        One row per person: a, b, the scores of the two models, and difference.
    score_a, score_b : float
        Scores over the rows of all people.
    difference, low, high : float
        The difference of these two, and its interval over people, drawn jointly for both models.
    level : float
        Share of the draws inside the interval.
    mean_difference : float
        Mean of the differences of people, each person counting alike.
    n_better_a, n_better_b, n_equal : int
        Number of people for whom the first model is better, or the second, or neither.
    p_wilcoxon : float
        Two-sided p of Wilcoxon's signed-rank test of the differences of people; those without one do not
        count.
    p_permutation : float
        Two-sided p of their mean, against swapping the two models for each person: in all ways for up to 13
        people, else in 9999 random ones.

    Examples
    --------
    >>> from sklearn_har.evaluation import compare_by_subject
    >>> people, y_true = [1, 2, 3, 4, 5, 6], ["sit", "walk"] * 3
    >>> found = compare_by_subject(y_true, y_true, ["sit"] * 6, subjects=people, metric="accuracy")
    >>> found.difference, found.n_better_a, found.n_equal
    (0.5, 3, 3)
    """

    metric: str
    by_subject: pd.DataFrame
    score_a: float
    score_b: float
    difference: float
    low: float
    high: float
    level: float
    mean_difference: float
    n_better_a: int
    n_better_b: int
    n_equal: int
    p_wilcoxon: float
    p_permutation: float

    def __str__(self) -> str:
        known = "unknown" if np.isnan(self.low) else f"{self.low:+.4f} to {self.high:+.4f}"
        return "\n".join(
            [
                f"{self.metric}: a {self.score_a:.4f}, b {self.score_b:.4f}",
                f"a - b: {self.difference:+.4f} ({self.level:.0%} interval over people: {known})",
                f"by person: {self.mean_difference:+.4f} on average; a is better for {self.n_better_a} "
                f"people, b for {self.n_better_b}, neither for {self.n_equal}",
                f"p: {self.p_wilcoxon:.4f} (Wilcoxon), {self.p_permutation:.4f} (permutation)",
            ]
        )

    def __repr__(self) -> str:
        return (
            f"<SubjectComparison: {self.metric} {self.difference:+.4f} ({self.low:+.4f} to "
            f"{self.high:+.4f}), {len(self.by_subject)} people>"
        )


@validate_params(LIMITS, prefer_skip_nested_validation=True)
def compare_by_subject(
    y_true, pred_a, pred_b, *, subjects, metric="f1_macro", level=0.95, n_draws=1000, random_state=0
) -> SubjectComparison:
    """Compare two models on the same people.

    People differ more than models, so the scores of two models may overlap widely and one still be better
    for everybody. The comparison is therefore paired: model against model for each person.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        True activities of rows or windows of people that neither model was trained on. Missing ones (NaN,
        None, ``pandas.NA``) are left out.
    pred_a, pred_b : array-like of shape (n,)
        What the two models predict.
    subjects : array-like of shape (n,)
        The person of every row: ``subjects(X)`` of recordings or windows.
    metric : str or callable, default="f1_macro"
        A score of scikit-learn that reads predicted labels, or a function ``metric(y_true, y_pred)`` of which
        more is better.
    level : float, default=0.95
        Share of the draws inside the interval.
    n_draws : int, default=1000
        Number of times that people are drawn for the interval.
    random_state : int, RandomState instance or None, default=0
        Determines who is drawn, and which models are swapped where not all ways are tried.

    Returns
    -------
    SubjectComparison

    Raises
    ------
    ValueError
        If lengths differ, a subject or a predicted label is missing, no row has a true label, or ``metric``
        is the name of no score, or of one that reads probabilities.

    Warns
    -----
    FewSubjectsWarning
        If fewer than six people have labelled rows: no p can be below 0.05 then.

    See Also
    --------
    score_interval : The interval of one model's score.

    Notes
    -----
    The macro averages of a person count the activities in that person's truth or prediction, as in
    `classification_report_by_subject`. Both tests say whether people favour one model, not whether another
    training of the two models would come out the same: repeat that with other seeds. Two models are
    compared here; of many pairs, some p will be small by chance.

    References
    ----------
    .. [1] F. Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1(6), 1945.
    .. [2] C. A. Field and A. H. Welsh, "Bootstrapping clustered data", Journal of the Royal Statistical
       Society B 69(3), 2007.

    Examples
    --------
    >>> from sklearn_har.evaluation import compare_by_subject
    >>> people = [person for person in range(6) for _ in range(4)]
    >>> y_true = ["sit", "sit", "walk", "walk"] * 6
    >>> pred_a = y_true
    >>> pred_b = ["sit", "sit", "walk", "sit"] * 6
    >>> comparison = compare_by_subject(y_true, pred_a, pred_b, subjects=people, metric="accuracy")
    >>> print(comparison)
    accuracy: a 1.0000, b 0.7500
    a - b: +0.2500 (95% interval over people: +0.2500 to +0.2500)
    by person: +0.2500 on average; a is better for 6 people, b for 0, neither for 0
    p: 0.0312 (Wilcoxon), 0.0312 (permutation)
    """
    check_lengths(y_true=y_true, pred_a=pred_a, pred_b=pred_b, subjects=subjects)
    for name, prediction in (("pred_a", pred_a), ("pred_b", pred_b)):
        refuse_missing(encode_labels(prediction).codes, name)
    generator = check_random_state(random_state)
    scores = scores_over_people(y_true, [pred_a, pred_b], subjects, metric, n_draws, generator)
    n_people = len(scores.people)
    warn_of_few_people(
        scores.people,
        ENOUGH_PEOPLE,
        f"even if one model is better for everybody, p is no smaller than {min(1.0, 2 / 2**n_people):.2g}. "
        "Compare the models on more people.",
    )
    return _comparison(scores, metric, level, generator)


def _comparison(scores: PeopleScores, metric, level: float, generator) -> SubjectComparison:
    a, b = scores.own.T
    differences = np.where(np.abs(a - b) < SAME, 0.0, a - b)
    low, high = percentile_interval(scores.drawn[:, 0] - scores.drawn[:, 1], level, len(scores.people))
    return SubjectComparison(
        metric=name_of_metric(metric),
        by_subject=pd.DataFrame(
            {"a": a, "b": b, "difference": differences}, index=pd.Index(scores.people, name="subject")
        ),
        score_a=float(scores.pooled[0]),
        score_b=float(scores.pooled[1]),
        difference=float(scores.pooled[0] - scores.pooled[1]),
        low=float(low),
        high=float(high),
        level=level,
        mean_difference=float(differences.mean()),
        n_better_a=int((differences > 0).sum()),
        n_better_b=int((differences < 0).sum()),
        n_equal=int((differences == 0).sum()),
        p_wilcoxon=float(wilcoxon(differences[differences != 0]).pvalue) if differences.any() else 1.0,
        p_permutation=p_of_swaps(differences, generator),
    )


def p_of_swaps(differences: np.ndarray, generator) -> float:
    """Share of the ways to swap models, person by person, whose mean is as far from 0 as that found."""
    n_people = len(differences)
    exact = n_people <= MOST_FOR_ALL_SWAPS
    if exact:
        swapped = (np.arange(2**n_people)[:, np.newaxis] >> np.arange(n_people)) & 1
    else:
        swapped = generator.randint(2, size=(N_SWAPS, n_people))
    as_far = np.abs((1 - 2 * swapped) @ differences) >= np.abs(differences.sum()) - SAME
    return float(as_far.mean() if exact else (as_far.sum() + 1) / (N_SWAPS + 1))  # that found is one way
