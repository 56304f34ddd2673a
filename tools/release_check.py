"""Build sdist and wheel, look into both, and use the wheel from a project of its own in an empty environment.

    make release-check

What is built stays in ``dist/``. The environment is made anew beside it, of what pip finds for the
newest versions that constraints-dev.txt allows.
"""

import argparse
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"
LARGEST_WHEEL = 25e6  # bytes; onnxruntime's WebAssembly is most of it
LARGEST_SDIST = 40e6
IN_WHEEL = ["sklearn_har/py.typed", "sklearn_har/windowing/__init__.pyi", "licenses/LICENSE"]
IN_SDIST = ["README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", "tests/test_common.py", "examples/"]
FOREIGN = ("tests/", "benchmarks/", "docs/", "__pycache__", ".csv", ".pkl", ".npz")

PROJECT = '''
"""A project of somebody else's: fit, predict on people never seen, keep, load."""
import sys
from importlib.metadata import version

import numpy as np
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline

import sklearn_har
from sklearn_har.classifiers import CNNClassifier, RocketClassifier
from sklearn_har.datasets import make_recordings
from sklearn_har.deploy import load, save
from sklearn_har.model_selection import subject_train_test_split
from sklearn_har.sampling import WindowSampler
from sklearn_har.windowing import SlidingWindowClassifier

assert "site-packages" in sklearn_har.__file__, sklearn_har.__file__
assert version("sklearn-har") == sklearn_har.__version__
X, y = make_recordings(n_subjects=6, random_state=0, return_X_y=True)
X_train, X_test, y_train, y_test = subject_train_test_split(X, y, test_size=2, random_state=0)
for model in RocketClassifier(n_kernels=168, random_state=0), make_pipeline(
    WindowSampler(RandomOverSampler(random_state=0)), CNNClassifier(epochs=2, random_state=0)
):
    recognizer = SlidingWindowClassifier(model, window_length=2.56).fit(X_train, y_train)
    print(type(model).__name__, "on people never seen:", round(recognizer.score(X_test, y_test), 3))
    save(recognizer, sys.argv[1])
    assert np.array_equal(load(sys.argv[1]).predict(X_test), recognizer.predict(X_test))
'''


def build() -> tuple[Path, Path]:
    """Build both anew, the wheel from the sdist as pip would."""
    for old in DIST.glob("sklearn_har-*"):
        old.unlink()
    run(sys.executable, "-m", "build", "--outdir", DIST, ROOT)
    run(sys.executable, "-m", "twine", "check", "--strict", *DIST.glob("sklearn_har-*"))
    (sdist,), (wheel,) = DIST.glob("*.tar.gz"), DIST.glob("*.whl")
    return sdist, wheel


def check_contents(sdist: Path, wheel: Path) -> None:
    """Refuse an archive that lacks something, holds what is not its own, or is too large."""
    with tarfile.open(sdist) as archive:
        in_sdist = archive.getnames()
    with zipfile.ZipFile(wheel) as archive:
        in_wheel = archive.namelist()
    missing = [name for name in IN_WHEEL if not any(found.endswith(name) for found in in_wheel)]
    missing += [name for name in IN_SDIST if not any(name in found for found in in_sdist)]
    foreign = [name for name in in_wheel if any(part in name for part in FOREIGN)]
    large = [
        f"{file.name} of {file.stat().st_size / 1e6:.1f} MB"
        for file, limit in ((sdist, LARGEST_SDIST), (wheel, LARGEST_WHEEL))
        if file.stat().st_size > limit
    ]
    if missing or foreign or large:
        raise SystemExit(f"Missing: {missing}. Foreign: {foreign}. Too large: {large}.")
    for file, names in (sdist, in_sdist), (wheel, in_wheel):
        print(f"{file.name}: {len(names)} files, {file.stat().st_size / 1e6:.2f} MB")


def use(wheel: Path) -> None:
    """Install the wheel into an empty environment, and run a project there."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(f"{folder}/env", with_pip=True)
        python = f"{folder}/env/bin/python"
        constraints = ROOT / "constraints-dev.txt"
        run(python, "-m", "pip", "install", "--quiet", "--constraint", constraints, "torch")
        run(python, "-m", "pip", "install", "--quiet", "--constraint", constraints, f"{wheel}[deploy]")
        run(python, "-m", "pip", "check")
        Path(folder, "project.py").write_text(PROJECT, encoding="utf-8")
        run(python, "-W", "error::DeprecationWarning:__main__", "project.py", "model.har", cwd=folder)


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
