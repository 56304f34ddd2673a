"""Rows of windows that are kept: computed once in a whole search, and right whatever happens to the files."""

import errno
import os
import pickle
import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joblib import Memory, Parallel, delayed
from sklearn.base import clone
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_har.exceptions import NotCompiledWarning, NotKeptWarning
from sklearn_har.features import MotionFeatures, SignalStatistics, TsfreshFeatures, _kept_rows, _memory
from sklearn_har.model_selection import LeaveSubjectsOut
from sklearn_har.testing import check_window_estimator
from sklearn_har.windowing import SlidingWindowClassifier, Windows, sliding_windows

ALPHAS = [1.0, 100.0]
MINIMAL = {"mean": None, "quantile": [{"q": 0.1}, {"q": 0.9}]}
TRANSFORMERS = [TsfreshFeatures(MINIMAL), SignalStatistics(), MotionFeatures()]
each_transformer = pytest.mark.parametrize("features", TRANSFORMERS, ids=lambda one: type(one).__name__)


def some(n_windows=60, seed=0) -> Windows:
    return Windows(np.random.default_rng(seed).normal(size=(n_windows, 16, 3)))


def with_memory(features, folder):
    return clone(features).set_params(memory=str(folder))


def files(folder, pattern="*"):
    return sorted(path for path in folder.rglob(pattern) if path.is_file() and path.name != ".gitignore")


def keys_in(folder):
    return np.concatenate([np.load(path)["window"] for path in files(folder, "*.keys.npy")])


@pytest.fixture
def computed(monkeypatch):
    """Digests of all windows that are computed, in this process."""
    seen = []
    for transformer in (TsfreshFeatures, SignalStatistics, MotionFeatures):

        def note(self, windows, verbose, compute=transformer._compute_anew):
            seen.extend(_kept_rows.digests_of(windows).tolist())
            return compute(self, windows, verbose)

        monkeypatch.setattr(transformer, "_compute_anew", note)
    return seen


def search(features, n_jobs=None):
    model = make_pipeline(features, StandardScaler(), RidgeClassifier())
    settings = {"estimator__ridgeclassifier__alpha": ALPHAS}
    recognizer = SlidingWindowClassifier(model, window_length=2.56)
    return GridSearchCV(recognizer, settings, cv=LeaveSubjectsOut(1), n_jobs=n_jobs)


def assert_same_scores(one: GridSearchCV, other: GridSearchCV):
    for name, values in one.cv_results_.items():
        if name.endswith("_score"):
            np.testing.assert_array_equal(values, other.cv_results_[name], err_msg=name)


@each_transformer
def test_a_search_over_rows_computes_each_window_once(features, simulated, computed, tmp_path):
    X, y = (whole.loc[:4] for whole in simulated)  # four people
    without = search(features).fit(X, y)
    n_without, different = len(computed), set(computed)
    computed.clear()
    found = search(with_memory(features, tmp_path)).fit(X, y)
    assert_same_scores(without, found)
    assert set(computed) == different
    assert len(computed) == len(different)
    # every candidate reads each window in three fits and one prediction, and one is fitted again
    assert n_without > 4 * len(ALPHAS) * len(different)

    computed.clear()
    np.testing.assert_array_equal(without.predict(X), found.predict(X))
    assert len(computed) == n_windows_of(found.best_estimator_, X)  # those of `without` alone


def n_windows_of(recognizer, X):
    return len(recognizer.predict_windows(X))


def test_a_search_over_windows_computes_each_window_once(simulated, computed, tmp_path):
    windows, labels = sliding_windows(*simulated, window_length=2.56)
    features = TsfreshFeatures(MINIMAL, memory=tmp_path)
    model = make_pipeline(features, StandardScaler(), RidgeClassifier())
    folds = GroupKFold(3)
    found = GridSearchCV(model, {"ridgeclassifier__alpha": ALPHAS}, cv=folds)
    found.fit(windows, labels, groups=windows.subjects)
    assert len(computed) == len(set(computed)) == len(windows)
    computed.clear()
    without = GridSearchCV(clone(model).set_params(tsfreshfeatures__memory=None), found.param_grid, cv=folds)
    assert_same_scores(without.fit(windows, labels, groups=windows.subjects), found)


@pytest.mark.skipif(_kept_rows.fcntl is None, reason="without locks, processes may compute the same windows")
def test_two_processes_compute_each_window_once(simulated, tmp_path):
    X, y = (whole.loc[:3] for whole in simulated)
    without = search(SignalStatistics()).fit(X, y)
    found = search(SignalStatistics(memory=tmp_path), n_jobs=2).fit(X, y)
    assert_same_scores(without, found)
    keys = keys_in(tmp_path)  # whatever is computed is kept, so what was computed twice is there twice
    assert len(np.unique(keys)) == len(keys) == n_windows_of(found.best_estimator_, X)


