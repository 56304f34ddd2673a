"""What looks wrong in the rows of one recording, and what mends it."""

import numpy as np

GRAVITY = 9.80665  # m/s²
ACCELERATION_UNITS = {  # median length of the acceleration, what it looks like, what mends it
    "g": (0.7, 1.4, "multiply by 9.80665"),
    "thousandths of g": (700.0, 1400.0, "multiply by 0.00980665"),
}
PLAUSIBLE_GRAVITY = (7.0, 14.0)  # m/s²; people accelerate, so the median is not exactly 9.81
FASTEST_TURN = 40.0  # rad/s; the gyroscopes of phones and watches end at 2000 °/s, 34.9 rad/s
FULL_SCALES_G = np.array([2.0, 4.0, 8.0, 16.0])
FULL_SCALES_TURN = np.deg2rad([250.0, 500.0, 1000.0, 2000.0])
NEAR_FULL_SCALE = 0.025
CLIPPED_ROWS = 3
CLOCK_UNITS = {  # what a time that is no second may be: name in time_unit=, how many are a second
    "milliseconds": ("ms", 1e3),
    "microseconds": ("us", 1e6),
    "nanoseconds": ("ns", 1e9),
}
SENSOR_RATES = (5.0, 500.0)  # Hz; slower rows would hardly be of motion
OTHER_RATE = 10.0  # times as fast, or as slow, as expected, devices may be
STUCK_SECONDS = 10.0  # no living person keeps a sensor at one value for so long


def triads_of(channels: list[str], sensor: str) -> dict[str, list[int]]:
    """Positions of the x, y and z channels of the triads whose name says which sensor they are of."""
    prefixes = dict.fromkeys(
        name[:-1]
        for name in channels
        if isinstance(name, str) and name.endswith("x") and sensor in name.lower()
    )
    complete = {p: [p + axis for axis in "xyz"] for p in prefixes if all(p + a in channels for a in "xyz")}
    return {prefix.rstrip("_"): [channels.index(n) for n in names] for prefix, names in complete.items()}


def median_length(values: np.ndarray) -> float:
    """Median length of the vectors in the rows; NaN without any."""
    lengths = np.sqrt((values * values).sum(axis=1))
    lengths = lengths[np.isfinite(lengths)]
    return float(np.median(lengths)) if len(lengths) else np.nan


def acceleration_finding(length: float) -> str | None:
    """What the median length of an acceleration says of its unit."""
    if np.isnan(length) or PLAUSIBLE_GRAVITY[0] <= length <= PLAUSIBLE_GRAVITY[1]:
        return None
    for unit, (low, high, remedy) in ACCELERATION_UNITS.items():
        if low <= length <= high:
            return f"looks like {unit}, not m/s²: {remedy}"
    return (
        "is neither near 9.81 m/s² nor near 1 g: gravity was taken out, or the unit is unknown; look up what "
        "the device records"
    )


def turning_finding(values: np.ndarray) -> str | None:
    """What the fastest turns of a gyroscope say of its unit."""
    finite = np.abs(values[np.isfinite(values)])
    if len(finite) and np.quantile(finite, 0.99) > FASTEST_TURN:
        return "looks like degrees per second, not rad/s: multiply by 0.0174533"
    return None


def clock_unit(rate: float, expected: float | None = None) -> str | None:
    """The unit in which times seem to be, if a rate makes no sense in seconds and does in that.

    >>> clock_unit(0.05), clock_unit(5e-8, expected=100.0), clock_unit(50.0)
    ('milliseconds', 'nanoseconds', None)
    """
    low, high = SENSOR_RATES if expected is None else (expected / OTHER_RATE, expected * OTHER_RATE)
    for unit, (_, per_second) in CLOCK_UNITS.items():
        if low <= rate * per_second < high:
            return unit
    return None


def longest_constant(values: np.ndarray) -> np.ndarray:
    """Most rows in a row with one value, of every channel; shape (n_channels,)."""
    n, n_channels = values.shape
    ends = np.ones((n_channels, n), dtype=bool)
    ends[:, :-1] = (values[1:] != values[:-1]).T
    stops = np.flatnonzero(ends)
    lengths = np.diff(stops, prepend=-1)
    return np.maximum.reduceat(lengths, np.searchsorted(stops, np.arange(n_channels) * n))


def clipped(values: np.ndarray, full_scales: np.ndarray) -> np.ndarray:
    """Whether channels stay at the end of the range of a sensor; shape (n_channels,)."""
    out = np.zeros(values.shape[1], dtype=bool)
    for end in (np.fmax.reduce(values), np.fmin.reduce(values)):  # of the values that are not NaN
        near = (np.abs(np.abs(end)[:, None] / full_scales - 1) < NEAR_FULL_SCALE).any(axis=1)
        stays = values == end
        for _ in range(CLIPPED_ROWS - 1):  # a single row at the end is a peak that just fits
            stays = stays[1:] & stays[:-1]
        out |= near & stays.any(axis=0)
    return out
