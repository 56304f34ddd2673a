"""The estimator: tsfresh's columns and values, whatever settings, and a policy for what is undefined."""

import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from joblib import parallel_config
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from tsfresh import extract_features
from tsfresh.feature_extraction import (
    ComprehensiveFCParameters,
    EfficientFCParameters,
    MinimalFCParameters,
    feature_calculators,
)
from tsfresh.feature_extraction.settings import from_columns

from sklearn_har.exceptions import CalculatorFailedWarning, NotCompiledWarning
from sklearn_har.features import TsfreshFeatures, _undefined, calculators
from sklearn_har.features._tsfresh_settings import COMPREHENSIVE, SETS
from sklearn_har.features._undefined import defined_values
from sklearn_har.windowing import Windows

from . import parity

OBJECTS = {
    "comprehensive": ComprehensiveFCParameters,
    "efficient": EfficientFCParameters,
    "minimal": MinimalFCParameters,
}
FEW = {"mean": None, "quantile": [{"q": 0.1}, {"q": 0.9}], "linear_trend": [{"attr": "slope"}]}


def some(n_windows=6, n_timesteps=64, n_channels=2, seed=0) -> Windows:
    values = np.random.default_rng(seed).normal(size=(n_windows, n_timesteps, n_channels)).cumsum(axis=1)
    return Windows(values, channel_names=[f"acc_{'xyzuvw'[i]}" for i in range(n_channels)])


def by_tsfresh(windows: Windows, **parameters) -> pd.DataFrame:
    values = np.asarray(windows)
    rows = pd.DataFrame(values.reshape(-1, values.shape[2]), columns=list(windows.channel_names))
    rows["id"] = np.repeat(np.arange(len(values)), values.shape[1])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return extract_features(rows, column_id="id", n_jobs=0, disable_progressbar=True, **parameters)


def assert_same_values(table: pd.DataFrame, expected: pd.DataFrame) -> None:
    assert list(table.columns) == list(expected.columns)
    np.testing.assert_allclose(table.to_numpy(), expected.to_numpy(), rtol=1e-6, atol=1e-9)


def raw(settings="comprehensive", **parameters) -> TsfreshFeatures:
    return TsfreshFeatures(settings, on_undefined="nan", **parameters).set_output(transform="pandas")


@pytest.mark.parametrize("name", OBJECTS)
def test_sets_are_those_of_tsfresh(name):
    def settings_with_lists(settings):
        return {
            key: parameters or [{}] for key, parameters in settings.items() if key != "linear_trend_timewise"
        }

    assert SETS[name] == settings_with_lists(OBJECTS[name]())
    assert list(SETS[name]) == list(settings_with_lists(OBJECTS[name]()))


@pytest.mark.parametrize("name", OBJECTS)
def test_names_and_values_are_those_of_extract_features(name):
    windows = some(3)
    expected = by_tsfresh(windows, default_fc_parameters=OBJECTS[name]())
    assert_same_values(raw(name).fit_transform(windows), expected)
    assert_same_values(raw(OBJECTS[name]()).fit_transform(windows), expected)


@pytest.mark.parametrize("n_timesteps", [1, 2, 5, 16, 100, 300])
def test_columns_do_not_depend_on_the_length_of_windows(n_timesteps):
    windows = some(2, n_timesteps, 1)
    assert_same_values(raw().fit_transform(windows), by_tsfresh(windows))


def test_settings_made_of_columns_compute_these_columns():
    windows = some(4)
    whole = by_tsfresh(windows)
    chosen = np.random.default_rng(0).permutation(whole.columns)[:40]
    kinds = from_columns(chosen)
    table = raw(kinds).fit_transform(windows)
    assert sorted(table.columns) == sorted(chosen)
    np.testing.assert_allclose(table[chosen], whole[chosen], rtol=1e-6, atol=1e-9)


def test_settings_made_of_all_columns_give_them_back_in_order():
    windows = some(2)
    features = raw().fit(windows)
    names = features.get_feature_names_out()
    assert len(set(names)) == len(names) == 2 * 783
    again = raw(from_columns(names)).fit(windows)
    np.testing.assert_array_equal(again.get_feature_names_out(), names)
    np.testing.assert_array_equal(again.transform(windows), features.transform(windows))


