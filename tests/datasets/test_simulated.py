"""Simulated people: one motion behind both sensors, and everything that can be asked for."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal, assert_series_equal
from scipy.spatial.transform import Rotation
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GroupKFold, StratifiedKFold, cross_val_score

from sklearn_har.datasets import make_recordings
from sklearn_har.datasets._people import ACTIVITIES
from sklearn_har.recordings import check_recordings, subjects
from sklearn_har.windowing import sliding_windows

G = 9.80665
ACC, GYRO = ["acc_x", "acc_y", "acc_z"], ["gyro_x", "gyro_y", "gyro_z"]
SMALL = {"n_subjects": 2, "bout_duration": 6.0, "return_X_y": True}


def steps_of_gravity(gyro, rate):
    """Turn that the body makes from each row to the next, from the rates at both."""
    return Rotation.from_rotvec((gyro[1:] + gyro[:-1]) / (2 * rate))


def test_the_gyroscope_predicts_the_gravity_that_the_accelerometer_sees():
    # without gait nothing but gravity is felt, also while somebody lies down and gets up
    X, _ = make_recordings(
        3, ["standing", "lying", "sitting"], noise=0, n_recordings=1, random_state=3, return_X_y=True
    )
    for _, recording in X.groupby(level="subject"):
        acc, gyro = recording[ACC].to_numpy(), recording[GYRO].to_numpy()
        np.testing.assert_allclose(np.linalg.norm(acc, axis=1), G, rtol=1e-12)
        direction = acc[0] / G
        predicted = [direction]
        for turn in steps_of_gravity(gyro, 50).inv():
            direction = turn.apply(direction)
            predicted.append(direction)
        angle = np.degrees(np.arccos(np.clip(np.sum(predicted * acc / G, axis=1), -1, 1)))
        assert np.ptp(acc[:, 0]) > 0.5 * G  # people did lie down
        assert angle.max() < 0.05  # 45 seconds integrated


def test_in_gait_the_mean_force_is_the_integrated_gravity():
    X, _ = make_recordings(
        4, ["walking"], noise=0, n_recordings=1, bout_duration=60, random_state=0, return_X_y=True
    )
    for _, recording in X.groupby(level="subject"):
        acc, gyro = recording[ACC].to_numpy(), recording[GYRO].to_numpy()
        turned = [Rotation.identity()]
        for turn in steps_of_gravity(gyro, 50):
            turned.append(turned[-1] * turn)
        felt_in_world = Rotation.concatenate(turned).apply(acc.copy())
        first, second = felt_in_world[:1500].mean(axis=0), felt_in_world[1500:].mean(axis=0)
        # steps average out in the world, so both halves see one vertical of one length
        np.testing.assert_allclose(np.linalg.norm(felt_in_world.mean(axis=0)), G, atol=0.1)
        assert first @ second > 0.999 * np.linalg.norm(first) * np.linalg.norm(second)
        assert acc.std(axis=0).max() > 1.0


def test_gait_has_the_cadence_of_a_person():
    X, _ = make_recordings(6, ["walking"], n_recordings=1, bout_duration=60, random_state=0, return_X_y=True)
    cadences = []
    for _, recording in X.groupby(level="subject"):
        power = np.abs(np.fft.rfft(recording["acc_x"] - recording["acc_x"].mean())) ** 2
        frequencies = np.fft.rfftfreq(3000, 1 / 50)
        below = frequencies < 2.6  # the fundamental, whatever the harmonics are
        cadences.append(frequencies[below][power[below].argmax()])
    assert min(cadences) > 1.5
    assert max(cadences) < 2.3
    assert np.ptp(cadences) > 0.1


def test_turns_differ_in_their_mean_turning_rate():
    X, y = make_recordings(6, ["walking", "turning_left", "turning_right"], random_state=0, return_X_y=True)
    rates = X["gyro_x"].groupby([subjects(X), y.to_numpy()]).mean().unstack()
    assert (rates["turning_left"] > 0.3).all()
    assert (rates["turning_right"] < -0.3).all()
    assert (rates["walking"].abs() < 0.15).all()


def test_stairs_down_hit_harder_than_walking():
    X, y = make_recordings(random_state=0, return_X_y=True)
    spread = X["acc_x"].groupby(y, observed=True).std()
    assert spread["walking_downstairs"] > 1.2 * spread["walking"] > 3 * spread["standing"]


def test_rows_index_and_labels():
    X, y = make_recordings(
        3, n_recordings=2, bout_duration=4, sampling_rate=20, random_state=0, return_X_y=True
    )
    assert X.shape == (3 * 2 * 6 * 4 * 20, 6)
    assert list(X.columns) == ACC + GYRO
    assert X.index.names == ["subject", "recording", "time"]
    assert y.index.equals(X.index)
    assert isinstance(y.dtype, pd.CategoricalDtype)
    assert set(y.value_counts()) == {3 * 2 * 4 * 20}
    for key, recording in X.groupby(level=["subject", "recording"]):
        assert key in {(subject, session) for subject in (1, 2, 3) for session in (1, 2)}
        np.testing.assert_array_equal(recording.index.get_level_values("time"), np.arange(480) / 20)


def test_the_bunch_describes_the_data():
    bunch = make_recordings(1, ["standing", "cycling"], sampling_rate=25, random_state=0)
    assert bunch.target_names == ["standing", "cycling"]
    assert bunch.sampling_rate == 25.0
    assert bunch.channel_names == list(bunch.data.columns)
    assert bunch.channel_units == dict.fromkeys(ACC, "m/s²") | dict.fromkeys(GYRO, "rad/s")
    assert {"data", "target", "DESCR", "licence", "citation"} < set(bunch)


def test_the_same_seed_gives_the_same_people_and_no_seed_gives_others():
    first, again = make_recordings(**SMALL, random_state=1), make_recordings(**SMALL, random_state=1)
    assert_frame_equal(first[0], again[0], check_exact=True)
    assert_series_equal(first[1], again[1])
    state = np.random.RandomState(1)
    assert_frame_equal(first[0], make_recordings(**SMALL, random_state=state)[0], check_exact=True)
    assert not np.allclose(first[0], make_recordings(**SMALL)[0])


@pytest.mark.parametrize("random_state", [None, 0])
def test_global_random_state_is_left_as_found(random_state):
    before = np.random.get_state()
    make_recordings(**SMALL, random_state=random_state)
    after = np.random.get_state()
    np.testing.assert_array_equal(before[1], after[1])
    assert before[2] == after[2]


def test_a_person_does_not_depend_on_the_others():
    few, _ = make_recordings(**SMALL, random_state=0)
    many, _ = make_recordings(**SMALL | {"n_subjects": 3}, random_state=0)
    assert_frame_equal(many.loc[[1, 2]], few, check_exact=True, check_index_type=False)


def test_noise_is_added_to_one_motion():
    exact, noisy, noisier = (make_recordings(**SMALL, noise=noise, random_state=0)[0] for noise in (0, 1, 3))
    errors = noisy - exact
    np.testing.assert_allclose(noisier - exact, 3 * errors, atol=1e-9)
    white = errors.groupby(level="subject").transform(lambda column: column - column.mean()).std()
    np.testing.assert_allclose(white[ACC], 0.06, rtol=0.05)
    np.testing.assert_allclose(white[GYRO], 0.01, rtol=0.05)
    assert errors.groupby(level="subject").mean().abs().min().min() > 1e-4  # biases


def test_imbalance_is_the_ratio_of_the_first_to_the_last():
    _, y = make_recordings(2, ["sitting", "walking", "lying"], imbalance=4, random_state=0, return_X_y=True)
    counts = y.value_counts()
    np.testing.assert_allclose(counts["sitting"] / counts["lying"], 4, rtol=0.01)
    np.testing.assert_allclose(counts["sitting"] / counts["walking"], 2, rtol=0.01)
    np.testing.assert_allclose(len(y), 2 * 2 * 3 * 15 * 50, rtol=0.01)


@settings(max_examples=25, deadline=None)
@given(
    gaps=st.integers(0, 12),
    rate=st.sampled_from([10.0, 33.3, 50.0]),
    duration=st.sampled_from([5.0, 8.5]),
    seed=st.integers(0, 99),
)
def test_gaps_leave_one_run_more_than_there_are_gaps(gaps, rate, duration, seed):
    options = {"sampling_rate": rate, "bout_duration": duration, "random_state": seed, "return_X_y": True}
    X, y = make_recordings(2, ["walking", "lying"], n_recordings=1, gaps=gaps, **options)
    whole, labels = make_recordings(2, ["walking", "lying"], n_recordings=1, **options)
    assert_frame_equal(X, whole.loc[X.index], check_exact=True)
    assert (labels.loc[X.index] == y).all()
    for _, recording in X.groupby(level="subject"):
        ticks = np.rint(recording.index.get_level_values("time").to_numpy() * rate)
        assert (np.diff(ticks) > 1).sum() == gaps
        assert ticks[0] == 0
        assert ticks[-1] == round(duration * rate) * 2 - 1
    if gaps:
        assert check_recordings(X).sampling_rate == pytest.approx(rate, rel=1e-4)


def test_as_many_gaps_as_the_message_allows_do_fit():
    options = {"sampling_rate": 10, "bout_duration": 10.3, "n_recordings": 1, "random_state": 0}
    with pytest.raises(ValueError, match=r"gaps=26 does not fit .* of 103 rows; at most 25 do"):
        make_recordings(1, ["lying"], gaps=26, **options)
    ticks = np.rint(
        make_recordings(1, ["lying"], gaps=25, **options).data.index.get_level_values("time") * 10
    )
    assert (np.diff(ticks) > 1).sum() == 25


def test_transitions_belong_to_the_next_activity_or_to_none():
    options = SMALL | {"random_state": 0, "n_recordings": 1}
    X, y = make_recordings(**options)
    same, unsure = make_recordings(**options, label_transitions=False)
    assert_frame_equal(X, same)
    assert y.notna().all()
    assert unsure.isna().sum() == 2 * 5 * 75  # 1.5 s before each activity but the first
    assert (unsure.dropna() == y[unsure.notna()]).all()
    missing_first = unsure.isna() & (y.astype(str) != y.astype(str).shift())
    assert missing_first.sum() == 2 * 5


def test_every_activity_can_be_simulated():
    X, y = make_recordings(1, list(ACTIVITIES), n_recordings=1, random_state=0, return_X_y=True)
    assert set(y) == set(ACTIVITIES)
    assert np.isfinite(X).all(axis=None)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"activities": ["walking", "flying"]},
            r"activities names 'flying'; .* walking, .* lying\.",
        ),
        (
            {"activities": ["lying", "lying"]},
            r"and each once; got \['lying', 'lying'\]",
        ),
        ({"activities": []}, r"at least one activity.*got \[\]"),
        ({"activities": "walking"}, "'activities' parameter of make_recordings must be an array-like"),
        ({"n_subjects": 0}, r"'n_subjects' parameter .* Got 0 instead"),
        ({"sampling_rate": 0}, r"'sampling_rate' parameter .* Got 0 instead"),
        ({"imbalance": 0.5}, r"'imbalance' parameter .* Got 0\.5 instead"),
        ({"gaps": -1}, r"'gaps' parameter .* Got -1 instead"),
        ({"noise": -1}, r"'noise' parameter .* Got -1 instead"),
        ({"bout_duration": 0.02}, r"bout_duration=0\.02 at .* leaves 1 rows for a bout of 'walking'"),
    ],
)
def test_errors_say_what_is_wrong(options, message):
    with pytest.raises(ValueError, match=message):
        make_recordings(**options)


def test_a_new_person_is_harder_to_recognise_than_a_known_one():
    X, y = make_recordings(10, bout_duration=10, random_state=0, return_X_y=True)
    windows, labels = sliding_windows(X, y, window_length=2.56)
    values = np.asarray(windows)
    features = np.hstack([values.mean(axis=1), values.std(axis=1)])
    forest = RandomForestClassifier(50, random_state=0)
    new = cross_val_score(forest, features, labels, groups=windows.subjects, cv=GroupKFold(5)).mean()
    known = cross_val_score(
        forest, features, labels, cv=StratifiedKFold(5, shuffle=True, random_state=0)
    ).mean()
    assert 0.7 < new < 0.95
    assert new < known - 0.03
