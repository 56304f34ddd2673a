"""A stream says what the whole recording says."""

import json
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from sklearn_har.deploy import StreamingRecognizer, _run
from sklearn_har.exceptions import RowsLeftOutWarning
from sklearn_har.model_selection import SubjectKFold
from sklearn_har.preprocessing import (
    ButterworthFilter,
    ChannelScaler,
    GravitySeparator,
    Magnitude,
    MedianFilter,
)
from sklearn_har.recordings import resample
from sklearn_har.smoothing import HMMSmoother, MinimumDuration
from sklearn_har.windowing import SlidingWindowClassifier

from .conftest import MODELS, causal, in_parts, plain, recognizer, windows_of, with_gaps


def assert_same(streamed, batch):
    """The same windows and labels, and probabilities to a millionth."""
    pd.testing.assert_frame_equal(streamed[batch.columns], batch, check_exact=False, rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", MODELS)
def test_a_stream_says_what_the_whole_recording_says(name, people):
    X, y, rows = people
    rows = with_gaps(rows)
    fitted = MODELS[name]().fit(X, y)
    batch = windows_of(fitted, rows)
    assert len(batch) > 20
    for chunk in (7, 50, "random"):
        assert_same(in_parts(StreamingRecognizer(fitted), rows, chunk, interrupt=(3, 20)), batch)


@pytest.mark.parametrize("chunk", [1, 64, 128, 10_000])
def test_any_number_of_rows_may_come(quick, chunk):
    interrupt = range(1, 2000, 111) if chunk == 1 else ()
    streamed = in_parts(StreamingRecognizer(quick.fitted), quick.rows, chunk, interrupt=interrupt)
    assert_same(streamed, quick.batch)


def test_every_step_of_rows_streams(people):
    X, y, rows = people
    fitted = make_pipeline(
        MedianFilter(5),
        StandardScaler().set_output(transform="pandas"),
        ButterworthFilter(low=0.2, high=15.0, zero_phase=False),
        make_pipeline(MedianFilter(3), ChannelScaler()),
        "passthrough",
        Magnitude(),
        recognizer(plain(), overlap=0.0),
    ).fit(X, y)
    stream = StreamingRecognizer(fitted)
    assert stream.delay == 3
    rows = with_gaps(rows)
    assert_same(in_parts(stream, rows, 37, interrupt=(5,)), windows_of(fitted, rows))


def test_people_are_scaled_by_what_is_known_of_them(people):
    X, y, _ = people
    fitted = make_pipeline(ChannelScaler(per="subject", unknown="pooled"), recognizer(plain())).fit(X, y)
    for rows in (X.loc[[2]].iloc[:1000], people[2].iloc[:1000]):
        assert_same(in_parts(StreamingRecognizer(fitted), rows, 300), windows_of(fitted, rows))


def test_a_search_streams_what_it_found(people):
    X, y, rows = people
    search = GridSearchCV(recognizer(plain()), {"overlap": [0.0, 0.5]}, cv=SubjectKFold(2)).fit(X, y)
    assert_same(in_parts(StreamingRecognizer(search), rows, 90), search.best_estimator_.predict_windows(rows))


def test_a_minimum_duration_streams(people):
    X, y, rows = people
    fitted = recognizer(plain(), smoother=MinimumDuration(4.0, causal=True), smoother_folds=2).fit(X, y)
    rows = with_gaps(rows)
    streamed = in_parts(StreamingRecognizer(fitted), rows, 90, interrupt=(2, 9))
    assert_same(streamed, fitted.predict_windows(rows))


def test_plain_arrays_stream_in_rows(people):
    X, y, rows = people
    fitted = SlidingWindowClassifier(plain(), window_length=128).fit(X.to_numpy(), y.to_numpy())
    stream = StreamingRecognizer(fitted)
    values = rows.to_numpy()
    tables = [stream.update(values[first : first + 99]) for first in range(0, len(values), 99)]
    tables.append(stream.finish())
    assert_same(pd.concat(tables, ignore_index=True), fitted.predict_windows(values))


def test_an_array_with_times_is_one_person(quick):
    times = quick.rows.index.get_level_values("time").to_numpy()
    stream = StreamingRecognizer(quick.fitted)
    tables = [stream.update(quick.rows.to_numpy(), times), stream.finish()]
    said = ["start", "stop", "activity", "confidence"]
    streamed = pd.concat(tables, ignore_index=True)
    n_first = (quick.batch["recording"] == quick.batch["recording"][0]).sum()
    assert n_first == len(quick.batch)
    pd.testing.assert_frame_equal(streamed[said], quick.batch[said])


@pytest.mark.parametrize(("rate", "chunk"), [(25.0, 30), (100.0, 61), (62.5, 1), (104.2, 500)])
def test_rows_of_another_rate_are_resampled_as_they_come(people, quick, rate, chunk):
    _, _, rows = people
    rows = with_gaps(resample(rows.iloc[:1500], sampling_rate=rate))
    on_grid = resample(rows, sampling_rate=50.0, timing="recorded", max_gap=5 / rate)
    stream = StreamingRecognizer(quick.fitted, sampling_rate=rate, max_gap=5 / rate)
    assert_same(in_parts(stream, rows, chunk, interrupt=(4, 15)), windows_of(quick.fitted, on_grid))


def test_an_array_may_be_used_again(people):
    X, y, rows = people
    fitted = recognizer(plain()).fit(X, y)
    buffer, stream, tables = np.empty((40, 6)), StreamingRecognizer(fitted), []
    for first in range(0, 800, 40):
        buffer[:] = rows.iloc[first : first + 40]
        tables.append(stream.update(buffer, np.arange(first, first + 40) / 50))
    tables = pd.concat([*(table for table in tables if len(table)), stream.finish()], ignore_index=True)
    batch = fitted.predict_windows(rows.iloc[:800])
    said = ["first_row", "activity", "confidence"]
    pd.testing.assert_frame_equal(tables[said], batch[said])


def test_rows_of_one_time_become_their_mean_where_rows_are_resampled(people, quick):
    rows = people[2].iloc[:800]
    twice = rows.iloc[np.sort(np.r_[0:800, 0:800:7])]
    twice = twice + np.random.default_rng(0).normal(scale=0.1, size=twice.shape)
    on_grid = resample(twice, sampling_rate=50.0, timing="recorded", max_gap=0.1)
    stream = StreamingRecognizer(quick.fitted, sampling_rate=50.0, max_gap=0.1)
    assert_same(in_parts(stream, twice, 33, interrupt=(3,)), windows_of(quick.fitted, on_grid))


def test_people_come_in_turn(people):
    X, y, _ = people
    fitted = causal(recognizer(plain())).fit(X, y)
    one, two = X.loc[[1]].iloc[:1000], X.loc[[2]].iloc[:1000]
    stream, tables = StreamingRecognizer(fitted), []
    for first in range(0, 1000, 40):
        both = pd.concat([one.iloc[first : first + 40], two.iloc[first : first + 40]])
        tables.append(stream.update(both.sort_index(level="time", sort_remaining=False)))
    tables.append(stream.finish())
    streamed = pd.concat(tables, ignore_index=True)
    for subject, rows in ((1, one), (2, two)):
        mine = streamed[streamed["subject"] == subject].reset_index(drop=True)
        assert_same(mine, windows_of(fitted, rows))


@pytest.mark.parametrize("rate", [None, 50.0])
@pytest.mark.parametrize("chunk", [1, 40])
def test_a_classifier_that_fails_now_and_then_loses_nothing(people, monkeypatch, chunk, rate):
    X, y, _ = people
    fitted = causal(recognizer(plain())).fit(X, y)
    rows = pd.concat([X.loc[[1]].iloc[:700], X.loc[[2]].iloc[:700]])
    rows = rows.sort_index(level="time", sort_remaining=False)
    expected = in_parts(StreamingRecognizer(fitted, sampling_rate=rate), rows, 2 * chunk)
    values_of_cover, calls = _run.values_of_cover, []

    def fail_now_and_then(*arguments):
        calls.append(1)
        if len(calls) % 3 == 0:
            raise FloatingPointError
        return values_of_cover(*arguments)

    monkeypatch.setattr(_run, "values_of_cover", fail_now_and_then)
    stream = StreamingRecognizer(fitted, sampling_rate=rate)

    def insistently(act, *arguments):
        before = stream.state()
        try:
            return act(*arguments)
        except FloatingPointError:
            assert stream.state() == before
            return act(*arguments)

    parts = range(0, len(rows), 2 * chunk)
    tables = [insistently(stream.update, rows.iloc[first : first + 2 * chunk]) for first in parts]
    tables += [insistently(stream.finish)]
    assert len(calls) > len(expected) * 1.2
    said = pd.concat([table for table in tables if len(table)], ignore_index=True)
    pd.testing.assert_frame_equal(said, expected)


def test_another_recording_ends_the_one_before(people):
    X, y, _ = people
    fitted = causal(recognizer(plain())).fit(X, y)
    rows = X.loc[[1]]
    assert rows.index.get_level_values("recording").nunique() == 2
    assert_same(in_parts(StreamingRecognizer(fitted), rows, 450), windows_of(fitted, rows))


def test_a_decision_says_when_it_could_be_made(quick):
    streamed = in_parts(StreamingRecognizer(quick.fitted), quick.rows, 50)
    inside = streamed["latency"] == 1  # of the median; a window at the end of a run waits for the gap
    np.testing.assert_allclose((streamed["time"] - streamed["stop"])[inside].min(), 0.0, atol=1e-9)
    assert streamed["latency"].iloc[-1] == 0
    last = quick.rows.index[-1][2]
    assert streamed["time"].iloc[-1] == last


@pytest.mark.parametrize("rate", [50.0, 100.0, 62.5])
def test_a_decision_comes_with_the_row_that_makes_it_possible(people, quick, rate):
    rows = resample(people[2].iloc[:700], sampling_rate=rate)
    values, times = rows.to_numpy(), rows.index.get_level_values("time").to_numpy()
    keep = (times - times[0] < 5.5) | (times - times[0] > 5.9)  # the next window would end at 6.4
    stream = StreamingRecognizer(quick.fitted, sampling_rate=None if rate == 50.0 else rate)
    known, allowed = [], stream.delay / 50
    for row, now in zip(values[keep], times[keep], strict=True):
        said = stream.update(row[np.newaxis], [now])
        known += [(now, stop) for stop in said["stop"]]
    at_gap = [now for now, stop in known if stop == pytest.approx(times[0] + 5.5, abs=2 / rate)]
    assert len(known) > 5
    assert times[0] + 5.9 < at_gap[0] < times[0] + 5.9 + allowed + 2 / rate
    for now, stop in known:
        assert now in at_gap or stop - 1.5 / 50 <= now <= stop + allowed + 1e-9


def test_nothing_due_is_a_table_too(quick):
    stream = StreamingRecognizer(quick.fitted)
    before = stream.finish()
    empty = stream.update(quick.rows.iloc[:5])
    assert len(before) == len(empty) == 0
    assert empty.columns.tolist() == in_parts(stream, quick.rows.iloc[5:], 500).columns.tolist()
    assert len(stream.update(quick.rows.iloc[:0])) == 0


def test_memory_does_not_grow(people):
    X, y, rows = people
    stream = StreamingRecognizer(causal(recognizer(plain())).fit(X, y))
    values = rows.to_numpy()[:1000]
    stream.update(values, np.arange(1000) / 50)
    size = len(json.dumps(stream.state()))
    tracemalloc.start()
    try:
        stream.update(values, np.arange(1000, 2000) / 50)
        held = tracemalloc.get_traced_memory()[0]
        for second in range(2, 30):
            stream.update(values, np.arange(second * 1000, (second + 1) * 1000) / 50)
        assert tracemalloc.get_traced_memory()[0] < held + 50_000  # of 6 MB that came
    finally:
        tracemalloc.stop()
    assert len(json.dumps(stream.state())) < size + 10_000


def test_reset_forgets(quick):
    stream = StreamingRecognizer(quick.fitted)
    stream.update(quick.rows.iloc[:700])
    stream.reset(6)
    assert stream.report().empty
    assert_same(in_parts(stream, quick.rows, 700), quick.batch)
    with pytest.raises(ValueError, match=r"No row of subject 'ann' came; there are \[6\]"):
        stream.reset("ann")
    stream.reset()
    assert len(stream.finish()) == 0


def test_a_state_of_another_recognizer_is_refused(quick, people):
    X, y, _ = people
    stream = StreamingRecognizer(quick.fitted)
    other = StreamingRecognizer(causal(recognizer(plain(), overlap=0.0)).fit(X, y))
    with pytest.raises(ValueError, match="of another recognizer: its step is 64, here it is 128"):
        other.restore(stream.state())
    with pytest.raises(ValueError, match="has version 99; this library reads 1"):
        stream.restore(stream.state() | {"version": 99})


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (ButterworthFilter(high=20.0), "Step 'butterworthfilter' .* set|Set zero_phase=False"),
        (GravitySeparator(), r"Step 'gravityseparator' \(GravitySeparator\) .*zero_phase=False"),
        (ChannelScaler(per="subject", unknown="own"), 'unknown="own" .* Set unknown="pooled"'),
        (
            FunctionTransformer(lambda X: X - X.mean()),
            "'functiontransformer' .* gives other values for rows when",
        ),
        (FunctionTransformer(lambda X: X.diff().fillna(0.0)), "cannot run on a stream"),
    ],
)
def test_what_reads_the_future_is_refused_by_name(people, step, message):
    X, y, _ = people
    fitted = make_pipeline(step, recognizer(plain())).fit(X, y)
    with pytest.raises(ValueError, match=message):
        StreamingRecognizer(fitted)


