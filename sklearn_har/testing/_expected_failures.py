"""Which of scikit-learn's checks an estimator may fail, and the sentence that says why."""

from sklearn.base import BaseEstimator

from ..classifiers import RocketClassifier
from ..classifiers._network_base import NetworkClassifierBase
from ..preprocessing import ButterworthFilter, GravitySeparator, MedianFilter
from ..sampling import WindowAugmenter
from ..smoothing import HMMSmoother, MinimumDuration
from ..windowing import SlidingWindow, SlidingWindowClassifier

READS_NEIGHBOURS = (
    ButterworthFilter,
    GravitySeparator,
    HMMSmoother,
    MedianFilter,
    MinimumDuration,
    SlidingWindow,
    SlidingWindowClassifier,
)

NEIGHBOURS = {
    "check_methods_subset_invariance": "a row's neighbours are its input",
    "check_methods_sample_order_invariance": "a row's neighbours are its input",
}
STOCHASTIC = {
    "check_sample_weight_equivalence_on_dense_data": "stochastic gradients: batches differ",
    "check_sample_weight_equivalence_on_sparse_data": "stochastic gradients: batches differ",
}
LEARNS_FROM_WINDOWS_IN_ORDER = {
    "check_sample_weight_equivalence_on_dense_data": "the windows that biases of kernels come from are drawn "
    "by position, and where nobody says who was recorded, a window and its repetitions are held out apart"
}
DENSE = {"check_samplers_pandas_sparse": "windows are dense: a sparse table is refused"}
FEWER_OUT_THAN_IN = {
    "check_transformer_general": "windows come out, and they are fewer than the rows that went in",
    "check_transformer_data_not_an_array": "windows come out, and they are fewer than the rows that went in",
}


def expected_failed_checks(estimator: BaseEstimator) -> dict[str, str]:
    """Return the checks that an estimator of this library may fail, each with its reason.

    Parameters
    ----------
    estimator : estimator

    Returns
    -------
    dict of str to str
        For ``parametrize_with_checks(..., expected_failed_checks=expected_failed_checks)``.

    Examples
    --------
    >>> from sklearn_har.preprocessing import MedianFilter
    >>> from sklearn_har.testing import expected_failed_checks
    >>> "check_methods_subset_invariance" in expected_failed_checks(MedianFilter())
    True
    """
    expected: dict[str, str] = {}
    if isinstance(estimator, READS_NEIGHBOURS):
        expected |= NEIGHBOURS
    if isinstance(estimator, SlidingWindow):
        expected |= FEWER_OUT_THAN_IN
    if isinstance(estimator, NetworkClassifierBase):
        expected |= STOCHASTIC
    if isinstance(estimator, RocketClassifier):
        expected |= LEARNS_FROM_WINDOWS_IN_ORDER
    if isinstance(estimator, WindowAugmenter):
        expected |= DENSE
    return expected
