"""What compiled code follows without looking is looked at, before anything predicts."""

from collections.abc import Callable

import numpy as np

from ..exceptions import ModelFileError
from ._files_compiled import check_nodes
from ._files_types import dotted

LARGEST = {  # whole numbers that attributes may be at most; from 1. A smoother's step_ is seconds
    "n_timesteps_": 10**6,
    "step_": 10**6,
    "n_timesteps_in_": 10**6,
    "n_channels_in_": 10**5,
    "n_features_in_": 10**9,
}
MOST_JOBS = 1024
MOST_OF_A_WINDOW = 2**24  # timesteps times channels
N_TAPS, LENGTH = 84, 9  # of random kernels


def check_content(made) -> None:
    """Refuse an instance whose attributes cannot be those of a fit.

    Raises
    ------
    ModelFileError
        If a size is no whole number, or an index leads outside of what it is an index of.
    """
    attributes = vars(made)
    for name, largest in LARGEST.items():
        if name in attributes and (name != "step_" or "n_timesteps_" in attributes):
            _check_whole(made, name, attributes[name], 1, largest)
    for name in ("n_jobs", "_n_threads"):
        if isinstance(attributes.get(name), (int, float)):
            _check_whole(made, name, attributes[name], -MOST_JOBS, MOST_JOBS)
    if attributes.get("n_timesteps_in_", 1) * attributes.get("n_channels_in_", 1) > MOST_OF_A_WINDOW:
        raise ModelFileError(
            f"It holds a {type(made).__name__} for windows of more than {MOST_OF_A_WINDOW:,} values."
        )
    for base in type(made).__mro__:
        check = OF_CLASS.get(dotted(base))
        if check is not None and not check(attributes):
            raise ModelFileError(f"It holds a {type(made).__name__} whose parts do not fit together.")


def _check_whole(made, name: str, value, lowest: int, largest: int) -> None:
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or not lowest <= value <= largest:
        raise ModelFileError(
            f"It holds a {type(made).__name__} whose {name} is {str(value)[:40]}, not a whole number from "
            f"{lowest} to {largest}."
        )


