"""What a file claims that cannot be is refused with a sentence, before anything is made of it."""

import json
import re

import numpy as np
import pytest

from sklearn_har.deploy._files_archive import ARRAYS, MANIFEST, MODEL, parsed, unpacked
from sklearn_har.deploy._files_compiled import put_together
from sklearn_har.deploy._files_decode import Decoder
from sklearn_har.exceptions import ModelFileError

from .test_mutated_files import described, signed, zipped

NUMBERS = {"a": np.arange(6.0).reshape(2, 3), "i": np.arange(2)}


def decode(code, objects=()):
    return Decoder(list(objects), NUMBERS, ()).decode(code)


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ([1, None, "x", True], [1, None, "x", True]),
        ({"tuple": [1, {"slice": [0, 4, None]}]}, (1, slice(0, 4))),
        ({"set": [1, 2]}, {1, 2}),
        ({"float": "-inf"}, float("-inf")),
        ({"dict": [["k", {"frozenset": [3]}]]}, {"k": frozenset([3])}),
        ({"dtype": "<i8"}, np.dtype("int64")),
    ],
    ids=str,
)
def test_values_come_back(code, value):
    assert decode(code) == value


def test_arrays_come_back_in_their_order_and_shared_as_they_were():
    first, again, turned = decode([{"array": ["a", "C"]}, {"array": ["a", "C"]}, {"array": ["a", "F"]}])
    assert first is again
    assert first.tolist() == NUMBERS["a"].tolist()
    assert turned.tolist() == NUMBERS["a"].T.tolist()
    assert decode({"text": [3, [2], ["ab", "cde"]]}).tolist() == ["ab", "cde"]
    assert decode({"objects": [[1, 2], ["a", None]]}).tolist() == [["a", None]]
    assert decode({"times": ["<M8[s]", {"array": ["i", "C"]}]}).tolist()[1].year == 1970


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ({}, "It holds [], which this release does not know."),
        ({"later": 1}, "It holds ['later'], which this release does not know."),
        ({"set": [1], "tuple": [2]}, "It holds ['set', 'tuple'], which this release does not know."),
        ({"object": 0}, "It refers to object 0 of 0."),
        ({"object": True}, "It refers to object True of 0."),
        ({"text": [2, [1], ["abc"]]}, "It holds an array of text that is not text of that width."),
        ({"text": [2, [1], [7]]}, "It holds an array of text that is not text of that width."),
        ({"objects": [[-1], []]}, "It holds an array of the shape [-1]."),
        ({"objects": [[1] * 33, [0]]}, "It holds an array of the shape [1, 1, "),
        ({"objects": [[2**41, 0], []]}, "It holds an array of the shape [2199023255552, 0]."),
        ({"float": "1e5"}, "It holds '1e5' for a number."),
        ({"dtype": ">f8"}, "It holds the dtype '>f8'."),
        ({"dtype": "<V8"}, "It holds the dtype '<V8'."),
        ({"dtype": [[["x", "|O", 0]], 8]}, "It holds records of another kind than numbers."),
        ({"dtype": [[["x", "<f8", 0]], 10**6]}, "It holds records of another kind than numbers."),
        ({"times": ["<i8", {"array": ["i", "C"]}]}, "It holds '<i8' for times."),
        (
            {"records": [[[["x", "<f8", 0]], 8], [2], {"y": {"array": ["a", "C"]}}]},
            "It holds records whose fields do not fit together.",
        ),
        (
            {"records": [[[["x", "<f8", 0]], 8], [3], {"x": {"array": ["i", "C"]}}]},
            "It holds records whose fields do not fit together.",
        ),
        (
            {"records": [[[["x", "<f8", 0]], 8], [2], {"x": {"array": ["i", "C"]}}]},
            "It holds records whose field 'x' is of int64.",
        ),
        (
            {"named_tuple": [["sklearn.linear_model._logistic", "LogisticRegression"], []]},
            "It holds a sklearn.linear_model._logistic.LogisticRegression of 0 parts, which that cannot",
        ),
    ],
    ids=lambda one: str(one)[:50],
)
def test_values_that_cannot_be_are_refused(code, message):
    with pytest.raises(ModelFileError, match="^" + re.escape(message)):
        decode(code)


