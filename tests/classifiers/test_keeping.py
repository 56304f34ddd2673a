"""Copies, pickles, devices, and data larger than memory."""

import copy
import pickle
import subprocess
import sys
import warnings
from pathlib import Path

import joblib
import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, GroupKFold

from sklearn_har.classifiers import DenseClassifier, LSTMClassifier
from sklearn_har.classifiers._net import copied_state

from .examples import SMALL, small, still_and_moving, weights_of

every_classifier = pytest.mark.parametrize("classifier", SMALL)
on_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA here")


@every_classifier
def test_copies_before_and_after_fit(classifier):
    windows, labels = still_and_moving(24)
    model = small(classifier, epochs=2)
    copies = [clone(model), copy.deepcopy(model), pickle.loads(pickle.dumps(model))]
    expected = model.fit(windows, labels).predict_proba(windows)
    for other in copies:
        assert not hasattr(other, "net_")
        np.testing.assert_array_equal(other.fit(windows, labels).predict_proba(windows), expected)
    for other in [copy.deepcopy(model), pickle.loads(pickle.dumps(model))]:
        np.testing.assert_array_equal(other.predict_proba(windows), expected)
        assert other.history_ == model.history_
        with torch.no_grad():  # a copy shares nothing
            for values in other.module_.parameters():
                values.add_(1.0)
    np.testing.assert_array_equal(model.predict_proba(windows), expected)
    assert not hasattr(clone(model), "net_")


ELSEWHERE = """
import sys
import joblib
import numpy as np
model, windows = joblib.load(sys.argv[1])
np.save(sys.argv[2], model.predict_proba(windows))
model.partial_fit(windows, model.predict(windows), classes=model.classes_)
"""


def test_another_process_predicts_the_same(tmp_path):
    windows, labels = still_and_moving(24)
    model = small(LSTMClassifier, keep_optimizer=True).fit(windows, labels)
    joblib.dump((model, windows), tmp_path / "model")
    files = [str(tmp_path / name) for name in ("model", "proba.npy")]
    subprocess.run([sys.executable, "-W", "error", "-c", ELSEWHERE, *files], check=True)
    np.testing.assert_array_equal(np.load(tmp_path / "proba.npy"), model.predict_proba(windows))


@pytest.mark.parametrize("in_parts", [False, True])
def test_the_optimizer_is_pickled_only_if_asked_for(in_parts):
    windows, labels = still_and_moving(24)
    sizes = {}
    for keep in (False, True):
        model = small(DenseClassifier, hidden_units=(256,), keep_optimizer=keep)
        model = model.partial_fit(windows, labels) if in_parts else model.fit(windows, labels)
        sizes[keep] = len(pickle.dumps(model))
        assert bool(pickle.loads(pickle.dumps(model)).net_.optimizer_.state) == keep
        assert bool(model.net_.optimizer_.state) == (keep or in_parts)
    n_bytes = 4 * sum(values.numel() for values in model.module_.parameters())
    assert sizes[True] - sizes[False] == pytest.approx(2 * n_bytes, rel=0.1)


@every_classifier
def test_a_pickle_holds_no_windows(classifier):
    sizes = []
    for n_windows in (64, 256):
        windows, labels = still_and_moving(n_windows)
        model = small(classifier, epochs=1, validation_fraction=0.25, batch_size=n_windows)
        sizes.append(len(pickle.dumps(model.fit(windows, labels))))
    assert abs(sizes[1] - sizes[0]) < 1000 < 192 * 20 * 3 * 4


@pytest.mark.skipif(torch.cuda.is_available(), reason="CUDA is here")
def test_a_device_that_is_not_there():
    windows, labels = still_and_moving(24)
    with pytest.raises(ValueError, match="device='cuda', but torch finds no such device here"):
        small(DenseClassifier, device="cuda").fit(windows, labels)
    model = small(DenseClassifier).fit(windows, labels)
    expected = model.predict_proba(windows)
    model.device = model.net_.device = "cuda"  # as if it had been fitted where there is one
    np.testing.assert_array_equal(model.predict_proba(windows), expected)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(model)).predict_proba(windows), expected)
    with pytest.raises(ValueError, match="device='cuda', but torch finds no such device"):
        model.partial_fit(windows, labels)


def test_the_state_of_an_optimizer_is_copied():
    weights = torch.nn.Parameter(torch.ones(3))
    first, second = (torch.optim.Adam([weights]) for _ in range(2))
    weights.sum().backward()
    first.step()
    state = copied_state(first, second)[weights]
    assert state["exp_avg"].data_ptr() != first.state[weights]["exp_avg"].data_ptr()
    assert {name: values.tolist() for name, values in state.items()} == {
        name: values.tolist() for name, values in first.state[weights].items()
    }
    assert copied_state(first, torch.optim.SGD([weights])) == {}


