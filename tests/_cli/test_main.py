import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import sklearn_har
from sklearn_har._cli import main

ROOT = Path(__file__).parents[2]


def run(code):
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_help_and_version_import_nothing_heavy(argument):
    code = (
        f"import sys, runpy; sys.argv = ['sklearn-har', '{argument}']\n"
        "try: runpy.run_module('sklearn_har', run_name='__main__')\n"
        "except SystemExit as end: print(end.code, {'numpy', 'pandas', 'tqdm'} & set(sys.modules))"
    )
    assert run(code).endswith("0 set()\n")


def test_describing_and_predicting_import_no_torch(folder):
    code = (
        "import sys; from sklearn_har._cli import main\n"
        f"model, walk = '{folder}/walking.harmodel', '{folder}/walk.csv'\n"
        "status = main(['describe', walk]) + main(['predict', model, walk])\n"
        "print(status, 'torch' in sys.modules, 'tsfresh' in sys.modules)"
    )
    assert run(code).endswith("0 False False\n")


def test_version(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"sklearn-har {sklearn_har.__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "required: COMMAND"),
        (["guess"], "invalid choice: 'guess'"),
        (["predict", "a.harmodel"], "required: FILE"),
        (["predict", "a.harmodel", "b.csv", "--channels", "ax="], "names nothing after an ="),
        (["predict", "a.harmodel", "b.csv", "--channels", "ax=acc_x,,"], "has an empty part"),
        (["predict", "a.harmodel", "b.csv", "--fill-gaps", "-1"], "not a positive number of seconds"),
        (["export", "a.harmodel"], "required: --to"),
    ],
)
def test_wrong_usage_ends_with_status_2(arguments, reason, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert reason in capsys.readouterr().err


def test_a_reader_that_stops_early_is_no_error(folder):
    files = [folder / "walking.harmodel", folder / "walk.csv"]
    command = [sys.executable, "-m", "sklearn_har", "predict", *files, "--level", "rows"]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=ROOT)
    process.stdout.close()
    assert process.communicate()[1] == ""
    assert process.returncode == 141


def described(*arguments, stdout=subprocess.PIPE, encoding="utf-8"):
    """What describing a file does in a process of its own, whose output is buffered as usual."""
    environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUNBUFFERED": ""}
    command = [sys.executable, "-m", "sklearn_har", "describe", *arguments]
    streams = {"stdout": stdout, "stderr": subprocess.PIPE}
    return subprocess.run(command, **streams, env=environment, text=True, encoding="utf-8", cwd=ROOT)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full is of Linux")
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_output_that_cannot_be_written_is_said(folder, form):
    with open("/dev/full", "w") as full:
        done = described(folder / "walk.csv", *form, stdout=full)
    assert done.stderr == "sklearn-har: The output cannot be written: No space left on device.\n"
    assert done.returncode == 2


def test_letters_that_the_output_has_not_are_written_by_their_numbers(folder):
    pd.read_csv("walk.csv").assign(activity="Übung").to_csv("words.csv", index=False)
    done = described(folder / "words.csv", encoding="ascii")
    assert "m/s\\xb2" in done.stdout
    assert "\\xdcbung 90 s" in done.stdout
    (fact,) = json.loads(described(folder / "words.csv", "--json", encoding="ascii").stdout)
    assert fact["activities"] == {"Übung": 90.0}
