"""The calculators of tsfresh as graphs of ONNX give what the compiled ones give."""

import io
import os
import warnings

import numpy as np
import onnxruntime
import pytest
import torch
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from sklearn_har.datasets import fetch_hapt
from sklearn_har.deploy._onnx._calculators import CALCULATORS
from sklearn_har.deploy._onnx._twins import twin
from sklearn_har.deploy._onnx._twins._tsfresh import TsfreshTwin, only_selected
from sklearn_har.features import TsfreshFeatures
from sklearn_har.features._tsfresh_settings import COMPREHENSIVE
from sklearn_har.recordings import drop_unlabelled
from sklearn_har.windowing import sliding_windows

SETTINGS = {name: parameters for name, parameters in COMPREHENSIVE.items() if name in CALCULATORS}
SINGLE = 1.2e-7  # of a value: how far apart numbers in single precision are


def moving(n_windows, n_timesteps, seed=0):
    """Windows that walk, turn and rest beside gravity, in single precision."""
    rng = np.random.default_rng(seed)
    time = np.arange(n_timesteps)[:, np.newaxis] / 50
    pace = rng.uniform(1, 3, size=(n_windows, 1, 1))
    steps = np.sin(2 * np.pi * pace * time + rng.uniform(0, 6, size=(n_windows, 1, 2)))
    noise = rng.normal(scale=rng.uniform(0.01, 2, size=(n_windows, 1, 1)), size=(n_windows, n_timesteps, 2))
    return (steps + noise + [9.81, 0]).astype(np.float32)


