"""What archives may hold, and what they may not do."""

import io
import subprocess
import sys
import tarfile
import zipfile

import pytest

from sklearn_har.datasets import _files
from sklearn_har.datasets._dataset import Dataset
from sklearn_har.datasets._files import provide_files
from sklearn_har.exceptions import DatasetIntegrityError

TOY = Dataset("toy", 1, 1, 50.0, ("accelerometer",), ("wrist",), 10_000, "", "", "")
PATTERNS = ["raw/s*.txt"]


def tarred(members, mode="w:gz"):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for path, content in members.items():
            info = tarfile.TarInfo(path)
            if isinstance(content, str):
                info.type, info.linkname = tarfile.SYMTYPE, content
                archive.addfile(info)
            else:
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def zipped(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in members.items():
            archive.writestr(path, content)
    return buffer.getvalue()


def fetch(http_server, home, served, wanted=PATTERNS):
    http_server.served.update({f"/{name}": content for name, content in served.items()})
    return provide_files(TOY, {name: f"{http_server.address}/{name}" for name in served}, wanted, home, True)


def test_folders_of_a_tar_archive_stay_as_they_are(http_server, tmp_path):
    found = fetch(
        http_server, tmp_path, {"toy.tar.gz": tarred({"./Toy 1/raw/s1.txt": b"1", "./x.txt": b"x"})}
    )
    assert found.folder == tmp_path / "toy/Toy 1"
    assert found.paths == ("raw/s1.txt",)
    assert not (tmp_path / "toy/x.txt").exists()


def test_archives_in_archives_are_unpacked_where_they_lie(http_server, tmp_path):
    inner = zipped({"s1.txt": b"1", "deep.zip": zipped({"s2.txt": b"2"})})
    found = fetch(http_server, tmp_path, {"toy.zip": zipped({"a/raw/one.zip": inner, "a/raw/readme": b""})})
    assert found.paths == ("raw/s1.txt", "raw/s2.txt")
    assert (found.folder / "raw/s2.txt").read_bytes() == b"2"


def test_several_archives_and_a_loose_file_make_one_dataset(http_server, tmp_path):
    served = {"one.zip": zipped({"raw/s1.txt": b"1"}), "raw/two.tar.gz": tarred({"s2.txt": b"2"})}
    found = fetch(http_server, tmp_path, served | {"raw/s3.txt": b"3"})
    assert found.paths == ("raw/s1.txt", "raw/s2.txt", "raw/s3.txt")


@pytest.mark.parametrize("place", ["toy.zip", "toy/published.zip", "published.zip"])
def test_an_archive_put_there_by_hand_is_found_and_kept(tmp_path, place):
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_bytes(zipped({"raw/s1.txt": b"1"}))
    found = provide_files(TOY, {"published.zip": "http://127.0.0.1:9/"}, PATTERNS, tmp_path, False)
    assert found.paths == ("raw/s1.txt",)
    assert (tmp_path / place).is_file()


def test_a_broken_archive_put_into_the_folder_is_kept(tmp_path):
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy/published.zip").write_bytes(b"broken")
    with pytest.raises(DatasetIntegrityError, match=r"toy/published\.zip cannot be used"):
        provide_files(TOY, {"published.zip": "http://127.0.0.1:9/"}, PATTERNS, tmp_path, False)
    assert [path.name for path in tmp_path.rglob("*")] == ["toy", "published.zip"]


@pytest.mark.parametrize(
    ("served", "message"),
    [
        ({"toy.zip": zipped({"../raw/s1.txt": b"1"})}, r"'\.\./raw/s1\.txt' would be written outside"),
        ({"toy.zip": zipped({"/raw/s1.txt": b"1"})}, "would be written outside"),
        ({"toy.tar.gz": tarred({"../raw/s1.txt": b"1"})}, "would be written outside"),
        ({"toy.tar.gz": tarred({"raw/s1.txt": "/etc/hostname"})}, "is a link or a device"),
        ({"toy.tar.gz": tarred({"raw": "/etc", "raw/s1.txt": b"1"}, "w:gz")}, None),
        ({"toy.zip": zipped({"raw/s1.txt": bytes(400_000_000)})}, "more bytes than the dataset has"),
        ({"toy.zip": zipped({"raw/x.zip": bytes(400_000_000)})}, "more bytes than the dataset has"),
        ({"toy.tar.gz": tarred({"raw/s1.txt": b"1" * 999})[:60]}, "is not a whole archive"),
        ({"toy.zip": zipped({"raw/x.zip": b"broken", "raw/s1.txt": b"1"})}, "is not a whole archive"),
        ({"toy.zip": zipped({"raw/t1.txt": b"1"})}, r"lacks 1 of the 1 published files: raw/s\*\.txt"),
    ],
)
def test_archives_that_are_refused(http_server, tmp_path, served, message):
    home = tmp_path / "home"
    if message is None:  # a link that is not wanted is not made, and nothing goes through it
        fetch(http_server, home, served)
        assert not (home / "toy/raw").is_symlink()
        return
    with pytest.raises(DatasetIntegrityError, match=message):
        fetch(http_server, home, served)
    assert [path.name for path in tmp_path.rglob("*")] == ["home"]


def test_without_published_checksums_what_came_first_is_recorded(http_server, tmp_path):
    found = fetch(http_server, tmp_path, {"toy.zip": zipped({"raw/s1.txt": b"1", "raw/s2.txt": b"2"})})
    for _ in range(2):
        assert found.check() == (
            "No published checksums are known. The files are compared with what came first, which is "
            f"recorded in {tmp_path / 'toy.files.json'}."
        )
    (found.folder / "raw/s2.txt").write_bytes(b"3")
    with pytest.raises(DatasetIntegrityError, match=r"1 of the 2 files differ from those that came first"):
        found.check()


def test_git_blob_hashes_are_checksums_too(http_server, tmp_path):
    wanted = {"raw/s1.txt": "56a6051ca2b02b04ef92d5150c9ef600403cb1de"}  # printf 1 | git hash-object --stdin
    found = fetch(http_server, tmp_path, {"toy.zip": zipped({"raw/s1.txt": b"1"})}, wanted)
    assert "published" in found.check()
    (found.folder / "raw/s1.txt").write_bytes(b"2")
    with pytest.raises(DatasetIntegrityError, match=r"differ from the published ones"):
        found.check()


def test_a_folder_may_lack_files_where_the_loader_says_so(tmp_path):
    (tmp_path / "toy/raw").mkdir(parents=True)
    (tmp_path / "toy/raw/s1.txt").write_bytes(b"1")
    wanted = {"raw/s1.txt": "0" * 64, "raw/s2.txt": "0" * 64}
    archives = {"toy.zip": "http://127.0.0.1:9/"}
    found = provide_files(TOY, archives, wanted, tmp_path, True, partial=True)
    assert (found.paths, found.missing) == (("raw/s1.txt",), ("raw/s2.txt",))
    with pytest.raises(DatasetIntegrityError, match="lacks 1 of the 2 published files"):
        provide_files(TOY, archives, wanted, tmp_path, True)


def test_two_processes_may_fetch_at_once(http_server, tmp_path):
    http_server.served["/toy.zip"] = zipped({f"raw/s{k}.txt": b"1" * 1000 for k in range(200)})
    code = (
        "from sklearn_har.datasets._dataset import Dataset\n"
        "from sklearn_har.datasets._files import provide_files\n"
        "toy = Dataset('toy', 1, 1, 50.0, (), (), 10_000, '', '', '')\n"
        f"url = {http_server.address + '/toy.zip'!r}\n"
        f"found = provide_files(toy, {{'toy.zip': url}}, ['raw/s*.txt'], {str(tmp_path)!r}, True)\n"
        "print(len(found.paths))\n"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    assert [process.communicate()[0].strip() for process in both] == ["200", "200"]
    assert [path.name for path in tmp_path.iterdir()] == ["toy"]


def test_size_bound_is_a_multiple_of_the_size():
    assert _files.MOST_TIMES_THE_SIZE * TOY.size + _files.ALWAYS_ALLOWED < 400_000_000
