"""What is kept of rows that come in parts, so that any number of them fits in memory."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from ._products import few_at_once
from ._ridge_primal import Centred, Sums, add_rows, centred, no_sums, solutions
from ._ridge_rows import RidgePath, penalties_of

FOLD_BYTES = 2**30  # for the sums of all folds
MIN_FOLDS = 3
FEW_FOLDS = 8  # their sums may be large: adding them up again is cheaper than to keep the total
KEPT_BYTES = 2**27  # for rows on which to choose
KEPT_ROWS = 10_000
GOLDEN = (5**0.5 - 1) / 2  # multiples of it, less whole numbers, are spread evenly

ROWS_FORGOTTEN = (
    "fit keeps no sums that partial_fit could go on with, so the rows of the earlier fit are forgotten. Call "
    "partial_fit from the start."
)


def refuse_what_parts_cannot(classifier) -> None:
    """Refuse parameters that need all rows at once."""
    if isinstance(classifier.class_weight, str):
        raise ValueError(
            f"class_weight={classifier.class_weight!r} depends on rows that are still to come. Give "
            "partial_fit a dict of weights, or None."
        )
    if classifier.cv is not None:
        raise ValueError(f"partial_fit holds out groups and cannot use cv={classifier.cv!r}. Set cv=None.")


class KeptRows(NamedTuple):
    """Some of the rows, to choose alpha and the temperature on."""

    X: np.ndarray
    ranks: np.ndarray
    codes: np.ndarray
    fold: np.ndarray
    row_weights: np.ndarray

    def or_of_lower_rank(self, others: "KeptRows", n_rows: int) -> "KeptRows":
        """Of these rows and others, the ``n_rows`` of lowest rank, in their order."""
        n_mine = len(self.ranks)
        order = np.argsort(np.concatenate([self.ranks, others.ranks]), kind="stable")
        lowest = np.sort(order[:n_rows])
        mine, theirs = lowest[lowest < n_mine], lowest[lowest >= n_mine] - n_mine
        return KeptRows(*(_joined(a, mine, b, theirs) for a, b in zip(self, others, strict=True)))


def _joined(a: np.ndarray, some: np.ndarray, b: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Some rows of a and some of b, without the copies that come before a concatenation."""
    joined = np.empty((len(some) + len(others), *a.shape[1:]), a.dtype)
    np.take(a, some, axis=0, out=joined[: len(some)], mode="clip")  # "raise" would copy
    np.take(b, others, axis=0, out=joined[len(some) :], mode="clip")
    return joined


class RidgeParts:
    """Sums of rows for each fold, and some of the rows.

    People are held out in as many folds as fit in `FOLD_BYTES`, at least `MIN_FOLDS`: each gets a
    fold of their own while there is one, then joins the fold of least weight. Of the rows,
    `KEPT_ROWS` at most, in `KEPT_BYTES`, are kept, spread evenly over all that came.
    """

    def __init__(self, n_classes: int, first: np.ndarray):
        n_features = first.shape[1]
        self.origin = first.mean(axis=0)
        self.n_classes = n_classes
        self.max_folds = max(MIN_FOLDS, FOLD_BYTES // (8 * n_features**2))
        self.max_rows = min(KEPT_ROWS, KEPT_BYTES // (first.dtype.itemsize * n_features))
        self.folds: list[Sums] = []
        self.fold_weights: list[float] = []
        self.fold_of_group: dict = {}
        self.n_rows = 0
        self.is_adding = False
        self.kept = KeptRows(
            first[:0].copy(), np.empty(0), np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0)
        )

    def add(self, X, codes, weights, row_weights, groups, names, chosen, spread: Callable) -> None:
        """Add rows of the groups ``names[groups]``; ``row_weights`` are without the weights of classes.

        Only rows that are ``chosen`` may be kept.
        """
        if self.is_adding:
            raise ValueError(
                "An earlier call of partial_fit was interrupted while it added rows, and some of them are in "
                "the sums. Begin with a new model."
            )
        self.is_adding = True
        fold = np.empty(len(X), dtype=np.intp)
        for group in np.unique(groups):
            rows = groups == group
            fold[rows] = self.find_fold(names[group], weights[rows].sum())
        for number in np.unique(fold):  # not for each group: adding to large sums takes long
            rows = np.flatnonzero(fold == number)
            add_rows(self.folds[number], X[rows], codes[rows], weights[rows], self.origin, spread)
        ranks = np.arange(self.n_rows, self.n_rows + len(X)) * GOLDEN % 1
        self.n_rows += len(X)
        more = KeptRows(X, ranks, codes, fold, row_weights)
        if not chosen.all():
            more = KeptRows(*(part[chosen] for part in more))
        self.kept = self.kept.or_of_lower_rank(more, self.max_rows)
        self.is_adding = False

    def find_fold(self, name, weight: float) -> int:
        """Fold of a group, which may be new, and of which rows of this weight are to be added."""
        if name not in self.fold_of_group:
            if len(self.folds) < self.max_folds:
                self.folds.append(no_sums(self.n_classes, len(self.origin)))
                self.fold_weights.append(0.0)
                self.fold_of_group[name] = len(self.folds) - 1
            else:
                self.fold_of_group[name] = int(np.argmin(self.fold_weights))
        number = self.fold_of_group[name]
        self.fold_weights[number] += weight
        return number

    def ridge(self, alphas, relative: bool, advance: Callable[[], object], spread: Callable) -> RidgePath:
        """The ridge of all rows for every alpha, with decisions for the kept rows by that of other folds.

        Sums over few folds are added up anew for each alpha, which costs little beside their factor and takes
        its place.
        """
        few = few_at_once(spread, self.folds[0].products.nbytes)
        total = self.total() if len(self.folds) > FEW_FOLDS else None

        def whole() -> Centred:
            return centred(total.copied() if total else self.total())

        def without(number: int) -> Centred:
            return centred(total.without(self.folds[number]) if total else self.total(but=number))

        penalties = penalties_of(alphas, relative, whole().total_variance)
        coef, intercept = solutions(whole, penalties, few)

        X, dtype = self.kept.X, self.kept.X.dtype
        decisions = np.empty((len(alphas), len(X), self.n_classes), dtype)
        for number in range(len(self.folds)):
            rows = self.kept.fold == number
            rest = solutions(partial(without, number), penalties, few)
            decisions[:, rows] = (X[rows] - self.origin) @ rest.coef.astype(dtype) + rest.intercept[:, None]
            advance()
        return RidgePath(penalties, coef.astype(dtype), intercept - self.origin @ coef, decisions)

    def total(self, but: int | None = None) -> Sums:
        """Sums over all folds, or all but one."""
        total = no_sums(self.n_classes, len(self.origin))
        for sums in (fold for number, fold in enumerate(self.folds) if number != but):
            for whole, part in zip(total, sums, strict=True):
                whole += part
        return total
