"""WISDM v1.1 in miniature, in the published layout with its quirks."""

import hashlib
import io
import tarfile

import numpy as np
import pytest

from sklearn_har.datasets import _wisdm, fetch_wisdm
from sklearn_har.exceptions import DatasetIntegrityError
from sklearn_har.recordings import check_recordings

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


def git_blob(text):
    content = text.encode()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


@pytest.fixture
def put(tmp_path, monkeypatch):
    """Put a text into the published place, as if it were what was published."""

    def put_text(text):
        path = tmp_path / "wisdm" / PATH
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        monkeypatch.setattr(_wisdm, "published_checksums", lambda name: {PATH: git_blob(text)})
        return tmp_path

    return put_text


def archive_of(text):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path, content in {PATH: text, "WISDM_ar_v1.1/readme.txt": "About.\n"}.items():
            member = tarfile.TarInfo(path)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content.encode()))
    return buffer.getvalue()


def test_rows_are_the_published_ones(put, text):
    X, y = fetch_wisdm(data_home=put(text), sampling_rate=None, return_X_y=True)
    assert list(X.columns) == ["acc_x", "acc_y", "acc_z"]
    assert X.index.names == ["subject", "recording", "time"]
    jogging = X.loc[(33, 1)]
    np.testing.assert_array_equal(jogging["acc_x"], np.arange(60.0))
    assert (jogging[["acc_y", "acc_z"]] == [9.5, -1.25]).all(axis=None)
    np.testing.assert_allclose(jogging.index, np.arange(60) * 0.05, atol=1e-9)
    assert set(y.loc[(33, 1)]) == {"jogging"}
    assert set(y.loc[(33, 2)]) == {"standing"}  # the clock went back: another recording
    assert len(X.loc[(33, 2)]) == 30
    assert X.loc[(8, 1), "acc_z"].tolist() == [*range(4), *range(5, 9), *range(10, 29), 28, *range(30, 40)]


def test_what_cannot_be_used_is_counted(put, text):
    report = fetch_wisdm(data_home=put(text)).report
    assert report["records"] == 60 + 30 + 41
    assert report["records_without_a_field"] == 2
    assert report["records_without_a_time"] == 1
    assert "checksums" in report["fixity"]


def test_the_default_is_a_regular_grid(put, text):
    bunch = fetch_wisdm(data_home=put(text))
    assert bunch.sampling_rate == check_recordings(bunch.data).sampling_rate == 20.0
    lengths = bunch.data.groupby(level=["subject", "recording"]).size()
    assert lengths.to_dict() == {(8, 1): 40, (33, 1): 60, (33, 2): 30}
    np.testing.assert_allclose(bunch.data.loc[(33, 1), "acc_x"], np.arange(60.0), atol=1e-6)
    assert set(bunch.channel_units.values()) == {"m/s²"}


def test_another_rate_and_the_shared_names(put, text):
    X, y = fetch_wisdm(data_home=put(text), sampling_rate=10, harmonize=True, return_X_y=True)
    assert check_recordings(X).sampling_rate == 10.0
    assert y.cat.categories.tolist() == [
        "walking", "walking_upstairs", "walking_downstairs", "running", "sitting", "standing",
    ]  # fmt: skip
    assert set(y.loc[(33, 1)]) == {"running"}


def test_the_archive_is_downloaded_once(put, text, http_server, monkeypatch, tmp_path):
    expected = fetch_wisdm(data_home=put(text)).data
    http_server.served["/wisdm.tar.gz"] = archive_of(text)
    monkeypatch.setattr(_wisdm, "ARCHIVES", {"wisdm.tar.gz": f"{http_server.address}/wisdm.tar.gz"})
    for _ in range(2):
        found = fetch_wisdm(data_home=tmp_path / "fresh").data
        np.testing.assert_array_equal(found, expected)
    assert http_server.answers == 1
    http_server.served["/wisdm.tar.gz"] = archive_of(text)[:-400]
    with pytest.raises(DatasetIntegrityError, match="not a whole archive"):
        fetch_wisdm(data_home=tmp_path / "broken")
    assert not (tmp_path / "broken/wisdm").exists()


def test_ends_of_lines_of_another_system_are_the_same_file(put, text):
    path = put(text) / "wisdm" / PATH
    expected = fetch_wisdm(data_home=put(text)).data
    path.write_bytes(text.replace("\n", "\r\n").encode())
    np.testing.assert_array_equal(fetch_wisdm(data_home=path.parents[2]).data, expected)
    path.write_text(text.replace("Jogging", "Walking"))
    with pytest.raises(DatasetIntegrityError, match=r"1 of the 1 files differ .*raw\.txt"):
        fetch_wisdm(data_home=path.parents[2])


@pytest.mark.parametrize(
    "fault",
    [
        "33,Jogging,49105962326000,0.5,abc,1.0;",
        "33,Swimming,49105962326000,0.5,1,1.0;",
        "33,Jogging,49105962326000,0.5,1,1.0,7;",
        "33,Jogging,49105962326000,0.5,1,1.0,33,Jogging,49105962326000,0.5,1,1.0;",
    ],
)
def test_a_faulty_record_is_named(put, fault):
    text = record(33, "Jogging", 1) + record(33, "Jogging", 2).strip() + "\n\n" + fault + "\n"
    with pytest.raises(DatasetIntegrityError, match=rf"raw\.txt, line 4, has the record '{fault[:10]}"):
        fetch_wisdm(data_home=put(text))