def test_no_selection_of_lags_is_known_by_its_column():
    windows = some()
    asked = {"augmented_dickey_fuller": [{"attr": "teststat", "autolag": None}]}
    with pytest.warns(NotCompiledWarning):
        table = raw(asked).fit_transform(windows)
    assert np.isfinite(table.to_numpy()).all()
    assert_same_values(table, by_tsfresh(windows, default_fc_parameters=asked))
    with pytest.warns(NotCompiledWarning):
        pd.testing.assert_frame_equal(raw(from_columns(table.columns)).fit_transform(windows), table)


def test_fitted_settings_are_taken_again():
    windows = some()
    features = TsfreshFeatures(on_undefined="drop").fit(windows)
    again = raw(features.settings_).fit(windows)
    assert set(again.get_feature_names_out()) == set(features.get_feature_names_out())


def test_a_channel_without_settings_has_no_columns():
    table = raw({"acc_y": {"mean": None}}).fit_transform(some())
    assert list(table.columns) == ["acc_y__mean"]


def test_channels_with_the_same_settings_keep_their_columns_apart():
    windows = some(5, 32, 3)
    of_x = {"mean": None, "maximum": None}
    table = raw({"acc_x": of_x, "acc_y": {"minimum": None}, "acc_z": dict(of_x)}).fit_transform(windows)
    assert list(table.columns) == [
        *("acc_x__mean", "acc_x__maximum", "acc_y__minimum", "acc_z__mean", "acc_z__maximum"),
    ]
    values = np.asarray(windows)
    np.testing.assert_array_equal(table["acc_z__maximum"], values[:, :, 2].max(axis=1))
    np.testing.assert_array_equal(table["acc_y__minimum"], values[:, :, 1].min(axis=1))


def test_names_of_channels():
    values = np.asarray(some())
    assert list(raw("minimal").fit(values).get_feature_names_out())[::10] == [
        "channel_0__sum_values",
        "channel_1__sum_values",
    ]
    assert raw("minimal", channel_names=["a", "b"]).fit(some()).get_feature_names_out()[-1] == "b__minimum"
    assert raw("minimal").fit(values[:, :, 0]).get_feature_names_out()[0] == "channel_0__sum_values"


@pytest.mark.parametrize("names", [["a"], ["a", "a"]])
def test_names_of_channels_must_fit(names):
    with pytest.raises(ValueError, match="channel_names must be 2 different names"):
        TsfreshFeatures("minimal", channel_names=names).fit(some())


def test_names_of_channels_must_differ_as_text():
    with pytest.raises(ValueError, match="channel_names must be 2 different names"):
        TsfreshFeatures("minimal", channel_names=[1, "1"]).fit(some())


@pytest.mark.parametrize("name", ["acc__x", "acc_"])
def test_names_that_tsfresh_could_not_split_are_refused(name):
    with pytest.raises(ValueError, match="where names of features are split"):
        TsfreshFeatures("minimal", channel_names=[name, "b"]).fit(some())


def test_a_repeated_parameter_gives_one_column():
    table = raw({"quantile": [{"q": 0.1}, {"q": 0.1}]}).fit_transform(some(n_channels=1))
    assert list(table.columns) == ["acc_x__quantile__q_0.1"]


# what is undefined


def with_undefined() -> np.ndarray:
    """A matrix of three windows: autocorrelation is undefined on the constant one, lag 30 on all."""
    values = np.asarray(some(3, 16, 1)).copy()
    values[1] = 1.0
    return values


UNDEFINED = {"mean": None, "autocorrelation": [{"lag": 2}, {"lag": 30}]}


def test_nan_is_left_as_in_tsfresh():
    table = TsfreshFeatures(UNDEFINED, on_undefined="nan").fit_transform(with_undefined())
    np.testing.assert_array_equal(np.isnan(table), [[0, 0, 1], [0, 1, 1], [0, 0, 1]])


def test_undefined_values_become_the_median_of_training():
    values = with_undefined()
    features = TsfreshFeatures(UNDEFINED).fit(values)
    table = features.transform(values)
    defined = TsfreshFeatures(UNDEFINED, on_undefined="nan").fit_transform(values)
    median = np.median(defined[[0, 2], 1])
    np.testing.assert_array_equal(features.n_undefined_, [0, 1, 3])
    np.testing.assert_allclose(features.medians_, [np.median(defined[:, 0]), median, 0.0])
    assert table[1, 1] == pytest.approx(median)
    assert (table[:, 2] == 0).all()
    np.testing.assert_array_equal(features.fit_transform(values), table)
    alone = features.transform(values[1:2])  # medians are those of training, not of what comes
    np.testing.assert_array_equal(alone[0], table[1])


