"""What becomes of other libraries' scripts runs, here on simulated people; theirs are only read."""

import importlib.util
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

from sklearn_har.datasets import make_recordings

RUNNER = Path(__file__).parents[1] / "benchmarks" / "migrations.py"


@pytest.fixture(scope="module")
def migrations():
    spec = importlib.util.spec_from_file_location("migrations", RUNNER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def folder(migrations, tmp_path_factory):
    folder = tmp_path_factory.mktemp("migrations")
    X, y = make_recordings(n_subjects=6, n_recordings=1, bout_duration=8.0, random_state=0, return_X_y=True)
    migrations.write_data(X, y, [5, 6], folder, every=2)
    return folder


@pytest.mark.filterwarnings("ignore:unclosed file")  # a script's files are closed when it ends
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", ["tsfresh", "skorch", "keras"])
def test_our_script_runs_and_scores_itself(migrations, folder, name, monkeypatch, capsys):
    script = str(migrations.SCRIPTS / f"{name}_ours.py")
    data = [str(folder / file) for file in migrations.DATA_OF[name]]
    monkeypatch.setattr(sys, "argv", [script, *data, "0"])
    runpy.run_path(script, run_name="__main__")
    lines = [line.rsplit(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    assert [name for name, _ in lines] == list(migrations.SCORES)
    assert all(0.0 <= float(score) <= 1.0 for _, score in lines)


def test_windows_are_those_of_uci_har(migrations, folder):
    with np.load(folder / "windows.npz") as file:
        data = dict(file)
    assert data["X_train"].shape[1:] == (128, 9)
    assert set(data["subject_train"]) == {1, 2, 3, 4}
    assert set(data["subject_test"]) == {5, 6}
    assert set(data["y_train"]) == set(range(1, 7))
    body, total = data["X_train"][..., :3], data["X_train"][..., 6:]
    assert 0.9 < np.linalg.norm(total.mean(axis=1), axis=1).mean() < 1.1  # gravity, in g
    assert np.linalg.norm(body.mean(axis=1), axis=1).mean() < 0.1


def test_every_library_has_a_pair(migrations):
    names = {f"{name}_{who}" for name in migrations.DATA_OF for who in ("theirs", "ours")}
    assert {path.stem for path in migrations.SCRIPTS.glob("*.py")} == names


def test_lines_are_counted_without_docstring_comments_and_blank_lines(migrations, tmp_path):
    path = tmp_path / "script.py"
    path.write_text('"""Two\nlines."""\n\n# a comment\nx = [\n    1,  # one\n\n]\n\nprint(x)\n')
    assert migrations.lines_of_code(path) == 4
