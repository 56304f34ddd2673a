"""A headless Chromium, driven over a pipe by its DevTools Protocol, with the standard library alone."""

import base64
import itertools
import json
import os
import select
import shutil
import subprocess
import time

NAMES = "chromium", "chromium-browser", "google-chrome"
FLAGS = [
    "--headless",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
]


def find_chromium() -> str | None:
    """The first that is there and starts; some systems have a program that only says how to install it."""
    return next((path for name in NAMES if (path := shutil.which(name)) and _starts(path)), None)


def _starts(program: str) -> bool:
    command = [program, "--version"]
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


class Browser:
    """One process with one page at a time."""

    def __init__(self, program: str, profile):
        as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
        here_in, there_out = os.pipe()
        there_in, here_out = os.pipe()
        self._in, self._out = here_in, here_out

        def as_3_and_4():
            copies = os.dup(there_in), os.dup(there_out)  # 3 or 4 may be one of them
            os.dup2(copies[0], 3)
            os.dup2(copies[1], 4)

        self._process = subprocess.Popen(
            [program, *FLAGS, *as_root, f"--user-data-dir={profile}", "about:blank"],
            preexec_fn=as_3_and_4,
            close_fds=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(there_in)
        os.close(there_out)
        self._numbers = itertools.count(1)
        self._rest = b""
        self.events: list[dict] = []

    def close(self) -> None:
        try:
            self.call("Browser.close", timeout=10)
            self._process.wait(10)
        except (RuntimeError, OSError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait(10)
        os.close(self._in)
        os.close(self._out)

    def call(self, method: str, session: str | None = None, timeout: float = 60, **params):
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + timeout
        while True:
            answer = self._next(until, method)
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def _next(self, until: float, what: str) -> dict:
        while b"\0" not in self._rest:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self._in], [], [], left)[0]:
                raise RuntimeError(f"Chromium did not answer {what} in time.")
            part = os.read(self._in, 1 << 20)
            if not part:
                raise RuntimeError("Chromium has ended.")
            self._rest += part
        message, self._rest = self._rest.split(b"\0", 1)
        return json.loads(message)

    def page(self, *, width: int = 390, height: int = 844, dark: bool = False) -> "Page":
        """A page in a profile of its own."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return Page(self, session, context, width, height, dark)


class Page:
    def __init__(self, browser: Browser, session: str, context: str, width: int, height: int, dark: bool):
        self.browser, self.session, self.context = browser, session, context
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if width < 600 else 1,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def call(self, method: str, **params):
        return self.browser.call(method, self.session, **params)

    def close(self) -> None:
        self.browser.call("Target.disposeBrowserContext", browserContextId=self.context)

    def before_load(self, script: str) -> None:
        self.call("Page.addScriptToEvaluateOnNewDocument", source=script)

    def go(self, url: str) -> None:
        self.call("Page.navigate", url=url)
        self.until("document.readyState === 'complete'")

    def run(self, script: str):
        """Value of an expression, also of a promise."""
        answer = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True
        )
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise RuntimeError(details.get("exception", {}).get("description", details["text"]))
        return answer["result"].get("value")

    def until(self, script: str, seconds: float = 30) -> None:
        """Wait until an expression is true."""
        stop = time.monotonic() + seconds
        while not self._is_true(script):
            if time.monotonic() > stop:
                said = self.run("document.body?.innerText")
                raise AssertionError(f"{script} did not become true; the page says:\n{said}")
            self.run("new Promise((done) => setTimeout(done, 30))")

    def _is_true(self, script: str) -> bool:
        try:
            return bool(self.run(script))
        except RuntimeError as error:
            if "navigated" in str(error):  # asked of the page before
                return False
            raise

    def text(self, selector: str) -> str:
        return self.run(f"document.querySelector({json.dumps(selector)}).textContent")

    def errors(self) -> list[str]:
        """What the console and the network complained about."""
        self.run("1")  # what was said before it has come by now
        found = []
        for event in self.browser.events:
            if event.get("sessionId") != self.session:
                continue
            method, params = event["method"], event["params"]
            if method == "Runtime.exceptionThrown":
                found.append(
                    params["exceptionDetails"]["text"] + str(params["exceptionDetails"].get("exception"))
                )
            if method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning"):
                found.append(str([argument.get("value") for argument in params["args"]]))
            if method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
                found.append(params["entry"]["text"] + " " + params["entry"].get("url", ""))
        return found

    def screenshot(self, path, *, whole: bool = False) -> None:
        picture = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        path.write_bytes(base64.b64decode(picture))