def _fits_kernels(fitted: dict) -> bool:
    if "_convolutions" not in fitted:
        return True
    dilations, series, kernels, padded, firsts = fitted["_convolutions"]
    n_series, n_biases = len(fitted["mean_"]), len(fitted["biases_"])
    groups = fitted["hydra_dilations_"], fitted["hydra_series_"], fitted["hydra_weights_"]
    n_channels, n_steps = fitted["n_channels_in_"], max(fitted["n_timesteps_in_"], LENGTH) - 1
    return (
        len(fitted["scale_"]) == n_series
        and n_series in (n_channels, 2 * n_channels)
        and len(fitted["_poolings"]) in (1, 4)
        and padded.dtype == bool
        and {len(part) for part in (series, kernels, padded, firsts[1:])} <= {len(dilations)}
        and {len(part) for part in groups} <= {len(groups[0])}
        and groups[2].shape[1:] == (8, LENGTH)
        and _within(kernels, 0, N_TAPS - 1)
        and all(_within(part, -1, n_series - 1) and part.ndim == 2 for part in (series, groups[1]))
        and all(_within(part, 1, max(n_steps // (LENGTH - 1), 1)) for part in (dilations, groups[0]))
        and _within(firsts, 0, n_biases)
        and (firsts[0], firsts[-1]) == (0, n_biases)
        and bool((np.diff(firsts) >= 0).all())
    )


def _fits_statistics(fitted: dict) -> bool:
    from ..features._series_statistics import bands_of, lags_of

    if "_triads" not in fitted:
        return True
    n_timesteps, channels, triads = fitted["n_timesteps_in_"], fitted["_channels"], fitted["_triads"]
    return (
        _within(channels, 0, fitted["n_channels_in_"] - 1)
        and _within(triads, 0, len(channels) - 1)
        and triads.shape == (len(triads), 3)
        and np.array_equal(fitted["_bands"], bands_of(n_timesteps))
        and np.array_equal(fitted["_lags"], lags_of(n_timesteps))
        and len(fitted["series_"]) == 2 * (len(channels) + len(triads))
    )


def _fits_chain(fitted: dict) -> bool:
    if "_chain" not in fitted:
        return True
    generator, first, stages = fitted["_chain"]
    n_states = len(fitted["classes_"]) * fitted["stages_"]
    return (
        isinstance(stages, int)
        and stages == fitted["stages_"] >= 1
        and generator.shape == (n_states, n_states)
        and first.shape == (n_states,)
        and len(fitted["frequencies_"]) == len(fitted["classes_"])
    )


def _fits_predictor(fitted: dict) -> bool:
    nodes, bitsets = fitted["nodes"], fitted["raw_left_cat_bitsets"]
    is_leaf, by_category = nodes["is_leaf"] != 0, nodes["is_categorical"] != 0
    check_nodes(nodes["left"], nodes["right"], nodes["feature_idx"], is_leaf, LARGEST["n_features_in_"])
    return (
        _within(nodes["bitset_idx"][by_category].astype(np.int64), 0, len(bitsets) - 1)
        and bitsets.dtype == np.uint32
        and bitsets.shape == (len(bitsets), 8)
    )


def _fits_boosting(fitted: dict) -> bool:
    if "_predictors" not in fitted:
        return True
    n_features, mapper = fitted["n_features_in_"], fitted["_bin_mapper"]
    is_categorical = np.asarray(mapper.is_categorical_)
    nodes = [one.nodes[one.nodes["is_leaf"] == 0] for of_round in fitted["_predictors"] for one in of_round]
    return (
        len(is_categorical) == len(mapper.bin_thresholds_) == n_features
        and {len(of_round) for of_round in fitted["_predictors"]} <= {fitted["n_trees_per_iteration_"]}
        and all(_within(one["feature_idx"], 0, n_features - 1) for one in nodes)
        and all(is_categorical[one["feature_idx"][one["is_categorical"] != 0]].all() for one in nodes)
    )


def _fits_stages(fitted: dict) -> bool:
    """What the first guess of gradient boosting is of, the stages add to without looking."""
    if "estimators_" not in fitted:
        return True
    n_features, n_columns, first = fitted["n_features_in_"], fitted["n_trees_per_iteration_"], fitted["init_"]
    if not _fits_trees(fitted) or np.shape(fitted["estimators_"])[1:] != (n_columns,):
        return False
    if isinstance(first, str):
        return True
    guess = (first.predict_proba if "classes_" in fitted else first.predict)(np.zeros((1, n_features)))
    is_single = guess.ndim == 1 or ("classes_" in fitted and not fitted["_loss"].is_multiclass)
    return n_columns == (1 if is_single else guess.shape[1])


def _fits_neighbours(fitted: dict) -> bool:
    if "_y" not in fitted:
        return True
    columns = fitted["_y"].reshape(len(fitted["_fit_X"]), -1).T
    classes = fitted["classes_"] if fitted["outputs_2d_"] else [fitted["classes_"]]
    return len(columns) == len(classes) and all(
        _within(column, 0, len(of_column) - 1) for column, of_column in zip(columns, classes, strict=True)
    )


def _fits_clusters(fitted: dict) -> bool:
    centers = fitted.get("cluster_centers_")
    return centers is None or centers.shape == (len(centers), fitted["n_features_in_"])


def _fits_trees(fitted: dict) -> bool:
    trees = np.ravel(np.asarray(fitted.get("estimators_", []), dtype=object))
    n_features = fitted.get("n_features_in_")
    per_round = fitted.get("n_trees_per_iteration_")
    shape = np.shape(fitted.get("estimators_", []))
    return all(tree.tree_.n_features == n_features for tree in trees) and (
        per_round is None or len(shape) < 2 or shape[1] == per_round
    )


def _fits_tree(fitted: dict) -> bool:
    return "tree_" not in fitted or fitted["tree_"].n_features == fitted["n_features_in_"]


def _fits_vectors(fitted: dict) -> bool:
    if "_n_support" not in fitted or fitted.get("_sparse"):
        return not fitted.get("_sparse")
    counts, vectors = fitted["_n_support"], fitted["support_vectors_"]
    n_classes, n_vectors = len(fitted.get("classes_", range(2))), len(fitted["support_"])
    n_pairs = n_classes * (n_classes - 1) // 2
    by_row = fitted["kernel"] == "precomputed" or callable(fitted["kernel"])
    return (
        "_impl" not in fitted
        and _within(counts, 0, n_vectors)
        and len(counts) == n_classes
        and ("classes_" not in fitted or counts.sum() == n_vectors)
        and (by_row or vectors.shape == (n_vectors, fitted["n_features_in_"]))
        and _within(fitted["support_"], 0, fitted["shape_fit_"][0] - 1)
        and fitted["_dual_coef_"].shape == (n_classes - 1, n_vectors)
        and len(fitted["_intercept_"]) == n_pairs
        and all(len(fitted.get(name, ())) in (0, n_pairs) for name in ("_probA", "_probB"))
    )


def _within(values: np.ndarray, lowest: int, largest: int) -> bool:
    """Whether all are whole numbers from the lowest to the largest."""
    if type(values) is not np.ndarray or values.dtype.kind not in "iu":  # a mask would hide some
        return False
    return bool(((values >= lowest) & (values <= largest)).all())


OF_CLASS: dict[str, Callable[[dict], bool]] = {
    "sklearn_har.features._rocket_features.RocketFeatures": _fits_kernels,
    "sklearn_har.features._signal_statistics.SignalStatistics": _fits_statistics,
    "sklearn_har.smoothing._hmm_smoother.HMMSmoother": _fits_chain,
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor": _fits_predictor,
    "sklearn.ensemble._hist_gradient_boosting.gradient_boosting.BaseHistGradientBoosting": _fits_boosting,
    "sklearn.ensemble._forest.BaseForest": _fits_trees,
    "sklearn.ensemble._gb.BaseGradientBoosting": _fits_stages,
    "sklearn.neighbors._classification.KNeighborsClassifier": _fits_neighbours,
    "sklearn.neighbors._classification.RadiusNeighborsClassifier": _fits_neighbours,
    "sklearn.cluster._kmeans._BaseKMeans": _fits_clusters,
    "sklearn.tree._classes.BaseDecisionTree": _fits_tree,
    "sklearn.svm._base.BaseLibSVM": _fits_vectors,
}
