import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sklearn_har import deploy
from sklearn_har._cli import _output, _predict, main
from sklearn_har.classifiers import RidgeClassifierGroupCV
from sklearn_har.datasets import make_recordings
from sklearn_har.recordings import read_recordings, resample

ROOT = Path(__file__).parents[2]
ACC = ["acc_x", "acc_y", "acc_z"]
PHONE = ["--time", "t", "--time-unit", "ms", "--channels", "ax=acc_x,ay=acc_y,az=acc_z"]


def predict(*arguments):
    return main(["predict", "walking.harmodel", *arguments])


def rows_of(path="walk.csv"):
    return read_recordings(path, channels=ACC, time="time")[0]


def copy_of_walk(path):
    shutil.copy("walk.csv", path)


def expected(model, X, level):
    rows = model[:-1].transform(X)
    if level == "rows":
        return X.index.to_frame(index=False).assign(activity=model.predict(X))
    return model[-1].predict_windows(rows) if level == "windows" else model[-1].segments(rows)


@pytest.mark.parametrize("level", ["rows", "windows", "episodes"])
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_what_is_written_is_what_the_library_says(folder, model, level, suffix, capsys):
    assert predict("walk.csv", "--level", level, "--out", f"said{suffix}") == 0
    said = pd.read_csv("said.csv") if suffix == ".csv" else pd.read_parquet("said.parquet")
    table = expected(model, rows_of(), level).assign(file="walk.csv")
    if suffix == ".parquet":
        table["subject"] = table["subject"].astype(str)
    said = said[["file", *table.columns.drop("file")]]
    pd.testing.assert_frame_equal(said, table[said.columns], check_dtype=False, rtol=1e-12)
    assert capsys.readouterr().err == f"sklearn-har: {len(said):,} {level} of 1 of 1 file.\n"
    assert sorted(path.name for path in folder.glob("said*")) == [f"said{suffix}"]


def test_rows_have_probabilities_that_say_the_label(folder):
    predict("walk.csv", "--level", "rows", "--out", "said.csv")
    said = pd.read_csv("said.csv")
    values = said.filter(like="probability_")
    assert values.columns[1] == "probability_sitting"
    assert (values.idxmax(axis=1) == "probability_" + said["activity"]).all()
    np.testing.assert_allclose(values.max(axis=1), said["confidence"])


def test_without_a_file_to_write_csv_is_printed_once_with_a_header(folder, capsys):
    pd.read_csv("walk.csv").to_parquet("walk.parquet")
    assert predict("walk.csv", "walk.parquet") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.startswith("file,subject,recording,start,stop") for line in lines].count(True) == 1
    half = len(lines) // 2 + 1
    assert [line.removeprefix("walk.csv") for line in lines[1:half]] == [
        line.removeprefix("walk.parquet") for line in lines[half:]
    ]


def test_one_bad_file_does_not_stop_the_others_and_is_named(folder, capsys):
    (folder / "empty.csv").touch()
    (folder / "words.csv").write_text("time,acc_x,acc_y,acc_z\n0,1,2,three\n")
    assert predict("empty.csv", "walk.csv", "words.csv", "absent*.csv", "--out", "said.csv") == 1
    assert pd.read_csv("said.csv")["file"].unique().tolist() == ["walk.csv"]
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("sklearn-har: absent*.csv: Nothing matches 'absent*.csv'")
    assert lines[1].startswith("sklearn-har: empty.csv is empty (0 bytes).")
    assert lines[2].startswith("sklearn-har: words.csv, line 2: column 'acc_z' holds 'three'")
    assert lines[3].endswith("of 1 of 3 files.")
    assert "sklearn-har predict --help" in lines[4]


def test_a_defect_in_one_file_is_named_with_its_kind(folder, monkeypatch, capsys):
    monkeypatch.setattr(_predict, "recognized", lambda *_: {}["nothing"])
    assert predict("walk.csv") == 1
    assert "walk.csv: KeyError: 'nothing'" in capsys.readouterr().err


def test_columns_of_other_names_and_units_give_the_same(folder, model):
    assert predict("phone.csv", *PHONE, "--units", "acc=g", "--out", "said.csv") == 0
    said = pd.read_csv("said.csv").drop(columns=["file", "recording"])
    table = expected(model, rows_of(), "episodes").drop(columns="recording")
    pd.testing.assert_frame_equal(said, table, check_dtype=False, rtol=1e-9)


def test_a_channel_that_the_model_does_not_read_is_refused(folder, capsys):
    pd.read_csv("walk.csv").assign(cal_x=0.0).to_csv("both.csv", index=False)
    assert predict("both.csv", "--channels", "cal_x=ACC_x,acc_y,cal_z=acc z", "--out", "said.csv") == 1
    said = capsys.readouterr().err
    assert (
        "both.csv: --channels names 'ACC_x', 'acc z', and the model's channels are acc_x, acc_y, acc_z"
        in said
    )
    assert not list(folder.glob("said*"))


