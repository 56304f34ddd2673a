"""A page that recognises activities on a phone, as files."""

import contextlib
import hashlib
import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from ..recordings._channels import AXIS, INSTRUMENT, SEPARATED
from ..recordings._findings import acceleration_finding
from ..recordings._interpolation import low_pass
from ..smoothing._chain import FLOOR
from ._files_archive import write_at_once
from ._onnx._export import export_onnx
from ._onnx._facts import from_text
from ._onnx._recognizer import TOLERANCE, OnnxRecognizer
from ._onnx._session import PROBABILITIES, WINDOWS
from ._plain import from_plain

PAGE = Path(__file__).parent / "web"
MODEL, SETTINGS, MANIFEST, CONTENTS = "model.onnx", "recognizer.json", "manifest.webmanifest", "contents.js"
KINDS = {"acc": "acceleration", "gyr": "rotation"}
MOST_ROWS = 120.0  # a second; browsers give at most 60
GROUND = "#f4f5f7"


def export_web(estimator, folder, *, title=None, X=None, precision="float32") -> Path:
    """Write a page that recognises activities with a phone's own sensors, in its browser.

    The folder holds static files, which any web server can give out over HTTPS, or `serve` for a first look.
    After the first visit the page works offline. It measures, resamples to the rate of fit, cuts windows and
    recognises them on the phone; nothing is sent anywhere. It shows the activity, its confidence and the last
    minutes, lets the person say what it was, and gives all of it as a CSV for `recordings_from_table`.

    Parameters
    ----------
    estimator : estimator
        Fitted: a `SlidingWindowClassifier`, also with a causal smoother, a classifier of windows, which then
        overlap by half, or a search around either, that `export_onnx` can export. Its channels are
        accelerations with gravity (``acc_x``, in m/s²) and angular rates (``gyro_x``, in rad/s) of one
        device, with a place in front (``wrist_acc_x``) or without.
    folder : str or path-like
        Made if it is not there. Files of an earlier page are replaced; others are left alone, and a folder in
        which one of them has the name of a file of the page is refused.
    title : str, default=None
        Heading of the page, and its name on the home screen. None is "Activity recognizer".
    X : recordings, Windows or array-like, default=None
        As for `export_onnx`.
    precision : str, default="float32"
        As for `export_onnx`.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    ValueError
        If a phone cannot give what the model reads: a channel without a sensor, two places on the body, rows
        without times, accelerations in another unit; or the estimator has filters of rows, which the page
        has not.
    TypeError
        If something in the estimator cannot be exported; it is named.
    FileNotFoundError
        If the runtime of the page was not fetched, as in a checkout before ``make web``.
    FileExistsError
        If the folder holds another page, or is a file.
    OSError
        If the page cannot be written, as on a full disk. Nothing of a new page is left; an earlier one keeps
        every file whole.

    See Also
    --------
    serve : Give the page to a phone on the local network.
    export_onnx : Write the model alone.

    Notes
    -----
    Axes and signs are those of the recordings on Android: at rest, the acceleration points up. On iOS and
    iPadOS, where browsers turn its sign around, the page turns it back.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn_har.classifiers import CNNClassifier
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.deploy import export_web
    >>> from sklearn_har.windowing import SlidingWindowClassifier
    >>> X, y = make_recordings(n_subjects=2, random_state=0, return_X_y=True)
    >>> network = CNNClassifier(epochs=1, random_state=0)
    >>> recognizer = SlidingWindowClassifier(network, window_length=2.56).fit(X, y)
    >>> folder = export_web(recognizer, tempfile.mkdtemp(), title="Walking or not")  # doctest: +SKIP
    """
    _check_runtime()
    folder = Path(folder)
    pages = {path.relative_to(PAGE).as_posix(): path for path in PAGE.rglob("*") if path.is_file()}
    _check_place(folder, [*pages, MODEL, SETTINGS, MANIFEST, CONTENTS])
    with tempfile.TemporaryDirectory() as place:
        made = {name: Path(place) / name for name in (MODEL, SETTINGS, MANIFEST, CONTENTS)}
        export_onnx(estimator, made[MODEL], X=X, precision=precision)
        facts = OnnxRecognizer(made[MODEL]).facts_
        title = "Activity recognizer" if title is None else str(title)
        made[SETTINGS].write_text(json.dumps({"title": title, **_settings(facts)}), encoding="utf-8")
        made[MANIFEST].write_text(json.dumps(_manifest(title)), encoding="utf-8")
        files = {**pages, **{name: made[name] for name in (MODEL, SETTINGS, MANIFEST)}}
        made[CONTENTS].write_text(_contents(files), encoding="utf-8")
        # the contents come last: until they change, whoever has the page keeps the earlier one
        _write_page(folder, {**files, CONTENTS: made[CONTENTS]})
    return folder


def _check_place(folder: Path, names: list[str]) -> None:
    """Refuse a folder in which something else than an earlier page would be replaced."""
    if folder.exists() and not folder.is_dir():
        raise FileExistsError(f"{folder} is a file, and a page is a folder: name another.")
    others = [] if (folder / CONTENTS).is_file() else [name for name in names if (folder / name).exists()]
    if others:
        raise FileExistsError(
            f"{folder} holds {others[0]!r}, which is of no earlier page of export_web and would be replaced. "
            "Name a folder that is empty or not there."
        )


