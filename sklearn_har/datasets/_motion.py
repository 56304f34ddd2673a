"""How a body that moves is seen by an accelerometer and a gyroscope fixed to it.

The body's axes are x up, y right, z forward (right-handed) while it stands upright. Three angles in
radians turn it, one after the other: yaw about x (positive to the left), pitch about y (positive
leaning back), roll about z (positive to the right). Neither sensor can tell where north is, so yaw
appears as a rate alone.
"""

import numpy as np
from scipy.constants import g as GRAVITY  # m/s²


def specific_force(angles: np.ndarray, acceleration: np.ndarray) -> np.ndarray:
    """Measure what an accelerometer on the body does, in m/s².

    Parameters
    ----------
    angles : ndarray of shape (n, 2)
        Pitch and roll.
    acceleration : ndarray of shape (n, 3)
        Acceleration of the body along up, right and forward of its heading, in m/s².

    Returns
    -------
    ndarray of shape (n, 3)
        The reaction to gravity and the acceleration, along the axes of the body.
    """
    return _along_body(angles, acceleration + np.array([GRAVITY, 0.0, 0.0]))


def angular_rate(angles: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """Measure what a gyroscope on the body does, in rad/s.

    Parameters
    ----------
    angles : ndarray of shape (n, 2)
        Pitch and roll.
    rates : ndarray of shape (n, 3)
        Changes of yaw, pitch and roll, in rad/s.

    Returns
    -------
    ndarray of shape (n, 3)
        The angular rate along the axes of the body.
    """
    measured = _along_body(angles, rates * np.array([1.0, 1.0, 0.0]))
    measured[:, 2] += rates[:, 2]  # roll turns about an axis of the body itself
    return measured


def _along_body(angles: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Turn vectors given along up, right and forward of the heading to the axes of the body."""
    (pitch_sin, roll_sin), (pitch_cos, roll_cos) = np.sin(angles).T, np.cos(angles).T
    up, right, forward = vectors.T
    along_spine = pitch_cos * up - pitch_sin * forward
    along_chest = pitch_sin * up + pitch_cos * forward
    return np.column_stack(
        [
            roll_cos * along_spine + roll_sin * right,
            roll_cos * right - roll_sin * along_spine,
            along_chest,
        ]
    )


def harmonics(phase: np.ndarray, coefficients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Compute periodic signals and their slopes, of shape (n, n_signals) each.

    Parameters
    ----------
    phase : ndarray of shape (n,)
        In radians.
    coefficients : complex ndarray of shape (n_signals, n_harmonics)
        ``coefficients[s, k - 1]`` is the amplitude and the phase of harmonic ``k`` of signal ``s``.
    """
    orders = np.arange(1, coefficients.shape[1] + 1)
    waves = np.exp(1j * np.multiply.outer(phase, orders))
    return (waves @ coefficients.T).real, (waves @ (1j * orders * coefficients).T).real


def slow_waves(times: np.ndarray, frequencies: np.ndarray, phases: np.ndarray):
    """Add up sines to signals of variance one; they and their slopes per second, (n, n_signals) each.

    Frequencies (Hz) and phases have shape (n_signals, n_sines).
    """
    angular = 2 * np.pi * frequencies
    angles = times[:, None, None] * angular + phases
    scale = np.sqrt(2 / frequencies.shape[1])
    return scale * np.sin(angles).sum(axis=2), scale * (angular * np.cos(angles)).sum(axis=2)


def smooth_step(times: np.ndarray, start: float, length: float) -> tuple[np.ndarray, np.ndarray]:
    """Rise from 0 to 1 within ``length`` seconds after ``start``, and its slope per second.

    Velocity and acceleration of the rise begin and end at nothing.
    """
    u = np.clip((times - start) / length, 0.0, 1.0)
    return u**3 * (10 + u * (6 * u - 15)), 30 * (u * (1 - u)) ** 2 / length