def test_what_was_learned_is_forgotten_where_nothing_is_imputed():
    values = with_undefined()
    features = TsfreshFeatures(UNDEFINED).fit(values)
    features.set_params(on_undefined="nan").fit(values)
    assert not hasattr(features, "medians_")
    assert not hasattr(features, "n_undefined_")


def test_infinite_values_become_the_extremes_of_training():
    table = np.array([[1.0, -np.inf], [5.0, 2.0], [np.inf, 8.0], [np.nan, np.nan], [2.0, 3.0]])
    _undefined.fill_undefined(table, defined_values(table.copy()))
    np.testing.assert_array_equal(table, [[1, 2], [5, 2], [5, 8], [2, 3], [2, 3]])


def test_blocks_of_rows_are_filled_beside_each_other(monkeypatch):
    table = np.where(np.arange(60).reshape(20, 3) % 7 == 0, np.nan, np.arange(60.0).reshape(20, 3))
    defined, in_blocks = defined_values(table.copy()), table.copy()
    _undefined.fill_undefined(table, defined)
    monkeypatch.setattr(_undefined, "block_slices", lambda n, _: [slice(0, 7), slice(7, n)])
    _undefined.fill_undefined(in_blocks, defined, n_jobs=2)
    np.testing.assert_array_equal(in_blocks, table)
    assert table[7, 0] == np.median(np.delete(np.arange(0.0, 60, 3), [0, 7, 14]))


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_what_stands_in_is_learned_of_finite_values(monkeypatch, n_jobs):
    rng = np.random.default_rng(0)
    table = rng.normal(size=(31, 40))
    table[rng.random(table.shape) < np.linspace(0, 1, 40)] = np.nan
    table[rng.random(table.shape) < 0.1] = np.inf
    table[:, 5] = [np.nan, -np.inf, *[-1e308] * 14, *[-1.5e308] * 15]  # whose sum would overflow
    monkeypatch.setattr(_undefined, "block_slices", lambda n, _: [slice(0, 7), slice(7, n)])
    found = defined_values(table, n_jobs)
    finite = [column[np.isfinite(column)] for column in table.T]
    expected = [np.median(column) if len(column) else 0.0 for column in finite]
    expected[5] = -1.5e308
    np.testing.assert_array_equal(found.median, expected)
    for extreme, found_extreme in ((np.min, found.lowest), (np.max, found.highest)):
        expected = [extreme(column) if len(column) else 0.0 for column in finite]
        np.testing.assert_array_equal(found_extreme, expected)
    np.testing.assert_array_equal(found.n_undefined, [31 - len(column) for column in finite])


def test_columns_that_are_undefined_in_training_can_be_dropped():
    values = with_undefined()
    features = TsfreshFeatures(UNDEFINED, on_undefined="drop").fit(values)
    assert list(features.get_feature_names_out()) == ["channel_0__mean"]
    features.fit(values[::2])
    assert list(features.get_feature_names_out()) == ["channel_0__mean", "channel_0__autocorrelation__lag_2"]
    later = features.transform(values[1:2])
    assert later[0, 1] == features.medians_[1]
    np.testing.assert_array_equal(features.fit_transform(values[::2]), features.transform(values[::2]))


def test_dropping_all_columns_is_refused():
    features = TsfreshFeatures({"autocorrelation": [{"lag": 30}]}, on_undefined="drop")
    with pytest.raises(ValueError, match="leaves no column"):
        features.fit(with_undefined())


def test_every_value_is_finite_by_default():
    table = TsfreshFeatures().fit_transform(np.concatenate([np.asarray(some(4)), np.ones((2, 64, 2))]))
    assert np.isfinite(table).all()


