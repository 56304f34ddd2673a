"""A browser, a page and its server; rows as a phone would give them."""

import contextlib
import json
import os
import threading

import numpy as np
import pandas as pd
import pytest

from sklearn_har import datasets
from sklearn_har.classifiers import CNNClassifier
from sklearn_har.deploy import export_web
from sklearn_har.deploy._serve import server_of
from sklearn_har.deploy._web import PAGE
from sklearn_har.windowing import SlidingWindowClassifier

from .browser import Browser, find_chromium

# Rows [time, acceleration, angular rate] as motion events, at their times, as fast as they can be taken.
REPLAY = """
globalThis.decisions = [];
document.addEventListener("recognised", ({ detail }) => decisions.push(detail));
globalThis.replay = (rows, sign) => {
  const degrees = 180 / Math.PI;
  for (const [time, x, y, z, alpha, beta, gamma] of rows) {
    const event = new DeviceMotionEvent("devicemotion", {
      accelerationIncludingGravity: { x: sign * x, y: sign * y, z: sign * z },
      rotationRate: { alpha: alpha * degrees, beta: beta * degrees, gamma: gamma * degrees },
      interval: 16,
    });
    Object.defineProperty(event, "timeStamp", { value: 1000 * time });
    dispatchEvent(event);
  }
};
"""


def replay(page, times, values, sign=1) -> None:
    rows = np.column_stack([times, values]).tolist()
    for first in range(0, len(rows), 2000):
        page.run(f"replay({json.dumps(rows[first : first + 2000])}, {sign})")


def decisions_of(page, n: int) -> pd.DataFrame:
    """What the page said of the first windows, once there are so many."""
    page.until(f"decisions.length >= {n}")
    said = page.run("decisions.map(({ start, stop, label, outputs }) => ({ start, stop, label, outputs }))")
    return pd.DataFrame(said)


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    program = find_chromium()
    if program is None:
        pytest.skip("there is no Chromium that starts; `make test-web` installs it where it can")
    browser = Browser(program, tmp_path_factory.mktemp("profile"))
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def recordings():
    """Recordings of HAPT where they are, else simulated ones: X, y, people to fit on, one person to ask."""
    try:
        X, y = datasets.fetch_hapt(activities="basic", return_X_y=True, download_if_missing=False, **_home())
        return X, y, [1, 3, 5], 2
    except OSError:
        X, y = datasets.make_recordings(n_subjects=3, random_state=0, return_X_y=True)
        return X, y, [1, 2], 3


def _home() -> dict:
    folder = os.environ.get("SKLEARN_HAR_DATA")
    return {"data_home": folder} if folder else {}


@pytest.fixture(scope="session")
def recognizer(recordings):
    X, y, people, _ = recordings
    mine = X.index.get_level_values("subject").isin(people)
    recognizer = SlidingWindowClassifier(CNNClassifier(epochs=3, random_state=0), window_length=2.56)
    return recognizer.fit(X[mine], y[mine])


@pytest.fixture(scope="session")
def asked(recordings):
    """The first recording of a person whom the recognizer does not know."""
    X, _, _, person = recordings
    X = X.xs(person, level="subject", drop_level=False)
    first = X.index.get_level_values("recording")[0]
    return X.xs(first, level="recording", drop_level=False)


@pytest.fixture(scope="session")
def site_of(tmp_path_factory):
    """Address of a page of any recognizer."""
    if not list(PAGE.glob("runtime/*.wasm")):
        pytest.skip("the runtime of pages was not fetched: `make web`")
    with contextlib.ExitStack() as ends:

        def address_of(recognizer) -> str:
            folder = export_web(recognizer, tmp_path_factory.mktemp("page"), title="Everyday activities")
            server = ends.enter_context(server_of(folder, port=0, host="127.0.0.1"))
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            ends.callback(thread.join)
            ends.callback(server.shutdown)
            return f"http://127.0.0.1:{server.server_address[1]}/"

        yield address_of


@pytest.fixture(scope="session")
def site(recognizer, site_of):
    return site_of(recognizer)


@pytest.fixture
def page(browser, site):
    """The page, loaded, on a screen of a phone; nothing may be complained about in the end."""
    page = browser.page()
    page.before_load(REPLAY)
    page.go(site)
    page.until("document.querySelector('#toggle').disabled === false")
    yield page
    errors = page.errors()
    page.close()
    assert errors == []


@pytest.fixture
def running(page):
    """The page, after a tap on Start."""
    page.run("document.querySelector('#toggle').click()")
    page.until("document.querySelector('#toggle').textContent === 'Stop'")
    return page
