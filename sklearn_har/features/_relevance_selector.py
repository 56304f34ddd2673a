"""FRESH, the selection of tsfresh: columns that are distributed differently inside of some class."""

from numbers import Integral, Real

import numpy as np
from joblib import Parallel, delayed
from scipy.stats import false_discovery_control
from sklearn.base import BaseEstimator
from sklearn.feature_selection import SelectorMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from .._core._blocks import as_block, block_slices
from .._core._progress import progress_bar
from .._core._sklearn import Interval, _fit_context
from ._relevance_tests import SMALL, Relevance, exact_mann_whitney_pvalues, relevance_of_columns

BLOCK_BYTES = 2 * 2**20  # of a block's columns; ranking them takes some ten times as much


class RelevanceSelector(SelectorMixin, BaseEstimator):
    """Keep the columns that a test finds relevant to the labels: FRESH, tsfresh's own selection of features.

    Each column is tested against each class, whether it is distributed alike inside and outside of it: by
    Fisher's exact test if it has two values, by that of Mann, Whitney and Wilcoxon if it has more. A class
    keeps as many columns as hold the share of irrelevant ones expected among them to ``fdr_level``. Columns
    and p-values are those of tsfresh's ``select_features`` and ``calculate_relevance_table``.

    Parameters
    ----------
    fdr_level : float, default=0.05
        The highest share of irrelevant columns expected among those that a class keeps.
    n_significant : int, default=1
        For how many classes a column must be relevant to be kept.
    hypotheses_independent : bool, default=False
        False holds the share by Benjamini and Yekutieli's procedure, whatever depends on what; True by that
        of Benjamini and Hochberg, which keeps more, for columns that do not depend on each other.
    n_jobs : int, default=None
        How many blocks of columns are tested side by side, in threads of this process, whatever the backend.
        None is 1, or what ``joblib.parallel_config`` says.
    verbose : bool, default=None
        Whether a progress bar is shown. None shows one on a terminal if it takes more than two seconds.

    Attributes
    ----------
    pvalues_ : ndarray of float64 of shape (n_features_in_,)
        The lowest of all classes; NaN for constant columns, which are never kept.
    class_pvalues_ : ndarray of float64 of shape (n_classes, n_features_in_)
        Of each class against all others.
    n_significant_classes_ : ndarray of int of shape (n_features_in_,)
        For how many classes each column is relevant.
    classes_ : ndarray of shape (n_classes,)
    n_features_in_ : int
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        For frames.

    Raises
    ------
    ValueError
        If X has NaN or infinity (of `TsfreshFeatures` with ``on_undefined="nan"``, for instance); if y is
        continuous or has one class; if ``n_significant`` is more than the number of classes.

    See Also
    --------
    prune_features : Lets a fitted pipeline compute only what its selectors keep.
    sklearn.feature_selection.SelectFdr : The same idea with one test of one's choice for all columns.

    Notes
    -----
    If no column is relevant, `transform` warns, as scikit-learn's selectors do, and gives a table without
    columns.

    The tests count windows as independent. Windows of one person, and more so overlapping ones, are not, so
    that p-values are lower than they ought to be, and more columns are kept.

    tsfresh selects for continuous targets too; this class is for labels.

    References
    ----------
    M. Christ, A. W. Kempa-Liehr, M. Feindt: Distributed and parallel time series feature extraction for
    industrial big data applications. arXiv:1610.07717, 2016.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.features import RelevanceSelector
    >>> rng = np.random.default_rng(0)
    >>> labels = np.repeat(["sitting", "walking"], 50)
    >>> table = rng.normal(size=(100, 4))
    >>> table[:, 2] += labels == "walking"
    >>> RelevanceSelector().fit(table, labels).get_feature_names_out()
    array(['x2'], dtype=object)
    """

    _parameter_constraints = {
        "fdr_level": [Interval(Real, 0, 1, closed="both")],
        "n_significant": [Interval(Integral, 1, None, closed="left")],
        "hypotheses_independent": ["boolean"],
        "n_jobs": [Integral, None],
        "verbose": ["boolean", None],
    }

    def __init__(
        self, fdr_level=0.05, *, n_significant=1, hypotheses_independent=False, n_jobs=None, verbose=None
    ):
        self.fdr_level = fdr_level
        self.n_significant = n_significant
        self.hypotheses_independent = hypotheses_independent
        self.n_jobs = n_jobs
        self.verbose = verbose

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y):
        """Test the columns.

        Parameters
        ----------
        X : array-like of shape (n_windows, n_features)
        y : array-like of shape (n_windows,)
            Labels.

        Returns
        -------
        self
        """
        X, y = validate_data(self, X, y, dtype=(np.float64, np.float32))
        in_class = self._check_labels(y)
        self.class_pvalues_ = self._test(X, in_class)
        # fmin knows no NaN where there is a number; a column has NaN for all classes or for none
        self.pvalues_ = np.fmin.reduce(self.class_pvalues_, axis=0)
        tested = ~np.isnan(self.pvalues_)
        method = "bh" if self.hypotheses_independent else "by"
        adjusted = false_discovery_control(self.class_pvalues_[:, tested], axis=1, method=method)
        self.n_significant_classes_ = np.zeros(X.shape[1], dtype=np.intp)
        self.n_significant_classes_[tested] = (adjusted <= self.fdr_level).sum(axis=0)
        self._support = self.n_significant_classes_ >= self.n_significant
        return self

    def _check_labels(self, y) -> np.ndarray:
        check_classification_targets(y)
        self.classes_ = np.unique(y)
        n_classes = len(self.classes_)
        if n_classes == 1:
            raise ValueError(f"y has 1 class, {self.classes_[0]!r}: no column can be relevant to it.")
        if self.n_significant > n_classes:
            raise ValueError(f"n_significant={self.n_significant} is more than the {n_classes} classes of y.")
        return y == self.classes_[:, None]

    def _test(self, X: np.ndarray, in_class: np.ndarray) -> np.ndarray:
        n_rows, n_columns = X.shape
        blocks = list(block_slices(n_columns, n_rows * X.itemsize, BLOCK_BYTES))
        # shared memory: a column costs more to send elsewhere than to rank
        jobs = Parallel(n_jobs=self.n_jobs, require="sharedmem", return_as="generator")
        found = jobs(delayed(_test_block)(X[:, block], in_class) for block in blocks)
        pvalues, n_distinct = np.empty((len(in_class), n_columns)), np.empty(n_columns, dtype=np.intp)
        with progress_bar(n_columns, "Testing columns", self.verbose) as bar:
            for block, (of_block, distinct) in zip(blocks, found, strict=True):
                pvalues[:, block], n_distinct[block] = of_block, distinct
                bar.update(len(distinct))
        untied = np.flatnonzero(n_distinct == n_rows)
        for of_class, inside in zip(pvalues, in_class, strict=True):
            if min(inside.sum(), (~inside).sum()) <= SMALL:
                for block in block_slices(len(untied), n_rows * X.itemsize, BLOCK_BYTES):
                    columns = untied[block]
                    of_class[columns] = exact_mann_whitney_pvalues(X[:, columns].T, inside)
        return pvalues

    def _get_support_mask(self) -> np.ndarray:
        check_is_fitted(self)
        return self._support


def _test_block(X: np.ndarray, in_class: np.ndarray) -> Relevance:
    return relevance_of_columns(as_block(X.T, X.dtype), in_class)
