"""The files of a page for phones, and their server; the page itself is driven in tests/web."""

import contextlib
import json
import re
import resource
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import urllib.error
import urllib.request

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from sklearn_har.classifiers import DenseClassifier
from sklearn_har.deploy import _serve, export_web, serve
from sklearn_har.deploy import _web as module
from sklearn_har.deploy._serve import HOW_TO_CERTIFY, server_of
from sklearn_har.preprocessing import ButterworthFilter
from sklearn_har.windowing import SlidingWindowClassifier

from ..conftest import recordings


@pytest.fixture(autouse=True)
def page_folder(tmp_path, monkeypatch):
    """Static files with a runtime that is small."""
    page = tmp_path / "static"
    (page / "runtime").mkdir(parents=True)
    for path in module.PAGE.glob("*.*"):
        (page / path.name).write_bytes(path.read_bytes())
    (page / "runtime" / "small.wasm").write_bytes(b"\0asm")
    monkeypatch.setattr(module, "PAGE", page)
    return page


def fitted(channels, steps=(), **parameters):
    X = recordings(300, 300, channels=channels)
    network = DenseClassifier(epochs=1, random_state=0)
    recognizer = SlidingWindowClassifier(network, window_length=1.0, **parameters)
    return (
        make_pipeline(*steps, recognizer).fit(X, np.arange(600) // 100 % 2)
        if steps
        else recognizer.fit(X, np.arange(600) // 100 % 2)
    )


def test_folder_holds_all_that_the_service_worker_keeps(tmp_path):
    folder = export_web(
        fitted(["acc_x", "acc_y", "acc_z", "gyro_z"]), tmp_path / "page", title="Ann's <phone>"
    )
    contents = json.loads(
        (folder / "contents.js").read_text().removeprefix("const CONTENTS = ").rstrip(";\n")
    )
    kept = {name for name in contents["files"] if name != "./"}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert kept == there - {"worker.js", "contents.js"}
    settings = json.loads((folder / "recognizer.json").read_text())
    assert settings["title"] == json.loads((folder / "manifest.webmanifest").read_text())["name"]
    assert [channel["source"] for channel in settings["channels"]] == [
        "acceleration.x",
        "acceleration.y",
        "acceleration.z",
        "rotation.z",
    ]
    assert (settings["rate"], settings["n_timesteps"], settings["step"]) == (50.0, 50, 25)
    assert settings["classes"] == ["0", "1"]


def test_version_changes_with_any_file(tmp_path, page_folder):
    recognizer = fitted(["acc_x"])

    def version():
        folder = export_web(recognizer, tmp_path / "page")
        return re.search('"version": "(\\w+)"', (folder / "contents.js").read_text())[1]

    first = version()
    assert version() == first
    (page_folder / "style.css").write_text("body {}")
    assert version() != first


def test_every_module_that_is_imported_is_there(page_folder):
    for path in page_folder.glob("*.js"):
        for name in re.findall(r'from "\./([\w.-]+\.js)"', path.read_text()):
            assert (page_folder / name).is_file(), f"{path.name} imports {name}"


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node.js here to run the page's modules")
def test_marks_for_no_reading_are_missing(page_folder):
    (page_folder / "package.json").write_text('{"type": "module"}')
    code = """
        import { Intake } from "./windows.js";
        const taken = [], intake = new Intake((time) => taken.push(time));
        [9.81, NaN, Infinity, -3.4e38, 1e15, 9e14].forEach((value, time) => {
          intake.push(time, Float64Array.of(value, 0));
        });
        intake.finish();
        console.log(JSON.stringify([taken, intake.counts.missing]));
    """
    command = ["node", "--input-type=module", "-e", code]
    done = subprocess.run(command, cwd=page_folder, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [[0, 5], 4]


def test_places_on_the_body_are_no_hindrance():
    assert module._sources(["wrist_acc_x", "wrist_gyro_y"]) == [
        ("wrist_acc_x", "acceleration.x"),
        ("wrist_gyro_y", "rotation.y"),
    ]


@pytest.mark.parametrize("name", ["heart_rate", "mag_x", "body_acc_x", "acc_magnitude"])
def test_channel_without_a_sensor_is_refused(tmp_path, name):
    with pytest.raises(ValueError, match=f"no sensor for channel '{name}'"):
        export_web(fitted(["acc_x", name]), tmp_path / "page")
    assert not (tmp_path / "page").exists()


def test_two_devices_are_refused(tmp_path):
    with pytest.raises(ValueError, match="'wrist_acc_x' and 'hip_acc_x' are of two devices"):
        export_web(fitted(["wrist_acc_x", "hip_acc_x"]), tmp_path / "page")


def test_filters_of_rows_are_refused_by_name(tmp_path):
    recognizer = fitted(["acc_x"], steps=[ButterworthFilter(high=20.0, zero_phase=False)])
    with pytest.raises(ValueError, match=r"has the steps \['butterworthfilter'\] before it"):
        export_web(recognizer, tmp_path / "page")


def test_rows_without_times_are_refused(tmp_path):
    network = DenseClassifier(epochs=1, random_state=0)
    rows = np.random.default_rng(0).normal(size=(100, 3))
    recognizer = SlidingWindowClassifier(network, window_length=10).fit(rows, np.arange(100) // 50)
    with pytest.raises(ValueError, match="channels without names or rows without times"):
        export_web(recognizer, tmp_path / "page")


def test_missing_runtime_says_how_to_get_it(tmp_path, page_folder):
    (page_folder / "runtime" / "small.wasm").unlink()
    with pytest.raises(FileNotFoundError, match="`make web`"):
        export_web(fitted(["acc_x"]), tmp_path / "page")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.mjs", "text/javascript"),
        ("a.js", "text/javascript"),
        ("a.wasm", "application/wasm"),
        ("a.onnx", "application/octet-stream"),
        ("a.webmanifest", "application/manifest+json"),
        ("", "text/html"),
    ],
)
def test_files_have_the_types_that_browsers_want(tmp_path, name, kind):
    for file in (name or "index.html", "index.html"):
        (tmp_path / file).write_text("0")
    with server_of(tmp_path, port=0, host="127.0.0.1") as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_address[1]}/{name}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            found = answer.headers
        server.shutdown()
        thread.join()
    assert found.get_content_type() == kind
    assert found["Cache-Control"] == "no-cache"


def test_folder_without_a_page_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="write one with export_web"):
        serve(tmp_path)