@pytest.mark.gpu
@on_cuda
@every_classifier
def test_fitted_on_cuda_it_predicts_and_unpickles_on_a_cpu(classifier):
    windows, labels = still_and_moving()
    torch.cuda.manual_seed(5)
    state = torch.cuda.get_rng_state()
    model = small(classifier, device="cuda", keep_optimizer=True, epochs=8).fit(windows, labels)
    assert torch.equal(torch.cuda.get_rng_state(), state)
    on_gpu = model.predict_proba(windows)
    assert next(model.module_.parameters()).is_cuda
    other = pickle.loads(pickle.dumps(model)).set_params(device="cpu")
    assert not next(other.module_.parameters()).is_cuda
    np.testing.assert_allclose(other.predict_proba(windows), on_gpu, atol=1e-3)
    other.partial_fit(windows, labels)
    model.partial_fit(windows, labels)
    pickle.loads(pickle.dumps(model)).partial_fit(windows, labels)  # back on CUDA


@pytest.mark.gpu
@on_cuda
@every_classifier
def test_mixed_precision_is_close_to_full(classifier):
    windows, labels = still_and_moving()
    losses = [
        small(classifier, device="cuda", epochs=1, mixed_precision=mixed).fit(windows, labels).history_
        for mixed in (False, True)
    ]
    assert losses[0]["train_loss"][0] == pytest.approx(losses[1]["train_loss"][0], rel=0.05)


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_a_search_refits_to_the_same_bits(n_jobs):
    windows, labels = still_and_moving(32, n_timesteps=8)
    params = {"validation_fraction": 0.5, "early_stopping": True}
    model = small(DenseClassifier, **params)
    search = GridSearchCV(model, {"hidden_units": [(4,)]}, cv=GroupKFold(2), n_jobs=n_jobs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of joblib, where a worker is slow to start
        search.fit(windows, labels, groups=windows.subjects)
    alone = small(DenseClassifier, hidden_units=(4,), **params).fit(windows, labels)
    np.testing.assert_array_equal(weights_of(search.best_estimator_), weights_of(alone))


def test_fits_in_other_processes_give_the_same_bits():
    windows, labels = still_and_moving(32)
    fits = joblib.Parallel(n_jobs=2)(
        joblib.delayed(small(kind).fit)(windows, labels) for kind in (DenseClassifier, LSTMClassifier)
    )
    for model in fits:
        alone = small(type(model)).fit(windows, labels)
        np.testing.assert_array_equal(weights_of(model), weights_of(alone))


MEASURE = """
import re
import sys

import numpy as np

from sklearn_har.classifiers import DenseClassifier


def peak():
    return int(re.search(r"RssAnon:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) / 1024


X = np.load(sys.argv[1], mmap_mode="r")
y = np.arange(len(X)) % 2
peaks = []


def watch(batch, generator):
    peaks.append(peak())
    return batch


model = DenseClassifier(hidden_units=(8,), epochs=1, batch_size=64, augmentation=watch, random_state=0)
model.fit(X[:1000], y[:1000]).predict(X[:1000])
before, peaks[:] = peak(), []
model.fit(X, y)
print(max(peaks) - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from Linux's /proc")
@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_a_memory_map_trains_in_a_fraction_of_its_size(dtype, tmp_path):
    """Not more than the 64 MiB that malloc may keep for the next batch, for 92 MB of windows as float32."""
    n_windows = 30_000
    file = tmp_path / "windows.npy"
    on_disk = np.lib.format.open_memmap(file, "w+", dtype, (n_windows, 128, 6))
    rng = np.random.default_rng(0)
    for start in range(0, n_windows, 1000):
        on_disk[start : start + 1000] = rng.normal(size=(1000, 128, 6))
    del on_disk
    command = [sys.executable, "-c", MEASURE, str(file)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert float(run.stdout) < 64


@pytest.mark.parametrize("classifier", [DenseClassifier, LSTMClassifier])
def test_half_precision_in_a_read_only_fortran_memory_map(classifier, tmp_path):
    windows, labels = still_and_moving(24)
    values = np.asfortranarray(np.asarray(windows), dtype=np.float16)
    np.save(tmp_path / "windows.npy", values)
    given = np.load(tmp_path / "windows.npy", mmap_mode="r")
    assert given.flags.f_contiguous
    assert not given.flags.writeable
    model = small(classifier).fit(given, labels)
    expected = small(classifier).fit(values.astype(np.float64), labels)
    np.testing.assert_allclose(model.predict_proba(given), expected.predict_proba(given), atol=1e-4)
