"""A fitted pipeline that computes only the features that its selectors keep."""

import copy
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler
from sklearn.utils.validation import check_is_fitted

from ._tsfresh_features import TsfreshFeatures

# What scalers have learned, a value for each column.
SCALERS: dict[type, tuple[str, ...]] = {
    StandardScaler: ("mean_", "var_", "scale_", "n_samples_seen_"),
    MinMaxScaler: ("min_", "scale_", "data_min_", "data_max_", "data_range_"),
    MaxAbsScaler: ("scale_", "max_abs_"),
    RobustScaler: ("center_", "scale_"),
}


def prune_features(pipeline: Pipeline) -> Pipeline:
    """Return a fitted pipeline that computes only the features its selectors keep, and predicts the same.

    Nothing is fitted anew: medians for undefined values, scales and the classifier are those that were
    learned. Selectors become "passthrough", scalers between them are cut to the kept columns, and
    `TsfreshFeatures` has the settings that are left, so that a clone computes these columns too.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted, with a step `TsfreshFeatures` and a selector after it: `RelevanceSelector`, or any with
        ``get_support``. Between them may be selectors and scalers of scikit-learn (StandardScaler,
        MinMaxScaler, MaxAbsScaler, RobustScaler), and samplers of imbalanced-learn, which only act in fit.

    Returns
    -------
    Pipeline
        A copy; ``pipeline`` is left as it is.

    Raises
    ------
    TypeError
        If ``pipeline`` is no pipeline.
    ValueError
        If it has no such steps, or another one between them; if the selectors keep no feature.

    See Also
    --------
    TsfreshFeatures.restrict : The same for the features alone.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_har.features import RelevanceSelector, TsfreshFeatures, prune_features
    >>> rng = np.random.default_rng(0)
    >>> labels = np.repeat(["sitting", "walking"], 50)
    >>> windows = rng.normal(size=(100, 32)) * np.where(labels == "walking", 2, 1)[:, None]
    >>> model = make_pipeline(TsfreshFeatures("minimal"), RelevanceSelector(), LogisticRegression())
    >>> pruned = prune_features(model.fit(windows, labels))
    >>> pruned[0].get_feature_names_out().tolist()  # doctest: +ELLIPSIS
    ['channel_0__standard_deviation', ...
    >>> (pruned.predict(windows) == model.predict(windows)).all()
    np.True_
    """
    if not isinstance(pipeline, Pipeline):
        raise TypeError(
            f"pipeline must be a fitted Pipeline, such as best_estimator_ of a search; got {pipeline!r}."
        )
    check_is_fitted(pipeline)
    pruned = copy.deepcopy(pipeline)
    start, stop = _features_and_selectors(pruned)
    features = pruned.steps[start][1]
    # for each step, which of the features arrive there
    kept = np.arange(len(features.get_feature_names_out()))
    scalers = []
    for place in range(start + 1, stop):
        name, step = pruned.steps[place]
        if hasattr(step, "get_support"):
            kept = kept[step.get_support()]
            pruned.steps[place] = (name, "passthrough")
        elif type(step) in SCALERS:
            scalers.append((step, kept))
        elif step not in (None, "passthrough") and not hasattr(step, "fit_resample"):
            raise ValueError(
                f"The step {name!r}, {step!r}, stands between the features and the last selector, and "
                "cannot be cut to the kept columns. Put the selector before it."
            )
    if len(kept) == 0:
        raise ValueError("The selectors of pipeline keep no feature.")
    for scaler, arriving in scalers:
        _cut(scaler, np.isin(arriving, kept))
    features.restrict(np.isin(np.arange(len(features.get_feature_names_out())), kept))
    return pruned


def _features_and_selectors(pipeline: Pipeline) -> tuple[int, int]:
    """The place of the features among the steps, and that after the last selector."""
    steps = [step for _, step in pipeline.steps]
    starts = [place for place, step in enumerate(steps) if isinstance(step, TsfreshFeatures)]
    if not starts:
        raise ValueError(f"pipeline has no step TsfreshFeatures; its steps are {list(pipeline.named_steps)}.")
    selectors = [place for place, step in enumerate(steps) if hasattr(step, "get_support")]
    if not selectors or selectors[-1] < starts[0]:
        raise ValueError(
            f"pipeline has no selector after {pipeline.steps[starts[0]][0]!r}, so nothing can be left out."
        )
    return starts[0], selectors[-1] + 1


def _cut(scaler, is_kept: np.ndarray) -> None:
    scaler.n_features_in_ = int(is_kept.sum())
    for name in ("feature_names_in_", *SCALERS[type(scaler)]):
        learned: Any = getattr(scaler, name, None)
        if np.ndim(learned):  # None where it was not asked for, a number where it is of all columns
            setattr(scaler, name, learned[is_kept])
