"""The page for phones in a real browser."""

import json
import re
import threading

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_har.classifiers import DenseClassifier, RocketClassifier
from sklearn_har.deploy import StreamingRecognizer, export_web
from sklearn_har.deploy._serve import server_of
from sklearn_har.features import MotionFeatures
from sklearn_har.recordings import recordings_from_table
from sklearn_har.recordings._grid_stream import GridStream
from sklearn_har.recordings._interpolation import low_pass
from sklearn_har.smoothing import HMMSmoother, MinimumDuration
from sklearn_har.windowing import SlidingWindowClassifier

from .conftest import REPLAY, decisions_of, replay

pytestmark = pytest.mark.web
START = STOP = "document.querySelector('#toggle').click()"
READY = "document.querySelector('#toggle')?.disabled === false"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile Safari/604.1"


def times_of(X):
    return X.index.get_level_values("time").to_numpy()


def check_same(said: pd.DataFrame, expected: pd.DataFrame) -> None:
    probabilities = expected.filter(regex="^probability_").to_numpy()
    assert said["label"].tolist() == expected["activity"].astype(str).tolist()
    np.testing.assert_allclose(np.array(said["outputs"].tolist()), probabilities, atol=1e-4)
    np.testing.assert_allclose(said[["start", "stop"]], expected[["start", "stop"]], atol=1e-6)


def test_recording_gets_the_labels_of_python_window_for_window(page, recognizer, asked):
    expected = recognizer.predict_windows(asked)
    page.run(START)
    replay(page, times_of(asked), asked.to_numpy())
    page.run(STOP)
    check_same(decisions_of(page, len(expected)), expected)


def test_iphone_with_its_sign_another_rate_and_a_gap_gets_those_of_the_stream(page, recognizer, asked):
    page.call("Emulation.setUserAgentOverride", userAgent=IPHONE)
    page.go(page.run("location.href"))
    page.until(READY)
    rng = np.random.default_rng(0)
    times = np.arange(0, 60, 1 / 60) + rng.uniform(-0.003, 0.003, 3600)
    times = np.sort(times[(times < 20.3) | (times > 23.1)]) + 5
    of_rows = times_of(asked) - times_of(asked)[0]
    values = np.column_stack([np.interp(times, of_rows, asked[name]) for name in asked])
    page.run(START)
    replay(page, times, values, sign=-1)
    page.run(STOP)
    stream = StreamingRecognizer(recognizer, sampling_rate=1 / np.median(np.diff(times[:17])))
    frame = pd.DataFrame(values, columns=asked.columns, index=index_of(times))
    expected = pd.concat([stream.update(frame), stream.finish()])
    check_same(decisions_of(page, len(expected)), expected)


def page_that_heard(rows, browser, address):
    page = browser.page()
    page.before_load(REPLAY)
    page.go(address)
    page.until(READY)
    page.run(START)
    replay(page, times_of(rows), rows.to_numpy())
    page.run(STOP)
    return page


@pytest.mark.parametrize(
    "estimator",
    [
        RocketClassifier(840, random_state=0),
        make_pipeline(MotionFeatures(), StandardScaler(), LogisticRegression(max_iter=500)),
    ],
    ids=["kernels", "features"],
)
def test_classifier_without_network_says_what_it_says_in_python(
    browser, site_of, recordings, asked, estimator
):
    X, y, people, _ = recordings
    mine = X.index.get_level_values("subject").isin(people)
    recognizer = SlidingWindowClassifier(estimator, window_length=2.56).fit(X[mine], y[mine])
    expected = recognizer.predict_windows(asked)
    page = page_that_heard(asked, browser, site_of(recognizer))
    check_same(decisions_of(page, len(expected)), expected)
    assert page.errors() == []
    page.close()


@pytest.mark.parametrize("smoother", [HMMSmoother(stages=2, causal=True), MinimumDuration(4.0, causal=True)])
def test_smoother_says_what_it_says_in_python(browser, site_of, recordings, asked, smoother):
    X, y, people, _ = recordings
    mine = X.index.get_level_values("subject").isin(people)
    network = DenseClassifier(epochs=1, random_state=0)
    recognizer = SlidingWindowClassifier(network, window_length=2.56, smoother=smoother).fit(X[mine], y[mine])
    expected = recognizer.predict_windows(asked)
    page = page_that_heard(asked, browser, site_of(recognizer))
    decisions_of(page, len(expected))
    said = page.run("decisions.map(({ label }) => label)")
    confidences = page.run("decisions.map(({ confidence }) => confidence)")
    assert said == expected["activity_smoothed"].astype(str).tolist()
    assert said != expected["activity"].astype(str).tolist()  # it had something to do
    if isinstance(smoother, HMMSmoother):
        np.testing.assert_allclose(confidences, expected["confidence_smoothed"], atol=1e-4)
    assert page.errors() == []
    page.close()