def test_interrupt_ends_the_server_cleanly(tmp_path):
    (tmp_path / "index.html").write_text("0")
    code = f"""if True:
        import signal
        from sklearn_har.deploy import serve

        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
        serve({str(tmp_path)!r}, port=0)
        """
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        lines = [process.stdout.readline() for _ in range(3)]
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=30)
    assert "localhost" in lines[0]
    assert "plain HTTP: pass certfile=" in lines[2]
    assert (rest, process.returncode) == ("Stopped.\n", 0)


def test_greeting_says_where_the_page_is_and_what_phones_need(tmp_path, monkeypatch):
    (tmp_path / "index.html").write_text("hello")
    with server_of(tmp_path, port=0, host="127.0.0.1") as server:
        (alone,) = _serve._greeting(server, None)
    assert (
        alone == f"The page is at http://localhost:{server.server_port}/ on this computer; Ctrl-C stops it."
    )
    monkeypatch.setattr(_serve, "_own_address", lambda: "192.0.2.7")
    with server_of(tmp_path, port=0, host="0.0.0.0") as server:
        here, network, advice = _serve._greeting(server, None)
        assert here.startswith("The page is at http://localhost:")
        assert network == f"On the local network it is at http://192.0.2.7:{server.server_port}/."
        assert advice.startswith("Phones give no motion to pages over plain HTTP: pass certfile=")
        assert len(_serve._greeting(server, "page.pem")) == 2
        assert "https://192.0.2.7" in _serve._greeting(server, "page.pem")[1]


def test_a_computer_without_a_network_has_no_address(monkeypatch):
    def unreachable(*_):
        raise OSError("Network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", unreachable)
    assert _serve._own_address() is None


def test_port_that_is_taken_is_said(tmp_path):
    (tmp_path / "index.html").write_text("0")
    with server_of(tmp_path, port=0, host="127.0.0.1") as server:
        port = server.server_address[1]
        with pytest.raises(OSError, match=rf"port {port} of 127.0.0.1. Pass another port="):
            server_of(tmp_path, port=port, host="127.0.0.1")


def test_certificate_that_is_none_is_said(tmp_path):
    (tmp_path / "index.html").write_text("0")
    with pytest.raises(FileNotFoundError, match=r"no certificate absent.pem. One is made by `openssl"):
        serve(tmp_path, port=0, certfile="absent.pem")
    with pytest.raises(ValueError, match="holds no certificate with its private key"):
        serve(tmp_path, port=0, certfile=tmp_path / "index.html")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl here to make a certificate")
