"""A fitted estimator taken apart, into what predicts."""

from collections.abc import Iterator
from typing import Any

from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline  # imbalanced-learn's pipeline is a kind of this one


def steps_of(estimator, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the steps that predict, those of pipelines inside and of searches too, each with its name."""
    if isinstance(estimator, Pipeline):
        for inner, step in estimator.steps:
            yield from steps_of(step, f"{name}__{inner}" if name else inner)
    elif isinstance(estimator, FrozenEstimator):
        yield from steps_of(estimator.estimator, name)
    elif hasattr(estimator, "best_estimator_"):
        yield from steps_of(estimator.best_estimator_, name)
    elif not _only_trains(estimator):
        yield name or type(estimator).__name__, estimator


def _only_trains(step) -> bool:
    """Whether windows pass a step as they are, as a sampler's do in predict."""
    return step is None or isinstance(step, str) or hasattr(step, "fit_resample")


def is_recognizer(estimator) -> bool:
    """Whether it is a fitted recognizer of rows."""
    return hasattr(estimator, "n_timesteps_") and hasattr(estimator, "estimator_")


def rows_and_recognizer(estimator) -> tuple[list[tuple[str, Any]], Any]:
    """Steps of rows, and the recognizer after them.

    Raises
    ------
    TypeError
        If there is no recognizer at the end.
    """
    *steps, (_, last) = steps_of(estimator)
    if not is_recognizer(last):
        raise TypeError(
            f"{type(last).__name__} is no recognizer of rows: pass a fitted SlidingWindowClassifier, a "
            "pipeline of rows that ends with one, or a search around them."
        )
    return steps, last