def index_of(times):
    return pd.MultiIndex.from_arrays(
        [np.ones(len(times), int), np.ones(len(times), int), times], names=["subject", "recording", "time"]
    )


def test_events_of_the_browser_itself_are_recognised(page):
    origin = page.run("location.origin")
    page.browser.call(
        "Browser.grantPermissions", permissions=["sensors"], origin=origin, browserContextId=page.context
    )
    at_rest = {
        "accelerometer": {"x": 9.6, "y": 0.2, "z": 1.0},
        "linear-acceleration": {"x": 0.0, "y": 0.0, "z": 0.0},
        "gyroscope": {"x": 0.0, "y": 0.5, "z": 0.0},
    }
    limits = {"available": True, "minimumFrequency": 1, "maximumFrequency": 60}
    for kind, xyz in at_rest.items():
        page.call("Emulation.setSensorOverrideEnabled", enabled=True, type=kind, metadata=limits)
        page.call("Emulation.setSensorOverrideReadings", type=kind, reading={"xyz": xyz})
    page.before_load("addEventListener('devicemotion', (event) => (globalThis.came = event));")
    page.go(page.run("location.href"))
    page.until(READY)
    page.run(START)
    decisions_of(page, 1)
    means = page.run(
        """(() => { const sums = [0, 0, 0, 0, 0, 0], { values } = decisions[0];
        values.forEach((value, at) => (sums[at % 6] += (6 * value) / values.length));
        return [came.isTrusted, ...sums]; })()"""
    )
    np.testing.assert_allclose(means, [1, 9.6, 0.2, 1.0, 0.0, 0.5, 0.0], atol=0.05)


@pytest.mark.parametrize(("rate_in", "rate"), [(50, 50), (60, 50), (60, 20), (25, 50), (100, 33.3)])
def test_grid_is_that_of_resampling(page, rate_in, rate):
    rng = np.random.default_rng(rate_in)
    times = np.arange(300) / rate_in + rng.uniform(-0.2, 0.2, 300) / rate_in
    times[100:] += 0.5
    times[103:] += 0.7  # a run of three rows
    times[200] = times[199] + 2e-5 / rate
    values = rng.normal(size=(300, 2))
    found_rate = 1 / np.median(np.diff(times[:17]))
    stream = GridStream(found_rate, rate, None)
    parts = [stream.push(values, times), stream.finish()]
    expected = np.concatenate([part[0] for part in parts])
    ticks = np.rint((np.concatenate([part[1] for part in parts]) - times[0]) * rate)
    found = page.run(
        f"""(async () => {{
        const {{ Grid }} = await import("./grid.js");
        const settings = {{ filters: {filters(rate)} }};
        const out = [];
        const grid = new Grid({rate}, settings.filters, (tick, values) => out.push([tick, ...values]));
        const rows = {np.column_stack([times, values]).tolist()};
        for (const [time, ...values] of rows) grid.push(time, Float64Array.from(values));
        grid.finish();
        return out; }})()"""
    )
    np.testing.assert_array_equal(np.array(found)[:, 0], ticks)
    np.testing.assert_allclose(np.array(found)[:, 1:], expected, atol=1e-10)


def filters(rate) -> dict:
    return {factor: low_pass(factor).tolist() for factor in range(2, 8)}


def test_rows_that_cannot_be_used_are_counted(running, asked):
    times, values = times_of(asked)[:200], asked.to_numpy()[:200]
    replay(running, times, values)
    replay(running, times[100:101], values[:1])
    running.run(
        """dispatchEvent(new DeviceMotionEvent("devicemotion",
        { accelerationIncludingGravity: { x: 1, y: null } }))"""
    )
    decisions_of(running, 2)
    running.run("new Promise((done) => setTimeout(done, 700))")
    # a computer's browser gives one event without values of its own accord
    assert re.search("[12] missing, 1 late", running.text("#facts"))