def _write_page(folder: Path, files: dict[str, Path]) -> None:
    """Write each file whole; where there was no page before, all of them or none."""
    is_new = not (folder / CONTENTS).is_file()
    places = {folder / name: path for name, path in files.items()}
    missing = sorted({above for place in places for above in place.parents if not above.exists()})
    try:
        for above in missing:
            above.mkdir(exist_ok=True)
        for place, path in places.items():
            write_at_once(place, path.read_bytes())
    except BaseException:  # an interrupt may come while files are written
        if is_new:
            _remove(places, missing)
        raise


def _remove(files: Iterable[Path], folders: list[Path]) -> None:
    """Remove files, and folders in which nothing else is."""
    for path in files:
        with contextlib.suppress(OSError):
            path.unlink()
    for folder in reversed(folders):
        with contextlib.suppress(OSError):
            folder.rmdir()


def _settings(facts: dict) -> dict[str, Any]:
    """What the page needs to know of a model, from what its file says of itself."""
    if facts["steps"]:
        raise ValueError(
            "The page gives rows to the recognizer as the phone measures them; the estimator has the steps "
            f"{[step['name'] for step in facts['steps']]} before it. Fit a SlidingWindowClassifier on raw "
            "rows, with what can be done window by window inside of it."
        )
    windows, output = facts["windows"], facts["output"]
    names, rate = windows["channels"], windows["sampling_rate"]
    if names is None or rate is None:
        raise ValueError(
            "The model was fitted on channels without names or rows without times, so nobody knows which "
            'sensor is which, or how often to read it. Fit it on recordings with channels such as "acc_x".'
        )
    profile = facts["input_profile"] or {"gravity": {}}
    for sensor, gravity in profile["gravity"].items():
        if finding := acceleration_finding(gravity["length"]):
            raise ValueError(
                f"In fit, the acceleration {sensor!r} had a median length of {gravity['length']:.4g}, which "
                f"{finding}. A phone's browser gives m/s²: fit the recognizer on that."
            )
    factors = range(2, int(np.ceil(MOST_ROWS / rate)) + 1)
    return {
        "library_version": facts["version"],
        "model": MODEL,
        "output": output["name"],
        "has_probabilities": output["name"] == PROBABILITIES,
        "channels": [{"name": name, "source": source} for name, source in _sources(names)],
        "rate": rate,
        "n_timesteps": windows["n_timesteps"],
        "step": windows["step"],
        "classes": _words(output["classes"]),
        "filters": {factor: low_pass(factor).tolist() for factor in factors},
        "gravity": [_lists(sensor) for sensor in profile["gravity"].values()],
        "smoother": None if facts["smoother"] is None else _smoother(facts),
        "test": {name: from_text(facts["test"][name])[0].ravel().tolist() for name in (WINDOWS, "output")},
        "tolerance": max(1e-3, TOLERANCE[facts["precision"]]),
    }


def _smoother(facts: dict) -> dict[str, Any]:
    """Settings of a smoother, and which outputs of the model are its columns; None is one that is 0."""
    fitted = from_plain(facts["smoother"]["fitted"])
    known, given = facts["output"]["classes"].tolist(), facts["classes"]
    read = given[np.isin(given, fitted["classes"])][fitted.pop("columns")].tolist()
    columns = [known.index(label) if label in known else None for label in read]
    words = {"kind": facts["smoother"]["class"], "columns": columns, "floor": FLOOR}
    return {**_lists(fitted), **words, "classes": _words(fitted["classes"])}


def _lists(facts: dict) -> dict[str, Any]:
    return {name: np.asarray(value).tolist() for name, value in facts.items()}


def _words(labels) -> list[str]:
    return [str(label) for label in labels.tolist()]


def _sources(names) -> list[tuple[str, str]]:
    """Which value of a motion event each channel is; refused if it is none."""
    found: dict[str, str] = {}
    for name in names:
        match = AXIS.fullmatch(name)
        words = (match["sensor"] or "").split("_") if match else []
        kinds = [kind[1] for word in words if (kind := INSTRUMENT.fullmatch(word)) and kind[1] in KINDS]
        if match is None or len(kinds) != 1 or not SEPARATED.isdisjoint(words):
            raise ValueError(
                f"A phone's browser has no sensor for channel {name!r}. It gives the acceleration with "
                "gravity (acc_x, acc_y, acc_z) and angular rates (gyro_x, gyro_y, gyro_z): fit a recognizer "
                "on those."
            )
        source = f"{KINDS[kinds[0]]}.{match['axis']}"
        if source in found:
            raise ValueError(
                f"Channels {found[source]!r} and {name!r} are of two devices, and a phone is one. Fit a "
                "recognizer on the channels of one."
            )
        found[source] = name
    return [(name, source) for source, name in found.items()]


def _check_runtime() -> None:
    if not list(PAGE.glob("runtime/*.wasm")):
        raise FileNotFoundError(
            f"There is no {PAGE / 'runtime'}, which runs models in a browser. Released packages have it; in "
            "a checkout, `make web` fetches it with npm."
        )


def _manifest(title: str) -> dict[str, Any]:
    """What a phone needs to put the page on its home screen."""
    icon = {"src": "icon.svg", "type": "image/svg+xml", "sizes": "any"}
    return {
        "name": title,
        "short_name": title,
        "start_url": "./",
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": GROUND,
        "icons": [{**icon, "purpose": "any"}, {**icon, "purpose": "maskable"}],
    }


def _contents(files: dict[str, Path]) -> str:
    """Tell the service worker which files to keep; another version if any of them is another."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0".encode() + hashlib.sha256(files[name].read_bytes()).digest())
    kept = ["./", *sorted(set(files) - {"worker.js"})]
    contents = {"version": digest.hexdigest()[:16], "files": kept}
    return f"const CONTENTS = {json.dumps(contents, indent=1)};\n"