def test_one_who_connects_and_says_nothing_keeps_nobody_waiting(tmp_path, capfd):
    (tmp_path / "index.html").write_text("hello")
    pem = tmp_path / "page.pem"
    command = HOW_TO_CERTIFY.replace("page.pem", str(pem)).split()
    subprocess.run(command, check=True, capture_output=True)
    with server_of(tmp_path, port=0, host="127.0.0.1", certfile=pem) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        trusting = ssl.create_default_context(cafile=pem)
        trusting.check_hostname = False
        try:
            with socket.create_connection(server.server_address), pytest.raises(urllib.error.URLError):
                # this one does not trust the certificate
                urllib.request.urlopen(f"https://127.0.0.1:{server.server_port}/", timeout=10)
            url = f"https://127.0.0.1:{server.server_port}/index.html"
            with (
                socket.create_connection(server.server_address),
                urllib.request.urlopen(url, timeout=10, context=trusting) as answer,
            ):
                assert answer.read() == b"hello"
        finally:
            server.shutdown()
            thread.join()
    assert "Traceback" not in capfd.readouterr().err


def test_nothing_of_others_is_replaced(tmp_path):
    recognizer, place = fitted(["acc_x"]), tmp_path / "page"
    place.mkdir()
    (place / "index.html").write_text("of somebody")
    with pytest.raises(FileExistsError, match=r"page holds 'index.html', which is of no earlier page"):
        export_web(recognizer, place)
    assert (place / "index.html").read_text() == "of somebody"
    with pytest.raises(FileExistsError, match="is a file"):
        export_web(recognizer, place / "index.html")
    (place / "index.html").rename(place / "notes.txt")
    for _ in range(2):  # again over its own
        export_web(recognizer, place)
    assert (place / "notes.txt").read_text() == "of somebody"


@contextlib.contextmanager
def full_disk(n_bytes):
    """Files end at a number of bytes with an OSError."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def files_of(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def interrupted(monkeypatch):
    """An export that somebody interrupts when half of the page is there."""
    write, places = module.write_at_once, []

    def write_some(place, content):
        places.append(place)
        if len(places) == 8:
            raise KeyboardInterrupt
        write(place, content)

    monkeypatch.setattr(module, "write_at_once", write_some)


def test_a_full_disk_leaves_nothing_of_a_new_page(tmp_path, page_folder):
    recognizer = fitted(["acc_x"])
    size = (export_web(recognizer, tmp_path / "page") / "model.onnx").stat().st_size
    (page_folder / "runtime" / "small.wasm").write_bytes(bytes(size + 2000))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.txt").write_text("of somebody")
    for name in ("new/page", "other"):
        with full_disk(size + 1000), pytest.raises(OSError, match="File too large"):
            export_web(recognizer, tmp_path / name)
    assert not (tmp_path / "new").exists()
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["notes.txt"]
    export_web(recognizer, tmp_path / "other")


def test_a_full_disk_leaves_every_file_of_an_earlier_page_whole(tmp_path, page_folder):
    recognizer = fitted(["acc_x"])
    folder = export_web(recognizer, tmp_path / "page")
    before, size = files_of(folder), (folder / "model.onnx").stat().st_size
    (page_folder / "runtime" / "small.wasm").write_bytes(bytes(size + 2000))
    with full_disk(size + 1000), pytest.raises(OSError, match="File too large"):
        export_web(recognizer, folder)
    assert files_of(folder) == before
    export_web(recognizer, folder)


@pytest.mark.usefixtures("interrupted")
def test_an_interrupt_leaves_nothing_of_a_new_page(tmp_path):
    recognizer = fitted(["acc_x"])
    with pytest.raises(KeyboardInterrupt):
        export_web(recognizer, tmp_path / "page")
    assert not (tmp_path / "page").exists()
    export_web(recognizer, tmp_path / "page")


def test_read_only_files_of_the_package_make_a_page_that_can_be_replaced(tmp_path, page_folder):
    for path in page_folder.glob("*.*"):
        path.chmod(0o444)
    folder = export_web(fitted(["acc_x"]), tmp_path / "page")
    assert (folder / "index.html").stat().st_mode & 0o200


def test_accelerations_in_another_unit_are_refused(tmp_path):
    X = recordings(300, 300, channels=["acc_x", "acc_y", "acc_z"]) * 0.01 + [0, 0, 1.2]
    network = DenseClassifier(epochs=1, random_state=0)
    recognizer = SlidingWindowClassifier(network, window_length=1.0).fit(X, np.arange(600) // 100 % 2)
    with pytest.raises(ValueError, match=r"'acc' had a median length of 1.2, which looks like g, not m/s²"):
        export_web(recognizer, tmp_path / "page")