def test_file_that_is_downloaded_is_read_by_the_library(running, asked, tmp_path):
    times, values = times_of(asked)[:1000], asked.to_numpy()[:1000]
    replay(running, times, values)
    running.run(STOP)
    running.until("document.querySelectorAll('#episodes li').length >= 1")
    running.run(
        """(() => { const choice = document.querySelector("#episodes li:last-child select");
        choice.value = choice.options[2].value; choice.dispatchEvent(new Event("change")); })()"""
    )
    said = running.run("document.querySelector('#episodes li:last-child select').value")
    running.browser.call(
        "Browser.setDownloadBehavior",
        behavior="allow",
        downloadPath=str(tmp_path),
        browserContextId=running.context,
        eventsEnabled=True,
    )
    running.run("document.querySelector('#download').click()")
    running.until("true")
    path = wait_for_file(running, tmp_path)
    X, y = recordings_from_table(
        pd.read_csv(path), channels=list(asked.columns), time="time", recording="recording", label="activity"
    )
    np.testing.assert_allclose(X.to_numpy(), values, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(times_of(X) - times_of(X)[0], times - times[0], atol=2e-6)
    assert y.iloc[0] == said
    assert set(pd.read_csv(path)["recognised"].dropna()) >= {decisions_of(running, 1)["label"][0]}


def wait_for_file(page, folder):
    page.run("new Promise((done) => setTimeout(done, 200))")
    for _ in range(100):
        if found := list(folder.glob("*.csv")):
            return found[0]
        page.run("new Promise((done) => setTimeout(done, 50))")
    raise AssertionError("no file came")


def test_page_works_offline_after_the_first_visit(page, recognizer, asked):
    page.run("navigator.serviceWorker.ready.then(() => true)")
    page.until("navigator.serviceWorker.controller !== null")
    offline = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    page.call("Network.emulateNetworkConditions", offline=True, **offline)
    page.run("globalThis.isOld = true")
    page.call("Page.reload")
    page.until(f"!globalThis.isOld && {READY}")
    assert not page.run("navigator.onLine")
    page.run(START)
    replay(page, times_of(asked)[:200], asked.to_numpy()[:200])
    assert decisions_of(page, 1)["label"][0] == str(recognizer.predict_windows(asked)["activity"].iloc[0])


@pytest.mark.parametrize("answer", ["Promise.resolve('denied')", "Promise.reject(new Error('no tap'))"])
def test_refused_permission_is_said(browser, site, answer):
    page = browser.page()
    page.before_load(f"DeviceMotionEvent.requestPermission = () => {answer};")
    page.go(site)
    page.until(READY)
    page.run(START)
    page.until("document.querySelector('#alert').textContent.startsWith('Motion was refused')")
    assert page.text("#toggle") == "Start"
    assert page.errors() == []
    page.close()


def test_device_without_sensors_says_so(running):
    running.until("document.querySelector('#alert').textContent.startsWith('No motion came')")
    assert running.text("#toggle") == "Start"


def test_device_without_gyroscope_says_so(running):
    running.run(
        """setInterval(() => dispatchEvent(new DeviceMotionEvent("devicemotion",
        { accelerationIncludingGravity: { x: 0, y: 0, z: 9.8 } })), 20) && null"""
    )
    running.until("document.querySelector('#alert').textContent.includes('no values of its gyroscope')")


def test_sensors_that_fall_silent_are_said(running, asked):
    replay(running, times_of(asked)[:200], asked.to_numpy()[:200])
    running.until("document.querySelector('#alert').textContent.startsWith('The sensors fell silent')")
    replay(running, times_of(asked)[200:400], asked.to_numpy()[200:400])
    running.until("document.querySelector('#alert').hidden")


def test_clock_that_stands_still_is_said(running, asked):
    values = asked.to_numpy()[:400]
    replay(running, times_of(asked)[:200], values[:200])
    decisions_of(running, 1)
    running.run(
        """(() => { const old = new DeviceMotionEvent("devicemotion", { accelerationIncludingGravity:
        { x: 1, y: 2, z: 3 }, rotationRate: { alpha: 1, beta: 2, gamma: 3 } });
        Object.defineProperty(old, "timeStamp", { value: 0.001 });
        setInterval(() => dispatchEvent(old), 20); })()"""
    )
    running.until("document.querySelector('#alert').textContent.startsWith('The sensors fell silent')")
    assert running.text("#activity") == "No motion"


def test_rows_that_come_too_slowly_are_said(running, asked):
    replay(running, times_of(asked)[:400:5], asked.to_numpy()[:400:5])
    running.until("document.querySelector('#alert').textContent.includes('This device gives 10 rows')")
    running.until("document.querySelector('#alert').textContent.startsWith('The sensors fell silent')")
    assert "This device gives 10 rows" in running.text("#alert")


def test_time_that_nobody_looked_at_is_nobodys(page):
    said = page.run(
        """(async () => {
        const { Diary } = await import("./diary.js");
        const diary = new Diary(["acc_x"]);
        diary.begin(1000);
        const decide = (start, stop, beginsRun) => diary.decide({ start, stop, beginsRun, label: "a,\\rb" });
        decide(0, 2, true); decide(1, 3, false); decide(9, 11, false); // those between were left out
        diary.record(2.5, [1.25]); diary.record(5, [2]);
        return [diary.episodes.map(({ start, stop }) => [start, stop]), [...diary.csv()].join("")]; })()"""
    )
    table = 'recording,time,acc_x,recognised,activity\n1,1002.500000,1.25,"a,\rb",\n1,1005.000000,2,,\n'
    assert said == [[[0, 3], [9, 11]], table]


def test_windows_that_are_left_out_do_not_hide_that_a_run_began(page):
    assert page.run(
        """(async () => {
        const { Recognizer } = await import("./recognizer.js");
        const settings = await (await fetch("recognizer.json")).json();
        const recognizer = await Recognizer.load(settings);
        const values = Float32Array.from(settings.test.windows);
        const said = [];
        for (let at = 0; at < 700; at++) {
          const window = { values, start: at, stop: at + 1, beginsRun: at < 2 };
          recognizer.add(window, ({ start, beginsRun }) => said.push([start, beginsRun]));
        }
        await recognizer.idle();
        return [recognizer.leftOut, said.length, said[0], said[1], said[2]]; })()"""
    ) == [99, 601, [0, True], [100, True], [101, False]]


@pytest.mark.parametrize(
    ("user_agent", "platform", "touches", "sign"),
    [
        (IPHONE, "iPhone", 5, -1),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.0 Safari/605.1.15", "MacIntel", 5, -1),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.0 Safari/605.1.15", "MacIntel", 0, 1),
        ("Mozilla/5.0 (Linux; Android 10; K) Chrome/140.0.0.0 Mobile Safari/537.36", "Linux armv81", 5, 1),
    ],
)
def test_sign_is_turned_around_on_ios_and_ipados(page, user_agent, platform, touches, sign):
    navigator = {"userAgent": user_agent, "platform": platform, "maxTouchPoints": touches}
    said = page.run(f"import('./sensors.js').then((m) => m.accelerationSign({json.dumps(navigator)}))")
    assert said == sign


