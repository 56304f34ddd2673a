"""Whether rows are of the kind that a recognizer was fitted on, said before it is asked about them."""

import numpy as np

from .._core._warnings import warn_user
from ..exceptions import SuspectRecordingsWarning
from ..recordings._channels import place_of, sensor_of
from ..recordings._findings import ACCELERATION_UNITS, CLOCK_UNITS, clock_unit, median_length
from ..recordings._grid import RATE_TOLERANCE
from ..windowing._input_profile import angle_to_nearest

STEPS_FOR_RATE = 16
OTHER_LENGTH = 2.0  # times as long, or as short; people cannot change gravity
BEYOND = 2.0  # times the largest value of fit
TURNED = 30.0  # degrees beyond what was seen in fit


def check_channels(names, fitted_names, n_channels: int, n_fitted: int) -> None:
    """Refuse other channels than those of fit, naming them."""
    if n_channels != n_fitted:
        given = "" if names is None else f", {list(names)}"
        expected = "" if fitted_names is None else f": {list(fitted_names)}"
        raise ValueError(
            f"These rows have {n_channels} channels{given}; the recognizer was fitted with "
            f"{n_fitted}{expected}."
        )
    if names is None or fitted_names is None or list(names) == list(fitted_names):
        return
    missing = [name for name in fitted_names if name not in names]
    if not missing:
        raise ValueError(
            f"The channels come in the order {list(names)}; the recognizer was fitted with "
            f"{list(fitted_names)}. Put them into that order: rows[{list(fitted_names)}]."
        )
    unknown = [name for name in names if name not in fitted_names]
    place = ""
    if {_without_place(name) for name in unknown} == {_without_place(name) for name in missing}:
        place = " They are of a device that is worn elsewhere, which takes a model fitted on such rows."
    raise ValueError(
        f"Channels {missing}, which the recognizer was fitted with, are not among these rows; they have "
        f"{unknown} instead.{place} If they are only called otherwise, rename them."
    )


def _without_place(name: str) -> str:
    place = place_of(sensor_of(name))
    return name.removeprefix(f"{place}_") if place else name


def check_rate(steps: np.ndarray, expected: float, resampled: bool) -> None:
    """Refuse another rate than is expected, by the first steps of a recording, in seconds."""
    found = 1 / float(np.median(steps))
    if abs(found / expected - 1) <= RATE_TOLERANCE:
        return
    whose = "sampling_rate of this StreamingRecognizer" if resampled else "rate the recognizer was fitted at"
    remedy = f"With StreamingRecognizer(..., sampling_rate={found:.4g}) they are resampled as they come."
    if (unit := clock_unit(found, expected)) is not None:
        remedy = f"The times look like {unit}, not seconds: divide them by {CLOCK_UNITS[unit][1]:,.0f}."
    raise ValueError(f"These rows come at {found:.4g} per second; the {whose} is {expected:.6g} Hz. {remedy}")


def check_window(window: np.ndarray, profile: dict, names, which: str) -> None:
    """Refuse a window in another unit, and warn of one that is turned.

    Parameters
    ----------
    window : ndarray of shape (n_timesteps, n_channels)
    profile : dict
        ``input_profile_`` of the recognizer.
    names : array-like of str or None
    which : str
        Which window of whom it is, for the message.
    """
    for sensor, gravity in profile["gravity"].items():
        _check_length(median_length(window[:, gravity["channels"]]), gravity["length"], sensor, which)
    if (beyond := _beyond_fit(window, profile, names, which)) is not None:
        raise ValueError(beyond)
    for sensor, gravity in profile["gravity"].items():
        _check_direction(window[:, gravity["channels"]].mean(axis=0), gravity, sensor, which)


def warn_of_size(window: np.ndarray, profile: dict, names, which: str) -> bool:
    """Warn of a window with values far beyond those of fit; whether it was one."""
    beyond = _beyond_fit(window, profile, names, which)
    if beyond is not None:
        warn_user(beyond, SuspectRecordingsWarning)
    return beyond is not None


def _beyond_fit(window: np.ndarray, profile: dict, names, which: str) -> str | None:
    """What to say of a window with values far beyond those of fit; None of any other."""
    typical = np.median(np.abs(window), axis=0)
    beyond = np.flatnonzero(typical > BEYOND * profile["largest"])
    if not len(beyond):
        return None
    channel = int(beyond[0])
    name = channel if names is None else repr(names[channel])
    return (
        f"In {which}, channel {name} has a median of {typical[channel]:.4g} without its sign; the largest "
        f"value in fit was {profile['largest'][channel]:.4g}. It is in another unit or of another sensor: "
        "accelerations are m/s², angular rates rad/s (1 °/s is 0.0174533)."
    )


def _check_length(length: float, fitted: float, sensor: str, which: str) -> None:
    if fitted / OTHER_LENGTH <= length <= fitted * OTHER_LENGTH:
        return
    looks = "This is another unit, or gravity was taken out"
    for unit, (low, high, remedy) in ACCELERATION_UNITS.items():
        if low <= length <= high:
            looks = f"It looks like {unit}: {remedy}"
    raise ValueError(
        f"In {which}, the acceleration {sensor!r} has a median length of {length:.4g}; "
        f"in fit it had {fitted:.4g}. {looks}. Bring the rows into the unit of fit."
    )


def _check_direction(mean: np.ndarray, gravity: dict, sensor: str, which: str) -> None:
    direction = mean / max(np.linalg.norm(mean), np.finfo(float).tiny)
    angle = float(angle_to_nearest(direction[np.newaxis], gravity["directions"])[0])
    if angle <= gravity["widest"] + TURNED:
        return
    warn_user(
        f"In {which}, the acceleration {sensor!r} points to {mean.round(2).tolist()}, "
        f"{angle:.0f}° from its direction in any activity of fit, where nearly all windows were within "
        f"{gravity['widest']:.0f}°. The device may be turned or worn elsewhere, or its axes or their "
        "signs are others.",
        SuspectRecordingsWarning,
    )
