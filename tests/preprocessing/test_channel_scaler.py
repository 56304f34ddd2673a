import os
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import config_context
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_har._core import _moments as moments_module
from sklearn_har._core._moments import moments_by_group, moments_of_block, moments_of_rows
from sklearn_har.preprocessing import ChannelScaler
from sklearn_har.windowing import Windows, sliding_windows


@pytest.fixture
def two_people(recordings_of):
    """Ann has mean 2 and deviation 1, Bob 20 and 10; together 11 and 11.4."""
    return recordings_of(
        ("ann", 1, 0.0, [[1.0], [3.0]]),
        ("bob", 1, 0.0, [[10.0], [30.0]]),
        ("ann", 2, 0.0, [[1.0], [3.0]]),
        ("bob", 2, 0.0, [[10.0], [30.0]]),
        columns=["acc_x"],
    )


@pytest.fixture
def strangers(recordings_of):
    return recordings_of(("cat", 1, 0.0, [[4.0], [8.0]]), ("ann", 9, 0.0, [[5.0]]), columns=["acc_x"])


POOLED = np.sqrt(131.5)  # of 1, 3, 10, 30: squared deviations 100, 64, 1, 361, whose mean is 131.5


def test_all_people_alike(two_people):
    scaler = ChannelScaler()
    out = scaler.fit_transform(two_people)
    assert scaler.mean_.tolist() == [11.0]
    assert scaler.scale_ == pytest.approx([POOLED])
    np.testing.assert_allclose(out["acc_x"].iloc[:4], np.array([-10, -8, -1, 19]) / POOLED)


def test_each_person_by_their_own(two_people):
    scaler = ChannelScaler(per="subject")
    out = scaler.fit_transform(two_people)
    assert scaler.subjects_.tolist() == ["ann", "bob"]
    np.testing.assert_allclose(scaler.subject_means_, [[2.0], [20.0]])
    np.testing.assert_allclose(scaler.subject_scales_, [[1.0], [10.0]])
    np.testing.assert_allclose([*scaler.mean_, *scaler.scale_], [11.0, POOLED])
    np.testing.assert_allclose(out["acc_x"], [-1.0, 1.0] * 4)


def test_unknown_people_by_all_people(two_people, strangers):
    out = ChannelScaler(per="subject", unknown="pooled").fit(two_people).transform(strangers)
    np.testing.assert_allclose(out["acc_x"], [-7 / POOLED, -3 / POOLED, 3.0])


def test_unknown_people_by_their_own(two_people, strangers):
    scaler = ChannelScaler(per="subject", unknown="own").fit(two_people)
    before = dict(vars(scaler))
    np.testing.assert_allclose(scaler.transform(strangers)["acc_x"], [-1.0, 1.0, 3.0])
    np.testing.assert_allclose(scaler.transform(strangers.iloc[:1])["acc_x"], [0.0])  # one row is constant
    assert vars(scaler) == before


def test_unknown_people_are_refused(two_people, strangers):
    scaler = ChannelScaler(per="subject").fit(two_people)
    with pytest.raises(ValueError, match=r'Subject cat was not seen in fit, and unknown="error" refuses'):
        scaler.transform(strangers)
    np.testing.assert_allclose(scaler.transform(strangers.iloc[2:])["acc_x"], [3.0])


def test_inverse_undoes(two_people, strangers, walkers):
    for per in ("all", "subject"):
        scaler = ChannelScaler(per=per)
        pd.testing.assert_frame_equal(scaler.inverse_transform(scaler.fit_transform(walkers)), walkers)
    pooled = ChannelScaler(per="subject", unknown="pooled").fit(two_people)
    pd.testing.assert_frame_equal(pooled.inverse_transform(pooled.transform(strangers)), strangers)
    own = ChannelScaler(per="subject", unknown="own").fit(two_people)
    with pytest.raises(ValueError, match=r"Subject cat was not seen in fit.*nothing to undo it by"):
        own.inverse_transform(strangers)
    windows = np.random.default_rng(0).normal(5, 2, (4, 3, 2))
    scaler = ChannelScaler()
    np.testing.assert_allclose(scaler.inverse_transform(scaler.fit_transform(windows)), windows)


