import joblib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from sklearn_har.preprocessing import ButterworthFilter
from sklearn_har.recordings import check_recordings

TIME = np.arange(1000) / 50
MIDDLE = slice(300, 700)  # seconds away from the ends of a run


def tone(frequency):
    return np.sin(2 * np.pi * frequency * TIME)[:, np.newaxis]


def amplitude(values):
    return np.sqrt(2 * np.mean(np.asarray(values)[MIDDLE] ** 2))


@pytest.mark.parametrize("zero_phase", [True, False])
@pytest.mark.parametrize(
    ("band", "kept", "removed"),
    [
        ({"high": 20.0}, 5.0, 24.0),
        ({"low": 0.5}, 5.0, 0.05),
        ({"low": 0.5, "high": 15.0}, 5.0, 24.0),
        ({"low": 0.5, "high": 15.0}, 5.0, 0.05),
    ],
)
def test_keeps_and_removes_tones(recordings_of, zero_phase, band, kept, removed):
    X = recordings_of((1, 1, 0.0, np.hstack([tone(kept), tone(removed)])))
    out = ButterworthFilter(**band, zero_phase=zero_phase).fit_transform(X).to_numpy()
    assert amplitude(out[:, 0]) == pytest.approx(1.0, abs=0.01)
    assert amplitude(out[:, 1]) < 0.03


@pytest.mark.parametrize(("zero_phase", "gain"), [(True, 0.5), (False, np.sqrt(0.5))])
def test_amplitude_at_the_cut_off(recordings_of, zero_phase, gain):
    X = recordings_of((1, 1, 0.0, tone(5.0)))
    out = ButterworthFilter(high=5.0, zero_phase=zero_phase).fit_transform(X)
    assert amplitude(out) == pytest.approx(gain, abs=0.005)


def test_zero_phase_moves_nothing_in_time(recordings_of):
    X = recordings_of((1, 1, 0.0, tone(2.0)))
    out = ButterworthFilter(high=20.0).fit_transform(X)
    np.testing.assert_allclose(out.to_numpy()[MIDDLE], tone(2.0)[MIDDLE], atol=1e-4)


@pytest.mark.parametrize(
    ("low", "high", "kind"), [(None, 12.0, "low"), (1.0, None, "high"), (1.0, 12.0, "band")]
)
@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_is_scipy_on_every_run(walkers, low, high, kind, order):
    filtered = ButterworthFilter(low, high, order=order).fit(walkers)
    cutoff = [low, high] if kind == "band" else low or high
    sos = signal.butter(order, cutoff, kind, fs=50.0, output="sos")
    np.testing.assert_array_equal(filtered.sos_, sos)
    out = filtered.transform(walkers).to_numpy()
    long_runs = [run for run in check_recordings(walkers).run_slices if run.stop - run.start > 50]
    assert len(long_runs) == 4
    for run in long_runs:
        expected = signal.sosfiltfilt(sos, walkers.to_numpy()[run], axis=0)
        np.testing.assert_allclose(out[run], expected, rtol=1e-12, atol=1e-12)


def test_causal_is_scipy_started_from_the_first_row(walkers):
    out = ButterworthFilter(high=5.0, zero_phase=False).fit_transform(walkers).to_numpy()
    sos = signal.butter(3, 5.0, fs=50.0, output="sos")
    for run in check_recordings(walkers).run_slices:
        values = walkers.to_numpy()[run]
        since_ever = np.vstack([np.repeat(values[:1], 2000, axis=0), values])
        np.testing.assert_allclose(out[run], signal.sosfilt(sos, since_ever, axis=0)[2000:], atol=1e-9)


def test_causal_reads_no_future_and_zero_phase_does(walkers):
    first = walkers.iloc[:120]
    changed = first.copy()
    changed.iloc[60:] += 5.0
    causal = ButterworthFilter(high=5.0, zero_phase=False).fit(first)
    pd.testing.assert_frame_equal(
        causal.transform(first)[:60], causal.transform(changed)[:60], check_exact=True
    )
    assert not causal.transform(first)[60:].equals(causal.transform(changed)[60:])
    zero_phase = ButterworthFilter(high=5.0).fit(first)
    assert not zero_phase.transform(first)[:60].equals(zero_phase.transform(changed)[:60])


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 30), st.booleans(), st.sampled_from([(None, 0.2), (0.1, None), (0.1, 0.3)]))
def test_constant_runs_of_any_length_pass_or_vanish(n_rows, zero_phase, band):
    rows = np.full((n_rows, 2), 9.81)
    out = ButterworthFilter(*band, zero_phase=zero_phase).fit_transform(rows)
    expected = rows if band[0] is None else np.zeros_like(rows)
    np.testing.assert_allclose(out, expected, atol=1e-9)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, "has no cut-off: give high"),
        ({"high": 25.0}, r"high is 25 Hz, but rows at 50 Hz hold only frequencies below 25 Hz \(the Nyquist"),
        ({"low": 30.0}, r"low is 30 Hz, but rows at 50 Hz"),
        ({"low": 5.0, "high": 2.0}, "low is 5 Hz and high is 2 Hz, so no frequency is left"),
        ({"low": 5.0, "high": 5.0}, "no frequency is left"),
        ({"high": 0.0}, "'high' parameter"),
        ({"high": 5.0, "order": 0}, "'order' parameter"),
    ],
)
def test_refuses_impossible_cut_offs(walkers, parameters, message):
    with pytest.raises(ValueError, match=message):
        ButterworthFilter(**parameters).fit(walkers)


def test_works_when_its_coefficients_are_read_only(walkers, tmp_path):
    fitted = ButterworthFilter(high=20.0).fit(walkers)
    joblib.dump(fitted, tmp_path / "filter.joblib")
    mapped = joblib.load(tmp_path / "filter.joblib", mmap_mode="r")
    assert not mapped.sos_.flags.writeable
    pd.testing.assert_frame_equal(mapped.transform(walkers), fitted.transform(walkers))
