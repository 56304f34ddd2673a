import json
import re
import shutil

import pandas as pd
import pytest

from sklearn_har._cli import main
from sklearn_har.deploy import _web
from sklearn_har.recordings import describe_recordings, read_recordings

PHONE = ["--time", "t", "--time-unit", "ms", "--channels", "ax=acc_x,ay=acc_y,az=acc_z"]


def test_the_facts_are_those_of_the_library(folder, capsys):
    assert main(["describe", "walk.csv", "--json"]) == 0
    (fact,) = json.loads(capsys.readouterr().out)
    X, y = read_recordings("walk.csv", channels=["acc_x", "acc_y", "acc_z"], time="time", label="activity")
    expected = describe_recordings(X, y).iloc[0]
    assert fact["file"] == "walk.csv"
    assert fact["channels"] == ["acc_x", "acc_y", "acc_z"]
    assert (fact["rows"], fact["rate"], fact["gaps"]) == (len(X), 50.0, 0)
    assert fact["acc_length"] == pytest.approx(expected["acc_length"])
    assert fact["activities"] == {name: expected[f"{name}_seconds"] for name in y.unique()}


def test_another_unit_is_found_by_gravity(folder, capsys):
    assert main(["describe", "phone.csv", *PHONE, "--label", "doing"]) == 0
    said = capsys.readouterr()
    assert (
        "phone.csv: acc_x, acc_y, acc_z\n  subject 0, recording phone: 4,500 rows, 90.0 s, 50 Hz" in said.out
    )
    assert "! acceleration looks like g, not m/s²: multiply by 9.80665: acc (0.99" in said.out
    assert "sitting 15 s" in said.out
    assert said.err == ""


def test_what_looks_wrong_is_said(folder, capsys):
    table = pd.read_csv("walk.csv")
    table.loc[10, "acc_x"] = None
    table.loc[:99, "activity"] = None
    table.drop(index=range(1000, 2000)).to_csv("lossy.csv", index=False)
    assert main(["describe", "lossy.csv"]) == 0
    said = capsys.readouterr().out
    assert "1 gaps, the longest 20 s, 1 missing values" in said
    assert "3% without a label" in said
    assert "! values are missing: fill or drop these rows" in said


def test_columns_without_names_of_channels_are_asked_for(folder, capsys):
    assert main(["describe", "walk.csv", "phone.csv"]) == 1
    said = capsys.readouterr()
    assert said.out.startswith("walk.csv: acc_x")
    assert "phone.csv has no columns that are named as channels are" in said.err
    assert "there are ['t', 'ax', 'ay', 'az', 'doing']" in said.err
    assert "sklearn-har describe --help" in said.err


def test_nothing_to_describe_is_still_json(folder, capsys):
    assert main(["describe", "absent.csv", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.usefixtures("network")
def test_one_onnx_file_predicts_as_the_model(capsys):
    assert main(["export", "network.harmodel", "--to", "onnx"]) == 0
    said = capsys.readouterr().out
    assert re.match(r"network.onnx: [\d,]+ bytes, float32. Of \d+ made-up windows 100.0% get the same", said)
    for name in ("network.harmodel", "network.onnx"):
        assert main(["predict", name, "walk.csv", "--level", "windows", "--out", f"{name}.csv"]) == 0
    tables = [pd.read_csv(f"network.{suffix}.csv") for suffix in ("harmodel", "onnx")]
    pd.testing.assert_frame_equal(*tables, atol=1e-4)


@pytest.mark.usefixtures("network")
def test_the_report_is_made_on_the_rows_of_files(capsys):
    shutil.copy("walk.csv", "again.csv")
    command = ["export", "network.harmodel", "--to", "onnx", "--precision", "int8", "--out", "small.onnx"]
    assert main([*command, "--data", "walk.csv", "again.csv"]) == 0
    assert re.match(r"small.onnx: [\d,]+ bytes, int8. Of 140 windows ", capsys.readouterr().out)
    assert main([*command, "--data", "absent.csv"]) == 2
    assert "files of --data are missing" in capsys.readouterr().err
    assert main([*command, "--data", "walk.csv", "--channels", "acc_x=ACC_x"]) == 2
    assert "--channels names 'ACC_x', and the model's channels are acc_x" in capsys.readouterr().err


@pytest.fixture
def page(tmp_path, monkeypatch):
    """Files of a page, which are small."""
    static = tmp_path / "static"
    (static / "runtime").mkdir(parents=True)
    (static / "runtime" / "small.wasm").touch()
    (static / "index.html").write_text("<!doctype html>")
    monkeypatch.setattr(_web, "PAGE", static)


@pytest.mark.usefixtures("network", "page")
@pytest.mark.parametrize(("arguments", "out"), [([], "network-web"), (["--out", "page"], "page")])
def test_a_page_is_that_of_the_library(arguments, out, folder, capsys):
    assert main(["export", "network.harmodel", "--to", "web", "--data", "walk.csv", *arguments]) == 0
    assert capsys.readouterr().out == f"{out}/index.html: to be given out over HTTPS.\n"
    settings = json.loads((folder / out / "recognizer.json").read_text())
    assert [channel["name"] for channel in settings["channels"]] == ["acc_x", "acc_y", "acc_z"]
    assert settings["title"] == "Activity recognizer"
    assert (folder / out / "model.onnx").is_file()


@pytest.mark.usefixtures("network", "page")
def test_a_page_has_the_title_that_it_is_given(folder):
    assert main(["export", "network.harmodel", "--to", "web", "--title", "Everyday 2"]) == 0
    assert json.loads((folder / "network-web" / "recognizer.json").read_text())["title"] == "Everyday 2"


@pytest.mark.usefixtures("network", "page")
def test_a_page_of_somebody_is_not_replaced(folder, capsys):
    (folder / "other").mkdir()
    (folder / "other" / "index.html").write_text("a page of somebody")
    assert main(["export", "network.harmodel", "--to", "web", "--out", "other"]) == 2
    assert "other holds 'index.html', which is of no earlier page" in capsys.readouterr().err
    assert [path.name for path in (folder / "other").iterdir()] == ["index.html"]


def test_what_cannot_be_exported_is_said(folder, capsys):
    assert main(["export", "walking.harmodel", "--to", "onnx", "--precision", "int8"]) == 2
    assert "is for networks" in capsys.readouterr().err
    assert main(["export", "walking.onnx", "--to", "onnx"]) == 2
    assert "walking.onnx is ONNX already" in capsys.readouterr().err
    assert main(["export", "walking.harmodel", "--to", "onnx", "--title", "Everyday"]) == 2
    assert "--title is for pages" in capsys.readouterr().err
    assert main(["export", "walking.harmodel", "--to", "onnx", "--out", "./walking.harmodel"]) == 2
    assert "is the model itself" in capsys.readouterr().err