@pytest.mark.parametrize("record", [7, {}, {"class": ["a", "B"], "compiled": "tree"}])
def test_an_object_has_one_class(record):
    with pytest.raises(ModelFileError, match="It holds an object without a class"):
        Decoder([record], {}, ())


def test_objects_are_a_list():
    with pytest.raises(ModelFileError, match="It has no list of objects"):
        Decoder({"0": {}}, {}, ())


POINTS = np.zeros((3, 1))


@pytest.mark.parametrize(
    "state",
    [
        ["KDTree", np.zeros(3), 40, "euclidean", {}],
        ["KDTree", POINTS, 0, "euclidean", {}],
        ["KDTree", POINTS, 40, "hamming", {}],
        ["KDTree", POINTS, 40, "minkowski", {"w": 1}],
    ],
    ids=["points of no features", "no leaves", "another metric", "another parameter"],
)
def test_trees_of_neighbours_that_cannot_be_are_refused(state):
    with pytest.raises(ModelFileError, match="It holds a tree of neighbours that cannot be one"):
        put_together("neighbours", state)


@pytest.mark.parametrize(
    ("key", "place"),
    [(np.zeros(3, np.uint32), 0), (np.zeros(624), 0), (np.zeros(624, np.uint32), 625)],
    ids=["short", "no integers", "outside"],
)
def test_random_states_that_cannot_be_are_refused(key, place):
    with pytest.raises(ModelFileError, match="It holds a random state that cannot be one"):
        put_together("random_state", {"state": {"key": key, "pos": place}})


def test_compiled_objects_of_a_later_release_are_refused():
    with pytest.raises(ModelFileError, match="a compiled 'forest', which this release does not know"):
        put_together("forest", None)


ENTRIES = {MODEL: b"{}", ARRAYS: b"none"}


def archive(entries=ENTRIES, manifest=None, **kinds):
    manifest = {"format": 1} if manifest is None else manifest
    return zipped([(MANIFEST, described(manifest, ENTRIES)), *entries.items()], kinds)


def test_a_whole_archive_is_taken_apart():
    parts = unpacked(archive())
    assert (parts.manifest["format"], parts.model, bytes(parts.arrays)) == (1, {}, b"none")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04 and nothing more", "It is not a model file, or it was cut short"),
        (archive()[:-70] + archive()[-69:], "It is not a model file, or it was cut short"),
        (archive(manifest={"format": 10**6}), "It is of format 1000000, and this release reads up to"),
        (archive(manifest={"format": "1"}), "It is of format '1', and this release reads up to"),
        (archive({MODEL: b"{}"}), "It holds .* once each"),
        (archive(ENTRIES | {"other": b""}), "It holds .*'other'.* once each"),
        (archive({MODEL: b"[]", ARRAYS: b"none"}), f"Its {MODEL} is not the one that {MANIFEST} describes"),
        (archive({MODEL: b"{}", ARRAYS: b"nine"}), f"Its {ARRAYS} is not the one that {MANIFEST} describes"),
        (zipped([(MANIFEST, b'{"format": 1}'), *ENTRIES.items()]), "is not the one that .* describes"),
        (archive(**{MODEL: 0}), f"Its {MODEL} is not compressed as this library does it"),
    ],
    ids=lambda one: "" if isinstance(one, bytes) else one[:40],
)
def test_archives_that_cannot_be_are_refused(content, message):
    with pytest.raises(ModelFileError, match=message):
        unpacked(content)


def test_bytes_that_were_changed_are_found_though_the_end_is_there():
    content = bytearray(archive())
    content[40] ^= 1
    with pytest.raises(ModelFileError, match="It is damaged"):
        unpacked(bytes(content))
    assert signed(bytes(content)) != bytes(content)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[1]", "Its model.json holds no object, but a list."),
        (b'{"a": NaN}', "It holds the number NaN, which JSON does not know."),
        (b'{"a": -Infinity}', "It holds the number -Infinity, which JSON does not know."),
        (b'{"a": 1, "a": 2}', "It holds an object with one key twice."),
    ],
)
def test_json_that_cannot_be_is_refused(content, message):
    with pytest.raises(ModelFileError, match=f"^{re.escape(message)}$"):
        parsed(content, "model.json")
    assert parsed(json.dumps({"a": [1.5]}).encode(), "model.json") == {"a": [1.5]}
