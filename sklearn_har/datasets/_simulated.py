"""Simulated people who wear a phone at the waist."""

from numbers import Integral, Real

import numpy as np
import pandas as pd
from scipy.spatial.transform import Rotation
from sklearn.utils import check_random_state

from .._core._sklearn import Interval, validate_params
from ._frames import IMU_CHANNELS, as_bunch_or_pair, grid_index, labels_of
from ._motion import angular_rate, harmonics, slow_waves, smooth_step, specific_force
from ._people import ACTIVITIES, SINES, Habit, Person, draw_person, vary

ACC_NOISE = 0.06  # m/s², of a row at any sampling rate
GYRO_NOISE = 0.01  # rad/s
CHANGE_SECONDS = 1.5  # that people take from one activity to the next
GAP_SECONDS = (0.5, 3.0)

DESCRIPTION = """Simulated people who wear a phone at the waist.

Accelerometer (m/s²) and gyroscope (rad/s) follow from one simulated motion; the docstring of
sklearn_har.datasets.make_recordings says how, and what is not simulated.
"""
BASIC = ("walking", "walking_upstairs", "walking_downstairs", "sitting", "standing", "lying")


@validate_params(
    {
        "n_subjects": [Interval(Integral, 1, None, closed="left")],
        "activities": ["array-like"],
        "n_recordings": [Interval(Integral, 1, None, closed="left")],
        "sampling_rate": [Interval(Real, 0, None, closed="neither")],
        "bout_duration": [Interval(Real, 0, None, closed="neither")],
        "imbalance": [Interval(Real, 1, None, closed="left")],
        "gaps": [Interval(Integral, 0, None, closed="left")],
        "label_transitions": ["boolean"],
        "noise": [Interval(Real, 0, None, closed="left")],
        "random_state": ["random_state"],
        "return_X_y": ["boolean"],
    },
    prefer_skip_nested_validation=True,
)
def make_recordings(
    n_subjects=8,
    activities=BASIC,
    *,
    n_recordings=2,
    sampling_rate=50.0,
    bout_duration=15.0,
    imbalance=1.0,
    gaps=0,
    label_transitions=True,
    noise=1.0,
    random_state=None,
    return_X_y=False,
):
    """Simulate people who wear a phone at the waist.

    Each recording goes once through all activities, in an order of its own. One motion of the body
    makes both sensors' values: its angles (posture, slow sway and, in gait, harmonics of the stride)
    turn gravity and the body's acceleration into the axes of the phone, and their rates of change are
    what the gyroscope sees. People differ in cadence, in the amplitude and phase of every harmonic, in
    posture, in how the phone is mounted and in its errors, so someone who was not trained on is
    recognised less well than someone who was.

    Parameters
    ----------
    n_subjects : int, default=8
        How many people. A person does not depend on how many others there are.
    activities : sequence of str, optional
        By default the six basic ones of UCI HAR. Of "walking", "walking_upstairs",
        "walking_downstairs", "running", "cycling", "turning_left", "turning_right", "sitting",
        "standing" and "lying".
    n_recordings : int, default=2
        Recordings of each person.
    sampling_rate : float, default=50.0
        Rows per second, in Hz.
    bout_duration : float, default=15.0
        Mean length of an activity in a recording, in seconds.
    imbalance : float, default=1.0
        How many times longer the first of ``activities`` lasts than the last; those between follow in
        geometric proportion, and a recording is as long as a balanced one.
    gaps : int, default=0
        Gaps in each recording: stretches of 0.5 to 3 seconds (at most half of their share of the
        recording) whose rows are missing. They leave ``gaps + 1`` runs.
    label_transitions : bool, default=True
        Going from one activity to the next takes 1.5 seconds (at most half of its bout), the first of
        the next one's bout. These rows have the label of the next activity, or none.
    noise : float, default=1.0
        Scales the errors of the sensors: white noise of 0.06 m/s² and 0.01 rad/s, and biases of each
        person's phone with standard deviations of 0.12 m/s² and 0.01 rad/s. The motion stays the same;
        with 0 the sensors are exact.
    random_state : int, RandomState instance or None, default=None
        Pass an int for the same people each time.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    recordings : Bunch
        data : DataFrame of shape (n_rows, 6)
            Recordings with index levels subject (from 1), recording (from 1) and time (seconds from 0).
            Channels acc_x, acc_y, acc_z (m/s²) and gyro_x, gyro_y, gyro_z (rad/s); but for the mounting of
            the phone, x is up, y right and z forward when upright, so gyro_x is positive in left turns.
        target : Series of shape (n_rows,)
            Activities, categorical; missing where somebody is between two, if ``label_transitions``
            is False.
        target_names, sampling_rate, channel_names, channel_units, DESCR, licence, citation
            The activities in the order given, the rate in Hz, the names and units of channels, and what
            the data are.
    (data, target) : tuple
        If ``return_X_y``.

    Raises
    ------
    ValueError
        If an activity is unknown or named twice, a bout has fewer than 2 rows, the gaps do not fit, or
        a parameter is out of its limits.

    Notes
    -----
    What is not simulated: the phone sits where the body turns, so turning alone does not accelerate it;
    the body does not rise or sink between postures; floors are flat, stairs without end and
    roads smooth; nobody hesitates, carries anything or wears the phone elsewhere. Harmonics reach four
    times the rate of steps (about 8 Hz in walking, 12 Hz in running), and sampling rates below twice that
    alias them. Conclusions about real people need real people: :func:`fetch_hapt`.

    Examples
    --------
    >>> from sklearn_har.datasets import make_recordings
    >>> X, y = make_recordings(n_subjects=2, random_state=0, return_X_y=True)
    >>> X.shape
    (18000, 6)
    >>> y.value_counts().loc[["walking", "sitting"]].tolist()
    [3000, 3000]

    Left and right turns differ in the sign of the turning rate:

    >>> turns = make_recordings(2, ["walking", "turning_left", "turning_right"], random_state=0)
    >>> turning = turns.data["gyro_x"].groupby(turns.target, observed=True).mean()
    >>> turning.idxmin(), turning.idxmax()
    ('turning_right', 'turning_left')
    """
    names = _check_activities(activities)
    lengths = _bout_lengths(names, bout_duration, imbalance, sampling_rate)
    rng = np.random.default_rng(None if random_state is None else _seed(random_state))
    people, sessions, rows, values, codes = [], [], [], [], []
    for person_number, person_rng in enumerate(rng.spawn(n_subjects), start=1):
        person = draw_person(person_rng)
        for session, motion_rng in enumerate(person_rng.spawn(n_recordings), start=1):
            noise_rng, gap_rng = motion_rng.spawn(2)
            order = motion_rng.permutation(len(names))
            bouts = [vary(person.habits[names[which]], motion_rng) for which in order]
            recorded = _record(person, bouts, lengths[order], sampling_rate, motion_rng)
            recorded += noise * _sensor_errors(person, len(recorded), noise_rng)
            labels = _label(order, lengths[order], sampling_rate, label_transitions)
            kept = _outside_gaps(len(recorded), gaps, sampling_rate, gap_rng)
            people.append(person_number)
            sessions.append(session)
            rows.append(kept)
            values.append(recorded[kept])
            codes.append(labels[kept])
    index = grid_index(people, sessions, rows, sampling_rate)
    return as_bunch_or_pair(
        pd.DataFrame(np.concatenate(values), index=index, columns=list(IMU_CHANNELS)),
        labels_of(np.concatenate(codes), names, index),
        return_X_y,
        sampling_rate=float(sampling_rate),
        channel_names=list(IMU_CHANNELS),
        channel_units=dict(IMU_CHANNELS),
        DESCR=DESCRIPTION,
        licence="None: simulated by sklearn-har.",
        citation="None: simulated by sklearn-har.",
    )


