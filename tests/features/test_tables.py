"""Blocks of windows, and the threads that share them out."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from threadpoolctl import threadpool_info, threadpool_limits

from sklearn_har.features import MotionFeatures, RocketFeatures, SignalStatistics, TsfreshFeatures, _tables
from sklearn_har.features._tables import blocks_of, write_in_blocks
from sklearn_har.windowing import Windows


@pytest.mark.parametrize(
    ("features", "wrong"),
    [
        (RocketFeatures(84, random_state=0), {"n_kernels": 10}),
        (SignalStatistics(), {"triads": {"acc": [0, 1, 9]}}),
        (MotionFeatures(), {"triads": {"acc": [0, 1, 9]}}),
        (TsfreshFeatures("minimal"), {"settings": {}}),
    ],
    ids=lambda one: type(one).__name__,
)
def test_nothing_of_an_earlier_fit_computes_after_one_that_failed(features, wrong):
    features.fit(np.random.default_rng(0).normal(size=(4, 60, 3)))
    shorter = np.ones((4, 20, 3))
    with pytest.raises(ValueError, match=r"n_kernels|triads|settings"):
        features.set_params(**wrong).fit(shorter)
    for use in features.transform, features.get_feature_names_out:
        with pytest.raises(NotFittedError):
            use(*[shorter][: use == features.transform])


def test_tsfresh_features_whose_medians_were_not_learned_are_not_fitted(monkeypatch):
    windows = np.random.default_rng(0).normal(size=(4, 60, 3))
    features = TsfreshFeatures("minimal").fit(windows)

    def interrupt(windows):
        raise KeyboardInterrupt

    monkeypatch.setattr(features, "_compute", interrupt)
    with pytest.raises(KeyboardInterrupt):
        features.fit(windows)
    monkeypatch.undo()
    with pytest.raises(NotFittedError):
        features.transform(windows)


def numbered(n_windows=100):
    return Windows(np.arange(n_windows, dtype=float).repeat(6).reshape(n_windows, 3, 2))


def write_first_values(windows, table):
    table[:] = np.asarray(windows)[:, 0, :1]
    return len(windows)


def threads_of_blas():
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


def test_blocks_cover_all_windows_in_order(monkeypatch):
    monkeypatch.setattr(_tables, "BLOCK_BYTES", 1000)
    blocks = blocks_of(numbered(), n_columns=13)
    assert np.concatenate([np.arange(100)[block] for block in blocks]).tolist() == list(range(100))
    assert {block.stop - block.start for block in blocks} == {1000 // (3 * 2 * 8 + 13 * 4)}


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_every_block_is_written_into_its_rows(monkeypatch, n_jobs):
    monkeypatch.setattr(_tables, "BLOCK_BYTES", 1000)
    windows, table = numbered(), np.full((100, 1), np.nan)
    blocks = blocks_of(windows, 1)
    assert len(blocks) > 2
    write_in_blocks(write_first_values, windows, blocks, table, n_jobs, "Writing", False)
    assert table.ravel().tolist() == list(range(100))


def test_blas_has_one_thread_beside_ours_and_its_own_afterwards(monkeypatch):
    monkeypatch.setattr(_tables, "BLOCK_BYTES", 1000)
    windows, seen = numbered(), []

    def write(some, table):
        seen.append(threads_of_blas())
        return len(some)

    with threadpool_limits(2, "blas"):
        write_in_blocks(write, windows, blocks_of(windows, 1), np.empty((100, 1)), 2, "Writing", False)
        assert threads_of_blas() == {2}
    assert len(seen) > 2
    assert set.union(*seen) == {1}
