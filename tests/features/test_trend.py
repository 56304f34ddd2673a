"""Lines fitted to samples and to chunks of them, against tsfresh's own."""

import numpy as np
import pytest
from hypothesis import given, settings

from sklearn_har.features import calculators
from sklearn_har.features.calculators._batch import Batch, NotCompiled

from .parity import LENGTHS, assert_parity, comprehensive, some_windows, windows

ATTRIBUTES = ["slope", "intercept", "rvalue", "stderr", "pvalue", "intercept_stderr"]


@pytest.mark.parametrize("n_timesteps", LENGTHS)
def test_linear_trend_is_tsfreshs(n_timesteps):
    for rows in windows(n_timesteps).values():
        assert_parity("linear_trend", rows, [{"attr": attr} for attr in ATTRIBUTES])


@pytest.mark.parametrize("n_timesteps", LENGTHS)
def test_agg_linear_trend_is_tsfreshs(n_timesteps):
    for rows in windows(n_timesteps).values():
        assert_parity("agg_linear_trend", rows)


@pytest.mark.parametrize("chunk_len", [1, 3, 8, 9, 64, 130, 299])
def test_agg_linear_trend_of_chunks_of_any_length(chunk_len):
    parameters = [
        {"attr": attr, "chunk_len": chunk_len, "f_agg": f_agg}
        for attr in ATTRIBUTES
        for f_agg in ("max", "min", "mean", "var")
    ]
    for rows in windows(300).values():
        assert_parity("agg_linear_trend", rows, parameters)


@settings(max_examples=30, deadline=None)
@given(some_windows())
def test_lines_of_any_window(rows):
    assert_parity("linear_trend", rows, [{"attr": attr} for attr in ATTRIBUTES])
    assert_parity("agg_linear_trend", rows)


def test_a_line_by_hand():
    lines = calculators.linear_trend(Batch(np.array([[1.0, 2.0, 6.0]])), [{"attr": a} for a in ATTRIBUTES])
    # deviations -2, -1, 3: slope 5/2; residuals 0.5, -1, 0.5; r = 5 / sqrt(2 * 14)
    expected = [2.5, 0.5, 5 / np.sqrt(28), np.sqrt(1.5 / 2)]
    np.testing.assert_allclose(lines[0, :4], expected, rtol=1e-14)


def test_a_window_does_not_depend_on_the_others():
    rows = windows(100)["walk"]
    parameters = comprehensive()["agg_linear_trend"]
    together = calculators.agg_linear_trend(Batch(rows), parameters)
    alone = calculators.agg_linear_trend(Batch(rows[1:].copy()), parameters)
    np.testing.assert_array_equal(alone, together[1:])


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("linear_trend", {"attr": "curvature"}),
        ("agg_linear_trend", {"attr": "slope", "chunk_len": 5, "f_agg": "prod"}),
        ("agg_linear_trend", {"attr": "slope", "chunk_len": 2.5, "f_agg": "max"}),
        ("agg_linear_trend", {"attr": "slope", "chunk_len": 0, "f_agg": "max"}),
    ],
)
def test_what_is_not_compiled_says_so(name, parameter):
    with pytest.raises(NotCompiled):
        getattr(calculators, name)(Batch(np.zeros((1, 9))), [parameter])