def _seed(random_state) -> int:
    """Turn what scikit-learn takes as random state into the seed of a generator of our own."""
    return int(check_random_state(random_state).randint(np.iinfo(np.int32).max))


def _check_activities(activities) -> list[str]:
    names = [str(name) for name in activities]
    unknown = [name for name in names if name not in ACTIVITIES]
    if unknown:
        raise ValueError(
            f"activities names {', '.join(map(repr, unknown))}; the activities that can be simulated "
            f"are {', '.join(ACTIVITIES)}."
        )
    if not names or len(set(names)) < len(names):
        raise ValueError(f"activities must name at least one activity, and each once; got {names}.")
    return names


def _bout_lengths(names, bout_duration, imbalance, sampling_rate) -> np.ndarray:
    """Rows of the bouts of each activity: ``bout_duration`` on average, in geometric proportion."""
    shares = np.geomspace(imbalance, 1.0, len(names)) if len(names) > 1 else np.ones(1)
    lengths = np.round(bout_duration * sampling_rate * shares / shares.mean()).astype(int)
    if lengths.min() < 2:
        raise ValueError(
            f"bout_duration={bout_duration} at sampling_rate={sampling_rate} and imbalance={imbalance} "
            f"leaves {lengths.min()} rows for a bout of {names[int(lengths.argmin())]!r}; at least 2 are "
            "needed. Make bouts longer."
        )
    return lengths


