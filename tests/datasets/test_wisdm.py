"""WISDM v1.1 in miniature, in the published layout with its quirks."""

import io
import tarfile

import numpy as np
import pandas as pd
import pytest

from sklearn_har.datasets import fetch_wisdm
from sklearn_har.exceptions import DatasetIntegrityError

PATH = "WISDM_ar_v1.1/WISDM_ar_v1.1_raw.txt"
START = 49_105_962_326_000  # ns


def record(user, activity, time, x=0.5, y=9.5, z=-1.25):
    return f"{user},{activity},{time},{x},{y},{z};\n"


@pytest.fixture
def text():
    """User 33 jogs twice (the second time on a clock that started anew), user 8 walks; and every quirk."""
    ticks = range(START, START + 60 * 50_000_000, 50_000_000)
    first = [record(33, "Jogging", tick, x=number) for number, tick in enumerate(ticks)]
    first[3] = first[3].rstrip("\n")  # two records on one line
    first[5] = first[5].replace(";", ",;")  # a comma before the semicolon
    first[7] = "\n" + first[7]  # an empty line
    second = [record(33, "Standing", 1_000_000 + number * 50_000_000) for number in range(30)]
    walk = [record(8, "Walking", 5_000_000_000 + number * 50_000_000, z=number) for number in range(40)]
    walk[4] = "8,Walking,5200000000,0.5,9.5,;\n"  # no z
    walk[9] = "8,Walking,;\n"
    walk.insert(20, record(8, "Walking", 0, 0, 0, "0.0"))  # no time
    walk[30] = walk[29]  # the same instant again
    return "".join(first + walk + second) + "\n\n"


@pytest.fixture
def home(tmp_path, text):
    path = tmp_path / "wisdm" / PATH
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return tmp_path


def archive_of(text):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path, content in {PATH: text, "WISDM_ar_v1.1/readme.txt": "About.\n"}.items():
            member = tarfile.TarInfo(path)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content.encode()))
    return buffer.getvalue()


def test_rows_are_the_published_ones(home):
    bunch = fetch_wisdm(data_home=home, sampling_rate=None)
    X, y = bunch.data, bunch.target
    assert list(X.columns) == ["acc_x", "acc_y", "acc_z"]
    jogging = X.loc[(33, 1)]
    np.testing.assert_array_equal(jogging["acc_x"], np.arange(60.0))
    assert (jogging[["acc_y", "acc_z"]] == [9.5, -1.25]).all(axis=None)
    np.testing.assert_allclose(jogging.index, np.arange(60) * 0.05, atol=1e-9)
    assert set(y.loc[(33, 1)]) == {"jogging"}
    assert set(y.loc[(33, 2)]) == {"standing"}
    assert len(X.loc[(33, 2)]) == 30
    assert len(X.loc[(8, 1)]) == 38  # 41 records without two of missing fields and one without a time


def test_what_cannot_be_used_is_counted_and_said(home):
    with pytest.warns(UserWarning, match="3 of"):
        bunch = fetch_wisdm(data_home=home, sampling_rate=None)
    assert bunch.left_out == {"a field is missing": 2, "the time is 0": 1}


def test_the_default_is_a_regular_grid(home):
    bunch = fetch_wisdm(data_home=home)
    assert bunch.sampling_rate == 20.0
    assert len(bunch.data.loc[(33, 1)]) == 60
    assert check_recordings(bunch.data).sampling_rate == 20.0


@pytest.mark.parametrize(
    ("fault", "line"),
    [("33,Jogging,49105962326000,0.5,abc,1.0;", 2), ("33,Swimming,49105962326000,0.5,1,1.0;", 2)],
)
def test_a_faulty_record_is_named(home, fault, line):
    (home / "wisdm" / PATH).write_text(record(33, "Jogging", 1) + fault + "\n")
    with pytest.raises(DatasetIntegrityError, match=rf"raw\.txt, line {line}, has the record '{fault[:10]}"):
        fetch_wisdm(data_home=home)
