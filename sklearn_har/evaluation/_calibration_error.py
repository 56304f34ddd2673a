"""Whether a model is right as often as it says."""

import pandas as pd

from .._core._sklearn import validate_params
from ._calibration import LIMITS, N_BINS, bin_predictions, expected_calibration_error


@validate_params(LIMITS, prefer_skip_nested_validation=True)
def calibration_error(y_true, y_proba, *, labels=None, n_bins=N_BINS, strategy="uniform", subjects=None):
    """Mean gap between how sure a model is and how often it is right (expected calibration error).

    Rows are put into bins by the probability of their predicted activity, the most probable one. In each
    bin the mean of these probabilities is compared with the share of rows whose predicted activity is the
    true one; the result is the mean of the gaps, weighted by rows.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        True activities of rows or windows. Missing ones (NaN, None, ``pandas.NA``) are left out.
    y_proba : array-like of shape (n, n_classes) or (n,)
        Probabilities, as ``predict_proba`` gives them; of two classes that of the second is enough.
    labels : array-like of shape (n_classes,), default=None
        The activities of the columns, ``classes_`` of the classifier; a true activity that is not among
        them was never learned, and every prediction of its rows is wrong. None: the sorted activities of
        ``y_true``, which must then be as many as there are columns.
    n_bins : int, default=15
        Number of bins.
    strategy : {"uniform", "quantile"}, default="uniform"
        Bins of equal width from 0 to 1, as in the paper; or with equally many rows, which is less noisy
        where most probabilities are close to 1.
    subjects : array-like of shape (n,), default=None
        The person of every row. None gives one figure of all rows.

    Returns
    -------
    float or Series of shape (n_people,)
        Between 0, calibrated, and 1. With ``subjects`` one value for each person (NaN without labelled
        rows); the bins are the same for all.

    Raises
    ------
    ValueError
        If lengths or the number of columns differ, a subject or a probability is missing, probabilities
        are negative or do not add up to 1, no row has a true label, or no true activity has a column.

    See Also
    --------
    ReliabilityDisplay : The bins as a picture, with intervals over people.

    Notes
    -----
    Few rows for each bin make the figure too high, so that of one person is higher than that of all even
    where a model is equally calibrated for everybody.

    References
    ----------
    .. [1] C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On calibration of modern neural networks", ICML
       2017.

    Examples
    --------
    >>> from sklearn_har.evaluation import calibration_error
    >>> y_true = ["sit", "sit", "sit", "walk"]
    >>> calibration_error(y_true, [[0.75, 0.25]] * 4)  # right three times of four
    0.0
    >>> calibration_error(y_true, [[1.0, 0.0]] * 4)
    0.25

    In a search, where less is better:

    >>> from sklearn.metrics import make_scorer
    >>> scorer = make_scorer(calibration_error, greater_is_better=False, response_method="predict_proba")
    """
    binned = bin_predictions(y_true, y_proba, subjects, labels, n_bins, strategy)
    errors = expected_calibration_error(binned.sums)
    if subjects is None:
        return float(errors[0])
    return pd.Series(errors, index=pd.Index(binned.people, name="subject"), name="calibration_error")