def test_another_unit_is_said_with_its_numbers(folder, capsys):
    assert predict("phone.csv", *PHONE, "--out", "said.csv") == 1
    said = capsys.readouterr().err
    assert "the acceleration 'acc' has a median length of 0.99" in said
    assert "It looks like g" in said
    assert not list(folder.glob("said*"))


def test_another_rate_is_refused_and_resampled_on_request(folder, model, capsys):
    pd.read_csv("walk.csv").iloc[::2].to_csv("half.csv", index=False)
    assert predict("half.csv") == 1
    assert "25 rows per second; 50 Hz is expected" in capsys.readouterr().err
    assert predict("half.csv", "--resample", "--out", "said.csv") == 0
    table = expected(model, resample(rows_of("half.csv"), sampling_rate=50.0), "episodes")
    assert pd.read_csv("said.csv")["activity"].tolist() == table["activity"].tolist()


def test_short_gaps_are_filled_on_request(folder, capsys):
    table = pd.read_csv("walk.csv")
    table.loc[100, "acc_y"] = np.nan
    table.drop(index=200).to_csv("lossy.csv", index=False)
    assert predict("lossy.csv") == 1
    assert "NaN" in capsys.readouterr().err
    assert predict("lossy.csv", "--fill-gaps", "0.05", "--level", "rows", "--out", "said.csv") == 0
    assert len(pd.read_csv("said.csv")) == len(table)


def test_people_and_recordings_are_those_of_paths_or_of_columns(folder, people):
    for person in ("ann", "bob"):
        (folder / "data" / person).mkdir(parents=True)
        copy_of_walk(folder / "data" / person / "monday.csv")
    assert predict("data/{subject}/{recording}.csv", "--out", "said.csv") == 0
    said = pd.read_csv("said.csv")
    assert said["subject"].unique().tolist() == ["ann", "bob"]
    assert said["recording"].unique().tolist() == ["monday"]
    people[0].reset_index().to_csv("all.csv", index=False)
    assert predict("all.csv", "--out", "said.parquet") == 0
    assert pd.read_parquet("said.parquet")["subject"].unique().tolist() == ["1", "2", "3"]


def test_a_subject_told_twice_is_refused(folder, capsys):
    (folder / "data").mkdir()
    copy_of_walk(folder / "data" / "ann.csv")
    assert predict("data/{subject}.csv", "--subject", "time") == 1
    assert "Both {subject} in the path and --subject tell the subject" in capsys.readouterr().err


def test_a_folder_stands_for_its_files_and_a_file_counts_once(folder):
    (folder / "data").mkdir()
    (folder / "walk.csv").rename(folder / "data" / "[1].csv")
    (folder / "data" / "notes.md").write_text("no recording")
    assert predict("data", "data/*.csv", "--out", "said.csv") == 0
    said = pd.read_csv("said.csv")
    assert said["file"].unique().tolist() == ["data/[1].csv"]
    assert not said.duplicated().any()


@pytest.mark.parametrize("name", ["walk {1}.csv", "{subject}.csv", "*.csv"])
def test_a_file_that_is_there_is_read_whatever_its_name(folder, name):
    (folder / "walk.csv").rename(folder / name)
    assert predict(name, "--out", "said.csv") == 0
    assert pd.read_csv("said.csv")["file"].unique().tolist() == [name]


def test_exports_of_an_app_are_read_by_its_name(folder):
    table = pd.read_csv("walk.csv").rename(columns={f"acc_{axis}": axis for axis in "xyz"})
    (folder / "export").mkdir()
    table.rename(columns={"time": "seconds_elapsed"}).drop(columns="activity").to_csv(
        "export/TotalAcceleration.csv", index=False
    )
    assert predict("export", "--logger", "sensor_logger", "--out", "said.csv") == 0
    assert pd.read_csv("said.csv")["recording"].unique().tolist() == ["export"]


def test_warnings_are_sentences_about_a_file(folder, capsys):
    with open("walk.csv", "a") as file:
        file.write("9999,1.0")  # the battery was empty
    assert predict("walk.csv") == 0
    assert "sklearn-har: walk.csv: warning: 1 of" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("out", "reason"),
    [
        ("absent/said.csv", "there is no folder absent; make it first"),
        ("said.xlsx", "must be one of .csv, .parquet"),
        ("walk.csv", "is one of the files to read"),
        ("folder.csv", "is a folder; name a file in it"),
    ],
)
def test_a_place_where_nothing_can_be_written_is_said_before_anything_is_read(folder, out, reason, capsys):
    (folder / "folder.csv").mkdir()
    assert predict("walk.csv", "--out", out) == 2
    assert reason in capsys.readouterr().err


def test_a_folder_that_is_read_only_is_said(folder, monkeypatch, capsys):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(_output, "_Csv", refuse)
    assert predict("walk.csv", "--out", "said.csv") == 2
    assert capsys.readouterr().err == "sklearn-har: --out said.csv: Permission denied.\n"


