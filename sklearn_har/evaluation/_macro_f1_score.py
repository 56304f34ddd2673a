"""Macro F1 with the two things that published figures differ in: "nothing of interest", and absence."""

import numpy as np

from .._core._sklearn import StrOptions, _num_samples, validate_params
from ._confusion import count_by_subject, macro_f1
from ._label_pair import check_lengths


@validate_params(
    {
        "labels": ["array-like", None],
        "null_label": "no_validation",
        "null_rows": [StrOptions({"leave_out", "count"})],
        "absent": [StrOptions({"leave_out", "zero"})],
        "sample_weight": ["array-like", None],
    },
    prefer_skip_nested_validation=True,
)
def macro_f1_score(
    y_true,
    y_pred,
    *,
    labels=None,
    null_label=None,
    null_rows="leave_out",
    absent="leave_out",
    sample_weight=None,
):
    """Mean F1 of the activities, by any of the conventions that figures are published in.

    Without options it is scikit-learn's ``f1_score(average="macro")`` of the labelled rows.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        True activities of rows or windows. Missing ones (NaN, None, ``pandas.NA``) are left out.
    y_pred : array-like of shape (n,)
        Predicted activities.
    labels : array-like of shape (n_activities,), default=None
        The activities that there are; all that occur must be among them, but for the ``null_label``.
        None: the activities that occur.
    null_label : object, default=None
        The label of "nothing of interest", where there is one. It is not an activity of the mean, but
        an activity taken for it is missed.
    null_rows : {"leave_out", "count"}, default="leave_out"
        What becomes of the rows whose true label is ``null_label``. They are left out, as by
        `make_row_scorer`, so that false alarms cost nothing; or they count, so that an activity that is
        predicted there loses precision.
    absent : {"leave_out", "zero"}, default="leave_out"
        What becomes of an activity of ``labels`` that is neither true nor predicted, because the people
        of this fold never do it. It is left out of the mean, as in scikit-learn without ``labels``; or
        it counts as 0, as in some published benchmarks, whose best possible score is then below 1.
    sample_weight : array-like of shape (n,), default=None
        Weights of the rows.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    ValueError
        If lengths differ, a predicted label is missing, no row is left to score, an activity that
        occurs is not in ``labels``, or ``absent="zero"`` comes without ``labels``.

    See Also
    --------
    classification_report_by_subject : This and other scores for each person.
    make_row_scorer : The same for searches, without rows of the ``null_label``.

    Examples
    --------
    >>> from sklearn_har.evaluation import macro_f1_score
    >>> y_true, y_pred = ["sit", "sit", "walk", "null"], ["sit", "sit", "walk", "walk"]
    >>> macro_f1_score(y_true, y_pred, null_label="null")
    1.0
    >>> round(macro_f1_score(y_true, y_pred, null_label="null", null_rows="count"), 3)
    0.833
    >>> known = ["sit", "stairs", "walk"]
    >>> round(macro_f1_score(y_true, y_pred, null_label="null", labels=known, absent="zero"), 3)
    0.667
    """
    if absent == "zero" and labels is None:
        raise ValueError(
            "absent='zero' counts the activities that do not occur, so they must be named: labels=[...], "
            "all activities of the dataset."
        )
    if labels is not None and null_label is not None:
        labels = [*(label for label in labels if label != null_label), null_label]
    check_lengths(y_true=y_true, y_pred=y_pred)
    one_person = np.zeros(_num_samples(y_true), dtype=np.intp)
    confusion = count_by_subject(y_true, y_pred, one_person, labels, sample_weight)
    counts = confusion.counts[0]
    activities = np.ones(len(counts), dtype=bool)
    if null_label is not None:
        activities = confusion.classes != null_label
        if null_rows == "leave_out":
            counts = np.where(activities[:, np.newaxis], counts, 0)
    if not (counts[activities].any() or counts[:, activities].any()):
        raise ValueError(
            f"There is no row to score: all that are labelled have the null_label {null_label!r}."
        )
    return float(macro_f1(counts, absent=absent, among=activities))