def _changes(lengths: np.ndarray, sampling_rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Seconds at which each bout starts, and that it takes to come to it."""
    starts = np.r_[0, np.cumsum(lengths)[:-1]] / sampling_rate
    return starts, np.minimum(CHANGE_SECONDS, lengths / sampling_rate / 2)


def _record(person: Person, bouts: list[Habit], lengths, sampling_rate, rng) -> np.ndarray:
    """Measure what the sensors of a person's phone do, without their errors, of shape (n_rows, 6)."""
    n_rows = int(lengths.sum())
    times = np.arange(n_rows) / sampling_rate
    starts, changes = _changes(lengths, sampling_rate)
    angles, rates, acceleration = np.zeros((n_rows, 2)), np.zeros((n_rows, 3)), np.zeros((n_rows, 3))
    ends = np.r_[starts[1:] + changes[1:], np.inf]
    for number, bout in enumerate(bouts):
        rows = slice(*np.searchsorted(times, [starts[number], ends[number]]))
        share, slope = np.ones(rows.stop - rows.start), np.zeros(rows.stop - rows.start)
        if number > 0:
            share, slope = smooth_step(times[rows], starts[number], changes[number])
        if number + 1 < len(bouts):
            fall, fall_slope = smooth_step(times[rows], starts[number + 1], changes[number + 1])
            share, slope = share - fall, slope - fall_slope
        bout_angles, bout_rates, bout_acceleration = _move(person, bout, times[rows], rng)
        angles[rows] += share[:, None] * bout_angles[:, 1:]
        rates[rows] += slope[:, None] * bout_angles + share[:, None] * bout_rates
        acceleration[rows] += share[:, None] * bout_acceleration
        rates[rows, 0] += share * bout.turning
    mount = Rotation.from_rotvec(person.mount).as_matrix()  # row vectors: v @ M is M^T v
    return np.hstack([specific_force(angles, acceleration) @ mount, angular_rate(angles, rates) @ mount])


def _move(person: Person, bout: Habit, times: np.ndarray, rng: np.random.Generator):
    """Yaw, pitch, roll, their rates and the acceleration of one bout, of shape (n, 3) each."""
    frequencies = rng.uniform(0.05, 0.5, (5, SINES))
    waves, slopes = slow_waves(times, frequencies, rng.uniform(0, 2 * np.pi, (5, SINES)))
    angles, rates = bout.sway * waves[:, :3], bout.sway * slopes[:, :3]
    angles[:, 1:] += person.posture + bout.posture
    if not bout.step_rate:
        return angles, rates, np.zeros_like(angles)
    stride = np.pi * bout.step_rate
    phase = rng.uniform(0, 2 * np.pi) + stride * times + 0.15 * waves[:, 3]
    signals, per_radian = harmonics(phase, bout.gait)
    vigour, vigour_slope = 1 + 0.08 * waves[:, 4:], 0.08 * slopes[:, 4:]
    phase_rate = (stride + 0.15 * slopes[:, 3])[:, None]
    angles += vigour * signals[:, 3:]
    rates += vigour * per_radian[:, 3:] * phase_rate + vigour_slope * signals[:, 3:]
    acceleration = vigour * signals[:, :3]
    acceleration[:, 1] -= bout.speed * bout.turning  # towards the inside of the turn
    return angles, rates, acceleration


def _sensor_errors(person: Person, n_rows: int, rng: np.random.Generator) -> np.ndarray:
    """Bias and white noise of the six channels, of shape (n_rows, 6)."""
    deviations = np.repeat([ACC_NOISE, GYRO_NOISE], 3)
    return np.r_[person.acc_bias, person.gyro_bias] + deviations * rng.standard_normal((n_rows, 6))


def _label(order: np.ndarray, lengths: np.ndarray, sampling_rate: float, label_transitions: bool):
    """Codes of the activities of rows; -1 where somebody is on the way to the next, if asked for."""
    codes = np.repeat(order, lengths)
    if not label_transitions:
        starts, changes = _changes(lengths, sampling_rate)
        times = np.arange(len(codes)) / sampling_rate
        bout = np.repeat(np.arange(len(order)), lengths)
        codes[(bout > 0) & (times < (starts + changes)[bout])] = -1
    return codes


def _outside_gaps(n_rows: int, gaps: int, sampling_rate: float, rng: np.random.Generator) -> np.ndarray:
    """Positions of the rows that were recorded: one gap in each of ``gaps`` equal parts."""
    part = n_rows / max(1, gaps)
    longest = int(part / 2)
    if gaps and longest < 2:
        raise ValueError(
            f"gaps={gaps} does not fit into a recording of {n_rows} rows; at most {n_rows // 4} do."
        )
    lengths = np.clip(rng.uniform(*GAP_SECONDS, gaps) * sampling_rate, 1, longest).astype(int)
    room = (part - lengths - 2).astype(int)
    first = (np.arange(gaps) * part).astype(int) + 1 + rng.integers(0, np.maximum(1, room))
    missing = np.zeros(n_rows + 1, dtype=int)
    np.add.at(missing, first, 1)
    np.add.at(missing, first + lengths, -1)
    return np.flatnonzero(np.cumsum(missing[:-1]) == 0)