def test_newer_version_is_told_and_other_pages_of_the_site_keep_theirs(browser, recognizer, tmp_path):
    for name in ("one", "two"):
        export_web(recognizer, tmp_path / name)
    (tmp_path / "index.html").touch()
    with server_of(tmp_path, port=0, host="127.0.0.1") as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        page = browser.page()
        for name in ("one", "two"):
            page.go(f"http://127.0.0.1:{server.server_port}/{name}/")
            page.until("document.querySelector('#status')?.textContent.startsWith('From now on')")
        assert page.run("caches.keys().then((names) => names.length)") == 2
        export_web(recognizer, tmp_path / "two", title="Another")
        page.call("Page.reload")
        page.until("document.querySelector('#status')?.textContent.startsWith('There is a newer')")
        assert page.text("#title") == "Activity recognizer"  # all of it is of one version
        page.go("about:blank")
        page.go(f"http://127.0.0.1:{server.server_port}/two/")
        page.until(READY)
        page.until("document.querySelector('#title').textContent === 'Another'")
        assert page.run("caches.keys().then((names) => names.length)") == 2
        page.close()
        server.shutdown()
        thread.join()


def test_phone_held_as_nobody_held_it_is_said(running, asked):
    replay(running, times_of(asked)[:200], -asked.to_numpy()[:200])
    running.until("document.querySelector('#alert').textContent.includes('from every position')")


def test_slow_phone_keeps_up_with_real_time(running, recognizer, asked):
    running.call("Emulation.setCPUThrottlingRate", rate=6)
    running.run("globalThis.began = performance.now()")
    running.run("document.addEventListener('recognised', () => (globalThis.ended = performance.now())), null")
    replay(running, times_of(asked)[:3000], asked.to_numpy()[:3000])
    n_windows = len(decisions_of(running, 40))
    milliseconds = running.run("ended - began") / n_windows  # with events, resampling and drawing
    due = 1000 * recognizer.step_ / recognizer.sampling_rate_in_
    print(f"{milliseconds:.1f} ms a window at a sixth of the speed; one is due every {due:.0f} ms")
    assert milliseconds < due / 3


def test_activity_is_told_to_screen_readers_when_it_changes_only(running, asked):
    running.run(
        """globalThis.told = []; new MutationObserver(() => told.push(1)).observe(
        document.querySelector("#spoken"), { childList: true, characterData: true, subtree: true }), null"""
    )
    replay(running, times_of(asked)[:3000], asked.to_numpy()[:3000])
    decisions_of(running, 40)
    running.run("new Promise((done) => setTimeout(done, 400))")
    assert running.run("told.length") == 1
    assert running.run("document.querySelector('#spoken').getAttribute('aria-live')") == "polite"
