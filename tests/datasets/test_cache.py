"""Parsed datasets the second time."""

import os

import numpy as np
import pytest

from sklearn_har.datasets import _cache, _files
from sklearn_har.datasets._cache import parse_once
from sklearn_har.datasets._dataset import Dataset
from sklearn_har.datasets._files import provide_files
from sklearn_har.datasets._frames import Parsed, Recording
from sklearn_har.exceptions import DatasetIntegrityError

TOY = Dataset("toy", 1, 1, 50.0, ("accelerometer",), ("wrist",), 10_000, "", "", "")
CALLS = []


def parse(files, scale=1.0, times=True):
    CALLS.append(scale)
    values = np.array([[float((files.folder / path).read_text())] for path in files.paths]) * scale
    time = np.arange(1.0) if times else None
    parts = [Recording(np.int64(1), f"r{k}", time, row[None], np.array([-1])) for k, row in enumerate(values)]
    return Parsed(parts, ["walking"], {"rows_without_numbers": 2})


@pytest.fixture
def home(tmp_path, monkeypatch):
    CALLS.clear()
    monkeypatch.setattr(_cache.pooch, "os_cache", lambda name: tmp_path / "user" / name)
    folder = tmp_path / "home/toy"
    folder.mkdir(parents=True)
    (folder / "s1.txt").write_text("1")
    (folder / "s2.txt").write_text("2")
    return tmp_path / "home"


def find(home):
    return provide_files(TOY, {}, ["s*.txt"], home, False)


@pytest.mark.parametrize("times", [True, False])
def test_the_second_time_columns_are_read(home, times):
    first, second = (parse_once(find(home), parse, times=times) for _ in range(2))
    assert len(CALLS) == 1
    assert second.report == first.report
    assert second.report["rows_without_numbers"] == 2
    assert second.names == ["walking"]
    for before, after in zip(first.recordings, second.recordings, strict=True):
        assert before[:2] == after[:2]
        np.testing.assert_array_equal(before.values, after.values)
        np.testing.assert_array_equal(before.codes, after.codes)
        assert (before.time is None) == (after.time is None)


def test_options_have_entries_of_their_own(home):
    assert [parse_once(find(home), parse, scale=k).recordings[0].values[0, 0] for k in (2.0, 3.0, 2.0)] == [
        2,
        3,
        2,
    ]
    assert CALLS == [2.0, 3.0]


def test_a_changed_file_is_parsed_again_and_replaces_the_entry(home):
    parse_once(find(home), parse)
    (home / "toy.files.json").unlink()  # else the change is an error
    (home / "toy/s1.txt").write_text("7")
    os.utime(home / "toy/s1.txt", ns=(1, 1))
    assert parse_once(find(home), parse).recordings[0].values[0, 0] == 7
    assert len(list((home / _cache.FOLDER / "toy").iterdir())) == 1


def test_a_damaged_entry_is_parsed_again(home):
    parse_once(find(home), parse)
    for path in (home / _cache.FOLDER).rglob("values.npy"):
        path.write_bytes(path.read_bytes()[:40])
    assert parse_once(find(home), parse).recordings[0].values[0, 0] == 1
    parse_once(find(home), parse)
    assert len(CALLS) == 2


def test_the_users_cache_serves_where_the_data_cannot_be_written(home, monkeypatch):
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: str(path) != str(home) and access(path, mode))
    for _ in range(2):
        parse_once(find(home), parse)
    assert len(CALLS) == 1
    assert [path.name for path in home.iterdir()] == ["toy"]
    assert list((home.parent / "user").rglob("values.npy"))


def test_without_any_place_to_write_everything_works(home, monkeypatch):
    monkeypatch.setattr(_cache.np, "save", lambda *_: (_ for _ in ()).throw(OSError("no room")))
    for _ in range(2):
        assert parse_once(find(home), parse).recordings[1].values[0, 0] == 2
    assert len(CALLS) == 2


def test_the_first_report_is_like_the_second(home):
    def parse_pairs(files):
        return parse(files)._replace(report={"missing": [(np.int64(1), "walking")]})

    first, second = (parse_once(find(home), parse_pairs) for _ in range(2))
    assert first.report == second.report
    assert first.report["missing"] == [[1, "walking"]]


def test_the_users_cache_serves_where_that_of_the_data_has_no_room(home, monkeypatch):
    (home / _cache.FOLDER).write_text("not a folder")
    for _ in range(2):
        parse_once(find(home), parse)
    assert len(CALLS) == 1
    assert list((home.parent / "user").rglob("values.npy"))


def test_a_record_that_cannot_be_written_is_said_and_nothing_else(home, monkeypatch):
    monkeypatch.setattr(_files.os, "access", lambda *_: False)
    (home.parent / "user").write_text("not a folder")
    fixity = parse_once(find(home), parse).report["fixity"]
    assert fixity.startswith("No published checksums are known, and what came first could not be recorded (")
    assert [path.name for path in home.iterdir()] == ["toy"]


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (
            DatasetIntegrityError("s2.txt, line 1, has 'two'."),
            r" What is wrong: s2\.txt, line 1, has 'two'\.",
        ),
        (IndexError("list index out of range"), ""),
        (ValueError("all the input array dimensions"), ""),
    ],
)
def test_what_is_malformed_is_named_with_the_files_that_differ(home, found, told):
    def parse_two(files):
        if (files.folder / "s2.txt").read_text() == "two":
            raise found
        return parse(files)

    parse_once(find(home), parse_two)
    (home / "toy/s2.txt").write_text("two")
    with pytest.raises(
        DatasetIntegrityError, match=rf"1 of the 2 files differ .*: s2\.txt\..* the first\.{told}$"
    ):
        parse_once(find(home), parse_two)
