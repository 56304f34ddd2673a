"""Names, values and parts of models that a file may not hold, each by itself."""

import os
import pickle
from copy import deepcopy

import numpy as np
import pytest
from safetensors import numpy as safetensors
from sklearn.cluster import KMeans
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC, OneClassSVM

from sklearn_har.deploy import _files_archive, load, save
from sklearn_har.deploy._files_archive import packed, unpacked
from sklearn_har.deploy._files_checks import check_content
from sklearn_har.deploy._files_decode import Decoder
from sklearn_har.exceptions import ModelFileError

CLASSES = (  # that can write, unpickle or start processes, or hold what does
    ["sklearn_har.classifiers._net", "WeightedNet"],
    ["sklearn_har.classifiers._checkpoint", "Checkpoint"],
    ["sklearn_har.features._kept_rows", "KeptRows"],
    ["sklearn_har.networks._cnn", "CNN"],
    ["sklearn.utils.parallel", "Parallel"],
    ["sklearn.utils.parallel", "_FuncWrapper"],
    ["sklearn.tree._tree", "Tree"],
    ["joblib", "Memory"],
    ["os", "PathLike"],
)
FUNCTIONS = (
    ["os", "system"],
    ["builtins", "eval"],
    ["numpy", "load"],
    ["numpy", "lib.format.read_array"],
    ["torch", "load"],
    ["functools", "partial"],
    ["sklearn.svm._classes", "SVC"],
    ["sklearn.metrics._scorer", "get_scorer"],
    ["sklearn.metrics.tests.test_common", "precision_recall_curve_padded_thresholds"],
    ["sklearn_har.evaluation._benchmark", "benchmark"],
    ["sklearn_har.evaluation._finished_tests", "write_outcome"],
)


class Evil:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.fixture(scope="module")
def content(recognizer, tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "model"
    save(recognizer, path)
    return path.read_bytes()


@pytest.mark.parametrize("name", CLASSES, ids=".".join)
def test_classes_that_do_more_than_remember_are_not_known(name):
    with pytest.raises(ModelFileError, match="which is not of this library"):
        Decoder([{"class": name, "state": {}}], {}, ())


@pytest.mark.parametrize("name", FUNCTIONS, ids=".".join)
@pytest.mark.parametrize("is_partial", [False, True])
def test_functions_that_do_more_than_compute_are_not_known(name, is_partial):
    code = {"function": name}
    with pytest.raises(ModelFileError, match="which is not of this library"):
        Decoder([], {}, ()).decode({"partial": [code, [], {"dict": []}]} if is_partial else code)


def test_a_pickle_for_a_net_of_skorch_is_not_read(content, tmp_path):
    harmed, parts = tmp_path / "harmed", unpacked(content)
    arrays = {**safetensors.load(parts.arrays), "evil": np.frombuffer(pickle.dumps(Evil(harmed)), np.uint8)}
    model = deepcopy(parts.model)
    state = {"device": "cpu", "__cuda_dependent_attributes__": {"array": ["evil", "C"]}}
    model["objects"].append({"class": ["sklearn_har.classifiers._net", "WeightedNet"], "state": state})
    model["objects"][0]["state"]["added"] = {"object": len(model["objects"]) - 1}
    (tmp_path / "model").write_bytes(packed(parts._replace(model=model, arrays=safetensors.save(arrays))))
    with pytest.raises(ModelFileError, match="WeightedNet, which is not of this library"):
        load(tmp_path / "model")
    assert not harmed.exists()


def test_a_few_bytes_do_not_become_many():
    text = {"text": [2**20, [1], ["a"]]}
    with pytest.raises(ModelFileError, match="take more than 268,435,456 bytes"):
        Decoder([], {}, ()).decode([text] * 65)
    fields = [[f"f{i}", "<f8", 8 * i] for i in range(400)]
    one_array = {f"f{i}": {"array": ["a", "C"]} for i in range(400)}
    code = {"records": [[fields, 8 * 400], [100_000], one_array]}
    with pytest.raises(ModelFileError, match="take more than 268,435,456 bytes"):
        Decoder([], {"a": np.zeros(100_000)}, ()).decode(code)


@pytest.mark.parametrize("code", [{"set": [2**61]}, {"dict": [[{"tuple": [0, -(2**61)]}, 0]]}])
def test_keys_cannot_be_made_to_share_a_hash(code):
    with pytest.raises(ModelFileError, match="as a key"):
        Decoder([], {}, ()).decode(code)


def test_values_are_counted_before_they_are_made(content, monkeypatch):
    monkeypatch.setattr(_files_archive, "MOST_VALUES", 100)
    with pytest.raises(ModelFileError, match=r"model\.json holds more than 100 values"):
        unpacked(content)
    with pytest.raises(ModelFileError, match="are the most that a file may hold beside arrays"):
        packed(_files_archive.Parts({}, {"values": [0] * 200}, b""))


def test_no_attribute_takes_the_place_of_a_method():
    state = {"_validate_X_predict": {"function": ["numpy", "positive"]}}
    decoder = Decoder(
        [{"class": ["sklearn.tree._classes", "DecisionTreeClassifier"], "state": state}], {}, ()
    )
    with pytest.raises(ModelFileError, match="_validate_X_predict is not its own"):
        decoder.decode({"object": 0})


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 3
    X = rng.normal(size=(60, 4)) + np.eye(3, 4)[labels]
    X[:, 0] = 2 * labels + rng.integers(2, size=60)
    return X, labels


def hidden(values, mask):
    return np.ma.MaskedArray(np.asarray(values, np.int32), mask)


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        (SVC(), {"support_vectors_": np.empty((0, 0))}),
        (SVC(), {"_n_support": hidden([2**30, 0, 0], [True, False, False])}),
        (SVC(), {"_impl": "one_class"}),
        (SVC(kernel="linear"), {"kernel": "precomputed", "shape_fit_": (1, 1)}),
        (OneClassSVM(), {"_n_support": np.zeros(1, np.int32)}),
        (KNeighborsClassifier(algorithm="brute"), {"_y": np.full(60, 10**9)}),
        (KNeighborsClassifier(algorithm="brute"), {"_y": np.full(60, -1)}),
        (KMeans(3, n_init=1), {"cluster_centers_": np.zeros((3, 1))}),
        (KMeans(3, n_init=1), {"_n_threads": 10**8}),
        (GradientBoostingClassifier(n_estimators=1), {"init_": "zero", "n_trees_per_iteration_": 1}),
    ],
    ids=lambda one: type(one).__name__ if hasattr(one, "fit") else "-".join(one),
)
def test_what_compiled_code_follows_is_looked_at(model, changes, table):
    model.fit(*table)
    check_content(model)
    vars(model).update(changes)
    with pytest.raises(ModelFileError, match=r"parts do not fit together|not a whole number"):
        check_content(model)


def test_the_first_guess_of_boosting_has_a_column_for_every_tree(table):
    model = GradientBoostingClassifier(n_estimators=1).fit(*table)
    model.init_.class_prior_, model.init_.n_classes_ = np.ones(1), 1
    with pytest.raises(ModelFileError, match="parts do not fit together"):
        check_content(model)


def test_nodes_of_categories_are_of_features_with_categories(table):
    model = HistGradientBoostingClassifier(max_iter=2, categorical_features=[0]).fit(*table)
    assert any(one.nodes["is_categorical"].any() for of_round in model._predictors for one in of_round)
    check_content(model)
    model._bin_mapper.is_categorical_ = np.zeros(4, np.uint8)
    with pytest.raises(ModelFileError, match="parts do not fit together"):
        check_content(model)