def test_parquet_without_pyarrow_says_what_to_install(folder, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)  # the rest of pyarrow is pandas's
    (folder / "rows.parquet").touch()
    assert predict("rows.parquet") == 1
    assert "pip install 'sklearn-har[polars]'" in capsys.readouterr().err
    assert predict("walk.csv", "--out", "said.parquet") == 2
    assert "pip install 'sklearn-har[polars]'. Or let --out end in .csv" in capsys.readouterr().err
    assert not list(folder.glob("said*"))


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_an_interrupt_keeps_what_is_done_and_what_was_there(folder, monkeypatch, suffix, capsys):
    out = folder / f"said{suffix}"
    out.write_text("of yesterday")
    for name in ("a", "b", "c"):
        copy_of_walk(f"{name}.csv")
    recognized = _predict.recognized
    calls = []

    def interrupted(*arguments):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return recognized(*arguments)

    monkeypatch.setattr(_predict, "recognized", interrupted)
    assert predict("a.csv", "b.csv", "c.csv", "--out", out.name) == 130
    said = capsys.readouterr().err
    part = folder / f"said.part1{suffix}"
    assert "Interrupted. Done:" in said
    assert f"of 2 of 3 files, in {part.name}; {out.name} is as it was." in said
    assert out.read_text() == "of yesterday"
    kept = pd.read_csv(part) if suffix == ".csv" else pd.read_parquet(part)
    assert kept["file"].unique().tolist() == ["a.csv", "b.csv"]
    calls[:] = [1, 1]
    assert predict("a.csv", "--out", out.name) == 130
    assert "Nothing was kept" in capsys.readouterr().err
    assert sorted(path.name for path in folder.glob("said*")) == [out.name, part.name]


def predict_on_full_disk(n_bytes, *arguments):
    """Predict in a process whose files end at a number of bytes with an OSError, as on a full disk."""

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, n_bytes))

    command = [sys.executable, "-m", "sklearn_har", "predict", "walking.harmodel", *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, preexec_fn=limit, env=environment, capture_output=True, text=True)


def test_a_full_disk_leaves_whole_tables_only(folder):
    copy_of_walk("again.csv")
    assert predict("walk.csv", "--out", "one.csv") == 0
    size = (folder / "one.csv").stat().st_size
    ended = predict_on_full_disk(size + 300, "walk.csv", "again.csv", "--out", "said.csv")
    assert ended.returncode == 1
    assert "File too large. Done: 14 episodes of 1 of 2 files, in said.part1.csv" in ended.stderr
    assert (folder / "said.part1.csv").read_bytes() == (folder / "one.csv").read_bytes()
    assert not (folder / "said.csv").exists()


def test_a_parquet_file_without_its_end_is_not_kept(folder):
    copy_of_walk("again.csv")
    assert predict("walk.csv", "--level", "rows", "--out", "one.parquet") == 0
    size = (folder / "one.parquet").stat().st_size
    files = "walk.csv", "again.csv"
    ended = predict_on_full_disk(size + 300, *files, "--level", "rows", "--out", "said.parquet")
    assert ended.returncode == 1
    assert "File too large. Nothing was kept; said.parquet is as it was." in ended.stderr
    assert not list(folder.glob("said*"))


def test_an_interrupt_while_the_model_is_loaded_ends_quietly(folder, monkeypatch, capsys):
    def interrupted(options):
        raise KeyboardInterrupt

    monkeypatch.setattr(_predict, "load_model", interrupted)
    assert predict("walk.csv", "--out", "said.csv") == 130
    assert capsys.readouterr().err == "sklearn-har: Interrupted.\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "No such file or directory"),
        (b"", "It is not a model file"),
        (b"PK\x03\x04 cut", "was cut short"),
    ],
)
def test_a_model_that_is_none_ends_with_status_2(folder, content, reason, capsys):
    if content is not None:
        (folder / "other.harmodel").write_bytes(content)
    assert main(["predict", "other.harmodel", "walk.csv"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("sklearn-har: other.harmodel")
    assert reason in said


def test_a_model_of_tables_is_no_recognizer(folder, capsys):
    table = np.random.default_rng(0).normal(size=(60, 3))
    ridge = RidgeClassifierGroupCV().fit(table, table[:, 0] > 0, groups=np.arange(60) % 3)
    deploy.save(ridge, "ridge.harmodel")
    assert main(["predict", "ridge.harmodel", "walk.csv"]) == 2
    assert "RidgeClassifierGroupCV is no recognizer of rows" in capsys.readouterr().err


def test_channels_that_are_missing_are_named_with_what_there_is(folder, capsys):
    X, _ = make_recordings(n_subjects=1, n_recordings=1, random_state=0, return_X_y=True)
    X.drop(columns="acc_z").reset_index().to_csv("less.csv", index=False)
    assert predict("less.csv") == 1
    assert "less.csv has no column 'acc_z'; it has ['subject'," in capsys.readouterr().err
