import numpy as np
import pytest
from hypothesis import given, settings

from sklearn_har.features.calculators import (
    cwt_coefficients,
    fft_aggregated,
    fft_coefficient,
    spkt_welch_density,
)
from sklearn_har.features.calculators._batch import Batch, NotCompiled

from .parity import LENGTHS, assert_parity, some_windows, windows

CALCULATORS = {
    "fft_coefficient": fft_coefficient,
    "fft_aggregated": fft_aggregated,
    "spkt_welch_density": spkt_welch_density,
    "cwt_coefficients": cwt_coefficients,
}


@pytest.mark.parametrize("n_timesteps", LENGTHS)
@pytest.mark.parametrize("name", CALCULATORS)
def test_parity(name, n_timesteps):
    for values in windows(n_timesteps).values():
        assert_parity(name, values)


@pytest.mark.parametrize("name", CALCULATORS)
def test_parity_on_any_windows(name):
    @settings(max_examples=25, deadline=None)
    @given(some_windows())
    def check(values):
        assert_parity(name, values)

    check()


@pytest.mark.parametrize("name", CALCULATORS)
def test_one_window_equals_one_of_many(name):
    values = windows(128)["walk"].repeat(4, axis=0) * np.arange(1, 9)[:, np.newaxis]
    parameters = {
        "fft_coefficient": [
            {"coeff": k, "attr": a} for a in ("real", "imag", "abs", "angle") for k in range(70)
        ],
        "fft_aggregated": [{"aggtype": a} for a in ("kurtosis", "centroid")],
        "spkt_welch_density": [{"coeff": k} for k in (2, 5, 8)],
        "cwt_coefficients": [{"widths": (2, 5, 10), "w": w, "coeff": k} for w in (10, 2) for k in (0, 3, 14)],
    }[name]
    many = CALCULATORS[name](Batch(values), parameters)
    for row, expected in zip(values, many, strict=True):
        one = CALCULATORS[name](Batch(row[np.newaxis].copy()), parameters)
        np.testing.assert_array_equal(one[0], expected)


def test_coefficients_by_hand():
    values = np.array([[0.0, 3.0, 0.0, -1.0]])  # 2, 0 - 4i, -2
    parameters = [
        {"coeff": k, "attr": a}
        for k, a in [(0, "real"), (1, "imag"), (1, "abs"), (1, "angle"), (2, "angle"), (3, "abs")]
    ]
    np.testing.assert_array_equal(fft_coefficient(Batch(values), parameters), [[2, -4, 4, -90, 180, np.nan]])


def test_moments_by_hand():
    values = np.array([[0.0, 3.0, 0.0, -1.0], [0.0] * 4])  # amplitudes 2, 4, 2 at 0, 1, 2
    parameters = [{"aggtype": a} for a in ("variance", "centroid", "skew", "kurtosis")]
    # kurtosis as tsfresh has it: (4.5 - 4 * 2.5 + 6 * 1.5 - 3) / 0.25
    np.testing.assert_allclose(
        fft_aggregated(Batch(values), parameters), [[0.5, 1.0, 0.0, 2.0], [np.nan] * 4], atol=1e-12
    )


def test_amplitudes_do_not_overflow():
    values = np.array([[3e200, 0.0, 0.0, 0.0], [3e-200, 0.0, 0.0, 0.0]])
    found = fft_coefficient(Batch(values), [{"coeff": 1, "attr": "abs"}])
    np.testing.assert_allclose(found, [[3e200], [3e-200]])


def test_powers_of_a_short_window_go_to_the_first_parameters():
    values = windows(5)["walk"]
    in_order = spkt_welch_density(Batch(values), [{"coeff": 1}, {"coeff": 2}])
    found = spkt_welch_density(Batch(values), [{"coeff": 8}, {"coeff": 1}, {"coeff": 2}])
    np.testing.assert_array_equal(found, np.c_[in_order, [np.nan, np.nan]])
    assert_parity("spkt_welch_density", values, [{"coeff": 8}, {"coeff": 1}, {"coeff": 2}])


@pytest.mark.parametrize("n_timesteps", [3, 40, 300])
def test_wavelets_of_other_widths(n_timesteps):
    parameters = [
        {"widths": widths, "w": w, "coeff": k}
        for widths, w in [((1, 3), 3), ((1, 3), 1), ((30,), 30)]
        for k in (0, 2, 39, 60)
    ]
    assert_parity("cwt_coefficients", windows(n_timesteps)["walk"], parameters)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("fft_coefficient", [{"coeff": 1, "attr": "phase"}]),
        ("fft_coefficient", [{"coeff": -1, "attr": "abs"}]),
        ("fft_coefficient", [{"coeff": 1.5, "attr": "abs"}]),
        ("fft_coefficient", [{"attr": "abs"}]),
        ("fft_aggregated", [{"aggtype": "entropy"}]),
        ("spkt_welch_density", [{"coeff": -1}]),
        ("cwt_coefficients", [{"widths": (2, 5), "w": 3, "coeff": 0}]),
        ("cwt_coefficients", [{"widths": (2, 5), "coeff": 0}]),
        ("cwt_coefficients", [{"widths": 2, "w": 2, "coeff": 0}]),
    ],
)
def test_what_is_not_known_is_left_to_tsfresh(name, parameters):
    with pytest.raises(NotCompiled):
        CALCULATORS[name](Batch(np.ones((1, 16))), parameters)