@pytest.mark.parametrize("n_timesteps", [3, 16, 128])
@pytest.mark.parametrize("scale", [5e-324, 1e-160, 1e154, 1e300, 1.7e308])
@pytest.mark.filterwarnings("ignore::sklearn_har.exceptions.CalculatorFailedWarning")
def test_no_window_is_too_large_or_too_small(scale, n_timesteps):
    ordinary = np.random.default_rng(0).normal(size=(4, n_timesteps)).clip(-1, 1)
    values = np.concatenate([ordinary * scale, np.where(ordinary > 0, scale, -scale), ordinary])
    features = TsfreshFeatures(on_undefined="nan").fit(values)
    among = features.transform(values)
    np.testing.assert_array_equal(among[-4:], features.transform(ordinary))
    assert np.isfinite(TsfreshFeatures().fit_transform(values)).all()


# blocks, threads, containers


def test_blocks_and_threads_change_nothing(monkeypatch):
    windows = some(50, 32, 3)
    expected = TsfreshFeatures("efficient").fit_transform(windows)
    monkeypatch.setattr("sklearn_har.features._tsfresh_features.BLOCK_BYTES", 2**18)
    for n_jobs in (1, 2):
        np.testing.assert_array_equal(
            TsfreshFeatures("efficient", n_jobs=n_jobs).fit_transform(windows), expected
        )


def test_processes_change_nothing(monkeypatch):
    windows = some(20, 32, 2)
    expected = TsfreshFeatures("minimal").fit_transform(windows)
    monkeypatch.setattr("sklearn_har.features._tsfresh_features.BLOCK_BYTES", 2**14)
    with parallel_config(backend="loky", n_jobs=2):
        np.testing.assert_array_equal(TsfreshFeatures("minimal").fit_transform(windows), expected)


def test_a_few_windows_give_what_they_give_among_many():
    windows = some(120, 64, 3)
    features = TsfreshFeatures().fit(windows)
    names = np.random.default_rng(0).permutation(features.get_feature_names_out())[:150]
    selected = raw(from_columns(names)).fit(windows)
    among = selected.transform(windows)
    for few in (slice(0, 1), slice(3, 5), slice(100, 120)):
        np.testing.assert_allclose(selected.transform(windows[few]), among[few], rtol=1e-10)


@settings(max_examples=10, deadline=None)
@given(parity.some_windows())
def test_one_window_gives_what_it_gives_among_others(window):
    other = np.random.default_rng(0).normal(size=(3, window.shape[1]))
    features = TsfreshFeatures(on_undefined="nan").fit(other)
    among = features.transform(np.concatenate([other, window, other]))
    np.testing.assert_array_equal(features.transform(window)[0], among[3])


@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_frames(kind):
    windows = some()
    features = TsfreshFeatures(FEW)
    plain = features.fit_transform(windows)
    frame = clone(features).set_output(transform=kind).fit_transform(windows)
    assert list(frame.columns) == list(features.get_feature_names_out())
    np.testing.assert_array_equal(frame.to_numpy(), plain)


def test_input_is_not_changed_and_any_float_is_taken():
    values = np.asarray(some()).astype(np.float32)
    given = values.copy()
    table = TsfreshFeatures(FEW).fit_transform(values)
    np.testing.assert_array_equal(values, given)
    assert table.dtype == np.float64
    np.testing.assert_array_equal(table, TsfreshFeatures(FEW).fit_transform(values.astype(np.float64)))


def test_a_progress_bar_shows_when_asked(capsys, monkeypatch):
    monkeypatch.setattr("sklearn_har.features._tsfresh_features.BLOCK_BYTES", 2**14)
    TsfreshFeatures("minimal", verbose=True).fit(some(60))
    said = capsys.readouterr().err
    assert "Preparing calculators" in said
    assert "Computing features" in said
    TsfreshFeatures("minimal").fit(some(60))
    assert capsys.readouterr().err == ""


