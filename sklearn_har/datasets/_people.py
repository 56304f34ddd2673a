"""People who do not exist: how each holds a phone, stands, sits and walks."""

from typing import NamedTuple

import numpy as np

N_HARMONICS = 8  # of the stride; the step is every second one
SINES = 5  # of a slow wave


class Activity(NamedTuple):
    """What people have in common in an activity.

    Angles are in degrees, accelerations in m/s². Step harmonics are amplitudes at 1, 2, 3 and 4 times
    the rate of steps, stride harmonics at 1, 3, 5 and 7 times half that rate.
    """

    pitch: float = 0.0  # positive leaning back
    roll: float = 0.0
    spread: float = 5.0  # standard deviation of both angles between people
    sway: float = 0.4  # slow movement of the trunk
    cadence: float = 0.0  # steps, as a share of those when walking
    cadence_spread: float = 0.04
    bounce: tuple = ()  # up: step harmonics
    surge: tuple = ()  # forward: step harmonics
    shift: tuple = ()  # to the right: stride harmonics
    twist: tuple = ()  # yaw: stride harmonics
    nod: tuple = ()  # pitch: step harmonics
    tilt: tuple = ()  # roll: stride harmonics
    turning: float = 0.0  # rad/s, positive to the left
    speed: float = 0.0  # m/s


WALKING = Activity(
    pitch=-3.0,
    sway=1.0,
    cadence=1.0,
    bounce=(2.4, 1.4, 0.7, 0.3),
    surge=(1.5, 0.8, 0.4, 0.2),
    shift=(1.2, 1.4, 0.7, 0.3),
    twist=(5.0, 1.6, 0.6),
    nod=(2.4, 0.8, 0.3),
    tilt=(3.6, 0.8, 0.3),
    speed=1.3,
)
UPSTAIRS = WALKING._replace(
    pitch=-7.0,
    cadence=0.92,
    cadence_spread=0.06,
    bounce=(2.7, 1.1, 0.4, 0.2),
    surge=(2.2, 0.9, 0.4, 0.2),
    shift=(1.0, 1.1, 0.5, 0.2),
    twist=(4.0, 1.3, 0.5),
    nod=(3.0, 0.9, 0.3),
    tilt=(5.2, 1.2, 0.4),
    speed=0.5,
)
DOWNSTAIRS = WALKING._replace(
    pitch=-2.0,
    cadence=1.0,
    cadence_spread=0.08,
    bounce=(3.2, 2.6, 2.1, 1.6),
    surge=(1.4, 1.0, 0.7, 0.5),
    shift=(1.2, 1.4, 1.0, 0.6),
    twist=(6.2, 2.6, 1.2),
    nod=(2.2, 1.0, 0.5),
    speed=0.5,
)
RUNNING = WALKING._replace(
    pitch=-10.0,
    cadence=1.45,
    bounce=(9.0, 3.5, 1.8, 0.9),
    surge=(4.0, 2.0, 1.0, 0.5),
    shift=(2.5, 2.5, 1.2, 0.5),
    twist=(8.0, 2.0, 0.8),
    speed=2.8,
)
CYCLING = Activity(
    pitch=-25.0,
    sway=1.5,
    cadence=1.25,
    cadence_spread=0.12,
    bounce=(0.5, 0.3, 0.2),
    surge=(0.5, 0.2, 0.1),
    shift=(0.6, 0.2),
    twist=(1.5, 0.3),
    nod=(0.7, 0.2),
    tilt=(2.5, 0.4),
    speed=5.0,
)
ACTIVITIES = {
    "walking": WALKING,
    "walking_upstairs": UPSTAIRS,
    "walking_downstairs": DOWNSTAIRS,
    "running": RUNNING,
    "cycling": CYCLING,
    "turning_left": WALKING._replace(turning=0.9, cadence=0.93, speed=0.8),
    "turning_right": WALKING._replace(turning=-0.9, cadence=0.93, speed=0.8),
    "sitting": Activity(pitch=14.0, roll=3.0, spread=6.0, sway=0.45),
    "standing": Activity(pitch=-1.0, spread=3.0, sway=0.8),
    "lying": Activity(pitch=78.0, spread=14.0, sway=0.3),
}


