"""Rows of another kind than in fit are not silently predicted on."""

import numpy as np
import pytest

from sklearn_har.deploy import StreamingRecognizer
from sklearn_har.exceptions import SuspectRecordingsWarning
from sklearn_har.recordings import resample

from .conftest import in_parts


@pytest.fixture
def rows(people):
    return people[2].iloc[:400].copy()


def test_acceleration_in_g_is_told_by_gravity(quick, rows):
    rows.iloc[:, :3] /= 9.80665
    stream = StreamingRecognizer(quick.fitted)
    with pytest.raises(
        ValueError,
        match=r"'acc' has a median length of [01]\.\d+; in fit it had (9|10)\.\d+. It looks "
        "like g: multiply by 9.80665",
    ):
        stream.update(rows)


def test_after_a_refusal_the_stream_goes_on_with_good_rows(quick, rows):
    stream = StreamingRecognizer(quick.fitted)
    wrong = rows.copy()
    wrong.iloc[:, :3] /= 9.80665
    with pytest.raises(ValueError, match="It looks like g"):
        stream.update(wrong)
    assert stream.report().empty
    assert len(stream.update(rows.iloc[:40])) == 0
    state = stream.state()
    with pytest.raises(ValueError, match="It looks like g"):
        stream.update(wrong.iloc[40:])
    assert stream.state() == state
    assert len(stream.update(rows.iloc[40:])) > 3


def test_angular_rates_in_degrees_are_told_by_their_size(quick, rows):
    walking = rows.copy()
    walking.iloc[:, 3] = 3.0 * np.sign(walking.iloc[:, 3])
    walking.iloc[:, 3:] = np.rad2deg(walking.iloc[:, 3:])
    with pytest.raises(
        ValueError, match=r"channel 'gyro_x' has a median of 17\d.*the largest value in fit was"
    ):
        StreamingRecognizer(quick.fitted).update(walking)


def test_degrees_that_show_only_in_a_later_window_are_warned_of(quick, rows):
    rows.iloc[250:, 3:] *= 1e3
    stream = StreamingRecognizer(quick.fitted)
    assert len(stream.update(rows.iloc[:200])) > 0
    with pytest.warns(SuspectRecordingsWarning, match=r"In a window of subject 6, .* channel 'gyro_"):
        stream.update(rows.iloc[200:])


def test_a_run_shorter_than_a_window_is_looked_at_too(quick, rows):
    stream = StreamingRecognizer(quick.fitted)
    in_g = rows.iloc[:100].copy()
    in_g.iloc[:, :3] /= 9.80665
    stream.update(in_g)
    for _ in range(2):  # it stays refused
        with pytest.raises(ValueError, match="It looks like g"):
            stream.finish()
    stream.reset()
    assert len(stream.finish()) == 0


@pytest.mark.parametrize("chunk", [1, 400])
def test_another_rate_is_said_with_both(quick, rows, chunk):
    rows = resample(rows, sampling_rate=100.0)
    stream = StreamingRecognizer(quick.fitted)
    message = "come at 100 per second; the rate the recognizer was fitted at is 50 Hz.*sampling_rate=100"
    with pytest.raises(ValueError, match=message):
        in_parts(stream, rows, chunk)


def test_nothing_is_said_of_rows_of_another_rate(quick, rows):
    slow = rows.iloc[::2]  # each step is a gap
    stream = StreamingRecognizer(quick.fitted)
    for row in range(16):
        assert len(stream.update(slow.iloc[row : row + 1])) == 0
    with pytest.raises(
        ValueError, match="come at 25 per second; the rate the recognizer was fitted at is 50"
    ):
        stream.update(slow.iloc[16:17])


@pytest.mark.parametrize(
    ("unit", "per_second"), [("milliseconds", 1e3), ("microseconds", 1e6), ("nanoseconds", 1e9)]
)
@pytest.mark.parametrize("rate", [None, 100.0])
def test_times_in_another_unit_are_told_by_the_rate(quick, rows, unit, per_second, rate):
    seconds = 1.7e6 + np.arange(400) / (rate or 50.0)
    stream = StreamingRecognizer(quick.fitted, sampling_rate=rate)
    with pytest.raises(ValueError, match=f"look like {unit}, not seconds: divide them by {per_second:,.0f}."):
        stream.update(rows.to_numpy(), seconds * per_second)


def test_rows_are_not_made_up_by_the_hundred(quick):
    with pytest.raises(
        ValueError, match=r"is 0\.05 Hz, and the recognizer was fitted at 50 Hz: more than 100"
    ):
        StreamingRecognizer(quick.fitted, sampling_rate=0.05)


def test_a_row_by_itself_is_refused_with_the_way_to_pass_it(quick, rows):
    stream = StreamingRecognizer(quick.fitted)
    first = rows.iloc[0]
    for row, got in [(first.to_numpy(), r"\(6,\)"), (first.to_dict(), "dict"), ([first.to_dict()], "list")]:
        with pytest.raises(ValueError, match=rf"got {got}. A single row is update.*order \['acc_x', 'acc_y'"):
            stream.update(row, 0.0)
    assert len(stream.update([first.to_numpy()], [0.0])) == 0


def test_channels_must_be_those_of_fit(quick, rows):
    stream = StreamingRecognizer(quick.fitted)
    with pytest.raises(
        ValueError, match=r"Channels \['acc_x'\].*they have \['ax'\] instead. If they are only called"
    ):
        stream.update(rows.rename(columns={"acc_x": "ax"}))
    with pytest.raises(ValueError, match=r"come in the order .*Put them into that order"):
        stream.update(rows[rows.columns[::-1]])
    with pytest.raises(ValueError, match=r"have 5 channels.*fitted with 6"):
        stream.update(rows.iloc[:, :5])
    with pytest.raises(ValueError, match="of a device that is worn elsewhere"):
        stream.update(rows.add_prefix("wrist_"))
    with pytest.raises(ValueError, match="rows need times"):
        stream.update(rows.to_numpy())
    with pytest.raises(ValueError, match=r"times have the shape \(3,\); there are 400 rows"):
        stream.update(rows.to_numpy(), [0.0, 1.0, 2.0])
    with pytest.raises(TypeError, match=r"Times must be seconds \(numbers\); got datetime64"):
        stream.update(rows.to_numpy(), np.full(400, "2026-01-01", dtype="datetime64[ms]"))


def test_a_device_upside_down_is_warned_of(quick, rows):
    rows.iloc[:, :3] *= -1
    with pytest.warns(SuspectRecordingsWarning, match=r"'acc' points to \[.*\], 1\d\d° from its direction"):
        StreamingRecognizer(quick.fitted).update(rows)


def test_what_is_remembered_of_fit_is_small(quick):
    profile = quick.fitted[-1].input_profile_
    assert profile["largest"].shape == (6,)
    gravity = profile["gravity"]["acc"]
    assert 9 < gravity["length"] < 11
    np.testing.assert_allclose(np.linalg.norm(gravity["directions"], axis=1), 1.0)
    assert 0 < gravity["widest"] < 90