def test_per_subject_needs_recordings():
    with pytest.raises(ValueError, match=r'per="subject" needs recordings.*X is rows without the index'):
        ChannelScaler(per="subject").fit(np.eye(3))
    with pytest.raises(ValueError, match=r'per="subject" needs recordings.*X is windows'):
        ChannelScaler(per="subject").fit(Windows(np.ones((2, 3, 1)), subjects=[1, 2]))


def test_windows_and_rows_agree(walkers):
    one_run = walkers.iloc[:120]
    windows = sliding_windows(one_run, window_length=0.8, overlap=0.0, tail="drop")
    by_windows, by_rows = ChannelScaler().fit(windows), ChannelScaler().fit(one_run)
    np.testing.assert_allclose(by_windows.mean_, by_rows.mean_, rtol=1e-12)
    np.testing.assert_allclose(by_windows.scale_, by_rows.scale_, rtol=1e-12)
    expected = by_rows.transform(one_run).to_numpy().reshape(3, 40, 6)
    np.testing.assert_allclose(np.asarray(by_windows.transform(windows)), expected, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(by_windows.transform(np.asarray(windows)), expected, rtol=1e-10, atol=1e-12)


def test_windows_keep_all_that_they_carry():
    rng = np.random.default_rng(0)
    windows = Windows(
        rng.normal(3, 2, (4, 5, 2)),
        subjects=["a", "a", "b", "b"],
        recordings=[1, 2, 1, 1],
        runs=[0, 1, 2, 2],
        starts=[0, 5, 10, 12],
        origin=[0, 1, 0, 2],
        channel_names=["acc_x", "acc_y"],
        sampling_rate=50.0,
    )
    scaler = ChannelScaler()
    scaled = scaler.fit_transform(windows)
    assert isinstance(scaled, Windows)
    for name in ("subjects", "recordings", "runs", "starts", "origin"):
        np.testing.assert_array_equal(getattr(scaled, name), getattr(windows, name))
    assert (scaled.channel_names, scaled.sampling_rate) == (("acc_x", "acc_y"), 50.0)
    np.testing.assert_allclose(np.asarray(scaled).mean(axis=(0, 1)), 0, atol=1e-12)
    np.testing.assert_allclose(np.asarray(scaled).std(axis=(0, 1)), 1)
    assert scaler.get_feature_names_out().tolist() == ["acc_x", "acc_y"]
    one = scaler.transform(windows[2:3])
    np.testing.assert_array_equal(np.asarray(one)[0], scaled[2])


def test_set_output_leaves_windows_alone():
    windows = Windows(np.random.default_rng(0).normal(size=(4, 5, 2)))
    for output in ("pandas", "polars"):
        pytest.importorskip(output)
        with config_context(transform_output=output):
            assert isinstance(ChannelScaler().fit_transform(windows), Windows)
            assert isinstance(ChannelScaler().fit(windows).transform(np.asarray(windows)), np.ndarray)
    pipeline = make_pipeline(ChannelScaler()).set_output(transform="pandas")
    assert isinstance(pipeline.fit_transform(windows), Windows)
    assert ChannelScaler().fit(windows).get_feature_names_out().tolist() == ["x0", "x1"]


def test_rows_and_windows_are_not_mixed(walkers):
    windows = sliding_windows(walkers, window_length=0.5)
    with pytest.raises(ValueError, match="fitted on rows, but this X is windows"):
        ChannelScaler().fit(walkers).transform(windows)
    with pytest.raises(ValueError, match="fitted on windows, but this X is rows"):
        ChannelScaler().fit(windows).transform(walkers)
    refitted = ChannelScaler().fit(windows).fit(walkers)
    assert refitted.transform(walkers).columns.equals(walkers.columns)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_windows_keep_their_dtype(dtype):
    windows = np.random.default_rng(0).normal(9.81, 2, (6, 8, 3)).astype(dtype)
    for kind in (windows, Windows(windows)):
        scaled = ChannelScaler().fit_transform(kind)
        assert scaled.dtype == dtype
    expected = (
        StandardScaler().fit_transform(windows.astype(np.float64).reshape(-1, 3)).reshape(windows.shape)
    )
    np.testing.assert_allclose(np.asarray(scaled), expected, atol=4 * np.finfo(dtype).eps)


def test_is_scikit_learns_scaler_on_rows(walkers):
    frame = walkers.assign(still=7.0, still_large=1e12)
    scaler, peer = ChannelScaler().fit(frame), StandardScaler().fit(frame)
    np.testing.assert_allclose(scaler.mean_, peer.mean_, rtol=1e-12)
    np.testing.assert_allclose(scaler.scale_, peer.scale_, rtol=1e-12)
    assert scaler.scale_[-2:].tolist() == [1.0, 1.0]
    np.testing.assert_allclose(scaler.transform(frame), peer.transform(frame), atol=1e-10)
    assert (scaler.transform(frame.astype(np.float32)).dtypes == np.float32).all()


@settings(deadline=None, max_examples=60)
@given(
    arrays(float, st.tuples(st.integers(1, 40), st.integers(1, 3)), elements=st.floats(-100, 100)),
    st.integers(1, 200),
    st.sampled_from([0.0, 1e6]),
)
def test_moments_do_not_depend_on_blocks(values, block_bytes, offset):
    values = values + offset
    blocks = moments_module.block_slices(len(values), 8 * values.shape[1], block_bytes)
    merged = moments_module.merge_all(moments_of_block(values[block]) for block in blocks)
    assert merged.n_rows == len(values)
    np.testing.assert_allclose(merged.mean, values.mean(axis=0), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(
        merged.squares / merged.n_rows, values.var(axis=0), rtol=1e-6, atol=1e-9 * (1 + offset)
    )
    halves = [("a", slice(0, len(values) // 2)), ("a", slice(len(values) // 2, None))]
    halves = [part for part in halves if len(values[part[1]])]
    of_group = moments_by_group(values, halves)["a"]
    np.testing.assert_allclose(of_group.squares, merged.squares, rtol=1e-6, atol=1e-6)


def test_a_large_offset_costs_no_digits():
    rng = np.random.default_rng(0)
    deviations = rng.normal(size=(300_000, 8))
    moments = moments_of_rows(deviations + 1e8)
    assert len(list(moments_module.block_slices(300_000, 64))) > 1
    np.testing.assert_allclose(moments.scale(), deviations.std(axis=0), rtol=1e-6)


def test_a_plan_of_windows_is_not_copied_whole():
    rows = np.random.default_rng(0).normal(size=(200_000, 6))
    windows = Windows.from_rows(rows, np.arange(0, 199_000, 8), 128)
    whole = 8 * np.prod(windows.shape)
    tracemalloc.start()
    try:
        ChannelScaler().fit(windows)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < whole / 3  # two blocks: the windows and their deviations


@pytest.mark.real
def test_people_of_hapt_differ_less_when_scaled_by_their_own():
    folder = os.environ.get("SKLEARN_HAR_DATA")
    if not folder:
        pytest.skip("needs the recordings of HAPT: set SKLEARN_HAR_DATA to their folder")
    frames = []
    for experiment, subject in ((1, 1), (3, 2), (5, 3)):
        path = f"{folder}/hapt/RawData/acc_exp{experiment:02d}_user{subject:02d}.txt"
        values = np.loadtxt(path)
        index = pd.MultiIndex.from_arrays(
            [np.full(len(values), subject), np.full(len(values), experiment), np.arange(len(values)) / 50],
            names=["subject", "recording", "time"],
        )
        frames.append(pd.DataFrame(values, index, ["acc_x", "acc_y", "acc_z"]))
    X = pd.concat(frames)
    means = ChannelScaler(per="subject").fit_transform(X).groupby(level="subject").mean()
    deviations = ChannelScaler(per="subject").fit_transform(X).groupby(level="subject").std(ddof=0)
    np.testing.assert_allclose(means, 0, atol=1e-10)
    np.testing.assert_allclose(deviations, 1)
    assert ChannelScaler().fit_transform(X).groupby(level="subject").mean().abs().max().max() > 0.05
