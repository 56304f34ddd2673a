"""The same call on a cluster of worker processes, also if one of them is killed."""

import os
import signal

import numpy as np
import pytest
from joblib import parallel_config

from sklearn_har.exceptions import NotCompiledWarning
from sklearn_har.features import RelevanceSelector, TsfreshFeatures, _tsfresh_features
from sklearn_har.windowing import Windows

distributed = pytest.importorskip("dask.distributed")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default::DeprecationWarning:distributed")]

MARK = 123.0


@pytest.fixture(scope="module")
def cluster():
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(_tsfresh_features, "BLOCK_BYTES", 2**16)


def some(n_windows=200) -> Windows:
    values = np.random.default_rng(0).normal(size=(n_windows, 32, 2)).cumsum(axis=1)
    values[n_windows // 2, 0, 0] = MARK
    return Windows(values, channel_names=["acc_x", "acc_y"])


def processes(parent: int, folder):
    """A feature that notes its process, and kills the worker that gets the marked window, once."""

    def process(x):
        here = os.getpid()
        (folder / str(here)).touch()
        if x[0] == MARK and here != parent and not (folder / "killed").exists():
            (folder / "killed").write_text(str(here))
            os.kill(here, signal.SIGKILL)
        return x[0]

    return process


@pytest.mark.usefixtures("cluster", "small_blocks")
def test_blocks_go_to_workers_one_of_which_is_killed(tmp_path):
    windows, parent = some(), os.getpid()
    settings = {"mean": None, "quantile": [{"q": 0.3}], "sample_entropy": None}
    features = TsfreshFeatures({**settings, processes(parent, tmp_path): None})
    with pytest.warns(NotCompiledWarning):
        alone = features.fit_transform(windows)
    assert [path.name for path in tmp_path.iterdir()] == [str(parent)]
    (tmp_path / str(parent)).unlink()
    with parallel_config(backend="dask"):
        spread = features.transform(windows)
    np.testing.assert_array_equal(spread, alone)
    seen = {path.name for path in tmp_path.iterdir()} - {"killed"}
    assert (tmp_path / "killed").read_text() in seen
    assert len(seen) > 1
    assert str(parent) not in seen


@pytest.mark.usefixtures("cluster", "small_blocks")
def test_fit_transform_and_selection_are_the_same_on_a_cluster():
    windows, labels = some(), np.repeat([0, 1], 100)
    features, selector = TsfreshFeatures("minimal"), RelevanceSelector(fdr_level=1.0)
    alone = features.fit_transform(windows)
    kept = selector.fit_transform(alone, labels)
    with parallel_config(backend="dask"):
        np.testing.assert_array_equal(features.fit_transform(windows), alone)
        np.testing.assert_array_equal(selector.fit_transform(alone, labels), kept)