# bad input


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({}, "settings is empty"),
        ({"quantiel": [{"q": 0.1}]}, "'quantiel', which tsfresh does not know. The nearest is 'quantile'"),
        (
            {"quantile": [{"p": 0.1, "q": 0.1}]},
            "gives quantile 'p', which .* The nearest is 'q'",
        ),
        ({"quantile": None}, "gives quantile no 'q': it needs 'q'"),
        ({"agg_linear_trend": [{"attr": "slope"}]}, "gives agg_linear_trend no 'chunk_len'"),
        ({"fft_coefficient": [{"coef": 1, "coeff": 1, "attr": "abs"}]}, "'coef'.* nearest is 'coeff'"),
        ({"mean": [{"q": 0.1}]}, "gives mean 'q', which it does not take"),
        ({"acc_x": {"mean": None}, "acc_q": {"mean": None}}, "the channel 'acc_q'.* nearest is 'acc_"),
        ({"acc_x": {"meen": None}}, "nearest is 'mean'"),
        ({"linear_trend_timewise": [{"attr": "slope"}]}, "no feature that can be computed"),
        ({"acc_x": {}}, "no feature that can be computed"),
    ],
)
def test_wrong_settings_are_refused(asked, says):
    with pytest.raises(ValueError, match=says):
        TsfreshFeatures(asked).fit(some())


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"quantile": [0.1]}, r"'quantile' in settings must be None or a list of dicts; got \[0.1\]"),
        ({"quantile": {"q": 0.1}}, "'quantile' in settings must be None or a list of dicts; got {'q': 0.1}"),
        ({"mean": None, "quantile": {"q": 0.1}}, "'quantile' in settings must be"),
        ({"mean": True}, "'mean' in settings must be None or a list of dicts; got True"),
        ({3: None}, "the key 3: not the name of a calculator"),
        ({"mean": None, "acc_x": {"mean": None}}, "has the channel 'acc_x', .* got None for 'mean'"),
        ({"acc_x": None, "acc_y": {"mean": None}}, "has the channel 'acc_x', .* got None for 'acc_x'"),
    ],
)
def test_settings_of_other_kinds_are_refused(asked, says):
    with pytest.raises(TypeError, match=says):
        TsfreshFeatures(asked).fit(some())


@pytest.mark.parametrize(
    "asked",
    [
        {"permutation_entropy": [{"dimension": "3", "tau": 1}]},
        {"approximate_entropy": [{"m": 2, "r": "small"}]},
        {"change_quantiles": [{"ql": [0.1], "qh": 0.8, "isabs": True, "f_agg": "mean"}]},
    ],
)
def test_a_value_of_another_kind_is_refused_by_name(asked):
    with pytest.raises(ValueError, match=f"{next(iter(asked))} with the parameters .* raises"):
        TsfreshFeatures(asked).fit(some())


def test_a_value_that_tsfresh_refuses_is_refused_in_fit():
    asked = {"agg_linear_trend": [{"attr": "slope", "chunk_len": 5, "f_agg": "no_such_function"}]}
    with pytest.raises(ValueError, match=r"agg_linear_trend with the parameters .*no_such_function"):
        TsfreshFeatures(asked).fit(some())


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_windows_with_holes_are_refused(value):
    values = np.asarray(some()).copy()
    values[2, 3, 1] = value
    with pytest.raises(ValueError, match="window 2, timestep 3, channel 1"):
        TsfreshFeatures("minimal").fit(values)


def test_other_windows_than_in_fit_are_refused():
    features = TsfreshFeatures("minimal").fit(some())
    with pytest.raises(ValueError, match="3 channels"):
        features.transform(some(n_channels=3))
    with pytest.raises(ValueError, match="32 timesteps"):
        features.transform(some(n_timesteps=32))
    with pytest.raises(ValueError, match="0 window"):
        features.transform(some()[:0])


# what is not compiled


def rms_of_half(x, half):
    return np.sqrt(np.mean(np.array_split(x, 2)[half] ** 2))


def extremes(x, param):
    return [(f'which_"{one["which"]}"', getattr(x, one["which"])()) for one in param]


def failing(x):
    if x[0] == 1:
        raise RuntimeError("no")
    return 1.0


rms_of_half.fctype = "simple"
extremes.fctype = "combiner"
extremes.input = "pd.Series"
failing.fctype = "simple"


def test_functions_of_users_are_computed_as_in_tsfresh():
    windows = some()
    own = {
        rms_of_half: [{"half": 0}, {"half": 1}],
        extremes: [{"which": "max"}, {"which": "min"}],
        "maximum": None,
    }
    features = raw(own)
    with pytest.warns(NotCompiledWarning, match="extremes, rms_of_half: not compiled"):
        table = features.fit_transform(windows)
    assert features.not_compiled_ == ("extremes", "rms_of_half")
    assert_same_values(table, by_tsfresh(windows, default_fc_parameters=own))
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # it was said in fit
        features.transform(windows)


