"""Ridge with alpha and probabilities from exact decisions for people left out."""

from numbers import Real

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import get_scorer_names
from sklearn.utils.validation import check_is_fitted, validate_data

from .._core._sklearn import Interval, StrOptions, _fit_context
from .._core._threads import map_in_threads
from .._core._warnings import warn_user
from ..exceptions import RowsForgottenWarning
from ._folds import fold_of_each_row, named_groups, positions_of_folds
from ._held_out_scores import codes_of, scores_of
from ._ridge_dual import dual_ridge
from ._ridge_parts import ROWS_FORGOTTEN, RidgeParts, refuse_what_parts_cannot
from ._ridge_primal import is_large, primal_ridge
from ._ridge_rows import RidgePath, Rows, checked_alphas, refuse_too_large, rows_chosen_on, solving
from ._targets import check_classes, classes_of_parts, codes_among, labels_of, weights_with_classes
from ._temperature import best_temperature, probabilities

FLOATS = (np.float64, np.float32)
FEW_ROWS = 4 / 3  # for each feature: up to here their products with each other are cheaper to solve


class RidgeClassifierGroupCV(ClassifierMixin, BaseEstimator):
    """Classify rows of a table by ridge, with alpha chosen by leaving each group out.

    Ridge regression on indicators of the classes, -1 or 1, as in
    :class:`sklearn.linear_model.RidgeClassifier`. What the ridge of all other people says of each
    person follows exactly from the ridge of all, without a fit for each: for every alpha, at about the cost
    of one fit. On these decisions alpha is chosen and probabilities are calibrated, by one temperature.

    Parameters
    ----------
    alphas : float or array-like of float, default=(0.03, 0.1, 0.3, 1.0)
        Strengths of the penalty to choose from, relative to the features' variance or absolute.
    relative : bool, default=True
        Whether the penalty is alpha times the sum of the variances of all features, so that it does
        not depend on their unit or number: for standardised features, alpha times their number.
        If False it is alpha, as in :class:`sklearn.linear_model.RidgeClassifier`.
    scoring : str, callable or None, default=None
        What the chosen alpha maximises over the held-out decisions of all rows together: a scorer
        as in scikit-learn, which gets the sample weights if its metric takes any. None is accuracy.
    class_weight : dict, "balanced", "balanced_sqrt" or None, default=None
        Weights of the classes, by which the sample weights are multiplied: "balanced" gives all
        classes the same weight in sum, "balanced_sqrt" takes the square roots of these weights,
        half the way, which is good for a mean of F1 scores.
    cv : int, splitter, iterable or None, default=None
        What is held out together: None is one group at a time; a splitter or an iterable of
        (train, test) must hold out every row once and train on all others.
    verbose : bool or None, default=None
        Whether to show a bar; None shows one on a terminal, after two seconds.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    coef_ : ndarray of shape (n_classes, n_features) or (1, n_features)
        Coefficients; one row for two classes.
    intercept_ : ndarray of shape (n_classes,) or (1,)
        Intercepts, which are not penalised.
    alpha_ : float
        The chosen alpha; of several that are best, the largest.
    penalty_ : float
        What it stands for: the alpha of the equal :class:`sklearn.linear_model.Ridge`.
    best_score_ : float
        Score of the chosen alpha on held-out decisions.
    alpha_scores_ : ndarray of shape (n_alphas,)
        Scores in the order of ``alphas``.
    temperature_ : float
        Probabilities are the softmax of the decisions over it; between 0.01 and 100.
    held_out_decisions_ : ndarray of shape (n_rows, n_classes) or (n_rows,)
        Decisions for each row by the ridge of all other groups, for the chosen alpha; NaN for rows without a
        label or of weight 0. Only after `fit`.
    n_features_in_ : int
        Number of features seen in fit.
    feature_names_in_ : ndarray of str
        Their names, if they all have one.

    See Also
    --------
    sklearn.linear_model.RidgeClassifierCV : Leaves single rows out, which lets windows of one person
        vouch for each other.

    Notes
    -----
    float32 is computed in float32 where there are few rows (see below), and where rows are multiplied;
    sums over rows and what is solved from them are in float64. Decisions held out then agree with those
    in float64 to about three decimals. float64 is float64 throughout.

    With at most four rows for three features, products of the rows with each other are solved, else those of
    the features: n² numbers, and as many for each alpha that is solved at the same time. One thread
    solves one; several threads one each, or of features all, but not more than fit in 512 MiB. From 8 alphas
    on, few rows are reduced to a band once, which makes an alpha as cheap as a few products of the rows.

    Penalty and class weights are those of all rows, in every fold; the variances in a relative penalty are
    weighted. Scores and temperature count rows by ``sample_weight`` alone. A class that only one group
    has is unknown to the ridge of the others, whose decision for it is -1 everywhere; that group's rows of it
    count as errors.

    Without groups, alpha and temperature are chosen on five blocks of each label's rows in order,
    and a `SubjectsUnknownWarning` says so.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.classifiers import RidgeClassifierGroupCV
    >>> rng = np.random.default_rng(0)
    >>> people = np.repeat([1, 2, 3, 4], 30)
    >>> y = np.tile(["sitting", "walking", "running"], 40)
    >>> means = {"sitting": (0, 0), "walking": (3, 0), "running": (0, 3)}
    >>> X = np.array([means[label] for label in y]) + rng.normal(size=(120, 2)) + 0.3 * people[:, None]
    >>> model = RidgeClassifierGroupCV().fit(X, y, groups=people)
    >>> model.alpha_, round(model.best_score_, 3)
    (1.0, 0.892)
    >>> model.predict_proba([[3.5, 0.5]]).round(2)
    array([[0.  , 0.02, 0.98]])
    """

    # groups may always be passed, as a search passes them, and are only used if asked for
    __metadata_request__fit = {"groups": False, "chosen_on": False}
    __metadata_request__partial_fit = {"groups": False, "chosen_on": False, "classes": True, "solve": True}

    _parameter_constraints = {
        "alphas": ["array-like", Interval(Real, 0, None, closed="neither")],
        "relative": ["boolean"],
        "scoring": [StrOptions(set(get_scorer_names())), callable, None],
        "class_weight": [dict, StrOptions({"balanced", "balanced_sqrt"}), None],
        "cv": ["cv_object"],
        "verbose": ["verbose", None],
    }

    def __init__(
        self,
        alphas=(0.03, 0.1, 0.3, 1.0),
        *,
        relative=True,
        scoring=None,
        class_weight=None,
        cv=None,
        verbose=None,
    ):
        self.alphas = alphas
        self.relative = relative
        self.scoring = scoring
        self.class_weight = class_weight
        self.cv = cv
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, sample_weight=None, groups=None, chosen_on=None):
        """Fit the ridge, choose alpha, and calibrate probabilities.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features)
            A table of features, one row per window.
        y : array-like of shape (n_rows,)
            Labels. Rows whose label is missing are left out, with an `UnlabelledWarning` that counts
            them.
        sample_weight : array-like of shape (n_rows,), default=None
            Weight of each row: a weight of 2 is the same as a row that is there twice. The penalty stays,
            so weights far below 1 shrink the coefficients.
        groups : array-like of shape (n_rows,), default=None
            Who was recorded in each row.
        chosen_on : array-like of bool of shape (n_rows,), default=None
            Rows on which alpha and the temperature are chosen: not on copies and synthetic ones. None is all.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If X, y, weights and groups differ in length, X is not finite or too large, y holds one class
            only, an entry of groups is missing, alphas are not positive or one is there twice, an alpha
            is too small to solve with the precision of X, ``cv`` does not part the rows, or
            ``chosen_on`` leaves none.
        """
        alphas = checked_alphas(self.alphas)
        self._forget()
        X = validate_data(self, X, dtype=FLOATS)
        refuse_too_large(X)
        labels = labels_of(self, y, X)
        self.classes_, codes = labels.classes, labels.codes
        weights, row_weights = weights_with_classes(self, X, codes, sample_weight)
        kept = weights > 0
        check_classes(self, codes[kept])
        chosen = rows_chosen_on(chosen_on, kept)
        folds = positions_of_folds(fold_of_each_row(codes, kept, X, y, groups, self.cv)[kept])
        few = kept.sum() <= FEW_ROWS * X.shape[1]
        n_large = 0 if few else sum(is_large(fold, X.shape[1]) for fold in folds)
        with solving(self, X.dtype, len(alphas) + n_large) as (advance, spread):
            rows = Rows(X if kept.all() else X[kept], codes[kept], weights[kept], folds, len(self.classes_))
            path = (dual_ridge if few else primal_ridge)(rows, alphas, self.relative, advance, spread)
        decisions = self._choose(
            path, alphas, codes[kept], row_weights[kept], sample_weight is not None, chosen
        )
        self.held_out_decisions_ = np.full((len(X), *decisions.shape[1:]), np.nan, decisions.dtype)
        self.held_out_decisions_[kept] = decisions
        return self

    @_fit_context(prefer_skip_nested_validation=False)
    def partial_fit(self, X, y, classes=None, sample_weight=None, groups=None, solve=True, chosen_on=None):
        """Add rows, and solve for all rows so far.

        After `fit`, which keeps no sums, it begins anew, with a `RowsForgottenWarning`.

        The coefficients for an alpha are those of `fit` on all rows at once, in memory that does not
        grow with them: sums of products of the features, 8 n_features² bytes for each fold that is held out.
        People are folds of their own as long as all sums fit in 1 GiB, or there are three; later ones join
        the fold of least weight. Alpha and temperature are chosen on at most 10,000 rows in 128 MiB,
        spread evenly over all that came, by the ridge of the other folds.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features)
            More rows; thousands at a time are faster than few.
        y : array-like of shape (n_rows,)
            Labels, as in `fit`; not every class need be among them.
        classes : array-like of shape (n_classes,), default=None
            All classes that there will ever be; needed in the first call if y lacks some of them.
        sample_weight : array-like of shape (n_rows,), default=None
            As in `fit`.
        groups : array-like of shape (n_rows,), default=None
            Who was recorded in each row; a person may come back in later calls.
        solve : bool, default=True
            Whether to solve for coefficients. It takes as long as a fit on few rows, so set it to False
            in every call but the last; the classifier predicts as after the last call with True.
        chosen_on : array-like of bool of shape (n_rows,), default=None
            As in `fit`.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            As in `fit`; and if y has a label that is not among the classes, all rows so far are of one
            group and ``solve`` is True, ``cv`` is not None, or ``class_weight`` is not a dict or None:
            weights of classes must be known beforehand.
        """
        alphas = checked_alphas(self.alphas)
        begins = not hasattr(self, "parts_")
        refuse_what_parts_cannot(self)
        if begins and hasattr(self, "coef_"):
            warn_user(ROWS_FORGOTTEN, RowsForgottenWarning)
        if begins:
            self._forget()
        X = validate_data(self, X, reset=begins, dtype=FLOATS if begins else self.parts_.origin.dtype)
        refuse_too_large(X)
        labels = labels_of(self, y, X)
        self.classes_ = classes_of_parts(classes, labels, None if begins else self.classes_)
        codes = codes_among(self.classes_, labels)
        weights, row_weights = weights_with_classes(self, X, codes, sample_weight)
        kept = weights > 0
        fold, names = named_groups(codes, kept, X, y, groups)
        chosen = rows_chosen_on(chosen_on, weights > 0)
        if begins:
            self.parts_ = RidgeParts(len(self.classes_), X)
        with map_in_threads() as spread:
            of_rows = (part[kept] for part in (X, codes, weights, row_weights, fold))
            self.parts_.add(*of_rows, names, chosen, spread)
        if solve:
            self._solve_parts(alphas)
        return self

    def _forget(self) -> None:
        """Drop what was learned of other rows."""
        for name in [name for name in vars(self) if name.endswith("_")]:
            delattr(self, name)

    def _solve_parts(self, alphas) -> None:
        parts = self.parts_
        if len(parts.folds) < 2:
            raise ValueError(
                "All rows so far are of one group, so none can be left out to choose alpha. They are added; "
                "pass solve=False until rows of another group came."
            )
        with solving(self, parts.origin.dtype, len(parts.folds)) as (advance, spread):
            path = parts.ridge(alphas, self.relative, advance, spread)
        weighted = not (parts.kept.row_weights == 1).all()
        everywhere = np.ones(len(parts.kept.codes), bool)
        self._choose(path, alphas, parts.kept.codes, parts.kept.row_weights, weighted, everywhere)

    def _choose(self, path: RidgePath, alphas, codes, weights, weighted: bool, chosen) -> np.ndarray:
        """Choose alpha and the temperature on the chosen rows; return the decisions for all of them."""
        if not chosen.any():
            raise ValueError("chosen_on leaves no row to choose alpha and the temperature on.")
        columns = slice(None) if len(self.classes_) > 2 else 1
        decisions = 2 * path.decisions[..., columns] - 1  # indicators were 0 or 1
        some, codes, weights = decisions[:, chosen], codes[chosen], weights[chosen]
        self.alpha_scores_ = scores_of(self.scoring, some, self.classes_, codes, weights, weighted)
        best = max(range(len(alphas)), key=lambda i: (self.alpha_scores_[i], alphas[i]))
        self.alpha_, self.penalty_ = float(alphas[best]), float(path.penalties[best])
        self.best_score_ = float(self.alpha_scores_[best])
        self.coef_ = np.ascontiguousarray(np.atleast_2d(2 * path.coef[best].T[columns]))
        self.intercept_ = np.atleast_1d(2 * path.intercept[best][columns] - 1).astype(self.coef_.dtype)
        self.temperature_ = best_temperature(some[best], codes, weights)
        return decisions[best]

    def decision_function(self, X):
        """Decision for each class: near 1 if a row is of it, near -1 if not.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features)

        Returns
        -------
        ndarray of shape (n_rows, n_classes) or (n_rows,)
            In the order of ``classes_``; for two classes that of the second.
        """
        check_is_fitted(self, "coef_")
        X = validate_data(self, X, reset=False, dtype=FLOATS)
        decisions = X @ self.coef_.T + self.intercept_
        return decisions if len(self.classes_) > 2 else decisions[:, 0]

    def predict_proba(self, X):
        """Probabilities of the classes for each row.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features)

        Returns
        -------
        ndarray of shape (n_rows, n_classes)
            In the order of ``classes_``.
        """
        return probabilities(self.decision_function(X), self.temperature_)

    def predict(self, X):
        """Most probable class of each row.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features)

        Returns
        -------
        ndarray of shape (n_rows,)
        """
        codes = codes_of(self.decision_function(X))
        return self.classes_[codes]