def test_a_smoother_of_the_whole_is_refused(people):
    X, y, rows = people
    fitted = recognizer(plain(), smoother=HMMSmoother(emission_weight=0.5), smoother_folds=2).fit(X, y)
    with pytest.raises(ValueError, match=r"smoother \(HMMSmoother\) has causal=False.*smoother__causal=True"):
        StreamingRecognizer(fitted)
    alone = fitted.without_smoother()
    assert_same(in_parts(StreamingRecognizer(alone), rows, 500), alone.predict_windows(rows))


def test_what_is_no_recognizer_of_rows_is_refused(quick, people):
    X, y, _ = people
    with pytest.raises(TypeError, match="LogisticRegression is no recognizer of rows"):
        StreamingRecognizer(make_pipeline(ChannelScaler(), LogisticRegression()).fit(X[::99], y[::99]))
    with pytest.raises(ValueError, match="sampling_rate is -3; it must be a positive number"):
        StreamingRecognizer(quick.fitted, sampling_rate=-3)


class TestRowsThatCannotBeUsed:
    """They are left out as whoever cleans a recording would, and counted."""

    def streamed(self, quick, rows, chunk, **kinds):
        stream = StreamingRecognizer(quick.fitted)
        with pytest.warns(RowsLeftOutWarning):
            out = in_parts(stream, rows, chunk)
        report = stream.report().loc[6]
        assert {kind: report[kind] for kind in kinds} == kinds
        assert report["rows"] == len(rows)
        return out

    @pytest.mark.parametrize("chunk", [1, 50, 2000])
    def test_missing_values_make_a_gap(self, quick, people, chunk):
        rows = people[2].iloc[:700].copy()
        rows.iloc[300:310, 2] = np.nan
        rows.iloc[400, 0] = np.inf
        kept = rows[np.isfinite(rows).all(axis=1)]
        assert_same(self.streamed(quick, rows, chunk, missing=11), windows_of(quick.fitted, kept))

    @pytest.mark.parametrize("chunk", [1, 50, 2000])
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_a_mark_for_no_reading_is_missing(self, quick, people, chunk, dtype):
        rows = people[2].iloc[:700].astype(dtype)
        rows.iloc[300:302, 1] = np.finfo(np.float32).max
        rows.iloc[400, 0] = -1e15
        kept = rows[(rows.abs() < 1e15).all(axis=1)]
        assert_same(self.streamed(quick, rows, chunk, missing=3), windows_of(quick.fitted, kept))

    @pytest.mark.parametrize("chunk", [1, 50, 2000])
    def test_repeated_and_late_rows_are_left_out(self, quick, people, chunk):
        rows = people[2].iloc[:700]
        order = np.r_[0:200, 199, 199, 200:300, 290, 150, 300:350, 352, 350, 351, 353:700]
        kept = rows.iloc[np.r_[0:350, 352:700]]
        out = self.streamed(quick, rows.iloc[order], chunk, repeated=2, late=4, clock_set_back=0)
        kept = kept.iloc[np.r_[0:350, 350 : len(kept)]]
        assert_same(out, windows_of(quick.fitted, kept))

    @pytest.mark.parametrize("chunk", [1, 50, 2000])
    def test_a_clock_that_is_set_back_begins_a_run(self, quick, people, chunk):
        rows = people[2].iloc[:800]
        times = rows.index.get_level_values("time").to_numpy().copy()
        times[400:] -= 5.0
        moved = rows.set_axis(rows.index.droplevel("time"))
        moved = moved.set_index(pd.Index(times, name="time"), append=True)
        out = self.streamed(quick, moved, chunk, clock_set_back=1, late=50)
        parts = [windows_of(quick.fitted, moved.iloc[part]) for part in (slice(0, 400), slice(450, None))]
        said = ["start", "stop", "activity", "confidence", "padded"]
        pd.testing.assert_frame_equal(out[said], pd.concat(parts, ignore_index=True)[said])

    def test_a_jump_ahead_and_back_costs_a_second(self, quick, people):
        rows = people[2].iloc[:800]
        times = rows.index.get_level_values("time").to_numpy().copy()
        times[400] += 1e6
        stream = StreamingRecognizer(quick.fitted)
        with pytest.warns(RowsLeftOutWarning, match="earlier than a row that came before it"):
            stream.update(rows.to_numpy(), times)
        assert stream.report().loc[1, ["late", "clock_set_back", "gaps"]].tolist() == [50, 1, 1]

    def test_a_sensor_that_falls_silent_is_missing(self, quick, people):
        rows = people[2].iloc[:600]
        stream = StreamingRecognizer(quick.fitted)
        stream.update(rows.iloc[:300])
        with pytest.warns(RowsLeftOutWarning, match="holds a value that is missing"):
            stream.update(rows.iloc[300:400].drop(columns="gyro_x"))
        stream.update(rows.iloc[400:])
        assert stream.report().loc[6, ["rows", "missing", "gaps"]].tolist() == [600, 100, 1]

    def test_a_time_that_is_missing_is_no_reason_to_stop(self, quick, people):
        rows = people[2].iloc[:50].reset_index()
        rows.loc[20, "time"] = np.nan
        stream = StreamingRecognizer(quick.fitted)
        with pytest.warns(RowsLeftOutWarning):
            stream.update(rows.set_index(["subject", "recording", "time"]))
        assert stream.report().loc[6, "missing"] == 1

    def test_a_chunk_without_any_time_is_left_out(self, quick, people):
        rows = people[2].iloc[:1].reset_index()
        rows["time"] = np.nan
        stream = StreamingRecognizer(quick.fitted)
        with pytest.warns(RowsLeftOutWarning):
            assert len(stream.update(rows.set_index(["subject", "recording", "time"]))) == 0
        assert stream.report().loc[6, "missing"] == 1

    def test_values_that_are_na_are_missing(self, quick, people):
        rows = people[2].iloc[:50].astype("Float64")
        rows.iloc[7, 3] = pd.NA
        stream = StreamingRecognizer(quick.fitted)
        with pytest.warns(RowsLeftOutWarning):
            stream.update(rows)
        assert stream.report().loc[6, "missing"] == 1