@pytest.mark.skipif(_kept_rows.fcntl is None, reason="without locks, threads may compute the same windows")
def test_threads_compute_each_window_once(computed, tmp_path):
    windows = some(200)
    features = TsfreshFeatures(MINIMAL, memory=tmp_path).fit(windows[:20])
    computed.clear()
    expected = clone(features).set_params(memory=None).fit_transform(windows)
    computed.clear()
    tables = Parallel(n_jobs=4, backend="threading")(
        delayed(features.transform)(windows[start:]) for start in range(0, 40, 10)
    )
    for start, table in zip(range(0, 40, 10), tables, strict=True):
        np.testing.assert_array_equal(table, expected[start:])
    assert len(computed) == 180


def test_columns_that_a_fold_drops_are_no_reason_to_compute_again(computed, tmp_path):
    windows = np.random.default_rng(0).normal(size=(90, 16, 2))
    windows[:30, :, 0] = 1.0  # skewness is undefined
    windows[30:60, :, 1] = 1.0
    settings = {"skewness": None, "autocorrelation": [{"lag": 2}, {"lag": 40}], "mean": None}
    features = TsfreshFeatures(settings, on_undefined="drop")
    folds = [np.r_[0:30, 60:90], np.r_[30:90]]
    expected = [clone(features).fit(windows[fold]) for fold in folds]
    computed.clear()
    found = [clone(features).set_params(memory=tmp_path).fit(windows[fold]) for fold in folds]
    tables = [one.transform(windows) for one in found]
    assert len(computed) == len(set(computed)) == 90
    for one, other, table in zip(expected, found, tables, strict=True):
        assert one.get_feature_names_out().tolist() == other.get_feature_names_out().tolist()
        assert one.settings_ == other.settings_
        np.testing.assert_array_equal(one.transform(windows), table)
        np.testing.assert_array_equal(other.transform(windows[:2]), table[:2])
        kept = np.arange(table.shape[1]) > 0
        np.testing.assert_array_equal(other.restrict(kept).transform(windows), table[:, kept])
    assert found[0].get_feature_names_out().tolist() != found[1].get_feature_names_out().tolist()


def test_equal_windows_are_computed_once(computed, tmp_path):
    windows = some(20)[np.array([*range(20), 3, 3, 19])]
    table = SignalStatistics(memory=tmp_path).fit_transform(windows)
    assert len(computed) == 20
    np.testing.assert_array_equal(table[20:], table[[3, 3, 19]])


def test_a_few_windows_leave_no_files(tmp_path):
    features = SignalStatistics(memory=tmp_path).fit(some())
    features.transform(some(_memory.FEW))
    assert files(tmp_path) == []
    features.transform(some(_memory.FEW + 1))
    assert len(files(tmp_path, "*.npy")) == 2


@each_transformer
def test_rows_are_kept_in_parts(features, computed, tmp_path, monkeypatch):
    monkeypatch.setattr(_kept_rows, "PART", 25)
    expected = clone(features).fit_transform(some())
    np.testing.assert_array_equal(with_memory(features, tmp_path).fit_transform(some()), expected)
    assert len(files(tmp_path, "*.rows.npy")) == 3
    np.testing.assert_array_equal(with_memory(features, tmp_path).fit_transform(some()[::-1]), expected[::-1])


def test_a_folder_and_memory_of_joblib_are_the_same_place(computed, tmp_path):
    for memory in (str(tmp_path), tmp_path, Memory(str(tmp_path), verbose=0)):
        features = SignalStatistics(memory=memory)
        pickle.loads(pickle.dumps(features.fit(some()))).transform(some())
    assert len(computed) == 60
    Memory(str(tmp_path), verbose=0).clear(warn=False)
    assert files(tmp_path) == []
    features.transform(some())
    assert len(computed) == 120
    SignalStatistics(memory=Memory(None)).fit_transform(some())
    assert len(computed) == 180


def test_joblib_limits_the_size(tmp_path):
    memory = Memory(str(tmp_path), verbose=0)
    for features in TRANSFORMERS:
        with_memory(features, tmp_path).fit_transform(some())
    size = sum(path.stat().st_size for path in files(tmp_path))
    memory.reduce_size(bytes_limit=size - 1)
    assert 0 < sum(path.stat().st_size for path in files(tmp_path)) < size


