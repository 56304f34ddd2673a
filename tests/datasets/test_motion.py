"""The physics of the simulation, by hand."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from sklearn_har.datasets._motion import angular_rate, harmonics, slow_waves, smooth_step, specific_force

G = 9.80665
QUARTER = np.pi / 2


@pytest.mark.parametrize(
    ("angles", "acceleration", "felt"),
    [
        ((0, 0), (0, 0, 0), (G, 0, 0)),
        ((QUARTER, 0), (0, 0, 0), (0, 0, G)),  # on the back: the chest points up
        ((-QUARTER, 0), (0, 0, 0), (0, 0, -G)),
        ((0, QUARTER), (0, 0, 0), (0, -G, 0)),  # on the right side: the left one points up
        ((0, 0), (1, 2, 3), (G + 1, 2, 3)),
        ((QUARTER, 0), (0, 0, 3), (-3, 0, G)),  # on the back, the head points backward
    ],
)
def test_specific_force(angles, acceleration, felt):
    result = specific_force(np.array([angles], float), np.array([acceleration], float))
    np.testing.assert_allclose(result, [felt], atol=1e-12)


@pytest.mark.parametrize(
    ("angles", "rates", "felt"),
    [
        ((0, 0), (1, 2, 3), (1, 2, 3)),
        ((QUARTER, 0), (1, 0, 0), (0, 0, 1)),  # turning left on the back is rolling about the chest
        ((0, QUARTER), (1, 0, 0), (0, -1, 0)),
        ((0, QUARTER), (0, 1, 0), (1, 0, 0)),
        ((0.3, 0.7), (0, 0, 1), (0, 0, 1)),
    ],
)
def test_angular_rate(angles, rates, felt):
    result = angular_rate(np.array([angles], float), np.array([rates], float))
    np.testing.assert_allclose(result, [felt], atol=1e-12)


def test_angular_rate_is_that_of_the_rotation():
    times = np.linspace(0, 3, 3001)
    step = times[1]
    angles = np.column_stack([0.8 * times, 1.2 * np.sin(2 * times), 0.9 * np.cos(3 * times)])
    rates = np.column_stack([np.full(3001, 0.8), 2.4 * np.cos(2 * times), -2.7 * np.sin(3 * times)])
    turned = Rotation.from_euler("XYZ", angles)  # yaw, then pitch, then roll, about the body's axes
    between = (turned[:-2].inv() * turned[2:]).as_rotvec() / (2 * step)
    np.testing.assert_allclose(angular_rate(angles[:, 1:], rates)[1:-1], between, atol=1e-4)
    gravity = turned.inv().apply([G, 0, 0])
    np.testing.assert_allclose(specific_force(angles[:, 1:], np.zeros((3001, 3))), gravity, atol=1e-12)


def test_harmonics():
    coefficients = np.array([[2.0, 0.0], [0.0, 1j]])  # 2 cos(phase) and -sin(2 phase)
    phase = np.array([0.0, QUARTER, 0.3])
    values, slopes = harmonics(phase, coefficients)
    np.testing.assert_allclose(values, np.column_stack([2 * np.cos(phase), -np.sin(2 * phase)]), atol=1e-12)
    expected = np.column_stack([-2 * np.sin(phase), -2 * np.cos(2 * phase)])
    np.testing.assert_allclose(slopes, expected, atol=1e-12)


def test_slow_waves_have_variance_one_and_their_slope():
    times = np.arange(100_000) / 100
    frequencies = np.array([[0.11, 0.23, 0.31], [0.17, 0.41, 0.37]])
    values, slopes = slow_waves(times, frequencies, np.ones((2, 3)))
    np.testing.assert_allclose(values.var(axis=0), 1, rtol=0.02)
    np.testing.assert_allclose(slopes[1:-1], (values[2:] - values[:-2]) * 50, atol=1e-3)


def test_smooth_step():
    times = np.array([0.0, 1.0, 2.0, 3.0, 9.0])
    values, slopes = smooth_step(times, 1.0, 2.0)
    np.testing.assert_allclose(values, [0, 0, 0.5, 1, 1])
    np.testing.assert_allclose(slopes, [0, 0, 15 / 16, 0, 0])  # 15/8 of the mean slope, which is 1/2
