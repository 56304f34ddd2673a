"""Build sdist and wheel, look into both, and use the wheel as a stranger does, in an empty environment.

    make release-check

What is built stays in ``dist/``. The environment is made anew elsewhere, of the versions in
constraints-dev.txt. There every public name is imported without any extra; then ``tools/downstream``, a
project that depends on the library, is installed, checked for types, and run.
"""

import argparse
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

import web_runtime

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"
LARGEST_WHEEL = 8e6  # bytes; the runtime of pages for phones is most of it
LARGEST_SDIST = 10e6
RUNTIME = {
    (web_runtime.FOLDER / name).relative_to(ROOT).as_posix() for name in (*web_runtime.FILES, "LICENSE.txt")
}
NOT_SHIPPED = ".ci/"

EVERY_NAME = """
import importlib, pkgutil, sklearn_har
assert "site-packages" in sklearn_har.__file__, sklearn_har.__file__
rooms = [room.name for room in pkgutil.iter_modules(sklearn_har.__path__) if not room.name.startswith("_")]
for module in [importlib.import_module(f"sklearn_har.{room}") for room in rooms]:
    for name in module.__all__:
        try:
            getattr(module, name)
        except ImportError as error:
            assert "pip install 'sklearn-har[" in str(error), (name, error)
"""


def build() -> tuple[Path, Path]:
    """Build both anew, the wheel from the sdist as pip would."""
    for old in DIST.glob("sklearn_har-*"):
        old.unlink()
    run(sys.executable, "-m", "build", "--outdir", DIST, ROOT)
    run(sys.executable, "-m", "twine", "check", "--strict", *DIST.glob("sklearn_har-*"))
    (sdist,), (wheel,) = DIST.glob("*.tar.gz"), DIST.glob("*.whl")
    return sdist, wheel


def check_contents(sdist: Path, wheel: Path) -> None:
    """Refuse an archive that lacks a file, holds one that is not in git, or is too large."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True)
    files = {name for name in tracked.stdout.splitlines() if not name.startswith(NOT_SHIPPED)} | RUNTIME
    with tarfile.open(sdist) as archive:
        check(
            sdist,
            {name.partition("/")[2] for name in archive.getnames()},
            files | {"PKG-INFO"},
            LARGEST_SDIST,
        )
    about = f"{'-'.join(wheel.name.split('-')[:2])}.dist-info/"
    with zipfile.ZipFile(wheel) as archive:
        check(
            wheel,
            set(archive.namelist()),
            {name for name in files if name.startswith("sklearn_har/")}
            | {
                about + name
                for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")
            },
            LARGEST_WHEEL,
        )


def check(file: Path, found: set[str], wanted: set[str], largest: float) -> None:
    size = file.stat().st_size
    if found != wanted or size > largest:
        raise SystemExit(
            f"{file.name} of {size / 1e6:.1f} MB, at most {largest / 1e6:.1f}. "
            f"It lacks {sorted(wanted - found)}, and holds {sorted(found - wanted)}, which git does not know."
        )
    print(f"{file.name}: {len(found)} files, {size / 1e6:.2f} MB")


def use(wheel: Path) -> None:
    """Install the wheel into an empty environment, and there a project that depends on it."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(f"{folder}/env", with_pip=True)
        python = f"{folder}/env/bin/python"
        pip = python, "-m", "pip", "install", "--quiet", "--constraint", ROOT / "constraints-dev.txt"
        found = "--find-links", DIST, f"sklearn-har=={wheel.name.split('-')[1]}"
        run(*pip, "torch")
        run(*pip, *found)
        run(python, "-c", EVERY_NAME, cwd=folder)
        project = shutil.copytree(ROOT / "tools/downstream", f"{folder}/project")
        run(*pip, *found, "mypy", "pandas-stubs", project)
        run(python, "-m", "pip", "check")
        run(python, "-m", "mypy", cwd=project)
        run(
            python,
            "-W",
            "error::DeprecationWarning:__main__",
            "-m",
            "strangers_study",
            "study.har",
            cwd=folder,
        )


def run(*command, cwd=ROOT) -> None:
    subprocess.run([str(part) for part in command], cwd=cwd, check=True)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--contents", action="store_true", help="do not install the wheel")
    options = parser.parse_args()
    sdist, wheel = build()
    check_contents(sdist, wheel)
    if not options.contents:
        use(wheel)
    print("ready")


if __name__ == "__main__":
    main()
