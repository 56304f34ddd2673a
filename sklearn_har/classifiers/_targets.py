"""What windows are trained to be: codes of their labels, and how much each counts."""

import numpy as np
from sklearn.utils.validation import check_consistent_length

from .._core._labels import EncodedLabels, encode_labels
from .._core._sklearn import _check_sample_weight
from .._core._warnings import warn_user
from ..exceptions import UnlabelledWarning, UnlearnedLabelsWarning
from ..windowing import Windows


def labels_of(classifier, y, windows: Windows) -> EncodedLabels:
    """Labels of windows, of which at least one has one; the others are counted in a warning."""
    if y is None:
        raise ValueError(f"{type(classifier).__name__} requires y to be passed, but the target y is None.")
    check_consistent_length(windows, y)
    labels = encode_labels(y)
    n_missing = int((labels.codes < 0).sum())
    if n_missing == len(windows):
        raise ValueError(f"None of the {n_missing} windows has a label in y, so there is no class to learn.")
    if n_missing:
        warn_user(f"{n_missing} of {len(windows)} windows have no label and are left out.", UnlabelledWarning)
    return labels


def codes_among(classes: np.ndarray, labels: EncodedLabels) -> np.ndarray:
    """Positions of labels in ``classes``; -1 is a missing label.

    >>> codes_among(np.array(["a", "b", "c"]), encode_labels(["c", None, "a"]))
    array([ 2, -1,  0])
    """
    strange = ~np.isin(labels.classes, classes)
    if strange.any():
        raise ValueError(
            f"y has the labels {labels.classes[strange].tolist()}, which are not among the classes "
            f"{classes.tolist()}. Name all classes in the first call of partial_fit, or fit a new model."
        )
    return np.append(np.searchsorted(classes, labels.classes), -1)[labels.codes]


def classes_to_come(classifier, classes, labels: EncodedLabels) -> np.ndarray:
    """All classes of a model that is trained in parts: as named now, as known before, or as found."""
    known = classifier.classes_ if hasattr(classifier, "net_") else None
    if classes is None:
        return labels.classes if known is None else known
    named = encode_labels(classes).classes
    if known is not None and not np.array_equal(known, named):
        raise ValueError(
            f"classes={named.tolist()} in this call of partial_fit, but the model has the classes "
            f"{known.tolist()}. Leave classes out, or fit a new model."
        )
    return named


def classes_of_parts(classes, labels: EncodedLabels, known: np.ndarray | None) -> np.ndarray:
    """All classes of a model of parts: as named or found in the first call, then as known."""
    named = labels.classes if classes is None else encode_labels(classes).classes
    if known is None and len(named) < 2:
        raise ValueError(
            f"y has {len(named)} class, {named.tolist()}; name all that there will be, in classes."
        )
    if known is not None and classes is not None and not np.array_equal(known, named):
        raise ValueError(
            f"classes={named.tolist()} in this call of partial_fit, but the model has the classes "
            f"{known.tolist()}. Leave classes out, or fit a new model."
        )
    return named if known is None else known


def check_classes(classifier, codes: np.ndarray) -> None:
    """Refuse windows to train on that are all of one class, and say which classes they lack."""
    is_there = np.isin(np.arange(len(classifier.classes_)), codes)
    found, missing = classifier.classes_[is_there], classifier.classes_[~is_there]
    if len(found) < 2:
        raise ValueError(
            f"The windows to train on have {len(found)} class(es), {found.tolist()}; "
            f"{type(classifier).__name__} needs at least two."
        )
    if len(missing):
        warn_user(
            f"{missing.tolist()} will not be learned: all windows of these labels are of people held out for "
            "validation, or of weight 0. Give them weight, or hold out others, by another random_state.",
            UnlearnedLabelsWarning,
        )


def row_weights_of(X, codes: np.ndarray, sample_weight) -> np.ndarray:
    """Weight of each row, or window, by itself; 0 where the label is missing."""
    weights = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True, copy=True)
    weights[codes < 0] = 0.0
    return weights


def weights_of(classifier, windows: Windows, codes: np.ndarray, sample_weight) -> np.ndarray:
    """Weight of each window by itself and by what its class was given; 0 where the label is missing."""
    weights = row_weights_of(windows, codes, sample_weight)
    if isinstance(classifier.class_weight, dict):
        weights *= class_weights(classifier.class_weight, classifier.classes_, codes, weights)[codes]
    return weights


def weights_with_classes(classifier, X, codes: np.ndarray, sample_weight) -> tuple[np.ndarray, np.ndarray]:
    """Weight of each row with that of its class, and by itself; 0 where the label is missing."""
    weights = row_weights_of(X, codes, sample_weight)
    kept = weights > 0
    of_class = class_weights(classifier.class_weight, classifier.classes_, codes[kept], weights[kept])
    return weights * of_class[codes], weights


def enough_of_some_weight(weights: np.ndarray) -> np.ndarray:
    """Positions of the windows that teach; batch normalisation cannot learn from fewer than two."""
    kept = np.flatnonzero(weights > 0)
    if len(kept) < 2:
        raise ValueError(
            f"{len(kept)} of {len(weights)} windows have a label and a weight above 0; partial_fit needs at "
            "least two."
        )
    return kept


def class_weights(class_weight, classes: np.ndarray, codes: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weight of each class: as a dict says, or for windows of these codes and weights.

    >>> class_weights("balanced", np.array(["a", "b", "c"]), np.array([0, 0, 0, 1]), np.ones(4)).round(2)
    array([0.67, 2.  , 1.  ])
    >>> class_weights("balanced_sqrt", np.array(["a", "b"]), np.array([0, 0, 0, 1]), np.ones(4)).round(2)
    array([0.82, 1.41])
    """
    if class_weight is None:
        return np.ones(len(classes))
    if isinstance(class_weight, dict):
        labels = classes.tolist()
        found = np.array([class_weight.get(label, 1.0) for label in labels], dtype=float)
        if absent := [label for label in class_weight if label not in labels]:
            warn_user(
                f"class_weight names {absent}, which no training window has; there are {labels}.",
                UnlearnedLabelsWarning,
            )
        if not (np.isfinite(found) & (found >= 0)).all():
            raise ValueError(f"The weights in class_weight must be finite and not negative: {class_weight}.")
        return found
    totals = np.bincount(codes, weights, minlength=len(classes))
    found = totals > 0
    balanced = np.divide(totals.sum() / found.sum(), totals, out=np.ones(len(classes)), where=found)
    return np.sqrt(balanced) if class_weight == "balanced_sqrt" else balanced
