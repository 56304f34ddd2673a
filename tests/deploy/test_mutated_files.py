"""Files that are damaged, or made to harm: in a process of little memory, watched by an audit hook."""

import hashlib
import io
import json
import os
import pickle
import resource
import signal
import subprocess
import sys
import warnings
import zipfile
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest

from sklearn_har.deploy import load, save
from sklearn_har.deploy._files_archive import (
    ARRAYS,
    DIGEST,
    KINDS,
    MADE_BY,
    MANIFEST,
    MODEL,
    packed,
    unpacked,
)
from sklearn_har.exceptions import ModelFileError

GIGABYTE = 2**30
SECONDS = 20  # of the processor, for one file, before it counts as a hang


def signed(content: bytes) -> bytes:
    """With the sum at the end that the bytes before it have."""
    rest = content[:-DIGEST]
    return rest + hashlib.sha256(rest).hexdigest().encode()


def zipped(entries, kinds=None) -> bytes:
    whole = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that are there twice
        with zipfile.ZipFile(whole, "w") as archive:
            for name, content in entries:
                archive.writestr(name, content, compress_type=(KINDS | (kinds or {})).get(name))
            archive.comment = MADE_BY + bytes(DIGEST)
    return signed(whole.getvalue())


def described(manifest: dict, entries: dict) -> bytes:
    sums = {
        name: {"size": len(one), "sha256": hashlib.sha256(one).hexdigest()} for name, one in entries.items()
    }
    return json.dumps(manifest | {"entries": sums}).encode()


def damaged(content: bytes, rng):
    """Bits flipped, bytes missing, bytes added."""
    for n_flips in np.resize([1, 1, 3, 50], 80):
        flipped = bytearray(content)
        for place in rng.integers(len(content), size=n_flips):
            flipped[place] ^= 1 << int(rng.integers(8))
        yield bytes(flipped)
    for end in rng.integers(len(content), size=25):
        yield content[:end]
    for begin in rng.integers(1, len(content), size=10):
        yield content[begin:]
    yield from (b"", b"PK\x03\x04", content + b"x", b"x" + content, content + content, pickle.dumps(EVIL))


class Evil:
    def __reduce__(self):
        return os.system, ("touch harmed",)


EVIL = Evil()


def archives(content: bytes):
    """Zips whose sums are right and whose entries are not."""
    manifest, model, arrays = unpacked(content)
    model = json.dumps(model).encode()
    good = {MODEL: model, ARRAYS: arrays}
    first = described(manifest, good)
    yield zipped([(MANIFEST, first), (MODEL, arrays), (ARRAYS, model)])
    yield zipped([(MANIFEST, model), (MODEL, first), (ARRAYS, arrays)])
    for left_out in (MANIFEST, MODEL, ARRAYS):
        yield zipped([one for one in [(MANIFEST, first), *good.items()] if one[0] != left_out])
    for name in (MODEL, "../harmed", "/tmp/harmed", "C:\\harmed", "model.pkl", "a/" * 500):
        yield zipped([(MANIFEST, first), *good.items(), (name, pickle.dumps(EVIL))])
    for bomb in (b"[" * 2**24, b" " * 2**25, b'{"a":' * 2**20, b"[" + b"{}," * 2**21, b"[0]" + b" " * 2**23):
        for name in (MODEL, MANIFEST):
            entries = good | ({MODEL: bomb} if name == MODEL else {})
            top = described(manifest, entries) if name == MODEL else bomb
            yield zipped([(MANIFEST, top), *entries.items()])
    for name, kind in ((ARRAYS, zipfile.ZIP_DEFLATED), (MODEL, zipfile.ZIP_LZMA), (MODEL, zipfile.ZIP_BZIP2)):
        yield zipped([(MANIFEST, first), *good.items()], {name: kind})
    lying = zipped([(MANIFEST, first), *good.items()])
    for size in (0, 1, 2**31, 2**32 - 1):  # of entries, in the directory at the end
        for begin in (20, 24):
            places = [i for i in range(len(lying)) if lying.startswith(b"PK\x01\x02", i)]
            for place in places:
                changed = bytearray(lying)
                changed[place + begin : place + begin + 4] = size.to_bytes(4, "little")
                yield signed(bytes(changed))
    for content_of_arrays in (
        b"",
        pickle.dumps(EVIL),
        (2**62).to_bytes(8, "little") + b"{}",
        (100).to_bytes(8, "little")
        + b'{"a0":{"dtype":"F64","shape":[1000000000,1000],"data_offsets":[0,8]}}'
        + bytes(50),
    ):
        entries = good | {ARRAYS: content_of_arrays}
        yield zipped([(MANIFEST, described(manifest, entries)), *entries.items()])
    for wrong in (
        {"format": 2},
        {"format": "1"},
        {"format": None},
        {"classes": ["a"]},
        {"sampling_rate": 1e9},
    ):
        yield zipped([(MANIFEST, described(manifest | wrong, good)), *good.items()])


