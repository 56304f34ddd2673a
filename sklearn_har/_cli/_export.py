"""``sklearn-har export``: a model for other places than Python."""

from pathlib import Path

import pandas as pd

from ..deploy._recognized import channels_of
from ._messages import NOTHING_DONE, said_warnings, say_failed, show
from ._models import load_model
from ._reading import found_files, read_one


def export(options) -> int:
    """Write a model as ONNX or as a web page; return the exit status."""
    path = Path(options.model)
    default = path.with_suffix(".onnx") if options.to == "onnx" else path.with_name(f"{path.stem}-web")
    out = Path(options.out) if options.out else default
    try:
        if path.suffix.lower() == ".onnx":
            raise ValueError(f"{path} is ONNX already. Export the model that it was made of.")
        if options.title is not None and options.to != "web":
            raise ValueError("--title is for pages: --to web.")
        if out.resolve() == path.resolve():
            raise ValueError(f"--out {out} is the model itself; name another file.")
        model = load_model(options)
        with said_warnings(path):
            X = _rows_of(model, options) if options.files else None
            written = _written(model, out, options, X)
    except Exception as error:
        say_failed(path, error)
        return NOTHING_DONE
    show(f"{written}\n")
    return 0


def _rows_of(model, options) -> pd.DataFrame:
    """Rows of all files; each of its recordings is named after its file too."""
    found, n_failed = found_files(options)
    if n_failed:
        raise ValueError("Nothing was exported, because files of --data are missing.")
    parts = []
    for each in found:
        X, _ = read_one(each, options, channels=channels_of(model))
        names = [f"{each.path} {name}" for name in X.index.levels[1]]
        parts.append(X.set_axis(X.index.set_levels(names, level=1)))
    return pd.concat(parts)


def _written(model, out: Path, options, X: pd.DataFrame | None) -> str:
    """Write the model, and say what was written."""
    from .. import deploy

    if options.to == "web":
        title = {} if options.title is None else {"title": options.title}
        folder = deploy.export_web(model, out, X=X, precision=options.precision, **title)
        return f"{folder / 'index.html'}: to be given out over HTTPS."
    report = deploy.export_onnx(model, out, X=X, precision=options.precision)
    windows = "windows" if options.files else "made-up windows"
    return (
        f"{out}: {report.n_bytes:,} bytes, {report.precision}. Of {report.n_windows:,} {windows} "
        f"{report.agreement:.1%} get the same label; values differ by up to {report.largest_difference:.2g}."
    )
