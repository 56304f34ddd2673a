"""Find what fitted searches, pipelines and recognizers hold inside."""

from collections.abc import Iterator

from sklearn.pipeline import Pipeline  # that of imbalanced-learn is a kind of it
from sklearn.utils.validation import check_is_fitted

from ..windowing import SlidingWindowClassifier


def inside_out(estimator) -> Iterator:
    """Yield a fitted estimator, then what it holds: best estimators, last steps, inner classifiers."""
    while estimator is not None:
        yield estimator
        if isinstance(estimator, Pipeline):
            estimator = estimator.steps[-1][1]
        elif isinstance(estimator, SlidingWindowClassifier):
            estimator = estimator.estimator_
        else:
            estimator = getattr(estimator, "best_estimator_", None)


def find_recognizer(estimator, X) -> tuple[SlidingWindowClassifier, object]:
    """Find the fitted recognizer inside an estimator, and the rows that reach it.

    Raises
    ------
    NotFittedError
        If the estimator is not fitted.
    ValueError
        If there is no SlidingWindowClassifier inside.
    """
    check_is_fitted(estimator)
    for part in inside_out(estimator):
        if isinstance(part, SlidingWindowClassifier):
            return part, X
        if isinstance(part, Pipeline):
            X = _through_steps(part, X)
    raise ValueError(
        f"There is no SlidingWindowClassifier in this estimator ({_names(estimator)}), so it has no "
        "windows to score. Score rows (scoring='f1_macro', or make_row_scorer), or windows that you cut "
        "yourself."
    )


def find_with_attribute(estimator, name: str):
    """Find the outermost part of a fitted estimator that has an attribute."""
    check_is_fitted(estimator)
    for part in inside_out(estimator):
        if hasattr(part, name):
            return part
    raise ValueError(f"No part of this estimator ({_names(estimator)}) has {name!r}.")


def find_network(estimator, X) -> tuple:
    """Find the fitted classifier around a torch module inside an estimator, and the windows that reach it.

    Raises
    ------
    ValueError
        If there is none.
    """
    for part in inside_out(estimator):
        if hasattr(part, "module_"):
            return part, X
        if isinstance(part, Pipeline):
            X = _through_steps(part, X)
    raise ValueError(
        f"There is no network in this estimator ({_names(estimator)}), so there are no gradients. "
        "method='occlusion' works with any classifier."
    )


def _through_steps(pipeline: Pipeline, X):
    """Rows as the last step gets them in predict: samplers and absent steps do nothing."""
    for _, step in pipeline.steps[:-1]:
        if step is not None and step != "passthrough" and not hasattr(step, "fit_resample"):
            X = step.transform(X)
    return X


def _names(estimator) -> str:
    return " > ".join(type(part).__name__ for part in inside_out(estimator))