def test_a_calculator_that_raises_gives_nan_and_says_so():
    values = np.ones((4, 8, 1))
    features = TsfreshFeatures({failing: None}, on_undefined="nan")
    values[0] = -1.0
    with pytest.warns(NotCompiledWarning), pytest.warns(CalculatorFailedWarning, match="on 3 of 4 windows"):
        table = features.fit_transform(values)
    np.testing.assert_array_equal(table[:, 0], [1, np.nan, np.nan, np.nan])


def test_what_a_newer_tsfresh_adds_is_computed_by_it(monkeypatch):
    monkeypatch.setattr(feature_calculators, "rms_of_half", rms_of_half, raising=False)
    windows = some()
    asked = {"rms_of_half": [{"half": 0}], "mean": None}
    with pytest.warns(NotCompiledWarning, match="rms_of_half"):
        assert_same_values(
            raw(asked).fit_transform(windows), by_tsfresh(windows, default_fc_parameters=asked)
        )


@pytest.mark.parametrize("name", ["permutation_entropy", "approximate_entropy", "autocorrelation"])
def test_a_parameter_that_a_newer_tsfresh_adds_is_computed_by_it(name, monkeypatch):
    older, one = getattr(feature_calculators, name), COMPREHENSIVE[name][-1]

    def newer(x, *, doubled=False, **parameters):
        return older(x, **parameters) * (1 + doubled)

    newer.__name__, newer.fctype = name, "simple"
    monkeypatch.setattr(feature_calculators, name, newer)
    with pytest.warns(NotCompiledWarning, match=name):
        table = raw({name: [one, {**one, "doubled": True}]}).fit_transform(some(n_channels=1))
    np.testing.assert_allclose(table.iloc[:, 1], 2 * table.iloc[:, 0])


@pytest.mark.parametrize("missing", ["quantile", "fft_coefficient", "skewness"])
def test_a_calculator_that_is_not_compiled_is_computed_by_tsfresh(missing, monkeypatch):
    windows = some(3)
    expected = raw("efficient").fit_transform(windows)
    monkeypatch.delattr(calculators, missing)
    features = raw("efficient")
    with pytest.warns(NotCompiledWarning, match=missing):
        table = features.fit_transform(windows)
    assert features.not_compiled_ == (missing,)
    assert_same_values(table, expected)


def test_a_parameter_that_is_not_compiled_is_computed_by_tsfresh(monkeypatch):
    from sklearn_har.features.calculators._batch import NotCompiled

    def quantile(batch, parameters, compiled=calculators.quantile):
        if any(one["q"] == 0.9 for one in parameters):
            raise NotCompiled
        return compiled(batch, parameters)

    windows = some()
    expected = raw(FEW).fit_transform(windows)
    monkeypatch.setattr(calculators, "quantile", quantile)
    with pytest.warns(NotCompiledWarning, match="quantile"):
        table = raw({**FEW, "quantile": [{"q": 0.9}, {"q": 0.1}]}).fit_transform(windows)
    assert list(table.columns)[1:3] == ["acc_x__quantile__q_0.9", "acc_x__quantile__q_0.1"]
    np.testing.assert_allclose(table[expected.columns], expected)


def test_every_calculator_of_the_comprehensive_set_is_compiled():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert TsfreshFeatures().fit(some(2)).not_compiled_ == ()


def test_every_compiled_calculator_is_one_of_tsfresh():
    for name in public_calculators():
        assert name in COMPREHENSIVE
        assert hasattr(feature_calculators, name)


def public_calculators():
    return [name for name, found in vars(calculators).items() if callable(found) and not name.startswith("_")]


# imports


def run_python(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_tsfresh_and_torch_are_not_imported():
    code = """
import sys
import numpy as np
from sklearn_har.features import TsfreshFeatures
TsfreshFeatures("minimal").fit_transform(np.ones((3, 16, 2)))
print([name for name in ("tsfresh", "torch", "statsmodels", "stumpy", "pywt") if name in sys.modules])
"""
    assert run_python(code) == "[]"


def test_in_a_pipeline():
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    windows, labels = some(40), np.arange(40) % 2
    model = make_pipeline(TsfreshFeatures("minimal"), StandardScaler(), LogisticRegression())
    assert model.fit(windows, labels).predict(windows[:3]).shape == (3,)