def models(content: bytes):
    """Files that are whole, with a model that is not one."""
    parts = unpacked(content)

    def with_root(code):
        model = deepcopy(parts.model)
        model["root"]["estimator"] = code
        return packed(parts._replace(model=model))

    def with_object(**record):
        model = deepcopy(parts.model)
        model["objects"].append(record)
        model["root"]["estimator"] = {"object": len(model["objects"]) - 1}
        return packed(parts._replace(model=model))

    def with_state(of_class: str, **state):
        model = deepcopy(parts.model)
        (record,) = [one for one in model["objects"] if one.get("class", [0, 0])[1] == of_class][-1:]
        record["state"] |= state
        return packed(parts._replace(model=model))

    for name in (
        ["os", "system"],
        ["builtins", "eval"],
        ["numpy", "load"],
        ["subprocess", "Popen"],
        ["sklearn.utils", "os.system"],
        ["sklearn_har.classifiers._checkpoint", "os.replace"],
        ["sklearn.tests.test_base", "K"],
        ["sklearn.svm", "no_such_thing"],
        ["antigravity", "fly"],
        "os.system",
        [1, 2],
    ):
        yield with_object(**{"class": name, "state": {}})
        yield with_root({"function": name})
    yield with_object(**{"class": ["sklearn.neighbors._kd_tree", "KDTree"], "state": {}})
    yield with_object(compiled="tree", state={"dict": []})
    yield with_object(compiled="os.system", state=["touch harmed"])
    yield with_object(state={})
    for code in (
        {"object": 10**9},
        {"object": -1},
        {"object": 1.5},
        {"pickle": "x"},
        {},
        {"array": ["a0"]},
        3,
        None,
    ):
        yield with_root(code)
    huge = {"objects": [[10**9, 10**9], []]}, {"text": [10**9, [1], ["a"]]}, {"text": [1, [10**12], []]}
    huge += ({"records": [[[["a", "<f8", 10**9]], 10**10], [1], {"a": 0}]}, {"float": "1e5"})
    for code in huge:
        yield with_state("DecisionTreeClassifier", max_features_=code)
    nan = {"float": "nan"}
    for name in ("n_timesteps_", "step_", "n_features_in_"):
        for value in (nan, 0, -1, 10**9, 2.5, True, "50", None):
            yield with_state("SlidingWindowClassifier", **{name: value})
    for name in ("n_timesteps_in_", "n_channels_in_"):
        for value in (nan, 10**7, [5]):
            yield with_state("RocketFeatures", **{name: value})
    yield with_state("RocketFeatures", n_jobs=10**6)
    yield with_state("Pipeline", memory="/tmp/harmed")
    yield with_state("Pipeline", steps={"object": 0})
    partial = {"partial": [{"function": ["os", "system"]}, ["touch harmed"], {"dict": []}]}
    texts = [{"text": [2**24, [1], ["a"]]} for _ in range(100)]
    same_hashes = {"set": [(2**61 - 1) * i for i in range(100_000)]}
    for code in (partial, texts, same_hashes):
        yield with_state("Pipeline", added=code)
    yield with_state("DecisionTreeClassifier", _validate_X_predict={"function": ["numpy", "positive"]})


def codes_within(code, found):
    """Places of all plain values in JSON: what holds them, and the key."""
    pairs = code.items() if isinstance(code, dict) else enumerate(code)
    for key, one in pairs:
        if isinstance(one, (dict, list)):
            codes_within(one, found)
        else:
            found.append((code, key))
    return found