class Person(NamedTuple):
    """Whatever makes a person's recordings their own; a bout adds small differences."""

    cadence: float  # steps per second when walking
    mount: np.ndarray  # (3,) rotation vector from the body to the phone, rad
    posture: np.ndarray  # (2,) pitch and roll in whatever they do, rad
    acc_bias: np.ndarray  # (3,) m/s²
    gyro_bias: np.ndarray  # (3,) rad/s
    habits: dict  # name of an activity -> Habit


class Habit(NamedTuple):
    """One activity as one person, or in one bout, does it."""

    posture: np.ndarray  # (2,) pitch and roll, rad
    sway: float  # rad
    step_rate: float  # Hz; 0 without gait
    gait: np.ndarray  # (6, N_HARMONICS) complex: acceleration up, right, forward; yaw, pitch, roll
    turning: float  # rad/s
    speed: float  # m/s


def draw_person(rng: np.random.Generator) -> Person:
    """Draw a person; all activities are drawn, so a person is the same whichever are asked for."""
    cadence = rng.uniform(1.7, 2.1)
    vigour = rng.lognormal(0.0, 0.1)
    return Person(
        cadence=cadence,
        mount=np.radians(rng.normal(0.0, 4.0, 3)),
        posture=np.radians(rng.normal(0.0, [3.0, 3.0])),
        acc_bias=rng.normal(0.0, 0.12, 3),
        gyro_bias=rng.normal(0.0, 0.01, 3),
        habits={name: _draw_habit(kind, cadence, vigour, rng) for name, kind in ACTIVITIES.items()},
    )


def _draw_habit(kind: Activity, cadence: float, vigour: float, rng: np.random.Generator) -> Habit:
    posture = np.radians(rng.normal([kind.pitch, kind.roll], kind.spread))
    sway = np.radians(kind.sway) * rng.lognormal(0.0, 0.3)
    step_rate = cadence * kind.cadence * rng.lognormal(0.0, kind.cadence_spread)
    gait = _amplitudes(kind) * vigour * rng.lognormal(0.0, 0.12, (6, N_HARMONICS))
    gait = gait * np.exp(1j * rng.normal(0.0, 0.5, (6, N_HARMONICS)))
    turning = kind.turning * rng.lognormal(0.0, 0.2)
    return Habit(posture, sway, step_rate, gait, turning, kind.speed * rng.lognormal(0.0, 0.1))


def _amplitudes(kind: Activity) -> np.ndarray:
    """Amplitudes of an activity, of shape (6, N_HARMONICS), in m/s² and rad."""
    steps, strides = slice(1, None, 2), slice(0, None, 2)
    values = (kind.bounce, kind.shift, kind.surge, kind.twist, kind.nod, kind.tilt)
    orders = (steps, strides, steps, strides, steps, strides)
    table = np.zeros((6, N_HARMONICS))
    for signal, (amplitudes, order) in enumerate(zip(values, orders, strict=True)):
        table[signal, order][: len(amplitudes)] = amplitudes
    table[3:] = np.radians(table[3:])
    limp = 0.08 * table[[0, 2], 1:2]  # no gait is symmetric: the stride shows in what the steps do
    table[[0, 2], :1] += limp
    return table


def vary(habit: Habit, rng: np.random.Generator) -> Habit:
    """Draw one bout of an activity: nobody does it twice in exactly the same way."""
    return habit._replace(
        posture=habit.posture + np.radians(rng.normal(0.0, 2.0, 2)),
        step_rate=habit.step_rate * rng.lognormal(0.0, 0.025),
        gait=habit.gait * rng.lognormal(0.0, 0.08) * rng.lognormal(0.0, 0.08, habit.gait.shape),
        turning=habit.turning * rng.lognormal(0.0, 0.1),
    )