def truncate(path):
    os.truncate(path, path.stat().st_size // 2)


def empty(path):
    path.write_bytes(b"")


def overwrite(path):
    path.write_bytes(os.urandom(path.stat().st_size))


def zero_the_end(path):  # as a crash of the machine leaves it
    size = path.stat().st_size
    os.truncate(path, size - 64)
    os.truncate(path, size)


def flip_one_bit(path):
    found = bytearray(path.read_bytes())
    found[-5] ^= 4
    path.write_bytes(found)


class Harmful:
    def __reduce__(self):
        return os.abort, ()


def put_a_pickle(path):
    np.save(path, np.array([Harmful()]), allow_pickle=True)


@pytest.mark.parametrize("half", ["*.rows.npy", "*.keys.npy"])
@pytest.mark.parametrize(
    "damage", [truncate, empty, overwrite, zero_the_end, flip_one_bit, put_a_pickle, os.unlink]
)
def test_damaged_files_are_computed_again(damage, half, computed, tmp_path):
    features = SignalStatistics(memory=tmp_path).fit(some())
    expected = features.transform(some())
    computed.clear()
    damage(files(tmp_path, half)[0])
    np.testing.assert_array_equal(features.transform(some()), expected)
    assert computed
    features.transform(some())  # whatever else was in the file
    computed.clear()
    np.testing.assert_array_equal(features.transform(some()), expected)
    assert computed == []


def fail_after(n_saved, error, monkeypatch):
    """Let np.save write half of a file and raise, after so many whole ones."""
    save, saved = np.save, []

    def failing(file, array, **options):
        if len(saved) == n_saved:
            file.write(b"\x93NUMPY")
            raise error
        saved.append(1)
        save(file, array, **options)

    monkeypatch.setattr(np, "save", failing)


@pytest.mark.parametrize("n_saved", [0, 1, 2, 3])
def test_a_full_disk_loses_nothing(n_saved, tmp_path, monkeypatch):
    monkeypatch.setattr(_kept_rows, "PART", 25)
    expected = SignalStatistics().fit_transform(some())
    fail_after(n_saved, OSError(errno.ENOSPC, "No space left on device"), monkeypatch)
    with pytest.warns(NotKeptWarning, match=r"will be computed again.*No space left") as caught:
        table = SignalStatistics(memory=tmp_path).fit_transform(some())
    assert len(caught) == 1
    np.testing.assert_array_equal(table, expected)
    assert files(tmp_path, "*.part") == []
    monkeypatch.undo()
    np.testing.assert_array_equal(SignalStatistics(memory=tmp_path).fit_transform(some()), expected)


@pytest.mark.parametrize("n_saved", [0, 1, 2, 3])
def test_an_interrupt_while_a_file_is_written_leaves_nothing_half_read(
    n_saved, computed, tmp_path, monkeypatch
):
    monkeypatch.setattr(_kept_rows, "PART", 25)
    expected = SignalStatistics().fit_transform(some())
    fail_after(n_saved, KeyboardInterrupt, monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        SignalStatistics(memory=tmp_path).fit_transform(some())
    assert files(tmp_path, "*.part") == []
    monkeypatch.setattr(np, "save", np.lib.format.write_array)
    computed.clear()
    np.testing.assert_array_equal(SignalStatistics(memory=tmp_path).fit_transform(some()), expected)
    assert len(computed) == 60 - 25 * (n_saved // 2)  # whole parts are still there


def test_a_folder_that_cannot_be_written_is_refused_in_fit(tmp_path):
    (tmp_path / "file").touch()
    for features in TRANSFORMERS:
        with pytest.raises(ValueError, match=r"memory=.*no folder in which files can be kept.*Name one"):
            with_memory(features, tmp_path / "file" / "in it").fit(some())


def test_a_fitted_model_works_where_its_folder_cannot_be_made(tmp_path):
    features = SignalStatistics(memory=tmp_path / "made").fit(some())
    expected = SignalStatistics().fit_transform(some())
    (tmp_path / "file").touch()
    features.set_params(memory=tmp_path / "file" / "in it")
    with pytest.warns(NotKeptWarning, match="cannot be used, so all is computed"):
        np.testing.assert_array_equal(features.transform(some()), expected)


def test_functions_of_users_are_refused(tmp_path):
    def highest(x):
        return x.max()

    features = TsfreshFeatures({"mean": None, highest: None}, memory=tmp_path, on_undefined="nan")
    with pytest.raises(ValueError, match=r"function highest computes.*FeatureUnion"):
        features.fit(some())


def test_functions_of_users_among_those_of_tsfresh_are_refused_too(tmp_path, monkeypatch):
    from tsfresh.feature_extraction import feature_calculators

    def highest(x):
        return x.max()

    highest.fctype = "simple"
    monkeypatch.setattr(feature_calculators, "highest", highest, raising=False)
    features = TsfreshFeatures({"highest": None}, on_undefined="nan")
    with pytest.warns(NotCompiledWarning):
        features.fit(some())
    with pytest.raises(ValueError, match="function highest computes"):
        with_memory(features, tmp_path).fit(some())
    with pytest.raises(ValueError, match="function highest computes"):
        features.set_params(memory=tmp_path).transform(some())


def test_the_order_of_bytes_is_told(tmp_path):
    stored = np.random.default_rng(0).integers(0, 256, (20, 16, 3, 8), dtype=np.uint8)
    stored[..., 0], stored[..., 7] = 0x40, 0x3F  # a moderate number, from whichever end it is read
    little, big = (stored.view(dtype)[..., 0] for dtype in ("<f8", ">f8"))
    for values in (little, big):
        found = SignalStatistics(memory=tmp_path).fit_transform(values)
        np.testing.assert_array_equal(found, SignalStatistics().fit_transform(values))


def test_a_folder_that_is_gone_is_made_again(tmp_path):
    memory = Memory(str(tmp_path / "cache"), verbose=0)
    shutil.rmtree(tmp_path / "cache")
    SignalStatistics(memory=memory).fit_transform(some())
    assert len(files(tmp_path / "cache", "*.npy")) == 2


@pytest.mark.skipif(_kept_rows.fcntl is None, reason="there are no locks")
def test_a_process_forked_meanwhile_does_not_keep_the_turn(tmp_path):
    with _kept_rows.KeptRows(tmp_path, 1, np.float64)._alone():
        opened = [int(one) for one in os.listdir("/dev/fd") if is_lock(f"/dev/fd/{one}", tmp_path)]
        inherited = [os.dup(one) for one in opened]
    assert len(inherited) == 1
    try:
        with open(tmp_path / "lock", "ab") as file:
            _kept_rows.fcntl.flock(file, _kept_rows.fcntl.LOCK_EX | _kept_rows.fcntl.LOCK_NB)
    finally:
        for one in inherited:
            os.close(one)


def is_lock(path, folder):
    return os.path.exists(path) and os.path.samefile(path, folder / "lock")


@each_transformer
def test_the_checks_of_window_estimators_hold(features, tmp_path):
    check_window_estimator(with_memory(features, tmp_path))


def test_other_code_or_other_versions_compute_again(computed, tmp_path, monkeypatch):
    SignalStatistics(memory=tmp_path).fit_transform(some())
    monkeypatch.setattr(_memory, "_code", lambda: ["another"])
    SignalStatistics(memory=tmp_path).fit_transform(some())
    assert len(computed) == 120


CHANNELS = st.permutations(["acc_x", "acc_y", "acc_z"]) | st.none()
RATES = st.sampled_from([None, 20.0, 50.0])
CALCULATORS = st.lists(
    st.sampled_from([("mean", None), ("quantile", 0.1), ("quantile", 0.9), ("c3", 1), ("c3", 2)]),
    min_size=1,
    unique=True,
)


def settings_of(calculators):
    settings: dict = {}
    for name, value in calculators:
        if value is None:
            settings[name] = None
        else:
            settings.setdefault(name, []).append({{"quantile": "q", "c3": "lag"}[name]: value})
    return settings


ANY_FEATURES = st.one_of(
    st.builds(
        TsfreshFeatures, CALCULATORS.map(settings_of), on_undefined=st.sampled_from(["impute", "nan", "drop"])
    ),
    st.builds(MotionFeatures, bands=st.integers(1, 3)),
    st.just(SignalStatistics()),
)


@settings(max_examples=40)
@given(st.lists(st.tuples(ANY_FEATURES, CHANNELS, RATES, st.booleans()), min_size=2, max_size=5))
def test_rows_of_other_settings_are_never_taken(tmp_path_factory, asked):
    folder = tmp_path_factory.mktemp("memory")
    for features, names, rate, is_narrow in asked:
        values = np.asarray(some(12)).astype(np.float32 if is_narrow else np.float64)
        windows = Windows(values, channel_names=names, sampling_rate=rate)
        expected = clone(features).fit_transform(windows)
        for _ in range(2):
            found = with_memory(features, folder).fit_transform(windows)
            assert found.dtype == expected.dtype
            np.testing.assert_array_equal(found, expected)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(max_examples=50)
@given(VALUES, VALUES)
def test_text_of_values_differs_where_they_do(one, other):
    assert _memory.canonical_text(one) == _memory.canonical_text(pickle.loads(pickle.dumps(one)))
    if one != other:
        assert _memory.canonical_text(one) != _memory.canonical_text(other)


def test_text_tells_arrays_apart():
    arrays = [np.zeros(2000), np.zeros((2, 1000)), np.zeros(2000, np.float32), np.r_[np.zeros(1999), 1.0]]
    assert len({_memory.canonical_text({"query": array}) for array in arrays}) == 4