def altered(content: bytes, rng):
    """Files that are whole, with any value another: some of them are models still."""
    from safetensors.numpy import load as arrays_of
    from safetensors.numpy import save as bytes_of

    parts = unpacked(content)
    values = [None, True, -1, 0, 2**31, 2**70, 0.5, 1e308, "x", "a0", [], {}, {"float": "nan"}, {"object": 0}]
    for _ in range(120):
        model = deepcopy(parts.model)
        places = codes_within(model["objects"], [])
        holder, key = places[int(rng.integers(len(places)))]
        holder[key] = values[int(rng.integers(len(values)))]
        yield packed(parts._replace(model=model))
    for _ in range(120):
        arrays = {name: np.array(one) for name, one in arrays_of(parts.arrays).items()}
        name = list(arrays)[int(rng.integers(len(arrays)))]
        if arrays[name].size:
            place = int(rng.integers(arrays[name].size))
            extremes = {"f": [np.nan, np.inf, -1e300], "b": [True, False]}.get(arrays[name].dtype.kind)
            new = (extremes or [-1, 2**31 - 1, 127])[int(rng.integers(2))]
            with np.errstate(all="ignore"):
                arrays[name].ravel()[place : place + 1] = np.asarray([new]).astype(arrays[name].dtype)
        yield packed(parts._replace(arrays=bytes_of(arrays)))


def try_all(folder: Path) -> None:
    """Load every mutated file; say what came of it, in lines of JSON. Runs in a process of its own."""
    content = (folder / "good").read_bytes()
    path, harmed = folder / "mutated", []
    load(folder / "good")  # so that everything is imported and compiled

    def watch(event, arguments):
        runs = event.startswith(
            ("os.system", "os.exec", "os.spawn", "os.posix_spawn", "subprocess", "pickle")
        )
        writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
        if (runs or writes or event.startswith("socket.")) and str(arguments[0]) != str(path):
            harmed.append(f"{event} {str(arguments)[:80]}")

    sys.addaudithook(watch)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + GIGABYTE,) * 2)
    kinds = {
        "damaged": damaged(content, np.random.default_rng(0)),
        "archives": archives(content),
        "models": models(content),
        "altered": altered(content, np.random.default_rng(0)),
    }
    for kind, contents in kinds.items():
        for number, mutated in enumerate(contents):
            path.write_bytes(mutated)
            del mutated
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    load(path)
                    found = "loaded"
                except Exception as error:
                    found = f"{type(error).__name__}: {str(error)[:200]}"
            signal.setitimer(signal.ITIMER_PROF, 0)
            print(json.dumps([kind, number, found]), flush=True)
    print(json.dumps(["harmed", len(harmed), harmed[:5]]), flush=True)


@pytest.fixture(scope="module")
def results(recognizer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mutated")
    save(recognizer, folder / "good")
    run = subprocess.run(
        [sys.executable, __file__, str(folder)],
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "OMP_NUM_THREADS": "1"},
    )
    assert run.returncode == 0, (run.stdout[-300:], run.stderr[-2000:])
    assert not (folder / "harmed").exists()
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_mutated_files_are_refused_with_a_clear_error(results):
    refused = [
        (kind, number, found) for kind, number, found in results if kind in ("damaged", "archives", "models")
    ]
    assert len(refused) >= 200
    bad = [one for one in refused if not one[2].startswith("ModelFileError: mutated cannot be loaded")]
    assert not bad


def test_any_other_value_gives_a_model_or_the_error(results):
    found = [found for kind, _, found in results if kind == "altered"]
    assert len(found) == 240
    assert not [one for one in found if one != "loaded" and not one.startswith("ModelFileError")]
    assert 20 < found.count("loaded") < 220


def test_nothing_ran_and_nothing_was_written(results):
    assert results[-1] == ["harmed", 0, []]


def test_the_error_says_what_is_wrong(recognizer, tmp_path):
    path = tmp_path / "model"
    save(recognizer, path)
    content = path.read_bytes()
    flipped = bytes([*content[:5000], content[5000] ^ 1, *content[5001:]])
    for mutated, message in [
        (flipped, "It is damaged"),
        (content[:-1000], "cut short"),
        (b"hello", "does not begin as a zip does. ONNX files are read by OnnxRecognizer"),
    ]:
        path.write_bytes(mutated)
        with pytest.raises(ModelFileError, match=message):
            load(path)


if __name__ == "__main__":
    try_all(Path(sys.argv[1]))
