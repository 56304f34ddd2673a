"""Objects that are no more than memory to Python: taken apart into values, and made again from them.

What compiled code follows without looking, such as the nodes of a tree, is looked at here.
"""

from collections.abc import Mapping

import numpy as np

from .._core._sklearn import loss_class, tree_class
from ..exceptions import ModelFileError

METRICS = {  # that a tree of neighbours may use
    "EuclideanDistance": "euclidean",
    "ManhattanDistance": "manhattan",
    "ChebyshevDistance": "chebyshev",
    "MinkowskiDistance": "minkowski",
}
LOSSES = "sklearn._loss._loss", "sklearn.linear_model._sgd_fast"
KEY_LENGTH = 624  # of a Mersenne twister
LEAF = -1


def take_apart(value) -> tuple[str, object] | None:
    """Kind and values of a compiled object; None if it is none that is known."""
    cls = type(value)
    place = f"{cls.__module__}.{cls.__qualname__}"
    if place == "sklearn.tree._tree.Tree":
        _, (n_features, n_classes, n_outputs), state = value.__reduce__()
        return "tree", {"n_features": n_features, "n_classes": n_classes, "n_outputs": n_outputs} | state
    if cls is np.random.RandomState:
        return "random_state", value.get_state(legacy=False)
    if cls is np.random.Generator and isinstance(value.bit_generator, np.random.PCG64):
        return "generator", value.bit_generator.state
    if place in ("sklearn.neighbors._kd_tree.KDTree", "sklearn.neighbors._ball_tree.BallTree"):
        return _neighbours_apart(value)
    for number, module in enumerate(LOSSES):
        # scikit-learn 1.8 calls the module "_loss", without the package that it is in
        if module.endswith(cls.__module__) and loss_class(module, cls.__name__) is cls:
            make, arguments, *_ = value.__reduce__()
            return "loss", [number, cls.__name__, list(arguments) if make is cls else []]
    return None


def put_together(kind, state):
    """Make a compiled object from its values."""
    if kind not in MAKERS:
        raise ModelFileError(f"It holds a compiled {kind!r}, which this release does not know.")
    return MAKERS[kind](state)


def check_nodes(left, right, feature, is_leaf, n_features: int) -> None:
    """Refuse nodes that lead out of a tree, or back, or to a feature that is not there."""
    inner = np.flatnonzero(~is_leaf)
    left, right, feature = (np.asarray(part)[inner].astype(np.int64) for part in (left, right, feature))
    follows = (left > inner) & (right > inner) & (left < len(is_leaf)) & (right < len(is_leaf))
    if not len(is_leaf) or not follows.all() or (feature < 0).any() or (feature >= n_features).any():
        raise ModelFileError("It holds a tree whose nodes lead nowhere.")


def _tree(state: Mapping):
    nodes, n_classes, n_outputs = state["nodes"], state["n_classes"], state["n_outputs"]
    left = nodes["left_child"]
    check_nodes(left, nodes["right_child"], nodes["feature"], left == LEAF, state["n_features"])
    sizes = len(nodes), n_outputs, int(np.max(n_classes))
    if state["node_count"] != len(nodes) or state["values"].shape != sizes or n_outputs != len(n_classes):
        raise ModelFileError("It holds a tree whose parts do not fit together.")
    tree = tree_class()(state["n_features"], n_classes, n_outputs)
    tree.__setstate__({name: state[name] for name in ("max_depth", "node_count", "nodes", "values")})
    return tree


def _random_state(state: dict) -> np.random.RandomState:
    key, place = state["state"]["key"], state["state"]["pos"]
    if key.shape != (KEY_LENGTH,) or key.dtype != np.uint32 or not 0 <= place <= KEY_LENGTH:
        raise ModelFileError("It holds a random state that cannot be one.")
    made = np.random.RandomState(0)
    made.set_state(state)
    return made


def _generator(state) -> np.random.Generator:
    made = np.random.PCG64(0)
    made.state = state
    return np.random.Generator(made)


def _neighbours_apart(value) -> tuple[str, object]:
    state = value.__getstate__()
    metric = type(state[-2]).__name__.removesuffix("64")
    if metric not in METRICS or state[-1] is not None:
        raise ModelFileError(
            f"The model cannot be saved: a tree of neighbours with a {metric} is not known. Fit the "
            'neighbours with algorithm="brute".'
        )
    parameters = {"p": float(state[-2].__getstate__()[0])} if METRICS[metric] == "minkowski" else {}
    return "neighbours", [type(value).__name__, np.asarray(state[0]), state[4], METRICS[metric], parameters]


def _neighbours(state):
    from sklearn.neighbors import BallTree, KDTree

    name, data, leaf_size, metric, parameters = state
    if data.ndim != 2 or metric not in METRICS.values() or not set(parameters) <= {"p"} or leaf_size < 1:
        raise ModelFileError("It holds a tree of neighbours that cannot be one.")
    cls = {"KDTree": KDTree, "BallTree": BallTree}[name]
    return cls(data, leaf_size=leaf_size, metric=metric, **parameters)


def _loss(state):
    module, name, arguments = state
    cls = loss_class(LOSSES[module], name)
    if cls is None or not all(type(one) in (int, float) for one in arguments):
        raise ModelFileError(f"It holds a loss {str(name)[:50]!r} that scikit-learn does not have.")
    return cls(*arguments)


MAKERS = {
    "tree": _tree,
    "random_state": _random_state,
    "generator": _generator,
    "neighbours": _neighbours,
    "loss": _loss,
}