def awkward(n_timesteps):
    """Windows at which formulas break: constants, offsets, spikes, ties."""
    rng = np.random.default_rng(0)
    time = np.arange(n_timesteps)
    spike = np.zeros(n_timesteps)
    spike[n_timesteps // 2] = 100.0
    windows = [
        np.zeros(n_timesteps),
        np.full(n_timesteps, 9.81),
        np.full(n_timesteps, -0.1),
        spike,
        1e4 + np.sin(time / 3),
        1e4 + rng.normal(size=n_timesteps),
        rng.integers(0, 3, n_timesteps),
        np.round(rng.normal(size=n_timesteps), 1),
        rng.normal(size=n_timesteps) ** 3 * 10,
        rng.normal(size=n_timesteps).cumsum(),
    ]
    return np.array(windows, np.float32)[:, :, np.newaxis]


def tables(windows, **params):
    """The table of the estimator in double precision, and that of its twin."""
    features = TsfreshFeatures(SETTINGS, on_undefined="nan", verbose=False, **params).fit(windows)
    module = twin(features)
    with torch.no_grad():
        found = module(torch.from_numpy(windows))
    assert found.dtype == torch.float32
    return features.get_feature_names_out(), features.transform(windows.astype(np.float64)), found.numpy()


def differing(names, expected, found, relative, of_spread):
    """Names of columns that differ by more than a part of the value and of the column's spread."""
    spread = np.nanstd(np.where(np.isfinite(expected), expected, 0), axis=0)
    with np.errstate(invalid="ignore"):
        apart = np.abs(found - expected) > relative * np.abs(expected) + of_spread * spread
    apart &= np.isfinite(expected)
    return [str(name) for name in names[apart.any(axis=0)]]


def exported(module, windows):
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter's age
        torch.onnx.export(
            module,
            (torch.from_numpy(windows),),
            file,
            dynamo=False,
            opset_version=17,
            input_names=["windows"],
            output_names=["table"],
            dynamic_axes={"windows": {0: "n"}, "table": {0: "n"}},
        )
    return onnxruntime.InferenceSession(file.getvalue(), providers=["CPUExecutionProvider"])


@pytest.fixture(scope="module")
def of_awkward():
    return tables(awkward(128))


@pytest.mark.parametrize("n_timesteps", [60, 300])
def test_calculators_equal_the_compiled_ones(n_timesteps):
    names, expected, found = tables(moving(12, n_timesteps))
    # an angle of half a turn has either sign
    half_turn = np.array(["angle" in name for name in names]) & (np.abs(np.abs(expected) - 180) < 1e-4)
    expected, found = (np.where(half_turn, np.abs(table), table) for table in (expected, found))
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    assert differing(names, expected, found, SINGLE, 1e-7) == []


def test_counts_and_shares_are_exact_on_awkward_windows(of_awkward):
    names, expected, found = of_awkward
    exact = (
        "count",
        "duplicate",
        "reoccurring",
        "location",
        "strike",
        "number_",
        "ratio_",
        "symmetry",
        "large_",
    )
    columns = [any(word in name for word in exact) or "quantile__q" in name for name in names]
    assert sum(columns) > 80
    np.testing.assert_array_equal(found[:, columns], expected[:, columns].astype(np.float32))


def test_awkward_windows(of_awkward):
    names, expected, found = of_awkward
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    # of these, windows without noise leave only rounding
    rounding = "ar_coeff", "angle", "fourier", "langevin", "welch", "friedrich", "trend", "partial"
    told = np.array([not any(word in name for word in rounding) for name in names])
    assert differing(names[told], expected[:, told], found[:, told], 1e-5, 1e-6) == []


def test_graph_takes_any_number_of_windows_and_fills_undefined_values():
    windows = moving(5, 64)
    some_of_each = {name: [*of_it[:1], *of_it[-1:]] for name, of_it in SETTINGS.items()}
    features = TsfreshFeatures(some_of_each, verbose=False).fit(windows)
    session = exported(TsfreshTwin(features).eval(), windows[:2])
    asked = np.concatenate([windows, np.zeros((1, 64, 2), np.float32)])
    expected = features.transform(asked.astype(np.float64)).astype(np.float32)
    for some in (slice(0, 1), slice(0, 6)):
        (found,) = session.run(None, {"windows": asked[some]})
        assert found.dtype == np.float32
        assert np.isfinite(found).all()
        names = features.get_feature_names_out()
        assert [
            name for name in differing(names, expected[some], found, 1e-4, 1e-6) if "angle" not in name
        ] == []


def test_values_that_trees_split_at_come_out_bit_for_bit():
    """Of few possible values every bit counts: a tree may split between two that differ by rounding."""
    windows = np.round(moving(8, 64), 1)
    names = "permutation_entropy", "binned_entropy", "fourier_entropy", "benford_correlation", "quantile"
    features = TsfreshFeatures({name: SETTINGS[name] for name in names}, verbose=False).fit(windows)
    module = TsfreshTwin(features, table_dtype=torch.float64).eval()
    (found,) = exported(module, windows[:2]).run(None, {"windows": windows})
    np.testing.assert_array_equal(found, features.transform(windows.astype(np.float64)))


def test_computes_what_a_selector_keeps_and_no_more():
    windows = moving(40, 32)
    labels = np.arange(40) % 2
    windows[labels == 1] *= 3
    settings = {"maximum": None, "quantile": [{"q": 0.1}, {"q": 0.9}], "lempel_ziv_complexity": [{"bins": 3}]}
    model = make_pipeline(
        TsfreshFeatures(settings, verbose=False), SelectKBest(k=2), LogisticRegression()
    ).fit(windows, labels)
    features = only_selected(model)[0]
    module = twin(features)
    kept = model[:-1].get_feature_names_out()
    assert sorted(features.get_feature_names_out()) == sorted(kept)
    assert set(module.asked) <= {name.split("__")[1] for name in kept}
    with torch.no_grad():
        found = module(torch.from_numpy(windows)).numpy()
    np.testing.assert_allclose(found, model[:-1].transform(windows), rtol=SINGLE)
    alone = make_pipeline(TsfreshFeatures(settings, verbose=False)).fit(windows)
    assert only_selected(alone) is alone


def test_refuses_and_says_what_has_to_go():
    windows = moving(3, 32)
    settings = {"maximum": None, "lempel_ziv_complexity": [{"bins": 3}], "number_cwt_peaks": [{"n": 1}]}
    features = TsfreshFeatures(settings, verbose=False).fit(windows)
    message = (
        r"4 of the 6 columns .* lempel_ziv_complexity__bins_3 of channel_0, channel_1; number_cwt_peaks__n_1"
        r".*settings="
    )
    with pytest.raises(TypeError, match=message) as error:
        twin(features)
    remedy = str(error.value).split("settings=")[1].split(", or with a selector")[0]
    left = TsfreshFeatures(eval(remedy, {"features": features}), verbose=False).fit(windows)
    twin(left)
    assert left.get_feature_names_out().tolist() == ["channel_0__maximum", "channel_1__maximum"]


def test_refuses_functions_of_users():
    def spread(x):
        return x.max() - x.min()

    spread.fctype = "simple"
    windows = moving(3, 32)
    with pytest.warns(UserWarning, match="spread"):
        features = TsfreshFeatures({spread: None}, verbose=False).fit(windows)
    with pytest.raises(TypeError, match="spread of channel_0, channel_1"):
        twin(features)


@pytest.mark.real
def test_recorded_windows():
    if "SKLEARN_HAR_DATA" not in os.environ:
        pytest.skip("SKLEARN_HAR_DATA names no folder with HAPT")
    X, y = drop_unlabelled(*fetch_hapt(activities="basic", return_X_y=True))
    windows, _ = sliding_windows(X, y, window_length=2.56)
    some = np.asarray(windows[::200]).astype(np.float32)
    names, expected, found = tables(some)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    assert [name for name in differing(names, expected, found, SINGLE, 1e-6) if "angle" not in name] == []
