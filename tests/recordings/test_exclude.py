"""Files that are left out of a folder."""

import re
from pathlib import Path

import pytest

from tests.recordings.test_read import LINES, read, write

GOOD = {"ann__sit[1]": LINES, "ann__walk": LINES, "bob__walk": LINES}


@pytest.mark.parametrize("exclude", ["*_gyro.csv", ["a_1_gyro.csv", "b_?_gyro.csv", "none.csv"]])
def test_files_are_left_out_by_name(tmp_path, exclude):
    write(tmp_path, a_1=LINES, a_1_gyro="t,gx\n0,1\n", b_1=LINES, b_1_gyro="")
    X, _ = read(tmp_path, "{subject}_{recording}.csv", exclude=exclude)
    assert X.index.droplevel("time").unique().to_list() == [("a", "1"), ("b", "1")]


def test_exclude_is_named_by_the_error_of_one_file_among_several(tmp_path):
    write(tmp_path, a=LINES, b="")
    with pytest.raises(ValueError, match=r"b\.csv is empty") as caught:
        read(tmp_path, "{recording}.csv")
    assert caught.value.__notes__ == ["The other files are read without this one: exclude='b.csv'."]
    with pytest.raises(ValueError, match=r"b\.csv is empty") as caught:
        read(tmp_path, "{recording}.csv", exclude="a.csv")
    assert not hasattr(caught.value, "__notes__")
    with pytest.raises(FileNotFoundError, match=r"exclude='\?.csv' leaves out all that"):
        read(tmp_path, "{recording}.csv", exclude="?.csv")


def test_files_are_excluded_by_the_ends_of_their_paths(tmp_path):
    write(tmp_path, **GOOD)
    assert names_of(read(tmp_path, exclude="bob/*.csv")) == [("ann", "sit[1]"), ("ann", "walk")]
    assert names_of(read(tmp_path, exclude=Path("ann/*"))) == [("bob", "walk")]


@pytest.mark.parametrize("broken", ["ann__sit[1]", "bob__walk"])
def test_what_an_error_says_to_exclude_is_that_file_alone(tmp_path, broken):
    write(tmp_path, **GOOD | {broken: ""})
    with pytest.raises(ValueError, match="is empty") as caught:
        read(tmp_path)
    exclude = re.search("exclude='(.*)'", caught.value.__notes__[0])[1]
    assert names_of(read(tmp_path, exclude=exclude)) == [
        tuple(name.split("__")) for name in GOOD if name != broken
    ]


def names_of(found):
    return found[0].index.droplevel("time").unique().to_list()
